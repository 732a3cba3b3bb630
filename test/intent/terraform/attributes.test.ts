/** Attribute values behind an allow-list: what passes, what counts as nothing, and what is refused without being quoted. */

import { describe, expect, it } from 'vitest';
import {
  type AllowList,
  isUnknownAfter,
  objectAt,
  printListed,
  readAttributes,
} from '../../../src/intent/terraform/attributes.ts';
import { refusal } from './state/support.ts';

const ALLOWED: AllowList = { name: 'text', on: 'flag', days: 'number', accounts: 'texts', members: 'member_arns' };
const PLACE = { origin: 'plan.json', path: 'x.before' };
const read = (raw: unknown) => readAttributes(raw, ALLOWED, PLACE);
const all = (raw: unknown) => {
  const values = read(raw);
  return [
    values.text('name'),
    values.flag('on'),
    values.number('days'),
    values.texts('accounts'),
    values.arns('members'),
  ];
};

describe('allow-listed values', () => {
  it('are handed out by their kind, and nothing else of the object is', () => {
    const members = [
      { db_cluster_arn: 'arn:a', password: 'CANARY' },
      { db_cluster_arn: 'arn:b', readers: [] },
    ];
    const raw = { name: 'orders', on: false, days: 0, accounts: ['1', '2'], members, password: 'CANARY' };
    expect(all(raw)).toEqual(['orders', false, 0, ['1', '2'], ['arn:a', 'arn:b']]);
    expect(read(raw).present).toBe(true);
  });

  it('may be empty lists', () => {
    expect(all({ accounts: [], members: [] })).toEqual([null, null, null, [], []]);
  });

  it.each([
    ['null', null],
    ['an empty text', ''],
  ])('that are %s count as none', (_, nothing) => {
    const raw = { name: nothing, on: nothing, days: nothing, accounts: nothing, members: nothing };
    expect(all(raw)).toEqual([null, null, null, null, null]);
    expect(read(raw).present).toBe(true);
  });

  it.each([null, undefined])('of what is not there at all are none: %s', (raw) => {
    expect(all(raw)).toEqual([null, null, null, null, null]);
    expect(read(raw).present).toBe(false);
  });

  it.each([
    ['name', 7, 'text or null'],
    ['name', ['a'], 'text or null'],
    ['on', 'true', 'true, false or null'],
    ['on', 0, 'true, false or null'],
    ['days', '7', 'a number or null'],
    ['days', true, 'a number or null'],
    ['accounts', 'all', 'a list of text or null'],
    ['accounts', ['1', 2], 'a list of text or null'],
    ['accounts', { 0: '1' }, 'a list of text or null'],
    ['members', 'arn:a', 'a list of blocks with a text db_cluster_arn or null'],
    ['members', {}, 'a list of blocks with a text db_cluster_arn or null'],
    ['members', ['arn:a'], 'a list of blocks with a text db_cluster_arn or null'],
    ['members', [null], 'a list of blocks with a text db_cluster_arn or null'],
    ['members', [{ db_cluster_arn: 'arn:a' }, {}], 'a list of blocks with a text db_cluster_arn or null'],
    ['members', [{ db_cluster_arn: 7 }], 'a list of blocks with a text db_cluster_arn or null'],
  ])('of another kind are refused by path: %s %j', (name, value, expected) => {
    const { code, message } = refusal(() => read({ [name]: value }));
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_SHAPE',
      message: `plan.json: x.before.${name}: expected ${expected}`,
    });
  });

  it.each(['CANARY', 7, ['CANARY'], false])('are not looked for in what is no object: %j', (raw) => {
    const { code, message } = refusal(() => readAttributes(raw, ALLOWED, { ...PLACE, code: 'MUSTER_STATE_SHAPE' }));
    expect({ code, message }).toEqual({
      code: 'MUSTER_STATE_SHAPE',
      message: 'plan.json: x.before: expected an object or null',
    });
    expect(refusal(() => objectAt(raw, PLACE)).code).toBe('MUSTER_PLAN_SHAPE');
  });

  it('cannot be read under a name that is not listed, nor as another kind', () => {
    const values = read({ name: 'orders', password: 'CANARY' });
    for (const act of [() => values.text('password'), () => values.flag('name'), () => values.text('toString')]) {
      expect(refusal(act).code).toBe('MUSTER_INVARIANT_BROKEN');
    }
  });
});

describe('allow-listed values as one text', () => {
  it('are the same whatever order a document has them in, and hold nothing that is not listed', () => {
    const printed = printListed(ALLOWED, { days: 7, name: 'a', password: 'CANARY' });
    expect(printed).toBe('[["name","a"],["on",null],["days",7],["accounts",null],["members",null]]');
    expect(printListed(ALLOWED, { name: 'a', on: null, days: 7 })).toBe(printed);
    expect(printListed(ALLOWED, { name: 'a', on: false, days: 7 })).not.toBe(printed);
  });

  it.each([null, undefined, 'x', []])('of what is no object are none: %j', (raw) => {
    expect(printListed(ALLOWED, raw)).toBe('[]');
  });
});

describe('what is only known after apply', () => {
  it.each([
    ['the whole object', true, true],
    ['the attribute', { name: true }, true],
    ['one of its items', { name: [false, true] }, true],
    ['something deep inside it', { name: [{ a: false, b: [{ c: true }] }] }, true],
    ['another attribute', { other: true }, false],
    ['nothing of it', { name: [{ a: false }, null, []] }, false],
    ['nothing', {}, false],
    ['nothing that it says', undefined, false],
    ['nothing, as null', null, false],
    ['nothing, as false', false, false],
    ['nothing, as a text', { name: 'true' }, false],
  ])('is %s', (_, mask, unknown) => {
    expect(isUnknownAfter(mask, 'name')).toBe(unknown);
  });
});

it('a number too large to be one is refused', () => {
  expect(() => read(JSON.parse('{"days": 1e400}'))).toThrow('x.before.days: expected a number or null');
});

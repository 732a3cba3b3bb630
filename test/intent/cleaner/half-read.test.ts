/** Configs that mean less, or later, or something else than they seem to. */

import { describe, expect, it } from 'vitest';
import { aDatabase } from '../../support/builders.ts';
import { callsOf, intentOf, only, refusal } from './support.ts';

const custodian = (filters: string, more = '', actions = 'delete') =>
  `policies:\n- name: tidy\n  resource: aws.rds\n  filters: [${filters}]\n  actions: [${actions}]\n${more}`;
const open = only(aDatabase({ deletionProtection: false, storageGib: 64 }));
const DELETED = ['delete_db_instance orders'];

describe('a policy of Cloud Custodian', () => {
  it.each(['no', 'off', 'Off', 'NO', 'false'])('reads %s as YAML 1.1 does, as false', (word) => {
    expect(callsOf(custodian(`{DeletionProtection: ${word}}`), open)).toEqual(DELETED);
    expect(callsOf(custodian(`not: [{DeletionProtection: ${word}}]`), open)).toEqual([]);
  });

  it('reads a number with a leading zero as YAML 1.1 does', () => {
    expect(callsOf(custodian('{AllocatedStorage: 0100}'), open)).toEqual(DELETED);
  });

  it('spares nothing for a value that may be the same in another kind', () => {
    expect(callsOf(custodian('{DeletionProtection: "false"}'), open)).toEqual(DELETED);
    expect(callsOf(custodian('{DeletionProtection: 0}'), open)).toEqual(DELETED);
    expect(callsOf(custodian('{DeletionProtection: "off"}'), open)).toEqual([]);
  });

  it.each(['or: []', 'not: []', 'and: []'])('spares nothing for the empty block %s', (block) => {
    expect(callsOf(custodian(`{${block}}`), open)).toEqual(DELETED);
  });

  it('whose mode runs it later is unknown, whatever it selects now', () => {
    const later = custodian('{DBInstanceIdentifier: other}', '  mode: {type: periodic, schedule: "rate(1 day)"}\n');
    expect(callsOf(later, open)).toEqual(['opaque tidy']);
    expect(callsOf(later.replace('periodic', 'pull'), open)).toEqual([]);
    expect(callsOf(later.replace('delete', 'tag'), open)).toEqual([]);
  });

  it('that only tags and marks changes nothing', () => {
    const { changes, signals } = intentOf(custodian('', '', 'tag, {type: mark-for-op, op: delete, days: 7}'), open);
    expect({ changes, signals }).toEqual({ changes: [], signals: [] });
  });

  it('that is forced takes protection away first', () => {
    const [step] = intentOf(custodian('', '', '{type: delete, force: true}'), open).actions;
    expect(step).toMatchObject({ parameters: { disarmsProtection: true } });
  });

  it('is unknown when it closes an account', () => {
    const text = 'policies: [{name: p, resource: aws.org-account, actions: [close]}]';
    expect(callsOf(text)).toEqual(['opaque p: close org-account']);
  });

  it('is refused in a file that another tool may take for its own', () => {
    const nuke = 'regions: [eu-west-1]\naccounts: {123456789012: {}}\npolicies: []\n';
    expect(refusal(nuke)).toContain('more than policies and vars');
    expect(refusal('DBInstances: {include: {names_regex: [o]}}\npolicies: []')).toContain(
      'more than policies and vars',
    );
    expect(callsOf(`vars: {a: 1}\n${custodian('')}`, open)).toEqual(DELETED);
  });
});

describe('a config of aws-nuke', () => {
  const config = (filter: string, more = '', regions = '[eu-west-1]') =>
    `regions: ${regions}\nresource-types: {includes: [RDSInstance]${more}}\naccounts: {123456789012: {filters: {RDSInstance: [${filter}]}}}`;

  it.each([
    ['true', DELETED],
    ['yes', DELETED],
    ['on', DELETED],
    ['maybe', DELETED],
    ['false', []],
    ['no', []],
  ])('with a filter inverted by %s calls %j', (invert, expected) => {
    expect(callsOf(config(`{value: orders, invert: ${invert}}`), open)).toEqual(expected);
  });

  it.each(['alternatives', 'cloud-control'])('with %s has a filter of the other name spare nothing', (key) => {
    expect(callsOf(config('orders', `, ${key}: [AWS::RDS::DBInstance]`), open)).toEqual([
      'opaque AWS::RDS::DBInstance',
    ]);
    expect(intentOf(config('orders', `, ${key}: [AWS::S3::Bucket]`), open).actions).toEqual([]);
  });

  it('without regions may run in any', () => {
    expect(callsOf(config('orders', '', '[]'), open)).toEqual(['opaque regions']);
  });

  it('is not refused by an id that lost its zeros', () => {
    const database = aDatabase({ accountId: '012345678901' });
    const text = `blocklist: [BLOCKED]\n${config('x')}`.replace('123456789012', "'012345678901'");
    const world = { ...only(database), scopes: [{ accountId: '012345678901', region: 'eu-west-1' }] };
    expect(callsOf(text.replace('BLOCKED', '12345678901'), world)).toEqual(DELETED);
    expect(callsOf(text.replace('BLOCKED', '012345678901'), world)).toEqual([]);
  });
});

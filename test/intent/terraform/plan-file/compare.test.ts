/** What a saved plan says held against the JSON that was judged: every difference is said, and named by address. */

import { describe, expect, it } from 'vitest';
import { contradictions } from '../../../../src/intent/terraform/plan-file/compare.ts';
import type { SavedChange, SavedPlan } from '../../../../src/intent/terraform/plan-file/read-plan-file.ts';
import { parsePlan } from '../../../../src/intent/terraform/schema.ts';
import { anEntry, anInstance, aPlan } from '../../../support/terraform-plan.ts';
import { aResource, aState, stateOf } from '../state/support.ts';

const ORDERS = 'aws_db_instance.orders';
const MOMENT = '2026-11-22T09:07:00Z';
const saves = (address: string, words: readonly string[] | null, deposed: string | null = null): SavedChange => ({
  address,
  deposed,
  words,
});
const aSaved = (changes: readonly SavedChange[], parts: Partial<SavedPlan> = {}): SavedPlan => ({
  terraformVersion: '1.11.4',
  timestamp: MOMENT,
  backend: 's3',
  changes,
  invocationCount: 0,
  ...parts,
});
const said = (plan: object, saved: SavedPlan, resources: readonly unknown[] = []) =>
  contradictions(parsePlan(plan as never, 'plan.json'), saved, stateOf(aState(resources)));
/** A deletion as the JSON shows it; the one that is saved and the state fit unless told otherwise. */
const deletion = (entry: object, { saved = [saves(ORDERS, ['delete'])], state = [aResource(ORDERS, anInstance())] }) =>
  said(aPlan([{ ...anEntry(), ...entry }]), aSaved(saved), state);

const OTHER_THINGS = 'the plan file does other things than the JSON to';
const OTHER_VALUES = "the JSON has other values than the plan file's state of";

describe('a JSON and a saved plan', () => {
  it('agree when they do one thing to one object with the values of its state', () => {
    expect(deletion({}, {})).toEqual([]);
  });

  it.each([
    [
      'moment',
      { timestamp: '2026-11-22T09:07:01Z' },
      'the JSON was rendered from a plan that was made at another moment than the plan file',
    ],
    ['version', { terraformVersion: '1.11.5' }, 'the JSON and the plan file name different versions of Terraform'],
    [
      'number of provider actions',
      { invocationCount: 1 },
      'the plan file runs other actions of providers than the JSON',
    ],
  ])('differ by their %s', (_, parts, says) => {
    expect(said(aPlan([]), aSaved([], parts))).toEqual([says]);
  });

  it.each([
    ['the JSON', aPlan([], { timestamp: undefined, terraform_version: undefined }), aSaved([])],
    ['the saved plan', aPlan([]), aSaved([], { timestamp: null, terraformVersion: null })],
  ])('are not told apart by what %s does not say', (_, plan, saved) => {
    expect(said(plan, saved)).toEqual([]);
  });

  it('agree on a replacement whatever comes first', () => {
    const actions = (words: readonly string[]) => ({ change: { ...anEntry().change, actions: words } });
    const saved = [saves(ORDERS, ['create', 'delete'])];
    expect(deletion(actions(['delete', 'create']), { saved })).toEqual([]);
    expect(deletion(actions(['create', 'delete']), { saved })).toEqual([]);
  });

  it('differ by what is done to an old copy of an object', () => {
    const entry = { deposed: 'deadbeef' };
    const state = [aResource(ORDERS, anInstance(), { deposed: 'deadbeef' })];
    expect(deletion(entry, { saved: [saves(ORDERS, ['delete'], 'deadbeef')], state })).toEqual([]);
    expect(deletion(entry, { state })).toEqual([`${OTHER_THINGS} ${ORDERS}, ${ORDERS} (deposed deadbeef)`]);
  });

  it('name three of many, in order', () => {
    const many = ['d', 'b', 'e', 'a', 'c'].map((name) => saves(`aws_vpc.${name}`, ['delete']));
    expect(said(aPlan([]), aSaved(many))).toEqual([`${OTHER_THINGS} aws_vpc.a, aws_vpc.b, aws_vpc.c and 2 more`]);
    expect(said(aPlan([]), aSaved(many.slice(0, 3)))).toEqual([`${OTHER_THINGS} aws_vpc.b, aws_vpc.d, aws_vpc.e`]);
  });

  it.each([
    ['a no-op', saves(ORDERS, ['no-op']), []],
    ['what is read', saves('data.aws_db_instance.orders', ['read']), []],
    ['what is read in a module', saves('module.net["x.y"].module.db.data.aws_vpc.orders[0]', ['read']), []],
    ['what is opened for a moment', saves('module.a.ephemeral.x_token.t', null), []],
    ['a module of that name', saves('module.data.aws_vpc.a', ['delete']), [`${OTHER_THINGS} module.data.aws_vpc.a`]],
    ['a block of that name', saves('aws_vpc.data', ['delete']), [`${OTHER_THINGS} aws_vpc.data`]],
    ['a name that ends like it', saves('x_data.a', ['delete']), [`${OTHER_THINGS} x_data.a`]],
    ['a key that reads like it', saves('aws_vpc.a[".data.b"]', ['delete']), [`${OTHER_THINGS} aws_vpc.a[".data.b"]`]],
    ['an action that nobody knows', saves(ORDERS, null), [`${OTHER_THINGS} ${ORDERS}`]],
  ])('may differ by what changes nothing, and by nothing else: %s', (_, change, says) => {
    expect(said(aPlan([]), aSaved([change]))).toEqual(says);
  });

  it('cannot agree on an action that nobody knows', () => {
    expect(deletion({}, { saved: [saves(ORDERS, null)] })).toEqual([`${OTHER_THINGS} ${ORDERS}`]);
    expect(deletion({}, { saved: [saves(ORDERS, ['delete']), saves(ORDERS, ['delete'])] })).toEqual([
      `${OTHER_THINGS} ${ORDERS}`,
    ]);
  });

  it.each([
    ['module.a.aws_vpc.x', 'aws_db_instance'],
    ['aws_db_instance.x["aws_vpc.a"]', 'aws_vpc'],
  ])('differ when the JSON calls %s a %s', (address, type) => {
    const idle = anEntry({ address, actions: ['no-op'], before: null });
    expect(said(aPlan([idle]), aSaved([]))).toEqual([]);
    const wrong = { ...idle, type };
    expect(said(aPlan([{ ...wrong, address: `module.a.${address}` }, wrong]), aSaved([]))).toEqual([
      `the JSON gives another type than its address to ${[address, `module.a.${address}`].sort().join(', ')}`,
    ]);
  });
});

describe('the values in the JSON of a deletion', () => {
  const edited = { change: { ...anEntry().change, before: anInstance({ skip_final_snapshot: true }) } };

  it('are those of the state', () => {
    expect(deletion(edited, {})).toEqual([`${OTHER_VALUES} ${ORDERS}`]);
  });

  it('are told once, when the saved plan does another thing to the object as well', () => {
    expect(deletion(edited, { saved: [] })).toEqual([`${OTHER_THINGS} ${ORDERS}`]);
  });

  it('are held against the copy that is deleted', () => {
    const old = { ...edited, deposed: 'deadbeef' };
    const saved = [saves(ORDERS, ['delete'], 'deadbeef')];
    const copy = aResource(ORDERS, anInstance({ skip_final_snapshot: true }), { deposed: 'deadbeef' });
    expect(deletion(old, { saved, state: [aResource(ORDERS, anInstance()), copy] })).toEqual([]);
    expect(deletion(old, { saved, state: [aResource(ORDERS, anInstance({ skip_final_snapshot: true }))] })).toEqual([
      `${OTHER_VALUES} ${ORDERS} (deposed deadbeef)`,
    ]);
  });

  it('may stand in the state under the address that the object moves from', () => {
    const state = [aResource('aws_db_instance.before', anInstance())];
    const moved = { previous_address: 'aws_db_instance.before' };
    expect(deletion(moved, { state })).toEqual([]);
    expect(deletion({ ...edited, ...moved }, { state })).toEqual([`${OTHER_VALUES} ${ORDERS}`]);
  });

  it('are held against its address first', () => {
    const state = [
      aResource('aws_db_instance.before', anInstance({ skip_final_snapshot: true })),
      aResource(ORDERS, anInstance()),
    ];
    expect(deletion({ ...edited, previous_address: 'aws_db_instance.before' }, { state })).toEqual([
      `${OTHER_VALUES} ${ORDERS}`,
    ]);
  });

  it('name three of many, in order', () => {
    const names = ['d', 'b', 'c', 'a'].map((name) => `aws_db_instance.${name}`);
    const plan = aPlan(names.map((address) => anEntry({ address })));
    expect(said(plan, aSaved(names.map((address) => saves(address, ['delete']))))).toEqual([
      `${OTHER_VALUES} aws_db_instance.a, aws_db_instance.b, aws_db_instance.c and 1 more`,
    ]);
  });
});

describe('values that a state need not hold', () => {
  const entries = (parts: object) => aPlan([anEntry({ address: ORDERS, ...parts })]);

  it.each([
    ['a create', entries({ actions: ['create'], before: null }), [saves(ORDERS, ['create'])]],
    ['an update of what the state does not list', entries({ actions: ['update'] }), [saves(ORDERS, ['update'])]],
    ['a type without a row', aPlan([anEntry({ address: 'aws_vpc.a', before: {} })]), [saves('aws_vpc.a', ['delete'])]],
    ['what is only read', entries({ mode: 'data', actions: ['read'] }), []],
  ])('are no difference: %s', (_, plan, saved) => {
    expect(said(plan, aSaved(saved))).toEqual([]);
  });

  it('are held against it where it does list them, in an update as in a deletion', () => {
    const plan = entries({ actions: ['update'] });
    const state = [aResource(ORDERS, anInstance({ deletion_protection: false }))];
    expect(said(plan, aSaved([saves(ORDERS, ['update'])]), state)).toEqual([`${OTHER_VALUES} ${ORDERS}`]);
  });

  it('are not asked for where the JSON leaves them out, which is not understood for that alone', () => {
    const { before: _, ...change } = anEntry().change;
    expect(deletion({ change }, {})).toEqual([]);
    expect(deletion({ change: { ...change, before: null } }, {})).toEqual([]);
  });
});

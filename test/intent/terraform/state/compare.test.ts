/** A plan held against the state that was shown beside it. */

import { describe, expect, it } from 'vitest';
import { anEntry, anInstance, aPlan, aPriorResource } from '../../../support/terraform-plan.ts';
import { aResource, aState, readWith, refusal } from './support.ts';

const ORDERS = 'aws_db_instance.orders';
const prior = (address: string, values: object | null = null) => ({
  ...aPriorResource(address),
  ...(values && { values }),
});
const nothing = (address: string, more: object = {}) =>
  anEntry({ address, actions: ['no-op'], before: anInstance(), after: anInstance(), ...more });
const mismatches = (plan: unknown, state: unknown) =>
  readWith(plan, { state }).signals.flatMap(({ code, detail }) => (code === 'state_mismatch' ? [detail] : []));

const state = aState([aResource(ORDERS, anInstance())]);

describe('a plan and the state that was shown', () => {
  it('belong together when they hold the same things', () => {
    expect(mismatches(aPlan([nothing(ORDERS)], { prior: [prior(ORDERS, anInstance())] }), state)).toEqual([]);
  });

  it('do not when the state holds what the plan was made without', () => {
    expect(mismatches(aPlan([nothing('aws_vpc.a')], { prior: [] }), state)).toEqual([
      `the state holds what the plan was made without: ${ORDERS}`,
    ]);
  });

  it('do not when the plan was made from more, an empty state among them', () => {
    const plan = aPlan([anEntry()], { prior: [prior(ORDERS, anInstance())] });
    expect(mismatches(plan, aState([]))).toEqual([
      `the plan was made from a state that holds more than this one: ${ORDERS}`,
    ]);
  });

  it('do not when one address stands for two databases', () => {
    const plan = aPlan([nothing(ORDERS)], { prior: [prior(ORDERS, anInstance({ resource_id: 'db-OTHER' }))] });
    expect(mismatches(plan, state)).toEqual([`the plan was made when these stood for other things: ${ORDERS}`]);
  });

  it('still do when the database was renamed outside the tool', () => {
    const renamed = anInstance({ identifier: 'o2', arn: 'arn:aws:rds:eu-west-1:123456789012:db:o2' });
    expect(mismatches(aPlan([nothing(ORDERS)], { prior: [prior(ORDERS, renamed)] }), state)).toEqual([]);
  });

  it.each([
    ['ids', { resource_id: 'db-A' }, { resource_id: 'db-B' }, true],
    ['ids, under one ARN', { resource_id: 'db-A', arn: 'arn:a' }, { resource_id: 'db-B', arn: 'arn:a' }, true],
    ['ARNs, under one id', { resource_id: 'db-A', arn: 'arn:a' }, { resource_id: 'db-A', arn: 'arn:b' }, false],
    ['an id on one side alone', { arn: 'arn:a' }, { resource_id: 'db-A', arn: 'arn:a' }, false],
    ['an ARN in the plan alone', { identifier: 'a' }, { identifier: 'a', arn: 'arn:a' }, false],
    ['an ARN in the state alone', { identifier: 'a', arn: 'arn:a' }, { identifier: 'a' }, false],
    ['ARNs, where the plan has no id', { resource_id: 'db-A', arn: 'arn:a' }, { arn: 'arn:b' }, true],
    ['ARNs, where the state has no id', { arn: 'arn:a' }, { resource_id: 'db-A', arn: 'arn:b' }, true],
    [
      'names, under one ARN',
      { identifier: 'a', arn: 'arn:a', resource_id: 'db-A' },
      { identifier: 'b', arn: 'arn:a' },
      false,
    ],
    ['names', { identifier: 'a' }, { identifier: 'b' }, true],
    ['names, where the plan has no ARN', { identifier: 'a', arn: 'arn:a' }, { identifier: 'b' }, true],
    ['names, where the state has no ARN', { identifier: 'a' }, { identifier: 'b', arn: 'arn:a' }, true],
    ['nothing but an id on one side', { identifier: 'a', resource_id: 'db-A' }, { identifier: 'a' }, false],
    ['that the state names nothing', {}, { identifier: 'a' }, false],
    ['that the plan names nothing', { identifier: 'a' }, {}, false],
  ])('differ by %s or do not', (_, held, planned, differ) => {
    const plan = aPlan([nothing(ORDERS)], { prior: [prior(ORDERS, planned)] });
    expect(mismatches(plan, aState([aResource(ORDERS, held)]))).toEqual(
      differ ? [`the plan was made when these stood for other things: ${ORDERS}`] : [],
    );
  });

  it('are not compared by values that cannot be read, which are refused by their place in the plan', () => {
    const plan = aPlan([nothing(ORDERS)], { prior: [prior(ORDERS, { resource_id: { secret: 'CANARY' } })] });
    const { code, message } = refusal(() => readWith(plan, { state }));
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_SHAPE',
      message: 'plan.json: prior_state.values.root_module.resources[0].values.resource_id: expected text or null',
    });
  });

  it('are told apart in every way at once, one signal for each', () => {
    const plan = aPlan([nothing(ORDERS)], {
      prior: [prior(ORDERS, anInstance({ resource_id: 'db-OTHER' })), prior('aws_vpc.more')],
    });
    const held = aState([aResource('aws_vpc.less', {}), aResource(ORDERS, anInstance()), aResource('aws_vpc.l', {})]);
    expect(mismatches(plan, held)).toEqual([
      'the state holds what the plan was made without: aws_vpc.l, aws_vpc.less',
      'the plan was made from a state that holds more than this one: aws_vpc.more',
      `the plan was made when these stood for other things: ${ORDERS}`,
    ]);
  });

  it('count old copies apart from the object itself', () => {
    const copies = aState([aResource(ORDERS, anInstance()), aResource(ORDERS, anInstance(), { deposed: 'deadbeef' })]);
    const plan = aPlan([nothing(ORDERS)], { prior: [prior(ORDERS, anInstance())] });
    expect(mismatches(plan, copies)).toEqual([
      `the state holds what the plan was made without: ${ORDERS} (deposed deadbeef)`,
    ]);
    const whole = aPlan([nothing(ORDERS)], {
      prior: [prior(ORDERS, anInstance()), { ...prior(ORDERS, anInstance()), deposed_key: 'deadbeef' }],
    });
    expect(mismatches(whole, copies)).toEqual([]);
  });

  it('name three of many', () => {
    const many = aState(['a', 'b', 'c', 'd', 'e'].map((name) => aResource(`aws_vpc.${name}`, { id: name })));
    expect(mismatches(aPlan([], { prior: [] }), many)[0]).toMatch(/: aws_vpc\.a, aws_vpc\.b, aws_vpc\.c and 2 more$/);
    const three = aState(['c', 'a', 'b'].map((name) => aResource(`aws_vpc.${name}`, { id: name })));
    expect(mismatches(aPlan([], { prior: [] }), three)[0]).toMatch(/: aws_vpc\.a, aws_vpc\.b, aws_vpc\.c$/);
  });
});

describe('a move', () => {
  it.each([
    ['before', ['aws_db_instance.main', ORDERS]],
    ['after', [ORDERS, 'aws_db_instance.main']],
  ])('hides no object that the state holds %s it under the later address', (_, addresses) => {
    const moved = { ...nothing('aws_db_instance.main'), previous_address: ORDERS };
    const plan = aPlan([moved], { prior: [prior('aws_db_instance.main', anInstance())] });
    expect(mismatches(plan, aState(addresses.map((address) => aResource(address, anInstance()))))).toEqual([
      `the state holds what the plan was made without: ${ORDERS}`,
    ]);
  });
});

describe('what a plan explains is no difference', () => {
  it('an object that refresh found deleted', () => {
    const plan = aPlan([anEntry({ actions: ['create'], before: null, after: {} })], {
      resource_drift: [anEntry({ address: ORDERS })],
    });
    expect(mismatches(plan, state)).toEqual([]);
    const changed = { ...plan, resource_drift: [anEntry({ address: ORDERS, actions: ['update'] })] };
    expect(mismatches(changed, state)).toHaveLength(1);
    const copyGone = { ...plan, resource_drift: [anEntry({ address: ORDERS, deposed: 'deadbeef' })] };
    expect(mismatches(copyGone, state)).toHaveLength(1);
  });

  it('an object that is being imported', () => {
    const imported = nothing('aws_db_instance.new', { importing: { id: 'new' } });
    const plan = aPlan([nothing(ORDERS), imported], {
      prior: [prior(ORDERS, anInstance()), prior('aws_db_instance.new', anInstance())],
    });
    expect(mismatches(plan, state)).toEqual([]);
  });

  it('an object that moved', () => {
    const moved = { ...nothing('aws_db_instance.main'), previous_address: ORDERS };
    const plan = aPlan([moved], { prior: [prior('aws_db_instance.main', anInstance())] });
    expect(mismatches(plan, state)).toEqual([]);
    expect(mismatches({ ...plan, resource_changes: [nothing('aws_db_instance.main')] }, state)).toHaveLength(2);
    // The state inside a saved plan has been moved already.
    expect(mismatches(plan, aState([aResource('aws_db_instance.main', anInstance())]))).toEqual([]);
  });

  it('an old copy of an object that moved', () => {
    const moved = { ...nothing('aws_db_instance.main'), previous_address: ORDERS };
    const copy = { ...prior('aws_db_instance.main', anInstance()), deposed_key: 'deadbeef' };
    const plan = aPlan([moved], { prior: [prior('aws_db_instance.main', anInstance()), copy] });
    const both = [aResource(ORDERS, anInstance()), aResource(ORDERS, anInstance(), { deposed: 'deadbeef' })];
    expect(mismatches(plan, aState(both))).toEqual([]);
  });

  it('a state that an errored plan does not hold in whole', () => {
    const plan = aPlan([], { prior: [], errored: true });
    expect(readWith(plan, { state }).signals.map(({ code }) => code)).toEqual(['errored_plan']);
  });
});

describe('the state behind a change', () => {
  it('is told by lineage, serial, the databases that it claims and those that the change lets go of', () => {
    const forget = anEntry({ address: 'aws_db_instance.main', actions: ['forget'] });
    const plan = aPlan([{ ...forget, previous_address: ORDERS }], {
      prior: [prior('aws_db_instance.main', anInstance())],
    });
    const twice = aState([aResource(ORDERS, anInstance()), aResource('aws_vpc.x', { id: 'x' })]);
    expect(readWith({ ...plan, prior_state: undefined, errored: true }, { state: twice }).state).toEqual({
      lineage: '5f1e6f8a-3c55-4d0e-9b1a-0d9f6d7a1c01',
      serial: 12,
      backend: null,
      databases: ['db-ORDERS'],
      forgets: ['db-ORDERS'],
    });
  });

  it('is left out when none was shown', () => {
    const intent = readWith(aPlan([]), {});
    expect('state' in intent).toBe(false);
    expect('planFile' in intent).toBe(false);
  });
});

describe('what a state claims', () => {
  const claims = (state: unknown) =>
    readWith(aPlan([nothing(ORDERS)], { prior: [prior(ORDERS, anInstance())] }), { state }).state;

  it('is what its plan takes it for, when it leaves ids out', () => {
    const { resource_id: _, ...bare } = anInstance() as Record<string, unknown>;
    expect(claims(aState([aResource(ORDERS, bare)]))).toMatchObject({ databases: ['db-ORDERS'] });
  });

  it('is said though it has no lineage, which is then another than every other', () => {
    const nameless = { lineage: '' };
    expect(claims(aState([aResource(ORDERS, anInstance())], nameless))).toMatchObject({
      lineage: '',
      databases: ['db-ORDERS'],
    });
    expect(readWith(aPlan([]), { state: aState([], nameless) }).state).toBeUndefined();
  });
});

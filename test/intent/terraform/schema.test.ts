/**
 * Documents that are JSON and no plan, or a plan of another shape: each refused by its own code.
 */

import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../src/intent/terraform/schema.ts';
import { anEntry, anInstance, aPlan, aPriorResource } from '../../support/terraform-plan.ts';
import { read, refusalOf } from './support.ts';

const refusal = (document: unknown) => refusalOf(JSON.stringify(document));

describe('a state instead of a plan', () => {
  const SERIAL = 'a state file (serial and lineage)';
  const VALUES = 'a state (values, and no resource_changes)';

  it.each([
    ['the state that show -json prints', { format_version: '1.0', values: { root_module: {} } }, VALUES],
    ['one that does not say its format', { values: {} }, VALUES],
    ['a raw state file', { version: 4, terraform_version: '1.11.4', serial: 3, lineage: 'x', resources: [] }, SERIAL],
    ['one with a serial alone', { version: 4, serial: 3 }, SERIAL],
    ['one with a lineage alone', { version: 4, lineage: 'x' }, SERIAL],
    ['one with values besides', { lineage: 'x', values: {} }, SERIAL],
    ['an empty state', { format_version: '1.0' }, 'an empty state (format_version alone)'],
  ])('%s is refused as a state', (_, document, what) => {
    const { code, message } = refusal(document);
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_IS_STATE',
      message: `plan.json: ${what}, not a plan; expected the JSON of a saved plan`,
    });
  });

  it.each([
    ['planned values', { format_version: '1.2', planned_values: {}, values: {} }],
    ['entries', { format_version: '1.2', resource_changes: [], serial: 3, lineage: 'x' }],
  ])('a document with %s is a plan, whatever it has besides', (_, document) => {
    expect(read(document).changes).toEqual([]);
  });

  it('a plan that also has a key called values is read as a plan', () => {
    expect(read(aPlan([anEntry()], { values: {} })).changes).toHaveLength(1);
  });
});

describe('what is taken from a plan', () => {
  const parse = (document: object) => parsePlan(document as never, 'plan.json');
  const bare = { format_version: '1.2', planned_values: {} };
  const NOTHING = {
    entries: [],
    deferred: [],
    drift: [],
    prior: [],
    provisioners: new Map(),
    errored: false,
    complete: true,
    terraformVersion: null,
    timestamp: null,
    plannedEmpty: true,
    actionInvocationCount: 0,
    deferredActionInvocationCount: 0,
    unreadParts: [],
  };

  it('is nothing where it says nothing', () => {
    expect(parse(bare)).toEqual(NOTHING);
    expect(parse({ ...bare, prior_state: null })).toEqual(NOTHING);
    expect(parse({ ...bare, prior_state: {} })).toEqual(NOTHING);
    expect(parse({ ...bare, prior_state: { values: {} } })).toEqual(NOTHING);
    expect(parse({ ...bare, prior_state: { values: { root_module: null } } })).toEqual(NOTHING);
  });

  it('is what it says of itself', () => {
    const told = { errored: true, complete: false, terraform_version: '1.11.4', timestamp: '2026-11-22T09:07:00Z' };
    const runs = { action_invocations: [{}, {}], deferred_action_invocations: [{}] };
    expect(parse({ ...bare, ...told, ...runs })).toEqual({
      ...NOTHING,
      errored: true,
      complete: false,
      terraformVersion: '1.11.4',
      timestamp: '2026-11-22T09:07:00Z',
      actionInvocationCount: 2,
      deferredActionInvocationCount: 1,
    });
  });

  const entry = { address: 'aws_vpc.a', type: 'aws_vpc', change: { actions: ['delete'] } };
  const taken = {
    address: 'aws_vpc.a',
    previousAddress: null,
    managed: true,
    type: 'aws_vpc',
    deposed: null,
    actions: ['delete'],
    before: undefined,
    after: undefined,
    afterUnknown: undefined,
    importing: false,
  };

  it('are its entries, each with its place', () => {
    const { entries, drift, deferred } = parse({
      ...bare,
      resource_changes: [entry, entry],
      resource_drift: [entry, entry],
      deferred_changes: [{ resource_change: entry }, { resource_change: entry }],
    });
    for (const [list, path] of [
      [entries, 'resource_changes[1].change'],
      [drift, 'resource_drift[1].change'],
      [deferred, 'deferred_changes[1].resource_change.change'],
    ] as const) {
      expect(list).toHaveLength(2);
      expect(list[1]).toEqual({ ...taken, path });
    }
  });

  it('are all members of an entry that are in use, and no others', () => {
    const values = { before: { a: 1 }, after: { a: 2 }, after_unknown: { b: true }, before_sensitive: { a: true } };
    const whole = { previous_address: 'aws_vpc.b', deposed: 'deadbeef', mode: 'managed', action_reason: 'x' };
    const [first] = parse({
      ...bare,
      resource_changes: [{ ...entry, ...whole, change: { actions: ['no-op'], importing: {}, ...values } }],
    }).entries;
    expect(first).toEqual({
      ...taken,
      previousAddress: 'aws_vpc.b',
      deposed: 'deadbeef',
      actions: ['no-op'],
      before: { a: 1 },
      after: { a: 2 },
      afterUnknown: { b: true },
      importing: true,
      path: 'resource_changes[0].change',
    });
  });

  it.each([
    ['managed', true],
    ['Data', true],
    ['', true],
    ['data', false],
  ])('is no data source unless the mode says so: %j', (mode, managed) => {
    const resources = [{ address: 'aws_vpc.a', type: 'aws_vpc', mode }];
    const plan = parse({
      ...bare,
      resource_changes: [{ ...entry, mode }],
      prior_state: { values: { root_module: { resources } } },
    });
    expect(plan.entries[0]?.managed).toBe(managed);
    expect(plan.prior).toHaveLength(managed ? 1 : 0);
  });

  it.each([null, undefined])('is no import when the entry says %s', (importing) => {
    const change = { actions: ['no-op'], importing };
    expect(parse({ ...bare, resource_changes: [{ ...entry, change }] }).entries[0]?.importing).toBe(false);
  });

  it('are the managed resources of its state in every module, with their places in the document', () => {
    const { prior } = parse({
      ...bare,
      prior_state: {
        values: {
          root_module: {
            resources: [
              { address: 'data.aws_vpc.d', mode: 'data' },
              { address: 'aws_vpc.a', type: 'aws_vpc', deposed_key: 'k', depends_on: ['aws_vpc.b'], values: { id: 1 } },
            ],
            child_modules: [{}, { child_modules: [{ resources: [{ address: 'module.m.aws_vpc.c' }] }] }],
          },
        },
      },
    });
    expect(prior).toEqual([
      {
        address: 'aws_vpc.a',
        type: 'aws_vpc',
        deposed: 'k',
        dependsOn: ['aws_vpc.b'],
        values: { id: 1 },
        path: 'prior_state.values.root_module.resources[1].values',
      },
      {
        address: 'module.m.aws_vpc.c',
        type: '',
        deposed: null,
        dependsOn: [],
        values: undefined,
        path: 'prior_state.values.root_module.child_modules[1].child_modules[0].resources[0].values',
      },
    ]);
  });

  it.each([
    [{}, true],
    [{ root_module: {} }, true],
    [{ root_module: null }, true],
    [{ root_module: { resources: [], child_modules: [] } }, true],
    [{ root_module: { address: 'x' } }, true],
    [{ root_module: { resources: [{}] } }, false],
    [{ root_module: { resources: [], child_modules: [{}] } }, false],
  ])('is whether anything is planned to be left: %j', (plannedValues, empty) => {
    expect(parse({ ...bare, planned_values: plannedValues }).plannedEmpty).toBe(empty);
  });

  it('are the names of lists that no known format has, as far as they can be printed', () => {
    const longest = `_${'x'.repeat(63)}`;
    const known = { variables: [1], output_changes: [1], relevant_attributes: [1], checks: [1], proposed_unknown: [1] };
    const unread = { z: [1], a_1: [{}], [longest]: [1], [`${longest}x`]: [1], 'a b': [1], '1a': [1] };
    expect(parse({ ...bare, ...known, applyable: [1], ...unread, b: [], c: {}, d: 'x' }).unreadParts).toEqual([
      longest,
      ...Array(3).fill('a part with an unprintable name'),
      'a_1',
      'z',
    ]);
  });
});

describe('format_version', () => {
  it.each(['2.0', '0.2', '10.1', '1', '1.2-beta', 'one'])('%s is refused by its name', (version) => {
    expect(refusal(aPlan([], { format_version: version }))).toMatchObject({
      code: 'MUSTER_PLAN_VERSION',
      message: `plan.json: format_version is "${version}"; accepted is "1.x"`,
    });
  });

  it.each(['1.0', '1.2', '1.99', '1.123456789'])('%s is read', (version) => {
    expect(read(aPlan([], { format_version: version })).changes).toEqual([]);
  });

  it.each(['hunter2 hunter2', 'hunter2!', 'x'.repeat(21), '', ' 1.2', '1.2\n'])(
    'a version that is no version is not repeated: %j',
    (version) => {
      expect(refusal(aPlan([], { format_version: version })).message).toBe(
        'plan.json: format_version is no version number; accepted is "1.x"',
      );
    },
  );

  it.each(['v1.2', '1.2.3', '1.1234567890', '1.', 'x'.repeat(20)])('%s is another version than 1.x', (version) => {
    expect(refusal(aPlan([], { format_version: version })).message).toContain(`is "${version}"`);
  });

  it.each([undefined, 1.2, null])('a version of the wrong kind is refused by path: %s', (version) => {
    const { code, message } = refusal(aPlan([], { format_version: version }));
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_SHAPE',
      message: 'plan.json: format_version: expected text such as "1.2"',
    });
  });
});

describe('a plan of another shape', () => {
  it('a document with a version and none of the parts of a plan is refused rather than read as empty', () => {
    const { code, message } = refusal({ format_version: '1.2', provider_schemas: {} });
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_SHAPE',
      message: 'plan.json: expected planned_values or resource_changes, as in a plan',
    });
  });

  it('a plan of nothing but what had changed outside is a plan', () => {
    expect(read({ format_version: '1.2', resource_drift: [anEntry()] }).signals).toMatchObject([
      { code: 'drift_deleted' },
    ]);
  });

  it.each([
    ['resource_changes', { resource_changes: {} }, 'resource_changes: expected array'],
    ['resource_changes', { resource_changes: null }, 'resource_changes: expected array'],
    ['an entry', { resource_changes: [7] }, 'resource_changes[0]: expected object'],
    ['a change', { resource_changes: [{ ...anEntry(), change: null }] }, 'resource_changes[0].change: expected object'],
    ['actions', { resource_changes: [anEntry({ actions: 'delete' as never })] }, 'change.actions: expected array'],
    ['a deferred entry', { deferred_changes: [{}] }, 'deferred_changes[0].resource_change: expected object'],
    ['errored', { errored: 'no' }, 'errored: expected boolean'],
    ['the state', { prior_state: { values: { root_module: [] } } }, 'prior_state.values.root_module: expected object'],
    ['invocations', { action_invocations: 'x' }, 'action_invocations: expected array'],
  ])('%s of the wrong kind is refused by path', (_, parts, message) => {
    expect(refusal(aPlan([], parts))).toMatchObject({
      code: 'MUSTER_PLAN_SHAPE',
      message: expect.stringContaining(message),
    });
  });

  it('a wrong kind deep in the modules of the state is refused by its whole path', () => {
    const childModules = [{ resources: [] }, { child_modules: [{ resources: 'x' }] }];
    expect(refusal(aPlan([], { childModules })).message).toContain(
      'prior_state.values.root_module.child_modules[1].child_modules[0].resources: expected array',
    );
  });

  it.each([
    ['skip_final_snapshot', 'expected true, false or null'],
    ['backup_retention_period', 'expected a number or null'],
    ['identifier', 'expected text or null'],
  ])('an attribute of the wrong kind is refused by path, and its value kept back: %s', (name, expected) => {
    const before = anInstance({ [name]: { secret: 'CANARY-1' } });
    const { code, message } = refusal(aPlan([anEntry({ before })]));
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_SHAPE',
      message: `plan.json: resource_changes[0].change.before.${name}: ${expected}`,
    });
  });

  it('before of the wrong kind is refused by path', () => {
    expect(refusal(aPlan([anEntry({ before: 'CANARY-1' })])).message).toBe(
      'plan.json: resource_changes[0].change.before: expected an object or null',
    );
  });

  it('an address with a control character is refused and not repeated', () => {
    const { code, message } = refusal(aPlan([anEntry({ address: 'aws_db_instance.\u001b[2Jorders' })]));
    expect(code).toBe('MUSTER_PLAN_SHAPE');
    expect(message).not.toContain('\u001b');
  });

  it('200,000 modules of the state are walked without a crash', () => {
    const childModules = Array.from({ length: 200_000 }, () => ({}));
    childModules.push({ resources: [aPriorResource('module.a.aws_db_instance.orders')] } as never);
    expect(read(aPlan([], { childModules })).stateSeen).toBe(true);
  });
});

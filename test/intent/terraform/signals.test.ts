/**
 * What a plan as a whole says about itself, and parts of it that nobody understands.
 */

import { describe, expect, it } from 'vitest';
import { anEntry, anInstance, aPlan, aPriorResource } from '../../support/terraform-plan.ts';
import { read } from './support.ts';

const create = (address = 'aws_db_instance.orders', more: object = {}) =>
  anEntry({ address, actions: ['create'], before: null, after: {}, ...more });
const codes = (plan: unknown) => read(plan).signals.map((signal) => signal.code);

describe('a lost or empty state', () => {
  it('is creates with no state at all', () => {
    expect(codes(aPlan([create()]))).toEqual(['empty_state']);
    expect(read(aPlan([create()])).stateSeen).toBe(false);
  });

  it('is creates with data sources alone in the state', () => {
    expect(codes(aPlan([create()], { prior: [aPriorResource('data.aws_region.r', [], 'data')] }))).toEqual([
      'empty_state',
    ]);
  });

  it('is creates next to imports alone', () => {
    const imported = anEntry({ actions: ['no-op'], after: anInstance(), importing: { id: 'orders' } });
    const plan = aPlan([imported, create('aws_vpc.main')], { prior: [aPriorResource('aws_db_instance.orders')] });
    expect(codes(plan)).toEqual(['empty_state']);
  });

  it('is no state that knows one managed resource, in a module even', () => {
    const childModules = [{ resources: [aPriorResource('module.a.aws_vpc.main')] }];
    expect(codes(aPlan([create()], { childModules }))).toEqual([]);
    expect(read(aPlan([create()], { childModules })).stateSeen).toBe(true);
  });

  it('is no first apply of other things', () => {
    const bucket = create('aws_s3_bucket.logs', { type: 'aws_s3_bucket' });
    expect(codes(aPlan([bucket]))).toEqual([]);
    expect(codes(aPlan([bucket, create('aws_backup_vault.main', { type: 'aws_backup_vault' })]))).toEqual([
      'empty_state',
    ]);
    expect(codes(aPlan([bucket, create('aws_kms_key.main', { type: 'aws_kms_key' })]))).toEqual(['empty_state']);
  });

  it('is no plan without creates', () => {
    expect(codes(aPlan([]))).toEqual([]);
  });
});

describe('a full destroy', () => {
  const prior = [aPriorResource('aws_db_instance.orders')];

  it('is every managed entry deleted and nothing left', () => {
    expect(codes(aPlan([anEntry(), anEntry({ mode: 'data', actions: ['read'] })], { prior }))).toEqual([
      'full_destroy',
    ]);
  });

  it.each([
    ['an entry is updated', [anEntry(), anEntry({ address: 'aws_vpc.a', actions: ['update'], after: {} })], { prior }],
    ['an entry is replaced', [anEntry({ actions: ['delete', 'create'] })], { prior }],
    ['an entry is forgotten', [anEntry(), anEntry({ address: 'aws_vpc.a', actions: ['forget'] })], { prior }],
    ['something is planned to be left', [anEntry()], { prior, planned_values: { root_module: { resources: [{}] } } }],
    ['the state holds something that stays', [anEntry()], { prior: [...prior, aPriorResource('aws_vpc.a')] }],
    ['there is no entry', [], { prior }],
  ])('is none when %s', (_, entries, parts) => {
    expect(codes(aPlan(entries, parts))).not.toContain('full_destroy');
  });
});

describe('a plan that is not whole', () => {
  it('made with errors says so', () => {
    expect(codes(aPlan([], { errored: true }))).toEqual(['errored_plan']);
  });

  it('that is not complete says so, and one that does not tell (OpenTofu) does not', () => {
    expect(codes(aPlan([], { complete: false }))).toEqual(['incomplete_plan']);
    expect(codes(aPlan([], { complete: undefined, applyable: undefined }))).toEqual([]);
  });

  it('with deferred changes says so', () => {
    expect(
      codes(aPlan([], { deferred_changes: [{ resource_change: anEntry({ actions: ['no-op'], after: {} }) }] })),
    ).toEqual(['incomplete_plan']);
  });
});

describe('drift', () => {
  it('something deleted outside the tool is named', () => {
    const signals = read(aPlan([], { resource_drift: [anEntry()] })).signals;
    expect(signals).toMatchObject([
      { code: 'drift_deleted', detail: expect.stringContaining('aws_db_instance.orders') },
    ]);
  });

  it('is no step of the plan', () => {
    expect(read(aPlan([], { resource_drift: [anEntry()] }))).toMatchObject({ changes: [], actions: [] });
  });

  it('several things are named in one order', () => {
    const drifted = ['c', 'a', 'b'].map((name) => anEntry({ address: `aws_db_instance.${name}` }));
    expect(read(aPlan([], { resource_drift: drifted })).signals).toEqual(
      ['a', 'b', 'c'].map((name) => ({
        code: 'drift_deleted',
        detail: `aws_db_instance.${name} had already been deleted outside the tool`,
      })),
    );
  });

  it('something changed outside the tool is no deletion', () => {
    expect(codes(aPlan([], { resource_drift: [anEntry({ actions: ['update'], after: anInstance() })] }))).toEqual([]);
  });
});

describe('parts of a plan that nobody understands', () => {
  it.each(['action_invocations', 'deferred_action_invocations'])('%s are unknown', (key) => {
    expect(read(aPlan([], { [key]: [{ address: 'action.aws_lambda_invoke.x' }] }))).toMatchObject({
      changes: [{ address: key, class: 'unknown' }],
      actions: [{ kind: 'opaque', target: { identifier: key } }],
    });
    expect(read(aPlan([], { [key]: [] })).changes).toEqual([]);
  });

  it('each is a change of its own, without a word of the document, in one order', () => {
    const invokes = 'provider actions run, and what they do is not in the plan';
    const { changes, actions } = read(aPlan([], { zone_changes: [1], action_invocations: [{}], ask_changes: [1] }));
    const unread = 'a part of the plan that this reader does not know';
    expect(changes).toEqual(
      [
        ['action_invocations', invokes],
        ['ask_changes', unread],
        ['zone_changes', unread],
      ].map(([identifier, why]) => ({
        address: identifier,
        actions: [],
        class: 'unknown',
        steps: [{ kind: 'opaque', target: { arn: null, resourceId: null, identifier, scope: null }, why }],
      })),
    );
    expect(actions).toEqual(changes.flatMap(({ steps }) => steps));
  });

  it('an unknown list at the top is unread and unknown', () => {
    const intent = read(aPlan([], { stack_changes: [1] }));
    expect(intent.signals).toMatchObject([{ code: 'unread_part', detail: expect.stringContaining('stack_changes') }]);
    expect(intent.changes).toMatchObject([{ address: 'stack_changes', class: 'unknown' }]);
    expect(intent.actions).toMatchObject([{ kind: 'opaque' }]);
  });

  it.each([
    [{ stack_changes: [] }],
    [{ stack_changes: {} }],
    [{ stack_changes: 'x' }],
    [{ checks: [1], relevant_attributes: [1] }],
  ])('%j at the top changes nothing', (parts) => {
    expect(read(aPlan([], parts))).toMatchObject({ changes: [], actions: [], signals: [] });
  });
});

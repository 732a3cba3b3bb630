/**
 * In-place updates: what weakens protection, what is only known after apply, and what is sent for it.
 */

import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/intent/action.ts';
import { aCluster, anEntry, anInstance, HERE } from '../../support/terraform-plan.ts';
import { kindsOf, readOne } from './support.ts';

const update = (before: unknown, after: unknown, more: { address?: string; after_unknown?: unknown } = {}) =>
  readOne(anEntry({ actions: ['update'], before, after, ...more }));
const updateOf = (address: string, before: object, after: object) =>
  update({ arn: 'arn:aws:x:eu-west-1:123456789012:y', ...before }, { ...before, ...after }, { address });

const targetOf = (change: Change) => change.steps[0]?.target;

describe.each([
  ['aws_db_instance.orders', anInstance, 'modify_db_instance'],
  ['aws_rds_cluster.events', aCluster, 'modify_db_cluster'],
] as const)('an update of %s', (address, build, kind) => {
  const strong = {
    deletion_protection: true,
    backup_retention_period: 7,
    skip_final_snapshot: false,
    delete_automated_backups: false,
  };
  const change = (from: object, to: object) =>
    update(build({ ...strong, ...from }), build({ ...strong, ...from, ...to }), { address });

  it.each([
    [{ deletion_protection: false }, { deletionProtection: false }],
    [{ deletion_protection: null }, { deletionProtection: false }],
    [{ backup_retention_period: 6 }, { retentionDays: 6 }],
    [{ backup_retention_period: 0 }, { retentionDays: 0 }],
  ])('to %j disarms and is sent', (to, sent) => {
    const result = change({}, to);
    expect(result.class).toBe('disarm');
    expect(result.steps).toMatchObject([{ kind, change: { ...sent, applyImmediately: false } }]);
  });

  it.each([
    [{ skip_final_snapshot: true }, { skipFinalSnapshot: true }],
    [{ delete_automated_backups: true }, { deleteAutomatedBackups: true }],
    [{ delete_automated_backups: null }, { deleteAutomatedBackups: true }],
  ])('to %j disarms in state alone: the database is named, nothing is sent', (to, held) => {
    const { class: kind, steps } = change({}, to);
    expect(kind).toBe('disarm');
    expect(steps.map((step) => ('change' in step ? step.change : step.kind))).toEqual([held]);
  });

  it('back in state alone names the database too, so that a weakening is seen to be undone', () => {
    const { steps } = change({ skip_final_snapshot: true }, { skip_final_snapshot: false });
    expect(steps).toMatchObject([{ kind, change: { skipFinalSnapshot: false } }]);
  });

  it('sends protection and retention in one call, at once when the configuration says so', () => {
    const to = { deletion_protection: false, backup_retention_period: 1, apply_immediately: true };
    expect(change({}, to).steps).toMatchObject([
      { kind, change: { deletionProtection: false, retentionDays: 1, applyImmediately: true } },
    ]);
  });

  it.each([
    [{ deletion_protection: false }, { deletion_protection: true }, [kind]],
    [{ backup_retention_period: 1 }, { backup_retention_period: 7 }, [kind]],
    [{ skip_final_snapshot: true }, { skip_final_snapshot: false }, [kind]],
    [{ delete_automated_backups: null }, { delete_automated_backups: true }, []],
    [{ deletion_protection: null }, { deletion_protection: false }, []],
    [{}, { engine_version: '16.5' }, []],
  ])('from %j to %j does not disarm', (from, to, kinds) => {
    const result = change(from, to);
    expect(result.class).toBe('update');
    expect(kindsOf(result)).toEqual(kinds);
  });

  it.each(['deletion_protection', 'backup_retention_period', 'skip_final_snapshot', 'delete_automated_backups'])(
    'a %s known only after apply is unknown',
    (name) => {
      const result = update(build(strong), build({ ...strong, [name]: null }), {
        address,
        after_unknown: { [name]: true },
      });
      expect(result.class).toBe('unknown');
      expect(kindsOf(result)).toEqual(['opaque']);
    },
  );

  it('when it is applied is left open when that is only known after apply', () => {
    const after = build({ ...strong, deletion_protection: false, apply_immediately: null });
    const [step] = update(build(strong), after, { address, after_unknown: { apply_immediately: true } }).steps;
    expect(step).toMatchObject({ kind });
    expect(step?.kind === kind && step.change).toEqual({ deletionProtection: false });
  });

  it('an update of which nothing is known before apply is unknown', () => {
    expect(update(build(strong), build(strong), { address, after_unknown: true }).class).toBe('unknown');
    expect(update(build(strong), null, { address, after_unknown: true }).class).toBe('unknown');
  });

  it('a retention that the state or the plan does not hold cannot be compared', () => {
    expect(change({ backup_retention_period: null }, { backup_retention_period: 7 }).class).toBe('unknown');
    expect(change({}, { backup_retention_period: null }).class).toBe('unknown');
  });

  it.each([true, false])('whether a final snapshot is made is kept next to what is sent with it: %s', (skip) => {
    const to = { deletion_protection: false, backup_retention_period: 1, skip_final_snapshot: skip };
    const { class: name, steps } = change({ skip_final_snapshot: !skip, delete_automated_backups: true }, to);
    expect(name).toBe('disarm');
    expect(steps.map((step) => 'change' in step && step.change)).toEqual([
      { deletionProtection: false, retentionDays: 1, applyImmediately: false, skipFinalSnapshot: skip },
    ]);
  });

  it('a final snapshot that the configuration no longer speaks of is made', () => {
    const { class: name, steps } = change({ skip_final_snapshot: true }, { skip_final_snapshot: null });
    expect(name).toBe('update');
    expect(steps.map((step) => 'change' in step && step.change)).toEqual([{ skipFinalSnapshot: false }]);
  });

  const named = targetOf(readOne(anEntry({ address, before: build() })));
  const byAddress = { arn: null, resourceId: null, identifier: address, scope: null };

  it.each([
    [null, build(), byAddress],
    [build(), null, named],
  ])('an update with one side missing is unknown, of what the other side names', (before, after, target) => {
    const why = 'the plan does not say what this update changes';
    const unknown = { class: 'unknown', steps: [{ kind: 'opaque', target, why }] };
    expect(update(before, after, { address })).toMatchObject(unknown);
    expect(update(before, after, { address, after_unknown: true })).toMatchObject(unknown);
  });

  it('what is only known after apply is said of the database, or of the address when nothing names it', () => {
    const after_unknown = { deletion_protection: true };
    const why = 'deletion_protection is only known after apply';
    expect(update(build(), build(), { address, after_unknown }).steps).toEqual([
      { kind: 'opaque', target: named, why },
    ]);
    expect(update({}, {}, { address, after_unknown }).steps).toEqual([{ kind: 'opaque', target: byAddress, why }]);
  });
});

it('a weakening of something the plan does not name is unknown', () => {
  const change = update({ deletion_protection: true }, { deletion_protection: false });
  expect(change.class).toBe('unknown');
  expect(kindsOf(change)).toEqual(['opaque']);
});

describe('updates of other modelled types', () => {
  it('disabling a key disarms and is sent', () => {
    expect(updateOf('aws_kms_key.k', { key_id: 'k1', is_enabled: true }, { is_enabled: false })).toMatchObject({
      class: 'disarm',
      steps: [{ kind: 'disable_key', target: { resourceId: 'k1' } }],
    });
  });

  it('enabling a key does not disarm', () => {
    expect(updateOf('aws_kms_key.k', { key_id: 'k1', is_enabled: false }, { is_enabled: true })).toMatchObject({
      class: 'update',
      steps: [],
    });
  });

  it.each([
    ['aws_backup_vault.v', { name: 'v', force_destroy: false }, { force_destroy: true }, 'disarm'],
    ['aws_backup_vault.v', { name: 'v', force_destroy: true }, { force_destroy: false }, 'update'],
    ['aws_kms_key.k', { key_id: 'k', deletion_window_in_days: null }, { deletion_window_in_days: 7 }, 'disarm'],
    ['aws_kms_key.k', { key_id: 'k', deletion_window_in_days: 7 }, { deletion_window_in_days: 30 }, 'update'],
    ['aws_kms_key.k', { key_id: 'k', policy: '{"a":1}' }, { policy: '{"a":1}' }, 'update'],
    ['aws_db_snapshot.s', { shared_accounts: ['1'] }, { shared_accounts: ['2', '1'] }, 'update'],
    ['aws_backup_plan.p', { name: 'p', rule: [{ a: 1 }], tags: {} }, { tags: { a: 'b' } }, 'update'],
    [
      'aws_backup_plan.p',
      { name: 'p', rule: [{ rule_name: 'a' }] },
      { rule: [{ rule_name: 'a' }, { rule_name: 'b' }] },
      'update',
    ],
    ['aws_db_snapshot.s', { shared_accounts: null }, { shared_accounts: ['1'] }, 'update'],
    ['aws_kms_external_key.k', { id: 'k', valid_to: '' }, { valid_to: '2027-01-01T00:00:00Z' }, 'disarm'],
    [
      'aws_rds_global_cluster.g',
      { global_cluster_identifier: 'g', deletion_protection: true },
      { deletion_protection: false },
      'disarm',
    ],
    ['aws_security_group.g', { id: 'sg-1' }, { description: 'x' }, 'update'],
  ])('%s from %j to %j: %s', (address, before, after, expected) => {
    expect(updateOf(address, before, after)).toMatchObject({ class: expected, steps: [] });
  });

  it.each([
    ['aws_kms_key.k', { key_id: 'k', policy: '{"a":1}' }, { policy: '{"a":2}' }, 'change_key_policy'],
    ['aws_kms_key_policy.k', { key_id: 'k', policy: '{"a":1}' }, { policy: '{"a":2}' }, 'change_key_policy'],
    ['aws_kms_replica_key.k', { key_id: 'k', enabled: true }, { enabled: false }, 'disable_key'],
    ['aws_kms_external_key.k', { id: 'k', enabled: null }, { enabled: false }, 'disable_key'],
    [
      'aws_db_snapshot.k',
      { db_snapshot_identifier: 'k', shared_accounts: ['1', '2'] },
      { shared_accounts: ['2'] },
      'unshare_snapshot',
    ],
    [
      'aws_db_cluster_snapshot.k',
      { db_cluster_snapshot_identifier: 'k', shared_accounts: ['1'] },
      { shared_accounts: null },
      'unshare_snapshot',
    ],
    [
      'aws_backup_vault_policy.k',
      { backup_vault_name: 'k', policy: '{"a":1}' },
      { policy: '{"a":2}' },
      'change_vault_policy',
    ],
    [
      'aws_backup_plan.k',
      { name: 'k', rule: [{ lifecycle: [{ delete_after: 35 }] }] },
      { rule: [{ lifecycle: [{ delete_after: 1 }] }] },
      'stop_future_backups',
    ],
  ])('%s from %j to %j disarms by %s', (address, before, after, kind) => {
    expect(updateOf(address, before, after)).toMatchObject({
      class: 'disarm',
      steps: [{ kind, target: { identifier: 'k' } }],
    });
  });

  it('a cluster that leaves its global one is named twice: as what leaves, and as what is easier to delete', () => {
    const before = aCluster({ global_cluster_identifier: 'world' });
    const change = update(before, { ...before, global_cluster_identifier: null }, { address: 'aws_rds_cluster.c' });
    expect(change.class).toBe('disarm');
    expect(kindsOf(change)).toEqual(['remove_from_global_cluster', 'modify_db_cluster']);
  });

  it('a key policy that is named by the ARN of its key has that key for its target', () => {
    const arn = `arn:aws:kms:${HERE.region}:${HERE.accountId}:key/k1`;
    const { steps } = updateOf('aws_kms_key_policy.k', { key_id: arn, policy: 'a' }, { policy: 'b' });
    expect(steps).toMatchObject([{ target: { arn, identifier: 'k1', scope: HERE } }]);
  });
});

describe('a blue/green update', () => {
  const asked = { blue_green_update: [{ enabled: true }] };

  it('deletes the old instance with its automated backups, without a final snapshot, protected or not', () => {
    const before = anInstance({ ...asked, instance_class: 'db.t3.micro' });
    const change = update(before, { ...before, instance_class: 'db.t3.small' });
    expect(change.class).toBe('destroy');
    expect(change.steps).toMatchObject([
      {
        kind: 'delete_db_instance',
        target: { resourceId: 'db-ORDERS' },
        parameters: {
          skipFinalSnapshot: true,
          finalSnapshotId: null,
          deleteAutomatedBackups: true,
          disarmsProtection: true,
        },
      },
    ]);
  });

  it.each([
    ['tags', { tags: { a: 'b' } }, 'update'],
    ['the password', { password: 'x' }, 'update'],
    ['deletion protection', { deletion_protection: false }, 'disarm'],
  ])('is not made for a change of %s', (_, to, expected) => {
    const before = anInstance(asked);
    expect(update(before, { ...before, ...to }).class).toBe(expected);
  });

  // The provider's own list: `resourceInstanceUpdate` asks HasChangesExcept of these before it makes a deployment.
  it.each([
    { allow_major_version_upgrade: true },
    { final_snapshot_identifier: 'other' },
    { replicate_source_db: 'other' },
    { skip_final_snapshot: true },
    { delete_automated_backups: true },
    { tags_all: { a: 'b' } },
    { blue_green_update: [{ enabled: true, x: 1 }] },
  ])('is not made for %j, which the provider changes in place', (to) => {
    const before = anInstance(asked);
    expect(update(before, { ...before, ...to }).class).not.toBe('destroy');
  });

  it.each([
    { engine_version: '17' },
    { allocated_storage: 200 },
    { parameter_group_name: 'other' },
    { identifier: 'other' },
    { backup_retention_period: 1 },
    { kms_key_id: 'other' },
    { apply_immediately: true },
  ])('is made for %j', (to) => {
    const before = anInstance(asked);
    expect(update(before, { ...before, ...to }).class).toBe('destroy');
  });

  it('is made for a change that is only known after apply', () => {
    const before = anInstance({ ...asked, engine_version: '16.4' });
    expect(update(before, { ...before, engine_version: null }, { after_unknown: { engine_version: true } }).class).toBe(
      'destroy',
    );
  });

  it('of an instance that the plan does not name destroys what nobody knows', () => {
    const before = { ...asked, instance_class: 'db.t3.micro' };
    expect(update(before, { ...before, instance_class: 'db.t3.small' })).toMatchObject({
      class: 'destroy',
      steps: [
        {
          kind: 'opaque',
          target: { arn: null, resourceId: null, identifier: 'aws_db_instance.orders', scope: null },
          why: 'the plan does not name what it deletes',
        },
      ],
    });
  });

  it('is made for an attribute that only one side has', () => {
    const before = anInstance(asked);
    expect(update(before, { ...before, upgrade_storage_config: true }).class).toBe('destroy');
    expect(update({ ...before, upgrade_storage_config: true }, before).class).toBe('destroy');
  });

  it.each([[[]], [[{ enabled: false }]], [[{ enabled: null }]], [null]])('%j asks for none', (blue_green_update) => {
    const before = anInstance({ blue_green_update, instance_class: 'db.t3.micro' });
    expect(update(before, { ...before, instance_class: 'db.t3.small' }).class).toBe('update');
  });

  it('that may or may not be asked for is unknown', () => {
    const before = anInstance();
    const after_unknown = { blue_green_update: [{ enabled: true }] };
    expect(update(before, { ...before, blue_green_update: [{}] }, { after_unknown })).toMatchObject({
      class: 'unknown',
      steps: [
        {
          kind: 'opaque',
          target: { resourceId: 'db-ORDERS' },
          why: 'blue_green_update is only known after apply',
        },
      ],
    });
  });
});

/**
 * What a change is seen to weaken: each setting against what lives, for every database that it matters to.
 */

import { describe, expect, it } from 'vitest';
import { addDays, type Instant } from '../../src/core/time.ts';
import type { Action, Intent, Target } from '../../src/intent/action.ts';
import type { Database, Inventory } from '../../src/inventory/model.ts';
import { survive } from '../../src/survival/survive.ts';
import { settingsMoved } from '../../src/verdict/disarming.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  aTargetOf,
  aVault,
  deletionOf,
  KEY_ARN,
  NOW,
} from '../support/builders.ts';

const orders = aDatabase({ deletionProtection: true, retentionDays: 7, keyArn: KEY_ARN });
const courses = aCluster();
const vault = aVault({ lock: 'governance' });
const vaulted = aPoint(orders, {
  id: 'vaulted',
  arn: 'arn:vaulted',
  kind: 'backup_snapshot',
  vaultArn: vault.arn,
  createdAt: addDays(NOW, -1),
  expiresAt: addDays(NOW, 29),
});
const replica = aPoint(orders, { id: 'replica', arn: 'arn:replica', kind: 'replicated_automated_backup' });
const estate = anInventory({
  databases: [orders, courses],
  recoveryPoints: [aPoint(orders), vaulted, replica],
  keys: [aKey()],
  vaults: [vault],
});

function moved(steps: readonly Action[], fields: Partial<Intent> = {}, inventory: Inventory = estate) {
  const { before } = survive(inventory, [], { at: NOW, refusals: 'lifted' });
  return settingsMoved(anIntent(steps, fields), before);
}

function weakened(step: Action, inventory: Inventory = estate): readonly string[] {
  return moved([step], {}, inventory).disarmings.map(
    ({ databaseResourceId, setting, from, to }) => `${databaseResourceId} ${setting} ${from} ${to}`,
  );
}

type Change = Extract<Action, { kind: 'modify_db_instance' }>['change'];
const modify = (change: Change, database: Database = orders): Action => ({
  kind: database.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster',
  target: aTarget(database),
  change,
});

describe('a database', () => {
  it.each<[Change, readonly string[]]>([
    [{ deletionProtection: false }, ['db-ORDERS deletion_protection true false']],
    [{ deletionProtection: true }, []],
    [{ retentionDays: 3 }, ['db-ORDERS retention_days 7 3']],
    [{ retentionDays: 0 }, ['db-ORDERS retention_days 7 0']],
    [{ retentionDays: 7 }, []],
    [{ retentionDays: 8 }, []],
    [{ skipFinalSnapshot: true }, ['db-ORDERS skip_final_snapshot false true']],
    [{ deleteAutomatedBackups: true }, ['db-ORDERS delete_automated_backups false true']],
    [{ skipFinalSnapshot: false, deleteAutomatedBackups: false }, []],
    [
      { deletionProtection: false, retentionDays: 1 },
      ['db-ORDERS deletion_protection true false', 'db-ORDERS retention_days 7 1'],
    ],
  ])('changed to %j', (change, expected) => {
    expect(weakened(modify(change))).toEqual(expected);
  });

  it('is disarmed by a tool that disarms before it deletes, since the deletion may fail', () => {
    const deletion = (disarmsProtection: boolean) => moved(deletionOf(orders, { disarmsProtection })).disarmings;
    expect(deletion(true)).toMatchObject([{ setting: 'deletion_protection', from: true, to: false }]);
    expect(deletion(false)).toEqual([]);
  });

  it('that is unprotected already is disarmed by nobody', () => {
    const bare = { ...estate, databases: [aDatabase({ deletionProtection: false })] };
    expect(weakened(modify({ deletionProtection: false }), bare)).toEqual([]);
  });

  it('that was not observed is none to write down', () => {
    expect(weakened(modify({ deletionProtection: false }), anInventory())).toEqual([]);
  });

  it('is weakened once, however often a change says so, and by the first', () => {
    const { disarmings } = moved([modify({ retentionDays: 3 }), modify({ retentionDays: 1 })]);
    expect(disarmings).toMatchObject([{ setting: 'retention_days', to: 3 }]);
  });

  it('whose weakening no parameter tells is weakened in what the tool keeps, if the document says it is', () => {
    const step = modify({});
    const change = { address: 'orders', actions: ['update'], steps: [step] };
    expect(moved([step], { changes: [{ ...change, class: 'disarm' }] }).disarmings).toMatchObject([
      { setting: 'tool_setting' },
    ]);
    expect(moved([step], { changes: [{ ...change, class: 'update' }] }).disarmings).toEqual([]);
    const told = modify({ skipFinalSnapshot: true });
    const { disarmings } = moved([told], { changes: [{ ...change, class: 'disarm', steps: [told] }] });
    expect(disarmings.map(({ setting }) => setting)).toEqual(['skip_final_snapshot']);
  });
});

describe('what a database stands on', () => {
  const target = aTargetOf;
  it.each<[string, Action, readonly string[]]>([
    ['a vault’s lock', { kind: 'delete_vault_lock', target: target(vault) }, ['db-ORDERS vault_lock governance none']],
    ['a vault’s policy', { kind: 'change_vault_policy', target: target(vault) }, ['db-ORDERS vault_policy null null']],
    [
      'its key',
      { kind: 'schedule_key_deletion', target: target({ arn: KEY_ARN }), windowDays: 7 },
      ['db-ORDERS key_state enabled pending_deletion'],
    ],
    [
      'its key, disabled',
      { kind: 'disable_key', target: target({ arn: KEY_ARN }) },
      ['db-ORDERS key_state enabled disabled'],
    ],
    [
      'its key’s policy',
      { kind: 'change_key_policy', target: target({ arn: KEY_ARN }) },
      ['db-ORDERS key_policy null null'],
    ],
    [
      'a shared snapshot',
      { kind: 'unshare_snapshot', target: target(aPoint(orders)) },
      ['db-ORDERS snapshot_sharing null null'],
    ],
    [
      'a shorter life',
      { kind: 'update_recovery_point_lifecycle', target: target(vaulted), deleteAfterDays: 2 },
      [`db-ORDERS recovery_point_lifecycle ${vaulted.expiresAt} 2`],
    ],
    ['a longer life', { kind: 'update_recovery_point_lifecycle', target: target(vaulted), deleteAfterDays: 30 }, []],
    [
      'an endless life',
      { kind: 'update_recovery_point_lifecycle', target: target(vaulted), deleteAfterDays: null },
      [],
    ],
    [
      'its replica',
      { kind: 'stop_backup_replication', target: target(orders) },
      ['db-ORDERS backup_replication null null'],
    ],
    [
      'a replica, by itself',
      { kind: 'stop_backup_replication', target: target(replica) },
      ['db-ORDERS backup_replication null null'],
    ],
    [
      'a backup plan',
      { kind: 'stop_future_backups', target: target({ arn: 'arn:plan' }) },
      ['db-ORDERS future_backups null null'],
    ],
    ['a deletion', { kind: 'delete_db_snapshot', target: target(aPoint(orders)) }, []],
  ])('%s', (_, step, expected) => {
    expect(weakened(step)).toEqual(expected);
  });

  it('that nobody can weaken is not weakened: a lock that has set, a key of AWS, a key out of use', () => {
    const unlock: Action = { kind: 'delete_vault_lock', target: aTargetOf(vault) };
    const disable: Action = { kind: 'disable_key', target: aTargetOf({ arn: KEY_ARN }) };
    expect(weakened(unlock, { ...estate, vaults: [aVault({ lock: 'compliance' })] })).toEqual([]);
    expect(weakened(unlock, { ...estate, vaults: [aVault()] })).toEqual([]);
    expect(weakened(disable, { ...estate, keys: [aKey({ manager: 'aws' })] })).toEqual([]);
    expect(weakened(disable, { ...estate, keys: [aKey({ state: 'disabled' })] })).toEqual([]);
  });

  it('is weakened by a lock that goes within its days of grace', () => {
    const graced = { ...estate, vaults: [aVault({ lock: 'compliance_grace' })] };
    expect(weakened({ kind: 'delete_vault_lock', target: aTargetOf(vault) }, graced)).toEqual([
      'db-ORDERS vault_lock compliance_grace none',
    ]);
  });

  describe('is that of its owners alone', () => {
    const other = aVault({ arn: `${vault.arn}-other`, name: 'other' });
    const copy = aPoint(orders, { id: 'copy', arn: 'arn:copy', kind: 'snapshot_copy', keyArn: `${KEY_ARN}-copy` });
    const crowded = anInventory({
      ...estate,
      recoveryPoints: [
        ...estate.recoveryPoints,
        copy,
        aPoint(courses, { keyArn: `${KEY_ARN}-courses` }),
        aPoint(courses, { id: 'r2', arn: 'arn:replica-2', kind: 'replicated_automated_backup' }),
      ],
      keys: [aKey(), aKey({ arn: `${KEY_ARN}-copy` }), aKey({ arn: `${KEY_ARN}-unused` })],
      vaults: [vault, other],
    });
    const plan = target({ arn: 'arn:plan' });
    const stop = (scope: Target['scope']): Action => ({ kind: 'stop_future_backups', target: { ...plan, scope } });

    it.each<[string, Action, readonly string[]]>([
      ['a vault', { kind: 'change_vault_policy', target: target(vault) }, ['vault_policy']],
      ['a vault of others', { kind: 'change_vault_policy', target: target(other) }, []],
      ['the key of a copy', { kind: 'disable_key', target: target({ arn: `${KEY_ARN}-copy` }) }, ['key_state']],
      ['a key of nothing', { kind: 'disable_key', target: target({ arn: `${KEY_ARN}-unused` }) }, []],
      ['a snapshot', { kind: 'unshare_snapshot', target: target(copy) }, ['snapshot_sharing']],
      ['a replica', { kind: 'stop_backup_replication', target: target(replica) }, ['backup_replication']],
      ['no replica at all', { kind: 'stop_backup_replication', target: target(copy) }, []],
      ['a backup plan', stop(plan.scope), ['future_backups']],
      ['a backup plan of no known place', stop(null), ['future_backups']],
      ['a plan of another account', stop({ accountId: '210987654321', region: orders.region }), []],
    ])('%s', (_, step, settings) => {
      expect(weakened(step, crowded).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(
        settings.map((setting) => `db-ORDERS ${setting}`),
      );
    });
  });

  it.each<[string, Action, string]>([
    ['ARN', { kind: 'stop_backup_replication', target: { ...target(orders), identifier: 'orders' } }, orders.arn],
    ['ARN', { kind: 'stop_future_backups', target: target({ arn: 'arn:plan', id: 'nightly' }) }, 'arn:plan'],
    [
      'name, where the document has no more',
      { kind: 'stop_future_backups', target: { ...target(orders), arn: null, identifier: 'nightly' } },
      'nightly',
    ],
  ])('is written down by its %s', (_, step, subject) => {
    expect(moved([step]).disarmings).toMatchObject([{ subject }]);
  });

  it('is its key, though no recovery point lies under that', () => {
    const bare = { ...estate, recoveryPoints: [] };
    expect(weakened({ kind: 'disable_key', target: target({ arn: KEY_ARN }) }, bare)).toEqual([
      'db-ORDERS key_state enabled disabled',
    ]);
  });

  it('counts for each database that has something there', () => {
    const shared = {
      ...estate,
      recoveryPoints: [vaulted, aPoint(courses, { kind: 'backup_snapshot', vaultArn: vault.arn })],
    };
    expect(weakened({ kind: 'delete_vault_lock', target: aTargetOf(vault) }, shared)).toEqual([
      'db-ORDERS vault_lock governance none',
      'cluster-COURSES vault_lock governance none',
    ]);
  });

  it('in another region is not what a plan of this one backs up', () => {
    const far = { ...aTargetOf({ arn: 'arn:plan' }), scope: { accountId: orders.accountId, region: 'us-east-1' } };
    expect(weakened({ kind: 'stop_future_backups', target: far })).toEqual([]);
  });

  it('ends sooner, for all anybody knows, when its beginning or end is not known', () => {
    const step: Action = { kind: 'update_recovery_point_lifecycle', target: aTargetOf(vaulted), deleteAfterDays: 365 };
    const without = (fields: { createdAt?: Instant | null; expiresAt?: Instant | null }) => ({
      ...estate,
      recoveryPoints: [{ ...vaulted, ...fields }],
    });
    expect(weakened(step, without({ createdAt: null }))).toHaveLength(1);
    expect(weakened(step, without({ expiresAt: null }))).toHaveLength(1);
  });
});

describe('what a tool keeps', () => {
  const settings = (list: readonly { readonly setting: string }[]) => list.map(({ setting }) => setting);
  const kept = deletionOf(orders, { skipFinalSnapshot: false, finalSnapshotId: 'x', deleteAutomatedBackups: false });

  it('is shown by the deletion that it plans, not by that of a command', () => {
    expect(settings(moved(kept).shownStrong)).toEqual(['skip_final_snapshot', 'delete_automated_backups']);
    for (const source of ['command', 'cleaner', 'what_if'] as const)
      expect(moved(kept, { source }).shownStrong).toEqual([]);
    expect(settings(moved(kept, { source: 'cloudformation' }).shownStrong)).toHaveLength(2);
    expect(moved(deletionOf(orders)).shownStrong).toEqual([]);
  });

  it('was strong until a change weakens it, which says nothing of what AWS keeps nor of an earlier database', () => {
    const step = modify({ deletionProtection: false, skipFinalSnapshot: true });
    expect(settings(moved([step]).shownStrong)).toEqual(['skip_final_snapshot']);
    const earlier = { ...step, target: { ...step.target, resourceId: 'db-EARLIER' } } as Action;
    expect(moved([earlier])).toMatchObject({ disarmings: [{}, {}], shownStrong: [] });
  });

  it('is made strong by the change that says so', () => {
    const { shownStrong, madeStrong } = moved([modify({ skipFinalSnapshot: false })]);
    expect([settings(shownStrong), settings(madeStrong)]).toEqual([[], ['skip_final_snapshot']]);
  });
});

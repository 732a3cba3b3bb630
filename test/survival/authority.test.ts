/**
 * What one principal can take away of a database: the calls behind it, the ways to each kind of point, and what is left.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Authority, Permit } from '../../src/authority/authority.ts';
import { addDays } from '../../src/core/time.ts';
import type { Database, Inventory, RecoveryPoint, RecoveryPointKind } from '../../src/inventory/model.ts';
import { callsOf } from '../../src/survival/authority-calls.ts';
import { callsAgainst, meetPrincipal, principalRows } from '../../src/survival/authority-loss.ts';
import { permitToTake, waysToTake } from '../../src/survival/authority-ways.ts';
import { everythingDeletable } from '../../src/survival/purge.ts';
import { worldOf } from '../../src/survival/world.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aTarget,
  aTargetOf,
  aVault,
  deletionOf,
  KEY_ARN,
  NOW,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const BACKUP = 'arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1';
const CLUSTER_BACKUP = 'arn:aws:rds:eu-west-1:123456789012:cluster-auto-backup:ab-2';

/** May call what is named, and surely not the rest. */
const may =
  (...actions: string[]): Authority =>
  ({ action }) =>
    actions.includes(action) ? 'allowed' : 'denied';

function ways(point: RecoveryPoint, fields: Partial<Inventory> = {}): readonly (readonly string[])[] {
  const standing = anInventory({ databases: [orders, courses], recoveryPoints: [point], ...fields });
  return waysToTake(point, standing).map((calls) => calls.map(({ action }) => action));
}

describe('the calls behind an action', () => {
  const standing = anInventory({ databases: [orders, courses] });

  it('name what is authorized, each on its own ARN', () => {
    const manual = aPoint(orders);
    const [deletion] = deletionOf(orders);
    expect(deletion && callsOf(deletion, standing)).toEqual([{ action: 'rds:DeleteDBInstance', resource: orders.arn }]);
    expect(callsOf({ kind: 'delete_db_snapshot', target: aTargetOf(manual) }, standing)).toEqual([
      { action: 'rds:DeleteDBSnapshot', resource: manual.arn },
    ]);
    expect(
      callsOf({ kind: 'schedule_key_deletion', target: aTargetOf({ arn: KEY_ARN }), windowDays: 7 }, standing),
    ).toEqual([{ action: 'kms:ScheduleKeyDeletion', resource: KEY_ARN }]);
  });

  it('of a protected database lift its protection too, and of an Aurora cluster its members', () => {
    const guarded = aDatabase({ deletionProtection: true });
    const actions = (database: Database) => {
      const deletion = deletionOf(database).at(-1);
      const calls = deletion && callsOf(deletion, anInventory({ databases: [database] }));
      return calls?.map(({ action, resource }) => `${action} ${resource}`);
    };
    expect(actions(guarded)).toEqual([`rds:DeleteDBInstance ${orders.arn}`, `rds:ModifyDBInstance ${orders.arn}`]);
    expect(actions(courses)).toEqual([
      `rds:DeleteDBCluster ${courses.arn}`,
      `rds:DeleteDBInstance ${courses.members[0]?.arn}`,
    ]);
    expect(actions({ ...courses, kind: 'multi_az_cluster' })).toEqual([`rds:DeleteDBCluster ${courses.arn}`]);
  });

  it('leave open what is not known: the ARN of a backup, and what is no call at all', () => {
    const target = { ...aTarget(orders), arn: null };
    expect(callsOf({ kind: 'delete_automated_backup', target }, standing)).toEqual([
      { action: 'rds:DeleteDBInstanceAutomatedBackup', resource: null },
    ]);
    const known = anInventory({ recoveryPoints: [thePitr(courses, { arn: CLUSTER_BACKUP })] });
    expect(callsOf({ kind: 'delete_automated_backup', target: { ...aTarget(courses), arn: null } }, known)).toEqual([
      { action: 'rds:DeleteDBClusterAutomatedBackup', resource: CLUSTER_BACKUP },
    ]);
    expect(callsOf({ kind: 'opaque', target, why: 'unread' }, standing)).toBeNull();
  });
});

describe('the ways to take a point away', () => {
  const vaulted = (
    lock: 'none' | 'governance' | 'compliance_grace' | 'compliance',
    fields: { airGapped?: boolean } = {},
  ) =>
    ways(aPoint(orders, { kind: 'backup_snapshot', vaultArn: aVault().arn }), {
      vaults: [aVault({ lock, ...fields })],
    });
  const UNLOCK = 'backup:DeleteBackupVaultLockConfiguration';

  it.each<[RecoveryPointKind, string]>([
    ['manual_snapshot', 'rds:DeleteDBSnapshot'],
    ['snapshot_copy', 'rds:DeleteDBSnapshot'],
    ['account_copy', 'rds:DeleteDBSnapshot'],
    ['retained_automated_backup', 'rds:DeleteDBInstanceAutomatedBackup'],
    ['replicated_automated_backup', 'rds:DeleteDBInstanceAutomatedBackup'],
  ])('of kind %s are %s, and the cluster form of it', (kind, action) => {
    expect(ways(aPoint(orders, { kind }))).toEqual([[action]]);
    expect(ways(aPoint(courses, { kind }))).toEqual([
      [action.replace('Instance', 'Cluster').replace('DBSnap', 'DBClusterSnap')],
    ]);
  });

  it('of an instance’s own backup are its deletion and a lower retention', () => {
    expect(ways(thePitr(orders))).toEqual([['rds:DeleteDBInstance'], ['rds:ModifyDBInstance']]);
    expect(ways(aSystemSnapshot(orders))).toEqual(ways(thePitr(orders)));
  });

  it('of a replica’s own backup are its promotion too, which names a retention', () => {
    const replica = aDatabase({ replicaOf: 'orders' });
    expect(ways(thePitr(replica), { databases: [replica] })).toContainEqual(['rds:PromoteReadReplica']);
  });

  it('of a cluster’s own backup are its deletion, and a lower retention for the older snapshots alone', () => {
    const deletion = ['rds:DeleteDBCluster', 'rds:DeleteDBInstance'];
    expect(ways(thePitr(courses))).toEqual([deletion]);
    expect(ways(aSystemSnapshot(courses))).toEqual([deletion, ['rds:ModifyDBCluster']]);
  });

  it('of a backup that AWS Backup owns are its recovery point too', () => {
    const owned = aDatabase({
      awsBackupPointArn: 'arn:aws:backup:eu-west-1:123456789012:recovery-point:continuous:db-1',
    });
    expect(ways(thePitr(owned), { databases: [owned] })).toContainEqual(['backup:DeleteRecoveryPoint']);
  });

  it('of a cluster’s own backup need no promotion, which is a call on an instance', () => {
    const replica = aCluster({ replicaOf: 'courses', members: [] });
    expect(ways(aSystemSnapshot(replica), { databases: [replica] })).toEqual([
      ['rds:DeleteDBCluster'],
      ['rds:ModifyDBCluster'],
    ]);
  });

  it('of what is left of a deleted database are its kept backup, and no other', () => {
    const retained = (of: Database, arn: string) => thePitr(of, { arn, kind: 'retained_automated_backup' });
    const standing = anInventory({
      recoveryPoints: [aPoint(orders), retained(courses, CLUSTER_BACKUP), retained(orders, BACKUP)],
    });
    const kept = [[{ action: 'rds:DeleteDBInstanceAutomatedBackup', resource: BACKUP }]];
    expect(waysToTake(aSystemSnapshot(orders), standing)).toEqual(kept);
    const own = 'arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-7';
    expect(waysToTake(thePitr(orders, { arn: own }), standing)).toEqual([
      [{ action: 'rds:DeleteDBInstanceAutomatedBackup', resource: own }],
    ]);
    expect(waysToTake(aSystemSnapshot(courses), standing)).toEqual([
      [{ action: 'rds:DeleteDBClusterAutomatedBackup', resource: CLUSTER_BACKUP }],
    ]);
  });

  it('of a continuous point are itself, and those of the database whose backup it is', () => {
    const continuous = aPoint(orders, { kind: 'backup_continuous', arn: 'arn:continuous', vaultArn: aVault().arn });
    expect(ways(continuous)).toEqual([
      ['backup:DeleteRecoveryPoint'],
      ['rds:DeleteDBInstance'],
      ['rds:ModifyDBInstance'],
    ]);
    expect(ways(continuous, { databases: [] })).toEqual([['backup:DeleteRecoveryPoint']]);
  });

  it('of a point in a vault go through its lock, where that can be removed', () => {
    const bare = [['backup:DeleteRecoveryPoint'], ['backup:UpdateRecoveryPointLifecycle']];
    expect(vaulted('none')).toEqual(bare);
    expect(vaulted('governance')).toEqual(bare.map((way) => [UNLOCK, ...way]));
    expect(vaulted('compliance_grace')).toEqual(vaulted('governance'));
    expect(vaulted('compliance')).toEqual([]);
    expect(vaulted('none', { airGapped: true })).toEqual([]);
    expect(ways(aPoint(orders, { kind: 'backup_snapshot', vaultArn: 'arn:unseen' }))).toEqual(bare);
  });

  it('of a point in a vault go by the lock of that vault', () => {
    const firm = aVault({ arn: 'arn:firm', lock: 'compliance' });
    const held = (vaultArn: string) =>
      ways(aPoint(orders, { kind: 'backup_snapshot', vaultArn }), { vaults: [firm, aVault()] });
    expect(held(aVault().arn)).toHaveLength(2);
    expect(held(firm.arn)).toEqual([]);
  });

  it.each<RecoveryPointKind>(['shared_snapshot', 'public_snapshot', 's3_export'])(
    'of kind %s are none: it is never counted',
    (kind) => {
      expect(ways(aPoint(orders, { kind }))).toEqual([]);
    },
  );

  it('go through its key, unless AWS manages that', () => {
    const point = aPoint(orders, { keyArn: KEY_ARN });
    const keys = ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy', 'kms:DeleteImportedKeyMaterial'];
    const byKey = (fields: Partial<Inventory>) => ways(point, fields).slice(1);
    expect(byKey({ keys: [aKey()] })).toEqual(keys.map((action) => [action]));
    expect(byKey({ keys: [] })).toEqual(keys.map((action) => [action]));
    expect(byKey({ keys: [aKey({ manager: 'aws' })] })).toEqual([]);
    const managed = aKey({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/rds', manager: 'aws' });
    expect(byKey({ keys: [managed, aKey()] })).toEqual(keys.map((action) => [action]));
  });

  it.each<[string[], Permit]>([
    [['backup:DeleteRecoveryPoint', UNLOCK], 'allowed'],
    [['backup:UpdateRecoveryPointLifecycle', UNLOCK], 'allowed'],
    [['backup:DeleteRecoveryPoint'], 'denied'],
    [[UNLOCK], 'denied'],
  ])('of a locked point need all of a way: with %j it is %s', (actions, permit) => {
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: aVault().arn });
    const standing = anInventory({ recoveryPoints: [point], vaults: [aVault({ lock: 'governance' })] });
    expect(permitToTake(may(...actions), point, standing)).toBe(permit);
  });
});

describe('what a principal leaves', () => {
  const vault = aVault({ lock: 'governance' });
  const points = [
    thePitr(orders, { arn: BACKUP }),
    aSystemSnapshot(orders),
    aPoint(orders),
    aPoint(orders, { id: 'vaulted', arn: 'arn:vaulted', kind: 'backup_snapshot', vaultArn: vault.arn }),
  ];
  const inventory = anInventory({ databases: [orders], recoveryPoints: points, vaults: [vault] });
  const rowOf = (permits: Authority, of = inventory, database: Database = orders) =>
    principalRows(of, [database], { permits, at: NOW })[0]?.row;
  const left = (permits: Authority, of = inventory, database: Database = orders) =>
    rowOf(permits, of, database)?.left.map(({ id }) => id);
  const unknown = (permits: Authority, of = inventory, database: Database = orders) =>
    rowOf(permits, of, database)?.unknown.map(({ id }) => id);
  const ALL = points.map(({ id }) => id);

  it('that may call nothing is everything', () => {
    expect(left(may())).toEqual(ALL);
    expect(unknown(may())).toEqual([]);
  });

  it('that may call everything is nothing', () => {
    expect(left(() => 'allowed')).toEqual([]);
    expect(unknown(() => 'allowed')).toEqual([]);
  });

  it('of whom nothing is known is unknown, never safe', () => {
    expect(left(() => 'unknown')).toEqual([]);
    expect(unknown(() => 'unknown')).toEqual(ALL);
    expect(rowOf(() => 'unknown')?.unknown[0]?.rules).toContain('principal_may_reach');
  });

  it('that may delete snapshots alone is what is no snapshot of its own', () => {
    expect(left(may('rds:DeleteDBSnapshot'))).toEqual(ALL.filter((id) => id !== 'orders-manual'));
  });

  it('that may delete the database alone is what outlives it', () => {
    expect(left(may('rds:DeleteDBInstance'))).toEqual(['orders-manual', 'vaulted']);
  });

  it('that may not lift its protection is all of it', () => {
    const guarded = aDatabase({ deletionProtection: true });
    const of = { ...inventory, databases: [guarded] };
    expect(left(may('rds:DeleteDBInstance'), of, guarded)).toEqual(ALL);
    expect(left(may('rds:DeleteDBInstance', 'rds:ModifyDBInstance'), of, guarded)).toEqual([
      'orders-manual',
      'vaulted',
    ]);
  });

  it('that may delete in a vault and not unlock it is what the lock holds', () => {
    expect(left(may('backup:DeleteRecoveryPoint'))).toEqual(ALL);
    expect(left(may('backup:DeleteRecoveryPoint', 'backup:DeleteBackupVaultLockConfiguration'))).not.toContain(
      'vaulted',
    );
  });

  it('that may perhaps unlock a vault is not known', () => {
    const permits: Authority = ({ action }) =>
      action === 'backup:DeleteBackupVaultLockConfiguration'
        ? 'unknown'
        : may('backup:DeleteRecoveryPoint')({ action, resource: null });
    expect(unknown(permits)).toEqual(['vaulted']);
  });

  it('that may only shorten lives or lock others out of a key is not known', () => {
    const sealed = {
      ...inventory,
      recoveryPoints: points.map((point) => ({ ...point, keyArn: KEY_ARN })),
      keys: [aKey()],
    };
    expect(unknown(may('kms:PutKeyPolicy'), sealed)).toEqual(ALL);
    const open = { ...inventory, vaults: [aVault()] };
    expect(unknown(may('backup:UpdateRecoveryPointLifecycle'), open)).toEqual(['vaulted']);
  });

  it('that may perhaps delete the database lives out its retention, where it outlives that', () => {
    const replica = thePitr(orders, {
      id: 'ab',
      arn: 'arn:aws:rds:us-east-1:123456789012:auto-backup:ab-9',
      kind: 'replicated_automated_backup',
      status: 'replicating',
      region: 'us-east-1',
    });
    const of = anInventory({ databases: [orders], recoveryPoints: [replica] });
    const perhaps: Authority = ({ action }) => (action === 'rds:DeleteDBInstance' ? 'unknown' : 'denied');
    expect(rowOf(may(), of)?.left).toEqual([{ id: 'ab', kind: replica.kind, until: null }]);
    expect(rowOf(perhaps, of)?.left).toEqual([{ id: 'ab', kind: replica.kind, until: addDays(NOW, 7) }]);
  });

  it('that may delete a continuous point takes the backup that it is, though the database does not name it', () => {
    const continuous = aPoint(orders, {
      id: 'continuous',
      arn: 'arn:continuous',
      kind: 'backup_continuous',
      vaultArn: aVault().arn,
      window: orders.restoreWindow,
    });
    const recoveryPoints = [thePitr(orders, { arn: BACKUP }), continuous];
    const of = anInventory({ databases: [orders], recoveryPoints, vaults: [aVault()] });
    const perhaps: Authority = ({ action }) => (action === 'backup:DeleteRecoveryPoint' ? 'unknown' : 'denied');
    expect(left(may('backup:DeleteRecoveryPoint'), of)).toEqual([]);
    expect({ left: left(perhaps, of), unknown: unknown(perhaps, of) }).toEqual({
      left: [],
      unknown: ['pitr:db-ORDERS', 'continuous'],
    });
  });

  it('that surely seals everything under its key is unreadable, and no longer in question', () => {
    const sealed = anInventory({
      databases: [orders],
      recoveryPoints: [aPoint(orders, { keyArn: KEY_ARN })],
      keys: [aKey()],
    });
    const row = rowOf(may('kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy'), sealed);
    expect(row).toMatchObject({ left: [], unknown: [], kinds: [{ best: 'unreadable' }] });
  });

  it('of another database is not asked about: its points stay as they were', () => {
    const theirs = aPoint(courses);
    const world = worldOf(anInventory({ databases: [orders, courses], recoveryPoints: [theirs, aPoint(orders)] }), NOW);
    const after = meetPrincipal(world, orders, () => 'unknown');
    expect(after.points.map(({ point, fate }) => [point.id, fate.word])).toEqual([
      [theirs.id, 'survives'],
      ['orders-manual', 'unknown'],
    ]);
  });

  it('is asked about where there is nothing but the database itself', () => {
    const bare = aCluster({ globalClusterArn: 'arn:global' });
    expect(callsAgainst(anInventory({ databases: [bare] }), [bare], NOW)).toEqual([
      { action: 'rds:RemoveFromGlobalCluster', resource: bare.arn },
      { action: 'rds:DeleteDBInstance', resource: bare.members[0]?.arn },
      { action: 'rds:DeleteDBCluster', resource: bare.arn },
      { action: 'rds:DeleteDBInstance', resource: bare.members[0]?.arn },
    ]);
  });

  it('is asked about by every call that could matter, each once known', () => {
    const asked = new Set(callsAgainst(inventory, [orders], NOW).map(({ action }) => action));
    const needed = everythingDeletable(inventory, orders).flatMap((action) => callsOf(action, inventory) ?? []);
    expect([...asked]).toEqual(expect.arrayContaining(needed.map(({ action }) => action)));
    expect([...asked]).toContain('backup:UpdateRecoveryPointLifecycle');
  });

  it('is never more for one that may call more', () => {
    const NAMES = [...new Set(callsAgainst(inventory, [orders], NOW).map(({ action }) => action))];
    const permit = fc.constantFrom<Permit>('denied', 'unknown', 'allowed');
    const drawn = fc.array(permit, { minLength: NAMES.length, maxLength: NAMES.length });
    const better: Record<Permit, Permit> = { denied: 'unknown', unknown: 'allowed', allowed: 'allowed' };
    fc.assert(
      fc.property(drawn, fc.nat({ max: NAMES.length - 1 }), (permits, raised) => {
        const authority =
          (list: readonly Permit[]): Authority =>
          ({ action }) =>
            list[NAMES.indexOf(action)] ?? 'unknown';
        const more = permits.map((held, index) => (index === raised ? better[held] : held));
        const before = left(authority(permits)) ?? [];
        expect(before).toEqual(expect.arrayContaining(left(authority(more)) ?? []));
        const surely = (list: readonly Permit[]) =>
          ALL.filter((id) => ![...(left(authority(list)) ?? []), ...(unknown(authority(list)) ?? [])].includes(id));
        expect(surely(more)).toEqual(expect.arrayContaining(surely(permits)));
        for (const point of points.filter(({ id }) => before.includes(id)))
          expect(permitToTake(authority(permits), point, inventory)).toBe('denied');
      }),
      { numRuns: 100 },
    );
  });
});

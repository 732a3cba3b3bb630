/** The calls that would take a database's recovery points on purpose: which, in which order, and how each names its target. */

import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/intent/action.ts';
import type { Database, RecoveryPoint } from '../../src/inventory/model.ts';
import { meet } from '../../src/survival/losses.ts';
import { deletionOf, everythingDeletable, type Seen, snapshotsPurged } from '../../src/survival/purge.ts';
import { worldOf } from '../../src/survival/world.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aVault,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const other = aDatabase({ arn: 'arn:other', resourceId: 'db-OTHER', identifier: 'other' });
const worded = (actions: readonly Action[]) => actions.map(({ kind, target }) => `${kind} ${target.identifier}`);
const all = (database: Database, seen: Partial<Seen> = {}) =>
  everythingDeletable(anInventory({ databases: [database], ...seen }), database);

describe('everything that can be deleted', () => {
  const governed = aVault({ arn: 'arn:governed', name: 'governed', lock: 'governance' });
  const loose = aVault({ arn: 'arn:loose', name: 'loose' });
  const elsewhere = aVault({ arn: 'arn:elsewhere', name: 'elsewhere', lock: 'governance' });
  const under = (keyArn: string) => ({ encrypted: true, keyArn });
  const PREFIX = 'arn:aws:kms:eu-west-1:123456789012:key';
  const database = aDatabase({ ...under(KEY_ARN), deletionProtection: true });
  const held = (id: string, vaultArn: string) =>
    aPoint(database, { id, arn: `arn:${id}`, kind: 'backup_snapshot', vaultArn });
  const seen: Seen = {
    recoveryPoints: [
      thePitr(database),
      aSystemSnapshot(database),
      aPoint(database, under(`${PREFIX}/second`)),
      aPoint(database, { id: 'theirs', arn: 'arn:theirs', kind: 'account_copy', accountId: '999999999999' }),
      aPoint(other, { id: 'not-ours', arn: 'arn:not-ours', ...under(`${PREFIX}/unused`) }),
      aPoint(other, { id: 'not-ours-either', arn: 'arn:n', kind: 'backup_snapshot', vaultArn: elsewhere.arn }),
      held('in-governed', governed.arn),
      held('in-loose', loose.arn),
    ],
    vaults: [governed, loose, elsewhere],
    keys: [
      aKey(),
      aKey({ arn: `${PREFIX}/second` }),
      aKey({ arn: `${PREFIX}/unused` }),
      aKey({ arn: `${PREFIX}/second`, manager: 'aws' }),
      aKey({ arn: `${PREFIX}/second`, accountId: '999999999999' }),
    ],
  };

  it('goes in the order in which it would work: locks, points, protection, the database, its keys', () => {
    expect(worded(everythingDeletable(seen, database))).toEqual([
      'delete_vault_lock governed',
      'delete_recovery_point in-governed',
      'delete_recovery_point in-loose',
      'delete_db_snapshot orders-manual',
      'modify_db_instance orders',
      'delete_db_instance orders',
      'schedule_key_deletion 0a1b2c3d',
      'schedule_key_deletion second',
    ]);
  });

  it('names each by its ARN, and lifts protection alone', () => {
    const at = (kind: Action['kind']) => everythingDeletable(seen, database).find((action) => action.kind === kind);
    expect(at('delete_vault_lock')).toEqual({
      kind: 'delete_vault_lock',
      target: { arn: 'arn:governed', resourceId: null, identifier: 'governed', scope: SCOPE },
    });
    expect(at('modify_db_instance')).toEqual({
      kind: 'modify_db_instance',
      target: { arn: orders.arn, resourceId: 'db-ORDERS', identifier: 'orders', scope: SCOPE },
      change: { deletionProtection: false },
    });
    expect(at('schedule_key_deletion')).toEqual({
      kind: 'schedule_key_deletion',
      target: { arn: KEY_ARN, resourceId: null, identifier: '0a1b2c3d', scope: SCOPE },
      windowDays: 7,
    });
  });

  it('of an unguarded database without backups is its deletion', () => {
    expect(worded(all(orders))).toEqual(['delete_db_instance orders']);
  });

  it('of a cluster removes it from its global database, and its members first', () => {
    const member = aCluster({
      globalClusterArn: 'arn:aws:rds::123456789012:global-cluster:g',
      deletionProtection: true,
    });
    expect(worded(all(member, { recoveryPoints: [aPoint(member)] }))).toEqual([
      'delete_db_cluster_snapshot courses-manual',
      'modify_db_cluster courses',
      'remove_from_global_cluster courses',
      'delete_cluster_member courses-0',
      'delete_db_cluster courses',
    ]);
  });

  it('takes the backup that a silent deletion keeps under AWS Backup, where there is one', () => {
    const owned = aCluster({ awsBackupPointArn: 'arn:continuous', members: [] });
    expect(all(owned, { recoveryPoints: [aPoint(owned), thePitr(owned)] }).at(-1)).toEqual({
      kind: 'delete_automated_backup',
      target: { arn: null, resourceId: 'cluster-COURSES', identifier: 'courses', scope: SCOPE },
    });
    expect(worded(all(owned, { recoveryPoints: [aPoint(owned)] }))).not.toContain('delete_automated_backup courses');
    expect(worded(all(courses, { recoveryPoints: [thePitr(courses)] }))).not.toContain(
      'delete_automated_backup courses',
    );
  });
});

describe('a purge through RDS', () => {
  const retained = thePitr(orders, { id: 'kept', arn: 'arn:kept', kind: 'retained_automated_backup' });
  const replica = thePitr(orders, {
    id: 'ab',
    arn: 'arn:ab',
    kind: 'replicated_automated_backup',
    region: 'us-east-1',
  });

  it('names a retained backup by its resource id, and a replicated one never by that of its living source', () => {
    expect(snapshotsPurged(anInventory({ recoveryPoints: [retained, replica] }), orders)).toEqual([
      {
        kind: 'delete_automated_backup',
        target: { arn: 'arn:kept', resourceId: 'db-ORDERS', identifier: 'kept', scope: SCOPE },
      },
      {
        kind: 'delete_automated_backup',
        target: { arn: 'arn:ab', resourceId: null, identifier: 'ab', scope: { ...SCOPE, region: 'us-east-1' } },
      },
    ]);
  });
});

describe('a purge that is carried out', () => {
  const taken = (recoveryPoints: readonly RecoveryPoint[]) => {
    const world = worldOf(anInventory({ databases: [orders, other], recoveryPoints }), NOW);
    return meet(world, orders, 'snapshots_purged').points.map(({ fate }) => `${fate.word} ${fate.rules.join(' ')}`);
  };
  const nightly = aPoint(orders, { id: 'nightly', arn: 'arn:nightly' });
  const weekly = aPoint(orders, { id: 'weekly', arn: 'arn:weekly' });
  const GONE = 'lost snapshot_deleted';
  const STAYS = 'survives ';

  it('takes the snapshots of the database in its own account, and nothing else', () => {
    const theirs = aPoint(orders, { id: 'theirs', arn: 'arn:theirs', kind: 'account_copy', accountId: '999999999999' });
    const others = aPoint(other, { id: 'others', arn: 'arn:others' });
    expect(taken([nightly, theirs, weekly, others])).toEqual([GONE, STAYS, GONE, STAYS]);
  });

  it.each(['snapshot_copy', 'account_copy'] as const)('takes a copy that lies in its own account: %s', (kind) => {
    expect(taken([aPoint(orders, { id: 'copy', arn: 'arn:copy', kind }), nightly])).toEqual([GONE, GONE]);
  });

  it('takes what another account sees of a snapshot together with it', () => {
    const view = { kind: 'shared_snapshot', accountId: '999999999999', databaseResourceId: null } as const;
    const shared = aPoint(orders, { id: 'nightly', arn: 'arn:nightly', ...view });
    expect(taken([nightly, shared, weekly])).toEqual([GONE, 'lost shared_by_other_account snapshot_deleted', GONE]);
  });

  it('may or may not take a snapshot that is not finished, and takes the others', () => {
    const unfinished = aPoint(orders, { id: 'new', arn: 'arn:new', status: 'creating' });
    expect(taken([nightly, unfinished])).toEqual([GONE, 'unknown not_available_yet snapshot_deletion_needs_available']);
  });
});

describe('the deletion of a database', () => {
  it('is by default the worst: no final snapshot, and automated backups deleted', () => {
    expect(deletionOf(orders)).toEqual([
      {
        kind: 'delete_db_instance',
        target: { arn: orders.arn, resourceId: 'db-ORDERS', identifier: 'orders', scope: SCOPE },
        parameters: {
          skipFinalSnapshot: true,
          finalSnapshotId: null,
          deleteAutomatedBackups: true,
          disarmsProtection: false,
        },
      },
    ]);
  });

  it('says nothing of automated backups under AWS Backup, where an explicit true is refused', () => {
    const [deletion] = deletionOf(aDatabase({ awsBackupPointArn: 'arn:continuous' }));
    expect(deletion).toMatchObject({ parameters: { deleteAutomatedBackups: null } });
  });

  it('of a cluster is that of its members first, each by its own names', () => {
    expect(deletionOf(courses)[0]).toEqual({
      kind: 'delete_cluster_member',
      target: {
        arn: 'arn:aws:rds:eu-west-1:123456789012:db:courses-0',
        resourceId: 'db-COURSES0',
        identifier: 'courses-0',
        scope: SCOPE,
      },
      clusterIdentifier: 'courses',
    });
    expect(worded(deletionOf(courses))).toEqual(['delete_cluster_member courses-0', 'delete_db_cluster courses']);
  });
});

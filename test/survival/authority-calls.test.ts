/** The IAM action behind every step, and the ARN it is authorized on. */

import { describe, expect, it } from 'vitest';
import type { Action, Target } from '../../src/intent/action.ts';
import { callsOf } from '../../src/survival/authority-calls.ts';
import { permitOfAction } from '../../src/survival/authority-loss.ts';
import { aCluster, aDatabase, anInventory, aPoint, deletionOf, SCOPE, thePitr } from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const [deleteOrders] = deletionOf(orders);
const deleteCourses = deletionOf(courses).at(-1);
const BACKUP = 'arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1';
const REPLICA = 'arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-2';

const target: Target = { arn: 'arn:thing', resourceId: null, identifier: 'thing', scope: SCOPE };
const snapshot = (type: string): Target => ({ ...target, arn: `arn:aws:rds:eu-west-1:123456789012:${type}:s` });

describe('the call behind', () => {
  const cases: readonly (readonly [Action, string])[] = [
    [{ kind: 'delete_cluster_member', target, clusterIdentifier: 'courses' }, 'rds:DeleteDBInstance'],
    [{ kind: 'modify_db_instance', target, change: {} }, 'rds:ModifyDBInstance'],
    [{ kind: 'modify_db_cluster', target, change: {} }, 'rds:ModifyDBCluster'],
    [{ kind: 'delete_db_snapshot', target }, 'rds:DeleteDBSnapshot'],
    [{ kind: 'delete_db_cluster_snapshot', target }, 'rds:DeleteDBClusterSnapshot'],
    [{ kind: 'unshare_snapshot', target: snapshot('snapshot') }, 'rds:ModifyDBSnapshotAttribute'],
    [{ kind: 'unshare_snapshot', target: snapshot('cluster-snapshot') }, 'rds:ModifyDBClusterSnapshotAttribute'],
    [{ kind: 'unshare_snapshot', target: { ...target, arn: null } }, 'rds:ModifyDBSnapshotAttribute'],
    [{ kind: 'stop_backup_replication', target }, 'rds:StopDBInstanceAutomatedBackupsReplication'],
    [{ kind: 'delete_recovery_point', target }, 'backup:DeleteRecoveryPoint'],
    [{ kind: 'update_recovery_point_lifecycle', target, deleteAfterDays: 1 }, 'backup:UpdateRecoveryPointLifecycle'],
    [{ kind: 'disassociate_recovery_point', target }, 'backup:DisassociateRecoveryPoint'],
    [{ kind: 'delete_backup_vault', target, force: true }, 'backup:DeleteBackupVault'],
    [{ kind: 'delete_vault_lock', target }, 'backup:DeleteBackupVaultLockConfiguration'],
    [{ kind: 'change_vault_policy', target }, 'backup:PutBackupVaultAccessPolicy'],
    [{ kind: 'schedule_key_deletion', target, windowDays: 7 }, 'kms:ScheduleKeyDeletion'],
    [{ kind: 'disable_key', target }, 'kms:DisableKey'],
    [{ kind: 'change_key_policy', target }, 'kms:PutKeyPolicy'],
    [{ kind: 'delete_global_cluster', target }, 'rds:DeleteGlobalCluster'],
    [{ kind: 'remove_from_global_cluster', target }, 'rds:RemoveFromGlobalCluster'],
  ];

  it.each(cases.map(([action, needs]) => ({ action, kind: action.kind, needs })))('$kind is $needs', (row) => {
    expect(callsOf(row.action, anInventory())).toEqual([{ action: row.needs, resource: row.action.target.arn }]);
  });

  it('a deletion of something that nobody saw is that deletion alone', () => {
    const guarded = anInventory({ databases: [aDatabase({ arn: 'arn:other', deletionProtection: true })] });
    expect(deleteOrders && callsOf(deleteOrders, guarded)).toEqual([
      { action: 'rds:DeleteDBInstance', resource: orders.arn },
    ]);
    expect(deleteCourses && callsOf(deleteCourses, guarded)).toEqual([
      { action: 'rds:DeleteDBCluster', resource: courses.arn },
    ]);
  });

  it.each<Action>([
    { kind: 'stop_future_backups', target },
    { kind: 'delete_prerequisite', target, prerequisite: 'subnet_group' },
    { kind: 'create_database', target },
    { kind: 'opaque', target, why: 'unread' },
  ])('$kind is none that is known, so nobody can say that it is denied', (action) => {
    expect(callsOf(action, anInventory())).toBeNull();
    expect(permitOfAction(() => 'denied', action, anInventory())).toBe('unknown');
  });
});

describe('the deletion of a kept backup', () => {
  const manual = aPoint(orders);
  const others = thePitr(courses, { arn: 'arn:aws:rds:eu-west-1:123456789012:cluster-auto-backup:ab-3' });
  const retained = thePitr(orders, { arn: BACKUP, kind: 'retained_automated_backup' });
  const replica = thePitr(orders, { arn: REPLICA, kind: 'replicated_automated_backup' });
  const standing = anInventory({ recoveryPoints: [manual, others, replica, retained] });
  const deletion = (fields: Partial<Target>, seen = standing) =>
    callsOf({ kind: 'delete_automated_backup', target: { ...target, ...fields } }, seen);

  it('by resource id is authorized on the retained backup of that database', () => {
    expect(deletion({ arn: null, resourceId: orders.resourceId })).toEqual([
      { action: 'rds:DeleteDBInstanceAutomatedBackup', resource: BACKUP },
    ]);
  });

  it('by ARN is authorized on what bears it, whatever the resource id of its source', () => {
    expect(deletion({ arn: REPLICA, resourceId: orders.resourceId })).toEqual([
      { action: 'rds:DeleteDBInstanceAutomatedBackup', resource: REPLICA },
    ]);
  });

  it.each([
    [orders.resourceId, 'rds:DeleteDBInstanceAutomatedBackup'],
    [courses.resourceId, 'rds:DeleteDBClusterAutomatedBackup'],
    [null, 'rds:DeleteDBInstanceAutomatedBackup'],
  ])('that nobody saw goes by the form of its resource id: %s', (resourceId, action) => {
    expect(deletion({ resourceId }, anInventory())).toEqual([{ action, resource: null }]);
  });
});

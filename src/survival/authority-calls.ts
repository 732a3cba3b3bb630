/**
 * The IAM actions behind each action: what a principal must be allowed for it to go through, and on what.
 *
 * All calls of a list are needed. Deletion protection and the members of an Aurora cluster stand in the way of a
 * deletion, so lifting them is needed too. Where it is not known what a call acts on, the thing is left open.
 * Source: `aws-backup-facts.md` 2.2 and 4.4; AWS Service Authorization Reference, "Actions, resources, and condition
 * keys" for Amazon RDS, AWS Backup and AWS KMS (DeleteRecoveryPoint is authorized on the recovery point's own ARN).
 */

import type { Call } from '../authority/authority.ts';
import { unreachable } from '../core/invariant.ts';
import type { Action, Target } from '../intent/action.ts';
import type { Database, Inventory, RecoveryPoint } from '../inventory/model.ts';

/** What of an inventory decides which calls are needed. */
export type Standing = Pick<Inventory, 'databases' | 'recoveryPoints' | 'vaults' | 'keys'>;

/** The calls an action needs, all of them; null for an action that is not known to be any call. */
export function callsOf(action: Action, standing: Standing): readonly Call[] | null {
  const on = (name: string): readonly Call[] => [{ action: name, resource: action.target.arn }];
  switch (action.kind) {
    case 'delete_db_instance':
    case 'delete_db_cluster': {
      const database = standing.databases.find(({ arn }) => arn === action.target.arn);
      if (database !== undefined) return callsToDelete(database);
      return on(action.kind === 'delete_db_instance' ? 'rds:DeleteDBInstance' : 'rds:DeleteDBCluster');
    }
    case 'delete_cluster_member':
      return on('rds:DeleteDBInstance');
    case 'modify_db_instance':
      return on('rds:ModifyDBInstance');
    case 'modify_db_cluster':
      return on('rds:ModifyDBCluster');
    case 'delete_db_snapshot':
      return on('rds:DeleteDBSnapshot');
    case 'delete_db_cluster_snapshot':
      return on('rds:DeleteDBClusterSnapshot');
    case 'unshare_snapshot':
      return on(isOfCluster(action.target) ? 'rds:ModifyDBClusterSnapshotAttribute' : 'rds:ModifyDBSnapshotAttribute');
    case 'delete_automated_backup':
      return [callToDeleteBackup(backupOf(action.target, standing), action.target)];
    case 'stop_backup_replication':
      return on('rds:StopDBInstanceAutomatedBackupsReplication');
    case 'delete_recovery_point':
      return on('backup:DeleteRecoveryPoint');
    case 'update_recovery_point_lifecycle':
      return on('backup:UpdateRecoveryPointLifecycle');
    case 'disassociate_recovery_point':
      return on('backup:DisassociateRecoveryPoint');
    case 'delete_backup_vault':
      return on('backup:DeleteBackupVault');
    case 'delete_vault_lock':
      return on('backup:DeleteBackupVaultLockConfiguration');
    case 'change_vault_policy':
      return on('backup:PutBackupVaultAccessPolicy');
    case 'schedule_key_deletion':
      return on('kms:ScheduleKeyDeletion');
    case 'disable_key':
      return on('kms:DisableKey');
    case 'change_key_policy':
      return on('kms:PutKeyPolicy');
    case 'delete_global_cluster':
      return on('rds:DeleteGlobalCluster');
    case 'remove_from_global_cluster':
      return on('rds:RemoveFromGlobalCluster');
    case 'stop_future_backups':
    case 'delete_prerequisite':
    case 'create_database':
    case 'opaque':
      return null;
    default:
      return unreachable(action, 'action kinds');
  }
}

/** The calls without which AWS refuses to delete a database. The members of a Multi-AZ DB cluster go with it. */
export function callsToDelete(database: Database): readonly Call[] {
  const { arn, kind, deletionProtection, members } = database;
  const what = kind === 'rds_instance' ? 'Instance' : 'Cluster';
  const inTheWay = kind === 'aurora_cluster' ? members : [];
  return [
    { action: `rds:DeleteDB${what}`, resource: arn },
    ...(deletionProtection ? [{ action: `rds:ModifyDB${what}`, resource: arn }] : []),
    ...inTheWay.map((member) => ({ action: 'rds:DeleteDBInstance', resource: member.arn })),
  ];
}

/** The call that deletes a kept automated backup; its own ARN is authorized, whatever names it in the call. */
export function callToDeleteBackup(backup: RecoveryPoint | undefined, target?: Target): Call {
  const ofCluster = backup?.ofCluster ?? target?.resourceId?.startsWith('cluster-') ?? false;
  const known = backup !== undefined && BACKUP_ARN.test(backup.arn);
  return {
    action: ofCluster ? 'rds:DeleteDBClusterAutomatedBackup' : 'rds:DeleteDBInstanceAutomatedBackup',
    resource: known ? backup.arn : null,
  };
}

const BACKUP_ARN = /^arn:[^:]+:rds:[^:]*:[^:]*:(?:cluster-)?auto-backup:/;

function backupOf({ arn, resourceId }: Target, { recoveryPoints }: Standing): RecoveryPoint | undefined {
  return recoveryPoints.find((point) =>
    arn === null
      ? point.databaseResourceId === resourceId && (point.kind === 'pitr' || point.kind === 'retained_automated_backup')
      : point.arn === arn,
  );
}

function isOfCluster({ arn }: Target): boolean {
  return arn?.includes(':cluster-snapshot:') ?? false;
}

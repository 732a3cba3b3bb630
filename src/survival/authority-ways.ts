/**
 * Which calls can take a recovery point away: every way there is, by its kind.
 *
 * A way is a list of calls that are all needed; one way that works is enough. Wider than what anybody would call on
 * purpose: shortening a lifecycle and locking everybody out of a key take a point as well. A key that AWS manages, a
 * compliance lock that has set and an air-gapped vault leave no way of their own.
 * Source: `aws-backup-facts.md` 1.1, 1.2, 2.1 to 2.8 and 3; AWS KMS API, ScheduleKeyDeletion, DisableKey,
 * PutKeyPolicy and DeleteImportedKeyMaterial.
 */

import { type Authority, type Call, type Permit, permitAny } from '../authority/authority.ts';
import { unreachable } from '../core/invariant.ts';
import type { Database, RecoveryPoint, Vault } from '../inventory/model.ts';
import { callsToDelete, callToDeleteBackup, type Standing } from './authority-calls.ts';

/** Calls that take a point together. */
export type Way = readonly Call[];

/** Whether a principal may take a point away, by whichever way. */
export function permitToTake(permits: Authority, point: RecoveryPoint, standing: Standing): Permit {
  return permitAny(permits, waysToTake(point, standing));
}

/** Every way to take a point away. */
export function waysToTake(point: RecoveryPoint, standing: Standing): readonly Way[] {
  return [...waysByKind(point, standing), ...waysByKey(point, standing)];
}

function waysByKind(point: RecoveryPoint, standing: Standing): readonly Way[] {
  const owner = standing.databases.find(({ resourceId }) => resourceId === point.databaseResourceId);
  switch (point.kind) {
    case 'pitr':
      return owner === undefined ? [[callToDeleteBackup(point)]] : waysWithDatabase(point, owner);
    case 'system_snapshot':
      return owner === undefined ? [[callToDeleteBackup(retainedOf(point, standing))]] : waysWithDatabase(point, owner);
    case 'backup_continuous':
      return [
        [on('backup:DeleteRecoveryPoint', point.arn)],
        ...(owner === undefined ? [] : waysWithDatabase(point, owner)),
      ];
    case 'retained_automated_backup':
    case 'replicated_automated_backup':
      return [[callToDeleteBackup(point)]];
    case 'manual_snapshot':
    case 'snapshot_copy':
    case 'account_copy':
      return [[on(point.ofCluster ? 'rds:DeleteDBClusterSnapshot' : 'rds:DeleteDBSnapshot', point.arn)]];
    case 'backup_snapshot':
    case 'backup_copy':
    case 'air_gapped_copy':
      return waysInVault(
        point,
        standing.vaults.find(({ arn }) => arn === point.vaultArn),
      );
    case 'shared_snapshot':
    case 'public_snapshot':
    case 's3_export':
      // Its owner's, or no backup at all: never counted on, so nothing has to be reached.
      return [];
    default:
      return unreachable(point.kind, 'recovery point kinds');
  }
}

/** With the database, by a lower retention, or as AWS Backup's continuous point, which is the same thing. */
function waysWithDatabase({ kind: pointKind }: RecoveryPoint, database: Database): readonly Way[] {
  const { arn, kind, awsBackupPointArn, replicaOf } = database;
  // The least retention of a cluster is a day, which leaves it a window and takes older snapshots.
  const shortened = kind === 'rds_instance' ? 'rds:ModifyDBInstance' : 'rds:ModifyDBCluster';
  const takes = kind === 'rds_instance' || pointKind !== 'pitr';
  return [
    callsToDelete(database),
    ...(takes ? [[on(shortened, arn)]] : []),
    // A replica is promoted with a retention that the caller names.
    ...(kind === 'rds_instance' && replicaOf !== null ? [[on('rds:PromoteReadReplica', arn)]] : []),
    ...(awsBackupPointArn === null ? [] : [[on('backup:DeleteRecoveryPoint', awsBackupPointArn)]]),
  ];
}

function waysInVault(point: RecoveryPoint, vault: Vault | undefined): readonly Way[] {
  const takes = ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'].map((name) =>
    on(name, point.arn),
  );
  if (vault === undefined || (vault.lock === 'none' && !vault.airGapped)) return takes.map((call) => [call]);
  if (vault.airGapped || vault.lock === 'compliance') return [];
  const unlock = on('backup:DeleteBackupVaultLockConfiguration', vault.arn);
  return takes.map((call) => [unlock, call]);
}

const ON_KEYS = ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy', 'kms:DeleteImportedKeyMaterial'];

/** A key that was not read may be anybody's, so it counts as one that can go. */
function waysByKey({ keyArn }: RecoveryPoint, { keys }: Standing): readonly Way[] {
  if (keyArn === null || keys.find(({ arn }) => arn === keyArn)?.manager === 'aws') return [];
  return ON_KEYS.map((name) => [on(name, keyArn)]);
}

function retainedOf({ databaseResourceId }: RecoveryPoint, { recoveryPoints }: Standing): RecoveryPoint | undefined {
  return recoveryPoints.find(
    (other) => other.kind === 'retained_automated_backup' && other.databaseResourceId === databaseResourceId,
  );
}

function on(action: string, resource: string): Call {
  return { action, resource };
}

/**
 * The calls that would take recovery points of one database on purpose: its snapshots, its kept backups, its vaults,
 * its keys, and all of them with the database itself.
 *
 * Pure. In the order in which somebody would have to make them: locks before what they hold, the database before the
 * backup that its deletion keeps. Only what lies in the database's own account; what AWS refuses is named all the same.
 * Source: the API action of each step; AWS Backup Developer Guide, "AWS Backup Vault Lock".
 */

import type { Scope } from '../core/arn.ts';
import type { Days } from '../core/time.ts';
import type { Action, DeleteParameters, Target } from '../intent/action.ts';
import type { Database, Inventory, RecoveryPoint, RecoveryPointKind } from '../inventory/model.ts';

/** What a purge is worked out from. */
export type Seen = Pick<Inventory, 'recoveryPoints' | 'vaults' | 'keys'>;

/** The shortest wait that AWS KMS accepts. Source: AWS KMS API, ScheduleKeyDeletion, PendingWindowInDays. */
export const KEY_WAIT_DAYS_MIN: Days = 7;

const KEPT_KINDS: readonly RecoveryPointKind[] = ['retained_automated_backup', 'replicated_automated_backup'];

/** Everything an administrator of its account can call against a database and all of its recovery points. */
export function everythingDeletable(seen: Seen, database: Database): readonly Action[] {
  return [...vaultsEmptied(seen, database), ...snapshotsPurged(seen, database), ...deletableAfterPurge(seen, database)];
}

/** What is left of that to call once vaults are emptied and snapshots purged: the database, its last backup, its keys. */
export function deletableAfterPurge(seen: Seen, database: Database): readonly Action[] {
  return [
    ...unguarded(database),
    ...deletionOf(database),
    ...keptByDeletion(seen, database),
    ...keysScheduled(seen, database),
  ];
}

/** Every manual snapshot, copy, retained and replicated backup of a database, deleted through RDS. */
export function snapshotsPurged(seen: Seen, database: Database): readonly Action[] {
  return ownPoints(seen, database).flatMap((point) => {
    if (!isManual(point)) return keptPurged(point);
    const kind = point.ofCluster ? 'delete_db_cluster_snapshot' : 'delete_db_snapshot';
    return { kind, target: targetOf(point) };
  });
}

/** The part of that purge which takes what is no snapshot: retained and replicated backups. */
export function keptBackupsPurged(seen: Seen, database: Database): readonly Action[] {
  return ownPoints(seen, database).flatMap(keptPurged);
}

/** True for a snapshot that the purge of a database takes. */
export function isPurgedSnapshot(point: RecoveryPoint, database: Database): boolean {
  return isManual(point) && isOwn(point, database);
}

function keptPurged(point: RecoveryPoint): Action | readonly [] {
  if (!KEPT_KINDS.includes(point.kind)) return [];
  // A replica is named by its ARN alone: its resource id is that of the living source.
  const resourceId = point.kind === 'retained_automated_backup' ? point.databaseResourceId : null;
  return { kind: 'delete_automated_backup', target: { ...targetOf(point), resourceId } };
}

function isManual({ kind }: RecoveryPoint): boolean {
  return kind === 'manual_snapshot' || kind === 'snapshot_copy' || kind === 'account_copy';
}

/** Every recovery point of a database that AWS Backup holds, deleted; locks are removed first where that may work. */
export function vaultsEmptied(seen: Seen, database: Database): readonly Action[] {
  const held = ownPoints(seen, database).filter(({ vaultArn }) => vaultArn !== null);
  const arns = new Set(held.map(({ vaultArn }) => vaultArn));
  const locked = seen.vaults.filter(({ arn, lock }) => arns.has(arn) && lock !== 'none');
  return [
    ...locked.map((vault): Action => ({ kind: 'delete_vault_lock', target: targetOf({ ...vault, id: vault.name }) })),
    ...held.map((point): Action => ({ kind: 'delete_recovery_point', target: targetOf(point) })),
  ];
}

/** The deletion of every customer managed key that a database or one of its recovery points stands on, scheduled. */
export function keysScheduled(seen: Seen, database: Database): readonly Action[] {
  const used = new Set([database.keyArn, ...ownPoints(seen, database).map(({ keyArn }) => keyArn)]);
  return seen.keys
    .filter(
      ({ arn, manager, accountId }) => used.has(arn) && manager === 'customer' && accountId === database.accountId,
    )
    .map((key) => ({
      kind: 'schedule_key_deletion',
      target: targetOf({ ...key, id: keyIdOf(key.arn) }),
      windowDays: KEY_WAIT_DAYS_MIN,
    }));
}

/** The deletion of one database, members first; by default the worst: no final snapshot, automated backups deleted. */
export function deletionOf(database: Database, parameters: DeleteParameters = carelessly(database)): readonly Action[] {
  const deletion: Action = {
    kind: database.kind === 'rds_instance' ? 'delete_db_instance' : 'delete_db_cluster',
    target: databaseTarget(database),
    parameters,
  };
  return [...membersDeleted(database), deletion];
}

/** The deletion of every instance of a cluster; none for an instance. */
export function membersDeleted(database: Database): readonly Action[] {
  const { scope } = databaseTarget(database);
  return database.members.map((member) => ({
    kind: 'delete_cluster_member',
    target: { arn: member.arn, resourceId: member.resourceId, identifier: member.identifier, scope },
    clusterIdentifier: database.identifier,
  }));
}

/** How an action names a database that was observed. */
export function databaseTarget({ arn, resourceId, identifier, accountId, region }: Database): Target {
  return { arn, resourceId, identifier, scope: { accountId, region } };
}

/** AWS Backup refuses an explicit true; silence is then the worst that goes through. */
function carelessly({ awsBackupPointArn }: Database): DeleteParameters {
  const deleteAutomatedBackups = awsBackupPointArn === null ? true : null;
  return { skipFinalSnapshot: true, finalSnapshotId: null, deleteAutomatedBackups, disarmsProtection: false };
}

/** What stands between a caller and the deletion: protection, and membership of a global database. */
function unguarded(database: Database): readonly Action[] {
  const target = databaseTarget(database);
  const kind = database.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster';
  return [
    ...(database.deletionProtection ? [{ kind, target, change: { deletionProtection: false } } as const] : []),
    ...(database.globalClusterArn === null ? [] : [{ kind: 'remove_from_global_cluster', target } as const]),
  ];
}

/** What a silent deletion keeps under AWS Backup is one more call away. */
function keptByDeletion(seen: Seen, database: Database): readonly Action[] {
  const isKept = database.awsBackupPointArn !== null && ownPoints(seen, database).some(({ kind }) => kind === 'pitr');
  if (!isKept) return [];
  return [{ kind: 'delete_automated_backup', target: { ...databaseTarget(database), arn: null } }];
}

function ownPoints({ recoveryPoints }: Seen, database: Database): readonly RecoveryPoint[] {
  return recoveryPoints.filter((point) => isOwn(point, database));
}

/** What an administrator of the database's own account can reach. */
function isOwn({ databaseResourceId, accountId }: RecoveryPoint, database: Database): boolean {
  return databaseResourceId === database.resourceId && accountId === database.accountId;
}

function targetOf({ arn, id, accountId, region }: Scope & { readonly arn: string; readonly id: string }): Target {
  return { arn, resourceId: null, identifier: id, scope: { accountId, region } };
}

function keyIdOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

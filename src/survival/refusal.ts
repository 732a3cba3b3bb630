/**
 * Whether AWS would refuse to delete a database now: every documented reason, and where it cannot be told.
 *
 * A refusal saves everything, so it is claimed only on facts that were observed; a fact that an earlier step of the
 * change left open, or that nobody could read, leaves the answer open too.
 * Source: Amazon RDS API, DeleteDBInstance and DeleteDBCluster, parameters and errors; Amazon RDS User Guide,
 * "Deleting a DB instance"; Amazon Aurora User Guide, "Deleting Aurora DB clusters".
 */

import type { Action } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';
import { type Fit, fitOf, manualLimit } from './room.ts';
import type { RuleCode } from './rules.ts';
import { pointsCalled, type TrackedDatabase, type TrackedPoint, type World } from './world.ts';

/** The deletion of a database itself. */
export type Deletion = Extract<Action, { kind: 'delete_db_instance' | 'delete_db_cluster' }>;

/** The rule by which AWS would refuse this delete now; null when it would go through. */
export function refusalOf(world: World, tracked: TrackedDatabase, action: Deletion): RuleCode | null {
  const { database } = tracked;
  const { finalSnapshotId, deleteAutomatedBackups, disarmsProtection } = action.parameters;
  const takesFinal = takesFinalSnapshot(action);
  if (!takesFinal && finalSnapshotId !== null) return 'final_snapshot_contradicts_skip';
  if (takesFinal && finalSnapshotId === null) return 'final_snapshot_unnamed';
  if (database.deletionProtection && !disarmsProtection) return 'deletion_protection_refuses';
  if (database.globalClusterArn !== null) return 'global_member_refuses_deletion';
  if (database.kind !== 'rds_instance' && database.status === 'stopped') return 'stopped_cluster_refuses';
  // The members of a Multi-AZ DB cluster are terminated with it.
  if (database.kind === 'aurora_cluster' && tracked.members.length > 0) return 'cluster_still_has_members';
  if (takesFinal && database.replicaOf !== null && database.kind === 'rds_instance') {
    return 'final_snapshot_impossible_for_replica';
  }
  if (takesFinal && database.status !== 'available') return 'final_snapshot_needs_available';
  if (finalSnapshotId !== null && bearersOf(world, database, finalSnapshotId).length > 0) {
    return 'final_snapshot_name_taken';
  }
  if (takesFinal && keyFitness(world, database) === 'unusable') return 'final_snapshot_needs_key';
  if (finalFit(world, database, action) === 'full') return 'final_snapshot_quota_full';
  if (retainingFit(world, database, action) === 'full') return 'retained_backup_quota_full';
  // The default keeps the backups of a cluster under AWS Backup; only an explicit true is refused.
  if (database.awsBackupPointArn !== null && deleteAutomatedBackups === true) return 'aws_backup_refuses_deletion';
  return null;
}

/** The rule that leaves open whether AWS would refuse this delete; null when that is known. */
export function doubtOf(world: World, tracked: TrackedDatabase, action: Deletion): RuleCode | null {
  const { database, inDoubt } = tracked;
  const { skipFinalSnapshot, finalSnapshotId, disarmsProtection } = action.parameters;
  if (inDoubt) return 'earlier_step_in_doubt';
  // To disarm is to modify.
  if (disarmsProtection && database.deletionProtection && database.status !== 'available') {
    return 'modification_may_be_refused';
  }
  if (skipFinalSnapshot === true || finalSnapshotId === null) return null;
  const bearers = bearersOf(world, database, finalSnapshotId);
  const open = bearers.every(({ fate, touched }) => fate.word === 'unknown' && touched);
  if (bearers.length > 0 && open) return 'final_snapshot_name_taken';
  return keyFitness(world, database) === 'unknown' ? 'key_not_observed' : null;
}

/** The rule that leaves open whether a limit would refuse this delete; null when that is known. */
export function roomDoubtOf(world: World, database: Database, action: Deletion): RuleCode | null {
  const fits = [finalFit(world, database, action), retainingFit(world, database, action)];
  return fits.includes('open') ? 'quota_not_observed' : null;
}

/** True when a delete asks for a final snapshot, which is what it does when it says nothing. */
export function takesFinalSnapshot({ parameters }: Deletion): boolean {
  return parameters.skipFinalSnapshot !== true;
}

/** Whether the final snapshot that a delete asks for fits; one that it does not ask for needs no room. */
export function finalFit({ rooms }: World, database: Database, action: Deletion): Fit {
  return takesFinalSnapshot(action) ? fitOf(rooms, database, manualLimit(database.kind !== 'rds_instance')) : 'fits';
}

/** Whether the backup that a delete asks to retain fits; one that leaves none needs no room. */
export function retainingFit({ rooms }: World, database: Database, action: Deletion): Fit {
  return keepsAutomatedBackups(database, action) ? fitOf(rooms, database, 'retained_automated_backups') : 'fits';
}

/** True when a delete leaves a retained automated backup behind. */
export function keepsAutomatedBackups(database: Database, action: Deletion): boolean {
  return database.kind !== 'multi_az_cluster' && database.retentionDays > 0 && asksToKeep(database, action);
}

/**
 * True when a delete asks for automated backups to be kept. A cluster whose PITR AWS Backup owns keeps them unless told
 * otherwise; that an instance does is documented nowhere, so nothing is built on it.
 */
export function asksToKeep(database: Database, { parameters }: Deletion): boolean {
  if (parameters.deleteAutomatedBackups !== null) return !parameters.deleteAutomatedBackups;
  return database.kind !== 'rds_instance' && database.awsBackupPointArn !== null;
}

/** Snapshots that have the name and may still be there; AWS keeps names in lower case. */
function bearersOf(world: World, database: Database, name: string): readonly TrackedPoint[] {
  return pointsCalled(world, name.toLowerCase()).filter(
    ({ point, fate }) =>
      point.region === database.region &&
      point.accountId === database.accountId &&
      point.ofCluster === (database.kind !== 'rds_instance') &&
      fate.word !== 'lost',
  );
}

function keyFitness(world: World, { keyArn }: Database): 'usable' | 'unusable' | 'unknown' {
  if (keyArn === null) return 'usable';
  const key = world.keys.find(({ arn }) => arn === keyArn);
  if (world.keysInDoubt.includes(keyArn) && key?.state === 'enabled') return 'unknown';
  if (key === undefined || key.state === 'creating' || key.state === 'updating') return 'unknown';
  return key.state === 'enabled' ? 'usable' : 'unusable';
}

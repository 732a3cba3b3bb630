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
import type { RuleCode } from './rules.ts';
import type { TrackedDatabase, TrackedPoint, World } from './world.ts';

/** The deletion of a database itself. */
export type Deletion = Extract<Action, { kind: 'delete_db_instance' | 'delete_db_cluster' }>;

/** The rule by which AWS would refuse this delete now; null when it would go through. */
export function refusalOf(world: World, tracked: TrackedDatabase, action: Deletion): RuleCode | null {
  const { database } = tracked;
  const { skipFinalSnapshot, finalSnapshotId, deleteAutomatedBackups, disarmsProtection } = action.parameters;
  const takesFinal = skipFinalSnapshot !== true;
  if (!takesFinal && finalSnapshotId !== null) return 'final_snapshot_contradicts_skip';
  if (takesFinal && finalSnapshotId === null) return 'final_snapshot_unnamed';
  if (database.deletionProtection && !disarmsProtection) return 'deletion_protection_refuses';
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

/** Snapshots that have the name and may still be there; AWS keeps names in lower case. */
function bearersOf(world: World, database: Database, name: string): readonly TrackedPoint[] {
  return world.points.filter(
    ({ point, fate }) =>
      point.id === name.toLowerCase() &&
      point.region === database.region &&
      point.accountId === database.accountId &&
      point.ofCluster === (database.kind !== 'rds_instance') &&
      fate.word !== 'lost',
  );
}

function keyFitness(world: World, { keyArn }: Database): 'usable' | 'unusable' | 'unknown' {
  if (keyArn === null) return 'usable';
  const key = world.keys.find(({ arn }) => arn === keyArn);
  if (key === undefined || key.state === 'creating' || key.state === 'updating') return 'unknown';
  return key.state === 'enabled' ? 'usable' : 'unusable';
}

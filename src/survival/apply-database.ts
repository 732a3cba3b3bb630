/**
 * Deleting a database: refusals first, then what goes with it and what stays.
 *
 * The three parameters decide: skip or name the final snapshot, delete or keep automated backups. A null
 * parameter takes the API's default (no skip, delete the automated backups).
 * Source: Amazon RDS API, DeleteDBInstance and DeleteDBCluster; Amazon RDS User Guide, "Deleting a DB
 * instance" and "Retaining automated backups"; Amazon Aurora User Guide, "Deleting Aurora DB clusters".
 */

import { unreachable } from '../core/invariant.ts';
import { addDays } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';
import { worsen } from './fate.ts';
import { belongsTo, matchDatabase } from './match.ts';
import type { RuleCode } from './rules.ts';
import { snapshotOf } from './snapshot.ts';
import { applied, inDoubt, type Refusals, refused, type Step } from './step.ts';
import { doubt, mapPoints, spare, type TrackedDatabase, type TrackedPoint, take, type World } from './world.ts';

type Deletion = Extract<Action, { kind: 'delete_db_instance' | 'delete_db_cluster' }>;

/** `DeleteDBInstance` on a standalone instance, `DeleteDBCluster` on a cluster. */
export function deleteDatabase(world: World, action: Deletion, refusals: Refusals): Step {
  const match = matchDatabase(world, action.target);
  if (match.kind === 'none') return inDoubt(world, action, 'target_not_observed');
  const { tracked } = match;
  const { database } = tracked;
  if (!tracked.alive) return applied(world, action, null, database.resourceId);

  const refusal = refusalOf(world, tracked, action);
  if (refusal !== null && refusals === 'honoured') return refused(world, action, refusal, database.resourceId);

  const buried = {
    ...world,
    databases: world.databases.map((other) => (other === tracked ? { ...other, alive: false, members: [] } : other)),
  };
  const settled = mapPoints(
    buried,
    (point) => belongsTo(point, database),
    (point) => pointAfterDeletion(point, database, action, world),
  );
  // A lifted refusal is still reported; a final snapshot is expected only of a call that AWS would accept.
  const makesFinal = refusal === null || refusal === 'deletion_protection_refuses';
  const after = makesFinal ? withFinalSnapshot(settled, database, action) : settled;
  return applied(after, action, refusal ?? disarmRule(database, action), database.resourceId);
}

/** `DeleteDBInstance` on a member of a cluster: no data go. */
export function deleteMember(world: World, action: Extract<Action, { kind: 'delete_cluster_member' }>): Step {
  const { arn, resourceId, identifier } = action.target;
  const owner = world.databases.find(({ database }) =>
    database.members.some((member) =>
      resourceId === null
        ? member.arn === arn || (arn === null && member.identifier === identifier)
        : member.resourceId === resourceId,
    ),
  );
  if (owner === undefined) return applied(world, action, 'member_deletion_keeps_volume', null);
  const databases = world.databases.map((other) =>
    other === owner ? { ...other, members: other.members.filter((member) => member !== identifier) } : other,
  );
  return applied({ ...world, databases }, action, 'member_deletion_keeps_volume', owner.database.resourceId);
}

/** The rule by which AWS would refuse this delete now; null when it would go through. */
function refusalOf(world: World, tracked: TrackedDatabase, action: Deletion): RuleCode | null {
  const { database } = tracked;
  const { skipFinalSnapshot, finalSnapshotId, deleteAutomatedBackups, disarmsProtection } = action.parameters;
  const takesFinal = skipFinalSnapshot !== true;
  if (!takesFinal && finalSnapshotId !== null) return 'final_snapshot_contradicts_skip';
  if (takesFinal && finalSnapshotId === null) return 'final_snapshot_unnamed';
  if (database.deletionProtection && !disarmsProtection) return 'deletion_protection_refuses';
  if (database.kind !== 'rds_instance' && database.status === 'stopped') return 'stopped_cluster_refuses';
  if (tracked.members.length > 0) return 'cluster_still_has_members';
  if (takesFinal && database.replicaOf !== null && database.kind === 'rds_instance') {
    return 'final_snapshot_impossible_for_replica';
  }
  if (takesFinal && database.status !== 'available') return 'final_snapshot_needs_available';
  if (takesFinal && nameTaken(world, database, finalSnapshotId)) return 'final_snapshot_name_taken';
  // The default keeps the backups of a cluster under AWS Backup; only an explicit true is refused.
  if (database.awsBackupPointArn !== null && deleteAutomatedBackups === true) return 'aws_backup_refuses_deletion';
  return null;
}

function disarmRule(database: Database, action: Deletion): RuleCode | null {
  return database.deletionProtection && action.parameters.disarmsProtection ? 'tool_disarms_protection' : null;
}

function nameTaken(world: World, database: Database, name: string | null): boolean {
  return world.points.some(
    ({ point, fate }) =>
      point.id === name &&
      point.region === database.region &&
      point.accountId === database.accountId &&
      point.ofCluster === (database.kind !== 'rds_instance') &&
      fate.word !== 'lost',
  );
}

function pointAfterDeletion(tracked: TrackedPoint, database: Database, action: Deletion, world: World): TrackedPoint {
  const { point } = tracked;
  switch (point.kind) {
    case 'pitr':
    case 'system_snapshot':
    case 'backup_continuous':
      return automatedAfterDeletion(tracked, database, action, world);
    case 'retained_automated_backup':
      return spare(tracked, 'retained_backup_is_detached');
    case 'replicated_automated_backup':
      return spare(tracked, 'replica_backup_outlives_database');
    case 'manual_snapshot':
      return spare(tracked, 'manual_snapshot_outlives_database');
    case 'snapshot_copy':
    case 'account_copy':
      return spare(tracked, 'copy_outlives_database');
    case 'shared_snapshot':
    case 'public_snapshot':
      return spare(tracked, 'shared_by_other_account');
    case 's3_export':
      return spare(tracked, 'export_restores_nothing');
    case 'backup_snapshot':
    case 'backup_copy':
    case 'air_gapped_copy':
      return spare(tracked, 'vault_point_outlives_database');
    default:
      return unreachable(point.kind, 'recovery point kinds');
  }
}

function automatedAfterDeletion(
  tracked: TrackedPoint,
  database: Database,
  action: Deletion,
  world: World,
): TrackedPoint {
  if (database.kind === 'multi_az_cluster') return take(tracked, 'multi_az_cluster_retains_nothing');
  const keeps = action.parameters.deleteAutomatedBackups === false || defaultKeeps(database, action);
  if (!keeps) return take(tracked, 'automated_backup_dies_with_database');
  const noted = tracked.point.kind === 'backup_continuous' ? spare(tracked, 'continuous_point_is_the_pitr') : tracked;
  // Serverless v1 and Limitless clusters keep none, and the listing does not tell which mode a cluster has.
  if (database.kind === 'aurora_cluster' && database.members.length === 0)
    return doubt(noted, 'automated_backup_retained');
  // A retained backup ages out as it would have on the living database: each snapshot from its own day.
  const from = tracked.point.kind === 'system_snapshot' ? tracked.point.createdAt : world.at;
  if (from === null) return doubt(noted, 'automated_backup_retained');
  const until = addDays(from, database.retentionDays);
  return { ...noted, touched: true, fate: worsen(noted.fate, 'survives_until', 'automated_backup_retained', until) };
}

/** A cluster whose PITR AWS Backup owns keeps its automated backups unless told otherwise. */
function defaultKeeps(database: Database, action: Deletion): boolean {
  return action.parameters.deleteAutomatedBackups === null && database.awsBackupPointArn !== null;
}

function withFinalSnapshot(world: World, database: Database, action: Deletion): World {
  const { skipFinalSnapshot, finalSnapshotId } = action.parameters;
  if (skipFinalSnapshot === true || finalSnapshotId === null) return world;
  const fate = { word: 'survives', until: null, rules: ['final_snapshot_taken'] } as const;
  const made: TrackedPoint = {
    point: snapshotOf(database, { id: finalSnapshotId, at: world.at, status: 'planned' }),
    fate,
    madeByChange: true,
    touched: false,
  };
  return { ...world, points: [...world.points, made] };
}

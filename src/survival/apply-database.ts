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
import type { Action, Target } from '../intent/action.ts';
import type { ClusterMember, Database } from '../inventory/model.ts';
import { worsen } from './fate.ts';
import { belongsTo, matchDatabase } from './match.ts';
import { type Deletion, doubtOf, refusalOf } from './refusal.ts';
import type { RuleCode } from './rules.ts';
import { snapshotOf } from './snapshot.ts';
import { applied, inDoubt, type Refusals, refused, type Step, undecided } from './step.ts';
import { doubt, mapPoints, spare, type TrackedDatabase, type TrackedPoint, take, type World } from './world.ts';

/** `DeleteDBInstance` on a standalone instance, `DeleteDBCluster` on a cluster. */
export function deleteDatabase(world: World, action: Deletion, refusals: Refusals): Step {
  const match = matchDatabase(world, action);
  if (match.kind === 'none') return deleteUnlisted(world, action);
  const { tracked } = match;
  const { database } = tracked;
  if (!tracked.alive) return applied(world, action, null, database.resourceId);

  const refusal = refusalOf(world, tracked, action);
  if (refusals === 'honoured') {
    const open = doubtOf(world, tracked, action);
    if (open !== null) {
      const ifApplied = withFinalSnapshot(withoutDatabase(world, tracked, action), database, action);
      return undecided(world, action, open, { database: tracked, ifApplied });
    }
    if (refusal !== null) return refused(afterRefusal(world, tracked, action), action, refusal, database.resourceId);
  }

  const settled = withoutDatabase(world, tracked, action);
  // A lifted refusal is still reported; a final snapshot is expected only of a call that AWS would accept.
  const makesFinal = refusal === null || refusal === 'deletion_protection_refuses';
  const after = makesFinal ? withFinalSnapshot(settled, database, action) : settled;
  return applied(after, action, refusal ?? disarmRule(database, action), database.resourceId);
}

/** The world once the database is gone, with what becomes of each of its recovery points. */
function withoutDatabase(world: World, tracked: TrackedDatabase, action: Deletion): World {
  const { database } = tracked;
  const databases = world.databases.map((other) =>
    other === tracked ? { ...other, alive: false, members: [] } : other,
  );
  return mapPoints(
    { ...world, databases },
    (point) => belongsTo(point, database),
    (point) => pointAfterDeletion(point, database, action, world),
  );
}

/** A shell command calls a cluster's instance what it calls any instance. */
function deleteUnlisted(world: World, action: Deletion): Step {
  const { target, parameters } = action;
  const owner = world.databases.find(({ database }) => database.members.some(isMeantBy(target)));
  if (action.kind !== 'delete_db_instance' || owner === undefined) return inDoubt(world, action, 'target_not_observed');
  if (parameters.finalSnapshotId !== null)
    return refused(world, action, 'final_snapshot_impossible_for_member', owner.database.resourceId);
  const clusterIdentifier = owner.database.identifier;
  const { world: after, effect } = deleteMember(world, { kind: 'delete_cluster_member', target, clusterIdentifier });
  return { world: after, effect: { ...effect, action } };
}

/** A tool that disarms may have done so before AWS refused for another reason, and does not arm again. */
function afterRefusal(world: World, tracked: TrackedDatabase, action: Deletion): World {
  if (!tracked.database.deletionProtection || !action.parameters.disarmsProtection) return world;
  const databases = world.databases.map((other) => (other === tracked ? { ...other, inDoubt: true } : other));
  return { ...world, databases };
}

/** `DeleteDBInstance` on a member of a cluster: no data go. */
export function deleteMember(world: World, action: Extract<Action, { kind: 'delete_cluster_member' }>): Step {
  const isMeant = isMeantBy(action.target);
  const owners = world.databases.filter(({ database }) => database.members.some(isMeant));
  const [owner] = owners;
  // The name of a member may by now be that of an instance with data of its own.
  if (owner === undefined || owners.length > 1) return inDoubt(world, action, 'target_not_observed');
  const gone = owner.database.members.filter(isMeant).map((member) => member.identifier);
  const databases = world.databases.map((other) =>
    other === owner ? { ...other, members: other.members.filter((member) => !gone.includes(member)) } : other,
  );
  return applied({ ...world, databases }, action, 'member_deletion_keeps_volume', owner.database.resourceId);
}

function isMeantBy({ arn, resourceId, identifier }: Target): (member: ClusterMember) => boolean {
  return (member) => {
    // A member that the instance listing did not show has a name only.
    if (resourceId !== null && member.resourceId !== 'unknown') return member.resourceId === resourceId;
    return arn === null ? member.identifier === identifier : member.arn === arn;
  };
}

function disarmRule(database: Database, action: Deletion): RuleCode | null {
  return database.deletionProtection && action.parameters.disarmsProtection ? 'tool_disarms_protection' : null;
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
      return replicaAfterDeletion(tracked, world);
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

/** It stops following its source and lives out the retention set where it lies. */
function replicaAfterDeletion(tracked: TrackedPoint, world: World): TrackedPoint {
  const rule = 'replica_backup_outlives_database';
  const { retentionDays } = tracked.point;
  if (retentionDays === null) return spare(tracked, rule);
  return { ...tracked, fate: worsen(tracked.fate, 'survives_until', rule, addDays(world.at, retentionDays)) };
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

/**
 * A cluster whose PITR AWS Backup owns keeps its automated backups unless told otherwise. That an instance does
 * is documented nowhere, so nothing is built on it.
 */
function defaultKeeps(database: Database, action: Deletion): boolean {
  const silent = action.parameters.deleteAutomatedBackups === null;
  return silent && database.kind !== 'rds_instance' && database.awsBackupPointArn !== null;
}

function withFinalSnapshot(world: World, database: Database, action: Deletion): World {
  const { skipFinalSnapshot, finalSnapshotId } = action.parameters;
  if (skipFinalSnapshot === true || finalSnapshotId === null) return world;
  const fate = { word: 'survives', until: null, rules: ['final_snapshot_taken'] } as const;
  const made: TrackedPoint = {
    point: snapshotOf(database, { id: finalSnapshotId.toLowerCase(), at: world.at, status: 'planned' }),
    fate,
    madeByChange: true,
    touched: false,
  };
  return { ...world, points: [...world.points, made] };
}

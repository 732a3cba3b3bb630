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
import { endReplication } from './apply-snapshot.ts';
import { type Fate, worsen } from './fate.ts';
import { matchDatabase } from './match.ts';
import {
  asksToKeep,
  type Deletion,
  doubtOf,
  finalFit,
  keepsAutomatedBackups,
  refusalOf,
  retainingFit,
  roomDoubtOf,
  takesFinalSnapshot,
} from './refusal.ts';
import { type Fit, manualLimit, occupied } from './room.ts';
import type { RuleCode } from './rules.ts';
import { snapshotOf } from './snapshot.ts';
import { applied, inDoubt, type Refusals, refused, type Step, undecided } from './step.ts';
import {
  changeDatabases,
  changeOwned,
  databasesByMember,
  databaseWith,
  doubt,
  end,
  spare,
  type TrackedDatabase,
  type TrackedPoint,
  take,
  type World,
  worldWith,
} from './world.ts';

/** `DeleteDBInstance` on a standalone instance, `DeleteDBCluster` on a cluster. */
export function deleteDatabase(world: World, action: Deletion, refusals: Refusals): Step {
  const match = matchDatabase(world, action);
  if (match.kind === 'none') return deleteUnlisted(world, action);
  const { tracked } = match;
  const { database } = tracked;
  if (!tracked.alive) return applied(world, action, null, database.resourceId);

  const refusal = refusalOf(world, tracked, action);
  if (refusals === 'honoured') {
    const open = doubtOf(world, tracked, action) ?? (refusal === null ? roomDoubtOf(world, database, action) : null);
    if (open !== null) {
      const ifApplied = withFinalSnapshot(withoutDatabase(world, tracked, action, 'fits'), database, action, 'fits');
      return undecided(world, action, open, { database: tracked, ifApplied });
    }
    if (refusal !== null) return refused(afterRefusal(world, tracked, action), action, refusal, database.resourceId);
  }

  const settled = withoutDatabase(world, tracked, action, retainingFit(world, database, action));
  // A lifted refusal is still reported; a final snapshot is expected only of a call that AWS would accept.
  const makesFinal = refusal === null || LEAVES_CALL_AS_IT_IS.includes(refusal);
  const after = makesFinal ? withFinalSnapshot(settled, database, action, finalFit(world, database, action)) : settled;
  return applied(after, action, refusal ?? disarmRule(database, action), database.resourceId);
}

/** Refusals after whose lifting the very same call goes through, final snapshot and all. */
const LEAVES_CALL_AS_IT_IS: readonly RuleCode[] = ['deletion_protection_refuses', 'global_member_refuses_deletion'];

/** The world once the database is gone, with what becomes of each of its recovery points. */
function withoutDatabase(world: World, tracked: TrackedDatabase, action: Deletion, fit: Fit): World {
  const { database } = tracked;
  const gone = changeDatabases(world, [tracked], (other) => databaseWith(other, { alive: false, members: [] }));
  const retains = keepsAutomatedBackups(database, action) && fit === 'fits';
  const rooms = retains ? occupied(world.rooms, database, 'retained_automated_backups', { used: 1 }) : world.rooms;
  return changeOwned(worldWith(gone, { rooms }), database.resourceId, (point) =>
    pointAfterDeletion(point, { database, action, world, fit }),
  );
}

/** One deletion of one database, and whether a retained backup would fit. */
interface Loss {
  readonly database: Database;
  readonly action: Deletion;
  readonly world: World;
  readonly fit: Fit;
}

/** A shell command calls a cluster's instance what it calls any instance. */
function deleteUnlisted(world: World, action: Deletion): Step {
  const { target, parameters } = action;
  const [owner] = ownersOfMember(world, target);
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
  return changeDatabases(world, [tracked], (other) => databaseWith(other, { inDoubt: true }));
}

/** `DeleteDBInstance` on a member of a cluster: no data go. */
export function deleteMember(world: World, action: Extract<Action, { kind: 'delete_cluster_member' }>): Step {
  const isMeant = isMeantBy(action.target);
  const owners = ownersOfMember(world, action.target);
  const [owner] = owners;
  // The name of a member may by now be that of an instance with data of its own.
  if (owner === undefined || owners.length > 1) return inDoubt(world, action, 'target_not_observed');
  const gone = owner.database.members.filter(isMeant).map((member) => member.identifier);
  const left = changeDatabases(world, [owner], (other) =>
    databaseWith(other, { members: other.members.filter((member) => !gone.includes(member)) }),
  );
  return applied(left, action, 'member_deletion_keeps_volume', owner.database.resourceId);
}

/** The clusters with a member that a target names. */
function ownersOfMember(world: World, target: Target): readonly TrackedDatabase[] {
  const keys = [target.resourceId, target.arn, target.identifier];
  return databasesByMember(world, keys).filter(({ database }) => database.members.some(isMeantBy(target)));
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

function pointAfterDeletion(tracked: TrackedPoint, loss: Loss): TrackedPoint {
  const { point } = tracked;
  switch (point.kind) {
    case 'pitr':
    case 'system_snapshot':
    case 'backup_continuous':
      return automatedAfterDeletion(tracked, loss);
    case 'retained_automated_backup':
      return spare(tracked, 'retained_backup_is_detached');
    case 'replicated_automated_backup':
      return endReplication(tracked, 'replica_backup_outlives_database', loss.world.at);
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

function automatedAfterDeletion(tracked: TrackedPoint, { database, action, world, fit }: Loss): TrackedPoint {
  if (database.kind === 'multi_az_cluster') return take(tracked, 'multi_az_cluster_retains_nothing');
  if (!asksToKeep(database, action)) return take(tracked, 'automated_backup_dies_with_database');
  if (fit === 'full') return take(tracked, 'retained_backup_quota_full');
  if (fit === 'open') return doubt(tracked, 'quota_not_observed');
  const noted = tracked.point.kind === 'backup_continuous' ? spare(tracked, 'continuous_point_is_the_pitr') : tracked;
  // Serverless v1 and Limitless clusters keep none, and the listing does not tell which mode a cluster has.
  if (database.kind === 'aurora_cluster' && database.members.length === 0)
    return doubt(noted, 'automated_backup_retained');
  // A retained backup ages out as it would have on the living database: each snapshot from its own day.
  const from = tracked.point.kind === 'system_snapshot' ? tracked.point.createdAt : world.at;
  if (from === null) return doubt(noted, 'automated_backup_retained');
  const until = addDays(from, database.retentionDays);
  return end(noted, 'automated_backup_retained', until);
}

function withFinalSnapshot(world: World, database: Database, action: Deletion, fit: Fit): World {
  const { finalSnapshotId } = action.parameters;
  if (finalSnapshotId === null || !takesFinalSnapshot(action)) return world;
  const fate: Fate = { word: 'survives', until: null, rules: ['final_snapshot_taken'] };
  const made: TrackedPoint = {
    point: snapshotOf(database, { id: finalSnapshotId.toLowerCase(), at: world.at, status: 'planned' }),
    fate: fit === 'fits' ? fate : worsen(fate, 'unknown', 'quota_not_observed'),
    madeByChange: true,
    touched: false,
  };
  const count = fit === 'fits' ? { used: 1 } : { maybe: 1 };
  const rooms = occupied(world.rooms, database, manualLimit(made.point.ofCluster), count);
  return worldWith(world, { rooms, points: [...world.points, made] });
}

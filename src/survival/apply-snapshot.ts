/**
 * Deleting recovery points that RDS itself keeps, ending their replication, and taking back who may use them.
 *
 * Source: Amazon RDS API, DeleteDBSnapshot, DeleteDBClusterSnapshot, DeleteDBInstanceAutomatedBackup,
 * DeleteDBClusterAutomatedBackup, StopDBInstanceAutomatedBackupsReplication, ModifyDBSnapshotAttribute.
 */

import { addDays, type Instant } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { RecoveryPoint } from '../inventory/model.ts';
import { worsen } from './fate.ts';
import { matchPoints } from './match.ts';
import { countsOf, occupied } from './room.ts';
import type { RuleCode } from './rules.ts';
import { applied, type Effect, inDoubt, refused, type Step, undecided } from './step.ts';
import {
  changePoints,
  databasesBy,
  doubt,
  mapPoints,
  pointsAt,
  pointsOwnedBy,
  spare,
  type TrackedPoint,
  take,
  taking,
  type World,
  withFate,
  withhold,
  worldWith,
} from './world.ts';

/** A deletion of one snapshot. */
export type SnapshotDeletion = Extract<Action, { kind: 'delete_db_snapshot' | 'delete_db_cluster_snapshot' }>;

/** `DeleteDBSnapshot` or `DeleteDBClusterSnapshot`. */
export function deleteSnapshot(world: World, action: SnapshotDeletion): Step {
  const meant = meantBy(world, action);
  const [first] = meant;
  if (first === undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = first.point.databaseResourceId;
  const rule = obstacleOf(meant);
  if (rule === 'automated_snapshot_refuses_deletion') return refused(world, action, rule, owner);
  if (rule === 'vault_snapshot_refuses_rds_deletion') {
    const held = changePoints(world, meant, (tracked) => withhold(tracked, rule));
    return refused(held, action, rule, owner);
  }
  if (rule === 'snapshot_deletion_needs_available') {
    const doubted = vacated(
      changePoints(world, meant, (tracked) => doubt(tracked, rule)),
      meant,
      { maybe: 1 },
    );
    return { world: doubted, effect: { action, outcome: 'unknown', rule, databaseResourceId: owner } };
  }
  return takeAll(world, action, meant, 'snapshot_deleted');
}

function meantBy(world: World, { kind, target }: SnapshotDeletion): readonly TrackedPoint[] {
  const ofCluster = kind === 'delete_db_cluster_snapshot';
  const meant = matchPoints(world, target);
  return meant.every(({ point }) => point.ofCluster === ofCluster)
    ? meant
    : meant.filter(({ point }) => point.ofCluster === ofCluster);
}

/** What keeps a deletion of these from going through; null when nothing does. */
function obstacleOf(meant: readonly TrackedPoint[]) {
  if (meant.every(isOfSystem)) return 'automated_snapshot_refuses_deletion';
  if (meant.every(isOfVault)) return 'vault_snapshot_refuses_rds_deletion';
  if (meant.every(isUnfinished)) return 'snapshot_deletion_needs_available';
  return null;
}

const isOfSystem = ({ point }: TrackedPoint) => point.kind === 'system_snapshot';
const isOfVault = ({ point }: TrackedPoint) => point.vaultArn !== null || point.kind === 'backup_snapshot';
const isUnfinished = ({ point }: TrackedPoint) => point.status !== 'available' && point.status !== 'planned';

/**
 * Several deletions of snapshots in a row, as one after the other would do them, in one pass over the points.
 *
 * @returns Null unless each goes through by itself.
 */
export function deleteSnapshots(
  world: World,
  actions: readonly SnapshotDeletion[],
): { readonly world: World; readonly effects: readonly Effect[] } | null {
  const taken = new Set<TrackedPoint>();
  const effects: Effect[] = [];
  for (const action of actions) {
    const meant = meantBy(world, action);
    // Nothing meant at all is an obstacle as well, of every kind.
    if (obstacleOf(meant) !== null) return null;
    for (const tracked of meant) taken.add(tracked);
    const databaseResourceId = meant[0]?.point.databaseResourceId ?? null;
    effects.push({ action, outcome: 'applied', rule: 'snapshot_deleted', databaseResourceId });
  }
  const next = mapPoints(world, (tracked) => taken.has(tracked), taking('snapshot_deleted'));
  return { world: vacated(next, [...taken], {}), effects };
}

/**
 * The snapshots that are chosen deleted, as a deletion of each by its ARN would leave the world, told nobody one by one.
 *
 * @returns Null where one of those deletions would not go through, or would reach more than what is chosen.
 */
export function withoutSnapshots(world: World, chosen: (tracked: TrackedPoint) => boolean): World | null {
  const gone = world.points.filter(chosen);
  if (gone.some(isHeld) || new Set(world.points.map(arnOf)).size < world.points.length) return null;
  return vacated(mapPoints(world, chosen, taking('snapshot_deleted')), gone, {});
}

const isHeld = (tracked: TrackedPoint) => isOfSystem(tracked) || isOfVault(tracked) || isUnfinished(tracked);
const arnOf = ({ point }: TrackedPoint) => point.arn;

/** `DeleteDBInstanceAutomatedBackup` or `DeleteDBClusterAutomatedBackup`. */
export function deleteAutomatedBackup(
  world: World,
  action: Extract<Action, { kind: 'delete_automated_backup' }>,
): Step {
  const { resourceId, arn } = action.target;
  const named = arn === null ? [] : pointsAt(world, arn);
  const owned = resourceId === null ? [] : pointsOwnedBy(world, resourceId).filter(isAutomated);
  const meant = [...named, ...owned.filter((tracked) => !named.includes(tracked))];
  const [first] = meant;
  if (first === undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = first.point.databaseResourceId;
  const source = databasesBy(world, owner).find(({ database }) => database.resourceId === owner);
  // The backup of a database that this very change deletes is no longer the active one.
  const kept = meant.filter(({ point }) => point.kind !== 'pitr' || source?.alive === false || source?.inDoubt);
  if (kept.length === 0) return refused(world, action, 'active_backup_refuses_deletion', owner);
  const step = takeAll(world, action, [...kept, ...insideOf(world, kept)], 'retained_backup_deleted');
  const open = source?.inDoubt === true && kept.some(({ point }) => point.kind === 'pitr');
  return open ? undecided(world, action, 'earlier_step_in_doubt', { database: source, ifApplied: step.world }) : step;
}

/** `StopDBInstanceAutomatedBackupsReplication`: nothing is lost; the copy lives out its own retention. */
export function stopReplication(world: World, action: Extract<Action, { kind: 'stop_backup_replication' }>): Step {
  const { arn } = action.target;
  const owners = databasesBy(world, arn).map(({ database }) => database.resourceId);
  const next = mapPoints(
    world,
    ({ point }) => point.kind === 'replicated_automated_backup' && replicates(point, arn, owners),
    (tracked) => endReplication(tracked, 'replication_stopped_keeps_copy', world.at),
  );
  return applied(next, action, 'replication_stopped_keeps_copy', null);
}

/** A replicated backup that no longer follows its source: it lives out the retention set where it lies. */
export function endReplication(tracked: TrackedPoint, rule: RuleCode, at: Instant): TrackedPoint {
  const { retentionDays, status } = tracked.point;
  // One that had stopped before has its end already.
  if (retentionDays === null || status === 'retained') return spare(tracked, rule);
  return withFate(tracked, worsen(tracked.fate, 'survives_until', rule, addDays(at, retentionDays)));
}

/** `ModifyDBSnapshotAttribute` that removes somebody: the owner keeps everything, the consumer the copies made before. */
export function unshareSnapshot(world: World, action: Extract<Action, { kind: 'unshare_snapshot' }>): Step {
  const meant = matchPoints(world, action.target);
  const views = meant.filter(({ point }) => point.kind === 'shared_snapshot' || point.kind === 'public_snapshot');
  if (views.length > 0) return takeAll(world, action, views, 'unsharing_ends_shared_view');
  const rule = 'unsharing_keeps_snapshot';
  const next = changePoints(world, meant, (tracked) => spare(tracked, rule));
  return applied(next, action, rule, meant[0]?.point.databaseResourceId ?? null);
}

function takeAll(world: World, action: Action, meant: readonly TrackedPoint[], rule: RuleCode): Step {
  const next = vacated(
    changePoints(world, meant, (tracked) => take(tracked, rule)),
    meant,
    {},
  );
  return applied(next, action, rule, meant[0]?.point.databaseResourceId ?? null);
}

/** The room that points free once they go; what was lost before frees nothing a second time. */
function vacated(world: World, gone: readonly TrackedPoint[], by: { readonly maybe?: number }): World {
  const { maybe = 0 } = by;
  const there = gone.filter(({ fate }) => fate.word !== 'lost');
  let { rooms } = world;
  for (const { scope, name, used } of countsOf(there.map(({ point }) => point)).values()) {
    rooms = occupied(rooms, scope, name, { used: -used, maybe: maybe * used });
  }
  return worldWith(world, { rooms });
}

/** The system snapshots that a retained backup consists of, besides its logs; a replicated one has none here. */
function insideOf(world: World, backups: readonly TrackedPoint[]): readonly TrackedPoint[] {
  const retained = backups.filter(({ point }) => point.kind !== 'replicated_automated_backup');
  const owners = [...new Set(retained.flatMap(({ point }) => point.databaseResourceId ?? []))];
  return owners.flatMap((owner) => pointsOwnedBy(world, owner)).filter(({ point }) => point.kind === 'system_snapshot');
}

function isAutomated({ point }: TrackedPoint): boolean {
  return point.kind === 'retained_automated_backup' || point.kind === 'pitr';
}

/** A copy keeps the name that its source had; a source that was renamed since, and is still there, is known by its id. */
function replicates(
  { arn, databaseResourceId, databaseIdentifier }: RecoveryPoint,
  meant: string | null,
  owners: readonly string[],
) {
  if (meant === null || arn === meant || meant.endsWith(`:${databaseIdentifier}`)) return true;
  return databaseResourceId !== null && owners.includes(databaseResourceId);
}

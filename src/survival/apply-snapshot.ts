/**
 * Deleting recovery points that RDS itself keeps, ending their replication, and taking back who may use them.
 *
 * Source: Amazon RDS API, DeleteDBSnapshot, DeleteDBClusterSnapshot, DeleteDBInstanceAutomatedBackup,
 * DeleteDBClusterAutomatedBackup, StopDBInstanceAutomatedBackupsReplication, ModifyDBSnapshotAttribute.
 */

import { addDays, type Instant } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import { worsen } from './fate.ts';
import { matchPoints } from './match.ts';
import { limitOf, occupied } from './room.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step, undecided } from './step.ts';
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
  type World,
  withhold,
} from './world.ts';

/** `DeleteDBSnapshot` or `DeleteDBClusterSnapshot`. */
export function deleteSnapshot(
  world: World,
  action: Extract<Action, { kind: 'delete_db_snapshot' | 'delete_db_cluster_snapshot' }>,
): Step {
  const ofCluster = action.kind === 'delete_db_cluster_snapshot';
  const meant = matchPoints(world, action.target).filter(({ point }) => point.ofCluster === ofCluster);
  const [first] = meant;
  if (first === undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = first.point.databaseResourceId;
  if (meant.every(({ point }) => point.kind === 'system_snapshot'))
    return refused(world, action, 'automated_snapshot_refuses_deletion', owner);
  if (meant.every(({ point }) => point.vaultArn !== null || point.kind === 'backup_snapshot')) {
    const rule = 'vault_snapshot_refuses_rds_deletion';
    const held = changePoints(world, meant, (tracked) => withhold(tracked, rule));
    return refused(held, action, rule, owner);
  }
  if (meant.every(({ point }) => point.status !== 'available' && point.status !== 'planned')) {
    const rule = 'snapshot_deletion_needs_available';
    const doubted = vacated(
      changePoints(world, meant, (tracked) => doubt(tracked, rule)),
      meant,
      { maybe: 1 },
    );
    return { world: doubted, effect: { action, outcome: 'unknown', rule, databaseResourceId: owner } };
  }
  return takeAll(world, action, meant, 'snapshot_deleted');
}

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
  const source = databasesBy(world, [owner]).find(({ database }) => database.resourceId === owner);
  // The backup of a database that this very change deletes is no longer the active one.
  const kept = meant.filter(({ point }) => point.kind !== 'pitr' || source?.alive === false || source?.inDoubt);
  if (kept.length === 0) return refused(world, action, 'active_backup_refuses_deletion', owner);
  const step = takeAll(world, action, [...kept, ...insideOf(world, kept)], 'retained_backup_deleted');
  const open = source?.inDoubt === true && kept.some(({ point }) => point.kind === 'pitr');
  return open ? undecided(world, action, 'earlier_step_in_doubt', { database: source, ifApplied: step.world }) : step;
}

/** `StopDBInstanceAutomatedBackupsReplication`: nothing is lost; the copy lives out its own retention. */
export function stopReplication(world: World, action: Extract<Action, { kind: 'stop_backup_replication' }>): Step {
  const next = mapPoints(
    world,
    ({ point }) => point.kind === 'replicated_automated_backup' && replicates(point, action.target.arn),
    (tracked) => endReplication(tracked, 'replication_stopped_keeps_copy', world.at),
  );
  return applied(next, action, 'replication_stopped_keeps_copy', null);
}

/** A replicated backup that no longer follows its source: it lives out the retention set where it lies. */
export function endReplication(tracked: TrackedPoint, rule: RuleCode, at: Instant): TrackedPoint {
  const { retentionDays, status } = tracked.point;
  // One that had stopped before has its end already.
  if (retentionDays === null || status === 'retained') return spare(tracked, rule);
  return { ...tracked, fate: worsen(tracked.fate, 'survives_until', rule, addDays(at, retentionDays)) };
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
  const rooms = gone.reduce((left, { point, fate }) => {
    const name = limitOf(point);
    return name === null || fate.word === 'lost' ? left : occupied(left, point, name, { used: -1, ...by });
  }, world.rooms);
  return { ...world, rooms };
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

function replicates(point: TrackedPoint['point'], arn: string | null): boolean {
  return arn === null || point.arn === arn || arn.endsWith(`:${point.databaseIdentifier}`);
}

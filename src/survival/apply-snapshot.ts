/**
 * Deleting recovery points that RDS itself keeps, and ending their replication.
 *
 * Source: Amazon RDS API, DeleteDBSnapshot, DeleteDBClusterSnapshot, DeleteDBInstanceAutomatedBackup,
 * DeleteDBClusterAutomatedBackup, StopDBInstanceAutomatedBackupsReplication.
 */

import type { Action } from '../intent/action.ts';
import { matchPoints } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step, undecided } from './step.ts';
import { doubt, mapPoints, spare, type TrackedPoint, take, type World, withhold } from './world.ts';

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
    const held = mapPoints(world, isOneOf(meant), (tracked) => withhold(tracked, rule));
    return refused(held, action, rule, owner);
  }
  if (meant.every(({ point }) => point.status !== 'available' && point.status !== 'planned')) {
    const rule = 'snapshot_deletion_needs_available';
    const doubted = mapPoints(world, isOneOf(meant), (tracked) => doubt(tracked, rule));
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
  const meant = world.points.filter(
    ({ point }) => (arn !== null && point.arn === arn) || isAutomatedOf(point, resourceId),
  );
  const [first] = meant;
  if (first === undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = first.point.databaseResourceId;
  const source = world.databases.find(({ database }) => database.resourceId === owner);
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
    (tracked) => spare(tracked, 'replication_stopped_keeps_copy'),
  );
  return applied(next, action, 'replication_stopped_keeps_copy', null);
}

function takeAll(world: World, action: Action, meant: readonly TrackedPoint[], rule: RuleCode): Step {
  const next = mapPoints(world, isOneOf(meant), (tracked) => take(tracked, rule));
  return applied(next, action, rule, meant[0]?.point.databaseResourceId ?? null);
}

/** The system snapshots that a retained backup consists of, besides its logs; a replicated one has none here. */
function insideOf(world: World, backups: readonly TrackedPoint[]): readonly TrackedPoint[] {
  const retained = backups.filter(({ point }) => point.kind !== 'replicated_automated_backup');
  return world.points.filter(
    ({ point }) =>
      point.kind === 'system_snapshot' &&
      retained.some((backup) => backup.point.databaseResourceId === point.databaseResourceId),
  );
}

function isOneOf(meant: readonly TrackedPoint[]): (tracked: TrackedPoint) => boolean {
  return (tracked) => meant.includes(tracked);
}

function isAutomatedOf(point: TrackedPoint['point'], resourceId: string | null): boolean {
  const automated = point.kind === 'retained_automated_backup' || point.kind === 'pitr';
  return resourceId !== null && automated && point.databaseResourceId === resourceId;
}

function replicates(point: TrackedPoint['point'], arn: string | null): boolean {
  return arn === null || point.arn === arn || arn.endsWith(`:${point.databaseIdentifier}`);
}

/**
 * Deleting recovery points that RDS itself keeps, and ending their replication.
 *
 * Source: Amazon RDS API, DeleteDBSnapshot, DeleteDBClusterSnapshot, DeleteDBInstanceAutomatedBackup,
 * DeleteDBClusterAutomatedBackup, StopDBInstanceAutomatedBackupsReplication.
 */

import type { Action } from '../intent/action.ts';
import { matchPoints } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import { mapPoints, spare, type TrackedPoint, take, type World } from './world.ts';

/** `DeleteDBSnapshot` or `DeleteDBClusterSnapshot`. */
export function deleteSnapshot(
  world: World,
  action: Extract<Action, { kind: 'delete_db_snapshot' | 'delete_db_cluster_snapshot' }>,
): Step {
  const ofCluster = action.kind === 'delete_db_cluster_snapshot';
  const [tracked] = matchPoints(world, action.target).filter(({ point }) => point.ofCluster === ofCluster);
  if (tracked === undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = tracked.point.databaseResourceId;
  if (tracked.point.kind === 'system_snapshot')
    return refused(world, action, 'automated_snapshot_refuses_deletion', owner);
  if (tracked.point.vaultArn !== null) return refused(world, action, 'vault_snapshot_refuses_rds_deletion', owner);
  return takeOne(world, action, tracked, 'snapshot_deleted');
}

/** `DeleteDBInstanceAutomatedBackup` or `DeleteDBClusterAutomatedBackup`. */
export function deleteAutomatedBackup(
  world: World,
  action: Extract<Action, { kind: 'delete_automated_backup' }>,
): Step {
  const { resourceId, arn } = action.target;
  const tracked = world.points.find(
    ({ point }) => (arn !== null && point.arn === arn) || isAutomatedOf(point, resourceId),
  );
  if (tracked === undefined) return inDoubt(world, action, 'target_not_observed');
  if (tracked.point.kind === 'pitr') {
    return refused(world, action, 'active_backup_refuses_deletion', tracked.point.databaseResourceId);
  }
  return takeOne(world, action, tracked, 'retained_backup_deleted');
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

function takeOne(world: World, action: Action, chosen: TrackedPoint, rule: RuleCode): Step {
  const next = mapPoints(
    world,
    (tracked) => tracked === chosen,
    (tracked) => take(tracked, rule),
  );
  return applied(next, action, rule, chosen.point.databaseResourceId);
}

function isAutomatedOf(point: TrackedPoint['point'], resourceId: string | null): boolean {
  const automated = point.kind === 'retained_automated_backup' || point.kind === 'pitr';
  return resourceId !== null && automated && point.databaseResourceId === resourceId;
}

function replicates(point: TrackedPoint['point'], arn: string | null): boolean {
  return arn === null || point.arn === arn || arn.endsWith(`:${point.databaseIdentifier}`);
}

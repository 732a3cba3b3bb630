/**
 * Changing a database's protection while it stays: deletion protection and retention.
 *
 * A lowered retention is judged by its worst documented outcome. A change that waits for the maintenance
 * window is judged as if it had come: nobody is asked again before it does.
 * Source: Amazon RDS API, ModifyDBInstance and ModifyDBCluster, BackupRetentionPeriod; Amazon RDS User
 * Guide, "Deleting a DB snapshot".
 */

import { addDays, latest } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';
import { belongsTo, matchDatabase } from './match.ts';
import { applied, inDoubt, type Refusals, refused, type Step, undecided } from './step.ts';
import { doubt, mapPoints, type TrackedDatabase, type TrackedPoint, take, type World } from './world.ts';

type Modification = Extract<Action, { kind: 'modify_db_instance' | 'modify_db_cluster' }>;

/** `ModifyDBInstance` or `ModifyDBCluster`, as far as it touches protection. */
export function modifyProtection(world: World, action: Modification, refusals: Refusals): Step {
  const match = matchDatabase(world, action);
  if (match.kind === 'none') return inDoubt(world, action, 'target_not_observed');
  const { database, alive, inDoubt: doubted } = match.tracked;
  if (!alive) return applied(world, action, null, database.resourceId);
  const { retentionDays } = action.change;
  const changesRetention = retentionDays !== undefined && retentionDays !== database.retentionDays;
  if (changesRetention && database.awsBackupPointArn !== null) {
    return refused(world, action, 'aws_backup_owns_retention', database.resourceId);
  }
  if (retentionDays === 0 && database.kind !== 'rds_instance') {
    return refused(world, action, 'cluster_retention_minimum', database.resourceId);
  }
  const step = modified(world, action, match.tracked);
  if (refusals === 'lifted' || (!doubted && database.status === 'available')) return step;
  const rule = doubted ? 'earlier_step_in_doubt' : 'modification_may_be_refused';
  return undecided(world, action, rule, { database: match.tracked, ifApplied: step.world });
}

function modified(world: World, action: Modification, tracked: TrackedDatabase): Step {
  const { database } = tracked;
  const { retentionDays, deletionProtection } = action.change;
  const changed: Database = {
    ...database,
    deletionProtection: deletionProtection ?? database.deletionProtection,
    retentionDays: retentionDays ?? database.retentionDays,
  };
  const next = {
    ...world,
    databases: world.databases.map((other) => (other === tracked ? { ...other, database: changed } : other)),
  };
  if (retentionDays === undefined || retentionDays >= database.retentionDays)
    return applied(next, action, null, database.resourceId);
  const rule = retentionDays === 0 ? 'retention_zero_purges' : 'retention_lowered';
  const lowered = mapPoints(
    next,
    (point) => belongsTo(point, database) && isAutomated(point),
    (point) => afterRetention(point, retentionDays, world),
  );
  return applied(lowered, action, rule, database.resourceId);
}

function isAutomated({ point }: TrackedPoint): boolean {
  return point.kind === 'pitr' || point.kind === 'system_snapshot';
}

function afterRetention(tracked: TrackedPoint, retentionDays: number, world: World): TrackedPoint {
  if (retentionDays === 0) return take(tracked, 'retention_zero_purges');
  const oldestKept = addDays(world.at, -retentionDays);
  const { point } = tracked;
  if (point.window !== null) {
    const window = {
      earliest: latest(point.window.earliest, oldestKept),
      latest: point.window.latest,
    };
    return window.latest < oldestKept
      ? doubt(tracked, 'retention_lowered')
      : { ...tracked, point: { ...point, window } };
  }
  return point.createdAt === null || point.createdAt < oldestKept ? doubt(tracked, 'retention_lowered') : tracked;
}

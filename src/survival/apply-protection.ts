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
import { applied, inDoubt, refused, type Step } from './step.ts';
import { doubt, mapPoints, type TrackedPoint, take, type World } from './world.ts';

type Modification = Extract<Action, { kind: 'modify_db_instance' | 'modify_db_cluster' }>;

/** `ModifyDBInstance` or `ModifyDBCluster`, as far as it touches protection. */
export function modifyProtection(world: World, action: Modification): Step {
  const match = matchDatabase(world, action.target);
  if (match.kind === 'none') return inDoubt(world, action, 'target_not_observed');
  const { database } = match.tracked;
  const { retentionDays, deletionProtection } = action.change;
  const changesRetention = retentionDays !== undefined && retentionDays !== database.retentionDays;
  if (changesRetention && database.awsBackupPointArn !== null) {
    return refused(world, action, 'aws_backup_owns_retention', database.resourceId);
  }
  if (retentionDays === 0 && database.kind !== 'rds_instance') {
    return refused(world, action, 'cluster_retention_minimum', database.resourceId);
  }
  const changed: Database = {
    ...database,
    deletionProtection: deletionProtection ?? database.deletionProtection,
    retentionDays: retentionDays ?? database.retentionDays,
  };
  const next = {
    ...world,
    databases: world.databases.map((other) => (other === match.tracked ? { ...other, database: changed } : other)),
  };
  if (!changesRetention || retentionDays >= database.retentionDays)
    return applied(next, action, null, database.resourceId);
  const rule = retentionDays === 0 ? 'retention_zero_purges' : 'retention_lowered';
  const lowered = mapPoints(
    next,
    (tracked) => belongsTo(tracked, database) && isAutomated(tracked),
    (tracked) => afterRetention(tracked, retentionDays, world),
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

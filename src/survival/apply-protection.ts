/**
 * Changing a database's protection while it stays: deletion protection and retention.
 *
 * A lowered retention is judged by its worst documented outcome. A change that waits for the maintenance
 * window is judged as if it had come: nobody is asked again before it does.
 * Source: Amazon RDS API, ModifyDBInstance and ModifyDBCluster, BackupRetentionPeriod; Amazon RDS User
 * Guide, "Deleting a DB snapshot".
 */

import { addDays, type Days, type Instant, latest } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';
import { matchDatabase } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, type Refusals, refused, type Step, undecided } from './step.ts';
import {
  changeDatabases,
  changeOwned,
  databaseWith,
  doubt,
  relisted,
  spare,
  type TrackedDatabase,
  type TrackedPoint,
  take,
  type World,
} from './world.ts';

type Modification = Extract<Action, { kind: 'modify_db_instance' | 'modify_db_cluster' }>;

/** `ModifyDBInstance` or `ModifyDBCluster`, as far as it touches protection. */
export function modifyProtection(world: World, action: Modification, refusals: Refusals): Step {
  const match = matchDatabase(world, action);
  if (match.kind === 'none') return inDoubt(world, action, 'target_not_observed');
  const { database, alive, inDoubt: doubted } = match.tracked;
  if (!alive) return applied(world, action, null, database.resourceId);
  const { retentionDays } = action.change;
  const changesRetention = retentionDays !== undefined && retentionDays !== database.retentionDays;
  const refusal = changesRetention ? retentionRefusal(database, retentionDays) : null;
  if (refusal === 'cluster_retention_minimum' || (refusal !== null && refusals === 'honoured')) {
    return refused(world, action, refusal, database.resourceId);
  }
  const step = modified(world, action, match.tracked);
  if (refusals === 'lifted') return refusal === null ? step : { ...step, effect: { ...step.effect, rule: refusal } };
  if (!doubted && database.status === 'available') return step;
  const rule = doubted ? 'earlier_step_in_doubt' : 'modification_may_be_refused';
  return undecided(world, action, rule, { database: match.tracked, ifApplied: step.world });
}

/** The rule by which AWS would refuse this retention; one more call lifts any but a cluster's minimum. */
function retentionRefusal(database: Database, retentionDays: Days): RuleCode | null {
  if (retentionDays === 0 && database.kind !== 'rds_instance') return 'cluster_retention_minimum';
  if (database.awsBackupPointArn !== null) return 'aws_backup_owns_retention';
  return retentionDays === 0 && database.replicas.length > 0 ? 'replica_source_keeps_backups' : null;
}

function modified(world: World, action: Modification, tracked: TrackedDatabase): Step {
  const { database } = tracked;
  const { retentionDays, deletionProtection } = action.change;
  const changed: Database = {
    ...database,
    deletionProtection: deletionProtection ?? database.deletionProtection,
    retentionDays: retentionDays ?? database.retentionDays,
  };
  const next = changeDatabases(world, [tracked], (other) => databaseWith(other, { database: changed }));
  if (retentionDays === undefined || retentionDays >= database.retentionDays)
    return applied(next, action, null, database.resourceId);
  const rules = { purged: 'retention_zero_purges', lowered: 'retention_lowered' } as const;
  const retention = retentionFrom(world.at, retentionDays);
  const lowered = changeOwned(next, database.resourceId, (point) => {
    if (isAutomated(point)) return afterRetention(point, retention, rules);
    return retentionDays === 0 && follows(point) ? doubt(point, 'replica_without_source_backups') : point;
  });
  return applied(lowered, action, retentionDays === 0 ? rules.purged : rules.lowered, database.resourceId);
}

/** AWS Backup's continuous point is the very same backup. */
function isAutomated({ point }: TrackedPoint): boolean {
  return point.kind === 'pitr' || point.kind === 'system_snapshot' || point.kind === 'backup_continuous';
}

/** A replicated backup that still follows its source; one that is retained has nothing more to lose by it. */
function follows({ point }: TrackedPoint): boolean {
  return point.kind === 'replicated_automated_backup' && point.status !== 'retained';
}

/** A retention, and the oldest instant that it keeps. */
export interface Retention {
  readonly retentionDays: Days;
  readonly oldestKept: Instant;
}

/** The retention of that many days, as it is from an instant on. */
export function retentionFrom(at: Instant, retentionDays: Days): Retention {
  return { retentionDays, oldestKept: addDays(at, -retentionDays) };
}

/** An automated backup under a lower retention: none of it is left at 0, and only what is young enough is sure above. */
export function afterRetention(
  tracked: TrackedPoint,
  { retentionDays, oldestKept }: Retention,
  rules: { readonly purged: RuleCode; readonly lowered: RuleCode },
): TrackedPoint {
  if (retentionDays === 0) return take(tracked, rules.purged);
  const { point } = tracked;
  if (point.window === null) {
    return point.createdAt === null || point.createdAt < oldestKept ? doubt(tracked, rules.lowered) : tracked;
  }
  if (point.window.latest < oldestKept) return doubt(tracked, rules.lowered);
  const earliest = latest(point.window.earliest, oldestKept);
  const kept = { ...point, retentionDays, window: { earliest, latest: point.window.latest } };
  return spare(relisted(tracked, kept), rules.lowered);
}

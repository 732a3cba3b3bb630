/**
 * Holds what survival predicted against what the lab then shows, thing by thing.
 *
 * Every sentence it returns is one disagreement. A recovery point is the same one only when it holds the same data:
 * a name or an ARN that was let go may be borne by another afterwards. A prediction of `unknown` is never wrong.
 */

import type { Instant } from '../../../src/core/time.ts';
import { addDays } from '../../../src/core/time.ts';
import type { Action } from '../../../src/intent/action.ts';
import type { Inventory, RecoveryPoint } from '../../../src/inventory/model.ts';
import { isAlive } from '../../../src/survival/fate.ts';
import type { RuleCode } from '../../../src/survival/rules.ts';
import type { Effect } from '../../../src/survival/step.ts';
import type { Survival } from '../../../src/survival/survive.ts';
import type { TrackedPoint } from '../../../src/survival/world.ts';
import type { Refusal } from './execute.ts';

/** One change, as predicted and as carried out. */
export interface Trial {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly actions: readonly Action[];
  readonly predicted: Survival;
  /** One for each action, in order. */
  readonly refusals: readonly Refusal[];
  readonly after: Inventory;
}

/** Error codes by the rule that says AWS refuses. */
const CODES: Partial<Record<RuleCode, readonly string[]>> = {
  active_backup_refuses_deletion: [
    'InvalidDBInstanceAutomatedBackupState',
    'InvalidDBClusterAutomatedBackupStateFault',
  ],
  automated_snapshot_refuses_deletion: ['InvalidDBSnapshotState', 'InvalidDBClusterSnapshotStateFault'],
  // Of two reasons to refuse, which one AWS names is not documented.
  cluster_retention_minimum: ['InvalidParameterValue', 'InvalidDBClusterStateFault'],
  cluster_still_has_members: ['InvalidDBClusterStateFault'],
  deletion_protection_refuses: ['InvalidParameterCombination'],
  final_snapshot_contradicts_skip: ['InvalidParameterCombination'],
  final_snapshot_impossible_for_member: ['InvalidParameterCombination'],
  final_snapshot_needs_key: ['KMSKeyNotAccessibleFault'],
  final_snapshot_name_taken: ['DBSnapshotAlreadyExists', 'DBClusterSnapshotAlreadyExistsFault'],
  final_snapshot_needs_available: ['InvalidDBInstanceState', 'InvalidDBClusterStateFault'],
  final_snapshot_unnamed: ['InvalidParameterCombination'],
  stopped_cluster_refuses: ['InvalidDBClusterStateFault'],
  vault_snapshot_refuses_rds_deletion: ['InvalidDBSnapshotState', 'InvalidDBClusterSnapshotStateFault'],
};

/** Everything on which survival and the lab differ; empty when they agree. */
export function disagreements(trial: Trial): readonly string[] {
  const { predicted } = trial;
  return [
    ...predicted.effects.flatMap((effect, index) => outcomeBreach(effect, trial.refusals[index] ?? null, index)),
    ...predicted.after.points.flatMap((tracked) => pointBreach(trial, tracked)),
    ...trial.after.recoveryPoints.flatMap((point) => arrivalBreach(trial, point)),
    ...databaseBreaches(trial),
  ];
}

/** What a later look contradicts: a recovery point said to live, or to live until a day not yet come, is gone. */
export function lateDisagreements(trial: Trial, later: Inventory, at: Instant): readonly string[] {
  const then: Trial = { ...trial, after: later, endedAt: at };
  const alive = trial.predicted.after.points.filter(({ fate }) => isAlive(fate));
  return alive.flatMap((tracked) => pointBreach(then, tracked)).map((breach) => `by ${at}, ${breach}`);
}

/** The recovery point of the lab that a predicted one stands for. */
export function counterpart({ after, startedAt }: Trial, { point, madeByChange }: TrackedPoint): RecoveryPoint | null {
  const found = after.recoveryPoints.find(({ arn }) => arn === point.arn);
  if (found === undefined || found.databaseResourceId !== point.databaseResourceId) return null;
  // Backups switched on again start from nothing: what begins after the start holds none of the earlier data.
  if (found.window !== null) return found.window.earliest > startedAt ? null : found;
  if (found.status === 'creating') return point.status === 'creating' ? found : null;
  if (madeByChange) return isNew(found, startedAt) ? found : null;
  return found.createdAt === point.createdAt ? found : null;
}

function outcomeBreach(effect: Effect, refusal: Refusal, index: number): readonly string[] {
  const { outcome, rule, action } = effect;
  if (outcome === 'unknown') return [];
  const what = `action ${index + 1}, ${action.kind} of ${action.target.identifier}`;
  const said = `${what}: predicted ${outcome}${rule === null ? '' : ` by ${rule}`}, the lab ${refusal === null ? 'applied it' : `refused with ${refusal}`}`;
  // What an earlier action has deleted is not there to be deleted: whether that is called a refusal changes nothing.
  if (refusal?.includes('NotFound')) return [];
  if (outcome === 'applied') return refusal === null ? [] : [said];
  const codes = rule === null ? [] : (CODES[rule] ?? []);
  return refusal !== null && codes.includes(refusal) ? [] : [said];
}

function pointBreach(trial: Trial, tracked: TrackedPoint): readonly string[] {
  const { point, fate } = tracked;
  if (fate.word === 'unknown') return [];
  const actual = counterpart(trial, tracked);
  const said = `${point.id}: predicted ${fate.word} by ${fate.rules.join(', ') || 'nothing'}`;
  if (fate.word === 'lost') return actual === null ? [] : [`${said}, yet the lab still has it`];
  const end = fate.until ?? point.expiresAt;
  const ended = end !== null && end <= trial.endedAt;
  if (actual === null) return ended || agedOut(trial, point) ? [] : [`${said}, yet the lab no longer has it`];
  if (isAlive(fate) && actual.window === null && actual.status !== 'available')
    return [`${said}, yet the lab shows it ${actual.status}`];
  const early = fate.until !== null && actual.expiresAt !== null && actual.expiresAt < fate.until;
  return early ? [`${said} until ${fate.until}, yet it ends at ${actual.expiresAt}`] : [];
}

/** What the lab has and nobody predicted. */
function arrivalBreach(trial: Trial, point: RecoveryPoint): readonly string[] {
  const { predicted, startedAt } = trial;
  const stands = (tracked: TrackedPoint) => counterpart(trial, tracked)?.arn === point.arn;
  if (predicted.after.points.some(stands)) return [];
  // The clock brings system snapshots; retention switched on brings an automated backup that starts then.
  if (point.kind === 'system_snapshot' && isNew(point, startedAt)) return [];
  if (point.window !== null && point.window.earliest > startedAt) return [];
  if (point.window === null && point.kind === 'pitr') return [];
  const inDoubt = predicted.effects.some(
    ({ outcome, action }) => outcome === 'unknown' && finalNameOf(action) === point.id,
  );
  return inDoubt ? [] : [`${point.id}: nobody predicted it, yet the lab has it (${point.kind}, ${point.createdAt})`];
}

function databaseBreaches({ predicted, after }: Trial): readonly string[] {
  return predicted.after.databases.flatMap(({ database, alive, inDoubt, members }) => {
    if (inDoubt) return [];
    const actual = after.databases.find(({ resourceId }) => resourceId === database.resourceId);
    if (!alive || actual === undefined) {
      return alive === (actual !== undefined)
        ? []
        : [`${database.arn}: predicted ${alive ? 'alive' : 'deleted'}, the lab says otherwise`];
    }
    const facts = (retention: number, isProtected: boolean, names: readonly string[]) =>
      `retention ${retention}, ${isProtected ? '' : 'un'}protected, members ${[...names].sort().join(' ')}`;
    const said = facts(database.retentionDays, database.deletionProtection, members);
    const shown = facts(
      actual.retentionDays,
      actual.deletionProtection,
      actual.members.map(({ identifier }) => identifier),
    );
    return said === shown ? [] : [`${database.arn}: predicted ${said}, the lab shows ${shown}`];
  });
}

/** Part of a living database's window, which its retention no longer covers at the end. */
function agedOut({ predicted, startedAt, endedAt }: Trial, point: RecoveryPoint): boolean {
  const owner = predicted.after.databases.find(({ database }) => database.resourceId === point.databaseResourceId);
  const newest = point.kind === 'pitr' ? startedAt : point.kind === 'system_snapshot' ? point.createdAt : null;
  const retention = owner?.alive === true ? owner.database.retentionDays : 0;
  // What retention 0 takes is purged, not aged, and has to be predicted.
  return newest !== null && retention > 0 && addDays(newest, retention) <= endedAt;
}

function isNew({ createdAt }: RecoveryPoint, startedAt: Instant): boolean {
  return createdAt !== null && createdAt > startedAt;
}

function finalNameOf(action: Action): string | null {
  const deletes = action.kind === 'delete_db_instance' || action.kind === 'delete_db_cluster';
  return deletes ? (action.parameters.finalSnapshotId?.toLowerCase() ?? null) : null;
}

/**
 * AWS Backup: changing how long a recovery point lives, and handing a continuous one back to RDS.
 *
 * A life that is made longer is not counted on: the change is judged by what it takes. A point whose end comes nearer
 * stands within the change, as one that it deletes does.
 * Source: AWS Backup API, UpdateRecoveryPointLifecycle and DisassociateRecoveryPoint; AWS Backup Developer Guide,
 * "AWS Backup Vault Lock".
 */

import { addDays, type Days } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import { lockRefusal, refusedIn, vaultOf } from './apply-backup.ts';
import { matchPoints } from './match.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import {
  changeDatabases,
  changePoints,
  databasesBy,
  databaseWith,
  doubt,
  end,
  pointsOwnedBy,
  spare,
  type TrackedPoint,
  take,
  type World,
} from './world.ts';

/** `UpdateRecoveryPointLifecycle`. */
export function updateLifecycle(
  world: World,
  action: Extract<Action, { kind: 'update_recovery_point_lifecycle' }>,
): Step {
  const tracked = onlyVaultPoint(world, action);
  if (tracked === null) return inDoubt(world, action, 'target_not_observed', isVaulted);
  const { point } = tracked;
  if (point.kind === 'backup_continuous') {
    return refused(world, action, 'lifecycle_not_for_continuous', point.databaseResourceId);
  }
  const rule = 'lifecycle_changed';
  const changed = withLifecycle(tracked, action.deleteAfterDays, world);
  const vault = vaultOf(world, tracked);
  if (vault !== undefined && lockRefusal(vault) === null) {
    return applied(
      changePoints(world, [tracked], () => changed),
      action,
      rule,
      point.databaseResourceId,
    );
  }
  if (vault !== undefined && isBelow(action.deleteAfterDays, vault.minRetentionDays)) {
    const refusal = 'locked_vault_refuses_shorter_life';
    const held = refusedIn(world, vault, refusal, [tracked]);
    return refused(held, action, refusal, point.databaseResourceId);
  }
  // Whether a lock accepts a life within its bounds is not documented: the nearer of the two ends is taken.
  const nearer = changePoints(world, [tracked], (other) =>
    changed.fate.word === 'lost' ? doubt(other, rule) : changed,
  );
  const effect = { action, outcome: 'unknown', rule, databaseResourceId: point.databaseResourceId } as const;
  return { world: nearer, effect };
}

/** `DisassociateRecoveryPoint`: RDS goes on making and keeping the backup, with the last retention. */
export function disassociate(world: World, action: Extract<Action, { kind: 'disassociate_recovery_point' }>): Step {
  const tracked = onlyVaultPoint(world, action);
  if (tracked === null) return inDoubt(world, action, 'target_not_observed', isVaulted);
  const { kind, databaseResourceId } = tracked.point;
  if (kind !== 'backup_continuous') {
    return refused(world, action, 'only_continuous_is_disassociated', databaseResourceId);
  }
  const rule = 'disassociation_keeps_pitr';
  const pitr =
    databaseResourceId === null
      ? []
      : pointsOwnedBy(world, databaseResourceId).filter(({ point }) => point.kind === 'pitr');
  const kept = changePoints(world, [tracked, ...pitr], (other) => spare(other, rule));
  const owners = databasesBy(kept, databaseResourceId).filter(
    ({ database }) => database.resourceId === databaseResourceId,
  );
  const released = changeDatabases(kept, owners, (owner) =>
    databaseWith(owner, { database: { ...owner.database, awsBackupPointArn: null } }),
  );
  return applied(released, action, rule, databaseResourceId);
}

function withLifecycle(tracked: TrackedPoint, days: Days | null, world: World): TrackedPoint {
  const rule = 'lifecycle_changed';
  if (days === null) return spare(tracked, rule);
  const { createdAt } = tracked.point;
  if (createdAt === null) return doubt(tracked, rule);
  const endsAt = addDays(createdAt, days);
  if (endsAt <= world.at) return take(tracked, rule);
  const { until } = tracked.fate;
  return until !== null && until <= endsAt ? spare(tracked, rule) : end(tracked, rule, endsAt);
}

function isBelow(days: Days | null, least: Days | null): boolean {
  return days !== null && least !== null && days < least;
}

function onlyVaultPoint(world: World, { target }: Action): TrackedPoint | null {
  const [only, other] = matchPoints(world, target).filter(isVaulted);
  return only === undefined || other !== undefined ? null : only;
}

function isVaulted({ point }: TrackedPoint): boolean {
  return point.vaultArn !== null;
}

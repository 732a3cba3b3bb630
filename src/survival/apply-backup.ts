/**
 * AWS Backup: deleting recovery points, vaults and vault locks.
 *
 * A lock protects against deletion only; it does nothing for the key the point is encrypted under, which
 * for RDS is the database's own.
 * Source: AWS Backup API, DeleteRecoveryPoint, DeleteBackupVault, DeleteBackupVaultLockConfiguration; AWS
 * Backup Developer Guide, "AWS Backup Vault Lock".
 */

import type { Action } from '../intent/action.ts';
import type { Vault } from '../inventory/model.ts';
import { matchPoints, matchVaults } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import { doubt, mapPoints, spare, type TrackedPoint, take, type World, withhold } from './world.ts';

/** `DeleteRecoveryPoint`. */
export function deleteRecoveryPoint(world: World, action: Extract<Action, { kind: 'delete_recovery_point' }>): Step {
  const [tracked, other] = matchPoints(world, action.target).filter(({ point }) => point.vaultArn !== null);
  if (tracked === undefined || other !== undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = tracked.point.databaseResourceId;
  const vault = world.vaults.find(({ arn }) => arn === tracked.point.vaultArn);
  if (vault === undefined) return inDoubt(world, action, 'target_not_observed');
  const refusal = refusalOf(vault);
  if (refusal !== null) return refused(refusedIn(world, vault, refusal, sameAs(tracked)), action, refusal, owner);
  const rule = tracked.point.kind === 'backup_continuous' ? 'continuous_point_deleted' : 'recovery_point_deleted';
  return applied(withoutPoint(world, tracked, rule), action, rule, owner);
}

/** `DeleteBackupVault`, or Terraform's `force_destroy` of one. */
export function deleteVault(world: World, action: Extract<Action, { kind: 'delete_backup_vault' }>): Step {
  const [vault, other] = matchVaults(world, action.target);
  if (vault === undefined || other !== undefined) return inDoubt(world, action, 'target_not_observed');
  const inside = (tracked: TrackedPoint) => tracked.point.vaultArn === vault.arn && tracked.fate.word !== 'lost';
  const refusal = refusalOf(vault);
  const rule = refusal ?? (action.force ? 'vault_force_destroy_deletes_points' : 'vault_must_be_empty');
  if (refusal !== null || !action.force) {
    return world.points.some(inside)
      ? refused(refusedIn(world, vault, rule, inside), action, rule, null)
      : applied(world, action, null, null);
  }
  const emptied = world.points.filter(inside).reduce((left, tracked) => withoutPoint(left, tracked, rule), world);
  // The vault itself is kept in mind: deleting it again is nothing new, and not a step on something never seen.
  return applied(emptied, action, rule, null);
}

/** `DeleteBackupVaultLockConfiguration`. */
export function removeVaultLock(world: World, action: Extract<Action, { kind: 'delete_vault_lock' }>): Step {
  const [vault, other] = matchVaults(world, action.target);
  if (vault === undefined || other !== undefined) return inDoubt(world, action, 'target_not_observed');
  if (vault.lock === 'compliance' || vault.airGapped) return refused(world, action, 'compliance_lock_stays', null);
  const vaults = world.vaults.map((held) => (held === vault ? { ...held, lock: 'none' as const } : held));
  return applied({ ...world, vaults }, action, 'lock_removed', null);
}

function refusalOf(vault: Vault): RuleCode | null {
  if (vault.airGapped) return 'air_gapped_vault_refuses_deletion';
  return vault.lock === 'none' ? null : 'locked_vault_refuses_deletion';
}

/** What a refusal leaves of the points it protects: only a lock that nobody can lift keeps them outside the change. */
function refusedIn(world: World, vault: Vault, rule: RuleCode, chosen: (tracked: TrackedPoint) => boolean): World {
  const firm = vault.airGapped || vault.lock === 'compliance';
  return mapPoints(world, chosen, (tracked) => (firm ? spare(tracked, rule) : withhold(tracked, rule)));
}

/** Deletes one point of a vault. A continuous one is the database's own PITR, and all of that goes with it. */
function withoutPoint(world: World, { point: { arn, kind, databaseResourceId } }: TrackedPoint, rule: RuleCode): World {
  const left = mapPoints(
    world,
    ({ point }) => point.arn === arn && point.vaultArn !== null,
    // A cluster keeps one day of it, which is not told apart here.
    (tracked) => (kind === 'backup_continuous' && tracked.point.ofCluster ? doubt : take)(tracked, rule),
  );
  if (kind !== 'backup_continuous' || databaseResourceId === null) return left;
  return mapPoints(
    left,
    ({ point }) =>
      point.databaseResourceId === databaseResourceId && (point.kind === 'pitr' || point.kind === 'system_snapshot'),
    (tracked) => (tracked.point.ofCluster ? doubt : take)(tracked, 'continuous_point_deleted'),
  );
}

function sameAs(chosen: TrackedPoint): (tracked: TrackedPoint) => boolean {
  return (tracked) => tracked === chosen;
}

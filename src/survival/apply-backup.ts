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
import { matchPoints } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import { doubt, mapPoints, spare, type TrackedPoint, take, type World } from './world.ts';

/** `DeleteRecoveryPoint`. */
export function deleteRecoveryPoint(world: World, action: Extract<Action, { kind: 'delete_recovery_point' }>): Step {
  const [tracked] = matchPoints(world, action.target).filter(({ point }) => point.vaultArn !== null);
  if (tracked === undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = tracked.point.databaseResourceId;
  const vault = world.vaults.find(({ arn }) => arn === tracked.point.vaultArn);
  if (vault === undefined) return inDoubt(world, action, 'target_not_observed');
  const refusal = refusalOf(vault);
  if (refusal !== null) return refused(world, action, refusal, owner);
  if (tracked.point.kind !== 'backup_continuous') {
    return applied(
      mapPoints(world, sameAs(tracked), (point) => take(point, 'recovery_point_deleted')),
      action,
      'recovery_point_deleted',
      owner,
    );
  }
  // The continuous point is the database's own PITR: both go (a cluster keeps one day, which is not told apart here).
  const next = mapPoints(
    world,
    ({ point }) =>
      point.databaseResourceId === owner &&
      (point.kind === 'backup_continuous' || point.kind === 'pitr' || point.kind === 'system_snapshot'),
    (point) =>
      point.point.ofCluster ? doubt(point, 'continuous_point_deleted') : take(point, 'continuous_point_deleted'),
  );
  return applied(next, action, 'continuous_point_deleted', owner);
}

/** `DeleteBackupVault`, or Terraform's `force_destroy` of one. */
export function deleteVault(world: World, action: Extract<Action, { kind: 'delete_backup_vault' }>): Step {
  const vault = findVault(world, action);
  if (vault === undefined) return inDoubt(world, action, 'target_not_observed');
  const inside = (tracked: TrackedPoint) => tracked.point.vaultArn === vault.arn && tracked.fate.word !== 'lost';
  const refusal = refusalOf(vault);
  const rule = refusal ?? (action.force ? 'vault_force_destroy_deletes_points' : 'vault_must_be_empty');
  if (refusal !== null || !action.force) {
    return world.points.some(inside)
      ? refused(
          mapPoints(world, inside, (tracked) => spare(tracked, rule)),
          action,
          rule,
          null,
        )
      : applied(withoutVault(world, vault), action, null, null);
  }
  return applied(
    withoutVault(
      mapPoints(world, inside, (tracked) => take(tracked, rule)),
      vault,
    ),
    action,
    rule,
    null,
  );
}

/** `DeleteBackupVaultLockConfiguration`. */
export function removeVaultLock(world: World, action: Extract<Action, { kind: 'delete_vault_lock' }>): Step {
  const vault = findVault(world, action);
  if (vault === undefined) return inDoubt(world, action, 'target_not_observed');
  if (vault.lock === 'compliance' || vault.airGapped) return refused(world, action, 'compliance_lock_stays', null);
  const vaults = world.vaults.map((other) => (other === vault ? { ...other, lock: 'none' as const } : other));
  return applied({ ...world, vaults }, action, 'lock_removed', null);
}

function refusalOf(vault: Vault): RuleCode | null {
  if (vault.airGapped) return 'air_gapped_vault_refuses_deletion';
  return vault.lock === 'none' ? null : 'locked_vault_refuses_deletion';
}

function findVault(world: World, action: Action): Vault | undefined {
  const { arn, identifier, scope } = action.target;
  return world.vaults.find((vault) =>
    arn === null
      ? vault.name === identifier &&
        (scope === null || (scope.accountId === vault.accountId && scope.region === vault.region))
      : vault.arn === arn,
  );
}

function withoutVault(world: World, vault: Vault): World {
  return { ...world, vaults: world.vaults.filter((other) => other !== vault) };
}

function sameAs(chosen: TrackedPoint): (tracked: TrackedPoint) => boolean {
  return (tracked) => tracked === chosen;
}

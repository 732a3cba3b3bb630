/**
 * AWS Backup: deleting recovery points, vaults and vault locks, and weakening what keeps them.
 *
 * A lock protects against deletion only; it does nothing for the key the point is encrypted under, which
 * for RDS is the database's own.
 * Source: AWS Backup API, DeleteRecoveryPoint, DeleteBackupVault, DeleteBackupVaultLockConfiguration,
 * PutBackupVaultAccessPolicy, DeleteBackupPlan; AWS Backup Developer Guide, "AWS Backup Vault Lock".
 */

import type { Action } from '../intent/action.ts';
import type { RecoveryPoint, Vault } from '../inventory/model.ts';
import { afterRetention, retentionFrom } from './apply-protection.ts';
import { matchPoints, matchVaults } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import {
  changeDatabases,
  changePoints,
  databasesBy,
  databaseWith,
  doubt,
  pointsAt,
  pointsOwnedBy,
  spare,
  type TrackedPoint,
  take,
  type World,
  withhold,
  worldWith,
} from './world.ts';

/** `DeleteRecoveryPoint`. */
export function deleteRecoveryPoint(world: World, action: Extract<Action, { kind: 'delete_recovery_point' }>): Step {
  const [tracked, other] = matchPoints(world, action.target).filter(({ point }) => point.vaultArn !== null);
  if (tracked === undefined || other !== undefined) return inDoubt(world, action, 'target_not_observed');
  const owner = tracked.point.databaseResourceId;
  const vault = vaultOf(world, tracked);
  if (vault === undefined) return onUnseenVault(world, action, tracked);
  const refusal = lockRefusal(vault);
  if (refusal !== null) return refused(refusedIn(world, vault, refusal, [tracked]), action, refusal, owner);
  const rule = tracked.point.kind === 'backup_continuous' ? 'continuous_point_deleted' : 'recovery_point_deleted';
  return applied(withoutPoint(world, tracked, rule), action, rule, owner);
}

/** `DeleteBackupVault`, or Terraform's `force_destroy` of one. */
export function deleteVault(world: World, action: Extract<Action, { kind: 'delete_backup_vault' }>): Step {
  const [vault, other] = matchVaults(world, action.target);
  if (vault === undefined || other !== undefined) return inDoubt(world, action, 'target_not_observed');
  const inside = world.points.filter(({ point, fate }) => point.vaultArn === vault.arn && fate.word !== 'lost');
  const refusal = lockRefusal(vault);
  const rule = refusal ?? (action.force ? 'vault_force_destroy_deletes_points' : 'vault_must_be_empty');
  if (refusal !== null || !action.force) {
    return inside.length > 0
      ? refused(refusedIn(world, vault, rule, inside), action, rule, null)
      : applied(world, action, null, null);
  }
  const emptied = inside.reduce((left, tracked) => withoutPoint(left, tracked, rule), world);
  // The vault itself is kept in mind: deleting it again is nothing new, and not a step on something never seen.
  return applied(emptied, action, rule, null);
}

/** `DeleteBackupVaultLockConfiguration`. */
export function removeVaultLock(world: World, action: Extract<Action, { kind: 'delete_vault_lock' }>): Step {
  const [vault, other] = matchVaults(world, action.target);
  if (vault === undefined || other !== undefined) return inDoubt(world, action, 'target_not_observed');
  if (vault.lock === 'compliance' || vault.airGapped) return refused(world, action, 'compliance_lock_stays', null);
  const vaults = world.vaults.map((held) => (held === vault ? { ...held, lock: 'none' as const } : held));
  return applied(worldWith(world, { vaults }), action, 'lock_removed', null);
}

/** `PutBackupVaultAccessPolicy` or `DeleteBackupVaultAccessPolicy`: the points stay, under fewer guards. */
export function changeVaultPolicy(world: World, action: Extract<Action, { kind: 'change_vault_policy' }>): Step {
  return applied(world, action, 'vault_policy_keeps_points', null);
}

/** `DeleteBackupPlan` or `DeleteBackupSelection`: what exists keeps its lifecycle, and a PITR its last retention. */
export function stopFutureBackups(world: World, action: Extract<Action, { kind: 'stop_future_backups' }>): Step {
  return applied(world, action, 'plan_end_keeps_points', null);
}

/** The vault that holds a point; undefined when it was not read. */
export function vaultOf(world: World, { point }: TrackedPoint): Vault | undefined {
  return world.vaults.find(({ arn }) => arn === point.vaultArn);
}

/** The rule by which a vault gives up nothing; null when it would. */
export function lockRefusal(vault: Vault): RuleCode | null {
  if (vault.airGapped) return 'air_gapped_vault_refuses_deletion';
  return vault.lock === 'none' ? null : 'locked_vault_refuses_deletion';
}

/** What a refusal leaves of the points it protects: only a lock that nobody can lift keeps them outside the change. */
export function refusedIn(world: World, vault: Vault, rule: RuleCode, chosen: readonly TrackedPoint[]): World {
  const firm = vault.airGapped || vault.lock === 'compliance';
  return changePoints(world, chosen, (tracked) => (firm ? spare(tracked, rule) : withhold(tracked, rule)));
}

/** Whether a lock refuses is not known; what would go with the point is in doubt, and nothing else. */
function onUnseenVault(world: World, action: Action, tracked: TrackedPoint): Step {
  const { point } = tracked;
  const reached = [tracked, ...(point.kind === 'backup_continuous' ? pitrOf(world, point) : [])];
  const doubted = changePoints(world, reached, (other) => doubt(other, 'target_not_observed'));
  const effect = { action, outcome: 'unknown', rule: 'target_not_observed' } as const;
  return { world: doubted, effect: { ...effect, databaseResourceId: point.databaseResourceId } };
}

/** Deletes one point of a vault. A continuous one is the database's own PITR, and that goes with it. */
function withoutPoint(world: World, { point }: TrackedPoint, rule: RuleCode): World {
  const isContinuous = point.kind === 'backup_continuous';
  const entries = pointsAt(world, point.arn).filter((tracked) => tracked.point.vaultArn !== null);
  // AWS cannot remove a cluster's continuous point; what it then shows of it is not documented.
  const left = changePoints(world, entries, (tracked) =>
    (isContinuous && tracked.point.ofCluster ? doubt : take)(tracked, rule),
  );
  return isContinuous ? withoutPitr(left, point) : left;
}

/** A cluster keeps one day of its PITR, an instance none, and neither is AWS Backup's any longer. */
function withoutPitr(world: World, continuous: RecoveryPoint): World {
  const rule = 'continuous_point_deleted';
  const keeps = (of: { readonly ofCluster: boolean }) => (of.ofCluster ? 1 : 0);
  const left = changePoints(world, pitrOf(world, continuous), (tracked) =>
    afterRetention(tracked, retentionFrom(world.at, keeps(tracked.point)), { purged: rule, lowered: rule }),
  );
  const owners = databasesBy(left, continuous.databaseResourceId).filter(
    ({ alive, database }) => alive && database.resourceId === continuous.databaseResourceId,
  );
  return changeDatabases(left, owners, (owner) => {
    const { database } = owner;
    const retentionDays = Math.min(database.retentionDays, keeps({ ofCluster: database.kind !== 'rds_instance' }));
    return databaseWith(owner, { database: { ...database, retentionDays, awsBackupPointArn: null } });
  });
}

/** What RDS shows of the backup that a continuous point is. */
function pitrOf(world: World, { databaseResourceId }: RecoveryPoint): readonly TrackedPoint[] {
  if (databaseResourceId === null) return [];
  return pointsOwnedBy(world, databaseResourceId).filter(
    ({ point }) => point.kind === 'pitr' || point.kind === 'system_snapshot',
  );
}

/**
 * How a chosen recovery point is restored: by which call, in which place, and whether it must be brought there first.
 *
 * What AWS would refuse is refused here, with what to write instead: a shared encrypted snapshot is copied before it can
 * be restored, a snapshot of a Multi-AZ DB cluster cannot be copied at all, and AWS Backup restores by a role.
 * Source: aws-backup-facts.md K1, K3, K4, K8, K9, K12 to K16, C5, C6 and 4.1; Amazon RDS API, CopyDBSnapshot (KmsKeyId),
 * RestoreDBInstanceToPointInTime and RestoreDBClusterToPointInTime (the ways to name a source).
 */

import { parseArn, type Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import { invariant, unreachable } from '../core/invariant.ts';
import type { Inventory, RecoveryPoint } from '../inventory/model.ts';
import type { ChosenPoint } from './choose-point.ts';
import type { DrillDefinition } from './definition.ts';
import { SCRATCH_PREFIX } from './guard.ts';
import { type Bring, claimOf, type Restore, type ScratchIds } from './model.ts';
import type { DrillSubject } from './select.ts';

/** Where and how, and under which identifiers. */
export interface PlannedRestore {
  readonly scope: Scope;
  readonly restore: Restore;
  readonly ids: ScratchIds;
}

interface RestoreInput {
  readonly definition: DrillDefinition;
  readonly subject: DrillSubject;
  readonly inventory: Inventory;
  readonly chosen: ChosenPoint;
  readonly drillId: string;
}

/**
 * The restore of a chosen point.
 *
 * @throws MusterError `MUSTER_DRILL_INVALID` naming the key of the definition that would have to change.
 */
export function planRestore(input: RestoreInput): PlannedRestore {
  const { point } = input.chosen;
  const name = `${SCRATCH_PREFIX}${input.drillId}`;
  const databases = point.ofCluster ? { cluster: name, instance: `${name}-1` } : { cluster: null, instance: name };
  const { scope, restore } = restoreOf(input);
  const brings = restore.by === 'snapshot' && restore.bring !== null;
  return { scope, restore, ids: { copy: brings ? `${name}-copy` : null, ...databases } };
}

function restoreOf(input: RestoreInput): Omit<PlannedRestore, 'ids'> {
  const { chosen, definition } = input;
  const here = placeOf(chosen.point, input.inventory);
  const claim = claimOf(chosen.point.kind);
  const away = !isSame(here, homeOf(input));
  if (definition.scratch.bring === 'always' && away && (claim === 'pitr' || claim === 'vault')) {
    throw invalid(
      definition,
      'bring',
      `"always", but a ${chosen.point.kind.replaceAll('_', ' ')} cannot be copied to ${homeOf(input).region}: write never or when_needed`,
    );
  }
  switch (chosen.point.kind) {
    case 'system_snapshot':
    case 'manual_snapshot':
    case 'snapshot_copy':
    case 'account_copy':
    case 'shared_snapshot':
    case 'public_snapshot':
      return snapshotRestore(input, here);
    // A name may have passed to another database since; what the record will claim is of this id.
    case 'pitr':
    case 'retained_automated_backup':
      return pitrRestore(chosen, here, { named: 'resource_id', value: input.subject.resourceId });
    case 'replicated_automated_backup':
      return pitrRestore(chosen, here, { named: 'backup_arn', value: chosen.point.arn });
    case 'backup_snapshot':
    case 'backup_continuous':
    case 'backup_copy':
    case 'air_gapped_copy':
      return vaultRestore(input, here);
    case 's3_export':
      invariant(false, 'an export is never chosen', { id: chosen.point.id });
      break;
    default:
      return unreachable(chosen.point.kind, 'recovery point kinds');
  }
}

/** Where a point is restored as it lies: in its own account if that was read, else in the one that it is shared with. */
function placeOf({ accountId, region }: RecoveryPoint, { scopes, principal }: Inventory): Scope {
  return { accountId: scopes.some((scope) => scope.accountId === accountId) ? accountId : principal.accountId, region };
}

/** Where a point is brought to when it is brought in any case. */
function homeOf({ subject, definition, inventory }: RestoreInput): Scope {
  const known = inventory.scopes.some(({ accountId }) => accountId === subject.accountId);
  return {
    accountId: known ? subject.accountId : inventory.principal.accountId,
    region: definition.scratch.region ?? subject.region,
  };
}

function isSame(a: Scope, b: Scope): boolean {
  return a.accountId === b.accountId && a.region === b.region;
}

function snapshotRestore(input: RestoreInput, here: Scope): Omit<PlannedRestore, 'ids'> {
  const { chosen, definition } = input;
  const { point } = chosen;
  const { bring } = definition.scratch;
  const foreign = point.accountId !== here.accountId;
  const home = homeOf(input);
  if (bring === 'always' && !isSame({ accountId: point.accountId, region: point.region }, home)) {
    return { scope: home, restore: { by: 'snapshot', snapshot: null, bring: bringTo(home, point, definition) } };
  }
  if (foreign && point.encrypted) {
    if (bring === 'never') {
      throw invalid(
        definition,
        'bring',
        `"never", but ${point.id} is shared and encrypted, and can be restored from a copy only: write when_needed`,
      );
    }
    return { scope: here, restore: { by: 'snapshot', snapshot: null, bring: bringTo(here, point, definition) } };
  }
  return { scope: here, restore: { by: 'snapshot', snapshot: foreign ? point.arn : point.id, bring: null } };
}

function bringTo(target: Scope, point: RecoveryPoint, definition: DrillDefinition): Bring {
  const { bringKey } = definition.scratch;
  if (isOfMultiAzCluster(point)) {
    throw invalid(
      definition,
      'bring',
      `"${definition.scratch.bring}", but ${point.id} is of a Multi-AZ DB cluster, and AWS copies no such snapshot: choose one where the restore is to be`,
    );
  }
  const made = { fromArn: point.arn, fromRegion: point.region };
  // For an unencrypted cluster snapshot AWS refuses a key.
  if (!point.encrypted) return { ...made, keyArn: null };
  if (bringKey === null) {
    throw invalid(
      definition,
      'bringKey',
      `missing, but ${point.id} is encrypted and its copy needs a key of ${target.accountId}/${target.region}`,
    );
  }
  const key = parseArn(bringKey);
  if (key?.region !== target.region) {
    throw invalid(
      definition,
      'bringKey',
      `${bringKey} is a key of ${key?.region}, but the copy is made in ${target.region}`,
    );
  }
  return { ...made, keyArn: bringKey };
}

/** A cluster of an engine that is not Aurora's. */
function isOfMultiAzCluster({ ofCluster, engine }: RecoveryPoint): boolean {
  return ofCluster && !engine.startsWith('aurora');
}

type PitrSource = Extract<Restore, { by: 'pitr' }>['source'];

function pitrRestore({ point, to }: ChosenPoint, scope: Scope, source: PitrSource): Omit<PlannedRestore, 'ids'> {
  invariant(to !== null, 'a restore window is restored to an instant', { id: point.id });
  return { scope, restore: { by: 'pitr', source, to } };
}

function vaultRestore({ chosen, definition }: RestoreInput, scope: Scope): Omit<PlannedRestore, 'ids'> {
  const { point, to } = chosen;
  const { backupRoleArn } = definition.scratch;
  if (backupRoleArn === null) {
    throw invalid(
      definition,
      'backupRoleArn',
      `missing, but ${point.id} is kept by AWS Backup, which restores by a role: name its ARN`,
    );
  }
  if (parseArn(backupRoleArn)?.accountId !== scope.accountId) {
    throw invalid(
      definition,
      'backupRoleArn',
      `${backupRoleArn} is of another account; the restore takes place in ${scope.accountId}`,
    );
  }
  return { scope, restore: { by: 'vault', recoveryPointArn: point.arn, roleArn: backupRoleArn, to } };
}

function invalid({ origin }: DrillDefinition, key: string, problem: string): MusterError {
  return new MusterError('MUSTER_DRILL_INVALID', `${origin}: scratch.${key}: ${problem}`);
}

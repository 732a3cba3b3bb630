/**
 * From AWS Backup's and KMS's shapes to Muster's: vaults, what they hold, and keys.
 *
 * Pure. What a vault holds is still to be joined to the snapshot beneath it.
 * Source: aws-backup-facts.md section 1; AWS Backup API, DescribeBackupVault (`LockDate` absent: governance; past:
 * compliance; future: compliance in its grace time); AWS KMS API, KeyMetadata.
 */

import { parseArn, type Scope } from '../../core/arn.ts';
import { addDays, earliest, fromEpochMilliseconds, type Instant } from '../../core/time.ts';
import type { Key, KeyState, RecoveryPointKind, Vault, VaultLock } from '../../inventory/model.ts';
import type { VaultPoint } from '../../inventory/observations.ts';
import type { BackupVault, KeyMetadata, VaultItem } from './schema.ts';
import { emptyToNull, homeOf } from './to-model.ts';

/** A vault, its lock judged at the instant of the observation. */
export function toVault(scope: Scope, vault: BackupVault, at: Instant): Vault {
  const airGapped = vault.VaultType === 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT';
  return {
    ...scope,
    arn: vault.BackupVaultArn,
    name: vault.BackupVaultName,
    airGapped,
    lock: airGapped ? 'compliance' : lockOf(vault, at),
    lockAt: vault.LockDate,
    minRetentionDays: vault.MinRetentionDays,
  };
}

/** What a vault holds, still to be joined to the snapshot beneath it. */
export function toVaultPoint(scope: Scope, vault: Vault, item: VaultItem): VaultPoint {
  const arn = parseArn(item.RecoveryPointArn);
  const resource = parseArn(item.ResourceArn);
  const continuous = arn?.service === 'backup' && arn.resource.startsWith('continuous:');
  return {
    ...scope,
    id: arn?.resource ?? item.RecoveryPointArn,
    arn: item.RecoveryPointArn,
    kind: vaultPointKind(vault, item, continuous),
    ofCluster: resource?.resourceType === 'cluster' || arn?.resourceType === 'cluster-snapshot',
    databaseIdentifier: resource?.resource ?? item.ResourceArn,
    status: item.Status.toLowerCase(),
    createdAt: item.CreationDate,
    retentionDays: item.Lifecycle?.DeleteAfterDays ?? null,
    // A continuous point rolls: its window moves on, and nothing of it ends on a set day.
    expiresAt: continuous ? null : endOf(item),
    encrypted: item.IsEncrypted,
    // An unencrypted database gives an unencrypted point, whatever key the vault has.
    keyArn: item.IsEncrypted ? emptyToNull(item.EncryptionKeyArn) : null,
    vaultArn: vault.arn,
    copiedFrom: emptyToNull(item.SourceBackupVaultArn),
  };
}

/**
 * As AWS Backup worked it out, else as the days of its lifecycle say; null for a point that is kept for ever. One that goes
 * with an event, such as the copy that it was made for, may be gone at any moment: it is shown as ended when it was made.
 */
function endOf({ CalculatedLifecycle, Lifecycle, CreationDate }: VaultItem): Instant | null {
  const days = Lifecycle?.DeleteAfterDays ?? null;
  const made = CreationDate ?? LONG_AGO;
  if (emptyToNull(Lifecycle?.DeleteAfterEvent ?? null) !== null) return made;
  const stated = CalculatedLifecycle?.DeleteAt ?? null;
  // AWS Backup writes -1 for ever.
  return stated ?? (days === null || days < 0 ? null : addDays(made, days));
}

/** Stands for when a point was made where AWS does not say: what ends some days after that is not counted on. */
const LONG_AGO = fromEpochMilliseconds(0);

/**
 * A KMS key; its account and region come from its own ARN. Key material that was imported may end by itself, and what lies
 * under the key ends with it.
 */
export function toKey(scope: Scope, metadata: KeyMetadata): Key {
  const { DeletionDate: deleted, ValidTo: validTo } = metadata;
  return {
    ...homeOf(metadata.Arn, scope),
    arn: metadata.Arn,
    state: KEY_STATE_WORDS[metadata.KeyState],
    manager: metadata.KeyManager === 'AWS' ? 'aws' : 'customer',
    deletionAt: deleted === null || validTo === null ? (deleted ?? validTo) : earliest(deleted, validTo),
  };
}

const KEY_STATE_WORDS: Readonly<Record<KeyMetadata['KeyState'], KeyState>> = {
  Enabled: 'enabled',
  Disabled: 'disabled',
  PendingDeletion: 'pending_deletion',
  PendingReplicaDeletion: 'pending_replica_deletion',
  PendingImport: 'pending_import',
  Unavailable: 'unavailable',
  Creating: 'creating',
  Updating: 'updating',
};

function vaultPointKind(vault: Vault, item: VaultItem, continuous: boolean): RecoveryPointKind {
  if (continuous) return 'backup_continuous';
  if (vault.airGapped) return 'air_gapped_copy';
  return emptyToNull(item.SourceBackupVaultArn) === null ? 'backup_snapshot' : 'backup_copy';
}

function lockOf(vault: BackupVault, at: Instant): VaultLock {
  if (!vault.Locked) return 'none';
  if (vault.LockDate === null) return 'governance';
  return vault.LockDate <= at ? 'compliance' : 'compliance_grace';
}

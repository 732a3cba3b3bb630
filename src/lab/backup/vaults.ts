/**
 * Vaults and their recovery points: what outlives a database.
 *
 * Read only. A continuous recovery point is the database's own automated backup under AWS Backup, known by its ARN
 * (`...:recovery-point:continuous:db-...`). Source: AWS Backup API 2018-11-15, `ListBackupVaults`, `DescribeBackupVault`,
 * `ListRecoveryPointsByBackupVault`, `DescribeRecoveryPoint`.
 */

import { addDays } from '../../core/time.ts';
import { AwsFault } from '../faults.ts';
import type { Place, RecoveryPoint, Vault } from '../world.ts';
import {
  accept,
  type BackupAction,
  known,
  matches,
  named,
  namedVault,
  pageOf,
  seconds,
  shows,
  vaultArn,
  within,
} from './requests.ts';

/** `ListBackupVaults`. */
export const listBackupVaults: BackupAction = (call, place) => {
  accept(call, ['vaultType', 'shared', 'nextToken', 'maxResults']);
  const type = call.query['vaultType'] ?? 'BACKUP_VAULT';
  const chosen = type === 'BACKUP_VAULT' && call.query['shared'] !== 'true' ? place.vaults : [];
  const content = (vault: Vault) => vaultJson(place, vault);
  return shows(
    place,
    pageOf(call, chosen, (vault) => vault.name, { list: 'BackupVaultList', content }),
  );
};

/** `DescribeBackupVault`. */
export const describeBackupVault: BackupAction = (call, place) => {
  accept(call, ['backupVaultAccountId']);
  return shows(place, vaultJson(place, namedVault(place, named(call, 0))));
};

/** `ListRecoveryPointsByBackupVault`. */
export const listRecoveryPointsByBackupVault: BackupAction = (call, place) => {
  const vault = namedVault(place, named(call, 0));
  accept(call, [
    'backupVaultAccountId',
    'nextToken',
    'maxResults',
    'resourceArn',
    'resourceType',
    'createdBefore',
    'createdAfter',
  ]);
  const { resourceArn, resourceType, createdBefore, createdAfter } = call.query;
  const chosen = vault.recoveryPoints.filter(
    (point) =>
      matches(resourceArn, point.resourceArn) &&
      matches(resourceType, point.resourceType) &&
      within(point.createdAt, createdAfter, createdBefore),
  );
  const content = (point: RecoveryPoint) => pointJson(place, vault, point);
  return shows(
    place,
    pageOf(call, chosen, (point) => point.arn, { list: 'RecoveryPoints', content }),
  );
};

/** `DescribeRecoveryPoint`. */
export const describeRecoveryPoint: BackupAction = (call, place) => {
  accept(call, ['backupVaultAccountId']);
  const vault = namedVault(place, named(call, 0));
  return shows(place, { ...pointJson(place, vault, pointOf(vault, named(call, 1))), StorageClass: 'WARM' });
};

/** The recovery point of that ARN in a vault. @throws AwsFault `ResourceNotFoundException`. */
export function pointOf(vault: Vault, arn: string): RecoveryPoint {
  const point = vault.recoveryPoints.find((candidate) => candidate.arn === arn);
  if (point === undefined) throw new AwsFault('ResourceNotFoundException', `Recovery point ${arn} not found.`);
  return point;
}

function vaultJson(place: Place, vault: Vault): object {
  return known({
    BackupVaultName: vault.name,
    BackupVaultArn: vaultArn(place, vault),
    VaultType: 'BACKUP_VAULT',
    VaultState: 'AVAILABLE',
    EncryptionKeyArn: vault.keyArn,
    EncryptionKeyType: 'CUSTOMER_MANAGED_KMS_KEY',
    CreationDate: seconds(vault.createdAt),
    NumberOfRecoveryPoints: vault.recoveryPoints.length,
    Locked: vault.locked,
    MinRetentionDays: vault.retentionDaysMin,
    MaxRetentionDays: vault.retentionDaysMax,
    LockDate: vault.lockAt === null ? null : seconds(vault.lockAt),
  });
}

function pointJson(place: Place, vault: Vault, point: RecoveryPoint): object {
  const days = point.deleteAfterDays;
  const deleteAt = point.deleteAt ?? (days === null ? null : addDays(point.createdAt, days));
  const restored = place.restoreJobs
    .filter(({ recoveryPointArn, status }) => recoveryPointArn === point.arn && status === 'COMPLETED')
    .flatMap(({ completedAt }) => completedAt ?? [])
    .sort()
    .at(-1);
  return known({
    RecoveryPointArn: point.arn,
    BackupVaultName: vault.name,
    BackupVaultArn: vaultArn(place, vault),
    ResourceArn: point.resourceArn,
    ResourceType: point.resourceType,
    ResourceName: point.resourceName,
    Status: 'COMPLETED',
    CreationDate: seconds(point.createdAt),
    InitiationDate: seconds(point.createdAt),
    CompletionDate: seconds(point.completedAt),
    BackupSizeInBytes: point.sizeBytes,
    IsEncrypted: point.keyArn !== null,
    IsParent: false,
    VaultType: 'BACKUP_VAULT',
    IamRoleArn: `arn:aws:iam::${place.scope.accountId}:role/service-role/AWSBackupDefaultServiceRole`,
    EncryptionKeyArn: point.keyArn,
    Lifecycle: days === null ? null : { DeleteAfterDays: days },
    CalculatedLifecycle: deleteAt === null ? null : { DeleteAt: seconds(deleteAt) },
    LastRestoreTime: restored === undefined ? null : seconds(restored),
  });
}

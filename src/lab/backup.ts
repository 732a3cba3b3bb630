/**
 * The part of AWS Backup that shows what outlives a database: vaults and their recovery points.
 *
 * REST-JSON: the action is in the path, parameters in the query, times are epoch seconds. Read only. Source: AWS
 * Backup API 2018-11-15, `ListBackupVaults`, `DescribeBackupVault`, `ListRecoveryPointsByBackupVault`.
 */

import { addDays, type Instant, toEpochMilliseconds } from '../core/time.ts';
import { AwsFault, refuseUnless } from './faults.ts';
import { jsonResponse, type LabRequest, type LabResponse } from './messages.ts';
import { cutPage } from './paging.ts';
import type { Place, RecoveryPoint, Vault } from './world.ts';

const VAULTS = /^\/backup-vaults\/?$/;
const VAULT = /^\/backup-vaults\/([^/]+)\/?$/;
const RECOVERY_POINTS = /^\/backup-vaults\/([^/]+)\/recovery-points\/?$/;

/** Answers one AWS Backup request. @throws AwsFault to refuse. */
export function callBackup(request: LabRequest, place: Place): LabResponse {
  const { path } = request;
  const reads = request.method === 'GET';
  if (reads && VAULTS.test(path)) return listVaults(request, place);
  const vaultName = VAULT.exec(path)?.[1];
  if (reads && vaultName !== undefined) {
    accept(request, 'DescribeBackupVault', ['backupVaultAccountId']);
    return jsonResponse(200, vaultJson(place, namedVault(place, vaultName)));
  }
  const ofVault = RECOVERY_POINTS.exec(path)?.[1];
  if (reads && ofVault !== undefined) return listRecoveryPoints(request, place, namedVault(place, ofVault));
  throw new AwsFault(
    'UnknownOperationException',
    `The lab does not implement the AWS Backup call ${request.method} ${path}.`,
  );
}

function listVaults(request: LabRequest, place: Place): LabResponse {
  accept(request, 'ListBackupVaults', ['vaultType', 'shared', 'nextToken', 'maxResults']);
  const type = request.query['vaultType'] ?? 'BACKUP_VAULT';
  const chosen = type === 'BACKUP_VAULT' && request.query['shared'] !== 'true' ? place.vaults : [];
  const page = pageOf(request, 'ListBackupVaults', chosen, (vault) => vault.name);
  return jsonResponse(200, { BackupVaultList: page.items.map((vault) => vaultJson(place, vault)), ...next(page.next) });
}

function listRecoveryPoints(request: LabRequest, place: Place, vault: Vault): LabResponse {
  const action = 'ListRecoveryPointsByBackupVault';
  accept(request, action, [
    'backupVaultAccountId',
    'nextToken',
    'maxResults',
    'resourceArn',
    'resourceType',
    'createdBefore',
    'createdAfter',
  ]);
  const { resourceArn, resourceType, createdBefore, createdAfter } = request.query;
  const chosen = vault.recoveryPoints.filter(
    (point) =>
      (resourceArn === undefined || point.resourceArn === resourceArn) &&
      (resourceType === undefined || point.resourceType === resourceType) &&
      (createdBefore === undefined || toEpochMilliseconds(point.createdAt) < instantOf(createdBefore)) &&
      (createdAfter === undefined || toEpochMilliseconds(point.createdAt) > instantOf(createdAfter)),
  );
  const page = pageOf(request, `${action} ${vault.name}`, chosen, (point) => point.arn);
  return jsonResponse(200, {
    RecoveryPoints: page.items.map((point) => pointJson(place, vault, point)),
    ...next(page.next),
  });
}

function namedVault(place: Place, name: string): Vault {
  const vault = place.vaults.find((candidate) => candidate.name === decodeURIComponent(name));
  if (vault === undefined)
    throw new AwsFault('ResourceNotFoundException', `Backup vault ${decodeURIComponent(name)} not found.`);
  return vault;
}

function vaultJson(place: Place, vault: Vault): object {
  return {
    BackupVaultName: vault.name,
    BackupVaultArn: vaultArn(place, vault),
    VaultType: 'BACKUP_VAULT',
    VaultState: 'AVAILABLE',
    EncryptionKeyArn: vault.keyArn,
    EncryptionKeyType: 'CUSTOMER_MANAGED_KMS_KEY',
    CreationDate: seconds(vault.createdAt),
    NumberOfRecoveryPoints: vault.recoveryPoints.length,
    Locked: vault.locked,
    ...(vault.retentionDaysMin === null ? {} : { MinRetentionDays: vault.retentionDaysMin }),
    ...(vault.retentionDaysMax === null ? {} : { MaxRetentionDays: vault.retentionDaysMax }),
    ...(vault.lockAt === null ? {} : { LockDate: seconds(vault.lockAt) }),
  };
}

function pointJson(place: Place, vault: Vault, point: RecoveryPoint): object {
  const days = point.deleteAfterDays;
  const deleteAt = point.deleteAt ?? (days === null ? null : addDays(point.createdAt, days));
  return {
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
    ...(point.keyArn === null ? {} : { EncryptionKeyArn: point.keyArn }),
    ...(days === null ? {} : { Lifecycle: { DeleteAfterDays: days } }),
    ...(deleteAt === null ? {} : { CalculatedLifecycle: { DeleteAt: seconds(deleteAt) } }),
  };
}

function vaultArn(place: Place, vault: Vault): string {
  return `arn:aws:backup:${place.scope.region}:${place.scope.accountId}:backup-vault:${vault.name}`;
}

function pageOf<T>(request: LabRequest, listing: string, items: readonly T[], key: (item: T) => string) {
  const size = Number(request.query['maxResults'] ?? '1000');
  refuseUnless(
    Number.isInteger(size) && size >= 1 && size <= 1000,
    'InvalidParameterValueException',
    'MaxResults must be between 1 and 1000.',
  );
  const page = cutPage(items, key, { listing, marker: request.query['nextToken'] ?? null, size });
  if (page === null) throw new AwsFault('InvalidParameterValueException', 'The value of NextToken is not valid.');
  return page;
}

function accept(request: LabRequest, action: string, names: readonly string[]): void {
  for (const name of Object.keys(request.query)) {
    refuseUnless(
      names.includes(name),
      'InvalidParameterValueException',
      `The lab does not implement the parameter ${name} of ${action}.`,
    );
  }
}

function next(token: string | null): object {
  return token === null ? {} : { NextToken: token };
}

/** Milliseconds of a timestamp in a query, which SDKs write as a date or as epoch seconds. */
function instantOf(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function seconds(at: Instant): number {
  return toEpochMilliseconds(at) / 1000;
}

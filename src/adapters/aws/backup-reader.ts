/**
 * Reads AWS Backup in one region: vaults with their locks, and the RDS and Aurora points they hold.
 *
 * AWS Backup not answering, or answering something else, is a gap that may hide survivors; it never stops
 * the rest. Only the two resource types are asked for, so that a vault full of volumes costs nothing.
 * Source: AWS Backup API 2018-11-15, ListBackupVaults, ListRecoveryPointsByBackupVault.
 */

import type { BackupClient } from '@aws-sdk/client-backup';
import type { Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import type { Gap, Vault } from '../../inventory/model.ts';
import type { VaultPoint } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';
import { type ListingRequest, observe, together } from './listing.ts';
import { mapBounded } from './paging.ts';
import { backupVault, type VaultItem, vaultItem } from './schema.ts';
import { toVault, toVaultPoint } from './to-vault.ts';

/** What AWS Backup shows of one region. */
export interface BackupObservations {
  readonly vaults: readonly Vault[];
  readonly points: readonly VaultPoint[];
  readonly gaps: readonly Gap[];
}

const RESOURCE_TYPES = ['RDS', 'Aurora'] as const;
/** AWS Backup allows few calls a second in an account; more at once would only be throttled. */
const VAULTS_AT_ONCE = 4;

type Sdk = typeof import('@aws-sdk/client-backup');

/** Reads all vaults of a scope; refused listings become gaps. */
export async function readBackup(
  clients: Clients,
  scope: Scope,
  at: Instant,
  progress: (what: string) => void = () => {},
): Promise<BackupObservations> {
  const backup = await clients.backup();
  const sdk = await import('@aws-sdk/client-backup');
  progress(`AWS Backup vaults in ${scope.region}`);
  const listed = await observe({
    scope,
    action: 'backup:ListBackupVaults',
    what: 'AWS Backup vaults',
    hides: 'survivors',
    schema: backupVault,
    fetchPage: async (token) => {
      const answer = await backup.send(
        new sdk.ListBackupVaultsCommand(token === undefined ? {} : { NextToken: token }),
      );
      return { items: answer.BackupVaultList, next: answer.NextToken };
    },
  });
  const vaults = listed.values.map((vault) => toVault(scope, vault, at));
  const held = await mapBounded(vaults, VAULTS_AT_ONCE, async (vault) => {
    const parts = await Promise.all(RESOURCE_TYPES.map((type) => observe(pointsOf(sdk, backup, vault, type))));
    const { values, gaps } = together(parts);
    return { points: values.filter(isDatabasePoint).map((item) => toVaultPoint(scope, vault, item)), gaps };
  });
  return {
    vaults,
    points: held.flatMap(({ points }) => points),
    gaps: [...listed.gaps, ...held.flatMap(({ gaps }) => gaps)],
  };
}

function pointsOf(
  sdk: Sdk,
  backup: BackupClient,
  vault: Vault,
  type: (typeof RESOURCE_TYPES)[number],
): ListingRequest<VaultItem> {
  return {
    scope: vault,
    action: 'backup:ListRecoveryPointsByBackupVault',
    what: `${type} recovery points in AWS Backup vault ${vault.name}`,
    hides: 'survivors',
    schema: vaultItem,
    fetchPage: async (token) => {
      const answer = await backup.send(
        new sdk.ListRecoveryPointsByBackupVaultCommand({
          BackupVaultName: vault.name,
          ByResourceType: type,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      return { items: answer.RecoveryPoints, next: answer.NextToken };
    },
  };
}

/** An endpoint that ignores the filter would otherwise pass volumes off as databases. */
function isDatabasePoint(item: VaultItem): boolean {
  return RESOURCE_TYPES.some((type) => type === item.ResourceType);
}

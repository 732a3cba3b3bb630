/**
 * Reads AWS Backup in one region: vaults with their locks, and the RDS and Aurora points they hold.
 *
 * AWS Backup not answering, or answering something else, is a gap that may hide survivors; it never stops
 * the rest. Only the two resource types are asked for, or single resources, so that a vault full of volumes costs nothing.
 * Source: AWS Backup API 2018-11-15, ListBackupVaults, ListRecoveryPointsByBackupVault.
 */

import type { BackupClient } from '@aws-sdk/client-backup';
import type { Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import type { Gap, Vault } from '../../inventory/model.ts';
import type { VaultPoint } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';
import { type ListingRequest, type Observed, observe, together } from './listing.ts';
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
type ResourceType = (typeof RESOURCE_TYPES)[number];
/** AWS Backup allows few calls a second in an account; more at once would only be throttled. */
const VAULTS_AT_ONCE = 4;

type Sdk = typeof import('@aws-sdk/client-backup');

/** The recovery points that are wanted, where not all of them are. */
export interface WantedPoints {
  /** ARNs of what was backed up, as far as they are known. */
  readonly resourceArns: readonly string[];
  /** ARNs of points that RDS shows: each lies in some vault, though it may be under a name of long ago. */
  readonly pointArns: ReadonlySet<string>;
}

/**
 * Reads all vaults of a scope; refused listings become gaps.
 *
 * @param wanted Null for everything that the vaults hold.
 */
export async function readBackup(
  clients: Clients,
  scope: Scope,
  at: Instant,
  progress: (what: string) => void = () => {},
  wanted: WantedPoints | null = null,
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
  const readAll: ReadVault = async (vault) =>
    together(await Promise.all(RESOURCE_TYPES.map((ofType) => observe(pointsOf(sdk, backup, vault, { ofType })))));
  const readOf: ReadVault = async (vault) =>
    readOfResources(wanted?.resourceArns ?? [], (ofArn) => observe(pointsOf(sdk, backup, vault, { ofArn })), vault);
  const held =
    wanted === null
      ? await readVaults(scope, vaults, readAll)
      : await readWanted(scope, vaults, wanted, { readOf, readAll });
  return { vaults, points: held.values, gaps: [...listed.gaps, ...held.gaps] };
}

type ReadVault = (vault: Vault) => Promise<Observed<VaultItem>>;

async function readVaults(scope: Scope, vaults: readonly Vault[], read: ReadVault): Promise<Observed<VaultPoint>> {
  const held = await mapBounded(vaults, VAULTS_AT_ONCE, async (vault) => {
    const { values, gaps } = await read(vault);
    return { values: values.filter(isDatabasePoint).map((item) => toVaultPoint(scope, vault, item)), gaps };
  });
  return together(held);
}

/**
 * What is there of some resources. A point bears the ARN that its database had when it was backed up, and where; where one
 * that RDS shows is in no vault under the ARNs that are known, the vaults are read whole.
 */
async function readWanted(
  scope: Scope,
  vaults: readonly Vault[],
  { resourceArns, pointArns }: WantedPoints,
  { readOf, readAll }: { readonly readOf: ReadVault; readonly readAll: ReadVault },
): Promise<Observed<VaultPoint>> {
  const known = await readVaults(scope, vaults, readOf);
  const found = new Set(known.values.map(({ arn }) => arn));
  if (known.gaps.length > 0 || [...pointArns].every((arn) => found.has(arn))) return known;
  const resources = new Set(resourceArns);
  return readVaults(scope, vaults, async (vault) => {
    const { values, gaps } = await readAll(vault);
    const concerns = (item: VaultItem) => pointArns.has(item.RecoveryPointArn) || resources.has(item.ResourceArn);
    return { values: values.filter(concerns), gaps };
  });
}

/** A refusal costs a vault what it would have cost if the whole of it had been asked for. */
async function readOfResources(
  arns: readonly string[],
  read: (arn: string) => Promise<Observed<VaultItem>>,
  vault: Vault,
): Promise<Observed<VaultItem>> {
  const wanted = new Set(arns);
  const { values, gaps } = together(await Promise.all(arns.map(read)));
  return {
    // An endpoint that ignores the filter shows everything.
    values: values.filter(({ ResourceArn }) => wanted.has(ResourceArn)),
    gaps: gaps.flatMap((gap) => RESOURCE_TYPES.map((type) => ({ ...gap, what: pointsIn(vault, type) }))),
  };
}

function pointsOf(
  sdk: Sdk,
  backup: BackupClient,
  vault: Vault,
  of: { readonly ofType: ResourceType } | { readonly ofArn: string },
): ListingRequest<VaultItem> {
  const selection = 'ofType' in of ? { ByResourceType: of.ofType } : { ByResourceArn: of.ofArn };
  return {
    scope: vault,
    action: 'backup:ListRecoveryPointsByBackupVault',
    what: pointsIn(vault, 'ofType' in of ? of.ofType : of.ofArn),
    hides: 'survivors',
    schema: vaultItem,
    fetchPage: async (token) => {
      const answer = await backup.send(
        new sdk.ListRecoveryPointsByBackupVaultCommand({
          BackupVaultName: vault.name,
          ...selection,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      return { items: answer.RecoveryPoints, next: answer.NextToken };
    },
  };
}

function pointsIn({ name }: Vault, of: string): string {
  return `${of} recovery points in AWS Backup vault ${name}`;
}

/** An endpoint that ignores the filter would otherwise pass volumes off as databases. */
function isDatabasePoint(item: VaultItem): boolean {
  return RESOURCE_TYPES.some((type) => type === item.ResourceType);
}

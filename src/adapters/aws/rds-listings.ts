/**
 * The listings of RDS in one region, each as a request: the whole of it, or what a selection lets through.
 *
 * Neptune and DocumentDB share these calls and are left out. Public snapshots are not asked for: without an owner filter
 * AWS lists the whole world's. Only filters that the reference documents for an action are ever used; unknown values of
 * them are no error, they let nothing through.
 * Source: Amazon RDS API 2014-10-31, the Describe actions named below and their `Filters`; facts section 1 (query each
 * type, de-duplicate by ARN: whether an untyped listing mixes in AWS Backup's is not documented).
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import type { Scope } from '../../core/arn.ts';
import type { AutomatedBackup, ObservedSnapshot } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';
import type { ListingRequest } from './listing.ts';
import {
  clusterBackup,
  type DbCluster,
  type DbInstance,
  dbCluster,
  dbClusterSnapshot,
  dbInstance,
  dbSnapshot,
  engineOnly,
  instanceBackup,
} from './schema.ts';
import { isForeignEngine, toClusterBackup, toClusterSnapshot, toInstanceBackup, toSnapshot } from './to-model.ts';

/** One documented filter of a listing, and what it lets through. */
export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** What of a listing is wanted; nothing named is all of it. */
export interface Wanted {
  readonly filter?: Filter;
  /** A parameter of cluster snapshots, which have no filter for it. */
  readonly clusterResourceId?: string;
}

/** Every type is asked for by itself. */
export const INSTANCE_SNAPSHOT_TYPES = ['automated', 'manual', 'shared', 'awsbackup'] as const;
/**
 * `awsbackup` is not a documented type of cluster snapshots (AWS Backup's are known by their name), yet
 * Terraform's data source offers it; where RDS refuses the word, the other types hold everything.
 */
export const CLUSTER_SNAPSHOT_TYPES = ['automated', 'manual', 'shared', 'awsbackup'] as const;
/** A type of snapshot, as RDS names it. */
export type SnapshotType = (typeof INSTANCE_SNAPSHOT_TYPES)[number];

/** The listings of one region. */
export interface RdsListings {
  readonly instances: (wanted?: Wanted) => ListingRequest<DbInstance>;
  readonly clusters: (wanted?: Wanted) => ListingRequest<DbCluster>;
  readonly snapshots: SnapshotListings;
  readonly clusterSnapshots: SnapshotListings;
  readonly instanceBackups: (wanted?: Wanted) => ListingRequest<AutomatedBackup>;
  readonly clusterBackups: (wanted?: Wanted) => ListingRequest<AutomatedBackup>;
}

/** The snapshots of one kind: what one type of them is asked for with, and what AWS counts of the manual ones. */
export interface SnapshotListings {
  readonly request: (type: SnapshotType, wanted?: Wanted) => ListingRequest<ObservedSnapshot>;
  readonly countManual: () => Promise<number | null>;
}

type Sdk = typeof import('@aws-sdk/client-rds');

/** The listings of a region, none of them asked for yet. */
export async function rdsListings(clients: Clients, scope: Scope): Promise<RdsListings> {
  const rds = await clients.rds();
  const sdk = await import('@aws-sdk/client-rds');
  return {
    instances: (wanted) => instancesOf(sdk, rds, scope, wanted),
    clusters: (wanted) => clustersOf(sdk, rds, scope, wanted),
    snapshots: snapshotsOf(sdk, rds, scope),
    clusterSnapshots: clusterSnapshotsOf(sdk, rds, scope),
    instanceBackups: (wanted) => instanceBackupsOf(sdk, rds, scope, wanted),
    clusterBackups: (wanted) => clusterBackupsOf(sdk, rds, scope, wanted),
  };
}

function instancesOf(sdk: Sdk, rds: RDSClient, scope: Scope, wanted: Wanted = {}): ListingRequest<DbInstance> {
  return {
    scope,
    action: 'rds:DescribeDBInstances',
    what: 'DB instances',
    hides: 'databases',
    schema: dbInstance,
    ignore: ofForeignEngine,
    fetchPage: async (marker) => {
      const answer = await rds.send(new sdk.DescribeDBInstancesCommand({ ...page(marker), ...filtersOf(wanted) }));
      return { items: answer.DBInstances, next: answer.Marker };
    },
  };
}

function clustersOf(sdk: Sdk, rds: RDSClient, scope: Scope, wanted: Wanted = {}): ListingRequest<DbCluster> {
  return {
    scope,
    action: 'rds:DescribeDBClusters',
    what: 'DB clusters',
    hides: 'databases',
    schema: dbCluster,
    ignore: ofForeignEngine,
    fetchPage: async (marker) => {
      const answer = await rds.send(new sdk.DescribeDBClustersCommand({ ...page(marker), ...filtersOf(wanted) }));
      return { items: answer.DBClusters, next: answer.Marker };
    },
  };
}

function snapshotsOf(sdk: Sdk, rds: RDSClient, scope: Scope): SnapshotListings {
  return {
    countManual: () => usedQuota(sdk, rds, 'ManualSnapshots'),
    request: (type, wanted = {}) => ({
      scope,
      action: 'rds:DescribeDBSnapshots',
      what: `${type} DB snapshots`,
      hides: 'survivors',
      schema: dbSnapshot.transform((snapshot) => toSnapshot(scope, snapshot)),
      ignore: ofForeignEngine,
      fetchPage: async (marker) => {
        const selection = { ...page(marker), ...filtersOf(wanted), SnapshotType: type };
        const answer = await rds.send(new sdk.DescribeDBSnapshotsCommand(selection));
        return { items: answer.DBSnapshots, next: answer.Marker };
      },
    }),
  };
}

function clusterSnapshotsOf(sdk: Sdk, rds: RDSClient, scope: Scope): SnapshotListings {
  return {
    countManual: () => usedQuota(sdk, rds, 'ManualClusterSnapshots'),
    request: (type, wanted = {}) => ({
      scope,
      action: 'rds:DescribeDBClusterSnapshots',
      what: `${type} DB cluster snapshots`,
      hides: 'survivors',
      schema: dbClusterSnapshot.transform((snapshot) => toClusterSnapshot(scope, snapshot)),
      ignore: ofForeignEngine,
      ...(type === 'awsbackup' ? { absentOn: 'InvalidParameterValue' } : {}),
      fetchPage: async (marker) => {
        const { clusterResourceId: DbClusterResourceId } = wanted;
        const owner = DbClusterResourceId === undefined ? {} : { DbClusterResourceId };
        const selection = { ...page(marker), ...filtersOf(wanted), ...owner, SnapshotType: type };
        const answer = await rds.send(new sdk.DescribeDBClusterSnapshotsCommand(selection));
        return { items: answer.DBClusterSnapshots, next: answer.Marker };
      },
    }),
  };
}

/** How much of a quota AWS counts as used; null when it does not tell: nothing is hidden by that, only slower. */
async function usedQuota(sdk: Sdk, rds: RDSClient, name: string): Promise<number | null> {
  try {
    const { AccountQuotas = [] } = await rds.send(new sdk.DescribeAccountAttributesCommand({}));
    return AccountQuotas.find(({ AccountQuotaName }) => AccountQuotaName === name)?.Used ?? null;
  } catch {
    return null;
  }
}

function instanceBackupsOf(
  sdk: Sdk,
  rds: RDSClient,
  scope: Scope,
  wanted: Wanted = {},
): ListingRequest<AutomatedBackup> {
  return {
    scope,
    action: 'rds:DescribeDBInstanceAutomatedBackups',
    what: 'automated backups of DB instances',
    hides: 'survivors',
    schema: instanceBackup.transform((backup) => toInstanceBackup(scope, backup)),
    ignore: ofForeignEngine,
    fetchPage: async (marker) => {
      const selection = { ...page(marker), ...filtersOf(wanted) };
      const answer = await rds.send(new sdk.DescribeDBInstanceAutomatedBackupsCommand(selection));
      return { items: answer.DBInstanceAutomatedBackups, next: answer.Marker };
    },
  };
}

function clusterBackupsOf(
  sdk: Sdk,
  rds: RDSClient,
  scope: Scope,
  wanted: Wanted = {},
): ListingRequest<AutomatedBackup> {
  return {
    scope,
    action: 'rds:DescribeDBClusterAutomatedBackups',
    what: 'automated backups of DB clusters',
    hides: 'survivors',
    schema: clusterBackup.transform((backup) => toClusterBackup(scope, backup)),
    ignore: ofForeignEngine,
    fetchPage: async (marker) => {
      const selection = { ...page(marker), ...filtersOf(wanted) };
      const answer = await rds.send(new sdk.DescribeDBClusterAutomatedBackupsCommand(selection));
      return { items: answer.DBClusterAutomatedBackups, next: answer.Marker };
    },
  };
}

/** 100 is the most that RDS gives at once, and its default; said so that nothing depends on the default. */
function page(marker: string | undefined): { MaxRecords: number; Marker?: string } {
  return marker === undefined ? { MaxRecords: 100 } : { MaxRecords: 100, Marker: marker };
}

function filtersOf({ filter }: Wanted): { Filters?: { Name: string; Values: string[] }[] } {
  return filter === undefined ? {} : { Filters: [{ Name: filter.name, Values: [...filter.values] }] };
}

function ofForeignEngine(item: unknown): boolean {
  const read = engineOnly.safeParse(item);
  return read.success && isForeignEngine(read.data.Engine);
}

/**
 * Reads RDS in one region: databases, snapshots of every type but public, automated backups.
 *
 * The listings are independent and run side by side; each one that cannot be read becomes a gap. Neptune
 * and DocumentDB share these calls and are left out. Public snapshots are not asked for: without an owner
 * filter AWS lists the whole world's. A long listing of snapshots is read in parts, one for each engine.
 * Source: Amazon RDS API 2014-10-31, the Describe actions named below; facts section 1 (query each type,
 * de-duplicate by ARN: whether an untyped listing mixes in AWS Backup's is not documented).
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import type { Scope } from '../../core/arn.ts';
import type { Gap } from '../../inventory/model.ts';
import type { AutomatedBackup, ObservedDatabase, ObservedSnapshot } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';
import type { Parts } from './engine-parts.ts';
import { gapOf, type ListingRequest, type Observed, observe, observeInParts, together } from './listing.ts';
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
import {
  clusterKindOf,
  isForeignEngine,
  toClusterBackup,
  toClusterDatabase,
  toClusterSnapshot,
  toInstanceBackup,
  toInstanceDatabase,
  toSnapshot,
} from './to-model.ts';

/** What RDS shows of one region. */
export interface RdsObservations {
  readonly databases: readonly ObservedDatabase[];
  readonly snapshots: readonly ObservedSnapshot[];
  readonly automatedBackups: readonly AutomatedBackup[];
  readonly gaps: readonly Gap[];
}

const INSTANCE_SNAPSHOT_TYPES = ['automated', 'manual', 'shared', 'awsbackup'] as const;
/**
 * `awsbackup` is not a documented type of cluster snapshots (AWS Backup's are known by their name), yet
 * Terraform's data source offers it; where RDS refuses the word, the other types hold everything.
 */
const CLUSTER_SNAPSHOT_TYPES = ['automated', 'manual', 'shared', 'awsbackup'] as const;

/** Reads all of RDS in a scope; refused listings become gaps. */
export async function readRds(
  clients: Clients,
  scope: Scope,
  progress: (what: string) => void = () => {},
): Promise<RdsObservations> {
  const rds = await clients.rds();
  const sdk = await import('@aws-sdk/client-rds');
  progress(`RDS databases in ${scope.region}`);
  const owners = {
    instances: observe(instancesOf(sdk, rds, scope)),
    clusters: observe(clustersOf(sdk, rds, scope)),
    instanceBackups: observe(instanceBackupsOf(sdk, rds, scope)),
    clusterBackups: observe(clusterBackupsOf(sdk, rds, scope)),
  };
  const ownerEngines = async () => {
    const read = await Promise.all(Object.values(owners));
    if (read.some(({ gaps }) => gaps.length > 0)) return null;
    return new Set(read.flatMap<{ readonly Engine: string }>(({ values }) => values).map(({ Engine }) => Engine));
  };
  const [snapshots, clusterSnapshots] = await Promise.all([
    readSnapshots(INSTANCE_SNAPSHOT_TYPES, snapshotsOf(sdk, rds, scope), ownerEngines),
    readSnapshots(CLUSTER_SNAPSHOT_TYPES, clusterSnapshotsOf(sdk, rds, scope), ownerEngines),
  ]);
  const [instances, clusters] = [await owners.instances, await owners.clusters];
  const [instanceBackups, clusterBackups] = [await owners.instanceBackups, await owners.clusterBackups];
  const databases = toDatabases(scope, instances.values, clusters.values);
  progress(
    `${databases.values.length} databases, ${snapshots.values.length + clusterSnapshots.values.length} snapshots`,
  );
  return {
    databases: databases.values,
    snapshots: [...snapshots.values, ...clusterSnapshots.values],
    automatedBackups: [
      ...instanceBackups.values.map((backup) => toInstanceBackup(scope, backup)),
      ...clusterBackups.values.map((backup) => toClusterBackup(scope, backup)),
    ],
    gaps: [instances, clusters, snapshots, clusterSnapshots, instanceBackups, clusterBackups, databases].flatMap(
      ({ gaps }) => gaps,
    ),
  };
}

/** Clusters and standalone instances; a member belongs to its cluster and is no database of its own. */
function toDatabases(
  scope: Scope,
  instances: readonly DbInstance[],
  clusters: readonly DbCluster[],
): Observed<ObservedDatabase> {
  const values: ObservedDatabase[] = instances
    .filter(({ DBClusterIdentifier }) => !DBClusterIdentifier)
    .map((instance) => toInstanceDatabase(scope, instance));
  const gaps: Gap[] = [];
  for (const cluster of clusters) {
    const kind = clusterKindOf(cluster.Engine);
    if (kind !== null) values.push(toClusterDatabase(scope, cluster, kind, instances));
    else gaps.push(unknownEngine(scope, cluster));
  }
  return { values, gaps };
}

function unknownEngine(scope: Scope, cluster: DbCluster): Gap {
  const what = `DB cluster ${cluster.DBClusterIdentifier}`;
  const request = { scope, action: 'rds:DescribeDBClusters', what, hides: 'databases' as const };
  return gapOf(request, `UnknownEngine: ${cluster.Engine} is no cluster engine Muster knows`);
}

type Sdk = typeof import('@aws-sdk/client-rds');

function instancesOf(sdk: Sdk, rds: RDSClient, scope: Scope): ListingRequest<DbInstance> {
  return {
    scope,
    action: 'rds:DescribeDBInstances',
    what: 'DB instances',
    hides: 'databases',
    schema: dbInstance,
    ignore: ofForeignEngine,
    fetchPage: async (marker) => {
      const answer = await rds.send(new sdk.DescribeDBInstancesCommand(page(marker)));
      return { items: answer.DBInstances, next: answer.Marker };
    },
  };
}

function clustersOf(sdk: Sdk, rds: RDSClient, scope: Scope): ListingRequest<DbCluster> {
  return {
    scope,
    action: 'rds:DescribeDBClusters',
    what: 'DB clusters',
    hides: 'databases',
    schema: dbCluster,
    ignore: ofForeignEngine,
    fetchPage: async (marker) => {
      const answer = await rds.send(new sdk.DescribeDBClustersCommand(page(marker)));
      return { items: answer.DBClusters, next: answer.Marker };
    },
  };
}

type SnapshotType = (typeof INSTANCE_SNAPSHOT_TYPES)[number];

/** The snapshots of one kind: what one type of them is asked for with, and what AWS counts of the manual ones. */
interface SnapshotListings {
  readonly request: (type: SnapshotType, engines?: readonly string[]) => ListingRequest<ObservedSnapshot>;
  readonly countManual: () => Promise<number | null>;
}

/** Every type of snapshot; those that a region may have many of in parts. */
async function readSnapshots(
  types: readonly SnapshotType[],
  { request, countManual }: SnapshotListings,
  ownerEngines: Parts['ownerEngines'],
): Promise<Observed<ObservedSnapshot>> {
  const read = (type: SnapshotType) => {
    if (type !== 'automated' && type !== 'manual') return observe(request(type));
    const fetchPage = (engines: readonly string[]) => request(type, engines).fetchPage;
    const count = type === 'manual' ? { count: countManual } : {};
    return observeInParts(request(type), { fetchPage, ownerEngines, ...count });
  };
  return together(await Promise.all(types.map(read)));
}

function snapshotsOf(sdk: Sdk, rds: RDSClient, scope: Scope): SnapshotListings {
  return {
    countManual: () => usedQuota(sdk, rds, 'ManualSnapshots'),
    request: (type, engines) => ({
      scope,
      action: 'rds:DescribeDBSnapshots',
      what: `${type} DB snapshots`,
      hides: 'survivors',
      schema: dbSnapshot.transform((snapshot) => toSnapshot(scope, snapshot)),
      ignore: ofForeignEngine,
      fetchPage: async (marker) => {
        const selection = { ...page(marker), ...ofEngines(engines), SnapshotType: type };
        const answer = await rds.send(new sdk.DescribeDBSnapshotsCommand(selection));
        return { items: answer.DBSnapshots, next: answer.Marker };
      },
    }),
  };
}

function clusterSnapshotsOf(sdk: Sdk, rds: RDSClient, scope: Scope): SnapshotListings {
  return {
    countManual: () => usedQuota(sdk, rds, 'ManualClusterSnapshots'),
    request: (type, engines) => ({
      scope,
      action: 'rds:DescribeDBClusterSnapshots',
      what: `${type} DB cluster snapshots`,
      hides: 'survivors',
      schema: dbClusterSnapshot.transform((snapshot) => toClusterSnapshot(scope, snapshot)),
      ignore: ofForeignEngine,
      ...(type === 'awsbackup' ? { absentOn: 'InvalidParameterValue' } : {}),
      fetchPage: async (marker) => {
        const selection = { ...page(marker), ...ofEngines(engines), SnapshotType: type };
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

function instanceBackupsOf(sdk: Sdk, rds: RDSClient, scope: Scope) {
  return {
    scope,
    action: 'rds:DescribeDBInstanceAutomatedBackups',
    what: 'automated backups of DB instances',
    hides: 'survivors' as const,
    schema: instanceBackup,
    ignore: ofForeignEngine,
    fetchPage: async (marker: string | undefined) => {
      const answer = await rds.send(new sdk.DescribeDBInstanceAutomatedBackupsCommand(page(marker)));
      return { items: answer.DBInstanceAutomatedBackups, next: answer.Marker };
    },
  };
}

function clusterBackupsOf(sdk: Sdk, rds: RDSClient, scope: Scope) {
  return {
    scope,
    action: 'rds:DescribeDBClusterAutomatedBackups',
    what: 'automated backups of DB clusters',
    hides: 'survivors' as const,
    schema: clusterBackup,
    ignore: ofForeignEngine,
    fetchPage: async (marker: string | undefined) => {
      const answer = await rds.send(new sdk.DescribeDBClusterAutomatedBackupsCommand(page(marker)));
      return { items: answer.DBClusterAutomatedBackups, next: answer.Marker };
    },
  };
}

/** 100 is the most that RDS gives at once, and its default; said so that nothing depends on the default. */
function page(marker: string | undefined): { MaxRecords: number; Marker?: string } {
  return marker === undefined ? { MaxRecords: 100 } : { MaxRecords: 100, Marker: marker };
}

function ofEngines(engines: readonly string[] | undefined): { Filters?: { Name: string; Values: string[] }[] } {
  return engines === undefined ? {} : { Filters: [{ Name: 'engine', Values: [...engines] }] };
}

function ofForeignEngine(item: unknown): boolean {
  const read = engineOnly.safeParse(item);
  return read.success && isForeignEngine(read.data.Engine);
}

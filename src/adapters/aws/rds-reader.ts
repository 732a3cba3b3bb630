/**
 * Reads RDS in one region: databases, snapshots of every type but public, automated backups.
 *
 * The listings are independent and run side by side; each one that cannot be read becomes a gap. Neptune
 * and DocumentDB share these calls and are left out. Public snapshots are not asked for: without an owner
 * filter AWS lists the whole world's.
 * Source: Amazon RDS API 2014-10-31, the Describe actions named below; facts section 1 (query each type,
 * de-duplicate by ARN: whether an untyped listing mixes in AWS Backup's is not documented).
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import type { Scope } from '../../core/arn.ts';
import type { AutomatedBackup, ObservedDatabase, ObservedSnapshot } from '../../inventory/assemble.ts';
import type { Gap } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { gapOf, type ListingRequest, type Observed, observe, together } from './listing.ts';
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
  const [instances, clusters, snapshots, clusterSnapshots, instanceBackups, clusterBackups] = await Promise.all([
    observe(instancesOf(sdk, rds, scope)),
    observe(clustersOf(sdk, rds, scope)),
    Promise.all(INSTANCE_SNAPSHOT_TYPES.map((type) => observe(snapshotsOf(sdk, rds, scope, type)))).then(together),
    Promise.all(CLUSTER_SNAPSHOT_TYPES.map((type) => observe(clusterSnapshotsOf(sdk, rds, scope, type)))).then(
      together,
    ),
    observe(instanceBackupsOf(sdk, rds, scope)),
    observe(clusterBackupsOf(sdk, rds, scope)),
  ]);
  const databases = toDatabases(scope, instances.values, clusters.values);
  progress(
    `${databases.values.length} databases, ${snapshots.values.length + clusterSnapshots.values.length} snapshots`,
  );
  return {
    databases: databases.values,
    snapshots: [
      ...snapshots.values.map((snapshot) => toSnapshot(scope, snapshot)),
      ...clusterSnapshots.values.map((snapshot) => toClusterSnapshot(scope, snapshot)),
    ],
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

function snapshotsOf(sdk: Sdk, rds: RDSClient, scope: Scope, type: (typeof INSTANCE_SNAPSHOT_TYPES)[number]) {
  return {
    scope,
    action: 'rds:DescribeDBSnapshots',
    what: `${type} DB snapshots`,
    hides: 'survivors' as const,
    schema: dbSnapshot,
    ignore: ofForeignEngine,
    fetchPage: async (marker: string | undefined) => {
      const answer = await rds.send(new sdk.DescribeDBSnapshotsCommand({ ...page(marker), SnapshotType: type }));
      return { items: answer.DBSnapshots, next: answer.Marker };
    },
  };
}

function clusterSnapshotsOf(sdk: Sdk, rds: RDSClient, scope: Scope, type: (typeof CLUSTER_SNAPSHOT_TYPES)[number]) {
  return {
    scope,
    action: 'rds:DescribeDBClusterSnapshots',
    what: `${type} DB cluster snapshots`,
    hides: 'survivors' as const,
    schema: dbClusterSnapshot,
    ignore: ofForeignEngine,
    ...(type === 'awsbackup' ? { absentOn: 'InvalidParameterValue' } : {}),
    fetchPage: async (marker: string | undefined) => {
      const answer = await rds.send(new sdk.DescribeDBClusterSnapshotsCommand({ ...page(marker), SnapshotType: type }));
      return { items: answer.DBClusterSnapshots, next: answer.Marker };
    },
  };
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

function ofForeignEngine(item: unknown): boolean {
  const read = engineOnly.safeParse(item);
  return read.success && isForeignEngine(read.data.Engine);
}

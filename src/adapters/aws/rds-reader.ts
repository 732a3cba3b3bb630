/**
 * Reads RDS in one region: databases, snapshots of every type but public, automated backups.
 *
 * The listings are independent and run side by side; each one that cannot be read becomes a gap. A long listing of
 * snapshots is read in parts, one for each engine.
 * Source: Amazon RDS API 2014-10-31, the Describe actions of `rds-listings.ts`.
 */

import type { Scope } from '../../core/arn.ts';
import type { Gap } from '../../inventory/model.ts';
import type { AutomatedBackup, ObservedDatabase, ObservedSnapshot } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';
import type { Parts } from './engine-parts.ts';
import { gapOf, type Observed, observe, observeInParts, together } from './listing.ts';
import {
  CLUSTER_SNAPSHOT_TYPES,
  INSTANCE_SNAPSHOT_TYPES,
  rdsListings,
  type SnapshotListings,
  type SnapshotType,
} from './rds-listings.ts';
import type { DbCluster, DbInstance } from './schema.ts';
import { clusterKindOf, toClusterDatabase, toInstanceDatabase } from './to-model.ts';

/** What RDS shows of one region. */
export interface RdsObservations {
  readonly databases: readonly ObservedDatabase[];
  readonly snapshots: readonly ObservedSnapshot[];
  readonly automatedBackups: readonly AutomatedBackup[];
  readonly gaps: readonly Gap[];
}

/** Reads all of RDS in a scope; refused listings become gaps. */
export async function readRds(
  clients: Clients,
  scope: Scope,
  progress: (what: string) => void = () => {},
): Promise<RdsObservations> {
  const listings = await rdsListings(clients, scope);
  progress(`RDS databases in ${scope.region}`);
  const owners = {
    instances: observe(listings.instances()),
    clusters: observe(listings.clusters()),
    instanceBackups: observe(listings.instanceBackups()),
    clusterBackups: observe(listings.clusterBackups()),
  };
  const ownerEngines = async () => {
    const { instances, clusters, instanceBackups, clusterBackups } = owners;
    const live = await Promise.all([instances, clusters]);
    const backups = await Promise.all([instanceBackups, clusterBackups]);
    if ([...live, ...backups].some(({ gaps }) => gaps.length > 0)) return null;
    return new Set([
      ...live.flatMap<{ readonly Engine: string }>(({ values }) => values).map(({ Engine }) => Engine),
      ...backups.flatMap(({ values }) => values).map(({ engine }) => engine),
    ]);
  };
  const [snapshots, clusterSnapshots] = await Promise.all([
    readSnapshots(INSTANCE_SNAPSHOT_TYPES, listings.snapshots, ownerEngines),
    readSnapshots(CLUSTER_SNAPSHOT_TYPES, listings.clusterSnapshots, ownerEngines),
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
    automatedBackups: [...instanceBackups.values, ...clusterBackups.values],
    gaps: [instances, clusters, snapshots, clusterSnapshots, instanceBackups, clusterBackups, databases].flatMap(
      ({ gaps }) => gaps,
    ),
  };
}

/** Clusters and standalone instances; a member belongs to its cluster and is no database of its own. */
export function toDatabases(
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

/** Every type of snapshot; those that a region may have many of in parts. */
async function readSnapshots(
  types: readonly SnapshotType[],
  { request, countManual }: SnapshotListings,
  ownerEngines: Parts['ownerEngines'],
): Promise<Observed<ObservedSnapshot>> {
  const read = (type: SnapshotType) => {
    if (type !== 'automated' && type !== 'manual') return observe(request(type));
    const fetchPage = (engines: readonly string[]) =>
      request(type, { filter: { name: 'engine', values: engines } }).fetchPage;
    const count = type === 'manual' ? { count: countManual } : {};
    return observeInParts(request(type), { fetchPage, ownerEngines, ...count });
  };
  return together(await Promise.all(types.map(read)));
}

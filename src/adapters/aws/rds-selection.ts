/**
 * Reads of RDS in one region what a selection is about: some databases, and whatever a restore of them could start from.
 *
 * Found by name and by resource id: a name is what a change says, and an id is what a snapshot keeps through every rename
 * and copy. A member leads to its cluster, a snapshot to its owner. What a filter lets through is looked at again, since an
 * endpoint may ignore filters. Retained backups are listed whole: AWS counts them against a limit, and tells no figure.
 * Source: Amazon RDS API 2014-10-31, `Filters` of the Describe actions (DescribeDBClusterSnapshots has none for the
 * resource id, but a parameter; snapshots that other accounts share are not told to heed any).
 */

import type { Selection } from '../../app/place-port.ts';
import { parseArn, printScope, type Scope } from '../../core/arn.ts';
import type { Gap } from '../../inventory/model.ts';
import type { AutomatedBackup, ObservedSnapshot } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';
import { type ListingRequest, type Observed, observe, together } from './listing.ts';
import {
  CLUSTER_SNAPSHOT_TYPES,
  type Filter,
  INSTANCE_SNAPSHOT_TYPES,
  type RdsListings,
  rdsListings,
  type SnapshotType,
  type Wanted,
} from './rds-listings.ts';
import { type RdsObservations, toDatabases } from './rds-reader.ts';
import type { DbCluster, DbInstance } from './schema.ts';

/** What RDS shows of a selection in one region. */
export interface SelectedRds extends RdsObservations {
  /** False where neither listing of databases was answered. */
  readonly answered: boolean;
  /** Of the databases selected, whether they were found or not, and of the owners of the snapshots that were named. */
  readonly resourceIds: ReadonlySet<string>;
}

/** A selection as RDS's filters take it. */
interface Chosen {
  /** In lower case, as AWS keeps names. */
  readonly names: readonly string[];
  readonly resourceIds: readonly string[];
}

/** Reads the selection; refused listings become gaps. */
export async function readSelectedRds(clients: Clients, scope: Scope, only: Selection): Promise<SelectedRds> {
  const listings = await rdsListings(clients, scope);
  const asked: Chosen = { names: unique(only.identifiers.map(lower)), resourceIds: unique(only.resourceIds) };
  const [named, instances, clusters] = await Promise.all([
    readNamedSnapshots(listings, scope, only.snapshots),
    readInstances(listings, asked),
    readClusters(listings, asked),
  ]);
  const answered = instances.gaps.length === 0 || clusters.gaps.length === 0;
  const owners = await readOwners(listings, asked, { named, instances, clusters });
  const databases = toDatabases(scope, owners.instances, owners.clusters);
  const resourceIds = new Set([
    ...asked.resourceIds,
    ...ownersOf(named.values),
    ...databases.values.map(({ resourceId }) => resourceId),
  ]);
  const [snapshots, backups] = await Promise.all([
    readSnapshots(listings, { names: asked.names, resourceIds: [...resourceIds] }),
    readBackups(listings, [...resourceIds]),
  ]);
  const isNamed = new Set(only.snapshots.map(lower));
  return {
    answered: answered || databases.values.length > 0,
    resourceIds,
    databases: databases.values,
    snapshots: oneEachArn([
      ...named.values,
      ...snapshots.values.filter(
        ({ databaseResourceId, id, arn }) =>
          (databaseResourceId !== null && resourceIds.has(databaseResourceId)) ||
          isNamed.has(lower(id)) ||
          isNamed.has(lower(arn)),
      ),
    ]),
    automatedBackups: backups.values.filter(
      ({ role, databaseResourceId }) => role === 'retained' || resourceIds.has(databaseResourceId),
    ),
    gaps: [named, instances, clusters, owners, databases, snapshots, backups].flatMap(({ gaps }) => gaps),
  };
}

/** An instance by name or id; where neither is asked for, a page of any shows whether the listing is answered at all. */
async function readInstances(listings: RdsListings, { names, resourceIds }: Chosen): Promise<Observed<DbInstance>> {
  const ids = resourceIds.filter(mayBeInstance);
  const read = await observeEach(listings.instances, [
    { name: 'db-instance-id', values: names },
    { name: 'dbi-resource-id', values: ids },
  ]);
  const isChosen = (instance: DbInstance) =>
    names.includes(lower(instance.DBInstanceIdentifier)) || ids.includes(instance.DbiResourceId);
  return { values: read.values.filter(isChosen), gaps: read.gaps };
}

async function readClusters(listings: RdsListings, { names, resourceIds }: Chosen): Promise<Observed<DbCluster>> {
  const ids = resourceIds.filter(mayBeCluster);
  const read = await observeEach(listings.clusters, [
    { name: 'db-cluster-id', values: names },
    { name: 'db-cluster-resource-id', values: ids },
  ]);
  const isChosen = (cluster: DbCluster) =>
    names.includes(lower(cluster.DBClusterIdentifier)) || ids.includes(cluster.DbClusterResourceId);
  return { values: read.values.filter(isChosen), gaps: read.gaps };
}

/** Adds the owners of the snapshots that were named, the clusters of instances that are members, and all their members. */
async function readOwners(
  listings: RdsListings,
  asked: Chosen,
  found: {
    readonly named: Observed<ObservedSnapshot>;
    readonly instances: Observed<DbInstance>;
    readonly clusters: Observed<DbCluster>;
  },
): Promise<{
  readonly instances: readonly DbInstance[];
  readonly clusters: readonly DbCluster[];
  readonly gaps: readonly Gap[];
}> {
  const gaps: Gap[] = [];
  const keep = <T>({ values, gaps: more }: Observed<T>): readonly T[] => {
    gaps.push(...more);
    return values;
  };
  const owners = ownersOf(found.named.values).filter((id) => !asked.resourceIds.includes(id));
  const owning = owners.some(mayBeInstance) ? await readInstances(listings, { names: [], resourceIds: owners }) : NONE;
  const instances = [...found.instances.values, ...keep(owning)];
  const seen = new Set(found.clusters.values.map(({ DBClusterIdentifier }) => lower(DBClusterIdentifier)));
  const names = unique(instances.flatMap(({ DBClusterIdentifier: of }) => (of ? [lower(of)] : []))).filter(
    (name) => !seen.has(name),
  );
  const more = { names, resourceIds: owners.filter(mayBeCluster) };
  const isMore = more.names.length > 0 || more.resourceIds.length > 0;
  const clusters = [...found.clusters.values, ...keep(isMore ? await readClusters(listings, more) : NONE)];
  const of = clusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier);
  const members =
    of.length === 0 ? NONE : await observe(listings.instances({ filter: { name: 'db-cluster-id', values: of } }));
  const isMember = ({ DBClusterIdentifier }: DbInstance) => of.includes(DBClusterIdentifier ?? '');
  return {
    instances: oneEachKey([...instances, ...keep(members).filter(isMember)], ({ DBInstanceArn }) => DBInstanceArn),
    clusters: oneEachKey(clusters, ({ DBClusterArn }) => DBClusterArn),
    gaps,
  };
}

const NONE: Observed<never> = { values: [], gaps: [] };

/** Snapshots by their own names, whoever they were taken from; what other accounts share is looked at with the rest. */
async function readNamedSnapshots(
  { snapshots, clusterSnapshots }: RdsListings,
  scope: Scope,
  named: readonly string[],
): Promise<Observed<ObservedSnapshot>> {
  const values = unique(named.flatMap((name) => nameWithin(scope, name)));
  if (values.length === 0) return NONE;
  const isNamed = ({ id }: ObservedSnapshot) => values.includes(lower(id));
  const read = async (
    request: (type: SnapshotType, wanted?: Wanted) => ListingRequest<ObservedSnapshot>,
    types: readonly SnapshotType[],
    name: string,
  ) =>
    together(
      await Promise.all(types.filter(isOwned).map((type) => observe(request(type, { filter: { name, values } })))),
    );
  const { values: found, gaps } = together(
    await Promise.all([
      read(snapshots.request, INSTANCE_SNAPSHOT_TYPES, 'db-snapshot-id'),
      read(clusterSnapshots.request, CLUSTER_SNAPSHOT_TYPES, 'db-cluster-snapshot-id'),
    ]),
  );
  return { values: found.filter(isNamed), gaps };
}

/** Every type of snapshot of these databases: by the names, which leaves no listing unasked, and by the ids. */
async function readSnapshots(
  { snapshots, clusterSnapshots }: RdsListings,
  { names, resourceIds }: Chosen,
): Promise<Observed<ObservedSnapshot>> {
  const ofInstances: readonly Wanted[] = present([
    { name: 'db-instance-id', values: names },
    { name: 'dbi-resource-id', values: resourceIds.filter(mayBeInstance) },
  ]).map((filter) => ({ filter }));
  const ofClusters: readonly Wanted[] = [
    ...present([{ name: 'db-cluster-id', values: names }]).map((filter) => ({ filter })),
    ...resourceIds.filter(mayBeCluster).map((clusterResourceId) => ({ clusterResourceId })),
  ];
  const requests = [
    ...INSTANCE_SNAPSHOT_TYPES.flatMap((type) =>
      isOwned(type) ? ofInstances.map((wanted) => snapshots.request(type, wanted)) : [snapshots.request(type)],
    ),
    ...CLUSTER_SNAPSHOT_TYPES.flatMap((type) =>
      isOwned(type)
        ? ofClusters.map((wanted) => clusterSnapshots.request(type, wanted))
        : [clusterSnapshots.request(type)],
    ),
  ];
  return together(await Promise.all(requests.map(observe)));
}

/** All that are retained, and whichever these databases have. */
async function readBackups(
  { instanceBackups, clusterBackups }: RdsListings,
  resourceIds: readonly string[],
): Promise<Observed<AutomatedBackup>> {
  const retained: Filter = { name: 'status', values: ['retained'] };
  const [ofInstances, ofClusters] = await Promise.all([
    observeEach(instanceBackups, [retained, { name: 'dbi-resource-id', values: resourceIds.filter(mayBeInstance) }]),
    observeEach(clusterBackups, [
      retained,
      { name: 'db-cluster-resource-id', values: resourceIds.filter(mayBeCluster) },
    ]),
  ]);
  return together([ofInstances, ofClusters]);
}

/** One listing for each filter that lets anything through; the whole of it is never asked for. */
async function observeEach<T>(
  request: (wanted?: Wanted) => ListingRequest<T>,
  filters: readonly Filter[],
): Promise<Observed<T>> {
  const asked = present(filters);
  if (asked.length > 0) return together(await Promise.all(asked.map((filter) => observe(request({ filter })))));
  const whole = request();
  const fetchFirst: typeof whole.fetchPage = async (marker) => ({
    ...(await whole.fetchPage(marker)),
    next: undefined,
  });
  return observe({ ...whole, fetchPage: fetchFirst });
}

function present(filters: readonly Filter[]): readonly Filter[] {
  return filters.filter(({ values }) => values.length > 0);
}

/** `SnapshotType=shared` lists what others own; whether it heeds filters is not documented. */
function isOwned(type: SnapshotType): boolean {
  return type !== 'shared';
}

/** The owners that snapshots tell. */
function ownersOf(snapshots: readonly ObservedSnapshot[]): readonly string[] {
  return unique(snapshots.flatMap(({ databaseResourceId }) => databaseResourceId ?? []));
}

/** RDS begins the resource id of an instance with `db-`, that of a cluster with `cluster-`; another may be either's. */
function mayBeInstance(resourceId: string): boolean {
  return !resourceId.startsWith('cluster-');
}

function mayBeCluster(resourceId: string): boolean {
  return !resourceId.startsWith('db-');
}

/** The name of a snapshot as it is called here; none for the ARN of one that lies elsewhere. */
function nameWithin(scope: Scope, named: string): readonly string[] {
  const arn = parseArn(named);
  if (arn === null) return [lower(named)];
  return printScope(arn) === printScope(scope) ? [lower(arn.resource)] : [];
}

function lower(name: string): string {
  return name.toLowerCase();
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function oneEachArn(snapshots: readonly ObservedSnapshot[]): readonly ObservedSnapshot[] {
  return oneEachKey(snapshots, ({ arn, kind }) => `${kind} ${arn}`);
}

function oneEachKey<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

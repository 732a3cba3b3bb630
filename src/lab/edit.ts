/**
 * Copy-on-write helpers over a place: find, replace, remove, and hand out ids.
 *
 * Ids come from a counter kept in the place and a digest of it, so the same calls always give the same
 * ids. Given values, returns values; leaves faults to its callers.
 */

import { createHash } from 'node:crypto';
import { printScope } from '../core/arn.ts';
import type { Cluster, Instance, Place, Snapshot, SnapshotKind } from './world.ts';

const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The cluster of that identifier (AWS compares without case). */
export function findCluster(place: Place, identifier: string): Cluster | undefined {
  return place.clusters.find((cluster) => cluster.identifier === identifier.toLowerCase());
}

/** The instance of that identifier (AWS compares without case). */
export function findInstance(place: Place, identifier: string): Instance | undefined {
  return place.instances.find((instance) => instance.identifier === identifier.toLowerCase());
}

/** The snapshot of that kind and identifier. */
export function findSnapshot(place: Place, kind: SnapshotKind, identifier: string): Snapshot | undefined {
  return place.snapshots.find((snapshot) => snapshot.kind === kind && snapshot.identifier === identifier.toLowerCase());
}

/** The cluster an instance belongs to; undefined for a standalone instance. */
export function clusterOf(place: Place, instance: Instance): Cluster | undefined {
  return place.clusters.find((cluster) => cluster.resourceId === instance.clusterResourceId);
}

/** Members of a cluster, the writer first: the lowest promotion tier, then the oldest. */
export function membersOf(place: Place, cluster: Cluster): Instance[] {
  const rank = (instance: Instance) => Number(instance.settings['PromotionTier'] ?? '1');
  return place.instances
    .filter((instance) => instance.clusterResourceId === cluster.resourceId)
    .sort((a, b) => rank(a) - rank(b) || (a.createdAt < b.createdAt ? -1 : 1));
}

/** The place with a cluster put in, or replaced by resource id. */
export function putCluster(place: Place, cluster: Cluster): Place {
  return { ...place, clusters: put(place.clusters, cluster, (item) => item.resourceId) };
}

/** The place with an instance put in, or replaced by resource id. */
export function putInstance(place: Place, instance: Instance): Place {
  return { ...place, instances: put(place.instances, instance, (item) => item.resourceId) };
}

/** The place with a snapshot put in, or replaced by kind and identifier. */
export function putSnapshot(place: Place, snapshot: Snapshot): Place {
  return { ...place, snapshots: put(place.snapshots, snapshot, (item) => `${item.kind} ${item.identifier}`) };
}

/** A fresh text of `length` upper-case letters and digits, and the place that has used it. */
export function nextId(place: Place, length: number): { readonly id: string; readonly place: Place } {
  const digest = createHash('sha256')
    .update(`${printScope(place.scope)} ${place.idsUsed}`)
    .digest();
  const id = Array.from(digest.subarray(0, length), (byte) => BASE_32[byte % 32]).join('');
  return { id, place: { ...place, idsUsed: place.idsUsed + 1 } };
}

function put<T>(items: readonly T[], item: T, key: (item: T) => string): readonly T[] {
  const index = items.findIndex((other) => key(other) === key(item));
  return index < 0 ? [...items, item] : items.with(index, item);
}

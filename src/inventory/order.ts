/**
 * An inventory in its one order: the same facts give the same bytes, however they were listed or merged.
 *
 * Pure. A saved inventory may come in any order, and whatever is looked up in one must not depend on which came first.
 * Keeps every entry; joins and drops nothing.
 */

import { printScope } from '../core/arn.ts';
import { canonicalJson, sortedBy } from '../core/canonical.ts';
import type { Database, GlobalCluster, Inventory, RecoveryPoint } from './model.ts';

/** The inventory with every list sorted by what identifies its entries; one that lies in order already is the same. */
export function inStableOrder(inventory: Inventory): Inventory {
  const ordered: Inventory = {
    ...inventory,
    scopes: sorted(inventory.scopes, printScope),
    databases: sorted(mapped(inventory.databases, withSortedMembers), ({ arn }) => arn),
    recoveryPoints: sortedPoints(inventory.recoveryPoints),
    keys: sorted(inventory.keys, ({ arn }) => arn),
    vaults: sorted(inventory.vaults, ({ arn }) => arn),
    globalClusters: sorted(mapped(inventory.globalClusters, withSortedClusters), ({ arn }) => arn),
    engineVersions: sorted(inventory.engineVersions, canonicalJson),
    quotas: sorted(inventory.quotas, canonicalJson),
    outOfScope: sorted(inventory.outOfScope, canonicalJson),
    restoreTests: sorted(inventory.restoreTests, ({ jobId }) => jobId),
    gaps: sorted(inventory.gaps, canonicalJson),
  };
  const same = (Object.keys(ordered) as (keyof Inventory)[]).every((key) => ordered[key] === inventory[key]);
  return same ? inventory : ordered;
}

/** A list that lies in order already, as it mostly does, stays the same list, with all that is known of it. */
function sorted<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  let earlier = '';
  const inOrder = items.every((item) => {
    const key = keyOf(item);
    const follows = key >= earlier;
    earlier = key;
    return follows;
  });
  return inOrder ? items : sortedBy(items, keyOf);
}

/** Of the many points no key is made: a text each would cost more than the rest. */
function sortedPoints(points: readonly RecoveryPoint[]): readonly RecoveryPoint[] {
  const inOrder = points.every((point, place) => place === 0 || follows(point, points[place - 1] as RecoveryPoint));
  return inOrder ? points : sortedBy(points, ({ kind, arn }) => `${kind} ${arn}`);
}

function follows(point: RecoveryPoint, earlier: RecoveryPoint): boolean {
  return point.kind === earlier.kind ? point.arn >= earlier.arn : point.kind > earlier.kind;
}

function mapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change);
  return changed.every((item, place) => item === items[place]) ? items : changed;
}

function withSortedMembers(database: Database): Database {
  const members = sorted(database.members, ({ arn }) => arn);
  return members === database.members ? database : { ...database, members };
}

function withSortedClusters(cluster: GlobalCluster): GlobalCluster {
  const members = sorted(cluster.members, ({ clusterArn }) => clusterArn);
  return members === cluster.members ? cluster : { ...cluster, members };
}

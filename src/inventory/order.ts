/**
 * An inventory in its one order: the same facts give the same bytes, however they were listed or merged.
 *
 * Pure. A saved inventory may come in any order, and whatever is looked up in one must not depend on which came first.
 * Keeps every entry; joins and drops nothing.
 */

import { printScope } from '../core/arn.ts';
import { canonicalJson, sortedBy } from '../core/canonical.ts';
import type { Database, Inventory, RecoveryPoint } from './model.ts';

/** The inventory with every list sorted by what identifies its entries. */
export function inStableOrder(inventory: Inventory): Inventory {
  return {
    ...inventory,
    scopes: sortedBy(inventory.scopes, printScope),
    databases: sortedBy(inventory.databases, ({ arn }) => arn).map(withSortedMembers),
    recoveryPoints: sortedPoints(inventory.recoveryPoints),
    keys: sortedBy(inventory.keys, ({ arn }) => arn),
    vaults: sortedBy(inventory.vaults, ({ arn }) => arn),
    globalClusters: sortedBy(inventory.globalClusters, ({ arn }) => arn).map((cluster) => ({
      ...cluster,
      members: sortedBy(cluster.members, ({ clusterArn }) => clusterArn),
    })),
    engineVersions: sortedBy(inventory.engineVersions, canonicalJson),
    quotas: sortedBy(inventory.quotas, canonicalJson),
    outOfScope: sortedBy(inventory.outOfScope, canonicalJson),
    gaps: sortedBy(inventory.gaps, canonicalJson),
  };
}

/** A list that lies in order already, as it mostly does, stays the same list, with all that is known of it. */
function sortedPoints(points: readonly RecoveryPoint[]): readonly RecoveryPoint[] {
  const inOrder = points.every((point, place) => place === 0 || follows(point, points[place - 1] as RecoveryPoint));
  return inOrder ? points : sortedBy(points, ({ kind, arn }) => `${kind} ${arn}`);
}

function follows(point: RecoveryPoint, earlier: RecoveryPoint): boolean {
  return point.kind === earlier.kind ? point.arn >= earlier.arn : point.kind > earlier.kind;
}

function withSortedMembers(database: Database): Database {
  return { ...database, members: sortedBy(database.members, ({ arn }) => arn) };
}

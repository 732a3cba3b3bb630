/**
 * The digest of an inventory: the same while nothing a verdict rests on has changed.
 *
 * Pure. Left out, because they change though nothing happened: when and by whom it was read, the wording
 * of a gap's cause, how many were connected, and both ends of a restore window that is still rolling. Whether a window is open at
 * all stays in. Order does not count.
 */

import { canonicalJson, compareCodeUnits, type Digest, digestOf, digestOfBytes, sortedBy } from '../core/canonical.ts';
import { oncePer } from '../core/once-per.ts';
import type { Database, Gap, GlobalCluster, Inventory, RecoveryPoint } from './model.ts';

/** Digests the facts of an inventory that matter for a verdict; an inventory that many changes are judged by, once. */
export const inventoryDigest = oncePer((inventory: Inventory): Digest => {
  const texts = {
    databases: canonicalList(inventory.databases.map(databaseFacts)),
    endpoint: canonicalJson(inventory.endpoint),
    engineVersions: canonicalList(inventory.engineVersions),
    formatVersion: canonicalJson(inventory.formatVersion),
    gaps: canonicalList(inventory.gaps.map(gapFacts)),
    globalClusters: canonicalList(inventory.globalClusters.map(globalFacts)),
    keys: canonicalList(inventory.keys),
    outOfScope: canonicalList(inventory.outOfScope),
    quotas: canonicalList(inventory.quotas),
    recoveryPoints: canonicalList(inventory.recoveryPoints.map(pointFacts)),
    // Where there are none the digest is what it was before they were read.
    ...(inventory.restoreTests.length === 0 ? {} : { restoreTests: canonicalList(inventory.restoreTests) }),
    scopes: canonicalList(inventory.scopes),
    vaults: canonicalList(inventory.vaults),
  };
  // Canonical JSON of the whole, put together from that of its items, so that each is written once.
  const members = Object.entries(texts).sort(([a], [b]) => compareCodeUnits(a, b));
  return digestOfBytes(`{${members.map(([name, text]) => `${canonicalJson(name)}:${text}`).join(',')}}`);
});

function databaseFacts({ restoreWindow, connectionsMax: _, ...database }: Database): object {
  return {
    ...database,
    members: canonical(database.members),
    replicas: [...database.replicas].sort(),
    restorable: restoreWindow !== null,
  };
}

function globalFacts(cluster: GlobalCluster): object {
  return { ...cluster, members: canonical(cluster.members) };
}

/** Nothing is copied but what rolls: canonical JSON leaves out a member that is undefined. */
function pointFacts(point: RecoveryPoint): object {
  return isRolling(point) ? { ...point, window: undefined, restorable: point.window !== null } : point;
}

/** True while AWS moves both ends along: the end every five minutes, the start every day. */
function isRolling(point: RecoveryPoint): boolean {
  switch (point.kind) {
    case 'pitr':
    case 'backup_continuous':
      return true;
    case 'replicated_automated_backup':
      return point.status !== 'retained';
    default:
      return false;
  }
}

/** A throttled read and a denied one leave the same thing unseen. */
function gapFacts({ cause: _, ...gap }: Gap): object {
  return gap;
}

function canonical(items: readonly object[]): object[] {
  return sortedBy(items, digestOf);
}

/** The canonical JSON of a list whose order does not count: its items go by the digests of their own. */
function canonicalList(items: readonly object[]): string {
  return `[${sortedBy(items.map(canonicalJson), digestOfBytes).join(',')}]`;
}

/**
 * The digest of an inventory: the same while nothing a verdict rests on has changed.
 *
 * Pure. Left out, because they change though nothing happened: when and by whom it was read, the wording
 * of a gap's cause, and both ends of a restore window that is still rolling. Whether a window is open at
 * all stays in. Order does not count.
 */

import { type Digest, digestOf, sortedBy } from '../core/canonical.ts';
import type { Database, Gap, GlobalCluster, Inventory, RecoveryPoint } from './model.ts';

/** Digests the facts of an inventory that matter for a verdict. */
export function inventoryDigest(inventory: Inventory): Digest {
  return digestOf({
    formatVersion: inventory.formatVersion,
    endpoint: inventory.endpoint,
    scopes: canonical(inventory.scopes),
    databases: canonical(inventory.databases.map(databaseFacts)),
    recoveryPoints: canonical(inventory.recoveryPoints.map(pointFacts)),
    keys: canonical(inventory.keys),
    vaults: canonical(inventory.vaults),
    globalClusters: canonical(inventory.globalClusters.map(globalFacts)),
    engineVersions: canonical(inventory.engineVersions),
    quotas: canonical(inventory.quotas),
    outOfScope: canonical(inventory.outOfScope),
    gaps: canonical(inventory.gaps.map(gapFacts)),
  });
}

function databaseFacts({ restoreWindow, ...database }: Database): object {
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

function pointFacts(point: RecoveryPoint): object {
  const { window, ...facts } = point;
  return isRolling(point) ? { ...facts, restorable: window !== null } : { ...facts, window };
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

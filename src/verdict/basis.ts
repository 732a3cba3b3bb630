/**
 * What a decision stands on, small enough to compare: the state behind the change, and a digest of what was seen of the
 * databases it names.
 *
 * Only what lies around those databases counts: their recovery points, the keys and vaults those lie under, the engine
 * versions they were taken with, and the gaps of their accounts. What rolls on by itself is left out, as in the digest of the inventory. A change that names no database
 * stands on everything that was seen, since what it would name may appear anywhere.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { type Digest, digestOf, sortedBy } from '../core/canonical.ts';
import { invariant } from '../core/invariant.ts';
import { oncePer } from '../core/once-per.ts';
import type { Intent } from '../intent/action.ts';
import { inventoryDigest } from '../inventory/digest.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { type Part, partsOf } from '../survival/surroundings.ts';
import type { Basis } from './document.ts';

/** The basis of a decision on a change that concerns these databases. */
export function basisOf({ state }: Intent, inventory: Inventory, databases: readonly Database[]): Basis {
  return {
    databasesDigest: databasesDigest(
      inventory,
      databases.map(({ arn }) => arn),
    ),
    state: state === undefined ? null : { lineage: state.lineage, serial: state.serial },
  };
}

/** The digest of what was seen of these databases; one that is not there any more changes it. */
export function databasesDigest(inventory: Inventory, arns: readonly string[]): Digest {
  if (arns.length === 0) return inventoryDigest(inventory);
  const partOf = partsOf(inventory);
  const wanted = new Set(arns);
  const parts = inventory.databases
    .filter(({ arn }) => wanted.has(arn))
    .map((database) => ({ arn: database.arn, digest: partDigest(partOf(database)) }));
  return digestOf(sortedBy(parts, ({ arn, digest }) => `${arn} ${digest}`));
}

/** Many changes are judged by one inventory: what was seen of a database is digested once. */
const partDigest = oncePer(({ inventory }: Part): Digest => inventoryDigest(around(inventory)));

/** The part of an inventory around its first database, without what speaks of others. */
function around(part: Inventory): Inventory {
  const [database] = part.databases;
  invariant(database !== undefined, 'a part of an inventory begins with its database');
  const points = new Set(part.recoveryPoints.map(({ arn }) => arn));
  // Whether a version can still be restored is asked where the point lies; so is what may take a point away.
  const versions = new Set(part.recoveryPoints.map((point) => versionKey(point, point)));
  const accounts = new Set([database, ...part.recoveryPoints].map(({ accountId }) => accountId));
  return {
    ...part,
    scopes: [],
    quotas: [],
    engineVersions: part.engineVersions.filter((entry) => versions.has(versionKey(entry, entry))),
    outOfScope: [],
    globalClusters: part.globalClusters.filter(({ arn }) => arn === database.globalClusterArn),
    restoreTests: part.restoreTests.filter(({ recoveryPointArn }) => points.has(recoveryPointArn)),
    gaps: part.gaps.filter(({ where }) => accounts.has(where.accountId)),
  };
}

function versionKey(
  scope: Scope,
  { engine, engineVersion }: { readonly engine: string; readonly engineVersion: string | null },
) {
  return `${printScope(scope)} ${engine} ${engineVersion}`;
}

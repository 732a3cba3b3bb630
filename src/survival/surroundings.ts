/**
 * The part of a world that the losses of one database can reach: its recovery points, their keys and vaults, and what
 * could make AWS refuse its deletion.
 *
 * Cut out of an index that is built once, so that a question about every database of an estate costs as much as its
 * recovery points are many, and not that times its databases. A loss of the part leaves each of the database's points
 * the fate that the same loss of the whole does.
 */

import { printScope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory, Key, RecoveryPoint, Vault } from '../inventory/model.ts';
import { carefulFinalId } from './losses.ts';
import { type Room, roomsOf } from './room.ts';
import { type World, worldOf } from './world.ts';

/** Cuts out the part of the world around one database. */
export type Cut = (database: Database) => World;

/** Reads an inventory once, and cuts from it. */
export function surroundings(inventory: Inventory, at: Instant): Cut {
  const { databases, recoveryPoints } = inventory;
  const finals = new Set(databases.map(({ identifier }) => finalIdOf(identifier)));
  const byOwner = grouped(recoveryPoints, ({ databaseResourceId }) => databaseResourceId);
  // Only a name that a final snapshot would take matters, and few snapshots have one.
  const byName = grouped(recoveryPoints, ({ id }) => (finals.has(id) ? id : null));
  const keys = new Map(inventory.keys.map((key) => [key.arn, key]));
  const vaults = new Map(inventory.vaults.map((vault) => [vault.arn, vault]));
  const rooms = grouped(roomsOf(inventory), printScope);
  return (database) => {
    const own = byOwner.get(database.resourceId) ?? [];
    const named = byName.get(finalIdOf(database.identifier)) ?? [];
    const points = [...own, ...named.filter((point) => point.databaseResourceId !== database.resourceId)];
    const part: Inventory = {
      ...inventory,
      databases: [database],
      recoveryPoints: points,
      keys: chosen<Key>(keys, [database.keyArn, ...points.map(({ keyArn }) => keyArn)]),
      vaults: chosen<Vault>(
        vaults,
        points.map(({ vaultArn }) => vaultArn),
      ),
    };
    return worldOf(part, at, rooms.get(printScope(database)) ?? []);
  };
}

/** AWS keeps names in lower case. */
function finalIdOf(identifier: string): string {
  return carefulFinalId(identifier).toLowerCase();
}

function grouped<T extends RecoveryPoint | Room>(items: readonly T[], keyOf: (item: T) => string | null) {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function chosen<T>(all: ReadonlyMap<string, T>, arns: readonly (string | null)[]): readonly T[] {
  return [...new Set(arns)].flatMap((arn) => (arn === null ? [] : (all.get(arn) ?? [])));
}

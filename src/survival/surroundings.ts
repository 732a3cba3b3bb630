/**
 * The part of an inventory, or of its world, that the losses of one database can reach: its recovery points, their keys
 * and vaults, and what could make AWS refuse its deletion.
 *
 * Cut out of an index that is built once, so that a question about every database of an estate costs as much as its
 * recovery points are many, and not that times its databases. A loss of the part leaves each of the database's points
 * the fate that the same loss of the whole does. Whatever is listed keeps the order that the whole has it in.
 */

import { printScope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { carefulFinalId } from './losses.ts';
import { type Room, roomsOf } from './room.ts';
import { type World, worldOf } from './world.ts';
import { type KeysOf, placesBy } from './world-index.ts';

/** The part of an inventory around one database, and what the whole has room for there. */
export interface Part {
  readonly inventory: Inventory;
  readonly rooms: readonly Room[];
}

/** Cuts out the part of the world around one database. */
export type Cut = (database: Database) => World;

/** Reads an inventory once, and cuts the worlds of its parts from it. */
export function surroundings(inventory: Inventory, at: Instant): Cut {
  const partOf = partsOf(inventory);
  return (database) => {
    const part = partOf(database);
    return worldOf(part.inventory, at, part.rooms);
  };
}

/** Reads an inventory once, and cuts its parts from it. */
export function partsOf(inventory: Inventory): (database: Database) => Part {
  const { databases, recoveryPoints } = inventory;
  const finals = new Set(databases.map(({ identifier }) => finalIdOf(identifier)));
  const byOwner = finder(recoveryPoints, ({ databaseResourceId }) => databaseResourceId);
  // Only a name that a final snapshot would take matters, and few snapshots have one.
  const byName = finder(recoveryPoints, ({ id }) => (finals.has(id) ? id : null));
  const kin = finder(databases, namesWithin);
  const keys = finder(inventory.keys, ({ arn }) => arn);
  const vaults = finder(inventory.vaults, ({ arn }) => arn);
  const rooms = finder(roomsOf(inventory), printScope);
  return (database) => {
    const own = byOwner([database.resourceId]);
    const named = byName([finalIdOf(database.identifier)]);
    const points = [...own, ...named.filter((point) => point.databaseResourceId !== database.resourceId)];
    const kinsmen = kin(namesWithin(database)).filter(({ arn }) => arn !== database.arn);
    const part: Inventory = {
      ...inventory,
      databases: [database, ...kinsmen],
      recoveryPoints: points,
      keys: keys([database.keyArn, ...points.map(({ keyArn }) => keyArn)]),
      vaults: vaults(points.map(({ vaultArn }) => vaultArn)),
    };
    return { inventory: part, rooms: rooms([printScope(database)]) };
  };
}

/** AWS keeps names in lower case. */
function finalIdOf(identifier: string): string {
  return carefulFinalId(identifier).toLowerCase();
}

/** What nothing else should bear: where something does, a call on one of the two may mean the other. */
function namesWithin({ resourceId, members }: Database): readonly string[] {
  return [resourceId, ...members.flatMap((member) => [member.resourceId, member.arn])];
}

/** Finds the items that bear any of some keys, each once and in the order of the list. */
function finder<T>(items: readonly T[], keysOf: KeysOf<T>) {
  const placesOf = placesBy(items, keysOf);
  return (keys: readonly (string | null)[]): readonly T[] => {
    const wanted = new Set<string>();
    let last: string | null = null;
    for (const key of keys) {
      // Things side by side often lie under one key: it need not be looked up for each.
      if (key !== null && key !== last) wanted.add(key);
      last = key;
    }
    const places = [...wanted].flatMap(placesOf);
    const inOrder = wanted.size > 1 ? [...new Set(places)].sort((a, b) => a - b) : places;
    return inOrder.map((place) => items[place] as T);
  };
}

/**
 * The part of an inventory, or of its world, that the losses of one database can reach: its recovery points, their keys
 * and vaults, and what could make AWS refuse its deletion.
 *
 * Cut out of an index that is built once, so that a question about every database of an estate costs as much as its
 * recovery points are many, and not that times its databases. A loss of the part leaves each of the database's points
 * the fate that the same loss of the whole does. Whatever is listed keeps the order that the whole has it in.
 */

import { printScope } from '../core/arn.ts';
import { oncePer } from '../core/once-per.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory, RecoveryPoint } from '../inventory/model.ts';
import { carefulFinalId } from './losses.ts';
import { countsOf, type Room, roomsOf } from './room.ts';
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

/** Reads an inventory once, and cuts its parts from it, each once. */
export const partsOf = oncePer((inventory: Inventory) => oncePer(partsCutter(inventory)));

function partsCutter(inventory: Inventory): (database: Database) => Part {
  const { holdings, byFinalName, counts } = lookUps(inventory.recoveryPoints);
  const kin = finder(inventory.databases, namesWithin);
  const keys = finder(inventory.keys, ({ arn }) => arn);
  const vaults = finder(inventory.vaults, ({ arn }) => arn);
  const rooms = finder(roomsOf(inventory, counts), printScope);
  return (database) => {
    const own = holdings.get(database.resourceId) ?? NO_HOLDING;
    const named = byFinalName([finalIdOf(database.identifier)]).filter(
      (point) => point.databaseResourceId !== database.resourceId,
    );
    const kinsmen = kin(namesWithin(database)).filter(({ arn }) => arn !== database.arn);
    const part: Inventory = {
      ...inventory,
      databases: [database, ...kinsmen],
      recoveryPoints: named.length === 0 ? own.points : [...own.points, ...named],
      keys: keys([database.keyArn, ...own.keyArns, ...named.map(({ keyArn }) => keyArn)]),
      vaults: vaults([...own.vaultArns, ...named.map(({ vaultArn }) => vaultArn)]),
    };
    return { inventory: part, rooms: rooms([printScope(database)]) };
  };
}

/** What parts are cut by, which takes reading every recovery point: whoever asks about the same points asks once. */
const lookUps = oncePer((points: readonly RecoveryPoint[]) => ({
  holdings: holdingsOf(points),
  // Only a name that a final snapshot would take matters, and few snapshots have one.
  byFinalName: finder(points, ({ id }) => (id.endsWith(FINAL_END) ? id : null)),
  counts: countsOf(points),
}));

/** The recovery points of one database in the order of the list, and the keys and vaults they lie under. */
interface Holding {
  readonly points: RecoveryPoint[];
  readonly keyArns: Set<string>;
  readonly vaultArns: Set<string>;
  /** The key that the last of the points lies under. */
  lastKeyArn: string | null;
}

const emptyHolding = (): Holding => ({ points: [], keyArns: new Set(), vaultArns: new Set(), lastKeyArn: null });
const NO_HOLDING = emptyHolding();

function holdingsOf(points: readonly RecoveryPoint[]): ReadonlyMap<string, Holding> {
  const holdings = new Map<string, Holding>();
  let owner: string | null = null;
  let holding: Holding = emptyHolding();
  for (const point of points) {
    const { databaseResourceId, keyArn, vaultArn } = point;
    if (databaseResourceId === null) continue;
    // In stable order the points of one database mostly lie side by side.
    if (databaseResourceId !== owner) {
      owner = databaseResourceId;
      const known = holdings.get(owner);
      holding = known ?? emptyHolding();
      if (known === undefined) holdings.set(owner, holding);
    }
    holding.points.push(point);
    // The points of one database mostly lie under one key, and to compare two ARNs is less work than to look one up.
    if (keyArn !== null && keyArn !== holding.lastKeyArn) {
      holding.keyArns.add(keyArn);
      holding.lastKeyArn = keyArn;
    }
    if (vaultArn !== null) holding.vaultArns.add(vaultArn);
  }
  return holdings;
}

/** AWS keeps names in lower case. */
function finalIdOf(identifier: string): string {
  return carefulFinalId(identifier).toLowerCase();
}

/** How the name of every final snapshot ends, whatever its database is called. */
const FINAL_END = finalIdOf('');

/** What nothing else should bear: where something does, a call on one of the two may mean the other. */
function namesWithin({ resourceId, members }: Database): readonly string[] {
  return [resourceId, ...members.flatMap((member) => [member.resourceId, member.arn])];
}

/** Finds the items that bear any of some keys, each once and in the order of the list. */
function finder<T>(items: readonly T[], keysOf: KeysOf<T>) {
  const placesOf = placesBy(items, keysOf);
  return (keys: readonly (string | null)[]): readonly T[] => {
    const wanted = new Set(keys.filter((key) => key !== null));
    const places = [...wanted].flatMap(placesOf);
    const inOrder = wanted.size > 1 ? [...new Set(places)].sort((a, b) => a - b) : places;
    return inOrder.map((place) => items[place] as T);
  };
}

/**
 * Finds databases and recovery points without reading them all: a change of a thousand steps looks a thousand times.
 *
 * Holds places in a list, never what stands there, so that it stays true while the things in the list change. Each table
 * is made when it is first asked for; what it finds still has to be compared, because a key may be a name or an ARN.
 */

import type { Database, RecoveryPoint } from '../inventory/model.ts';

/** Places in a list for a key, in the order of the list; none for what is not there. */
export type Places = (key: string) => readonly number[];

/** Where things are in the lists of a world. */
export interface WorldIndex {
  /** How many recovery points were indexed; one that was added since is not in here. */
  readonly points: number;
  readonly pointsByArn: Places;
  readonly pointsById: Places;
  readonly pointsByOwner: Places;
  /** Databases by resource id, ARN or identifier. */
  readonly databases: Places;
  /** Databases by resource id, ARN or identifier of one of their members. */
  readonly databasesByMember: Places;
}

/** The index of a world's lists. */
export function indexOf(databases: readonly Database[], points: readonly RecoveryPoint[]): WorldIndex {
  return {
    points: points.length,
    pointsByArn: placesBy(points, arnOf),
    pointsById: placesBy(points, idOf),
    pointsByOwner: placesBy(points, ownerOf),
    databases: placesBy(databases, namesOf),
    databasesByMember: placesBy(databases, memberNamesOf),
  };
}

// Named, so that they are compiled once and not again for every world of an estate.
const arnOf = ({ arn }: RecoveryPoint) => arn;
const idOf = ({ id }: RecoveryPoint) => id;
const ownerOf = ({ databaseResourceId }: RecoveryPoint) => databaseResourceId;
const memberNamesOf = ({ members }: Database) => members.flatMap(namesOf);

function namesOf({ resourceId, arn, identifier }: Pick<Database, 'resourceId' | 'arn' | 'identifier'>) {
  return [resourceId, arn, identifier];
}

const NOWHERE: readonly number[] = [];

/** The keys that an item is found by: one, several, or none. */
export type KeysOf<T> = (item: T) => string | null | readonly string[];

/** Where the items with a key are; the table is made when it is first asked for. */
export function placesBy<T>(items: readonly T[], keysOf: KeysOf<T>): Places {
  let table: Map<string, number[]> | null = null;
  return (key) => {
    table ??= tableOf(items, keysOf);
    return table.get(key) ?? NOWHERE;
  };
}

function tableOf<T>(items: readonly T[], keysOf: KeysOf<T>): Map<string, number[]> {
  const table = new Map<string, number[]>();
  // What lies side by side is often of one database: its list need not be looked up for each.
  let last: string | null = null;
  let places: number[] = [];
  const add = (key: string, place: number) => {
    if (key !== last) {
      last = key;
      const known = table.get(key);
      places = known ?? [place];
      if (known === undefined) table.set(key, places);
    }
    if (places.at(-1) !== place) places.push(place);
  };
  for (let place = 0; place < items.length; place += 1) {
    const keys = keysOf(items[place] as T);
    if (typeof keys === 'string') add(keys, place);
    else if (keys !== null) for (const key of keys) add(key, place);
  }
  return table;
}

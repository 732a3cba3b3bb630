/**
 * The accounts and regions of an inventory: one is named in a sentence, several get a table that says of each what was seen.
 *
 * A place that nobody could read is in the table too: whoever looks for it must not take its absence for emptiness.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { sortedBy } from '../core/canonical.ts';
import type { Inventory } from '../inventory/model.ts';
import type { Paint } from './style.ts';
import { type Cell, table } from './table.ts';

/** Every place an inventory speaks of, read or not. */
export function placesOf({ scopes, gaps }: Inventory): readonly Scope[] {
  const all = new Map([...scopes, ...gaps.map(({ where }) => where)].map((scope) => [printScope(scope), scope]));
  return sortedBy([...all.values()], printScope);
}

/** What was read, for a sentence: the place, or how many. */
export function printPlaces(inventory: Inventory): string {
  const [only, ...others] = inventory.scopes;
  if (only === undefined) return 'no place at all';
  return others.length === 0 ? printScope(only) : `${inventory.scopes.length} places`;
}

/** One row for each place; nothing when there is but one and it was read. */
export function renderPlaces(inventory: Inventory, paint: Paint, width: number): string[] {
  const places = placesOf(inventory);
  const read = new Set(inventory.scopes.map(printScope));
  if (places.length < 2 && read.size === places.length) return [];
  const [databases, points, gaps] = [
    countsOf(inventory.databases),
    countsOf(inventory.recoveryPoints),
    countsOf(inventory.gaps.map(({ where }) => where)),
  ];
  const rows = places.map(printScope).map((place): Cell[] => {
    const missing = gaps.get(place) ?? 0;
    return [
      place,
      read.has(place) ? String(databases.get(place) ?? 0) : { text: 'not read', brush: paint.red },
      String(points.get(place) ?? 0),
      { text: String(missing), brush: missing === 0 ? (text) => text : paint.yellow },
    ];
  });
  const headings = ['account and region', 'databases', 'recovery points', 'gaps'];
  return [paint.bold('places'), ...table({ headings, rows, indent: 2, width, paint })];
}

function countsOf(scopes: readonly Scope[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const scope of scopes) counts.set(printScope(scope), (counts.get(printScope(scope)) ?? 0) + 1);
  return counts;
}

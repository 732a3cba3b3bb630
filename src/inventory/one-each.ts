/**
 * One of each thing, however many listings, regions or accounts showed it.
 *
 * Pure. Which of two differing sights of one thing is kept depends on what they say, never on which came first.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { canonicalJson, compareCodeUnits } from '../core/canonical.ts';
import { invariant } from '../core/invariant.ts';

/**
 * The items in the order of their keys, one of each.
 *
 * @param rank Of two that bear one key the lower rank is kept; of equal ranks, the one whose bytes come first.
 */
export function oneEach<T>(items: readonly T[], key: (item: T) => string, rank: (item: T) => number = () => 0): T[] {
  const kept = new Map<string, T>();
  for (const item of items) {
    const name = key(item);
    const other = kept.get(name);
    if (other === undefined || comesBefore(item, other, rank)) kept.set(name, item);
  }
  // Without a comparison of its own, sorting goes by code unit, and faster.
  return [...kept.keys()].sort().map((name) => kept.get(name) as T);
}

function comesBefore<T>(item: T, other: T, rank: (item: T) => number): boolean {
  const difference = rank(item) - rank(other);
  return difference === 0 ? canonicalJson(item) < canonicalJson(other) : difference < 0;
}

/**
 * The items ordered by the parts of their key, one after another.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` if two bear one key.
 */
export function sortedUnique<T>(items: readonly T[], key: readonly ((item: T) => string)[], what: string): T[] {
  const compare = (a: T, b: T): number => {
    for (const part of key) {
      const order = compareCodeUnits(part(a), part(b));
      if (order !== 0) return order;
    }
    return 0;
  };
  const sorted = [...items].sort(compare);
  for (const [index, item] of sorted.entries()) {
    const previous = sorted[index - 1];
    if (previous !== undefined && compare(previous, item) === 0) {
      invariant(false, `each ${what} appears once`, { key: key.map((part) => part(item)).join(' ') });
    }
  }
  return sorted;
}

/** The first of each key, to be looked up by it. */
export function indexBy<T>(items: readonly T[], key: (item: T) => string | null): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const item of items) {
    const name = key(item);
    if (name !== null && !index.has(name)) index.set(name, item);
  }
  return index;
}

/** The items that share a key, group by group. */
export function groupsOf<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** The identity of a database where it lives: a resource id is unique in its region, and a name nowhere. */
export function residentKey(scope: Scope, resourceId: string | null): string {
  return `${printScope(scope)} ${resourceId}`;
}

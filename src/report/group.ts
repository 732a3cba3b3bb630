/**
 * Grouping for reports: items that share a key, in the order in which each key first appears.
 *
 * Stands in for `Map.groupBy`, which Node 20 does not have.
 */

/** The groups; none is empty. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

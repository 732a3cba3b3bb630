/**
 * Casualties that share a fate and its rules, together.
 *
 * A database with 35 daily snapshots loses them all for one reason, which is then said once. Snapshots come
 * before windows, because they are what people take for a backup.
 */

import { sortedBy } from '../core/canonical.ts';
import type { CasualtyView } from '../verdict/document.ts';
import { groupBy } from './group.ts';

/** Casualties with one fate and chain of rules. */
export interface CasualtyGroup {
  readonly fate: CasualtyView['fate'];
  readonly rules: CasualtyView['rules'];
  /** Snapshots first, the rest after them; never empty. */
  readonly members: readonly CasualtyView[];
}

/** The groups, in the order in which each first appears. */
export function groupCasualties(casualties: readonly CasualtyView[]): CasualtyGroup[] {
  return groupBy(casualties, ({ fate, rules }) => JSON.stringify([fate, rules])).flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const ordered = sortedBy(members, ({ kind, id }) => `${kind.includes('snapshot') ? 0 : 1} ${id}`);
    return [{ fate: first.fate, rules: first.rules, members: ordered }];
  });
}

/** Ids in words: `a`, `a, b, c`, or `a … z (35 of them)`. */
export function printIds(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids[0]} … ${ids.at(-1)} (${ids.length} of them)`;
}

/**
 * Casualties that share a kind, a fate and its rules, as one row.
 *
 * A database with 35 daily snapshots loses them all for one reason; 35 equal lines would push the remedy off the
 * screen. Ids are shown in full up to three, then first, last and the count.
 */

import { compareCodeUnits } from '../core/canonical.ts';
import type { CasualtyView } from '../verdict/document.ts';
import { groupBy } from './group.ts';

/** Casualties with one kind, fate and chain of rules. */
export interface CasualtyGroup {
  readonly kind: CasualtyView['kind'];
  readonly fate: CasualtyView['fate'];
  readonly rules: CasualtyView['rules'];
  /** Ordered by code unit; never empty. */
  readonly ids: readonly string[];
}

/** The groups, in the order in which each first appears. */
export function groupCasualties(casualties: readonly CasualtyView[]): CasualtyGroup[] {
  const groups = groupBy(casualties, ({ kind, fate, rules }) => JSON.stringify([kind, fate, rules]));
  return groups.flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { kind, fate, rules } = first;
    return [{ kind, fate, rules, ids: members.map((member) => member.id).sort(compareCodeUnits) }];
  });
}

/** The ids of a group in words: `a`, `a, b, c`, or `a … z (35 of them)`. */
export function printIds(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids[0]} … ${ids.at(-1)} (${ids.length} of them)`;
}

/**
 * What becomes of a recovery point, and how fates combine.
 *
 * A fate only ever gets worse while a change is folded over the world; each step that decided it leaves
 * its rule behind, so the whole chain can be read afterwards.
 */

import { earliest, type Instant } from '../core/time.ts';
import type { RuleCode } from './rules.ts';

/** Best first. `unreadable`: the bytes remain but no restore can use them. */
export const FATE_WORDS = ['survives', 'survives_until', 'unreadable', 'unknown', 'lost'] as const;
export type FateWord = (typeof FATE_WORDS)[number];

/** A recovery point's end and the rules that decided it, in the order in which they applied. */
export interface Fate {
  readonly word: FateWord;
  /** Set for `survives_until` only. */
  readonly until: Instant | null;
  readonly rules: readonly RuleCode[];
}

/** True when a restore could start from it. */
export function isAlive(fate: Fate): boolean {
  return fate.word === 'survives' || fate.word === 'survives_until';
}

/** The fate after one more rule: the worse word holds, the earlier end holds, the rule is added once. */
export function worsen(fate: Fate, word: FateWord, rule: RuleCode, until: Instant | null = null): Fate {
  const worse = FATE_WORDS.indexOf(word) > FATE_WORDS.indexOf(fate.word) ? word : fate.word;
  const ends = [fate.until, until].filter((end) => end !== null);
  return {
    word: worse,
    until: worse === 'survives_until' ? ends.reduce(earliest) : null,
    rules: fate.rules.includes(rule) ? fate.rules : [...fate.rules, rule],
  };
}

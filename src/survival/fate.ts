/**
 * What becomes of a recovery point, and how fates combine.
 *
 * A fate only ever gets worse while a change is folded over the world; each step that decided it leaves
 * its rule behind, so the whole chain can be read afterwards.
 */

import { earliest, type Instant } from '../core/time.ts';
import { RULE_CODES, type RuleCode } from './rules.ts';

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

/** The fate that nothing has touched yet; one for all, since fates are many and never change. */
export const UNTOUCHED: Fate = { word: 'survives', until: null, rules: [] };

/** Lists of one rule, shared by every fate that one rule decided. */
const ALONE = Object.fromEntries(RULE_CODES.map((rule) => [rule, [rule]])) as unknown as Readonly<
  Record<RuleCode, readonly RuleCode[]>
>;

/** What one rule without an instant makes of a fate that nothing has touched. */
const FIRST = Object.fromEntries(
  FATE_WORDS.map((word) => [
    word,
    Object.fromEntries(RULE_CODES.map((rule) => [rule, { word, until: null, rules: ALONE[rule] }])),
  ]),
) as unknown as Readonly<Record<FateWord, Readonly<Record<RuleCode, Fate>>>>;

/** The fate after one more rule: the worse word holds, the earlier end holds, the rule is added once. */
export function worsen(fate: Fate, word: FateWord, rule: RuleCode, until: Instant | null = null): Fate {
  if (fate === UNTOUCHED && until === null) return FIRST[word][rule];
  return worse(fate, word, rule, until);
}

/** The same for many points: those that lie side by side often share a fate, and then share what becomes of it. */
export function worsening(word: FateWord, rule: RuleCode): (fate: Fate) => Fate {
  let from: Fate = UNTOUCHED;
  let to = worsen(from, word, rule);
  return (fate) => {
    if (fate === from) return to;
    from = fate;
    to = worsen(fate, word, rule);
    return to;
  };
}

function worse(fate: Fate, word: FateWord, rule: RuleCode, until: Instant | null): Fate {
  const worst = FATE_WORDS.indexOf(word) > FATE_WORDS.indexOf(fate.word) ? word : fate.word;
  return {
    word: worst,
    until: worst === 'survives_until' ? earlierEnd(fate.until, until) : null,
    rules: withRule(fate.rules, rule),
  };
}

function earlierEnd(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : earliest(a, b);
}

function withRule(rules: readonly RuleCode[], rule: RuleCode): readonly RuleCode[] {
  if (rules.length === 0) return ALONE[rule];
  return rules.includes(rule) ? rules : [...rules, rule];
}

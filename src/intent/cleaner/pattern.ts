/**
 * Matching a name against a pattern of another language's making: Go's and Python's expressions, and globs.
 *
 * Only what means the same everywhere is matched, and only what takes no more than a moment; anything else is unknown.
 * Source: Go `regexp/syntax`; Python `re`; ECMAScript regular expressions; libnuke `pkg/filter` (a star of a glob does
 * not cross a slash).
 */

import type { Pattern } from './rule.ts';

/** What can be said of one thing. */
export type Answer = 'yes' | 'no' | 'unknown';

const PATTERN_LENGTH_MAX = 500;
const TEXT_LENGTH_MAX = 2_000;
/** What a test of one name may cost: some milliseconds. */
const STEPS_MAX = 1_000_000;

/** Characters, classes, groups and alternatives that all of them read alike. */
const COMMON_SYNTAX =
  /^(?:[^\\()[\]{}+*?|^$]|\\[dws.\-\\/+*?()[\]{}|^$]|\[\^?(?:[^\\[\]]|\\[dws.\-\\/])+\]|[()+*?|^$])*$/;
/** A repeated group can take longer than anybody waits. */
const REPEATED_GROUP = /\)[+*]/;
/** `(?`, and repetitions of repetitions, differ between languages. */
const SPECIAL = /\(\?|[+*?][+*?]/;

/** Whether a text matches; unknown for a pattern that is not read alike everywhere. */
export function matches(text: string, { how, text: pattern, ignoreCase }: Pattern): Answer {
  const [a, b] = ignoreCase ? [text.toLowerCase(), pattern.toLowerCase()] : [text, pattern];
  switch (how) {
    case 'exact':
      return answer(a === b);
    case 'contains':
      return answer(a.includes(b));
    case 'prefix':
      return answer(a.startsWith(b));
    case 'suffix':
      return answer(a.endsWith(b));
    case 'glob':
      return matchesGlob(a, b);
    case 'regex':
    case 'regex_at_start':
      return matchesExpression(text, pattern, { atStart: how === 'regex_at_start', ignoreCase });
  }
}

/** The answer to a question that was decided. */
export function answer(holds: boolean): Answer {
  return holds ? 'yes' : 'no';
}

function matchesExpression(
  text: string,
  pattern: string,
  { atStart, ignoreCase }: { readonly atStart: boolean; readonly ignoreCase: boolean },
): Answer {
  if (pattern.length > PATTERN_LENGTH_MAX || text.length > TEXT_LENGTH_MAX) return 'unknown';
  if (!COMMON_SYNTAX.test(pattern) || REPEATED_GROUP.test(pattern) || SPECIAL.test(pattern)) return 'unknown';
  if (stepsOf(pattern, text, atStart) > STEPS_MAX) return 'unknown';
  try {
    return answer(new RegExp(atStart ? `^(?:${pattern})` : pattern, ignoreCase ? 'i' : '').test(text));
  } catch {
    return 'unknown';
  }
}

/**
 * The most that a test can cost: each repetition may end at every character, each option may be taken or not, and
 * each group may be any of its alternatives.
 */
function stepsOf(pattern: string, text: string, atStart: boolean): number {
  const signs = pattern.replace(/\\.|\[\^?(?:[^\\[\]]|\\.)+\]/g, 'x');
  const count = (sign: RegExp) => (signs.match(sign) ?? []).length;
  const starts = atStart || signs.startsWith('^') ? 0 : 1;
  const repetitions = (text.length + 1) ** (count(/[+*]/g) + starts);
  return repetitions * 2 ** (count(/\?/g) + alternativesInGroups(signs));
}

/** Alternatives at the top are tried once each; those of a group as often as whatever follows it fails. */
function alternativesInGroups(signs: string): number {
  let depth = 0;
  let found = 0;
  for (const sign of signs) {
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (sign === '|' && depth > 0) found += 1;
  }
  return found;
}

/** Two pointers and one step back: linear in practice, quadratic at worst. */
function matchesGlob(text: string, pattern: string): Answer {
  if (/[[\]{}\\]|\*\*/.test(pattern) || text.includes('/') || pattern.length > PATTERN_LENGTH_MAX) return 'unknown';
  let [at, within, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[within] === '*') {
      star = within++;
      resume = at;
    } else if (within < pattern.length && (pattern[within] === '?' || pattern[within] === text[at])) {
      at++;
      within++;
    } else if (star >= 0) {
      within = star + 1;
      at = ++resume;
    } else return 'no';
  }
  while (pattern[within] === '*') within++;
  return answer(within === pattern.length);
}

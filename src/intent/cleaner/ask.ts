/**
 * Asking a test of a thing: yes, no, or unknown where the inventory does not say.
 *
 * Time goes on between the verdict and the run, so that what is true of an age now has to be true a day later as well;
 * otherwise it is unknown.
 */

import { unreachable } from '../../core/invariant.ts';
import { addDays, type Instant, secondsBetween } from '../../core/time.ts';
import { type Answer, answer, matches } from './pattern.ts';
import type { Comparison, Test } from './rule.ts';
import { instantIn } from './span.ts';
import type { FactValue, Thing } from './thing.ts';

/** How long after the inventory was read a config may still be run, in days. */
const RUN_WITHIN_DAYS = 1;

/**
 * Asks one test.
 *
 * @param at When the inventory was read.
 */
export function ask(test: Test, thing: Thing, at: Instant): Answer {
  switch (test.kind) {
    case 'always':
      return 'yes';
    case 'unknown':
      return 'unknown';
    case 'all':
      return conjunction(test.of.map((part) => ask(part, thing, at)));
    case 'any':
      return negation(conjunction(test.of.map((part) => negation(ask(part, thing, at)))));
    case 'not':
      return negation(ask(test.of, thing, at));
    case 'compare':
      return compared(thing.facts[test.fact], test.how, test.value);
    case 'match': {
      const fact = thing.facts[test.fact];
      return fact === undefined ? 'unknown' : matches(String(fact), test.pattern);
    }
    case 'tag':
      return askTag(test, thing);
    case 'tag_ahead':
      return askTagAhead(thing.tags, test.key, at);
    case 'created':
      if (thing.createdAt === null || thing.createdAt === test.at) return 'unknown';
      return answer(test.how === 'before' ? thing.createdAt < test.at : thing.createdAt > test.at);
    case 'age': {
      const { createdAt } = thing;
      if (createdAt === null) return 'unknown';
      const [now, later] = [at, addDays(at, RUN_WITHIN_DAYS)].map((then) =>
        compared(secondsBetween(createdAt, then), test.how, test.seconds),
      );
      return now === later ? (now ?? 'unknown') : 'unknown';
    }
    default:
      return unreachable(test, 'tests');
  }
}

function askTag({ key, pattern }: Extract<Test, { kind: 'tag' }>, { tags }: Thing): Answer {
  if (tags === null) return 'unknown';
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
  if (value === undefined) return 'no';
  return pattern === 'present' ? 'yes' : matches(value, pattern);
}

function askTagAhead(tags: Thing['tags'], key: string, at: Instant): Answer {
  if (tags === null) return 'unknown';
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
  if (value === undefined) return 'no';
  const until = instantIn(value);
  return until !== null && until > addDays(at, RUN_WITHIN_DAYS) ? 'yes' : 'unknown';
}

function compared(fact: FactValue | undefined, how: Comparison, value: FactValue): Answer {
  if (fact === undefined) return 'unknown';
  if (how === 'eq') {
    // Tools compare text with text: `"true"` may or may not be true; and 1 may be.
    if (typeof fact !== typeof value) {
      const isText = typeof fact === 'string' || typeof value === 'string';
      return isText && String(fact) !== String(value) ? 'no' : 'unknown';
    }
    return answer(fact === value);
  }
  if (typeof fact !== 'number' || typeof value !== 'number') return 'unknown';
  const holds = { lt: fact < value, le: fact <= value, gt: fact > value, ge: fact >= value };
  return answer(holds[how]);
}

function conjunction(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('unknown') ? 'unknown' : 'yes';
}

function negation(given: Answer): Answer {
  return given === 'unknown' ? 'unknown' : given === 'yes' ? 'no' : 'yes';
}

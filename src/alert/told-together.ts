/**
 * Verdicts that changed at one look, each told by itself or with those that share its cause.
 *
 * When a region cannot be read, everything in it turns unknown at once, and later back. Hundreds of alerts of that would be
 * muted, and the next outage with them: three and more of one place and one cause are one alert, and so is a cause that
 * struck more places than can be told apart. So are those that come within reach together. Whatever turns not ready for a reason of its own is told by itself.
 */

import { compareCodeUnits, sortedBy } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';
import type { DatabaseView, VerdictWord } from '../verdict/document.ts';
import type { ReasonCode } from '../verdict/reasons.ts';
import { ALERT_LEVELS, type AlertLevel } from './alert.ts';
import { type Happening, listed, placeOf } from './make-alert.ts';
import type { Standing } from './standing.ts';
import { knownOf } from './standing-of.ts';
import { levelOf, newReasons, reasonsTold, VERDICT_CHANGED, verdictHappening, words } from './verdict-change.ts';

/** One database at two looks. */
export interface Turn {
  /** Null for one that was not there. */
  readonly before: Standing | null;
  readonly now: Standing;
  /** The judgement behind it, where it is at hand. */
  readonly view: DatabaseView | undefined;
}

const TOGETHER_MIN = 3;
const PLACES_MAX = 3;
const NAMES_MAX = 3;
/** Said of everything in a place that was not read for too long. */
const OF_THE_PLACE: ReasonCode = 'inventory_stale';
const RECOVERED = 'recovered';
const NEW = 'new';

/** That verdicts changed; empty where none did. */
export function verdictHappenings(turns: readonly Turn[], at: Instant): readonly Happening[] {
  const alone = (turn: Turn) => verdictHappening(turn.before, turn.now, { view: turn.view, at });
  const changed = turns.filter((turn) => alone(turn).length > 0);
  const byCause = groupedBy(changed, causeOf);
  return [...byCause].flatMap(([cause, sharing]) => {
    if (cause === null) return sharing.flatMap(alone);
    const byPlace = groupedBy(sharing, ({ now }) => placeNameOf(now.databaseArn));
    const groups = byPlace.size > PLACES_MAX ? [sharing] : [...byPlace.values()];
    return groups.flatMap((group) => (group.length < TOGETHER_MIN ? group.flatMap(alone) : [together(group, at)]));
  });
}

/** What a change of verdict has in common with others; null for one that is to be told by itself. */
function causeOf({ before, now }: Turn): string | null {
  const { verdict, reasons } = now;
  // As when a whole account comes within reach.
  if (before === null) return `${verdict} ${NEW}`;
  if (before.verdict === 'unknown' && isAsKnown(before, now)) return `${verdict} ${RECOVERED}`;
  if (verdict === 'unknown' || (verdict === 'not_ready' && reasons.includes(OF_THE_PLACE)))
    return [verdict, ...newReasons(before, now)].join(' ');
  return null;
}

/** Whether it is back as it was before nobody could tell, or better. */
function isAsKnown(before: Standing, { verdict, reasons }: Standing): boolean {
  if (verdict === 'ready') return true;
  const known = before.knownReasons ?? [];
  return verdict === 'not_ready' && knownOf(before) === 'not_ready' && reasons.every((code) => known.includes(code));
}

function together(unordered: readonly Turn[], at: Instant): Happening {
  const turns = sortedBy(unordered, ({ now }) => now.databaseArn);
  const places = [...new Set(turns.map(({ now }) => placeNameOf(now.databaseArn)))].sort(compareCodeUnits);
  const first = turns[0] as Turn;
  const { verdict: to } = first.now;
  const cause = causeOf(first);
  const shared = cause !== `${to} ${RECOVERED}` && cause !== `${to} ${NEW}`;
  const told = shared ? reasonsOf(turns) : [];
  const from = commonOf(turns.map(({ before }) => before?.verdict ?? null));
  const where = places.length === 1 ? `in ${places[0]}` : `in ${places.length} places (${shortened(places)})`;
  const why = told[0] === undefined ? '' : `: ${told[0].message}`;
  const names = shortened(turns.map(({ now }) => now.identifier));
  const place = places.length === 1 ? placeOf(first.now.databaseArn) : { accountId: null, region: null };
  return {
    type: VERDICT_CHANGED,
    level: loudest(turns.map(({ before, now }) => levelOf(before, now.verdict))),
    subject: places.length === 1 ? (places[0] ?? 'databases') : 'databases',
    happened: { to, cause, since: turns.map(({ before, now }) => [now.databaseArn, before?.at ?? 'new']) },
    message: `${turns.length} databases ${where} ${turnOf(to, cause)}${why} (${names})`,
    remedy: told.find(({ remedy }) => remedy !== null)?.remedy ?? null,
    facts: {
      ...place,
      from,
      to,
      verdict: to,
      reasons: told,
      databases: turns.length,
      places: listed(places),
      arns: listed(turns.map(({ now }) => now.databaseArn)),
      seenAt: at,
    },
  };
}

/** In the words of the judgements where they agree, else of the catalogue: nothing said of one is said of all. */
function reasonsOf(turns: readonly Turn[]) {
  const first = turns[0] as Turn;
  const codes = newReasons(first.before, first.now);
  const said = turns.map(({ view }) => reasonsTold(codes, view));
  const isOne = new Set(said.map((reasons) => JSON.stringify(reasons))).size === 1;
  return isOne ? (said[0] ?? []) : reasonsTold(codes, undefined);
}

function turnOf(to: VerdictWord, cause: string | null): string {
  if (cause === `${to} ${NEW}`) return `are new and ${words(to)}`;
  if (to === 'ready') return 'are ready again';
  return cause === `${to} ${RECOVERED}` ? `are ${words(to)}, as before` : `are ${words(to)} now`;
}

function commonOf<T>(values: readonly T[]): T | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

function loudest(levels: readonly AlertLevel[]): AlertLevel {
  return ALERT_LEVELS.find((level) => levels.includes(level)) ?? 'info';
}

function shortened(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return `${names.slice(0, NAMES_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function placeNameOf(arn: string): string {
  const { accountId, region } = placeOf(arn);
  return `${accountId ?? ''}/${region ?? ''}`;
}

function groupedBy<K>(turns: readonly Turn[], keyOf: (turn: Turn) => K): ReadonlyMap<K, readonly Turn[]> {
  const groups = new Map<K, Turn[]>();
  for (const turn of turns) {
    const key = keyOf(turn);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [turn]);
    else group.push(turn);
  }
  return groups;
}

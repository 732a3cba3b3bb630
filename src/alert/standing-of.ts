/**
 * How a database stands now, as far as the next look needs it to see that something changed.
 *
 * Given its verdict, what was observed of it, and how it stood before. Also says which warning of its last survivor's end
 * is due: each number of days is told once. Where backups come and go by a plan, the end moves on with each of them; a
 * warning is armed again only once the end lies a full day further off, so that a plan of seven days does not tell of a
 * seventh day every morning.
 */

import { type Days, elapsedSeconds, type Instant, latest, SECONDS_PER_DAY } from '../core/time.ts';
import type { Database } from '../inventory/model.ts';
import type { DatabaseView } from '../verdict/document.ts';
import type { Standing } from './standing.ts';

/** Days before the end of a last survivor at which it is told, unless the service file says otherwise. */
export const ENDING_DAYS: readonly Days[] = [14, 7, 3, 1];

const REARM_DAYS: Days = 1;

/** What a standing follows from, besides the database and its verdict. */
export interface Watched {
  /** How it stood before; null when it was never looked at. */
  readonly before: Standing | null;
  readonly at: Instant;
  /** When the place it lies in was seen so. */
  readonly observedAt: Instant;
  /** The same that `alertsOfStandings` is given. */
  readonly endingDays: readonly Days[];
}

/** How a database stands. */
export function standingOf(
  view: DatabaseView,
  database: Database,
  { before, at, observedAt, endingDays }: Watched,
): Standing {
  const lastSurvivorEndsAt = lastEndOf(view);
  const reasons = [...new Set(view.reasons.map(({ code }) => code))].sort();
  const knownReasons = view.verdict === 'unknown' ? before?.knownReasons : reasons;
  return {
    databaseArn: view.arn,
    identifier: view.identifier,
    resourceId: view.resourceId,
    aliveAt: database.status === 'deleting' ? (before?.aliveAt ?? null) : observedAt,
    at,
    verdict: view.verdict,
    knownVerdict: view.verdict === 'unknown' ? (before === null ? null : knownOf(before)) : view.verdict,
    ...(knownReasons !== undefined && { knownReasons }),
    reasons,
    lastSurvivorEndsAt,
    endToldDays: lastSurvivorEndsAt === null ? null : toldDays(lastSurvivorEndsAt, { before, at, endingDays }),
    deletionProtection: database.deletionProtection,
    retentionDays: database.retentionDays,
  };
}

/** The last verdict of a database that was not unknown; null when there never was one. */
export function knownOf({ verdict, knownVerdict }: Standing): NonNullable<Standing['knownVerdict']> | null {
  return verdict === 'unknown' ? (knownVerdict ?? null) : verdict;
}

/** Whether a standing is of the database that stood there before: a name is used again, an id is not. */
export function isSameDatabase(before: Standing, now: Pick<Standing, 'resourceId'>): boolean {
  const [was, is] = [before.resourceId, now.resourceId];
  return was === undefined || is === undefined || was === is;
}

/** Of those that stood before, the ones that are no more: nothing bears their name, or another database does. */
export function departedOf({
  before,
  after,
  gone,
}: {
  readonly before: readonly Standing[];
  readonly after: readonly Standing[];
  /** ARNs of databases that were there before and are no more. */
  readonly gone: readonly string[];
}): readonly Standing[] {
  const here = new Map(after.map((standing) => [standing.databaseArn, standing]));
  const missing = new Set(gone);
  return before.filter((stood) => {
    const now = here.get(stood.databaseArn);
    return now === undefined ? missing.has(stood.databaseArn) : !isSameDatabase(stood, now);
  });
}

/** When the last survivor ends; null when one never does, or there is none. */
function lastEndOf({ survivors }: DatabaseView): Instant | null {
  let last: Instant | null = null;
  for (const { expiresAt } of survivors) {
    if (expiresAt === null) return null;
    last = last === null ? expiresAt : latest(last, expiresAt);
  }
  return last;
}

/** The smallest number of days that is told of once this look is over. */
function toldDays(endsAt: Instant, { before, at, endingDays }: Omit<Watched, 'observedAt'>): Days | null {
  const days = elapsedSeconds(at, endsAt) / SECONDS_PER_DAY;
  const told = before?.endToldDays ?? null;
  const stillTold = told !== null && days <= told + REARM_DAYS ? [told] : [];
  const due = [...endingDays.filter((limit) => days <= limit), ...stillTold];
  return due.length === 0 ? null : Math.min(...due);
}

/**
 * Restore windows and backup times, worked out from an instant.
 *
 * Given a database's retention and the instant asked about; reads no clock. Source: RDS User Guide,
 * "Restoring a DB instance to a specified time" (logs go out every five minutes), "Backup retention period".
 */

import { addDays, fromEpochMilliseconds, type Instant, latest, toEpochMilliseconds } from '../core/time.ts';
import type { Backed } from './world.ts';

const LOG_INTERVAL_MILLISECONDS = 300_000;

/** The instants a point-in-time restore can choose from. */
export interface Window {
  readonly earliest: Instant;
  readonly latest: Instant;
}

/** The restore window at an instant; null while there are no automated backups. */
export function restoreWindow(database: Backed, at: Instant): Window | null {
  if (database.retentionDays === 0 || database.windowStartsAt === null || database.windowStartsAt > at) return null;
  // While it is stopped no log is written, and the time does not count against retention.
  const until = database.stoppedAt ?? at;
  const start = latest(database.windowStartsAt, addDays(until, -database.retentionDays));
  const shipped = fromEpochMilliseconds(
    Math.floor(toEpochMilliseconds(until) / LOG_INTERVAL_MILLISECONDS) * LOG_INTERVAL_MILLISECONDS,
  );
  return { earliest: start, latest: latest(start, shipped) };
}

/** The first instant after `after` at which a daily window such as `09:07-09:37` opens. */
export function nextDaily(window: string, after: Instant): Instant {
  const today = `${after.slice(0, 10)}T${window.slice(0, 5)}:00.000Z` as Instant;
  return today > after ? today : addDays(today, 1);
}

/** The first instant after `after` at which a weekly window such as `wed:02:40-wed:03:10` opens. */
export function nextWeekly(window: string, after: Instant): Instant {
  const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].indexOf(window.slice(0, 3));
  const first = nextDaily(window.slice(4), after);
  const ahead = (day - new Date(first).getUTCDay() + 7) % 7;
  return addDays(first, ahead);
}

/** The name AWS gives a daily system snapshot: `rds:orders-2026-11-22-09-07`. */
export function systemSnapshotName(identifier: string, at: Instant): string {
  return `rds:${identifier}-${at.slice(0, 10)}-${at.slice(11, 13)}-${at.slice(14, 16)}`;
}

/**
 * Restore-point arithmetic: how much committed work a restore gives up.
 *
 * A snapshot gives back the moment whose data it holds, a window its newest instant; everything after is
 * lost. Reads no clock and calls nothing.
 * Source: Amazon RDS API, DBSnapshot (SnapshotDatabaseTime, OriginalSnapshotCreateTime) and RestoreWindow.
 */

import { invariant } from '../core/invariant.ts';
import { addSeconds, type Instant, type Seconds, secondsBetween } from '../core/time.ts';
import type { RecoveryPoint } from '../inventory/model.ts';

/** Clocks differ a little; what lies further ahead than this was not stamped by the world that is judged. */
const CLOCK_SKEW_SECONDS_MAX = 300;

/** True for an instant so far ahead of another that no difference between clocks explains it. */
export function liesAhead(instant: Instant, of: Instant): boolean {
  return instant > of && instant > addSeconds(of, CLOCK_SKEW_SECONDS_MAX);
}

/** The newest instant a restore from this point gives back; null when AWS does not say. */
export function newestInstantOf(point: RecoveryPoint): Instant | null {
  if (point.window === null) return point.dataAt;
  invariant(point.window.earliest <= point.window.latest, 'a restore window runs forward', point.window);
  return point.window.latest;
}

/**
 * Work lost when restoring to an instant.
 *
 * @param newest The newest instant that the restore gives back.
 * @param lossAt When the database stopped being there.
 * @returns Whole seconds, rounded up. An instant after the loss (clocks differ a little) loses nothing.
 */
export function dataLossSeconds(newest: Instant, lossAt: Instant): Seconds {
  return newest >= lossAt ? 0 : secondsBetween(newest, lossAt);
}

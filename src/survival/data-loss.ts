/**
 * Restore-point arithmetic: how much committed work a restore gives up.
 *
 * A snapshot gives back the moment whose data it holds, a window its newest instant; everything after is
 * lost. Reads no clock and calls nothing.
 * Source: Amazon RDS API, DBSnapshot (SnapshotDatabaseTime, OriginalSnapshotCreateTime) and RestoreWindow.
 */

import { invariant } from '../core/invariant.ts';
import { type Instant, type Seconds, secondsBetween } from '../core/time.ts';
import type { RecoveryPoint } from '../inventory/model.ts';

/** The newest instant a restore from this point gives back; null when AWS does not say. */
export function newestInstantOf(point: RecoveryPoint): Instant | null {
  if (point.window === null) return point.dataAt;
  invariant(point.window.earliest <= point.window.latest, 'a restore window runs forward', { id: point.id });
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

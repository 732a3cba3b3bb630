/**
 * Survivors by loss in figures: of each loss only how many points it leaves, how recent the best of them is, and until when.
 *
 * Given the rows of the matrix; works nothing out that is not in them. The rows name every point that is left, which is
 * more than a report on many databases can carry.
 */

import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import type { LossRow } from './matrix.ts';

/** One loss, in figures. */
export interface LossSummary {
  /** A loss by name, or what one principal may delete. */
  readonly loss: string;
  /** How many recovery points are left. */
  readonly left: number;
  /** The newest instant that one of them gives back, to the second and never later; null when none is left or AWS does not say. */
  readonly newestAt: Instant | null;
  readonly dataLossSeconds: Seconds | null;
  /** When the last of them ends by itself; null when one never does, or nothing is left. */
  readonly until: Instant | null;
  /** How many are neither surely left nor surely lost. */
  readonly unknown: number;
}

/** A row in figures; `at` is the instant that the row was asked about. */
export function summaryOf(row: LossRow<string>, at: Instant): LossSummary {
  const { loss, left, unknown, dataLossSeconds, lastEndsAt } = row;
  return {
    loss,
    left: left.length,
    newestAt: dataLossSeconds === null ? null : addSeconds(at, -dataLossSeconds),
    dataLossSeconds,
    until: lastEndsAt,
    unknown: unknown.length,
  };
}

/**
 * What one place showed at one instant: an account and region, read by itself and kept until the next reading.
 *
 * An inventory of many places is joined from such sights, each with an age of its own; a place that could not be read, or
 * not for too long, is a gap and never an empty one.
 */

import type { Scope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import type { Principal } from './model.ts';
import type { Observations } from './observations.ts';

/** One reading of one account and region. */
export interface Sight {
  readonly formatVersion: '1';
  readonly place: Scope;
  /** When the reading began: nothing in it is older. */
  readonly observedAt: Instant;
  /** What was asked instead of AWS; null for AWS itself. */
  readonly endpoint: string | null;
  /** Who read. */
  readonly principal: Principal;
  /** Gaps included: a reading that was refused is a sight too, which shows nothing. */
  readonly seen: Omit<Observations, 'observedAt' | 'endpoint' | 'principal'>;
}

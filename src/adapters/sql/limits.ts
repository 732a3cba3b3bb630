/**
 * How patiently a scratch database is spoken to.
 *
 * Given to every driver; leaves out how long the restore itself may take, which the drill decides. Source of
 * the waits: RDS reports `available` some seconds before every name server knows the new host, and reads blocks of a
 * restored volume from S3 when they are first touched (RDS User Guide, "Restoring to a DB instance").
 */

import type { Seconds } from '../../core/time.ts';

/** How patiently a probe session is opened and how long one question may take. */
export interface ProbeLimits {
  /** Connections tried before giving up. */
  readonly attemptsMax: number;
  readonly waitSeconds: Seconds;
  readonly connectSecondsMax: Seconds;
  /** For one statement of a question. */
  readonly statementSecondsMax: Seconds;
  /** For one table or index that is read whole: hydration and integrity. */
  readonly wholeSecondsMax: Seconds;
}

/** What holds unless told otherwise: about half a minute for a database that refuses at once. */
export const PROBE_LIMITS: ProbeLimits = {
  attemptsMax: 10,
  waitSeconds: 3,
  connectSecondsMax: 10,
  statementSecondsMax: 300,
  wholeSecondsMax: 21_600,
};

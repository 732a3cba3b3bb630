/**
 * What verifying a chain of records says: of its links, and of its seals.
 *
 * Plain data, for whoever prints it.
 */

import type { Instant } from '../core/time.ts';
import type { ChainReport } from './chain-report.ts';
import type { SealReport } from './seals.ts';

/** A chain of records, verified. */
export interface RecordsVerified {
  readonly formatVersion: '1';
  readonly at: Instant;
  /** True when nothing is wrong with the chain nor with its seals. */
  readonly whole: boolean;
  /** Whether where it ends was kept apart from its records; without that, what was cut off at its end is not missed. */
  readonly endKept: boolean;
  readonly chain: ChainReport;
  readonly seals: SealReport;
}

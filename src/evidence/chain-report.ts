/**
 * What a check of a chain says.
 *
 * Plain data, for whoever prints it. A finding names the record at fault and the last moment up to which the chain is
 * surely as it was written.
 */

import type { Instant } from '../core/time.ts';

/** What can be wrong with a chain; wire values, permanent. */
export const CHAIN_FAULTS = [
  'changed',
  'missing',
  'out_of_order',
  'cut_short',
  'erased_unsaid',
  'doubled',
  'beyond_head',
] as const;
export type ChainFault = (typeof CHAIN_FAULTS)[number];

/** One cause, with everything that follows from it. */
export interface ChainFinding {
  readonly kind: ChainFault;
  /** The record at fault; of several in a row the first. */
  readonly seq: number;
  /** When the last record before it was written that is surely whole; null when there is none. */
  readonly since: Instant | null;
  readonly message: string;
}

/** A whole chain, checked. */
export interface ChainReport {
  readonly records: number;
  /** Number of the first record; null for none. */
  readonly first: number | null;
  /** The highest number; null for none. */
  readonly last: number | null;
  /** By their numbers; none for a chain that is whole. */
  readonly findings: readonly ChainFinding[];
  /** How many records have no body any more. */
  readonly erased: number;
}

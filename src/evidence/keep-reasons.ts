/**
 * Why a record keeps its body, when a store is thinned out.
 *
 * A closed list; what is printed of a thinning names these. In doubt a body stays, and the reason says that too.
 */

import type { Instant } from '../core/time.ts';
import type { RecordKind } from './chain.ts';

/** Wire values, permanent. */
export const KEEP_REASONS = [
  /** Younger than the age, by its record or by what it says. */
  'young',
  /** Keys, seals and erasures: the chain is read by them. */
  'of_the_chain',
  /** What speaks for a database and a claim today, or what the next drill compares itself with. */
  'newest_drill',
  /** Something that the drill made is not known to be gone. */
  'scratch_left',
  /** Its drill has no record yet, so that a run or a sweep goes on by it. */
  'unfinished_drill',
  /** Its drill's journal stays, by which a sweep would record the drill anew. */
  'journal_stays',
  /** A weakening of a setting, or its undoing: however old, it is remembered. */
  'remembers_settings',
  /** The newest of its lineage, or the last that claims or releases a database. */
  'latest_state',
  /** A decision, an approval or a token that still holds. */
  'unexpired',
  /** The revocation of a token whose own record stays: without it the token would hold again. */
  'token_stays',
  /** Not in a form that this Muster knows. */
  'not_understood',
] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/** One body, and why it stays; null when nothing holds it. */
export interface KeepVerdict {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly keep: KeepReason | null;
}

/** From when on records stay, and what time it is for what expires. */
export interface Moments {
  readonly before: Instant;
  readonly now: Instant;
}

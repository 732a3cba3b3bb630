/**
 * What the use cases need from an archive: a place outside the store that takes records and never gives one up.
 *
 * Adapters implement this. What an archive holds is the chain itself, batch by batch, so that it can be checked without
 * the store it came from, and outlives the account that it judges.
 */

import type { Days } from '../core/time.ts';
import type { ChainRecord, Head } from '../evidence/chain.ts';

/** Whose account an archive is in, as seen from the databases that are judged. */
export const ARCHIVE_OWNERS = ['other_account', 'judged_account', 'unknown'] as const;
export type ArchiveOwner = (typeof ARCHIVE_OWNERS)[number];

/** What an archive is. */
export interface ArchiveState {
  /** Such as `s3://bucket/prefix`. */
  readonly location: string;
  /** Under COMPLIANCE nobody shortens it; under GOVERNANCE who holds a permission of its own. */
  readonly lockMode: 'COMPLIANCE' | 'GOVERNANCE';
  /** How long each record is locked from the moment it is put. */
  readonly retentionDays: Days;
  readonly owner: ArchiveOwner;
  /** What weakens it, in words; none for a good one. */
  readonly warnings: readonly string[];
}

/**
 * Takes records and keeps them.
 *
 * Every method throws MusterError: `MUSTER_ARCHIVE_INVALID` where the place is no archive, or holds what this chain never
 * was; retryable ones where the same call may succeed later.
 */
export interface Archive {
  /** @throws MusterError `MUSTER_ARCHIVE_INVALID` when it could be emptied: it takes nothing then. */
  describe(): Promise<ArchiveState>;
  /** The last record that it holds; null while it is empty. */
  last(): Promise<Head | null>;
  /**
   * Keeps records that follow each other, at most `ARCHIVE_BATCH_MAX`, all of them or none. What is there already is
   * success.
   */
  put(records: readonly ChainRecord[]): Promise<void>;
  /** The records after that number (0 for all), in order, each held against its name and the one before it. */
  read(after?: number): AsyncIterable<ChainRecord>;
}

/** So many records go into an archive at once. */
export const ARCHIVE_BATCH_MAX = 500;

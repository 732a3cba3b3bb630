/**
 * Verifies a chain of records: that none was changed, left out or moved, how far it is sealed, and by which keys.
 *
 * Given the records in order, from a store, an archive or an export; each is looked at once and none is held. Others may
 * write meanwhile: what they add before the head is read is verified too. Says what is wrong and since when.
 */

import type { Instant } from '../core/time.ts';
import { type ChainRecord, type Head, linkDigest } from '../evidence/chain.ts';
import { createChainCheck } from '../evidence/check-chain.ts';
import type { PublicKey } from '../evidence/keys.ts';
import type { RecordsVerified } from '../evidence/records-report.ts';
import { createSealCheck } from '../evidence/seals.ts';

/** What is verified, and against what. */
export interface VerifiedInput {
  /** The records after that number (0 for all), in order, as they stand. */
  readonly read: (after: number) => AsyncIterable<ChainRecord>;
  /**
   * Where the chain ends by an account kept apart from the records; null where there is no such account, and then
   * records that were cut off at the end are not missed.
   */
  readonly head: (() => Promise<Head | null>) | null;
  /** Keys that are trusted from elsewhere; null to take the chain's own word for its first key. */
  readonly trusted: readonly PublicKey[] | null;
  readonly at: Instant;
}

/** So often what was added meanwhile is read to its end; after that only up to where the chain ended by then. */
const CATCH_UPS_MAX = 20;

/** Verifies them. */
export async function verifyRecords({ read, head, trusted, at }: VerifiedInput): Promise<RecordsVerified> {
  const chainCheck = createChainCheck();
  const sealCheck = createSealCheck(trusted);
  const end = createOwnEnd();
  let last = 0;
  const readOn = async (upTo: number): Promise<boolean> => {
    const before = last;
    for await (const record of read(before)) {
      if (record.seq > upTo) break;
      chainCheck.feed(record);
      sealCheck.take(record);
      end.take(record);
      last = Math.max(last, record.seq);
    }
    return last > before;
  };
  await readOn(Number.POSITIVE_INFINITY);
  const chain = chainCheck.finish(head === null ? end.head() : await caughtUp(head, () => last, readOn));
  const seals = sealCheck.report();
  const whole = chain.findings.length === 0 && seals.problems.length === 0;
  return { formatVersion: '1', at, whole, endKept: head !== null, chain, seals };
}

/** The head of a chain that others may be adding to, once what it counts was read or turns out not to be there. */
async function caughtUp(
  head: () => Promise<Head | null>,
  last: () => number,
  readOn: (upTo: number) => Promise<boolean>,
): Promise<Head | null> {
  for (let round = 1; ; round += 1) {
    const found = await head();
    if (found === null || found.seq <= last()) return found;
    // To the end and not just to the head: bodies erased meanwhile are told of by records that come after it.
    const grew = await readOn(round < CATCH_UPS_MAX ? Number.POSITIVE_INFINITY : found.seq);
    if (!grew || round === CATCH_UPS_MAX) return found;
  }
}

/** The highest record whose link is its own: where records end that nothing else tells the end of. */
function createOwnEnd(): { take(record: ChainRecord): void; head(): Head | null } {
  let top: Head | null = null;
  return {
    take: (record) => {
      const { seq, digest, at } = record;
      if (seq > (top?.seq ?? 0) && linkDigest(record) === digest) top = { seq, digest, at };
    },
    head: () => top,
  };
}

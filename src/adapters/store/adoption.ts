/**
 * What a store makes sure of before it takes records over from another, and before it erases some of its own.
 *
 * Given records and where the chain ends; touches nothing.
 */

import { digestOfBytes } from '../../core/canonical.ts';
import { MusterError } from '../../core/errors.ts';
import { isInstant } from '../../core/time.ts';
import {
  type ChainRecord,
  GENESIS,
  type Head,
  linkDigest,
  RECORD_KINDS,
  type RecordKind,
} from '../../evidence/chain.ts';
import type { Erasure } from '../../evidence/chain-erasures.ts';
import { checkStored, isStorableKey, parseJson } from './record-log.ts';

/** Bodies that the chain cannot be checked without. */
const NEVER_ERASED: readonly RecordKind[] = ['key', 'seal', 'erasure'];

/**
 * Holds that the records go on from there, one after the other.
 *
 * @param head Where the chain ends; null while it is empty.
 * @param name The store, for the message.
 * @throws MusterError `MUSTER_STORE_INVALID` for the first that does not.
 */
export function checkAdoption(head: Head | null, records: readonly ChainRecord[], name: string): void {
  let [seq, digest] = [head?.seq ?? 0, head?.digest ?? GENESIS];
  for (const record of records) {
    const why = misfit(record, seq + 1, digest);
    if (why !== null) {
      throw new MusterError('MUSTER_STORE_INVALID', `record ${record.seq} cannot be taken over into ${name}: ${why}`);
    }
    if (record.body !== null) {
      checkStored(record.kind, parseJson(record.body), `record ${record.seq}, to be taken over into ${name},`);
    }
    ({ seq, digest } = record);
  }
}

function misfit(record: ChainRecord, seq: number, previous: string): string | null {
  if (record.seq !== seq) return `record ${seq} is next`;
  if (record.previous !== previous) return `it does not follow record ${seq - 1}`;
  if (!RECORD_KINDS.includes(record.kind) || !isInstant(record.at)) return 'it is no record of a chain';
  if (record.key !== null && !isStorableKey(record.key)) return 'its key is too long, or not printable';
  if (linkDigest(record) !== record.digest) return 'its link does not have the digest that it bears';
  if (record.body !== null && digestOfBytes(record.body) !== record.bodyDigest)
    return 'its body does not have the digest that it bears';
  return null;
}

/**
 * Holds that these bodies may be erased.
 *
 * @param found Numbers and kinds of those that are in the chain.
 * @throws MusterError `MUSTER_STORE_INVALID` for one that is not in the chain, or that the chain is checked by.
 */
export function checkErasure(
  { seqs }: Pick<Erasure, 'seqs'>,
  found: ReadonlyMap<number, RecordKind>,
  name: string,
): void {
  for (const seq of seqs) {
    const kind = found.get(seq);
    if (kind === undefined) throw new MusterError('MUSTER_STORE_INVALID', `${name} has no record ${seq} to erase`);
    if (NEVER_ERASED.includes(kind)) {
      const message = `record ${seq} of ${name} cannot be erased: it is of kind ${kind}, by which the chain is checked`;
      throw new MusterError('MUSTER_STORE_INVALID', message);
    }
  }
}

/** Numbers once each, ascending. */
export function ascending(seqs: readonly number[]): readonly number[] {
  return [...new Set(seqs)].sort((a, b) => a - b);
}

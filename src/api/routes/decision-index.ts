/**
 * Finds stored decisions by their own digest.
 *
 * The chain bears the digest of each body, so that nothing has to be read or digested but what was written since the last
 * question. What is found is held against its digest before it is handed out: the text is the very one that was decided.
 */

import type { Store } from '../../app/ports.ts';
import { type Digest, digestOfBytes } from '../../core/canonical.ts';
import { MusterError } from '../../core/errors.ts';
import type { DecisionDocument } from '../../verdict/document.ts';

/** A decision as it stands in the chain. */
export interface StoredDecision {
  /** Canonical JSON, whose SHA-256 is the decision's own digest. */
  readonly text: string;
  readonly document: DecisionDocument;
}

/** Looks decisions up. */
export interface DecisionIndex {
  /**
   * @throws MusterError `MUSTER_DECISION_NOT_FOUND` when there is none, or its body was erased;
   *   `MUSTER_STORE_INVALID` when it is not what was written.
   */
  find(id: Digest): Promise<StoredDecision>;
}

/** An index that grows with the chain. */
export function createDecisionIndex({ chain }: Pick<Store, 'chain'>): DecisionIndex {
  const seqs = new Map<string, number>();
  let last = 0;
  let reading: Promise<void> = Promise.resolve();
  const readOn = async () => {
    for await (const { seq, kind, bodyDigest } of chain.read(last)) {
      if (kind === 'decision' && !seqs.has(bodyDigest)) seqs.set(bodyDigest, seq);
      last = seq;
    }
  };
  return {
    find: async (id) => {
      if (!seqs.has(id)) {
        // One after another: two that read at once would do it twice. One that failed is tried again.
        reading = reading.then(readOn, readOn);
        await reading;
      }
      const seq = seqs.get(id);
      const text = seq === undefined ? null : await bodyOf(chain, seq);
      if (text === null) {
        throw new MusterError(
          'MUSTER_DECISION_NOT_FOUND',
          `no decision with digest ${id} is on record, or it was erased`,
        );
      }
      if (digestOfBytes(text) !== id) {
        throw new MusterError('MUSTER_STORE_INVALID', `record ${seq} is not what its digest says`);
      }
      return { text, document: JSON.parse(text) as DecisionDocument };
    },
  };
}

async function bodyOf(chain: Store['chain'], seq: number): Promise<string | null> {
  for await (const record of chain.read(seq - 1)) return record.seq === seq ? record.body : null;
  return null;
}

/**
 * Chains for tests: records in memory, linked as a store links them, and a `RecordChain` over them.
 *
 * The chain keeps what it is given and hands out copies; `tamper` changes a record behind its back.
 */

import type { RecordChain } from '../../src/app/ports.ts';
import { MusterError } from '../../src/core/errors.ts';
import { type ChainRecord, type Head, linkAfter, type NewRecord } from '../../src/evidence/chain.ts';
import { BEGINNING, faultAfter } from '../../src/evidence/export-lines.ts';
import { NOW } from './builders.ts';

/** A chain of these records. */
export function aChain(...records: readonly (Partial<NewRecord> & Pick<NewRecord, 'kind'>)[]): readonly ChainRecord[] {
  const chain: ChainRecord[] = [];
  for (const { at = NOW, key = null, body = {}, kind } of records) {
    chain.push(linkAfter(chain.at(-1) ?? null, { at, key, body, kind }));
  }
  return chain;
}

/** As many plain records as asked, each with a number in its body. */
export function aLongChain(length: number, word = 'r'): readonly ChainRecord[] {
  return aChain(...Array.from({ length }, (_, index) => ({ kind: 'state' as const, body: { [word]: index } })));
}

/** A chain in memory. */
export interface MemoryChain extends RecordChain {
  records(): readonly ChainRecord[];
  /** Puts a record in the place of the one with its number, unchecked. */
  tamper(record: ChainRecord): void;
}

/** Holds records; appends only what follows. */
export function memoryChain(first: readonly ChainRecord[] = []): MemoryChain {
  let kept = first;
  const head = (): Head | null => {
    const last = kept.at(-1);
    return last === undefined ? null : { seq: last.seq, digest: last.digest, at: last.at };
  };
  return {
    records: () => kept,
    tamper: (record) => {
      kept = kept.map((one) => (one.seq === record.seq ? record : one));
    },
    head: async () => head(),
    async *read(after = 0) {
      for (const record of kept) if (record.seq > after) yield record;
    },
    adopt: async (records) => {
      let before: Pick<Head, 'seq' | 'digest'> = head() ?? BEGINNING;
      for (const record of records) {
        const fault = faultAfter(before, record);
        if (fault !== null) throw new MusterError('MUSTER_STORE_INVALID', fault);
        before = record;
      }
      kept = [...kept, ...records];
    },
    erase: async (seqs, why, at) => {
      kept = kept.map((record) => (seqs.includes(record.seq) ? { ...record, body: null } : record));
      const body = { formatVersion: '1', at, seqs: [...seqs].sort((a, b) => a - b), why };
      kept = [...kept, linkAfter(head(), { at, kind: 'erasure', key: null, body })];
    },
  };
}

/** Everything that comes, as a list. */
export async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

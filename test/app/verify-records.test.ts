/**
 * Verifying a chain that others write to meanwhile, one that keeps an account of its end, and one that keeps none.
 */

import { describe, expect, it } from 'vitest';
import { verifyRecords } from '../../src/app/verify-records.ts';
import { addSeconds } from '../../src/core/time.ts';
import type { ChainRecord, Head } from '../../src/evidence/chain.ts';
import { NOW } from '../support/builders.ts';
import { aChain, aLongChain, type MemoryChain, memoryChain } from '../support/chain-builder.ts';

const LONG = aLongChain(300);

interface Growth {
  readonly atRead?: number;
  readonly atHead?: number;
  readonly upTo?: number;
}

/** A chain of which so many are there at first; each time that it or its head is read, more have come, up to a number. */
function growing(first: number, { atRead = 0, atHead = 0, upTo = LONG.length }: Growth) {
  let there = first;
  const reads: number[] = [];
  const grow = (by: number) => {
    there = Math.min(upTo, there + by);
  };
  return {
    reads,
    async *read(after: number) {
      reads.push(after);
      grow(atRead);
      yield* LONG.slice(after, there);
    },
    head: async (): Promise<Head> => {
      grow(atHead);
      return LONG[there - 1] as ChainRecord;
    },
  };
}

const verify = (source: {
  read(after: number): AsyncIterable<ChainRecord>;
  head: (() => Promise<Head | null>) | null;
}) => verifyRecords({ read: (after) => source.read(after), head: source.head, trusted: null, at: NOW });

/** A chain, with another head than its own or none. */
function chainOf(records: readonly ChainRecord[], head: Head | null | 'unkept') {
  const chain: MemoryChain = memoryChain(records);
  return { read: (after: number) => chain.read(after), head: head === 'unkept' ? null : async () => head };
}

const headOf = (seq: number): Head => LONG[seq - 1] as ChainRecord;
const findings = async (...of: Parameters<typeof chainOf>) =>
  (await verify(chainOf(...of))).chain.findings.map(({ kind, seq }) => `${kind} ${seq}`);

describe('a chain that grows', () => {
  it('between its last record and its head is read on, and whole', async () => {
    const source = growing(5, { atHead: 2, upTo: 7 });
    const { whole, chain } = await verify(source);
    expect({ whole, records: chain.records, last: chain.last }).toEqual({ whole: true, records: 7, last: 7 });
    expect(source.reads).toEqual([0, 5]);
  });

  it('beyond the head while it is read on is held against a head that was read later', async () => {
    const source = growing(5, { atRead: 3, atHead: 2, upTo: 15 });
    const { whole, chain } = await verify(source);
    expect({ whole, last: chain.last }).toEqual({ whole: true, last: 15 });
    expect(source.reads).toEqual([0, 8, 13]);
  });

  it('without end is verified up to where it ended at some point, and is whole', async () => {
    const source = growing(5, { atRead: 1, atHead: 1 });
    const { whole, chain } = await verify(source);
    expect({ whole, findings: chain.findings }).toEqual({ whole: true, findings: [] });
    expect(chain.last).toBeLessThan(LONG.length);
    expect(source.reads).toHaveLength(21);
  });

  it('and is erased from meanwhile is whole: what tells of the erasure is read too', async () => {
    const chain = memoryChain(LONG.slice(0, 6));
    let looked = 0;
    const head = async () => {
      looked += 1;
      if (looked === 1) await chain.adopt(LONG.slice(6, 8));
      return chain.head();
    };
    const read = async function* (after: number) {
      // Erased once the head was read, in a part that was not read yet.
      if (after === 6) await chain.erase([7], 'its time is over', NOW);
      yield* chain.read(after);
    };
    const report = await verify({ read, head });
    expect(report.chain).toMatchObject({ findings: [], erased: 1, last: 9 });
  });
});

describe('a chain against the head that is kept apart', () => {
  it('is cut short where the head counts records that never come', async () => {
    expect(await findings(LONG.slice(0, 5), headOf(7))).toEqual(['cut_short 6']);
    expect(await findings([], headOf(1))).toEqual(['cut_short 1']);
  });

  it('is cut short where only some of what the head counts comes late', async () => {
    const source = growing(5, { atRead: 2, upTo: 9 });
    expect((await verify({ ...source, head: async () => headOf(12) })).chain.findings).toMatchObject([
      { kind: 'cut_short', seq: 10 },
    ]);
  });

  it('goes beyond a head that was set back, or that says that nothing was written', async () => {
    expect(await findings(LONG.slice(0, 5), headOf(3))).toEqual(['beyond_head 4']);
    expect(await findings(LONG.slice(0, 5), null)).toEqual(['beyond_head 1']);
  });

  it('is empty and whole where both say so', async () => {
    const report = await verify(chainOf([], null));
    expect(report).toMatchObject({ whole: true, chain: { records: 0, last: null } });
  });
});

describe('records without an account of their end', () => {
  const five = LONG.slice(0, 5);
  const changed = (record: ChainRecord): ChainRecord => ({ ...record, at: addSeconds(record.at, 1) });
  const [one, two, three, four, five_] = five as [ChainRecord, ChainRecord, ChainRecord, ChainRecord, ChainRecord];

  it.each<[string, readonly ChainRecord[], readonly string[]]>([
    ['whole', five, []],
    ['cut off at the end, which nothing tells', five.slice(0, 3), []],
    ['swapped at the end', [one, two, three, five_, four], ['out_of_order 4']],
    ['changed at the end', [one, two, three, four, changed(five_)], ['changed 5']],
    ['numbered otherwise at the end', [one, two, three, four, { ...five_, seq: 9 }], ['changed 5']],
    ['numbered otherwise in the middle', [one, two, { ...three, seq: 9 }, four, five_], ['changed 3']],
    ['changed all through', five.map(changed), ['changed 1', 'changed 2', 'changed 3', 'changed 4', 'changed 5']],
    ['without the middle', [one, two, four, five_], ['missing 3']],
    ['with the last one twice', [...five, five_], ['doubled 5']],
  ])('%s are blamed for that alone', async (_, records, expected) => {
    expect(await findings(records, 'unkept')).toEqual(expected);
  });
});

it('a chain whose seals do not hold is not whole, though its links are', async () => {
  const chain = memoryChain(aChain({ kind: 'state' }, { kind: 'seal', body: { kid: 'x' } }));
  const report = await verify({ read: (after) => chain.read(after), head: () => chain.head() });
  expect(report).toMatchObject({ whole: false, at: NOW, chain: { findings: [] } });
  expect(report.seals.problems).toMatchObject([{ seq: 2, code: 'seal_unreadable' }]);
});

/**
 * A chain that somebody laid hands on: what was done to it is found, blamed on the right record, and told once.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, digestOfBytes } from '../../src/core/canonical.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { type ChainRecord, type Head, linkAfter, linkDigest, RECORD_KINDS } from '../../src/evidence/chain.ts';
import type { ChainFault, ChainReport } from '../../src/evidence/chain-report.ts';
import { createChainCheck } from '../../src/evidence/check-chain.ts';
import { NOW } from '../support/builders.ts';

const atOf = (seq: number): Instant => addSeconds(NOW, seq);
const sinceOf = (seq: number): Instant | null => (seq <= 1 ? null : atOf(seq - 1));
const headOf = ({ seq, digest, at }: ChainRecord): Head => ({ seq, digest, at });

function aChain(length: number): ChainRecord[] {
  return chainOf(Array.from({ length }, (_, index) => ({ text: `body ${index + 1}` })));
}

function chainOf(bodies: readonly object[]): ChainRecord[] {
  const chain: ChainRecord[] = [];
  for (const [index, body] of bodies.entries()) {
    const kind = 'seqs' in body ? 'erasure' : 'journal';
    chain.push(linkAfter(chain.at(-1) ?? null, { at: atOf(index + 1), kind, key: `k${index}`, body }));
  }
  return chain;
}

function check(records: readonly ChainRecord[], head: Head | null): ChainReport {
  const checking = createChainCheck();
  for (const record of records) checking.feed(record);
  return checking.finish(head);
}

/** The findings of a chain of ten that was tampered with, against the head that it had. */
function found(tamper: (chain: ChainRecord[]) => readonly ChainRecord[], chain = aChain(10)) {
  const head = headOf(chain.at(-1) as ChainRecord);
  return check(tamper([...chain]), head).findings.map(({ kind, seq, since }) => ({ kind, seq, since }));
}

const only = (kind: ChainFault, seq: number, since = sinceOf(seq)) => [{ kind, seq, since }];
const change = (seq: number, fields: (record: ChainRecord) => Partial<ChainRecord>) => (chain: ChainRecord[]) =>
  chain.map((record) => (record.seq === seq ? { ...record, ...fields(record) } : record));
const redone = (record: ChainRecord, fields: Partial<ChainRecord>): ChainRecord => {
  const changed = { ...record, ...fields };
  return { ...changed, digest: linkDigest(changed) };
};
const OTHER = digestOf('something else');

describe('a chain that nobody touched', () => {
  it('has no findings, and is counted', () => {
    const chain = aChain(10);
    const report = check(chain, headOf(chain[9] as ChainRecord));
    expect(report).toEqual({ records: 10, first: 1, last: 10, findings: [], erased: 0 });
  });

  it('may be empty', () => {
    expect(check([], null)).toEqual({ records: 0, first: null, last: null, findings: [], erased: 0 });
  });

  it('may have bodies erased that a later record names', () => {
    const chain = chainOf([{ a: 1 }, { a: 2 }, { a: 3 }, { formatVersion: '1', at: NOW, seqs: [1, 3], why: 'old' }]);
    const erased = chain.map((record) => ([1, 3].includes(record.seq) ? { ...record, body: null } : record));
    expect(check(erased, headOf(chain[3] as ChainRecord))).toMatchObject({ findings: [], erased: 2 });
  });
});

describe('a record that was changed is named, and the last moment before it', () => {
  it.each([1, 2, 7, 9, 10])('by a byte of the body, record %i', (seq) => {
    expect(found(change(seq, ({ body }) => ({ body: body?.replace('body', 'bodx') ?? null })))).toEqual(
      only('changed', seq),
    );
  });

  it.each([
    ['at', { at: atOf(99) }],
    ['kind', { kind: 'drill' }],
    ['key', { key: 'other' }],
    ['key that is gone', { key: null }],
    ['digest of the body', { bodyDigest: OTHER }],
    ['digest of the one before', { previous: OTHER }],
    ['own digest', { digest: OTHER }],
    ['number, to a low one', { seq: 2 }],
    ['number, to a high one', { seq: 4_000 }],
  ] satisfies [string, Partial<ChainRecord>][])('by its %s', (_, fields) => {
    for (const seq of [1, 5, 10]) expect(found(change(seq, () => fields))).toEqual(only('changed', seq));
  });

  it.each([1, 5, 9, 10])('when its digests were made to fit again, record %i', (seq) => {
    const body = canonicalJson({ text: 'forged' });
    const forge = change(seq, (record) => redone(record, { body, bodyDigest: digestOfBytes(body) }));
    expect(found(forge)).toEqual(only('changed', seq));
  });

  it.each([1, 5, 10])('when it was made to follow another, record %i', (seq) => {
    expect(found(change(seq, (record) => redone(record, { previous: OTHER })))).toEqual(only('changed', seq));
  });

  it('twice, when two of them were', () => {
    const both = (chain: ChainRecord[]) => change(8, () => ({ at: NOW }))(change(3, () => ({ body: '{}' }))(chain));
    expect(found(both)).toEqual([...only('changed', 3), ...only('changed', 8)]);
  });

  it('when it stands behind all others under another number', () => {
    const moved = (chain: ChainRecord[]) => [
      ...chain.filter(({ seq }) => seq !== 4),
      { ...(chain[3] as ChainRecord), seq: 11 },
    ];
    expect(found(moved)).toEqual(only('changed', 4));
  });
});

describe('records that are not there', () => {
  it.each([1, 4, 9])('are missing, record %i', (gone) => {
    expect(found((chain) => chain.filter(({ seq }) => seq !== gone))).toEqual(only('missing', gone));
  });

  it('are one finding when they are in a row', () => {
    const chain = aChain(10);
    const report = check(
      chain.filter(({ seq }) => seq !== 4 && seq !== 5),
      headOf(chain[9] as ChainRecord),
    );
    expect(report.findings).toEqual([
      { kind: 'missing', seq: 4, since: atOf(3), message: 'records 4 to 5 are missing' },
    ]);
  });

  it('are two findings when they are not', () => {
    expect(found((chain) => chain.filter(({ seq }) => seq !== 3 && seq !== 7))).toEqual([
      ...only('missing', 3),
      ...only('missing', 7),
    ]);
  });

  it('at the end are a chain cut short', () => {
    const chain = aChain(43);
    const report = check(chain.slice(0, 41), headOf(chain[42] as ChainRecord));
    expect(report.findings).toEqual([
      {
        kind: 'cut_short',
        seq: 42,
        since: atOf(41),
        message: `the chain ends at record 41, and the store says that it went on to 43 (${atOf(43)})`,
      },
    ]);
  });

  it('at all are a chain cut short', () => {
    expect(found(() => [])).toEqual(only('cut_short', 1));
  });
});

describe('records in another order', () => {
  it.each([
    [1, 2],
    [4, 5],
    [9, 10],
    [2, 9],
    [1, 10],
  ])('are one finding, %i and %i', (a, b) => {
    const swap = (chain: ChainRecord[]) => swapped(chain, a - 1, b - 1);
    expect(found(swap)).toEqual(only('out_of_order', a));
  });

  it.each([
    [4, 5],
    [2, 9],
  ])('are one finding when their numbers were exchanged, %i and %i', (a, b) => {
    const swap = (chain: ChainRecord[]) =>
      swapped(chain, a - 1, b - 1).map((record, index) => ({ ...record, seq: index + 1 }));
    expect(found(swap)).toEqual(only('out_of_order', a));
  });
});

describe('records that were put in', () => {
  it.each([1, 5, 10])('beside the one of their number are there twice, record %i', (seq) => {
    const put = (chain: ChainRecord[]) => chain.toSpliced(seq, 0, chain[seq - 1] as ChainRecord);
    expect(found(put)).toEqual(only('doubled', seq));
  });

  it('in the likeness of the one that they precede are there twice', () => {
    const put = (chain: ChainRecord[]) => {
      const body = { text: 'forged' };
      return chain.toSpliced(
        4,
        0,
        linkAfter(chain[3] as ChainRecord, { at: atOf(5), kind: 'journal', key: null, body }),
      );
    };
    expect(found(put)).toEqual(only('doubled', 5));
  });

  it('behind the end are beyond the head', () => {
    const put = (chain: ChainRecord[]) => [
      ...chain,
      linkAfter(chain[9] as ChainRecord, { at: atOf(11), kind: 'journal', key: null, body: {} }),
    ];
    expect(found(put)).toEqual(only('beyond_head', 11));
  });

  it('into a store that says it is empty are beyond the head', () => {
    expect(check(aChain(3), null).findings).toMatchObject([{ kind: 'beyond_head', seq: 1, since: null }]);
  });
});

describe('a head that says something else of the last record', () => {
  const chain = aChain(3);
  const head = headOf(chain[2] as ChainRecord);

  it.each([{ digest: OTHER }, { at: NOW }])('by %j is found', (fields) => {
    expect(check(chain, { ...head, ...fields }).findings).toMatchObject([{ kind: 'changed', seq: 3, since: atOf(2) }]);
  });
});

describe('an erased body', () => {
  const TOLD = chainOf([
    ...[1, 2, 3, 4].map((a) => ({ a })),
    { formatVersion: '1', at: NOW, seqs: [2, 3], why: 'old' },
    { a: 6 },
  ]);
  const erase =
    (...seqs: number[]) =>
    (chain: ChainRecord[]) =>
      chain.map((record) => (seqs.includes(record.seq) ? { ...record, body: null } : record));

  it('that no record names is found', () => {
    expect(found(erase(2, 3, 4), TOLD)).toEqual(only('erased_unsaid', 4));
    expect(found(erase(6))).toEqual(only('erased_unsaid', 6));
  });

  it('is not excused by a record before it', () => {
    const chain = chainOf([{ a: 1 }, { formatVersion: '1', at: NOW, seqs: [1, 3], why: 'old' }, { a: 3 }]);
    expect(found(erase(1, 3), chain)).toEqual(only('erased_unsaid', 3));
  });

  it.each<[string, ChainFault, (chain: ChainRecord[]) => readonly ChainRecord[]]>([
    ['was changed', 'changed', change(5, () => ({ body: '{"seqs":[]}' }))],
    ['is called another', 'changed', change(5, () => ({ kind: 'journal' as const }))],
    ['is missing', 'missing', (chain) => chain.filter(({ seq }) => seq !== 5)],
    ['was cut off', 'cut_short', (chain) => chain.slice(0, 4)],
    ['was erased', 'erased_unsaid', erase(5)],
  ])('is told with the record that may have named it, where that one %s', (_, kind, tamper) => {
    const report = check(tamper(erase(2, 3)([...TOLD])), headOf(TOLD[5] as ChainRecord));
    expect(report.findings).toMatchObject([{ kind, seq: 5, since: atOf(4) }]);
    expect(report.findings[0]?.message).toContain('2 earlier bodies are erased');
  });
});

/** What may be done to a chain, and what is to be said of it. */
const MUTATIONS: Readonly<
  Record<
    string,
    (chain: ChainRecord[], seq: number) => { chain: readonly ChainRecord[]; kind: ChainFault; seq: number }
  >
> = {
  body: (chain, seq) => ({ chain: change(seq, ({ body }) => ({ body: `${body} ` }))(chain), kind: 'changed', seq }),
  at: (chain, seq) => ({ chain: change(seq, ({ at }) => ({ at: addSeconds(at, 1) }))(chain), kind: 'changed', seq }),
  kind: (chain, seq) => ({
    chain: change(seq, ({ kind }) => ({ kind: kind === 'seal' ? 'key' : 'seal' }))(chain),
    kind: 'changed',
    seq,
  }),
  previous: (chain, seq) => ({ chain: change(seq, () => ({ previous: OTHER }))(chain), kind: 'changed', seq }),
  digest: (chain, seq) => ({ chain: change(seq, () => ({ digest: OTHER }))(chain), kind: 'changed', seq }),
  bodyDigest: (chain, seq) => ({ chain: change(seq, () => ({ bodyDigest: OTHER }))(chain), kind: 'changed', seq }),
  number: (chain, seq) => ({ chain: change(seq, () => ({ seq: seq + 7 }))(chain), kind: 'changed', seq }),
  redone: (chain, seq) => ({
    chain: change(seq, (record) => redone(record, { key: 'forged' }))(chain),
    kind: 'changed',
    seq,
  }),
  remove: (chain, seq) => ({
    chain: chain.filter((record) => record.seq !== seq),
    kind: seq === chain.length ? 'cut_short' : 'missing',
    seq,
  }),
  double: (chain, seq) => ({ chain: chain.toSpliced(seq, 0, chain[seq - 1] as ChainRecord), kind: 'doubled', seq }),
  cut: (chain, seq) => ({ chain: chain.slice(0, seq - 1), kind: 'cut_short', seq }),
  swap: (chain, seq) =>
    seq === chain.length
      ? { chain: swapped(chain, 0, seq - 1), kind: 'out_of_order', seq: 1 }
      : { chain: swapped(chain, seq - 1, chain.length - 1), kind: 'out_of_order', seq },
};

describe('any chain', () => {
  const bodies = fc.array(fc.record({ what: fc.jsonValue(), seqless: fc.string({ unit: 'binary' }) }), {
    minLength: 2,
    maxLength: 30,
  });
  const aRandomChain = fc
    .tuple(bodies, fc.infiniteStream(fc.constantFrom(...RECORD_KINDS.filter((kind) => kind !== 'erasure'))))
    .map(([all, kinds]) => {
      const chain: ChainRecord[] = [];
      for (const body of all) {
        const kind = kinds.next().value ?? 'journal';
        chain.push(linkAfter(chain.at(-1) ?? null, { at: atOf(chain.length + 1), kind, key: null, body }));
      }
      return chain;
    });

  it('that is whole is found whole', () => {
    fc.assert(
      fc.property(aRandomChain, (chain) => {
        expect(check(chain, headOf(chain.at(-1) as ChainRecord)).findings).toEqual([]);
      }),
    );
  });

  it.each(Object.keys(MUTATIONS))(
    'in which one thing was done (%s) yields one finding, on the right record',
    (name) => {
      fc.assert(
        fc.property(aRandomChain, fc.nat(), (chain, pick) => {
          const seq = (pick % chain.length) + 1;
          const mutated = MUTATIONS[name]?.(chain, seq);
          if (mutated === undefined) throw new Error(`no mutation ${name}`);
          const { findings } = check(mutated.chain, headOf(chain.at(-1) as ChainRecord));
          const expected = { kind: mutated.kind, seq: mutated.seq, since: sinceOf(mutated.seq) };
          expect(findings.map(({ kind, seq, since }) => ({ kind, seq, since }))).toEqual([expected]);
        }),
        { numRuns: 200 },
      );
    },
  );

  it('in which anything at all was done is never found whole', () => {
    const step = fc.tuple(fc.constantFrom(...Object.keys(MUTATIONS)), fc.nat());
    fc.assert(
      fc.property(aRandomChain, fc.array(step, { minLength: 1, maxLength: 4 }), (chain, steps) => {
        let tampered: ChainRecord[] = [...chain];
        for (const [name, pick] of steps) {
          const { seq } = tampered[pick % Math.max(1, tampered.length)] ?? { seq: 1 };
          tampered = (MUTATIONS[name]?.(tampered, seq).chain ?? []).filter((record) => record !== undefined);
        }
        fc.pre(canonicalJson(tampered) !== canonicalJson(chain));
        expect(check(tampered, headOf(chain.at(-1) as ChainRecord)).findings).not.toEqual([]);
      }),
    );
  });
});

it('a chain with many faults is checked in little memory and time, and names every one', () => {
  const chain = aChain(3_000);
  const report = check(
    chain.map((record) => (record.seq % 2 === 0 ? { ...record, at: NOW } : record)),
    headOf(chain[2_999] as ChainRecord),
  );
  expect(report.findings).toHaveLength(1_500);
});

function swapped(chain: readonly ChainRecord[], a: number, b: number): ChainRecord[] {
  return chain.map((record, index) => (index === a ? chain[b] : index === b ? chain[a] : record) as ChainRecord);
}

/**
 * Looking after a store: exports, backups, restores and thinning out, and what each of them refuses.
 */

import { describe, expect, it } from 'vitest';
import { systemRandomness } from '../../src/adapters/randomness.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import {
  type ExportSelection,
  exportRecords,
  readExport,
  readRecords,
  recordKinds,
} from '../../src/app/export-records.ts';
import { backUp, bringBack, inspectStore, pruneStore } from '../../src/app/keep-store.ts';
import { createToken, createTokenCheck, revokeToken } from '../../src/app/manage-tokens.ts';
import { addDays } from '../../src/core/time.ts';
import type { ChainRecord } from '../../src/evidence/chain.ts';
import { createChainCheck } from '../../src/evidence/check-chain.ts';
import { aDatabase, aDrill, NOW } from '../support/builders.ts';
import { aChain, aLongChain, gathered, memoryChain } from '../support/chain-builder.ts';
import { aDecision } from '../support/decision-builder.ts';
import { refused } from '../support/s3-archive.ts';

const ALL: ExportSelection = { after: 0, since: null, kinds: [] };
const CHAIN = aLongChain(1_203);
const MIXED = aChain(
  { kind: 'drill', at: addDays(NOW, -3) },
  { kind: 'decision', at: addDays(NOW, -1) },
  { kind: 'drill', at: addDays(NOW, -2) },
  { kind: 'seal', at: NOW },
);

async function* each<T>(items: Iterable<T>): AsyncIterable<T> {
  yield* items;
}
const exported = async (selection: Partial<ExportSelection>) => {
  const lines = await gathered(exportRecords(memoryChain(MIXED), { ...ALL, ...selection }));
  return lines.map((line) => JSON.parse(line).seq);
};
const tampered = (seq: number) => {
  const chain = memoryChain(CHAIN);
  chain.tamper({ ...(CHAIN[seq - 1] as ChainRecord), key: 'other' });
  return chain;
};

const firstThree = (records: readonly ChainRecord[]) => records.slice(0, 3);

describe('an export', () => {
  it('holds every record, and those after a number, since an instant, of a kind', async () => {
    expect(await exported({})).toEqual([1, 2, 3, 4]);
    expect(await exported({ after: 2 })).toEqual([3, 4]);
    expect(await exported({ since: addDays(NOW, -2) })).toEqual([2, 3, 4]);
    expect(await exported({ kinds: ['drill', 'seal'] })).toEqual([1, 3, 4]);
    expect(await exported({ after: 1, since: addDays(NOW, -1), kinds: ['drill'] })).toEqual([]);
  });

  it('is read back as it was', async () => {
    const lines = await gathered(exportRecords(memoryChain(MIXED), ALL));
    const bare = lines.map((line) => line.slice(0, -1));
    expect(await gathered(readExport(each(bare), 'e.jsonl'))).toEqual(MIXED);
  });

  it('names the line that is none, and a file without any', async () => {
    const lines = await gathered(exportRecords(memoryChain(MIXED), ALL));
    expect(await refused(gathered(readExport(each([lines[0] ?? '', 'x']), 'e.jsonl')))).toContain('e.jsonl:2: ');
    expect(await refused(gathered(readExport(each([]), 'e.jsonl')))).toContain('e.jsonl: there is no line in it');
  });

  it('of a changed chain is read by who checks it, and not by who takes it over', async () => {
    const lines = await gathered(exportRecords(tampered(2), ALL));
    const bare = () => each(lines.slice(0, 3).map((line) => line.slice(0, -1)));
    expect(await gathered(readRecords(bare(), 'e.jsonl'))).toEqual(await gathered(tampered(2).read()).then(firstThree));
    expect(await refused(gathered(readExport(bare(), 'e.jsonl')))).toContain('e.jsonl:2: record 2 does not have');
  });

  it('knows the kinds there are', () => {
    expect(recordKinds(['seal', 'key'], '--kind')).toEqual(['seal', 'key']);
    expect(() => recordKinds(['seals'], '--kind')).toThrow(
      '--kind: "seals" is no kind of record; accepted are journal',
    );
  });
});

describe('what a store holds', () => {
  it('is counted by kind, with what lost its body', async () => {
    const chain = memoryChain(MIXED);
    await chain.erase([1], 'test', NOW);
    expect(await inspectStore(chain)).toMatchObject({
      head: { seq: 5 },
      firstAt: addDays(NOW, -3),
      kinds: [
        { kind: 'drill', records: 2, erased: 1 },
        { kind: 'decision', records: 1, erased: 0 },
        { kind: 'seal', records: 1, erased: 0 },
        { kind: 'erasure', records: 1, erased: 0 },
      ],
      findings: [],
    });
  });

  it('is told to be changed where it was', async () => {
    expect((await inspectStore(tampered(7))).findings).toEqual([expect.stringContaining('record 7 was changed')]);
  });

  it('may grow while it is looked at', async () => {
    const chain = memoryChain(CHAIN.slice(0, 5));
    const growing = {
      ...chain,
      async *read(after = 0) {
        yield* chain.read(after);
        if (after === 0) await chain.adopt(CHAIN.slice(5, 8));
      },
    };
    expect(await inspectStore(growing)).toMatchObject({ head: { seq: 8 }, findings: [], kinds: [{ records: 8 }] });
  });

  it('may be nothing', async () => {
    expect(await inspectStore(memoryChain())).toEqual({ head: null, kinds: [], firstAt: null, findings: [] });
  });
});

describe('a backup', () => {
  it('holds the same chain, erased bodies and all', async () => {
    const [chain, target] = [memoryChain(CHAIN), memoryChain()];
    await chain.erase([3], 'test', NOW);
    expect(await backUp(chain, target)).toEqual({ records: 1_204, head: await chain.head() });
    expect(target.records()).toEqual(chain.records());
  });

  it('ends where the store ended when it was begun', async () => {
    const chain = memoryChain(CHAIN.slice(0, 5));
    const growing = {
      ...chain,
      async *read(after = 0) {
        await chain.adopt(CHAIN.slice(5, 8));
        yield* chain.read(after);
      },
    };
    expect(await backUp(growing, memoryChain())).toMatchObject({ records: 5, head: { seq: 5 } });
  });

  it('goes into an empty store only', async () => {
    expect(await refused(backUp(memoryChain(CHAIN), memoryChain(MIXED)))).toMatch(
      /^MUSTER_USAGE: the backup ends with record 4 \(sha256:\w+\); an empty one is accepted$/,
    );
  });

  it('of a chain that was changed is not called good', async () => {
    expect(await refused(backUp(tampered(7), memoryChain()))).toMatch(/^MUSTER_STORE_INVALID: .*record 7/);
  });

  it('that lost something on the way is not called good', async () => {
    const target = memoryChain();
    const lossy = { ...target, adopt: (records: readonly ChainRecord[]) => target.adopt(records.slice(0, 3)) };
    expect(await refused(backUp(memoryChain(CHAIN.slice(0, 5)), lossy))).toContain('the copy ends with record 3');
  });
});

describe('a store', () => {
  it('is brought back as it was', async () => {
    const store = memoryChain();
    const back = await bringBack(store, () => each(CHAIN), 'b');
    expect(back).toMatchObject({ records: 1_203, head: { seq: 1_203 } });
    expect(store.records()).toEqual(CHAIN);
  });

  it('that holds something takes nothing', async () => {
    expect(await refused(bringBack(memoryChain(MIXED), () => each(CHAIN), 'b'))).toContain(
      'MUSTER_USAGE: the store ends',
    );
  });

  it('takes nothing of a source with a fault near its end', async () => {
    const store = memoryChain();
    const told = await refused(bringBack(store, () => tampered(1_100).read(), 'e.jsonl'));
    expect(told).toMatch(/^MUSTER_EXPORT_INVALID: e\.jsonl: record 1100 does not have the digest/);
    expect(store.records()).toEqual([]);
  });

  it('takes no part of a chain', async () => {
    const told = await refused(bringBack(memoryChain(), () => each(CHAIN.slice(4)), 'e.jsonl'));
    expect(told).toBe(
      'MUSTER_EXPORT_INVALID: e.jsonl: record 5 comes where record 1 belongs; a whole export, without --after, is accepted',
    );
  });
});

describe('thinning out', () => {
  const OLD = addDays(NOW, -500);
  const decision = (at: typeof NOW) => {
    const body = aDecision({ at, validUntil: at, disarmings: [], rearmings: [] });
    return { kind: 'decision' as const, at, body };
  };
  const drill = { kind: 'drill' as const, key: 'd1', at: OLD, body: aDrill(aDatabase(), { endedAt: OLD }) };
  const prune = (chain: ReturnType<typeof memoryChain>, dryRun: boolean) =>
    pruneStore({ olderThanDays: 400, dryRun }, { chain, clock: { now: () => NOW } });

  it('erases the bodies that nothing asks for, and the chain is whole afterwards', async () => {
    const chain = memoryChain(aChain(decision(OLD), drill, decision(NOW)));
    expect(await prune(chain, false)).toEqual({
      before: addDays(NOW, -400),
      dryRun: false,
      erased: [{ kind: 'decision', records: 1 }],
      kept: [
        { kind: 'decision', reason: 'young', records: 1 },
        { kind: 'drill', reason: 'newest_drill', records: 1 },
      ],
      erasedBefore: 0,
    });
    expect(chain.records().map(({ body }) => body === null)).toEqual([true, false, false, false]);
    expect(chain.records().at(-1)).toMatchObject({ kind: 'erasure', at: NOW });
    const check = createChainCheck();
    for (const record of chain.records()) check.feed(record);
    expect(check.finish(await chain.head()).findings).toEqual([]);
  });

  it('erases nothing when it is only asked what would go', async () => {
    const records = aChain(decision(OLD), decision(OLD), drill);
    const chain = memoryChain(records);
    expect(await prune(chain, true)).toMatchObject({ dryRun: true, erased: [{ kind: 'decision', records: 2 }] });
    expect(chain.records()).toEqual(records);
  });

  it('done again erases nothing more', async () => {
    const chain = memoryChain(aChain(decision(OLD)));
    await prune(chain, false);
    expect(await prune(chain, false)).toMatchObject({ erased: [], erasedBefore: 1 });
    expect(chain.records()).toHaveLength(2);
  });

  it('of many goes step by step, each said in a record of its own', async () => {
    const chain = memoryChain(aChain(...Array.from({ length: 1_001 }, () => decision(OLD))));
    await prune(chain, false);
    expect(chain.records().filter(({ kind }) => kind === 'erasure')).toHaveLength(2);
    expect(chain.records().filter(({ body }) => body === null)).toHaveLength(1_001);
  });

  it('of a chain that was changed is refused: what is wrong with it must stay to be seen', async () => {
    const chain = memoryChain(aChain(decision(OLD), decision(OLD)));
    const [first] = chain.records();
    if (first === undefined) throw new Error('one record');
    chain.tamper({ ...first, key: 'other' });
    expect(await refused(prune(chain, false))).toMatch(/^MUSTER_STORE_INVALID: nothing was erased: record 1/);
    expect(chain.records().every(({ body }) => body !== null)).toBe(true);
  });
});

describe('access tokens', () => {
  const MADE = addDays(NOW, -100);
  const at = (now: typeof NOW) => ({ now: () => now, elapsed: () => 0 });
  /** A store with a token that holds, one that holds but for its revocation, and one whose time is over. */
  async function aStoreWithTokens() {
    const store = createMemoryStore({ now: () => MADE });
    const world = { store, clock: at(MADE), randomness: systemRandomness };
    const make = (name: string, days: number) =>
      createToken({ name, scopes: ['read'], expiresInSeconds: days * 86_400, by: 'jane' }, world);
    const [holds, revoked, over] = [await make('holds', 300), await make('revoked', 300), await make('over', 1)];
    await revokeToken(revoked.record.id, 'jane', world);
    await revokeToken(over.record.id, 'jane', world);
    const known = (of: typeof store) =>
      Promise.all([holds, revoked, over].map(({ token }) => createTokenCheck({ store: of, clock: at(NOW) })(token)));
    return { store, known, answer: [holds.record, null, null] };
  }

  it('are the same after a store was thinned out: none that was taken back holds again', async () => {
    const { store, known, answer } = await aStoreWithTokens();
    const pruned = await pruneStore({ olderThanDays: 30, dryRun: false }, { chain: store.chain, clock: at(NOW) });
    expect(pruned).toMatchObject({
      erased: [{ kind: 'token', records: 2 }],
      kept: [
        { kind: 'token', reason: 'token_stays', records: 1 },
        { kind: 'token', reason: 'unexpired', records: 2 },
      ],
    });
    expect(await known(store)).toEqual(answer);
    expect((await inspectStore(store.chain)).findings).toEqual([]);
  });

  it('are the same in a backup, and in what is brought back of an export', async () => {
    const { store, known, answer } = await aStoreWithTokens();
    const [backup, restored] = [createMemoryStore(), createMemoryStore()];
    await backUp(store.chain, backup.chain);
    const lines = await gathered(exportRecords(store.chain, ALL));
    await bringBack(restored.chain, () => readExport(each(lines.map((line) => line.trimEnd())), 'e.jsonl'), 'e.jsonl');
    expect(await known(backup)).toEqual(answer);
    expect(await known(restored)).toEqual(answer);
    expect((await gathered(exportRecords(store.chain, { ...ALL, kinds: ['token'] }))).length).toBe(5);
  });
});

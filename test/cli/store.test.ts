/**
 * `muster export` and `muster store` as commands: what is printed where, what is written, and what is refused.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseLocation } from '../../src/adapters/archive/location.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createSqliteStore } from '../../src/adapters/store/sql/sqlite.ts';
import type { Store } from '../../src/app/ports.ts';
import { exportStore, type StoreWorld, storeBackup, storeInfo, storePrune, storeRestore } from '../../src/cli/store.ts';
import { addDays } from '../../src/core/time.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { aDatabase, aDrill, NOW } from '../support/builders.ts';
import { gathered } from '../support/chain-builder.ts';
import { aDecision } from '../support/decision-builder.ts';
import { anArchive, refused } from '../support/s3-archive.ts';
import { makeBucket, type S3Lab, startS3Lab } from '../support/s3-lab.ts';

const OLD = addDays(NOW, -500);
const SQLITE_BEGINS = 'SQLite format 3\u0000';

let lab: S3Lab;
let folder: string;
let store: Store;
let files: Map<string, string>;
let said: { out: string; talk: string };

beforeAll(async () => {
  lab = await startS3Lab();
  await makeBucket(lab.client(), 'evidence', true);
});
afterAll(() => lab.close());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-store-cli-'));
  store = await filled();
  files = new Map();
  said = { out: '', talk: '' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function filled(): Promise<Store> {
  const made = createMemoryStore({ now: () => OLD });
  await made.recordDrill(aDrill(aDatabase(), { endedAt: OLD }));
  await made.recordDecision(aDecision({ at: OLD, validUntil: OLD, disarmings: [], rearmings: [] }));
  return made;
}

function world(of: Store = store, prefix = 'evidence'): StoreWorld {
  const quiet = { update: () => {}, say: () => {}, pause: () => () => {}, stop: () => {} };
  return {
    terminal: {
      paint: PLAIN_PAINT,
      width: 100,
      out: (text) => {
        said.out += text;
      },
      talk: (text) => {
        said.talk += text;
      },
      progress: () => quiet,
      ask: async () => null,
    },
    clock: { now: () => NOW, elapsed: () => 0, sleep: async () => {} },
    store: async () => of,
    storeAt: async (path) => {
      files.set(path, SQLITE_BEGINS);
      return createSqliteStore(path, { now: () => NOW });
    },
    archive: async (url, options) => {
      const { bucket } = parseLocation(url, 'test');
      return anArchive(lab, bucket, { ...options, location: { bucket, prefix } });
    },
    async *readLines(path) {
      const text = files.get(path) ?? '';
      yield* text === '' ? [] : text.replace(/\n$/, '').split('\n');
    },
    writeLines: async (path, chunks) => void files.set(path, (await gathered(chunks)).join('')),
  };
}

const chainOf = (one: Store) => gathered(one.chain.read());

describe('muster export', () => {
  it('prints records as lines to stdout and how many they are to stderr', async () => {
    expect(await exportStore({}, world())).toBe(0);
    const lines = said.out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual(['drill', 'decision']);
    expect(said.talk).toBe('2 records exported\n');
  });

  it('prints those that were asked for', async () => {
    await exportStore({ after: '1', since: OLD, kind: ['decision'] }, world());
    expect(JSON.parse(said.out).seq).toBe(2);
    expect(said.talk).toBe('1 record exported\n');
  });

  it('writes to a file, and prints no record', async () => {
    await exportStore({ out: 'e.jsonl' }, world());
    expect(files.get('e.jsonl')?.trimEnd().split('\n')).toHaveLength(2);
    expect(said.out).toBe('');
  });

  it('ships to an archive, warns of one that is in a judged account, and brings nothing twice', async () => {
    expect(await exportStore({ to: 's3://evidence/a', retain: '30d' }, world(store, 'a'))).toBe(0);
    expect(said.out).toBe(
      '2 records shipped to s3://evidence/a, 1 to 2, in 1 object\nlocked for 30 days, COMPLIANCE\n',
    );
    expect(said.talk).toMatch(/^warning: the bucket is in account 123456789012, whose databases are judged/);
    said.out = '';
    await exportStore({ to: 's3://evidence/a' }, world(store, 'a'));
    expect(said.out).toBe('s3://evidence/a holds every record already, up to 2\n');
  });

  it('says what was shipped as data', async () => {
    await exportStore({ to: 's3://evidence/b', governance: true, json: true }, world(store, 'b'));
    expect(JSON.parse(said.out)).toMatchObject({ records: 2, upTo: 2, archive: { lockMode: 'GOVERNANCE' } });
  });

  it.each<[string, Parameters<typeof exportStore>[0], string]>([
    ['a number that is none', { after: '-1' }, '--after: "-1" is no number of a record'],
    ['a kind that is none', { kind: ['x'] }, '--kind: "x" is no kind of record'],
    ['an instant that is none', { since: 'today' }, '--since: "today" is not an RFC 3339 instant'],
    ['a part of the chain for an archive', { to: 's3://evidence', after: '1' }, '--after excludes --to'],
    ['a retention without an archive', { retain: '1d' }, '--retain goes with --to'],
    ['a retention that is none', { to: 's3://evidence', retain: '1 year' }, '--retain: "1 year" is no length of time'],
  ])('refuses %s', async (_, options, message) => {
    expect(await refused(exportStore(options, world()))).toContain(message);
  });
});

describe('muster store', () => {
  it('says what it holds, and that the chain is whole', async () => {
    expect(await storeInfo({}, world())).toBe(0);
    expect(said.out).toMatch(/^kind +records +without body\ndrill +1\ndecision +1\n\nbegan .*\nends +record 2 of/);
    expect(said.out).toContain('the chain is whole; muster verify looks at its signatures too');
  });

  it('says what is wrong with it, and so does its exit code', async () => {
    const { chain } = store;
    const broken: Store = {
      ...store,
      chain: {
        ...chain,
        async *read(after) {
          for await (const record of chain.read(after)) yield { ...record, key: 'other' };
        },
      },
    };
    expect(await storeInfo({}, world(broken))).toBe(1);
    expect(said.out).toContain('the chain is not whole\n  record 1 was changed');
  });

  it('says of an empty one that it is', async () => {
    expect(await storeInfo({}, world(createMemoryStore()))).toBe(0);
    expect(said.out).toBe('the store is empty\n');
  });

  it.each<[string, (json: StoreWorld, path: string) => Promise<number>]>([
    ['what it holds', (w) => storeInfo({ json: true }, w)],
    ['a backup', (w, path) => storeBackup(path, { json: true }, w)],
    ['what would be erased', (w) => storePrune({ olderThan: '400d', dryRun: true, json: true }, w)],
    ['what was shipped', (w) => exportStore({ to: 's3://evidence/f', json: true }, w)],
  ])('says in which form %s is told as data', async (what, run) => {
    expect(await run(world(store, 'f'), join(folder, `${what}.db`))).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ formatVersion: '1' });
  });

  it('is backed up into a file, and brought back from it', async () => {
    const path = join(folder, 'b.db');
    expect(await storeBackup(path, {}, world())).toBe(0);
    expect(said.out).toMatch(/^2 records backed up, and checked\nends +record 2 of/);
    const back = createMemoryStore();
    expect(await storeRestore(path, { json: true }, world(back))).toBe(0);
    expect(await chainOf(back)).toEqual(await chainOf(store));
  });

  it('is brought back from an export, and from an archive', async () => {
    await exportStore({ out: 'e.jsonl' }, world());
    await exportStore({ to: 's3://evidence/c' }, world(store, 'c'));
    for (const from of ['e.jsonl', 's3://evidence/c']) {
      const back = createMemoryStore();
      expect(await storeRestore(from, {}, world(back, 'c'))).toBe(0);
      expect(await chainOf(back)).toEqual(await chainOf(store));
    }
  });

  it('takes nothing from stdin, from an empty file, or over what it holds', async () => {
    await exportStore({ out: 'e.jsonl' }, world());
    expect(await refused(storeRestore('-', {}, world(createMemoryStore())))).toContain('stdin is not accepted');
    expect(await refused(storeRestore('none', {}, world(createMemoryStore())))).toContain('none: there is no line');
    expect(await refused(storeRestore('e.jsonl', {}, world()))).toContain('an empty one is accepted');
  });

  it('is thinned out only when that was said, and says what stays and why', async () => {
    const asked = storePrune({ olderThan: '400d' }, world());
    expect(await refused(asked)).toContain('gone for good; pass --yes to erase them, or --dry-run to see which');
    expect(await storePrune({ olderThan: '400d', dryRun: true }, world())).toBe(0);
    expect(said.out).toMatch(/decision +1 +would be erased\ndrill +1 +stays: newest drill\n\n1 body would be erased/);
    expect(await chainOf(store)).toHaveLength(2);
    expect(await storePrune({ olderThan: '400d', yes: true, json: true }, world())).toBe(0);
    expect((await chainOf(store)).map(({ body }) => body === null)).toEqual([false, true, false]);
  });

  it.each(['400', '0d', '-1d', '1y', ''])('is not thinned out by an age of %j', async (olderThan) => {
    const message = `--older-than: ${JSON.stringify(olderThan)} is no length of time; whole days such as 400d`;
    expect(await refused(storePrune({ olderThan, yes: true }, world()))).toContain(message);
  });

  it('is not both asked and told to be thinned out', async () => {
    const both = storePrune({ olderThan: '400d', yes: true, dryRun: true }, world());
    expect(await refused(both)).toContain('--dry-run excludes --yes');
  });
});

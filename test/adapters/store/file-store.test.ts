/**
 * The file store: what is acknowledged is kept, what a crash cut short is not, and tampering is not read.
 */

import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from '../../../src/adapters/store/file-store.ts';
import type { JournalEntry, StateSighting } from '../../../src/app/ports.ts';
import { at } from '../../support/aws-observations.ts';
import { aDatabase, aDrill } from '../../support/builders.ts';
import { aDecision } from '../../support/decision-builder.ts';

let parent: string;
let directory: string;
let journal: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'muster-store-'));
  directory = join(parent, 'deep', 'store');
  journal = join(directory, 'journal.jsonl');
});
afterEach(() => rmSync(parent, { recursive: true }));

const anEntry = (runner: string): JournalEntry => ({
  at: at('2026-02-26T21:00:00Z'),
  drillId: 'd1',
  runner,
  what: { kind: 'alive' },
});
const aRecord = aDrill(aDatabase());

it('a store that nobody wrote to is empty and makes nothing', async () => {
  const store = createFileStore(directory);
  expect(await store.journalEntries()).toEqual([]);
  expect(await store.drills()).toEqual([]);
  expect(await store.decisions()).toEqual([]);
  expect(() => statSync(directory)).toThrow();
});

it('what was recorded is read back by another store, in order', async () => {
  const store = createFileStore(directory);
  await Promise.all(['one', 'two', 'three'].map((runner) => store.journal(anEntry(runner))));
  await store.recordDrill(aRecord);
  await store.recordDecision(aDecision());
  const other = createFileStore(directory);
  expect((await other.journalEntries()).map(({ runner }) => runner)).toEqual(['one', 'two', 'three']);
  expect(await other.drills()).toEqual([aRecord]);
  expect(await other.decisions()).toEqual([aDecision()]);
});

it('files and directory are for their owner alone', async () => {
  await createFileStore(directory).journal(anEntry('one'));
  expect(statSync(journal).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

describe('a last line that a crash cut short', () => {
  beforeEach(async () => {
    const store = createFileStore(directory);
    await store.journal(anEntry('one'));
    await store.journal(anEntry('two'));
  });
  const runners = async () => (await createFileStore(directory).journalEntries()).map(({ runner }) => runner);

  it('is ignored on reading, at whatever byte it was cut', async () => {
    const whole = readFileSync(journal);
    const secondLine = whole.indexOf('\n') + 1;
    for (let size = secondLine; size < whole.length; size += 1) {
      writeFileSync(journal, whole.subarray(0, size));
      expect(await runners()).toEqual(['one']);
    }
  });

  it('is removed by the next append', async () => {
    truncateSync(journal, statSync(journal).size - 20);
    await createFileStore(directory).journal(anEntry('three'));
    expect(await runners()).toEqual(['one', 'three']);
  });

  it('is removed even when it is all there is', async () => {
    truncateSync(journal, 10);
    await createFileStore(directory).journal(anEntry('three'));
    expect(await runners()).toEqual(['three']);
  });

  it('is removed even when it is long', async () => {
    appendFileSync(journal, `{"runner":"${'x'.repeat(200_000)}`);
    await createFileStore(directory).journal(anEntry('three'));
    expect(await runners()).toEqual(['one', 'two', 'three']);
  });
});

describe('a record that is not what Muster writes', () => {
  it('in the middle of the file stops the read and is named by its line', async () => {
    const store = createFileStore(directory);
    await store.journal(anEntry('one'));
    appendFileSync(journal, '{"half":\n');
    await store.journal(anEntry('three'));
    await expect(store.journalEntries()).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: expect.stringContaining(`${journal}:2 is no record of Muster`),
    });
  });

  it('is named by the field at fault', async () => {
    const store = createFileStore(directory);
    await store.recordDrill(aRecord);
    const path = join(directory, 'drills.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"passed"', '"splendid"'));
    await expect(store.drills()).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: expect.stringContaining(`${path}:1 is no record of Muster at result`),
    });
  });

  it('because another Muster wrote it is named as such', async () => {
    const store = createFileStore(directory);
    await store.recordDrill(aRecord);
    const path = join(directory, 'drills.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"formatVersion":"2"', '"formatVersion":"1"'));
    const why = 'drill records of format 2 are read; another Muster wrote this one';
    await expect(store.drills()).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: `${path}:1 is no record of Muster at formatVersion: ${why}`,
    });
  });

  it('because somebody changed what it says is refused by its digest, and named by its line', async () => {
    const store = createFileStore(directory);
    await store.recordDrill(aRecord);
    await store.recordDrill(aDrill(aDatabase(), { drillId: 'd2' }));
    const path = join(directory, 'drills.jsonl');
    const [first, second] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n${second?.replace('"restoreSeconds":720', '"restoreSeconds":72')}\n`);
    await expect(store.drills()).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: `${path}:2 is no record of Muster at digest: its digest is not that of what it says`,
    });
  });

  it('is not written either', async () => {
    const wrong = { ...aRecord, restoreSeconds: Number.NaN };
    const store = createFileStore(directory);
    await expect(store.recordDrill(wrong)).rejects.toMatchObject({ code: 'MUSTER_INVARIANT_BROKEN' });
    expect(await store.drills()).toEqual([]);
  });
});

it('a drill record that a crash cut short leaves the ones before it', async () => {
  const store = createFileStore(directory);
  await store.recordDrill(aRecord);
  await store.recordDrill(aDrill(aDatabase(), { drillId: 'd2' }));
  const path = join(directory, 'drills.jsonl');
  truncateSync(path, statSync(path).size - 5);
  expect(await createFileStore(directory).drills()).toEqual([aRecord]);
});

it('a directory that cannot be made is an error that names the file', async () => {
  writeFileSync(join(parent, 'file'), '');
  const store = createFileStore(join(parent, 'file', 'store'));
  await expect(store.journal(anEntry('one'))).rejects.toMatchObject({
    code: 'MUSTER_FILE_UNREADABLE',
    message: expect.stringContaining('journal.jsonl cannot be written'),
  });
});

describe('sightings of states', () => {
  const sighting: StateSighting = {
    formatVersion: '1',
    at: at('2026-02-26T21:00:00Z'),
    endpoint: null,
    lineage: '5f1e6f8a-3c55-4d0e-9b1a-0d9f6d7a1c01',
    serial: 12,
    databases: ['db-ORDERS'],
    forgets: [],
    released: [],
  };

  it('come back as they were recorded, in order', async () => {
    const store = createFileStore(directory);
    await store.recordState(sighting);
    await store.recordState({ ...sighting, serial: 13, forgets: ['db-ORDERS'] });
    expect(await createFileStore(directory).states()).toEqual([
      sighting,
      { ...sighting, serial: 13, forgets: ['db-ORDERS'] },
    ]);
  });

  it.each([{ lineage: '' }, { serial: -1 }, { serial: 1.5 }, { databases: [''] }, { forgets: null }, { at: 'now' }])(
    'that hold %j are not read',
    async (broken) => {
      const store = createFileStore(directory);
      await store.recordState(sighting);
      appendFileSync(join(directory, 'states.jsonl'), `${JSON.stringify({ ...sighting, ...broken })}\n`);
      await expect(store.states()).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
    },
  );
});

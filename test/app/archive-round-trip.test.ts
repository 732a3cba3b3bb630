/**
 * The evidence outlives its store: shipped, the store lost, brought back from the archive into a new one.
 *
 * With real stores in files, real records and the lab's S3.
 */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createSqliteStore } from '../../src/adapters/store/sql/sqlite.ts';
import { backUp, bringBack, inspectStore, pruneStore } from '../../src/app/keep-store.ts';
import type { Store } from '../../src/app/ports.ts';
import { shipRecords } from '../../src/app/ship-records.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import { aDatabase, aDrill, NOW } from '../support/builders.ts';
import { gathered } from '../support/chain-builder.ts';
import { aDecision } from '../support/decision-builder.ts';
import { anArchive } from '../support/s3-archive.ts';
import { makeBucket, type S3Lab, startS3Lab } from '../support/s3-lab.ts';

const OLD = addDays(NOW, -500);

let lab: S3Lab;
let folder: string;
let at: Instant;
const open: Store[] = [];

beforeEach(async () => {
  at = OLD;
  lab = await startS3Lab();
  folder = mkdtempSync(join(tmpdir(), 'muster-archive-'));
  await makeBucket(lab.client(), 'evidence', true);
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

function storeAt(name: string): Store {
  const store = createSqliteStore(join(folder, name), { now: () => at });
  open.push(store);
  return store;
}

async function fill(store: Store): Promise<void> {
  const orders = aDatabase();
  const decision = { at: OLD, validUntil: OLD, disarmings: [], rearmings: [] };
  await store.recordDrill(aDrill(orders, { drillId: 'd1', endedAt: addDays(OLD, -1) }));
  await store.recordDrill(aDrill(orders, { drillId: 'd2', endedAt: OLD }));
  await store.recordDecision(aDecision(decision));
}

const chainOf = (store: Store) => gathered(store.chain.read());

it('records are shipped, the store is lost, and a new one tells the same', async () => {
  const lost = storeAt('lost.db');
  await fill(lost);
  const [drills, decisions, chain] = [await lost.drills(), await lost.decisions(), await chainOf(lost)];
  await shipRecords(lost.chain, anArchive(lab, 'evidence'));
  await lost.close();
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });

  const found = storeAt('found.db');
  const archive = anArchive(lab, 'evidence');
  await bringBack(found.chain, () => archive.read(), 's3://evidence/evidence');
  expect(await chainOf(found)).toEqual(chain);
  expect(await found.drills()).toEqual(drills);
  expect(await found.decisions()).toEqual(decisions);
  expect((await inspectStore(found.chain)).findings).toEqual([]);
  await found.recordDecision(aDecision({ at: NOW }));
  expect(await shipRecords(found.chain, archive)).toMatchObject({ before: 3, upTo: 4, records: 1 });
});

it('what was erased in the store after it was shipped is in the archive still', async () => {
  const store = storeAt('store.db');
  await fill(store);
  const archive = anArchive(lab, 'evidence');
  await shipRecords(store.chain, archive);
  at = NOW;
  const pruned = await pruneStore(
    { olderThanDays: 400, dryRun: false },
    { chain: store.chain, clock: { now: () => NOW } },
  );
  expect(pruned.erased).toEqual([
    { kind: 'drill', records: 1 },
    { kind: 'decision', records: 1 },
  ]);
  expect((await store.drills()).map(({ drillId }) => drillId)).toEqual(['d2']);
  expect((await inspectStore(store.chain)).findings).toEqual([]);
  await shipRecords(store.chain, archive);
  const bodies = (await gathered(archive.read())).map(({ body }) => body !== null);
  expect(bodies).toEqual([true, true, true, true]);
});

it.each([
  ['a file', () => storeAt('copy.db')],
  ['memory', () => createMemoryStore()],
])('a backup into %s is the same chain', async (_, target) => {
  const [store, copy] = [storeAt('store.db'), target()];
  await fill(store);
  await backUp(store.chain, copy.chain);
  expect(await chainOf(copy)).toEqual(await chainOf(store));
  expect(await copy.drills()).toEqual(await store.drills());
});

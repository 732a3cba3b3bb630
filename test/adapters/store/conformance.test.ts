/**
 * What every store does alike: it keeps what it is given, in order, hands out no more and forgets nothing it once read.
 */

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from '../../../src/adapters/store/file-store.ts';
import { createMemoryStore } from '../../../src/adapters/store/memory-store.ts';
import type { Store } from '../../../src/app/ports.ts';
import { rememberedOf } from '../../../src/verdict/disarming-memory.ts';
import type { DecisionDocument } from '../../../src/verdict/document.ts';
import { aDatabase, aDrill, hoursAgo } from '../../support/builders.ts';
import { aDecision } from '../../support/decision-builder.ts';

const ORDERS = aDatabase();
const SETTING = {
  databaseResourceId: ORDERS.resourceId,
  databaseArn: ORDERS.arn,
  setting: 'retention_days',
  subject: ORDERS.arn,
} as const;
const DISARMS = aDecision({ at: hoursAgo(2), disarmings: [{ ...SETTING, from: 7, to: 0 }], rearmings: [] });
const REARMS = aDecision({
  endpoint: null,
  at: hoursAgo(1),
  disarmings: [],
  rearmings: [{ ...SETTING, setting: 'skip_final_snapshot' }],
});

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'muster-store-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe.each<[string, () => Store]>([
  ['in memory', createMemoryStore],
  ['of files', () => createFileStore(join(parent, 'store'))],
])('a store %s', (_, create) => {
  it('that nobody wrote to is empty', async () => {
    const store = create();
    const all = await Promise.all([store.journalEntries(), store.drills(), store.decisions(), store.states()]);
    expect(all).toEqual([[], [], [], []]);
  });

  it('gives back what it was given, in order', async () => {
    const store = create();
    for (const decision of [DISARMS, aDecision(), REARMS]) await store.recordDecision(decision);
    await store.recordDrill(aDrill(ORDERS));
    expect(await store.decisions()).toEqual([DISARMS, aDecision(), REARMS]);
    expect(await store.drills()).toEqual([aDrill(ORDERS)]);
  });

  it('remembers what decisions weakened and showed strong', async () => {
    const store = create();
    for (const decision of [DISARMS, REARMS]) await store.recordDecision(decision);
    const { disarmings, rearmings } = rememberedOf(await store.decisions(), null);
    expect(disarmings).toMatchObject([
      { setting: 'retention_days', from: 7, to: 0, at: hoursAgo(2), principal: DISARMS.principal },
    ]);
    expect(rearmings).toMatchObject([{ setting: 'skip_final_snapshot', at: hoursAgo(1) }]);
  });

  it('hands out a list of its own each time', async () => {
    const store = create();
    await store.recordDecision(DISARMS);
    ((await store.decisions()) as DecisionDocument[]).pop();
    expect(await store.decisions()).toHaveLength(1);
  });
});

describe('decisions on file', () => {
  const path = () => join(parent, 'store', 'decisions.jsonl');

  it('of an older Muster, without a word on settings, are still read', async () => {
    const store = createFileStore(join(parent, 'store'));
    await store.recordDecision(DISARMS);
    const { disarmings: _, rearmings: __, ...older } = DISARMS;
    appendFileSync(path(), `${JSON.stringify(older)}\n`);
    const read = await createFileStore(join(parent, 'store')).decisions();
    expect(read).toEqual([DISARMS, older]);
    expect(rememberedOf(read, null).disarmings).toHaveLength(1);
  });

  it('whose settings were tampered with are not read', async () => {
    const store = createFileStore(join(parent, 'store'));
    await store.recordDecision(DISARMS);
    writeFileSync(path(), readFileSync(path(), 'utf8').replace('"databaseResourceId":"db-ORDERS",', ''));
    await expect(store.decisions()).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
  });
});

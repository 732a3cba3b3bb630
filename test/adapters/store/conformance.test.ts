/**
 * What every store does alike: it keeps what it is given, in order, hands out no more and forgets nothing it once read.
 */

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from '../../../src/adapters/store/file-store.ts';
import { createMemoryStore } from '../../../src/adapters/store/memory-store.ts';
import type { JournalEntry, Store } from '../../../src/app/ports.ts';
import type { Event } from '../../../src/drill/drill-state.ts';
import { recordOf } from '../../../src/drill/outcome.ts';
import { rememberedOf } from '../../../src/verdict/disarming-memory.ts';
import type { DecisionDocument } from '../../../src/verdict/document.ts';
import { aDatabase, aDrill, hoursAgo, NOW } from '../../support/builders.ts';
import { aDecision } from '../../support/decision-builder.ts';
import { aDrillPlan, PLAN_SHAPES, ROWS, type Walk, walk } from '../../support/drill-plans.ts';

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

/** A kind of event added to the machine and not here is a compile error. */
const EVENT_KINDS: { readonly [K in Event['kind']]: K } = {
  intended: 'intended',
  made: 'made',
  job_started: 'job_started',
  job_saw: 'job_saw',
  saw: 'saw',
  marked: 'marked',
  done: 'done',
  connected: 'connected',
  probed: 'probed',
  hydrated: 'hydrated',
  hindered: 'hindered',
  failed: 'failed',
  unproven: 'unproven',
  exposed: 'exposed',
  interrupted: 'interrupted',
  resumed: 'resumed',
  reclaimed: 'reclaimed',
};

/** Drills of every shape: whole, kept, and turned back at their first look by each thing that can go wrong. */
function walks(): readonly Walk[] {
  const wrong = (['failed', 'unproven', 'exposed', 'interrupted'] as const).map((kind) =>
    walk(aDrillPlan('vault'), (state, event, second) =>
      second === 4 ? { kind, cause: `${kind} at ${state.step}`, at: event.at } : event,
    ),
  );
  const resumed = walk(aDrillPlan('instance'), (_, event, second) =>
    second === 3 ? { kind: 'resumed', at: event.at } : event,
  );
  const kept = walk(aDrillPlan('instance', { onSuccess: { kind: 'keep', hours: 2 }, replaces: ['older'] }));
  const standby = walk(aDrillPlan('pitr', { onSuccess: { kind: 'standby' } }));
  return [...PLAN_SHAPES.map((shape) => walk(aDrillPlan(shape, { hydrate: true }))), ...wrong, resumed, kept, standby];
}

/** Everything a journal can hold. */
function journalOf(all: readonly Walk[]): readonly JournalEntry[] {
  const entry = (what: JournalEntry['what']): JournalEntry => ({ at: NOW, drillId: 'abc', runner: 'r1', what });
  const unheard: readonly Event[] = [
    { kind: 'hindered', cause: 'throttled', at: NOW },
    { kind: 'reclaimed', cause: 'swept', kept: true, at: NOW },
  ];
  return [
    ...all.map(({ state }) => entry({ kind: 'begin', plan: state.plan })),
    ...[...all.flatMap(({ events }) => events), ...unheard].map((event) => entry({ kind: 'event', event })),
    entry({ kind: 'claim', gone: null }),
    entry({ kind: 'claim', gone: 'r0' }),
    ...(['alive', 'release'] as const).map((kind) => entry({ kind })),
  ];
}

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

  it('gives back a journal with every kind of entry and event as it was written', async () => {
    const entries = journalOf(walks());
    const kinds = entries.flatMap(({ what }) => (what.kind === 'event' ? [what.event.kind] : []));
    expect(Object.keys(EVENT_KINDS).filter((kind) => !kinds.includes(kind as Event['kind']))).toEqual([]);
    const store = create();
    for (const entry of entries) await store.journal(entry);
    expect(await store.journalEntries()).toEqual(entries);
  });

  it('gives back a plan with every kind of probe, and what it is compared with', async () => {
    const against = { against: 'last_drill', shrinkPercentMax: 5, growPercentMax: null } as const;
    const plan = aDrillPlan('instance', {
      probes: [
        ROWS,
        { kind: 'row_count', name: 'orders', table: 'public.orders', rowsMin: 1, expect: against },
        { kind: 'tables', name: 'tables', tablesMin: 3 },
        { kind: 'freshness', name: 'fresh', sql: 'select max(at) from orders', ageSecondsMax: 60 },
        { kind: 'marker', name: 'marker', sql: 'select max(at) from beats', lagSecondsMax: 60, keepValue: false },
        {
          kind: 'checksum',
          name: 'sum',
          table: 'public.orders',
          key: ['id'],
          columns: [],
          where: null,
          rowsMax: 100,
          expect: 'last_drill',
        },
        { kind: 'schema', name: 'schema', expect: 'last_drill' },
        { kind: 'integrity', name: 'intact', tables: ['public.orders'] },
        { kind: 'sql', name: 'sql', sql: 'select 1', equals: '1', min: null, max: null, keepValue: true },
      ],
      baseline: {
        drillId: 'older',
        endedAt: hoursAgo(48),
        results: { orders: { kind: 'row_count', question: 'public.orders', value: 7, digest: null, parts: {} } },
      },
    });
    const entry: JournalEntry = { at: NOW, drillId: 'abc', runner: 'r1', what: { kind: 'begin', plan } };
    const store = create();
    await store.journal(entry);
    expect(await store.journalEntries()).toEqual([entry]);
  });

  it('gives back the record of every drill as it was made, leaked and kept ones too', async () => {
    const leaking = walk(aDrillPlan('cluster'), (state, event) =>
      state.step === 'remove_cluster' ? { kind: 'failed', cause: 'it is protected', at: event.at } : event,
    );
    const records = [...walks(), leaking].map(({ state }, index) =>
      recordOf({ ...state, plan: { ...state.plan, drillId: `d${index}` } }),
    );
    expect(new Set(records.map(({ result }) => result))).toEqual(new Set(['passed', 'failed', 'aborted', 'leaked']));
    const store = create();
    for (const record of records) await store.recordDrill(record);
    expect(await store.drills()).toEqual(records);
  });

  it('lets the first of two records of one drill stand', async () => {
    const store = create();
    const late = aDrill(ORDERS, { result: 'failed', restoreSeconds: null, cause: 'picked up after it had ended' });
    const other = aDrill(ORDERS, { drillId: 'd2' });
    for (const record of [aDrill(ORDERS), late, other]) await store.recordDrill(record);
    expect(await store.drills()).toEqual([aDrill(ORDERS), other]);
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

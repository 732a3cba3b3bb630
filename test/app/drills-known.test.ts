/**
 * What verdicts know of drills that have no record yet: a failure speaks against a restore from the moment it is in the
 * journal, through every way of asking.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { assess } from '../../src/app/assess.ts';
import { decide } from '../../src/app/decide-change.ts';
import { drillsKnown } from '../../src/app/drills-known.ts';
import type { Store } from '../../src/app/ports.ts';
import { createReadinessBoard } from '../../src/app/readiness-board.ts';
import { recheckDecision } from '../../src/app/recheck-decision.ts';
import { addSeconds } from '../../src/core/time.ts';
import { type Event, isTearingDown } from '../../src/drill/drill-state.ts';
import { failureOf, recordOf } from '../../src/drill/outcome.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { standsOf } from '../../src/service/standings.ts';
import { aDatabase, aDrill, anIntent, anInventory, aPoint, deletionOf, NOW } from '../support/builders.ts';
import { aDrillPlan, type Walk, walk } from '../support/drill-plans.ts';

const ORDERS = aDatabase();
const INTENT = anIntent(deletionOf(ORDERS), { digest: `sha256:${'a'.repeat(64)}` });
const LATER = addSeconds(NOW, 120);
const PLAN = aDrillPlan('instance');
const QUESTION = {
  intent: INTENT,
  inventory: anInventory({ databases: [ORDERS], recoveryPoints: [aPoint(ORDERS)] }),
  policy: DEFAULT_POLICY,
};

/** A drill of orders that fails when it looks for its scratch. */
const FAILS = walk(PLAN, (state, event) => (isTearingDown(state) ? event : failing(event)));

function failing(event: Event): Event {
  return event.kind === 'saw' ? { kind: 'failed', cause: 'no capacity', at: event.at } : event;
}

/** A store in which orders was drilled with success an hour ago. */
async function aStore(): Promise<Store> {
  const store = createMemoryStore();
  await store.recordDrill(aDrill(ORDERS));
  return store;
}

/** Writes the journal of a drill up to some of its events. */
async function journal(store: Store, { events }: Walk, upTo = events.length): Promise<void> {
  const line = { at: NOW, drillId: PLAN.drillId, runner: 'r1' };
  await store.journal({ ...line, what: { kind: 'begin', plan: PLAN } });
  for (const event of events.slice(0, upTo)) await store.journal({ ...line, what: { kind: 'event', event } });
}

const FAILED_AFTER = FAILS.events.findIndex(({ kind }) => kind === 'failed') + 1;

function aWorld(store: Store, at = LATER) {
  return { clock: { now: () => at, elapsed: () => 0, sleep: async () => undefined }, store };
}

describe('a drill that has failed and is still tearing down', () => {
  it('speaks against the restore that an older one proved, as its record will', async () => {
    const store = await aStore();
    expect(await decide(QUESTION, aWorld(store))).toMatchObject({ decision: 'review', verdict: 'ready' });
    await journal(store, FAILS, FAILED_AFTER - 1);
    expect(await decide(QUESTION, aWorld(store))).toMatchObject({ decision: 'review', verdict: 'ready' });

    const failed = await aStore();
    await journal(failed, FAILS, FAILED_AFTER);
    const refused = await decide(QUESTION, aWorld(failed));
    expect(refused).toMatchObject({ decision: 'block', databases: [{ reasons: [{ code: 'restore_failed' }] }] });
    expect(await failed.drills()).toHaveLength(1);

    await failed.recordDrill(recordOf(FAILS.state));
    const { reasons } = (await decide(QUESTION, aWorld(failed))).databases[0] ?? expect.unreachable();
    expect(reasons).toEqual(refused.databases[0]?.reasons);
  });

  it('is no more ready on a report, on the board, or for the watch of the service', async () => {
    const store = await aStore();
    await journal(store, FAILS, FAILED_AFTER);
    const { inventory, policy } = QUESTION;
    const known = { inventory, outdated: [] };
    expect((await assess({ inventory, policy, names: [] }, aWorld(store))).verdict).toBe('not_ready');
    const board = createReadinessBoard({ ...aWorld(store), policy, known: { current: async () => known } });
    expect((await board.current())?.verdict).toBe('not_ready');
    const { views } = await standsOf({ known, before: [], policy, endingDays: [] }, aWorld(store));
    expect(views.map(({ verdict }) => verdict)).toEqual(['not_ready']);
  });

  it('is seen within a second by a board that was ready before', async () => {
    const store = await aStore();
    let seconds = 0;
    const { inventory, policy } = QUESTION;
    const known = { inventory, outdated: [] };
    const clock = { now: () => addSeconds(LATER, seconds), elapsed: () => seconds };
    const board = createReadinessBoard({ clock, store, policy, known: { current: async () => known } });
    expect((await board.current())?.verdict).toBe('ready');
    await journal(store, FAILS, FAILED_AFTER);
    seconds += 1;
    expect(board.held()).toBeNull();
    expect((await board.current())?.verdict).toBe('not_ready');
  });

  it('takes back a decision that rested on the older one', async () => {
    const store = await aStore();
    const { changeDigest } = await decide(QUESTION, aWorld(store, NOW));
    const asked = { named: changeDigest, changeDigest, state: null, requireFresh: false, policy: DEFAULT_POLICY };
    const ask = () => recheckDecision({ ...asked, inventory: async () => null }, aWorld(store));
    const before = await ask();
    await journal(store, FAILS, FAILED_AFTER);
    const after = await ask();
    expect(before.causes.map(({ cause }) => cause)).not.toContain('evidence_changed');
    expect(after.causes.map(({ cause }) => cause)).toContain('evidence_changed');
  });
});

it('a drill that goes well is nothing before it is on record, and is then its record alone', async () => {
  const store = await aStore();
  const passes = walk(PLAN);
  await journal(store, passes);
  expect((await drillsKnown(store)).map(({ drillId }) => drillId)).not.toContain(PLAN.drillId);
  await store.recordDrill(recordOf(passes.state));
  expect((await drillsKnown(store)).filter(({ drillId }) => drillId === PLAN.drillId)).toEqual([
    recordOf(passes.state),
  ]);
});

it('a failure whose record is written while it is asked for counts once', async () => {
  const store = await aStore();
  await journal(store, FAILS);
  const record = failureOf(FAILS.state) ?? expect.unreachable();
  const racing = {
    ...store,
    drills: async () => {
      await store.recordDrill(record);
      return store.drills();
    },
  };
  expect((await drillsKnown(racing)).filter(({ drillId }) => drillId === record.drillId)).toHaveLength(1);
});

/** What must not calm a memory: another endpoint, a state in doubt, a document about an earlier database of that name. */

import { describe, expect, it } from 'vitest';
import type { Action, Intent } from '../../src/intent/action.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { rememberedOf } from '../../src/verdict/disarming-memory.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import type { StateSighting } from '../../src/verdict/state-history.ts';
import { aDatabase, aDrill, anIntent, anInventory, aPoint, aTarget, hoursAgo, theDelete } from '../support/builders.ts';

const orders = aDatabase();
const LAB = 'http://127.0.0.1:4566';
const skip: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: { skipFinalSnapshot: true } };
const deletion = theDelete(orders, { skipFinalSnapshot: false, finalSnapshotId: 'last' });

interface Asked {
  readonly hours?: number;
  readonly endpoint?: string | null;
  readonly kept?: readonly DecisionDocument[];
  readonly sightings?: readonly StateSighting[];
}

let asked = 0;
function decide(intent: Partial<Intent>, { hours = 0, endpoint = null, kept = [], sightings = [] }: Asked = {}) {
  asked += 1;
  const digest = `sha256:${asked.toString(16).padStart(2, '0')}` as Intent['digest'];
  const inventory = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)], endpoint });
  return decideChange({
    intent: anIntent(intent.actions ?? [], { digest, ...intent }),
    inventory: { ...inventory, observedAt: hoursAgo(hours) },
    policy: DEFAULT_POLICY,
    drills: [aDrill(orders, { endpoint })],
    at: hoursAgo(hours),
    logged: true,
    sightings,
    memory: rememberedOf(kept, endpoint),
  });
}

const remembers = (kept: readonly DecisionDocument[], at: Asked = {}) =>
  decide({ actions: [theDelete(orders)] }, { ...at, kept }).databases.some(({ reasons }) =>
    reasons.some(({ code }) => code === 'disarmed_earlier'),
  );

const weakened = (endpoint: string | null = null) =>
  decide(
    { actions: [skip], changes: [{ address: 'x', actions: ['update'], class: 'disarm', steps: [skip] }] },
    { hours: 3, endpoint },
  );

describe('a weakening', () => {
  it('stands until it is shown strong', () => {
    expect(remembers([weakened()])).toBe(true);
    expect(remembers([weakened(), decide({ actions: [deletion] }, { hours: 2 })])).toBe(false);
  });

  it('is not undone by what was decided of another endpoint', () => {
    expect(remembers([weakened(), decide({ actions: [deletion] }, { hours: 2, endpoint: LAB })])).toBe(true);
  });

  it('of another endpoint says nothing here', () => {
    expect(remembers([weakened(LAB)])).toBe(false);
    expect(remembers([weakened(LAB)], { endpoint: LAB })).toBe(true);
  });

  it('kept without its endpoint is believed, and undone by no such decision', () => {
    const old = ({ endpoint: _, ...document }: DecisionDocument): DecisionDocument => document;
    expect(remembers([old(weakened())])).toBe(true);
    expect(remembers([weakened(), old(decide({ actions: [deletion] }, { hours: 2 }))])).toBe(true);
  });

  it('is not undone by a document that speaks of an earlier database of that name', () => {
    const target = { ...aTarget(orders), resourceId: 'db-EARLIER' };
    const shown = decide({ actions: [{ ...deletion, target } as Action] }, { hours: 2 });
    expect(shown.rearmings).toEqual([]);
    expect(remembers([weakened(), shown])).toBe(true);
  });

  it('is not undone by a state older than the one last judged', () => {
    const state = { lineage: 'aaaa', serial: 4, databases: [orders.resourceId], forgets: [], backend: 's3' };
    const sighting: StateSighting = {
      formatVersion: '1',
      at: hoursAgo(3),
      endpoint: null,
      lineage: 'aaaa',
      serial: 5,
      databases: [orders.resourceId],
      forgets: [],
      released: [],
    };
    const first = weakened();
    const stale = { actions: [deletion], state } as const;
    const shown = decide(stale, { hours: 2, kept: [first], sightings: [sighting] });
    expect(shown.reasons.map(({ code }) => code)).toContain('older_serial');
    expect(shown.databases[0]?.reasons.map(({ code }) => code)).toContain('disarmed_earlier');
    expect(remembers([first, shown])).toBe(true);
    expect(remembers([first, decide(stale, { hours: 2 })])).toBe(false);
  });
});

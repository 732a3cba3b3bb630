/**
 * Deciding a change: the decision given is the decision kept, and one that cannot be kept is not given.
 */

import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { decide } from '../../src/app/decide-change.ts';
import type { Store } from '../../src/app/ports.ts';
import { MusterError } from '../../src/core/errors.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { aDatabase, aDrill, anIntent, anInventory, aPoint, deletionOf, NOW } from '../support/builders.ts';

const ORDERS = aDatabase();
const QUESTION = {
  intent: anIntent(deletionOf(ORDERS)),
  inventory: anInventory({ databases: [ORDERS], recoveryPoints: [aPoint(ORDERS)] }),
  policy: DEFAULT_POLICY,
};

function aWorld(store: Store) {
  return { clock: { now: () => NOW, elapsed: () => 0, sleep: async () => undefined }, store };
}

it('the decision that is given is the one that is kept', async () => {
  const store = createMemoryStore();
  const document = await decide(QUESTION, aWorld(store));
  expect(document).toMatchObject({ decision: 'block', verdict: 'unknown', at: NOW });
  expect(await store.decisions()).toEqual([document]);
});

it('a drill on record turns the same question to review', async () => {
  const store = createMemoryStore();
  await store.recordDrill(aDrill(ORDERS));
  expect(await decide(QUESTION, aWorld(store))).toMatchObject({ decision: 'review', verdict: 'ready' });
});

it('the state behind a change is remembered, and the next change is held against it', async () => {
  const store = createMemoryStore();
  const state = { lineage: 'a', serial: 12, backend: 's3', databases: [ORDERS.resourceId], forgets: [] };
  const change = (lineage: string) => ({ ...QUESTION, intent: anIntent([], { state: { ...state, lineage } }) });
  expect(await decide(change('a'), aWorld(store))).toMatchObject({ decision: 'allow' });
  expect(await store.states()).toMatchObject([{ lineage: 'a', serial: 12, databases: [ORDERS.resourceId], at: NOW }]);

  const swapped = await decide(change('b'), aWorld(store));
  expect(swapped).toMatchObject({ decision: 'block', reasons: [{ code: 'other_lineage' }] });
  // Asked once more, it is still the other state: what was refused is not remembered.
  expect(await decide(change('b'), aWorld(store))).toMatchObject({ decision: 'block' });
  expect(await store.states()).toHaveLength(1);
});

it.each([
  ['kept', { recordDecision: () => Promise.reject(new MusterError('MUSTER_STORE_INVALID', 'full')) }],
  ['based on the states on record', { states: () => Promise.reject(new MusterError('MUSTER_STORE_INVALID', 'torn')) }],
  ['based on the drills on record', { drills: () => Promise.reject(new MusterError('MUSTER_STORE_INVALID', 'torn')) }],
] satisfies [string, Partial<Store>][])('a decision that cannot be %s is not given', async (_, broken) => {
  const store = { ...createMemoryStore(), ...broken };
  await expect(decide(QUESTION, aWorld(store))).rejects.toThrow(
    expect.objectContaining({ code: 'MUSTER_STORE_INVALID' }),
  );
});

/** Receipts: who may give one for what, and which judgement one holds for. */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { approveChange } from '../../src/app/approve-change.ts';
import { type ChangeQuestion, decide } from '../../src/app/decide-change.ts';
import type { Store } from '../../src/app/ports.ts';
import { digestOf } from '../../src/core/canonical.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aDatabase, aDrill, anIntent, anInventory, aPoint, deletionOf, NOW } from '../support/builders.ts';

const orders = aDatabase();
const BY = { approver: 'jane', identifiedBy: 'os_user', note: null } as const;
const QUESTION: ChangeQuestion = {
  intent: anIntent(deletionOf(orders)),
  inventory: anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)] }),
  policy: DEFAULT_POLICY,
};

function worldAt(store: Store, at: Instant = NOW) {
  return { store, clock: { now: () => at, elapsed: () => 0, sleep: async () => undefined } };
}

async function drilled(): Promise<Store> {
  const store = createMemoryStore();
  await store.recordDrill(aDrill(orders));
  return store;
}

function approval({ checklist }: DecisionDocument) {
  return checklist.find(({ point }) => point === 'human_approval');
}

describe('a receipt', () => {
  it('is kept with what was approved, by whom and until when', async () => {
    const store = await drilled();
    const decided = await decide(QUESTION, worldAt(store));
    const receipt = await approveChange(decided, BY, worldAt(store));
    expect(receipt).toEqual({
      formatVersion: '1',
      changeDigest: decided.changeDigest,
      decisionDigest: digestOf(decided),
      ...BY,
      at: NOW,
      validUntil: decided.validUntil,
    });
    expect(await store.approvals()).toEqual([receipt]);
  });

  it('answers the point that asks for it when the change is judged again; the decision stays review', async () => {
    const store = await drilled();
    const first = await decide(QUESTION, worldAt(store));
    expect(approval(first)).toMatchObject({ result: 'unknown' });
    await approveChange(first, BY, worldAt(store));
    const again = await decide(QUESTION, worldAt(store, addSeconds(NOW, 60)));
    expect(again.decision).toBe('review');
    expect(approval(again)).toEqual({
      point: 'human_approval',
      result: 'pass',
      evidence: ['verified: jane approved this change at 2026-11-23 10:00:00 UTC'],
    });
    expect(again.validUntil).toBe(first.validUntil);
  });

  it.each([
    ['another change', { intent: anIntent(deletionOf(orders), { digest: digestOf('other') }) }],
    ['another policy', { policy: parsePolicy('version: 1\ndefaults: { dataLossMax: 48h }\n', 'p.yaml') }],
    ['other facts', { inventory: { ...QUESTION.inventory, databases: [{ ...orders, retentionDays: 1 }] } }],
  ] satisfies [string, Partial<ChangeQuestion>][])('does not hold for %s', async (_, fields) => {
    const store = await drilled();
    await approveChange(await decide(QUESTION, worldAt(store)), BY, worldAt(store));
    const again = await decide({ ...QUESTION, ...fields }, worldAt(store));
    expect(again.decision).toBe('review');
    expect(approval(again)).toMatchObject({ result: 'unknown' });
  });

  it('ends with the decision that it was given on', async () => {
    const store = await drilled();
    const first = await decide(QUESTION, worldAt(store));
    await approveChange(first, BY, worldAt(store));
    const fresh = { ...QUESTION, inventory: { ...QUESTION.inventory, observedAt: first.validUntil } };
    expect(approval(await decide(fresh, worldAt(store, addSeconds(first.validUntil, -1))))).toMatchObject({
      result: 'pass',
    });
    expect(approval(await decide(fresh, worldAt(store, first.validUntil)))).toMatchObject({ result: 'unknown' });
  });

  it('for a decision that nobody kept is none', async () => {
    const store = await drilled();
    const first = await decide(QUESTION, worldAt(store));
    await store.recordApproval({
      formatVersion: '1',
      changeDigest: first.changeDigest,
      decisionDigest: digestOf('never kept'),
      ...BY,
      at: NOW,
      validUntil: first.validUntil,
    });
    expect(approval(await decide(QUESTION, worldAt(store)))).toMatchObject({ result: 'unknown' });
  });
});

describe('nothing can be approved', () => {
  it('of a change that is blocked', async () => {
    const store = createMemoryStore();
    const blocked = await decide(QUESTION, worldAt(store));
    await expect(approveChange(blocked, BY, worldAt(store))).rejects.toThrow('it is blocked (unknown)');
    expect(await store.approvals()).toEqual([]);
  });

  it('of a change that needs no approval', async () => {
    const store = createMemoryStore();
    const allowed = await decide({ ...QUESTION, intent: anIntent([]) }, worldAt(store));
    await expect(approveChange(allowed, BY, worldAt(store))).rejects.toThrow('nothing in it needs approval');
  });

  it('once the decision has ended', async () => {
    const store = await drilled();
    const decided = await decide(QUESTION, worldAt(store));
    const late = worldAt(store, decided.validUntil);
    await expect(approveChange(decided, BY, late)).rejects.toThrow(`was valid until ${decided.validUntil}`);
  });
});

/** Finding a decision by the digest of its change, whole or cut short. */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { newestDecision } from '../../src/app/find-decision.ts';
import { type Digest, digestOfBytes } from '../../src/core/canonical.ts';
import { parseInstant } from '../../src/core/time.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aDecision } from '../support/decision-builder.ts';

const CHANGE = aDecision().changeDigest;

describe('the decision that somebody means', () => {
  const withDecisions = async (...documents: DecisionDocument[]) => {
    const store = createMemoryStore();
    for (const document of documents) await store.recordDecision(document);
    return store;
  };
  const other = aDecision({ changeDigest: digestOfBytes('other') });

  it('is the last that was kept on that change, whatever the clock of whoever wrote one before it', async () => {
    const ahead = aDecision({ at: parseInstant('2026-02-26T23:00:00Z', 'test'), decision: 'review', verdict: 'ready' });
    const last = aDecision({ at: parseInstant('2026-02-26T20:00:00Z', 'test'), decision: 'block' });
    const store = await withDecisions(aDecision(), ahead, last, other);
    expect(await newestDecision(CHANGE, store)).toEqual(last);
  });

  it('may be named by the digits that reports print', async () => {
    const store = await withDecisions(aDecision(), other);
    for (const asked of [CHANGE.slice(0, 19), CHANGE.slice(7), CHANGE.slice(7, 19).toUpperCase()]) {
      expect((await newestDecision(asked, store)).changeDigest).toBe(CHANGE);
    }
  });

  it('is not guessed when the digits fit two changes', async () => {
    const twin = `${CHANGE.slice(0, 40)}${'0'.repeat(31)}` as Digest;
    const store = await withDecisions(aDecision(), aDecision({ changeDigest: twin }));
    await expect(newestDecision(CHANGE.slice(0, 19), store)).rejects.toMatchObject({
      code: 'MUSTER_DECISION_NOT_FOUND',
      message: expect.stringContaining('2 changes'),
    });
    expect((await newestDecision(CHANGE, store)).changeDigest).toBe(CHANGE);
  });

  it.each([
    [digestOfBytes('nobody'), 'MUSTER_DECISION_NOT_FOUND'],
    [CHANGE.slice(0, 18), 'MUSTER_USAGE'],
    ['sha256:', 'MUSTER_USAGE'],
    [`${CHANGE}0`, 'MUSTER_USAGE'],
    ['prod-students', 'MUSTER_USAGE'],
  ])('is not found by %s', async (asked, code) => {
    await expect(newestDecision(asked, await withDecisions(aDecision()))).rejects.toMatchObject({ code });
  });
});

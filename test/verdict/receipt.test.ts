/** A decision with a person's receipt: one point is answered, nothing is approved, and it ends no later than the receipt. */

import { expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { withReceipt } from '../../src/verdict/receipt.ts';
import { NOW } from '../support/builders.ts';
import { aDecision } from '../support/decision-builder.ts';

const END = addSeconds(NOW, 3_600);
const checklist = [
  { point: 'exact_plan_reviewed', result: 'pass', evidence: ['verified: byte for byte'] },
  { point: 'human_approval', result: 'unknown', evidence: ['assumed: a person must still approve'] },
] as const;
const decided = aDecision({ decision: 'review', verdict: 'ready', validUntil: END, checklist });
const receipt = { approver: 'jane', at: NOW, validUntil: END };

it('answers the point that asks for a person, and no other', () => {
  expect(withReceipt(decided, receipt)).toEqual({
    ...decided,
    checklist: [
      checklist[0],
      {
        point: 'human_approval',
        result: 'pass',
        evidence: ['verified: jane approved this change at 2026-11-23 10:00:00 UTC'],
      },
    ],
  });
});

it.each([
  ['the receipt where that ends first', -60],
  ['the decision where that ends first', 60],
])('ends with %s', (_, seconds) => {
  const validUntil = addSeconds(END, seconds);
  expect(withReceipt(decided, { ...receipt, validUntil }).validUntil).toBe(seconds < 0 ? validUntil : END);
});

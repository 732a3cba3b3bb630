/**
 * A person's receipt for one change: given on the newest decision, kept in the store, and looked for when the change is
 * judged again.
 *
 * Muster never approves: it writes down that somebody did. A receipt holds while the decision it was given on is valid, and
 * only for a judgement that stands on the same things.
 */

import { digestOf } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import type { Approval } from '../evidence/approval.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { Clock, Store } from './ports.ts';

/** Who approves, and what they say. */
export interface Approver {
  readonly approver: string;
  readonly identifiedBy: Approval['identifiedBy'];
  readonly note: string | null;
}

/**
 * Keeps a receipt for a decision.
 *
 * @throws MusterError `MUSTER_USAGE` when the decision is not `review`, or its time is over: there is nothing to approve.
 */
export async function approveChange(
  decided: DecisionDocument,
  by: Approver,
  { clock, store }: { readonly clock: Clock; readonly store: Store },
): Promise<Approval> {
  const at = clock.now();
  refuseUnlessOpen(decided, at);
  const approval: Approval = {
    formatVersion: '1',
    changeDigest: decided.changeDigest,
    decisionDigest: digestOf(decided),
    ...by,
    at,
    validUntil: decided.validUntil,
  };
  await store.recordApproval(approval);
  return approval;
}

/** @throws MusterError `MUSTER_USAGE` as `approveChange` does, for whoever asks a person first. */
export function refuseUnlessOpen({ decision, verdict, validUntil, changeDigest }: DecisionDocument, at: string): void {
  if (decision !== 'review') {
    const why = decision === 'allow' ? 'nothing in it needs approval' : `it is blocked (${verdict.replace('_', ' ')})`;
    throw new MusterError('MUSTER_USAGE', `${changeDigest} cannot be approved: ${why}`);
  }
  if (at >= validUntil) {
    const problem = `${changeDigest} cannot be approved: the decision was valid until ${validUntil}; judge the change anew`;
    throw new MusterError('MUSTER_USAGE', problem);
  }
}

/** The receipt that holds for a judgement now; null when there is none. */
export async function receiptFor(
  judged: DecisionDocument,
  { clock, store }: { readonly clock: Clock; readonly store: Store },
): Promise<Approval | null> {
  if (judged.decision !== 'review') return null;
  const at = clock.now();
  const receipts = (await store.approvalsOf(judged.changeDigest)).filter(
    ({ at: given, validUntil }) => given <= at && at < validUntil,
  );
  if (receipts.length === 0) return null;
  const seen = new Map(
    (await store.decisionsOn(judged.changeDigest)).map((decided) => [digestOf(decided) as string, decided]),
  );
  return receipts.findLast(({ decisionDigest }) => isSame(seen.get(decisionDigest), judged)) ?? null;
}

/** Whether what was approved stands on the same things as what is judged now. */
function isSame(approved: DecisionDocument | undefined, judged: DecisionDocument): boolean {
  return (
    approved?.basis !== undefined &&
    approved.policyDigest === judged.policyDigest &&
    digestOf(approved.basis) === digestOf(judged.basis ?? null) &&
    (approved.endpoint ?? null) === (judged.endpoint ?? null)
  );
}

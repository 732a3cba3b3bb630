/**
 * A decision with a person's receipt: the point of the checklist that asks for one is answered, and nothing else changes.
 *
 * The decision stays `review`: Muster approves nothing, and whoever asked for a receipt looks at this point. It ends no
 * later than the receipt does.
 */

import { earliest, type Instant, printInstant } from '../core/time.ts';
import type { ChecklistPoint, DecisionDocument } from './document.ts';

/** What is shown of a receipt. */
export interface Receipt {
  readonly approver: string;
  readonly at: Instant;
  readonly validUntil: Instant;
}

/** The decision as it stands with this receipt. */
export function withReceipt(document: DecisionDocument, { approver, at, validUntil }: Receipt): DecisionDocument {
  const point: ChecklistPoint = {
    point: 'human_approval',
    result: 'pass',
    evidence: [`verified: ${approver} approved this change at ${printInstant(at)}`],
  };
  return {
    ...document,
    validUntil: earliest(document.validUntil, validUntil),
    checklist: document.checklist.map((each) => (each.point === 'human_approval' ? point : each)),
  };
}

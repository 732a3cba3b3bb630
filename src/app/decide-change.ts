/**
 * Decides one change: the intent, against what exists, by policy and evidence; and keeps the decision.
 *
 * A decision that could not be kept is not given: whoever relies on one can find later what it was.
 */

import type { Intent } from '../intent/action.ts';
import type { Inventory } from '../inventory/model.ts';
import type { Policy } from '../policy/schema.ts';
import { decideChange } from '../verdict/decide.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { Clock, Store } from './ports.ts';

/** What is asked. */
export interface ChangeQuestion {
  readonly intent: Intent;
  readonly inventory: Inventory;
  readonly policy: Policy;
}

/**
 * Decides and records.
 *
 * @returns The decision as it stands in the store.
 * @throws MusterError `MUSTER_STORE_INVALID` when the store cannot be read or written: a decision that is not kept is
 *   not given.
 */
export async function decide(
  question: ChangeQuestion,
  world: { readonly clock: Clock; readonly store: Store },
): Promise<DecisionDocument> {
  const drills = await world.store.drills();
  const document = decideChange({ ...question, drills, at: world.clock.now(), logged: true });
  await world.store.recordDecision(document);
  return document;
}

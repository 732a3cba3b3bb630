/**
 * Asks a decision on record again, when its change is about to run.
 *
 * Finds it by the digest of the change alone: the newest one of it speaks. Nothing is judged anew and nothing is kept.
 */

import type { Inventory } from '../inventory/model.ts';
import { policyDigest } from '../policy/digest.ts';
import type { Policy } from '../policy/schema.ts';
import { type Now, type Recheck, recheck } from '../verdict/recheck.ts';
import { drillsKnown } from './drills-known.ts';
import { newestDecision } from './find-decision.ts';
import type { Clock, Store } from './ports.ts';

/** What is asked. */
export interface RecheckQuestion extends Pick<Now, 'changeDigest' | 'state' | 'requireFresh'> {
  /** The digest of the change, or its first 12 hex digits or more. */
  readonly named: string;
  readonly policy: Policy;
  /** Read only once the decision is found. */
  readonly inventory: () => Promise<Inventory | null>;
}

/**
 * Asks it again.
 *
 * @throws MusterError `MUSTER_DECISION_NOT_FOUND` or `MUSTER_USAGE` when the digest names no decision on record.
 */
export async function recheckDecision(
  { named, policy, inventory, ...shown }: RecheckQuestion,
  { clock, store }: { readonly clock: Clock; readonly store: Store },
): Promise<Recheck> {
  const decided = await newestDecision(named, store);
  const read = await inventory();
  const drills = await drillsKnown(store);
  return recheck(decided, {
    ...shown,
    inventory: read,
    drills,
    policyDigest: policyDigest(policy),
    at: clock.now(),
  });
}

/**
 * Decides one change: the intent, against what exists, by policy and evidence; and keeps the decision.
 *
 * A decision that could not be kept is not given: whoever relies on one can find later what it was.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import type { Intent } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import type { Policy } from '../policy/schema.ts';
import { decideChange } from '../verdict/decide.ts';
import { rememberedOf } from '../verdict/disarming-memory.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import { withReceipt } from '../verdict/receipt.ts';
import { sightingOf } from '../verdict/state-history.ts';
import { receiptFor } from './approve-change.ts';
import { drillsKnown } from './drills-known.ts';
import type { Clock, Store } from './ports.ts';

/** What is asked. */
export interface ChangeQuestion {
  readonly intent: Intent;
  readonly inventory: Inventory;
  readonly policy: Policy;
  /** Finds out what the asking principal may call against the databases concerned; absent when nobody asked. */
  readonly authority?: (databases: readonly Database[]) => Promise<PrincipalAuthority>;
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
  const { intent, inventory, policy } = question;
  const drills = await drillsKnown(world.store);
  const memory = rememberedOf(await world.store.settingsSeen(), inventory.endpoint);
  const sightings = await world.store.states();
  const asked = { intent, inventory, policy, drills, memory, sightings, at: world.clock.now(), logged: true };
  const decided = await withAuthority(decideChange(asked), question, (authority) =>
    decideChange({ ...asked, authority }),
  );
  const receipt = await receiptFor(decided, world);
  const document = receipt === null ? decided : withReceipt(decided, receipt);
  await world.store.recordDecision(document);
  const sighting = sightingOf(intent, document, { sightings, endpoint: inventory.endpoint });
  if (sighting !== null) await world.store.recordState(sighting);
  return document;
}

/** Decides anew once it is known what the principal may call: only of what the change concerns is that asked. */
async function withAuthority(
  decided: DecisionDocument,
  { inventory, authority }: ChangeQuestion,
  decideWith: (authority: PrincipalAuthority) => DecisionDocument,
): Promise<DecisionDocument> {
  if (authority === undefined) return decided;
  const concerned = new Set(decided.databases.map(({ arn }) => arn));
  return decideWith(await authority(inventory.databases.filter(({ arn }) => concerned.has(arn))));
}

/**
 * Asks a decision again, with what is at hand of the change and, where that is wanted, with its databases read anew.
 *
 * The newest decision on the change speaks. Nothing is judged anew and nothing is kept.
 */

import { freshInventoryFor } from '../../app/decide-now.ts';
import { newestDecision } from '../../app/find-decision.ts';
import { recheckDecision } from '../../app/recheck-decision.ts';
import type { Digest } from '../../core/canonical.ts';
import { readTerraformPlan } from '../../intent/terraform/read-plan.ts';
import { readState } from '../../intent/terraform/state/read-state.ts';
import type { Basis } from '../../verdict/document.ts';
import type { Recheck } from '../../verdict/recheck.ts';
import type { ApiWorld } from '../world.ts';

/** What is asked, and what of the change is at hand. */
export interface RecheckAsked {
  /** Digest of the change, or its first digits. */
  readonly named: string;
  readonly requireFresh: boolean;
  readonly plan?: string | undefined;
  readonly state?: string | undefined;
}

/** @throws MusterError as `recheckDecision` and the readers of documents do. */
export async function recheckNow(asked: RecheckAsked, world: ApiWorld): Promise<Recheck> {
  const { named, requireFresh } = asked;
  const { policy, clock, store } = world;
  const shown = shownBy(asked);
  const inventory = async () => {
    if (!requireFresh) return null;
    const { databases } = await newestDecision(named, store);
    return freshInventoryFor(databases, world);
  };
  return recheckDecision({ named, policy, ...shown, requireFresh, inventory }, { clock, store });
}

function shownBy({ plan, state }: RecheckAsked): {
  readonly changeDigest: Digest | null;
  readonly state: Basis['state'];
} {
  if (plan === undefined) return { changeDigest: null, state: state === undefined ? null : stateOf(state) };
  const beside = state === undefined ? {} : { state: { content: state, origin: 'state' } };
  const intent = readTerraformPlan(plan, 'plan', beside);
  const seen = intent.state === undefined ? null : { lineage: intent.state.lineage, serial: intent.state.serial };
  return { changeDigest: intent.digest, state: seen };
}

function stateOf(text: string): Basis['state'] {
  const { lineage, serial } = readState(text, 'state');
  return { lineage, serial };
}

/**
 * Folding a loss over an inventory: every recovery point's fate, each with the rules that decided it.
 *
 * The same fold answers "what would really happen now" (refusals honoured, as the demo checks against the
 * lab) and "what is owed to nobody's goodwill" (deletion protection lifted, as verdicts need).
 */

import { invariant } from '../core/invariant.ts';
import type { Instant } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { apply } from './apply.ts';
import { settleReadability } from './apply-key.ts';
import type { Effect, Refusals } from './step.ts';
import { pointsOwnedBy, type TrackedPoint, type World, worldOf } from './world.ts';

/** What remains after a loss. */
export interface Survival {
  readonly before: World;
  readonly after: World;
  /** One effect for each action, in order. */
  readonly effects: readonly Effect[];
}

/** Folds actions, in order, over the world that an inventory shows at an instant. */
export function survive(
  inventory: Inventory,
  actions: readonly Action[],
  options: { readonly at: Instant; readonly refusals: Refusals },
): Survival {
  const start = worldOf(inventory, options.at);
  const { world, effects } = foldActions(start, actions, options.refusals);
  const after = settleReadability(world);
  invariant(effects.length === actions.length, 'every action has its effect', { actions: actions.length });
  invariant(after.points.length >= inventory.recoveryPoints.length, 'no recovery point is dropped by a loss');
  return { before: settleReadability(start), after, effects };
}

/** Folds actions over a world; whether its points can still be read under their keys is left to be settled. */
export function foldActions(
  start: World,
  actions: readonly Action[],
  refusals: Refusals,
): { readonly world: World; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  let world = start;
  for (const action of actions) {
    const step = apply(world, action, refusals);
    effects.push(step.effect);
    world = step.world;
  }
  return { world, effects };
}

/** The recovery points taken from one database, in a survival's end state. */
export function pointsOf(world: World, database: Database): readonly TrackedPoint[] {
  return pointsOwnedBy(world, database.resourceId);
}

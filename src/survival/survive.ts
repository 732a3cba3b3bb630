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
import { deleteSnapshots, type SnapshotDeletion } from './apply-snapshot.ts';
import type { Room } from './room.ts';
import type { Effect, Refusals } from './step.ts';
import { pointsOwnedBy, type TrackedPoint, type World, worldOf } from './world.ts';

/** What remains after a loss. */
export interface Survival {
  readonly before: World;
  readonly after: World;
  /** The world before, if every point of it can be read and started; else null. */
  readonly sound: World | null;
  /** The world after, before it is settled which of its points can be read: where more actions go on from. */
  readonly folded: World;
  /** One effect for each action, in order. */
  readonly effects: readonly Effect[];
}

/**
 * Folds actions, in order, over the world that an inventory shows at an instant.
 *
 * @param options `rooms` is what a larger inventory has room for, when this one is a part of it.
 */
export function survive(
  inventory: Inventory,
  actions: readonly Action[],
  options: { readonly at: Instant; readonly refusals: Refusals; readonly rooms?: readonly Room[] },
): Survival {
  const start = worldOf(inventory, options.at, options.rooms);
  const before = settleReadability(start);
  const sound = before === start ? start : null;
  const survival = surviveFurther({ before, after: before, sound, folded: start, effects: [] }, actions, options);
  invariant(survival.after.points.length >= inventory.recoveryPoints.length, 'no recovery point is dropped by a loss');
  return survival;
}

/** What remains when more actions follow: as if the loss had been all of them, without folding the first ones again. */
export function surviveFurther(
  earlier: Survival,
  actions: readonly Action[],
  { refusals }: { readonly refusals: Refusals },
): Survival {
  const { world: folded, effects } = foldActions(earlier.folded, actions, refusals);
  invariant(effects.length === actions.length, 'every action has its effect', { actions: actions.length });
  const after = settleReadability(folded, earlier.sound);
  return { before: earlier.before, after, sound: earlier.sound, folded, effects: [...earlier.effects, ...effects] };
}

/** Folds actions over a world; whether its points can still be read under their keys is left to be settled. */
export function foldActions(
  start: World,
  actions: readonly Action[],
  refusals: Refusals,
): { readonly world: World; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  let world = start;
  for (let next = 0; next < actions.length; ) {
    const run = snapshotRunAt(actions, next);
    const together = run.length > 1 ? deleteSnapshots(world, run) : null;
    const done = together ?? oneByOne(world, run.length > 0 ? run : actions.slice(next, next + 1), refusals);
    for (const effect of done.effects) effects.push(effect);
    world = done.world;
    next += done.effects.length;
  }
  return { world, effects };
}

function oneByOne(start: World, actions: readonly Action[], refusals: Refusals) {
  const effects: Effect[] = [];
  let world = start;
  for (const action of actions) {
    const step = apply(world, action, refusals);
    effects.push(step.effect);
    world = step.world;
  }
  return { world, effects };
}

/** The deletions of snapshots that stand side by side from a place on: a purge has thousands. */
function snapshotRunAt(actions: readonly Action[], from: number): readonly SnapshotDeletion[] {
  const run: SnapshotDeletion[] = [];
  for (let place = from; place < actions.length; place += 1) {
    const action = actions[place];
    if (action?.kind !== 'delete_db_snapshot' && action?.kind !== 'delete_db_cluster_snapshot') break;
    run.push(action);
  }
  return run;
}

/** The recovery points taken from one database, in a survival's end state. */
export function pointsOf(world: World, database: Database): readonly TrackedPoint[] {
  return pointsOwnedBy(world, database.resourceId);
}

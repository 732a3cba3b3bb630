/**
 * What an action does to the world, as every family of rules returns it.
 *
 * Kept apart from the dispatcher so that the families and the dispatcher do not import one another.
 */

import type { Action } from '../intent/action.ts';
import { isAlive } from './fate.ts';
import { eitherOf } from './room.ts';
import type { RuleCode } from './rules.ts';
import {
  changeDatabases,
  databaseWith,
  doubt,
  everyPoint,
  mapPoints,
  type TrackedDatabase,
  type TrackedPoint,
  type World,
  worldWith,
} from './world.ts';

/** What one action did. */
export interface Effect {
  readonly action: Action;
  readonly outcome: 'applied' | 'refused' | 'unknown';
  /** The rule that decided the outcome; null for an action that no rule of survival concerns. */
  readonly rule: RuleCode | null;
  /** Resource id of the database it concerns, where one was found. */
  readonly databaseResourceId: string | null;
}

/** The world after an action, and what it did. */
export interface Step {
  readonly world: World;
  readonly effect: Effect;
}

/**
 * How much of what AWS might refuse is believed. `honoured` is what would happen now; `lifted` lets every deletion
 * of a database go through, because what AWS refuses now it accepts after one more call (protection off, members
 * deleted, cluster started), and no survivor may be owed to a refusal.
 */
export type Refusals = 'honoured' | 'lifted';

/** The action went through. */
export function applied(world: World, action: Action, rule: RuleCode | null, databaseResourceId: string | null): Step {
  return { world, effect: { action, outcome: 'applied', rule, databaseResourceId } };
}

/** AWS would refuse the action: nothing changes. */
export function refused(world: World, action: Action, rule: RuleCode, databaseResourceId: string | null): Step {
  return { world, effect: { action, outcome: 'refused', rule, databaseResourceId } };
}

/**
 * AWS may refuse the action or carry it out: the database is in doubt from here on, and so is every recovery point
 * that the action would leave worse off. One that lives either way keeps the nearer of its two ends.
 */
export function undecided(
  world: World,
  action: Action,
  rule: RuleCode,
  of: { readonly database: TrackedDatabase; readonly ifApplied: World },
): Step {
  const points = of.ifApplied.points.map((then, index) => {
    const now = world.points[index];
    if (now === undefined) return doubt(then, rule);
    return isAlive(then.fate) || then.fate.word === now.fate.word ? then : doubt(now, rule);
  });
  const { databases } = changeDatabases(world, [of.database], (tracked) => databaseWith(tracked, { inDoubt: true }));
  const databaseResourceId = of.database.database.resourceId;
  const rooms = eitherOf(world.rooms, of.ifApplied.rooms);
  return {
    world: worldWith(world, { databases, points, rooms }),
    effect: { action, outcome: 'unknown', rule, databaseResourceId },
  };
}

/**
 * Everything within the action's reach becomes doubtful; a target without a scope reaches everywhere.
 *
 * @param among The points that such an action can reach at all.
 */
export function inDoubt(
  world: World,
  action: Action,
  rule: RuleCode,
  among: (tracked: TrackedPoint) => boolean = everyPoint,
): Step {
  const { scope } = action.target;
  return {
    world: mapPoints(
      world,
      (tracked) => (scope === null || scope.accountId === tracked.point.accountId) && among(tracked),
      (tracked) => doubt(tracked, rule),
    ),
    effect: { action, outcome: 'unknown', rule, databaseResourceId: null },
  };
}

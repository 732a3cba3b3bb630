/**
 * What would be left of a database if one principal called everything that it may against it.
 *
 * Two folds of everything deletable: of the calls that it surely may make, and of those besides that it may be able
 * to. What only the second takes, or what some other call of its own could take, is unknown, never safe. Refusals are
 * lifted, as for every verdict: what it takes to lift them is among the calls that are asked about.
 */

import { type Authority, type Call, type Permit, permitAll } from '../authority/authority.ts';
import type { Instant } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { settleReadability } from './apply-key.ts';
import { callsOf, type Standing } from './authority-calls.ts';
import { permitToTake, waysToTake } from './authority-ways.ts';
import { isAlive, worsen } from './fate.ts';
import { type LossRow, rowOf } from './matrix.ts';
import { everythingDeletable } from './purge.ts';
import { surroundings } from './surroundings.ts';
import { foldActions, pointsOf } from './survive.ts';
import { type TrackedPoint, type World, withFate, worldWith } from './world.ts';

/** The name under which this loss is asked for. */
export const PRINCIPAL_REACH = 'principal_reach';

/** Every call by which anything of some databases could be taken: what has to be asked to know a principal's reach. */
export function callsAgainst(inventory: Inventory, databases: readonly Database[], at: Instant): readonly Call[] {
  const cut = surroundings(inventory, at);
  return databases.flatMap((database) => {
    const world = cut(database);
    const standing = standingIn(world);
    return [
      ...everythingDeletable(standing, database).flatMap((action) => callsOf(action, standing) ?? []),
      ...pointsOf(world, database).flatMap(({ point }) => waysToTake(point, standing).flat()),
    ];
  });
}

/** The row of each database once a principal deleted of it what it may. */
export function principalRows(
  inventory: Inventory,
  databases: readonly Database[],
  { permits, at }: { readonly permits: Authority; readonly at: Instant },
): readonly { readonly database: Database; readonly row: LossRow<typeof PRINCIPAL_REACH> }[] {
  const cut = surroundings(inventory, at);
  return databases.map((database) => {
    const after = meetPrincipal(cut(database), database, permits);
    return { database, row: rowOf(PRINCIPAL_REACH, pointsOf(after, database), at) };
  });
}

/** The world after a principal deleted of one database of it what it may. */
export function meetPrincipal(world: World, database: Database, permits: Authority): World {
  const standing = standingIn(world);
  const asked = everythingDeletable(standing, database).map((action) => ({
    action,
    permit: permitOfAction(permits, action, standing),
  }));
  const fold = (wanted: readonly Permit[]) => {
    const actions = asked.filter(({ permit }) => wanted.includes(permit)).map(({ action }) => action);
    return settleReadability(foldActions(world, actions, 'lifted').world);
  };
  const sure = fold(['allowed']);
  const possible = new Map(fold(['allowed', 'unknown']).points.map((tracked) => [keyOf(tracked), tracked]));
  const own = new Set(pointsOf(world, database).map(keyOf));
  const points = sure.points.map((tracked) => {
    if (!isAlive(tracked.fate) || !own.has(keyOf(tracked))) return tracked;
    const then = possible.get(keyOf(tracked));
    const safe =
      then !== undefined && isAlive(then.fate) && permitToTake(permits, tracked.point, standing) === 'denied';
    // Alive either way, it keeps the nearer of its two ends.
    return safe ? then : withFate(tracked, worsen(tracked.fate, 'unknown', 'principal_may_reach'));
  });
  return worldWith(sure, { points });
}

/** Whether a principal may carry out an action; what is not known to be any call is unknown. */
export function permitOfAction(permits: Authority, action: Action, standing: Standing): Permit {
  const calls = callsOf(action, standing);
  return calls === null ? 'unknown' : permitAll(permits, calls);
}

function standingIn({ databases, points, vaults, keys }: World): Standing {
  return {
    databases: databases.map(({ database }) => database),
    recoveryPoints: points.map(({ point }) => point),
    vaults,
    keys,
  };
}

function keyOf({ point }: TrackedPoint): string {
  return `${point.kind} ${point.arn}`;
}

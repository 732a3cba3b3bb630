/**
 * Finding what an action acts on: by resource id, else ARN, else identifier within the scope.
 *
 * An identifier alone is trusted only when the document gave nothing better, because names are reused; a
 * document whose resource id differs from the living database's speaks of an earlier database.
 * Source: Amazon RDS API, DBInstance.DbiResourceId and DBCluster.DbClusterResourceId.
 */

import type { Scope } from '../core/arn.ts';
import type { Target } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';
import type { TrackedDatabase, TrackedPoint, World } from './world.ts';

/** How a target relates to what was observed. */
export type Match =
  | { readonly kind: 'found'; readonly tracked: TrackedDatabase }
  /** Same name or ARN, other resource id: the document means a database that no longer exists. */
  | { readonly kind: 'another'; readonly tracked: TrackedDatabase }
  | { readonly kind: 'none' };

/** The database that a target names. */
export function matchDatabase(world: World, target: Target): Match {
  if (target.resourceId !== null) {
    const byId = world.databases.find(({ database }) => database.resourceId === target.resourceId);
    if (byId !== undefined && sameScope(byId.database, target.scope)) return { kind: 'found', tracked: byId };
  }
  const named = world.databases.find(({ database }) => isNamed(database, target));
  if (named === undefined) return { kind: 'none' };
  return { kind: target.resourceId === null ? 'found' : 'another', tracked: named };
}

/** The recovery points that a target names: by ARN, else by id within the scope. */
export function matchPoints(world: World, target: Target): readonly TrackedPoint[] {
  return world.points.filter(({ point }) =>
    target.arn === null ? point.id === target.identifier && sameScope(point, target.scope) : point.arn === target.arn,
  );
}

/** True when a recovery point was taken from this database. */
export function belongsTo(tracked: TrackedPoint, database: Database): boolean {
  return tracked.point.databaseResourceId === database.resourceId && tracked.point.engine === database.engine;
}

function isNamed(database: Database, target: Target): boolean {
  if (target.arn !== null) return database.arn === target.arn;
  return database.identifier === target.identifier && sameScope(database, target.scope);
}

function sameScope(thing: Scope, scope: Scope | null): boolean {
  return scope === null || (thing.accountId === scope.accountId && thing.region === scope.region);
}

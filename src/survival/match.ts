/**
 * Finding what an action acts on: by resource id, else ARN, else identifier within the scope.
 *
 * An identifier alone is trusted only when the document gave nothing better, because names are reused; a
 * document whose resource id differs from that of the database that bears the name speaks of an earlier one. A name that
 * several databases bear names none of them, and one that several recovery points bear names them all.
 * Source: Amazon RDS API, DBInstance.DbiResourceId and DBCluster.DbClusterResourceId (unique in a region).
 */

import type { Scope } from '../core/arn.ts';
import type { Action, Target } from '../intent/action.ts';
import type { Database, Key, Vault } from '../inventory/model.ts';
import { databasesBy, pointsAt, pointsCalled, type TrackedDatabase, type TrackedPoint, type World } from './world.ts';

/** How a target relates to what was observed. */
export type Match =
  | { readonly kind: 'found'; readonly tracked: TrackedDatabase }
  /** Same name or ARN, other resource id: the document means a database that no longer exists. */
  | { readonly kind: 'another'; readonly tracked: TrackedDatabase }
  | { readonly kind: 'none' };

/** An action on a database itself. */
export type DatabaseAction = Extract<
  Action,
  { kind: 'delete_db_instance' | 'delete_db_cluster' | 'modify_db_instance' | 'modify_db_cluster' }
>;

/** True for an action on a database itself. */
export function actsOnDatabase(action: Action): action is DatabaseAction {
  return (
    action.kind === 'delete_db_instance' ||
    action.kind === 'delete_db_cluster' ||
    action.kind === 'modify_db_instance' ||
    action.kind === 'modify_db_cluster'
  );
}

/** The database that an action names. */
export function matchDatabase(world: World, { kind, target }: DatabaseAction): Match {
  const byId = databasesBy(world, target.resourceId).find(
    ({ database }) => database.resourceId === target.resourceId && sameScope(database, target.scope),
  );
  // Instances and clusters have names of their own: one of each may be called the same.
  const ofInstance = kind === 'delete_db_instance' || kind === 'modify_db_instance';
  const [named, other] = namesakes(world, target).filter(
    ({ database }) => (database.kind === 'rds_instance') === ofInstance,
  );
  // AWS deletes whatever bears the name now: a renamed database does not draw the call to itself.
  if (byId !== undefined && (named === undefined || named === byId || other !== undefined)) {
    return { kind: 'found', tracked: byId };
  }
  if (named === undefined || other !== undefined) return { kind: 'none' };
  return { kind: target.resourceId === null ? 'found' : 'another', tracked: named };
}

/** Every database of the name that a target gives, in its scope if it gives one. */
export function namesakes(world: World, target: Target): readonly TrackedDatabase[] {
  return databasesBy(world, target.arn ?? target.identifier).filter(({ database }) => isNamed(database, target));
}

/** The recovery points that a target names: by ARN, else by id within the scope. */
export function matchPoints(world: World, target: Target): readonly TrackedPoint[] {
  if (target.arn !== null) return pointsAt(world, target.arn);
  return pointsCalled(world, target.identifier).filter(({ point }) => sameScope(point, target.scope));
}

/** The vaults that a target names: by ARN, else by name within the scope. */
export function matchVaults(world: World, { arn, identifier, scope }: Target): readonly Vault[] {
  return world.vaults.filter((vault) =>
    arn === null ? vault.name === identifier && sameScope(vault, scope) : vault.arn === arn,
  );
}

/** The keys that a target names: by ARN, else by id within the scope; a multi-region key has one id in several. */
export function matchKeys(world: World, { arn, identifier, scope }: Target): readonly Key[] {
  return world.keys.filter((key) =>
    arn === null ? key.arn.endsWith(`:key/${identifier}`) && sameScope(key, scope) : key.arn === arn,
  );
}

/** True when a target names this database: by resource id where it has one, else by ARN, else by name and place. */
export function isMeantBy(target: Target, database: Database): boolean {
  return target.resourceId === null ? isNamed(database, target) : database.resourceId === target.resourceId;
}

function isNamed(database: Database, target: Target): boolean {
  if (target.arn !== null) return database.arn === target.arn;
  return database.identifier === target.identifier && sameScope(database, target.scope);
}

function sameScope(thing: Scope, scope: Scope | null): boolean {
  return scope === null || (thing.accountId === scope.accountId && thing.region === scope.region);
}

/**
 * Global databases: a member is detached, or the global cluster goes. Neither touches anybody's data.
 *
 * What changes is that AWS no longer refuses to delete the clusters that were members.
 * Source: Amazon RDS API, RemoveFromGlobalCluster and DeleteGlobalCluster; Amazon Aurora User Guide, "Deleting an
 * Aurora global database".
 */

import type { Action, Target } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';
import { isMeantBy } from './match.ts';
import { applied, type Refusals, type Step } from './step.ts';
import { databaseWith, type TrackedDatabase, type World, worldWith } from './world.ts';

/** `RemoveFromGlobalCluster`: the cluster stands alone afterwards. */
export function removeFromGlobalCluster(
  world: World,
  action: Extract<Action, { kind: 'remove_from_global_cluster' }>,
): Step {
  const { target } = action;
  const detached = ({ database }: TrackedDatabase) =>
    database.kind !== 'rds_instance' && (isMeantBy(target, database) || isGlobalOf(target, database));
  return applied(alone(world, detached), action, 'global_membership_holds_no_data', null);
}

/** `DeleteGlobalCluster`: refused while it has members, whom some tools remove first; both are left possible. */
export function deleteGlobalCluster(
  world: World,
  action: Extract<Action, { kind: 'delete_global_cluster' }>,
  refusals: Refusals,
): Step {
  const rule = 'global_membership_holds_no_data';
  const isMember = ({ database }: TrackedDatabase) => isGlobalOf(action.target, database);
  if (refusals === 'lifted' || !world.databases.some(isMember))
    return applied(alone(world, isMember), action, rule, null);
  const databases = world.databases.map((tracked) =>
    isMember(tracked) ? databaseWith(tracked, { inDoubt: true }) : tracked,
  );
  return {
    world: worldWith(world, { databases }),
    effect: { action, outcome: 'unknown', rule, databaseResourceId: null },
  };
}

function alone(world: World, chosen: (tracked: TrackedDatabase) => boolean): World {
  const databases = world.databases.map((tracked) =>
    chosen(tracked) ? databaseWith(tracked, { database: { ...tracked.database, globalClusterArn: null } }) : tracked,
  );
  return worldWith(world, { databases });
}

function isGlobalOf({ arn, identifier }: Target, { globalClusterArn }: Database): boolean {
  if (globalClusterArn === null) return false;
  return globalClusterArn === arn || globalClusterArn.endsWith(`:global-cluster:${identifier}`);
}

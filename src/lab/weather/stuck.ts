/**
 * Databases that do not move on: stuck in `creating` or `deleting`, or broken on the way.
 *
 * A stuck database is one whose status ends later, or never; one that will break is held in `creating` until its time has
 * come. When the weather is over everything that is stuck moves on at once; what has broken stays broken.
 */

import type { Scope } from '../../core/arn.ts';
import { addSeconds, type Instant } from '../../core/time.ts';
import { putCluster, putInstance } from '../edit.ts';
import { type Cluster, type Instance, type Place, placeAt, type World, withPlace } from '../world.ts';
import type { BrokenStatus, Stuck } from './plan.ts';

/** A database that is stuck, or will break. */
export interface StuckDatabase {
  readonly scope: Scope;
  readonly resourceId: string;
  readonly breaks: { readonly at: Instant; readonly status: BrokenStatus } | null;
}

/** A restore job whose database will be stuck once there is one. */
export interface StuckJob {
  readonly scope: Scope;
  readonly jobId: string;
  readonly stuck: Stuck;
}

/** A world with databases stuck in it. */
export interface Afflicted {
  readonly world: World;
  readonly databases: readonly StuckDatabase[];
  readonly jobs: readonly StuckJob[];
}

/** Makes what one call made or began to delete stuck. */
export function afflict(before: World, after: World, stuck: Stuck, at: Instant): Afflicted {
  let result: Afflicted = { world: after, databases: [], jobs: [] };
  for (const place of Object.values(after.places)) {
    const { scope } = place;
    const earlier = placeAt(before, scope);
    if (earlier === place) continue;
    const begun = databasesOf(place).filter((database) => isStruck(database, earlier, stuck));
    for (const database of begun) result = hold(result, scope, database, stuck, at);
    const jobs = place.restoreJobs.filter(({ id }) => !earlier.restoreJobs.some((other) => other.id === id));
    result = { ...result, jobs: [...result.jobs, ...jobs.map(({ id }) => ({ scope, jobId: id, stuck }))] };
  }
  return result;
}

/** Strikes the databases of jobs that have come to make them, and breaks those whose time has come. */
export function moveOn({ world, databases, jobs }: Afflicted, at: Instant): Afflicted {
  let result: Afflicted = { world, databases: [], jobs: [] };
  for (const one of databases) {
    const due = one.breaks !== null && one.breaks.at <= at;
    if (due) result = { ...result, world: broken(result.world, one) };
    else result = { ...result, databases: [...result.databases, one] };
  }
  for (const waiting of jobs) {
    const place = placeAt(result.world, waiting.scope);
    const job = place.restoreJobs.find(({ id }) => id === waiting.jobId);
    const made = databasesOf(place).find(({ resourceId }) => resourceId === job?.created?.resourceId);
    if (job?.status === 'PENDING') result = { ...result, jobs: [...result.jobs, waiting] };
    else if (made?.status === 'creating') result = hold(result, waiting.scope, made, waiting.stuck, at);
  }
  return result;
}

/** The world with everything that is stuck let go. */
export function release(world: World, databases: readonly StuckDatabase[], at: Instant): World {
  return databases.reduce((result, { scope, resourceId }) => {
    const database = databasesOf(placeAt(result, scope)).find((candidate) => candidate.resourceId === resourceId);
    const waits = database?.status === 'creating' || database?.status === 'deleting';
    if (database === undefined || !waits) return result;
    return put(result, scope, { ...database, statusEndsAt: at });
  }, world);
}

function isStruck(database: Cluster | Instance, earlier: Place, stuck: Stuck): boolean {
  const known = databasesOf(earlier).find(({ resourceId }) => resourceId === database.resourceId);
  if (stuck.kind === 'deleting') return database.status === 'deleting' && known?.status !== 'deleting';
  return database.status === 'creating' && known === undefined;
}

function hold(result: Afflicted, scope: Scope, database: Cluster | Instance, stuck: Stuck, at: Instant): Afflicted {
  const lasts = stuck.kind === 'broken' ? null : stuck.seconds;
  const world = put(result.world, scope, { ...database, statusEndsAt: lasts === null ? null : addSeconds(at, lasts) });
  const breaks = stuck.kind === 'broken' ? { at: addSeconds(at, stuck.seconds), status: stuck.status } : null;
  const { resourceId } = database;
  return { ...result, world, databases: [...result.databases, { scope, resourceId, breaks }] };
}

function broken(world: World, { scope, resourceId, breaks }: StuckDatabase): World {
  const database = databasesOf(placeAt(world, scope)).find((candidate) => candidate.resourceId === resourceId);
  if (database?.status !== 'creating' || breaks === null) return world;
  return put(world, scope, { ...database, status: breaks.status, statusEndsAt: null });
}

function databasesOf(place: Place): readonly (Cluster | Instance)[] {
  return [...place.clusters, ...place.instances];
}

function put(world: World, scope: Scope, database: Cluster | Instance): World {
  const place = placeAt(world, scope);
  const next = 'instanceClass' in database ? putInstance(place, database) : putCluster(place, database);
  return withPlace(world, next);
}

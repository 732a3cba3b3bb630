/**
 * Carries AWS Backup's restore jobs out as the clock moves: the world at an instant, jobs included.
 *
 * A pending job whose time has come makes its database by the RDS call anybody else would make, under the same rules; a
 * refusal fails the job and changes nothing else. The job ends when its database has left `creating`. A cluster gets no
 * instance. Source: AWS Backup Developer Guide, "Restoring an Amazon Aurora cluster"; AWS Backup API, `DescribeRestoreJob`.
 */

import { rdsArn, type Scope } from '../../core/arn.ts';
import { sortedBy } from '../../core/canonical.ts';
import { invariant } from '../../core/invariant.ts';
import type { Instant } from '../../core/time.ts';
import { findCluster, findInstance, putCluster, putInstance } from '../edit.ts';
import type { Effect } from '../effects.ts';
import { AwsFault } from '../faults.ts';
import { parameterNames } from '../form.ts';
import { withEntry } from '../ledger.ts';
import { paceOf } from '../rds/call.ts';
import { callRds } from '../rds/dispatch.ts';
import { type Settled, settle } from '../settle.ts';
import { type Cluster, type Instance, neighboursOf, type Place, placeAt, type World, withPlace } from '../world.ts';
import type { RestoreJob } from './job.ts';
import { type RestoreOrder, restoreOrder } from './metadata.ts';

/** Who the ledger names for what AWS Backup does on behalf of an account. */
export const BACKUP_SERVICE = 'backup.amazonaws.com';

/** Statuses in which a database is neither on its way nor usable. */
const BROKEN = /^(?:failed|restore-error|incompatible-|insufficient-capacity|inaccessible-)/;

/** The world at an instant, every restore job carried as far as it has come. */
export function settleAll(world: World, at: Instant): Settled<World> {
  const unfinished = Object.values(world.places).some(({ restoreJobs }) => restoreJobs.some(isUnfinished));
  if (!unfinished) return settle(world, at);
  const effects: Effect[] = [];
  let current = world;
  const take = (step: Settled<World>) => {
    current = step.value;
    effects.push(...step.effects);
  };
  for (const { scope, id, runsAt } of dueJobs(world, at)) {
    take(settleAndFinish(current, runsAt));
    take(begin(current, scope, id, runsAt));
  }
  take(settleAndFinish(current, at));
  return { value: current, effects };
}

function isUnfinished({ status }: RestoreJob): boolean {
  return status === 'PENDING' || status === 'RUNNING';
}

function dueJobs(world: World, at: Instant) {
  const due = Object.values(world.places).flatMap(({ scope, restoreJobs }) =>
    restoreJobs.flatMap(({ id, runsAt }) => (runsAt !== null && runsAt <= at ? [{ scope, id, runsAt }] : [])),
  );
  return sortedBy(due, ({ runsAt, id }) => `${runsAt} ${id}`);
}

/** Makes the database of one job, or fails the job. */
function begin(world: World, scope: Scope, id: string, at: Instant): Settled<World> {
  const place = placeAt(world, scope);
  const job = place.restoreJobs.find((candidate) => candidate.id === id);
  const point = place.vaults
    .flatMap(({ recoveryPoints }) => recoveryPoints)
    .find(({ arn }) => arn === job?.recoveryPointArn);
  if (job === undefined) return { value: world, effects: [] };
  const order = point === undefined ? gone(job) : attempt(() => restoreOrder(place, point, job.metadata));
  if (order instanceof AwsFault) return { value: withPlace(world, failed(place, job, order, at)), effects: [] };
  const type = job.resourceType === 'RDS' ? 'db' : 'cluster';
  const identifier = job.metadata[type === 'db' ? 'DBInstanceIdentifier' : 'DBClusterIdentifier'] ?? '';
  const target = rdsArn(scope, type, identifier.toLowerCase());
  const { action, form } = order;
  const call = { action, at, scope, pace: paceOf(world.pace), neighbours: neighboursOf(world, scope) };
  const reply = attempt(() => callRds(form, place, call));
  const refused = reply instanceof AwsFault;
  const entered = withEntry(world, {
    at,
    accessKeyId: BACKUP_SERVICE,
    region: scope.region,
    service: 'rds',
    action,
    target,
    outcome: refused ? reply.code : 'ok',
    parameters: parameterNames(form),
  });
  if (refused) return { value: withPlace(entered, failed(place, job, reply, at)), effects: [] };
  const made = taggedBy(reply.place, job, order, identifier);
  const created = { arn: target, resourceId: made.resourceId };
  const running: RestoreJob = { ...job, status: 'RUNNING', runsAt: null, created };
  return { value: withPlace(entered, putJob(made.place, running)), effects: reply.effects };
}

function gone(job: RestoreJob): AwsFault {
  return new AwsFault('ResourceNotFoundException', `Recovery point ${job.recoveryPointArn} no longer exists.`);
}

function attempt<T>(act: () => T): T | AwsFault {
  try {
    return act();
  } catch (error) {
    if (error instanceof AwsFault) return error;
    throw error;
  }
}

/** The database just made, with the source's tags or none: unlike RDS, AWS Backup copies them only when asked to. */
function taggedBy(
  place: Place,
  job: RestoreJob,
  order: RestoreOrder,
  identifier: string,
): { readonly place: Place; readonly resourceId: string } {
  const tags = job.copiesTags ? order.sourceTags : [];
  const instance = job.resourceType === 'RDS' ? findInstance(place, identifier) : undefined;
  if (instance !== undefined)
    return { place: putInstance(place, { ...instance, tags }), resourceId: instance.resourceId };
  const cluster = findCluster(place, identifier);
  invariant(cluster !== undefined, 'a restore made its database', { identifier });
  return { place: putCluster(place, { ...cluster, tags }), resourceId: cluster.resourceId };
}

function failed(place: Place, job: RestoreJob, fault: AwsFault, at: Instant): Place {
  return putJob(place, failedJob(job, `${fault.code}: ${fault.message}`, at));
}

/** A job that has failed, with why. */
export function failedJob(job: RestoreJob, message: string, at: Instant): RestoreJob {
  return { ...job, status: 'FAILED', message, runsAt: null, completedAt: at };
}

/** The place with a restore job replaced. */
export function putJob(place: Place, job: RestoreJob): Place {
  return { ...place, restoreJobs: place.restoreJobs.map((other) => (other.id === job.id ? job : other)) };
}

function settleAndFinish(before: World, at: Instant): Settled<World> {
  const settled = settle(before, at);
  let world = settled.value;
  for (const place of Object.values(settled.value.places)) {
    const running = place.restoreJobs.filter(({ status }) => status === 'RUNNING');
    if (running.length === 0) continue;
    const earlier = placeAt(before, place.scope);
    const next = running.reduce((result, job) => putJob(result, finished(job, earlier, place, at)), place);
    world = withPlace(world, next);
  }
  return { value: world, effects: settled.effects };
}

function finished(job: RestoreJob, earlier: Place, place: Place, at: Instant): RestoreJob {
  const database = databaseOf(place, job);
  if (database === undefined || database.status === 'deleting')
    return failedJob(job, `${job.created?.arn} was deleted while it was being restored.`, at);
  if (database.status === 'creating') return job;
  if (BROKEN.test(database.status)) return failedJob(job, `${job.created?.arn} is ${database.status}.`, at);
  const endsAt = databaseOf(earlier, job)?.statusEndsAt ?? at;
  return { ...job, status: 'COMPLETED', completedAt: endsAt < at ? endsAt : at };
}

function databaseOf(place: Place, job: RestoreJob): Cluster | Instance | undefined {
  const all: readonly (Cluster | Instance)[] = job.resourceType === 'RDS' ? place.instances : place.clusters;
  return all.find(({ resourceId }) => resourceId === job.created?.resourceId);
}

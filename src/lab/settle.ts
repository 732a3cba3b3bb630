/**
 * Brings a world up to an instant: every step whose time has come is taken.
 *
 * Creating ends in available, deleting in gone, stopping in stopped and that in starting after seven days; pending
 * changes apply in their maintenance window, daily system snapshots are made and the ones no longer needed expire,
 * retained backups age out. An instance leaves `creating` or `starting` only when its time has passed and the host
 * has reported its database open.
 * Source: RDS User Guide, "Working with backups", "Retaining automated backups".
 */

import { addDays, addSeconds, type Instant, latest } from '../core/time.ts';
import { membersOf, putCluster, putInstance, putSnapshot } from './edit.ts';
import type { Effect, LabEvent } from './effects.ts';
import { PACES, type Pace } from './pace.ts';
import { applyPending } from './pending.ts';
import { isStopped, reopening, starting, stopped } from './power.ts';
import { dropSnapshots, isSystemSnapshotOf, snapshotTags, takeSnapshot } from './snapshotting.ts';
import { nextDaily, systemSnapshotName } from './windows.ts';
import type { Cluster, Instance, Place, SnapshotKind, World } from './world.ts';

/** A place or world afterwards, with what the engine must do. */
export interface Settled<T> {
  readonly value: T;
  readonly effects: readonly Effect[];
}

/** The world at an instant; going back in time changes nothing. */
export function settle(world: World, at: Instant): Settled<World> {
  const pace = PACES[world.pace];
  const effects: Effect[] = [];
  const places: Record<string, Place> = {};
  let changed = false;
  for (const [name, place] of Object.entries(world.places)) {
    const settled = settlePlace(place, at, pace);
    places[name] = settled.value;
    effects.push(...settled.effects);
    changed ||= settled.value !== place;
  }
  return { value: changed ? { ...world, places } : world, effects };
}

/** Takes in an event of the database engine. */
export function report(world: World, event: LabEvent, at: Instant): World {
  const places = Object.entries(world.places).map(([name, place]) => {
    const instance = place.instances.find((candidate) => candidate.resourceId === event.openingId);
    return [name, instance === undefined ? place : putInstance(place, withEvent(instance, event, at))] as const;
  });
  return { ...world, places: Object.fromEntries(places) };
}

/** Statuses that end when the database is open, and not before their time. */
const OPENING: readonly string[] = ['creating', 'starting'];

function withEvent(instance: Instance, event: LabEvent, at: Instant): Instance {
  // A database told to stop while it was being opened has no port any more.
  if (['deleting', 'stopping', 'stopped'].includes(instance.status)) return instance;
  if (event.kind === 'database_failed') return { ...instance, status: 'incompatible-restore', statusEndsAt: null };
  const statusEndsAt =
    OPENING.includes(instance.status) && instance.statusEndsAt !== null
      ? latest(instance.statusEndsAt, at)
      : instance.statusEndsAt;
  return { ...instance, listeningPort: event.port, statusEndsAt };
}

function settlePlace(place: Place, at: Instant, pace: Pace): Settled<Place> {
  const instances = stepInstances(place, at, pace);
  const clusters = stepClusters(instances.value, at, pace);
  const backedUp = takeSystemSnapshots(stepSnapshots(clusters.value, at), at, pace);
  const aged = ageBackups(backedUp.value, at);
  return {
    value: aged.value,
    effects: [...instances.effects, ...clusters.effects, ...backedUp.effects, ...aged.effects],
  };
}

function over(item: { readonly statusEndsAt: Instant | null }, at: Instant): boolean {
  return item.statusEndsAt !== null && item.statusEndsAt <= at;
}

function stepInstances(place: Place, at: Instant, pace: Pace): Settled<Place> {
  let next = place;
  const effects: Effect[] = [];
  for (const instance of place.instances) {
    const pending = applyPending(instance, at);
    if (pending !== instance) next = putInstance(next, pending);
    const halted = halt(pending, at);
    if (halted !== pending) next = putInstance(next, halted);
    if (halted.statusEndsAt === null || !over(halted, at)) continue;
    if (halted.status === 'deleting') next = { ...next, instances: next.instances.filter((other) => other !== halted) };
    else if (halted.status === 'stopped') {
      next = putInstance(next, starting(halted, halted.statusEndsAt, pace));
      effects.push(reopening(halted));
    } else if (!OPENING.includes(halted.status) || halted.listeningPort !== null)
      next = putInstance(next, settledDown(halted));
  }
  return { value: next, effects };
}

function stepClusters(place: Place, at: Instant, pace: Pace): Settled<Place> {
  let next = place;
  const effects: Effect[] = [];
  for (const cluster of place.clusters) {
    const halted = halt(cluster, at);
    if (halted !== cluster) next = putCluster(next, halted);
    if (halted.statusEndsAt === null || !over(halted, at)) continue;
    const members = membersOf(next, halted);
    if (halted.status === 'deleting') {
      if (members.length === 0) next = { ...next, clusters: next.clusters.filter((other) => other !== halted) };
    } else if (halted.status === 'stopped') {
      const since = halted.statusEndsAt;
      const started = members.map((member) => starting(member, since, pace));
      next = started.reduce(putInstance, putCluster(next, starting(halted, since, pace)));
      effects.push(...started.map(reopening));
    } else if (halted.status !== 'starting' || members.every((member) => member.status !== 'starting'))
      next = putCluster(next, settledDown(halted));
  }
  return { value: next, effects };
}

/** Stopped, when stopping is over; the same object otherwise. */
function halt<T extends Cluster | Instance>(database: T, at: Instant): T {
  const { status, statusEndsAt } = database;
  return status === 'stopping' && statusEndsAt !== null && statusEndsAt <= at
    ? stopped(database, statusEndsAt)
    : database;
}

function stepSnapshots(place: Place, at: Instant): Place {
  let next = place;
  for (const snapshot of place.snapshots) {
    if (over(snapshot, at)) next = putSnapshot(next, { ...snapshot, status: 'available', statusEndsAt: null });
  }
  return next;
}

/** Available; the first time round, backups begin, and after a stop the next system snapshot is a new day's. */
function settledDown<T extends Cluster | Instance>(database: T): T {
  if (database.status === 'starting') return startedUp(database);
  const begins = database.status === 'creating' && database.retentionDays > 0 && !isMember(database);
  const since = begins ? database.statusEndsAt : null;
  return {
    ...database,
    status: 'available',
    statusEndsAt: null,
    windowStartsAt: since ?? database.windowStartsAt,
    systemSnapshotDueAt: since ?? database.systemSnapshotDueAt,
  };
}

function startedUp<T extends Cluster | Instance>(database: T): T {
  const due = database.systemSnapshotDueAt;
  const since = database.statusEndsAt;
  return {
    ...database,
    status: 'available',
    statusEndsAt: null,
    stoppedAt: null,
    systemSnapshotDueAt: due === null || since === null ? due : latest(due, nextDaily(backupWindow(database), since)),
  };
}

function isMember(database: Cluster | Instance): boolean {
  return 'clusterResourceId' in database && database.clusterResourceId !== null;
}

function takeSystemSnapshots(place: Place, at: Instant, pace: Pace): Settled<Place> {
  let next = place;
  const effects: Effect[] = [];
  const sources = [
    ...place.clusters.map((source) => ({ kind: 'cluster' as const, source })),
    ...place.instances.map((source) => ({ kind: 'db' as const, source })),
  ];
  for (const { kind, source } of sources) {
    let due = source.systemSnapshotDueAt;
    if (due === null || due > at || source.status !== 'available' || isMember(source)) continue;
    // A clock that jumped makes up for at most the days that retention still covers.
    due = latest(due, nextDaily(backupWindow(source), addDays(at, -source.retentionDays - 1)));
    for (; due <= at; due = nextDaily(backupWindow(source), due)) {
      const taken = systemSnapshot(next, kind, source, due, pace, at);
      next = taken.value;
      effects.push(...taken.effects);
    }
    next = waiting(next, kind, source, due, at, pace);
  }
  return { value: next, effects };
}

function systemSnapshot(
  place: Place,
  kind: SnapshotKind,
  source: Cluster | Instance,
  due: Instant,
  pace: Pace,
  at: Instant,
): Settled<Place> {
  const availableAt = addSeconds(due, pace.snapshotting);
  const taken = takeSnapshot(place, source, {
    kind,
    identifier: systemSnapshotName(source.identifier, due),
    type: 'automated',
    at: due,
    availableAt,
    tags: snapshotTags(source, null),
  });
  const done =
    availableAt <= at
      ? putSnapshot(taken.place, { ...taken.snapshot, status: 'available', statusEndsAt: null })
      : taken.place;
  return { value: done, effects: taken.effects };
}

/** The database after its system snapshot began: an instance shows `backing-up` for a while, Aurora does not. */
function waiting(
  place: Place,
  kind: SnapshotKind,
  source: Cluster | Instance,
  due: Instant,
  at: Instant,
  pace: Pace,
): Place {
  if (kind === 'cluster') return putCluster(place, { ...(source as Cluster), systemSnapshotDueAt: due });
  const instance = { ...(source as Instance), systemSnapshotDueAt: due };
  const statusEndsAt = addSeconds(source.systemSnapshotDueAt ?? at, pace.backingUp);
  return putInstance(place, statusEndsAt > at ? { ...instance, status: 'backing-up', statusEndsAt } : instance);
}

function backupWindow(source: Cluster | Instance): string {
  return source.settings['PreferredBackupWindow'] ?? '03:00-03:30';
}

/** Retained backups past their end go with their snapshots; system snapshots go once a newer one covers the window. */
function ageBackups(place: Place, at: Instant): Settled<Place> {
  const expired = place.retained.filter((backup) => backup.expiresAt <= at);
  const kept =
    expired.length === 0 ? place : { ...place, retained: place.retained.filter((backup) => !expired.includes(backup)) };
  const dropped = dropSnapshots(kept, (snapshot) => {
    if (snapshot.type !== 'automated') return false;
    if (expired.some((backup) => isSystemSnapshotOf(snapshot, backup.kind, backup.source.resourceId))) return true;
    // A retained backup ages as it would have on the living database.
    const departed = place.retained.map((backup) => backup.source);
    const source = [...place.clusters, ...place.instances, ...departed].find(
      (database) => database.resourceId === snapshot.sourceResourceId,
    );
    if (source === undefined || isStopped(source)) return false;
    if (source.retentionDays === 0) return true;
    return place.snapshots.some(
      (other) =>
        isSystemSnapshotOf(other, snapshot.kind, snapshot.sourceResourceId) &&
        other.createdAt > snapshot.createdAt &&
        addDays(other.createdAt, source.retentionDays) <= at,
    );
  });
  const volumes = expired.map(({ source }): Effect => ({ kind: 'drop_volume', volumeId: source.volumeId }));
  return {
    value: dropped.effects.length === 0 ? kept : dropped.place,
    effects: [...dropped.effects, ...volumes],
  };
}

/**
 * Losses that no API call brings about: a region or an account out of reach, a key destroyed, a bad write
 * found late, time that passes.
 *
 * Each is a change of the world like an action is, with the same fates and rules. Given the world at an
 * instant; where AWS does not say what would happen, the fate is unknown.
 * Source: AWS Organizations API, CloseAccount; AWS KMS API, ScheduleKeyDeletion; Amazon RDS User Guide,
 * "Working with backups"; AWS Backup Developer Guide, "Logically air-gapped vault".
 */

import { parseArn } from '../core/arn.ts';
import { unreachable } from '../core/invariant.ts';
import { keepingLast } from '../core/once-per.ts';
import { addDays, addSeconds, type Days, earliest, type Instant, latest, type Seconds } from '../core/time.ts';
import type { RecoveryPoint } from '../inventory/model.ts';
import { worsen } from './fate.ts';
import type { RuleCode } from './rules.ts';
import {
  databaseWith,
  doubt,
  everyPoint,
  mapPoints,
  relisted,
  restoresToAnyInstant,
  type TrackedPoint,
  take,
  taking,
  type World,
  withFate,
  worldWith,
} from './world.ts';

/** A loss that is not an action. */
export type LossEvent =
  | { readonly kind: 'region_lost'; readonly region: string }
  | { readonly kind: 'account_lost'; readonly accountId: string }
  | { readonly kind: 'key_destroyed'; readonly keyArn: string }
  /** Wrong data were written at `writtenAt`; somebody noticed `detectionSeconds` later. */
  | { readonly kind: 'bad_write'; readonly writtenAt: Instant; readonly detectionSeconds: Seconds }
  | { readonly kind: 'time_passes'; readonly days: Days };

/** The world after an event. Databases that an event takes are no longer alive. */
export function happen(world: World, event: LossEvent): World {
  switch (event.kind) {
    case 'region_lost':
      return withdraw(world, ({ region }) => region === event.region, 'region_out_of_reach');
    case 'account_lost':
      return withdraw(world, ({ accountId }) => accountId === event.accountId, 'account_closed');
    case 'key_destroyed':
      return mapPoints(
        worldWith(world, { keys: world.keys.filter(({ arn }) => arn !== event.keyArn) }),
        ({ point }) => point.keyArn === event.keyArn,
        taking('key_destroyed'),
      );
    case 'bad_write':
      return badWrite(world, event.writtenAt, event.detectionSeconds);
    case 'time_passes':
      return timePasses(world, event.days);
    default:
      return unreachable(event, 'loss events');
  }
}

interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** Everything in a place goes: databases, points, keys, vaults. What lies elsewhere stays, if its key lies elsewhere too. */
function withdraw(world: World, within: (place: Place) => boolean, rule: RuleCode): World {
  const databases = world.databases.map((tracked) =>
    within(tracked.database) ? databaseWith(tracked, { alive: false }) : tracked,
  );
  const left = worldWith(world, { databases });
  // A copy elsewhere may be encrypted under a key that stays behind.
  const keysWithin = keysIn(within);
  return mapPoints(left, ({ point }) => within(point) || keysWithin(point.keyArn), taking(rule));
}

/** Whether a key lies in a place. */
function keysIn(within: (place: Place) => boolean): (keyArn: string | null) => boolean {
  const isWithin = keepingLast((keyArn) => {
    const key = parseArn(keyArn);
    return key !== null && within(key);
  });
  return (keyArn) => keyArn !== null && isWithin(keyArn);
}

/**
 * Points that hold the bad write are of no use; a window helps if it still reaches back before it when it is noticed.
 * A snapshot without a known data time may hold it.
 */
function badWrite(world: World, writtenAt: Instant, detectionSeconds: Seconds): World {
  const noticedAt = addSeconds(writtenAt, detectionSeconds);
  const retentionOf = retentionIn(world);
  const judge = (tracked: TrackedPoint): TrackedPoint => {
    const { point } = tracked;
    if (point.expiresAt !== null && point.expiresAt <= noticedAt) return take(tracked, 'expires_by_itself');
    if (!restoresToAnyInstant(point)) {
      if (point.dataAt === null) return doubt(tracked, 'data_time_unknown');
      if (point.dataAt >= writtenAt) return take(tracked, 'holds_the_bad_write');
      return point.kind === 'system_snapshot' ? aging(tracked, retentionOf(point), noticedAt) : tracked;
    }
    if (point.window === null) return tracked;
    const { retentionDays } = point;
    const oldest =
      retentionDays === null
        ? point.window.earliest
        : latest(point.window.earliest, addDays(noticedAt, -retentionDays));
    // A backup that no longer follows its database ends before the write.
    const newest = earliest(point.window.latest, addSeconds(writtenAt, -1));
    if (oldest > newest) return take(tracked, 'window_has_moved_past');
    const clean = { ...point, window: { earliest: oldest, latest: newest } };
    // It reaches back before the write only until its own retention has moved past it.
    const usableUntil = retentionDays === null ? null : addDays(writtenAt, retentionDays);
    const shorter = relisted(tracked, clean);
    if (usableUntil === null) return shorter;
    return withFate(shorter, worsen(tracked.fate, 'survives_until', 'window_has_moved_past', usableUntil));
  };
  return mapPoints(worldWith(world, { at: latest(world.at, noticedAt) }), everyPoint, judge);
}

/** A system snapshot has its day, if it is known; those that take its place will hold the bad write. */
function aging(tracked: TrackedPoint, retentionDays: Days | null, noticedAt: Instant): TrackedPoint {
  const { createdAt } = tracked.point;
  if (createdAt === null || retentionDays === null) return doubt(tracked, 'expires_by_itself');
  const until = addDays(createdAt, retentionDays);
  if (until <= noticedAt) return take(tracked, 'expires_by_itself');
  return withFate(tracked, worsen(tracked.fate, 'survives_until', 'expires_by_itself', until));
}

/** How long a system snapshot is kept: AWS says it of the database, not of the snapshot. Null when neither is known. */
function retentionIn({ databases }: World): (point: RecoveryPoint) => Days | null {
  const owners = new Map(databases.map(({ database }) => [database.resourceId, database]));
  return ({ databaseResourceId, retentionDays }) =>
    owners.get(databaseResourceId ?? '')?.retentionDays ?? retentionDays;
}

/** Retention, lifecycles and key deletions run out; a living database's own backups go on being made. */
function timePasses(world: World, days: Days): World {
  const at = addDays(world.at, days);
  const dead = new Set(
    world.keys.filter(({ deletionAt }) => deletionAt !== null && deletionAt <= at).map(({ arn }) => arn),
  );
  const retentionOf = retentionIn(world);
  const before = daysBefore(at);
  const judge = (tracked: TrackedPoint): TrackedPoint => {
    const { point, fate } = tracked;
    if (point.keyArn !== null && dead.has(point.keyArn)) return take(tracked, 'key_destroyed');
    const end = fate.until ?? point.expiresAt;
    if (end !== null && end <= at) return take(tracked, 'expires_by_itself');
    if (point.kind !== 'system_snapshot') return tracked;
    const retention = retentionOf(point);
    if (point.createdAt === null || retention === null)
      return withFate(tracked, worsen(fate, 'unknown', 'retention_lowered'));
    return point.createdAt <= before(retention) ? take(tracked, 'expires_by_itself') : tracked;
  };
  const keys = dead.size === 0 ? world.keys : world.keys.filter(({ arn }) => !dead.has(arn));
  return mapPoints(worldWith(world, { at, keys }), everyPoint, judge);
}

/** The instant that many days before one; worked out once for each number of days, since many points share few. */
function daysBefore(at: Instant): (days: Days) => Instant {
  const instants = new Map<Days, Instant>();
  return (days) => {
    const known = instants.get(days) ?? addDays(at, -days);
    instants.set(days, known);
    return known;
  };
}

/**
 * The world that actions are folded over: what lives, and the fate so far of every recovery point.
 *
 * Made from an inventory at an instant; immutable, each step returns a new one. A recovery point that is
 * not restorable to begin with says so here, before any action.
 */

import type { Instant } from '../core/time.ts';
import type { Prerequisite } from '../intent/action.ts';
import type { Database, Inventory, Key, RecoveryPoint, Vault } from '../inventory/model.ts';
import { type VersionsGone, versionsGone } from './engine-versions.ts';
import { type Fate, UNTOUCHED, worsen, worsening } from './fate.ts';
import { type Room, roomsOf } from './room.ts';
import type { RuleCode } from './rules.ts';
import { indexOf, type WorldIndex } from './world-index.ts';

/** A recovery point with its fate so far. */
export interface TrackedPoint {
  readonly point: RecoveryPoint;
  readonly fate: Fate;
  /** True for a final snapshot that the change itself would make. */
  readonly madeByChange: boolean;
  /** True once the change took it, put it in doubt, or meant to delete it and met a refusal that one call lifts. */
  readonly touched: boolean;
}

/** A database with whether it still stands. */
export interface TrackedDatabase {
  readonly database: Database;
  readonly alive: boolean;
  /** True once an action may or may not have gone through: what it now is, nobody knows. */
  readonly inDoubt: boolean;
  /** Identifiers of members not yet deleted. */
  readonly members: readonly string[];
}

/** Everything a loss can change, at one instant. */
export interface World {
  readonly at: Instant;
  readonly databases: readonly TrackedDatabase[];
  /** In the order of the inventory; a point that a step makes comes last, and none is ever dropped. */
  readonly points: readonly TrackedPoint[];
  /** Where to find databases and points: made once, because places in the lists do not change. */
  readonly index: WorldIndex;
  readonly keys: readonly Key[];
  readonly vaults: readonly Vault[];
  /** ARNs of keys whose policy or grants changed: whether RDS may still use them, nobody knows. */
  readonly keysInDoubt: readonly string[];
  /** How much more of each limited thing AWS would accept. */
  readonly rooms: readonly Room[];
  /** Engine versions that can no longer be restored into. */
  readonly versionsGone: VersionsGone;
  /** Things a restore needs that an action deleted, by kind and name. */
  readonly prerequisitesLost: readonly {
    readonly prerequisite: Prerequisite;
    readonly name: string;
    readonly arn: string | null;
  }[];
}

/**
 * The world an inventory shows, before anything happens.
 *
 * @param rooms What a larger inventory has room for, when this one is a part of it.
 */
export function worldOf(inventory: Inventory, at: Instant, rooms: readonly Room[] = roomsOf(inventory)): World {
  return {
    at,
    databases: inventory.databases.map((database) => ({
      database,
      alive: true,
      inDoubt: false,
      members: database.members.map((member) => member.identifier),
    })),
    points: inventory.recoveryPoints.map((point) => ({
      point,
      fate: initialFate(point, at),
      madeByChange: false,
      touched: false,
    })),
    index: indexOf(inventory.databases, inventory.recoveryPoints),
    keys: inventory.keys,
    vaults: inventory.vaults,
    keysInDoubt: [],
    rooms,
    versionsGone: versionsGone(inventory),
    prerequisitesLost: [],
  };
}

/**
 * A copy of a world with some things changed.
 *
 * Written out here and nowhere spread: a step of every loss of an estate reads a world, and reads it fastest where all of
 * them are laid out alike, which copies by spreading are not.
 */
export function worldWith(world: World, change: Partial<Omit<World, 'index' | 'versionsGone'>>): World {
  return {
    at: change.at ?? world.at,
    databases: change.databases ?? world.databases,
    points: change.points ?? world.points,
    index: world.index,
    keys: change.keys ?? world.keys,
    vaults: change.vaults ?? world.vaults,
    keysInDoubt: change.keysInDoubt ?? world.keysInDoubt,
    rooms: change.rooms ?? world.rooms,
    versionsGone: world.versionsGone,
    prerequisitesLost: change.prerequisitesLost ?? world.prerequisitesLost,
  };
}

/** The points with this ARN; two kinds may share one. */
export function pointsAt(world: World, arn: string): readonly TrackedPoint[] {
  return found(world, world.index.pointsByArn(arn), ({ point }) => point.arn === arn);
}

/** The points with this id, wherever they lie. */
export function pointsCalled(world: World, id: string): readonly TrackedPoint[] {
  return found(world, world.index.pointsById(id), ({ point }) => point.id === id);
}

/** The points taken from the database with this resource id. */
export function pointsOwnedBy(world: World, resourceId: string): readonly TrackedPoint[] {
  return found(world, world.index.pointsByOwner(resourceId), ({ point }) => point.databaseResourceId === resourceId);
}

function found(world: World, places: readonly number[], isIt: (tracked: TrackedPoint) => boolean) {
  const { points, index } = world;
  // Places are in order and each is there once: as many as there are points are all of them.
  if (places.length === points.length) return points;
  const indexed = places.map((place) => points[place] as TrackedPoint);
  return points.length === index.points ? indexed : [...indexed, ...points.slice(index.points).filter(isIt)];
}

/** A copy with these points of the world changed. */
export function changePoints(
  world: World,
  chosen: readonly TrackedPoint[],
  change: (tracked: TrackedPoint) => TrackedPoint,
): World {
  if (chosen.length === 0) return world;
  const points = world.points.slice();
  for (const tracked of chosen) {
    const indexed = world.index.pointsByArn(tracked.point.arn).find((place) => world.points[place] === tracked);
    points[indexed ?? world.points.indexOf(tracked, world.index.points)] = change(tracked);
  }
  return worldWith(world, { points });
}

/** The databases that a key may mean: a resource id, an ARN or a name; the caller compares. */
export function databasesBy({ databases, index }: World, key: string | null): readonly TrackedDatabase[] {
  return key === null ? [] : databasesAt(databases, index.databases(key));
}

/** The databases with a member that one of these keys may mean. */
export function databasesByMember(
  { databases, index }: World,
  keys: readonly (string | null)[],
): readonly TrackedDatabase[] {
  const found = new Set(keys.flatMap((key) => (key === null ? [] : index.databasesByMember(key))));
  return databasesAt(databases, [...found]);
}

function databasesAt(databases: readonly TrackedDatabase[], places: readonly number[]): readonly TrackedDatabase[] {
  return places.map((place) => databases[place] as TrackedDatabase);
}

/** A copy with every point taken from the database with this resource id changed. */
export function changeOwned(world: World, resourceId: string, change: (tracked: TrackedPoint) => TrackedPoint): World {
  const { points, index } = world;
  const changed = points.slice();
  for (const place of index.pointsByOwner(resourceId)) changed[place] = change(points[place] as TrackedPoint);
  // What a step has made is in no table.
  for (let place = index.points; place < points.length; place += 1) {
    const tracked = points[place] as TrackedPoint;
    if (tracked.point.databaseResourceId === resourceId) changed[place] = change(tracked);
  }
  return worldWith(world, { points: changed });
}

/** A copy with these databases of the world changed. */
export function changeDatabases(
  world: World,
  chosen: readonly TrackedDatabase[],
  change: (tracked: TrackedDatabase) => TrackedDatabase,
): World {
  const databases = world.databases.slice();
  for (const tracked of chosen) {
    const place = world.index.databases(tracked.database.arn).find((index) => world.databases[index] === tracked);
    if (place !== undefined) databases[place] = change(tracked);
  }
  return worldWith(world, { databases });
}

/** A copy of a database with some of its standing changed. */
export function databaseWith(tracked: TrackedDatabase, change: Partial<TrackedDatabase>): TrackedDatabase {
  return {
    database: change.database ?? tracked.database,
    alive: change.alive ?? tracked.alive,
    inDoubt: change.inDoubt ?? tracked.inDoubt,
    members: change.members ?? tracked.members,
  };
}

/** Chooses every point. */
export const everyPoint = (): boolean => true;

/** A copy with every point that is chosen changed; looks at each one. */
export function mapPoints(
  world: World,
  chosen: (tracked: TrackedPoint) => boolean,
  change: (tracked: TrackedPoint) => TrackedPoint,
): World {
  let changed: TrackedPoint[] | null = null;
  for (let place = 0; place < world.points.length; place += 1) {
    const tracked = world.points[place] as TrackedPoint;
    const next = chosen(tracked) ? change(tracked) : tracked;
    if (next === tracked) continue;
    changed ??= world.points.slice();
    changed[place] = next;
  }
  return changed === null ? world : worldWith(world, { points: changed });
}

/** A point with another fate. Written out, not spread: every loss of an estate makes one of every point. */
export function withFate({ point, madeByChange, touched }: TrackedPoint, fate: Fate, reached = touched): TrackedPoint {
  return { point, fate, madeByChange, touched: reached };
}

/** A point that is no longer quite what was listed: a window that is shorter now. */
export function relisted({ fate, madeByChange, touched }: TrackedPoint, point: RecoveryPoint): TrackedPoint {
  return { point, fate, madeByChange, touched };
}

/** A point that the rule leaves where it is, with the rule noted. */
export function spare(tracked: TrackedPoint, rule: RuleCode): TrackedPoint {
  return withFate(tracked, worsen(tracked.fate, 'survives', rule));
}

/** A point that a refusal leaves for now: the change means to delete it, so it no longer stands outside the change. */
export function withhold(tracked: TrackedPoint, rule: RuleCode): TrackedPoint {
  return withFate(tracked, worsen(tracked.fate, 'survives', rule), true);
}

/** A point that the rule takes. */
export function take(tracked: TrackedPoint, rule: RuleCode): TrackedPoint {
  return withFate(tracked, worsen(tracked.fate, 'lost', rule), true);
}

/** Takes many points by one rule. */
export function taking(rule: RuleCode): (tracked: TrackedPoint) => TrackedPoint {
  const lost = worsening('lost', rule);
  return (tracked) => withFate(tracked, lost(tracked.fate), true);
}

/** A point that the change gives an end, or a nearer one: what is left of it stands within the change. */
export function end(tracked: TrackedPoint, rule: RuleCode, until: Instant): TrackedPoint {
  return withFate(tracked, worsen(tracked.fate, 'survives_until', rule, until), true);
}

/** A point that can no longer be vouched for. */
export function doubt(tracked: TrackedPoint, rule: RuleCode): TrackedPoint {
  return withFate(tracked, worsen(tracked.fate, 'unknown', rule), true);
}

const BACKUP_STATUSES_ALIVE: readonly string[] = ['available', 'completed'];
const REPLICA_STATUSES_ALIVE: readonly string[] = ['available', 'active', 'replicating', 'retained'];

function initialFate(point: RecoveryPoint, at: Instant): Fate {
  if (point.kind === 's3_export') return worsen(UNTOUCHED, 'unreadable', 'export_restores_nothing');
  if (point.vaultArn !== null && !BACKUP_STATUSES_ALIVE.includes(point.status)) {
    return worsen(UNTOUCHED, 'unknown', 'backup_point_expired');
  }
  if (restoresToAnyInstant(point) && point.window === null) return worsen(UNTOUCHED, 'unknown', 'window_missing');
  if (point.kind === 'replicated_automated_backup' && !REPLICA_STATUSES_ALIVE.includes(point.status)) {
    return worsen(UNTOUCHED, 'unknown', 'not_available_yet');
  }
  if (!restoresToAnyInstant(point) && point.vaultArn === null && point.status !== 'available') {
    return worsen(UNTOUCHED, 'unknown', 'not_available_yet');
  }
  const shared = point.kind === 'shared_snapshot' || point.kind === 'public_snapshot';
  const fate = shared ? worsen(UNTOUCHED, 'unknown', 'shared_by_other_account') : UNTOUCHED;
  if (point.expiresAt === null) return fate;
  if (point.expiresAt <= at) return worsen(fate, 'unknown', 'expires_by_itself');
  return worsen(fate, 'survives_until', 'expires_by_itself', point.expiresAt);
}

/** True for the kinds whose newest instant moves or is chosen: they carry a window, not a moment. */
export function restoresToAnyInstant(point: RecoveryPoint): boolean {
  return (
    point.kind === 'pitr' ||
    point.kind === 'retained_automated_backup' ||
    point.kind === 'replicated_automated_backup' ||
    point.kind === 'backup_continuous'
  );
}

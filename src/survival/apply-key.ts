/**
 * Keys: disabling one, scheduling its deletion or changing who may use it, and what that does to every point under it.
 *
 * The points stay listed as `available`, which is why readability is worked out from the key and never from
 * the listing.
 * Source: AWS KMS API, ScheduleKeyDeletion, DisableKey, PutKeyPolicy, RetireGrant, ImportKeyMaterial, KeyMetadata; Amazon RDS User
 * Guide, "Encrypting Amazon RDS resources".
 */

import { keepingLast } from '../core/once-per.ts';
import { addDays, type Instant } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Key } from '../inventory/model.ts';
import { underVersions } from './engine-versions.ts';
import { type Fate, type FateWord, worsen } from './fate.ts';
import { matchKeys } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import { everyPoint, mapPoints, type TrackedPoint, type World, withFate, worldWith } from './world.ts';

/** `ScheduleKeyDeletion` or `DisableKey`. */
export function disableKey(
  world: World,
  action: Extract<Action, { kind: 'schedule_key_deletion' | 'disable_key' }>,
): Step {
  const meant = matchKeys(world, action.target);
  if (meant.length === 0) return onUnseenKey(world, action);
  if (meant.every(({ manager }) => manager === 'aws')) return refused(world, action, 'aws_managed_key_stays', null);
  const changed = (key: Key): Key =>
    action.kind === 'disable_key'
      ? { ...key, state: 'disabled' }
      : { ...key, state: 'pending_deletion', deletionAt: addDays(world.at, action.windowDays) };
  const keys = world.keys.map((key) => (meant.includes(key) && key.manager === 'customer' ? changed(key) : key));
  return applied(worldWith(world, { keys }), action, 'key_unusable', null);
}

/** `PutKeyPolicy`, `CreateGrant`'s undoing, or Terraform's form of either: RDS may no longer be let in. */
export function changeKeyPolicy(world: World, action: Extract<Action, { kind: 'change_key_policy' }>): Step {
  const meant = matchKeys(world, action.target);
  if (meant.length === 0) return onUnseenKey(world, action);
  if (meant.every(({ manager }) => manager === 'aws')) return refused(world, action, 'aws_managed_key_stays', null);
  const keysInDoubt = [...world.keysInDoubt, ...meant.map(({ arn }) => arn)];
  return applied(worldWith(world, { keysInDoubt }), action, 'key_policy_changed', null);
}

/** Every key in use was asked for, so an unknown one matters only if some key in use could not be read. */
function onUnseenKey(world: World, action: Action): Step {
  const seen = new Set(world.keys.map(({ arn }) => arn));
  const isUnread = (keyArn: string | null) => keyArn !== null && !seen.has(keyArn);
  const unread =
    world.points.some(({ point }) => isUnread(point.keyArn)) ||
    world.databases.some(({ database }) => isUnread(database.keyArn));
  return unread ? inDoubt(world, action, 'key_not_observed') : applied(world, action, null, null);
}

/**
 * Works out which points a restore could read and start, with keys and versions as they now are; run once all is folded.
 *
 * @param sound An earlier world in which every point could be, if one is known: no step gives a point another key or
 *   version, so that with the same keys and no point more there is nothing to work out.
 */
export function settleReadability(world: World, sound: World | null = null): World {
  if (sound !== null && hasKeysOf(sound, world) && world.points.length === sound.points.length) return world;
  const keys = new Map(world.keys.map((key) => [key.arn, key]));
  const keyAt = keepingLast((arn) => keys.get(arn));
  const doubted = new Set(world.keysInDoubt);
  // Made once and not for each point: an estate has very many.
  const locks = { keyAt, doubted, seal: sealer(), at: world.at };
  return mapPoints(world, everyPoint, (tracked) => startable(readable(tracked, locks), world));
}

function hasKeysOf(one: World, other: World): boolean {
  return one.keys === other.keys && one.keysInDoubt === other.keysInDoubt;
}

function startable(tracked: TrackedPoint, { versionsGone }: World): TrackedPoint {
  const fate = underVersions(tracked.fate, tracked.point, versionsGone);
  return fate === tracked.fate ? tracked : withFate(tracked, fate);
}

/** What says whether a point can be read. */
interface Locks {
  readonly keyAt: (arn: string) => Key | undefined;
  readonly doubted: ReadonlySet<string>;
  readonly seal: Seal;
  readonly at: Instant;
}

function readable(tracked: TrackedPoint, { keyAt, doubted, seal, at }: Locks): TrackedPoint {
  const { keyArn, encrypted } = tracked.point;
  if (keyArn === null)
    return encrypted && !hasHiddenKey(tracked) ? seal(tracked, 'unknown', 'key_not_observed') : tracked;
  const key = keyAt(keyArn);
  if (key === undefined) return seal(tracked, 'unknown', 'key_not_observed');
  if (doubted.has(keyArn) && key.state === 'enabled') return seal(tracked, 'unknown', 'key_policy_changed');
  if (key.state === 'enabled') {
    const { deletionAt: ends } = key;
    if (ends === null) return tracked;
    if (ends <= at) return seal(tracked, 'unreadable', 'key_material_ends');
    return withFate(tracked, worsen(tracked.fate, 'survives_until', 'key_material_ends', ends));
  }
  const word = key.state === 'creating' || key.state === 'updating' ? 'unknown' : 'unreadable';
  return seal(tracked, word, 'key_unusable');
}

type Seal = (tracked: TrackedPoint, word: 'unknown' | 'unreadable', rule: RuleCode) => TrackedPoint;

/** Seals points; those that lie side by side often share a fate and a key, and then share what becomes of it. */
function sealer(): Seal {
  let last: { readonly from: Fate; readonly word: FateWord; readonly rule: RuleCode; readonly to: Fate } | null = null;
  return (tracked, word, rule) => {
    const { fate } = tracked;
    if (last?.from !== fate || last.word !== word || last.rule !== rule)
      last = { from: fate, word, rule, to: worsen(fate, word, rule) };
    return withFate(tracked, last.to);
  };
}

/** Aurora, and a logically air-gapped vault, may encrypt under a key that AWS owns and shows to nobody. */
function hasHiddenKey({ point }: TrackedPoint): boolean {
  return point.engine.startsWith('aurora') || point.kind === 'air_gapped_copy';
}

/**
 * Keys: disabling one, scheduling its deletion or changing who may use it, and what that does to every point under it.
 *
 * The points stay listed as `available`, which is why readability is worked out from the key and never from
 * the listing.
 * Source: AWS KMS API, ScheduleKeyDeletion, DisableKey, PutKeyPolicy, RetireGrant, KeyMetadata; Amazon RDS User
 * Guide, "Encrypting Amazon RDS resources".
 */

import { addDays } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Key } from '../inventory/model.ts';
import { underVersions } from './engine-versions.ts';
import { worsen } from './fate.ts';
import { matchKeys } from './match.ts';
import type { RuleCode } from './rules.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import { mapPoints, type TrackedPoint, type World } from './world.ts';

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
  return applied({ ...world, keys }, action, 'key_unusable', null);
}

/** `PutKeyPolicy`, `CreateGrant`'s undoing, or Terraform's form of either: RDS may no longer be let in. */
export function changeKeyPolicy(world: World, action: Extract<Action, { kind: 'change_key_policy' }>): Step {
  const meant = matchKeys(world, action.target);
  if (meant.length === 0) return onUnseenKey(world, action);
  if (meant.every(({ manager }) => manager === 'aws')) return refused(world, action, 'aws_managed_key_stays', null);
  const keysInDoubt = [...world.keysInDoubt, ...meant.map(({ arn }) => arn)];
  return applied({ ...world, keysInDoubt }, action, 'key_policy_changed', null);
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

/** Works out which points a restore could read and start, with keys and versions as they now are; run once all is folded. */
export function settleReadability(world: World): World {
  const keys = new Map(world.keys.map((key) => [key.arn, key]));
  const doubted = new Set(world.keysInDoubt);
  const settled = (tracked: TrackedPoint) => startable(readable(tracked, keys, doubted), world);
  return mapPoints(world, () => true, settled);
}

function startable(tracked: TrackedPoint, { versionsGone }: World): TrackedPoint {
  const fate = underVersions(tracked.fate, tracked.point, versionsGone);
  return fate === tracked.fate ? tracked : { ...tracked, fate };
}

function readable(tracked: TrackedPoint, keys: ReadonlyMap<string, Key>, doubted: ReadonlySet<string>): TrackedPoint {
  const { keyArn, encrypted } = tracked.point;
  if (keyArn === null)
    return encrypted && !hasHiddenKey(tracked) ? sealed(tracked, 'unknown', 'key_not_observed') : tracked;
  const key = keys.get(keyArn);
  if (key === undefined) return sealed(tracked, 'unknown', 'key_not_observed');
  if (doubted.has(keyArn) && key.state === 'enabled') return sealed(tracked, 'unknown', 'key_policy_changed');
  if (key.state === 'enabled') return tracked;
  const word = key.state === 'creating' || key.state === 'updating' ? 'unknown' : 'unreadable';
  return sealed(tracked, word, 'key_unusable');
}

function sealed(tracked: TrackedPoint, word: 'unknown' | 'unreadable', rule: RuleCode): TrackedPoint {
  return { ...tracked, fate: worsen(tracked.fate, word, rule) };
}

/** Aurora, and a logically air-gapped vault, may encrypt under a key that AWS owns and shows to nobody. */
function hasHiddenKey({ point }: TrackedPoint): boolean {
  return point.engine.startsWith('aurora') || point.kind === 'air_gapped_copy';
}

/**
 * Keys: disabling one or scheduling its deletion, and what that does to every point under it.
 *
 * The points stay listed as `available`, which is why readability is worked out from the key and never from
 * the listing.
 * Source: AWS KMS API, ScheduleKeyDeletion, DisableKey, KeyMetadata; Amazon RDS User Guide, "Encrypting
 * Amazon RDS resources".
 */

import { addDays } from '../core/time.ts';
import type { Action } from '../intent/action.ts';
import type { Key } from '../inventory/model.ts';
import { worsen } from './fate.ts';
import { matchKeys } from './match.ts';
import { applied, inDoubt, refused, type Step } from './step.ts';
import type { TrackedPoint, World } from './world.ts';

/** `ScheduleKeyDeletion` or `DisableKey`. */
export function disableKey(
  world: World,
  action: Extract<Action, { kind: 'schedule_key_deletion' | 'disable_key' }>,
): Step {
  const meant = matchKeys(world, action.target);
  if (meant.length === 0) {
    // Every key in use was asked for, so an unknown one matters only if some key in use could not be read.
    const inUse = [...world.points.map(({ point }) => point), ...world.databases.map(({ database }) => database)];
    const unread = inUse.some(({ keyArn }) => keyArn !== null && !world.keys.some(({ arn }) => arn === keyArn));
    return unread ? inDoubt(world, action, 'key_not_observed') : applied(world, action, null, null);
  }
  if (meant.every(({ manager }) => manager === 'aws')) return refused(world, action, 'aws_managed_key_stays', null);
  const changed = (key: Key): Key =>
    action.kind === 'disable_key'
      ? { ...key, state: 'disabled' }
      : { ...key, state: 'pending_deletion', deletionAt: addDays(world.at, action.windowDays) };
  const keys = world.keys.map((key) => (meant.includes(key) && key.manager === 'customer' ? changed(key) : key));
  return applied({ ...world, keys }, action, 'key_unusable', null);
}

/** Works out which points can still be read under the keys as they now are; run once all actions are folded. */
export function settleReadability(world: World): World {
  return { ...world, points: world.points.map((tracked) => readable(tracked, world.keys)) };
}

function readable(tracked: TrackedPoint, keys: readonly Key[]): TrackedPoint {
  const { keyArn, encrypted, engine } = tracked.point;
  if (keyArn === null) {
    // Only Aurora encrypts under a key that AWS owns and shows to nobody.
    const hidden = encrypted && !engine.startsWith('aurora');
    return hidden ? { ...tracked, fate: worsen(tracked.fate, 'unknown', 'key_not_observed') } : tracked;
  }
  const key = keys.find(({ arn }) => arn === keyArn);
  if (key === undefined) return { ...tracked, fate: worsen(tracked.fate, 'unknown', 'key_not_observed') };
  if (key.state === 'enabled') return tracked;
  const word = key.state === 'creating' || key.state === 'updating' ? 'unknown' : 'unreadable';
  return { ...tracked, fate: worsen(tracked.fate, word, 'key_unusable') };
}

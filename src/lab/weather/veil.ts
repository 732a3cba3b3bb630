/**
 * Delayed visibility: what a call made or deleted, shown for a while as it was before.
 *
 * Only what is read is veiled; a call that changes something meets the true world, as on AWS, where a name can be taken
 * and not yet found. Given worlds, returns worlds; the clock is the caller's.
 */

import type { Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import { type Place, placeAt, type World, withPlace } from '../world.ts';

/** Things of one place that are shown as they were before a call. */
export interface Veil {
  readonly scope: Scope;
  readonly until: Instant;
  readonly before: Place;
  /** Keys of what the call changed. */
  readonly changed: ReadonlySet<string>;
}

/** The world as those who read see it; newer veils lie under older ones. */
export function veiledWorld(world: World, veils: readonly Veil[]): World {
  return veils.reduceRight((view, veil) => withPlace(view, veiledPlace(placeAt(view, veil.scope), veil)), world);
}

/** Veils over everything that one call changed. */
export function veilsOver(before: World, after: World, until: Instant): readonly Veil[] {
  return Object.values(after.places).flatMap((place) => {
    const earlier = placeAt(before, place.scope);
    if (earlier === place) return [];
    const changed = changedKeys(earlier, place);
    return changed.size === 0 ? [] : [{ scope: place.scope, until, before: earlier, changed }];
  });
}

function veiledPlace(place: Place, { before, changed }: Veil): Place {
  const shown = <T>(now: readonly T[], then: readonly T[], key: (item: T) => string): readonly T[] => [
    ...now.filter((item) => !changed.has(key(item))),
    ...then.filter((item) => changed.has(key(item))),
  ];
  return {
    ...place,
    clusters: shown(place.clusters, before.clusters, KEYS.clusters),
    instances: shown(place.instances, before.instances, KEYS.instances),
    snapshots: shown(place.snapshots, before.snapshots, KEYS.snapshots),
    retained: shown(place.retained, before.retained, KEYS.retained),
    restoreJobs: shown(place.restoreJobs, before.restoreJobs, KEYS.restoreJobs),
  };
}

const KEYS = {
  clusters: (item: Place['clusters'][number]) => item.resourceId,
  instances: (item: Place['instances'][number]) => item.resourceId,
  snapshots: (item: Place['snapshots'][number]) => `${item.kind} ${item.identifier}`,
  retained: (item: Place['retained'][number]) => `retained ${item.source.resourceId}`,
  restoreJobs: (item: Place['restoreJobs'][number]) => item.id,
} as const;

function changedKeys(before: Place, after: Place): ReadonlySet<string> {
  const changed = <T>(then: readonly T[], now: readonly T[], key: (item: T) => string): readonly string[] => {
    if (then === now) return [];
    const differs = (items: readonly T[], others: readonly T[]) => items.filter((item) => !others.includes(item));
    return [...differs(then, now), ...differs(now, then)].map(key);
  };
  return new Set([
    ...changed(before.clusters, after.clusters, KEYS.clusters),
    ...changed(before.instances, after.instances, KEYS.instances),
    ...changed(before.snapshots, after.snapshots, KEYS.snapshots),
    ...changed(before.retained, after.retained, KEYS.retained),
    ...changed(before.restoreJobs, after.restoreJobs, KEYS.restoreJobs),
  ]);
}

/**
 * What one place showed at one instant: an account and region, read by itself and kept until the next reading.
 *
 * An inventory of many places is joined from such sights, each with an age of its own; a place that could not be read, or
 * not for too long, is a gap and never an empty one.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { canonicalJson, compareCodeUnits, sortedBy } from '../core/canonical.ts';
import { invariant } from '../core/invariant.ts';
import { addSeconds, earliest, type Instant, type Seconds } from '../core/time.ts';
import { assemble } from './assemble.ts';
import { GAP_HIDES, type Gap, type Inventory, type Principal } from './model.ts';
import type { Observations } from './observations.ts';

/** One reading of one account and region. */
export interface Sight {
  readonly formatVersion: '1';
  readonly place: Scope;
  /** When the reading began: nothing in it is older. */
  readonly observedAt: Instant;
  /** What was asked instead of AWS; null for AWS itself. */
  readonly endpoint: string | null;
  /** Who read. */
  readonly principal: Principal;
  /** Gaps included: a reading that was refused is a sight too, which shows nothing. */
  readonly seen: Omit<Observations, 'observedAt' | 'endpoint' | 'principal'>;
}

/** What sights of many ages amount to. */
export interface JoinedSights {
  /** Of every place that was read lately enough; of the others it holds gaps, and not a thing they showed. */
  readonly inventory: Inventory;
  /** Each place that was not, by itself: as it looked then, and with the same gaps, so that nothing in it is ever ready. */
  readonly outdated: readonly Inventory[];
}

/** When sights are looked at, and how old one may be by then. */
export interface Freshness {
  readonly at: Instant;
  readonly secondsMax: Seconds;
}

/** Clocks differ a little; what was read further ahead than this was not read by this clock. */
const AHEAD_SECONDS_MAX: Seconds = 300;

/** True for a sight that may be judged by: neither too old nor of a time yet to come. */
export function isFresh({ observedAt }: Pick<Sight, 'observedAt'>, { at, secondsMax }: Freshness): boolean {
  return observedAt <= addSeconds(at, AHEAD_SECONDS_MAX) && addSeconds(observedAt, secondsMax) >= at;
}

/**
 * Joins what was seen lately enough, as if it had been read at once when the oldest of it was.
 *
 * Of two sights of one place the newer counts. Sights of AWS are never joined with those of another endpoint: where there
 * are both, AWS's count, and a place that another endpoint showed is a gap. Where nothing was seen lately enough, the
 * inventory is as old as the newest of what there is, and holds gaps alone.
 *
 * @param sights At least one, in any order.
 */
export function inventoryOf(sights: readonly Sight[], freshness: Freshness): JoinedSights {
  const newest = newestOfEach(sights);
  const endpoint = endpointOf(newest);
  const same = newest.filter((sight) => sight.endpoint === endpoint);
  const fresh = same.filter((sight) => isFresh(sight, freshness));
  const old = same.filter((sight) => !isFresh(sight, freshness));
  const strange = newest.filter((sight) => sight.endpoint !== endpoint);
  const { observedAt: newestAt, ...whose } = readerOf(fresh.length > 0 ? fresh : same);
  const observedAt = fresh.reduce((oldest, sight) => earliest(oldest, sight.observedAt), newestAt);
  const gaps = [
    ...old.flatMap((sight) => gapsOf(sight, staleness(sight, freshness))),
    ...strange.flatMap((sight) => gapsOf(sight, `OtherEndpoint: last read at ${sight.endpoint ?? 'AWS'}`)),
  ];
  return {
    inventory: assemble({
      ...together(fresh),
      gaps: [...fresh.flatMap(({ seen }) => seen.gaps), ...gaps],
      observedAt,
      ...whose,
    }),
    outdated: old.map((sight) => {
      const { seen, principal } = sight;
      const known = [...seen.gaps, ...gapsOf(sight, staleness(sight, freshness))];
      return assemble({ ...seen, gaps: known, observedAt: sight.observedAt, endpoint, principal });
    }),
  };
}

/** One sight of each place, in the order of the places. */
function newestOfEach(sights: readonly Sight[]): readonly Sight[] {
  const newest = new Map<string, Sight>();
  for (const sight of sights) {
    const name = printScope(sight.place);
    const other = newest.get(name);
    if (other === undefined || comesAfter(sight, other)) newest.set(name, sight);
  }
  return sortedBy([...newest.values()], ({ place }) => printScope(place));
}

/** Of one instant, the one whose bytes come last: which came first must not count. */
function comesAfter(sight: Sight, other: Sight): boolean {
  if (sight.observedAt !== other.observedAt) return sight.observedAt > other.observedAt;
  return compareCodeUnits(canonicalJson(sight), canonicalJson(other)) > 0;
}

/** AWS itself, if any sight is of it; else the endpoint that was asked last. */
function endpointOf(sights: readonly Sight[]): string | null {
  const last = sortedBy(sights, ({ observedAt, endpoint }) => `${observedAt} ${endpoint}`).at(-1);
  invariant(last !== undefined, 'an inventory is joined from at least one sight');
  return sights.some(({ endpoint }) => endpoint === null) ? null : last.endpoint;
}

/** Whoever read last, and when. */
function readerOf(sights: readonly Sight[]): Pick<Observations, 'observedAt' | 'endpoint' | 'principal'> {
  const last = sortedBy(sights, ({ observedAt, place }) => `${observedAt} ${printScope(place)}`).at(-1);
  invariant(last !== undefined, 'whoever chose an endpoint saw a sight of it');
  return { observedAt: last.observedAt, endpoint: last.endpoint, principal: last.principal };
}

function together(sights: readonly Sight[]): Omit<Sight['seen'], 'gaps'> {
  const all = <T>(of: (seen: Sight['seen']) => readonly T[]): readonly T[] => sights.flatMap(({ seen }) => of(seen));
  return {
    scopes: all(({ scopes }) => scopes),
    databases: all(({ databases }) => databases),
    connections: all(({ connections }) => connections),
    snapshots: all(({ snapshots }) => snapshots),
    automatedBackups: all(({ automatedBackups }) => automatedBackups),
    vaultPoints: all(({ vaultPoints }) => vaultPoints),
    vaults: all(({ vaults }) => vaults),
    exports: all(({ exports }) => exports),
    keys: all(({ keys }) => keys),
    globalClusters: all(({ globalClusters }) => globalClusters),
    engineVersions: all(({ engineVersions }) => engineVersions),
    quotas: all(({ quotas }) => quotas),
    outOfScope: all(({ outOfScope }) => outOfScope),
    restoreTests: all(({ restoreTests }) => restoreTests),
  };
}

function staleness({ observedAt }: Sight, { at }: Freshness): string {
  return observedAt > at ? `Ahead: read at ${observedAt}, which is yet to come` : `Stale: last read at ${observedAt}`;
}

/** A place of which nothing counts: what is there, what would survive there, and what threatens it. */
function gapsOf({ place: { accountId, region } }: Sight, cause: string): readonly Gap[] {
  return GAP_HIDES.map((hides) => ({
    what: UNSEEN[hides],
    where: { accountId, region },
    action: 'rds:DescribeDBInstances',
    cause,
    hides,
  }));
}

const UNSEEN: Readonly<Record<(typeof GAP_HIDES)[number], string>> = {
  databases: 'all databases',
  survivors: 'all recovery points',
  threats: 'all keys and vaults',
};

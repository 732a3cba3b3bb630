/**
 * What many drills say together: how long restores take under which conditions, whether that grows, and what to expect
 * at today's size.
 *
 * Drills are compared only with those of the same database, claim, kind of recovery point, class, engine, place and
 * origin of a copy; another class or a copy from elsewhere is another figure. Percentiles are observed values (nearest
 * rank), never interpolated. Slopes are medians of the slopes between all pairs (Theil and Sen), which one odd drill in
 * four cannot bend; nothing is said of a trend or a size from too few drills.
 */

import { compareCodeUnits } from '../core/canonical.ts';
import { type Instant, SECONDS_PER_DAY, type Seconds, secondsBetween } from '../core/time.ts';
import type { RecoveryPointKind } from '../inventory/model.ts';
import type { Claim, DrillConditions, DrillRecord } from './model.ts';

/** Fewer drills than this say nothing of a trend. */
const TREND_DRILLS_MIN = 5;
/** Sizes must differ at least so much, as a share of the largest, before time is laid to size. */
const SIZE_SPREAD_MIN = 0.1;
/** Fewer different sizes than this say nothing of how time grows with size. */
const SIZES_MIN = 3;
/** Further beyond the largest size seen, a prediction says that it goes beyond what was measured. */
const REACH = 1.25;

/** What restore times hold for; none speaks for another. */
export interface RestoreGroup {
  /** Null for AWS itself: a lab says nothing of an account. */
  readonly endpoint: string | null;
  readonly databaseResourceId: string;
  readonly databaseIdentifier: string;
  readonly claim: Claim;
  readonly kind: RecoveryPointKind;
  readonly conditions: Omit<DrillConditions, 'storageGib' | 'engineVersion'>;
}

/** What to expect of a restore at a given size. */
export interface RestorePrediction {
  readonly storageGib: number | null;
  readonly seconds: Seconds;
  /** The spread: what the drills seen were below and above it. */
  readonly low: Seconds;
  readonly high: Seconds;
  /** `size`: time was seen to grow with size; `observed`: the drills seen, taken as they are. */
  readonly basis: 'size' | 'observed';
  /** Whether that size lies beyond what was measured. */
  readonly beyond: boolean;
}

/** Restore times of one group. */
export interface RestoreStatistics {
  readonly group: RestoreGroup;
  readonly n: number;
  readonly p50: Seconds;
  readonly p95: Seconds;
  readonly newestAt: Instant;
  /** Seconds by which a restore takes longer with every 30 days; null from too few drills. */
  readonly trendSecondsPerMonth: number | null;
  readonly prediction: RestorePrediction;
}

/** A drill whose restore was watched from the request to the last passing probe. */
interface Timed extends DrillRecord {
  readonly restoreSeconds: Seconds;
}

/**
 * The statistics of every group, most drills first.
 *
 * @param sizes Today's size in GiB by resource id of the database; null or absent where it is not known.
 */
export function restoreStatistics(
  records: readonly DrillRecord[],
  sizes: Readonly<Record<string, number | null>> = {},
): readonly RestoreStatistics[] {
  const groups = new Map<string, { readonly group: RestoreGroup; readonly drills: Timed[] }>();
  for (const record of records.filter(isTimed)) {
    const group = groupOf(record);
    const key = JSON.stringify(group);
    const held = groups.get(key);
    if (held === undefined) groups.set(key, { group, drills: [record] });
    else held.drills.push(record);
  }
  return [...groups.values()]
    .flatMap(({ group, drills }) => statisticsOf(group, drills, sizes[group.databaseResourceId] ?? null))
    .sort((a, b) => b.n - a.n || compareCodeUnits(JSON.stringify(a.group), JSON.stringify(b.group)));
}

/** The nearest-rank percentile of figures in ascending order: an observed value; null of none. */
export function percentile(sorted: readonly number[], rank: number): number | null {
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? null;
}

function isTimed(record: DrillRecord): record is Timed {
  const ended = record.result === 'passed' || record.result === 'leaked';
  return ended && record.restoreSeconds !== null && record.restoreSeconds >= 0;
}

function groupOf(record: Timed): RestoreGroup {
  const { endpoint, databaseResourceId, databaseIdentifier, claim, recoveryPoint, conditions } = record;
  const { engine, instanceClass, otherClass, region, broughtFrom } = conditions;
  return {
    endpoint,
    databaseResourceId,
    databaseIdentifier,
    claim,
    kind: recoveryPoint.kind,
    // Where a copy came from matters by place, not by snapshot.
    conditions: { engine, instanceClass, otherClass, region, broughtFrom: broughtFrom?.split(':')[3] ?? null },
  };
}

function statisticsOf(group: RestoreGroup, drills: readonly Timed[], sizeToday: number | null): RestoreStatistics[] {
  const seconds = ascending(drills.map(({ restoreSeconds }) => restoreSeconds));
  const p50 = percentile(seconds, 50);
  const p95 = percentile(seconds, 95);
  const newestAt = drills
    .map(({ endedAt }) => endedAt)
    .sort(compareCodeUnits)
    .at(-1);
  if (p50 === null || p95 === null || newestAt === undefined) return [];
  const prediction = predict(drills, seconds, p50, sizeToday);
  return [{ group, n: drills.length, p50, p95, newestAt, trendSecondsPerMonth: trendOf(drills), prediction }];
}

function trendOf(drills: readonly Timed[]): number | null {
  const [first] = drills;
  if (first === undefined || drills.length < TREND_DRILLS_MIN) return null;
  const slope = medianSlope(
    drills.map(({ endedAt, restoreSeconds }) => [
      secondsBetween(first.endedAt, endedAt) / SECONDS_PER_DAY,
      restoreSeconds,
    ]),
  );
  return slope === null ? null : slope * 30;
}

function predict(
  drills: readonly Timed[],
  seconds: readonly number[],
  p50: Seconds,
  storageGib: number | null,
): RestorePrediction {
  const sized = drills.flatMap(({ conditions, restoreSeconds }): [number, number][] =>
    conditions.storageGib === null ? [] : [[conditions.storageGib, restoreSeconds]],
  );
  const largest = Math.max(0, ...sized.map(([size]) => size));
  const beyond = storageGib !== null && storageGib > largest * REACH;
  const observed: RestorePrediction = {
    storageGib,
    seconds: p50,
    low: seconds[0] ?? p50,
    high: seconds.at(-1) ?? p50,
    basis: 'observed',
    beyond,
  };
  const slope = slopeBySize(sized, largest);
  if (slope === null || storageGib === null) return observed;
  const start = percentile(ascending(sized.map(([size, took]) => took - slope * size)), 50) ?? 0;
  const expected = Math.max(0, start + slope * storageGib);
  const residuals = ascending(sized.map(([size, took]) => took - (start + slope * size)));
  return {
    storageGib,
    seconds: expected,
    low: Math.max(0, expected + Math.min(0, residuals[0] ?? 0)),
    high: expected + Math.max(0, residuals.at(-1) ?? 0),
    basis: 'size',
    beyond,
  };
}

/** Seconds a GiB; null where sizes hardly differ, are too few, or more was not seen to take longer. */
function slopeBySize(sized: readonly [number, number][], largest: number): number | null {
  const sizes = new Set(sized.map(([size]) => size));
  if (sizes.size < SIZES_MIN || largest - Math.min(...sizes) < largest * SIZE_SPREAD_MIN) return null;
  const slope = medianSlope(sized);
  return slope === null || slope <= 0 ? null : slope;
}

/** The median of the slopes between all pairs that differ in their first figure; null without such a pair. */
function medianSlope(points: readonly (readonly [number, number])[]): number | null {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).flatMap(([otherX, otherY]) => (otherX === x ? [] : [(otherY - y) / (otherX - x)])),
  );
  return median(ascending(slopes));
}

function median(sorted: readonly number[]): number | null {
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function ascending(figures: readonly number[]): readonly number[] {
  return [...figures].sort((a, b) => a - b);
}

/**
 * Which drills count for a database, and how well each claim is proven.
 *
 * A drill vouches for its own kind of restore, at its own endpoint, for the database with that resource
 * id, and only while it is fresh. The newest drill of a claim speaks for it: an older success does not
 * excuse a later failure. One that ends after the instant of judgement proves nothing yet.
 */

import { sortedBy } from '../core/canonical.ts';
import { type Instant, type Seconds, secondsBetween } from '../core/time.ts';
import { type Claim, type DrillRecord, GRADES, type Grade } from '../drill/model.ts';
import type { Database, RecoveryPoint } from '../inventory/model.ts';
import { liesAhead } from '../survival/data-loss.ts';
import type { RestoreTime } from './document.ts';

/** A drill that proves a restore, which it therefore has a time for. */
export interface ProvingDrill extends DrillRecord {
  readonly restoreSeconds: Seconds;
}

/** The newest drill of one claim and what it is worth now: best first. */
export type Proof =
  | { readonly state: 'proven'; readonly record: ProvingDrill }
  | { readonly state: 'weak' | 'stale' | 'failed'; readonly record: DrillRecord }
  | { readonly state: 'never'; readonly record: null };

/** The drills that may speak for a database: same endpoint, account and resource id; the newest last. */
export function drillsOf(
  records: readonly DrillRecord[],
  database: Database,
  endpoint: string | null,
): readonly DrillRecord[] {
  const own = records.filter(
    (record) =>
      record.endpoint === endpoint &&
      record.databaseResourceId === database.resourceId &&
      record.scope.accountId === database.accountId,
  );
  return sortedBy(own, ({ endedAt, drillId }) => `${endedAt} ${drillId}`);
}

/** True when the scratch came up and every question put to it was answered as expected, in a time that can be. */
export function provesRestore(record: DrillRecord): record is ProvingDrill {
  const ended = record.result === 'passed' || record.result === 'leaked';
  const timed = record.restoreSeconds !== null && record.restoreSeconds >= 0;
  return ended && timed && record.probes.every((probe) => probe.passed);
}

/** True when the restored data were asked at least one question; a grade alone is only a claim. */
function askedData(record: DrillRecord): boolean {
  return record.probes.length > 0 && reaches(record.grade, 'queried');
}

/** How well one claim is proven at an instant. */
export function proofOf(
  records: readonly DrillRecord[],
  claim: Claim,
  options: { readonly at: Instant; readonly secondsMax: Seconds },
): Proof {
  const ended = records.filter((record) => record.claim === claim && record.result !== 'aborted');
  const [endedAt] = ended
    .map((record) => record.endedAt)
    .sort()
    .reverse();
  const newest = ended.filter((record) => record.endedAt === endedAt);
  const [first] = newest;
  if (first === undefined) return { state: 'never', record: null };
  // Of several that end together the worst speaks.
  const failed = newest.find((record) => !provesRestore(record));
  if (failed !== undefined) return { state: 'failed', record: failed };
  const tooOld = secondsBetween(first.endedAt, options.at) > options.secondsMax;
  if (tooOld || liesAhead(first.endedAt, options.at)) return { state: 'stale', record: first };
  const weak = newest.find((record) => !askedData(record));
  if (weak !== undefined) return { state: 'weak', record: weak };
  const slowest = newest.filter(provesRestore).reduce((a, b) => (b.restoreSeconds > a.restoreSeconds ? b : a));
  return { state: 'proven', record: slowest };
}

/** Grade of one recovery point: what drills of exactly this point have shown; a name may have held other data then. */
export function gradeOf(
  records: readonly DrillRecord[],
  point: Pick<RecoveryPoint, 'arn' | 'dataAt'>,
  available: boolean,
): Grade {
  const shown = records
    .filter(({ recoveryPoint }) => recoveryPoint.arn === point.arn && recoveryPoint.dataAt === point.dataAt)
    .filter(provesRestore)
    .map((record) => record.grade);
  const floor: Grade = available ? 'available' : 'exists';
  return shown.reduce<Grade>((best, grade) => (reaches(grade, best) ? grade : best), floor);
}

/** Measured restore times over the drills that proved one; the conditions are those of the newest. */
export function restoreTimeOf(records: readonly DrillRecord[]): RestoreTime {
  const proven = records.filter(provesRestore);
  const seconds = proven.map((record) => record.restoreSeconds).sort((a, b) => a - b);
  const newest = proven.at(-1);
  if (newest === undefined) return { p50: null, p95: null, n: 0, conditions: null };
  return {
    p50: percentile(seconds, 50),
    p95: percentile(seconds, 95),
    n: seconds.length,
    conditions: `${newest.claim} restore into ${newest.conditions.instanceClass}`,
  };
}

/** The nearest-rank percentile: an observed value, never an interpolated one. */
function percentile(sorted: readonly number[], rank: number): number | null {
  return sorted[Math.ceil((rank / 100) * sorted.length) - 1] ?? null;
}

function reaches(grade: Grade, wanted: Grade): boolean {
  return GRADES.indexOf(grade) >= GRADES.indexOf(wanted);
}

/**
 * Which drills count for a database, and how well each claim is proven.
 *
 * A drill vouches for its own kind of restore, at its own endpoint, for the database with that resource
 * id, and only while it is fresh. The newest drill of a claim speaks for it: an older success does not
 * excuse a later failure.
 */

import type { Instant, Seconds } from '../core/time.ts';
import { secondsBetween } from '../core/time.ts';
import { type Claim, type DrillRecord, GRADES, type Grade } from '../drill/model.ts';
import type { Database } from '../inventory/model.ts';
import type { RestoreTime } from './document.ts';

/** How a claim stands: best first. */
export const PROOF_STATES = ['proven', 'weak', 'stale', 'failed', 'never'] as const;
export type ProofState = (typeof PROOF_STATES)[number];

/** The newest drill of one claim and what it is worth now. */
export interface Proof {
  readonly state: ProofState;
  readonly record: DrillRecord | null;
}

/** The drills that may speak for a database: same endpoint, account and resource id. */
export function drillsOf(
  records: readonly DrillRecord[],
  database: Database,
  endpoint: string | null,
): readonly DrillRecord[] {
  return records.filter(
    (record) =>
      record.endpoint === endpoint &&
      record.databaseResourceId === database.resourceId &&
      record.scope.accountId === database.accountId,
  );
}

/** True when the scratch came up and every question put to it was answered as expected. */
export function provesRestore(record: DrillRecord): boolean {
  const ended = record.result === 'passed' || record.result === 'leaked';
  return ended && record.restoreSeconds !== null && record.probes.every((probe) => probe.passed);
}

/** How well one claim is proven at an instant. */
export function proofOf(
  records: readonly DrillRecord[],
  claim: Claim,
  options: { readonly at: Instant; readonly secondsMax: Seconds },
): Proof {
  const newest = records
    .filter((record) => record.claim === claim && record.result !== 'aborted')
    .reduce<DrillRecord | null>(
      (held, record) => (held === null || record.endedAt > held.endedAt ? record : held),
      null,
    );
  if (newest === null) return { state: 'never', record: null };
  if (!provesRestore(newest)) return { state: 'failed', record: newest };
  if (secondsBetween(newest.endedAt, options.at) > options.secondsMax) return { state: 'stale', record: newest };
  return { state: reaches(newest.grade, 'queried') ? 'proven' : 'weak', record: newest };
}

/** Grade of one recovery point: what drills of exactly this point have shown. */
export function gradeOf(records: readonly DrillRecord[], pointArn: string, available: boolean): Grade {
  const shown = records
    .filter((record) => record.recoveryPoint.arn === pointArn && provesRestore(record))
    .map((record) => record.grade);
  const floor: Grade = available ? 'available' : 'exists';
  return shown.reduce<Grade>((best, grade) => (reaches(grade, best) ? grade : best), floor);
}

/** Measured restore times over the drills that proved one. */
export function restoreTimeOf(records: readonly DrillRecord[]): RestoreTime {
  const proven = records.filter(provesRestore);
  const seconds = proven.flatMap((record) => record.restoreSeconds ?? []).sort((a, b) => a - b);
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
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? null;
}

function reaches(grade: Grade, wanted: Grade): boolean {
  return GRADES.indexOf(grade) >= GRADES.indexOf(wanted);
}

/**
 * Which drills count for a database, and how well each claim is proven.
 *
 * A drill vouches for its own kind of restore, at its own endpoint, for the database with that resource
 * id, and only while it is fresh. The newest drill of a claim speaks for it: an older success does not
 * excuse a later failure. One that ends after the instant of judgement proves nothing yet. That something restores
 * and how long it takes are two proofs: a drill may give the first without the second.
 */

import { canonicalJson, sortedBy } from '../core/canonical.ts';
import { type Instant, type Seconds, secondsBetween } from '../core/time.ts';
import { type Claim, type DrillRecord, GRADES, type Grade } from '../drill/model.ts';
import { canBeQueried } from '../drill/probe.ts';
import { type RestorePrediction, type RestoreStatistics, restoreStatistics } from '../drill/statistics.ts';
import type { Database, RecoveryPoint } from '../inventory/model.ts';
import type { ProofGrade } from '../policy/model.ts';
import { liesAhead } from '../survival/data-loss.ts';
import type { Case } from './case.ts';
import type { RestoreTime } from './document.ts';
import { type EndedTest, speaksAgainst, standsUp, testsOf } from './restore-tests.ts';

/** Why a drill that proves a restore proves no time for it. */
export type Untimed = 'resumed' | 'other_class';

/** What shows that a claim holds or does not, and what that is worth now. */
export type Proof =
  /** `seconds` is how long the restore takes as the database is today; null when this drill does not say, for a reason. */
  | { readonly state: 'proven'; readonly record: DrillRecord; readonly seconds: Seconds; readonly untimed: null }
  | { readonly state: 'proven'; readonly record: DrillRecord; readonly seconds: null; readonly untimed: Untimed }
  | { readonly state: 'weak' | 'stale' | 'failed'; readonly record: DrillRecord }
  /** No drill that counts, but AWS Backup restored it; or what it restored did not stand up to its validation. */
  | { readonly state: 'tested' | 'test_failed'; readonly test: EndedTest }
  | { readonly state: 'never' };

/** A claim that a drill proves. */
export type Proven = Extract<Proof, { readonly state: 'proven' }>;

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

/** True when the scratch came up, and whatever it was asked was answered as expected. */
export function provesRestore(record: DrillRecord): boolean {
  const { restoreSeconds, probes, grade } = record;
  const possible = restoreSeconds === null || restoreSeconds >= 0;
  return possible && cameUp(record) && reaches(grade, 'restored') && probes.every((probe) => probe.passed);
}

/**
 * A leaked drill may have failed besides; where its own machine knows that, its grade is no more than `available`. One that
 * was queried did not fail, nor did one that came up where nothing could be asked; of any other nobody can say.
 */
function cameUp({ result, grade, conditions }: DrillRecord): boolean {
  if (result === 'leaked') return reaches(grade, 'queried') || !canBeQueried(conditions.engine);
  return result === 'passed';
}

/** True when the restored data were asked a question that could have gone wrong; a grade alone is only a claim. */
function askedData({ probes, grade }: DrillRecord): boolean {
  return probes.some(({ proves }) => proves !== 'nothing') && reaches(grade, 'queried');
}

/** What the probes of a restore that came up have shown; its own grade is only a claim, and bounds it from above. */
export function gradeShown(record: DrillRecord): Grade {
  if (!askedData(record)) return 'restored';
  const compared = record.probes.some(({ proves }) => proves === 'comparison');
  return compared && reaches(record.grade, 'compared') ? 'compared' : 'queried';
}

/** How well one claim is proven for a database: by the newest drill of it, or else by what AWS Backup restored. */
export function proofFor(input: Case, drills: readonly DrillRecord[], claim: Claim): Proof {
  const { database, inventory, requirement, at } = input;
  const { proofSecondsMax, proofGradeMin } = requirement;
  const options = { at, secondsMax: proofSecondsMax[claim].value, gradeMin: proofGradeMin.value, database };
  const drilled = proofOf(drills, claim, options);
  return claim === 'vault' ? besideTests(drilled, testsOf(inventory, database), options) : drilled;
}

/** How well drills alone prove one claim at an instant. */
export function proofOf(
  records: readonly DrillRecord[],
  claim: Claim,
  options: {
    readonly at: Instant;
    readonly secondsMax: Seconds;
    readonly database: Database;
    readonly gradeMin?: ProofGrade;
  },
): Proof {
  const { gradeMin = 'queried' } = options;
  const ended = records.filter((record) => record.claim === claim && record.result !== 'aborted');
  const [endedAt] = ended
    .map((record) => record.endedAt)
    .sort()
    .reverse();
  const newest = ended.filter((record) => record.endedAt === endedAt);
  const [first] = newest;
  if (first === undefined) return { state: 'never' };
  // Of several that end together the worst speaks.
  const failed = newest.find((record) => !provesRestore(record));
  if (failed !== undefined) return { state: 'failed', record: failed };
  if (!isFresh(first.endedAt, options)) return { state: 'stale', record: first };
  const weak = newest.find((record) => !reaches(gradeShown(record), gradeMin));
  if (weak !== undefined) return { state: 'weak', record: weak };
  const proofs = newest.map((record) => provenBy(record, options.database));
  return proofs.reduce((a, b) => (slowness(b) > slowness(a) ? b : a));
}

function provenBy(record: DrillRecord, database: Database): Proven {
  const seconds = timeOf(record);
  if (seconds === null) return { state: 'proven', record, seconds, untimed: 'resumed' };
  if (!isOwnClass(record, database)) return { state: 'proven', record, seconds: null, untimed: 'other_class' };
  return { state: 'proven', record, seconds, untimed: null };
}

/** How long the restore of a drill takes as the database is today, however old the drill is; null when it does not say. */
export function knownSeconds(record: DrillRecord, database: Database): Seconds | null {
  return provenBy(record, database).seconds;
}

/** No time at all is worse than any time. */
function slowness({ seconds }: Proven): Seconds {
  return seconds ?? Number.POSITIVE_INFINITY;
}

/** How long the restore took; null when nobody watched all of it. */
function timeOf({ restoreSeconds, resumed }: DrillRecord): Seconds | null {
  return resumed > 0 ? null : restoreSeconds;
}

/**
 * Whether the drill restored into a class that the database runs on today. Into another it may take longer or shorter,
 * and which is not a matter of size alone, so that a time says nothing there.
 */
function isOwnClass({ conditions }: DrillRecord, { instanceClass, members }: Database): boolean {
  const classes = [instanceClass, ...members.map((member) => member.instanceClass)].filter((name) => name !== null);
  return classes.length === 0 ? !conditions.otherClass : classes.includes(conditions.instanceClass);
}

/** What AWS Backup restored stands in where no drill counts; what failed its validation later than a drill, before it. */
function besideTests(
  drilled: Proof,
  tests: readonly EndedTest[],
  options: { readonly at: Instant; readonly secondsMax: Seconds },
): Proof {
  const newest = tests.filter(({ endedAt }) => endedAt === tests.at(-1)?.endedAt);
  // Of several that end together the worst speaks.
  const test = newest.find(speaksAgainst) ?? newest.at(-1);
  if (test === undefined) return drilled;
  const drilledAt = 'record' in drilled ? drilled.record.endedAt : null;
  if (speaksAgainst(test)) {
    return drilledAt === null || test.endedAt >= drilledAt ? { state: 'test_failed', test } : drilled;
  }
  const stands = drilled.state === 'never' || drilled.state === 'stale';
  return stands && standsUp(test) && isFresh(test.endedAt, options) ? { state: 'tested', test } : drilled;
}

function isFresh(endedAt: Instant, { at, secondsMax }: { readonly at: Instant; readonly secondsMax: Seconds }) {
  return secondsBetween(endedAt, at) <= secondsMax && !liesAhead(endedAt, at);
}

/** Grade of one recovery point: what drills, and AWS Backup's restores, of exactly this point have shown. */
export function gradeOf(
  records: readonly DrillRecord[],
  point: Pick<RecoveryPoint, 'arn' | 'dataAt'>,
  seen: { readonly available: boolean; readonly tests?: readonly EndedTest[] },
): Grade {
  const drilled = records
    // A name may have held other data then.
    .filter(({ recoveryPoint }) => recoveryPoint.arn === point.arn && recoveryPoint.dataAt === point.dataAt)
    .filter(provesRestore)
    .map((record) => (askedData(record) ? record.grade : 'restored'));
  const tested = (seen.tests ?? [])
    .filter((test) => test.recoveryPointArn === point.arn && standsUp(test))
    .map((): Grade => 'restored');
  const floor: Grade = seen.available ? 'available' : 'exists';
  return [...drilled, ...tested].reduce<Grade>((best, grade) => (reaches(grade, best) ? grade : best), floor);
}

/**
 * Measured restore times of one group of drills: of one kind of restore, under one set of conditions.
 *
 * @param claim Whose times are wanted, if it has any: that of the newest survivor.
 */
export function restoreTimeOf(records: readonly DrillRecord[], claim: Claim | null = null): RestoreTime {
  const groups = restoreStatistics(timed(records));
  const wanted = groups.filter(({ group }) => group.claim === claim);
  const [first, ...rest] = wanted.length > 0 ? wanted : groups;
  if (first === undefined) return { p50: null, p95: null, n: 0, conditions: null };
  const newest = rest.reduce((a, b) => (b.newestAt > a.newestAt ? b : a), first);
  return { p50: newest.p50, p95: newest.p95, n: newest.n, conditions: conditionsOf(newest) };
}

/** What to expect of a restore at today's size, from the drills under the conditions of this one; null without a time. */
export function predictionFrom(
  record: DrillRecord,
  records: readonly DrillRecord[],
  { resourceId, storageGib }: Database,
): RestorePrediction | null {
  const [own] = restoreStatistics(timed([record]));
  const same = restoreStatistics(timed(records), { [resourceId]: storageGib }).find(
    ({ group }) => canonicalJson(group) === canonicalJson(own?.group ?? null),
  );
  return same?.prediction ?? null;
}

/** Only a restore that is proven, and was watched, has a time. */
function timed(records: readonly DrillRecord[]): readonly DrillRecord[] {
  return records.filter((record) => provesRestore(record) && timeOf(record) !== null);
}

function conditionsOf({ group }: RestoreStatistics): string {
  const { instanceClass, otherClass, broughtFrom } = group.conditions;
  return [
    `${group.claim} restore into ${instanceClass}${otherClass ? ', not its own class' : ''}`,
    ...(broughtFrom === null ? [] : [`copied from ${broughtFrom} first`]),
  ].join(', ');
}

function reaches(grade: Grade, wanted: Grade): boolean {
  return GRADES.indexOf(grade) >= GRADES.indexOf(wanted);
}

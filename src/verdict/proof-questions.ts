/**
 * The last two questions of a requirement: has a survivor's kind of restore been proven lately, and is it fast enough.
 *
 * Where no time is asked for, a drill that proves only that it restores will do. A restore time holds for the class, the
 * kind of restore and about the size it was measured at; it is never carried over to others.
 */

import { printDuration, type Seconds, secondsBetween } from '../core/time.ts';
import { type Claim, type DrillRecord, GRADES, type Grade } from '../drill/model.ts';
import { canBeQueried } from '../drill/probe.ts';
import { type Answer, answered, fallenShort, shortfall } from './answer.ts';
import type { Case } from './case.ts';
import type { Reason } from './document.ts';
import { gradeShown, knownSeconds, type Proof, type Proven, predictionFrom, proofFor } from './evidence.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import { proofRemedy, remedyFor } from './remedies.ts';
import type { EndedTest } from './restore-tests.ts';
import type { Survivor } from './survivors.ts';

/** Whether a survivor's kind of restore has been proven, recently and fast enough; no time where none is asked for. */
export function proofAnswers(
  input: Case,
  eligible: readonly Survivor[],
  drills: readonly DrillRecord[],
): readonly Answer[] {
  const claims = [...new Set(eligible.map(({ claim }) => claim))];
  const proofs = claims.map((claim) => proofFor(input, drills, claim));
  const proven = proofs.filter((proof) => proof.state === 'proven');
  const { proofGradeMin, rtoSecondsMax } = input.requirement;
  const proof = { requirement: 'restore_proof', wanted: proofGradeMin.value, origin: proofGradeMin.origin } as const;
  const timed = rtoSecondsMax.value !== null;
  const time = { requirement: 'restore_time', wanted: rtoSecondsMax.value ?? 0, origin: rtoSecondsMax.origin } as const;
  if (proven.length === 0) {
    const missing = fallenShort(
      { ...proof, found: null },
      advised(input, unprovenReason(input, { proofs, claims }), claims),
    );
    return timed ? [missing, unseenTime(input, missing, { time, proofs })] : [missing];
  }
  const shown = answered({ ...proof, found: bestGrade(proven) }, proven.map(idOf));
  return timed
    ? [shown, timeAnswer(input, proven, { claims, proofs, drills, time })]
    : [beside(shown, input, proven, drills)];
}

/** True when a proven restore meets the objective; where there is none, any does. */
export function isFastEnough({ seconds }: Proven, rtoSecondsMax: Seconds | null): boolean {
  return rtoSecondsMax === null || (seconds !== null && seconds <= rtoSecondsMax);
}

interface AskedTime {
  readonly requirement: 'restore_time';
  readonly wanted: Seconds;
  readonly origin: string;
}

/** True when a drill that is too old to count took longer than allowed: that it aged makes nothing faster. */
export function wasTooSlow(proof: Proof, { database, requirement, at }: Case): boolean {
  const { value: rto } = requirement.rtoSecondsMax;
  if (proof.state !== 'stale' || proof.record.endedAt > at || rto === null) return false;
  return (knownSeconds(proof.record, database) ?? 0) > rto;
}

/**
 * The time of a restore that nobody saw is not known. Advisory lets it pass with the proof, unless it was seen to be too
 * long once; a waiver of the proof does not, and where the proof itself stops the change it needs no reason of its own.
 */
function unseenTime(
  input: Case,
  missing: Answer,
  { time, proofs }: { readonly time: AskedTime; readonly proofs: readonly Proof[] },
): Answer {
  const asked = { ...time, found: null };
  if (missing.result !== 'advisory') return { ...answered(asked, []), result: 'unknown' };
  const allowed = `${printDuration(time.wanted)} allowed (${time.origin})`;
  const slow = drillOf(
    proofs.filter((proof) => wasTooSlow(proof, input)),
    'stale',
  );
  if (slow !== null) {
    const taken = knownSeconds(slow, input.database) ?? 0;
    const message = `the last drill, too old to count, took ${printDuration(taken)}, ${allowed}`;
    return shortfall(input, { ...time, found: taken }, 'restore_too_slow', message);
  }
  if (waivedProof(input) === null) return { ...answered(asked, []), result: 'advisory' };
  const message = `how long a restore takes is not known where none is proven; ${allowed}`;
  return shortfall(input, asked, 'restore_time_unproven', message);
}

/** Which lack of a proof a person let pass; null for none. At most one is: there is one question. */
export function waivedProof({ waived = [] }: Case): (typeof PROOF_LACKS)[number] | null {
  return PROOF_LACKS.find((code) => waived.includes(code)) ?? null;
}

const PROOF_LACKS = ['restore_never_proven', 'restore_proof_stale', 'restore_proof_weak'] as const;

function timeAnswer(
  input: Case,
  proven: readonly Proven[],
  {
    claims,
    proofs,
    drills,
    time,
  }: {
    readonly claims: readonly Claim[];
    readonly proofs: readonly Proof[];
    readonly drills: readonly DrillRecord[];
    readonly time: AskedTime;
  },
): Answer {
  const enough = proven.filter((proof) => isFastEnough(proof, time.wanted));
  const known = (enough.length > 0 ? enough : proven).flatMap(({ seconds }) => seconds ?? []);
  const asked = { ...time, found: known.length === 0 ? null : Math.min(...known) };
  if (enough.length > 0) return beside(answered(asked, enough.map(idOf)), input, enough, drills);
  const found = slowReason(proven, input);
  // Of a kind that is known to be too slow, nothing is missing.
  const isSlow = (proof: Proof) => (proof.state === 'proven' ? proof.seconds !== null : wasTooSlow(proof, input));
  const slow = proofs.flatMap((proof) => ('record' in proof && isSlow(proof) ? proof.record.claim : []));
  const missing = claims.filter((claim) => !slow.includes(claim));
  return fallenShort(asked, found.code === 'restore_time_unproven' ? advised(input, found, missing) : [found]);
}

/** An answer with what a person should know besides. */
function beside(answer: Answer, input: Case, enough: readonly Proven[], drills: readonly DrillRecord[]): Answer {
  return { ...answer, reasons: outgrownReasons(input, enough, drills) };
}

function idOf({ record }: Proven): string {
  return `drill:${record.drillId}`;
}

function bestGrade(proven: readonly Proven[]): Grade {
  const shown = proven.map(({ record }) => gradeShown(record));
  return shown.reduce((a, b) => (GRADES.indexOf(b) > GRADES.indexOf(a) ? b : a), 'restored');
}

/**
 * Advisory lets a missing proof pass, for a survivor of a claim that it is said of; a restore that failed is not missing,
 * it says that it does not work.
 */
function advised({ requirement: { restoreProof } }: Case, found: Reason, claims: readonly Claim[]): readonly Reason[] {
  const lenient = claims.map((claim) => restoreProof[claim]).find(({ value }) => value === 'advisory');
  if (lenient === undefined || found.code === 'restore_failed') return [found];
  return [reason('proof_advisory', `${found.message}; advisory by ${lenient.origin}`, { remedy: found.remedy })];
}

/** Why none of the claims is proven: what speaks against it first, then what comes nearest. */
function unprovenReason(
  input: Case,
  { proofs, claims }: { readonly proofs: readonly Proof[]; readonly claims: readonly Claim[] },
): Reason {
  const { database, requirement, at } = input;
  const write = (code: ReasonCode, message: string, remedy = proofRemedy(code, input, claims)) =>
    reason(code, message, { remedy });
  const failed = drillOf(proofs, 'failed');
  const weak = drillOf(proofs, 'weak');
  const stale = drillOf(proofs, 'stale');
  const against = testOf(proofs, 'test_failed');
  const tested = testOf(proofs, 'tested');
  if (failed !== null)
    return write('restore_failed', `drill ${failed.drillId} failed: ${failed.cause ?? 'a probe did not pass'}`);
  if (against !== null) {
    const remedy = `see in AWS Backup why, mend it and drill it:\nmuster drill run ${database.identifier}`;
    return write('restore_failed', failedTest(against), remedy);
  }
  if (weak !== null)
    return write(
      'restore_proof_weak',
      weakness(weak, requirement.proofGradeMin),
      canBeQueried(weak.conditions.engine) ? undefined : BY_HAND,
    );
  if (tested !== null) {
    const message = `${jobOf(tested)} restored it, but Muster saw no answer from the data; no drill has`;
    return write('restore_proof_weak', message);
  }
  if (stale !== null && stale.endedAt > at)
    return write('restore_proof_stale', `drill ${stale.drillId} ends at ${stale.endedAt}, which is yet to come`);
  if (stale !== null) {
    const age = printDuration(secondsBetween(stale.endedAt, at));
    const { value, origin } = requirement.proofSecondsMax[stale.claim];
    return write('restore_proof_stale', `the last drill was ${age} ago, ${printDuration(value)} allowed (${origin})`);
  }
  return write('restore_never_proven', `no drill has ever restored ${database.identifier} from such a recovery point`);
}

const BY_HAND = 'have a person restore and question it, and let the policy say proofGrade: restored for it';

function drillOf(proofs: readonly Proof[], state: 'failed' | 'weak' | 'stale'): DrillRecord | null {
  for (const proof of proofs) if (proof.state === state) return proof.record;
  return null;
}

function testOf(proofs: readonly Proof[], state: 'tested' | 'test_failed'): EndedTest | null {
  for (const proof of proofs) if (proof.state === state) return proof.test;
  return null;
}

function failedTest(test: EndedTest): string {
  const how = test.validation === 'failed' ? 'failed its validation' : 'was not validated in time';
  const said = test.validationMessage === null ? '' : `: ${test.validationMessage}`;
  return `what ${jobOf(test)} restored ${how}${said}`;
}

function jobOf({ jobId, testingPlanArn }: EndedTest): string {
  return `AWS Backup's ${testingPlanArn === null ? 'restore job' : 'restore test'} ${jobId}`;
}

function weakness(record: DrillRecord, { value: wanted, origin }: Case['requirement']['proofGradeMin']): string {
  const { drillId, probes, conditions } = record;
  const restored = `drill ${drillId} restored it but`;
  if (wanted === 'compared' && gradeShown(record) === 'queried')
    return `drill ${drillId} questioned it but compared nothing with a figure from outside the copy, which is wanted (${origin})`;
  if (!canBeQueried(conditions.engine)) return `${restored} no driver of Muster questions ${conditions.engine}`;
  return probes.length === 0 ? `${restored} asked the data nothing` : `${restored} asked only what could not go wrong`;
}

/** Why none of the proven restores is known to be fast enough; one without a time may be, so nothing is said against it. */
function slowReason(proven: readonly Proven[], input: Case): Reason {
  const { value: rto, origin } = input.requirement.rtoSecondsMax;
  const allowed = `${printDuration(rto ?? 0)} allowed (${origin})`;
  const write = (code: ReasonCode, message: string) => reason(code, message, { remedy: remedyFor(code, input) });
  const untimed = proven.find(({ seconds }) => seconds === null);
  if (untimed !== undefined) {
    const why = untimedWords(untimed);
    return write(
      'restore_time_unproven',
      `drill ${untimed.record.drillId} proves that it restores, not how long that takes: ${why}; ${allowed}`,
    );
  }
  const taken = Math.min(...proven.map(({ seconds }) => seconds ?? Number.POSITIVE_INFINITY));
  return write('restore_too_slow', `the proven restore takes ${printDuration(taken)}, ${allowed}`);
}

function untimedWords({ untimed, record }: Proven): string {
  if (untimed === 'other_class') {
    const took = printDuration(record.restoreSeconds ?? 0);
    return `it took ${took} in ${record.conditions.instanceClass}, a class that the database does not run on`;
  }
  return record.resumed > 0 ? 'it was picked up again after a stop' : 'nobody timed it';
}

/** What grew since it was measured: said only where each restore that is fast enough was measured on much less. */
function outgrownReasons(input: Case, proven: readonly Proven[], drills: readonly DrillRecord[]): readonly Reason[] {
  const outgrown = proven.map((proof) => outgrownWords(input, proof, drills));
  const [first] = outgrown;
  if (first === undefined || first === null || outgrown.includes(null)) return [];
  return [reason('restore_time_outgrown', first, { remedy: remedyFor('restore_time_outgrown', input) })];
}

function outgrownWords(
  { database, requirement }: Case,
  { record, seconds }: Proven,
  drills: readonly DrillRecord[],
): string | null {
  const prediction = seconds === null ? null : predictionFrom(record, drills, database);
  if (prediction === null || prediction.storageGib === null) return null;
  const today = `today's size is ${prediction.storageGib} GiB`;
  const measured = record.conditions.storageGib;
  const { value: rto, origin } = requirement.rtoSecondsMax;
  if (rto !== null && prediction.basis === 'size' && prediction.seconds > rto) {
    const expected = printDuration(prediction.seconds);
    return `${today}, at which a restore is expected to take ${expected}, ${printDuration(rto)} allowed (${origin})`;
  }
  return prediction.beyond && measured !== null ? `restore time was measured at ${measured} GiB, ${today}` : null;
}

/**
 * The last two questions of a requirement: has a survivor's kind of restore been proven lately, and is it fast enough.
 *
 * Where no time is asked for, a drill that proves only that it restores will do. A restore time holds for the class, the
 * kind of restore and about the size it was measured at; it is never carried over to others.
 */

import { printDuration, type Seconds, secondsBetween } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import { canBeQueried } from '../drill/probe.ts';
import type { Case } from './case.ts';
import type { Reason } from './document.ts';
import { type Proof, type Proven, predictionFrom, proofFor } from './evidence.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import { remedyFor } from './remedies.ts';
import type { EndedTest } from './restore-tests.ts';
import type { Survivor } from './survivors.ts';

/** Whether a survivor's kind of restore has been proven, recently and fast enough. */
export function proofReasons(
  input: Case,
  eligible: readonly Survivor[],
  drills: readonly DrillRecord[],
): readonly Reason[] {
  const claims = [...new Set(eligible.map(({ claim }) => claim))];
  const proofs = claims.map((claim) => proofFor(input, drills, claim));
  const proven = proofs.filter((proof) => proof.state === 'proven');
  if (proven.length === 0) return advised(input, unprovenReason(proofs, input));
  const rto = input.requirement.rtoSecondsMax.value;
  const enough = proven.filter((proof) => isFastEnough(proof, rto));
  if (enough.length > 0) return outgrownReasons(input, enough, drills);
  const found = slowReason(proven, input);
  return found.code === 'restore_time_unproven' ? advised(input, found) : [found];
}

/** True when a proven restore meets the objective; where there is none, any does. */
export function isFastEnough({ seconds }: Proven, rtoSecondsMax: Seconds | null): boolean {
  return rtoSecondsMax === null || (seconds !== null && seconds <= rtoSecondsMax);
}

/** Advisory lets a missing proof pass; a restore that failed is not missing, it says that it does not work. */
function advised({ requirement: { restoreProof } }: Case, found: Reason): readonly Reason[] {
  if (restoreProof.value === 'required' || found.code === 'restore_failed') return [found];
  return [reason('proof_advisory', `${found.message}; advisory by ${restoreProof.origin}`, { remedy: found.remedy })];
}

/** Why none of the claims is proven: what speaks against it first, then what comes nearest. */
function unprovenReason(proofs: readonly Proof[], { database, requirement, at }: Case): Reason {
  const write = (code: ReasonCode, message: string, remedy = remedyFor(code, database)) =>
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
    return write('restore_proof_weak', weakness(weak), canBeQueried(weak.conditions.engine) ? undefined : BY_HAND);
  if (tested !== null) {
    const message = `${jobOf(tested)} restored it, but Muster saw no answer from the data; no drill has`;
    return write('restore_proof_weak', message);
  }
  if (stale !== null && stale.endedAt > at)
    return write('restore_proof_stale', `drill ${stale.drillId} ends at ${stale.endedAt}, which is yet to come`);
  if (stale !== null) {
    const age = printDuration(secondsBetween(stale.endedAt, at));
    const allowed = printDuration(requirement.proofSecondsMax.value);
    return write(
      'restore_proof_stale',
      `the last drill was ${age} ago, ${allowed} allowed (${requirement.proofSecondsMax.origin})`,
    );
  }
  return write('restore_never_proven', `no drill has ever restored ${database.identifier} from such a recovery point`);
}

const BY_HAND = 'have a person restore and question it, and let the policy say restoreProof: advisory for it';

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

function weakness({ drillId, probes, conditions }: DrillRecord): string {
  const restored = `drill ${drillId} restored it but`;
  if (!canBeQueried(conditions.engine)) return `${restored} no driver of Muster questions ${conditions.engine}`;
  return probes.length === 0 ? `${restored} asked the data nothing` : `${restored} asked only what could not go wrong`;
}

/** Why none of the proven restores is known to be fast enough; one without a time may be, so nothing is said against it. */
function slowReason(proven: readonly Proven[], { database, requirement }: Case): Reason {
  const { value: rto, origin } = requirement.rtoSecondsMax;
  const allowed = `${printDuration(rto ?? 0)} allowed (${origin})`;
  const write = (code: ReasonCode, message: string) => reason(code, message, { remedy: remedyFor(code, database) });
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
  return [reason('restore_time_outgrown', first, { remedy: remedyFor('restore_time_outgrown', input.database) })];
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

/**
 * The questions a requirement asks, in order: does enough survive, is it recent enough, has its kind of restore
 * been proven lately, and is that fast enough.
 *
 * Each is asked only of what the one before left over, so that one and the same survivor must meet them all.
 */

import { printDuration, secondsBetween } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import { pointsOf } from '../survival/survive.ts';
import type { Case } from './case.ts';
import type { Reason } from './document.ts';
import { type Proof, proofOf } from './evidence.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import { remedyFor } from './remedies.ts';
import type { Survivor } from './survivors.ts';

/** What was found to survive, and the drills that may speak for it. */
export interface Observed {
  /** Survivors outside the change: the only ones that count. */
  readonly counted: readonly Survivor[];
  readonly survivors: readonly Survivor[];
  readonly drills: readonly DrillRecord[];
}

/** The chain of questions; where survival falls short, the proof is asked of what there is, so both can be mended at once. */
export function requirementReasons(input: Case, observed: Observed): readonly Reason[] {
  const { counted, drills } = observed;
  const shortfall = countShortfall(input, observed) ?? ageShortfall(input, counted);
  if (shortfall !== null)
    return [shortfall, ...(drills.length === 0 || counted.length > 0 ? proofReasons(input, counted, drills) : [])];
  const rpo = input.requirement.rpoSecondsMax.value;
  return proofReasons(
    input,
    counted.filter(({ view }) => view.dataLossSeconds !== null && view.dataLossSeconds <= rpo),
    drills,
  );
}

/** Why too few recovery points survive outside the change; null when enough do. */
function countShortfall({ database, requirement, survival }: Case, { counted, survivors }: Observed): Reason | null {
  const { value: wanted, origin } = requirement.survivorsOutsidePlanMin;
  if (counted.length >= wanted) return null;
  const write = (code: ReasonCode, message: string) => reason(code, message, { remedy: remedyFor(code, database) });
  const unsure = pointsOf(survival.after, database).filter(({ fate }) => fate.word === 'unknown');
  if (unsure.length > 0) {
    return write(
      'survival_unknown',
      `whether these survive is not known: ${unsure.map(({ point }) => point.id).join(', ')}`,
    );
  }
  if (survivors.length === 0) {
    return write(
      'no_survivor',
      `no recovery point of ${database.identifier} outlives this; everything in it would be lost`,
    );
  }
  return write(
    'survivor_only_in_plan',
    `${counted.length} survive outside the change itself, ${wanted} wanted (${origin})`,
  );
}

/** Why the survivors' data are too old, or may be; null when one is recent enough. */
function ageShortfall({ database, requirement }: Case, counted: readonly Survivor[]): Reason | null {
  const losses = counted.map(({ view }) => view.dataLossSeconds).filter((seconds) => seconds !== null);
  const write = (code: ReasonCode, message: string) => reason(code, message, { remedy: remedyFor(code, database) });
  if (losses.length === 0) return write('data_loss_unknown', 'AWS does not say from when the surviving data are');
  const { value: rpo, origin } = requirement.rpoSecondsMax;
  const least = losses.reduce((a, b) => Math.min(a, b));
  if (least <= rpo) return null;
  const undated = counted.filter(({ view }) => view.dataLossSeconds === null).map(({ view }) => view.id);
  if (undated.length > 0)
    return write(
      'data_loss_unknown',
      `AWS does not say from when these are, and the rest is too old: ${undated.join(', ')}`,
    );
  return write(
    'data_loss_exceeded',
    `the newest survivor would lose ${printDuration(least)} of work, ${printDuration(rpo)} allowed (${origin})`,
  );
}

/** Whether a survivor's kind of restore has been proven, recently and fast enough. */
function proofReasons(input: Case, eligible: readonly Survivor[], drills: readonly DrillRecord[]): readonly Reason[] {
  const { database, requirement, at } = input;
  const options = { at, secondsMax: requirement.proofSecondsMax.value };
  const claims = [...new Set(eligible.map(({ claim }) => claim))];
  const proofs = claims.map((claim) => proofOf(drills, claim, options));
  const times = proofs.flatMap(({ state, record }) => (state === 'proven' ? [record.restoreSeconds] : []));
  if (times.length === 0) {
    const found = proofReason(proofs, input);
    // Advisory lets a missing proof pass; a drill that failed is not missing, it says that the restore does not work.
    if (requirement.restoreProof.value === 'required' || found.code === 'restore_failed') return [found];
    return [
      reason('proof_advisory', `${found.message}; advisory by ${requirement.restoreProof.origin}`, {
        remedy: found.remedy,
      }),
    ];
  }
  const { value: rto, origin } = requirement.rtoSecondsMax;
  const taken = Math.min(...times);
  if (rto === null || taken <= rto) return [];
  const message = `the proven restore takes ${printDuration(taken)}, ${printDuration(rto)} allowed (${origin})`;
  return [reason('restore_too_slow', message, { remedy: remedyFor('restore_too_slow', database) })];
}

function proofReason(proofs: readonly Proof[], { database, requirement, at }: Case): Reason {
  const by = (state: Proof['state']) => proofs.find((proof) => proof.state === state)?.record ?? null;
  const weak = by('weak');
  const stale = by('stale');
  const failed = by('failed');
  const write = (code: ReasonCode, message: string) => reason(code, message, { remedy: remedyFor(code, database) });
  if (failed !== null)
    return write('restore_failed', `drill ${failed.drillId} failed: ${failed.cause ?? 'a probe did not pass'}`);
  if (weak !== null) return write('restore_proof_weak', `drill ${weak.drillId} restored it but asked the data nothing`);
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

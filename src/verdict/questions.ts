/**
 * The questions a requirement asks of one database, and the answers: does enough survive, far enough away, long enough,
 * is it recent enough, has its kind of restore been proven lately, and is that fast enough (`proof-questions.ts`).
 *
 * Age, proof and time are each asked only of what the one before left over, so that one and the same survivor must meet
 * them all. What nobody could ask, because nothing is left to ask it of, is not known; but where nothing at all survives,
 * all work is lost.
 */

import { printDuration } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import { pointsOf } from '../survival/survive.ts';
import { type Answer, answered, shortfall } from './answer.ts';
import type { Case } from './case.ts';
import { distanceAnswers } from './distance-questions.ts';
import type { Reason } from './document.ts';
import { proofAnswers } from './proof-questions.ts';
import { survivorGaps } from './side-reasons.ts';
import type { Survivor } from './survivors.ts';

/** What was found to survive, and the drills that may speak for it. */
export interface Observed {
  /** Survivors outside the change that last until somebody notices: the only ones that count. */
  readonly counted: readonly Survivor[];
  /** Survivors outside the change, however soon they end. */
  readonly outside: readonly Survivor[];
  readonly survivors: readonly Survivor[];
  readonly drills: readonly DrillRecord[];
}

/** Every answer; where survival falls short, the proof is asked of what there is, so both can be mended at once. */
export function answersOf(input: Case, observed: Observed): readonly Answer[] {
  const { counted, drills } = observed;
  const enough = countAnswer(input, observed);
  const further = enough.reasons.length > 0 ? [] : distanceAnswers(input, counted, drills);
  const recent = enough.reasons.length > 0 ? unasked(input, enough) : ageAnswer(input, counted);
  const short = enough.reasons.length > 0 || recent.reasons.length > 0;
  const rpo = input.requirement.rpoSecondsMax.value;
  const eligible = short
    ? counted
    : counted.filter(({ view }) => view.dataLossSeconds !== null && view.dataLossSeconds <= rpo);
  const proofs = proofAnswers(input, eligible, drills);
  // Where others have been drilled and nothing survives, that nothing is proven says nothing new.
  const quiet = short && drills.length > 0 && counted.length === 0;
  return [enough, ...further, recent, ...(quiet ? proofs.map((proof) => ({ ...proof, reasons: [] })) : proofs)];
}

/** The reasons among the answers. */
export function requirementReasons(input: Case, observed: Observed): readonly Reason[] {
  return answersOf(input, observed).flatMap(({ reasons }) => reasons);
}

/** Whether enough recovery points survive outside the change. */
function countAnswer(input: Case, { counted, outside, survivors }: Observed): Answer {
  const { database, requirement, survival, at } = input;
  const { value: wanted, origin } = requirement.survivorsMin.outside_plan;
  const asked = { requirement: 'survivors_outside_plan', wanted, found: counted.length, origin } as const;
  const evidence = counted.map(({ view }) => view.id);
  if (counted.length >= wanted) return answered(asked, evidence);
  const unsure = pointsOf(survival.after, database).filter(({ fate }) => fate.word === 'unknown');
  if (unsure.length > 0) {
    const ids = unsure.map(({ point }) => point.id).join(', ');
    return shortfall(input, asked, 'survival_unknown', `whether these survive is not known: ${ids}`);
  }
  if (survivors.length === 0) {
    const message = `no recovery point of ${database.identifier} outlives this; everything in it would be lost`;
    return shortfall(input, asked, 'no_survivor', message);
  }
  if (outside.length >= wanted) {
    const { value: detection, origin: by } = requirement.detectionSeconds;
    const ends = outside.flatMap(({ view }) => view.expiresAt ?? []).sort();
    const message = `${outside.length} survive, but ${counted.length} for the ${printDuration(detection)} until somebody would notice (${by}), ${wanted} wanted; the first ends at ${ends[0] ?? at}`;
    return shortfall(input, asked, 'survivors_end_too_soon', message);
  }
  const message = `${outside.length} survive outside the change itself, ${wanted} wanted (${origin})`;
  return shortfall(input, asked, 'survivor_only_in_plan', message);
}

/** What to say of the age of the data where too few are left to ask it of: where none is at all, everything would be lost. */
function unasked({ requirement, inventory, database }: Case, enough: Answer): Answer {
  const { value: wanted, origin } = requirement.rpoSecondsMax;
  const none = enough.reasons.some(({ code }) => code === 'no_survivor');
  const result = none && survivorGaps(inventory.gaps, database).length === 0 ? 'not_met' : 'unknown';
  return { ...answered({ requirement: 'data_loss', wanted, found: null, origin }, []), result };
}

/** Whether one survivor's data are recent enough. */
function ageAnswer(input: Case, counted: readonly Survivor[]): Answer {
  const { value: rpo, origin } = input.requirement.rpoSecondsMax;
  const losses = counted.map(({ view }) => view.dataLossSeconds).filter((seconds) => seconds !== null);
  const asked = { requirement: 'data_loss', wanted: rpo, found: null, origin } as const;
  if (losses.length === 0)
    return shortfall(input, asked, 'data_loss_unknown', 'AWS does not say from when the surviving data are');
  const least = losses.reduce((a, b) => Math.min(a, b));
  const found = { ...asked, found: least };
  if (least <= rpo) {
    return answered(
      found,
      counted.filter(({ view }) => view.dataLossSeconds === least).map(({ view }) => view.id),
    );
  }
  const undated = counted.filter(({ view }) => view.dataLossSeconds === null).map(({ view }) => view.id);
  if (undated.length > 0) {
    const message = `AWS does not say from when these are, and the rest is too old: ${undated.join(', ')}`;
    return shortfall(input, found, 'data_loss_unknown', message);
  }
  const message = `the newest survivor would lose ${printDuration(least)} of work, ${printDuration(rpo)} allowed (${origin})`;
  return shortfall(input, found, 'data_loss_exceeded', message);
}

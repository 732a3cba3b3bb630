/**
 * The questions a requirement asks, in order: does enough survive, is it recent enough, has its kind of restore
 * been proven lately, and is that fast enough (`proof-reasons.ts`).
 *
 * Each is asked only of what the one before left over, so that one and the same survivor must meet them all.
 */

import { printDuration } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import { pointsOf } from '../survival/survive.ts';
import type { Case } from './case.ts';
import type { Reason } from './document.ts';
import { proofReasons } from './proof-reasons.ts';
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

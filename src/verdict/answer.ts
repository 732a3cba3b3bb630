/**
 * The answer to one question of a requirement: what was asked, what was found, what shows it, and the reasons where it
 * falls short.
 *
 * The one place where a shortfall becomes a result; nothing here knows what is asked.
 */

import type { Case } from './case.ts';
import type { Reason, RequirementView } from './document.ts';
import { reason } from './reason.ts';
import { REASONS, type ReasonCode } from './reasons.ts';
import { remedyFor } from './remedies.ts';

/** A requirement as answered. */
export interface Answer extends RequirementView {
  /** Why it falls short, or what a person should know of it; empty when it is plainly met. */
  readonly reasons: readonly Reason[];
}

/** What was asked, and what was found. */
export interface Asked extends Pick<RequirementView, 'requirement' | 'wanted' | 'found' | 'origin'> {
  /** For `survivors_after_loss` only. */
  readonly loss?: string;
}

/** A question that is met by this evidence. */
export function answered(
  { requirement, wanted, found, origin, loss = '' }: Asked,
  evidence: readonly string[],
): Answer {
  const named = loss === '' ? null : loss;
  return { requirement, loss: named, wanted, found, origin, result: 'met', evidence, reasons: [] };
}

/** A question that falls short, for one reason. */
export function shortfall(input: Case, asked: Asked, code: ReasonCode, message: string): Answer {
  return fallenShort(asked, [reason(code, message, { remedy: remedyFor(code, input) })]);
}

/** A question that falls short for these reasons; the worst of them is the result. */
export function fallenShort(asked: Asked, reasons: readonly Reason[], evidence: readonly string[] = []): Answer {
  return { ...answered(asked, evidence), result: resultOf(reasons), reasons };
}

function resultOf(reasons: readonly Reason[]): Answer['result'] {
  const forced = reasons.map(({ code }) => REASONS[code].forces);
  if (forced.includes('not_ready')) return 'not_met';
  if (forced.includes('unknown')) return 'unknown';
  return reasons.some(({ code }) => code === 'proof_advisory') ? 'advisory' : 'met';
}

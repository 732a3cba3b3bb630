/**
 * Reasons as data: written with the weight their code has, ordered, and combined worst first.
 *
 * The one place where reasons become a verdict word. Nothing here knows what a reason is about.
 */

import type { Reason, VerdictWord } from './document.ts';
import { REASON_CODES, REASONS, type ReasonCode } from './reasons.ts';

/** A reason with the weight its code has in the catalogue. */
export function reason(
  code: ReasonCode,
  message: string,
  options: { readonly remedy?: string | null; readonly source?: string | null } = {},
): Reason {
  const { remedy = null, source = null } = options;
  return { code, severity: REASONS[code].severity, message, remedy, source };
}

/** The worst verdict that the reasons force; `ready` when none forces anything. */
export function verdictOf(reasons: readonly Reason[]): VerdictWord {
  const forced = reasons.map(({ code }) => REASONS[code].forces);
  if (forced.includes('not_ready')) return 'not_ready';
  return forced.includes('unknown') ? 'unknown' : 'ready';
}

/** The worst of several verdicts; no verdict at all is `unknown`, because nothing was judged. */
export function worstOf(verdicts: readonly VerdictWord[]): VerdictWord {
  if (verdicts.length === 0) return 'unknown';
  if (verdicts.includes('not_ready')) return 'not_ready';
  return verdicts.includes('unknown') ? 'unknown' : 'ready';
}

/** The weightiest first; equals in the order of the catalogue. */
export function inOrder(reasons: readonly Reason[]): readonly Reason[] {
  return [...reasons].sort(
    (a, b) => weight(a) - weight(b) || REASON_CODES.indexOf(a.code) - REASON_CODES.indexOf(b.code),
  );
}

function weight({ code }: Reason): number {
  const { forces, severity } = REASONS[code];
  if (forces !== null) return forces === 'not_ready' ? 0 : 1;
  return severity === 'warn' ? 2 : 3;
}

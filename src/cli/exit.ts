/**
 * Exit codes of answers; those of errors stand in the error catalogue.
 *
 * Any non-zero is safe to treat as "stop": 1 and 2 are answers, 10 and above are Muster's own failures.
 */

import type { DecisionDocument, VerdictWord } from '../verdict/document.ts';

/** An answer's exit code. */
export type ExitCode = 0 | 1 | 2 | 3 | 13 | 14 | 130;

/** Ready, but nobody has approved this change. */
export const EXIT_NOT_APPROVED = 3;
/** Stopped by Ctrl-C, after cleaning up. */
export const EXIT_INTERRUPTED = 130;

/** The exit code of a verdict. */
export function exitOf(verdict: VerdictWord): ExitCode {
  switch (verdict) {
    case 'ready':
      return 0;
    case 'not_ready':
      return 1;
    case 'unknown':
      return 2;
  }
}

/** What a decision's exit code follows from. */
type Decided = Pick<DecisionDocument, 'decision' | 'verdict'> & Partial<Pick<DecisionDocument, 'checklist'>>;

/** The exit code of a decision; `requireApproval` holds a `review` back until its checklist shows a receipt. */
export function exitOfDecision({ decision, verdict, checklist = [] }: Decided, requireApproval: boolean): ExitCode {
  const approved = checklist.some(({ point, result }) => point === 'human_approval' && result === 'pass');
  return decision === 'review' && requireApproval && !approved ? EXIT_NOT_APPROVED : exitOf(verdict);
}

/**
 * What one side of an entry amounts to: a class and the steps behind it, and how several become one.
 *
 * An entry can be two things at once (a replacement with a word nobody knows); the worst class wins and no
 * step is dropped. Source: the order of `CHANGE_CLASSES` in `../action.ts`, worst first.
 */

import { type Action, CHANGE_CLASSES, type ChangeClass, type Target } from '../action.ts';

/** A class and the API-level steps that led to it. */
export interface Finding {
  readonly class: ChangeClass;
  readonly steps: readonly Action[];
}

/** Several findings about one entry as one; no finding at all is `none`. */
export function worstOf(findings: readonly Finding[]): Finding {
  const classes = new Set(findings.map((finding) => finding.class));
  return {
    class: CHANGE_CLASSES.find((candidate) => classes.has(candidate)) ?? 'none',
    steps: findings.flatMap((finding) => finding.steps),
  };
}

/**
 * Something that this reader cannot translate: judged as unknown, never dropped.
 *
 * @param subject The thing as far as the document names it, or its address.
 * @param why In words, without any attribute value.
 */
export function notUnderstood(subject: Target | string, why: string): Finding {
  const target =
    typeof subject === 'string' ? { arn: null, resourceId: null, identifier: subject, scope: null } : subject;
  return { class: 'unknown', steps: [{ kind: 'opaque', target, why }] };
}

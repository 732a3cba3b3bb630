/**
 * A decision as one screen that a tired person can act on.
 *
 * Order: what to do, why, each database with what remains of it and what would help, the checklist, what was not
 * seen, and last what the decision is bound to. Given the decision document; adds no judgement of its own.
 */

import { printInstant } from '../core/time.ts';
import type { ChecklistPoint, Checkpoint, DecisionDocument, Reason } from '../verdict/document.ts';
import { CHECKPOINTS } from '../verdict/document.ts';
import { renderDatabase, renderReason } from './database-text.ts';
import { renderGaps } from './gaps-text.ts';
import { clean, cutTo, hanging, REPORT_WIDTH, wrap } from './layout.ts';
import type { Paint } from './style.ts';
import type { TextContext } from './text-context.ts';
import { CHECKPOINT_WORDS, countOf, placeOf, shortDigest, VERDICT_WORDS } from './words.ts';

/** The decision, ending in a line break. */
export function renderDecision(document: DecisionDocument, paint: Paint, width: number = REPORT_WIDTH): string {
  const context: TextContext = { at: document.at, paint, width };
  const own = reasonsOfNoDatabase(document);
  const sections = [
    [...headline(document, paint), ...wrap(whyInOneSentence(document), width)],
    own.flatMap((reason) => renderReason(reason, context)),
    ...document.databases.map((view) => renderDatabase(view, context)),
    renderChecklist(document.checklist, context),
    renderGaps(document.gaps, paint, width),
    renderBinding(document, context),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

/**
 * Why the decision is what it is, in one sentence.
 *
 * @returns Text that may hold untrusted parts; the caller cleans it.
 */
export function whyInOneSentence(document: DecisionDocument): string {
  if (document.decision === 'review') {
    return 'Ready: what this touches can be brought back. A person must still approve this change; Muster never does.';
  }
  if (document.decision === 'allow') return 'Nothing here destroys, disarms or mistakes a database.';
  const reasons = allReasons(document);
  const blocking = reasons.filter((reason) => reason.severity === 'block');
  const [first, ...others] = blocking.length > 0 ? blocking : reasons;
  if (first === undefined) return 'Stop: nothing here shows that this is safe.';
  return `Stop: ${first.message}${others.length === 0 ? '.' : ` (and ${countOf(others.length, 'more reason')}).`}`;
}

/** The reasons that belong to no database of the document, which repeats none of theirs. */
export function reasonsOfNoDatabase(document: DecisionDocument): Reason[] {
  const theirs = new Set(document.databases.flatMap((view) => view.reasons.map(reasonKey)));
  return document.reasons.filter((reason) => !theirs.has(reasonKey(reason)));
}

function allReasons(document: DecisionDocument): Reason[] {
  return [...reasonsOfNoDatabase(document), ...document.databases.flatMap((view) => view.reasons)];
}

function reasonKey({ code, message }: Reason): string {
  return JSON.stringify([code, message]);
}

function headline({ decision, verdict }: DecisionDocument, paint: Paint): string[] {
  const colour = { block: paint.red, review: paint.yellow, allow: paint.green }[decision];
  return [`${paint.bold(colour(decision.toUpperCase()))}  verdict: ${VERDICT_WORDS[verdict]}`];
}

/**
 * Eight points, whatever the document holds: a point that is missing was not checked, so it is unknown. What passed gets
 * one line; what did not says why in full.
 */
function renderChecklist(checklist: readonly ChecklistPoint[], { paint, width }: TextContext): string[] {
  const lines = CHECKPOINTS.flatMap((point) => {
    const found = checklist.find((entry) => entry.point === point);
    const result = found?.result ?? 'unknown';
    const brush = { pass: paint.green, fail: paint.red, unknown: paint.yellow }[result];
    const label = `  ${result.padEnd(7)}  ${checkpointLabel(point)}  `;
    const evidence = clean(tellingEvidence(found?.evidence ?? []) ?? 'no evidence');
    const shown = result === 'pass' ? cutTo(evidence, width - label.length) : evidence;
    return hanging(label, shown, width).map((line, index) =>
      index === 0 ? line.replace(result, brush(result)) : line,
    );
  });
  return [paint.bold('checklist'), ...lines];
}

/** The line that weighs most: a contradiction, then an assumption, then whatever there is. */
function tellingEvidence(evidence: readonly string[]): string | undefined {
  const opening = (word: string) => evidence.find((line) => line.startsWith(word));
  return opening('contradicted:') ?? opening('assumed:') ?? evidence[0];
}

function checkpointLabel(point: Checkpoint): string {
  return CHECKPOINT_WORDS[point].padEnd(Math.max(...Object.values(CHECKPOINT_WORDS).map((word) => word.length)));
}

function renderBinding(document: DecisionDocument, { paint, width }: TextContext): string[] {
  const digests = `change ${shortDigest(document.changeDigest)}, inventory ${shortDigest(document.inventoryDigest)}, policy ${shortDigest(document.policyDigest)}`;
  return [
    ...hanging('valid  ', `from ${printInstant(document.at)} until ${printInstant(document.validUntil)}`, width),
    ...hanging('asked  ', `by ${document.principal} about ${placeOf(document.scope)}`, width),
    ...hanging('bound  ', digests, width),
  ].map(paint.dim);
}

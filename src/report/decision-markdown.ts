/**
 * A decision as GitHub Flavored Markdown, for a comment under a change or a CI job summary.
 *
 * Says what `decision-text.ts` says, in the same order; long lists fold away. Given the decision document; every
 * identifier is code and every message is escaped.
 */

import { type Instant, printInstant } from '../core/time.ts';
import { CHECKPOINTS, type DatabaseView, type DecisionDocument } from '../verdict/document.ts';
import {
  markdownCasualties,
  markdownFacts,
  markdownFold,
  markdownGaps,
  markdownReason,
  markdownSaving,
  markdownSurvivors,
  markdownTitle,
  markdownWaivers,
} from './database-markdown.ts';
import { reasonsOfNoDatabase, whyInOneSentence } from './decision-text.ts';
import { escapeMarkdown, inlineCode, markdownTable } from './markdown.ts';
import { CHECKPOINT_WORDS, placeOf, VERDICT_WORDS } from './words.ts';

/** The decision, ending in a line break. */
export function renderDecisionMarkdown(document: DecisionDocument): string {
  const parts = [
    `## Muster: ${document.decision.toUpperCase()} (${VERDICT_WORDS[document.verdict]})`,
    escapeMarkdown(whyInOneSentence(document)),
    ...reasonsOfNoDatabase(document).map(markdownReason),
    ...document.databases.flatMap((view) => renderDatabase(view, document.at)),
    renderChecklist(document),
    markdownGaps(document.gaps),
    renderBinding(document),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function renderDatabase(view: DatabaseView, at: Instant): string[] {
  return [
    markdownTitle(view, 3),
    ...markdownWaivers(view, at),
    markdownFacts(view),
    ...markdownSurvivors(view, at),
    ...markdownCasualties(view),
    ...markdownSaving(view.wouldHaveSaved ?? null),
    ...view.reasons.map(markdownReason),
  ];
}

function renderChecklist({ checklist }: DecisionDocument): string {
  const rows = CHECKPOINTS.map((point) => {
    const found = checklist.find((entry) => entry.point === point);
    const evidence = found?.evidence.map(escapeMarkdown).join('<br>') || 'no evidence';
    return [found?.result ?? 'unknown', CHECKPOINT_WORDS[point], evidence];
  });
  return markdownFold('Checklist', markdownTable(['result', 'point', 'evidence'], rows));
}

function renderBinding(document: DecisionDocument): string {
  return [
    `Valid from ${printInstant(document.at)} until ${printInstant(document.validUntil)},`,
    `asked by ${inlineCode(document.principal)} about ${inlineCode(placeOf(document.scope))},`,
    `change ${inlineCode(document.changeDigest)}.`,
  ].join(' ');
}

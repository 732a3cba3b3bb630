/**
 * A decision as GitHub Flavored Markdown, for a comment under a change or a CI job summary.
 *
 * Says what `decision-text.ts` says, in the same order; long lists fold away. Given the decision document; every
 * identifier is code and every message is escaped.
 */

import { printScope } from '../core/arn.ts';
import { addSeconds, type Instant, printInstant } from '../core/time.ts';
import {
  CHECKPOINTS,
  type DatabaseView,
  type DecisionDocument,
  type Reason,
  type SavingView,
} from '../verdict/document.ts';
import { groupCasualties, printIds } from './casualties.ts';
import { reasonsOfNoDatabase, whyInOneSentence } from './decision-text.ts';
import { codeBlock, escapeMarkdown, inlineCode, markdownTable } from './markdown.ts';
import { remedyParts } from './remedy.ts';
import {
  CASUALTY_WORDS,
  CHECKPOINT_WORDS,
  countOf,
  DATABASE_WORDS,
  HIDES_WORDS,
  KIND_WORDS,
  placeOf,
  printDurationOr,
  printMinute,
  printRestoreTime,
  REACH_WORDS,
  SETTING_WORDS,
  VERDICT_WORDS,
} from './words.ts';

/** The decision, ending in a line break. */
export function renderDecisionMarkdown(document: DecisionDocument): string {
  const parts = [
    `## Muster: ${document.decision.toUpperCase()} (${VERDICT_WORDS[document.verdict]})`,
    escapeMarkdown(whyInOneSentence(document)),
    ...reasonsOfNoDatabase(document).map(renderReason),
    ...document.databases.flatMap((view) => renderDatabase(view, document.at)),
    renderChecklist(document),
    renderGaps(document),
    renderBinding(document),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function renderDatabase(view: DatabaseView, at: Instant): string[] {
  const facts = [
    `- verdict: **${VERDICT_WORDS[view.verdict]}**`,
    `- importance: ${escapeMarkdown(view.importance.join('; ') || 'no facts known')}`,
    `- work lost: ${printDurationOr(view.dataLossSeconds, 'everything, or not known')}`,
    `- restore time: ${escapeMarkdown(printRestoreTime(view.restoreSeconds))}`,
    ...(view.prerequisitesLost.length === 0
      ? []
      : [`- also lost, and a restore needs it: ${escapeMarkdown(view.prerequisitesLost.join(', '))}`]),
  ];
  return [
    `### ${inlineCode(view.identifier)} (${DATABASE_WORDS[view.kind]}, ${escapeMarkdown(view.engine)})`,
    facts.join('\n'),
    ...renderSurvivors(view, at),
    ...renderCasualties(view),
    ...renderSaving(view.wouldHaveSaved ?? null),
    ...view.reasons.map(renderReason),
  ];
}

function renderSurvivors({ survivors }: DatabaseView, at: Instant): string[] {
  if (survivors.length === 0) return ['**Survivors: none**'];
  const rows = survivors.map((survivor) => {
    const { dataLossSeconds: lost, createdAt } = survivor;
    const dataAt = lost === null ? createdAt : addSeconds(at, -lost);
    return [
      inlineCode(survivor.id),
      KIND_WORDS[survivor.kind],
      dataAt === null ? 'unknown' : printMinute(dataAt),
      printDurationOr(lost, 'unknown'),
      survivor.expiresAt === null ? 'no end set' : printMinute(survivor.expiresAt),
      survivor.grade,
      REACH_WORDS[survivor.reach],
    ];
  });
  const headings = ['survivor', 'kind', 'data as of', 'work lost', 'ends', 'grade', 'where'];
  return [markdownTable(headings, rows)];
}

function renderCasualties({ casualties }: DatabaseView): string[] {
  if (casualties.length === 0) return ['Casualties: none'];
  const rows = groupCasualties(casualties).map(({ members, fate, rules }) => [
    inlineCode(printIds(members.map(({ id }) => id))),
    [...new Set(members.map(({ kind }) => KIND_WORDS[kind]))].join(', '),
    CASUALTY_WORDS[fate],
    rules.map(inlineCode).join(', '),
  ]);
  return [markdownTable(['casualty', 'kind', 'fate', 'by rule'], rows)];
}

function renderSaving(saving: SavingView | null): string[] {
  if (saving === null) return [];
  const end = saving.until === null ? 'for good' : `until ${printMinute(saving.until)}`;
  const text = `**Would have saved it:** ${escapeMarkdown(SETTING_WORDS[saving.setting])}, which leaves ${inlineCode(printIds(saving.left))} ${end}`;
  return [text, codeBlock(saving.command.split('\n'))];
}

function renderReason({ severity, code, message, remedy }: Reason): string {
  const parts = remedyParts(remedy).map(({ kind, text }) =>
    kind === 'command' ? codeBlock([text]) : escapeMarkdown(text),
  );
  return [`**${severity}** ${escapeMarkdown(message)} (${inlineCode(code)})`, ...parts].join('\n\n');
}

function renderChecklist({ checklist }: DecisionDocument): string {
  const rows = CHECKPOINTS.map((point) => {
    const found = checklist.find((entry) => entry.point === point);
    const evidence = found?.evidence.map(escapeMarkdown).join('<br>') || 'no evidence';
    return [found?.result ?? 'unknown', CHECKPOINT_WORDS[point], evidence];
  });
  return fold('Checklist', markdownTable(['result', 'point', 'evidence'], rows));
}

function renderGaps({ gaps }: DecisionDocument): string {
  if (gaps.length === 0) return '';
  const lines = gaps.map(({ what, where, action, cause, hides }) => {
    const text = `${what} in ${printScope(where)}: ${action} gave ${cause}; ${HIDES_WORDS[hides]}`;
    return `- ${escapeMarkdown(text)}`;
  });
  return [`**${countOf(gaps.length, 'gap')}: this was not seen, and counts as unknown**`, '', ...lines].join('\n');
}

function renderBinding(document: DecisionDocument): string {
  return [
    `Valid from ${printInstant(document.at)} until ${printInstant(document.validUntil)},`,
    `asked by ${inlineCode(document.principal)} about ${inlineCode(placeOf(document.scope))},`,
    `change ${inlineCode(document.changeDigest)}.`,
  ].join(' ');
}

function fold(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

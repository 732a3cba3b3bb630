/**
 * One database of a decision or a readiness report as GitHub Flavored Markdown, and the parts both share.
 *
 * Says what `database-text.ts` says, in the same order. Every identifier is code and every message is escaped, so that
 * nothing from outside becomes markup.
 */

import { printScope } from '../core/arn.ts';
import { addSeconds, type Instant } from '../core/time.ts';
import type { Gap } from '../inventory/model.ts';
import type { DatabaseView, Reason, SavingView } from '../verdict/document.ts';
import { groupCasualties, printIds } from './casualties.ts';
import { workLostWords } from './database-text.ts';
import { codeBlock, escapeMarkdown, inlineCode, markdownTable } from './markdown.ts';
import { remedyParts } from './remedy.ts';
import { waiverWords } from './standing-text.ts';
import {
  CASUALTY_WORDS,
  countOf,
  DATABASE_WORDS,
  environmentWords,
  HIDES_WORDS,
  KIND_WORDS,
  printDurationOr,
  printMinute,
  printRestoreTime,
  REACH_WORDS,
  SETTING_WORDS,
  VERDICT_WORDS,
} from './words.ts';

/** The heading of a database: its name and what it is. */
export function markdownTitle(view: DatabaseView, level: 2 | 3): string {
  const kind = `(${DATABASE_WORDS[view.kind]}, ${escapeMarkdown(view.engine)})`;
  return `${'#'.repeat(level)} ${inlineCode(view.identifier)} ${kind}`;
}

/** What a person let pass, as a warning of GitHub's own kind; nothing without a waiver. */
export function markdownWaivers({ waivers = [] }: DatabaseView, at: Instant): string[] {
  if (waivers.length === 0) return [];
  const lines = waivers.map((waiver) => `> - **waived:** ${escapeMarkdown(waiverWords(waiver, at))}`);
  return [['> [!WARNING]', ...lines].join('\n')];
}

/** The facts of a database, as a list. */
export function markdownFacts(view: DatabaseView): string {
  const { environment = null } = view;
  return [
    `- verdict: **${VERDICT_WORDS[view.verdict]}**`,
    `- importance: ${escapeMarkdown(view.importance.join('; ') || 'no facts known')}`,
    ...(environment === null ? [] : [`- environment: ${escapeMarkdown(environmentWords(environment))}`]),
    `- work lost: ${printDurationOr(view.dataLossSeconds, workLostWords(view))}`,
    `- restore time: ${escapeMarkdown(printRestoreTime(view.restoreSeconds))}`,
    ...(view.prerequisitesLost.length === 0
      ? []
      : [`- also lost, and a restore needs it: ${escapeMarkdown(view.prerequisitesLost.join(', '))}`]),
  ].join('\n');
}

/** Each survivor in a row. */
export function markdownSurvivors({ survivors }: DatabaseView, at: Instant): string[] {
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

/** Casualties of one fate in a row. */
export function markdownCasualties({ casualties }: DatabaseView): string[] {
  if (casualties.length === 0) return ['Casualties: none'];
  const rows = groupCasualties(casualties).map(({ members, fate, rules }) => [
    inlineCode(printIds(members.map(({ id }) => id))),
    [...new Set(members.map(({ kind }) => KIND_WORDS[kind]))].join(', '),
    CASUALTY_WORDS[fate],
    rules.map(inlineCode).join(', '),
  ]);
  return [markdownTable(['casualty', 'kind', 'fate', 'by rule'], rows)];
}

/** The setting that would have saved it. */
export function markdownSaving(saving: SavingView | null): string[] {
  if (saving === null) return [];
  const end = saving.until === null ? 'for good' : `until ${printMinute(saving.until)}`;
  const text = `**Would have saved it:** ${escapeMarkdown(SETTING_WORDS[saving.setting])}, which leaves ${inlineCode(printIds(saving.left))} ${end}`;
  return [text, codeBlock(saving.command.split('\n'))];
}

/** A reason, its remedy, and each command of it in a block. */
export function markdownReason({ severity, code, message, remedy }: Reason): string {
  const parts = remedyParts(remedy).map(({ kind, text }) =>
    kind === 'command' ? codeBlock([text]) : escapeMarkdown(text),
  );
  return [`**${severity}** ${escapeMarkdown(message)} (${inlineCode(code)})`, ...parts].join('\n\n');
}

/** What was not seen; an empty text without gaps. */
export function markdownGaps(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return '';
  const lines = gaps.map(({ what, where, action, cause, hides }) => {
    const text = `${what} in ${printScope(where)}: ${action} gave ${cause}; ${HIDES_WORDS[hides]}`;
    return `- ${escapeMarkdown(text)}`;
  });
  return [`**${countOf(gaps.length, 'gap')}: this was not seen, and counts as unknown**`, '', ...lines].join('\n');
}

/** A part that opens at a click; `title` is ours. */
export function markdownFold(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

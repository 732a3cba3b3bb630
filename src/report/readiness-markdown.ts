/**
 * Readiness as GitHub Flavored Markdown, for a job summary, a wiki page or a comment.
 *
 * Says what `readiness-text.ts` says, in the same two forms: a row for each of many databases with the reasons told once,
 * or everything of each of few. Every identifier is code and every message is escaped.
 */

import { type Instant, printDuration, printInstant } from '../core/time.ts';
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
import { lossWords } from './losses-text.ts';
import { codeBlock, escapeMarkdown, inlineCode, markdownTable } from './markdown.ts';
import { lastEndWords, namesOf, OVERVIEW_HEADINGS, overviewFacts } from './overview-facts.ts';
import {
  firstEnding,
  type ReadinessForm,
  type ReadinessReport,
  type ReportedDatabase,
  readinessForm,
  verdictCounts,
  worstFirst,
} from './readiness.ts';
import { groupReasons, type ReasonGroup } from './reason-groups.ts';
import { remedyParts } from './remedy.ts';
import { askedWords, foundWords, stateWords, waiverWords, wantedWords } from './standing-text.ts';
import {
  CLAIM_RESTORE_WORDS,
  printCountdown,
  printMinute,
  printRestoreTime,
  RESULT_WORDS,
  VERDICT_WORDS,
} from './words.ts';

/** A comment on GitHub holds 65,536 characters. */
const ROWS_SHOWN = 100;
const NAMES_SHOWN = 12;

/** The report, ending in a line break; in the form that fits the number of its databases, unless told. */
export function renderReadinessMarkdown(
  report: ReadinessReport,
  form: ReadinessForm = readinessForm(0, report.databases.length),
): string {
  const { at, databases, loss, gaps } = report;
  const parts = [
    `## Muster: ${countsOf(report)}`,
    `If ${escapeMarkdown(loss)}, at ${printInstant(at)}:`,
    ...(form === 'overview' && databases.length > 0
      ? renderOverview(databases, at)
      : worstFirst(databases).flatMap((view) => renderDetail(view, at))),
    markdownGaps(gaps),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function countsOf({ databases }: ReadinessReport): string {
  if (databases.length === 0) return 'UNKNOWN (no database was seen)';
  return verdictCounts(databases)
    .map(({ verdict, count }) => `${count} ${VERDICT_WORDS[verdict]}`)
    .join(', ');
}

function renderOverview(databases: readonly ReportedDatabase[], at: Instant): string[] {
  const ordered = worstFirst(databases);
  const nameOf = namesOf(databases);
  const rows = ordered.slice(0, ROWS_SHOWN).map((view) => {
    const { verdict, name, ...facts } = overviewFacts(view, at, nameOf);
    const { engine, workLost, restoreTime, lastEnds, outlook } = facts;
    return [
      `**${verdict}**`,
      inlineCode(name),
      ...[engine, workLost, restoreTime, lastEnds, outlook].map(escapeMarkdown),
    ];
  });
  const rest = databases.length - ROWS_SHOWN;
  const groups = groupReasons(
    ordered.filter(({ verdict }) => verdict !== 'ready'),
    nameOf,
  );
  const waived = ordered.flatMap((view) =>
    (view.waivers ?? []).map((waiver) => `> - ${inlineCode(nameOf(view))}: ${escapeMarkdown(waiverWords(waiver, at))}`),
  );
  return [
    ...(waived.length === 0 ? [] : [['> [!WARNING]', '> **Let pass by a person:**', ...waived].join('\n')]),
    markdownTable(Object.values(OVERVIEW_HEADINGS), rows),
    ...(rest > 0 ? [`and ${rest} more; all of them: ${inlineCode('muster report --format json')}`] : []),
    ...groups.map(renderGroup),
    `${inlineCode('muster report NAME')} shows one whole: survivors, evidence, restore times, what ends first.`,
  ];
}

/** A reason, whose it is, and how to clear it: whole for the first, and so for the others. */
function renderGroup({ reason, names, message }: ReasonGroup): string {
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).map(inlineCode).join(', ');
  const whose = rest > 0 ? `${shown} and ${rest} more` : shown;
  const remedy = remedyParts(reason.remedy).map(({ kind, text }) =>
    kind === 'command' ? codeBlock([text]) : escapeMarkdown(text),
  );
  const others = remedy.length > 0 && names.length > 1 ? ['and so for each of the others'] : [];
  const headline = `**${reason.severity}** ${whose}: ${escapeMarkdown(message)} (${inlineCode(reason.code)})`;
  return [headline, ...remedy, ...others].join('\n\n');
}

function renderDetail(view: ReportedDatabase, at: Instant): string[] {
  return [
    markdownTitle(view, 3),
    ...markdownWaivers(view, at),
    [markdownFacts(view), ...renderEnds(view, at)].join('\n'),
    ...renderRequirements(view),
    ...markdownSurvivors(view, at),
    ...markdownCasualties(view),
    ...renderByLoss(view, at),
    ...renderRestoreTimes(view),
    ...renderEvidence(view, at),
    ...markdownSaving(view.wouldHaveSaved ?? null),
    ...view.reasons.map(markdownReason),
  ];
}

function renderEnds(view: ReportedDatabase, at: Instant): string[] {
  const ending = firstEnding(view, at);
  const first =
    ending === null
      ? 'nothing does by itself'
      : `${escapeMarkdown(ending.what)} ${printCountdown(ending.at, at)}, on ${printInstant(ending.at)}`;
  return [`- last survivor ends: **${lastEndWords(view, at)}**`, `- ends first: **${first}**`];
}

function renderRequirements({ requirements = [] }: ReportedDatabase): string[] {
  if (requirements.length === 0) return [];
  const rows = requirements.map((requirement) => [
    ...[askedWords(requirement), wantedWords(requirement), foundWords(requirement)].map(escapeMarkdown),
    `**${RESULT_WORDS[requirement.result]}**`,
    escapeMarkdown(requirement.origin),
  ]);
  return [markdownTable(['asked', 'wanted', 'found', 'result', 'origin'], rows)];
}

function renderByLoss({ survivorsByLoss = [] }: ReportedDatabase, at: Instant): string[] {
  if (survivorsByLoss.length === 0) return [];
  const rows = survivorsByLoss.map(({ loss, left, unknown, newestAt, dataLossSeconds, until }) => [
    escapeMarkdown(lossWords(loss)),
    leftWords({ left, unknown }),
    newestAt === null ? '' : printMinute(newestAt),
    dataLossSeconds === null ? (left > 0 ? 'not known' : '') : printDuration(dataLossSeconds),
    left === 0 ? '' : until === null ? 'never' : printCountdown(until, at),
  ]);
  const bare = survivorsByLoss.filter(({ left }) => left === 0).length;
  const title = `Survivors by loss: of ${survivorsByLoss.length} losses, ${bare} leave nothing that is sure`;
  return [markdownFold(title, markdownTable(['if', 'left', 'newest data', 'work lost', 'last ends'], rows))];
}

function leftWords({ left, unknown }: { readonly left: number; readonly unknown: number }): string {
  if (left === 0 && unknown === 0) return '**none**';
  return [...(left > 0 ? [String(left)] : []), ...(unknown > 0 ? [`${unknown} in doubt`] : [])].join(' and ');
}

function renderRestoreTimes({ restoreTimes = [] }: ReportedDatabase): string[] {
  if (restoreTimes.length === 0) return [];
  const rows = restoreTimes.map((time) => [CLAIM_RESTORE_WORDS[time.claim], escapeMarkdown(printRestoreTime(time))]);
  return [markdownTable(['kind of restore', 'time'], rows)];
}

function renderEvidence({ evidence }: ReportedDatabase, at: Instant): string[] {
  if (evidence === undefined) return [];
  if (evidence.length === 0) return ['**Evidence: none**'];
  const rows = evidence.map((item) => [
    inlineCode(item.id),
    escapeMarkdown(stateWords(item)),
    printDuration(item.ageSeconds),
    item.freshUntil === null ? 'no end set' : printCountdown(item.freshUntil, at),
    escapeMarkdown(item.says),
  ]);
  return [markdownTable(['evidence', 'state', 'age', 'too old', 'what it shows'], rows)];
}

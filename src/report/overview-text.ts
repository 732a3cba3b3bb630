/**
 * Many databases on one screen: a line each, worst first, then the reasons told once each with what would clear them.
 *
 * Where the screen is full, a line says how many more there are and what shows them. What could not be seen is always
 * told whole. Given the views of the databases; all of one of them is `readiness-detail-text.ts`.
 */

import { verdictBrush } from './database-text.ts';
import { renderGaps } from './gaps-text.ts';
import { groupBy } from './group.ts';
import { clean, hanging, wrapCommand } from './layout.ts';
import { namesOf } from './overview-facts.ts';
import { overviewTable } from './overview-table.ts';
import { type ReadinessReport, type ReportedDatabase, verdictCounts, worstFirst } from './readiness.ts';
import { groupReasons, type ReasonGroup } from './reason-groups.ts';
import { remedyParts } from './remedy.ts';
import { waiverWords } from './standing-text.ts';
import type { TextContext } from './text-context.ts';
import { countOf, reasonWords, VERDICT_WORDS } from './words.ts';

/** Lines of a screen that a person reads without turning a page. */
const SCREEN_LINES = 40;
const ROWS_SHOWN = 12;
const NAMES_SHOWN = 6;
const WAIVERS_SHOWN = 4;
/** The reasons get at least this many lines, however many there are of everything else. */
const REASON_LINES_MIN = 10;

/** The sections of an overview. */
export function renderOverview({ databases, gaps }: ReadinessReport, context: TextContext): string[][] {
  const ordered = worstFirst(databases);
  const nameOf = namesOf(databases);
  const rows = overviewTable(ordered.slice(0, ROWS_SHOWN), nameOf, context);
  const around = [
    [...rows, ...renderRest(ordered.slice(ROWS_SHOWN), context)],
    renderWaived(ordered, nameOf, context),
    renderGaps(gaps, context.paint, context.width),
    renderNext(context),
  ].filter((section) => section.length > 0);
  // The head of the report has three lines; an empty line stands between any two sections.
  const taken = 3 + around.reduce((lines, section) => lines + section.length + 1, 0);
  const groups = groupReasons(
    ordered.filter(({ verdict }) => verdict !== 'ready'),
    nameOf,
  );
  const reasons = renderGroups(groups, Math.max(REASON_LINES_MIN, SCREEN_LINES - taken - 1), context);
  const [table = [], ...others] = around;
  return [table, ...(reasons.length === 0 ? [] : [reasons]), ...others];
}

/** How many rows are left out, how bad they are, and what shows them. */
function renderRest(hidden: readonly ReportedDatabase[], { paint, width }: TextContext): string[] {
  if (hidden.length === 0) return [];
  const counts = verdictCounts(hidden)
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${VERDICT_WORDS[verdict]}`);
  const [worst] = worstFirst(hidden);
  const text = `and ${hidden.length} more (${counts.join(', ')}); all of them: muster report --format json`;
  return hanging('  ', text, width).map(worst === undefined ? paint.dim : verdictBrush(worst.verdict, paint));
}

/** What a person let pass, of all databases. */
function renderWaived(
  databases: readonly ReportedDatabase[],
  nameOf: (view: ReportedDatabase) => string,
  { at, paint, width }: TextContext,
): string[] {
  const all = databases.flatMap((view) =>
    (view.waivers ?? []).map((waiver) => ({ name: nameOf(view), words: waiverWords(waiver, at) })),
  );
  // One waiver of the policy may speak of many databases.
  const waivers = groupBy(all, ({ words }) => words).map(
    (members) => `${namesWords(members.map(({ name }) => name))}: ${members[0]?.words ?? ''}`,
  );
  const rest = waivers.length - WAIVERS_SHOWN;
  return [
    ...waivers.slice(0, WAIVERS_SHOWN).flatMap((text) => hanging('WAIVED  ', text, width)),
    ...(rest > 0 ? [`        and ${countOf(rest, 'more waiver')}`] : []),
  ].map((line) => paint.bold(paint.yellow(line)));
}

/** As many groups as there is room for, at least one. */
function renderGroups(groups: readonly ReasonGroup[], room: number, context: TextContext): string[] {
  const lines: string[] = [];
  for (const [index, group] of groups.entries()) {
    const next = renderGroup(group, context);
    // The last line of all is kept for what is left out.
    const isLast = index === groups.length - 1;
    if (index > 0 && lines.length + next.length + (isLast ? 0 : 1) > room) {
      return [...lines, ...renderLeftOut(groups.slice(index), context)];
    }
    lines.push(...next);
  }
  return lines;
}

function renderLeftOut(groups: readonly ReasonGroup[], { width, paint }: TextContext): string[] {
  const codes = [...new Set(groups.map(({ reason }) => reasonWords(reason.code)))];
  const text = `and ${countOf(groups.length, 'more reason')}: ${codes.join(', ')}`;
  return hanging('  ', text, width).map(paint.yellow);
}

/** A reason, whose it is, and how to clear it: whole for the first, and so for the others. */
function renderGroup({ reason, names, message }: ReasonGroup, { paint, width }: TextContext): string[] {
  const mark = `  ${reason.severity.padEnd(5)} `;
  const indent = mark.length;
  const brush = reason.severity === 'block' ? paint.red : paint.yellow;
  const lines = hanging(mark, `${namesWords(names)}: ${message} [${reason.code}]`, width);
  const others = names.length === 1 ? [] : [`${' '.repeat(indent)}and so for each of the others`];
  const remedy = remedyParts(reason.remedy).flatMap(({ kind, text }) =>
    kind === 'command'
      ? wrapCommand(text, indent + 2, width).map(paint.cyan)
      : hanging(' '.repeat(indent), text, width),
  );
  return [
    ...lines.map((line, index) => (index === 0 ? brush(line.slice(0, indent)) + line.slice(indent) : line)),
    ...remedy,
    ...(remedy.length === 0 ? [] : others.map(paint.dim)),
  ];
}

function namesWords(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).map(clean).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function renderNext({ paint, width }: TextContext): string[] {
  const text = 'muster report NAME shows one whole: survivors, evidence, restore times, what ends first';
  return hanging('', text, width).map(paint.dim);
}

/**
 * A policy as text: what `muster policy check` shows of a file that is valid.
 *
 * Leads with what the file is, then what it lets pass and until when, then what it asks of the databases that were
 * named, then what it would change. Works nothing out but counts.
 */

import type { Digest } from '../core/canonical.ts';
import { type Instant, printInstant } from '../core/time.ts';
import type { IdlePart, ValueChange } from '../policy/compare.ts';
import { durationWords, requirementLines, selectorWords } from '../policy/lines.ts';
import type { Requirement } from '../policy/model.ts';
import type { Policy } from '../policy/schema.ts';
import { VERDICTS, type VerdictWord } from '../verdict/document.ts';
import type { ReasonCode } from '../verdict/reasons.ts';
import { verdictBrush } from './database-text.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { table } from './table.ts';
import { fact, type TextContext } from './text-context.ts';
import { countOf, printCountdown, reasonWords, shortDigest, VERDICT_WORDS } from './words.ts';

/** A policy, and what was asked about it. */
export interface PolicyReport {
  readonly formatVersion: '1';
  readonly digest: Digest;
  readonly at: Instant;
  readonly policy: Policy;
  /** Of each waiver of the policy, in its order: where it stands, and whether it holds at that instant. */
  readonly waivers: readonly { readonly origin: string; readonly holds: boolean }[];
  /** What is asked of the databases that were named. */
  readonly requirements: readonly (Named & { readonly requirement: Requirement })[];
  /** Overrides and waivers that pick no database of the inventory; null where none was read. */
  readonly idle: readonly IdlePart[] | null;
  /** Null where nothing was compared. */
  readonly against: PolicyComparison | null;
}

/** Which database is spoken of. */
interface Named {
  readonly arn: string;
  readonly identifier: string;
}

/** What the policy changes when it takes the place of another one. */
export interface PolicyComparison {
  /** File and digest of the other one. */
  readonly origin: string;
  readonly digest: Digest;
  /** What changes for no one database. */
  readonly limits: readonly ValueChange[];
  /** Every database that was compared, changed or not. */
  readonly databases: readonly DatabaseChange[];
}

/** What changes for one database. */
export interface DatabaseChange extends Named {
  readonly changes: readonly ValueChange[];
  readonly from: VerdictWord;
  readonly to: VerdictWord;
  /** Reasons of the new verdict that the old one has not, and the other way about. */
  readonly raised: readonly ReasonCode[];
  readonly settled: readonly ReasonCode[];
}

/** The policy, ending in a line break. */
export function renderPolicy(report: PolicyReport, paint: Paint, width: number = REPORT_WIDTH): string {
  const context = { at: report.at, paint, width };
  const sections = [
    renderFile(report, context),
    ...report.policy.waivers.map((_, index) => renderWaiver(report, index, context)),
    renderIdle(report.idle ?? [], context),
    ...report.requirements.map((named) => renderRequirement(named, context)),
    ...(report.against === null ? [] : renderComparison(report.against, context)),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function renderFile({ policy, digest, waivers }: PolicyReport, { paint, width }: TextContext): string[] {
  const { defaults, environments, databases, inventorySecondsMax, verdictSecondsMax } = policy;
  const expired = waivers.filter(({ holds }) => !holds).length;
  const line = (label: string, text: string) => fact({ label, text }, width);
  return [
    ...hanging('VALID  ', policy.origin, width).map((text) => paint.bold(paint.green(text))),
    ...line('digest', shortDigest(digest)),
    ...line('defaults', Object.keys(defaults).join(', ') || 'those that are built in'),
    ...line('environments', environments.map(environmentWords).join('; ') || 'none'),
    ...line('overrides', String(databases.length)),
    ...line('waivers', `${waivers.length}${expired === 0 ? '' : `, ${expired} of them expired`}`),
    ...line('inventory', `at most ${durationWords(inventorySecondsMax)} old`),
    ...line('verdicts', `valid for at most ${durationWords(verdictSecondsMax)}`),
  ];
}

function environmentWords({ name, accounts, sandbox }: Policy['environments'][number]): string {
  return `${name} (${accounts.join(', ')}${sandbox ? '; a sandbox' : ''})`;
}

function renderWaiver({ policy, waivers }: PolicyReport, index: number, context: TextContext): string[] {
  const { at, paint, width } = context;
  const [waiver, standing] = [policy.waivers[index], waivers[index]];
  if (waiver === undefined || standing === undefined) return [];
  const { match, reason, by, because, until, acceptsUnknown } = waiver;
  const ends = standing.holds ? printCountdown(until, at) : 'EXPIRED: it lets nothing pass any more';
  const line = (label: string, text: string) => fact({ label, text }, width);
  return [
    ...hanging('', `${standing.origin}: ${reasonWords(reason)}`, width).map(paint.bold),
    ...line('for', selectorWords(match)),
    ...line('by', by),
    ...line('because', because),
    ...fact({ label: 'until', text: `${printInstant(until)} (${ends})` }, width, {
      ofText: standing.holds ? paint.yellow : paint.red,
    }),
    ...(acceptsUnknown ? line('unknown', 'accepted: it may pass though nobody knows whether it holds') : []),
  ];
}

function renderIdle(idle: readonly IdlePart[], { paint, width }: TextContext): string[] {
  if (idle.length === 0) return [];
  return [
    paint.yellow('No database of the inventory is picked by'),
    ...idle.flatMap(({ origin, match }) => hanging('  ', `${origin}: ${match}`, width)),
  ];
}

function renderRequirement(
  { identifier, arn, requirement }: PolicyReport['requirements'][number],
  { paint, width }: TextContext,
): string[] {
  const rows = requirementLines(requirement).map(({ key, value, origin }) => [key, value, origin]);
  return [
    ...hanging('', identifier, width).map(paint.bold),
    ...hanging('  ', arn, width).map(paint.dim),
    ...table({ headings: ['asked', 'value', 'written in'], rows, indent: 2, width, paint }),
  ];
}

function renderComparison(against: PolicyComparison, context: TextContext): string[][] {
  const { paint, width } = context;
  const changed = against.databases.filter(({ changes, from, to }) => changes.length > 0 || from !== to);
  return [
    [
      ...hanging('', `Against ${against.origin} (${shortDigest(against.digest)})`, width).map(paint.bold),
      ...renderCounts(against.databases, changed, context),
      ...renderChanges(against.limits, context),
    ],
    ...changed.map((database) => renderDatabaseChange(database, context)),
  ];
}

/** How many databases change, then the verdicts under either policy. */
function renderCounts(
  all: readonly DatabaseChange[],
  changed: readonly DatabaseChange[],
  { width }: TextContext,
): string[] {
  const judged = changed.filter(({ from, to }) => from !== to).length;
  const count = (side: 'from' | 'to', verdict: VerdictWord) => all.filter((each) => each[side] === verdict).length;
  const line = (label: string, text: string) => fact({ label, text }, width);
  return [
    ...line('changed', `${changed.length} of ${countOf(all.length, 'database')}, the verdict of ${judged}`),
    ...VERDICTS.flatMap((verdict) =>
      line(VERDICT_WORDS[verdict], `${count('from', verdict)} -> ${count('to', verdict)}`),
    ),
  ];
}

function renderDatabaseChange(database: DatabaseChange, context: TextContext): string[] {
  const { from, to, identifier, arn, raised, settled } = database;
  const { paint, width } = context;
  const verdict = from === to ? `${VERDICT_WORDS[to]}, as before` : `${VERDICT_WORDS[from]} -> ${VERDICT_WORDS[to]}`;
  const brush = from === to ? paint.bold : verdictBrush(to, paint);
  const codes = (label: string, list: readonly ReasonCode[]) =>
    list.length === 0 ? [] : fact({ label, text: list.map(reasonWords).join(', ') }, width);
  return [
    ...hanging('', `${identifier}: ${verdict}`, width).map(brush),
    ...hanging('  ', arn, width).map(paint.dim),
    ...renderChanges(database.changes, context),
    ...codes('new reasons', raised),
    ...codes('settled', settled),
  ];
}

function renderChanges(changes: readonly ValueChange[], { paint, width }: TextContext): string[] {
  if (changes.length === 0) return [];
  const cell = ({ value, origin }: ValueChange['from']) => `${value} (${origin})`;
  const rows = changes.map(({ key, from, to }) => [key, cell(from), cell(to)]);
  return table({ headings: ['asked', 'before', 'now'], rows, indent: 2, width, paint });
}

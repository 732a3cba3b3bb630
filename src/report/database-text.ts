/**
 * One database of a decision or a readiness report, as text: what it is, what remains, what goes, what to do.
 *
 * Given the document's view of it; works nothing out.
 */

import type { Instant } from '../core/time.ts';
import { RULES } from '../survival/rules.ts';
import type { DatabaseView, Reason, SavingView, SurvivorView, VerdictWord } from '../verdict/document.ts';
import { groupCasualties, printIds } from './casualties.ts';
import { clean, hanging, wrapCommand } from './layout.ts';
import { remedyParts } from './remedy.ts';
import type { Brush, Paint } from './style.ts';
import {
  CASUALTY_WORDS,
  countOf,
  DATABASE_WORDS,
  KIND_WORDS,
  printDurationOr,
  printRestoreTime,
  REACH_WORDS,
  SETTING_WORDS,
  VERDICT_WORDS,
} from './words.ts';

/** What the lines are drawn with, and the instant the report speaks of. */
export interface TextContext {
  readonly at: Instant;
  readonly paint: Paint;
  readonly width: number;
}

const LABEL_WIDTH = 15;
const SURVIVORS_SHOWN = 8;
const CASUALTIES_SHOWN = 6;

/** The lines of one database. */
export function renderDatabase(view: DatabaseView, context: TextContext): string[] {
  const { paint, width } = context;
  const title = `${view.identifier}: ${VERDICT_WORDS[view.verdict].toUpperCase()} (${DATABASE_WORDS[view.kind]}, ${view.engine})`;
  const fact = (label: string, text: string, brush: Brush = (line) => line) =>
    hanging(`  ${label}`.padEnd(LABEL_WIDTH), text, width).map((line, index) =>
      index === 0 ? line.slice(0, LABEL_WIDTH) + brush(line.slice(LABEL_WIDTH)) : brush(line),
    );
  const never = view.restoreSeconds.n === 0;
  return [
    ...hanging('', title, width).map(verdictBrush(view.verdict, paint)),
    ...fact('importance', view.importance.join('; ') || 'no facts known'),
    ...fact('work lost', printDurationOr(view.dataLossSeconds, lossWords(view)), lossBrush(view, paint)),
    ...fact('restore time', printRestoreTime(view.restoreSeconds), never ? paint.yellow : undefined),
    ...renderSurvivors(view.survivors, context),
    ...renderCasualties(view, context),
    ...renderSaving(view.wouldHaveSaved ?? null, context),
    ...view.reasons.flatMap((reason) => ['', ...renderReason(reason, context)]),
  ];
}

/** A reason, its remedy, and each command of it on lines of its own. */
export function renderReason(reason: Reason, { paint, width }: TextContext): string[] {
  const mark = `  ${reason.severity.padEnd(5)} `;
  const brush = reason.severity === 'block' ? paint.red : reason.severity === 'warn' ? paint.yellow : paint.dim;
  const lines = hanging(mark, `${reason.message} [${reason.code}]`, width);
  const source = reason.source === null ? [] : hanging('        source: ', reason.source, width).map(paint.dim);
  return [
    ...lines.map((line, index) => (index === 0 ? brush(line.slice(0, mark.length)) + line.slice(mark.length) : line)),
    ...remedyParts(reason.remedy).flatMap(({ kind, text }) =>
      kind === 'command' ? wrapCommand(text, 10, width).map(paint.cyan) : hanging('        ', text, width),
    ),
    ...source,
  ];
}

/** The brush that goes with a verdict. */
export function verdictBrush(verdict: VerdictWord, paint: Paint): Brush {
  const colour = { ready: paint.green, unknown: paint.yellow, not_ready: paint.red }[verdict];
  return (text) => paint.bold(colour(text));
}

function renderSurvivors(survivors: readonly SurvivorView[], { paint, width }: TextContext): string[] {
  if (survivors.length === 0) return [`  ${'survivors'.padEnd(LABEL_WIDTH - 2)}${paint.red('none')}`];
  const lines = survivors
    .slice(0, SURVIVORS_SHOWN)
    .flatMap(({ id, kind, dataLossSeconds, expiresAt, grade, reach }) => {
      const facts = [
        `work lost ${printDurationOr(dataLossSeconds, 'not known')}`,
        `ends ${expiresAt === null ? 'never' : expiresAt.slice(0, 10)}`,
        grade,
        REACH_WORDS[reach],
      ].join('; ');
      return [
        `    ${paint.green('kept')}  ${clean(id)}  ${paint.dim(KIND_WORDS[kind])}`,
        ...hanging('          ', facts, width),
      ];
    });
  const rest = survivors.length - SURVIVORS_SHOWN;
  return [
    `  survivors (${survivors.length})`,
    ...lines,
    ...(rest > 0 ? [`    and ${countOf(rest, 'more survivor')}`] : []),
  ];
}

/** Ids first, each whole and on a line of its own; under each group the rule that decided it, in words. */
function renderCasualties({ casualties }: DatabaseView, { paint, width }: TextContext): string[] {
  if (casualties.length === 0) return [`  ${'casualties'.padEnd(LABEL_WIDTH - 2)}none`];
  const lines = groupCasualties(casualties).flatMap(({ members, fate, rules }) => {
    const brush = fate === 'unknown' ? paint.yellow : paint.red;
    const word = CASUALTY_WORDS[fate];
    const rest = members.length - CASUALTIES_SHOWN;
    return [
      ...members
        .slice(0, CASUALTIES_SHOWN)
        .map(({ id, kind }) => `    ${brush(word)}  ${clean(id)}  ${paint.dim(KIND_WORDS[kind])}`),
      ...(rest > 0 ? [`    ${' '.repeat(word.length)}  and ${rest} more`] : []),
      ...rules.flatMap((rule) => hanging('      ', `${RULES[rule].statement} [${rule}]`, width)).map(paint.dim),
    ];
  });
  return [`  casualties (${casualties.length})`, ...lines];
}

/** One line, and what to write or run. */
function renderSaving(saving: SavingView | null, { paint, width }: TextContext): string[] {
  if (saving === null) return [];
  const { setting, left, until, command } = saving;
  const end = until === null ? 'for good' : `until ${until.slice(0, 10)}`;
  const text = `would have saved it: ${SETTING_WORDS[setting]}, which leaves ${printIds(left)} ${end}`;
  return [
    ...hanging('  ', text, width),
    ...remedyParts(command)
      .flatMap((part) =>
        part.kind === 'command' ? wrapCommand(part.text, 6, width) : hanging('      ', part.text, width),
      )
      .map(paint.cyan),
  ];
}

/** What is in doubt may yet be restored: only what is surely gone is everything. */
function lossWords({ survivors, casualties }: DatabaseView): string {
  const gone = survivors.length === 0 && casualties.every(({ fate }) => fate !== 'unknown');
  return gone ? 'everything' : 'not known';
}

function lossBrush(view: DatabaseView, paint: Paint): Brush {
  return view.dataLossSeconds === null ? paint.red : (text) => text;
}

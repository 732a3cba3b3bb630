/**
 * One database of a decision or a readiness report, as text: what it is, what remains, what goes, what to do.
 *
 * Given the document's view of it; works nothing out.
 */

import type { Instant } from '../core/time.ts';
import { RULES } from '../survival/rules.ts';
import type { DatabaseView, Reason, SavingView, SurvivorView, VerdictWord } from '../verdict/document.ts';
import { groupCasualties, printIds } from './casualties.ts';
import { clean, hanging, widthOf, wrapCommand } from './layout.ts';
import { isInDoubt } from './readiness.ts';
import { remedyParts } from './remedy.ts';
import { renderWaivers } from './standing-text.ts';
import type { Brush, Paint } from './style.ts';
import { fact, LABEL_WIDTH, type TextContext } from './text-context.ts';
import {
  CASUALTY_WORDS,
  countOf,
  DATABASE_WORDS,
  environmentWords,
  KIND_WORDS,
  printDurationOr,
  printRestoreTime,
  REACH_WORDS,
  SETTING_WORDS,
  VERDICT_WORDS,
} from './words.ts';

const SURVIVORS_SHOWN = 8;
const CASUALTIES_SHOWN = 6;

/** The lines of one database. */
export function renderDatabase(view: DatabaseView, context: TextContext): string[] {
  const { environment = null } = view;
  return [
    ...renderTitle(view, context),
    ...renderImportance(view, context),
    ...(environment === null ? [] : renderEnvironment(environment, context)),
    ...renderWorkLost(view, context),
    ...renderRestoreTime(view, context),
    ...renderSurvivors(view.survivors, context),
    ...renderCasualties(view, context),
    ...renderSaving(view.wouldHaveSaved ?? null, context),
    ...view.reasons.flatMap((reason) => ['', ...renderReason(reason, context)]),
  ];
}

/** What it is and its verdict; under it, loudly, what a person let pass. */
export function renderTitle(view: DatabaseView, context: TextContext): string[] {
  const title = `${view.identifier}: ${VERDICT_WORDS[view.verdict].toUpperCase()} (${DATABASE_WORDS[view.kind]}, ${view.engine})`;
  return [
    ...hanging('', title, context.width).map(verdictBrush(view.verdict, context.paint)),
    ...renderWaivers(view, context),
  ];
}

/** The facts that show what it is worth. */
export function renderImportance({ importance }: DatabaseView, { width }: TextContext): string[] {
  return fact({ label: 'importance', text: importance.join('; ') || 'no facts known' }, width);
}

/** Where it runs by the policy; null where the policy does not say. */
export function renderEnvironment(environment: DatabaseView['environment'], { width }: TextContext): string[] {
  return fact({ label: 'environment', text: environmentWords(environment) }, width);
}

/** What would be lost of the work. */
export function renderWorkLost(view: DatabaseView, { paint, width }: TextContext): string[] {
  const text = printDurationOr(view.dataLossSeconds, workLostWords(view));
  return fact({ label: 'work lost', text }, width, { ofText: lossBrush(view, paint) });
}

/** The restore time of the kind of restore that would be made. */
export function renderRestoreTime({ restoreSeconds }: DatabaseView, { paint, width }: TextContext): string[] {
  const text = printRestoreTime(restoreSeconds);
  return fact({ label: 'restore time', text }, width, restoreSeconds.n === 0 ? { ofText: paint.yellow } : {});
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

/**
 * Each survivor with what is known of it, those with the least work lost first.
 *
 * @param endOf When it ends, in words.
 */
export function renderSurvivors(
  survivors: readonly SurvivorView[],
  { paint, width }: TextContext,
  endOf: (expiresAt: Instant) => string = dayOf,
): string[] {
  if (survivors.length === 0) return [`  ${'survivors'.padEnd(LABEL_WIDTH - 2)}${paint.red('none')}`];
  const lines = survivors
    .slice(0, SURVIVORS_SHOWN)
    .flatMap(({ id, kind, dataLossSeconds, expiresAt, grade, reach }) => {
      const facts = [
        `work lost ${printDurationOr(dataLossSeconds, 'not known')}`,
        `ends ${expiresAt === null ? 'never' : endOf(expiresAt)}`,
        grade,
        REACH_WORDS[reach],
      ].join('; ');
      return [
        ...idLines({ mark: 'kept', id, kind: KIND_WORDS[kind] }, { paint, width }, paint.green),
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

/** An id, whole so that it can be copied, and its kind: beside it, or below where the line is full. */
function idLines(
  { mark, id, kind }: { readonly mark: string; readonly id: string; readonly kind: string },
  { paint, width }: Pick<TextContext, 'paint' | 'width'>,
  brush: Brush,
): string[] {
  const shown = clean(id);
  const line = `    ${brush(mark)}  ${shown}`;
  return widthOf(`    ${mark}  ${shown}  ${kind}`) <= width
    ? [`${line}  ${paint.dim(kind)}`]
    : [line, `          ${paint.dim(kind)}`];
}

function dayOf(at: Instant): string {
  return at.slice(0, 10);
}

/** Ids first, each whole and on a line of its own; under each group the rule that decided it, in words. */
export function renderCasualties({ casualties }: DatabaseView, { paint, width }: TextContext): string[] {
  if (casualties.length === 0) return [`  ${'casualties'.padEnd(LABEL_WIDTH - 2)}none`];
  const lines = groupCasualties(casualties).flatMap(({ members, fate, rules }) => {
    const brush = fate === 'unknown' ? paint.yellow : paint.red;
    const word = CASUALTY_WORDS[fate];
    const rest = members.length - CASUALTIES_SHOWN;
    return [
      ...members
        .slice(0, CASUALTIES_SHOWN)
        .flatMap(({ id, kind }) => idLines({ mark: word, id, kind: KIND_WORDS[kind] }, { paint, width }, brush)),
      ...(rest > 0 ? [`    ${' '.repeat(word.length)}  and ${rest} more`] : []),
      ...rules.flatMap((rule) => hanging('      ', `${RULES[rule].statement} [${rule}]`, width)).map(paint.dim),
    ];
  });
  return [`  casualties (${casualties.length})`, ...lines];
}

/** The setting that would have saved it: one line, and what to write or run. */
export function renderSaving(saving: SavingView | null, { paint, width }: TextContext): string[] {
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

/** What to say where no figure is: what is in doubt may yet be restored, only what is surely gone is everything. */
export function workLostWords(view: DatabaseView): string {
  return view.survivors.length === 0 && !isInDoubt(view) ? 'everything' : 'not known';
}

function lossBrush(view: DatabaseView, paint: Paint): Brush {
  return view.dataLossSeconds === null ? paint.red : (text) => text;
}

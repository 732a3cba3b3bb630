/**
 * One database of a readiness report, whole: what is asked of it, what is left after each loss, what that rests on, and
 * what ends first.
 *
 * The parts that a decision shows too are drawn by `database-text.ts`. Parts that were not asked for are left out.
 */

import { type Instant, printDuration, printInstant, secondsBetween } from '../core/time.ts';
import type { LossSummary } from '../survival/loss-summary.ts';
import {
  renderCasualties,
  renderEnvironment,
  renderImportance,
  renderReason,
  renderRestoreTime,
  renderSaving,
  renderSurvivors,
  renderTitle,
  renderWorkLost,
} from './database-text.ts';
import { lossWords } from './losses-text.ts';
import { urgencyBrush } from './overview-table.ts';
import { type ClaimTime, firstEnding, isInDoubt, lastEndOf, type ReportedDatabase } from './readiness.ts';
import { renderEvidence, renderRequirements, TABLE_WIDTH_MIN } from './standing-text.ts';
import type { Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { fact, leave, type TextContext } from './text-context.ts';
import { CLAIM_RESTORE_WORDS, printCountdown, printMinute, printRestoreTime } from './words.ts';

/** The lines of one database. */
export function renderReadinessDetail(view: ReportedDatabase, context: TextContext): string[] {
  const { environment } = view;
  const endOf = (expiresAt: Instant) => `${expiresAt.slice(0, 10)} (${printCountdown(expiresAt, context.at)})`;
  return [
    ...renderTitle(view, context),
    ...renderImportance(view, context),
    ...(environment === undefined ? [] : renderEnvironment(environment, context)),
    ...renderWorkLost(view, context),
    ...renderRestoreTimes(view, context),
    ...renderLastEnd(view, context),
    ...renderFirstEnding(view, context),
    ...renderRequirements(view, context),
    ...renderSurvivors(view.survivors, context, endOf),
    ...renderCasualties(view, context),
    ...renderByLoss(view.survivorsByLoss ?? [], context),
    ...renderEvidence(view, context),
    ...renderSaving(view.wouldHaveSaved ?? null, context),
    ...view.reasons.flatMap((reason) => ['', ...renderReason(reason, context)]),
  ];
}

/** A line for each kind of restore; the one that would be made where no more is known. */
function renderRestoreTimes(view: ReportedDatabase, context: TextContext): string[] {
  const { restoreTimes = [] } = view;
  if (restoreTimes.length === 0) return renderRestoreTime(view, context);
  return restoreTimes.flatMap((time, index) =>
    fact(
      {
        label: index === 0 ? 'restore time' : '',
        text: claimTimeWords(time),
      },
      context.width,
      time.n === 0 ? { ofText: context.paint.yellow } : {},
    ),
  );
}

/** The conditions of a time name its kind of restore. */
function claimTimeWords(time: ClaimTime): string {
  const told = printRestoreTime(time);
  return time.conditions === null ? `${CLAIM_RESTORE_WORDS[time.claim]}: ${told}` : told;
}

/** When nothing is left any more, as a countdown. */
function renderLastEnd(view: ReportedDatabase, { at, paint, width }: TextContext): string[] {
  const end = lastEndOf(view);
  const label = 'countdown';
  if (end === null) {
    const text = isInDoubt(view) ? 'not known: what may be left is in doubt' : 'nothing is left';
    return fact({ label, text }, width, { ofText: paint.red });
  }
  if (end === 'never') return fact({ label, text: 'the last survivor never ends by itself' }, width);
  const text = `the last survivor ends ${printCountdown(end, at)}, on ${printInstant(end)}`;
  return fact({ label, text }, width, { ofText: urgencyBrush(secondsBetween(at, end), paint) });
}

/** What ends first, as a countdown. */
function renderFirstEnding(view: ReportedDatabase, { at, paint, width }: TextContext): string[] {
  const ending = firstEnding(view, at);
  if (ending === null) return fact({ label: 'ends first', text: 'nothing does by itself' }, width);
  const text = `${ending.what} ${printCountdown(ending.at, at)}, on ${printInstant(ending.at)}`;
  return fact({ label: 'ends first', text }, width, { ofText: urgencyBrush(secondsBetween(at, ending.at), paint) });
}

/** A row a loss: how many are left, how recent the best is, until when. */
function renderByLoss(losses: readonly LossSummary[], { at, paint, width }: TextContext): string[] {
  if (losses.length === 0) return [];
  const wide = width >= TABLE_WIDTH_MIN;
  const rows = losses.map((loss): readonly Cell[] => [
    lossWords(loss.loss),
    leftCell(loss, paint),
    ...(wide ? [loss.newestAt === null ? '' : printMinute(loss.newestAt)] : []),
    loss.dataLossSeconds === null ? (loss.left > 0 ? 'not known' : '') : printDuration(loss.dataLossSeconds),
    untilCell(loss, { at, paint }),
  ]);
  const headings = ['if', 'left', ...(wide ? ['newest data'] : []), 'work lost', 'last ends'];
  return ['  survivors by loss', ...table({ headings, rows, indent: 4, width, paint })];
}

function leftCell({ left, unknown }: LossSummary, paint: Paint): Cell {
  if (left > 0) return { text: unknown > 0 ? `${left} and ${unknown} in doubt` : String(left), brush: paint.green };
  return unknown > 0 ? { text: `${unknown} in doubt`, brush: paint.yellow } : { text: 'NONE', brush: paint.red };
}

function untilCell({ left, until }: LossSummary, { at, paint }: Pick<TextContext, 'at' | 'paint'>): Cell {
  if (left === 0) return '';
  if (until === null) return { text: 'never', brush: leave };
  return { text: printCountdown(until, at), brush: urgencyBrush(secondsBetween(at, until), paint) };
}

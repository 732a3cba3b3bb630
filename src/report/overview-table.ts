/**
 * The table of an overview: one line a database, never more, in whatever width there is.
 *
 * Where the columns do not fit, those that tell the least go first; then what is left is cut with an ellipsis. The name
 * is cut last: it is what a reader types next.
 */

import { secondsBetween } from '../core/time.ts';
import type { DatabaseView } from '../verdict/document.ts';
import { verdictBrush } from './database-text.ts';
import { clean, cutTo, widthOf } from './layout.ts';
import { OVERVIEW_HEADINGS, type OverviewFacts, overviewFacts } from './overview-facts.ts';
import { lastEndOf, urgencyOf } from './readiness.ts';
import type { Brush, Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { leave, type TextContext } from './text-context.ts';

type Column = keyof OverviewFacts;

const COLUMNS: readonly Column[] = ['verdict', 'name', 'engine', 'workLost', 'restoreTime', 'lastEnds', 'outlook'];
/** Which goes first where they do not fit. */
const GIVING_WAY: readonly Column[] = ['engine', 'restoreTime', 'workLost', 'lastEnds'];
const GAP = 2;
/** An outlook that is worth a column's giving way, and the least that is of use at all. */
const OUTLOOK_WANTED = 20;
const OUTLOOK_MIN = 12;
const NAME_MIN = 12;

/** The lines of the table; each database has exactly one. */
export function overviewTable(
  databases: readonly DatabaseView[],
  nameOf: (view: DatabaseView) => string,
  { at, paint, width }: TextContext,
): string[] {
  const lines = databases.map((view) => ({ view, facts: cleaned(overviewFacts(view, at, nameOf)) }));
  const natural = (column: Column) =>
    Math.max(...[OVERVIEW_HEADINGS[column], ...lines.map(({ facts }) => facts[column])].map(widthOf));
  const columns = fitting(natural, width);
  const rest = width - GAP * (columns.length - 1);
  const taken = sum(columns.filter((column) => column !== 'name' && column !== 'outlook').map(natural));
  const outlook = Math.min(natural('outlook'), Math.max(OUTLOOK_MIN, rest - taken - natural('name')));
  const name = Math.max(NAME_MIN, rest - taken - outlook);
  const room = (column: Column) => {
    if (column === 'name') return name;
    return column === 'outlook' ? outlook : natural(column);
  };
  const rows = lines.map(({ view, facts }) =>
    columns.map(
      (column): Cell => ({
        text: cutTo(facts[column], room(column)),
        brush: brushOf(column, view, { at, paint, width }),
      }),
    ),
  );
  const headings = columns.map((column) => cutTo(OVERVIEW_HEADINGS[column], room(column)));
  return table({ headings, rows, indent: 0, width, paint });
}

/** The columns that there is room for: the countdown stays while a word of the outlook does. */
function fitting(natural: (column: Column) => number, width: number): readonly Column[] {
  let columns = COLUMNS;
  for (const column of GIVING_WAY) {
    const outlook = Math.min(natural('outlook'), column === 'lastEnds' ? OUTLOOK_MIN : OUTLOOK_WANTED);
    const others = sum(columns.filter((other) => other !== 'outlook').map(natural));
    if (others + outlook + GAP * (columns.length - 1) <= width) break;
    columns = columns.filter((other) => other !== column);
  }
  return columns;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

function cleaned(facts: OverviewFacts): OverviewFacts {
  return { ...facts, name: clean(facts.name), engine: clean(facts.engine) };
}

function brushOf(column: Column, view: DatabaseView, { at, paint }: TextContext): Brush {
  switch (column) {
    case 'verdict':
      return verdictBrush(view.verdict, paint);
    case 'workLost':
      return view.dataLossSeconds === null ? paint.red : leave;
    case 'restoreTime':
      return view.restoreSeconds.n === 0 ? paint.yellow : leave;
    case 'lastEnds': {
      const end = lastEndOf(view);
      return end === 'never' ? leave : end === null ? paint.red : urgencyBrush(secondsBetween(at, end), paint);
    }
    case 'outlook':
      return view.readyUntil ? urgencyBrush(secondsBetween(at, view.readyUntil), paint) : leave;
    default:
      return leave;
  }
}

/** Red within a day, yellow within a week. */
export function urgencyBrush(secondsLeft: number, paint: Paint): Brush {
  return { urgent: paint.red, soon: paint.yellow, later: leave }[urgencyOf(secondsLeft)];
}

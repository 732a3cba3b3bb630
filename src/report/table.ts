/**
 * Columns without rules: a heading line, and rows whose cells wrap inside their column.
 *
 * Given cells of untrusted text and an optional brush each. Columns keep their natural width while all of them fit;
 * after that the widest gives way first. Colour is added after the padding, so it never shifts a column.
 */

import { clean, padTo, widthOf, wrap } from './layout.ts';
import type { Brush, Paint } from './style.ts';

/** A cell: text, or text with a brush. */
export type Cell = string | { readonly text: string; readonly brush: Brush };

interface TableOptions {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly indent: number;
  readonly width: number;
  readonly paint: Paint;
}

const GAP = 2;
const NARROWEST = 4;

/** The lines of a table, each at most `width` wide and without trailing spaces. */
export function table(options: TableOptions): string[] {
  const { headings, rows, indent, paint } = options;
  const texts = headings.map((heading, column) => [heading, ...rows.map((row) => clean(textOf(row[column] ?? '')))]);
  const natural = texts.map((cells) => Math.max(...cells.map(widthOf)));
  const words = texts.map((cells) => Math.max(...cells.flatMap((text) => text.split(' ').map(widthOf))));
  const widths = shrink(natural, words, options.width - indent - GAP * (headings.length - 1));
  const head = headings.map((text) => ({ text, brush: paint.dim }));
  return [head, ...rows].flatMap((row) => renderRow(row, widths, indent));
}

function renderRow(row: readonly Cell[], widths: readonly number[], indent: number): string[] {
  const columns = widths.map((width, column) => wrap(textOf(row[column] ?? ''), width));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) => {
    const last = columns.findLastIndex((lines) => (lines[index] ?? '') !== '');
    const cells = columns.slice(0, last + 1).map((lines, column) => {
      const text = lines[index] ?? '';
      const cell = row[column] ?? '';
      const fill = column === last ? '' : padTo('', (widths[column] ?? 0) - widthOf(text) + GAP);
      return (typeof cell === 'string' || text === '' ? text : cell.brush(text)) + fill;
    });
    return ' '.repeat(indent) + cells.join('');
  });
}

/**
 * Takes columns from the widest one until the row fits, or nothing more can be taken. Words are kept whole while any
 * column can still give way between its words: an identifier broken in two cannot be copied.
 */
function shrink(natural: readonly number[], words: readonly number[], room: number): number[] {
  const widths = [...natural];
  for (const least of [words, natural.map(() => NARROWEST)]) {
    while (widths.reduce((sum, width) => sum + width, 0) > room) {
      const spare = widths.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
      const widest = Math.max(...spare);
      if (widest === 0) break;
      widths[spare.indexOf(widest)] = widest - 1;
    }
  }
  return widths;
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

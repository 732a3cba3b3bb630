/**
 * Survivors by loss as GitHub Flavored Markdown: one table a database, a row for every loss that was asked about.
 *
 * Says what `losses-text.ts` says. Every identifier is code, so that nothing from outside becomes markup.
 */

import { printDuration } from '../core/time.ts';
import { printIds } from './casualties.ts';
import { type LossTable, lossWords } from './losses-text.ts';
import { inlineCode, markdownTable } from './markdown.ts';
import { printMinute } from './words.ts';

/** The tables, ending in a line break. */
export function renderLossesMarkdown(tables: readonly LossTable[]): string {
  const parts = tables.flatMap(({ identifier, rows }) => [
    `### ${inlineCode(identifier)}`,
    markdownTable(['if', 'left', 'work lost', 'last ends'], rows.map(rowOf)),
  ]);
  return `${['## Muster: survivors by loss', ...parts].join('\n\n')}\n`;
}

function rowOf({ loss, left, unknown, dataLossSeconds, lastEndsAt }: LossTable['rows'][number]): string[] {
  const doubt = unknown.length === 0 ? [] : [`in doubt: ${inlineCode(printIds(unknown.map(({ id }) => id)))}`];
  if (left.length === 0) return [lossWords(loss), doubt[0] ?? '**nothing**', '', ''];
  return [
    lossWords(loss),
    [`${left.length}: ${inlineCode(printIds(left.map(({ id }) => id)))}`, ...doubt].join('; '),
    dataLossSeconds === null ? 'not known' : printDuration(dataLossSeconds),
    lastEndsAt === null ? 'never' : printMinute(lastEndsAt),
  ];
}

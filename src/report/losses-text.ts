/**
 * Survivors by loss as text: for each database, what every asked loss would leave of it.
 *
 * A row that leaves nothing is the one to see, so it is said in red and in words.
 */

import { printDuration } from '../core/time.ts';
import type { LossName } from '../survival/losses.ts';
import type { LossRow } from '../survival/matrix.ts';
import { clean, hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';

/** What the losses mean, in words short enough for a label. */
export const LOSS_WORDS: Readonly<Record<LossName, string>> = {
  database_deleted: 'deleted carelessly',
  database_deleted_carefully: 'deleted with care',
  retention_zero: 'retention to its least',
  key_disabled: 'key disabled',
  key_destroyed: 'key destroyed',
  region_lost: 'region lost',
  account_lost: 'account lost',
  bad_write: 'bad write, seen 24 h on',
  time_passes: '30 days pass',
};

/** One database and its rows. */
export interface LossTable {
  readonly identifier: string;
  readonly rows: readonly LossRow[];
}

const LABEL_WIDTH = 27;
const IDS_SHOWN = 4;

/** The tables, ending in a line break. */
export function renderLosses(tables: readonly LossTable[], paint: Paint, width: number = REPORT_WIDTH): string {
  const sections = tables.map(({ identifier, rows }) =>
    [paint.bold(clean(identifier)), ...rows.flatMap((row) => renderRow(row, paint, width))].join('\n'),
  );
  return `${sections.join('\n\n')}\n`;
}

function renderRow({ loss, left, unknown, dataLossSeconds }: LossRow, paint: Paint, width: number): string[] {
  const label = `  ${LOSS_WORDS[loss]}`.padEnd(LABEL_WIDTH);
  const brush = left.length > 0 ? paint.green : unknown.length > 0 ? paint.yellow : paint.red;
  const lost = dataLossSeconds === null ? 'work lost not known' : `work lost ${printDuration(dataLossSeconds)}`;
  const ids = left.slice(0, IDS_SHOWN).map(({ id }) => id);
  const more = left.length > IDS_SHOWN ? ` and ${left.length - IDS_SHOWN} more` : '';
  const doubtful = unknown.length === 0 ? '' : `not known: ${unknown.map(({ id }) => id).join(', ')}`;
  const text = left.length > 0 ? `${ids.join(', ')}${more}; ${lost}` : doubtful === '' ? 'nothing is left' : doubtful;
  return hanging(label, text, width).map((line) => line.slice(0, LABEL_WIDTH) + brush(line.slice(LABEL_WIDTH)));
}

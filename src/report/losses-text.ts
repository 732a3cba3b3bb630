/**
 * Survivors by loss as text: for each database, what every asked loss would leave of it.
 *
 * Asked about one loss, the recovery points that are left by name. Asked about several, one grid of losses and kinds, with
 * the work lost and the day on which the last that is left ends by itself. What leaves nothing is the row to see, so it
 * is said in red and in words.
 */

import { type Instant, printDuration } from '../core/time.ts';
import { RECOVERY_POINT_KINDS, type RecoveryPointKind } from '../inventory/model.ts';
import type { PRINCIPAL_REACH } from '../survival/authority-loss.ts';
import type { LossName } from '../survival/losses.ts';
import type { KindFate, LossRow } from '../survival/matrix.ts';
import { clean, hanging, REPORT_WIDTH, wrap } from './layout.ts';
import type { Paint } from './style.ts';
import { type Cell, table } from './table.ts';

/** What a row can speak of: a loss by name, or what one principal may delete. */
export type RowLoss = LossName | typeof PRINCIPAL_REACH;

/** What the losses mean, in words short enough for a label. */
export const LOSS_WORDS: Readonly<Record<RowLoss, string>> = {
  database_deleted: 'deleted carelessly',
  database_deleted_carefully: 'deleted with care',
  retention_zero: 'retention to its least',
  retention_lowered: 'retention to 1 day',
  snapshots_purged: 'RDS snapshots purged',
  vaults_emptied: 'backup vaults emptied',
  key_disabled: 'key disabled',
  key_deletion_scheduled: 'key deletion scheduled',
  key_destroyed: 'key destroyed',
  everything_deletable: 'all an admin can take',
  principal_reach: 'all the principal may take',
  region_lost: 'region lost',
  account_lost: 'account lost',
  bad_write: 'bad write, seen 24 h on',
  time_passes: '30 days pass',
};

/** A loss in words; one that a newer Muster named as it is. */
export function lossWords(loss: string): string {
  return Object.hasOwn(LOSS_WORDS, loss) ? LOSS_WORDS[loss as RowLoss] : loss.replaceAll('_', ' ');
}

/** The kinds in words short enough to head a column. */
export const KIND_HEADINGS: Readonly<Record<RecoveryPointKind, string>> = {
  pitr: 'PITR',
  system_snapshot: 'system',
  retained_automated_backup: 'retained',
  replicated_automated_backup: 'replica',
  manual_snapshot: 'manual',
  snapshot_copy: 'copy',
  account_copy: 'account',
  shared_snapshot: 'shared',
  public_snapshot: 'public',
  s3_export: 'export',
  backup_snapshot: 'vault',
  backup_continuous: 'v-PITR',
  backup_copy: 'v-copy',
  air_gapped_copy: 'air-gap',
};

const LEGEND = '2/3 left of how many; - none left; x left, but unreadable; ? not known';

/** One database and its rows. */
export interface LossTable {
  readonly identifier: string;
  readonly rows: readonly LossRow<RowLoss>[];
}

const LABEL_WIDTH = 30;
const IDS_SHOWN = 4;

/** The tables, ending in a line break. */
export function renderLosses(tables: readonly LossTable[], paint: Paint, width: number = REPORT_WIDTH): string {
  const grid = tables.some(({ rows }) => rows.length > 1);
  const sections = tables.map(({ identifier, rows }) => {
    const lines = grid ? renderGrid(rows, paint, width) : rows.flatMap((row) => renderNames(row, paint, width));
    return [paint.bold(clean(identifier)), ...lines].join('\n');
  });
  const legend = grid ? [wrap(LEGEND, width).map(paint.dim).join('\n')] : [];
  return `${[...sections, ...legend].join('\n\n')}\n`;
}

function renderNames(row: LossRow<RowLoss>, paint: Paint, width: number): string[] {
  const { loss, left, unknown } = row;
  const label = `  ${LOSS_WORDS[loss]}`.padEnd(LABEL_WIDTH);
  const ids = left.slice(0, IDS_SHOWN).map(({ id }) => id);
  const more = left.length > IDS_SHOWN ? ` and ${left.length - IDS_SHOWN} more` : '';
  const doubtful = unknown.length === 0 ? '' : `not known: ${unknown.map(({ id }) => id).join(', ')}`;
  const text =
    left.length > 0
      ? `${ids.join(', ')}${more}; work lost ${workLost(row)}; ${endWords(row)}`
      : doubtful || 'nothing is left';
  return hanging(label, text, width).map(
    (line) => line.slice(0, LABEL_WIDTH) + brushOf(row, paint)(line.slice(LABEL_WIDTH)),
  );
}

/** One line a loss, one column a kind that any of them knows of. */
function renderGrid(rows: readonly LossRow<RowLoss>[], paint: Paint, width: number): string[] {
  const kinds = RECOVERY_POINT_KINDS.filter((kind) => rows.some((row) => row.kinds.some((fate) => fate.kind === kind)));
  const headings = ['loss', ...kinds.map((kind) => KIND_HEADINGS[kind]), 'work lost', 'last ends'];
  const lines = rows.map((row): readonly Cell[] => {
    const brush = brushOf(row, paint);
    const outcome = row.left.length > 0 ? [workLost(row), dayOf(row.lastEndsAt)] : [nothingWords(row), ''];
    return [
      LOSS_WORDS[row.loss],
      ...kinds.map((kind) =>
        kindCell(
          row.kinds.find((fate) => fate.kind === kind),
          paint,
        ),
      ),
      ...outcome.map((text) => ({ text, brush })),
    ];
  });
  return table({ headings, rows: lines, indent: 2, width, paint });
}

function kindCell(fate: KindFate | undefined, paint: Paint): Cell {
  if (fate === undefined) return '';
  const { points, left, best } = fate;
  if (left > 0) return { text: left === points ? `${left}` : `${left}/${points}`, brush: paint.green };
  if (best === 'unknown') return { text: '?', brush: paint.yellow };
  return { text: best === 'unreadable' ? 'x' : '-', brush: paint.red };
}

function brushOf({ left, unknown }: LossRow<RowLoss>, paint: Paint) {
  if (left.length > 0) return paint.green;
  return unknown.length > 0 ? paint.yellow : paint.red;
}

function workLost({ dataLossSeconds }: LossRow<RowLoss>): string {
  return dataLossSeconds === null ? 'not known' : printDuration(dataLossSeconds);
}

function nothingWords({ unknown }: LossRow<RowLoss>): string {
  return unknown.length > 0 ? 'not known' : 'ALL OF IT';
}

function endWords({ lastEndsAt }: LossRow<RowLoss>): string {
  return lastEndsAt === null ? 'never ends by itself' : `the last is gone on ${dayOf(lastEndsAt)}`;
}

function dayOf(at: Instant | null): string {
  return at === null ? 'never' : at.slice(0, 10);
}

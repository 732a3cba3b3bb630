/**
 * An inventory as text: databases, restore windows, recovery points with their age and end, and what was not seen.
 *
 * The gaps come before the tables: whoever reads a short list must know whether it is short or only unread. Of each
 * database's recovery points the newest few are shown, the rest counted; `muster scan --json` has them all.
 */

import { printScope } from '../core/arn.ts';
import { compareCodeUnits, sortedBy } from '../core/canonical.ts';
import { type Instant, printDuration, printInstant, secondsBetween } from '../core/time.ts';
import type { Database, Inventory, RecoveryPoint } from '../inventory/model.ts';
import { renderGaps } from './gaps-text.ts';
import { groupBy } from './group.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { countOf, KIND_WORDS } from './words.ts';

const POINTS_SHOWN = 5;

/**
 * The inventory, ending in a line break.
 *
 * @param at The instant ages are counted to.
 */
export function renderInventory(inventory: Inventory, at: Instant, paint: Paint, width: number = REPORT_WIDTH): string {
  const sections = [
    headline(inventory, paint, width),
    renderGaps(inventory.gaps, paint, width),
    renderDatabases(inventory.databases, { at, paint, width }),
    renderPoints(inventory, { at, paint, width }),
  ];
  return `${sections.map((section) => section.join('\n')).join('\n\n')}\n`;
}

function headline(inventory: Inventory, paint: Paint, width: number): string[] {
  const { databases, recoveryPoints, vaults, keys, gaps } = inventory;
  const counts = [
    countOf(databases.length, 'database'),
    countOf(recoveryPoints.length, 'recovery point'),
    countOf(vaults.length, 'vault'),
    countOf(keys.length, 'key'),
    countOf(gaps.length, 'gap'),
  ].join(', ');
  const scopes = inventory.scopes.map(printScope).join(', ') || 'no scope at all';
  const source = inventory.endpoint === null ? 'AWS' : `${inventory.endpoint}, which is not AWS`;
  const read = `read ${scopes} from ${source} at ${printInstant(inventory.observedAt)} as ${inventory.principal.arn}`;
  return [paint.bold(counts), ...hanging('', read, width)];
}

function renderDatabases(databases: readonly Database[], { at, paint, width }: Context): string[] {
  if (databases.length === 0) return ['databases: none seen'];
  const rows = sortedBy(databases, (database) => database.arn).map((database): Cell[] => [
    database.identifier,
    `${database.engine} ${database.engineVersion}`,
    database.retentionDays === 0
      ? { text: '0 d: no PITR', brush: paint.red }
      : { text: `${database.retentionDays} d`, brush: (text) => text },
    database.deletionProtection ? 'on' : { text: 'off', brush: paint.yellow },
    printWindow(database, at, paint),
  ]);
  const headings = ['database', 'engine', 'retention', 'protection', 'restorable to'];
  return [paint.bold('databases and restore windows'), ...table({ headings, rows, indent: 2, width, paint })];
}

interface Context {
  readonly at: Instant;
  readonly paint: Paint;
  readonly width: number;
}

function renderPoints(inventory: Inventory, { at, paint, width }: Context): string[] {
  if (inventory.recoveryPoints.length === 0) return [paint.red('recovery points: none seen')];
  const living = new Set(inventory.databases.map((database) => database.resourceId));
  const ordered = sortedBy(
    inventory.recoveryPoints,
    (point) => `${point.databaseIdentifier} ${point.databaseResourceId}`,
  );
  const groups = groupBy(ordered, (point) => point.databaseResourceId ?? `? ${point.databaseIdentifier}`);
  const lines = groups.flatMap((points) => {
    const newestFirst = [...points].sort(
      (a, b) => compareCodeUnits(dataKey(b), dataKey(a)) || compareCodeUnits(a.arn, b.arn),
    );
    const [first] = newestFirst;
    if (first === undefined) return [];
    const exists = first.databaseResourceId !== null && living.has(first.databaseResourceId);
    const note = exists ? '' : ', a database that no longer exists or was not seen';
    const rest = points.length - POINTS_SHOWN;
    const shown = newestFirst.slice(0, POINTS_SHOWN);
    // A column that says `available` in every row would only push the ids into two lines.
    const withStatus = shown.some(({ status }) => status !== 'available');
    const headings = ['recovery point', 'kind', 'data as of', 'ends', ...(withStatus ? ['status'] : [])];
    const rows = shown.map((point) => [...pointRow(point, at), ...(withStatus ? [statusCell(point, paint)] : [])]);
    return [
      '',
      ...hanging('', `${countOf(points.length, 'recovery point')} of ${first.databaseIdentifier}${note}`, width),
      ...table({ headings, rows, indent: 2, width, paint }),
      ...(rest > 0 ? [`  and ${rest} older`] : []),
    ];
  });
  return [paint.bold('recovery points, newest first'), ...lines.slice(1)];
}

function pointRow(point: RecoveryPoint, at: Instant): Cell[] {
  const dataAt = dataInstant(point);
  return [point.id, KIND_WORDS[point.kind], dataAt === null ? 'unknown' : printAge(dataAt, at), endOf(point)];
}

function statusCell({ status }: RecoveryPoint, paint: Paint): Cell {
  return status === 'available' ? status : { text: status, brush: paint.yellow };
}

/** From when to when a restore can choose its instant: `14 d to 3 min ago`. */
function printWindow({ restoreWindow }: Database, at: Instant, paint: Paint): Cell {
  if (restoreWindow === null) return { text: 'no instant', brush: paint.red };
  return `${printAge(restoreWindow.earliest, at).replace(' ago', '')} to ${printAge(restoreWindow.latest, at)}`;
}

/** An age to its largest unit, which is all a column needs: `19 h ago`. */
function printAge(then: Instant, at: Instant): string {
  if (then > at) return 'in the future';
  const [count, unit] = printDuration(secondsBetween(then, at)).split(' ');
  return `${count} ${unit} ago`;
}

/** When a point ends by itself; automated ones live as long as retention and database do. */
function endOf(point: RecoveryPoint): string {
  if (point.expiresAt !== null) return point.expiresAt.slice(0, 10);
  return point.kind === 'pitr' || point.kind === 'system_snapshot' ? 'with database' : 'never';
}

function dataInstant(point: RecoveryPoint): Instant | null {
  return point.window?.latest ?? point.dataAt;
}

function dataKey(point: RecoveryPoint): string {
  return dataInstant(point) ?? '';
}

/**
 * An inventory as text: places, databases, restore windows, recovery points with their age and end, what lies beside,
 * and what was not seen.
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
import { placesOf, printPlaces, renderPlaces } from './places-text.ts';
import type { Paint } from './style.ts';
import { renderSurroundings } from './surroundings-text.ts';
import { type Cell, table } from './table.ts';
import { countOf, KIND_WORDS } from './words.ts';

const POINTS_SHOWN = 5;

/**
 * The inventory, ending in a line break.
 *
 * @param at The instant ages are counted to.
 */
export function renderInventory(inventory: Inventory, at: Instant, paint: Paint, width: number = REPORT_WIDTH): string {
  const context = { at, paint, width, manyPlaces: placesOf(inventory).length > 1 };
  const sections = [
    headline(inventory, paint, width),
    renderPlaces(inventory, paint, width),
    renderGaps(inventory.gaps, paint, width),
    renderDatabases(inventory.databases, context),
    renderPoints(inventory, context),
    renderSurroundings(inventory, paint, width),
  ].filter((lines) => lines.length > 0);
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
  const source = inventory.endpoint === null ? 'AWS' : `${inventory.endpoint}, which is not AWS`;
  const read = `read ${printPlaces(inventory)} from ${source} at ${printInstant(inventory.observedAt)} as ${inventory.principal.arn}`;
  return [paint.bold(counts), ...hanging('', read, width)];
}

function renderDatabases(databases: readonly Database[], context: Context): string[] {
  if (databases.length === 0) return ['databases: none seen'];
  const { paint, manyPlaces } = context;
  const title = 'databases and restore windows';
  const ordered = sortedBy(databases, (database) => `${printScope(database)} ${database.arn}`);
  if (!manyPlaces) return [paint.bold(title), ...databaseTable(ordered, context)];
  return groupBy(ordered, printScope).flatMap((here, index) => [
    ...(index === 0 ? [] : ['']),
    paint.bold(`${title} in ${here.slice(0, 1).map(printScope)}`),
    ...databaseTable(here, context),
  ]);
}

function databaseTable(databases: readonly Database[], { at, paint, width }: Context): string[] {
  const rows = databases.map((database): Cell[] => [
    database.identifier,
    `${database.engine} ${database.engineVersion}`,
    database.retentionDays === 0
      ? { text: '0 d: no PITR', brush: paint.red }
      : { text: `${database.retentionDays} d`, brush: (text) => text },
    database.deletionProtection ? 'on' : { text: 'off', brush: paint.yellow },
    printWindow(database, at, paint),
  ]);
  const headings = ['database', 'engine', 'retention', 'protection', 'restorable to'];
  return table({ headings, rows, indent: 2, width, paint });
}

interface Context {
  readonly at: Instant;
  readonly paint: Paint;
  readonly width: number;
  /** True when what is where has to be told apart. */
  readonly manyPlaces: boolean;
}

/** Exports are told elsewhere: no restore starts from one. */
function renderPoints(inventory: Inventory, context: Context): string[] {
  const { paint } = context;
  const restorable = inventory.recoveryPoints.filter(({ kind }) => kind !== 's3_export');
  if (restorable.length === 0) return [paint.red('recovery points: none seen')];
  const living = new Map(inventory.databases.map((database) => [database.resourceId, database]));
  const ordered = sortedBy(restorable, (point) => `${point.databaseIdentifier} ${point.databaseResourceId}`);
  const groups = groupBy(ordered, (point) => point.databaseResourceId ?? `? ${point.databaseIdentifier}`);
  const lines = groups.flatMap((points) => ['', ...pointGroup(points, living, context)]);
  return [paint.bold('recovery points, newest first'), ...lines.slice(1)];
}

/** The recovery points of one database, newest first. */
function pointGroup(
  points: readonly RecoveryPoint[],
  living: ReadonlyMap<string, Database>,
  { at, paint, width, manyPlaces }: Context,
): string[] {
  const newestFirst = [...points].sort(
    (a, b) => compareCodeUnits(dataKey(b), dataKey(a)) || compareCodeUnits(a.arn, b.arn),
  );
  const [first] = newestFirst;
  if (first === undefined) return [];
  const owner = first.databaseResourceId === null ? undefined : living.get(first.databaseResourceId);
  const place = manyPlaces && owner !== undefined ? ` in ${printScope(owner)}` : '';
  const note = owner === undefined ? ', a database that no longer exists or was not seen' : place;
  const rest = points.length - POINTS_SHOWN;
  const shown = newestFirst.slice(0, POINTS_SHOWN);
  // A column that says `available` in every row would only push the ids into two lines.
  const withStatus = shown.some(({ status }) => status !== 'available');
  const headings = ['recovery point', 'kind', 'data as of', 'ends', ...(withStatus ? ['status'] : [])];
  const rows = shown.map((point) => [
    ...pointRow(point, owner ?? null, at),
    ...(withStatus ? [statusCell(point, paint)] : []),
  ]);
  const name = first.databaseIdentifier || 'an unknown one';
  return [
    ...hanging('', `${countOf(points.length, 'recovery point')} of ${name}${note}`, width),
    ...table({ headings, rows, indent: 2, width, paint }),
    ...(rest > 0 ? [`  and ${rest} older`] : []),
  ];
}

function pointRow(point: RecoveryPoint, owner: Database | null, at: Instant): Cell[] {
  const dataAt = dataInstant(point);
  const kind = `${KIND_WORDS[point.kind]}${elsewhere(point, owner)}`;
  return [point.id, kind, dataAt === null ? 'unknown' : printAge(dataAt, at), endOf(point)];
}

/** Where a recovery point lies, when that is not where its database does: the loss of one place spares it. */
function elsewhere(point: RecoveryPoint, owner: Database | null): string {
  if (owner === null || printScope(point) === printScope(owner)) return '';
  return ` in ${point.accountId === owner.accountId ? point.region : printScope(point)}`;
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

/**
 * Gathers the plain answer to each kind of probe, in whatever dialect; judges nothing.
 *
 * A question that fails is an answer too, which says why. Rows are counted or digested as they arrive and never held.
 * All of a question sees one state of the data: it is asked within one read-only transaction, except integrity, whose
 * checks each stand alone so that one damaged index does not hide the next.
 */

import { digestOf, sortedBy } from '../../core/canonical.ts';
import { unreachable } from '../../core/invariant.ts';
import type { Probe, ProbeAnswer } from '../../drill/probe.ts';
import { type Cell, firstRow, rowsOf, type SqlConnection } from './connection.ts';
import type { Dialect, TableRef } from './dialect.ts';
import { UnaskableQuestion } from './faults.ts';
import type { ProbeLimits } from './limits.ts';
import { quote, quoteTable, readTableName } from './names.ts';
import { RowDigest } from './row-digest.ts';
import { readTimestamp } from './timestamps.ts';

/** What a question is put through. */
export interface Asking {
  readonly connection: SqlConnection;
  readonly dialect: Dialect;
  readonly limits: ProbeLimits;
}

type Kind<K extends Probe['kind']> = Extract<Probe, { kind: K }>;

/**
 * The answer to one probe.
 *
 * @throws whatever the driver throws, and `UnaskableQuestion`; the session turns both into an answer.
 */
export async function answerProbe(asking: Asking, probe: Probe): Promise<ProbeAnswer> {
  if (probe.kind === 'integrity') return checkIntegrity(asking, probe);
  return asking.connection.readOnly(() => answerWithin(asking, probe));
}

/** Reads every row of every user table with all its parts; one table at a time, so that no snapshot is held for hours. */
export async function readAllRows({ connection, dialect, limits }: Asking): Promise<number> {
  const tables = await connection.readOnly(() => dialect.userTables(connection));
  let rows = 0;
  for (const table of tables) {
    rows += await connection.readOnly(async () => {
      const sql = await dialect.readWhole(connection, table);
      return numberOf((await rowsOf(connection, sql, { secondsMax: limits.wholeSecondsMax }))[0]?.[0]);
    });
  }
  return rows;
}

async function answerWithin(asking: Asking, probe: Exclude<Probe, { kind: 'integrity' }>): Promise<ProbeAnswer> {
  const { connection, dialect } = asking;
  switch (probe.kind) {
    case 'row_count':
      return { kind: 'count', count: await countRows(asking, tableOf(asking, probe.table)), tables: 1 };
    case 'total_rows': {
      const tables = await dialect.userTables(connection);
      let count = 0;
      for (const table of tables) count += await countRows(asking, table);
      return { kind: 'count', count, tables: tables.length };
    }
    case 'tables': {
      const { length } = await dialect.userTables(connection);
      return { kind: 'count', count: length, tables: length };
    }
    case 'freshness':
    case 'marker':
      return readInstant(asking, probe.sql);
    case 'checksum':
      return digestRows(asking, probe);
    case 'schema':
      return digestStructure(asking);
    case 'sql': {
      const { first, rows, columns } = await firstRow(connection, withoutSemicolon(probe.sql));
      return { kind: 'value', text: first?.[0] ?? null, rows, columns };
    }
    default:
      return unreachable(probe, 'probe kinds');
  }
}

async function countRows({ connection, dialect }: Asking, table: TableRef): Promise<number> {
  return numberOf((await rowsOf(connection, `select count(*) from ${quoteTable(table, dialect.mark)}`))[0]?.[0]);
}

async function readInstant({ connection }: Asking, sql: string): Promise<ProbeAnswer> {
  const { first, rows, columns } = await firstRow(connection, withoutSemicolon(sql));
  if (columns !== 1) throw new UnaskableQuestion(`yields ${columns} columns, not one timestamp`);
  return { kind: 'instant', instant: readTimestamp(first?.[0] ?? null), rows };
}

async function digestRows(asking: Asking, probe: Kind<'checksum'>): Promise<ProbeAnswer> {
  const { connection, dialect } = asking;
  const table = tableOf(asking, probe.table);
  const known = await dialect.columns(connection, table);
  const pick = (name: string) => {
    const column = known.find((one) => one.name === name);
    if (column === undefined) throw new UnaskableQuestion(`${probe.table} has no column ${JSON.stringify(name)}`);
    return column;
  };
  if (known.length === 0) throw new UnaskableQuestion(`there is no table ${probe.table}`);
  if (probe.key.length === 0) throw new UnaskableQuestion('a checksum takes a key that orders the rows');
  const key = probe.key.map(pick);
  const read = probe.columns.length === 0 ? known : probe.columns.map(pick);
  const columns = [...key, ...read];
  const digest = new RowDigest(columns.map(({ name }) => name));
  const sql = [
    `select ${columns.map(({ name }) => quote(name, dialect.mark)).join(', ')} from ${quoteTable(table, dialect.mark)}`,
    // On lines of its own: the condition may end in a comment.
    ...(probe.where === null ? [] : [`where (\n${withoutSemicolon(probe.where)}\n)`]),
    `order by ${key.map(({ ordered }) => ordered).join(', ')} limit ${Math.floor(probe.rowsMax)}`,
  ].join('\n');
  let last: readonly Cell[] = [];
  let ties = 0;
  await connection.each(sql, (row) => {
    // Rows that share a key come in whatever order the server likes: their digest would be one of chance.
    if (key.every((_, index) => sameCell(row[index], last[index]))) ties += 1;
    last = row.slice(0, key.length);
    digest.add(row);
  });
  if (ties > 0) throw new UnaskableQuestion(`${probe.key.join(', ')} does not order the rows: ${ties} share their key`);
  return { kind: 'digest', ...digest.finish(), parts: {} };
}

async function digestStructure({ connection, dialect }: Asking): Promise<ProbeAnswer> {
  const lines = new Map<string, string[]>();
  for (const [table, ...line] of await dialect.structure(connection)) {
    const known = lines.get(table ?? '') ?? [];
    lines.set(table ?? '', [...known, JSON.stringify(line)]);
  }
  const parts = Object.fromEntries(
    sortedBy([...lines], ([table]) => table).map(([table, of]) => [table, digestOf(of.toSorted())]),
  );
  return { kind: 'digest', digest: digestOf(parts), rows: lines.size, parts };
}

async function checkIntegrity(asking: Asking, probe: Kind<'integrity'>): Promise<ProbeAnswer> {
  const { connection, dialect, limits } = asking;
  const tables = probe.tables.length === 0 ? null : probe.tables.map((name) => tableOf(asking, name));
  for (const table of tables ?? []) {
    const known = await connection.readOnly(() => dialect.columns(connection, table));
    if (known.length === 0) throw new UnaskableQuestion(`there is no table ${table.schema}.${table.table}`);
  }
  return { kind: 'integrity', ...(await dialect.checkIntegrity(connection, tables, limits.wholeSecondsMax)) };
}

function tableOf({ dialect }: Asking, name: string): TableRef {
  const read = readTableName(name, dialect.mark);
  const schema = read?.schema ?? dialect.defaultSchema;
  if (read === null || schema === null) {
    throw new UnaskableQuestion(`${JSON.stringify(name)} is no table name (schema.table is)`);
  }
  return { schema, table: read.table };
}

function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}

function withoutSemicolon(sql: string): string {
  return sql.replace(/[\s;]+$/, '');
}

function numberOf(text: string | null | undefined): number {
  const figure = Number(text ?? Number.NaN);
  if (!Number.isSafeInteger(figure)) throw new UnaskableQuestion('the server yields no count');
  return figure;
}

/**
 * What each probe asks of PostgreSQL, and whether the answer passes.
 *
 * Given a way to ask one statement inside a read-only transaction. Knows no connection and reads no
 * clock: a freshness probe measures against the instant it is handed.
 * Source: PostgreSQL manual, "System Catalogs: pg_class" and "Identifiers and Key Words" (quoting).
 */

import { unreachable } from '../../core/invariant.ts';
import { fromEpochMilliseconds, type Instant, printDuration, printInstant, secondsBetween } from '../../core/time.ts';
import type { Probe, ProbeResult } from '../../drill/model.ts';

/** Asks one statement; every value is the text PostgreSQL prints, or null. */
export type AskSql = (sql: string) => Promise<(string | null)[][]>;

/** Clocks differ a little; a marker further ahead than this was not written by a living system. */
const SKEW_SECONDS_MAX = 300;
const SHOWN_LENGTH_MAX = 80;
/** Partitions are left out: they are parts of the table that is counted. */
const USER_TABLES = `
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p')
     and not c.relispartition
     and n.nspname <> 'information_schema'
     and n.nspname not like 'pg\\_%'`;

/**
 * Asks a probe and judges the answer.
 *
 * @throws whatever `ask` throws; the session turns that into a failed result.
 */
export async function judgeProbe(ask: AskSql, probe: Probe, at: Instant): Promise<ProbeResult> {
  switch (probe.kind) {
    case 'row_count':
      return judgeRowCount(ask, probe);
    case 'total_rows':
      return judgeTotalRows(ask, probe);
    case 'tables':
      return judgeTables(ask, probe);
    case 'freshness':
      return judgeFreshness(ask, probe, at);
    case 'sql':
      return judgeSql(ask, probe);
    default:
      return unreachable(probe, 'probe kinds');
  }
}

type Kind<K extends Probe['kind']> = Extract<Probe, { kind: K }>;

async function judgeRowCount(ask: AskSql, probe: Kind<'row_count'>): Promise<ProbeResult> {
  const table = quoteTable(probe.table);
  if (table === null) return failed(probe, `${JSON.stringify(probe.table)} is no table name (schema.table is)`);
  const rows = numberOf(await ask(`select count(*) from ${table}`));
  const wanted = probe.rowsMin === null ? 'no minimum' : `at least ${group(probe.rowsMin)} wanted`;
  return {
    ...named(probe),
    passed: probe.rowsMin === null || rows >= probe.rowsMin,
    finding: `${probe.table} holds ${group(rows)} ${rows === 1 ? 'row' : 'rows'} (${wanted})`,
    value: rows,
  };
}

async function judgeTotalRows(ask: AskSql, probe: Kind<'total_rows'>): Promise<ProbeResult> {
  const tables = await ask(`select n.nspname, c.relname ${USER_TABLES} order by 1, 2`);
  let rows = 0;
  for (const [schema, table] of tables) {
    rows += numberOf(await ask(`select count(*) from ${quote(schema ?? '')}.${quote(table ?? '')}`));
  }
  const where = `${group(tables.length)} user ${tables.length === 1 ? 'table' : 'tables'}`;
  return {
    ...named(probe),
    passed: rows >= probe.rowsMin,
    finding: `${where} ${tables.length === 1 ? 'holds' : 'hold'} ${group(rows)} ${rows === 1 ? 'row' : 'rows'} (at least ${group(probe.rowsMin)} wanted)`,
    value: rows,
  };
}

async function judgeTables(ask: AskSql, probe: Kind<'tables'>): Promise<ProbeResult> {
  const tables = numberOf(await ask(`select count(*) ${USER_TABLES}`));
  return {
    ...named(probe),
    passed: tables >= probe.tablesMin,
    finding: `${group(tables)} user ${tables === 1 ? 'table' : 'tables'} (at least ${group(probe.tablesMin)} wanted)`,
    value: tables,
  };
}

async function judgeFreshness(ask: AskSql, probe: Kind<'freshness'>, at: Instant): Promise<ProbeResult> {
  // Taken as epoch by the server, so that neither the session's time zone nor the column's type matters.
  const rows = await ask(
    `select extract(epoch from newest_at) from (\n${withoutSemicolon(probe.sql)}\n) as probed (newest_at) limit 2`,
  );
  const text = rows[0]?.[0] ?? null;
  if (rows.length !== 1)
    return failed(probe, `yields ${rows.length === 0 ? 'no row' : 'more than one row'}, not one timestamp`);
  const epochSeconds = Number(text);
  if (text === null || !Number.isFinite(epochSeconds))
    return failed(probe, 'yields no timestamp: there is nothing to be fresh');
  const newest = fromEpochMilliseconds(epochSeconds * 1000);
  const ageSeconds = secondsBetween(newest, at);
  if (ageSeconds < -SKEW_SECONDS_MAX) {
    return failed(
      probe,
      `${printInstant(newest)} lies ahead of ${printInstant(at)}: it says nothing about age`,
      ageSeconds,
    );
  }
  const limit = `at most ${printDuration(probe.ageSecondsMax)} wanted`;
  return {
    ...named(probe),
    passed: ageSeconds <= probe.ageSecondsMax,
    finding: `newest is ${printInstant(newest)}, ${printDuration(Math.max(0, ageSeconds))} old (${limit})`,
    value: ageSeconds,
  };
}

async function judgeSql(ask: AskSql, probe: Kind<'sql'>): Promise<ProbeResult> {
  const rows = await ask(withoutSemicolon(probe.sql));
  const [row] = rows;
  if (rows.length !== 1 || row?.length !== 1) return failed(probe, 'yields other than one row of one column');
  const text = row[0] ?? null;
  const figure = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return {
    ...named(probe),
    passed: text === probe.equals,
    finding: `yields ${shown(text)} (${shown(probe.equals)} wanted)`,
    value: Number.isFinite(figure) ? figure : null,
  };
}

/**
 * `schema.table` or `table` (then in `public`), quoted; parts may be quoted already. Null for anything else.
 */
export function quoteTable(name: string): string | null {
  const part = `(?:"((?:[^"]|"")+)"|([^".]+))`;
  const match = new RegExp(`^${part}(?:\\.${part})?$`).exec(name.trim());
  if (match === null) return null;
  const first = match[1]?.replaceAll('""', '"') ?? match[2];
  const second = match[3]?.replaceAll('""', '"') ?? match[4];
  if (first === undefined || name.includes('\0')) return null;
  return second === undefined ? `"public".${quote(first)}` : `${quote(first)}.${quote(second)}`;
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function withoutSemicolon(sql: string): string {
  return sql.replace(/[\s;]+$/, '');
}

function numberOf(rows: (string | null)[][]): number {
  return Number(rows[0]?.[0] ?? Number.NaN);
}

function named(probe: Probe): Pick<ProbeResult, 'name' | 'kind'> {
  return { name: probe.name, kind: probe.kind };
}

function failed(probe: Probe, finding: string, value: number | null = null): ProbeResult {
  return { ...named(probe), passed: false, finding, value };
}

function group(figure: number): string {
  return figure.toLocaleString('en-US');
}

function shown(text: string | null): string {
  if (text === null) return 'null';
  return JSON.stringify(text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text);
}

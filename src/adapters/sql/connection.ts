/**
 * What a driver offers to the questions: one statement at a time, its rows one by one.
 *
 * Rows are handed over as they arrive and kept by nobody here, so that memory stays flat whatever a probe's SQL yields.
 * Values are as the server prints them, so that digests do not depend on a driver's idea of types.
 */

import type { Seconds } from '../../core/time.ts';

/** One value as the server prints it; raw bytes where the driver would have to guess an encoding. */
export type Cell = string | Buffer | null;

/** How one statement is to be asked. */
export interface StatementOptions {
  readonly secondsMax?: Seconds;
}

/** How many rows and columns a statement yielded. */
export interface Yield {
  readonly rows: number;
  readonly columns: number;
}

/** An open connection, which speaks one dialect. */
export interface SqlConnection {
  /** Asks one statement, read-only; more than one is refused by the server. */
  each(sql: string, onRow: (row: readonly Cell[]) => void, options?: StatementOptions): Promise<Yield>;
  /** Runs `work` within one read-only transaction that sees one state of the data. */
  readOnly<T>(work: () => Promise<T>): Promise<T>;
  /** Gives the connection up at once; everything that waits on it is rejected with `cause`. */
  destroy(cause: Error): void;
  /** Says goodbye. Never fails, and never waits for long. */
  end(): Promise<void>;
}

/** All rows of a statement that yields few, as text. */
export async function rowsOf(
  connection: SqlConnection,
  sql: string,
  options?: StatementOptions,
): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  await connection.each(sql, (row) => rows.push(row.map(textOf)), options);
  return rows;
}

/** The first row as text, and how many rows and columns there were; the others are counted only. */
export async function firstRow(
  connection: SqlConnection,
  sql: string,
): Promise<Yield & { readonly first: readonly (string | null)[] | null }> {
  let first: (string | null)[] | null = null;
  const counted = await connection.each(sql, (row) => {
    first ??= row.map(textOf);
  });
  return { ...counted, first };
}

function textOf(cell: Cell): string | null {
  return Buffer.isBuffer(cell) ? cell.toString('utf8') : cell;
}

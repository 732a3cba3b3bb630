/**
 * What differs between database engines when the same question is put.
 *
 * SQL texts and little more; how a connection is made is the driver's, what an answer means is `judge-probe.ts`'s.
 */

import type { SqlConnection } from './connection.ts';
import type { Quote } from './names.ts';

/** A user table, in its parts. */
export interface TableRef {
  readonly schema: string;
  readonly table: string;
}

/** One column of a table, and how it orders rows the same on every server. */
export interface ColumnRef {
  readonly name: string;
  /** SQL that orders by this column whatever collation it has. */
  readonly ordered: string;
}

/** What was checked, and what is wrong. */
export interface IntegrityFinding {
  readonly checked: number;
  readonly problems: readonly string[];
}

/** One family of engines. */
export interface Dialect {
  readonly mark: Quote;
  /** All user tables that this sign-in's database holds, without partitions, in a fixed order. */
  userTables(connection: SqlConnection): Promise<TableRef[]>;
  /** Where a bare name is looked for; null when nowhere. */
  readonly defaultSchema: string | null;
  /** Columns in their order; empty when there is no such table. */
  columns(connection: SqlConnection, table: TableRef): Promise<ColumnRef[]>;
  /** Lines of structure: the table's name first. */
  structure(connection: SqlConnection): Promise<(string | null)[][]>;
  /** @param tables Null for all. */
  checkIntegrity(
    connection: SqlConnection,
    tables: readonly TableRef[] | null,
    secondsMax: number,
  ): Promise<IntegrityFinding>;
  /** SQL that reads every row of a table with all its parts, and yields how many rows there were. */
  readWhole(connection: SqlConnection, table: TableRef): Promise<string>;
}

/**
 * The questions in the words of MySQL and MariaDB.
 *
 * Source: MySQL manual, "INFORMATION_SCHEMA Tables", "CHECK TABLE Statement", "Cast Functions and Operators"; MariaDB
 * manual, the same. Row counts, sizes and auto-increment figures stay out of the structure: they are data.
 */

import { rowsOf, type SqlConnection } from './connection.ts';
import type { ColumnRef, Dialect, IntegrityFinding, TableRef } from './dialect.ts';
import { UnaskableQuestion } from './faults.ts';
import { literal, quote, quoteTable } from './names.ts';

const SYSTEM_SCHEMAS = `('mysql', 'information_schema', 'performance_schema', 'sys')`;
const NAME = `concat(c.table_schema, '.', c.table_name)`;
const DESCRIBED = `c.table_schema not in ${SYSTEM_SCHEMAS}`;
/** The first column names the table or view, the second what kind of line it is. */
const STRUCTURE = [
  `select ${NAME}, 'relation', c.table_type, c.engine, c.table_collation from information_schema.tables c
    where ${DESCRIBED}`,
  `select ${NAME}, 'view', c.view_definition from information_schema.views c where ${DESCRIBED}`,
  `select ${NAME}, 'column', c.ordinal_position, c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra,
          c.collation_name, c.generation_expression
     from information_schema.columns c where ${DESCRIBED}`,
  `select ${NAME}, 'index', c.index_name, c.non_unique, c.seq_in_index, c.column_name, c.sub_part, c.collation,
          c.index_type
     from information_schema.statistics c where ${DESCRIBED}`,
  `select ${NAME}, 'key', c.constraint_name, c.column_name, c.ordinal_position, c.referenced_table_schema,
          c.referenced_table_name, c.referenced_column_name
     from information_schema.key_column_usage c where ${DESCRIBED}`,
  `select concat(c.constraint_schema, '.', c.table_name), 'foreign key', c.constraint_name, c.update_rule, c.delete_rule
     from information_schema.referential_constraints c where c.constraint_schema not in ${SYSTEM_SCHEMAS}`,
];
/** MySQL 5.7 has no checks, and no view of them. */
const HAS_CHECKS = `select 1 from information_schema.tables
    where table_schema = 'information_schema' and upper(table_name) = 'CHECK_CONSTRAINTS'`;
/** MySQL's names of checks belong to the schema, MariaDB's to the table. */
const CHECKS = `select ${NAME}, 'check', k.constraint_name, k.check_clause
     from information_schema.table_constraints c
     join information_schema.check_constraints k
       on k.constraint_schema = c.constraint_schema and k.constraint_name = c.constraint_name
    where c.constraint_type = 'CHECK' and ${DESCRIBED}`;
const SAME_TABLE = ' and k.table_name = c.table_name';

/** MySQL, Aurora MySQL and MariaDB, signed in to one schema or none. */
export function mysqlDialect(databaseName: string, isMariaDb: boolean): Dialect {
  return {
    mark: '`',
    defaultSchema: databaseName === '' ? null : databaseName,
    userTables,
    columns,
    structure: async (connection) => {
      const lines: (string | null)[][] = [];
      const knowsChecks = (await rowsOf(connection, HAS_CHECKS)).length > 0;
      for (const sql of knowsChecks ? [...STRUCTURE, CHECKS + (isMariaDb ? SAME_TABLE : '')] : STRUCTURE) {
        lines.push(...(await rowsOf(connection, sql)));
      }
      return lines;
    },
    checkIntegrity,
    readWhole: async (connection, table) => {
      // Every column is named, so that no secondary index can answer alone and values that lie outside their row are
      // fetched; a bare count would read the smallest index and nothing else.
      const lengths = (await columns(connection, table)).map(({ name }) => `sum(octet_length(${quote(name, '`')}))`);
      return `select ${['count(*)', ...lengths].join(', ')} from ${nameOf(table)}`;
    },
  };
}

async function userTables(connection: SqlConnection): Promise<TableRef[]> {
  const rows = await rowsOf(
    connection,
    `select c.table_schema, c.table_name from information_schema.tables c
      where c.table_type = 'BASE TABLE' and ${DESCRIBED}
      order by cast(c.table_schema as binary), cast(c.table_name as binary)`,
  );
  return rows.map(([schema, table]) => ({ schema: schema ?? '', table: table ?? '' }));
}

async function columns(connection: SqlConnection, { schema, table }: TableRef): Promise<ColumnRef[]> {
  const rows = await rowsOf(
    connection,
    `select c.column_name, c.character_set_name is not null from information_schema.columns c
      where c.table_schema = ${literal(schema, '`')} and c.table_name = ${literal(table, '`')}
      order by c.ordinal_position`,
  );
  return rows.map(([name, collates]) => {
    const column = quote(name ?? '', '`');
    // By bytes: most collations hold different texts to be equal.
    return { name: name ?? '', ordered: collates === '1' ? `cast(${column} as binary)` : column };
  });
}

/** `CHECK TABLE ... EXTENDED` on each table; every row that is not the one `OK` is a problem in the server's words. */
async function checkIntegrity(
  connection: SqlConnection,
  named: readonly TableRef[] | null,
  secondsMax: number,
): Promise<IntegrityFinding> {
  const problems: string[] = [];
  let checked = 0;
  for (const table of named ?? (await userTables(connection))) {
    const rows = await rowsOf(connection, `check table ${nameOf(table)} extended`, { secondsMax });
    const notes = rows.filter(([, , type]) => type?.toLowerCase() === 'note').map(([, , , text]) => text ?? '');
    const found = rows.filter(([, , type, text]) => type?.toLowerCase() !== 'note' && !isFine(type, text));
    const answered = rows.some(([, , type]) => type?.toLowerCase() !== 'note');
    if (answered) checked += 1;
    // An engine that cannot check says so in a note; a table that was asked for by name must not pass on that.
    else if (named !== null) throw new UnaskableQuestion(`${nameOf(table)} cannot be checked: ${notes.join('; ')}`);
    problems.push(...found.map(([name, , type, text]) => `${name}: ${text ?? type ?? ''}`));
  }
  return { checked, problems };
}

function isFine(type: string | null | undefined, text: string | null | undefined): boolean {
  return type === 'status' && (text === 'OK' || text === 'Table is already up to date');
}

function nameOf(table: TableRef): string {
  return quoteTable(table, '`');
}

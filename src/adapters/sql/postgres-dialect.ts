/**
 * The questions in PostgreSQL's words.
 *
 * Source: PostgreSQL manual, "System Catalogs" (pg_class, pg_attribute, pg_constraint, pg_index, pg_depend), "System Information
 * Functions", "amcheck", "TOAST". Object ids and owners stay out of the structure: a restore may change both.
 */

import { firstRow, rowsOf, type SqlConnection } from './connection.ts';
import type { ColumnRef, Dialect, IntegrityFinding, TableRef } from './dialect.ts';
import { codeOf, messageOf, printFault, UnaskableQuestion } from './faults.ts';
import { literal, quote, quoteTable } from './names.ts';

const USER_SCHEMAS = `n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`;
/** What an extension brought is in every database that has it, an empty one too: it says nothing of the data. */
const USERS_OWN = `not exists (
    select from pg_catalog.pg_depend e
     where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid and e.deptype = 'e')`;
/** Partitions are left out: they are parts of the table that is counted. */
const USER_TABLES = `
  select n.nspname, c.relname
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and not c.relispartition and ${USER_SCHEMAS} and ${USERS_OWN}
   order by n.nspname collate "C", c.relname collate "C"`;
const RELATIONS = `
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace`;
/** Partitions come and go by the calendar; the table they belong to says what they look like. */
const DESCRIBED = `c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ${USER_SCHEMAS} and ${USERS_OWN}`;
const NAME = `pg_catalog.format('%I.%I', n.nspname, c.relname)`;
/** The first column names the relation, the second what kind of line it is. */
const STRUCTURE = [
  `select ${NAME}, 'relation', c.relkind::text,
          case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end,
          case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end
     ${RELATIONS} where ${DESCRIBED}`,
  `select ${NAME}, 'column', a.attname,
          (row_number() over (partition by a.attrelid order by a.attnum))::text,
          pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull::text, a.attidentity::text,
          a.attgenerated::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid),
          case when a.attcollation <> t.typcollation then a.attcollation::pg_catalog.regcollation::text end
     ${RELATIONS}
     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     join pg_catalog.pg_type t on t.oid = a.atttypid
     left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where ${DESCRIBED}`,
  `select ${NAME}, 'constraint', k.conname, pg_catalog.pg_get_constraintdef(k.oid), k.convalidated::text
     ${RELATIONS} join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
    where ${DESCRIBED}`,
  `select ${NAME}, 'index', pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid::text
     ${RELATIONS} join pg_catalog.pg_index i on i.indrelid = c.oid
    where ${DESCRIBED}`,
];
/** Index corrupted, data corrupted, a file of the database that cannot be read; internal errors come of the same. */
const DAMAGE = /^(?:XX|58)/;

/** PostgreSQL and Aurora PostgreSQL. */
export const POSTGRES_DIALECT: Dialect = {
  mark: '"',
  defaultSchema: 'public',
  userTables: async (connection) => {
    const rows = await rowsOf(connection, USER_TABLES);
    return rows.map(([schema, table]) => ({ schema: schema ?? '', table: table ?? '' }));
  },
  columns,
  structure: async (connection) => {
    // With nothing else on the path every name is printed with its schema.
    await connection.each('set local search_path to pg_catalog', () => {});
    const lines: (string | null)[][] = [];
    for (const sql of STRUCTURE) lines.push(...(await rowsOf(connection, sql)));
    return lines;
  },
  checkIntegrity,
  readWhole: async (connection, table) => {
    // An index could answer a count alone; only a scan of the table touches the table's own blocks. The text of a whole
    // row takes every value out of TOAST, which neither a count nor `octet_length` would; only its length is kept.
    for (const method of ['indexscan', 'indexonlyscan', 'bitmapscan']) {
      await connection.each(`set local enable_${method} = off`, () => {});
    }
    return `select count(*), sum(pg_catalog.length(whole_row::text)) from ${nameOf(table)} as whole_row`;
  },
};

async function columns(connection: SqlConnection, table: TableRef): Promise<ColumnRef[]> {
  const rows = await rowsOf(
    connection,
    `select a.attname, (a.attcollation <> 0)::text
       from pg_catalog.pg_attribute a
      where a.attrelid = pg_catalog.to_regclass(${literal(nameOf(table), '"')}) and a.attnum > 0 and not a.attisdropped
      order by a.attnum`,
  );
  return rows.map(([name, collates]) => {
    const column = quote(name ?? '', '"');
    // By bytes: other collations change with the operating system, and some hold different texts to be equal.
    return { name: name ?? '', ordered: collates === 'true' ? `${column}::text collate "C"` : column };
  });
}

/**
 * `bt_index_check` on every valid B-tree index, those of TOAST tables included, each by itself.
 *
 * With `heapallindexed` it reads the table too and finds rows that the index lost.
 */
async function checkIntegrity(
  connection: SqlConnection,
  tables: readonly TableRef[] | null,
  secondsMax: number,
): Promise<IntegrityFinding> {
  const check = await findCheck(connection);
  const indexes = await connection.readOnly(() => rowsOf(connection, indexesOf(tables)));
  const problems: string[] = [];
  for (const [oid, name] of indexes) {
    const sql = `select ${check}(index => ${Number(oid)}::pg_catalog.regclass, heapallindexed => true)`;
    try {
      await connection.readOnly(() => connection.each(sql, () => {}, { secondsMax }));
    } catch (error) {
      if (!DAMAGE.test(codeOf(error))) throw new UnaskableQuestion(`${name} cannot be checked: ${printFault(error)}`);
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  return { checked: indexes.length, problems };
}

/** Where amcheck's function is; made first where it is not, which is the only thing a probe ever writes. */
async function findCheck(connection: SqlConnection): Promise<string> {
  const find = `select n.nspname from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'`;
  let { first } = await firstRow(connection, find);
  if (first === null) {
    try {
      await connection.each('begin read write', () => {});
      await connection.each('create extension amcheck', () => {});
      await connection.each('commit', () => {});
    } catch (error) {
      await connection.each('rollback', () => {}).catch(() => {});
      throw new UnaskableQuestion(`the extension amcheck cannot be made: ${printFault(error)}`);
    }
    first = (await firstRow(connection, find)).first;
  }
  return `${quote(first?.[0] ?? '', '"')}.bt_index_check`;
}

function indexesOf(tables: readonly TableRef[] | null): string {
  const named = tables?.map((table) => `pg_catalog.to_regclass(${literal(nameOf(table), '"')})`).join(', ');
  const roots =
    named === undefined
      ? USER_SCHEMAS
      : `(c.oid = any (array[${named}]::pg_catalog.oid[])
          or c.oid in (select p.relid from unnest(array[${named}]) root, pg_catalog.pg_partition_tree(root) p))`;
  return `
    select x.indexrelid::text, pg_catalog.format('index %I of %I.%I', i.relname, n.nspname, c.relname)
      ${RELATIONS}
      join pg_catalog.pg_index x on x.indrelid = c.oid or x.indrelid = nullif(c.reltoastrelid, 0)
      join pg_catalog.pg_class i on i.oid = x.indexrelid and i.relkind = 'i'
      join pg_catalog.pg_am m on m.oid = i.relam and m.amname = 'btree'
     where x.indisvalid and x.indisready and c.relkind in ('r', 'm') and c.relpersistence <> 't' and ${roots}
     order by 2, 1`;
}

function nameOf(table: TableRef): string {
  return quoteTable(table, '"');
}

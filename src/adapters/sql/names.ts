/**
 * Names of tables and columns as a definition writes them, taken apart and quoted.
 *
 * `schema.table` or `table`; a part may be quoted already, with a doubled quote for a quote. Nothing here is ever
 * pasted into SQL unquoted. Source: PostgreSQL manual, "Identifiers and Key Words"; MySQL manual, "Schema Object Names".
 */

/** A table's name in its parts; `schema` null when it bears none. */
export interface TableName {
  readonly schema: string | null;
  readonly table: string;
}

/** The quote of a dialect: `"` in PostgreSQL, a backtick in MySQL. */
export type Quote = '"' | '`';

/** Null for text that is no table name. */
export function readTableName(name: string, mark: Quote): TableName | null {
  if (name.includes('\0')) return null;
  const part = `(?:${mark}((?:[^${mark}]|${mark}${mark})+)${mark}|([^${mark}.]+))`;
  const match = new RegExp(`^${part}(?:\\.${part})?$`).exec(name.trim());
  if (match === null) return null;
  const [first, second] = [match[1], match[3]].map((quoted) => quoted?.replaceAll(mark + mark, mark));
  const head = first ?? match[2];
  const tail = second ?? match[4];
  if (head === undefined) return null;
  return tail === undefined ? { schema: null, table: head } : { schema: head, table: tail };
}

/** An identifier in the quotes of a dialect. */
export function quote(identifier: string, mark: Quote): string {
  return mark + identifier.replaceAll(mark, mark + mark) + mark;
}

/** A table in the quotes of a dialect, with its schema. */
export function quoteTable(
  { schema, table }: { readonly schema: string; readonly table: string },
  mark: Quote,
): string {
  return `${quote(schema, mark)}.${quote(table, mark)}`;
}

/** A text as a literal. Where a backslash escapes (MySQL), it is doubled. */
export function literal(text: string, mark: Quote): string {
  const plain = mark === '`' ? text.replaceAll('\\', '\\\\') : text;
  return `'${plain.replaceAll("'", "''")}'`;
}

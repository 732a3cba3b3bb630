/**
 * Whether a query can be seen to read no table at all, so that its answer says nothing about the data of a copy.
 *
 * `select 1` and `select now()` are answered by an empty database too. Told from the words alone: a query counts as reading
 * nothing only if it names nothing to read from and calls nothing but what is known to read no table. In doubt it may read.
 * Source: PostgreSQL and MySQL reference manuals, SELECT, TABLE, CALL and the functions named.
 */

/** Text in quotes and comments; what MySQL carries out of a comment is none. */
const QUOTED = /'(?:[^']|'')*'|--[^\n]*|\/\*(?!!)[\s\S]*?\*\//g;
/** Words behind which something is named to read from, or to carry out. */
const READING = /\b(?:from|table|call|exec|execute)\b|\/\*!/i;
/** A name in quotes may be any function's. */
const QUOTED_CALL = /["`\]]\s*\(/;
const CALL = /([\w$.]+)\s*\(/g;

/** Words before a parenthesis that read no table: of the language itself, of the clock, and of the server. */
const HARMLESS: ReadonlySet<string> = new Set(
  `select values row in and or not any all case when then else as interval cast coalesce nullif greatest least
  timestamp date time now sysdate curdate curtime current_date current_time current_timestamp localtime localtimestamp
  utc_date utc_time utc_timestamp clock_timestamp statement_timestamp transaction_timestamp timeofday date_trunc
  to_timestamp from_unixtime unix_timestamp version database schema user current_user current_database
  pg_is_in_recovery concat lower upper length abs round floor ceil`.split(/\s+/),
);

/** True when the query reads no table. */
export function readsNothing(sql: string): boolean {
  const code = sql.replace(QUOTED, ' ');
  if (READING.test(code) || QUOTED_CALL.test(code)) return false;
  return [...code.matchAll(CALL)].every(([, name = '']) => HARMLESS.has(name.toLowerCase()));
}

/**
 * SQL text -> what it does to the data of a living database.
 *
 * A dropped table is no lost recovery point, and every recovery point taken afterwards holds the loss. Only statements
 * known to read are harmless; those known to change rows or definitions are an update; the rest is opaque.
 * Source: PostgreSQL documentation, "SQL Commands"; MySQL Reference Manual, "SQL Statements"; psql reference.
 */

import type { ChangeClass } from '../../action.ts';
import { type Finding, notUnderstood, worstOf } from '../../terraform/finding.ts';
import { type Dialect, type Statement, statementsOf, type Token } from './tokens.ts';

/** Why a statement that drops data matters although no recovery point goes. */
export const DROPS_DATA = 'drops data inside a living database: every later recovery point holds the loss';

const words = (text: string) => new Set(text.split(' '));

const READS = words('SELECT SHOW EXPLAIN DESCRIBE DESC VALUES TABLE WITH FETCH');
const QUIET = words(
  'BEGIN COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE SET USE ANALYZE VACUUM LISTEN NOTIFY UNLISTEN CLOSE DISCARD CHECK CHECKSUM STATUS HELP PRINT',
);
const CHANGES = words(
  'INSERT CREATE GRANT REVOKE COMMENT REPLACE LOAD RENAME REINDEX CLUSTER REFRESH OPTIMIZE FLUSH UPSERT',
);
const WRITES = words('DELETE UPDATE INSERT MERGE TRUNCATE DROP ALTER CREATE REPLACE INTO CALL');
/** Dropped without CASCADE, these take no rows with them. */
const DROPS_NO_ROWS = words(
  'INDEX VIEW TRIGGER FUNCTION PROCEDURE POLICY RULE AGGREGATE OPERATOR CAST STATISTICS EVENT PREPARE EXTENSION TYPE DOMAIN COLLATION ROLE USER GROUP SERVER PUBLICATION SUBSCRIPTION',
);
/** Functions that only compute or look; any other may do anything. */
const FUNCTIONS = words(
  'COUNT SUM MIN MAX AVG NOW VERSION COALESCE NULLIF UPPER LOWER LENGTH ROUND ABS CEIL FLOOR CONCAT SUBSTRING SUBSTR TRIM REPLACE CAST CONVERT EXTRACT DATE_TRUNC DATE_PART DATE TO_CHAR TO_TIMESTAMP AGE GREATEST LEAST RANDOM ROW_NUMBER RANK DENSE_RANK LAG LEAD FIRST_VALUE LAST_VALUE STRING_AGG ARRAY_AGG JSON_AGG JSONB_AGG GROUP_CONCAT JSON_BUILD_OBJECT ROW_TO_JSON TO_JSON UNNEST GENERATE_SERIES ARRAY_LENGTH IFNULL IF ISNULL DATEDIFF DATE_FORMAT DATE_SUB DATE_ADD UNIX_TIMESTAMP FROM_UNIXTIME CURRENT_DATABASE CURRENT_USER CURRENT_SETTING CURRENT_SCHEMA DATABASE SCHEMA USER MD5 FORMAT ANY ALL SOME ARRAY IN EXISTS VALUES NOT AND OR ON USING AS OVER FILTER WHERE BY FROM SELECT HAVING THEN ELSE WHEN BETWEEN LIKE DISTINCT INTERVAL LIMIT VARCHAR CHAR NUMERIC DECIMAL ROW JOIN UNION EXCEPT INTERSECT GROUPING PERCENTILE_CONT STDDEV VARIANCE BOOL_AND BOOL_OR LEFT RIGHT SPLIT_PART REGEXP_REPLACE REGEXP_MATCHES POSITION SIGN MOD POWER SQRT CURRENT_TIMESTAMP CURRENT_DATE CLOCK_TIMESTAMP STATEMENT_TIMESTAMP CURDATE CURTIME SYSDATE UTC_TIMESTAMP TO_DATE TO_NUMBER MAKE_DATE NEXTVAL CURRVAL SETVAL LAST_INSERT_ID UUID GEN_RANDOM_UUID UUID_GENERATE_V4 TO_JSONB JSON_OBJECT JSON_ARRAY JSONB_BUILD_OBJECT JSONB_BUILD_ARRAY JSONB_SET JSON_SET JSON_EXTRACT ARRAY_APPEND ARRAY_REMOVE ARRAY_POSITION CONCAT_WS LPAD RPAD INITCAP CHAR_LENGTH STRPOS INSTR LOCATE CHR ASCII SHA1 SHA2 SHA256 DIGEST CRYPT GEN_SALT ENCODE DECODE CONFLICT KEY VALUE DEFAULT SET WITH RETURNING PARTITION COLUMNS FIELDS LINES',
);
const CATALOGUE_FUNCTION =
  /^PG_(?:GET_|STAT_GET_|IS_|LAST_|(?:.*_)?SIZE(?:_PRETTY)?$|.*_VISIBLE$|POSTMASTER_START_TIME$|TYPEOF$)/;
/** A name behind one of these is a table or its like, and what follows in brackets its columns. */
const NAMES_TABLE = words('INTO TABLE COPY EXISTS UPDATE ONLY REFERENCES');
/** The first of these in a definition says what is defined. */
const DEFINED = words(
  'EVENT RULE TABLE VIEW INDEX TRIGGER FUNCTION PROCEDURE SEQUENCE SCHEMA DATABASE TYPE DOMAIN ROLE USER',
);
/** What these define runs by itself later, or in the place of something else. */
const RUNS_LATER = words('EVENT RULE');
/** Commands of the client that only show or set something; mysql has other ones under the same letters. */
const META_READS = {
  postgres:
    /^\\(?:d[A-Za-z+]*|l\+?|x|z|a|t|q|h|\?|timing|conninfo|pset|echo|encoding|sf\+?|sv\+?|c|connect|g|gx|s)(?![A-Za-z_!])[^|`\\]*$/,
  mysql: /^\\[Gghscq?]\s*$/,
};

/**
 * Judges every statement of a text.
 *
 * @param address Names an opaque step.
 */
export function judgeSql(text: string, dialect: Dialect, address: string): Finding {
  return worstOf(statementsOf(text, dialect).map((statement) => judge(statement, dialect, address)));
}

function judge({ tokens, meta, ambiguous }: Statement, dialect: Dialect, address: string): Finding {
  const loss = meta === null && losesData(tokens);
  if (loss) return { ...notUnderstood(address, DROPS_DATA), class: 'destroy' };
  if (ambiguous !== null) return notUnderstood(address, `the SQL holds ${ambiguous}`);
  if (meta !== null) {
    return META_READS[dialect].test(meta)
      ? plain('none')
      : notUnderstood(address, 'a command of the client that is not known to read only');
  }
  return judgeWords(tokens, dialect, address);
}

function judgeWords(tokens: readonly Token[], dialect: Dialect, address: string): Finding {
  const lead = tokens.find(({ kind }) => kind !== 'sign');
  const first = lead?.kind === 'word' ? lead.text : '';
  const has = (word: string) => tokens.some(({ kind, text }) => kind === 'word' && text === word);
  // A definition names columns and types as a call names its arguments; only a query or a default within it calls anything.
  const query = first === 'CREATE' || first === 'ALTER' ? wordAt(tokens, 'SELECT') : 0;
  const computes = (index: number) => (query >= 0 && index >= query) || frontOf(tokens, index)?.text === 'DEFAULT';
  const calls = tokens.some((_, index) => computes(index) && callsAnything(tokens, index));
  // Without ANALYZE nothing of what is explained runs.
  if (first === 'EXPLAIN' && !has('ANALYZE') && !has('ANALYSE')) return plain('none');
  if (READS.has(first)) {
    const writes = tokens.some(
      ({ kind, text }, index) => index > 0 && kind === 'word' && WRITES.has(text) && !isCall(tokens, index),
    );
    // FOR UPDATE locks rows and leaves them as they are.
    const locks = has('FOR') && tokens.filter(({ text }) => text === 'UPDATE').length === 1;
    if (writes && !locks) return notUnderstood(address, 'the query writes as well as reads');
    if (calls) return notUnderstood(address, CALLS_ANYTHING);
    return plain('none');
  }
  if (calls && CALLERS.has(first)) return notUnderstood(address, CALLS_ANYTHING);
  const defined = tokens.find(({ kind, text }) => kind === 'word' && DEFINED.has(text));
  if (first === 'CREATE' && RUNS_LATER.has(defined?.text ?? ''))
    return notUnderstood(address, 'what it defines runs by itself later');
  if (first === 'START' && has('TRANSACTION')) return plain('none');
  if (QUIET.has(first)) return plain('none');
  if (first === 'COPY' && !has('PROGRAM')) return plain(has('TO') && !has('FROM') ? 'none' : 'update');
  if (first === 'DELETE' || first === 'UPDATE' || first === 'ALTER' || first === 'DROP') return plain('update');
  if (CHANGES.has(first)) return plain('update');
  if (tokens.length === 0) return plain('none');
  return notUnderstood(
    address,
    `the ${dialect === 'mysql' ? 'MySQL' : 'PostgreSQL'} statement is not one that is read`,
  );
}

const CALLS_ANYTHING = 'the query calls a function that may do anything';
/** Statements that may call functions besides what they do themselves. */
const CALLERS = words('INSERT REPLACE UPDATE DELETE COPY CREATE ALTER SET REFRESH');

/** A statement with more of these is not looked at twice: it counts as taking every row. */
const CLAUSES_MAX = 50;

/** DROP, TRUNCATE, ALTER ... DROP, and DELETE or UPDATE of every row, wherever they stand in the statement. */
function losesData(tokens: readonly Token[]): boolean {
  const at = (index: number) => (tokens[index]?.kind === 'word' ? (tokens[index]?.text ?? '') : '');
  const lead = tokens.findIndex(({ kind }) => kind !== 'sign');
  const first = at(lead);
  const follows = (word: string) =>
    tokens.some(({ kind, text }, index) => index > lead && kind === 'word' && text === word);
  switch (first) {
    case 'DROP': {
      const what = at(lead + 1) === 'MATERIALIZED' ? at(lead + 2) : at(lead + 1);
      return !DROPS_NO_ROWS.has(what) || follows('CASCADE');
    }
    case 'TRUNCATE':
      return true;
    case 'ALTER':
      return ['DROP', 'TRUNCATE', 'DISCARD', 'EXCHANGE'].some(follows);
    case 'CREATE':
      return (
        at(lead + 1) === 'OR' && at(lead + 2) === 'REPLACE' && ['TABLE', 'SCHEMA', 'DATABASE'].includes(at(lead + 3))
      );
    case 'DELETE':
    case 'UPDATE':
    case 'WITH':
    case 'EXPLAIN':
      if (first === 'EXPLAIN' && !follows('ANALYZE') && !follows('ANALYSE')) return false;
      return rowChanges(tokens).some((index, nth) => nth >= CLAUSES_MAX || takesEveryRow(tokens.slice(index)));
    default:
      return false;
  }
}

/** Where DELETE or UPDATE stands; FOR UPDATE only locks. */
function rowChanges(tokens: readonly Token[]): readonly number[] {
  return tokens.flatMap(({ kind, text }, index) =>
    kind === 'word' && (text === 'DELETE' || text === 'UPDATE') && tokens[index - 1]?.text !== 'FOR' ? [index] : [],
  );
}

/** No WHERE, or one that looks at no column (`WHERE true`, `WHERE 1 = 1`). */
function takesEveryRow(tokens: readonly Token[]): boolean {
  const where = tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'WHERE');
  if (where < 0) return true;
  const constants = words('TRUE FALSE NOT AND OR IS NULL RETURNING');
  return !tokens
    .slice(where + 1)
    .some(({ kind, text }) => kind === 'name' || (kind === 'word' && !constants.has(text)));
}

function isCall(tokens: readonly Token[], index: number): boolean {
  const next = tokens[index + 1];
  return next?.kind === 'sign' && next.text === '(' && ['word', 'name'].includes(tokens[index]?.kind ?? '');
}

/** A call of a function that is not known to compute or look only; one of a schema of its own may be any. */
function callsAnything(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (token === undefined || token.kind === 'sign' || !isCall(tokens, index)) return false;
  const front = frontOf(tokens, index);
  if (front?.kind === 'word' && NAMES_TABLE.has(front.text)) return false;
  if (isQualified(tokens, index) && tokens[index - 2]?.text !== 'PG_CATALOG') return true;
  return token.kind !== 'word' || !(FUNCTIONS.has(token.text) || CATALOGUE_FUNCTION.test(token.text));
}

/** What stands in front of a name and its schema. */
function frontOf(tokens: readonly Token[], index: number): Token | undefined {
  return tokens[isQualified(tokens, index) ? index - 3 : index - 1];
}

function isQualified(tokens: readonly Token[], index: number): boolean {
  return tokens[index - 1]?.text === '.';
}

function wordAt(tokens: readonly Token[], word: string): number {
  return tokens.findIndex(({ kind, text }) => kind === 'word' && text === word);
}

function plain(kind: ChangeClass): Finding {
  return { class: kind, steps: [] };
}

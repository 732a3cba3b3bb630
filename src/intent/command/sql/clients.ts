/**
 * `psql`, `mysql`, `mariadb` and their companions: where the SQL stands, and what it does.
 *
 * SQL may stand in options, on standard input, or in a file, which is not at hand. The connection is not looked at:
 * a host name says nothing about what is behind it.
 * Source: psql, pg_dump, pg_restore, dropdb reference pages; MySQL Reference Manual, "mysql Client Options" and
 * "mysqladmin"; MariaDB documentation, "mariadb Command-line Client".
 */

import { type Finding, notUnderstood, worstOf } from '../../terraform/finding.ts';
import { type Arg, programName } from '../arg.ts';
import type { Environment } from '../environment.ts';
import { oneLine } from '../printing.ts';
import { harmless, opaque, type Reading } from '../reading.ts';
import { DROPS_DATA, judgeSql } from './judge-sql.ts';
import type { Dialect } from './tokens.ts';

interface Client {
  readonly dialect: Dialect;
  readonly sql: readonly string[];
  readonly files: readonly string[];
  /** Options that take the next word, besides those. */
  readonly valued: readonly string[];
  /** Short options that may have a word attached, and never take the next one. */
  readonly attaches: readonly string[];
  /** Options that print something and end. */
  readonly prints: readonly string[];
}

const PSQL: Client = {
  dialect: 'postgres',
  sql: ['-c', '--command'],
  files: ['-f', '--file'],
  valued: [
    '-d',
    '-v',
    '-o',
    '-L',
    '-F',
    '-P',
    '-R',
    '-T',
    '-h',
    '-p',
    '-U',
    '--dbname',
    '--host',
    '--port',
    '--username',
  ],
  attaches: [],
  prints: ['-l', '--list', '-V', '--version', '-?', '--help'],
};
const MYSQL: Client = {
  dialect: 'mysql',
  sql: ['-e', '--execute', '--init-command', '--init-command-add'],
  files: [],
  valued: [
    '-h',
    '-P',
    '-u',
    '-D',
    '-S',
    '--host',
    '--port',
    '--user',
    '--database',
    '--socket',
    '--protocol',
    '--ssl-ca',
  ],
  attaches: ['-p'],
  prints: ['-V', '--version', '-?', '--help', '-I'],
};
const CLIENTS: ReadonlyMap<string, Client> = new Map([
  ['psql', PSQL],
  ['mysql', MYSQL],
  ['mariadb', MYSQL],
]);
const READERS = new Set([
  'pg_dump',
  'pg_dumpall',
  'mysqldump',
  'mariadb-dump',
  'pg_isready',
  'mysqlshow',
  'pg_basebackup',
]);
const ADMIN_READS = new Set([
  'status',
  'ping',
  'processlist',
  'version',
  'variables',
  'extended-status',
  'proc',
  'stat',
]);

/** The reading of a database client; null when the program is none. */
export function readSqlClient(args: readonly Arg[], environment: Environment): Reading | null {
  const name = programName(args[0]?.text ?? '');
  const rest = args.slice(1);
  const client = CLIENTS.get(name);
  if (client !== undefined) return readClient(name, client, rest, environment);
  if (READERS.has(name)) return harmless(name);
  if (name === 'dropdb') return opaque(name, DROPS_DATA, { class: 'destroy' });
  if (name === 'mysqladmin' || name === 'mariadb-admin') {
    const commands = rest.filter(({ head }) => !head.startsWith('-'));
    if (commands.some(({ text }) => text === 'drop')) return opaque(`${name} drop`, DROPS_DATA, { class: 'destroy' });
    const reads =
      commands.length > 0 && commands.every(({ text, dynamic }) => dynamic === null && ADMIN_READS.has(text));
    return reads ? harmless(name) : opaque(name, 'what it does to the server is not certain');
  }
  if (name === 'pg_restore') return opaque(name, 'it may drop and overwrite what the database holds');
  return null;
}

function readClient(name: string, client: Client, args: readonly Arg[], environment: Environment): Reading {
  const found = readOptions(client, args);
  if (found.prints) return harmless(name);
  const findings = found.sql.map((text) => judgeText(text, client, name));
  const file = found.files.find(({ text }) => text !== '-');
  if (file !== undefined) findings.push(notUnderstood(name, 'runs a file of SQL whose content is not at hand'));
  if (found.doubt !== null) findings.push(notUnderstood(name, `what it runs depends on ${oneLine(found.doubt, 40)}`));
  // mysql reads standard input only without -e; psql only without -c and -f.
  if (findings.length === 0 || found.files.length > (file === undefined ? 0 : 1)) {
    const { stdin } = environment;
    findings.push(
      stdin.kind === 'text'
        ? judgeText(stdin.text, client, name)
        : notUnderstood(
            name,
            `runs whatever SQL ${stdin.kind === 'unseen' ? `${oneLine(stdin.from, 40)} gives it` : 'it is given'}`,
          ),
    );
  }
  return { ...harmless(name), ...worstOf(findings) };
}

/** SQL with a part that only the run decides is unknown at best. */
function judgeText(text: Arg, { dialect }: Client, address: string): Finding {
  const finding = judgeSql(text.text, dialect, address);
  if (text.dynamic === null || finding.class === 'destroy') return finding;
  return notUnderstood(address, `the SQL holds ${oneLine(text.dynamic, 40)}, which only the run decides`);
}

interface Found {
  readonly sql: readonly Arg[];
  readonly files: readonly Arg[];
  readonly prints: boolean;
  readonly doubt: string | null;
}

function readOptions(client: Client, args: readonly Arg[]): Found {
  const sql: Arg[] = [];
  const files: Arg[] = [];
  let prints = false;
  let doubt: string | null = null;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index];
    if (arg === undefined) continue;
    // An unquoted word may become options; a quoted one at an option's place as well.
    if (arg.dynamic !== null && arg.head === '') doubt ??= arg.dynamic;
    const { head } = arg;
    if (!head.startsWith('-')) continue;
    const cut = head.startsWith('--') ? head.indexOf('=') : -1;
    const name = head.startsWith('--') ? (cut < 0 ? head : head.slice(0, cut)) : clusterEnd(head, client);
    const attached = head.startsWith('--') ? (cut < 0 ? null : from(arg, cut + 1)) : attachedTo(arg, name);
    const full = fullName(name, client);
    if (client.prints.includes(full)) prints = true;
    if (['--pager', '--set', '--variable'].includes(name)) doubt ??= name;
    const takes = [...client.sql, ...client.files, ...client.valued].includes(full);
    if (!takes) continue;
    const value = attached ?? args[index + 1];
    if (attached === null) index += 1;
    if (value === undefined) doubt ??= `the option ${full}`;
    else if (client.sql.includes(full)) sql.push(value);
    else if (client.files.includes(full)) files.push(value);
    else if (value.splits) doubt ??= value.dynamic;
    // A variable of psql is put into the text as it stands.
    else if (full === '-v' && (value.dynamic !== null || value.text.includes(';'))) doubt ??= '-v';
  }
  return { sql, files, prints: prints && sql.length === 0 && files.length === 0, doubt };
}

/** The last option of a cluster such as `-qtAc`: the first one that takes a word. */
function clusterEnd(head: string, client: Client): string {
  const takes = [...client.sql, ...client.files, ...client.valued, ...client.attaches];
  for (let at = 1; at < head.length; at += 1) if (takes.includes(`-${head[at]}`)) return `-${head[at]}`;
  return head.slice(0, 2);
}

function attachedTo(arg: Arg, name: string): Arg | null {
  const at = arg.head.indexOf(name.slice(1), 1) + 1;
  return at < arg.head.length || (arg.dynamic !== null && at === arg.head.length) ? from(arg, at) : null;
}

function from(arg: Arg, at: number): Arg {
  return { ...arg, text: arg.text.slice(at), head: arg.head.slice(at) };
}

/** Both clients take unambiguous beginnings of long options. */
function fullName(name: string, client: Client): string {
  if (!name.startsWith('--') || name === '--') return name;
  const all = [...client.sql, ...client.files, ...client.valued, ...client.prints].filter((long) =>
    long.startsWith('--'),
  );
  return all.includes(name) ? name : (all.find((long) => long.startsWith(name)) ?? name);
}

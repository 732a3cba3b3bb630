/**
 * A real MariaDB server for tests: its own data folder, a port on 127.0.0.1, a master user, TLS where asked for.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import type { Login } from '../../src/app/ports.ts';
import {
  findProgram,
  freePort,
  makeCertificate,
  makeFolder,
  removeFolder,
  runAs,
  serverFolder,
  startAs,
  untilReady,
  writeFor,
} from './server-process.ts';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
const SHARES = ['/usr/share/mysql', '/usr/share/mariadb', '/usr/local/share/mysql', '/opt/homebrew/share/mysql'];
const TESTS = 'tests on a real MariaDB server';
const MARIADBD = findProgram('mariadbd', FOLDERS, TESTS);
const SYSTEM_TABLES = findProgram('mysql_system_tables.sql', SHARES, TESTS);
const SYSTEM_ROWS = findProgram('mysql_system_tables_data.sql', SHARES, TESTS);
const OPENSSL = findProgram('openssl', FOLDERS, 'tests of TLS');
const PASSWORD = 'canary-mariadb';

/** True where a server can be started. */
export const HAS_MARIADB = MARIADBD !== null && SYSTEM_TABLES !== null && SYSTEM_ROWS !== null;
/** True where it can show a certificate as well. */
export const HAS_MARIADB_TLS = HAS_MARIADB && OPENSSL !== null;

/** A running server. */
export interface MariaDbServer {
  readonly login: Login;
  readonly dataFolder: string;
  /** The authority of its certificate; null without TLS. */
  readonly caPem: string | null;
  /** Makes a schema and fills it. */
  makeDatabase(name: string, sql: readonly string[]): Promise<Login>;
  /** Runs SQL as the master user, outside Muster. */
  run(databaseName: string, sql: readonly string[]): Promise<void>;
  /** Ends the server cleanly, changes what `between` changes, and starts it again. */
  restart(between: () => void): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server. @param names Subject alternative names of its certificate; null for none. */
export async function startMariaDbServer(names: string | null = null): Promise<MariaDbServer> {
  if (MARIADBD === null || SYSTEM_TABLES === null || SYSTEM_ROWS === null) throw new Error('no MariaDB here');
  const program = MARIADBD;
  const folder = serverFolder('mariadb');
  const dataFolder = join(folder, 'data');
  install(program, { folder, dataFolder, sql: [SYSTEM_TABLES, SYSTEM_ROWS] });
  const certificate = names === null ? null : makeCertificate(OPENSSL ?? '', folder, names);
  const port = await freePort();
  const grants = join(folder, 'init.sql');
  writeFor(
    grants,
    [
      `create or replace user 'master'@'%' identified by '${PASSWORD}';`,
      `grant all on *.* to 'master'@'%' with grant option;`,
    ].join('\n'),
  );
  const tls =
    certificate === null ? ['--skip-ssl'] : [`--ssl-cert=${certificate.certPath}`, `--ssl-key=${certificate.keyPath}`];
  const settings = [
    '--no-defaults',
    `--datadir=${dataFolder}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 's')}`,
    `--pid-file=${join(folder, 'pid')}`,
    `--init-file=${grants}`,
    '--skip-name-resolve',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-buffer-pool-size=32M',
    ...tls,
  ];
  const login: Login = {
    endpoint: { host: names === null ? '127.0.0.1' : 'localhost', port },
    engine: 'mariadb',
    username: 'master',
    password: PASSWORD,
    databaseName: 'mysql',
  };
  const run = async (database: string, sql: readonly string[]): Promise<void> => {
    const link = await mysql.createConnection({
      host: '127.0.0.1',
      port,
      user: 'master',
      password: PASSWORD,
      database,
    });
    try {
      for (const text of sql) await link.query(text);
    } finally {
      await link.end();
    }
  };
  const start = async () => {
    const started = startAs(program, settings);
    await untilReady(started, () => run('mysql', ['select 1']));
    return started;
  };
  let server = await start();
  return {
    login,
    dataFolder,
    caPem: certificate?.caPem ?? null,
    run,
    makeDatabase: async (name, sql) => {
      await run('mysql', [`create database ${name}`]);
      await run(name, sql);
      return { ...login, databaseName: name };
    },
    restart: async (between) => {
      await server.stop('SIGTERM');
      between();
      server = await start();
    },
    close: async () => {
      await server.stop('SIGTERM');
      await removeFolder(folder);
    },
  };
}

/** The server makes its own system tables; the usual script for that leans on programs of another package. */
function install(
  program: string,
  { folder, dataFolder, sql }: { folder: string; dataFolder: string; sql: string[] },
): void {
  makeFolder(dataFolder);
  const before = 'create database mysql;\nuse mysql;\nset @auth_root_socket = null;\nset @skip_auth_anonymous = 1;\n';
  const input = before + sql.map((path) => readFileSync(path, 'utf8')).join('\n');
  runAs(
    program,
    ['--no-defaults', '--bootstrap', `--datadir=${dataFolder}`, `--tmpdir=${folder}`, '--skip-name-resolve'],
    input,
  );
}

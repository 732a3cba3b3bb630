/**
 * A real PostgreSQL server for tests: its own data folder, a port on 127.0.0.1, SCRAM sign-in, TLS where asked for.
 */

import { join } from 'node:path';
import pg from 'pg';
import type { Login } from '../../src/app/ports.ts';
import {
  findProgram,
  freePort,
  makeCertificate,
  postgresFolders,
  removeFolder,
  runAs,
  serverFolder,
  startAs,
  untilReady,
  writeFor,
} from './server-process.ts';

const TESTS = 'tests on a real PostgreSQL server';
const POSTGRES = findProgram('postgres', postgresFolders(), TESTS);
const INITDB = findProgram('initdb', postgresFolders(), TESTS);
const OPENSSL = findProgram('openssl', ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'], 'tests of TLS');
const PASSWORD = 'canary-postgres';

/** True where a server can be started. */
export const HAS_POSTGRES = POSTGRES !== null && INITDB !== null;
/** True where it can show a certificate as well. */
export const HAS_POSTGRES_TLS = HAS_POSTGRES && OPENSSL !== null;

/** A running server. */
export interface PostgresServer {
  readonly login: Login;
  readonly dataFolder: string;
  /** The authority of its certificate; null without TLS. */
  readonly caPem: string | null;
  /** Makes a database and fills it. */
  makeDatabase(name: string, sql: readonly string[]): Promise<Login>;
  /** Runs SQL as the superuser, outside Muster. */
  run(databaseName: string, sql: readonly string[]): Promise<string[][]>;
  /** Ends the server cleanly, changes what `between` changes, and starts it again. */
  restart(between: () => void): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server. @param names Subject alternative names of its certificate; null for none. */
export async function startPostgresServer(names: string | null = null): Promise<PostgresServer> {
  if (POSTGRES === null || INITDB === null) throw new Error('no PostgreSQL here');
  const program = POSTGRES;
  const folder = serverFolder('postgres');
  const dataFolder = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFor(passwordFile, PASSWORD);
  const auth = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--username=master'];
  runAs(INITDB, ['-D', dataFolder, ...auth, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']);
  const certificate = names === null ? null : makeCertificate(OPENSSL ?? '', folder, names);
  const port = await freePort();
  const tls =
    certificate === null
      ? []
      : ['ssl=on', `ssl_cert_file=${certificate.certPath}`, `ssl_key_file=${certificate.keyPath}`];
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'fsync=off',
    ...tls,
  ];
  const login: Login = {
    endpoint: { host: names === null ? '127.0.0.1' : 'localhost', port },
    engine: 'postgres',
    username: 'master',
    password: PASSWORD,
    databaseName: 'postgres',
  };
  const run = async (database: string, sql: readonly string[]): Promise<string[][]> => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'master', password: PASSWORD, database });
    await client.connect();
    let rows: string[][] = [];
    try {
      for (const text of sql) rows = (await client.query<string[]>({ text, rowMode: 'array' })).rows;
    } finally {
      await client.end();
    }
    return rows;
  };
  const start = async () => {
    const started = startAs(program, ['-D', dataFolder, ...settings.flatMap((setting) => ['-c', setting])]);
    await untilReady(started, async () => void (await run('postgres', ['select 1'])));
    return started;
  };
  let server = await start();
  return {
    login,
    dataFolder,
    caPem: certificate?.caPem ?? null,
    run,
    makeDatabase: async (name, sql) => {
      await run('postgres', [`create database ${name}`]);
      await run(name, sql);
      return { ...login, databaseName: name };
    },
    restart: async (between) => {
      await server.stop('SIGINT');
      between();
      server = await start();
    },
    close: async () => {
      await server.stop('SIGINT');
      await removeFolder(folder);
    },
  };
}

/**
 * A store in PostgreSQL: for several replicas of a service that share what they know.
 *
 * Writers take turns by a lock on the head of the chain; a commit waits for the disk whatever the server's default is.
 * No message names the login. Sources: PostgreSQL, "Explicit Locking", "Asynchronous Commit", "PostgreSQL Error Codes".
 */

import { type Dialect, PostgresDialect, sql } from 'kysely';
import type { DatabaseError, Pool } from 'pg';
import type { Store } from '../../../app/ports.ts';
import { MusterError } from '../../../core/errors.ts';
import type { Database } from './database.ts';
import { createSqlStore, type SqlStoreOptions } from './sql-store.ts';
import { PATIENCE_SECONDS } from './transact.ts';

const CONNECTIONS_MAX = 4;
const CONNECT_SECONDS_MAX = 10;
/** Any number, as long as every Muster takes the same. */
const SCHEMA_LOCK = 7_687_837;

/**
 * The store in that database, whose tables the first use makes.
 *
 * Its methods throw MusterError `MUSTER_STORE_INVALID` for what Muster did not write, and `MUSTER_STORE_UNREACHABLE` where
 * the database does not answer, or not to this login.
 *
 * @param url `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
 */
export function createPostgresStore(url: string, options: SqlStoreOptions): Store {
  return createSqlStore(postgresDatabase(url), options);
}

/** The database at that address. @throws MusterError `MUSTER_STORE_UNREACHABLE` for a text that is no address. */
export function postgresDatabase(url: string): Database {
  const name = nameOf(url);
  return {
    engine: 'postgres',
    name,
    isThere: () => true,
    connect: () => connect(url),
    begin: async (connection) => {
      await sql`begin isolation level read committed`.execute(connection);
      await sql`select set_config('lock_timeout', ${`${PATIENCE_SECONDS}s`}, true),
        set_config('idle_in_transaction_session_timeout', ${`${PATIENCE_SECONDS}s`}, true),
        case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', true) end`.execute(
        connection,
      );
    },
    lockSchema: async (connection) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(SCHEMA_LOCK)})`.execute(connection);
      const { rows } = await sql<{ encoding: string }>`show server_encoding`.execute(connection);
      const encoding = Object.values(rows[0] ?? {})[0];
      if (encoding === 'UTF8') return;
      throw new MusterError('MUSTER_STORE_INVALID', `${name} has the encoding ${encoding}; a store needs UTF8`);
    },
    hasTable: (table) => sql`select to_regclass(${table}) is not null as there`,
    heirlooms: async () => [],
    // What erasing leaves behind goes with the next vacuum, which is the database's own.
    tidy: async () => undefined,
    isPassing,
    explain: (error) => explain(error, name),
  };
}

/** @throws MusterError `MUSTER_STORE_UNREACHABLE` for a text that is no address; the text itself is never shown. */
function nameOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    const accepted = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE';
    throw new MusterError(
      'MUSTER_STORE_UNREACHABLE',
      `the address of the database is none of PostgreSQL (${accepted})`,
    );
  }
  const host = parsed.host === '' ? (parsed.searchParams.get('host') ?? 'localhost') : parsed.host;
  return `postgres://${host}${parsed.pathname}`;
}

async function connect(url: string): Promise<Dialect> {
  return new PostgresDialect({ pool: await openPool(url, CONNECTIONS_MAX) });
}

/** Connections to that address that may be lost at any moment. @param max At most so many at once. */
export async function openPool(url: string, max: number): Promise<Pool> {
  const { Pool } = (await import('pg')).default;
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_SECONDS_MAX * 1_000,
    keepAlive: true,
    application_name: 'muster',
    // A process that has nothing else to do may end.
    allowExitOnIdle: true,
  });
  // A connection that is lost while idle is replaced by the next use; one that is lost between two statements of a
  // transaction fails the next of them. Unheard, either would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Server classes: connection exceptions, operator intervention; codes: serialization, deadlock, unique numbers in a race. */
const PASSING = /^(?:08|40001|40P01|57P0[123]|25P03)/;
const UNREACHABLE = /^(?:08|28|3D|53|57|25006|25P03|42501|55P03)/;

function isPassing(error: unknown): boolean {
  if (error instanceof MusterError) return false;
  const state = stateOf(error);
  return state === null ? isLost(error) : PASSING.test(state);
}

/** Errors of a connection that stood. A host that refuses, or is not there, stays so for longer than anybody waits. */
function isLost(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code !== '') return ['ECONNRESET', 'EPIPE'].includes(code);
  // The driver gives these neither a code nor a class of their own.
  return error instanceof Error && /terminated|not queryable/.test(error.message);
}

/** The SQLSTATE of what the server said; null when it said nothing. */
function stateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('severity' in error)) return null;
  return (error as DatabaseError).code ?? '';
}

function explain(cause: unknown, name: string): MusterError {
  if (cause instanceof MusterError) return cause;
  const state = stateOf(cause);
  const said = saidBy(cause);
  if (state === null || UNREACHABLE.test(state) || PASSING.test(state)) {
    return new MusterError('MUSTER_STORE_UNREACHABLE', `${name} cannot be used: ${said}`, { cause });
  }
  return new MusterError('MUSTER_STORE_INVALID', `${name} is no store of Muster: ${said} (${state})`, { cause });
}

/** Several addresses of one host fail as one error without a message of its own. */
function saidBy(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(saidBy).join('; ');
  return cause instanceof Error ? cause.message : 'no answer';
}

/**
 * A connection to PostgreSQL, over `pg`.
 *
 * The extended protocol takes a single statement, so a probe cannot end the read-only transaction it runs in; outside of
 * one the session is read-only as well. Source: PostgreSQL manual, "SET TRANSACTION" (READ ONLY), "Client Connection
 * Defaults" (what decides how values are printed), "Message Flow" (extended query, SSL session encryption).
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { Client, ClientConfig, QueryArrayResult } from 'pg';
import type { Login } from '../../app/ports.ts';
import type { Dialer } from './connect.ts';
import type { Cell, SqlConnection, StatementOptions, Yield } from './connection.ts';
import { messageOf, SilentServer } from './faults.ts';
import { Lifeline } from './lifeline.ts';
import type { ProbeLimits } from './limits.ts';
import type { TlsSettings } from './trust.ts';

/** Outlives the server's own time limit, so that its answer comes first. */
const GRACE_SECONDS = 30;
const GOODBYE_SECONDS = 5;
/** The driver's own words, which bear no code; should they change, a server without TLS is refused. */
const NO_TLS = 'The server does not support SSL connections';
/** How values are printed must not depend on how the server, the database or the user is set up. */
const SETTINGS = [
  `time zone 'UTC'`,
  `datestyle = 'ISO, YMD'`,
  `intervalstyle = 'postgres'`,
  'extra_float_digits = 1',
  `bytea_output = 'hex'`,
  'standard_conforming_strings = on',
  // Rows that a policy hides would be missing from every count without a word.
  'row_security = off',
  'default_transaction_read_only = on',
];

/** The way in to PostgreSQL and Aurora PostgreSQL. */
export const POSTGRES: Dialer = {
  dial,
  offersNoTls: (error) => messageOf(error) === NO_TLS,
};

async function dial(login: Login, tls: TlsSettings | null, limits: ProbeLimits): Promise<PostgresConnection> {
  const { Client, Query } = (await import('pg')).default;
  const config: ClientConfig = {
    host: login.endpoint.host,
    port: login.endpoint.port,
    user: login.username,
    password: login.password,
    database: login.databaseName,
    ssl: tls === null ? false : { ...tls },
    application_name: 'muster',
  };
  const client = new Client(config);
  const lifeline = new Lifeline(() => client.connection.stream.destroy());
  // Without a listener a connection lost between two probes would end the process.
  client.on('error', (error) => lifeline.end(error));
  client.on('end', () => lifeline.end(new Error('the connection was closed')));
  try {
    const silent = new SilentServer('no answer');
    await lifeline.hold<void>(
      limits.connectSecondsMax,
      ({ resolve, reject }) => client.connect().then(() => resolve(), reject),
      silent,
    );
    const connection = new PostgresConnection(client, { query: Query, lifeline, limits });
    for (const setting of SETTINGS) await connection.each(`set ${setting}`, () => {});
    await connection.each(`set statement_timeout = ${milliseconds(limits.statementSecondsMax)}`, () => {});
    return connection;
  } catch (error) {
    lifeline.end(new Error('never opened'));
    throw error;
  }
}

interface PostgresParts {
  readonly query: typeof import('pg').Query;
  readonly lifeline: Lifeline;
  readonly limits: ProbeLimits;
}

class PostgresConnection implements SqlConnection {
  private readonly client: Client;
  private readonly parts: PostgresParts;

  constructor(client: Client, parts: PostgresParts) {
    this.client = client;
    this.parts = parts;
  }

  async each(sql: string, onRow: (row: readonly Cell[]) => void, options: StatementOptions = {}): Promise<Yield> {
    const secondsMax = options.secondsMax ?? this.parts.limits.statementSecondsMax;
    if (options.secondsMax !== undefined) await this.run(`set local statement_timeout = ${milliseconds(secondsMax)}`);
    return this.run(sql, { onRow, secondsMax });
  }

  async readOnly<T>(work: () => Promise<T>): Promise<T> {
    await this.run('begin isolation level repeatable read, read only');
    try {
      return await work();
    } finally {
      await this.run('rollback').catch(() => {});
    }
  }

  destroy(cause: Error): void {
    this.parts.lifeline.end(cause);
  }

  async end(): Promise<void> {
    const goodbye = this.client.end().catch(() => {});
    await Promise.race([goodbye, wait(GOODBYE_SECONDS * 1000, undefined, { ref: false })]);
    this.parts.lifeline.end(new Error('the session is closed'));
  }

  private run(
    text: string,
    { onRow, secondsMax }: { onRow: (row: readonly Cell[]) => void; secondsMax: number } = {
      onRow: () => {},
      secondsMax: this.parts.limits.statementSecondsMax,
    },
  ): Promise<Yield> {
    const config = {
      text,
      queryMode: 'extended',
      rowMode: 'array' as const,
      types: { getTypeParser: () => (value: string) => value },
    };
    return this.parts.lifeline.hold<Yield>(secondsMax + GRACE_SECONDS, ({ resolve, reject }) => {
      const query = new this.parts.query<(string | null)[]>(config);
      let rows = 0;
      query.on('row', (row: (string | null)[]) => {
        rows += 1;
        onRow(row);
      });
      query.on('error', reject);
      query.on('end', (result: Pick<QueryArrayResult, 'fields'>) => resolve({ rows, columns: result.fields.length }));
      this.client.query(query);
    });
  }
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

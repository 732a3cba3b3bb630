/**
 * A connection to MySQL, MariaDB and Aurora MySQL, over `mysql2`.
 *
 * Statements are single (the driver's default leaves multiple ones off, and the server refuses them), the session is
 * read-only, and so is each transaction. Source: MySQL manual, "SET TRANSACTION", "START TRANSACTION" (DDL is refused in
 * a READ ONLY one), "max_execution_time"; MariaDB manual, "max_statement_time". Values are taken as the bytes sent.
 */

import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Connection, ConnectionOptions } from 'mysql2';
import type { Login } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import type { Dialer } from './connect.ts';
import { type Cell, firstRow, type SqlConnection, type StatementOptions, type Yield } from './connection.ts';
import { codeOf, SilentServer } from './faults.ts';
import { Lifeline } from './lifeline.ts';
import type { ProbeLimits } from './limits.ts';
import { isLoopback, type TlsSettings } from './trust.ts';

/** Outlives the server's own time limit, so that its answer comes first. */
const GRACE_SECONDS = 30;
const GOODBYE_SECONDS = 5;
const SETTINGS = [
  `session time_zone = '+00:00'`,
  'session transaction isolation level repeatable read',
  'session transaction read only',
];

/** The way in to MySQL, MariaDB and Aurora MySQL. */
export const MYSQL: Dialer<MysqlLink> = {
  dial,
  offersNoTls: (error) => codeOf(error) === 'HANDSHAKE_NO_SSL_SUPPORT',
};

/** A connection that also knows which of the two servers it speaks to. */
export interface MysqlLink extends SqlConnection {
  readonly isMariaDb: boolean;
}

async function dial(login: Login, tls: TlsSettings | null, limits: ProbeLimits): Promise<MysqlLink> {
  const { host, port } = login.endpoint;
  // The driver holds the certificate against a name only, never against an address.
  if (isIP(host) !== 0 && !isLoopback(host)) {
    throw new MusterError(
      'MUSTER_DRILL_FAILED',
      `${host}:${port} is an address; a certificate is checked by host name`,
    );
  }
  // By its default export: a bundle that is split carries no other.
  const { createConnection } = (await import('mysql2')).default;
  const options: ConnectionOptions = {
    host,
    port,
    user: login.username,
    password: login.password,
    charset: 'UTF8MB4_GENERAL_CI',
    flags: ['-LOCAL_FILES'],
    // The limit on the whole of signing in is kept below; this one ends the driver's own timer.
    connectTimeout: limits.connectSecondsMax * 1000,
    ...(login.databaseName === '' ? {} : { database: login.databaseName }),
    ...(tls === null ? {} : { ssl: { ...tls, verifyIdentity: true } }),
  };
  const driver = createConnection(options);
  const lifeline = new Lifeline(() => driver.destroy());
  // Told of every lost connection; a query whose rows are streamed is not.
  driver.on('error', (error) => lifeline.end(error));
  try {
    await lifeline.hold<void>(
      limits.connectSecondsMax,
      ({ resolve, reject }) => driver.connect((error) => (error === null ? resolve() : reject(error))),
      new SilentServer('no answer'),
    );
    return await settle(driver, lifeline, limits);
  } catch (error) {
    lifeline.end(new Error('never opened'));
    throw error;
  }
}

async function settle(driver: Connection, lifeline: Lifeline, limits: ProbeLimits): Promise<MysqlLink> {
  const bare = new MysqlConnection(driver, { lifeline, limits, isMariaDb: false });
  const { first } = await firstRow(bare, 'select version()');
  const isMariaDb = /mariadb/i.test(first?.[0] ?? '');
  const connection = new MysqlConnection(driver, { lifeline, limits, isMariaDb });
  for (const setting of SETTINGS) await connection.each(`set ${setting}`, () => {});
  await connection.each(timeLimit(isMariaDb, limits.statementSecondsMax), () => {});
  return connection;
}

interface MysqlParts {
  readonly lifeline: Lifeline;
  readonly limits: ProbeLimits;
  readonly isMariaDb: boolean;
}

class MysqlConnection implements MysqlLink {
  private readonly driver: Connection;
  private readonly parts: MysqlParts;

  constructor(driver: Connection, parts: MysqlParts) {
    this.driver = driver;
    this.parts = parts;
  }

  get isMariaDb(): boolean {
    return this.parts.isMariaDb;
  }

  async each(sql: string, onRow: (row: readonly Cell[]) => void, options: StatementOptions = {}): Promise<Yield> {
    const usual = this.parts.limits.statementSecondsMax;
    if (options.secondsMax === undefined) return this.run(sql, onRow, usual);
    await this.run(timeLimit(this.isMariaDb, options.secondsMax), () => {}, usual);
    try {
      return await this.run(sql, onRow, options.secondsMax);
    } finally {
      await this.run(timeLimit(this.isMariaDb, usual), () => {}, usual).catch(() => {});
    }
  }

  async readOnly<T>(work: () => Promise<T>): Promise<T> {
    const usual = this.parts.limits.statementSecondsMax;
    await this.run('start transaction with consistent snapshot, read only', () => {}, usual);
    try {
      return await work();
    } finally {
      await this.run('rollback', () => {}, usual).catch(() => {});
    }
  }

  destroy(cause: Error): void {
    this.parts.lifeline.end(cause);
  }

  async end(): Promise<void> {
    const goodbye = new Promise<void>((resolve) => this.driver.end(() => resolve()));
    await Promise.race([goodbye, wait(GOODBYE_SECONDS * 1000, undefined, { ref: false })]);
    this.parts.lifeline.end(new Error('the session is closed'));
  }

  private run(sql: string, onRow: (row: readonly Cell[]) => void, secondsMax: number): Promise<Yield> {
    return this.parts.lifeline.hold<Yield>(secondsMax + GRACE_SECONDS, ({ resolve, reject }) => {
      let rows = 0;
      let columns = 0;
      const query = this.driver.query({
        sql,
        rowsAsArray: true,
        typeCast: (field: { buffer(): Buffer | null }) => field.buffer(),
      });
      query.on('fields', (fields?: readonly unknown[]) => {
        columns = fields?.length ?? 0;
      });
      query.on('result', (row: unknown) => {
        // A statement that yields no rows reports how it went instead.
        if (!Array.isArray(row)) return;
        rows += 1;
        onRow(row);
      });
      query.on('error', reject);
      query.on('end', () => resolve({ rows, columns }));
    });
  }
}

function timeLimit(isMariaDb: boolean, seconds: number): string {
  return isMariaDb
    ? `set session max_statement_time = ${seconds}`
    : `set session max_execution_time = ${Math.round(seconds * 1000)}`;
}

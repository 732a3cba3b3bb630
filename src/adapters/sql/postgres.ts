/**
 * A probe session on PostgreSQL: connects with patience, asks each probe in a read-only transaction.
 *
 * A probe that errors is a failed result with a finding, never a throw. The password is handed to the
 * driver and kept nowhere; no message of the driver that could hold it is repeated.
 * Source: PostgreSQL manual, "Error Codes" (28P01, 57P03), "SET TRANSACTION" (READ ONLY),
 * "Message Flow: SSL Session Encryption". Encryption follows libpq's `sslmode=require`: the certificate is
 * not checked against a CA, as the RDS bundle is not part of Node.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import type { Login, ProbeSession } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import type { Instant } from '../../core/time.ts';
import type { Probe, ProbeResult } from '../../drill/model.ts';
import type { ProbeLimits } from './limits.ts';
import { type AskSql, judgeProbe } from './postgres-probes.ts';

/** Passing by themselves: the host name is not known yet, nothing listens yet, or the server is starting up. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '57P03',
  '57P01',
  '08006',
]);
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
/** Outlives the statement timeout, so that the server's own answer comes first. */
const GRACE_SECONDS = 30;

/**
 * Opens a session.
 *
 * @throws MusterError `MUSTER_DRILL_FAILED` when sign-in is refused or nothing answers in time.
 */
export async function connectPostgres(login: Login, limits: ProbeLimits): Promise<ProbeSession> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return sessionOf(await open(login, limits), limits);
    } catch (error) {
      const code = codeOf(error);
      const passing = PASSING.has(code) || error instanceof SilentServer;
      if (!passing || attempt >= limits.attemptsMax) throw refusal(login, code, attempt);
      await wait(limits.waitSeconds * 1000);
    }
  }
}

/** Encrypted first; without encryption only on this very machine, and only when the server offers none. */
async function open(login: Login, limits: ProbeLimits): Promise<Client> {
  try {
    return await dial(login, limits, true);
  } catch (error) {
    // A server's refusal and a failed call bear a code; "no TLS here" is the driver's own and bears none.
    if (!LOOPBACK.has(login.endpoint.host) || codeOf(error) !== '' || error instanceof SilentServer) throw error;
    return dial(login, limits, false);
  }
}

async function dial(login: Login, limits: ProbeLimits, encrypted: boolean): Promise<Client> {
  const pg = (await import('pg')).default;
  const config: ClientConfig = {
    host: login.endpoint.host,
    port: login.endpoint.port,
    user: login.username,
    password: login.password,
    database: login.databaseName,
    ssl: encrypted ? { rejectUnauthorized: false } : false,
    query_timeout: (limits.statementSecondsMax + GRACE_SECONDS) * 1000,
    application_name: 'muster',
  };
  const client = new pg.Client(config);
  // Without a listener a connection lost between two probes would end the process.
  client.on('error', () => {});
  const timer = new AbortController();
  try {
    const late = wait(limits.connectSecondsMax * 1000, undefined, { signal: timer.signal }).then(
      () => {
        throw new SilentServer();
      },
      () => new Promise<never>(() => {}),
    );
    await Promise.race([client.connect(), late]);
    return client;
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  } finally {
    timer.abort();
  }
}

function sessionOf(client: Client, limits: ProbeLimits): ProbeSession {
  return {
    ping: async (): Promise<void> => {
      try {
        await client.query('select 1');
      } catch (error) {
        throw new MusterError('MUSTER_DRILL_FAILED', `the scratch database does not answer: ${printError(error)}`);
      }
    },
    run: async (probe: Probe, at: Instant): Promise<ProbeResult> => {
      try {
        return await inReadOnly(client, limits, (ask) => judgeProbe(ask, probe, at));
      } catch (error) {
        const finding = `could not be asked: ${printError(error)}`;
        return { name: probe.name, kind: probe.kind, passed: false, finding, value: null };
      }
    },
    close: () => client.end(),
  };
}

async function inReadOnly<T>(client: Client, limits: ProbeLimits, work: (ask: AskSql) => Promise<T>): Promise<T> {
  await client.query('begin read only');
  try {
    await client.query(`set local statement_timeout = ${Math.round(limits.statementSecondsMax * 1000)}`);
    return await work((sql) => askSql(client, sql));
  } finally {
    await client.query('rollback').catch(() => {});
  }
}

/**
 * One statement, its values as the text PostgreSQL prints.
 *
 * The extended protocol takes a single statement: a probe cannot end the read-only transaction it runs in.
 */
async function askSql(client: Client, text: string): Promise<(string | null)[][]> {
  const query = {
    text,
    queryMode: 'extended',
    rowMode: 'array' as const,
    types: { getTypeParser: () => (value: string) => value },
  };
  return (await client.query<(string | null)[]>(query)).rows;
}

function refusal(login: Login, code: string, attempts: number): MusterError {
  const where = `${login.endpoint.host}:${login.endpoint.port}`;
  if (/^28/.test(code)) {
    return new MusterError('MUSTER_DRILL_FAILED', `${where} refuses to sign in ${login.username} (${code})`);
  }
  const tried = attempts === 1 ? '' : ` after ${attempts} attempts`;
  const why = code === '' ? 'no encrypted connection, or no answer' : code;
  return new MusterError('MUSTER_DRILL_FAILED', `${where} cannot be connected to${tried} (${why})`);
}

const ERROR_LENGTH_MAX = 200;

/** The server's words about our own SQL; they quote the statement, never the sign-in. */
function printError(error: unknown): string {
  const message = error instanceof Error ? error.message.replace(/\s+/g, ' ') : 'unknown error';
  const code = codeOf(error);
  return `${message.slice(0, ERROR_LENGTH_MAX)}${code === '' ? '' : ` (${code})`}`;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The server accepted the connection and then said nothing. */
class SilentServer extends Error {}

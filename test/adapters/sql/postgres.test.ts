/**
 * Probing a real PostgreSQL: what each probe finds, what a broken one says, and how a session is opened.
 */

import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProbeRunner } from '../../../src/adapters/sql/probe-runner.ts';
import type { Login, ProbeSession } from '../../../src/app/ports.ts';
import type { Probe, ProbeResult } from '../../../src/drill/model.ts';
import { at } from '../../support/aws-observations.ts';
import { startDatabase, type TestDatabase } from '../../support/aws-postgres.ts';

const NOW = at('2026-02-26T21:00:00Z');
const SEED = [
  'create schema prod',
  'create table prod.students (id int primary key, seen_at timestamptz, local_at timestamp)',
  `insert into prod.students select i, '2026-02-26T20:00:00Z', '2026-02-26T20:00:00' from generate_series(1, 1200) i`,
  'create table "Odd "".""name" (id int)',
  'insert into "Odd "".""name" values (1)',
  'create table answers (id int)',
];
const LIMITS = { attemptsMax: 1, waitSeconds: 0, connectSecondsMax: 60 };

let database: TestDatabase;
let session: ProbeSession;
const run = (probe: Probe): Promise<ProbeResult> => session.run(probe, NOW);

beforeAll(async () => {
  database = await startDatabase(SEED);
  session = await createProbeRunner(LIMITS).connect(database.login);
}, 60_000);
afterAll(async () => {
  await session?.close();
  await database?.close();
});

it('the first question is answered', async () => {
  await expect(session.ping()).resolves.toBeUndefined();
});

describe('a row count', () => {
  const rowCount = (table: string, rowsMin: number | null = 1) =>
    run({ kind: 'row_count', name: 'rows', table, rowsMin });

  it('passes with enough rows', async () => {
    expect(await rowCount('prod.students')).toEqual({
      name: 'rows',
      kind: 'row_count',
      passed: true,
      finding: 'prod.students holds 1,200 rows (at least 1 wanted)',
      value: 1200,
    });
  });

  it('fails with one row too few', async () => {
    expect(await rowCount('prod.students', 1201)).toMatchObject({ passed: false, value: 1200 });
  });

  it('without a minimum only counts', async () => {
    expect(await rowCount('public.answers', null)).toMatchObject({ passed: true, value: 0 });
  });

  it('of a bare name is taken in the public schema', async () => {
    expect(await rowCount('answers', 0)).toMatchObject({
      passed: true,
      finding: 'answers holds 0 rows (at least 0 wanted)',
    });
  });

  it('of a quoted name with a dot and a quote in it counts that table', async () => {
    expect(await rowCount('"Odd "".""name"')).toMatchObject({ passed: true, value: 1 });
  });

  it('of a table that is not there fails with what the server says', async () => {
    expect(await rowCount('prod.teachers')).toMatchObject({
      passed: false,
      value: null,
      finding: 'could not be asked: relation "prod.teachers" does not exist (42P01)',
    });
  });

  it('takes no SQL for a name', async () => {
    expect(await rowCount('students; drop table answers')).toMatchObject({
      finding: 'could not be asked: relation "public.students; drop table answers" does not exist (42P01)',
    });
    expect(await rowCount('a.b.c')).toMatchObject({ finding: '"a.b.c" is no table name (schema.table is)' });
  });
});

describe('user tables', () => {
  it('are counted without the system ones', async () => {
    expect(await run({ kind: 'tables', name: 't', tablesMin: 3 })).toMatchObject({
      passed: true,
      finding: '3 user tables (at least 3 wanted)',
      value: 3,
    });
    expect(await run({ kind: 'tables', name: 't', tablesMin: 4 })).toMatchObject({ passed: false });
  });

  it('hold so many rows in all', async () => {
    expect(await run({ kind: 'total_rows', name: 'all', rowsMin: 1201 })).toMatchObject({
      passed: true,
      finding: '3 user tables hold 1,201 rows (at least 1,201 wanted)',
      value: 1201,
    });
    expect(await run({ kind: 'total_rows', name: 'all', rowsMin: 1202 })).toMatchObject({ passed: false });
  });
});

describe('freshness', () => {
  const freshness = (sql: string, ageSecondsMax = 3600) =>
    run({ kind: 'freshness', name: 'fresh', sql, ageSecondsMax });

  it('is the age at the instant asked about', async () => {
    expect(await freshness('select max(seen_at) from prod.students')).toMatchObject({
      passed: true,
      finding: 'newest is 2026-02-26 20:00:00 UTC, 1 h old (at most 1 h wanted)',
      value: 3600,
    });
  });

  it('fails a second past its limit', async () => {
    expect(await freshness('select max(seen_at) from prod.students', 3599)).toMatchObject({ passed: false });
  });

  it('takes a timestamp without a zone as UTC, wherever Muster runs', async () => {
    expect(await freshness('select max(local_at) from prod.students')).toMatchObject({ value: 3600 });
  });

  it('takes a statement with a semicolon and a comment at its end', async () => {
    expect(await freshness('select max(seen_at) from prod.students; ')).toMatchObject({ passed: true });
    expect(await freshness('select max(seen_at) from prod.students -- newest')).toMatchObject({ passed: true });
  });

  it.each([
    ['no row', 'select seen_at from prod.students where false', 'yields no row, not one timestamp'],
    ['many rows', 'select seen_at from prod.students', 'yields more than one row, not one timestamp'],
    ['nothing', 'select max(id)::text::timestamptz from answers', 'yields no timestamp: there is nothing to be fresh'],
    ['words', `select 'yesterday-ish'`, 'could not be asked: '],
    [
      'the future',
      `select timestamptz '2026-02-27T21:00:00Z'`,
      '2026-02-27 21:00:00 UTC lies ahead of 2026-02-26 21:00:00 UTC',
    ],
  ])('that yields %s fails', async (_, sql, finding) => {
    const result = await freshness(sql);
    expect(result.passed).toBe(false);
    expect(result.finding).toContain(finding);
  });
});

describe('free SQL', () => {
  const sql = (text: string, equals: string) => run({ kind: 'sql', name: 'free', sql: text, equals });

  it('passes when PostgreSQL prints what is wanted', async () => {
    expect(await sql('select count(*) from prod.students', '1200')).toMatchObject({ passed: true, value: 1200 });
    expect(await sql('select true', 't')).toMatchObject({ passed: true, value: null });
  });

  it('says what it found when it is something else', async () => {
    expect(await sql('select 1', '2')).toMatchObject({ passed: false, finding: 'yields "1" ("2" wanted)', value: 1 });
    expect(await sql('select null', 'null')).toMatchObject({ passed: false, finding: 'yields null ("null" wanted)' });
  });

  it('yields one row of one column or fails', async () => {
    const finding = 'yields other than one row of one column';
    expect(await sql('select 1, 2', '1')).toMatchObject({ passed: false, finding });
    expect(await sql('select id from prod.students', '1')).toMatchObject({ passed: false, finding });
  });

  it('cannot write', async () => {
    expect(await sql('delete from answers returning 1', '1')).toMatchObject({
      passed: false,
      finding: expect.stringContaining('read-only transaction (25006)'),
    });
  });

  it('cannot end its transaction to write after all', async () => {
    const before = await run({ kind: 'tables', name: 't', tablesMin: 0 });
    expect(await sql('commit; drop table answers', '1')).toMatchObject({ passed: false });
    expect((await run({ kind: 'tables', name: 't', tablesMin: 0 })).value).toBe(before.value);
  });

  it('that fails leaves the session fit for the next question', async () => {
    expect(await sql('selekt', '1')).toMatchObject({ passed: false, finding: expect.stringContaining('(42601)') });
    expect(await sql('select 1', '1')).toMatchObject({ passed: true });
  });
});

describe('opening a session', () => {
  const connect = (fields: Partial<Login>, limits: object = {}) =>
    createProbeRunner({ ...LIMITS, ...limits }).connect({ ...database.login, ...fields });

  it('with a wrong password fails without repeating it', async () => {
    const error = await connect({ password: 'canary-wrong' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message: expect.stringContaining('refuses to sign in pgusr (28P01)'),
    });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary');
  });

  it('where nothing listens gives up after its attempts', async () => {
    await expect(connect({ endpoint: { host: '127.0.0.1', port: 9 } }, { attemptsMax: 3 })).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message: '127.0.0.1:9 cannot be connected to after 3 attempts (ECONNREFUSED)',
    });
  });

  it('to an engine without a driver is refused', async () => {
    await expect(connect({ engine: 'aurora-mysql' })).rejects.toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
  });
});

describe('a server that offers no encryption', () => {
  it('is refused on any host but this machine', async () => {
    // 127.0.0.2 is not one of the names Muster trusts, and needs no other machine.
    const server = await listening('127.0.0.2', (socket) => socket.once('data', () => socket.write('N')));
    const endpoint = { host: '127.0.0.2', port: server.port };
    const opened = createProbeRunner(LIMITS).connect({ ...database.login, endpoint });
    await expect(opened).rejects.toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
    expect(server.heard.join('')).not.toContain('pgusr');
    await server.close();
  });
});

it('a server that is starting up is waited for', async () => {
  let refused = 0;
  const server = await listening('127.0.0.1', (socket) =>
    socket.on('data', (data) => {
      if (isTlsRequest(data)) return socket.write('N');
      if (data.includes('pgusr')) refused += 1;
      return socket.end(startingUp());
    }),
  );
  const endpoint = { host: '127.0.0.1', port: server.port };
  const opened = createProbeRunner({ ...LIMITS, attemptsMax: 3 }).connect({ ...database.login, endpoint });
  await expect(opened).rejects.toMatchObject({ message: expect.stringContaining('after 3 attempts (57P03)') });
  expect(refused).toBe(3);
  await server.close();
});

it('a server that says nothing is given up on', async () => {
  const server = await listening('127.0.0.1', () => {});
  const endpoint = { host: '127.0.0.1', port: server.port };
  const opened = createProbeRunner({ ...LIMITS, connectSecondsMax: 0.05 }).connect({ ...database.login, endpoint });
  await expect(opened).rejects.toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
  await server.close();
});

it.each([
  ['postgres', 'queried'],
  ['aurora-postgresql', 'queried'],
  ['aurora-mysql', 'restored'],
  ['oracle-ee', 'restored'],
])('the best grade of %s is %s', (engine, grade) => {
  expect(createProbeRunner().reach(engine)).toBe(grade);
});

async function listening(host: string, serve: (socket: Socket) => void) {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => heard.push(data.toString('latin1')));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { port: address.port, heard, close };
}

/** An SSLRequest: eight bytes, the second four of them 80877103. */
function isTlsRequest(data: Buffer): boolean {
  return data.length === 8 && data.readUInt32BE(4) === 80_877_103;
}

function startingUp(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0', 'latin1');
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

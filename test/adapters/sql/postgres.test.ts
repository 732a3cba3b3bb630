/**
 * Probing a real PostgreSQL: what each probe finds, what a broken one says, and how a session is opened.
 */

import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProbeRunner } from '../../../src/adapters/sql/probe-runner.ts';
import type { Login, ProbeSession } from '../../../src/app/ports.ts';
import type { Probe, ProbeAnswer } from '../../../src/drill/probe.ts';
import { startDatabase, type TestDatabase } from '../../support/aws-postgres.ts';

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
const ask = (probe: Probe): Promise<ProbeAnswer> => session.ask(probe);

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
  const rowCount = (table: string) => ask({ kind: 'row_count', name: 'rows', table, rowsMin: 1, expect: null });

  it('counts the rows', async () => {
    expect(await rowCount('prod.students')).toEqual({ kind: 'count', count: 1200, tables: 1 });
  });

  it('of a bare name is taken in the public schema', async () => {
    expect(await rowCount('answers')).toEqual({ kind: 'count', count: 0, tables: 1 });
  });

  it('of a quoted name with a dot and a quote in it counts that table', async () => {
    expect(await rowCount('"Odd "".""name"')).toMatchObject({ count: 1 });
  });

  it('of a table that is not there is what the server says', async () => {
    expect(await rowCount('prod.teachers')).toEqual({
      kind: 'error',
      message: 'relation "prod.teachers" does not exist (42P01)',
    });
  });

  it('takes no SQL for a name', async () => {
    expect(await rowCount('students; drop table answers')).toMatchObject({
      message: 'relation "public.students; drop table answers" does not exist (42P01)',
    });
    expect(await rowCount('a.b.c')).toMatchObject({ message: '"a.b.c" is no table name (schema.table is)' });
  });
});

describe('user tables', () => {
  it('are counted without the system ones', async () => {
    expect(await ask({ kind: 'tables', name: 't', tablesMin: 3 })).toEqual({ kind: 'count', count: 3, tables: 3 });
  });

  it('hold so many rows in all', async () => {
    const probe: Probe = { kind: 'total_rows', name: 'all', rowsMin: 1, expect: null };
    expect(await ask(probe)).toEqual({ kind: 'count', count: 1201, tables: 3 });
  });

  it('are read whole', async () => {
    expect(await session.hydrate()).toEqual({ rows: 1201 });
  });
});

describe('an instant', () => {
  const freshness = (sql: string) => ask({ kind: 'freshness', name: 'fresh', sql, ageSecondsMax: 1 });
  const newest = { kind: 'instant', instant: '2026-02-26T20:00:00.000Z', rows: 1 };

  it('is what the query yields, for a marker as for freshness', async () => {
    const sql = 'select max(seen_at) from prod.students';
    expect(await freshness(sql)).toEqual(newest);
    expect(await ask({ kind: 'marker', name: 'm', sql, lagSecondsMax: 1, keepValue: false })).toEqual(newest);
  });

  it('without a zone is taken as UTC, wherever Muster runs', async () => {
    expect(await freshness('select max(local_at) from prod.students')).toEqual(newest);
  });

  it('is read from a statement with a semicolon or a comment at its end', async () => {
    expect(await freshness('select max(seen_at) from prod.students; ')).toEqual(newest);
    expect(await freshness('select max(seen_at) from prod.students -- newest')).toEqual(newest);
  });

  it.each([
    ['no row', 'select seen_at from prod.students where false', 0],
    ['many rows', 'select null from prod.students', 1200],
    ['nothing', 'select max(id)::text::timestamptz from answers', 1],
    ['words', `select 'yesterday-ish'`, 1],
    ['a duration', `select interval '2 days'`, 1],
    ['no end', `select timestamptz 'infinity'`, 1],
  ])('is none where the query yields %s', async (_, sql, rows) => {
    expect(await freshness(sql)).toEqual({ kind: 'instant', instant: null, rows });
  });

  it('takes one column', async () => {
    expect(await freshness('select now(), now()')).toEqual({
      kind: 'error',
      message: 'yields 2 columns, not one timestamp',
    });
  });
});

describe('free SQL', () => {
  const sql = (text: string) =>
    ask({ kind: 'sql', name: 'free', sql: text, equals: null, min: null, max: null, keepValue: true });

  it('yields what PostgreSQL prints', async () => {
    const one = { kind: 'value', rows: 1, columns: 1 };
    expect(await sql('select count(*) from prod.students')).toEqual({ ...one, text: '1200' });
    expect(await sql('select true')).toEqual({ ...one, text: 't' });
    expect(await sql('select null')).toEqual({ ...one, text: null });
  });

  it('counts rows and columns and keeps the first', async () => {
    expect(await sql('select id, 2 from prod.students order by id')).toEqual({
      kind: 'value',
      text: '1',
      rows: 1200,
      columns: 2,
    });
  });

  it('cannot write', async () => {
    expect(await sql('delete from answers returning 1')).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('read-only transaction (25006)'),
    });
  });

  it('cannot end its transaction to write after all', async () => {
    expect(await sql('commit; drop table answers')).toMatchObject({ message: expect.stringContaining('(42601)') });
    expect(await sql('commit')).toMatchObject({ kind: 'value', rows: 0 });
    expect(await sql('drop table answers')).toMatchObject({ message: expect.stringContaining('(25006)') });
    expect(await ask({ kind: 'tables', name: 't', tablesMin: 0 })).toMatchObject({ count: 3 });
  });

  it('that fails leaves the session fit for the next question', async () => {
    expect(await sql('selekt')).toMatchObject({ message: expect.stringContaining('(42601)') });
    expect(await sql('select 1')).toMatchObject({ text: '1' });
  });

  it('that meets a value it cannot read does not repeat the value', async () => {
    const answer = await sql(`select ('canary-' || id)::int from prod.students`);
    expect(answer).toEqual({
      kind: 'error',
      message: "the server's words may quote data and are left out (22P02)",
    });
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
    await expect(connect({ engine: 'oracle-ee' })).rejects.toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
  });
});

describe('a server that offers no encryption', () => {
  it('is refused on any host but this machine', async () => {
    // 127.0.0.2 is not one of the names Muster trusts, and needs no other machine.
    const server = await listening('127.0.0.2', (socket) => socket.once('data', () => socket.write('N')));
    const endpoint = { host: '127.0.0.2', port: server.port };
    const opened = createProbeRunner(LIMITS).connect({ ...database.login, endpoint });
    await expect(opened).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message: `127.0.0.2:${server.port} offers no encryption, and is not this machine`,
    });
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

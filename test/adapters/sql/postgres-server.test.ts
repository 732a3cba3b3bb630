/**
 * Probing a real PostgreSQL server: TLS, digests that a restore does not change, and every kind of wrong copy caught.
 *
 * Each wrong copy is a database of its own beside the right one; the right one's results are the baseline.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProbeRunner } from '../../../src/adapters/sql/probe-runner.ts';
import type { Login, ProbeSession } from '../../../src/app/ports.ts';
import { judgeProbe } from '../../../src/drill/judge-probe.ts';
import type { Baseline, Probe, ProbeResult } from '../../../src/drill/probe.ts';
import { at } from '../../support/aws-observations.ts';
import {
  HAS_POSTGRES,
  HAS_POSTGRES_TLS,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';

const NOW = at('2026-02-26T21:00:00Z');
const DATA_AT = at('2026-02-26T20:00:00Z');
const LIMITS = { attemptsMax: 1, waitSeconds: 0, connectSecondsMax: 60 };
/** More than fits one page of an index, so that damage to one page leaves others whole. */
const SEED = [
  'create schema prod',
  `create table prod.students (id int primary key, name text collate "en-x-icu", score numeric(6, 2) not null default 0,
     note text, seen_at timestamptz, constraint paid check (score >= 0))`,
  'create index students_by_name on prod.students (name)',
  `insert into prod.students
     select i, 'Student ' || i, i / 7.0, case when i % 3 = 0 then null else repeat(md5(i::text), 3) end,
            timestamptz '2026-02-26T19:55:00Z' - i * interval '1 minute'
       from generate_series(0, 1199) i`,
  'create table prod.courses (id int primary key, student int references prod.students, title text)',
  `insert into prod.courses select i, i, 'Course ' || i from generate_series(1, 100) i`,
  'create view prod.passed as select id from prod.students where score > 50',
];
const PROBES = {
  rows: {
    kind: 'row_count',
    name: 'rows',
    table: 'prod.students',
    rowsMin: 1,
    expect: { against: 'last_drill', shrinkPercentMax: 5, growPercentMax: 5 },
  },
  all: {
    kind: 'total_rows',
    name: 'all',
    rowsMin: 1,
    expect: { against: 1300, shrinkPercentMax: 5, growPercentMax: null },
  },
  marker: {
    kind: 'marker',
    name: 'marker',
    sql: 'select max(seen_at) from prod.students',
    lagSecondsMax: 900,
    keepValue: true,
  },
  sum: {
    kind: 'checksum',
    name: 'sum',
    table: 'prod.students',
    key: ['id'],
    columns: [],
    where: null,
    rowsMax: 100_000,
    expect: 'last_drill',
  },
  shape: { kind: 'schema', name: 'shape', expect: 'last_drill' },
  indexes: { kind: 'integrity', name: 'indexes', tables: [] },
} as const satisfies Record<string, Probe>;
type ProbeName = keyof typeof PROBES;
const NAMES = Object.keys(PROBES) as ProbeName[];

describe.skipIf(!HAS_POSTGRES)('a copy on a real server', () => {
  let server: PostgresServer;
  let baseline: Baseline;

  const askAll = async (login: Login, before: Baseline | null): Promise<Record<string, ProbeResult>> => {
    const session = await createProbeRunner(LIMITS).connect(login);
    const results: Record<string, ProbeResult> = {};
    for (const name of NAMES) {
      const answer = await session.ask(PROBES[name]);
      results[name] = judgeProbe(PROBES[name], answer, { at: NOW, dataAt: DATA_AT, baseline: before });
    }
    await session.close();
    return results;
  };
  /** The probes that fail on a copy made wrong, after making sure that none of those claims anything. */
  const failing = async (name: string, wrong: readonly string[], seed = SEED): Promise<string[]> => {
    const results = await askAll(await server.makeDatabase(name, [...seed, ...wrong]), baseline);
    const failed = NAMES.filter((probe) => results[probe]?.passed === false);
    expect(failed.map((probe) => results[probe]?.proves)).toEqual(failed.map(() => 'nothing'));
    return failed;
  };

  beforeAll(async () => {
    server = await startPostgresServer();
    const results = await askAll(await server.makeDatabase('source', SEED), null);
    baseline = { drillId: 'd-1', endedAt: NOW, results };
  }, 120_000);
  afterAll(async () => {
    await server?.close();
  });

  it('made of the same SQL passes everything, with the same digests, and is compared', async () => {
    const results = await askAll(await server.makeDatabase('same', SEED), baseline);
    expect(NAMES.map((name) => [name, results[name]?.passed, results[name]?.proves])).toEqual([
      ['rows', true, 'comparison'],
      ['all', true, 'comparison'],
      ['marker', true, 'comparison'],
      ['sum', true, 'comparison'],
      ['shape', true, 'nothing'],
      ['indexes', true, 'nothing'],
    ]);
    expect(results['sum']?.digest).toBe(baseline.results['sum']?.digest);
    expect(Object.keys(results['shape']?.parts ?? {})).toEqual(['prod.courses', 'prod.passed', 'prod.students']);
  });

  it('has the rows and the structure of its users alone, not what an extension brings, as PostGIS does', async () => {
    const extended = [
      'create table spatial_ref_sys (srid int primary key)',
      'insert into spatial_ref_sys select generate_series(1, 8500)',
      'create view geometry_columns as select srid from spatial_ref_sys',
      'alter extension plpgsql add table spatial_ref_sys',
      'alter extension plpgsql add view geometry_columns',
    ];
    const results = await askAll(await server.makeDatabase('extended', [...SEED, ...extended]), baseline);
    expect(results['all']).toMatchObject({ passed: true, value: 1300 });
    expect(results['shape']?.digest).toBe(baseline.results['shape']?.digest);
    const emptied = [...extended, 'truncate prod.courses, prod.students'];
    const rows = await askAll(await server.makeDatabase('extension_only', [...SEED, ...emptied]), null);
    expect(rows['all']).toMatchObject({ passed: false, proves: 'nothing', value: 0 });
  });

  it('stored in another order, by another owner and with other object ids has the same digests', async () => {
    const moved = [
      'create role somebody',
      'update prod.students set note = note where id % 2 = 0',
      'alter table prod.students owner to somebody',
      'vacuum full prod.students',
    ];
    expect(await failing('moved', moved)).toEqual([]);
  });

  it('has the same digests whatever the settings of its database print', async () => {
    const settings = [
      `alter database settings set timezone = 'Asia/Kathmandu'`,
      `alter database settings set datestyle = 'German'`,
      `alter database settings set extra_float_digits = -15`,
      `alter database settings set bytea_output = 'escape'`,
      `alter database settings set search_path = 'prod'`,
    ];
    expect(await failing('settings', settings)).toEqual([]);
  });

  it('of another database fails by structure, rows, marker and figures, and claims nothing', async () => {
    const other = [
      'create schema prod',
      'create table prod.students (id int primary key, name text, seen_at timestamptz)',
      `insert into prod.students select i, 'x', '2026-02-26T20:30:00Z' from generate_series(1, 700) i`,
    ];
    expect(await failing('other', [], other)).toEqual(['rows', 'all', 'marker', 'sum', 'shape']);
  });

  it('with an empty table fails by rows, marker and checksum', async () => {
    expect(await failing('emptied', ['truncate prod.students cascade'])).toEqual(['rows', 'all', 'marker', 'sum']);
  });

  it('with 60 % of the rows fails by count and checksum', async () => {
    const wrong = ['delete from prod.courses', 'delete from prod.students where id >= 720'];
    expect(await failing('sixty', wrong)).toEqual(['rows', 'all', 'sum']);
  });

  it('whose newest write is older than claimed fails by its marker', async () => {
    const wrong = [`update prod.students set seen_at = seen_at - interval '1 day'`];
    expect(await failing('older', wrong)).toEqual(['marker', 'sum']);
  });

  it('with one changed value fails by its checksum alone', async () => {
    expect(await failing('changed', ['update prod.students set score = score + 0.01 where id = 600'])).toEqual(['sum']);
  });

  it.each([
    ['column', 'alter table prod.students drop column note', ['sum', 'shape']],
    ['check', 'alter table prod.students drop constraint paid', ['shape']],
    ['foreign key', 'alter table prod.courses drop constraint courses_student_fkey', ['shape']],
    ['index', 'drop index prod.students_by_name', ['shape']],
    ['default', 'alter table prod.students alter score drop default', ['shape']],
    ['not null', 'alter table prod.students alter score drop not null', ['shape']],
    ['type', 'alter table prod.courses alter id type bigint', ['shape']],
    ['view', 'drop view prod.passed', ['shape']],
    ['condition of a view', 'create or replace view prod.passed as select id from prod.students', ['shape']],
  ])('with another %s fails', async (what, wrong, expected) => {
    expect(await failing(`lost_${what.replaceAll(' ', '_')}`, [wrong])).toEqual(expected);
  });

  it('whose index lost a row fails by integrity', async () => {
    const wrong = [
      `update pg_index set indisready = false, indisvalid = false where indexrelid = 'prod.students_by_name'::regclass`,
      `update prod.students set name = 'Nobody' where id = 600`,
      `update prod.students set name = 'Student 600' where id = 600`,
      `update pg_index set indisready = true, indisvalid = true where indexrelid = 'prod.students_by_name'::regclass`,
    ];
    const login = await server.makeDatabase('lost_row', SEED);
    await server.run('lost_row', ['set allow_system_table_mods = on', ...wrong]);
    const results = await askAll(login, baseline);
    expect(results['indexes']).toMatchObject({ passed: false, proves: 'nothing', value: 5 });
    expect(results['indexes']?.finding).toMatch(
      /^1 problem in 5 checked: index students_by_name of prod\.students: heap tuple .* lacks matching index tuple/,
    );
  });

  it('with a damaged index and a damaged TOAST index fails by integrity, naming both', async () => {
    const login = await server.makeDatabase('damaged', [
      ...SEED,
      'create table prod.letters (id int primary key, body text)',
      'alter table prod.letters alter body set storage external',
      `insert into prod.letters select i, repeat('letter ', 2000) from generate_series(1, 50) i`,
      'checkpoint',
    ]);
    const files = await server.run('damaged', [
      `select pg_relation_filepath('prod.students_pkey'),
              pg_relation_filepath((select indexrelid from pg_index i join pg_class c on c.reltoastrelid = i.indrelid
                                     where c.oid = 'prod.letters'::regclass))`,
    ]);
    await server.restart(() => {
      for (const file of files[0] ?? []) overwrite(join(server.dataFolder, file), 8192, 512);
    });
    const session = await createProbeRunner(LIMITS).connect(login);
    const answer = await session.ask(PROBES.indexes);
    const named = await session.ask({ ...PROBES.indexes, tables: ['prod.courses'] });
    await session.close();
    expect(answer).toMatchObject({ kind: 'integrity', checked: 7 });
    if (answer.kind !== 'integrity') return;
    expect(answer.problems).toHaveLength(2);
    expect(answer.problems.join('\n')).toMatch(/index students_pkey of prod\.students: /);
    expect(answer.problems.join('\n')).toMatch(/index pg_toast_\d+_index of prod\.letters: /);
    expect(named).toEqual({ kind: 'integrity', checked: 2, problems: [] });
  });

  describe('and a session on it', () => {
    let session: ProbeSession;
    beforeAll(async () => {
      const parts = [
        'create table parted (id int primary key, t text) partition by range (id)',
        'create table parted_1 partition of parted for values from (0) to (100)',
        'create table parted_2 partition of parted for values from (100) to (200)',
        `insert into parted select i, 'x' from generate_series(0, 199) i`,
        'create table tied (a int, b int)',
        'insert into tied values (1, 1), (1, 2)',
        'create table hidden (id int)',
        'insert into hidden values (1), (2)',
        'alter table hidden enable row level security',
        "create role reader login password 'canary-reader' nosuperuser",
        'grant select on hidden, tied to reader',
        'create policy one on hidden for select to reader using (id = 1)',
        'grant usage on schema prod to reader',
      ];
      const login = await server.makeDatabase('asked', [...SEED, ...parts]);
      session = await createProbeRunner(LIMITS).connect(login);
    });
    afterAll(() => session?.close());

    it('reads all rows of all tables, partitions once', async () => {
      expect(await session.hydrate()).toEqual({ rows: 1200 + 100 + 200 + 2 + 2 });
      expect(await session.ask(PROBES.all)).toEqual({ kind: 'count', count: 1504, tables: 5 });
    });

    it('checks the indexes of every partition of a named table, and those of their TOAST', async () => {
      expect(await session.ask({ ...PROBES.indexes, tables: ['parted'] })).toMatchObject({ checked: 4 });
    });

    it.each([
      ['a table', { ...PROBES.indexes, tables: ['prod.teachers'] }, 'there is no table prod.teachers'],
      ['a table', { ...PROBES.sum, table: 'prod.teachers' }, 'there is no table prod.teachers'],
      ['a key', { ...PROBES.sum, key: ['nr'] }, 'prod.students has no column "nr"'],
      ['a column', { ...PROBES.sum, columns: ['nr'] }, 'prod.students has no column "nr"'],
      ['any key', { ...PROBES.sum, key: [] }, 'a checksum takes a key that orders the rows'],
      ['ties', { ...PROBES.sum, table: 'tied', key: ['a'] }, 'a does not order the rows: 1 share their key'],
    ] as const)('answers that without %s nothing can be asked', async (_, probe, message) => {
      expect(await session.ask(probe as Probe)).toEqual({ kind: 'error', message });
    });

    it('digests the rows and columns that were asked for', async () => {
      const of = async (fields: object) => {
        const answer = await session.ask({ ...PROBES.sum, ...fields });
        return answer.kind === 'digest' ? answer : null;
      };
      expect(await of({ rowsMax: 10 })).toMatchObject({ rows: 10 });
      expect(await of({ where: 'id < 7 -- old' })).toMatchObject({ rows: 7 });
      expect(await of({ where: 'id < 0' })).toMatchObject({ rows: 0 });
      const byName = await of({ key: ['name'], columns: ['name'] });
      expect(byName?.rows).toBe(1200);
      expect(byName?.digest).not.toBe((await of({ columns: ['name'] }))?.digest);
    });

    it('does not take rows that a policy hides for rows that are not there', async () => {
      const reader = { ...server.login, username: 'reader', password: 'canary-reader', databaseName: 'asked' };
      const limited = await createProbeRunner(LIMITS).connect(reader);
      const answer = await limited.ask({ ...PROBES.rows, table: 'hidden' });
      const integrity = await limited.ask({ ...PROBES.indexes, tables: ['prod.students'] });
      await limited.close();
      expect(answer).toMatchObject({ kind: 'error', message: expect.stringContaining('row-level security') });
      expect(integrity).toMatchObject({
        kind: 'error',
        message: expect.stringMatching(/^the extension amcheck cannot be made: permission denied|cannot be checked/),
      });
    });

    it('whose question takes too long is told so by the server, and goes on', async () => {
      const login = { ...server.login, databaseName: 'asked' };
      const hasty = await createProbeRunner({ ...LIMITS, statementSecondsMax: 0.05 }).connect(login);
      expect(await hasty.ask({ ...PROBES.marker, sql: 'select now() from pg_sleep(30)' })).toEqual({
        kind: 'error',
        message: 'canceling statement due to statement timeout (57014)',
      });
      expect(await hasty.ask(PROBES.rows)).toMatchObject({ count: 1200 });
      await hasty.close();
    });

    it.each([
      [
        'a question',
        (one: ProbeSession, signal: AbortSignal) =>
          one.ask({ ...PROBES.marker, sql: 'select now() from pg_sleep(600)' }, signal),
      ],
      ['a hydration', (one: ProbeSession, signal: AbortSignal) => one.hydrate(signal)],
    ])('gives up %s when it is aborted, and asks nothing after that', async (_, begin) => {
      const one = await createProbeRunner(LIMITS).connect({ ...server.login, databaseName: 'asked' });
      const controller = new AbortController();
      const asked = begin(one, controller.signal);
      controller.abort(new Error('stop now'));
      await expect(asked).rejects.toThrow('stop now');
      expect(await one.ask(PROBES.rows)).toEqual({ kind: 'error', message: 'the question was abandoned' });
      await expect(one.ask(PROBES.rows, controller.signal)).rejects.toThrow('stop now');
      await one.close();
    });

    it('that the server ends answers so instead of waiting', async () => {
      const one = await createProbeRunner(LIMITS).connect({ ...server.login, databaseName: 'asked' });
      const asked = one.ask({ ...PROBES.marker, sql: `select now(), pg_terminate_backend(pg_backend_pid())` });
      expect(await asked).toMatchObject({ kind: 'error' });
      expect(await one.ask(PROBES.rows)).toMatchObject({ kind: 'error' });
      await one.close();
    });
  });
});

describe.skipIf(!HAS_POSTGRES_TLS)('a server that offers TLS', () => {
  let server: PostgresServer;
  let stranger: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer('DNS:localhost,IP:127.0.0.1');
    stranger = await startPostgresServer('DNS:db.example.test');
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await stranger?.close();
  });
  const connect = (login: Login, ca: readonly (string | null)[]) =>
    createProbeRunner({ ...LIMITS, attemptsMax: 3, ca: ca.filter((pem) => pem !== null) }).connect(login);
  const IS_ENCRYPTED = 'select ssl::text from pg_stat_ssl where pid = pg_backend_pid()';

  it.each(['localhost', '127.0.0.1'])('is spoken to in secret as %s once its authority is trusted', async (host) => {
    const login = { ...server.login, endpoint: { ...server.login.endpoint, host } };
    const session = await connect(login, [server.caPem]);
    const probe: Probe = {
      kind: 'sql',
      name: 's',
      sql: IS_ENCRYPTED,
      equals: 'true',
      min: null,
      max: null,
      keepValue: true,
    };
    expect(await session.ask(probe)).toMatchObject({ text: 'true' });
    await session.close();
  });

  it.each([
    ['an authority that nobody knows', () => connect(server.login, []), /unable to verify the first certificate/],
    ['another authority of that name', () => connect(server.login, [stranger.caPem]), /certificate/],
    [
      'another host',
      () => connect(stranger.login, [stranger.caPem]),
      /not in the cert's altnames: DNS:db\.example\.test/,
    ],
  ])('with a certificate of %s is refused, on this machine too', async (_, open, reason) => {
    const error = await open().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MUSTER_DRILL_FAILED', message: expect.stringMatching(reason) });
    expect(error).toMatchObject({
      message: expect.stringMatching(/^localhost:\d+ has no certificate that can be trusted: /),
    });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary');
  });
});

function overwrite(path: string, offset: number, length: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, offset);
  closeSync(file);
}

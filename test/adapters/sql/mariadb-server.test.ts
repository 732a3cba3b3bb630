/**
 * Probing a real MariaDB server over `mysql2`: answers, TLS, and every kind of wrong copy caught.
 *
 * Each wrong copy is a schema of the same name on a server that was started anew or emptied; the right one's results
 * are the baseline.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProbeRunner } from '../../../src/adapters/sql/probe-runner.ts';
import type { Login, ProbeSession } from '../../../src/app/ports.ts';
import { judgeProbe } from '../../../src/drill/judge-probe.ts';
import type { Baseline, Probe, ProbeAnswer, ProbeResult } from '../../../src/drill/probe.ts';
import { at } from '../../support/aws-observations.ts';
import { HAS_MARIADB, HAS_MARIADB_TLS, type MariaDbServer, startMariaDbServer } from '../../support/mariadb-server.ts';

const NOW = at('2026-02-26T21:00:00Z');
const DATA_AT = at('2026-02-26T20:00:00Z');
const LIMITS = { attemptsMax: 1, waitSeconds: 0, connectSecondsMax: 60 };
const SEED = [
  `create table students (id int primary key, name varchar(80) collate utf8mb4_general_ci, score decimal(6, 2) not null default 0,
     note blob, seen_at datetime, stamped_at timestamp null, constraint paid check (score >= 0), key by_name (name))`,
  `insert into students select seq, concat('Student ', seq), seq / 7, if(seq % 3 = 0, null, unhex(sha2(seq, 256))),
     timestamp '2026-02-26 19:55:00' - interval seq minute, from_unixtime(1772136000 - seq) from seq_0_to_1199`,
  'create table courses (id int primary key, student int, title text, foreign key (student) references students (id))',
  `insert into courses select seq, seq, concat('Course ', seq) from seq_1_to_100`,
  'create view passed as select id from students where score > 50',
  'create table ledger (id int primary key, body varchar(200), key by_body (body)) engine = myisam',
  `insert into ledger select seq, repeat(sha2(seq, 256), 3) from seq_1_to_2000`,
];
const PROBES = {
  rows: {
    kind: 'row_count',
    name: 'rows',
    table: 'students',
    rowsMin: 1,
    expect: { against: 'last_drill', shrinkPercentMax: 5, growPercentMax: 5 },
  },
  marker: {
    kind: 'marker',
    name: 'marker',
    sql: 'select max(seen_at) from students',
    lagSecondsMax: 900,
    keepValue: true,
  },
  sum: {
    kind: 'checksum',
    name: 'sum',
    table: 'school.students',
    key: ['id'],
    columns: [],
    where: null,
    rowsMax: 100_000,
    expect: 'last_drill',
  },
  shape: { kind: 'schema', name: 'shape', expect: 'last_drill' },
  tables: { kind: 'integrity', name: 'tables', tables: [] },
} as const satisfies Record<string, Probe>;
type ProbeName = keyof typeof PROBES;
const NAMES = Object.keys(PROBES) as ProbeName[];

describe.skipIf(!HAS_MARIADB)('a copy on a real server', () => {
  let server: MariaDbServer;
  let login: Login;
  let baseline: Baseline;

  const fill = async (sql: readonly string[]) => {
    await server.run('mysql', ['drop database if exists school']);
    login = await server.makeDatabase('school', sql);
  };
  const askAll = async (before: Baseline | null): Promise<Record<string, ProbeResult>> => {
    const session = await createProbeRunner(LIMITS).connect(login);
    const results: Record<string, ProbeResult> = {};
    for (const name of NAMES) {
      const answer = await session.ask(PROBES[name]);
      results[name] = judgeProbe(PROBES[name], answer, { at: NOW, dataAt: DATA_AT, baseline: before });
    }
    await session.close();
    return results;
  };
  /** The probes that fail on this copy, after making sure that none of those claims anything. */
  const failing = async (): Promise<string[]> => {
    const results = await askAll(baseline);
    const failed = NAMES.filter((probe) => results[probe]?.passed === false);
    expect(failed.map((probe) => results[probe]?.proves)).toEqual(failed.map(() => 'nothing'));
    return failed;
  };

  beforeAll(async () => {
    server = await startMariaDbServer();
    await fill(SEED);
    baseline = { drillId: 'd-1', endedAt: NOW, results: await askAll(null) };
  }, 120_000);
  afterAll(async () => {
    await server?.close();
  });

  it('made of the same SQL passes everything and is compared', async () => {
    await fill(SEED);
    const results = await askAll(baseline);
    expect(NAMES.map((name) => [name, results[name]?.passed, results[name]?.proves])).toEqual([
      ['rows', true, 'comparison'],
      ['marker', true, 'comparison'],
      ['sum', true, 'comparison'],
      ['shape', true, 'nothing'],
      ['tables', true, 'nothing'],
    ]);
    expect(Object.keys(results['shape']?.parts ?? {})).toEqual([
      'school.courses',
      'school.ledger',
      'school.passed',
      'school.students',
    ]);
    expect(results['tables']?.value).toBe(3);
  });

  it('has the same digests whatever the settings of its server print', async () => {
    await fill(SEED);
    await server.run('mysql', [`set global time_zone = '+05:45'`, `set global character_set_results = latin1`]);
    expect(await failing()).toEqual([]);
    await server.run('mysql', [`set global time_zone = 'SYSTEM'`, `set global character_set_results = default`]);
  });

  it('of another database fails by structure, rows, marker and checksum', async () => {
    await fill([
      'create table students (id int primary key, name varchar(80), seen_at datetime)',
      `insert into students select seq, 'x', '2026-02-26 20:30:00' from seq_1_to_700`,
    ]);
    expect(await failing()).toEqual(['rows', 'marker', 'sum', 'shape']);
  });

  it.each([
    ['an empty table', ['delete from courses', 'delete from students'], ['rows', 'marker', 'sum']],
    ['60 % of the rows', ['delete from courses', 'delete from students where id >= 720'], ['rows', 'sum']],
    ['an old newest write', ['update students set seen_at = seen_at - interval 1 day'], ['marker', 'sum']],
    ['one changed letter', [`update students set name = 'student 600' where id = 600`], ['sum']],
    ['one column less', ['alter table students drop column note'], ['sum', 'shape']],
    ['one index less', ['alter table students drop key by_name'], ['shape']],
    ['another check', ['alter table students drop constraint paid'], ['shape']],
    ['another foreign key', ['alter table courses drop constraint courses_ibfk_1'], ['shape']],
    ['another default', ['alter table students alter score set default 1'], ['shape']],
    ['another view', ['alter view passed as select id from students where score > 40'], ['shape']],
  ])('with %s fails', async (_, wrong, expected) => {
    await fill([...SEED, ...wrong]);
    expect(await failing()).toEqual(expected);
  });

  it('with a damaged index file fails by integrity', async () => {
    await fill(SEED);
    await server.restart(() => overwrite(join(server.dataFolder, 'school', 'ledger.MYI'), 8192, 4096));
    const results = await askAll(baseline);
    expect(results['tables']).toMatchObject({ passed: false, proves: 'nothing', value: 3 });
    expect(results['tables']?.finding).toMatch(/school\.ledger: .+/);
  });

  it('with a damaged page of an InnoDB table fails by integrity', async () => {
    await fill(SEED);
    await server.restart(() => overwrite(join(server.dataFolder, 'school', 'students.ibd'), 16_384 * 6 + 400, 400));
    const results = await askAll(baseline);
    expect(results['tables']).toMatchObject({ passed: false, proves: 'nothing' });
    expect(results['tables']?.finding).toMatch(/students/);
    await server.close();
    server = await startMariaDbServer();
  });

  describe('and a session on it', () => {
    let session: ProbeSession;
    const ask = (probe: Probe): Promise<ProbeAnswer> => session.ask(probe);
    const sql = (text: string) =>
      ask({ kind: 'sql', name: 'free', sql: text, equals: null, min: null, max: null, keepValue: true });
    const instantOf = (text: string) => ask({ ...PROBES.marker, sql: text });

    beforeAll(async () => {
      await fill([...SEED, 'create table `odd.``name` (id int)', 'insert into `odd.``name` values (1)']);
    });
    beforeEach(async () => {
      session = await createProbeRunner(LIMITS).connect(login);
      return () => session.close();
    });

    it('counts rows and tables, and reads them whole', async () => {
      expect(await ask(PROBES.rows)).toEqual({ kind: 'count', count: 1200, tables: 1 });
      expect(await ask({ ...PROBES.rows, table: '`odd.``name`' })).toMatchObject({ count: 1 });
      expect(await ask({ kind: 'tables', name: 't', tablesMin: 1 })).toMatchObject({ count: 4 });
      const all = { kind: 'total_rows', name: 'all', rowsMin: 1, expect: null } as const;
      expect(await ask(all)).toEqual({ kind: 'count', count: 3301, tables: 4 });
      expect(await session.hydrate()).toEqual({ rows: 3301 });
    });

    it.each([
      ['select max(seen_at) from students', '2026-02-26T19:55:00.000Z'],
      [`select timestamp '2026-02-26 20:00:00.123456'`, '2026-02-26T20:00:00.123Z'],
      [`select from_unixtime(1772136000)`, '2026-02-26T20:00:00.000Z'],
      [`select date '2026-02-26'`, '2026-02-26T00:00:00.000Z'],
      ['select max(stamped_at) from students', '2026-02-26T20:00:00.000Z'],
      ['select max(stamped_at) from students where id < 0', null],
      ['select max(id) from students', null],
    ])('reads an instant from %s', async (text, instant) => {
      expect(await instantOf(text)).toEqual({ kind: 'instant', instant, rows: 1 });
    });

    it('yields what the server prints, and counts the rest', async () => {
      expect(await sql('select count(*) from students;')).toEqual({ kind: 'value', text: '1200', rows: 1, columns: 1 });
      expect(await sql('select id, name from students order by id')).toMatchObject({
        text: '0',
        rows: 1200,
        columns: 2,
      });
      expect(await sql('select null')).toMatchObject({ text: null, rows: 1 });
      expect(await sql(`select 'é'`)).toMatchObject({ text: 'é' });
    });

    it.each([
      ['delete from students', 'READ_ONLY'],
      ['drop table students', 'READ_ONLY'],
      ['create table more (id int)', 'READ_ONLY'],
      ['commit; drop table students', 'ER_PARSE_ERROR'],
    ])('cannot change anything: %s', async (text, code) => {
      expect(await sql(text)).toMatchObject({ kind: 'error', message: expect.stringContaining(code) });
      expect(await ask(PROBES.rows)).toMatchObject({ count: 1200 });
    });

    it('that ends its transaction is still read-only', async () => {
      expect(await sql('commit')).toMatchObject({ kind: 'value', rows: 0 });
      expect(await sql('drop table students')).toMatchObject({ message: expect.stringContaining('READ_ONLY') });
    });

    it.each([
      ['a table to count', { ...PROBES.rows, table: 'teachers' }, /ER_NO_SUCH_TABLE/],
      ['a table to digest', { ...PROBES.sum, table: 'teachers' }, /^there is no table teachers$/],
      ['a table to check', { ...PROBES.tables, tables: ['teachers'] }, /^there is no table school\.teachers$/],
      ['a key', { ...PROBES.sum, key: ['nr'] }, /^school\.students has no column "nr"$/],
      ['a name', { ...PROBES.rows, table: 'a.b.c' }, /is no table name/],
    ] as const)('answers that without %s nothing can be asked', async (_, probe, message) => {
      expect(await ask(probe as Probe)).toEqual({ kind: 'error', message: expect.stringMatching(message) });
    });

    it('digests by bytes where the collation holds texts to be equal', async () => {
      await server.run('school', [
        'create table cased (name varchar(9) collate utf8mb4_general_ci)',
        `insert into cased values ('a'), ('A')`,
      ]);
      const probe = { ...PROBES.sum, table: 'cased', key: ['name'] };
      expect(await ask(probe)).toMatchObject({ kind: 'digest', rows: 2 });
      await server.run('school', [`insert into cased values ('a')`]);
      expect(await ask(probe)).toEqual({ kind: 'error', message: 'name does not order the rows: 1 share their key' });
      await server.run('school', ['drop table cased']);
    });

    it('whose question takes too long is told so by the server, and goes on', async () => {
      const hasty = await createProbeRunner({ ...LIMITS, statementSecondsMax: 0.2 }).connect(login);
      const slow = 'select count(*) from students a, students b, students c where a.score + b.score > c.score';
      const answer = await hasty.ask({ ...PROBES.marker, sql: slow });
      expect(answer).toMatchObject({ kind: 'error', message: expect.stringContaining('max_statement_time exceeded') });
      expect(await hasty.ask(PROBES.rows)).toMatchObject({ count: 1200 });
      await hasty.close();
    });

    it('gives up a question when it is aborted, and asks nothing after that', async () => {
      const controller = new AbortController();
      const asked = session.ask({ ...PROBES.marker, sql: 'select sleep(600)' }, controller.signal);
      controller.abort(new Error('stop now'));
      await expect(asked).rejects.toThrow('stop now');
      expect(await ask(PROBES.rows)).toEqual({ kind: 'error', message: 'the question was abandoned' });
    });

    it('that the server ends answers so instead of waiting', async () => {
      const { text } = (await sql('select connection_id()')) as { text: string };
      const asked = sql('select sleep(600)');
      await server.run('mysql', [`kill ${Number(text)}`]);
      expect(await asked).toMatchObject({ kind: 'error' });
      expect(await ask(PROBES.rows)).toMatchObject({ kind: 'error' });
    });

    it('with a wrong password is refused without repeating it', async () => {
      const wrong = createProbeRunner(LIMITS).connect({ ...login, password: 'canary-wrong' });
      const error = await wrong.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'MUSTER_DRILL_FAILED',
        message: expect.stringContaining('refuses to sign in master (ER_ACCESS_DENIED_ERROR)'),
      });
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary');
    });
  });
});

it('an address that is not this machine is not dialled, as no certificate could be held against it', async () => {
  const login: Login = {
    endpoint: { host: '127.0.0.2', port: 9 },
    engine: 'aurora-mysql',
    username: 'master',
    password: 'canary',
    databaseName: '',
  };
  await expect(createProbeRunner(LIMITS).connect(login)).rejects.toMatchObject({
    code: 'MUSTER_DRILL_FAILED',
    message: '127.0.0.2:9 is an address; a certificate is checked by host name',
  });
});

describe.skipIf(!HAS_MARIADB_TLS)('a server that offers TLS', () => {
  let server: MariaDbServer;
  let stranger: MariaDbServer;
  beforeAll(async () => {
    server = await startMariaDbServer('DNS:localhost');
    stranger = await startMariaDbServer('DNS:db.example.test');
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await stranger?.close();
  });
  const connect = (login: Login, ca: readonly (string | null)[]) =>
    createProbeRunner({ ...LIMITS, attemptsMax: 3, ca: ca.filter((pem) => pem !== null) }).connect(login);

  it.each(['localhost', '127.0.0.1'])('is spoken to in secret as %s once its authority is trusted', async (host) => {
    const login = { ...server.login, endpoint: { ...server.login.endpoint, host } };
    const session = await connect(login, [server.caPem]);
    const answer = await session.ask({
      kind: 'sql',
      name: 's',
      sql: `select variable_value <> '' from information_schema.session_status where variable_name = 'Ssl_cipher'`,
      equals: '1',
      min: null,
      max: null,
      keepValue: true,
    });
    await session.close();
    expect(answer).toMatchObject({ text: '1' });
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

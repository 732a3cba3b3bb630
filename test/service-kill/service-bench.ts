/**
 * Where replicas run: a store in SQLite or PostgreSQL, a lab, a webhook, a service file, and a fast clock for all of them.
 *
 * Every firing is noted by triggers of the database itself, in the transaction that fires, so that neither a kill nor
 * Muster's own word decides what is known of it.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createKeyFile } from '../../src/adapters/keys/key-file.ts';
import { createPresence } from '../../src/adapters/presence.ts';
import { systemRandomness } from '../../src/adapters/randomness.ts';
import { createPostgresDesk } from '../../src/adapters/store/sql/desk-postgres.ts';
import { createSqliteDesk } from '../../src/adapters/store/sql/desk-sqlite.ts';
import { createPostgresStore } from '../../src/adapters/store/sql/postgres.ts';
import { createSqliteStore } from '../../src/adapters/store/sql/sqlite.ts';
import type { Desk } from '../../src/app/desk-port.ts';
import { createToken } from '../../src/app/manage-tokens.ts';
import type { Clock, Store } from '../../src/app/ports.ts';
import { sealedStore } from '../../src/app/seal.ts';
import { parseInstant } from '../../src/core/time.ts';
import { addressOf } from '../adapters/store/store-kinds.ts';
import { settingsOf } from '../support/cli.ts';
import { INSTANCE } from '../support/drill-lab.ts';
import { startPostgresServer } from '../support/postgres-server.ts';
import { type FastLab, startFastLab, startWebhook, type Webhook } from './fast-lab.ts';
import { type FastTime, fastClock, RUN } from './fast-time.ts';
import { bundleReplica, type Replica, startReplica } from './replica.ts';

/** How often each schedule is due, in minutes; jitter is none, so that these are the instants at which it fires. */
export const PERIODS: Readonly<Record<string, number>> = {
  inventory: 5,
  countdown: 4,
  sweep: 10,
  verify: 10,
  'drill:often': 5,
  'drill:seldom': 10,
};

/** A firing, by the database's own account. */
export interface Firing {
  readonly name: string;
  readonly dueAt: string;
}

/** Everything a test holds in its hands. */
export interface ServiceBench {
  readonly time: FastTime;
  readonly clock: Clock;
  readonly lab: FastLab;
  readonly webhook: Webhook;
  /** The same store and desk that the replicas work on. */
  readonly store: Store;
  readonly desk: Desk;
  readonly token: string;
  /** Every replica there was. */
  readonly all: readonly Replica[];
  start(schedule?: boolean): Replica;
  fired(): Promise<readonly Firing[]>;
  /** Lets every job that waits be due. */
  hurry(): Promise<void>;
  /** What replicas logged, each line with a name before it. */
  logged(): readonly string[];
  /** What replicas say that they fired. */
  ledger(): readonly string[];
  close(): Promise<void>;
}

const START = parseInstant('2026-11-24T09:00:30Z', 'test');
const DAY = 86_400;

/** Prepares everything; no replica runs yet. */
export async function startServiceBench(engine: 'sqlite' | 'postgres'): Promise<ServiceBench> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-service-kill-'));
  const at = (name: string) => join(folder, name);
  mkdirSync(at('home'));
  const program = await bundleReplica();
  const time: FastTime = { startAt: START, startedAt: Date.now(), speed: RUN.speed };
  const clock = fastClock(time);
  const [place, lab, webhook] = [
    await (engine === 'postgres' ? inPostgres() : inSqlite(at('home'))),
    await startFastLab(clock),
    await startWebhook(),
  ];
  const { desk, store } = open(engine, place.name, clock, at('home'));
  // Reading makes no tables.
  await desk.keepPlaces([]);
  await place.run(TRIGGERS[engine]);
  const asked = { name: 'load', scopes: ['read', 'gate'] as const, expiresInSeconds: DAY, by: 'test' };
  const { token } = await createToken(asked, { store, clock, randomness: systemRandomness });
  writeServiceFile(folder, webhook.url);
  for (const name of ['log', 'ledger']) writeFileSync(at(name), '');
  const all: Replica[] = [];
  const lines = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n').filter(Boolean);
  const settings = { time, engine, place: place.name, home: at('home'), config: at('serve.yaml') };
  return {
    ...{ time, clock, lab, webhook, store, desk, token, all },
    start: (schedule = true) => {
      const own = { name: `life${all.length}`, ledger: at('ledger'), log: at('log'), schedule };
      // Replicas stand for machines of their own; one process after another lives on the same.
      const replica = startReplica(
        program,
        { ...settings, ...own, seesProcesses: engine === 'sqlite' },
        settingsOf(lab),
      );
      all.push(replica);
      return replica;
    },
    fired: async () => {
      const rows = await place.run(['select name, due_at from test_fired order by seq']);
      return rows.map(([name = '', dueAt = '']) => ({ name, dueAt }));
    },
    hurry: async () => void (await place.run(HURRY[engine])),
    logged: () => lines('log'),
    ledger: () => lines('ledger'),
    close: async () => {
      await Promise.all(all.map((replica) => replica.kill()));
      await Promise.all([store.close(), desk.close(), lab.close(), webhook.close()]);
      await place.close();
      rmSync(dirname(program), { recursive: true });
      if (RUN.keeps) process.stdout.write(`kept: ${folder}\n`);
      else rmSync(folder, { recursive: true });
    },
  };
}

interface Place {
  /** A path, or an address. */
  readonly name: string;
  /** Runs SQL past Muster. @returns The rows of the last statement. */
  run(statements: readonly string[]): Promise<string[][]>;
  close(): Promise<void>;
}

async function inPostgres(): Promise<Place> {
  const server = await startPostgresServer();
  const login = await server.makeDatabase('muster', []);
  return { name: addressOf(login), run: (sql) => server.run(login.databaseName, sql), close: () => server.close() };
}

async function inSqlite(home: string): Promise<Place> {
  const name = join(home, 'muster.db');
  const Libsql = (await import('libsql')).default;
  const run = async (statements: readonly string[]) => {
    const file = new Libsql(name, { timeout: 10_000 });
    try {
      let rows: string[][] = [];
      for (const text of statements) {
        const statement = file.prepare(text);
        if (statement.reader) rows = statement.raw().all() as string[][];
        else statement.run();
      }
      return rows;
    } finally {
      file.close();
    }
  };
  return { name, run, close: async () => undefined };
}

function open(engine: 'sqlite' | 'postgres', name: string, clock: Clock, home: string) {
  const options = { now: clock.now, presence: createPresence() };
  const { desk } = (engine === 'postgres' ? createPostgresDesk : createSqliteDesk)(name, options);
  const plain = (engine === 'postgres' ? createPostgresStore : createSqliteStore)(name, options);
  const keeper = createKeyFile(join(home, 'keys.json'), { now: clock.now });
  const unsealed = (error: unknown) => {
    throw error;
  };
  return { desk, store: sealedStore(plain, { keeper, clock, unsealed }) };
}

const TRIGGERS = {
  postgres: [
    'create table test_fired (seq bigserial primary key, name text not null, due_at text not null)',
    `create function test_note() returns trigger language plpgsql as
      $$ begin insert into test_fired (name, due_at) values (new.name, new.due_at); return new; end $$`,
    'create trigger test_first after insert on schedule for each row execute function test_note()',
    'create trigger test_next after update of due_at on schedule for each row execute function test_note()',
  ],
  sqlite: [
    'create table test_fired (seq integer primary key, name text not null, due_at text not null)',
    `create trigger test_first after insert on schedule
      begin insert into test_fired (name, due_at) values (new.name, new.due_at); end`,
    `create trigger test_next after update of due_at on schedule
      begin insert into test_fired (name, due_at) values (new.name, new.due_at); end`,
  ],
};

const HURRY = {
  postgres: [
    'select muster_worker.reschedule_jobs(array(select id from muster_worker.jobs where locked_at is null), run_at => now())',
  ],
  sqlite: [`update job set due_at = unixepoch('subsec') where runner is null`],
};

function writeServiceFile(folder: string, webhook: string): void {
  const cron = (name: string) => `"*/${PERIODS[name]} * * * *"`;
  const plain = ['inventory', 'countdown', 'sweep', 'verify'].map((name) => `  ${name}: ${cron(name)}`);
  const drills = ['often', 'seldom'];
  const lines = [
    'listen: 127.0.0.1:0',
    'jitterSeconds: 0',
    'schedules:',
    ...plain,
    `drills: [${drills.map((name) => `{ definition: ${name}.yaml }`).join(', ')}]`,
    `alerts: { source: test, webhooks: [{ name: hook, url: "${webhook}" }] }`,
    'api: { rateLimitPerMinute: 1000000 }',
  ];
  writeFileSync(join(folder, 'serve.yaml'), lines.join('\n'));
  for (const name of drills) {
    const definition = [
      `name: ${name}`,
      `databases: { identifier: ${INSTANCE} }`,
      `schedule: ${cron(`drill:${name}`)}`,
      'pollSeconds: 10',
      'probes: [{ kind: total_rows, name: rows, rowsMin: 1 }]',
    ];
    writeFileSync(join(folder, `${name}.yaml`), definition.join('\n'));
  }
}

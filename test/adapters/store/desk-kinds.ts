/**
 * Every kind of desk, for suites that run over all of them, and what such a suite puts on it.
 *
 * Each test has a place of its own: a folder, or a database of one PostgreSQL server that the file starts.
 */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createPresence } from '../../../src/adapters/presence.ts';
import type { RunnerOptions } from '../../../src/adapters/store/jobs/runner-lives.ts';
import { createPostgresDesk } from '../../../src/adapters/store/sql/desk-postgres.ts';
import { createSqliteDesk } from '../../../src/adapters/store/sql/desk-sqlite.ts';
import type { Alert } from '../../../src/alert/alert.ts';
import type { Standing } from '../../../src/alert/standing.ts';
import {
  type Desk,
  type Handler,
  type JobRunner,
  type NewJob,
  TASKS,
  type TaskName,
} from '../../../src/app/desk-port.ts';
import type { Login } from '../../../src/app/ports.ts';
import { addSeconds, type Instant } from '../../../src/core/time.ts';
import type { Sight } from '../../../src/inventory/sight.ts';
import { hoursAgo, NOW, SCOPE } from '../../support/builders.ts';
import { createMemoryDesk, type MemoryDesk } from '../../support/memory-desk.ts';
import { HAS_POSTGRES, type PostgresServer, startPostgresServer } from '../../support/postgres-server.ts';
import { addressOf } from './store-kinds.ts';

/** One kind of desk. */
export interface DeskKind {
  /** The desk at the place of this test; a second call opens the same place once more. */
  open(options?: RunnerOptions): { readonly desk: Desk; readonly runner: JobRunner };
  /** Lets every job that waits be due. */
  hurry(): Promise<void>;
  /** Lets a moment pass. */
  turn(): Promise<void>;
}

/** A kind whose place several processes can share. */
export interface SharedDeskKind extends DeskKind {
  /** What a process is handed to open it: a path, or an address. */
  place(): string;
  /** Runs SQL past Muster. */
  run(statements: readonly string[]): Promise<void>;
}

const now = () => NOW;

/** Kinds of desk that keep what they are given beyond the process. */
export function useSharedDesks(): [string, SharedDeskKind][] {
  return [
    ['in a file of SQLite', useSqlite()],
    ...(HAS_POSTGRES ? ([['in PostgreSQL', usePostgres()]] as [string, SharedDeskKind][]) : []),
  ];
}

/** All kinds of desk. */
export function useDesks(): [string, DeskKind][] {
  return [['in memory', useMemory()], ...useSharedDesks()];
}

function useMemory(): DeskKind {
  let at: Instant;
  let desk: MemoryDesk;
  beforeEach(() => {
    at = NOW;
    desk = createMemoryDesk({ now: () => at });
  });
  return {
    open: () => ({ desk, runner: desk.runner() }),
    hurry: async () => {
      at = addSeconds(at, 40_000);
    },
    turn: async () => {
      desk.startDue();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function useSqlite(): SharedDeskKind {
  const opened: Desk[] = [];
  let template = '';
  let folder = '';
  beforeAll(async () => {
    // Making the tables takes longer than most tests, so each begins with a copy of an empty desk.
    template = mkdtempSync(join(tmpdir(), 'muster-desk-'));
    const { desk } = createSqliteDesk(join(template, 'muster.db'), { now, presence: createPresence() });
    await desk.keepPlaces([]);
    await desk.close();
  });
  afterAll(() => rmSync(template, { recursive: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-desk-'));
    copyFileSync(join(template, 'muster.db'), place());
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((desk) => desk.close()));
    rmSync(folder, { recursive: true });
  });
  const place = () => join(folder, 'muster.db');
  const run = async (statements: readonly string[]) => {
    const file = new (await import('libsql')).default(place());
    for (const statement of statements) await patiently(() => file.exec(statement));
    file.close();
  };
  return {
    place,
    run,
    open: (options = {}) => kept(opened, createSqliteDesk(place(), { now, presence: createPresence(), ...options })),
    hurry: () => run([`update job set due_at = unixepoch('subsec') where runner is null`]),
    turn: () => wait(5),
  };
}

function usePostgres(): SharedDeskKind {
  const opened: Desk[] = [];
  let server: PostgresServer;
  let login: Login;
  beforeAll(async () => {
    server = await startPostgresServer();
    login = await server.makeDatabase('desk', []);
  }, 60_000);
  afterAll(() => server.close());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((desk) => desk.close()));
    // A test that asked nothing made no tables.
    await run(EMPTYING).catch(() => undefined);
  });
  const run = async (statements: readonly string[]) => void (await server.run(login.databaseName, statements));
  return {
    place: () => addressOf(login),
    run,
    open: (options = {}) => kept(opened, createPostgresDesk(addressOf(login), { now, ...options })),
    hurry: () =>
      run([
        `select muster_worker.reschedule_jobs(array(select id from muster_worker.jobs), run_at => now())`,
        // As it does for jobs that are due when they are added.
        `select pg_notify('jobs:insert', '{"count":99}')`,
      ]),
    turn: () => wait(5),
  };
}

/** Asks again while the file is busy: waiting within the driver would stop whoever makes it busy, in this same process. */
async function patiently(ask: () => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return ask();
    } catch (error) {
      if (attempt === 1_000 || !String(error).includes('locked')) throw error;
    }
    await wait(5);
  }
}

const EMPTYING = [
  'truncate sight, schedule, standing, alert, answer, runner, muster_worker._private_jobs, muster_worker._private_job_queues',
  'update watch set cursor = null',
];

function kept<T extends { readonly desk: Desk }>(opened: Desk[], parts: T): T {
  opened.push(parts.desk);
  return parts;
}

/** Waits until it is so. @throws Error when it is not for half a minute. */
export async function until(kind: DeskKind, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('what was waited for did not come');
    await kind.turn();
  }
}

/** A set of handlers that all do the same. */
export function handling(handle: (task: TaskName, ...rest: Parameters<Handler>) => Promise<void>) {
  const entries = TASKS.map((task): [TaskName, Handler] => [
    task,
    (payload, context) => handle(task, payload, context),
  ]);
  return Object.fromEntries(entries) as Record<TaskName, Handler>;
}

/** A job that is due at once, with no key and no queue. */
export function aJob(fields: Partial<NewJob> = {}): NewJob {
  return { task: 'sweep', payload: {}, key: null, queue: null, delaySeconds: 0, attemptsMax: 5, ...fields };
}

/** What one empty place showed. */
export function aSight(fields: Partial<Sight> = {}): Sight {
  return {
    formatVersion: '1',
    place: SCOPE,
    observedAt: hoursAgo(1),
    endpoint: null,
    principal: { arn: 'arn:aws:iam::123456789012:role/muster', accountId: SCOPE.accountId },
    seen: {
      scopes: [fields.place ?? SCOPE],
      databases: [],
      connections: [],
      snapshots: [],
      automatedBackups: [],
      vaultPoints: [],
      exports: [],
      keys: [],
      vaults: [],
      globalClusters: [],
      engineVersions: [],
      quotas: [],
      outOfScope: [],
      restoreTests: [],
      gaps: [],
    },
    ...fields,
  };
}

/** How a ready database stands. */
export function aStanding(name: string, fields: Partial<Standing> = {}): Standing {
  return {
    databaseArn: `arn:aws:rds:eu-west-1:123456789012:db:${name}`,
    identifier: name,
    at: hoursAgo(1),
    verdict: 'ready',
    reasons: [],
    lastSurvivorEndsAt: null,
    endToldDays: null,
    deletionProtection: true,
    retentionDays: 7,
    ...fields,
  };
}

/** An alert of that id. */
export function anAlert(id: string, fields: Partial<Alert> = {}): Alert {
  return {
    specversion: '1.0',
    id,
    source: '/muster/test',
    type: 'dev.muster.drill.failed.v1',
    subject: 'd1',
    time: hoursAgo(1),
    datacontenttype: 'application/json',
    data: { level: 'critical', message: 'a drill of orders failed', remedy: null },
    ...fields,
  };
}

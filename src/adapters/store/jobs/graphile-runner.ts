/**
 * Runs jobs by graphile-worker, in any number of processes that share a PostgreSQL database.
 *
 * graphile-worker takes and ends jobs over connections of its own and is told of new ones at once; that a runner is alive,
 * and taking over from one that is not, goes by the desk's. It neither listens to signals nor writes to a log here. What it
 * does when it cannot note the end of a job, which is to stop that worker for good, ends the life of the whole runner.
 */

import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Logger, Task, WorkerEvents } from 'graphile-worker';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { type JobRunner, type NewJob, TASKS } from '../../../app/desk-port.ts';
import { MusterError } from '../../../core/errors.ts';
import type { Schema } from '../sql/schema.ts';
import type { Session } from '../sql/session.ts';
import { transact } from '../sql/transact.ts';
import { type CutShort, forgetAttempts, JOB_SCHEMA } from './graphile-jobs.ts';
import {
  enterRunner,
  forgetFailed,
  type GraphileRunnerRow,
  leaveRunner,
  removeSilent,
  seeRunner,
} from './graphile-runners.ts';
import { beatOn, type Life, lifeOf, liveOn, type RunnerOptions, tellGivenUp, type Work } from './runner-lives.ts';

/** How often it looks for jobs that became due; of those that are due when they are added it is told. */
const LOOK_MILLISECONDS = 1_000;

/** What a runner on PostgreSQL stands on. */
export interface GraphileWorld {
  /** The desk's; opening it makes the tables. */
  readonly session: Session;
  /** Connections for graphile-worker alone. */
  openPool(): Promise<Pool>;
}

/** A runner of the jobs in that database. */
export function createGraphileRunner(world: GraphileWorld, options: RunnerOptions): JobRunner {
  const life = lifeOf(options);
  return {
    run: (handlers, { concurrency, signal }) =>
      liveOn((controller) => live(world, { handlers, concurrency }, controller, life), { signal, tell: life.tell }),
  };
}

/**
 * Makes graphile-worker's tables, or brings them up to date.
 *
 * @param pool Not that of whoever holds the lock under which this happens once at a time.
 */
export async function migrateJobs(pool: Pool): Promise<void> {
  const { runMigrations } = (await import('graphile-worker')).default;
  await runMigrations({ pgPool: pool, schema: JOB_SCHEMA, logger: await createLogger(() => undefined) });
}

/** One life of a runner. */
async function live(world: GraphileWorld, work: Work, controller: AbortController, life: Life): Promise<void> {
  const { signal } = controller;
  const { session } = world;
  const write = <T>(step: (connection: Kysely<Schema>) => Promise<T>) =>
    session.write((db) => transact(db, session.database, step));
  await write(forgetFailed);
  const graphile = (await import('graphile-worker')).default;
  const logger = await createLogger(life.tell);
  const pool = await world.openPool();
  try {
    const cutShort: CutShort[] = [];
    const { events, row } = createEvents(controller);
    // It can be awaited as if it were a promise, of its end; so it is handed on by nobody.
    const workers = graphile.runTaskList(
      {
        schema: JOB_SCHEMA,
        concurrency: work.concurrency,
        noHandleSignals: true,
        pollInterval: LOOK_MILLISECONDS,
        logger,
        events,
      },
      tasksOf(work, signal, cutShort),
      pool,
    );
    try {
      await beat((connection) => enterRunner(connection, row), write, life);
      await beatOn(() => beat((connection) => seeRunner(connection, row), write, life), controller, life);
    } finally {
      controller.abort();
      await workers.gracefulShutdown();
    }
    await write(async (connection) => {
      await leaveRunner(connection, row);
      await forgetAttempts(connection, cutShort);
    });
  } finally {
    await pool.end();
  }
}

type Write = <T>(step: (connection: Kysely<Schema>) => Promise<T>) => Promise<T>;

/** Says that it is there, and takes over from whoever is not. @returns What `say` does. */
async function beat<T>(
  say: (connection: Kysely<Schema>) => Promise<T>,
  write: Write,
  { tell, silentSeconds }: Life,
): Promise<T> {
  const { said, over } = await write(async (connection) => ({
    said: await say(connection),
    over: await removeSilent(connection, silentSeconds),
  }));
  tellGivenUp(over, tell);
  return said;
}

/** Hears under which names it locks jobs, and when one of its workers stopped for good. */
function createEvents(controller: AbortController): { readonly events: WorkerEvents; readonly row: GraphileRunnerRow } {
  const events: WorkerEvents = new EventEmitter();
  const workers: string[] = [];
  events.on('worker:create', ({ worker }) => void workers.push(worker.workerId));
  events.on('worker:fatalError', ({ error }) => controller.abort(error));
  return { events, row: { id: randomBytes(9).toString('hex'), workers } };
}

/** The handlers as graphile-worker calls them. @param cutShort Filled with the jobs that the end of this life cut short. */
function tasksOf({ handlers }: Work, signal: AbortSignal, cutShort: CutShort[]): Record<string, Task> {
  return Object.fromEntries(
    TASKS.map((task): [string, Task] => [
      task,
      async (payload, { job }) => {
        const { id, attempts: attempt, max_attempts: attemptsMax } = job;
        try {
          // A worker that was looking for a job when its life ended may find one still.
          signal.throwIfAborted();
          await handlers[task](payload as NewJob['payload'], { attempt, attemptsMax, signal });
        } catch (error) {
          const mark = randomBytes(9).toString('hex');
          if (signal.aborted) cutShort.push({ id, attempt, mark });
          // It is kept with the job, where what an error says has no place.
          throw new Error(signal.aborted ? mark : error instanceof MusterError ? error.code : 'failed');
        }
      },
    ]),
  );
}

/** Its log: what is amiss with it, but not that a handler threw, which the handlers tell themselves. */
async function createLogger(tell: Life['tell']): Promise<Logger> {
  const { Logger } = (await import('graphile-worker')).default;
  return new Logger(() => (level, message, meta) => {
    const amiss = level === 'error' || level === 'warning';
    if (amiss && meta?.['failure'] !== true) tell(`graphile-worker: ${message.split('\n')[0]}`);
  });
}

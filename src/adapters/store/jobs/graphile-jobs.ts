/**
 * Jobs in PostgreSQL, kept by graphile-worker in a schema of Muster's own.
 *
 * Added by its SQL functions within the transaction of the desk. Its own rule for keys would end the attempts of a job that
 * runs, and begin those of one that waits anew; so a key is made unique by a suffix, and who waits is looked up here.
 * Source: graphile-worker 0.16, "SQL API" (`add_job`, `reschedule_jobs`, `force_unlock_workers`, view `jobs`).
 */

import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type Desk, type NewJob, TASKS } from '../../../app/desk-port.ts';
import { digestOf } from '../../../core/canonical.ts';
import type { Schema } from '../sql/schema.ts';

/** Another service in the same database may use graphile-worker too. */
export const JOB_SCHEMA = 'muster_worker';
/** Any number, as long as every Muster takes the same. */
const ADD_LOCK = 7_687_838;
/** graphile-worker's own limits are 512 and 128 letters. */
const KEY_LENGTH_MAX = 400;
const QUEUE_LENGTH_MAX = 128;
/** A separator and a UUID. */
const SUFFIX_LENGTH = 37;

const view = sql.table(`${JOB_SCHEMA}.jobs`);

/** Adds jobs but those whose key waits already. */
export async function addJobs(connection: Kysely<Schema>, jobs: readonly NewJob[]): Promise<void> {
  const keys = [...new Set(jobs.flatMap(({ key }) => (key === null ? [] : [shortOf(key, KEY_LENGTH_MAX)])))];
  const taken = new Set(keys.length === 0 ? [] : await waitingKeys(connection, keys));
  const wanted = jobs.filter(({ key }) => {
    if (key === null) return true;
    const short = shortOf(key, KEY_LENGTH_MAX);
    return !taken.has(short) && taken.add(short);
  });
  if (wanted.length === 0) return;
  const text = (of: (job: NewJob) => string | null) => wanted.map(of);
  const key = text(({ key: long }) => (long === null ? null : `${shortOf(long, KEY_LENGTH_MAX)} ${randomUUID()}`));
  const queue = text(({ queue: long }) => (long === null ? null : shortOf(long, QUEUE_LENGTH_MAX)));
  await sql`select count(${sql.table(`${JOB_SCHEMA}.add_job`)}(
      identifier => spec.task, payload => spec.payload::json, queue_name => spec.queue,
      run_at => now() + make_interval(secs => spec.delay), max_attempts => spec.attempts, job_key => spec.key))
    from unnest(${text(({ task }) => task)}::text[], ${text(({ payload }) => JSON.stringify(payload))}::text[],
      ${queue}::text[], ${wanted.map(({ delaySeconds }) => delaySeconds)}::float8[],
      ${wanted.map(({ attemptsMax }) => attemptsMax)}::int[], ${key}::text[])
      as spec(task, payload, queue, delay, attempts, key)`.execute(connection);
}

/** Those of the keys under which a job waits, and goes on waiting until the transaction is over. */
async function waitingKeys(connection: Kysely<Schema>, keys: readonly string[]): Promise<readonly string[]> {
  await sql`select pg_advisory_xact_lock(${sql.lit(ADD_LOCK)})`.execute(connection);
  const keyOf = sql`left(key, -${sql.lit(SUFFIX_LENGTH)})`;
  // It changes nothing but what holds a job: whoever is about to begin it waits, and one that began is not in the answer.
  const { rows } = await sql<{ key: string }>`
    select ${keyOf} as key
    from ${sql.table(`${JOB_SCHEMA}.reschedule_jobs`)}(array(
      select id from ${view} where locked_at is null and attempts < max_attempts and ${keyOf} = any(${keys})))
    where attempts < max_attempts`.execute(connection);
  return rows.map(({ key }) => key);
}

/** How many jobs there are of each task, by what they do. */
export async function countJobs(db: Kysely<Schema>): ReturnType<Desk['backlog']> {
  const { rows } = await sql<{ task: string; waiting: string; running: string; failed: string }>`
    select task_identifier as task,
      count(*) filter (where locked_at is null and attempts < max_attempts) as waiting,
      count(*) filter (where locked_at is not null) as running,
      count(*) filter (where locked_at is null and attempts >= max_attempts) as failed
    from ${view} group by task_identifier`.execute(db);
  const counts = new Map(rows.map(({ task, ...count }) => [task, count]));
  return TASKS.flatMap((task) => {
    const count = counts.get(task);
    if (count === undefined) return [];
    return [{ task, waiting: Number(count.waiting), running: Number(count.running), failed: Number(count.failed) }];
  });
}

/** A job whose run was cut short by the end of its service. */
export interface CutShort {
  readonly id: string;
  readonly attempt: number;
  /** What graphile-worker kept as its error: it keeps none where the job was taken over by then. */
  readonly mark: string;
}

/** Lets a run that was cut short be no attempt, and its job be due at once; unless somebody has it by now. */
export async function forgetAttempts(connection: Kysely<Schema>, jobs: readonly CutShort[]): Promise<void> {
  for (const { id, attempt, mark } of jobs) {
    await sql`select count(*) from ${sql.table(`${JOB_SCHEMA}.reschedule_jobs`)}(
        array(select id from ${view} where id = ${id} and attempts = ${attempt} and last_error = ${mark} and locked_at is null),
        run_at => now(), attempts => ${attempt - 1})`.execute(connection);
  }
}

/** The text, or as much of it as fits and what tells it from others that begin alike. */
function shortOf(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const digest = digestOf(text);
  return `${text.slice(0, lengthMax - digest.length - 1)} ${digest}`;
}

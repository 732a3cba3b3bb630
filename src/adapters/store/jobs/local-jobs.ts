/**
 * Jobs in the file of SQLite: adding them, taking one, and taking over those of a runner that died.
 *
 * Every step here is within a transaction that keeps other writers out, so that two runners never take one job or two of a
 * queue. Time is the clock of the database, which all processes of the machine share.
 */

import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Desk, type NewJob, TASKS, type TaskName } from '../../../app/desk-port.ts';
import { type Schema, type Text, textColumn, textOf } from '../sql/schema.ts';

/** Between two attempts, in seconds: e to the power of the attempts so far, which may be ten at most. */
const PAUSE_EXPONENT_MAX = 10;
/** What was given up is counted for so long. */
const FAILED_SECONDS_MAX = 7 * 86_400;

const NOW: RawBuilder<number> = sql<number>`unixepoch('subsec')`;

/** A job that was taken. */
export interface TakenJob {
  readonly id: number;
  readonly task: string;
  readonly payload: string;
  readonly attempt: number;
  readonly attemptsMax: number;
}

/** Adds jobs but those whose key waits already. */
export async function addJobs(connection: Kysely<Schema>, jobs: readonly NewJob[]): Promise<void> {
  for (const { task, payload, key, queue, delaySeconds, attemptsMax } of jobs) {
    const waiting =
      key === null
        ? undefined
        : await connection
            .selectFrom('job')
            .select('id')
            .where('key', '=', key)
            .where('runner', 'is', null)
            .whereRef('attempts', '<', 'attempts_max')
            .executeTakeFirst();
    if (waiting !== undefined) continue;
    const due = sql<number>`${NOW} + ${delaySeconds}`;
    const fresh = { attempts: 0, attempts_max: attemptsMax, runner: null };
    await connection
      .insertInto('job')
      .values({ task, payload: JSON.stringify(payload), key, queue, due_at: due, ...fresh })
      .execute();
  }
}

/** How many jobs there are of each task, by what they do. */
export async function countJobs(db: Kysely<Schema>): ReturnType<Desk['backlog']> {
  const { rows } = await sql<{ task: Text; waiting: number; running: number; failed: number }>`
    select ${textColumn('sqlite', 'task')} as task,
      count(*) filter (where runner is null and attempts < attempts_max) as waiting,
      count(*) filter (where runner is not null) as running,
      count(*) filter (where runner is null and attempts >= attempts_max) as failed
    from job group by job.task`.execute(db);
  const counts = new Map(rows.map(({ task, ...count }) => [textOf(task), count]));
  return TASKS.flatMap((task) => {
    const count = counts.get(task);
    return count === undefined ? [] : [{ task, ...count }];
  });
}

/** In how many seconds the next job that may run is due: 0 or less for one that is; null when none waits. */
export async function secondsToNext(db: Kysely<Schema>): Promise<number | null> {
  const { rows } = await sql<{ seconds: number | null }>`
    select min(due_at) - ${NOW} as seconds from job where ${MAY_RUN}`.execute(db);
  return rows[0]?.seconds ?? null;
}

/** Takes the job that is due for longest, if one is. */
export async function takeJob(connection: Kysely<Schema>, runner: string): Promise<TakenJob | null> {
  const { rows } = await sql<{ id: number; task: Text; payload: Text; attempt: number; attempts_max: number }>`
    update job set runner = ${runner}, attempts = attempts + 1
    where id = (select id from job where due_at <= ${NOW} and ${MAY_RUN} order by due_at, id limit 1)
    returning id, ${textColumn('sqlite', 'task')} as task, ${textColumn('sqlite', 'payload')} as payload,
      attempts as attempt, attempts_max`.execute(connection);
  const [row] = rows;
  if (row === undefined) return null;
  const { id, attempt, attempts_max: attemptsMax } = row;
  return { id, task: textOf(row.task), payload: textOf(row.payload), attempt, attemptsMax };
}

/** How a run of a job ended; what was cut short by the end of its service was no attempt. */
export type JobEnd = 'done' | 'failed' | 'cut_short';

/** Notes the end of a job, unless it was taken over from that runner. */
export async function endJob(
  connection: Kysely<Schema>,
  { id, runner, end }: { readonly id: number; readonly runner: string; readonly end: JobEnd },
): Promise<void> {
  const mine = sql`where id = ${id} and runner = ${runner}`;
  const statements = {
    done: sql`delete from job ${mine}`,
    failed: sql`update job set runner = null, due_at = ${NOW} + exp(min(attempts, ${PAUSE_EXPONENT_MAX})) ${mine}`,
    cut_short: sql`update job set runner = null, attempts = attempts - 1 ${mine}`,
  };
  await statements[end].execute(connection);
}

/** Says that a runner lives. @returns False when it was declared dead. */
export async function seeRunner(connection: Kysely<Schema>, runner: string): Promise<boolean> {
  const { numAffectedRows } = await sql`update runner set seen_at = ${NOW} where id = ${runner}`.execute(connection);
  return (numAffectedRows ?? 0n) > 0n;
}

/** Lets a runner in. */
export async function enterRunner(connection: Kysely<Schema>, runner: string): Promise<void> {
  await sql`insert into runner (id, seen_at) values (${runner}, ${NOW})`.execute(connection);
}

/** Every runner there is, and for how many seconds it was not seen. */
export async function listRunners(db: Kysely<Schema>): Promise<readonly { id: string; silentSeconds: number }[]> {
  const { rows } = await sql<{ id: Text; silent: number }>`
    select ${textColumn('sqlite', 'id')} as id, ${NOW} - seen_at as silent from runner`.execute(db);
  return rows.map(({ id, silent }) => ({ id: textOf(id), silentSeconds: silent }));
}

/**
 * Shows runners out, and lets go of every job that nobody is at any more.
 *
 * @returns The tasks of the jobs that were at their last attempt.
 */
export async function removeRunners(connection: Kysely<Schema>, ids: readonly string[]): Promise<readonly TaskName[]> {
  for (const id of ids) await sql`delete from runner where id = ${id}`.execute(connection);
  const { rows } = await sql<{ task: Text; over: number }>`
    update job set runner = null where runner is not null and runner not in (select id from runner)
    returning ${textColumn('sqlite', 'task')} as task, attempts >= attempts_max as over`.execute(connection);
  return rows.filter(({ over }) => over === 1).map(({ task }) => textOf(task) as TaskName);
}

/** Forgets what was given up long ago. */
export async function forgetFailed(connection: Kysely<Schema>): Promise<void> {
  await sql`delete from job where runner is null and attempts >= attempts_max
    and due_at < ${NOW} - ${FAILED_SECONDS_MAX}`.execute(connection);
}

/** Waits, has attempts left, is of no queue of which one runs, and of a task that this Muster knows. */
const MAY_RUN = sql`runner is null and attempts < attempts_max and task in (${sql.join(TASKS)})
  and (queue is null or queue not in (select busy.queue from job as busy where busy.runner is not null and busy.queue is not null))`;

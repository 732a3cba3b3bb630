/**
 * Which runners there are on PostgreSQL, by its clock, and taking over from those that died.
 *
 * graphile-worker itself takes a job over after four hours; a runner that says every few seconds that it is there lets that
 * be known within a minute, and lets a drill that takes longer than four hours be left alone.
 * Source: graphile-worker 0.16, `resetLockedAt`, "SQL API" (`force_unlock_workers`, `complete_jobs`).
 */

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../sql/schema.ts';
import { JOB_SCHEMA } from './graphile-jobs.ts';

const view = sql.table(`${JOB_SCHEMA}.jobs`);
const unlock = sql.table(`${JOB_SCHEMA}.force_unlock_workers`);

/** A runner and the names under which it locks jobs. */
export interface GraphileRunnerRow {
  readonly id: string;
  readonly workers: readonly string[];
}

/** Lets a runner in. */
export async function enterRunner(connection: Kysely<Schema>, { id, workers }: GraphileRunnerRow): Promise<void> {
  await sql`insert into runner (id, workers, seen_at) values (${id}, ${workers}, now())`.execute(connection);
}

/** Shows a runner out that is at no job any more. */
export async function leaveRunner(connection: Kysely<Schema>, { id, workers }: GraphileRunnerRow): Promise<void> {
  await sql`delete from runner where id = ${id}`.execute(connection);
  await sql`select ${unlock}(${workers})`.execute(connection);
}

/** Says that a runner lives. @returns False when it was declared dead. */
export async function seeRunner(connection: Kysely<Schema>, { id, workers }: GraphileRunnerRow): Promise<boolean> {
  const { numAffectedRows } = await sql`update runner set seen_at = now() where id = ${id}`.execute(connection);
  // What graphile-worker would take for stuck after four hours. It has no other word for a job that goes on, so this
  // writes to tables that it calls private.
  for (const table of ['_private_jobs', '_private_job_queues']) {
    await sql`update ${sql.table(`${JOB_SCHEMA}.${table}`)} set locked_at = now()
      where locked_by = any(${workers}) and locked_at < now() - interval '1 hour'`.execute(connection);
  }
  return (numAffectedRows ?? 0n) > 0n;
}

/**
 * Declares the silent ones dead and lets go of every job that no living runner is at.
 *
 * @returns The tasks of the jobs that were at their last attempt.
 */
export async function removeSilent(connection: Kysely<Schema>, silentSeconds: number): Promise<readonly string[]> {
  const silence = sql`make_interval(secs => ${silentSeconds})`;
  const { rows: dead } = await sql<{ workers: string[] }>`
    delete from runner where seen_at < now() - ${silence} returning workers`.execute(connection);
  const workers = dead.flatMap((runner) => runner.workers);
  // A runner that died before it could say that it is there has no row; its jobs are asked about once they are old enough.
  const { rows } = await sql<{ worker: string; task: string; over: boolean }>`
    select locked_by as worker, task_identifier as task, attempts >= max_attempts as over from ${view} as job
    where locked_by = any(${workers}) or (
      locked_at < now() - ${silence} and not exists (select from runner where job.locked_by = any(workers)))`.execute(
    connection,
  );
  if (rows.length > 0) await sql`select ${unlock}(${rows.map(({ worker }) => worker)})`.execute(connection);
  return rows.filter(({ over }) => over).map(({ task }) => task);
}

/** Forgets what was given up a week ago. */
export async function forgetFailed(connection: Kysely<Schema>): Promise<void> {
  await sql`select count(*) from ${sql.table(`${JOB_SCHEMA}.complete_jobs`)}(array(
    select id from ${view} where locked_at is null and attempts >= max_attempts
      and run_at < now() - interval '7 days'))`.execute(connection);
}

/**
 * The desk of a service of any number of replicas: in the PostgreSQL database that their store is in.
 *
 * Desk, store and graphile-worker have connections of their own: at most four, four and five a process. Its tables and
 * those of graphile-worker, in a schema of their own, are made under the lock under which the store makes its.
 */

import type { Kysely } from 'kysely';
import type { Desk, JobRunner } from '../../../app/desk-port.ts';
import { addJobs, countJobs } from '../jobs/graphile-jobs.ts';
import { createGraphileRunner, migrateJobs } from '../jobs/graphile-runner.ts';
import type { RunnerOptions } from '../jobs/runner-lives.ts';
import type { Database } from './database.ts';
import { createSqlDesk } from './desk.ts';
import { openDatabase } from './open.ts';
import { openPool, postgresDatabase } from './postgres.ts';
import type { Schema } from './schema.ts';
import { createSession } from './session.ts';
import type { SqlStoreOptions } from './sql-store.ts';
import { transact } from './transact.ts';

/** One of them listens for new jobs; the others are held for moments. */
const JOB_CONNECTIONS_MAX = 5;

/** How the desk in a database is opened. */
export type PostgresDeskOptions = SqlStoreOptions & RunnerOptions;

/**
 * The desk in that database, whose tables the first use makes, and a runner of its jobs.
 *
 * @param url `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
 * @returns The runner runs nothing before it is told to; close the desk once it has stopped.
 */
export function createPostgresDesk(
  url: string,
  { now, ...options }: PostgresDeskOptions,
): { readonly desk: Desk; readonly runner: JobRunner } {
  const database = postgresDatabase(url);
  const session = createSession(database, async () => {
    const db = await openDatabase(database, now);
    try {
      await bringUpJobs(db, database, url);
      return db;
    } catch (error) {
      await db.destroy().catch(() => undefined);
      throw database.explain(error);
    }
  });
  const desk = createSqlDesk(session, { add: addJobs, added: () => undefined, backlog: countJobs }, now);
  const openConnections = () => openPool(url, JOB_CONNECTIONS_MAX);
  return { desk, runner: createGraphileRunner({ session, openPool: openConnections }, options) };
}

async function bringUpJobs(db: Kysely<Schema>, database: Database, url: string): Promise<void> {
  await transact(db, database, async (connection) => {
    await database.lockSchema(connection);
    const pool = await openPool(url, 1);
    await migrateJobs(pool).finally(() => pool.end());
  });
}

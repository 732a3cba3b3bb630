/**
 * A transaction that writes, tried again while the database is busy or its connection was lost.
 *
 * Whether a commit whose answer was lost took place is for the work to find out when it is run again. Patience is
 * bounded: whoever waits for a record to be kept is told in the end.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** So long another writer may keep a store busy. */
export const PATIENCE_SECONDS = 30;
/** Between two attempts, at most: short, because the lock is free for moments only. */
export const PAUSE_MILLISECONDS_MAX = 3;

/**
 * Runs the work in one transaction of its own and commits it durably.
 *
 * @param work May run more than once; what it did before is undone then, or was committed though nobody heard of it.
 */
export async function transact<T>(
  db: Kysely<Schema>,
  database: Database,
  work: (connection: Kysely<Schema>) => Promise<T>,
): Promise<T> {
  return patiently(database, () =>
    db.connection().execute(async (connection) => {
      await database.begin(connection);
      try {
        const result = await work(connection);
        await sql`commit`.execute(connection);
        return result;
      } catch (error) {
        // Where there is nothing to roll back any more, the first error is the one to tell.
        await sql`rollback`.execute(connection).catch(() => undefined);
        throw error;
      }
    }),
  );
}

/** Tries until it succeeds, fails for good, or the patience is over; the last error is thrown as it came. */
export async function patiently<T>(database: Database, attempt: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_SECONDS * 1_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!database.isPassing(error) || performance.now() > until) throw error;
    }
    // Writers that wait for each other must not keep step.
    await wait(Math.random() * PAUSE_MILLISECONDS_MAX);
  }
}

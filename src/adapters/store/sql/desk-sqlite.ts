/**
 * The desk of a service that is one process, or a few on one machine: in the SQLite file that its store is in.
 *
 * Desk and store each open the file for themselves: within one connection a reading of the desk would wait for every
 * record that is being written.
 */

import type { Desk, JobRunner } from '../../../app/desk-port.ts';
import type { Presence } from '../../../app/ports.ts';
import { addJobs, countJobs } from '../jobs/local-jobs.ts';
import { Bell, createLocalRunner } from '../jobs/local-runner.ts';
import type { RunnerOptions } from '../jobs/runner-lives.ts';
import { createSqlDesk } from './desk.ts';
import { openDatabase } from './open.ts';
import { createSession } from './session.ts';
import type { SqlStoreOptions } from './sql-store.ts';
import { sqliteDatabase } from './sqlite.ts';

/** How the desk in a file is opened. */
export interface SqliteDeskOptions extends SqlStoreOptions, RunnerOptions {
  /** Tells whether the process behind a runner is gone. */
  readonly presence: Presence;
}

/**
 * The desk in that file, which the first use makes, and a runner of its jobs.
 *
 * @returns The runner runs nothing before it is told to; close the desk once it has stopped.
 */
export function createSqliteDesk(
  path: string,
  { now, presence, ...options }: SqliteDeskOptions,
): { readonly desk: Desk; readonly runner: JobRunner } {
  const database = sqliteDatabase(path);
  const session = createSession(database, () => openDatabase(database, now));
  const bell = new Bell();
  const desk = createSqlDesk(session, { add: addJobs, added: () => bell.ring(), backlog: countJobs }, now);
  return { desk, runner: createLocalRunner({ session, bell, presence }, options) };
}

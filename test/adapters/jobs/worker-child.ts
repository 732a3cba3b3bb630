/**
 * A process of its own that fires schedules, runs their jobs and says so, until it is killed.
 *
 * Bundled and run by tests. Arguments: `sqlite` or `postgres`, the place, a name for this life, and the file that every
 * start and end of a job is noted in, in the order in which they happen. Prints every instant that it fired.
 */

import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createPresence } from '../../../src/adapters/presence.ts';
import { createPostgresDesk } from '../../../src/adapters/store/sql/desk-postgres.ts';
import { createSqliteDesk } from '../../../src/adapters/store/sql/desk-sqlite.ts';
import { type Handler, TASKS, type TaskName } from '../../../src/app/desk-port.ts';
import { fromEpochMilliseconds } from '../../../src/core/time.ts';
import { aFiring, LIFE, noteTo, SCHEDULES } from './worker-log.ts';

/** How far apart the instants of a schedule are. */
const EVERY_MILLISECONDS = 40;

const [engine, place = '', name = '', file = ''] = process.argv.slice(2);
const options = { now: systemClock.now, presence: createPresence(), ...LIFE };
const { desk, runner } = engine === 'postgres' ? createPostgresDesk(place, options) : createSqliteDesk(place, options);
const note = noteTo((line) => appendFileSync(file, line));
const handle: Handler = async ({ queue, firing }, { attempt }) => {
  note('start', name, String(queue), String(firing));
  await wait(Math.random() * 8);
  // A handler that fails now and then is tried again, by whoever.
  if (attempt === 1 && Math.random() < 0.1) {
    note('end', name, String(queue), 'failed');
    throw new Error('not yet');
  }
  note('end', name, String(queue), String(firing));
};
const handlers = Object.fromEntries(TASKS.map((task) => [task, handle])) as Record<TaskName, Handler>;
void runner.run(handlers, { concurrency: 3, signal: new AbortController().signal });
for (let count = 0; ; count += 1) {
  for (const schedule of SCHEDULES) {
    const milliseconds = Math.floor(Date.now() / EVERY_MILLISECONDS) * EVERY_MILLISECONDS;
    const dueAt = fromEpochMilliseconds(milliseconds);
    const { fire, line } = aFiring(schedule, dueAt, `${name}-${count}`);
    if (await desk.fire(fire)) process.stdout.write(`${line}\n`);
  }
  await wait(5);
}

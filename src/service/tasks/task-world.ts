/**
 * What every task is given, and how it speaks of a schedule whose work it does.
 *
 * A task throws when it is to be tried again. What it could not do though nothing failed, it returns in words: its schedule
 * has failed then, and trying again at once would change nothing.
 */

import type { Handler, JobContext, NewJob } from '../../app/desk-port.ts';
import type { PlaceReader } from '../../app/place-port.ts';
import { MusterError } from '../../core/errors.ts';
import type { Instant } from '../../core/time.ts';
import type { DrillDefinition } from '../../drill/definition.ts';
import { type ServiceLog, tellable } from '../log.ts';
import { type Schedule, WATCH_QUEUE } from '../schedules.ts';
import type { ServiceWorld } from '../world.ts';

/** The world of one process, with what its tasks share. */
export interface TaskWorld extends Omit<ServiceWorld, 'log' | 'places'> {
  readonly log: ServiceLog;
  readonly schedules: readonly Schedule[];
  /** When this process began. */
  readonly startedAt: Instant;
  /** The reader of this process, opened with the first call. */
  reader(): Promise<PlaceReader>;
  /** Lets one drill of this process begin at a time, so that two cannot both be the last that there is room for. */
  beginning<T>(begin: () => Promise<T>): Promise<T>;
}

/**
 * One task.
 *
 * @returns What could not be done though nothing failed, in words; null when all of it was.
 */
export type Task = (payload: NewJob['payload'], context: JobContext) => Promise<string | null>;

/** What another watch looks at soon: it waits a moment, so that what comes together is looked at once. */
export const WATCH_SOON: NewJob = {
  task: 'watch',
  payload: {},
  key: 'watch',
  queue: WATCH_QUEUE,
  delaySeconds: 3,
  attemptsMax: 5,
};

/**
 * The handler of a task: says what fails, and notes how the firing of its schedule ended.
 *
 * The firing that is noted is the last before the task began: whatever fired by then is done by it.
 */
export function handlerOf(name: NewJob['task'], task: Task, { desk, clock, log }: TaskWorld): Handler {
  return async (payload, context) => {
    const { attempt, attemptsMax, signal } = context;
    const schedule = typeof payload['schedule'] === 'string' ? payload['schedule'] : null;
    const facts = { task: name, attempt, attemptsMax, ...(schedule !== null && { schedule }) };
    const firedFor = schedule === null ? null : await lastFiring(desk, schedule);
    const end = async (outcome: 'done' | 'failed', detail: string | null): Promise<void> => {
      if (schedule !== null && firedFor !== null)
        await desk.ended(schedule, firedFor, { at: clock.now(), outcome, detail });
    };
    try {
      const shortfall = await task(payload, context);
      if (shortfall !== null) log.warn(shortfall, facts);
      await end(shortfall === null ? 'done' : 'failed', shortfall);
    } catch (error) {
      if (signal.aborted) {
        log.info('a job was left where it stands, and comes again', facts);
        throw error;
      }
      log.error(attempt < attemptsMax ? 'a job failed and is tried again' : 'a job was given up', error, facts);
      if (attempt >= attemptsMax) await end('failed', tellable(error));
      throw error;
    }
  };
}

async function lastFiring(desk: TaskWorld['desk'], schedule: string) {
  return (await desk.schedules()).find(({ name }) => name === schedule)?.dueAt ?? null;
}

/** A text of a payload. @throws MusterError `MUSTER_INVARIANT_BROKEN` where there is none. */
export function textOf(payload: NewJob['payload'], key: string): string {
  const value = payload[key];
  if (typeof value === 'string') return value;
  throw new MusterError('MUSTER_INVARIANT_BROKEN', `a job's payload has no text ${JSON.stringify(key)}`);
}

/** A number of a payload; 0 where there is none. */
export function numberOf(payload: NewJob['payload'], key: string): number {
  const value = payload[key];
  return typeof value === 'number' ? value : 0;
}

/**
 * The definition of that name.
 *
 * @throws MusterError `MUSTER_DRILL_INVALID` when the service file does not know it any more.
 */
export function definitionNamed(name: string, { definitions }: Pick<TaskWorld, 'definitions'>): DrillDefinition {
  const found = definitions.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = definitions.map((one) => one.name).join(', ') || 'none';
  throw new MusterError(
    'MUSTER_DRILL_INVALID',
    `the service knows no definition ${JSON.stringify(name)}; known: ${known}`,
  );
}

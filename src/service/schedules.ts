/**
 * The schedules of a service: what fires, when, and which job each adds.
 *
 * A schedule's name is its job's key and part of its queue, so that no work of it begins while the same still goes on.
 */

import type { NewJob } from '../app/desk-port.ts';
import { MusterError } from '../core/errors.ts';
import type { DrillDefinition } from '../drill/definition.ts';
import type { ServiceConfig } from './config.ts';
import { createTimetable, parseCron, type Timetable } from './schedule.ts';

/** One schedule. */
export interface Schedule {
  readonly name: string;
  readonly table: Timetable;
  /** The same for whoever asks about moments that lie some time back: each remembers where it was asked last. */
  readonly lagging: Timetable;
  readonly job: NewJob;
  /**
   * Whether it fires as soon as a service that never knew it looks at it, for the instant that lies behind. Otherwise it
   * waits for the first that comes: nobody who starts a service expects a restore at that moment.
   */
  readonly atOnce: boolean;
}

/** All watches share one queue: what one settles, the next compares with. */
export const WATCH_QUEUE = 'watch';
/** Names of the schedules that every service has. */
export const COUNTDOWN = 'countdown';
const INVENTORY = 'inventory';
const ATTEMPTS_MAX = 5;

/** The name of a definition's schedule. */
export function drillSchedule(definition: string): string {
  return `drill:${definition}`;
}

/**
 * The schedules that a service file and its definitions ask for.
 *
 * @throws MusterError `MUSTER_SERVICE_INVALID` for a definition without a schedule, or two of one name.
 */
export function schedulesOf(config: ServiceConfig, definitions: readonly DrillDefinition[]): readonly Schedule[] {
  const { inventory, countdown, sweep, verify, archive } = config.schedules;
  const jitterSeconds = config.jitterSeconds;
  const plain = (
    name: string,
    {
      cron,
      task,
      queue = name,
      atOnce = false,
    }: Pick<NewJob, 'task'> & { cron: string; queue?: string; atOnce?: boolean },
  ): Schedule => ({
    name,
    ...tablesOf(name, cron, { jitterSeconds, origin: config.origin }),
    job: jobOf(name, { task, queue, payload: {} }),
    atOnce,
  });
  holdNames(definitions, config.origin);
  return [
    plain('sweep', { cron: sweep, task: 'sweep' }),
    plain('verify', { cron: verify, task: 'verify' }),
    ...(archive === null ? [] : [plain('archive', { cron: archive.schedule, task: 'ship' })]),
    ...definitions.map((definition) => drillScheduleOf(definition, jitterSeconds)),
    plain(INVENTORY, { cron: inventory, task: 'survey', atOnce: true }),
    // The last of all: what it adds looks whether the others fired.
    plain(COUNTDOWN, { cron: countdown, task: 'watch', queue: WATCH_QUEUE, atOnce: true }),
  ];
}

function drillScheduleOf(definition: DrillDefinition, jitterSeconds: number): Schedule {
  const { name, origin, schedule, jitterMinutes } = definition;
  if (schedule === null) {
    const problem = `${origin}: schedule: missing, expected a cron line: a service runs drills by it`;
    throw new MusterError('MUSTER_SERVICE_INVALID', problem);
  }
  const own = drillSchedule(name);
  return {
    name: own,
    ...tablesOf(own, schedule, { jitterSeconds: jitterMinutes > 0 ? jitterMinutes * 60 : jitterSeconds, origin }),
    job: jobOf(own, { task: 'plan_drills', queue: own, payload: { definition: name, database: null } }),
    atOnce: false,
  };
}

function jobOf(name: string, { task, queue, payload }: Pick<NewJob, 'task' | 'queue' | 'payload'>): NewJob {
  return {
    task,
    payload: { ...payload, schedule: name },
    key: name,
    queue,
    delaySeconds: 0,
    attemptsMax: ATTEMPTS_MAX,
  };
}

function tablesOf(
  name: string,
  cron: string,
  { jitterSeconds, origin }: { readonly jitterSeconds: number; readonly origin: string },
): Pick<Schedule, 'table' | 'lagging'> {
  const line = parseCron(cron);
  const spread = { name, jitterSeconds };
  if (line !== null) return { table: createTimetable(line, spread), lagging: createTimetable(line, spread) };
  throw new MusterError('MUSTER_SERVICE_INVALID', `${origin}: schedule: ${JSON.stringify(cron)} is no cron line`);
}

function holdNames(definitions: readonly DrillDefinition[], origin: string): void {
  const names = definitions.map(({ name }) => name);
  const twice = definitions.find(({ name }, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  const problem = `${origin}: drills: ${twice.origin} bears the name of another definition, ${JSON.stringify(twice.name)}`;
  throw new MusterError('MUSTER_SERVICE_INVALID', problem);
}

/**
 * Fires schedules when they are due, once for each instant, whoever else does the same.
 *
 * Every replica may run one: the desk lets the first that fires for an instant, and refuses the others. What was missed
 * while nobody was there is fired once, for the newest instant alone. A clock that is set back fires nothing again. A
 * desk that cannot be reached is tried again, and ends nothing.
 */

import type { Desk } from '../app/desk-port.ts';
import type { Clock } from '../app/ports.ts';
import { addSeconds, elapsedSeconds, type Instant, type Seconds } from '../core/time.ts';
import type { ServiceLog } from './log.ts';
import type { Schedule } from './schedules.ts';

/** What a ticker works with. */
export interface TickerWorld {
  readonly desk: Pick<Desk, 'fire' | 'ended' | 'schedules'>;
  readonly clock: Clock;
  readonly log: ServiceLog;
}

/** So long at most it sleeps, so that a clock that jumped is noticed. */
const SLEEP_SECONDS_MAX: Seconds = 30;
/** So long at least: a timer may wake a moment too early. */
const SLEEP_SECONDS_MIN: Seconds = 0.05;
const RETRY_SECONDS: Seconds = 10;
/** A last firing further ahead than this was noted by a clock that was wrong. */
const AHEAD_SECONDS_MAX: Seconds = 60;

/** Fires until the signal is aborted. */
export async function runTicker(
  schedules: readonly Schedule[],
  { desk, clock, log }: TickerWorld,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let rest = RETRY_SECONDS;
    try {
      await tick(schedules, { desk, clock, log });
      rest = untilNext(schedules, clock.now());
    } catch (error) {
      log.error('schedules could not be fired and are tried again', error);
    }
    await clock.sleep(rest, signal).catch((reason) => {
      if (!signal.aborted) throw reason;
    });
  }
}

/**
 * Fires what is due.
 *
 * @returns Names of the schedules that this call fired.
 */
export async function tick(
  schedules: readonly Schedule[],
  { desk, clock, log }: TickerWorld,
): Promise<readonly string[]> {
  const at = clock.now();
  const states = new Map((await desk.schedules()).map((state) => [state.name, state]));
  const fired: string[] = [];
  for (const schedule of schedules) {
    const due = schedule.table.newest(at);
    const firedFor = states.get(schedule.name)?.dueAt ?? null;
    if (due === null || (firedFor !== null && firedFor >= due.dueAt)) {
      if (firedFor !== null && isAhead(firedFor, at))
        log.warn('a schedule fired last for an instant that is still to come: a clock was wrong', {
          schedule: schedule.name,
          firedFor,
        });
      continue;
    }
    if (await fire(schedule, due.dueAt, { known: firedFor !== null, desk, clock })) {
      fired.push(schedule.name);
      const waits = firedFor === null && !schedule.atOnce;
      log.info(waits ? 'schedule is new and begins with its next instant' : 'schedule fired', {
        schedule: schedule.name,
        dueAt: due.dueAt,
      });
    }
  }
  return fired;
}

/** Whether a schedule fired for an instant that a right clock has not come to yet. */
export function isAhead(firedFor: Instant, at: Instant): boolean {
  return firedFor > addSeconds(at, AHEAD_SECONDS_MAX);
}

/** @returns Whether this call was the first. */
async function fire(
  { name, job, atOnce }: Schedule,
  dueAt: Instant,
  { known, desk, clock }: Pick<TickerWorld, 'desk' | 'clock'> & { readonly known: boolean },
): Promise<boolean> {
  if (known || atOnce) return desk.fire({ name, dueAt, jobs: [job] });
  // Written down as if it had fired, so that whatever is missed from here on is caught up with.
  const first = await desk.fire({ name, dueAt, jobs: [] });
  if (first)
    await desk.ended(name, dueAt, {
      at: clock.now(),
      outcome: 'done',
      detail: 'nothing was done: the schedule was new, and begins with its next instant',
    });
  return first;
}

function untilNext(schedules: readonly Schedule[], at: Instant): Seconds {
  const waits = schedules.flatMap(({ table }) => {
    const next = table.next(at);
    return next === null ? [] : [elapsedSeconds(at, next.fireAt)];
  });
  return Math.max(SLEEP_SECONDS_MIN, Math.min(SLEEP_SECONDS_MAX, ...waits));
}

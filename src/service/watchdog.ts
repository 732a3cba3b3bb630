/**
 * Whether this service still watches: the watch is what tells of everything else, so that somebody else has to tell of it.
 *
 * Runs in every process, those that only answer included. A watch that did not end within three of its periods is late; the
 * log says so each time that it is looked for, and `health` for whoever answers `/readyz`.
 */

import type { Desk } from '../app/desk-port.ts';
import type { Clock } from '../app/ports.ts';
import { addSeconds, type Instant, latest, printInstant, type Seconds } from '../core/time.ts';
import type { ServiceLog } from './log.ts';
import { COUNTDOWN, type Schedule } from './schedules.ts';

/** Whether all is well, in words when it is not. */
export interface Health {
  readonly ok: boolean;
  /** Null while it is well. */
  readonly problem: string | null;
}

/** Looks after the watch. */
export interface Watchdog {
  /** As it was found last. */
  health(): Health;
  /** Looks now. */
  look(): Promise<void>;
  /** Looks once a minute until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

const LOOK_SECONDS: Seconds = 60;
const PERIODS_MAX = 3;
const WELL: Health = { ok: true, problem: null };

/** A watchdog that has not looked yet; what was before it began is not held against anybody. */
export function createWatchdog(
  schedules: readonly Schedule[],
  { desk, clock, log }: { readonly desk: Pick<Desk, 'schedules'>; readonly clock: Clock; readonly log: ServiceLog },
): Watchdog {
  let [seenAt, health]: [Instant, Health] = [clock.now(), WELL];
  const look = async (): Promise<void> => {
    const at = clock.now();
    try {
      const watch = (await desk.schedules()).find(({ name }) => name === COUNTDOWN);
      if (watch?.outcome === 'done' && watch.endedAt !== null) seenAt = latest(seenAt, watch.endedAt);
    } catch (error) {
      log.error('whether the watch still runs could not be seen', error);
    }
    health = healthAt(at, { seenAt, schedules });
    if (health.problem !== null) log.warn(health.problem);
  };
  return {
    health: () => health,
    look,
    run: async (signal) => {
      while (!signal.aborted) {
        await look();
        await clock.sleep(LOOK_SECONDS, signal).catch((reason) => {
          if (!signal.aborted) throw reason;
        });
      }
    },
  };
}

function healthAt(
  at: Instant,
  { seenAt, schedules }: { readonly seenAt: Instant; readonly schedules: readonly Schedule[] },
): Health {
  const countdown = schedules.find(({ name }) => name === COUNTDOWN);
  const due = countdown?.table.last(at) ?? null;
  if (due === null || at <= addSeconds(seenAt, PERIODS_MAX * due.periodSeconds + LOOK_SECONDS)) return WELL;
  return { ok: false, problem: `nothing was watched since ${printInstant(seenAt)}: no worker ended a watch` };
}

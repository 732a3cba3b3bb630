/**
 * The service: schedules that fire, workers that do what they add, and a watchdog over both.
 *
 * Each part can be switched off, so that some processes only fire and work and others only answer. When it is stopped,
 * nothing new is begun; drills are left as they stand for another process, everything else comes to its end or comes again.
 */

import type { PlaceReader } from '../app/place-port.ts';
import type { Seconds } from '../core/time.ts';
import { createLog, type ServiceLog } from './log.ts';
import { schedulesOf } from './schedules.ts';
import { handlersOf } from './tasks/handlers.ts';
import type { TaskWorld } from './tasks/task-world.ts';
import { runTicker } from './ticker.ts';
import { createWatchdog, type Health } from './watchdog.ts';
import type { ServiceWorld } from './world.ts';

/** Which parts of it this process runs. */
export interface ServiceParts {
  readonly schedule: boolean;
  readonly worker: boolean;
}

/** A service that runs. */
export interface Service {
  /** What `/readyz` may say of it. */
  health(): Health;
  /**
   * Stops it.
   *
   * @returns True when everything came to its end; false when something was still going on after 25 seconds.
   */
  stop(): Promise<boolean>;
}

/** So long a service that is stopped waits for what still goes on. */
const DRAIN_SECONDS: Seconds = 25;
const RETRY_SECONDS: Seconds = 10;

/**
 * Starts it.
 *
 * @throws MusterError `MUSTER_SERVICE_INVALID` for a definition without a schedule; before anything runs.
 */
export function startService(world: ServiceWorld, { schedule, worker }: ServiceParts): Service {
  const { clock, desk, runner } = world;
  const log = createLog(world);
  const schedules = schedulesOf(world.config, world.definitions);
  const stopped = new AbortController();
  const { signal } = stopped;
  const reader = readerOf(world);
  const tasks: TaskWorld = {
    ...world,
    log,
    schedules,
    startedAt: clock.now(),
    reader: reader.open,
    beginning: oneAtATime(),
  };
  const watchdog = createWatchdog(schedules, { desk, clock, log });
  const work = () => runner.run(handlersOf(tasks), { concurrency: world.config.concurrency, signal });
  const running = Promise.all([
    watchdog.run(signal),
    ...(schedule ? [runTicker(schedules, { desk, clock, log }, signal)] : []),
    ...(worker ? [restarting(work, { clock, log, signal })] : []),
  ]);
  running.catch((error) => log.error('the service broke down', error));
  return {
    health: watchdog.health,
    stop: async () => {
      stopped.abort(new Error('the service stops'));
      const over = new AbortController();
      const late = clock.sleep(DRAIN_SECONDS, over.signal).then(
        () => false,
        () => true,
      );
      const isDone = await Promise.race([running.then(() => true).catch(() => true), late]);
      over.abort();
      await reader.close();
      return isDone;
    },
  };
}

/** A runner that breaks down, as when its database goes away, is started again. */
async function restarting(
  work: () => Promise<void>,
  {
    clock,
    log,
    signal,
  }: { readonly clock: ServiceWorld['clock']; readonly log: ServiceLog; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      log.error('no jobs can be taken; it is tried again', error);
    }
    await clock.sleep(signal.aborted ? 0 : RETRY_SECONDS, signal).catch((reason) => {
      if (!signal.aborted) throw reason;
    });
  }
}

/** One reader for all tasks: it remembers the roles that it assumed. One that could not be opened is asked for again. */
function readerOf(world: Pick<ServiceWorld, 'places'>): {
  readonly open: () => Promise<PlaceReader>;
  readonly close: () => Promise<void>;
} {
  let opened: Promise<PlaceReader> | null = null;
  return {
    open: () => {
      const current = opened ?? world.places();
      opened = current;
      current.catch(() => {
        if (opened === current) opened = null;
      });
      return current;
    },
    close: async () => {
      const current = await opened?.catch(() => null);
      current?.close();
      opened = null;
    },
  };
}

/** Lets one in at a time, in the order in which they come. */
function oneAtATime(): TaskWorld['beginning'] {
  let last: Promise<unknown> = Promise.resolve();
  return (begin) => {
    const mine = last.then(begin, begin);
    last = mine.catch(() => undefined);
    return mine;
  };
}

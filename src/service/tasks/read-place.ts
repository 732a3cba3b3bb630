/**
 * Reads one place, and puts what it shows on the desk.
 *
 * Refused calls are gaps within the sight. A reading that fails as a whole, or takes too long, leaves the sight of before,
 * which grows old and then counts no more; it is tried again, and by the next survey in any case.
 */

import { printScope } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import type { Seconds } from '../../core/time.ts';
import type { Sight } from '../../inventory/sight.ts';
import { type Task, type TaskWorld, textOf, WATCH_SOON } from './task-world.ts';

/** A place that takes longer would be out of date by the time it was read. */
const READING_SECONDS_MAX: Seconds = 600;

/** Carries a reading out. */
export function readPlaceTask(world: TaskWorld): Task {
  const { desk, clock } = world;
  return async (payload, { signal }) => {
    const place = { accountId: textOf(payload, 'accountId'), region: textOf(payload, 'region') };
    const reader = await world.reader();
    const sight = await within(READING_SECONDS_MAX, {
      work: reader.read(place, clock.now(), null),
      what: `reading ${printScope(place)}`,
      clock,
      signal,
    });
    await desk.putSight(sight);
    await desk.add([WATCH_SOON]);
    return null;
  };
}

/** What a reading brings, unless its time is over first, or the service stops. */
async function within(
  seconds: Seconds,
  {
    work,
    what,
    clock,
    signal,
  }: Pick<TaskWorld, 'clock'> & {
    readonly work: Promise<Sight>;
    readonly what: string;
    readonly signal: AbortSignal;
  },
): Promise<Sight> {
  const over = new AbortController();
  const late = clock.sleep(seconds, AbortSignal.any([over.signal, signal])).then(() => {
    throw new MusterError('MUSTER_AWS_UNAVAILABLE', `${what} took longer than ${seconds} s`);
  });
  // Whichever loses is not waited for, and must not end the process when it fails later.
  work.catch(() => undefined);
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

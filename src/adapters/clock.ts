/**
 * System time, behind the `Clock` port.
 *
 * The only place in Muster that reads the machine's clock; everything else is handed an instant.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../app/ports.ts';
import { fromEpochMilliseconds, type Instant, type Seconds } from '../core/time.ts';

/** The machine's clock; `sleep` ends early, with the signal's reason, when it is aborted. */
export const systemClock: Clock = {
  now: (): Instant => fromEpochMilliseconds(Date.now()),
  elapsed: (): Seconds => performance.now() / 1000,
  sleep: async (seconds: Seconds, signal?: AbortSignal): Promise<void> => {
    try {
      await wait(Math.max(0, seconds) * 1000, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason in an AbortError of its own; the port promises the reason itself.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

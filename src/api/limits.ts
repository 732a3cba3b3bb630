/**
 * How much a caller may ask, and how often somebody may fail to say who they are.
 *
 * Counted in memory, each process by itself, within fixed windows of a minute. A token that is good is never refused for
 * the failures of others at its address, whoever gave it out; a stranger's failures are counted by address, IPv6 by its network.
 */

import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../app/ports.ts';
import type { Seconds } from '../core/time.ts';
import { Problem } from './problem.ts';

/** How many requests a minute. */
export interface RateLimits {
  /** By one caller. */
  readonly perMinute: number;
  /** Without a good token, from one address. */
  readonly failuresPerMinute: number;
}

/** Far above what gates and dashboards ask, far below what one process answers. */
export const DEFAULT_RATE_LIMITS: RateLimits = { perMinute: 6_000, failuresPerMinute: 60 };

const WINDOW_SECONDS: Seconds = 60;
/** So many callers or addresses are remembered; beyond, those are forgotten whose window began longest ago. */
const REMEMBERED = 10_000;

/** The two counters. */
export interface Limiter {
  /** Counts a request of a known caller. @throws Problem `too_many`. */
  countRequest(request: FastifyRequest): void;
  /** Counts a failure of whoever is at that address. @throws Problem `too_many`. */
  countFailure(request: FastifyRequest): Promise<void>;
}

/** Makes the counters. @param clock Its steady part tells when a window ends. */
export async function createLimiter(
  app: FastifyInstance,
  limits: RateLimits,
  clock: Pick<Clock, 'elapsed'>,
): Promise<Limiter> {
  await app.register(rateLimit, { global: false, cache: REMEMBERED });
  const failures = app.createRateLimit({ timeWindow: WINDOW_SECONDS * 1_000, max: limits.failuresPerMinute });
  const requests = createWindows(limits.perMinute, clock);
  return {
    countRequest: (request) => {
      const seconds = requests(callerKey(request));
      if (seconds !== null) throw tooMany(limits.perMinute, seconds);
    },
    countFailure: async (request) => {
      const counted = await failures(request);
      if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.max, counted.ttlInSeconds);
    },
  };
}

/**
 * A counter by key. Callers are counted on every request, so it is a number in a map, without the promise of the library
 * that knows how to tell strangers apart.
 *
 * @returns Counts one; null while the key is within its limit, else the seconds until its window ends.
 */
function createWindows(max: number, clock: Pick<Clock, 'elapsed'>): (key: string) => Seconds | null {
  const windows = new Map<string, { count: number; readonly endsAt: Seconds }>();
  return (key) => {
    const now = clock.elapsed();
    const window = windows.get(key);
    if (window !== undefined && now < window.endsAt) {
      window.count += 1;
      return window.count <= max ? null : window.endsAt - now;
    }
    // A new window goes to the end: the first one of all is the one that began longest ago.
    windows.delete(key);
    windows.set(key, { count: 1, endsAt: now + WINDOW_SECONDS });
    const [oldest] = windows.size > REMEMBERED ? windows.keys() : [];
    if (oldest !== undefined) windows.delete(oldest);
    return max >= 1 ? null : WINDOW_SECONDS;
  };
}

/** Tokens and subjects are named apart: one may be spelt like the other. */
export function callerKey({ caller }: FastifyRequest): string {
  return caller === null ? '' : `${caller.identifiedBy}:${caller.id}`;
}

function tooMany(max: number, seconds: Seconds): Problem {
  const after = String(Math.max(1, Math.ceil(seconds)));
  return new Problem('too_many', `${max} requests a minute are accepted`, { 'retry-after': after });
}

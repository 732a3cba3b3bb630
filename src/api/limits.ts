/**
 * How much a caller may ask, and how often somebody may fail to say who they are.
 *
 * Counted in memory, each process by itself, within fixed windows of a minute. A token that is good is never refused for
 * the failures of others at its address, whoever gave it out; a stranger's failures are counted by address, IPv6 by its network.
 */

import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
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

const WINDOW_MILLISECONDS = 60_000;
/** So many callers or addresses are remembered; beyond, the ones not heard of for longest are forgotten. */
const REMEMBERED = 10_000;

/** The two counters. */
export interface Limiter {
  /** Counts a request of a known caller. @throws Problem `too_many`. */
  countRequest(request: FastifyRequest): Promise<void>;
  /** Counts a failure of whoever is at that address. @throws Problem `too_many`. */
  countFailure(request: FastifyRequest): Promise<void>;
}

/** Registers the counters. @throws nothing of its own; requests are counted only where the limiter is called. */
export async function createLimiter(app: FastifyInstance, limits: RateLimits): Promise<Limiter> {
  await app.register(rateLimit, { global: false });
  const shared = { timeWindow: WINDOW_MILLISECONDS, cache: REMEMBERED };
  const requests = app.createRateLimit({ ...shared, max: limits.perMinute, keyGenerator: callerKey });
  const failures = app.createRateLimit({ ...shared, max: limits.failuresPerMinute });
  return {
    countRequest: async (request) => refuse(await requests(request)),
    countFailure: async (request) => refuse(await failures(request)),
  };
}

/** Tokens and subjects are named apart: one may be spelt like the other. */
export function callerKey({ caller }: FastifyRequest): string {
  return caller === null ? '' : `${caller.identifiedBy}:${caller.id}`;
}

type Counted = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

function refuse(counted: Counted): void {
  if (counted.isAllowed || !counted.isExceeded) return;
  const seconds = String(Math.max(1, counted.ttlInSeconds));
  throw new Problem('too_many', `${counted.max} requests a minute are accepted`, { 'retry-after': seconds });
}

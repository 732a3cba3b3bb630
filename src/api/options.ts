/**
 * What an API may be told about sizes, times and trust; everything has a default.
 *
 * The times bound how long a client that dawdles, or lies, can hold what it was given: a connection, a parser, memory. They
 * are Node's own, looked at once a second.
 */

import type { OwnTokens } from './auth.ts';
import type { RateLimits } from './limits.ts';
import type { Routes } from './world.ts';

/** Sizes and times. */
export interface ApiBounds {
  /** Default 16 MiB: plans are large. */
  readonly bodyBytesMax: number;
  /** For all headers of a request to arrive. Default 10. */
  readonly headersSecondsMax: number;
  /** For a request to arrive as a whole, body included. Default 60. */
  readonly requestSecondsMax: number;
  /** How long a connection may stay open between two requests. Default 72, above the usual 60 of load balancers. */
  readonly idleSecondsMax: number;
  /** For an answer, on every route that is no plain read; a decision may wait for AWS. Default 120. */
  readonly answerSecondsMax: number;
  /** For one check of `/readyz`; probes do not wait long. Default 2. */
  readonly probeSecondsMax: number;
  /** How often the time-outs of connections are looked at. Default 1. */
  readonly checkSeconds: number;
  /** Default 10,000. */
  readonly connectionsMax: number;
  /** After so many requests a connection is closed, so that load spreads over replicas. Default 10,000. */
  readonly requestsPerConnectionMax: number;
}

/** Everything that may be told. */
export interface ApiOptions extends Partial<ApiBounds> {
  /** Those of `routes/register.ts`, unless told. */
  readonly routes?: Routes;
  /** Proxies whose `X-Forwarded-For` is believed: addresses or networks; true for any. Default false. */
  readonly trustProxy?: boolean | readonly string[];
  /** Defaults in `limits.ts`. */
  readonly rateLimit?: Partial<RateLimits>;
  /** What knows tokens of our own; the store's, unless told. */
  readonly tokens?: OwnTokens;
}

/** What holds where nothing is told. */
export const DEFAULT_BOUNDS: ApiBounds = {
  bodyBytesMax: 16 * 1024 * 1024,
  headersSecondsMax: 10,
  requestSecondsMax: 60,
  idleSecondsMax: 72,
  answerSecondsMax: 120,
  probeSecondsMax: 2,
  checkSeconds: 1,
  connectionsMax: 10_000,
  requestsPerConnectionMax: 10_000,
};

/**
 * Time that runs faster than the machine's, and the same in every process that is told where it began.
 *
 * What a database goes by, its own clock, is not faster; so pauses that it counts are made shorter by whoever asks for them.
 */

import process from 'node:process';
import { systemClock } from '../../src/adapters/clock.ts';
import type { NewJob } from '../../src/app/desk-port.ts';
import type { Clock } from '../../src/app/ports.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';

/** When it began, and how fast it runs. */
export interface FastTime {
  readonly startAt: Instant;
  /** By the machine's clock, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Seconds of it in one second. */
  readonly speed: number;
}

/** The clock of that time. */
export function fastClock({ startAt, startedAt, speed }: FastTime): Clock {
  return {
    now: () => addSeconds(startAt, (speed * (Date.now() - startedAt)) / 1_000),
    elapsed: () => speed * systemClock.elapsed(),
    sleep: (seconds, signal) => systemClock.sleep(seconds / speed, signal),
  };
}

/** The same jobs, whose pauses are as much shorter. */
export function inFastTime(jobs: readonly NewJob[], { speed }: FastTime): readonly NewJob[] {
  return jobs.map((job) => ({ ...job, delaySeconds: job.delaySeconds / speed }));
}

/** Numbers from 0 up to 1, the same for the same seed. Source: Mulberry32, a public-domain generator. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a run is told by the environment, for whoever wants more of it, or the same again. */
export const RUN = {
  /** Unless told, twenty minutes. */
  minutes: 60 * Number(process.env['MUSTER_SERVICE_HOURS'] ?? 1 / 3),
  seed: Number(process.env['MUSTER_SERVICE_SEED'] ?? 20_261_124),
  speed: Number(process.env['MUSTER_SERVICE_SPEED'] ?? 48),
  /** Whether the folder of a run, with the logs of its replicas, is left behind. */
  keeps: process.env['MUSTER_SERVICE_KEEP'] === '1',
} as const;

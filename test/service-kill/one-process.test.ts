/**
 * One process on SQLite, killed with -9 at random moments and started again, now at once and now after several schedules were
 * missed.
 *
 * Twenty minutes of schedules on a fast clock, or as many hours as `MUSTER_SERVICE_HOURS` says; `MUSTER_SERVICE_SEED` says at
 * which moments.
 */

import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { passedOver } from './claims.ts';
import { drainService, figuresOf, holdClaims } from './drain.ts';
import { createRandom, RUN } from './fast-time.ts';
import { startLoad } from './load.ts';
import type { Replica } from './replica.ts';
import { type ServiceBench, startServiceBench } from './service-bench.ts';

/** By the machine's clock, from the moment it listens; some are killed before they do. */
const LIFE_MILLISECONDS_MAX = 4_000;
/** Every third time long enough for instants to pass with nobody there. */
const DOWN_MILLISECONDS = { short: 1_000, long: 9_000 };
const TIMEOUT = 180_000 + (4 * 60_000 * RUN.minutes) / RUN.speed;

describe('one process that is killed and started again', () => {
  it(
    'loses no decision, no record, no drill and no alert, and catches up with each schedule once',
    async () => {
      const bench = await startServiceBench('sqlite');
      try {
        const running: Replica[] = [];
        const load = startLoad(() => running, bench, createRandom(RUN.seed + 1));
        const kills = await killAndStart(bench, running);
        await load.stop();
        const drained = await drainService(bench);
        const facts = { load, kills, drained, passedOver: passedOver(await bench.fired()) };
        process.stdout.write(`${await figuresOf(bench, facts)}\n`);
        await holdClaims(bench, facts, expect);
      } finally {
        await bench.close();
      }
    },
    TIMEOUT,
  );
});

/** @returns How often it was killed. */
async function killAndStart(bench: ServiceBench, running: Replica[]): Promise<number> {
  const random = createRandom(RUN.seed);
  const endAt = addSeconds(bench.clock.now(), RUN.minutes * 60);
  for (let kills = 0; ; kills += 1) {
    const replica = bench.start();
    running.splice(0, 1, replica);
    // One in eight dies while it starts.
    if (random() < 1 / 8) await wait(random() * 1_000);
    else {
      await replica.up;
      await wait(random() * LIFE_MILLISECONDS_MAX);
    }
    if (bench.clock.now() >= endAt) {
      await replica.up;
      return kills;
    }
    await replica.kill();
    await wait(random() * DOWN_MILLISECONDS.short + (kills % 3 === 1 ? DOWN_MILLISECONDS.long : 0));
  }
}

/**
 * Three replicas and a PostgreSQL server under load, while one replica is killed with -9 again and again.
 *
 * Twenty minutes of schedules on a fast clock, or as many hours as `MUSTER_SERVICE_HOURS` says; `MUSTER_SERVICE_SEED` says at
 * which moments. Replicas cannot see each other's processes, as on machines of their own.
 */

import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { HAS_POSTGRES } from '../support/postgres-server.ts';
import { passedOver } from './claims.ts';
import { drainService, figuresOf, holdClaims } from './drain.ts';
import { createRandom, RUN } from './fast-time.ts';
import { type Load, startLoad } from './load.ts';
import type { Replica } from './replica.ts';
import { type ServiceBench, startServiceBench } from './service-bench.ts';

const REPLICAS = 3;
/** Between two kills, by the machine's clock. */
const PAUSE_MILLISECONDS = { min: 600, more: 3_400 };
const TIMEOUT = 180_000 + (4 * 60_000 * RUN.minutes) / RUN.speed;

describe.skipIf(!HAS_POSTGRES)('three replicas under load, of which one is killed again and again', () => {
  it(
    'lose no schedule, no decision, no record, no drill and no alert, and do none of it twice',
    async () => {
      const bench = await startServiceBench('postgres');
      try {
        const { load, kills } = await keepKilling(bench);
        const drained = await drainService(bench);
        const facts = { load, kills, drained, passedOver: passedOver(await bench.fired()) };
        process.stdout.write(`${await figuresOf(bench, facts)}\n`);
        await holdClaims(bench, facts, expect);
        expect(facts.passedOver).toBe(0);
      } finally {
        await bench.close();
      }
    },
    TIMEOUT,
  );
});

async function keepKilling(bench: ServiceBench): Promise<{ readonly load: Load; readonly kills: number }> {
  const random = createRandom(RUN.seed);
  const running: Replica[] = Array.from({ length: REPLICAS }, () => bench.start());
  await Promise.all(running.map(({ up }) => up));
  const endAt = addSeconds(bench.clock.now(), RUN.minutes * 60);
  const load = startLoad(() => running, bench, createRandom(RUN.seed + 1));
  let kills = 0;
  while (bench.clock.now() < endAt) {
    await wait(PAUSE_MILLISECONDS.min + random() * PAUSE_MILLISECONDS.more);
    const place = Math.floor(random() * REPLICAS);
    // One that listens is left at all times.
    if (!running.some((replica, index) => index !== place && replica.url() !== null)) continue;
    await running[place]?.kill();
    kills += 1;
    running[place] = bench.start();
  }
  await Promise.all(running.map(({ up }) => up));
  await load.stop();
  return { load, kills };
}

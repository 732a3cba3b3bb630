/** Firing: once for each instant, caught up with once, never again when a clock is set back, whatever the desk does. */

import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/app/ports.ts';
import { MusterError } from '../../src/core/errors.ts';
import type { Instant } from '../../src/core/time.ts';
import { DEFAULT_SERVICE } from '../../src/service/config.ts';
import { createLog } from '../../src/service/log.ts';
import { type Schedule, schedulesOf } from '../../src/service/schedules.ts';
import { runTicker, type TickerWorld, tick } from '../../src/service/ticker.ts';
import { at } from '../support/aws-observations.ts';
import { createMemoryDesk, type MemoryDesk } from '../support/memory-desk.ts';
import { BILLING_DRILL } from '../support/service-world.ts';

const CONFIG = { ...DEFAULT_SERVICE, jitterSeconds: 0 };

interface TickerBench {
  readonly desk: MemoryDesk;
  readonly world: TickerWorld;
  readonly lines: string[];
  set(moment: string): void;
  tick(): Promise<readonly string[]>;
}

function aTicker(
  moment: string,
  { schedules = schedulesOf(CONFIG, [BILLING_DRILL]) }: { schedules?: readonly Schedule[] } = {},
): TickerBench {
  let now: Instant = at(moment);
  const lines: string[] = [];
  const clock: Clock = { now: () => now, elapsed: () => 0, sleep: async () => undefined };
  const desk = createMemoryDesk({ now: () => now });
  const world = { desk, clock, log: createLog({ log: (line) => lines.push(line), clock }) };
  return {
    desk,
    world,
    lines,
    set: (next) => {
      now = at(next);
    },
    tick: () => tick(schedules, world),
  };
}

const jobsOf = ({ desk }: TickerBench) => desk.jobs().map(({ task, key, queue }) => [task, key, queue]);

describe('a service that starts for the first time', () => {
  it('reads and watches at once, and waits for the first instant of everything else', async () => {
    const bench = aTicker('2026-11-23T10:07:00Z');
    expect(await bench.tick()).toHaveLength(5);
    expect(jobsOf(bench)).toEqual([
      ['survey', 'inventory', 'inventory'],
      ['watch', 'countdown', 'watch'],
    ]);
  });

  it('says of the others that nothing was done', async () => {
    const bench = aTicker('2026-11-23T10:07:00Z');
    await bench.tick();
    const drill = (await bench.desk.schedules()).find(({ name }) => name === 'drill:nightly');
    expect(drill).toMatchObject({ dueAt: '2026-11-22T21:30:00.000Z', outcome: 'done' });
    expect(drill?.detail).toContain('nothing was done');
  });

  it('plans a drill when its first instant comes', async () => {
    const bench = aTicker('2026-11-23T10:07:00Z');
    await bench.tick();
    bench.set('2026-11-23T21:30:00Z');
    await bench.tick();
    const planned = bench.desk.jobs().filter(({ task }) => task === 'plan_drills');
    expect(planned.map(({ payload }) => payload)).toEqual([
      { definition: 'nightly', database: null, schedule: 'drill:nightly' },
    ]);
  });
});

describe('an instant', () => {
  it('is fired once by twenty tickers', async () => {
    const bench = aTicker('2026-11-23T10:07:00Z');
    const fired = await Promise.all(Array.from({ length: 20 }, () => bench.tick()));
    expect(fired.flat().sort()).toEqual(['countdown', 'drill:nightly', 'inventory', 'sweep', 'verify']);
  });

  it('is not fired again by a later tick', async () => {
    const bench = aTicker('2026-11-23T10:07:00Z');
    await bench.tick();
    bench.set('2026-11-23T10:09:59Z');
    expect(await bench.tick()).toEqual([]);
  });

  it('is not fired again when the clock is set back', async () => {
    const bench = aTicker('2026-11-23T10:15:00Z');
    await bench.tick();
    bench.set('2026-11-23T09:00:00Z');
    expect(await bench.tick()).toEqual([]);
    bench.set('2026-11-23T10:15:00Z');
    expect(await bench.tick()).toEqual([]);
  });

  it('that lies ahead of a clock set right is told', async () => {
    const bench = aTicker('2027-11-23T10:15:00Z');
    await bench.tick();
    bench.set('2026-11-23T10:15:00Z');
    await bench.tick();
    expect(bench.lines.filter((line) => line.includes('a clock was wrong'))).toHaveLength(5);
  });
});

describe('after three days of downtime', () => {
  it('each schedule fires once, for the newest instant', async () => {
    const bench = aTicker('2026-11-20T10:07:00Z');
    await bench.tick();
    bench.set('2026-11-23T10:07:00Z');
    expect(await bench.tick()).toHaveLength(5);
    expect((await bench.desk.schedules()).map(({ name, dueAt }) => [name, dueAt])).toEqual([
      ['countdown', '2026-11-23T10:05:00.000Z'],
      ['drill:nightly', '2026-11-22T21:30:00.000Z'],
      ['inventory', '2026-11-23T10:00:00.000Z'],
      ['sweep', '2026-11-23T09:17:00.000Z'],
      ['verify', '2026-11-23T03:41:00.000Z'],
    ]);
    expect(await bench.tick()).toEqual([]);
  });
});

describe('a desk that cannot be reached', () => {
  it('is told and tried again, and ends nothing', async () => {
    const bench = aTicker('2026-11-23T10:07:00Z');
    const over = new AbortController();
    let asked = 0;
    const desk = {
      fire: bench.desk.fire.bind(bench.desk),
      ended: bench.desk.ended.bind(bench.desk),
      schedules: async () => {
        asked += 1;
        if (asked === 1) throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the store does not answer');
        return bench.desk.schedules();
      },
    };
    const sleep = async () => {
      if (asked === 2) over.abort();
    };
    const clock = { ...bench.world.clock, sleep };
    await runTicker(schedulesOf(CONFIG, []), { ...bench.world, clock, desk }, over.signal);
    expect(bench.lines.filter((line) => line.includes('MUSTER_STORE_UNREACHABLE'))).toHaveLength(1);
    expect(jobsOf(bench).map(([task]) => task)).toEqual(['survey', 'watch']);
  });
});

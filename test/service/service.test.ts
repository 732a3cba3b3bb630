/** The whole service on virtual time: schedules, workers, kills, alerts. */

import { afterEach, describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds } from '../../src/core/time.ts';
import { WATCH_SOON } from '../../src/service/tasks/task-world.ts';
import { START } from '../support/aws-lab.ts';
import { BILLING } from '../support/scratch-bench.ts';
import { aServiceBench, BILLING_DRILL, type ServiceBench } from '../support/service-world.ts';

const HOUR = 3_600;
const MINUTE = 60;

let bench: ServiceBench;
afterEach(() => bench.end());

/** Instants every so many minutes, from the start on. */
function every(minutes: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => addSeconds(START, index * minutes * MINUTE));
}

const firedOf = (name: string) => bench.fired.filter((one) => one.name === name).map(({ dueAt }) => dueAt);

describe('two hours of schedules with three processes over one desk', () => {
  it('fires each schedule once for each instant, though one is killed and another joins', async () => {
    bench = aServiceBench();
    // At nine sharp the jitter of nine o'clock is not over, and the instant before would be caught up with.
    await bench.time.pass(MINUTE);
    const [first] = [bench.start(bench.sameAgain), bench.start(bench.sameAgain), bench.start(bench.sameAgain)];
    await bench.time.pass(40 * MINUTE);
    first.kill();
    await bench.time.pass(30 * MINUTE);
    bench.start(bench.sameAgain);
    await bench.time.pass(50 * MINUTE);
    expect(firedOf('inventory')).toEqual(every(15, 9));
    expect(firedOf('countdown')).toEqual(every(5, 25));
    // Due at 20:17 before anything ran, and then twice.
    expect(firedOf('sweep')).toEqual(['20:17', '21:17', '22:17'].map((time) => `2026-02-26T${time}:00.000Z`));
    expect((await bench.desk.schedules()).map(({ name, outcome }) => [name, outcome])).toEqual([
      ['countdown', 'done'],
      ['inventory', 'done'],
      ['sweep', 'done'],
      ['verify', 'done'],
    ]);
    expect(bench.desk.jobs()).toEqual([]);
    expect(new Set(bench.told.map(({ id }) => id)).size).toBe(bench.told.length);
    expect(bench.beats.length).toBeGreaterThanOrEqual(25);
  });
});

describe('a scheduled drill', () => {
  /** Until a scratch stands, which may take a while. */
  const untilScratch = () => bench.time.pass(2 * HOUR, () => bench.scratches().length > 0);
  const records = async () => (await bench.store.drills()).map(({ result, resumed }) => [result, resumed]);

  it('is planned, run to its end and recorded', async () => {
    bench = aServiceBench();
    bench.start({ ...bench.sameAgain, definitions: [BILLING_DRILL] });
    await bench.time.pass(2 * HOUR);
    expect(await records()).toEqual([['passed', 0]]);
    expect(bench.scratches()).toEqual([]);
    expect(bench.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('whose worker is killed is gone on with by another, and recorded once', async () => {
    bench = aServiceBench();
    const given = { ...bench.sameAgain, definitions: [BILLING_DRILL] };
    const first = bench.start(given);
    await untilScratch();
    first.kill();
    bench.start(given);
    bench.start(given);
    await bench.time.pass(2 * HOUR);
    expect(await records()).toEqual([['passed', 1]]);
    expect(bench.scratches()).toEqual([]);
    expect(bench.desk.jobs()).toEqual([]);
  });

  it('is left as it stands when its service stops, and gone on with at once by the next', async () => {
    bench = aServiceBench();
    const given = { ...bench.sameAgain, definitions: [BILLING_DRILL] };
    bench.start(given);
    await untilScratch();
    await bench.end();
    expect(bench.scratches()).not.toEqual([]);
    expect((await bench.store.journalEntries()).at(-1)?.what).toEqual({ kind: 'release' });
    bench.start(given);
    await bench.time.pass(2 * MINUTE);
    expect(bench.lines.some((line) => line.includes('a drill that was left is taken up'))).toBe(true);
    await bench.time.pass(2 * HOUR);
    expect(await records()).toEqual([['passed', 1]]);
  });
});

describe('what is told', () => {
  it('is told once, by three processes that all look', async () => {
    bench = aServiceBench();
    bench.start();
    bench.start();
    bench.start();
    await bench.time.pass(20 * MINUTE);
    const place = Object.values(bench.lab.world().places)[0];
    const billing = place?.instances.find(({ identifier }) => identifier === BILLING);
    Object.assign(billing ?? {}, { deletionProtection: false });
    await bench.time.pass(40 * MINUTE);
    const disarmed = bench.told.filter(({ type }) => type === 'dev.muster.protection.disarmed.v1');
    expect(disarmed.map(({ data }) => data.message)).toEqual([expect.stringContaining(BILLING)]);
    expect(new Set(bench.told.map(({ id }) => id)).size).toBe(bench.told.length);
  });

  it('comes to a receiver that was down once it is up again', async () => {
    bench = aServiceBench();
    const came: string[] = [];
    let isUp = false;
    const deliver = async ({ id }: { readonly id: string }) => {
      if (!isUp) throw new MusterError('MUSTER_ENDPOINT_UNREACHABLE', 'webhook pager does not answer');
      came.push(id);
    };
    bench.start({ ...bench.sameAgain, receivers: [{ name: 'pager', wants: () => true, deliver }] });
    await bench.time.pass(10 * MINUTE);
    isUp = true;
    await bench.time.pass(HOUR);
    const kept = (await bench.desk.alerts(10)).map(({ id }) => id);
    expect(kept).not.toEqual([]);
    expect([...came].sort()).toEqual(kept.sort());
  });
});

describe("the dead-man's switch", () => {
  it('tells that nothing fires any more, as long as somebody still works', async () => {
    bench = aServiceBench();
    const scheduler = bench.start(bench.sameAgain, { schedule: true, worker: false });
    bench.start(bench.sameAgain, { schedule: false, worker: true });
    await bench.time.pass(10 * MINUTE);
    scheduler.kill();
    const beats = bench.beats.length;
    await bench.time.pass(HOUR);
    await bench.desk.add([WATCH_SOON]);
    await bench.time.pass(MINUTE);
    const missed = bench.told.filter(({ type }) => type === 'dev.muster.schedule.missed.v1');
    expect(missed.map(({ subject }) => subject).sort()).toEqual(['countdown', 'inventory', 'sweep']);
    expect(bench.beats.length).toBe(beats);
  });

  it('is seen by every process when nobody works any more', async () => {
    bench = aServiceBench();
    const worker = bench.start(bench.sameAgain, { schedule: true, worker: true });
    const { service } = bench.start(bench.sameAgain, { schedule: true, worker: false });
    await bench.time.pass(10 * MINUTE);
    worker.kill();
    expect(service.health()).toEqual({ ok: true, problem: null });
    await bench.time.pass(30 * MINUTE);
    expect(service.health()).toMatchObject({
      ok: false,
      problem: expect.stringContaining('nothing was watched since'),
    });
  });
});

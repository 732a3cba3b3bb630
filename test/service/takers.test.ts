/** Whether receivers take what they are told: noted as it changes, asked again, and told later what they missed. */

import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import type { AlertReceiver } from '../../src/app/alert-port.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { deliverTask } from '../../src/service/tasks/deliver.ts';
import { noteDelivery, silentReceivers } from '../../src/service/tasks/takers.ts';
import type { TaskWorld } from '../../src/service/tasks/task-world.ts';
import { watchTask } from '../../src/service/tasks/watch.ts';
import { ALERT, aFilledWorld } from '../api/routes/asker.ts';
import { aClock } from '../support/api-world.ts';
import { NOW } from '../support/builders.ts';
import { createMemoryDesk } from '../support/memory-desk.ts';

const HOUR = 3_600;

function aBench() {
  const clock = aClock();
  const desk = createMemoryDesk({ now: clock.now });
  const faults: unknown[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (...all: unknown[]) => void faults.push(all) };
  const pager = { name: 'pager', wants: ({ id }: Alert) => id !== 'unwanted', deliver: async () => undefined };
  const world = { clock, desk, log: log as never, receivers: [pager] };
  const raise = async (id: string, time: Instant = clock.now()): Promise<Alert> => {
    const alert = { ...ALERT, id, time };
    const watched = await desk.watched();
    const cursor = (watched?.cursor ?? 0) + 1;
    await desk.settle({ cursor, standings: [], gone: [], alerts: [{ alert, jobs: [] }] }, watched?.cursor ?? null);
    return alert;
  };
  const waiting = () => desk.jobs().map(({ payload }) => payload['alert']);
  return { clock, desk, faults, pager, world, raise, waiting };
}

/** A watch over a world in which all is well, and a deliverer to receivers of which the pager is down until it is up. */
async function aWatch() {
  const world = await aFilledWorld();
  const pager = { up: false };
  const deliver = async () => {
    if (!pager.up) throw new MusterError('MUSTER_ENDPOINT_UNREACHABLE', 'pager answered 500');
  };
  const receivers: AlertReceiver[] = [{ name: 'pager', wants: () => true, deliver }];
  const beats: Instant[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const config = { alerts: { source: 'muster', endingDays: [] } };
  const heartbeat = { beat: async () => void beats.push(world.clock.now()) };
  const given = { ...world, receivers, heartbeat, schedules: [], startedAt: NOW, config, log };
  const taskWorld = given as unknown as TaskWorld;
  const context = { attempt: 1, attemptsMax: 3, signal: new AbortController().signal };
  return {
    ...{ world, pager, receivers },
    tell: () => deliverTask(taskWorld)({ alert: ALERT.id, receiver: 'pager' }, context).catch(() => null),
    /** Whether the watch beats. */
    watch: async () => {
      const before = beats.length;
      await watchTask(taskWorld)({}, context);
      return beats.length > before;
    },
  };
}

describe('the heartbeat', () => {
  it('is withheld once a receiver is silent, until it takes alerts again', async () => {
    const { world, pager, tell, watch } = await aWatch();
    await tell();
    expect(await watch()).toBe(true);
    world.clock.pass(HOUR + 1);
    expect(await watch()).toBe(false);
    expect(world.desk.jobs().map(({ task, payload }) => [task, payload['alert'], payload['receiver']])).toContainEqual([
      'deliver',
      (await world.desk.alerts(1))[0]?.id,
      'pager',
    ]);
    pager.up = true;
    await tell();
    expect(await watch()).toBe(true);
  });

  it('is not withheld for a receiver that is written out of the service file', async () => {
    const { world, receivers, tell, watch } = await aWatch();
    await tell();
    world.clock.pass(HOUR + 1);
    receivers.length = 0;
    expect(await watch()).toBe(true);
  });
});

describe('a receiver', () => {
  it('that always took everything has nothing noted of it', async () => {
    const { desk, pager, world, raise } = aBench();
    await noteDelivery(pager, { alert: await raise('a'), taken: true }, world);
    expect([await desk.schedules(), await silentReceivers(world)]).toEqual([[], []]);
  });

  it('is silent once it took nothing for more than an hour, however often it is asked meanwhile', async () => {
    const { clock, pager, world, raise } = aBench();
    const alert = await raise('a');
    await noteDelivery(pager, { alert, taken: false }, world);
    clock.pass(HOUR);
    await noteDelivery(pager, { alert, taken: false }, world);
    expect(await silentReceivers(world)).toEqual([]);
    clock.pass(1);
    expect(await silentReceivers(world)).toEqual(['pager']);
  });

  it('that is silent is told the newest alert that it wants again, once at a time', async () => {
    const { clock, pager, world, raise, waiting } = aBench();
    await noteDelivery(pager, { alert: await raise('a'), taken: false }, world);
    clock.pass(2 * HOUR);
    await raise('b');
    await raise('unwanted');
    await silentReceivers(world);
    await silentReceivers(world);
    expect(waiting()).toEqual(['b']);
  });

  it('that takes one alert again is told the others that were raised since it took none', async () => {
    const { clock, pager, world, raise, waiting } = aBench();
    await raise('before', addSeconds(clock.now(), -HOUR));
    // What is found late is older than its first telling.
    const first = await raise('a', addSeconds(clock.now(), -60));
    await noteDelivery(pager, { alert: first, taken: false }, world);
    clock.pass(100 * HOUR);
    await raise('unwanted');
    const last = await raise('b');
    await noteDelivery(pager, { alert: last, taken: true }, world);
    expect([waiting(), await silentReceivers(world)]).toEqual([['a'], []]);
    await noteDelivery(pager, { alert: first, taken: true }, world);
    expect(waiting()).toEqual(['a']);
  });

  it('is told all that one watch raised, and what it did not take of an earlier moment, whichever failed first', async () => {
    const { clock, pager, world, raise, waiting } = aBench();
    const at = clock.now();
    await raise('before', addSeconds(at, -2 * HOUR));
    const alerts = [await raise('a1', at), await raise('a2', at), await raise('of a drill', addSeconds(at, -HOUR))];
    clock.pass(2);
    for (const alert of alerts) await noteDelivery(pager, { alert, taken: false }, world);
    clock.pass(HOUR);
    // No later note makes the silence any shorter.
    expect(await silentReceivers(world)).toEqual([]);
    clock.pass(1);
    expect(await silentReceivers(world)).toEqual(['pager']);
    clock.pass(100 * HOUR);
    await noteDelivery(pager, { alert: await raise('b'), taken: true }, world);
    expect(new Set(waiting())).toEqual(new Set(['of a drill', 'a1', 'a2']));
  });

  it('is not told what is a week old', async () => {
    const { clock, pager, world, raise, waiting } = aBench();
    await noteDelivery(pager, { alert: await raise('a'), taken: false }, world);
    clock.pass(8 * 24 * HOUR);
    await noteDelivery(pager, { alert: await raise('b'), taken: true }, world);
    expect(waiting()).toEqual([]);
  });

  it('that fails anew is silent an hour after that', async () => {
    const { clock, pager, world, raise } = aBench();
    const alert = await raise('a');
    await noteDelivery(pager, { alert, taken: false }, world);
    await noteDelivery(pager, { alert, taken: true }, world);
    await noteDelivery(pager, { alert, taken: false }, world);
    clock.pass(HOUR - 1);
    expect(await silentReceivers(world)).toEqual([]);
    clock.pass(2);
    expect(await silentReceivers(world)).toEqual(['pager']);
  });

  it('that took an alert has taken it, though that cannot be noted', async () => {
    const { desk, faults, pager, world, raise } = aBench();
    const alert = await raise('a');
    desk.schedules = async () => Promise.reject(new Error('gone'));
    await noteDelivery(pager, { alert, taken: true }, world);
    expect(faults).toHaveLength(1);
  });
});

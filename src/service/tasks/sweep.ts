/**
 * Sweeps what drills left behind, in every place in which one restored and where the settings lead to.
 *
 * What could not be removed, or bears Muster's marks and is not proven its own, is told. A drill that another worker is
 * about to take up again is left to it for a while: a sweep would tear it down.
 */

import { alertsOfSweep } from '../../alert/leaks.ts';
import { leftDrills } from '../../app/run-drills.ts';
import { sweepScratch } from '../../app/sweep-scratch.ts';
import { numberOf, type Task, type TaskWorld } from './task-world.ts';
import { tellAlerts } from './tell-alerts.ts';

const PUT_OFF_SECONDS = 300;
const PUT_OFF_TIMES_MAX = 3;

/** Carries a sweep out. */
export function sweepTask(world: TaskWorld): Task {
  const { hands, clock, desk, config, log } = world;
  return async (payload) => {
    const [endpoint, scope] = [await hands.endpoint(), await hands.home()];
    const waits = numberOf(payload, 'waits');
    if (waits < PUT_OFF_TIMES_MAX && (await isAnyWaitedFor(world, endpoint))) {
      await desk.add([
        {
          task: 'sweep',
          payload: { ...payload, waits: waits + 1 },
          key: 'sweep:again',
          queue: 'sweep',
          delaySeconds: PUT_OFF_SECONDS,
          attemptsMax: 5,
        },
      ]);
      log.info('the sweep is put off: a drill that was left is about to be taken up');
      return null;
    }
    const swept = await sweepScratch(
      { dryRun: false, endpoint, scope },
      { ...world, operatorAt: (place) => hands.operatorAt(place) },
    );
    await tellAlerts(alertsOfSweep({ swept, at: clock.now(), source: config.alerts.source }), world);
    const unseen = swept.filter(({ result }) => result === 'unseen');
    if (swept.length > 0) log.info('swept', { things: swept.length, unseen: unseen.length });
    const [first] = unseen;
    return first === undefined ? null : `${unseen.length} could not be looked at, ${first.id} first: ${first.reason}`;
  };
}

/** Whether a drill stands that nobody is at, while jobs of drills are there to take it up. */
async function isAnyWaitedFor(world: TaskWorld, endpoint: string | null): Promise<boolean> {
  if ((await leftDrills(world, endpoint)).every(({ state }) => state.step === 'ended')) return false;
  return (await world.desk.backlog()).some(({ task, waiting, running }) => task === 'drill' && waiting + running > 0);
}

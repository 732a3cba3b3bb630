/**
 * Whether each receiver takes what it is told, noted on the desk beside the schedules for every process to see.
 *
 * Noted when it changes alone. A receiver that takes alerts again is told those that were given up meanwhile; one that
 * takes nothing is asked again and again, so that it is noticed when somebody has put it right.
 */

import type { Alert } from '../../alert/alert.ts';
import type { AlertReceiver } from '../../app/alert-port.ts';
import type { ScheduleState } from '../../app/desk-port.ts';
import { addSeconds, latest, type Seconds } from '../../core/time.ts';
import type { TaskWorld } from './task-world.ts';
import { deliveryOf } from './tell-alerts.ts';

/** A receiver may be down for so long before it is missed: most are back by then. */
const SILENT_SECONDS_MAX: Seconds = 3_600;
/** What is older is news to nobody. */
const TOLD_AGAIN_SECONDS_MAX: Seconds = 7 * 86_400;
const TOLD_AGAIN_MAX = 500;
const A_MOMENT: Seconds = 0.001;

type TakersWorld = Pick<TaskWorld, 'desk' | 'clock' | 'log' | 'receivers'>;

/** Notes that a receiver took an alert, or did not. That it cannot be noted makes no difference to the alert. */
export async function noteDelivery(
  { name, wants }: AlertReceiver,
  { alert, taken }: { readonly alert: Alert; readonly taken: boolean },
  world: TakersWorld,
): Promise<void> {
  const { desk, clock, log } = world;
  try {
    const state = await stateOf(name, world);
    const [outcome, before] = [taken ? 'done' : 'failed', state?.outcome ?? 'done'] as const;
    if (outcome === before) return;
    const at = clock.now();
    const dueAt = state === undefined ? at : latest(at, addSeconds(state.dueAt, A_MOMENT));
    const untold = taken && state !== undefined ? await missedSince(state, world) : [];
    const again = untold.filter((one) => one.id !== alert.id && wants(one)).map(({ id }) => deliveryOf(id, name));
    if (!(await desk.fire({ name: stateName(name), dueAt, jobs: again }))) return;
    const detail = taken ? null : `takes no alert since ${alert.id}`;
    await desk.ended(stateName(name), dueAt, { at, outcome, detail });
  } catch (error) {
    log.error('whether a receiver takes alerts could not be noted', error, { receiver: name });
  }
}

/** Names of the receivers that have taken nothing for too long; each is told its newest alert again. */
export async function silentReceivers(world: TakersWorld): Promise<readonly string[]> {
  const { desk, clock, receivers } = world;
  const states = new Map((await desk.schedules()).map((state) => [state.name, state]));
  const at = clock.now();
  const silent = receivers.filter(({ name }) => {
    const state = states.get(stateName(name));
    return state?.outcome === 'failed' && at > addSeconds(state.dueAt, SILENT_SECONDS_MAX);
  });
  if (silent.length === 0) return [];
  const alerts = await desk.alerts(TOLD_AGAIN_MAX);
  // While one waits already, another is not added.
  await desk.add(
    silent.flatMap(({ name, wants }) => {
      const newest = alerts.find(wants);
      return newest === undefined ? [] : [deliveryOf(newest.id, name)];
    }),
  );
  return silent.map(({ name }) => name);
}

/** Alerts since it took none, the one that it took none of first among them. */
async function missedSince({ dueAt, detail }: ScheduleState, { desk, clock }: TakersWorld): Promise<readonly Alert[]> {
  const oldest = addSeconds(clock.now(), -TOLD_AGAIN_SECONDS_MAX);
  const alerts = await desk.alerts(TOLD_AGAIN_MAX);
  return alerts
    .filter(({ id, time }) => time >= oldest && (time >= dueAt || detail?.endsWith(` ${id}`) === true))
    .reverse();
}

async function stateOf(receiver: string, { desk }: TakersWorld): Promise<ScheduleState | undefined> {
  return (await desk.schedules()).find(({ name }) => name === stateName(receiver));
}

/** No schedule bears such a name. */
function stateName(receiver: string): string {
  return `deliver:${receiver}`;
}

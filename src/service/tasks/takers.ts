/**
 * Whether each receiver takes what it is told, noted on the desk beside the schedules for every process to see.
 *
 * Noted when it changes alone. A receiver that takes alerts again is told those that were given up meanwhile; one that
 * takes nothing is asked again and again, so that it is noticed when somebody has put it right.
 */

import type { Alert } from '../../alert/alert.ts';
import type { AlertReceiver } from '../../app/alert-port.ts';
import type { ScheduleState } from '../../app/desk-port.ts';
import { addSeconds, earliest, type Instant, latest, type Seconds } from '../../core/time.ts';
import type { TaskWorld } from './task-world.ts';
import { deliveryOf } from './tell-alerts.ts';

/** A receiver may be down for so long before it is missed: most are back by then. */
const SILENT_SECONDS_MAX: Seconds = 3_600;
/** What is older is news to nobody. */
const TOLD_AGAIN_SECONDS_MAX: Seconds = 7 * 86_400;
const TOLD_AGAIN_MAX = 500;
const A_MOMENT: Seconds = 0.001;
/** Before the id of an alert. */
const SINCE = 'takes no alert since ';

type TakersWorld = Pick<TaskWorld, 'desk' | 'clock' | 'log' | 'receivers'>;

/** Notes that a receiver took an alert, or did not. That it cannot be noted makes no difference to the alert. */
export async function noteDelivery(
  { name, wants }: AlertReceiver,
  { alert, taken }: { readonly alert: Alert; readonly taken: boolean },
  world: TakersWorld,
): Promise<void> {
  const { clock, log } = world;
  try {
    const state = await stateOf(name, world);
    const [outcome, before] = [taken ? 'done' : 'failed', state?.outcome ?? 'done'] as const;
    const at = clock.now();
    const next = state === undefined ? at : addSeconds(state.dueAt, A_MOMENT);
    if (outcome === before) {
      if (!taken && state !== undefined && (await isOlder(alert, state, world)))
        await note(name, { dueAt: next, at, alert: alert.id, jobs: [] }, world);
      return;
    }
    const dueAt = latest(at, next);
    const untold = taken && state !== undefined ? await missedSince(state, world) : [];
    const again = untold.filter((one) => one.id !== alert.id && wants(one)).map(({ id }) => deliveryOf(id, name));
    await note(name, { dueAt, at, alert: taken ? null : alert.id, jobs: again }, world);
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

/** Writes down how it stands with a receiver. @param noted.alert The oldest that it did not take; null if it takes alerts. */
async function note(
  receiver: string,
  noted: {
    readonly dueAt: Instant;
    readonly at: Instant;
    readonly alert: string | null;
    readonly jobs: Parameters<TaskWorld['desk']['add']>[0];
  },
  { desk }: TakersWorld,
): Promise<void> {
  const { dueAt, at, alert, jobs } = noted;
  if (!(await desk.fire({ name: stateName(receiver), dueAt, jobs }))) return;
  const outcome = alert === null ? 'done' : 'failed';
  await desk.ended(stateName(receiver), dueAt, { at, outcome, detail: alert && `${SINCE}${alert}` });
}

/**
 * Alerts that it may not have taken: as old as the oldest that it did not take, or newer. One that it took among them bears
 * the id that it knows.
 */
async function missedSince(state: ScheduleState, world: TakersWorld): Promise<readonly Alert[]> {
  const oldest = addSeconds(world.clock.now(), -TOLD_AGAIN_SECONDS_MAX);
  const untaken = (await untakenOf(state, world))?.time ?? state.dueAt;
  const from = latest(oldest, earliest(state.dueAt, untaken));
  const alerts = await world.desk.alerts(TOLD_AGAIN_MAX);
  return alerts.filter(({ time }) => time >= from).reverse();
}

/** Whether an alert is of a moment before the oldest one noted: what is found late bears its own time. */
async function isOlder({ time }: Alert, state: ScheduleState, world: TakersWorld): Promise<boolean> {
  const untaken = await untakenOf(state, world);
  return untaken !== null && time < untaken.time;
}

async function untakenOf({ detail }: ScheduleState, { desk }: TakersWorld): Promise<Alert | null> {
  return detail === null ? null : desk.alert(detail.slice(SINCE.length));
}

async function stateOf(receiver: string, { desk }: TakersWorld): Promise<ScheduleState | undefined> {
  return (await desk.schedules()).find(({ name }) => name === stateName(receiver));
}

/** No schedule bears such a name. */
function stateName(receiver: string): string {
  return `deliver:${receiver}`;
}

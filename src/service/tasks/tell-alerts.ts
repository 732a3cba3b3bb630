/**
 * Alerts onto the desk, each with a job for every receiver that wants it.
 *
 * Alerts are kept in one act with what they follow from; a task that found something by itself keeps them with how things
 * stand unchanged. The desk keeps an alert that it knows already only once, so that telling twice is harmless.
 */

import type { Alert } from '../../alert/alert.ts';
import type { AlertReceiver } from '../../app/alert-port.ts';
import type { NewJob, Settlement } from '../../app/desk-port.ts';
import { MusterError } from '../../core/errors.ts';
import type { TaskWorld } from './task-world.ts';

/** A receiver that is down for three days is still told: the pauses between attempts grow to six hours. */
const ATTEMPTS_MAX = 24;
const ROUNDS_MAX = 5;

/** Alerts with the jobs that deliver them. */
export function withDeliveries(alerts: readonly Alert[], receivers: readonly AlertReceiver[]): Settlement['alerts'] {
  return alerts.map((alert) => ({
    alert,
    jobs: receivers.filter((receiver) => receiver.wants(alert)).map(({ name }) => deliveryOf(alert.id, name)),
  }));
}

/** The job that tells one receiver one alert. */
export function deliveryOf(alert: string, receiver: string): NewJob {
  return {
    task: 'deliver',
    payload: { alert, receiver },
    key: `deliver:${alert}:${receiver}`,
    // One that does not answer keeps no more than one hand busy.
    queue: `deliver:${receiver}`,
    delaySeconds: 0,
    attemptsMax: ATTEMPTS_MAX,
  };
}

/**
 * Keeps alerts of a task, while how things stand stays as it is.
 *
 * @throws MusterError `MUSTER_STORE_UNREACHABLE` when a watch settled each time between reading and keeping.
 */
export async function tellAlerts(alerts: readonly Alert[], { desk, store, receivers }: TaskWorld): Promise<void> {
  if (alerts.length === 0) return;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const watched = await desk.watched();
    // Before the first watch, what stands in the chain already is none of its business.
    const cursor = watched?.cursor ?? (await store.chain.head())?.seq ?? 0;
    const settlement = { cursor, standings: [], gone: [], alerts: withDeliveries(alerts, receivers) };
    if (await desk.settle(settlement, watched?.cursor ?? null)) return;
  }
  throw new MusterError('MUSTER_STORE_UNREACHABLE', 'alerts could not be kept: the watch settled again and again');
}

/**
 * Delivers one alert to one receiver, as often as it takes.
 *
 * The same alert bears the same id each time. A receiver that says that it will never take it is not asked again. The log
 * says so, as it does of the last attempt that failed. Where a receiver takes nothing for long, the heartbeat is withheld.
 */

import { MusterError } from '../../core/errors.ts';
import { noteDelivery } from './takers.ts';
import { type Task, type TaskWorld, textOf } from './task-world.ts';

/** Carries a delivery out. */
export function deliverTask(world: TaskWorld): Task {
  const { desk, receivers, log } = world;
  return async (payload, { signal, attempt, attemptsMax }) => {
    const [id, name] = [textOf(payload, 'alert'), textOf(payload, 'receiver')];
    const receiver = receivers.find((one) => one.name === name);
    if (receiver === undefined)
      return `alert ${id} reaches nobody: the service file names no receiver ${name} any more`;
    const alert = await desk.alert(id);
    if (alert === null) return `alert ${id} is on the desk no more, and was not told to ${name}`;
    try {
      await receiver.deliver(alert, signal);
    } catch (error) {
      const facts = { alert: id, receiver: name };
      if (!(error instanceof MusterError) || error.code !== 'MUSTER_SERVICE_INVALID') {
        if (attempt >= attemptsMax && !signal.aborted)
          log.error('an alert was given up: its receiver never took it', error, facts);
        if (!signal.aborted) await noteDelivery(receiver, { alert, taken: false }, world);
        throw error;
      }
      log.error('a receiver refused an alert for good', error, facts);
      return null;
    }
    await noteDelivery(receiver, { alert, taken: true }, world);
    log.info('alert delivered', { alert: id, type: alert.type, receiver: name });
    return null;
  };
}

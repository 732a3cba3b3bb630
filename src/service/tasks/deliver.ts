/**
 * Delivers one alert to one receiver, as often as it takes.
 *
 * The same alert bears the same id each time. A receiver that says that it will never take it is not asked again. The log
 * says so, as it does of the last attempt that failed; of that the heartbeat is withheld besides.
 */

import { MusterError } from '../../core/errors.ts';
import { type Task, type TaskWorld, textOf } from './task-world.ts';

/** Carries a delivery out. */
export function deliverTask({ desk, receivers, log }: TaskWorld): Task {
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
        throw error;
      }
      log.error('a receiver refused an alert for good', error, facts);
      return null;
    }
    log.info('alert delivered', { alert: id, type: alert.type, receiver: name });
    return null;
  };
}

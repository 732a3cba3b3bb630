/**
 * Finds the places within reach, and adds a reading of each.
 *
 * A place that is no longer within reach is forgotten. One whose role cannot be assumed is a sight that shows nothing: what
 * was seen there before counts no more.
 */

import type { NewJob } from '../../app/desk-port.ts';
import { printScope, type Scope } from '../../core/arn.ts';
import { type Task, type TaskWorld, WATCH_SOON } from './task-world.ts';

const ATTEMPTS_MAX = 3;

/** Carries a survey out. */
export function surveyTask(world: TaskWorld): Task {
  const { desk, log } = world;
  return async () => {
    const { places, unread } = await (await world.reader()).places();
    await desk.keepPlaces([...places, ...unread.map(({ place }) => place)]);
    for (const sight of unread) await desk.putSight(sight);
    await desk.add([...places.map(readingOf), ...(unread.length > 0 ? [WATCH_SOON] : [])]);
    log.info('places were found', { places: places.length, unread: unread.length });
    return null;
  };
}

/** The job that reads a place; one at a time for each place. */
function readingOf(place: Scope): NewJob {
  const own = `place:${printScope(place)}`;
  const { accountId, region } = place;
  return {
    task: 'read_place',
    payload: { accountId, region },
    key: own,
    queue: own,
    delaySeconds: 0,
    attemptsMax: ATTEMPTS_MAX,
  };
}

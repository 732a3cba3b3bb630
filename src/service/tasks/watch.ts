/**
 * Looks whether anything changed since the last look, and tells it: verdicts, protection, survivors that end, drills and
 * decisions on record, schedules that are not in time.
 *
 * What was looked at, how everything stands and what is told of it are settled together, and only if no other watch settled
 * meanwhile: nothing is told twice and nothing is passed over. The first look of all is where comparing begins; what
 * stands in the chain by then is not told.
 */

import type { Alert } from '../../alert/alert.ts';
import { alertsOfRecords } from '../../alert/alerts-of-records.ts';
import { alertsOfSchedules, type Expected } from '../../alert/alerts-of-schedules.ts';
import { alertsOfStandings } from '../../alert/alerts-of-standings.ts';
import { departedOf } from '../../alert/standing-of.ts';
import type { Desk } from '../../app/desk-port.ts';
import type { Store } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import { addSeconds, elapsedSeconds, type Instant, type Seconds } from '../../core/time.ts';
import type { ChainRecord } from '../../evidence/chain.ts';
import { tellable } from '../log.ts';
import type { Schedule } from '../schedules.ts';
import { type Stands, standsOf } from '../standings.ts';
import { isAhead } from '../ticker.ts';
import { announcedOf } from './announced.ts';
import { silentReceivers } from './takers.ts';
import type { Task, TaskWorld } from './task-world.ts';
import { withDeliveries } from './tell-alerts.ts';

/** A schedule may fire so much later than it is due, and its work may take so long, before it is missed. */
const GRACE_SECONDS: Seconds = 300;

type Watched = Awaited<ReturnType<Desk['watched']>>;

/** Carries a watch out. */
export function watchTask(world: TaskWorld): Task {
  const { desk, clock, config, receivers, log } = world;
  return async (_payload, { signal }) => {
    const watched = await desk.watched();
    const { cursor, records } = await newRecords(world.store, watched);
    const at = clock.now();
    const raised = { at, source: config.alerts.source };
    const missed = await missedSchedules(world, at);
    const { stands, changes } = await lookAtDatabases(watched, world);
    const alerts = [...alertsOfRecords({ records, ...raised }), ...changes, ...missed];
    const { standings, gone } = stands;
    const settlement = { cursor, standings, gone, alerts: withDeliveries(alerts, receivers) };
    if (!(await desk.settle(settlement, watched?.cursor ?? null)))
      throw new MusterError('MUSTER_STORE_UNREACHABLE', 'another watch settled meanwhile; this one looks again');
    log.info('watched', { databases: standings.length, records: records.length, alerts: alerts.length, cursor });
    if (missed.length === 0 && !(await isAnySilent(world))) await beat(world, signal);
    return null;
  };
}

/** The records that no watch looked at; of the first watch none, whatever stands in the chain. */
async function newRecords(
  { chain }: Pick<Store, 'chain'>,
  watched: Watched,
): Promise<{ readonly cursor: number; readonly records: readonly ChainRecord[] }> {
  if (watched === null) return { cursor: (await chain.head())?.seq ?? 0, records: [] };
  const records: ChainRecord[] = [];
  // Only drills and decisions are told of; of the rest it is enough that they were passed.
  let cursor = watched.cursor;
  for await (const record of chain.read(watched.cursor)) {
    if (record.kind === 'drill' || record.kind === 'decision') records.push(record);
    cursor = Math.max(cursor, record.seq);
  }
  return { cursor, records };
}

async function lookAtDatabases(
  watched: Watched,
  world: TaskWorld,
): Promise<{ readonly stands: Stands; readonly changes: readonly Alert[] }> {
  const { policy, config, clock, store } = world;
  const { endingDays, source } = config.alerts;
  const known = await world.known.current();
  // While nothing can be read, nothing is known to have changed.
  if (known === null) return { stands: { standings: [], views: [], gone: [] }, changes: [] };
  const before = watched?.standings ?? [];
  const stands = await standsOf({ known, before, policy, endingDays }, world);
  const at = clock.now();
  const { standings: after, gone } = stands;
  const announced = await announcedOf(departedOf({ before, after, gone }), store);
  const changes = alertsOfStandings({
    before: before.length === 0 ? null : before,
    after,
    gone,
    views: stands.views,
    announced,
    endingDays,
    at,
    source,
  });
  return { stands, changes };
}

/** The dead-man's switch. */
async function missedSchedules(
  { desk, schedules, config, startedAt }: TaskWorld,
  at: Instant,
): Promise<readonly Alert[]> {
  const states = await desk.schedules();
  // What a wrong clock fired ahead of time keeps the schedule from firing, which is to be told and not taken for in time.
  const fired = states.filter(({ dueAt }) => !isAhead(dueAt, at));
  const known = new Set(states.map(({ name }) => name));
  const expected = schedules
    .flatMap((schedule) => expectedOf(schedule, at))
    // One that nobody ever fired may have been written into the service file just now.
    .filter(({ name, dueAt }) => known.has(name) || dueAt > startedAt);
  return alertsOfSchedules({ schedules: fired, expected, at, source: config.alerts.source });
}

/** The last instant for which it ought to have fired by now. */
function expectedOf({ name, lagging }: Schedule, at: Instant): readonly Expected[] {
  const last = lagging.newest(addSeconds(at, -GRACE_SECONDS));
  if (last === null) return [];
  const { dueAt, fireAt, periodSeconds } = last;
  return [{ name, periodSeconds, graceSeconds: GRACE_SECONDS + elapsedSeconds(dueAt, fireAt), dueAt }];
}

/** Whether a receiver takes nothing: then the heartbeat is the only thing left that somebody would miss. */
async function isAnySilent(world: TaskWorld): Promise<boolean> {
  const silent = await silentReceivers(world);
  if (silent.length > 0)
    world.log.warn('the heartbeat is withheld: receivers take no alerts', { receivers: silent.join(', ') });
  return silent.length > 0;
}

/** Whoever waits for the heartbeat tells when it does not come; that it was lost on the way is no failure of the watch. */
async function beat({ heartbeat, log }: TaskWorld, signal: AbortSignal): Promise<void> {
  try {
    await heartbeat?.beat(signal);
  } catch (error) {
    log.warn('the heartbeat was not taken', { error: tellable(error) });
  }
}

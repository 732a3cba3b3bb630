/**
 * Runs one drill to its end, whoever began it.
 *
 * A drill that the journal knows is gone on with once nobody is at it; one that it does not know is planned anew and
 * begun. Where another drill is at the database, or as many run as may, it is put off: the job makes room and comes again
 * later, with all its attempts. When the service stops, the drill is left as it stands, for another worker to take up.
 */

import { alertsOfSweep } from '../../alert/leaks.ts';
import { alertOf } from '../../alert/make-alert.ts';
import type { JobContext, NewJob } from '../../app/desk-port.ts';
import { planFor } from '../../app/plan-drill.ts';
import {
  type DrillEnd,
  type DrillsWorld,
  heldDrills,
  leftDrills,
  resumeDrill,
  runDrills,
  unendedDrills,
} from '../../app/run-drills.ts';
import { MusterError } from '../../core/errors.ts';
import type { Seconds } from '../../core/time.ts';
import { tellable } from '../log.ts';
import { drillQueue, known, questionOf } from './plan-drills.ts';
import { definitionNamed, numberOf, type Task, type TaskWorld, textOf, WATCH_SOON } from './task-world.ts';
import { tellAlerts } from './tell-alerts.ts';

/** What a job of a drill says. */
interface Asked {
  readonly drillId: string;
  readonly definition: string;
  /** Resource id. */
  readonly database: string;
  readonly payload: NewJob['payload'];
}

/** Put off until somebody else is done. */
interface PutOff {
  readonly putOff: string;
  readonly seconds: Seconds;
}

/** Soon: the run that was at it may have died, and shows within its lease that it lives. */
const TAKEN_SECONDS: Seconds = 30;
const ROOM_SECONDS: Seconds = 60;
const ROOM_SECONDS_MAX: Seconds = 600;
const ATTEMPTS_MAX = 12;
/** From there on it is told that a drill is not run; the attempts after it are hours apart. */
const TOLD_FROM_ATTEMPT = 4;

/** Carries a drill out. */
export function drillTask(world: TaskWorld): Task {
  return async (payload, context) => {
    const asked: Asked = {
      drillId: textOf(payload, 'drillId'),
      definition: textOf(payload, 'definition'),
      database: textOf(payload, 'database'),
      payload,
    };
    const { drillId } = asked;
    if ((await world.store.drills()).some((record) => record.drillId === drillId)) return null;
    try {
      const begun = (await world.store.journalEntries()).some((entry) => entry.drillId === drillId);
      const end = begun ? await takeUp(asked, world, context) : await begin(asked, world, context);
      return 'putOff' in end ? await putOff(asked, end, { begun, world }) : await ended(asked, end, { world, context });
    } catch (error) {
      if (context.signal.aborted) throw error;
      const isLong = context.attempt >= Math.min(TOLD_FROM_ATTEMPT, context.attemptsMax);
      const isHopeless = error instanceof MusterError && error.class === 'config';
      if (isLong || isHopeless) await tellUnrun(asked, error, world);
      if (!isHopeless) throw error;
      return `drill ${drillId} of ${asked.database} is not run: ${tellable(error)}`;
    }
  };
}

function drillsWorld(world: TaskWorld): DrillsWorld {
  const { probes, store, clock, randomness, presence, hands } = world;
  return { operatorAt: (scope) => hands.operatorAt(scope), probes, store, clock, randomness, presence };
}

/** Goes on with a drill of the journal, unless a run is at it. */
async function takeUp({ drillId }: Asked, world: TaskWorld, { signal }: JobContext): Promise<DrillEnd | PutOff> {
  const log = (await leftDrills(world, await world.hands.endpoint())).find((left) => left.drillId === drillId);
  if (log === undefined) return { putOff: 'a run is at it', seconds: TAKEN_SECONDS };
  world.log.info('a drill that was left is taken up', { drill: drillId, step: log.state.step });
  return resumeDrill(log, drillsWorld(world), { leave: signal });
}

/** Begins a drill that the journal does not know, unless it has to wait. */
async function begin(asked: Asked, world: TaskWorld, { signal }: JobContext): Promise<DrillEnd | PutOff> {
  const definition = definitionNamed(asked.definition, world);
  const running = await world.beginning(async (): Promise<{ readonly end: Promise<DrillEnd> } | PutOff> => {
    const busy = await whatIsBefore(asked, definition.limits.concurrency, world);
    if (busy !== null) return busy;
    const { inventory, outdated } = await known(world);
    const isHere = ({ databases }: typeof inventory) =>
      databases.some(({ resourceId }) => resourceId === asked.database);
    if (!isHere(inventory) && outdated.some(isHere))
      throw new MusterError('MUSTER_AWS_UNAVAILABLE', `the place of ${asked.database} was not read for too long`);
    const question = await questionOf({ definition, inventory, database: asked.database }, world);
    // The id was fixed when the drill was asked for, so that whoever takes the job over finds the drill.
    const randomness = { token: () => asked.drillId };
    const preview = await planFor(question, { clock: world.clock, randomness, authority: null });
    return new Promise((resolve, reject) => {
      const end = runDrills(preview, definition.limits.concurrency, drillsWorld(world), {
        leave: signal,
        // Told first once the drill stands in the journal: from there on the next one sees it.
        onState: () => resolve({ end }),
      }).then(([only]) => only ?? { drillId: asked.drillId, record: null, fault: null, leaks: [] });
      end.then(() => resolve({ end }), reject);
    });
  });
  return 'end' in running ? running.end : running;
}

/** What has to be waited for: another drill of the database, or room. */
async function whatIsBefore(
  { database, payload }: Asked,
  concurrency: number,
  world: TaskWorld,
): Promise<PutOff | null> {
  const endpoint = await world.hands.endpoint();
  // One that was left stands there too, and somebody is about to go on with it or to sweep it away.
  const standing = (await unendedDrills(world, endpoint)).find(
    ({ state }) => state.plan.database.resourceId === database,
  );
  if (standing !== undefined) return { putOff: `drill ${standing.drillId} is at the database`, seconds: ROOM_SECONDS };
  const held = await heldDrills(world, endpoint);
  if (held.length < concurrency) return null;
  const seconds = Math.min(ROOM_SECONDS_MAX, ROOM_SECONDS * (numberOf(payload, 'waits') + 1));
  return { putOff: `${held.length} drills run, and no more than ${concurrency} may`, seconds };
}

async function putOff(
  { drillId, definition, database, payload }: Asked,
  { putOff: why, seconds }: PutOff,
  { begun, world }: { readonly begun: boolean; readonly world: TaskWorld },
): Promise<null> {
  const job: NewJob = {
    task: 'drill',
    payload: { ...payload, waits: numberOf(payload, 'waits') + 1 },
    // One that was begun has to come again whatever else was asked for meanwhile; another gives way to what waits already.
    key: begun ? `drill:${drillId}` : `drill:${definition}:${database}`,
    queue: drillQueue(database),
    delaySeconds: seconds,
    attemptsMax: ATTEMPTS_MAX,
  };
  await world.desk.add([job]);
  world.log.info(`a drill is put off: ${why}`, { drill: drillId, definition, seconds });
  return null;
}

/** What follows from how a run of the drill came back. */
async function ended(
  asked: Asked,
  { drillId, record, fault, leaks }: DrillEnd,
  { world, context }: { readonly world: TaskWorld; readonly context: JobContext },
): Promise<null> {
  const { log, desk, clock, config } = world;
  if (fault !== null) throw fault;
  if (record === null) {
    if (context.signal.aborted) throw new MusterError('MUSTER_DRILL_FAILED', `drill ${drillId} was left as it stands`);
    return putOff(asked, { putOff: 'another run has taken it over', seconds: TAKEN_SECONDS }, { begun: true, world });
  }
  log.info('a drill ended', { drill: drillId, result: record.result, grade: record.grade });
  const swept = leaks.map((leak) => leakOf(leak, drillId));
  await tellAlerts(alertsOfSweep({ swept, at: clock.now(), source: config.alerts.source }), world);
  await desk.add([WATCH_SOON]);
  return null;
}

/** `muster-scratch-abc: why it is still there`. */
function leakOf(leak: string, drillId: string) {
  const [id = leak, ...why] = leak.split(': ');
  return { id, kind: 'standby', drillId, result: 'leaked', reason: why.join(': ') || null };
}

/** That a drill never came to a record of its own is told, for nothing else would. */
async function tellUnrun({ drillId, definition, database }: Asked, error: unknown, world: TaskWorld): Promise<void> {
  const alert = alertOf(
    {
      type: 'dev.muster.drill.failed.v1',
      level: 'warning',
      subject: drillId,
      happened: { unrun: [definition, database] },
      message: `drill ${drillId} of ${database} by ${definition} could not be run: ${tellable(error)}`,
      remedy: 'see what keeps it from being run:\nmuster drill plan',
      facts: { drillId, definition, databaseResourceId: database },
    },
    { at: world.clock.now(), source: world.config.alerts.source },
  );
  await tellAlerts([alert], world);
}

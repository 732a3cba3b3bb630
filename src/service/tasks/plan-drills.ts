/**
 * Plans the drills of one definition, and adds a job for each database.
 *
 * A database whose drill of this definition still waits or runs gets no second one. The id of each drill is fixed here, so
 * that a job that is taken over finds the drill it began. It follows from the firing of the schedule, or from the seed that
 * the request was given, so that planning twice makes no second drill either.
 */

import { createHash } from 'node:crypto';
import type { NewJob } from '../../app/desk-port.ts';
import { type DrillQuestion, planFor } from '../../app/plan-drill.ts';
import { heldDrills, standbysOf } from '../../app/run-drills.ts';
import { MusterError } from '../../core/errors.ts';
import type { Seconds } from '../../core/time.ts';
import type { DrillDefinition } from '../../drill/definition.ts';
import type { PlannedDrill } from '../../drill/preview.ts';
import type { Inventory } from '../../inventory/model.ts';
import { definitionNamed, type Task, type TaskWorld, textOf } from './task-world.ts';

const DRILL_ID_LENGTH = 10;
const ATTEMPTS_MAX = 12;
/** So far apart the drills begin that have to wait for each other: each then sees those before it in the journal. */
const WAVE_SECONDS: Seconds = 10;

/** Carries the planning out. */
export function planDrillsTask(world: TaskWorld): Task {
  const { desk, log } = world;
  return async (payload) => {
    const definition = definitionNamed(textOf(payload, 'definition'), world);
    const { inventory } = await known(world);
    const database = typeof payload['database'] === 'string' ? payload['database'] : null;
    const { randomness } = world;
    const question = await questionOf({ definition, inventory, database }, world);
    const { drills, refused } = await planFor(question, { clock: world.clock, randomness, authority: null });
    const busy = await busyDatabases(world, { endpoint: inventory.endpoint, definition: definition.name });
    const free = drills.filter(({ plan, obstacles }) => obstacles.length === 0 && !busy.has(plan.database.resourceId));
    const seed = await seedOf(payload, world);
    await desk.add(free.map(({ plan }, index) => drillJob(plan.database.resourceId, { definition, seed, index })));
    log.info('drills were planned', { definition: definition.name, added: free.length, picked: drills.length });
    return shortfallOf(drills, refused);
  };
}

/**
 * What is known of the estate.
 *
 * @throws MusterError `MUSTER_AWS_UNAVAILABLE` before a place was read.
 */
export async function known(world: Pick<TaskWorld, 'known'>) {
  const found = await world.known.current();
  if (found !== null) return found;
  throw new MusterError('MUSTER_AWS_UNAVAILABLE', 'no place was read yet, so no drill can be planned');
}

/** The question of a definition, with what is on record of it. */
export async function questionOf(
  asked: Pick<DrillQuestion, 'definition' | 'inventory' | 'database'>,
  { store, version }: Pick<TaskWorld, 'store' | 'version'>,
): Promise<DrillQuestion> {
  const standbys = await standbysOf({ store }, asked.inventory.endpoint);
  return { ...asked, records: await store.drills(), standbys, musterVersion: version };
}

/** What tells the drills of one planning from those of any other. */
async function seedOf(payload: NewJob['payload'], { desk, randomness }: TaskWorld): Promise<string> {
  const { schedule, seed } = payload;
  if (typeof seed === 'string') return seed;
  const firing = (await desk.schedules()).find(({ name }) => name === schedule);
  return firing === undefined ? randomness.token(DRILL_ID_LENGTH) : `${firing.name} ${firing.dueAt}`;
}

/** Resource ids of databases at which a drill of that definition is. */
async function busyDatabases(
  world: TaskWorld,
  { endpoint, definition }: { readonly endpoint: Inventory['endpoint']; readonly definition: string },
): Promise<ReadonlySet<string>> {
  const held = new Set((await heldDrills(world, endpoint)).map(({ drillId }) => drillId));
  const begun = (await world.store.journalEntries()).flatMap(({ drillId, what }) =>
    what.kind === 'begin' && held.has(drillId) && what.plan.definition.name === definition
      ? [what.plan.database.resourceId]
      : [],
  );
  return new Set(begun);
}

function drillJob(
  resourceId: string,
  { definition, seed, index }: { readonly definition: DrillDefinition; readonly seed: string; readonly index: number },
): NewJob {
  const { name, limits } = definition;
  return {
    task: 'drill',
    payload: { drillId: drillIdOf(`${name} ${resourceId} ${seed}`), definition: name, database: resourceId },
    key: `drill:${name}:${resourceId}`,
    queue: drillQueue(resourceId),
    delaySeconds: Math.floor(index / limits.concurrency) * WAVE_SECONDS,
    attemptsMax: ATTEMPTS_MAX,
  };
}

/** Drills of one database never run at the same time. */
export function drillQueue(resourceId: string): string {
  return `drill:${resourceId}`;
}

/** Lower-case letters and digits, as every drill's id. */
function drillIdOf(what: string): string {
  const digest = createHash('sha256').update(what).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, DRILL_ID_LENGTH);
}

/** What cannot be drilled, in words; null when all of it can. */
function shortfallOf(
  drills: readonly PlannedDrill[],
  refused: readonly { readonly identifier: string; readonly cause: string }[],
): string | null {
  const obstructed = drills.flatMap(({ plan, obstacles }) =>
    obstacles.slice(0, 1).map(({ cause }) => ({ identifier: plan.database.identifier, cause })),
  );
  const all = [...refused, ...obstructed];
  const [first] = all;
  if (first === undefined) return null;
  const more = all.length === 1 ? '' : ` (and ${all.length - 1} more)`;
  return `not every database can be drilled: ${first.identifier}: ${first.cause}${more}`;
}

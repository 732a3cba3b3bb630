/**
 * Plans the drills of one definition, and adds a job for each database.
 *
 * A database whose drill of this definition still waits or runs gets no second one. The id of each drill is fixed here, so
 * that a job that is taken over finds the drill it began. It follows from the firing of the schedule, or from the seed that
 * the request was given, so that planning twice makes no second drill either. What was not read for too long is not gone:
 * where nothing else is to be drilled, the planning waits for the next reading.
 */

import { createHash } from 'node:crypto';
import type { NewJob } from '../../app/desk-port.ts';
import type { Known } from '../../app/known-inventory.ts';
import { whyNotPicked } from '../../app/picked.ts';
import { type DrillQuestion, planFor } from '../../app/plan-drill.ts';
import { heldDrills, standbysOf } from '../../app/run-drills.ts';
import { MusterError } from '../../core/errors.ts';
import { printInstant, type Seconds } from '../../core/time.ts';
import type { DrillDefinition } from '../../drill/definition.ts';
import type { DrillPreview, PlannedDrill } from '../../drill/preview.ts';
import type { Inventory } from '../../inventory/model.ts';
import { definitionNamed, numberOf, type Task, type TaskWorld, textOf } from './task-world.ts';

const DRILL_ID_LENGTH = 10;
const ATTEMPTS_MAX = 12;
const PLAN_ATTEMPTS_MAX = 3;
/** An hour in all: a place is read more often than that. */
const WAIT_SECONDS: Seconds = 300;
const WAITS_MAX = 12;
const UNREAD = 'no place was read yet';
/** So far apart the drills begin that have to wait for each other: each then sees those before it in the journal. */
const WAVE_SECONDS: Seconds = 10;

/** Carries the planning out. */
export function planDrillsTask(world: TaskWorld): Task {
  const { desk, log } = world;
  return async (payload) => {
    const definition = definitionNamed(textOf(payload, 'definition'), world);
    const database = typeof payload['database'] === 'string' ? payload['database'] : null;
    const now = await world.known.current();
    if (now === null) return waitFor(UNREAD, payload, world);
    const { inventory } = now;
    const late = lateness(now, { definition, database });
    const planned = await plansOf({ definition, inventory, database }, { isLate: late !== null, world });
    if (planned === null) return waitFor(late ?? UNREAD, payload, world);
    const { drills, refused } = planned;
    const busy = await busyDatabases(world, { endpoint: inventory.endpoint, definition: definition.name });
    const free = drills.filter(({ plan, obstacles }) => obstacles.length === 0 && !busy.has(plan.database.resourceId));
    const seed = await seedOf(payload, world);
    await desk.add(free.map(({ plan }, index) => drillJob(plan.database.resourceId, { definition, seed, index })));
    log.info('drills were planned', { definition: definition.name, added: free.length, picked: drills.length });
    return shortfallOf(drills, refused) ?? late;
  };
}

/** The plans; null where there are none though there would be, were everything read. */
async function plansOf(
  asked: Pick<DrillQuestion, 'definition' | 'inventory' | 'database'>,
  { isLate, world }: { readonly isLate: boolean; readonly world: TaskWorld },
): Promise<DrillPreview | null> {
  try {
    const { clock, randomness } = world;
    return await planFor(await questionOf(asked, world), { clock, randomness, authority: null });
  } catch (error) {
    if (isLate && error instanceof MusterError && error.code === 'MUSTER_DATABASE_NOT_FOUND') return null;
    throw error;
  }
}

/** What the definition is for and was not read for too long, in words; null where that is nothing. */
function lateness(
  { outdated }: Known,
  { definition, database }: Pick<DrillQuestion, 'definition' | 'database'>,
): string | null {
  const late = outdated.flatMap(({ observedAt, databases }) =>
    databases
      .filter(
        ({ identifier, resourceId, arn }) => database === null || [identifier, resourceId, arn].includes(database),
      )
      .filter((one) => whyNotPicked(one, definition) === null)
      .map(({ identifier }) => ({ identifier, observedAt })),
  );
  const [first] = late;
  if (first === undefined) return null;
  const more = late.length === 1 ? '' : ` (and ${late.length - 1} more)`;
  return `the inventory is outdated: ${first.identifier} was read last at ${printInstant(first.observedAt)}${more}`;
}

/** Plans again a little later; of what was waited for long enough it is said that it cannot be drilled. */
async function waitFor(what: string, payload: NewJob['payload'], { desk, log }: TaskWorld): Promise<string | null> {
  const waits = numberOf(payload, 'waits');
  if (waits >= WAITS_MAX) return `no drill could be planned: ${what}`;
  const { definition, database } = payload;
  await desk.add([
    {
      task: 'plan_drills',
      payload: { ...payload, waits: waits + 1 },
      key: `plan_drills:again:${definition}:${database ?? '*'}`,
      queue: null,
      delaySeconds: WAIT_SECONDS,
      attemptsMax: PLAN_ATTEMPTS_MAX,
    },
  ]);
  log.warn(`planning drills is put off: ${what}`, { definition: definition ?? null });
  return null;
}

/**
 * What is known of the estate.
 *
 * @throws MusterError `MUSTER_AWS_UNAVAILABLE` before a place was read.
 */
export async function known(world: Pick<TaskWorld, 'known'>) {
  const found = await world.known.current();
  if (found !== null) return found;
  throw new MusterError('MUSTER_AWS_UNAVAILABLE', `${UNREAD}, so no drill can be planned`);
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

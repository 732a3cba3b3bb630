/**
 * Runs planned drills, several at once where the definition allows it, and takes up those that were left.
 *
 * Before anything is made: no obstacle stands, and no more drills run than may. After a standby has passed, the
 * generation before it goes.
 */

import type { Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import { addSeconds, type Instant } from '../core/time.ts';
import type { DrillPlan } from '../drill/drill-plan.ts';
import { type DrillLog, LEASE_SECONDS, logOf, readJournal } from '../drill/journal.ts';
import type { DrillRecord } from '../drill/model.ts';
import type { DrillPreview, PlannedDrill } from '../drill/preview.ts';
import type { ScratchOperator } from './ports.ts';
import { type DrillWatch, type DrillWorld, runDrill, takeOverDrill } from './run-drill.ts';
import { isFree } from './tenure.ts';

/** What running drills needs from the world; each restores in its own place. */
export interface DrillsWorld extends Omit<DrillWorld, 'operator'> {
  /** @throws MusterError when that place cannot be acted on with the present credentials. */
  readonly operatorAt: (scope: Scope) => Promise<ScratchOperator>;
}

/** How one of several drills ended. */
export interface DrillEnd {
  readonly drillId: string;
  /** Null: it was left where it stood, another run is at it, or it could not go on. */
  readonly record: DrillRecord | null;
  /** What kept it from going on; null while nothing did. */
  readonly fault: MusterError | null;
  /** What of an earlier standby could not be removed, and why. */
  readonly leaks: readonly string[];
}

/** Drills of the journal that no run is at and that did not come to their end, or to their record. */
export async function leftDrills(
  { store, clock, presence }: Pick<DrillsWorld, 'store' | 'clock' | 'presence'>,
  endpoint: string | null,
): Promise<readonly DrillLog[]> {
  const recorded = new Set((await store.drills()).map(({ drillId }) => drillId));
  return readJournal(await store.journalEntries()).filter(
    (log) => log.state.plan.endpoint === endpoint && !recorded.has(log.drillId) && isFree(log, { clock, presence }),
  );
}

/** Drills of the journal that a run is at, as far as anybody can know. */
export async function heldDrills(
  world: Pick<DrillsWorld, 'store' | 'clock' | 'presence'>,
  endpoint: string | null,
): Promise<readonly HeldDrill[]> {
  return readJournal(await world.store.journalEntries())
    .filter((log) => log.state.plan.endpoint === endpoint && !isFree(log, world))
    .map(({ drillId, lastSignAt }) => ({ drillId, freeAt: addSeconds(lastSignAt, LEASE_SECONDS) }));
}

/** Drills of the journal that did not come to their end, whether a run is at them or they were left. */
export async function unendedDrills(
  { store }: Pick<DrillsWorld, 'store'>,
  endpoint: string | null,
): Promise<readonly DrillLog[]> {
  return readJournal(await store.journalEntries()).filter(
    ({ state }) => state.plan.endpoint === endpoint && state.step !== 'ended',
  );
}

/** A drill that a run is at, and from when another may take it over if that run gives no further sign. */
export interface HeldDrill {
  readonly drillId: string;
  readonly freeAt: Instant;
}

/** A standby that stands. */
export interface Standby {
  readonly drillId: string;
  readonly databaseResourceId: string;
  readonly definition: string;
}

/** Standbys of this endpoint that stand, one that could not be removed included. */
export async function standbysOf(
  { store }: Pick<DrillsWorld, 'store'>,
  endpoint: string | null,
): Promise<readonly Standby[]> {
  return readJournal(await store.journalEntries()).flatMap(({ drillId, state: { plan, parts, step, keeping } }) => {
    const wanted = plan.endpoint === endpoint && plan.onSuccess.kind === 'standby' && step === 'ended';
    const stands = parts.some(({ goneAt, leak }) => goneAt === null && (leak !== null || keeping?.until === null));
    return wanted && stands
      ? [{ drillId, databaseResourceId: plan.database.resourceId, definition: plan.definition.name }]
      : [];
  });
}

/**
 * Runs what was planned.
 *
 * @param concurrency How many at once, those of other runs included.
 * @returns One end a drill, in the order of the plans.
 * @throws MusterError `MUSTER_DRILL_INVALID` for an obstacle, `MUSTER_DRILL_FAILED` when too many drills run already.
 */
export async function runDrills(
  preview: DrillPreview,
  concurrency: number,
  world: DrillsWorld,
  watch: DrillWatch = {},
): Promise<readonly DrillEnd[]> {
  holdFree(preview);
  const room = await roomFor(preview, concurrency, world);
  const ends = new Map<string, DrillEnd>();
  const waiting = [...preview.drills];
  const work = async () => {
    for (let drill = waiting.shift(); drill !== undefined; drill = waiting.shift()) {
      if (watch.signal?.aborted === true || watch.leave?.aborted === true) return;
      ends.set(drill.plan.drillId, await runOne(drill, world, watch));
    }
  };
  await Promise.all(Array.from({ length: room }, work));
  return preview.drills.map(({ plan: { drillId } }) => ends.get(drillId) ?? { drillId, ...NOTHING });
}

const NOTHING = { record: null, fault: null, leaks: [] } as const;

/** Goes on with a drill that was left, to its end. */
export async function resumeDrill(log: DrillLog, world: DrillsWorld, watch: DrillWatch = {}): Promise<DrillEnd> {
  return ending(log.state.plan, world, (operator) =>
    takeOverDrill(log.drillId, 'go_on', { ...world, operator }, watch),
  );
}

function runOne({ plan }: PlannedDrill, world: DrillsWorld, watch: DrillWatch): Promise<DrillEnd> {
  return ending(plan, world, (operator) => runDrill(plan, { ...world, operator }, watch));
}

/** One drill's end; what goes wrong with it must not abandon those that run beside it. */
async function ending(
  plan: DrillPlan,
  world: DrillsWorld,
  work: (operator: ScratchOperator) => Promise<DrillRecord | null>,
): Promise<DrillEnd> {
  const { drillId } = plan;
  try {
    const record = await work(await world.operatorAt(plan.scope));
    const leaks = record?.result === 'passed' ? await replaceStandbys(plan, world) : [];
    return { drillId, record, fault: null, leaks };
  } catch (error) {
    if (!(error instanceof MusterError) || error.class === 'invariant') throw error;
    return { drillId, ...NOTHING, fault: error };
  }
}

/** @returns What of the earlier generations could not be removed. */
async function replaceStandbys(plan: DrillPlan, world: DrillsWorld): Promise<readonly string[]> {
  const leaks: string[] = [];
  for (const { drillId, state } of readJournal(await world.store.journalEntries())) {
    if (!plan.replaces.includes(drillId) || state.plan.endpoint !== plan.endpoint) continue;
    try {
      const operator = await world.operatorAt(state.plan.scope);
      await takeOverDrill(drillId, 'reclaim', { ...world, operator });
    } catch (error) {
      if (!(error instanceof MusterError) || error.class === 'invariant') throw error;
      leaks.push(`${state.plan.ids.cluster ?? state.plan.ids.instance}: ${error.message}`);
    }
    const after = logOf(await world.store.journalOf(drillId), drillId);
    leaks.push(...(after?.state.parts ?? []).flatMap(({ id, leak }) => (leak === null ? [] : [`${id}: ${leak}`])));
  }
  return leaks;
}

function holdFree({ definition, drills }: DrillPreview): void {
  const told = drills.flatMap(({ plan, obstacles }) =>
    obstacles.map(({ cause }) => `${plan.database.identifier}: ${cause}`),
  );
  if (told.length > 0) throw new MusterError('MUSTER_DRILL_INVALID', `${definition.origin}: ${told.join('; ')}`);
}

/** How many may run at once beside those that run already. */
async function roomFor({ definition, drills }: DrillPreview, concurrency: number, world: DrillsWorld): Promise<number> {
  const running = await heldDrills(world, drills[0]?.plan.endpoint ?? null);
  const room = concurrency - running.length;
  if (room >= 1 || drills.length === 0) return Math.max(1, room);
  throw new MusterError(
    'MUSTER_DRILL_FAILED',
    `${definition.origin}: limits.concurrency is ${concurrency}, and ${running.map(({ drillId }) => drillId).join(', ')} is running`,
  );
}

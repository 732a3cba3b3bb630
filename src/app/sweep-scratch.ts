/**
 * Sweeps what drills left behind: unfinished ones that nobody is at, what was kept past its time, what leaked.
 *
 * The journal says what was meant to be made, AWS what is there; a thing is removed only by its own drill's teardown,
 * behind the guard. Whatever bears Muster's marks and is not in the journal, or not provably ours, is named and left
 * alone: never skipped in silence.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import type { Instant } from '../core/time.ts';
import type { Part } from '../drill/drill-state.ts';
import { type DrillLog, logOf, readJournal } from '../drill/journal.ts';
import type { ScratchKind } from '../drill/model.ts';
import { recordOf } from '../drill/outcome.ts';
import type { ScratchOperator, ScratchView } from './ports.ts';
import { type DrillWorld, takeOverDrill } from './run-drill.ts';
import { isFree } from './tenure.ts';

/** What became of one scratch thing. */
export interface Swept {
  readonly id: string;
  readonly kind: ScratchKind;
  /** Null for a thing that no drill of the journal made. */
  readonly drillId: string | null;
  /**
   * `in_use`: a drill is at it; `kept`: its time is not over; `leaked`: it could not be removed; `refused`: it bears our
   * marks and is not proven ours; `unseen`: its account and region cannot be looked at.
   */
  readonly result: 'deleted' | 'would_delete' | 'in_use' | 'kept' | 'leaked' | 'refused' | 'unseen';
  /** In words; null where there is nothing to say. */
  readonly reason: string | null;
}

/** What a sweep needs from the world. */
export interface SweepWorld extends Omit<DrillWorld, 'operator'> {
  /** @throws MusterError when that place cannot be acted on with the present credentials. */
  readonly operatorAt: (scope: Scope) => Promise<ScratchOperator>;
}

/** How to sweep. */
export interface SweepOptions {
  /** Says what would be deleted and deletes nothing. */
  readonly dryRun: boolean;
  /** Only drills of this endpoint are swept; null for AWS itself. */
  readonly endpoint: string | null;
  /** Looked through for Muster's marks, besides every place in which a drill restored. */
  readonly scope: Scope;
}

/** Sweeps, and says what became of each thing; instances before their clusters. */
export async function sweepScratch(options: SweepOptions, world: SweepWorld): Promise<readonly Swept[]> {
  const logs = readJournal(await world.store.journalEntries()).filter(
    ({ state }) => state.plan.endpoint === options.endpoint,
  );
  if (!options.dryRun) await recordEnded(logs, world);
  const swept: Swept[] = [];
  for (const log of logs) swept.push(...(await sweepDrill(log, options, world)));
  for (const scope of placesOf(options.scope, logs)) swept.push(...(await strangers(scope, swept, logs, world)));
  return swept;
}

/** A run that was stopped between its drill's end and its record left the record to whoever comes. */
async function recordEnded(logs: readonly DrillLog[], { store }: SweepWorld): Promise<void> {
  const recorded = new Set((await store.drills()).map(({ drillId }) => drillId));
  for (const { drillId, state } of logs) {
    if (state.step === 'ended' && !recorded.has(drillId)) await store.recordDrill(recordOf(state));
  }
}

async function sweepDrill(log: DrillLog, { dryRun }: SweepOptions, world: SweepWorld): Promise<readonly Swept[]> {
  const { state, drillId } = log;
  const standing = [...state.parts].filter(({ goneAt }) => goneAt === null).reverse();
  const ended = state.step === 'ended';
  const at = world.clock.now();
  const all = (parts: readonly Part[], result: Swept['result'], reason: string | null) =>
    parts.map(({ id, kind }): Swept => ({ id, kind, drillId, result, reason }));
  if (!isFree(log, world)) return all(standing, 'in_use', `drill ${drillId} is at it, last seen ${log.lastSignAt}`);
  const kept = ended ? keptUntil(log, at) : null;
  const stays = kept === null ? [] : standing.filter(({ leak }) => leak === null);
  const goes = standing.filter((part) => !stays.includes(part));
  const told = all(stays, 'kept', kept);
  if (ended && goes.length === 0) return told;
  try {
    const operator = await world.operatorAt(state.plan.scope);
    if (dryRun) return [...told, ...(await wouldDelete(goes, drillId, operator))];
    await takeOverDrill(drillId, ended && kept === null ? 'reclaim' : 'tear_down', { ...world, operator });
  } catch (error) {
    // One place that does not answer must not keep the next from being swept.
    if (error instanceof MusterError && error.class !== 'invariant')
      return [...told, ...all(goes, 'unseen', error.message)];
    throw error;
  }
  return [...told, ...(await outcomes(goes, drillId, world))];
}

/** Why what an ended drill left standing may stay for now; null when it may not. */
function keptUntil({ state: { keeping } }: DrillLog, at: Instant): string | null {
  if (keeping === null) return null;
  if (keeping.until === null) return 'a stopped standby: kept until the next one stands';
  return at < keeping.until ? `kept until ${keeping.until}` : null;
}

async function wouldDelete(
  parts: readonly Part[],
  drillId: string,
  operator: ScratchOperator,
): Promise<readonly Swept[]> {
  const swept: Swept[] = [];
  for (const { id, kind } of parts) {
    if ((await operator.describe(kind, id)) !== null)
      swept.push({ id, kind, drillId, result: 'would_delete', reason: null });
  }
  return swept;
}

/** What the journal says became of the parts, now that the drill was taken over. */
async function outcomes(before: readonly Part[], drillId: string, world: SweepWorld): Promise<readonly Swept[]> {
  const log = logOf(await world.store.journalOf(drillId), drillId);
  return before.map(({ role, id, kind }): Swept => {
    const part = log?.state.parts.find((candidate) => candidate.role === role);
    if (part?.goneAt != null) return { id, kind, drillId, result: 'deleted', reason: null };
    if (part?.leak != null) return { id, kind, drillId, result: 'leaked', reason: part.leak };
    return { id, kind, drillId, result: 'in_use', reason: 'another run is at it' };
  });
}

/** Whatever bears Muster's marks in a place and was not accounted for. */
async function strangers(
  scope: Scope,
  known: readonly Swept[],
  logs: readonly DrillLog[],
  world: SweepWorld,
): Promise<readonly Swept[]> {
  let marked: readonly ScratchView[];
  try {
    marked = await (await world.operatorAt(scope)).marked();
  } catch (error) {
    if (!(error instanceof MusterError) || error.class === 'invariant') throw error;
    return [{ id: printScope(scope), kind: 'instance', drillId: null, result: 'unseen', reason: error.message }];
  }
  const told = new Set(known.map(({ kind, id }) => `${kind} ${id}`));
  return marked
    .filter(({ kind, id, status }) => !told.has(`${kind} ${id}`) && status !== 'deleting')
    .map(
      (view): Swept => ({
        id: view.id,
        kind: view.kind,
        drillId: null,
        result: 'refused',
        reason: whyLeft(view, logs),
      }),
    );
}

function whyLeft({ id, resourceId }: ScratchView, logs: readonly DrillLog[]): string {
  const parts = logs.flatMap(({ drillId, state }) => state.parts.map((part) => ({ drillId, part })));
  const same = resourceId === null ? undefined : parts.find(({ part }) => part.resourceId === resourceId);
  if (same?.part.id === id) return `drill ${same.drillId} took it for gone, and it is there again; remove it by hand`;
  if (same !== undefined)
    return `it is ${same.part.id} of drill ${same.drillId} under another name; rename it back, or remove it by hand`;
  const named = parts.find(({ part }) => part.id === id);
  if (named !== undefined) return `drill ${named.drillId} is done with its ${id}; this one came later`;
  return `it bears Muster's marks, and this journal knows of no drill that made ${id}`;
}

function placesOf(scope: Scope, logs: readonly DrillLog[]): readonly Scope[] {
  const places = new Map(
    [scope, ...logs.map(({ state }) => state.plan.scope)].map((place) => [printScope(place), place]),
  );
  return [...places.values()];
}

/**
 * Sweeps scratch databases that drills left behind.
 *
 * Looks only for ids that the journal says were meant to be made, and deletes only those that the guard proves
 * to be ours. What is refused is said, never skipped in silence.
 */

import { MusterError } from '../core/errors.ts';
import type { Instant } from '../core/time.ts';
import { proveScratch } from '../drill/guard.ts';
import type { Part } from '../drill/machine.ts';
import type { Clock, JournalEntry, ScratchOperator, Store } from './ports.ts';

/** What became of one scratch database. */
export interface Swept {
  readonly id: string;
  readonly drillId: string;
  readonly what: Part;
  /** `refused`: by the scratch guard or by AWS; `still_there`: AWS took the deletion and has not carried it out. */
  readonly result: 'would_delete' | 'deleted' | 'refused' | 'still_there';
  /** Why it may be left; null otherwise. */
  readonly reason: string | null;
}

interface Intention {
  readonly id: string;
  readonly drillId: string;
  readonly what: Part;
  readonly at: Instant;
}

/**
 * Sweeps.
 *
 * @param options.dryRun Says what would be deleted and deletes nothing.
 * @returns One entry for each scratch that AWS still shows; instances before their clusters.
 */
export async function sweepScratch(
  options: { readonly dryRun: boolean; readonly endpoint: string | null },
  world: { readonly operator: ScratchOperator; readonly store: Store; readonly clock: Clock },
): Promise<readonly Swept[]> {
  const swept: Swept[] = [];
  for (const intention of intentions(await world.store.journalEntries(), options.endpoint)) {
    const found = await sweepOne(intention, options.dryRun, world);
    if (found !== null) swept.push(found);
  }
  return swept;
}

async function sweepOne(
  { id, drillId, what, at }: Intention,
  dryRun: boolean,
  { operator, clock }: { readonly operator: ScratchOperator; readonly clock: Clock },
): Promise<Swept | null> {
  const swept = (result: Swept['result'], reason: string | null = null) => ({ id, drillId, what, result, reason });
  const seen = await operator.describe(what, id);
  if (seen === null) return null;
  const guarded = proveScratch({ id, drillId, intendedAt: at, seen });
  if ('refusal' in guarded) return swept('refused', guarded.refusal);
  if (dryRun) return swept('would_delete');
  try {
    if (seen.status !== 'deleting') await operator.delete(what, id, guarded.proof);
  } catch (error) {
    // One that cannot be deleted must not keep the next from being tried.
    if (error instanceof MusterError && error.class !== 'invariant') return swept('refused', error.message);
    throw error;
  }
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    if ((await operator.describe(what, id)) === null) return swept('deleted');
    await clock.sleep(Math.min(WAIT_SECONDS_MAX, 0.2 * 1.6 ** waits));
  }
  return swept('still_there', `AWS has not deleted it within ${(WAITS_MAX * WAIT_SECONDS_MAX) / 60} minutes`);
}

const WAITS_MAX = 100;
const WAIT_SECONDS_MAX = 15;

/** The first intention to make each scratch, instances first, at the endpoint that is asked now. */
function intentions(entries: readonly JournalEntry[], endpoint: string | null): readonly Intention[] {
  const first = new Map<string, Intention>();
  for (const { event, step, scratchId, what, drillId, at, endpoint: where } of entries) {
    const makes = event === 'intend' && (step.startsWith('restore_') || step === 'add_instance');
    if (!makes || scratchId === null || what === null || where !== endpoint || first.has(scratchId)) continue;
    first.set(scratchId, { id: scratchId, drillId, what, at });
  }
  return [...first.values()].sort((a, b) => (a.what === b.what ? 0 : a.what === 'instance' ? -1 : 1));
}

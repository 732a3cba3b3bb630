/**
 * The drill journal: what happened to each drill, and who is at it.
 *
 * Every event that changed a drill is written down before the drill moves on, so that folding them again leads to the
 * same state. One run at a time owns a drill: it shows that it lives, and only when it was silent for a while, let go,
 * or surely died, may another take over. Who came first is decided by the order of the lines; what a run writes that no longer
 * owns the drill does not count.
 */

import { addSeconds, type Instant, latest, type Seconds } from '../core/time.ts';
import type { DrillPlan } from './drill-plan.ts';
import type { DrillState, Event } from './drill-state.ts';
import { advance, beginDrill } from './machine.ts';

/** So long a run may be silent before another may take its drill over. */
export const LEASE_SECONDS: Seconds = 180;

/** One line of the journal. */
export interface JournalEntry {
  readonly at: Instant;
  readonly drillId: string;
  /** The run that wrote it; a drill that is picked up again has another. */
  readonly runner: string;
  readonly what:
    | { readonly kind: 'begin'; readonly plan: DrillPlan }
    | { readonly kind: 'event'; readonly event: Event }
    /** The writer takes the drill over, because nobody was at it; `gone`: the owner whose process has surely ended. */
    | { readonly kind: 'claim'; readonly gone: string | null }
    /** The writer is still at it. */
    | { readonly kind: 'alive' }
    /** The writer lets go of it. */
    | { readonly kind: 'release' };
}

/** One drill as its journal tells it. */
export interface DrillLog {
  readonly drillId: string;
  readonly state: DrillState;
  /** The run that is at it, or was last. */
  readonly owner: string;
  /** The latest instant that any of its runs wrote; of two runs whose clocks differ the later one counts. */
  readonly lastSignAt: Instant;
  readonly released: boolean;
}

/** Every drill of the journal, in the order in which they began. */
export function readJournal(entries: readonly JournalEntry[]): readonly DrillLog[] {
  const logs = new Map<string, DrillLog>();
  for (const entry of entries) {
    const before = logs.get(entry.drillId);
    const after = before === undefined ? opened(entry) : folded(before, entry);
    if (after !== null) logs.set(entry.drillId, after);
  }
  return [...logs.values()];
}

/** The drill of that id; undefined when the journal does not know it. */
export function logOf(entries: readonly JournalEntry[], drillId: string): DrillLog | undefined {
  return readJournal(entries.filter((entry) => entry.drillId === drillId))[0];
}

/** Whether a run may still be at it. A drill that has ended has none. */
export function isHeld({ state, released, lastSignAt }: DrillLog, at: Instant): boolean {
  return state.step !== 'ended' && !released && at < addSeconds(lastSignAt, LEASE_SECONDS);
}

function opened({ what, drillId, runner, at }: JournalEntry): DrillLog | null {
  if (what.kind !== 'begin') return null;
  const { state } = beginDrill(what.plan, at);
  return { drillId, state, owner: runner, lastSignAt: at, released: false };
}

function folded(log: DrillLog, { what, runner, at }: JournalEntry): DrillLog {
  if (what.kind === 'claim') {
    const free = !isHeld(log, at) || what.gone === log.owner;
    return free ? { ...log, owner: runner, lastSignAt: latest(log.lastSignAt, at), released: false } : log;
  }
  if (runner !== log.owner) return log;
  const signed = { ...log, lastSignAt: latest(log.lastSignAt, at) };
  if (what.kind === 'event') return { ...signed, state: advance(log.state, what.event).state };
  return what.kind === 'release' ? { ...signed, released: true } : signed;
}

/**
 * Where a drill can stand, and what can happen to it: the data that the machine folds.
 *
 * Both are plain and small, because the journal keeps every event that changed something: a drill that was stopped
 * at any point is read back by folding its events again.
 */

import type { Instant, Seconds } from '../core/time.ts';
import type { DrillPlan } from './drill-plan.ts';
import type { Phase, ScratchKind, ScratchRole } from './model.ts';
import type { ProbeResult } from './probe.ts';

/** The way there, in order; a plan leaves out what it does not need. */
export const FORWARD_STEPS = [
  'bring_copy',
  'await_copy',
  'start_job',
  'await_job',
  'restore_cluster',
  'await_cluster',
  'mark_cluster',
  'add_instance',
  'restore_instance',
  'await_instance',
  'mark_instance',
  'set_password',
  'await_password',
  'connect',
  'probe',
  'hydrate',
  'stop',
  'await_stopped',
] as const;

/** The way back, in order. `find_job` and `await_job_end`: what AWS Backup is still making cannot be removed yet. */
export const TEARDOWN_STEPS = [
  'find_job',
  'await_job_end',
  'remove_instance',
  'await_instance_gone',
  'remove_cluster',
  'await_cluster_gone',
  'remove_copy',
  'await_copy_gone',
] as const;

/** Where a drill can stand. */
export const DRILL_STEPS = [...FORWARD_STEPS, ...TEARDOWN_STEPS, 'ended'] as const;
export type DrillStep = (typeof DRILL_STEPS)[number];

/** What is known of one scratch thing, from the intention to make it until it is gone. */
export interface Part {
  readonly role: ScratchRole;
  readonly kind: ScratchKind;
  readonly id: string;
  readonly intendedAt: Instant;
  /** When AWS was last asked to make it; until a while after that it may appear without having been seen. */
  readonly lastAskedAt: Instant;
  /** AWS refused to make it for good. */
  readonly refused: boolean;
  readonly resourceId: string | null;
  /** Whether AWS ever showed it. */
  readonly seen: boolean;
  /** When AWS answered that it knows it no more. */
  readonly goneAt: Instant | null;
  /** AWS Backup was asked for it and did not say that it failed, and it was not there: said once, then believed gone. */
  readonly missed: boolean;
  /** Why it could not be removed; null while nothing kept it. */
  readonly leak: string | null;
}

/** What AWS Backup was asked to do, as far as it is known. */
export interface Job {
  readonly id: string | null;
  readonly ended: boolean;
  /** AWS Backup says that nothing came of it, or knows of none that was begun: nothing of it stands under another name. */
  readonly failed: boolean;
  readonly createdArn: string | null;
  /** When AWS Backup says that it was done; null until then. */
  readonly completedAt: Instant | null;
}

/** Where a drill stands. */
export interface DrillState {
  readonly plan: DrillPlan;
  readonly step: DrillStep;
  readonly startedAt: Instant;
  /** When it came to this step; patience is counted from here. */
  readonly stepAt: Instant;
  readonly parts: readonly Part[];
  /** Null unless AWS Backup was asked. */
  readonly job: Job | null;
  readonly phases: readonly { readonly phase: Phase; readonly at: Instant }[];
  readonly probes: readonly ProbeResult[];
  /** What made the drill turn back early; null while all is well. */
  readonly cause: string | null;
  readonly interrupted: boolean;
  /** It stood where production or the internet reaches it: never kept. */
  readonly exposed: boolean;
  /** How often another run picked it up after a stop. */
  readonly resumed: number;
  /** What the way back takes away; null on the way there. */
  readonly removing: { readonly roles: readonly ScratchRole[]; readonly since: Instant } | null;
  /** Until when the scratch is left standing; `standby` has no end. */
  readonly keeping: { readonly until: Instant | null } | null;
  readonly endedAt: Instant | null;
}

/** What the runner must do next; it answers with one event. */
export type Command =
  | { readonly kind: 'make'; readonly step: MakingStep; readonly role: ScratchRole }
  | { readonly kind: 'look'; readonly role: ScratchRole }
  | { readonly kind: 'look_at_job' | 'find_job' }
  | { readonly kind: 'mark' | 'set_password' | 'stop' | 'remove'; readonly role: ScratchRole }
  | { readonly kind: 'connect' | 'probe' | 'hydrate' };

/** Steps that have AWS make something. */
export type MakingStep = 'bring_copy' | 'start_job' | 'restore_cluster' | 'add_instance' | 'restore_instance';

/** What happened. */
export type Event =
  /** Written before the call that makes something; the call follows. */
  | { readonly kind: 'intended'; readonly role: ScratchRole; readonly at: Instant }
  | { readonly kind: 'made'; readonly resourceId: string | null; readonly at: Instant }
  | { readonly kind: 'job_started'; readonly jobId: string; readonly at: Instant }
  | {
      readonly kind: 'job_saw';
      /** Null: AWS Backup knows no such job (yet). */
      readonly status: 'pending' | 'running' | 'completed' | 'failed' | 'aborted' | null;
      readonly message: string | null;
      readonly createdArn: string | null;
      readonly completedAt: Instant | null;
      readonly at: Instant;
    }
  /** Status null: AWS knows no such thing. */
  | {
      readonly kind: 'saw';
      readonly status: string | null;
      readonly resourceId: string | null;
      /** For how long, by a clock that never jumps, this run has now looked and found nothing; 0 when it found it. */
      readonly unknownFor: Seconds;
      readonly at: Instant;
    }
  /** The drill's tags were written onto what AWS Backup made. */
  | { readonly kind: 'marked'; readonly resourceId: string | null; readonly at: Instant }
  /** A change was accepted: password, stop, removal. */
  | { readonly kind: 'done'; readonly at: Instant }
  | { readonly kind: 'connected'; readonly connectedAt: Instant; readonly at: Instant }
  | { readonly kind: 'probed'; readonly results: readonly ProbeResult[]; readonly at: Instant }
  | { readonly kind: 'hydrated'; readonly at: Instant }
  /** The same may work later: throttled, unreachable, a state that passes. */
  | { readonly kind: 'hindered'; readonly cause: string; readonly at: Instant }
  /** The same will never work; on a making step AWS made nothing. */
  | { readonly kind: 'failed'; readonly cause: string; readonly at: Instant }
  /** The guard does not prove the thing ours. */
  | { readonly kind: 'unproven'; readonly cause: string; readonly at: Instant }
  /** It can be reached from where it must not be. */
  | { readonly kind: 'exposed'; readonly cause: string; readonly at: Instant }
  /** Somebody wants it torn down now. */
  | { readonly kind: 'interrupted'; readonly cause: string; readonly at: Instant }
  /** Another run picked it up after a stop; passwords and connections are lost. */
  | { readonly kind: 'resumed'; readonly at: Instant }
  /** What an ended drill could not remove is to go; `kept`: and what it left standing too. */
  | { readonly kind: 'reclaimed'; readonly cause: string; readonly kept: boolean; readonly at: Instant };

/** The next state, and the command that leads on; null once the drill has ended. */
export interface Transition {
  readonly state: DrillState;
  readonly command: Command | null;
}

/** The part that plays a role; undefined while nothing was meant to be made. */
export function partOf(state: DrillState, role: ScratchRole): Part | undefined {
  return state.parts.find((part) => part.role === role);
}

/** Whether a drill is on its way back. */
export function isTearingDown({ step }: Pick<DrillState, 'step'>): boolean {
  return (TEARDOWN_STEPS as readonly DrillStep[]).includes(step);
}

/** What a role is in AWS's terms, and its identifier; the plan must have it. */
export function scratchOf(plan: DrillPlan, role: ScratchRole): { readonly kind: ScratchKind; readonly id: string } {
  const { copy, cluster, instance } = plan.ids;
  if (role === 'copy' && copy !== null)
    return { kind: plan.point.ofCluster ? 'cluster_snapshot' : 'snapshot', id: copy };
  if (role === 'cluster' && cluster !== null) return { kind: 'cluster', id: cluster };
  return { kind: 'instance', id: instance };
}

/** The state with one part changed; a role without a part stays so. */
export function withPart(state: DrillState, role: ScratchRole, change: Partial<Part>): DrillState {
  return { ...state, parts: state.parts.map((part) => (part.role === role ? { ...part, ...change } : part)) };
}

/** The state with the making of a part about to be asked for, for the first time or again. */
export function withIntention(
  state: DrillState,
  { role, at }: { readonly role: ScratchRole; readonly at: Instant },
): DrillState {
  if (partOf(state, role) !== undefined) return withPart(state, role, { lastAskedAt: at });
  const part: Part = {
    role,
    ...scratchOf(state.plan, role),
    intendedAt: at,
    lastAskedAt: at,
    refused: false,
    resourceId: null,
    seen: false,
    goneAt: null,
    missed: false,
    leak: null,
  };
  return { ...state, parts: [...state.parts, part] };
}

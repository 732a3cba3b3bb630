/**
 * The drill as a state machine: `(state, event) -> (state, commands)`; no waiting, no calls.
 *
 * Forward: restore, wait, add an instance (clusters), wait, set a password, wait, connect, question. Whatever
 * happens on the way, the road leads through the teardown, and there is exactly one ending. A scratch that could
 * not be removed ends the drill as `leaked`, whatever the probes said.
 * Source of statuses: Amazon RDS User Guide, "Viewing DB instance status"; Amazon Aurora User Guide, "Viewing DB
 * cluster status".
 */

import { invariant, unreachable } from '../core/invariant.ts';
import type { Instant } from '../core/time.ts';
import type { Phase, ProbeResult } from './model.ts';
import type { DrillPlan } from './plan.ts';

/** Where a drill can stand, in the order of the road; from `delete_instance` on it is the teardown. */
export const DRILL_STEPS = [
  'restore_cluster',
  'await_cluster',
  'add_instance',
  'restore_instance',
  'await_instance',
  'set_password',
  'await_password',
  'connect',
  'probe',
  'delete_instance',
  'await_instance_gone',
  'delete_cluster',
  'await_cluster_gone',
  'ended',
] as const;
export type DrillStep = (typeof DRILL_STEPS)[number];

/** Which of the two scratch databases a command is about. */
export type Part = 'cluster' | 'instance';

/** What the runner must do next; it answers with one event. */
export type Command =
  | { readonly kind: 'restore_cluster' | 'add_instance' | 'restore_instance' | 'connect' | 'probe' }
  | { readonly kind: 'set_password' | 'delete'; readonly what: Part }
  | { readonly kind: 'look'; readonly what: Part };

/** What happened. */
export type Event =
  | { readonly kind: 'begun' | 'done'; readonly at: Instant }
  /** Null: AWS knows no such database. */
  | { readonly kind: 'saw'; readonly status: string | null; readonly at: Instant }
  | { readonly kind: 'connected'; readonly connectedAt: Instant; readonly at: Instant }
  | { readonly kind: 'probed'; readonly results: readonly ProbeResult[]; readonly at: Instant }
  | { readonly kind: 'failed' | 'interrupted'; readonly cause: string; readonly at: Instant };

/** Where a drill stands. */
export interface DrillState {
  readonly plan: DrillPlan;
  readonly step: DrillStep;
  readonly startedAt: Instant;
  readonly phases: readonly { readonly phase: Phase; readonly at: Instant }[];
  readonly probes: readonly ProbeResult[];
  /** What made the drill turn to its teardown early; null while all is well. */
  readonly cause: string | null;
  readonly interrupted: boolean;
  /** What kept a scratch from being removed; null while nothing did. */
  readonly leak: string | null;
}

/** The next state, and the command that leads on; null once the drill has ended. */
export interface Transition {
  readonly state: DrillState;
  readonly command: Command | null;
}

/** Statuses from which a database never becomes available by itself. */
const DEAD_STATUSES: readonly string[] = [
  'failed',
  'restore-error',
  'incompatible-restore',
  'incompatible-network',
  'incompatible-parameters',
  'incompatible-create',
  'insufficient-capacity',
  'inaccessible-encryption-credentials',
  'deleting',
];

/** Statuses in which a database answers questions; blocks may still be loading from S3. */
const USABLE_STATUSES: readonly string[] = ['available', 'storage-initialization', 'storage-optimization'];

/** A drill about to begin. */
export function beginDrill(plan: DrillPlan, at: Instant): Transition {
  const state: DrillState = {
    plan,
    step: plan.ids.cluster === null ? 'restore_instance' : 'restore_cluster',
    startedAt: at,
    phases: [],
    probes: [],
    cause: null,
    interrupted: false,
    leak: null,
  };
  return enter(state, state.step);
}

/** One event folded into the state. */
export function advance(state: DrillState, event: Event): Transition {
  invariant(state.step !== 'ended', 'a drill that has ended takes no event', { drillId: state.plan.drillId });
  if (event.kind === 'failed') return fail(state, event.cause);
  if (event.kind === 'interrupted')
    return isTeardown(state.step) ? again(state) : fail({ ...state, interrupted: true }, event.cause);
  if (event.at > state.plan.deadlineAt && !isTeardown(state.step)) {
    return fail(state, `it was not done by ${state.plan.deadlineAt}, standing at ${state.step.replaceAll('_', ' ')}`);
  }
  switch (state.step) {
    case 'restore_cluster':
      return enter(passed(state, 'requested', event.at), 'await_cluster');
    case 'await_cluster':
      return whenUsable(state, event, 'cluster', (at) => enter(passed(state, 'cluster_available', at), 'add_instance'));
    case 'add_instance':
      return enter(state, 'await_instance');
    case 'restore_instance':
      return enter(passed(state, 'requested', event.at), 'await_instance');
    case 'await_instance':
      return whenUsable(state, event, 'instance', (at) =>
        enter(passed(state, 'instance_available', at), 'set_password'),
      );
    case 'set_password':
      return enter(state, 'await_password');
    case 'await_password':
      return whenUsable(state, event, passwordPart(state), (at) => enter(passed(state, 'password_set', at), 'connect'));
    case 'connect': {
      if (event.kind !== 'connected') return again(state);
      return enter(passed(passed(state, 'first_connection', event.connectedAt), 'first_query', event.at), 'probe');
    }
    case 'probe': {
      if (event.kind !== 'probed') return again(state);
      const asked = { ...state, probes: event.results };
      // A question that nobody answered is no answer that passed.
      const unanswered = state.plan.probes.length - event.results.length;
      if (unanswered > 0) return fail(asked, `${unanswered} of ${state.plan.probes.length} probes were not answered`);
      const wrong = event.results.filter((result) => !result.passed);
      if (wrong.length === 0) return teardown(passed(asked, 'probes_done', event.at));
      return fail(asked, wrong.map((result) => result.finding).join('; '));
    }
    case 'delete_instance':
      return enter(state, 'await_instance_gone');
    case 'await_instance_gone':
      return whenGone(state, event, () =>
        state.plan.ids.cluster === null ? finish(state, event.at) : enter(state, 'delete_cluster'),
      );
    case 'delete_cluster':
      return enter(state, 'await_cluster_gone');
    case 'await_cluster_gone':
      return whenGone(state, event, () => finish(state, event.at));
    default:
      return unreachable(state.step, 'drill steps');
  }
}

/** The part whose status shows a password change: a cluster's members share its password. */
export function passwordPart(state: DrillState): Part {
  return state.plan.ids.cluster === null ? 'instance' : 'cluster';
}

function enter(state: DrillState, step: DrillStep): Transition {
  const next = { ...state, step };
  return { state: next, command: commandOf(next) };
}

function commandOf(state: DrillState): Command | null {
  switch (state.step) {
    case 'restore_cluster':
    case 'add_instance':
    case 'restore_instance':
    case 'connect':
    case 'probe':
      return { kind: state.step };
    case 'await_cluster':
    case 'await_cluster_gone':
      return { kind: 'look', what: 'cluster' };
    case 'await_instance':
    case 'await_instance_gone':
      return { kind: 'look', what: 'instance' };
    case 'set_password':
      return { kind: 'set_password', what: passwordPart(state) };
    case 'await_password':
      return { kind: 'look', what: passwordPart(state) };
    case 'delete_instance':
      return { kind: 'delete', what: 'instance' };
    case 'delete_cluster':
      return { kind: 'delete', what: 'cluster' };
    case 'ended':
      return null;
    default:
      return unreachable(state.step, 'drill steps');
  }
}

function again(state: DrillState): Transition {
  return enter(state, state.step);
}

function whenUsable(state: DrillState, event: Event, what: Part, next: (at: Instant) => Transition): Transition {
  if (event.kind !== 'saw') return again(state);
  if (event.status !== null && DEAD_STATUSES.includes(event.status))
    return fail(state, `the scratch ${what} became ${event.status}`);
  // A restore that was accepted a moment ago may not be listed yet: AWS is eventually consistent.
  return event.status !== null && USABLE_STATUSES.includes(event.status) ? next(event.at) : again(state);
}

function whenGone(state: DrillState, event: Event, next: () => Transition): Transition {
  if (event.kind !== 'saw') return again(state);
  return event.status === null ? next() : again(state);
}

function fail(state: DrillState, cause: string): Transition {
  if (!isTeardown(state.step)) return teardown({ ...state, cause: state.cause ?? cause });
  const leaking = { ...state, leak: state.leak ?? cause };
  const onInstance = state.step === 'delete_instance' || state.step === 'await_instance_gone';
  // The cluster is still tried when its instance could not be removed: AWS then says so, and one leak is not made two.
  return onInstance && state.plan.ids.cluster !== null ? enter(leaking, 'delete_cluster') : enter(leaking, 'ended');
}

function teardown(state: DrillState): Transition {
  return enter(state, 'delete_instance');
}

function finish(state: DrillState, at: Instant): Transition {
  const whole = state.leak === null ? passed(state, 'torn_down', at) : state;
  return enter(whole, 'ended');
}

function passed(state: DrillState, phase: Phase, at: Instant): DrillState {
  return { ...state, phases: [...state.phases, { phase, at }] };
}

function isTeardown(step: DrillStep): boolean {
  return DRILL_STEPS.indexOf(step) >= DRILL_STEPS.indexOf('delete_instance');
}

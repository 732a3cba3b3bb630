/**
 * The drill as a state machine: `(state, event) -> (state, command)`; no waiting, no calls.
 *
 * The road there depends on what is restored and how; whatever happens on it, it leads into the teardown, and there is
 * exactly one ending. The same state is returned when an event changed nothing, so that only what matters is written
 * down. Source of statuses: Amazon RDS User Guide, "Viewing DB instance status"; Amazon Aurora User Guide, "Viewing
 * cluster status"; AWS Backup API, `DescribeRestoreJob`.
 */

import { invariant } from '../core/invariant.ts';
import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import type { DrillPlan } from './drill-plan.ts';
import {
  type Command,
  type DrillState,
  type DrillStep,
  type Event,
  isTearingDown,
  type Job,
  type MakingStep,
  partOf,
  scratchOf,
  type Transition,
  withIntention,
  withPart,
} from './drill-state.ts';
import type { Phase, ScratchRole } from './model.ts';
import { canBeQueried } from './probe.ts';
import { advanceTeardown, reclaim, turnBack } from './teardown.ts';

/** Statuses from which nothing becomes available by itself. */
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

/** What AWS accepted is listed by then; one that still is not, never will be. */
const APPEARS_SECONDS: Seconds = 900;

const NO_JOB_YET: Job = { id: null, ended: false, failed: false, createdArn: null, completedAt: null };

/** A drill about to begin. */
export function beginDrill(plan: DrillPlan, at: Instant): Transition {
  const [first] = roadOf(plan);
  invariant(first !== undefined, 'a drill has somewhere to go', { drillId: plan.drillId });
  const state: DrillState = {
    plan,
    step: first,
    startedAt: at,
    stepAt: at,
    parts: [],
    job: plan.restore.by === 'vault' ? NO_JOB_YET : null,
    phases: [],
    probes: [],
    cause: null,
    interrupted: false,
    exposed: false,
    resumed: 0,
    removing: null,
    keeping: null,
    endedAt: null,
  };
  return transition(state);
}

/** One event folded into the state. */
export function advance(state: DrillState, event: Event): Transition {
  return transition(next(state, event));
}

/** The state and what it wants done. */
export function transition(state: DrillState): Transition {
  return { state, command: commandOf(state) };
}

/** Every step of the way there, in order, for what this plan restores. */
export function roadOf(plan: DrillPlan): readonly DrillStep[] {
  const vault = plan.restore.by === 'vault';
  const brings = plan.restore.by === 'snapshot' && plan.restore.bring !== null;
  const ofCluster = plan.ids.cluster !== null;
  return [
    ...(brings ? (['bring_copy', 'await_copy'] as const) : []),
    ...(vault ? (['start_job', 'await_job'] as const) : []),
    ...(ofCluster && !vault ? (['restore_cluster'] as const) : []),
    ...(ofCluster ? (['await_cluster'] as const) : []),
    ...(ofCluster && vault ? (['mark_cluster'] as const) : []),
    ...(ofCluster && addsInstance(plan) ? (['add_instance', 'await_instance'] as const) : []),
    ...(!ofCluster && !vault ? (['restore_instance'] as const) : []),
    ...(ofCluster ? [] : (['await_instance'] as const)),
    ...(!ofCluster && vault ? (['mark_instance'] as const) : []),
    ...(canBeQueried(plan.point.engine) ? (['set_password', 'await_password', 'connect'] as const) : []),
    ...(canBeQueried(plan.point.engine) && plan.probes.length > 0 ? (['probe'] as const) : []),
    ...(canBeQueried(plan.point.engine) && plan.hydrate ? (['hydrate'] as const) : []),
    ...(plan.onSuccess.kind === 'standby' ? (['stop', 'await_stopped'] as const) : []),
  ];
}

/** What holds the data, the password and the power switch: a cluster's members share its. */
export function dataRole({ ids }: DrillPlan): ScratchRole {
  return ids.cluster === null ? 'instance' : 'cluster';
}

/** What is connected to: a cluster that AWS gives no instance is reached through the one added. */
export function endpointRole(plan: DrillPlan): ScratchRole {
  return plan.ids.cluster === null || addsInstance(plan) ? 'instance' : 'cluster';
}

/** Aurora restores storage only; a Multi-AZ DB cluster brings its instances along. */
function addsInstance({ ids, point }: DrillPlan): boolean {
  return ids.cluster !== null && point.engine.startsWith('aurora');
}

function next(state: DrillState, event: Event): DrillState {
  if (state.step === 'ended') {
    invariant(event.kind === 'reclaimed', 'a drill that has ended is only reclaimed', { event: event.kind });
    return reclaim(state, event);
  }
  if (event.kind === 'reclaimed' || event.kind === 'interrupted') {
    return isTearingDown(state) ? state : turnBack({ ...state, interrupted: true }, event.cause, event.at);
  }
  if (event.kind === 'exposed') {
    return isTearingDown(state) ? state : turnBack({ ...state, exposed: true }, event.cause, event.at);
  }
  if (event.kind === 'resumed') return { ...reopened(state, event.at), resumed: state.resumed + 1 };
  return isTearingDown(state) ? advanceTeardown(state, event) : forward(state, event);
}

/**
 * Passwords and connections live in a run's memory: the next run begins again with a password of its own, and what was
 * answered to the last one is asked anew.
 */
function reopened(state: DrillState, at: Instant): DrillState {
  const lost: readonly DrillStep[] = ['await_password', 'connect', 'probe', 'hydrate'];
  if (!lost.includes(state.step)) return state;
  const phases = state.phases.filter(({ phase }) => !ASKING_PHASES.includes(phase));
  return { ...state, step: 'set_password', stepAt: at, phases, probes: [] };
}

/** What passes from the password on, until everything was asked. */
const ASKING_PHASES: readonly Phase[] = ['password_set', 'first_connection', 'first_query', 'probes_done', 'hydrated'];

function forward(state: DrillState, event: Event): DrillState {
  const { step, plan } = state;
  if (event.kind === 'failed' || event.kind === 'unproven')
    return turnBack(refused(state, event), event.cause, event.at);
  if (event.at > addSeconds(state.startedAt, plan.secondsMax)) {
    const told = event.kind === 'probed' ? { ...state, probes: event.results } : state;
    const why = event.kind === 'hindered' ? `: ${event.cause}` : '';
    return turnBack(
      told,
      `it was not done within ${plan.secondsMax / 60} minutes, standing at ${step.replaceAll('_', ' ')}${why}`,
      event.at,
    );
  }
  if (event.kind === 'hindered') return state;
  if (event.kind === 'intended') return withIntention(state, event);
  switch (step) {
    case 'bring_copy':
    case 'restore_cluster':
    case 'add_instance':
    case 'restore_instance':
      return event.kind === 'made' ? made(state, step, event.resourceId, event.at) : state;
    case 'await_copy':
      return whenUsable(state, event, 'copy', 'copied');
    case 'start_job':
      if (event.kind !== 'job_started') return state;
      return onward(passed({ ...state, job: { ...NO_JOB_YET, id: event.jobId } }, 'requested', event.at), event.at);
    case 'await_job':
      return jobSeen(state, event);
    case 'await_cluster':
      return whenUsable(state, event, 'cluster', 'cluster_available');
    case 'await_instance':
      return whenUsable(state, event, 'instance', 'instance_available');
    case 'mark_cluster':
    case 'mark_instance': {
      const role = step === 'mark_cluster' ? 'cluster' : 'instance';
      if (event.kind !== 'marked') return state;
      return onward(withPart(state, role, { resourceId: event.resourceId }), event.at);
    }
    case 'set_password':
    case 'stop':
      return event.kind === 'done' ? onward(state, event.at) : state;
    case 'await_password':
      return whenUsable(state, event, dataRole(plan), 'password_set');
    case 'connect':
      if (event.kind !== 'connected') return state;
      return onward(passed(passed(state, 'first_connection', event.connectedAt), 'first_query', event.at), event.at);
    case 'probe':
      return event.kind === 'probed' ? answered({ ...state, probes: event.results }, event.at) : state;
    case 'hydrate':
      return event.kind === 'hydrated' ? onward(passed(state, 'hydrated', event.at), event.at) : state;
    case 'await_stopped': {
      const seen = looked(state, event, dataRole(plan));
      return event.kind === 'saw' && event.status === 'stopped' ? onward(seen, event.at) : seen;
    }
    default:
      return state;
  }
}

function made(state: DrillState, step: MakingStep, resourceId: string | null, at: Instant): DrillState {
  const { role } = makingOf(state.plan, step);
  const known = withPart(state, role, resourceId === null ? {} : { resourceId });
  return onward(passed(known, step === 'add_instance' ? 'instance_requested' : 'requested', at), at);
}

/** AWS said no to the first and only request: nothing was made. After a lost answer it may have been. */
function refused(state: DrillState, event: Event): DrillState {
  const command = commandOf(state);
  if (command?.kind !== 'make' || event.kind !== 'failed') return state;
  const part = partOf(state, command.role);
  const clean = part !== undefined && part.lastAskedAt === part.intendedAt && !part.seen;
  const after = clean ? withPart(state, command.role, { refused: true }) : state;
  return command.step === 'start_job' && clean && after.job !== null
    ? { ...after, job: { ...after.job, ended: true, failed: true } }
    : after;
}

function jobSeen(state: DrillState, event: Event): DrillState {
  if (event.kind !== 'job_saw' || state.job === null) return state;
  const { status, message, createdArn, completedAt } = event;
  const ended = status === 'completed' || status === 'failed' || status === 'aborted';
  const changed = ended !== state.job.ended || createdArn !== state.job.createdArn;
  const completed = status === 'completed';
  const failed = ended && !completed;
  const seen = changed ? { ...state, job: { ...state.job, ended, failed, createdArn, completedAt } } : state;
  if (completed) return onward(seen, event.at);
  if (ended)
    return turnBack(seen, `the restore job of AWS Backup ${status}: ${message ?? 'no reason given'}`, event.at);
  if (status === null && event.at > addSeconds(state.stepAt, APPEARS_SECONDS)) {
    return turnBack(seen, 'AWS Backup does not know the restore job that it accepted', event.at);
  }
  return seen;
}

function whenUsable(state: DrillState, event: Event, role: ScratchRole, phase: Phase): DrillState {
  if (event.kind !== 'saw') return state;
  const { status, at } = event;
  const part = partOf(state, role);
  const { id } = scratchOf(state.plan, role);
  const seen = looked(state, event, role);
  if (status !== null && part !== undefined && part.resourceId !== null && event.resourceId !== part.resourceId) {
    return turnBack(seen, `${id} is another database of the same name now`, at);
  }
  if (status !== null && DEAD_STATUSES.includes(status))
    return turnBack(seen, `the scratch ${role} became ${status}`, at);
  if (status !== null && USABLE_STATUSES.includes(status)) return onward(passed(seen, phase, at), at);
  // What was accepted a moment ago may not be listed yet: AWS is eventually consistent.
  if (status === null && at > addSeconds(part?.lastAskedAt ?? state.stepAt, APPEARS_SECONDS)) {
    return turnBack(
      seen,
      part?.seen === true ? `the scratch ${role} vanished` : `the scratch ${role} never appeared`,
      at,
    );
  }
  return seen;
}

/** The part was seen: worth writing down once. */
function looked(state: DrillState, event: Event, role: ScratchRole): DrillState {
  const part = partOf(state, role);
  const first = event.kind === 'saw' && event.status !== null && part !== undefined && !part.seen;
  return first ? withPart(state, role, { seen: true }) : state;
}

function answered(state: DrillState, at: Instant): DrillState {
  const { probes, plan } = state;
  // A question that nobody answered is no answer that passed.
  const unanswered = plan.probes.length - probes.length;
  if (unanswered > 0) return turnBack(state, `${unanswered} of ${plan.probes.length} probes were not answered`, at);
  const wrong = probes.filter((result) => !result.passed);
  if (wrong.length === 0) return onward(passed(state, 'probes_done', at), at);
  return turnBack(state, wrong.map((result) => `${result.name}: ${result.finding}`).join('; '), at);
}

/** To the next step of the road; behind its end comes what the definition says. */
function onward(state: DrillState, at: Instant): DrillState {
  const road = roadOf(state.plan);
  const step = road[road.indexOf(state.step) + 1];
  return step === undefined ? turnBack(state, null, at) : { ...state, step, stepAt: at };
}

function passed(state: DrillState, phase: Phase, at: Instant): DrillState {
  const earlier = state.phases.filter((entry) => entry.phase !== phase);
  // The first request counts, of a copy too; of everything that a resumed run does again, the last.
  if (phase === 'requested' && earlier.length < state.phases.length) return state;
  return { ...state, phases: [...earlier, { phase, at }] };
}

/** What a making step makes. */
export function makingOf(plan: DrillPlan, step: MakingStep): { readonly role: ScratchRole } {
  if (step === 'bring_copy') return { role: 'copy' };
  if (step === 'start_job') return { role: dataRole(plan) };
  return { role: step === 'restore_cluster' ? 'cluster' : 'instance' };
}

function commandOf({ step, plan }: DrillState): Command | null {
  switch (step) {
    case 'bring_copy':
    case 'start_job':
    case 'restore_cluster':
    case 'add_instance':
    case 'restore_instance':
      return { kind: 'make', step, ...makingOf(plan, step) };
    case 'find_job':
      return { kind: 'find_job' };
    case 'await_job':
    case 'await_job_end':
      return { kind: 'look_at_job' };
    case 'await_copy':
      return { kind: 'look', role: 'copy' };
    case 'await_cluster':
      return { kind: 'look', role: 'cluster' };
    case 'await_instance':
      return { kind: 'look', role: 'instance' };
    case 'mark_cluster':
      return { kind: 'mark', role: 'cluster' };
    case 'mark_instance':
      return { kind: 'mark', role: 'instance' };
    case 'set_password':
    case 'stop':
      return { kind: step, role: dataRole(plan) };
    case 'await_password':
    case 'await_stopped':
      return { kind: 'look', role: dataRole(plan) };
    case 'connect':
    case 'probe':
    case 'hydrate':
      return { kind: step };
    case 'remove_instance':
      return { kind: 'remove', role: 'instance' };
    case 'await_instance_gone':
      return { kind: 'look', role: 'instance' };
    case 'remove_cluster':
      return { kind: 'remove', role: 'cluster' };
    case 'await_cluster_gone':
      return { kind: 'look', role: 'cluster' };
    case 'remove_copy':
      return { kind: 'remove', role: 'copy' };
    case 'await_copy_gone':
      return { kind: 'look', role: 'copy' };
    case 'ended':
      return null;
  }
}

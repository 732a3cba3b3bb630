/**
 * The way back of a drill: what is kept, what is removed, in which order, and when a thing counts as gone.
 *
 * Instance before cluster before copy. A thing is gone when AWS knows it no more, and that counts only once it was
 * seen, or once so much time has passed since AWS was last asked to make it that it would have appeared. What cannot be
 * removed is named as leaked and the rest goes on. Nothing here waits for ever.
 * Source: aws-backup-facts.md 2.1 and 2.2 (deletion), 4.3 (statuses); AWS Backup has no call that stops a restore job.
 */

import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import { type DrillState, type DrillStep, type Event, type Part, partOf, withPart } from './drill-state.ts';
import { type Aftermath, SCRATCH_ROLES, type ScratchRole } from './model.ts';

/** What AWS knows no more before anybody asked for its removal has to stay unknown so long: one answer may be stale. */
const ABSENT_SECONDS: Seconds = 30;
/** And so long what was asked for and never seen: AWS may not list it yet. */
const UNSEEN_SECONDS: Seconds = 120;
/** After so long what was asked for would have appeared, had AWS taken the request. */
const SETTLE_SECONDS: Seconds = 300;
/** For so long one thing is tried to be removed, or waited for. */
const REMOVE_SECONDS_MAX: Seconds = 4 * 3_600;
/** For so long a restore job that nobody can stop is waited for. */
const JOB_SECONDS_MAX: Seconds = 24 * 3_600;
/** Shown as anything but `deleting` so long after its removal was accepted, it is asked for again. */
const DELETING_APPEARS_SECONDS: Seconds = 300;

/**
 * Turns to the way back.
 *
 * @param cause What went wrong; null when the drill did all it was meant to.
 */
export function turnBack(state: DrillState, cause: string | null, at: Instant): DrillState {
  const turned = { ...state, cause: state.cause ?? cause };
  const after = aftermathOf(turned);
  if (after.kind === 'delete' || !mayStand(turned)) return remove(turned, SCRATCH_ROLES, at);
  const until = after.kind === 'keep' ? addSeconds(at, after.hours * 3_600) : null;
  // The copy has served: what stays is the database.
  return remove({ ...turned, keeping: { until } }, ['copy'], at);
}

/** Only what came up, was looked at there, and bears our tags may be kept: nothing else was ever seen to stand apart. */
function mayStand(state: DrillState): boolean {
  const { plan, phases, job } = state;
  const up = plan.ids.cluster === null ? 'instance_available' : 'cluster_available';
  const marked =
    job === null || (partOf(state, plan.ids.cluster === null ? 'instance' : 'cluster')?.resourceId ?? null) !== null;
  return marked && phases.some(({ phase }) => phase === up);
}

/** Takes away what an ended drill could not remove, and what it left standing if that is to go too. */
export function reclaim(
  state: DrillState,
  { cause, kept, at }: { readonly cause: string; readonly kept: boolean; readonly at: Instant },
): DrillState {
  const roles = state.parts
    .filter(({ goneAt, leak }) => goneAt === null && (kept || leak !== null))
    .map(({ role }) => role);
  if (roles.length === 0) return state;
  const parts = state.parts.map((part) => (roles.includes(part.role) ? { ...part, leak: null } : part));
  const keeping = kept ? null : state.keeping;
  return remove({ ...state, parts, keeping, cause: state.cause ?? (state.interrupted ? cause : null) }, roles, at);
}

/** One event on the way back. */
export function advanceTeardown(state: DrillState, event: Event): DrillState {
  const { step } = state;
  switch (step) {
    case 'find_job':
      return jobFound(state, event);
    case 'await_job_end':
      return jobAwaited(state, event);
    case 'remove_instance':
    case 'remove_cluster':
    case 'remove_copy':
      return removing(state, event, roleOf(step));
    case 'await_instance_gone':
    case 'await_cluster_gone':
    case 'await_copy_gone':
      return awaitingGone(state, event, roleOf(step));
    default:
      return state;
  }
}

/** An interrupted drill is never kept, somebody wanted it gone; nor one that stood where it must not. */
function aftermathOf({ cause, interrupted, exposed, plan }: DrillState): Aftermath {
  if (interrupted || exposed) return { kind: 'delete' };
  return cause === null ? plan.onSuccess : plan.onFailure;
}

function remove(state: DrillState, roles: readonly ScratchRole[], at: Instant): DrillState {
  return onward({ ...state, removing: { roles, since: at } }, at);
}

/** To whatever is to be removed next; to the end when nothing is. */
function onward(state: DrillState, at: Instant): DrillState {
  const { job, parts, removing: wanted } = state;
  const roles = wanted?.roles ?? [];
  if (job !== null && !job.ended && parts.length > 0) {
    return to(state, job.id === null ? 'find_job' : 'await_job_end', at);
  }
  for (const role of [...SCRATCH_ROLES].reverse()) {
    const part = partOf(state, role);
    if (roles.includes(role) && part !== undefined && part.goneAt === null && part.leak === null) {
      return to(state, `remove_${role}`, at);
    }
  }
  return end(state, at);
}

function end(state: DrillState, at: Instant): DrillState {
  const clean = state.parts.every(({ goneAt }) => goneAt !== null);
  const phases = clean
    ? [...state.phases.filter(({ phase }) => phase !== 'torn_down'), { phase: 'torn_down' as const, at }]
    : state.phases;
  return { ...state, phases, step: 'ended', stepAt: at, endedAt: state.endedAt ?? at };
}

/** The answer that named the job was lost: it is looked for among all jobs, and never asked for again. */
function jobFound(state: DrillState, event: Event): DrillState {
  const { job, parts, stepAt } = state;
  if (job === null) return onward(state, event.at);
  if (event.kind === 'job_started') return onward({ ...state, job: { ...job, id: event.jobId } }, event.at);
  const askedAt =
    parts
      .map(({ lastAskedAt }) => lastAskedAt)
      .sort()
      .at(-1) ?? stepAt;
  const none = event.kind === 'job_saw' && event.status === null && event.at > addSeconds(askedAt, SETTLE_SECONDS);
  const never = event.kind === 'failed' || event.at > addSeconds(stepAt, JOB_SECONDS_MAX);
  if (none) return jobOver({ ...state, job: { ...job, failed: true } }, event.at);
  return never ? jobOver(state, event.at) : state;
}

function jobAwaited(state: DrillState, event: Event): DrillState {
  const { job } = state;
  if (job === null) return onward(state, event.at);
  const late = event.at > addSeconds(state.stepAt, JOB_SECONDS_MAX);
  if (event.kind !== 'job_saw') return late ? jobOver(state, event.at) : state;
  const over = event.status === 'completed' || event.status === 'failed' || event.status === 'aborted';
  const unknown = event.status === null && event.at > addSeconds(state.stepAt, SETTLE_SECONDS);
  const createdArn = event.createdArn ?? job.createdArn;
  const seen = createdArn === job.createdArn ? state : { ...state, job: { ...job, createdArn } };
  if (!over && !unknown && !late) return seen;
  const failed = event.status === 'failed' || event.status === 'aborted';
  return jobOver({ ...seen, job: { ...job, failed, createdArn, completedAt: event.completedAt } }, event.at);
}

/** Now begins what can be hurried; the patience for it too. */
function jobOver(state: DrillState, at: Instant): DrillState {
  const { job, removing: wanted } = state;
  return onward(
    {
      ...state,
      job: job === null ? null : { ...job, ended: true },
      removing: wanted === null ? null : { ...wanted, since: at },
    },
    at,
  );
}

function removing(state: DrillState, event: Event, role: ScratchRole): DrillState {
  const { at } = event;
  switch (event.kind) {
    case 'marked':
      return withPart(state, role, { resourceId: event.resourceId, seen: true });
    case 'done':
      return to(withPart(state, role, { seen: true }), `await_${role}_gone`, at);
    case 'saw':
      return absent(state, event, role);
    case 'unproven':
    case 'failed':
      return leaked(state, role, event.cause, at);
    case 'hindered': {
      // A cluster whose instance stays cannot go either.
      const hopeless = role === 'cluster' && (partOf(state, 'instance')?.leak ?? null) !== null;
      return hopeless || tooLate(state, at) ? leaked(state, role, event.cause, at) : state;
    }
    default:
      return state;
  }
}

function awaitingGone(state: DrillState, event: Event, role: ScratchRole): DrillState {
  const { at } = event;
  if (event.kind === 'failed' || event.kind === 'unproven') return leaked(state, role, event.cause, at);
  if (event.kind !== 'saw') return tooLate(state, at) ? leaked(state, role, 'it was not seen to go', at) : state;
  if (event.status === null) return absent(state, event, role);
  if (tooLate(state, at)) {
    return leaked(
      state,
      role,
      `it is ${event.status} still, ${REMOVE_SECONDS_MAX / 3_600} hours after its removal`,
      at,
    );
  }
  const ignored = event.status !== 'deleting' && at > addSeconds(state.stepAt, DELETING_APPEARS_SECONDS);
  return ignored ? to(state, `remove_${role}`, at) : state;
}

/** AWS knows no such thing. It may yet appear when it was asked for a moment ago and never seen. */
function absent(state: DrillState, event: Event, role: ScratchRole): DrillState {
  const part = partOf(state, role);
  if (event.kind !== 'saw' || event.status !== null || part === undefined) return state;
  const job = role === (state.plan.ids.cluster === null ? 'instance' : 'cluster') ? state.job : null;
  const byJob = job !== null && part.resourceId === null && (job.createdArn !== null || !job.failed);
  // AWS Backup asks for it later than the drill asked AWS Backup.
  const askedAt = byJob && state.removing !== null ? state.removing.since : part.lastAskedAt;
  const settled = part.seen || event.at > addSeconds(askedAt, SETTLE_SECONDS);
  if (!settled && !part.refused) return state;
  // By a clock that jumped ahead any patience is over at once; how long it was looked for in vain is not so easily wrong.
  const lookedFor = part.seen ? ABSENT_SECONDS : UNSEEN_SECONDS;
  if (!part.refused && state.step === `remove_${role}` && event.unknownFor < lookedFor) return state;
  // Without tags and an id it would not be found again, were it renamed.
  if (byJob && !job.failed && state.step === `remove_${role}` && !part.missed) {
    const made = job.createdArn === null ? 'AWS Backup was asked to make it' : 'AWS Backup made it';
    const why = `${made}, and it is not there: it was removed, or stands under another name without our tags`;
    return leaked(withPart(state, role, { missed: true }), role, why, event.at);
  }
  return onward(withPart(state, role, { goneAt: event.at }), event.at);
}

function leaked(state: DrillState, role: ScratchRole, why: string, at: Instant): DrillState {
  return onward(withPart(state, role, { leak: why }), at);
}

/** Patience is counted from the beginning of the way back, for each thing that goes. */
function tooLate({ removing: wanted, parts }: DrillState, at: Instant): boolean {
  return wanted !== null && at > addSeconds(wanted.since, REMOVE_SECONDS_MAX * parts.length);
}

function to(state: DrillState, step: DrillStep, at: Instant): DrillState {
  return { ...state, step, stepAt: at };
}

function roleOf(step: DrillStep): ScratchRole {
  if (step.includes('instance')) return 'instance';
  return step.includes('cluster') ? 'cluster' : 'copy';
}

/** Whether a part was ever there: AWS refused it, or never showed it. */
export function neverMade({ refused, seen, resourceId }: Part): boolean {
  return refused || (!seen && resourceId === null);
}

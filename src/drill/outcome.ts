/**
 * From a drill that has ended to its record: measured phases, restore time, grade and result.
 *
 * Restore time is from the request to the last passing probe, the first moment at which somebody could have worked
 * again. It is given only where it was watched from end to end. The grade says what was shown, never what was meant:
 * a question that could not fail does not lift it.
 */

import { digestOf } from '../core/canonical.ts';
import { invariant } from '../core/invariant.ts';
import { elapsedSeconds, type Instant, latest } from '../core/time.ts';
import type { DrillState, Part } from './drill-state.ts';
import type { DrillObjective, DrillRecord, DrillResult, Grade, Phase, ScratchEnd } from './model.ts';
import { neverMade } from './teardown.ts';

/** The record of an ended drill. */
export function recordOf(state: DrillState): DrillRecord {
  invariant(state.endedAt !== null, 'only a drill that has ended is recorded', { step: state.step });
  const { plan, startedAt, endedAt, phases } = state;
  const record: Omit<DrillRecord, 'digest'> = {
    formatVersion: '2',
    drillId: plan.drillId,
    musterVersion: plan.musterVersion,
    endpoint: plan.endpoint,
    scope: plan.scope,
    definition: { name: plan.definition.name, digest: plan.definition.digest },
    databaseResourceId: plan.database.resourceId,
    databaseIdentifier: plan.database.identifier,
    recoveryPoint: {
      id: plan.point.id,
      arn: plan.point.arn,
      kind: plan.point.kind,
      dataAt: plan.point.dataAt,
      lineage: plan.point.lineage,
    },
    claim: plan.claim,
    grade: gradeOf(state),
    result: resultOf(state),
    startedAt,
    endedAt: endOf(state, endedAt),
    phases: phases.map(({ phase, at }) => ({ phase, at, seconds: elapsedSeconds(startedAt, at) })),
    restoreSeconds: restoreSecondsOf(state),
    conditions: {
      engine: plan.point.engine,
      engineVersion: plan.point.engineVersion,
      instanceClass: plan.shape.instanceClass,
      otherClass: plan.otherClass,
      storageGib: plan.point.storageGib,
      region: plan.scope.region,
      broughtFrom: plan.restore.by === 'snapshot' ? (plan.restore.bring?.fromArn ?? null) : null,
    },
    objectives: objectivesOf(state),
    comparedWith: plan.baseline?.drillId ?? null,
    probes: state.probes,
    scratch: state.parts.map((part) => scratchEnd(part, state)),
    resumed: state.resumed,
    cause: causeOf(state),
  };
  return { ...record, digest: digestOf(record) };
}

/**
 * The record of a drill that has failed, as it would be had it ended when it turned back: it speaks against a restore from
 * then on, however long the way back takes, or whether anybody goes it.
 *
 * @returns Null while nothing went wrong, and for a drill that somebody broke off.
 */
export function failureOf(state: DrillState): DrillRecord | null {
  const { cause, interrupted, removing, endedAt } = state;
  const failedAt = endedAt ?? removing?.since ?? null;
  if (cause === null || interrupted || failedAt === null) return null;
  // A drill that leaked may count as a proof; this one failed, whatever cannot be removed on the way back.
  return recordOf({ ...state, endedAt: failedAt, parts: state.parts.map((part) => ({ ...part, leak: null })) });
}

/**
 * When it was over. What a drill has shown it had shown when it turned back: the way back may be gone days later, by a sweep,
 * and must not make it newer than a drill that failed in between.
 */
function endOf({ cause, interrupted, phases }: DrillState, endedAt: Instant): Instant {
  const shown = phases.filter(({ phase }) => phase !== 'torn_down').map(({ at }) => at);
  const [first, ...rest] = shown;
  return cause !== null || interrupted || first === undefined ? endedAt : rest.reduce(latest, first);
}

function resultOf(state: DrillState): DrillResult {
  if (state.parts.some(({ leak }) => leak !== null)) return 'leaked';
  if (state.interrupted) return 'aborted';
  return state.cause === null ? 'passed' : 'failed';
}

function causeOf({ parts, cause }: DrillState): string | null {
  const leaks = parts.flatMap(({ id, leak }) => (leak === null ? [] : [`${id} was not removed: ${leak}`]));
  return leaks.length === 0 ? cause : [...leaks, ...(cause === null ? [] : [cause])].join('; ');
}

function restoreSecondsOf(state: DrillState): number | null {
  const answeredAt = reachedAt(state, 'probes_done');
  // Nobody watched while no run was at it, and what a second run saw late says nothing of how long it took.
  const grade = gradeOf(state);
  if (answeredAt === null || state.resumed > 0 || grade === 'restored' || grade === 'available') return null;
  return elapsedSeconds(state.startedAt, answeredAt);
}

function objectivesOf(state: DrillState): readonly DrillObjective[] {
  const { objectives, point } = state.plan;
  const { restoreSecondsMax, dataLossSecondsMax } = objectives;
  const held = (objective: DrillObjective['objective'], secondsMax: number | null, seconds: number | null) =>
    secondsMax === null ? [] : [{ objective, secondsMax, seconds, met: seconds !== null && seconds <= secondsMax }];
  const age = point.dataAt === null ? null : Math.max(0, elapsedSeconds(point.dataAt, state.startedAt));
  return [
    ...held('restore_time', restoreSecondsMax, restoreSecondsOf(state)),
    ...held('data_loss', dataLossSecondsMax, age),
  ];
}

function gradeOf(state: DrillState): Grade {
  const { probes, plan } = state;
  // Of a drill that leaked, nothing else in its record says that it failed besides, whatever it was answered before that.
  if (state.cause !== null && resultOf(state) === 'leaked') return 'available';
  const stands = reachedAt(state, 'instance_available') ?? reachedAt(state, 'password_set');
  if (stands === null) return 'available';
  const answered = probes.length > 0 && probes.length === plan.probes.length && probes.every(({ passed }) => passed);
  if (!answered) return 'restored';
  if (probes.some(({ proves }) => proves === 'comparison')) return 'compared';
  return probes.some(({ proves }) => proves === 'data') ? 'queried' : 'restored';
}

function reachedAt({ phases }: DrillState, wanted: Phase): Instant | null {
  return phases.find(({ phase }) => phase === wanted)?.at ?? null;
}

function scratchEnd(part: Part, { keeping }: DrillState): ScratchEnd {
  const { role, kind, id, resourceId, goneAt, leak } = part;
  const ended = { role, kind, id, resourceId, goneAt: null, keptUntil: null, reason: null };
  if (leak !== null) return { ...ended, end: 'leaked', reason: leak };
  if (goneAt === null) return { ...ended, end: 'left', keptUntil: keeping?.until ?? null };
  return neverMade(part) ? { ...ended, end: 'never_made' } : { ...ended, end: 'gone', goneAt };
}

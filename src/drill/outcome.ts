/**
 * From a drill that has ended to its record: measured phases, restore time, grade and result.
 *
 * Restore time is from the request to the last passing probe, the first moment at which somebody could have
 * worked again. Without a passing probe there is none, and the grade stops at `restored`.
 */

import { invariant } from '../core/invariant.ts';
import { elapsedSeconds, type Instant } from '../core/time.ts';
import type { DrillState } from './machine.ts';
import type { DrillRecord, DrillResult, Grade, Phase } from './model.ts';

/** The record of an ended drill. */
export function recordOf(state: DrillState, endedAt: Instant): DrillRecord {
  invariant(state.step === 'ended', 'only a drill that has ended is recorded', { step: state.step });
  const { plan, startedAt } = state;
  const reached = (phase: Phase) => state.phases.find((entry) => entry.phase === phase)?.at ?? null;
  const answeredAt = reached('probes_done') ?? (plan.probes.length === 0 ? reached('first_query') : null);
  return {
    formatVersion: '1',
    drillId: plan.drillId,
    musterVersion: plan.musterVersion,
    endpoint: plan.endpoint,
    scope: plan.scope,
    databaseResourceId: plan.database.resourceId,
    databaseIdentifier: plan.database.identifier,
    recoveryPoint: { id: plan.point.id, arn: plan.point.arn, kind: plan.point.kind, dataAt: plan.point.dataAt },
    claim: plan.claim,
    grade: gradeOf(state),
    result: resultOf(state),
    startedAt,
    endedAt,
    phases: state.phases.map(({ phase, at }) => ({ phase, seconds: elapsedSeconds(startedAt, at) })),
    restoreSeconds: answeredAt === null || state.cause !== null ? null : elapsedSeconds(startedAt, answeredAt),
    conditions: { instanceClass: plan.instanceClass, engineVersion: plan.point.engineVersion },
    probes: state.probes,
    scratch: plan.ids,
    cause: state.leak === null ? state.cause : `scratch not removed: ${state.leak}`,
  };
}

function resultOf(state: DrillState): DrillResult {
  if (state.leak !== null) return 'leaked';
  if (state.interrupted) return 'aborted';
  return state.cause === null ? 'passed' : 'failed';
}

function gradeOf(state: DrillState): Grade {
  const reached = (phase: Phase) => state.phases.some((entry) => entry.phase === phase);
  if (!reached('instance_available')) return 'available';
  const { probes } = state;
  const answered =
    probes.length > 0 && probes.length === state.plan.probes.length && probes.every((probe) => probe.passed);
  return answered ? 'queried' : 'restored';
}

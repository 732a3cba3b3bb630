/**
 * The two points of the checklist that ask where a change comes from: its source of truth, and the exact plan.
 *
 * A point that is only assumed is `unknown`. The source of truth passes when its state was shown, fits the world, is the
 * one that was last judged, and lies where others see it; the plan fails when it is not the file that would be applied.
 */

import type { Instant } from '../core/time.ts';
import type { Intent } from '../intent/action.ts';
import type { ChecklistPoint, Reason } from './document.ts';
import type { ReasonCode } from './reasons.ts';

interface SourceInput {
  readonly intent: Intent;
  readonly reasons: readonly Reason[];
  readonly stateKnownSince: Instant | null;
}

const CONTRADICTIONS: readonly ReasonCode[] = [
  'empty_state',
  'create_collides',
  'state_mismatch',
  'target_not_observed',
  'other_lineage',
  'older_serial',
  'state_forgot',
  'local_backend',
];

/** Whether the state behind a change can be trusted. */
export function sourceOfTruth({ intent, reasons, stateKnownSince }: SourceInput): ChecklistPoint {
  const point = 'source_of_truth';
  const broken = reasons.filter(({ code }) => CONTRADICTIONS.includes(code));
  if (broken.length > 0) {
    return { point, result: 'fail', evidence: broken.map(({ message }) => `contradicted: ${message}`) };
  }
  if (!intent.stateSeen && intent.state === undefined) {
    return { point, result: 'unknown', evidence: ['assumed: the document carries no state'] };
  }
  const evidence = [
    'verified: every database named is the one that lives, by resource id',
    ...stateEvidence(intent, stateKnownSince),
  ];
  return { point, result: evidence.some((line) => line.startsWith('assumed:')) ? 'unknown' : 'pass', evidence };
}

function stateEvidence({ state }: Intent, knownSince: Instant | null): readonly string[] {
  if (state === undefined) return ['assumed: lineage and serial of the state were not shown'];
  const which = `serial ${state.serial} of ${/^[\w-]{1,64}$/.test(state.lineage) ? state.lineage : 'an unprintable lineage'}`;
  return [
    knownSince === null
      ? `assumed: the state is at ${which}, which no earlier decision had seen`
      : `verified: the state is at ${which}, the one that was judged at ${knownSince}`,
    state.backend === null
      ? 'assumed: where the state is kept was not shown'
      : `verified: the state is kept in a shared backend (${state.backend})`,
  ];
}

/** Whether what was judged is what would be applied. */
export function exactPlan({ intent, reasons }: SourceInput): ChecklistPoint {
  const point = 'exact_plan_reviewed';
  const { planFile } = intent;
  const wrong = (planFile?.contradictions ?? []).map((message) => `contradicted: ${message}`);
  const unread = reasons.filter(({ code }) => code === 'change_not_understood' || code === 'errored_plan');
  const evidence = [
    `verified: judged byte for byte as ${intent.digest}`,
    ...wrong,
    ...(planFile === undefined || wrong.length > 0 ? [] : [fileEvidence(planFile)]),
    ...unread.map(({ message }) => `assumed: ${message}`),
  ];
  const result = wrong.length > 0 ? 'fail' : evidence.some((line) => line.startsWith('assumed:')) ? 'unknown' : 'pass';
  return { point, result, evidence };
}

function fileEvidence({ digest, compared }: NonNullable<Intent['planFile']>): string {
  return compared
    ? `verified: its actions and what it would delete agree with the plan file ${digest}; it is that file that may be applied`
    : `assumed: rendered from the plan file ${digest}, whose format is not known`;
}

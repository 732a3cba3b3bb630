/**
 * What the judgement of a database rests on, with ages: the inventory, and of each kind of restore the newest drill or
 * restore test.
 *
 * Shows what is at hand whether it helped or not; the judging itself is done elsewhere, from the same proofs.
 */

import { addSeconds, type Instant, printDuration, type Seconds, secondsBetween } from '../core/time.ts';
import { CLAIMS, type Claim, type DrillRecord } from '../drill/model.ts';
import { liesAhead } from '../survival/data-loss.ts';
import type { Case } from './case.ts';
import type { EvidenceView } from './document.ts';
import { type Proof, proofFor } from './evidence.ts';

/** The evidence of one database: the inventory first, then by kind of restore. */
export function evidenceOf(input: Case, drills: readonly DrillRecord[]): readonly EvidenceView[] {
  const views = [inventoryView(input)];
  // Most databases of a large estate were never restored: nothing is looked for then.
  if (drills.length === 0 && input.inventory.restoreTests.length === 0) return views;
  return [...views, ...CLAIMS.flatMap((claim) => proofView(proofFor(input, drills, claim), claim, input))];
}

function inventoryView({ inventory, at, inventorySecondsMax: secondsMax }: Case): EvidenceView {
  const { observedAt, endpoint } = inventory;
  const age = ageAt(observedAt, at);
  const stale = liesAhead(observedAt, at) || (secondsMax !== undefined && age > secondsMax);
  return {
    id: 'inventory',
    kind: 'inventory',
    digest: null,
    observedAt,
    ageSeconds: age,
    freshUntil: secondsMax === undefined ? null : addSeconds(observedAt, secondsMax),
    state: stale ? 'stale' : 'fresh',
    says: endpoint === null ? 'what AWS showed' : `what ${endpoint} showed, which is not AWS`,
  };
}

function proofView(proof: Proof, claim: Claim, { at, requirement }: Case): readonly EvidenceView[] {
  if (proof.state === 'never') return [];
  const secondsMax = requirement.proofSecondsMax[claim].value;
  if ('test' in proof) {
    const { jobId, endedAt, validation } = proof.test;
    return [
      {
        id: `restore_test:${jobId}`,
        kind: 'restore_test',
        digest: null,
        ...ages(endedAt, at, secondsMax),
        state: proof.state,
        says: `AWS Backup restored it; validation: ${validation?.replaceAll('_', ' ') ?? 'none'}`,
      },
    ];
  }
  const { record, state } = proof;
  return [
    {
      id: `drill:${record.drillId}`,
      kind: 'drill',
      digest: record.digest,
      ...ages(record.endedAt, at, secondsMax),
      state,
      says: drillWords(record),
    },
  ];
}

function drillWords({ claim, result, grade, restoreSeconds }: DrillRecord): string {
  const time = restoreSeconds === null || result !== 'passed' ? [] : [`in ${printDuration(restoreSeconds)}`];
  return [`${claim} drill ${result}`, grade, ...time].join(', ');
}

function ages(endedAt: Instant, at: Instant, secondsMax: Seconds) {
  return { observedAt: endedAt, ageSeconds: ageAt(endedAt, at), freshUntil: addSeconds(endedAt, secondsMax) };
}

/** What was seen a moment after the instant that is judged has no age. */
function ageAt(seenAt: Instant, at: Instant): Seconds {
  return Math.max(0, secondsBetween(seenAt, at));
}

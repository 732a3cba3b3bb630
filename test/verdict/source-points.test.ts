/** The two points that ask where a change comes from, line by line: what is verified, what is only assumed, what is contradicted. */

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/canonical.ts';
import type { Intent, PlanFileEvidence, StateEvidence } from '../../src/intent/action.ts';
import type { Reason } from '../../src/verdict/document.ts';
import { reason } from '../../src/verdict/reason.ts';
import { exactPlan, sourceOfTruth } from '../../src/verdict/source-points.ts';
import { anIntent, NOW } from '../support/builders.ts';

const LINEAGE = 'aaaaaaaa-0000-4000-8000-000000000000';
const state: StateEvidence = { lineage: LINEAGE, serial: 12, backend: 's3', databases: [], forgets: [] };

interface Given {
  readonly fields?: Partial<Intent>;
  readonly reasons?: readonly Reason[];
  readonly since?: typeof NOW | null;
}

const inputOf = ({ fields = {}, reasons = [], since = null }: Given) => ({
  intent: anIntent([], fields),
  reasons,
  stateKnownSince: since,
});

describe('the source of truth', () => {
  const FITS = 'verified: every database named is the one that lives, by resource id';
  const KEPT = 'verified: the state is kept in a shared backend (s3)';
  const unseen = (which: string) =>
    `assumed: the state is at serial 12 of ${which}, which no earlier decision had seen`;

  it.each<[string, Given, string, readonly string[]]>([
    ['no state at all', { fields: { stateSeen: false } }, 'unknown', ['assumed: the document carries no state']],
    ['the document’s own record', {}, 'unknown', [FITS, 'assumed: lineage and serial of the state were not shown']],
    ['a state seen first', { fields: { state } }, 'unknown', [FITS, unseen(LINEAGE), KEPT]],
    [
      'a state beside a document that carries none',
      { fields: { state, stateSeen: false } },
      'unknown',
      [FITS, unseen(LINEAGE), KEPT],
    ],
    [
      'a state that was judged before',
      { fields: { state }, since: NOW },
      'pass',
      [FITS, `verified: the state is at serial 12 of ${LINEAGE}, the one that was judged at ${NOW}`, KEPT],
    ],
    [
      'a state that lies nobody knows where',
      { fields: { state: { ...state, backend: null } } },
      'unknown',
      [FITS, unseen(LINEAGE), 'assumed: where the state is kept was not shown'],
    ],
    [
      'a state that contradicts what is known of it',
      { fields: { state }, since: NOW, reasons: [reason('older_serial', 'it is old'), reason('no_survivor', 'none')] },
      'fail',
      ['contradicted: it is old'],
    ],
  ])('of %s', (_, given, result, evidence) => {
    expect(sourceOfTruth(inputOf(given))).toEqual({ point: 'source_of_truth', result, evidence });
  });

  it.each(['\u001b[2Jabc', 'abc\u001b[2J', '', 'a'.repeat(65)])('prints no lineage that is not one: %j', (lineage) => {
    const { evidence } = sourceOfTruth(inputOf({ fields: { state: { ...state, lineage } } }));
    expect(evidence[1]).toBe(unseen('an unprintable lineage'));
  });
});

describe('the exact plan', () => {
  const digest = digestOf('plan');
  const JUDGED = `verified: judged byte for byte as ${anIntent([]).digest}`;
  const FILE = `verified: its actions and what it would delete agree with the plan file ${digest}; it is that file that may be applied`;
  const file = (fields: Partial<PlanFileEvidence>) => ({
    fields: { planFile: { digest, compared: true, contradictions: [], ...fields } },
  });

  it.each<[string, Given, string, readonly string[]]>([
    ['alone', {}, 'pass', [JUDGED]],
    ['with its file', file({}), 'pass', [JUDGED, FILE]],
    [
      'with a file of unknown format',
      file({ compared: false }),
      'unknown',
      [JUDGED, `assumed: rendered from the plan file ${digest}, whose format is not known`],
    ],
    [
      'with a file that does other things, which vouches for nothing',
      file({ contradictions: ['it deletes more'] }),
      'fail',
      [JUDGED, 'contradicted: it deletes more'],
    ],
    [
      'with parts that were not read',
      { reasons: [reason('change_not_understood', 'x'), reason('errored_plan', 'y'), reason('incomplete_plan', 'z')] },
      'unknown',
      [JUDGED, 'assumed: x', 'assumed: y'],
    ],
  ])('%s', (_, given, result, evidence) => {
    expect(exactPlan(inputOf(given))).toEqual({ point: 'exact_plan_reviewed', result, evidence });
  });
});

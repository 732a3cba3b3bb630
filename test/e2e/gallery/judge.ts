/**
 * Compares a decision with what its case expects; the same for a fresh plan and for its recording.
 */

import { expect } from 'vitest';
import type { DecisionDocument } from '../../../src/verdict/document.ts';
import type { Expected } from './cases.ts';

/** Fails unless the decision is the expected one. */
export function expectDecision(document: DecisionDocument, expected: Expected): void {
  const { decision, verdict, databases } = document;
  const codes = [...document.reasons, ...databases.flatMap(({ reasons }) => reasons)].map(({ code }) => code);
  const survivors = databases.flatMap((database) => database.survivors.map(({ id }) => id));
  expect({
    decision,
    verdict,
    databases: databases.map(({ identifier }) => identifier).sort(),
    survivors: survivors.sort(),
    missing: (expected.reasons ?? []).filter((code) => !codes.includes(code)),
  }).toEqual({
    decision: expected.decision,
    verdict: expected.verdict,
    databases: [...expected.databases].sort(),
    survivors: [...(expected.survivors ?? [])].sort(),
    missing: [],
  });
}

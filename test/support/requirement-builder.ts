/**
 * Readable requirements: what is built in, but for the plain values that matter to the test that calls it.
 */

import {
  CLAIM_NAMES,
  type ClaimName,
  type Environment,
  type ProofGrade,
  REQUIRED_LOSSES,
  type RequiredLoss,
  type Requirement,
  type Sourced,
  SURVIVOR_CLASSES,
  type SurvivorClass,
  type Waiver,
} from '../../src/policy/model.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { aDatabase } from './builders.ts';

/** Where every value comes from that a test gives; a waiver also bears its index. */
export const TEST_ORIGIN = 'test.yaml: defaults';

/** Plain values; what is not given is built in. One value for all claims, or one for some of them. */
export interface RequirementFields {
  readonly environment?: Environment | null;
  readonly rpoSecondsMax?: number;
  readonly rtoSecondsMax?: number | null;
  readonly survivorsMin?: Partial<Record<SurvivorClass, number>>;
  readonly survivorsAfterLossMin?: Partial<Record<RequiredLoss, number>>;
  readonly restoreProof?: 'required' | 'advisory' | Partial<Record<ClaimName, 'required' | 'advisory'>>;
  readonly proofSecondsMax?: number | Partial<Record<ClaimName, number>>;
  readonly proofGradeMin?: ProofGrade;
  readonly detectionSeconds?: number;
  readonly retentionSecondsMin?: number | null;
  readonly waivers?: readonly Waiver[];
}

/** A requirement as strict as it is without a file, but for these values. */
export function aRequirement(fields: RequirementFields = {}): Requirement {
  const builtIn = resolveRequirement(DEFAULT_POLICY, aDatabase());
  const losses = fields.survivorsAfterLossMin ?? {};
  return {
    environment: given(fields.environment, builtIn.environment),
    rpoSecondsMax: given(fields.rpoSecondsMax, builtIn.rpoSecondsMax),
    rtoSecondsMax: given(fields.rtoSecondsMax, builtIn.rtoSecondsMax),
    survivorsMin: mapped(SURVIVOR_CLASSES, fields.survivorsMin, builtIn.survivorsMin),
    survivorsAfterLossMin: REQUIRED_LOSSES.flatMap((loss) => {
      const min = losses[loss];
      return min === undefined ? [] : [{ loss, min: { value: min, origin: TEST_ORIGIN } }];
    }),
    restoreProof: mapped(CLAIM_NAMES, perClaim(fields.restoreProof), builtIn.restoreProof),
    proofSecondsMax: mapped(CLAIM_NAMES, perClaim(fields.proofSecondsMax), builtIn.proofSecondsMax),
    proofGradeMin: given(fields.proofGradeMin, builtIn.proofGradeMin),
    detectionSeconds: given(fields.detectionSeconds, builtIn.detectionSeconds),
    retentionSecondsMin: given(fields.retentionSecondsMin, builtIn.retentionSecondsMin),
    waivers: (fields.waivers ?? []).map((value, index) => ({ value, origin: `test.yaml: waivers[${index}]` })),
  };
}

function given<T>(value: T | undefined, builtIn: Sourced<T>): Sourced<T> {
  return value === undefined ? builtIn : { value, origin: TEST_ORIGIN };
}

function mapped<K extends string, T>(
  keys: readonly K[],
  values: Partial<Record<K, T>> | undefined,
  builtIn: Readonly<Record<K, Sourced<T>>>,
): Record<K, Sourced<T>> {
  return Object.fromEntries(keys.map((key) => [key, given(values?.[key], builtIn[key])])) as Record<K, Sourced<T>>;
}

function perClaim<T extends string | number>(
  value: T | Partial<Record<ClaimName, T>> | undefined,
): Partial<Record<ClaimName, T>> | undefined {
  if (value === undefined || typeof value === 'object') return value;
  return Object.fromEntries(CLAIM_NAMES.map((claim) => [claim, value])) as Record<ClaimName, T>;
}

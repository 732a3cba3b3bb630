/**
 * What a policy file may require of a database: the keys, their units, and what holds where nobody wrote anything.
 *
 * The same keys stand in defaults, in environments and in overrides. A key with several parts may be given in part; what
 * is given for all claims at once is read as given for each, so that two ways to write one policy are one policy.
 */

import * as z from 'zod';
import { printDuration, type Seconds } from '../core/time.ts';
import {
  CLAIM_NAMES,
  type ClaimName,
  PROOF_GRADES,
  type ProofGrade,
  REQUIRED_LOSSES,
  type RequiredLoss,
  SURVIVOR_CLASSES,
  type SurvivorClass,
} from './model.ts';
import { allOptional, countFrom, DURATION, duration, durationBound, mappingOfSome, oneOrMapping } from './parts.ts';

/** How the file calls each class of survivors. */
export const SURVIVOR_KEYS = {
  outside_plan: 'outsidePlan',
  outside_principal: 'outsidePrincipal',
  other_region: 'otherRegion',
  other_account: 'otherAccount',
} as const satisfies Record<SurvivorClass, string>;

type SurvivorKey = (typeof SURVIVOR_KEYS)[SurvivorClass];
/** Whether a missing restore proof stops, or is only reported. */
export type ProofNeed = 'required' | 'advisory';

/** Some of what may be required; durations in seconds. What is absent comes from elsewhere. */
export interface PartialRequirement {
  readonly dataLossMax?: Seconds | undefined;
  readonly restoreTimeMax?: Seconds | null | undefined;
  readonly survivors?: { readonly [key in SurvivorKey]?: number | undefined } | undefined;
  readonly afterLoss?: { readonly [loss in RequiredLoss]?: number | undefined } | undefined;
  readonly restoreProof?: { readonly [claim in ClaimName]?: ProofNeed | undefined } | undefined;
  readonly proofAgeMax?: { readonly [claim in ClaimName]?: Seconds | undefined } | undefined;
  readonly proofGrade?: ProofGrade | undefined;
  readonly detectionTime?: Seconds | undefined;
  readonly retentionMin?: Seconds | null | undefined;
}

const NEED = 'required or advisory';
const PER_CLAIM = `or a mapping of ${CLAIM_NAMES.join(', ')}`;
const OR_NULL = `${DURATION}, or null for none`;

function need(accepted: string) {
  return z.enum(['required', 'advisory'], accepted);
}

/** The keys by which something is required; none has to be given. */
export const requirementShape = {
  /** Most work, as time, that may be lost. */
  dataLossMax: durationBound().optional(),
  /** Longest restore, request to last passing probe; `null` for no objective. */
  restoreTimeMax: durationBound(OR_NULL).nullable().optional(),
  /** Fewest survivors of each class; one outside the plan is always wanted. */
  survivors: mappingOfSome({
    ...allOptional(
      SURVIVOR_CLASSES.map((name) => SURVIVOR_KEYS[name]),
      countFrom(0),
    ),
    outsidePlan: countFrom(1).optional(),
  }).optional(),
  /** Fewest survivors when that loss follows the change; 0 takes back what was asked before. */
  afterLoss: mappingOfSome(allOptional(REQUIRED_LOSSES, countFrom(0))).optional(),
  /** `advisory` reports a missing restore proof without stopping on it. */
  restoreProof: perClaim(need(`${NEED}, ${PER_CLAIM}`), need(NEED)).optional(),
  /** Greatest age of a drill that counts. */
  proofAgeMax: perClaim(durationBound(`${DURATION}, ${PER_CLAIM}`), durationBound()).optional(),
  /** The least that a drill must have shown. */
  proofGrade: z.enum(PROOF_GRADES, `one of ${PROOF_GRADES.join(', ')}`).optional(),
  /** How long it may take until somebody notices. */
  detectionTime: duration().optional(),
  /** How long a survivor must be kept at least; `null` for no floor. */
  retentionMin: duration(OR_NULL).nullable().optional(),
} as const;

/** One value for all claims, or one for each that is named. */
function perClaim<T extends z.ZodType<string | number>>(all: T, one: T) {
  return oneOrMapping(all, mappingOfSome(allOptional(CLAIM_NAMES, one))).transform((value) =>
    typeof value === 'object' ? value : everyClaim(value),
  ) as z.ZodType<{ [claim in ClaimName]?: z.output<T> | undefined }>;
}

function everyClaim<T>(value: T): Record<ClaimName, T> {
  return Object.fromEntries(CLAIM_NAMES.map((claim) => [claim, value])) as Record<ClaimName, T>;
}

/** What may not stand together in one block: a backup kept for less time than it takes to notice that it is needed. */
export function holdTogether({ detectionTime, retentionMin }: PartialRequirement, context: z.RefinementCtx): void {
  if (typeof detectionTime !== 'number' || typeof retentionMin !== 'number' || detectionTime <= retentionMin) return;
  const message = `it must be no longer than retentionMin beside it, ${printDuration(retentionMin)}: what ends sooner than it takes to notice is of no use`;
  context.addIssue({ code: 'custom', path: ['detectionTime'], message });
}

/** A whole requirement, but for the losses nobody asks about. */
export type RequirementValues = {
  readonly [key in keyof PartialRequirement]-?: Exclude<PartialRequirement[key], undefined>;
};

/** What holds without a policy file. */
export const DEFAULT_REQUIREMENT = {
  dataLossMax: 24 * 3_600,
  restoreTimeMax: null,
  survivors: { outsidePlan: 1, outsidePrincipal: 0, otherRegion: 0, otherAccount: 0 },
  afterLoss: {},
  restoreProof: everyClaim('required'),
  proofAgeMax: everyClaim(30 * 86_400),
  proofGrade: 'queried',
  detectionTime: 0,
  retentionMin: null,
} as const satisfies RequirementValues;

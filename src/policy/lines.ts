/**
 * A requirement line by line: each key as the file writes it, its value in words, and where it was written.
 *
 * The words tell any two values apart, so that two requirements are the same where their lines are. A duration is told in
 * the largest unit that it is a whole number of.
 */

import type { Seconds } from '../core/time.ts';
import {
  CLAIM_NAMES,
  type Environment,
  type Requirement,
  type Sourced,
  SURVIVOR_CLASSES,
  type Waiver,
} from './model.ts';
import type { Selector } from './selector.ts';
import { SURVIVOR_KEYS } from './values.ts';

/** One value of a requirement, in words. */
export interface RequirementLine extends Sourced<string> {
  /** As in the file, dotted: `survivors.outsidePlan`; of a waiver, with its reason: `waivers.restore_too_slow`. */
  readonly key: string;
}

/** What stands where nothing is asked. */
export const NONE = 'none';

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
] as const;

/** Every value, in the order of the file's keys; only losses that are asked about. */
export function requirementLines(requirement: Requirement): readonly RequirementLine[] {
  const { survivorsMin, survivorsAfterLossMin, restoreProof, proofSecondsMax } = requirement;
  return [
    line('environment', requirement.environment, environmentWords),
    line('dataLossMax', requirement.rpoSecondsMax, durationWords),
    line('restoreTimeMax', requirement.rtoSecondsMax, durationWords),
    ...SURVIVOR_CLASSES.map((name) => line(`survivors.${SURVIVOR_KEYS[name]}`, survivorsMin[name], String)),
    ...survivorsAfterLossMin.map(({ loss, min }) => line(`afterLoss.${loss}`, min, String)),
    ...CLAIM_NAMES.map((claim) => line(`restoreProof.${claim}`, restoreProof[claim], String)),
    ...CLAIM_NAMES.map((claim) => line(`proofAgeMax.${claim}`, proofSecondsMax[claim], durationWords)),
    line('proofGrade', requirement.proofGradeMin, String),
    line('detectionTime', requirement.detectionSeconds, durationWords),
    line('retentionMin', requirement.retentionSecondsMin, durationWords),
    ...requirement.waivers.map((waiver) => line(`waivers.${waiver.value.reason}`, waiver, waiverWords)),
  ];
}

/** A duration exactly, as `90 min`, `36 h` or `30 d`. */
export function durationWords(seconds: Seconds | null): string {
  if (seconds === null) return NONE;
  const unit = UNITS.find((unit) => seconds > 0 && seconds % unit.seconds === 0);
  return unit === undefined ? `${seconds} s` : `${seconds / unit.seconds} ${unit.name}`;
}

/** What a selector asks for, in the order of its keys: `environment production, tag tier = gold`. */
export function selectorWords({ tags, ...others }: Selector): string {
  return [
    ...Object.entries(others).map(([key, value]) => `${key} ${value}`),
    ...Object.entries(tags ?? {}).map(([key, value]) => `tag ${key} = ${value}`),
  ].join(', ');
}

function line<T>(key: string, { value, origin }: Sourced<T>, words: (value: T) => string): RequirementLine {
  return { key, value: words(value), origin };
}

function environmentWords(environment: Environment | null): string {
  if (environment === null) return NONE;
  return environment.sandbox ? `${environment.name}, a sandbox` : environment.name;
}

function waiverWords({ by, because, until, acceptsUnknown }: Waiver): string {
  return `by ${by} until ${until}${acceptsUnknown ? ', unknown accepted' : ''}: ${because}`;
}

/**
 * Defaults, environment and overrides folded into one requirement per database, each value with its origin.
 *
 * What stands later wins, value by value: each class of survivors, each claim and each loss by itself. Reads nothing but
 * the policy and the database's own facts.
 */

import type { PolicyEnvironment } from './environments.ts';
import {
  CLAIM_NAMES,
  type ClaimName,
  type Environment,
  REQUIRED_LOSSES,
  type RequiredLoss,
  type Requirement,
  type Sourced,
  SURVIVOR_CLASSES,
  type SurvivorClass,
  type Waiver,
} from './model.ts';
import type { Policy } from './schema.ts';
import { type Selectable, selects } from './selector.ts';
import { DEFAULT_REQUIREMENT, type PartialRequirement, type RequirementValues, SURVIVOR_KEYS } from './values.ts';
import { waiverOf } from './waivers.ts';

/** How a value is cited that nobody wrote. */
export const BUILT_IN = 'built-in default';

/** One place that may require something, and how it is cited. */
interface Layer {
  readonly values: PartialRequirement;
  readonly origin: string;
}

/** The requirement that holds for one database. */
export function resolveRequirement(policy: Policy, database: Selectable): Requirement {
  const environment = environmentOf(policy, database.accountId);
  const layers = layersOf(policy, database, environment);
  return {
    environment: sourcedEnvironment(policy, environment),
    rpoSecondsMax: lastWord(layers, (values) => values.dataLossMax),
    rtoSecondsMax: lastWord(layers, (values) => values.restoreTimeMax),
    survivorsMin: bySurvivorClass((name) => lastWord(layers, ({ survivors }) => survivors?.[SURVIVOR_KEYS[name]])),
    survivorsAfterLossMin: lossesOf(layers),
    restoreProof: byClaim((claim) => lastWord(layers, ({ restoreProof }) => restoreProof?.[claim])),
    proofSecondsMax: byClaim((claim) => lastWord(layers, ({ proofAgeMax }) => proofAgeMax?.[claim])),
    proofGradeMin: lastWord(layers, (values) => values.proofGrade),
    detectionSeconds: lastWord(layers, (values) => values.detectionTime),
    retentionSecondsMin: lastWord(layers, (values) => values.retentionMin),
    waivers: waiversFor(policy, database, environment),
  };
}

/** The environment that an account lies in; null when the policy names none. */
export function environmentOf({ environments }: Policy, accountId: string): PolicyEnvironment | null {
  return environments.find(({ accounts }) => accounts.includes(accountId)) ?? null;
}

/** What speaks of a database, from the widest to what stands last in the file. */
function layersOf(policy: Policy, database: Selectable, environment: PolicyEnvironment | null): readonly Layer[] {
  const { origin, defaults, databases } = policy;
  return [
    { values: defaults, origin: `${origin}: defaults` },
    ...(environment === null ? [] : [{ values: environment.values, origin: environmentOrigin(policy, environment) }]),
    ...databases
      .map((values, index) => ({ values, origin: `${origin}: databases[${index}]` }))
      .filter(({ values }) => selects(values.match, database, environment?.name ?? null)),
  ];
}

/** The last word on one value, or what is built in; `null` is a word, and absence none. */
function lastWord<T>(
  layers: readonly Layer[],
  read: (values: RequirementValues | PartialRequirement) => T,
): Sourced<Exclude<T, undefined>> {
  return layers.reduce<Sourced<Exclude<T, undefined>>>(
    (held, { values, origin }) => {
      const value = read(values);
      return value === undefined ? held : { value: value as Exclude<T, undefined>, origin };
    },
    { value: read(DEFAULT_REQUIREMENT) as Exclude<T, undefined>, origin: BUILT_IN },
  );
}

function bySurvivorClass<T>(valueFor: (name: SurvivorClass) => T): Record<SurvivorClass, T> {
  return Object.fromEntries(SURVIVOR_CLASSES.map((name) => [name, valueFor(name)])) as Record<SurvivorClass, T>;
}

function byClaim<T>(valueFor: (claim: ClaimName) => T): Record<ClaimName, T> {
  return Object.fromEntries(CLAIM_NAMES.map((claim) => [claim, valueFor(claim)])) as Record<ClaimName, T>;
}

/** Only losses that something is asked after: none, or a 0 that takes it back, asks for nothing. */
function lossesOf(layers: readonly Layer[]): Requirement['survivorsAfterLossMin'] {
  return REQUIRED_LOSSES.map((loss) => ({ loss, min: afterLossOf(layers, loss) })).filter(({ min }) => min.value > 0);
}

/** Fewest survivors after one loss, 0 among them: unlike a requirement, it says who takes back what was asked. */
export function survivorsAfterLoss(policy: Policy, database: Selectable, loss: RequiredLoss): Sourced<number> {
  return afterLossOf(layersOf(policy, database, environmentOf(policy, database.accountId)), loss);
}

function afterLossOf(layers: readonly Layer[], loss: RequiredLoss): Sourced<number> {
  const { value, origin } = lastWord<number | undefined>(layers, ({ afterLoss }) => afterLoss?.[loss]);
  return { value: value ?? 0, origin };
}

function sourcedEnvironment(policy: Policy, environment: PolicyEnvironment | null): Sourced<Environment | null> {
  if (environment === null) return { value: null, origin: BUILT_IN };
  const { name, sandbox } = environment;
  return { value: { name, sandbox }, origin: environmentOrigin(policy, environment) };
}

function environmentOrigin({ origin }: Policy, { name }: PolicyEnvironment): string {
  return `${origin}: environments.${name}`;
}

function waiversFor(
  policy: Policy,
  database: Selectable,
  environment: PolicyEnvironment | null,
): readonly Sourced<Waiver>[] {
  return policy.waivers
    .map((waiver, index) => ({ waiver, origin: `${policy.origin}: waivers[${index}]` }))
    .filter(({ waiver }) => selects(waiver.match, database, environment?.name ?? null))
    .map(({ waiver, origin }) => ({ value: waiverOf(waiver), origin }));
}

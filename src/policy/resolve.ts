/**
 * Defaults and overrides folded into one requirement per database, each value with its origin.
 *
 * Later overrides win over earlier ones, key by key. Reads nothing but the policy and the database's own
 * facts; a name selects only because the owner of the policy wrote it there.
 */

import type { Seconds } from '../core/time.ts';
import {
  DEFAULT_REQUIREMENT,
  type PartialRequirement,
  type Policy,
  type RequirementValues,
  type Selector,
} from './schema.ts';

/** A value and where it was written. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: string;
}

/** What is required of one database. */
export interface Requirement {
  readonly rpoSecondsMax: Sourced<Seconds>;
  readonly rtoSecondsMax: Sourced<Seconds | null>;
  readonly survivorsOutsidePlanMin: Sourced<number>;
  readonly restoreProof: Sourced<'required' | 'advisory'>;
  readonly proofSecondsMax: Sourced<Seconds>;
}

/** The facts a selector may ask about. */
export interface Selectable {
  readonly identifier: string;
  readonly engine: string;
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The requirement that holds for one database. */
export function resolveRequirement(policy: Policy, database: Selectable): Requirement {
  const layers: { values: PartialRequirement; origin: string }[] = [
    { values: DEFAULT_REQUIREMENT, origin: 'built-in default' },
    { values: policy.defaults, origin: `${policy.origin}: defaults` },
    ...policy.databases
      .map((values, index) => ({ values, origin: `${policy.origin}: databases[${index}]` }))
      .filter(({ values }) => selects(values.match, database)),
  ];
  function pick<K extends keyof RequirementValues>(key: K): Sourced<RequirementValues[K]> {
    return layers.reduce<Sourced<RequirementValues[K]>>(
      (held, { values, origin }) => {
        const value = values[key];
        return value === undefined ? held : { value: value as RequirementValues[K], origin };
      },
      { value: DEFAULT_REQUIREMENT[key], origin: 'built-in default' },
    );
  }
  return {
    rpoSecondsMax: pick('dataLossMax'),
    rtoSecondsMax: pick('restoreTimeMax'),
    survivorsOutsidePlanMin: pick('survivorsOutsidePlan'),
    restoreProof: pick('restoreProof'),
    proofSecondsMax: pick('proofAgeMax'),
  };
}

function selects(selector: Selector, database: Selectable): boolean {
  const { identifier, engine, account, tags } = selector;
  return (
    (identifier === undefined || matchesGlob(identifier, database.identifier)) &&
    (engine === undefined || engine === database.engine) &&
    (account === undefined || account === database.accountId) &&
    Object.entries(tags ?? {}).every(([key, value]) => database.tags[key] === value)
  );
}

function matchesGlob(glob: string, text: string): boolean {
  const pattern = glob
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(text);
}

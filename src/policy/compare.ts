/**
 * What another policy would change: for each database the values that differ, with where either was written.
 *
 * Two values that say the same are no change, wherever they stand. Given the databases; which parts of a policy pick none
 * of them is told as well, since such a part may be a slip of the pen.
 */

import { durationWords, NONE, type RequirementLine, requirementLines, selectorWords } from './lines.ts';
import { REQUIRED_LOSSES, type Sourced } from './model.ts';
import { BUILT_IN, environmentOf, resolveRequirement, survivorsAfterLoss } from './resolve.ts';
import type { Policy } from './schema.ts';
import { type Selectable, type Selector, selects } from './selector.ts';

/** One value that differs, in words. */
export interface ValueChange {
  /** As in the file, dotted: `survivors.outsidePlan`. */
  readonly key: string;
  readonly from: Sourced<string>;
  readonly to: Sourced<string>;
}

/** One value that differs for one database. */
export interface PolicyChange<D> extends ValueChange {
  readonly database: D;
}

/** Two policies, in the order of the change. */
export interface PolicyPair {
  readonly from: Policy;
  readonly to: Policy;
}

/** What differs, database by database in their order, key by key in that of the file. */
export function policyChanges<D extends Selectable>(
  pair: PolicyPair,
  databases: readonly D[],
): readonly PolicyChange<D>[] {
  return databases.flatMap((database) =>
    valueChanges(valuesOf(pair.from, database), valuesOf(pair.to, database)).map((change) => ({ database, ...change })),
  );
}

/** What differs for no one database: how old an inventory may be, and how long a verdict is valid. */
export function limitChanges({ from, to }: PolicyPair): readonly ValueChange[] {
  return valueChanges(limitsOf(from), limitsOf(to));
}

/** A part of a policy that picks none of some databases. */
export interface IdlePart {
  readonly origin: string;
  /** What it asks for, in words. */
  readonly match: string;
}

/** The overrides, then the waivers, that speak of none of these databases. */
export function idleParts(policy: Policy, databases: readonly Selectable[]): readonly IdlePart[] {
  return (['databases', 'waivers'] as const).flatMap((key) =>
    policy[key]
      .map(({ match }, index) => ({ match, origin: `${policy.origin}: ${key}[${index}]` }))
      .filter(({ match }) => !databases.some((database) => picks(policy, match, database)))
      .map(({ match, origin }) => ({ origin, match: selectorWords(match) })),
  );
}

function picks(policy: Policy, match: Selector, database: Selectable): boolean {
  return selects(match, database, environmentOf(policy, database.accountId)?.name ?? null);
}

type Values = ReadonlyMap<string, Sourced<string>>;

/** Every value by its key, the losses that nothing is asked after among them; the waivers of one reason as one. */
function valuesOf(policy: Policy, database: Selectable): Values {
  const everyLoss = REQUIRED_LOSSES.map((loss) => ({ loss, min: survivorsAfterLoss(policy, database, loss) }));
  const lines = requirementLines({ ...resolveRequirement(policy, database), survivorsAfterLossMin: everyLoss });
  return new Map(lines.map(({ key }) => [key, asOne(lines.filter((line) => line.key === key))]));
}

/** Sorted, so that the order of a file is no difference. */
function asOne(lines: readonly RequirementLine[]): Sourced<string> {
  return {
    value: lines
      .map(({ value }) => value)
      .sort()
      .join('; '),
    origin: lines.map(({ origin }) => origin).join(', '),
  };
}

function limitsOf({ origin, inventorySecondsMax, verdictSecondsMax }: Policy): Values {
  return new Map([
    ['inventoryAgeMax', { value: durationWords(inventorySecondsMax), origin }],
    ['verdictAgeMax', { value: durationWords(verdictSecondsMax), origin }],
  ]);
}

function valueChanges(from: Values, to: Values): readonly ValueChange[] {
  const absent = { value: NONE, origin: BUILT_IN };
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((key) => ({ key, from: from.get(key) ?? absent, to: to.get(key) ?? absent }))
    .filter((change) => change.from.value !== change.to.value);
}

/**
 * `muster policy check`: is this a policy, what does it ask of each database, and what would it change?
 *
 * A file that is no policy is an error. Databases are read only where one is named, another policy is compared, or an
 * inventory is given; then both policies are judged by the same facts, at the same instant.
 */

import { assess, findDatabase } from '../app/assess.ts';
import type { Clock } from '../app/ports.ts';
import { invariant } from '../core/invariant.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { idleParts, limitChanges, policyChanges } from '../policy/compare.ts';
import { policyDigest } from '../policy/digest.ts';
import { resolveRequirement } from '../policy/resolve.ts';
import { type Policy, parsePolicy } from '../policy/schema.ts';
import { holdsAt } from '../policy/waivers.ts';
import { type PolicyComparison, type PolicyReport, renderPolicy } from '../report/policy-text.ts';
import type { DatabaseView } from '../verdict/document.ts';
import type { ExitCode } from './exit.ts';
import { clockAt, type InputOptions, originOf, printJson, readInventory } from './inputs.ts';
import { reachOf } from './reach.ts';
import type { CliWorld } from './world.ts';

/** Options of the command; `policy` is not one of them, since the file is an argument. */
export interface PolicyCheckOptions extends Omit<InputOptions, 'policy'> {
  /** The policy that holds now, for what the checked one would change. */
  readonly against?: string;
  readonly json?: boolean;
}

/**
 * @param names Databases whose requirement is shown; with `--against` only these are compared.
 * @returns 0: whatever it asks, it is a policy.
 */
export async function policyCheck(
  file: string,
  names: readonly string[],
  options: PolicyCheckOptions,
  world: CliWorld,
): Promise<ExitCode> {
  const clock = standingAt(clockAt(options, world));
  const policy = await readPolicyFile(file, world);
  const other = options.against === undefined ? null : await readPolicyFile(options.against, world);
  const inventory = asksDatabases(names, options) ? await readInventory(options, world) : null;
  const against =
    inventory === null || other === null
      ? null
      : await compare({ from: other, to: policy, inventory, names }, clock, world);
  const report = { ...reportOf(policy, { inventory, names, at: clock.now() }), against };
  const { out, paint, width } = world.terminal;
  out(options.json ? printJson(report) : renderPolicy(report, paint, width));
  return 0;
}

/** A file is checked without AWS until somebody asks what it means for a database. */
function asksDatabases(names: readonly string[], options: PolicyCheckOptions): boolean {
  const { against, inventory } = options;
  return names.length > 0 || against !== undefined || inventory !== undefined || reachOf(options) !== null;
}

function reportOf(
  policy: Policy,
  {
    inventory,
    names,
    at,
  }: { readonly inventory: Inventory | null; readonly names: readonly string[]; readonly at: Instant },
): Omit<PolicyReport, 'against'> {
  const named = inventory === null ? [] : names.map((name) => findDatabase(inventory, name));
  return {
    formatVersion: '1',
    digest: policyDigest(policy),
    at,
    policy,
    waivers: policy.waivers.map((waiver, index) => ({
      origin: `${policy.origin}: waivers[${index}]`,
      holds: holdsAt(waiver, at),
    })),
    requirements: named.map((database) => ({ ...nameOf(database), requirement: resolveRequirement(policy, database) })),
    idle: inventory === null ? null : idleParts(policy, inventory.databases),
  };
}

async function readPolicyFile(path: string, world: CliWorld): Promise<Policy> {
  return parsePolicy(await world.readFile(path), originOf(path));
}

/** A clock that does not move on between two judgements that are to be compared. */
function standingAt(clock: Clock): Clock {
  const at = clock.now();
  return { ...clock, now: () => at };
}

function nameOf({ arn, identifier }: Database) {
  return { arn, identifier };
}

/** Two policies, and what they are compared by; `names` is empty for every database. */
interface Comparison {
  readonly from: Policy;
  readonly to: Policy;
  readonly inventory: Inventory;
  readonly names: readonly string[];
}

/** What the policy changes: its values, and what becomes of the verdicts. */
async function compare(
  { from, to, inventory, names }: Comparison,
  clock: Clock,
  world: CliWorld,
): Promise<PolicyComparison> {
  const store = await world.store();
  const judge = async (policy: Policy) => (await assess({ inventory, policy, names }, { clock, store })).databases;
  const [before, after] = [await judge(from), await judge(to)];
  const databases = names.length === 0 ? inventory.databases : names.map((name) => findDatabase(inventory, name));
  return {
    origin: from.origin,
    digest: policyDigest(from),
    limits: limitChanges({ from, to }),
    databases: databases.map((database, index) => ({
      ...nameOf(database),
      changes: policyChanges({ from, to }, [database]).map(({ key, from, to }) => ({ key, from, to })),
      ...judgedAnew(before[index], after[index]),
    })),
  };
}

/** What becomes of one verdict, and of the reasons behind it. */
function judgedAnew(before: DatabaseView | undefined, after: DatabaseView | undefined) {
  invariant(before !== undefined && before.arn === after?.arn, 'either policy judges every database, in one order');
  const only = (view: DatabaseView, other: DatabaseView) =>
    view.reasons.filter(({ code }) => !other.reasons.some((reason) => reason.code === code)).map(({ code }) => code);
  return {
    from: before.verdict,
    to: after.verdict,
    raised: [...new Set(only(after, before))],
    settled: [...new Set(only(before, after))],
  };
}

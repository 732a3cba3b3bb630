/**
 * `muster recheck`: does a decision still stand, now that its change is about to run?
 *
 * With `--require-fresh` what it stands on is read anew and compared; without, its time and its policy are. A decision
 * that no longer stands answers as unknown, whatever it said.
 */

import { recheckDecision } from '../app/recheck-decision.ts';
import type { Digest } from '../core/canonical.ts';
import { renderRecheck } from '../report/recheck-text.ts';
import type { Basis } from '../verdict/document.ts';
import { type ExitCode, exitOfDecision } from './exit.ts';
import { clockAt, type InputOptions, originOf, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** Options of `muster recheck`. */
export interface RecheckOptions extends InputOptions {
  readonly requireFresh?: boolean;
  /** The Terraform plan that would be applied. */
  readonly plan?: string;
  /** Its state, as `terraform state pull` prints it. */
  readonly state?: string;
  readonly json?: boolean;
}

/**
 * @param named Digest of the change, or its first digits.
 * @returns As the gate did while the decision stands; 2 when it does not.
 */
export async function recheck(named: string, options: RecheckOptions, world: CliWorld): Promise<ExitCode> {
  const clock = clockAt(options, world);
  const policy = await readPolicy(options, world);
  const shown = await shownBy(options, world);
  const reads = options.requireFresh === true || options.inventory !== undefined;
  const answer = await recheckDecision(
    {
      named,
      policy,
      ...shown,
      requireFresh: options.requireFresh ?? false,
      inventory: async () => (reads ? readInventory(options, world) : null),
    },
    { clock, store: await world.store() },
  );
  const { out, paint, width } = world.terminal;
  out(options.json ? printJson(answer) : renderRecheck(answer, paint, width));
  return exitOfDecision(answer, false);
}

/** What is at hand of the change itself. */
async function shownBy(
  { plan, state }: RecheckOptions,
  world: CliWorld,
): Promise<{ readonly changeDigest: Digest | null; readonly state: Basis['state'] }> {
  const { readTerraformPlan } = await import('../intent/terraform/read-plan.ts');
  const beside =
    state === undefined ? {} : { state: { content: await world.readFile(state), origin: originOf(state) } };
  if (plan === undefined) {
    return { changeDigest: null, state: state === undefined ? null : await stateOf(state, world) };
  }
  const intent = readTerraformPlan(await world.readFile(plan), originOf(plan), beside);
  const seen = intent.state === undefined ? null : { lineage: intent.state.lineage, serial: intent.state.serial };
  return { changeDigest: intent.digest, state: seen };
}

async function stateOf(path: string, world: CliWorld): Promise<Basis['state']> {
  const { readState } = await import('../intent/terraform/state/read-state.ts');
  const { lineage, serial } = readState(await world.readFile(path), originOf(path));
  return { lineage, serial };
}

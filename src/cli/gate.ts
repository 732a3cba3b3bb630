/**
 * `muster gate terraform` and `muster gate command`: the verdict for a change somebody is about to make.
 *
 * What is asked is read and refused, if it must be, before anything else is asked of anyone. A command says less
 * than a plan: it names its target by identifier only and runs wherever these credentials lead.
 */

import { decide } from '../app/decide-change.ts';
import type { Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import type { Intent } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { onlyPlaceOf } from '../inventory/only-place.ts';
import { renderDecisionMarkdown } from '../report/decision-markdown.ts';
import { renderDecision } from '../report/decision-text.ts';
import { type AuthorityOptions, authorityAsked } from './authority.ts';
import { type ExitCode, exitOfDecision } from './exit.ts';
import { clockAt, type InputOptions, originOf, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** Options of every `muster gate`. */
export interface GateOptions extends InputOptions, AuthorityOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly requireApproval?: boolean;
}

/** Options of `muster gate terraform` besides. */
export interface TerraformOptions extends GateOptions {
  readonly state?: string;
  readonly planFile?: string;
}

/** @returns 0 may go to a person (or nothing at stake), 1 not ready, 2 unknown, 3 ready without a receipt. */
export async function gateTerraform(path: string, options: TerraformOptions, world: CliWorld): Promise<ExitCode> {
  const { readTerraformPlan } = await import('../intent/terraform/read-plan.ts');
  const { state, planFile } = options;
  if (path === '-' && state === '-')
    throw new MusterError('MUSTER_USAGE', '--state: the plan is read from stdin already');
  const beside = {
    ...(state !== undefined && { state: { content: await world.readFile(state), origin: originOf(state) } }),
    ...(planFile !== undefined && { planFile: { content: await world.readBytes(planFile), origin: planFile } }),
  };
  const intent = readTerraformPlan(await world.readFile(path), originOf(path), beside);
  return gate(() => intent, options, world);
}

/**
 * @param argv The command and its arguments; a single word is read as shell text.
 * @returns As `gateTerraform`.
 */
export async function gateCommand(argv: readonly string[], options: GateOptions, world: CliWorld): Promise<ExitCode> {
  // An empty word is what a script passes whose variable was not set: there is nothing that could be judged.
  if (argv.every((word) => word.trim() === ''))
    throw new MusterError('MUSTER_USAGE', 'the command after -- is empty; accepted are its words, or one shell text');
  const { readCommand } = await import('../intent/command/read-command.ts');
  return gate((scope) => readCommand({ argv }, { scope }), options, world);
}

/**
 * Judges what was read, and prints the verdict.
 *
 * @param read Given the one place that was meant to be read, null when there are several, since a command may run in any; and
 *   everything that was read, for documents that say what they take and not which.
 */
export async function gate(
  read: (scope: Scope | null, inventory: Inventory) => Intent,
  options: GateOptions,
  world: CliWorld,
): Promise<ExitCode> {
  if (options.json && options.markdown)
    throw new MusterError('MUSTER_USAGE', '--markdown is not what --json asks for; pass one of them');
  const clock = clockAt(options, world);
  const policy = await readPolicy(options, world);
  const authority = await authorityAsked(options, world);
  const inventory = await readInventory(options, world);
  const intent = read(onlyPlaceOf(inventory), inventory);
  const question = {
    intent,
    inventory,
    policy,
    ...(authority && {
      authority: (databases: readonly Database[]) => authority(inventory, databases, clock.now()),
    }),
  };
  const document = await decide(question, { clock, store: await world.store() });
  const { out, paint, width } = world.terminal;
  if (options.json) out(printJson(document));
  else if (options.markdown) out(renderDecisionMarkdown(document));
  else out(renderDecision(document, paint, width));
  return exitOfDecision(document, options.requireApproval ?? false);
}

/**
 * `muster gate terraform` and `muster gate command`: the verdict for a change somebody is about to make.
 *
 * What is asked is read and refused, if it must be, before anything else is asked of anyone. A command says less
 * than a plan: it names its target by identifier only and runs wherever these credentials lead.
 */

import { decide } from '../app/decide-change.ts';
import type { Scope } from '../core/arn.ts';
import type { Intent } from '../intent/action.ts';
import { renderDecisionMarkdown } from '../report/decision-markdown.ts';
import { renderDecision } from '../report/decision-text.ts';
import { type ExitCode, exitOfDecision } from './exit.ts';
import { clockAt, type InputOptions, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** Options of every `muster gate`. */
export interface GateOptions extends InputOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly requireApproval?: boolean;
}

/** @returns 0 may go to a person (or nothing at stake), 1 not ready, 2 unknown, 3 ready without a receipt. */
export async function gateTerraform(path: string, options: GateOptions, world: CliWorld): Promise<ExitCode> {
  const { readTerraformPlan } = await import('../intent/terraform/read-plan.ts');
  const intent = readTerraformPlan(await world.readFile(path), path === '-' ? 'stdin' : path);
  return gate(() => intent, options, world);
}

/**
 * @param argv The command and its arguments; a single word is read as shell text.
 * @returns As `gateTerraform`.
 */
export async function gateCommand(argv: readonly string[], options: GateOptions, world: CliWorld): Promise<ExitCode> {
  const { readCommand } = await import('../intent/command/read-command.ts');
  return gate((scope) => readCommand({ argv }, { scope }), options, world);
}

/** @param read Given the one scope that was read; null when there are several, since a command may run in any. */
async function gate(read: (scope: Scope | null) => Intent, options: GateOptions, world: CliWorld): Promise<ExitCode> {
  const clock = clockAt(options, world);
  const policy = await readPolicy(options, world);
  const inventory = await readInventory(options, world);
  const [scope = null, ...others] = inventory.scopes;
  const intent = read(others.length === 0 ? scope : null);
  const document = await decide({ intent, inventory, policy }, { clock, store: await world.store() });
  const { out, paint, width } = world.terminal;
  if (options.json) out(printJson(document));
  else if (options.markdown) out(renderDecisionMarkdown(document));
  else out(renderDecision(document, paint, width));
  return exitOfDecision(document, options.requireApproval ?? false);
}

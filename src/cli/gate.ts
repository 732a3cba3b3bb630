/**
 * `muster gate terraform`: the verdict for a plan.
 *
 * The plan is read and refused, if it must be, before anything else is asked of anyone.
 */

import { decide } from '../app/decide-change.ts';
import { readTerraformPlan } from '../intent/terraform/read-plan.ts';
import { renderDecisionMarkdown } from '../report/decision-markdown.ts';
import { renderDecision } from '../report/decision-text.ts';
import { type ExitCode, exitOfDecision } from './exit.ts';
import { clockAt, type InputOptions, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** Options of `muster gate terraform`. */
export interface GateOptions extends InputOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly requireApproval?: boolean;
}

/** @returns 0 may go to a person (or nothing at stake), 1 not ready, 2 unknown, 3 ready without a receipt. */
export async function gateTerraform(path: string, options: GateOptions, world: CliWorld): Promise<ExitCode> {
  const clock = clockAt(options, world);
  const intent = readTerraformPlan(await world.readFile(path), path === '-' ? 'stdin' : path);
  const policy = await readPolicy(options, world);
  const inventory = await readInventory(options, world);
  const document = await decide({ intent, inventory, policy }, { clock, store: await world.store() });
  const { out, paint, width } = world.terminal;
  if (options.json) out(printJson(document));
  else if (options.markdown) out(renderDecisionMarkdown(document));
  else out(renderDecision(document, paint, width));
  return exitOfDecision(document, options.requireApproval ?? false);
}

/**
 * `muster report`: would each database come back, were it deleted now?
 *
 * The loss assumed is the worst a careless caller makes: automated backups deleted, no final snapshot. Keeps
 * nothing.
 */

import { assess } from '../app/assess.ts';
import { renderReadiness } from '../report/readiness-text.ts';
import { type ExitCode, exitOf } from './exit.ts';
import { clockAt, type InputOptions, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** @returns The exit code of the worst verdict. */
export async function report(
  names: readonly string[],
  options: InputOptions & { readonly json?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const clock = clockAt(options, world);
  const policy = await readPolicy(options, world);
  const inventory = await readInventory(options, world);
  const readiness = await assess({ inventory, policy, names }, { clock, store: await world.store() });
  const { out, paint, width } = world.terminal;
  out(options.json ? printJson(readiness) : renderReadiness(readiness, paint, width));
  return exitOf(readiness.verdict);
}

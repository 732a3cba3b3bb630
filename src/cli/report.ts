/**
 * `muster report`: would each database come back, were it deleted now?
 *
 * The loss assumed is the worst a careless caller makes: automated backups deleted, no final snapshot. `--loss`
 * shows what other losses would leave, but the exit code stays that of the verdict: something left is not readiness.
 */

import { assess, findDatabase } from '../app/assess.ts';
import { MusterError } from '../core/errors.ts';
import { renderLosses } from '../report/losses-text.ts';
import { renderReadiness } from '../report/readiness-text.ts';
import { LOSSES, type LossName } from '../survival/losses.ts';
import { matrixOf } from '../survival/matrix.ts';
import { type ExitCode, exitOf } from './exit.ts';
import { clockAt, type InputOptions, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** @returns The exit code of the worst verdict. */
export async function report(
  names: readonly string[],
  options: InputOptions & { readonly json?: boolean; readonly loss?: string },
  world: CliWorld,
): Promise<ExitCode> {
  const losses = options.loss === undefined ? null : lossesNamed(options.loss);
  const clock = clockAt(options, world);
  const policy = await readPolicy(options, world);
  const inventory = await readInventory(options, world);
  const readiness = await assess({ inventory, policy, names }, { clock, store: await world.store() });
  const { out, paint, width } = world.terminal;
  if (losses === null) {
    out(options.json ? printJson(readiness) : renderReadiness(readiness, paint, width));
    return exitOf(readiness.verdict);
  }
  const chosen = names.length === 0 ? inventory.databases : names.map((name) => findDatabase(inventory, name));
  const tables = chosen.map((database) => ({
    identifier: database.identifier,
    arn: database.arn,
    rows: matrixOf(inventory, database, readiness.at, losses),
  }));
  out(options.json ? printJson({ ...readiness, losses: tables }) : renderLosses(tables, paint, width));
  return exitOf(readiness.verdict);
}

function lossesNamed(name: string): readonly LossName[] {
  if (name === 'all') return LOSSES;
  const known = LOSSES.find((loss) => loss === name);
  if (known !== undefined) return [known];
  throw new MusterError(
    'MUSTER_USAGE',
    `--loss: ${JSON.stringify(name)} is no loss; accepted are all, ${LOSSES.join(', ')}`,
  );
}

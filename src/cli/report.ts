/**
 * `muster report`: would each database come back, were it deleted now?
 *
 * The loss assumed is the worst a careless caller makes: automated backups deleted, no final snapshot. `--loss`
 * shows what other losses would leave, but the exit code stays that of the verdict: something left is not readiness.
 */

import { assess, findDatabase } from '../app/assess.ts';
import { lossTables } from '../app/loss-tables.ts';
import { MusterError } from '../core/errors.ts';
import { renderLosses } from '../report/losses-text.ts';
import { renderReadiness } from '../report/readiness-text.ts';
import { PRINCIPAL_REACH } from '../survival/authority-loss.ts';
import { LOSSES } from '../survival/losses.ts';
import { type AuthorityOptions, authorityAsked } from './authority.ts';
import { type ExitCode, exitOf } from './exit.ts';
import { clockAt, type InputOptions, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** @returns The exit code of the worst verdict. */
export async function report(
  names: readonly string[],
  options: InputOptions & AuthorityOptions & { readonly json?: boolean; readonly loss?: string },
  world: CliWorld,
): Promise<ExitCode> {
  const losses = options.loss === undefined ? null : lossesNamed(options.loss, options);
  const clock = clockAt(options, world);
  const policy = await readPolicy(options, world);
  // Asked for what a principal may take, and not told whose: whoever makes the reads.
  const asks =
    losses?.ofPrincipal && options.iamPolicy === undefined ? { principal: true as const, ...options } : options;
  const ask = await authorityAsked(asks, world);
  const inventory = await readInventory(options, world);
  const chosen = names.length === 0 ? inventory.databases : names.map((name) => findDatabase(inventory, name));
  const authority = ask === null ? null : await ask(inventory, chosen, clock.now());
  const readiness = await assess({ inventory, policy, names, authority }, { clock, store: await world.store() });
  const { out, paint, width } = world.terminal;
  if (losses === null) {
    out(options.json ? printJson(readiness) : renderReadiness(readiness, paint, width));
    return exitOf(readiness.verdict);
  }
  const tables = lossTables({ inventory, databases: chosen, at: readiness.at, losses: losses.named }, authority);
  out(options.json ? printJson({ ...readiness, losses: tables }) : renderLosses(tables, paint, width));
  return exitOf(readiness.verdict);
}

/** The losses a name stands for, those of a principal apart: they need to know whose. */
function lossesNamed(name: string, { principal, iamPolicy }: AuthorityOptions) {
  if (name === PRINCIPAL_REACH) return { named: [], ofPrincipal: true };
  if (name === 'all') return { named: LOSSES, ofPrincipal: principal !== undefined || iamPolicy !== undefined };
  const known = LOSSES.find((loss) => loss === name);
  if (known !== undefined) return { named: [known], ofPrincipal: false };
  throw new MusterError(
    'MUSTER_USAGE',
    `--loss: ${JSON.stringify(name)} is no loss; accepted are all, ${[...LOSSES, PRINCIPAL_REACH].join(', ')}`,
  );
}

/**
 * `muster scan`: what exists now, and what could not be seen.
 *
 * Its JSON is the inventory itself, which `--inventory` of other commands takes: read once, judge elsewhere.
 */

import { renderInventory } from '../report/inventory-text.ts';
import type { ExitCode } from './exit.ts';
import { printJson, readEstate } from './inputs.ts';
import type { ReachOptions } from './reach.ts';
import type { CliWorld } from './world.ts';

/** @returns 0, or 2 when something could not be read: what was not seen is unknown. */
export async function scan(options: ReachOptions & { readonly json?: boolean }, world: CliWorld): Promise<ExitCode> {
  const inventory = await readEstate(world, options);
  const { out, paint, width } = world.terminal;
  out(options.json ? printJson(inventory) : renderInventory(inventory, inventory.observedAt, paint, width));
  return inventory.gaps.length === 0 ? 0 : 2;
}

/**
 * What several commands read alike: the inventory, the policy, and the instant to judge by.
 *
 * A file named by an option wins over what would be read otherwise; a file that does not parse is an error that
 * names it, before anything is called.
 */

import type { Clock } from '../app/ports.ts';
import { MusterError } from '../core/errors.ts';
import { parseInstant } from '../core/time.ts';
import type { Inventory } from '../inventory/model.ts';
import { parseInventory } from '../inventory/schema.ts';
import { DEFAULT_POLICY, type Policy, parsePolicy } from '../policy/schema.ts';
import { type ReachOptions, reachOf } from './reach.ts';
import type { CliWorld } from './world.ts';

/** Options that name inputs. */
export interface InputOptions extends ReachOptions {
  readonly policy?: string;
  readonly inventory?: string;
  readonly at?: string;
}

/** The policy of `--policy`, or the strict default. */
export async function readPolicy({ policy }: InputOptions, world: CliWorld): Promise<Policy> {
  return policy === undefined ? DEFAULT_POLICY : parsePolicy(await world.readFile(policy), originOf(policy));
}

/**
 * The inventory of `--inventory`, or what AWS shows now.
 *
 * @throws MusterError `MUSTER_USAGE` when `--at` is earlier: what was seen later cannot speak for that instant.
 */
export async function readInventory(options: InputOptions, world: CliWorld): Promise<Inventory> {
  const { inventory: path, at } = options;
  if (path !== undefined && reachOf(options) !== null) {
    throw new MusterError('MUSTER_USAGE', '--inventory reads no AWS, so it excludes --region and --assume-role');
  }
  const inventory =
    path === undefined ? await readEstate(world, options) : parseInventory(await world.readFile(path), originOf(path));
  if (at !== undefined && parseInstant(at, '--at') < inventory.observedAt) {
    throw new MusterError('MUSTER_USAGE', `--at: ${at} is before the inventory was read, at ${inventory.observedAt}`);
  }
  return inventory;
}

/**
 * Reads AWS as far as the options reach, with progress on a terminal.
 *
 * @throws MusterError `MUSTER_USAGE` before anything is called when an option names no region or role.
 */
export async function readEstate(world: CliWorld, options: ReachOptions = {}): Promise<Inventory> {
  const reach = reachOf(options);
  const progress = world.terminal.progress('reading AWS');
  const estate = await world.estate(reach);
  try {
    return await estate.reader.read(world.clock.now(), (what) => progress.update(`reading ${what}`));
  } finally {
    progress.stop();
    estate.close();
  }
}

/** How a file is named to people. */
export function originOf(path: string): string {
  return path === '-' ? 'stdin' : path;
}

/** A clock that stands at `--at`, or the world's own. */
export function clockAt({ at }: InputOptions, { clock }: CliWorld): Clock {
  if (at === undefined) return clock;
  const instant = parseInstant(at, '--at');
  return { ...clock, now: () => instant };
}

/** A value as JSON for people and machines. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

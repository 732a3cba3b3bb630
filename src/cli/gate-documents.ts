/**
 * `muster gate kubernetes`, `cloudformation` and `cleaner`: the verdict for a document that some tool would carry out.
 *
 * Each document is read once before AWS is asked anything, so that one which cannot be read is refused at no cost; what
 * it leaves out about where it runs is then that of the one account and region that were read.
 */

import type { Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import type { ExitCode } from './exit.ts';
import { type GateOptions, gate } from './gate.ts';
import { originOf } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** Options of `muster gate cloudformation`. */
export interface CloudFormationOptions extends GateOptions {
  readonly template?: string;
  readonly stackResources?: string;
  readonly delete?: boolean;
}

/** @returns As `gateTerraform`. */
export async function gateKubernetes(path: string, options: GateOptions, world: CliWorld): Promise<ExitCode> {
  const { readKubernetes } = await import('../intent/kubernetes/read-kubernetes.ts');
  const text = await world.readFile(path);
  const read = (scope: Scope | null) => readKubernetes(text, originOf(path), { scope });
  read(null);
  return gate((scope, { scopes }) => read(scope ?? homeIn(scopes)), options, world);
}

/** Objects say their region and seldom their account: it is the one that was read, in however many regions. */
function homeIn([first, ...others]: readonly Scope[]): Scope | null {
  const isOne = others.every(({ accountId }) => accountId === first?.accountId);
  return first !== undefined && isOne ? first : null;
}

/** @returns As `gateTerraform`. */
export async function gateCloudFormation(
  path: string,
  options: CloudFormationOptions,
  world: CliWorld,
): Promise<ExitCode> {
  const { readCloudFormation } = await import('../intent/cloudformation/read-cloudformation.ts');
  if ([path, options.template, options.stackResources].filter((name) => name === '-').length > 1) {
    throw new MusterError('MUSTER_USAGE', '-: stdin can be read once; pass the other documents as files');
  }
  if (options.stackResources !== undefined && !options.delete) {
    throw new MusterError('MUSTER_USAGE', '--stack-resources: goes with --delete; a change set has its own list');
  }
  const document = async (name: string | undefined) =>
    name === undefined ? null : { text: await world.readFile(name), origin: originOf(name) };
  const input = {
    main: { text: await world.readFile(path), origin: originOf(path) },
    template: await document(options.template),
    stackResources: await document(options.stackResources),
    deletesStack: options.delete ?? false,
  };
  const read = (scope: Scope | null) => readCloudFormation(input, { scope });
  read(null);
  return gate(read, options, world);
}

/** @returns As `gateTerraform`. */
export async function gateCleaner(path: string, options: GateOptions, world: CliWorld): Promise<ExitCode> {
  const { readCleaner } = await import('../intent/cleaner/read-cleaner.ts');
  const { cleanerIntent } = await import('../intent/cleaner/cleaner-intent.ts');
  const rules = readCleaner(await world.readFile(path), originOf(path));
  return gate((_, inventory) => cleanerIntent(rules, inventory), options, world);
}

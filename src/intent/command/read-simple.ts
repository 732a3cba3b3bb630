/**
 * One simple command -> its readings: which program it is decides who reads it.
 *
 * In order: what the script itself redefined, wrappers, shells, the tools Muster knows, plain commands. What is left is
 * unknown: an executable that nobody knows may reach a protected account, whatever it is called.
 */

import { type Arg, programName } from './arg.ts';
import { readAws } from './aws/read-aws.ts';
import type { Environment } from './environment.ts';
import { oneLine, printCommand } from './printing.ts';
import { harmless, opaque, type Reading } from './reading.ts';
import { readSqlClient } from './sql/clients.ts';
import { readPlain } from './tools/plain.ts';
import { readTool } from './tools/subcommands.ts';
import { readTerraform } from './tools/terraform.ts';
import { readWrapped } from './wrappers/read-wrapper.ts';
import { readShell } from './wrappers/shells.ts';

/** Folders whose programs are what their names say. */
const TRUSTED = /^(?:\/(?:usr\/(?:local\/)?)?s?bin|\/opt\/homebrew\/bin)\/[^/]+$/;
const WORDS_MAX = 10_000;
const WRAPPED_MAX = 24;
const INTERPRETERS: ReadonlyMap<string, string> = new Map(
  'node nodejs deno bun python python2 python3 ipython perl ruby php lua Rscript java osascript tclsh expect groovy scala elixir npx bunx pnpx uvx tsx ts-node'
    .split(' ')
    .map((name) => [name, 'runs a program whose text is not read']),
);
const RUNNERS: ReadonlyMap<string, string> = new Map(
  'make gmake just task rake gradle gradlew mvn ant bazel nx turbo lerna tox nox invoke fab ansible-playbook ansible packer atlantis infracost'
    .split(' ')
    .map((name) => [name, 'runs whatever its own files say, which are not at hand']),
);

/** Reads a program and its arguments. */
export function readSimple(args: readonly Arg[], environment: Environment): readonly Reading[] {
  const [program] = args;
  if (program === undefined) return [];
  if (program.dynamic !== null) {
    return [opaque(printCommand([program]), `which program it runs depends on ${oneLine(program.dynamic, 40)}`)];
  }
  const address = printCommand([program]);
  if (args.length > WORDS_MAX || environment.wrapped > WRAPPED_MAX) {
    return [opaque(address, 'longer, or wrapped more deeply, than is read')];
  }
  const { functions, aliases } = environment.shell;
  if (aliases.has(program.text)) return [opaque(address, 'the script makes it an alias of something else')];
  if (functions.has(program.text)) {
    // What the function does was read where it is defined; only under a familiar name would it be mistaken.
    const familiar = readKnown(args, environment) !== null;
    return [familiar ? opaque(address, 'the script defines a function of that name') : harmless(address)];
  }
  const readings = readKnown(args, environment);
  if (readings === null)
    return [opaque(printCommand(args), 'the program is not known, and it could reach a protected account')];
  const elsewhere = program.text.includes('/') && !TRUSTED.test(program.text);
  if (!elsewhere || readings.some((reading) => reading.class !== 'none')) return readings;
  return [...readings, opaque(address, 'a program from a folder of its own may be another than its name says')];
}

/** Null for a program that nobody knows. */
function readKnown(args: readonly Arg[], environment: Environment): readonly Reading[] | null {
  const [program, ...rest] = args;
  const name = programName(program?.text ?? '');
  const several = readWrapped(args, environment) ?? readShell(args, environment) ?? readPlain(args, environment);
  if (several !== null) return several;
  if (name === 'aws') return [readAws(rest, environment)];
  const single = readTerraform(args, environment) ?? readSqlClient(args, environment) ?? readTool(args);
  if (single !== null) return [single];
  const why = INTERPRETERS.get(name) ?? RUNNERS.get(name);
  if (why === undefined) return null;
  const asks = rest.length === 1 && ['--version', '-V', '--help', '-version'].includes(rest[0]?.text ?? '');
  return [asks ? harmless(`${name} ${rest[0]?.text ?? ''}`) : opaque(printCommand(args), why)];
}

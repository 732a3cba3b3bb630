/**
 * Terraform, OpenTofu and Terragrunt: what acts, and what only looks.
 *
 * An apply or a destroy does what its state says, which no command line shows; so these are opaque, with the way to a
 * plan that can be judged. Options before and behind the subcommand may have one dash or two.
 * Source: Terraform CLI, "Commands"; OpenTofu CLI, same; Terragrunt CLI reference, "run", "run-all" and "stack".
 */

import { type Arg, programName } from '../arg.ts';
import type { Environment } from '../environment.ts';
import { oneLine } from '../printing.ts';
import { harmless, opaque, type Reading } from '../reading.ts';
import { isStateFile } from './files.ts';

const words = (text: string) => new Set(text.split(' '));

const TOOLS = words('terraform tofu opentofu terragrunt tf');
const HARMLESS = words(
  'plan show validate fmt init output providers version graph get metadata modules login logout console hclfmt hclvalidate render-json graph-dependencies output-module-groups validate-inputs terragrunt-info plan-all validate-all output-all find list hcl dag render info help',
);
/** What the subcommand does, for those whose effect only the state knows. */
const ACTS: Readonly<Record<string, string>> = {
  apply: 'what it changes is in the plan, not in the command',
  'apply-all': 'what it changes is in the plans, not in the command',
  destroy: 'it deletes everything that its state holds',
  'destroy-all': 'it deletes everything that every state holds',
  refresh: 'it rewrites the state, and with it what the next plan deletes',
  import: 'it brings something under a state whose next destroy takes it, final snapshots skipped',
  taint: 'the next apply deletes and recreates what it marks',
  untaint: 'it changes what the next apply deletes',
  'force-unlock': 'it lets two changes write one state at once',
  test: 'it applies and destroys real things',
};
const STATE_READS = words('list show pull identities');
const WORKSPACE_READS = words('list show select new');
/** Options of Terragrunt that take a word; Terraform's own want `=`. */
const VALUED = words(
  '--working-dir --log-level --config --download-dir --source --iam-assume-role --queue-include-dir --queue-exclude-dir --parallelism --tf-path --terragrunt-working-dir --terragrunt-config --terragrunt-log-level --terragrunt-include-dir --terragrunt-exclude-dir --terragrunt-parallelism --terragrunt-source --terragrunt-iam-role --terragrunt-download-dir --terragrunt-tfpath',
);

const SHOW = 'terraform show -json PLAN > p.json; muster gate terraform p.json';

/** The reading of a Terraform command; null when the program is none of the family. */
export function readTerraform(args: readonly Arg[], environment: Environment): Reading | null {
  const name = programName(args[0]?.text ?? '');
  if (!TOOLS.has(name)) return null;
  const rest = args.slice(1);
  const all = operandsOf(rest);
  // `terragrunt run --all apply`, `run-all apply`, `run -- apply`, `stack run apply`.
  const lead = all[0]?.text ?? '';
  const passes = ['run', 'run-all', 'stack'].includes(lead) && name === 'terragrunt';
  const operands = passes ? all.filter(({ text }) => text !== lead && text !== 'run') : all;
  const [command, second] = operands;
  const shown = [name, ...(passes ? [lead] : []), command, needsSecond(command) ? second : undefined];
  const address = oneLine(
    shown
      .map((part) => (typeof part === 'string' ? part : (part?.shown ?? '')))
      .filter(Boolean)
      .join(' '),
  );
  if (environment.terraformArguments !== null) {
    return opaque(address, `${oneLine(environment.terraformArguments, 40)} adds arguments that are not in the command`);
  }
  const has = (option: string) =>
    rest.some(({ head }) => head.replace(/^--?/, '').split('=')[0] === option && head.startsWith('-'));
  if (rest.length === 0 || asksForHelp(rest)) return harmless(address);
  if (command === undefined || command.dynamic !== null || unknownFront(rest, name)) {
    return opaque(address, `which subcommand it runs is not certain; ${insteadOf(name)}`);
  }
  if (has('tf-path') || has('terragrunt-tfpath')) {
    return opaque(address, 'which program it runs depends on an option; name no path to it');
  }
  if (rest.some(({ text }) => /^--?(?:out|state-out)=/.test(text) && isStateFile(text.slice(text.indexOf('=') + 1)))) {
    return opaque(address, 'writes over a Terraform state file');
  }
  return readSubcommand(command.text, second, {
    name,
    address,
    has,
    destroys: all.some(({ text }) => /^destroy(?:-all)?$/.test(text)),
  });
}

interface Run {
  readonly name: string;
  readonly address: string;
  readonly has: (option: string) => boolean;
  /** A word that says destroy stands somewhere among the operands. */
  readonly destroys: boolean;
}

function readSubcommand(command: string, second: Arg | undefined, { name, address, has, destroys }: Run): Reading {
  const actions = [command];
  const unknown = (why: string) => opaque(address, `${why}; ${insteadOf(name)}`, { actions });
  switch (command) {
    case 'state':
    case 'workspace':
    case 'env': {
      const reads = command === 'state' ? STATE_READS : WORKSPACE_READS;
      if (second === undefined || (second.dynamic === null && reads.has(second.text)))
        return harmless(address, actions);
      return unknown(
        command === 'state' ? 'it edits the state, and with it what the next plan deletes' : 'it acts on a whole state',
      );
    }
    case 'init': {
      const moves = ['migrate-state', 'force-copy', 'reconfigure'].find(has);
      return moves ? unknown(`-${moves} may leave the state behind`) : harmless(address, actions);
    }
    case 'apply':
    case 'apply-all':
    case 'destroy':
    case 'destroy-all': {
      const destroy = command.startsWith('destroy') || has('destroy');
      const why = ACTS[destroy ? 'destroy' : command] ?? '';
      const saved = second !== undefined && !command.startsWith('destroy');
      const instead = saved ? `ask about the plan it names: ${SHOW}` : insteadOf(name, destroy);
      return opaque(address, `${why}; ${instead}`, { class: destroy ? 'destroy' : 'unknown', actions });
    }
    default:
      if (Object.hasOwn(ACTS, command)) return unknown(ACTS[command] ?? '');
      if (HARMLESS.has(command))
        return destroys && command !== 'plan' ? unknown('the word destroy stands in it') : harmless(address, actions);
      return unknown('what it does is not known');
  }
}

/** The exact words only: `-help=false` runs the subcommand. */
function asksForHelp(args: readonly Arg[]): boolean {
  const [first] = args;
  if (args.length === 1 && ['-v', '-version', '--version'].includes(first?.text ?? '')) return true;
  const end = args.findIndex(({ text }) => text === '--');
  return (end < 0 ? args : args.slice(0, end)).some(({ text }) => ['-h', '-help', '--help'].includes(text));
}

/** Words that are no options, nor values of options that take one. */
function operandsOf(args: readonly Arg[]): Arg[] {
  return args.filter((arg, index) => {
    const before = args[index - 1];
    if (before !== undefined && before.dynamic === null && VALUED.has(before.text)) return false;
    return !arg.head.startsWith('-');
  });
}

/** An option in front of the subcommand whose value may be the next word. */
function unknownFront(args: readonly Arg[], name: string): boolean {
  if (name === 'terragrunt') return args.some((arg) => arg.dynamic !== null && arg.head === '' && arg.splits);
  const [first] = args;
  return (first?.head.startsWith('-') ?? false) && !first?.head.replace(/^--?/, '').startsWith('chdir=');
}

function needsSecond(command: Arg | undefined): boolean {
  return command !== undefined && ['state', 'workspace', 'env'].includes(command.text);
}

function insteadOf(name: string, destroy = false): string {
  const tool = name === 'terragrunt' || name === 'tofu' ? name : 'terraform';
  const plan = `${tool} plan ${destroy ? '-destroy ' : ''}-out=p`;
  return `make a plan and ask: ${plan}; ${tool} show -json p > p.json; muster gate terraform p.json`;
}

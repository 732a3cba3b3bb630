/**
 * The command line: which commands there are, and how their answers become exit codes.
 *
 * Each command is loaded when it runs. An answer's exit code is 0, 1 or 2; an error's is 10 or above, and its
 * message goes to stderr with a hint and never with a stack.
 */

import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { MusterError } from '../core/errors.ts';
import { readsAws } from './command-options.ts';
import { EXIT_INTERRUPTED, type ExitCode } from './exit.ts';
import { recordCommands } from './record-commands.ts';
import type { ServeWorld } from './serve-world.ts';
import { tellError } from './tell-error.ts';
import { usageError } from './usage-error.ts';
import type { CliWorld } from './world.ts';

/**
 * Runs one command line.
 *
 * @param argv Arguments after the program's name.
 * @returns The process exit code.
 */
export async function runCli(argv: readonly string[], world: ServeWorld): Promise<number> {
  const result: { code: number } = { code: 0 };
  const program = createProgram(world, (code) => {
    result.code = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return result.code;
  } catch (error) {
    return failure(error, { argv, program }, world);
  }
}

function createProgram(world: ServeWorld, exit: (code: ExitCode) => void): Command {
  const program = new Command('muster')
    .description('If this database were lost now, could we get it back, how much would be missing, and how do we know?')
    .version(world.version)
    .exitOverride()
    .configureOutput({ writeOut: world.terminal.out, writeErr: () => undefined });

  program
    .command('demo')
    .description('the whole job on the embedded lab: no account, no settings')
    .option('--json', 'print the steps as data')
    .option('--keep', 'leave the lab running for the AWS CLI to look around, until Ctrl-C')
    .action(async (options) => exit(await (await import('./demo.ts')).demo(options, world)));

  program
    .command('lab')
    .description('serve the embedded AWS endpoint on loopback, until Ctrl-C')
    .option('--port <number>', 'port to listen on; 0 picks one', portNumber, 0)
    .option('--estate <name>', 'datatalks or empty', oneOf('datatalks', 'empty'), 'datatalks')
    .action(async (options) => exit(await (await import('./lab.ts')).lab(options, world)));

  const scan = program
    .command('scan')
    .description('read databases and recovery points now')
    .option('--json', 'print the inventory as data, which gate --inventory accepts')
    .action(async (options) => exit(await (await import('./scan.ts')).scan(options, world)));

  const report = program
    .command('report')
    .description('would each database come back, were it deleted now?')
    .argument('[databases...]', 'identifiers, resource ids or ARNs; all when none is named')
    .option('--policy <file>', 'policy file')
    .option('--inventory <file>', 'judge a saved muster scan --json instead of reading AWS')
    .option('--at <instant>', 'judge as of this instant')
    .option('--loss <name>', "what one loss would leave, or 'all' of them")
    .option(
      '--principal [arn]',
      'allow for what this user or role may call, as IAM simulates it; the caller by default',
    )
    .option('--iam-policy <file>', 'allow for what these IAM policies let a principal call')
    .option('--boundary <file>', 'the permissions boundary of the same principal')
    .option('--format <name>', 'text, json or markdown')
    .option('--json', 'print the report as data, as --format json does')
    .action(async (names, options) => exit(await (await import('./report.ts')).report(names, options, world)));

  const gate = program.command('gate').description('verdict for a change somebody is about to make');
  const terraform = gate
    .command('terraform')
    .description('verdict for a Terraform or OpenTofu plan')
    .argument('<plan>', "file printed by terraform show -json; '-' reads stdin")
    .option('--state <file>', "the state behind it, as terraform state pull prints it; '-' reads stdin")
    .option('--plan-file <file>', 'the saved plan that it was rendered from and that would be applied')
    .action(async (plan, options) => exit(await (await import('./gate.ts')).gateTerraform(plan, options, world)));
  const command = gate
    .command('command')
    .description('verdict for one command, written after --')
    .argument('<argv...>', 'the command and its arguments; one word alone is read as shell text')
    .action(async (argv, options) => exit(await (await import('./gate.ts')).gateCommand(argv, options, world)));
  const documents = documentGates(gate, world, exit);
  for (const asked of [scan, report, terraform, command, ...documents]) readsAws(asked);
  for (const asked of [terraform, command, ...documents]) {
    asked
      .option('--policy <file>', 'policy file')
      .option('--inventory <file>', 'judge a saved muster scan --json instead of reading AWS')
      .option('--at <instant>', 'judge as of this instant')
      .option('--principal [arn]', 'who asks: what this user or role may call, as IAM simulates it')
      .option('--iam-policy <file>', 'what these IAM policies let whoever asks call')
      .option('--boundary <file>', 'the permissions boundary of whoever asks')
      .option('--json', 'print the decision document')
      .option('--markdown', 'print the decision as Markdown')
      .option('--require-approval', "exit 3 unless a person's receipt for this change exists");
  }

  const drill = program.command('drill').description('restore drills on scratch databases');
  const runs = () => import('./drill-run.ts');
  const planned = drill
    .command('plan')
    .description('what a drill would restore, ask, take and cost, and which permissions are missing')
    .argument('[database]', 'identifier, resource id or ARN; those that the definition picks when none is named')
    .option('--definition <file>', 'drill definition')
    .option('--json', 'print the plan as data')
    .action(async (name, options) => exit(await (await runs()).drillPlan(name, options, world)));
  const run = drill
    .command('run')
    .description('restore a recovery point, question it, time it, tear it down')
    .argument('[database]', 'identifier, resource id or ARN; those that the definition picks when none is named')
    .option('--definition <file>', 'drill definition')
    .option('--json', 'print the record as data')
    .action(async (name, options) => exit(await (await runs()).drillRun(name, options, world)));
  const resumed = drill
    .command('resume')
    .description('go on with drills that were left unfinished')
    .argument('[drill]', 'drill id; all of them when none is named')
    .option('--json', 'print the record as data')
    .action(async (id, options) => exit(await (await runs()).drillResume(id, options, world)));
  drill
    .command('list')
    .description('drills on record, newest first')
    .option('--json', 'print the records as data')
    .action(async (options) => exit(await (await import('./drill.ts')).drillList(options, world)));
  drill
    .command('show')
    .description('the record of one drill')
    .argument('<drill>', 'drill id')
    .option('--json', 'print the record as data')
    .action(async (id, options) => exit(await (await import('./drill.ts')).drillShow(id, options, world)));
  const swept = drill
    .command('sweep')
    .description('delete scratch databases that drills left behind')
    .option('--dry-run', 'say what would be deleted')
    .option('--json', 'print the result as data')
    .action(async (options) => exit(await (await import('./drill.ts')).drillSweep(options, world)));
  for (const asked of [planned, run, resumed, swept]) readsAws(asked);

  const serve = program
    .command('serve')
    .description('answer over HTTP, read, drill and watch on schedule; until Ctrl-C')
    .option('--config <file>', 'service file; see infra/serve.yaml')
    .option('--policy <file>', 'policy file')
    .option('--listen <host:port>', 'where to listen, before what the file says; port 0 picks one')
    .option('--no-api', 'answer nobody')
    .option('--no-schedule', 'fire no schedules')
    .option('--no-worker', 'do no work')
    .action(async (options) => exit(await (await import('./serve.ts')).serve(options, world)));
  readsAws(serve);

  const groups = [gate, drill, ...recordCommands(program, world, exit)];
  program
    .command('rules')
    .description('the rules of survival that verdicts cite, each with its source')
    .option('--json', 'print the rules as data')
    .action(async (options) => exit(await (await import('./rules.ts')).rules(options, world)));

  for (const command of [program, ...program.commands, ...groups.flatMap((group) => group.commands)]) {
    command.exitOverride().configureOutput({ writeOut: world.terminal.out, writeErr: () => undefined });
  }
  return program;
}

/** The gates for documents of other tools. */
function documentGates(gate: Command, world: CliWorld, exit: (code: ExitCode) => void): readonly Command[] {
  const commands = () => import('./gate-documents.ts');
  return [
    gate
      .command('kubernetes')
      .description('verdict for an admission request, or for objects to be deleted (ACK, Crossplane)')
      .argument('<file>', "AdmissionReview, or what kubectl get -o yaml prints; '-' reads stdin")
      .action(async (file, options) => exit(await (await commands()).gateKubernetes(file, options, world))),
    gate
      .command('cloudformation')
      .description('verdict for a change set, a hook call, or the deletion of a stack')
      .argument('<file>', "what aws cloudformation describe-change-set prints, or a template; '-' reads stdin")
      .option('--template <file>', "the stack's template, for what the change set leaves out")
      .option('--delete', 'the stack of this template is deleted')
      .option('--stack-resources <file>', 'with --delete: what aws cloudformation list-stack-resources prints')
      .action(async (file, options) => exit(await (await commands()).gateCloudFormation(file, options, world))),
    gate
      .command('cleaner')
      .description('verdict for a run of aws-nuke, cloud-nuke or Cloud Custodian')
      .argument('<file>', "the config that the tool takes; '-' reads stdin")
      .action(async (file, options) => exit(await (await commands()).gateCleaner(file, options, world))),
  ];
}

/** What was asked, and the program that was to understand it. */
interface Asked {
  readonly argv: readonly string[];
  readonly program: Command;
}

function failure(error: unknown, { argv, program }: Asked, { terminal }: CliWorld): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? 0 : tellError(usageError(error, argv, program), terminal);
  if (error instanceof MusterError) return tellError(error, terminal);
  if (error instanceof Error && error.name === 'AbortError') return EXIT_INTERRUPTED;
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return tellError(
    new MusterError('MUSTER_INVARIANT_BROKEN', `an error nobody foresaw (${cause})`, { cause: error }),
    terminal,
  );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return port;
}

function oneOf(...names: readonly string[]): (text: string) => string {
  return (text) => {
    if (!names.includes(text)) throw new InvalidArgumentError(`accepted are ${names.join(' and ')}`);
    return text;
  };
}

/**
 * The commands on what is kept, signed and approved, on access tokens and on the policy: their names and options.
 *
 * Each is loaded when it runs.
 */

import type { Command } from 'commander';
import { readsAws } from './command-options.ts';
import type { ExitCode } from './exit.ts';
import type { CliWorld } from './world.ts';

/** What is kept, signed and approved, and the policy; the groups among them. */
export function recordCommands(program: Command, world: CliWorld, exit: (code: ExitCode) => void): readonly Command[] {
  const recheck = program
    .command('recheck')
    .description('does a decision still stand, now that its change is about to run?')
    .argument('<digest>', 'digest of the change, or its first 12 digits')
    .option('--require-fresh', 'read what it stands on anew, and compare')
    .option('--plan <file>', 'the Terraform plan that would be applied, as terraform show -json prints it')
    .option('--state <file>', 'the state behind it, as terraform state pull prints it')
    .option('--policy <file>', 'policy file')
    .option('--inventory <file>', 'compare with a saved muster scan --json instead of reading AWS')
    .option('--at <instant>', 'ask as of this instant')
    .option('--json', 'print the answer as data')
    .action(async (digest, options) => exit(await (await import('./recheck.ts')).recheck(digest, options, world)));
  readsAws(recheck);
  program
    .command('approve')
    .description("keep a person's receipt for one change")
    .argument('<digest>', 'digest of the change, or its first 12 digits')
    .option('--note <text>', 'why, in your own words')
    .option('--json', 'print the receipt as data')
    .action(async (digest, options) => exit(await (await import('./approve.ts')).approve(digest, options, world)));
  program
    .command('attest')
    .description('print the newest decision on a change, signed')
    .argument('<digest>', 'digest of the change, or its first 12 digits')
    .option('--format <name>', 'dsse (an envelope, for audit; the default) or jws (a token, for transport)')
    .option('--audience <name>', 'whom a token is for')
    .action(async (digest, options) => exit(await (await import('./attest.ts')).attest(digest, options, world)));
  program
    .command('verify')
    .description('verify an attestation or an export offline; without a file, the store')
    .argument('[file]', 'what muster attest or muster export wrote, or s3://bucket/prefix of an archive')
    .option('--keys <file>', 'JWK Set to trust, as muster keys prints it')
    .option('--digest <sha256>', 'the change that it must be about')
    .option('--audience <name>', 'as whom a token is taken')
    .option('--endpoint <url>', 'what must have been asked instead of AWS')
    .option('--at <instant>', 'verify as of this instant')
    .option('--json', 'print what was found as data')
    .action(async (file, options) => exit(await (await import('./verify-records.ts')).verify(file, options, world)));
  const keys = program
    .command('keys')
    .description('print the public keys that verifiers need, as a JWK Set')
    .action(async () => exit(await (await import('./keys.ts')).keys(world)));
  keys
    .command('rotate')
    .description('retire a key and take the next')
    .option('--purpose <name>', 'attestation or token; attestation by default')
    .option('--json', 'print both keys as data')
    .action(async (options) => exit(await (await import('./keys.ts')).keysRotate(options, world)));
  const policy = program.command('policy').description('what is required of databases');
  const checked = policy
    .command('check')
    .description('check a policy file; what it asks of one database; what would change from another file')
    .argument('<file>', 'policy file')
    .argument('[databases...]', 'identifiers, resource ids or ARNs')
    .option('--against <file>', 'the policy to compare with')
    .option('--inventory <file>', 'use a saved muster scan --json instead of reading AWS')
    .option('--at <instant>', 'judge as of this instant')
    .option('--json', 'print the answer as data')
    .action(async (file, names, options) =>
      exit(await (await import('./policy.ts')).policyCheck(file, names, options, world)),
    );
  readsAws(checked);
  return [keys, policy, tokenCommands(program, world, exit), storeCommands(program, world, exit)];
}

/** The group of the commands on access tokens. */
function tokenCommands(program: Command, world: CliWorld, exit: (code: ExitCode) => void): Command {
  const commands = () => import('./token.ts');
  const token = program.command('token').description('bearer tokens for the API of muster serve');
  token
    .command('create')
    .description('give out a token; it is printed this once')
    .argument('<name>', 'whose it is; a receipt given with it bears this name')
    .option('--scope <name>', 'what it lets its bearer do: read, gate, operate or approve; may be repeated', more)
    .option('--expires <duration>', 'such as 12h or 90d, which is the default; 400d at most')
    .option('--json', 'print the token and what is kept of it as data')
    .action(async (name, options) => exit(await (await commands()).tokenCreate(name, options, world)));
  token
    .command('list')
    .description('every token that was given out, newest first; never a secret')
    .option('--json', 'print them as data')
    .action(async (options) => exit(await (await commands()).tokenList(options, world)));
  token
    .command('revoke')
    .description('take a token back')
    .argument('<id>', 'its id, as muster token list shows it')
    .option('--json', 'print what became of it as data')
    .action(async (id, options) => exit(await (await commands()).tokenRevoke(id, options, world)));
  return token;
}

/** Gathers an option that may be repeated. */
function more(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** What carries records away, brings them back and thins them out; the group of the store's own commands. */
function storeCommands(program: Command, world: CliWorld, exit: (code: ExitCode) => void): Command {
  const commands = () => import('./store.ts');
  program
    .command('export')
    .description(
      'print the records of the store as JSON lines (only a whole export verifies), or ship them to an archive',
    )
    .option('--after <number>', 'only records after that one')
    .option('--since <instant>', 'only records written from then on')
    .option('--kind <name>', 'only records of that kind; may be repeated', more)
    .option('--out <file>', 'write to a new file')
    .option('--to <url>', 's3://bucket/prefix of an archive with Object Lock; ships what it lacks')
    .option('--retain <days>', 'with --to: how long each record is locked, such as 400d')
    .option('--governance', 'with --to: lock in GOVERNANCE mode instead of COMPLIANCE')
    .option('--json', 'with --to: print what was shipped as data')
    .action(async (options) => exit(await (await commands()).exportStore(options, world)));
  const store = program.command('store').description('the store of evidence, journal, decisions and approvals');
  store
    .command('info')
    .description('what it holds, by kind')
    .option('--json', 'print it as data')
    .action(async (options) => exit(await (await commands()).storeInfo(options, world)));
  store
    .command('backup')
    .description('copy it to a new file')
    .argument('<file>', 'a file that is not there yet')
    .option('--json', 'print what was copied as data')
    .action(async (file, options) => exit(await (await commands()).storeBackup(file, options, world)));
  store
    .command('restore')
    .description('fill an empty store')
    .argument('<from>', 'a backup, an export, or s3://bucket/prefix')
    .option('--json', 'print what was copied as data')
    .action(async (from, options) => exit(await (await commands()).storeRestore(from, options, world)));
  store
    .command('prune')
    .description('erase the bodies of old records that nothing rests on any more; their links stay')
    .requiredOption('--older-than <days>', 'such as 400d')
    .option('--dry-run', 'say what would be erased')
    .option('--yes', 'erase them for good')
    .option('--json', 'print what was erased as data')
    .action(async (options) => exit(await (await commands()).storePrune(options, world)));
  return store;
}

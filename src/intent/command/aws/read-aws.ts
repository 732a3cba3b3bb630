/**
 * An `aws` command -> its reading: the API-level actions it would call, or why they are not certain.
 *
 * The account is the context's unless the command, or an assignment around it, names a profile, an endpoint or
 * credentials; then nothing is known about where it goes, and the reading says so.
 * Source: AWS CLI reference, "Global options"; AWS CLI User Guide, "Skeletons and input files".
 */

import type { Scope } from '../../../core/arn.ts';
import { type Finding, notUnderstood } from '../../terraform/finding.ts';
import { type Arg, literal } from '../arg.ts';
import type { Environment } from '../environment.ts';
import { printCommand, printIdentifier } from '../printing.ts';
import { harmless, opaque, type Reading } from '../reading.ts';
import { judgeSql } from '../sql/judge-sql.ts';
import { isStateFile } from '../tools/files.ts';
import { givenOf } from './given.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { type AwsCommand, parseAws } from './parse-aws.ts';
import { AWS_SERVICES } from './services.ts';
import { judgeUnmodelled } from './unmodelled.ts';

const TABLE: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

/** Reads the words behind `aws`. */
export function readAws(args: readonly Arg[], environment: Environment): Reading {
  const command = parseAws(args);
  const { service, operation } = command;
  const address = addressOf(service, operation);
  if (service === null) return withoutService(command, address);
  const dynamic = service.dynamic ?? operation?.dynamic ?? null;
  if (dynamic !== null) return opaque(address, `which operation it calls depends on ${dynamic}`);
  const [early] = command.doubts.filter((doubt) => doubt.startsWith('an option in front'));
  if (early !== undefined) return opaque(address, `${early} is not known, so neither is what follows it`);
  if (operation === null) return aloneStanding(service.text, address);
  if (!/^[a-z][a-z0-9-]*$/.test(service.text)) return opaque(address, 'which service it calls is not certain');
  if (!AWS_SERVICES.has(service.text)) return opaque(address, 'it is no service that is known, and may be an alias');
  const name = `${service.text} ${operation.text}`;
  const actions = [operation.text];
  if (asksForHelp(command)) return harmless(address, actions);
  const place = placeOf(command, environment);
  const row = TABLE.get(name);
  if (row !== undefined) return readRow(row, command, { address, ...place });
  if (name === 'rds-data execute-statement' || name === 'rds-data batch-execute-statement') {
    return { ...readDataApi(command, address), actions, redirect: place.redirect };
  }
  if (service.text === 's3' && (operation.text === 'cp' || operation.text === 'sync'))
    return readTransfer(command, address, actions);
  const judged = judgeUnmodelled(service.text, operation.text);
  if (judged.why !== null) return opaque(address, judged.why, { class: judged.class, scope: place.scope, actions });
  return { ...harmless(address, actions), class: judged.class };
}

/** Words and dashes alone, as the CLI spells its calls: some are as long as a secret, and none looks like one. */
const CALL = /^[a-z]{1,14}(?:-[a-z0-9]{1,14}){0,8}$/;

function addressOf(service: Arg | null, operation: Arg | null): string {
  const words = [service, operation].flatMap((word) => word ?? []);
  const plain = words.every(({ text, dynamic }) => dynamic === null && CALL.test(text) && !/\d{3}/.test(text));
  return plain ? `aws ${words.map(({ text }) => text).join(' ')}`.trim() : printCommand([literal('aws'), ...words]);
}

interface Place {
  readonly scope: Scope | null;
  readonly redirect: string | null;
}

function readRow(
  row: Operation,
  command: AwsCommand,
  { address, scope, redirect }: Place & { readonly address: string },
): Reading {
  const { given, doubts } = givenOf(command, [...row.options, 'cli-input-json', 'cli-input-yaml'], scope);
  const actions = [row.name.split(' ')[1] ?? row.name];
  const named = command.options.find(({ name }) => row.shows.some((option) => option.startsWith(name)));
  const full = named
    ? `${address} --${named.name} ${named.values[0] ? printIdentifier(named.values[0]) : ''}`.trim()
    : address;
  const input = ['cli-input-json', 'cli-input-yaml'].find((name) => given.has(name));
  const steps = row.steps(given);
  const kind = row.classOf?.(given) ?? row.class;
  const doubt = input === undefined ? doubts[0] : `--${input}, which names what it acts on`;
  if (doubt !== undefined) {
    // An uncertain change may be the one that disarms.
    const doubtful = kind === 'update' ? 'unknown' : kind;
    return { ...opaque(full, `only the run decides ${doubt}`, { class: doubtful, scope, actions }), redirect };
  }
  if (typeof steps === 'string') return opaque(full, steps, { class: kind, scope, actions });
  return { address: full, actions, class: kind, steps, redirect: kind === 'update' ? null : redirect };
}

/** `aws help`, `aws rds delete-db-instance help`, and what only prints a template of the input. */
function asksForHelp({ words, options }: AwsCommand): boolean {
  return words[0]?.text === 'help' || options.some(({ name }) => name === 'generate-cli-skeleton');
}

function withoutService({ options, doubts }: AwsCommand, address: string): Reading {
  if (options.every(({ name }) => name === 'version' || name === 'help' || name === 'debug') && doubts.length === 0) {
    return harmless(address);
  }
  return options.some(({ name }) => name === 'version')
    ? harmless(address)
    : opaque(address, 'which operation it calls is not certain');
}

function aloneStanding(service: string, address: string): Reading {
  if (['help', 'configure', 'login', 'logout'].includes(service)) return harmless(address);
  return opaque(address, 'which operation it calls is not certain');
}

/** The account and region that the command would reach. */
function placeOf({ options }: AwsCommand, environment: Environment): Place {
  const elsewhere = options.find(
    ({ name }) => name === 'profile' || name === 'endpoint-url' || name === 'no-sign-request',
  );
  const redirect = environment.redirect ?? (elsewhere ? `--${elsewhere.name}` : null);
  if (redirect !== null) return { scope: null, redirect };
  const region = options.findLast(({ name }) => name === 'region')?.values[0];
  if (region === undefined) return { scope: environment.scope, redirect: null };
  if (region.dynamic !== null || region.text === '') return { scope: null, redirect: '--region' };
  const { scope } = environment;
  return { scope: scope === null ? null : { accountId: scope.accountId, region: region.text }, redirect: null };
}

function readDataApi(command: AwsCommand, address: string): Reading {
  const { given, doubts } = givenOf(command, ['sql', 'cli-input-json', 'cli-input-yaml'], null);
  const text = given.text('sql');
  if (text === null || doubts[0] !== undefined) return opaque(address, `only the run decides ${doubts[0] ?? '--sql'}`);
  // The engine behind the Data API is not in the command: the text must be harmless in both languages.
  const findings: Finding[] = [judgeSql(text, 'postgres', address), judgeSql(text, 'mysql', address)];
  const worst =
    findings.find((finding) => finding.class === 'destroy') ?? findings.find(({ class: kind }) => kind === 'unknown');
  return { ...harmless(address), ...(worst ?? findings[0] ?? notUnderstood(address, 'the statement was not read')) };
}

/** Downloads change nothing here; uploads may write over a state file, and `--delete` removes what is not at the source. */
function readTransfer({ words, options, doubts }: AwsCommand, address: string, actions: readonly string[]): Reading {
  const paths = [...words, ...options.flatMap(({ values }) => values)];
  const to = words[1] ?? paths.findLast(({ head }) => head.startsWith('s3://'));
  const deletes = options.some(({ name }) => 'delete'.startsWith(name) && name !== '');
  if (deletes || doubts[0] !== undefined || to === undefined || to.head === '') {
    return opaque(address, deletes ? 'removes what is not at the source' : 'where it copies to is not certain', {
      actions,
    });
  }
  if (paths.some(({ text }) => isStateFile(text))) return opaque(address, 'moves a Terraform state file', { actions });
  return { ...harmless(address, actions), class: to.head.startsWith('s3://') ? 'update' : 'none' };
}

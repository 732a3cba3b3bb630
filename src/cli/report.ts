/**
 * `muster report`: would each database come back, were it deleted now?
 *
 * The loss assumed is the worst a careless caller makes: automated backups deleted, no final snapshot. `--loss`
 * shows what other losses would leave, but the exit code stays that of the verdict: something left is not readiness.
 * Several databases are shown a line each, one or a few named ones whole.
 */

import { assess, findDatabase, type Readiness } from '../app/assess.ts';
import { type LossTable, lossTables } from '../app/loss-tables.ts';
import { MusterError } from '../core/errors.ts';
import { renderLossesMarkdown } from '../report/losses-markdown.ts';
import { renderLosses } from '../report/losses-text.ts';
import { readinessForm } from '../report/readiness.ts';
import { renderReadinessMarkdown } from '../report/readiness-markdown.ts';
import { renderReadiness } from '../report/readiness-text.ts';
import { PRINCIPAL_REACH } from '../survival/authority-loss.ts';
import { LOSSES } from '../survival/losses.ts';
import { type AuthorityOptions, authorityAsked } from './authority.ts';
import { type ExitCode, exitOf } from './exit.ts';
import { clockAt, type InputOptions, printJson, readInventory, readPolicy } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** Forms of the answer. */
const FORMATS = ['text', 'json', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

/** Options of `muster report`. */
export interface ReportOptions extends InputOptions, AuthorityOptions {
  readonly json?: boolean;
  readonly format?: string;
  readonly loss?: string;
}

/** @returns The exit code of the worst verdict. */
export async function report(names: readonly string[], options: ReportOptions, world: CliWorld): Promise<ExitCode> {
  const format = formatOf(options);
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
  const question = { inventory, policy, names, authority, whole: format === 'json' };
  const readiness = await assess(question, { clock, store: await world.store() });
  const { out } = world.terminal;
  if (losses === null) {
    out(printReadiness(readiness, { format, named: names.length }, world));
    return exitOf(readiness.verdict);
  }
  const tables = lossTables({ inventory, databases: chosen, at: readiness.at, losses: losses.named }, authority);
  out(format === 'json' ? printJson({ ...readiness, losses: tables }) : printLosses(tables, format, world));
  return exitOf(readiness.verdict);
}

function printReadiness(
  readiness: Readiness,
  { format, named }: { readonly format: Format; readonly named: number },
  { terminal: { paint, width } }: CliWorld,
): string {
  if (format === 'json') return printJson(readiness);
  const form = readinessForm(named, readiness.databases.length);
  return format === 'markdown'
    ? renderReadinessMarkdown(readiness, form)
    : renderReadiness(readiness, paint, width, form);
}

function printLosses(
  tables: readonly LossTable[],
  format: Exclude<Format, 'json'>,
  { terminal: { paint, width } }: CliWorld,
): string {
  return format === 'markdown' ? renderLossesMarkdown(tables) : renderLosses(tables, paint, width);
}

/** @throws MusterError `MUSTER_USAGE` for a format that there is none of, or one that `--json` contradicts. */
function formatOf({ format, json = false }: ReportOptions): Format {
  const known = FORMATS.find((name) => name === format);
  if (format !== undefined && known === undefined) {
    throw new MusterError(
      'MUSTER_USAGE',
      `--format: ${JSON.stringify(format)} is no format; accepted are ${FORMATS.join(', ')}`,
    );
  }
  if (json && known !== undefined && known !== 'json') {
    throw new MusterError('MUSTER_USAGE', `--format: ${known} is not what --json asks for; pass one of them`);
  }
  return json ? 'json' : (known ?? 'text');
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

/**
 * `muster export` and `muster store info|backup|restore|prune`: carrying records away, bringing them back, thinning out.
 *
 * Data goes to stdout, talk to stderr. Nothing here overwrites a file or fills a store that holds something; bodies are
 * erased only when that was said twice, by the command and by `--yes`.
 */

import { exportRecords, readExport, recordKinds } from '../app/export-records.ts';
import { backUp, bringBack, inspectStore, pruneStore } from '../app/keep-store.ts';
import type { Store } from '../app/ports.ts';
import { shipRecords } from '../app/ship-records.ts';
import { MusterError } from '../core/errors.ts';
import { type Days, parseInstant } from '../core/time.ts';
import type { ChainRecord } from '../evidence/chain.ts';
import { renderCopied, renderPruned, renderShipped, renderStoreInfo } from '../report/store-text.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** What these commands need of what every command is given. */
export type StoreWorld = Pick<
  CliWorld,
  'terminal' | 'clock' | 'store' | 'storeAt' | 'archive' | 'readLines' | 'writeLines'
>;

/** Options of `muster export`. */
export interface ExportOptions {
  readonly after?: string;
  readonly since?: string;
  readonly kind?: readonly string[];
  readonly to?: string;
  readonly out?: string;
  readonly retain?: string;
  readonly governance?: boolean;
  readonly json?: boolean;
}

/** @returns 0. */
export async function exportStore(options: ExportOptions, world: StoreWorld): Promise<ExitCode> {
  if (options.to !== undefined) return ship(options.to, options, world);
  for (const name of ['retain', 'governance', 'json'] as const) {
    if (options[name] !== undefined) throw usage(`--${name} goes with --to`);
  }
  const selection = {
    after: numberOf(options.after),
    since: options.since === undefined ? null : parseInstant(options.since, '--since'),
    kinds: recordKinds(options.kind ?? [], '--kind'),
  };
  const { chain } = await world.store();
  let records = 0;
  const lines = counted(exportRecords(chain, selection), () => {
    records += 1;
  });
  if (options.out === undefined) for await (const line of lines) world.terminal.out(line);
  else await world.writeLines(options.out, lines);
  world.terminal.talk(`${records} ${records === 1 ? 'record' : 'records'} exported\n`);
  return 0;
}

async function ship(url: string, options: ExportOptions, world: StoreWorld): Promise<ExitCode> {
  for (const name of ['after', 'since', 'kind', 'out'] as const) {
    if (options[name] !== undefined) throw usage(`--${name} excludes --to, which ships what the archive lacks`);
  }
  const store = await world.store();
  const archive = await world.archive(url, {
    judgedAccounts: await judgedAccounts(store),
    ...(options.retain === undefined ? {} : { retentionDays: daysOf(options.retain, '--retain') }),
    ...(options.governance === true ? { lockMode: 'GOVERNANCE' } : {}),
  });
  const { terminal } = world;
  const progress = terminal.progress(`shipping to ${url}`);
  try {
    const shipped = await shipRecords(store.chain, archive, (upTo) => progress.update(`shipped up to record ${upTo}`));
    progress.stop();
    for (const warning of shipped.archive.warnings) terminal.talk(`${terminal.paint.yellow('warning:')} ${warning}\n`);
    terminal.out(
      options.json === true ? printJson({ formatVersion: '1', ...shipped }) : renderShipped(shipped, terminal.width),
    );
    return 0;
  } finally {
    progress.stop();
  }
}

/** @returns 0 for a whole chain, 1 for one that is not. */
export async function storeInfo({ json = false }: { readonly json?: boolean }, world: StoreWorld): Promise<ExitCode> {
  const info = await inspectStore((await world.store()).chain);
  const { out, paint, width } = world.terminal;
  out(json ? printJson({ formatVersion: '1', ...info }) : renderStoreInfo(info, paint, width));
  return info.findings.length === 0 ? 0 : 1;
}

/** @returns 0. */
export async function storeBackup(
  path: string,
  { json = false }: { readonly json?: boolean },
  world: StoreWorld,
): Promise<ExitCode> {
  const { chain } = await world.store();
  const target = await world.storeAt(path, { create: true });
  try {
    const copied = await backUp(chain, target.chain);
    world.terminal.out(json ? printJson({ formatVersion: '1', ...copied }) : renderCopied(copied, 'backed up'));
    return 0;
  } finally {
    await target.close();
  }
}

/** From a backup, an export or an archive. @returns 0. */
export async function storeRestore(
  from: string,
  { json = false }: { readonly json?: boolean },
  world: StoreWorld,
): Promise<ExitCode> {
  const { chain } = await world.store();
  const source = await openSource(from, world);
  try {
    const copied = await bringBack(chain, source.records, from);
    world.terminal.out(json ? printJson({ formatVersion: '1', ...copied }) : renderCopied(copied, 'brought back'));
    return 0;
  } finally {
    await source.close();
  }
}

/** Options of `muster store prune`. */
export interface PruneOptions {
  readonly olderThan: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** @returns 0. */
export async function storePrune(options: PruneOptions, world: StoreWorld): Promise<ExitCode> {
  const { dryRun = false, yes = false, json = false } = options;
  const olderThanDays = daysOf(options.olderThan, '--older-than');
  if (dryRun && yes) throw usage('--dry-run excludes --yes');
  if (!dryRun && !yes) {
    throw usage('bodies that are erased are gone for good; pass --yes to erase them, or --dry-run to see which');
  }
  const { chain } = await world.store();
  const pruned = await pruneStore({ olderThanDays, dryRun }, { chain, clock: world.clock });
  const { out, paint, width } = world.terminal;
  out(json ? printJson({ formatVersion: '1', ...pruned }) : renderPruned(pruned, paint, width));
  return 0;
}

interface Source {
  records(): AsyncIterable<ChainRecord>;
  close(): Promise<void>;
}

/** What a SQLite file begins with. Source: SQLite, "Database File Format", section 1.3. */
const SQLITE = 'SQLite format 3\u0000';

async function openSource(from: string, world: StoreWorld): Promise<Source> {
  if (from.startsWith('s3://')) {
    const archive = await world.archive(from, { judgedAccounts: [] });
    return { records: () => archive.read(), close: async () => undefined };
  }
  if (from === '-') throw usage('an export is read twice, so stdin is not accepted; pass a file');
  if (await beginsWith(SQLITE, world.readLines(from))) {
    const store = await world.storeAt(from, { create: false });
    return { records: () => store.chain.read(), close: store.close };
  }
  return { records: () => readExport(world.readLines(from), from), close: async () => undefined };
}

async function beginsWith(text: string, lines: AsyncIterable<string>): Promise<boolean> {
  for await (const line of lines) return line.startsWith(text);
  return false;
}

async function* counted(lines: AsyncIterable<string>, count: () => void): AsyncIterable<string> {
  for await (const line of lines) {
    count();
    yield line;
  }
}

/** The accounts that decisions and drills on record are about. */
async function judgedAccounts(store: Store): Promise<readonly string[]> {
  const scopes = [...(await store.decisions()), ...(await store.drills())].map(({ scope }) => scope?.accountId);
  return [...new Set(scopes.filter((accountId) => accountId !== undefined))].sort();
}

function numberOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw usage(`--after: ${JSON.stringify(text)} is no number of a record; 0 and above are accepted`);
}

/** Whole days as `400d`. */
function daysOf(text: string, option: string): Days {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined && Number(days) >= 1) return Number(days);
  throw usage(`${option}: ${JSON.stringify(text)} is no length of time; whole days such as 400d are accepted`);
}

function usage(message: string): MusterError {
  return new MusterError('MUSTER_USAGE', message);
}

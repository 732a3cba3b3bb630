/**
 * `muster verify`: is the chain of records whole, and may an attestation be relied on?
 *
 * Without a file it verifies the store; with one, whatever the file is: an export, or what `muster attest` wrote. An archive
 * is named by its URL. Works offline but for that.
 */

import { readRecords } from '../app/export-records.ts';
import { type VerifiedInput, verifyRecords } from '../app/verify-records.ts';
import { MusterError } from '../core/errors.ts';
import { parseInstant } from '../core/time.ts';
import { renderRecords } from '../report/records-text.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import { trustedKeys, type VerifyOptions, verifyFile } from './verify.ts';
import type { CliWorld } from './world.ts';

/**
 * @param file Undefined for the store.
 * @returns 0 for a whole chain, 1 for a broken one, 2 for none at all; of an attestation as `verifyFile`.
 */
export async function verify(file: string | undefined, options: VerifyOptions, world: CliWorld): Promise<ExitCode> {
  const source = await sourceOf(file, world);
  if (source === null) return verifyFile(file ?? '-', options, world);
  for (const name of ['digest', 'audience', 'endpoint'] as const) {
    if (options[name] === undefined) continue;
    throw new MusterError('MUSTER_USAGE', `--${name} is for attestations; ${source.name} holds records`);
  }
  const at = options.at === undefined ? world.clock.now() : parseInstant(options.at, '--at');
  const trusted = options.keys === undefined ? null : await trustedKeys(options, world);
  const { name, read, head } = source;
  const found = await verifyRecords({ read, head, trusted, at });
  const { out, paint, width } = world.terminal;
  out(options.json ? printJson(found) : renderRecords(found, name, paint, width));
  if (!found.whole) return 1;
  return found.chain.records === 0 ? 2 : 0;
}

interface Source extends Pick<VerifiedInput, 'read' | 'head'> {
  readonly name: string;
}

/** Null for what holds no records: an attestation. */
async function sourceOf(file: string | undefined, world: CliWorld): Promise<Source | null> {
  if (file === undefined) {
    const { chain } = await world.store();
    return { name: world.storeName(), read: (after) => chain.read(after), head: () => chain.head() };
  }
  if (file.startsWith('s3://')) {
    const archive = await world.archive(file, { judgedAccounts: [] });
    return { name: file, read: (after) => archive.read(after), head: null };
  }
  if (file === '-' || !(await isExport(file, world))) return null;
  return { name: file, read: () => readRecords(world.readLines(file), file), head: null };
}

/** The first line tells: of an export it is a record with its number. */
async function isExport(file: string, world: CliWorld): Promise<boolean> {
  for await (const line of world.readLines(file)) return line.startsWith('{') && /"seq":\d/.test(line);
  return false;
}

/**
 * Records of a store as lines, and lines as records again.
 *
 * What is exported stands as it is in the store: nothing is checked on the way out, so that even a chain that was changed
 * can be carried to whoever has to look at it. What is taken over is checked on the way in.
 */

import { MusterError } from '../core/errors.ts';
import type { Instant } from '../core/time.ts';
import { type ChainRecord, RECORD_KINDS, type RecordKind } from '../evidence/chain.ts';
import { exportLine, parseExportLine, recordOfLine } from '../evidence/export-lines.ts';
import type { RecordChain } from './ports.ts';

/** Which records to export. */
export interface ExportSelection {
  /** Those after this number; 0 for all. */
  readonly after: number;
  /** Those written at that instant or later; null for all. */
  readonly since: Instant | null;
  /** Empty for all. */
  readonly kinds: readonly RecordKind[];
}

/** Records as lines, newline included, in the order of the chain. */
export async function* exportRecords(
  chain: Pick<RecordChain, 'read'>,
  { after, since, kinds }: ExportSelection,
): AsyncIterable<string> {
  for await (const record of chain.read(after)) {
    const wanted = (since === null || record.at >= since) && (kinds.length === 0 || kinds.includes(record.kind));
    if (wanted) yield exportLine(record);
  }
}

/**
 * Reads an export back, line by line, to take its records over.
 *
 * @param lines Without their newline.
 * @param path For messages, which name the line too.
 * @throws MusterError `MUSTER_EXPORT_INVALID` for a line that is no record or whose digests are not its own, and for no
 *   lines at all.
 */
export function readExport(lines: AsyncIterable<string>, path: string): AsyncIterable<ChainRecord> {
  return readLines(lines, path, parseExportLine);
}

/** Reads an export back to check its chain: like `readExport`, but digests are left to the check. */
export function readRecords(lines: AsyncIterable<string>, path: string): AsyncIterable<ChainRecord> {
  return readLines(lines, path, recordOfLine);
}

async function* readLines(
  lines: AsyncIterable<string>,
  path: string,
  parse: (line: string, where: string) => ChainRecord,
): AsyncIterable<ChainRecord> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    yield parse(line, `${path}:${number}`);
  }
  if (number === 0) throw new MusterError('MUSTER_EXPORT_INVALID', `${path}: there is no line in it`);
}

/** Kinds by their names. @throws MusterError `MUSTER_USAGE` for a name that is none. */
export function recordKinds(names: readonly string[], origin: string): readonly RecordKind[] {
  return names.map((name) => {
    const kind = RECORD_KINDS.find((candidate) => candidate === name);
    if (kind !== undefined) return kind;
    const accepted = RECORD_KINDS.join(', ');
    throw new MusterError(
      'MUSTER_USAGE',
      `${origin}: ${JSON.stringify(name)} is no kind of record; accepted are ${accepted}`,
    );
  });
}

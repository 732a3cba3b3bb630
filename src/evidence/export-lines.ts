/**
 * Records as lines of JSON, the form in which they leave a store: one record a line, as it stands in the chain.
 *
 * A wire shape with a version of its own. Reading back is strict: a line that is not what was written is told by its
 * number; so is one whose digests are not those of what it says, unless finding that out is the reader's own work.
 * Whether the chain is whole and signed is another's matter.
 */

import * as z from 'zod';
import { canonicalJson, type Digest, digestOfBytes } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import { type ChainRecord, GENESIS, linkDigest, RECORD_KINDS } from './chain.ts';
import { digest, firstIssue, instant, parsedJson } from './parts.ts';

/** The version of the lines. */
export const EXPORT_FORMAT = '1';

const line = z.strictObject({
  formatVersion: z.literal(EXPORT_FORMAT, { error: `lines of format ${EXPORT_FORMAT} are read` }),
  seq: z.int().min(1),
  at: instant,
  kind: z.enum(RECORD_KINDS),
  key: z.string().nullable(),
  body: z.string().nullable(),
  bodyDigest: digest,
  previous: digest,
  digest,
});

/** Characters that JSON leaves as they are and that some readers end a line at. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** One record as a line, its newline included; equal records give equal bytes. */
export function exportLine({ seq, at, kind, key, body, bodyDigest, previous, digest: own }: ChainRecord): string {
  const wire = { formatVersion: EXPORT_FORMAT, seq, at, kind, key, body, bodyDigest, previous, digest: own };
  const escaped = (end: string) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${canonicalJson(wire).replace(LINE_ENDS, escaped)}\n`;
}

/**
 * Reads one line back, for whoever checks the chain: its form is held, its digests are not.
 *
 * @param where The file and the line's number, for the message.
 * @throws MusterError `MUSTER_EXPORT_INVALID` naming the line and what is wrong with it.
 */
export function recordOfLine(text: string, where: string): ChainRecord {
  const value = parsedJson(text);
  if (value === undefined) throw invalid(where, 'it is not JSON; one record a line is accepted');
  const parsed = line.safeParse(value);
  if (!parsed.success) throw invalid(where, firstIssue(parsed.error));
  const { formatVersion: _, ...record } = parsed.data;
  return record;
}

/**
 * Reads one line back, for whoever takes the record over: its digests must be those of what it says.
 *
 * @throws MusterError `MUSTER_EXPORT_INVALID` as above.
 */
export function parseExportLine(text: string, where: string): ChainRecord {
  const record = recordOfLine(text, where);
  const fault = faultOf(record);
  if (fault !== null) throw invalid(where, fault);
  return record;
}

/** What is wrong with a record by itself: a digest that is not that of what it says; null for nothing. */
export function faultOf(record: ChainRecord): string | null {
  const { seq, body, bodyDigest } = record;
  if (linkDigest(record) !== record.digest) return `record ${seq} does not have the digest that it states`;
  const whole = body === null || digestOfBytes(body) === bodyDigest;
  return whole ? null : `the body of record ${seq} does not have the digest that it states`;
}

/** Where a record begins or goes on: the number and the digest of the one before it. */
export interface Followed {
  readonly seq: number;
  readonly digest: Digest;
}

/** What comes before the first record of a chain. */
export const BEGINNING: Followed = { seq: 0, digest: GENESIS };

/** Why a record is not the next one after another; null when it is. */
export function faultAfter(before: Followed, { seq, previous }: ChainRecord): string | null {
  if (seq !== before.seq + 1) return `record ${seq} comes where record ${before.seq + 1} belongs`;
  if (previous === before.digest) return null;
  const wanted = before.seq === 0 ? 'the beginning of a chain' : `record ${before.seq} (${before.digest})`;
  return `record ${seq} follows ${previous} and not ${wanted}`;
}

function invalid(where: string, what: string): MusterError {
  return new MusterError('MUSTER_EXPORT_INVALID', `${where}: ${what}`);
}

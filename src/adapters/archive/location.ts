/**
 * Where an archive is, and what the objects in it are called.
 *
 * A name holds the first and the last number of its records and the beginning of the last one's digest, so that a listing
 * alone, in its own order, shows the chain, its gaps and what overlaps. Source: Amazon S3 User Guide, "Bucket naming
 * rules" and "Naming Amazon S3 objects".
 */

import { MusterError } from '../../core/errors.ts';
import type { ChainRecord } from '../../evidence/chain.ts';

/** A bucket and what the keys in it begin with; the prefix neither begins nor ends with a slash, and may be empty. */
export interface ArchiveLocation {
  readonly bucket: string;
  readonly prefix: string;
}

/** What one object holds, by its name. */
export interface BatchName {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** The first hex digits of the last record's digest. */
  readonly digestBegins: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Those that need no encoding anywhere. */
const PREFIX = /^[A-Za-z0-9!_.*'()-]+(?:\/[A-Za-z0-9!_.*'()-]+)*$/;
const PREFIX_LENGTH_MAX = 512;
const NUMBER_DIGITS = 12;
const DIGEST_DIGITS = 16;
const NAME = new RegExp(`^(\\d{${NUMBER_DIGITS}})-(\\d{${NUMBER_DIGITS}})-([0-9a-f]{${DIGEST_DIGITS}})\\.jsonl$`);

/**
 * Reads `s3://bucket/prefix`.
 *
 * @param origin Where it was written, such as `--to`.
 * @throws MusterError `MUSTER_USAGE` for anything else.
 */
export function parseLocation(url: string, origin: string): ArchiveLocation {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/.exec(url) ?? [];
  const prefix = rest.replace(/\/$/, '');
  const valid = BUCKET.test(bucket) && (prefix === '' || PREFIX.test(prefix)) && prefix.length <= PREFIX_LENGTH_MAX;
  if (valid) return { bucket, prefix };
  // A URL of another kind may hold a password, so it is not repeated.
  const shown = url.startsWith('s3://') ? JSON.stringify(url) : 'what is given';
  throw new MusterError('MUSTER_USAGE', `${origin}: ${shown} is no s3://BUCKET/PREFIX`);
}

/** The place in words. */
export function printLocation({ bucket, prefix }: ArchiveLocation): string {
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}

/** What the keys of all records begin with. */
export function recordsPrefix({ prefix }: ArchiveLocation): string {
  return prefix === '' ? 'records/' : `${prefix}/records/`;
}

/** A key behind which every batch lies that begins with that number or a later one. */
export function keyBefore(location: ArchiveLocation, from: number): string {
  return recordsPrefix(location) + padded(Math.max(0, from));
}

/** The name of a batch. @param records In order, at least one. */
export function nameOf(location: ArchiveLocation, first: ChainRecord, last: ChainRecord): BatchName {
  const digestBegins = beginningOf(last);
  const key = `${recordsPrefix(location)}${padded(first.seq)}-${padded(last.seq)}-${digestBegins}.jsonl`;
  return { key, from: first.seq, to: last.seq, digestBegins };
}

/** What a key says of its object; null for a key that is no batch's. */
export function parseName(location: ArchiveLocation, key: string): BatchName | null {
  const [, from = '', to = '', digestBegins = ''] = NAME.exec(key.slice(recordsPrefix(location).length)) ?? [];
  const name = { key, from: Number(from), to: Number(to), digestBegins };
  return from !== '' && name.from >= 1 && name.from <= name.to ? name : null;
}

/** The part of a record's digest that stands in the name of its batch. */
export function beginningOf({ digest }: Pick<ChainRecord, 'digest'>): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + DIGEST_DIGITS);
}

function padded(seq: number): string {
  return String(seq).padStart(NUMBER_DIGITS, '0');
}

/**
 * The checksums that travel with a body, and whether they are its own.
 *
 * Those in headers and those that follow the body; a checksum the lab cannot work out is refused by name rather than
 * believed. Source: Amazon S3 User Guide, "Checking object integrity"; `Content-MD5` by RFC 1864.
 */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { notStaged, S3Fault, s3Unless } from './faults.ts';
import { CHECKSUMS, type ChecksumName } from './model.ts';

type Headers = Readonly<Record<string, string>>;

const PREFIX = 'x-amz-checksum-';
/** Headers of that prefix that say how, and not what. */
const ABOUT = ['x-amz-checksum-mode', 'x-amz-checksum-algorithm', 'x-amz-checksum-type'];

/** MD5 in hex, which is the ETag of an object put in one part. */
export function md5Hex(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

/**
 * Checks everything that says what the body is.
 *
 * @returns The `x-amz-checksum-` ones, in base64.
 * @throws S3Fault `BadDigest` or `XAmzContentSHA256Mismatch` when one is not the body's.
 */
export function checkedSums(content: Uint8Array, headers: Headers): Readonly<Partial<Record<ChecksumName, string>>> {
  const signed = headers['x-amz-content-sha256'];
  const chunked = 'x-amz-decoded-content-length' in headers;
  if (signed !== undefined && /^[0-9a-f]{64}$/.test(signed) && !chunked && signed !== sha256Hex(content)) {
    throw new S3Fault(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const md5 = headers['content-md5'];
  s3Unless(
    md5 === undefined || md5 === Buffer.from(md5Hex(content), 'hex').toString('base64'),
    'BadDigest',
    'The Content-MD5 you specified did not match what we received.',
  );
  const found = Object.entries(headers).filter(([name]) => name.startsWith(PREFIX) && !ABOUT.includes(name));
  return Object.fromEntries(found.map(([name, value]) => [named(name), matching(named(name), value, content)]));
}

function named(header: string): ChecksumName {
  const name = CHECKSUMS.find((candidate) => header === PREFIX + candidate);
  if (name === undefined) throw notStaged(`the checksum ${header.slice(PREFIX.length)}`);
  return name;
}

function matching(name: ChecksumName, value: string, content: Uint8Array): string {
  const message = `The ${name.toUpperCase()} you specified did not match the calculated checksum.`;
  s3Unless(value === sumOf(name, content), 'BadDigest', message);
  return value;
}

function sumOf(name: ChecksumName, content: Uint8Array): string {
  if (name !== 'crc32') return createHash(name).update(content).digest('base64');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content));
  return sum.toString('base64');
}

function sha256Hex(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

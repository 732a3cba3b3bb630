/**
 * The bytes of a request's body, as S3 means them.
 *
 * Requests of the lab carry their body as text; over HTTP the bytes travel beside it. A body in `aws-chunked` is taken
 * out of its chunks; the signatures of the chunks are not checked, like every other signature here. Without the bytes,
 * only UTF-8 text survives, and what did not is refused. Source: Amazon S3 API, "Signature calculations: chunked upload".
 */

import type { LabRequest, LabResponse } from '../messages.ts';
import { notStaged, S3Fault, s3Unless } from './faults.ts';

/** A message whose body is bytes that need not be text. */
export interface WithBytes {
  readonly bytes: Uint8Array;
}

const NEWLINE = Buffer.from('\r\n');

/** The body of a message as bytes. */
export function bytesOf(message: LabRequest | LabResponse | (LabRequest & WithBytes)): Uint8Array {
  return 'bytes' in message && message.bytes instanceof Uint8Array ? message.bytes : Buffer.from(message.body, 'utf8');
}

/** What a request carries, and the headers that came behind it. @throws S3Fault for a body that is cut or unreadable. */
export function payloadOf(request: LabRequest): {
  readonly content: Uint8Array;
  readonly trailers: Readonly<Record<string, string>>;
} {
  const raw = Buffer.from(bytesOf(request));
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== raw.length) {
    throw notStaged('bodies that are not UTF-8 text without HTTP');
  }
  const encodings = (request.headers['content-encoding'] ?? '').split(',').map((name) => name.trim());
  const chunked = encodings.includes('aws-chunked') || 'x-amz-decoded-content-length' in request.headers;
  if (!chunked) return { content: raw, trailers: {} };
  const decoded = unchunked(raw);
  const wanted = request.headers['x-amz-decoded-content-length'];
  s3Unless(
    wanted === undefined || Number(wanted) === decoded.content.length,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header',
  );
  return decoded;
}

function unchunked(raw: Buffer) {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = raw.indexOf(NEWLINE, at);
    const [size = ''] = end < 0 ? [] : raw.toString('latin1', at, end).split(';');
    s3Unless(/^[0-9a-f]{1,8}$/i.test(size), 'IncompleteBody', 'The request body is not well-formed aws-chunked');
    const length = Number.parseInt(size, 16);
    const begin = end + NEWLINE.length;
    if (length === 0) return { content: Buffer.concat(chunks), trailers: trailersOf(raw.toString('utf8', begin)) };
    if (begin + length > raw.length) throw new S3Fault('IncompleteBody', 'The request body ends within a chunk');
    chunks.push(raw.subarray(begin, begin + length));
    at = begin + length + NEWLINE.length;
  }
}

function trailersOf(text: string): Readonly<Record<string, string>> {
  const pairs = text
    .split('\r\n')
    .map((line) => /^([^:]+):(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', value = '']) => [name.trim().toLowerCase(), value.trim()] as const);
  return Object.fromEntries(pairs);
}

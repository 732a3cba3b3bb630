/**
 * Bodies: JSON in UTF-8, and nothing that two readers could read in two ways.
 *
 * What `core/json-text.ts` calls a fault is refused by its place. Compressed bodies are not taken: their size is not known
 * before they are unpacked. Source: RFC 8259, section 8.1 (UTF-8, no byte order mark).
 */

import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Digest, digestOfBytes } from '../core/canonical.ts';
import { printJsonFault, readJson } from '../core/json-text.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the bytes of the body; null when the request has none. */
    bodyDigest: Digest | null;
  }
}

const CONTENT_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Takes JSON bodies in, and no others. */
export function acceptJson(app: FastifyInstance): void {
  app.decorateRequest('bodyDigest', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    try {
      done(null, readBody(request, body));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** @throws Problem for a body that is not plain JSON in UTF-8. */
function readBody(request: FastifyRequest, body: Buffer): unknown {
  const { headers } = request;
  if (!CONTENT_TYPE.test(headers['content-type'] ?? ''))
    throw new Problem('unsupported_media_type', 'content-type: application/json in utf-8 is accepted');
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Problem('unsupported_media_type', 'content-encoding: only identity is accepted');
  if (body.length === 0) throw new Problem('malformed', 'the body is empty, JSON is expected');
  if (body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK))
    throw new Problem('malformed', 'the body begins with a byte order mark, JSON is expected');
  if (!isUtf8(body)) throw new Problem('malformed', 'the body is not UTF-8');
  const reading = readJson(body.toString('utf8'));
  if (reading.fault !== null) throw new Problem('malformed', `the body ${printJsonFault(reading.fault)}`);
  // Only a repeated request is ever compared with another.
  if (headers['idempotency-key'] !== undefined) request.bodyDigest = digestOfBytes(body);
  return reading.value;
}

/**
 * Answers that are text already, and what caches may do with them.
 *
 * No schema is walked on the way out: whoever made the text answers for its shape, and the contract test looks at it. A
 * cache may keep a stored verdict for as long as it holds and has to ask again after that; of current readiness it may keep
 * nothing. Source: RFC 9110, sections 8.8.3 and 13.1.2; RFC 9111, section 5.2.2.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Digest } from '../core/canonical.ts';
import { elapsedSeconds, type Instant } from '../core/time.ts';

/** The media type of every answer that is no error. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** For what holds at this moment only. */
export const NO_STORE = 'no-store';

/** For a stored verdict: no longer than it holds, and never without asking after that. */
export function cacheUntil(validUntil: Instant, at: Instant): string {
  return `private, max-age=${Math.max(0, Math.floor(elapsedSeconds(at, validUntil)))}, must-revalidate`;
}

/** A strong entity tag: equal tags, equal bytes. */
export function etagOf(digest: Digest): string {
  return `"${digest}"`;
}

/** How an answer is sent. */
export interface Sending {
  readonly status?: number;
  readonly cacheControl?: string;
  /** As `etagOf` makes it. */
  readonly etag?: string;
}

/**
 * Sends JSON that is text already. Bytes are sent faster than text: hand in a `Buffer` where the same is sent often.
 *
 * @returns The reply, for a handler to return. Where the asker has that very answer, 304 and no body.
 */
export function sendJson(
  reply: FastifyReply,
  json: string | Buffer,
  { status = 200, cacheControl, etag }: Sending = {},
): FastifyReply {
  if (cacheControl !== undefined) reply.header('cache-control', cacheControl);
  if (etag !== undefined) {
    reply.header('etag', etag);
    if (status === 200 && isKnown(reply.request, etag)) return reply.code(304).send();
  }
  if (status !== 200) reply.code(status);
  return reply.header('content-type', JSON_TYPE).send(json);
}

/** Whether the asker says that it has the answer of that tag: `If-None-Match`, by weak comparison. */
export function isKnown({ method, headers }: FastifyRequest, etag: string): boolean {
  const asked = headers['if-none-match'];
  if (asked === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  return asked.split(',').some((tag) => {
    const given = tag.trim();
    return given === '*' || given === etag || given === `W/${etag}`;
  });
}

/**
 * Requests that may be sent again: the same key and the same request get the same answer, and the work is done once.
 *
 * A route asks for it by `config.idempotent`; a request, by its `Idempotency-Key`. Failures of Muster's own are not kept, so
 * that trying again may succeed. Keys of one caller mean nothing to another. Source: the IETF draft "The Idempotency-Key HTTP
 * Header Field", whose 409 and 422 these are.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Desk, KeptAnswer } from '../app/desk-port.ts';
import type { Clock } from '../app/ports.ts';
import { digestOfBytes } from '../core/canonical.ts';
import { callerKey } from './limits.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether an `Idempotency-Key` is heeded; only on routes with a scope. */
    idempotent?: boolean;
  }
  interface FastifyRequest {
    /** The key that this request took and has to answer for; null when it took none. */
    keyTaken: string | null;
  }
}

/** What answers are kept with. */
export interface AnswerKeeping {
  readonly desk: Pick<Desk, 'takeKey' | 'keepAnswer'>;
  readonly clock: Clock;
}

type Answer = NonNullable<KeptAnswer['answer']>;

const KEY_FORM = /^[!-~]{1,255}$/;
const RETRY_SECONDS = '1';
/** Headers that belong to an answer as much as its body does. */
const KEPT_HEADERS = ['location', 'etag', 'cache-control', 'retry-after'] as const;

/** Has every route that is added from here on, and is marked so, heed the header. */
export function heedKeys(app: FastifyInstance, keeping: AnswerKeeping): void {
  app.decorateRequest('keyTaken', null);
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.idempotent !== true) return;
    const take = (request: FastifyRequest, reply: FastifyReply) => takeKey(request, reply, keeping);
    const keep = (request: FastifyRequest, reply: FastifyReply, payload: unknown) =>
      keepAnswer(request, reply, { payload, keeping });
    route.preHandler = [...[route.preHandler ?? []].flat(), take];
    route.onSend = [...[route.onSend ?? []].flat(), keep];
  });
}

async function takeKey(request: FastifyRequest, reply: FastifyReply, { desk, clock }: AnswerKeeping): Promise<unknown> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY_FORM.test(key))
    throw new Problem('malformed', 'idempotency-key: 1 to 255 visible ASCII characters are accepted');
  const digest = digestOfBytes(`${request.method} ${request.url}\n${request.bodyDigest ?? ''}`);
  const kept = await desk.takeKey(callerKey(request), key, digest, clock.now());
  if (kept === null) {
    request.keyTaken = key;
    return undefined;
  }
  if (kept.requestDigest !== digest)
    throw new Problem('invalid', 'idempotency-key: it was used for another request; use a new one');
  if (kept.answer === null)
    throw new Problem('conflict', 'the same request is still being answered', { 'retry-after': RETRY_SECONDS });
  return replay(reply, kept.answer);
}

/** The reply is returned: a hook that does so has answered. */
function replay(reply: FastifyReply, { status, contentType, body }: Answer): FastifyReply {
  const end = body.indexOf('\n');
  reply.headers(JSON.parse(body.slice(0, end)) as Record<string, string>);
  reply.header('idempotency-replayed', 'true');
  if (contentType !== '') reply.header('content-type', contentType);
  return reply.code(status).send(body.slice(end + 1));
}

/** Kept before it is sent: whoever has an answer gets the same one again. */
async function keepAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { payload, keeping }: { readonly payload: unknown; readonly keeping: AnswerKeeping },
): Promise<unknown> {
  const key = request.keyTaken;
  if (key === null) return payload;
  request.keyTaken = null;
  try {
    await keeping.desk.keepAnswer(callerKey(request), key, answerOf(reply, payload));
  } catch (error) {
    // The answer is right all the same; the key is let go of by itself.
    request.log.warn({ request: request.id, err: error }, 'an answer could not be kept');
  }
  return payload;
}

/** What is kept: the headers as one line of JSON, then the body. Null for what is not to be had again. */
function answerOf(reply: FastifyReply, payload: unknown): Answer | null {
  if (reply.statusCode >= 500) return null;
  const text = payload === undefined || payload === null ? '' : textOf(payload);
  if (text === null) return null;
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
  const contentType = String(reply.getHeader('content-type') ?? '');
  return { status: reply.statusCode, contentType, body: `${JSON.stringify(headers)}\n${text}` };
}

function textOf(payload: unknown): string | null {
  if (typeof payload === 'string') return payload;
  return Buffer.isBuffer(payload) ? payload.toString('utf8') : null;
}

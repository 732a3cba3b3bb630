/**
 * Requests that may be sent again: the same key and the same request get the same answer, and the work is done once.
 *
 * A route asks for it by `config.idempotent`; a request, by its `Idempotency-Key`. What was done is kept, and that it cannot
 * be; any other refusal, and failures of Muster's own, are not, so that trying again may succeed. Where time or later events
 * make an answer wrong, it is given again only while `config.stillStands` says so; else the work is done anew. Keys of one
 * caller mean nothing to another. Source: the IETF draft "The Idempotency-Key HTTP Header Field", whose 409 and 422 these
 * are.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Desk, KeptAnswer, TakenKey } from '../app/desk-port.ts';
import type { Clock } from '../app/ports.ts';
import { digestOfBytes } from '../core/canonical.ts';
import { callerKey } from './limits.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether an `Idempotency-Key` is heeded; only on routes with a scope. */
    idempotent?: boolean;
    /** Whether what was done still holds, by the body that told of it; absent where that never changes. */
    stillStands?: (body: string) => Promise<boolean>;
  }
  interface FastifyRequest {
    /** The key that this request took and has to answer for; null when it took none. */
    keyTaken: TakenKey | null;
  }
}

/** What answers are kept with. */
export interface AnswerKeeping {
  readonly desk: Pick<Desk, 'takeKey' | 'keepAnswer' | 'forgetAnswer'>;
  readonly clock: Clock;
}

type Answer = NonNullable<KeptAnswer['answer']>;

const KEY_FORM = /^[!-~]{1,255}$/;
const RETRY_SECONDS = '1';
/** The one refusal that the same request meets again whenever it is sent. */
const UNPROCESSABLE = 422;
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

async function takeKey(request: FastifyRequest, reply: FastifyReply, keeping: AnswerKeeping): Promise<unknown> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY_FORM.test(key))
    throw new Problem('malformed', 'idempotency-key: 1 to 255 visible ASCII characters are accepted');
  const digest = digestOfBytes(`${request.method} ${request.url}\n${request.bodyDigest ?? ''}`);
  const answer = await takeOrFind(request, { caller: callerKey(request), key, requestDigest: digest }, keeping);
  return answer === null ? undefined : replay(reply, answer);
}

/** Null when the key is this request's from now on; else the answer that is to be given again. */
async function takeOrFind(
  request: FastifyRequest,
  wanted: Omit<TakenKey, 'at'>,
  keeping: AnswerKeeping,
): Promise<Answer | null> {
  const { desk, clock } = keeping;
  const { caller, key, requestDigest } = wanted;
  const at = clock.now();
  const kept = await desk.takeKey(caller, key, requestDigest, at);
  if (kept === null) {
    request.keyTaken = { ...wanted, at };
    return null;
  }
  if (kept.requestDigest !== requestDigest)
    throw new Problem('invalid', 'idempotency-key: it was used for another request; use a new one');
  if (kept.answer === null)
    throw new Problem('conflict', 'the same request is still being answered', { 'retry-after': RETRY_SECONDS });
  if (await stillStands(request, kept.answer)) return kept.answer;
  await desk.forgetAnswer(caller, key, kept.answer);
  return takeOrFind(request, wanted, keeping);
}

/** A refusal does: it grants nothing. */
async function stillStands(request: FastifyRequest, { status, body }: Answer): Promise<boolean> {
  const stands = request.routeOptions.config.stillStands;
  return stands === undefined || !isDone(status) || stands(body.slice(body.indexOf('\n') + 1));
}

function isDone(status: number): boolean {
  return status >= 200 && status < 300;
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
  const taken = request.keyTaken;
  if (taken === null) return payload;
  request.keyTaken = null;
  try {
    await keeping.desk.keepAnswer(taken, answerOf(reply, payload));
  } catch (error) {
    // The answer is right all the same; the key is let go of by itself.
    request.log.warn({ request: request.id, err: error }, 'an answer could not be kept');
  }
  return payload;
}

/** What is kept: the headers as one line of JSON, then the body. Null for what is not to be had again. */
function answerOf(reply: FastifyReply, payload: unknown): Answer | null {
  if (!isDone(reply.statusCode) && reply.statusCode !== UNPROCESSABLE) return null;
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

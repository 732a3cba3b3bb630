/**
 * What every answer has, however it came about: its headers, a line in the log, a place in the metrics, and a problem document
 * where it is an error.
 *
 * Registered before everything else, so that a refusal by any later part is an answer like the others. A path that cannot be
 * decoded never reaches a hook of Fastify's; it is seen off here by hand.
 */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { UnderWay } from './drain.ts';
import { type AccessLog, NO_ROUTE } from './log.ts';
import type { Metrics } from './metrics.ts';
import { PROBLEM_TYPE, problemOf } from './problem-document.ts';
import { NO_STORE } from './reply.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it was answered, or its connection is gone. */
    isOver: boolean;
  }
}

/** What answers are made and told with. */
export interface Answering {
  readonly metrics: Metrics;
  readonly accessLog: AccessLog;
  readonly underWay: UnderWay;
  /** The headers of every answer, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Stands for the status of an answer that nobody was there to take, in log and metrics; never sent. */
const NOBODY_THERE = 499;

/** Begins and ends every request of an app. */
export function answerWith(app: FastifyInstance, answering: Answering): void {
  app.setErrorHandler(tellError);
  app.decorateRequest('isOver', false);
  const headers = Object.entries(answering.headers);
  app.addHook('onRequest', (request, reply, done) => {
    answering.underWay.began();
    reply.header('x-request-id', request.id);
    for (const [name, value] of headers) reply.header(name, value);
    // Fastify tells of answers that were sent only.
    reply.raw.once('close', () => tell(request, reply, { answering, status: NOBODY_THERE }));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    tell(request, reply, { answering, status: reply.statusCode });
    done();
  });
}

/** Answers a path that cannot be decoded, or has a part that is too long. */
export function answerBadPath(answering: Answering) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    answering.underWay.began();
    reply.headers(answering.headers).header('x-request-id', request.id);
    tellError(error, request, reply);
    tell(request, reply, { answering, status: reply.statusCode });
  };
}

/** Tells of the end of a request, once. */
function tell(
  request: FastifyRequest,
  reply: FastifyReply,
  { answering, status }: { readonly answering: Answering; readonly status: number },
): void {
  if (request.isOver) return;
  request.isOver = true;
  const { metrics, accessLog, underWay } = answering;
  const route = request.routeOptions.url ?? NO_ROUTE;
  underWay.ended();
  metrics.answered({ route, method: request.method, status, seconds: reply.elapsedTime / 1_000 });
  accessLog.tell(request, reply, { route, status });
}

/** Every error ends here. */
function tellError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { document, headers, isOurs } = problemOf(error, request.id);
  if (isOurs) request.log.error({ request: request.id, err: error }, 'a request failed');
  // Fastify closes the connection after a body that it refused, which may cost the client the answer; Node reads the rest
  // of it and throws it away, within the time that a request may take.
  if (!request.server.draining) reply.removeHeader('connection');
  reply.removeHeader('etag').code(document.status).headers(headers);
  reply.header('cache-control', NO_STORE).header('content-type', PROBLEM_TYPE).send(JSON.stringify(document));
}

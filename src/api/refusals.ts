/**
 * Requests that no route takes: unknown paths, methods that a path does not offer, and what is no HTTP at all.
 *
 * Each gets a problem document like any other error. Nothing of the path is repeated. What Node's parser refuses is answered on
 * the bare socket, which is closed. Source: RFC 9110, section 15.5.6 (405 and Allow); RFC 6585, section 5 (431).
 */

import type { Socket } from 'node:net';
import type { ConnectionError, FastifyInstance, RouteOptions } from 'fastify';
import { PROBLEMS, Problem } from './problem.ts';
import { PROBLEM_TYPE } from './problem-document.ts';

/** Paths by the methods that they offer. */
interface Offer {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Answers whatever no route takes, before a body is read; to be registered before any route. */
export function refuseUnknown(app: FastifyInstance): void {
  const offers = new Map<string, Offer>();
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const offer = offers.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const one of [method].flat()) offer.methods.add(one);
    offers.set(url, offer);
  });
  const refusalOf = (url: string) => {
    const path = url.split('?', 1)[0] ?? '';
    const methods = new Set(
      [...offers.values()].flatMap((offer) => (offer.pattern.test(path) ? [...offer.methods] : [])),
    );
    if (methods.size === 0) return new Problem('not_found', 'there is no such route');
    const allow = [...methods].sort().join(', ');
    return new Problem('method_not_allowed', `${allow} is accepted`, { allow });
  };
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.is404) done(refusalOf(request.url));
    else done();
  });
  app.setNotFoundHandler((request) => {
    throw refusalOf(request.url);
  });
}

/** The paths of a route: a parameter stands for one part of a path. */
function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}

const OVERFLOW = { name: 'headers_too_large', status: 431, title: 'The headers are too large' };
const LAST_WORD_MILLISECONDS = 1_000;

/** Answers what Node's parser refuses. @param seen Told the status, for metrics and log. */
export function answerClientErrors(seen: (status: number) => void): (error: ConnectionError, socket: Socket) => void {
  const refused = new WeakSet<Socket>();
  return (error, socket) => {
    // Whoever goes on sending after a refusal is refused again by Node; one answer is enough.
    if (error.code === 'ECONNRESET' || socket.destroyed || refused.has(socket)) {
      socket.destroy();
      return;
    }
    refused.add(socket);
    const { name, status, title } = refusalOf(error.code);
    seen(status);
    // An answer that has begun cannot be followed by another on the same connection.
    if (!socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const body = JSON.stringify({ type: `https://muster.dev/problems/${name}`, title, status });
    const head = [
      `HTTP/1.1 ${status} ${title}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    // Whoever does not read it is not waited for.
    socket.setTimeout(LAST_WORD_MILLISECONDS, () => socket.destroy());
  };
}

function refusalOf(code: string): { readonly name: string; readonly status: number; readonly title: string } {
  if (code === 'HPE_HEADER_OVERFLOW') return OVERFLOW;
  const name =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'timeout'
      : code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW'
        ? 'too_large'
        : 'malformed';
  return { name, ...PROBLEMS[name] };
}

/** Whether Node is in the middle of an answer there. */
function isAnswering(socket: Socket): boolean {
  const message: unknown = Reflect.get(socket, '_httpMessage');
  return typeof message === 'object' && message !== null && Reflect.get(message, 'headersSent') === true;
}

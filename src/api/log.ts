/**
 * What the API writes down: one line for each request that was answered, and one for each failure of Muster's own.
 *
 * Of a request the pattern of its route is written and never its path, its query, its headers or its body: a path may name
 * what nobody should read, and the rest may hold secrets. Fastify's own lines, which quote requests, are replaced.
 */

import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { pino } from 'pino';
import type { Clock } from '../app/ports.ts';
import { MusterError } from '../core/errors.ts';
import { traceIdOf } from './trace-context.ts';

/** Stands for a route where there is none. */
export const NO_ROUTE = '(none)';
const CAUSES_MAX = 3;

/** A logger that writes lines of JSON. @param write Takes one line without its end. */
export function createLogger({
  log,
  clock,
}: {
  readonly log: (line: string) => void;
  readonly clock: Clock;
}): FastifyBaseLogger {
  const options = {
    base: null,
    timestamp: () => `,"time":"${clock.now()}"`,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { err: fault, req: () => undefined, res: () => undefined },
  };
  return pino(options, { write: (line: string) => log(line.trimEnd()) });
}

/** What may be written of an error. */
export interface Fault {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  readonly frames: readonly string[];
  readonly cause?: Fault;
}

/**
 * An error as it may be written down.
 *
 * Messages of Muster's own errors bear no secrets, nor do those of the engine on its own code. Any other may quote what was
 * being read when it was thrown, as `JSON.parse` does: its name and where it was thrown have to do.
 */
export function fault(error: unknown, depth = 0): Fault {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    ...(code !== undefined && { code }),
    ...(speaksFreely(error) && { message: error.message }),
    frames: (error.stack ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^at .+:\d+:\d+\)?$/.test(line)),
    ...(error.cause !== undefined && depth < CAUSES_MAX && { cause: fault(error.cause, depth + 1) }),
  };
}

/** Node's own errors have a code, and quote what they were given. */
function speaksFreely(error: Error): boolean {
  if (error instanceof MusterError) return true;
  return (
    (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) && !('code' in error)
  );
}

/** Fastify's lines, each replaced by one that quotes nothing of the request. */
export class AccessLog extends LogController {
  override incomingRequest(): void {}
  override defaultErrorLog(): void {}
  override routeNotFound(): void {}
  override serviceUnavailable(): void {}

  override requestCompleted(): void {}

  /** The line of one request that is over. @param ended Its route, by the pattern, and its status. */
  tell(request: FastifyRequest, reply: FastifyReply, ended: { readonly route: string; readonly status: number }): void {
    const trace = traceIdOf(request.headers['traceparent']);
    const length = reply.getHeader('content-length');
    request.log.info({
      request: request.id,
      caller: request.caller?.id ?? null,
      method: request.method,
      ...ended,
      ms: Math.round(reply.elapsedTime * 100) / 100,
      bytes: length === undefined ? null : Number(length),
      ...(trace !== null && { trace }),
    });
  }

  override streamError(error: Error, request: FastifyRequest): void {
    request.log.warn({ request: request.id, err: error }, 'the answer broke off');
  }

  override writeHeadError(error: Error, request: FastifyRequest): void {
    request.log.error({ request: request.id, err: error }, 'the answer could not be begun');
  }

  override serializerError(error: Error, request: FastifyRequest): void {
    request.log.error({ request: request.id, err: error }, 'the answer could not be written');
  }
}

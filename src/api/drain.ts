/**
 * Ending without cutting anybody off.
 *
 * From the first moment `/readyz` fails, so that load balancers look elsewhere, and answers ask for their connections to be
 * closed. Then new requests are refused, while those under way get their answers, for a while. Only when the last byte of
 * the last answer is out are connections closed: Node's own closing cuts off answers that are still on their way.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the process is about to end. */
    draining: boolean;
    /** Whether new requests are turned away. */
    closed: boolean;
    underWay: UnderWay;
    /** The end, once it was asked for. */
    end: Promise<void> | null;
  }
}

/** The requests that are being answered. */
export interface UnderWay {
  readonly count: number;
  began(): void;
  ended(): void;
  /** Comes back when there are none, or the time is over. */
  none(secondsMax: number): Promise<void>;
}

/** How long it may take. */
export interface DrainOptions {
  /** So long requests are answered as ever while `/readyz` fails already; load balancers need a few seconds. Default 0. */
  readonly announceSeconds?: number;
  /** So long requests under way may go on; what is left then is cut off. Default 25, below the usual 30 of a supervisor. */
  readonly finishSecondsMax?: number;
}

const FINISH_SECONDS_MAX = 25;
/** Asked even at the end: whoever probes is told the truth. */
const PROBES = ['/livez', '/readyz'];
const RETRY_SECONDS = '1';

/** A count that stands at nothing. */
export function createUnderWay(): UnderWay {
  let count = 0;
  let waiting: (() => void) | null = null;
  return {
    get count() {
      return count;
    },
    began: () => {
      count += 1;
    },
    ended: () => {
      count -= 1;
      if (count === 0) waiting?.();
    },
    none: (secondsMax) => {
      if (count === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const late = setTimeout(resolve, secondsMax * 1_000);
        waiting = () => {
          clearTimeout(late);
          resolve();
        };
      });
    },
  };
}

/** Makes draining possible; to be registered before any route. */
export function prepareDrain(app: FastifyInstance, underWay: UnderWay): void {
  app.decorate('draining', false);
  app.decorate('closed', false);
  app.decorate('underWay', underWay);
  app.decorate('end', null);
  app.addHook('onRequest', (request, reply, done) => {
    if (!app.draining) {
      done();
      return;
    }
    reply.header('connection', 'close');
    if (app.closed && !PROBES.includes(request.url))
      done(new Problem('unavailable', 'the process is about to end', { 'retry-after': RETRY_SECONDS }));
    else done();
  });
}

/** Drains and closes. Asked again it waits for the same end. */
export function drain(app: FastifyInstance, options: DrainOptions = {}): Promise<void> {
  app.end ??= end(app, options);
  return app.end;
}

async function end(app: FastifyInstance, options: DrainOptions): Promise<void> {
  const { announceSeconds = 0, finishSecondsMax = FINISH_SECONDS_MAX } = options;
  app.draining = true;
  if (announceSeconds > 0) await wait(announceSeconds * 1_000);
  app.closed = true;
  await app.underWay.none(finishSecondsMax);
  await app.close();
}

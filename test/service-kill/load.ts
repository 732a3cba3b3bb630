/**
 * A client that asks for decisions and reads databases the whole time, of whichever replica lives, and asks again by the same
 * key when it was not answered. Beside it somebody switches the protection of a database off and on, which is to be told.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { INSTANCE } from '../support/drill-lab.ts';
import type { Replica } from './replica.ts';
import type { ServiceBench } from './service-bench.ts';

/** What the client saw. */
export interface Load {
  /** Under each key that was answered, the ETag of every answer. */
  readonly answered: ReadonlyMap<string, readonly string[]>;
  /** Requests that broke off before they were answered. */
  broken(): number;
  /** How often each status came that is neither a success nor one to try again at. */
  readonly refused: ReadonlyMap<string, number>;
  reads(): number;
  /** How often the protection was switched off. */
  switchedOff(): number;
  stop(): Promise<void>;
}

const PAUSE_MILLISECONDS = 150;
/** Longer than from one inventory to the next. */
const SWITCH_MILLISECONDS = 7_000;
const REQUEST_MILLISECONDS_MAX = 30_000;
/** Still being answered, too many, not ready. */
const AGAIN = [409, 429, 503];

/** Begins. @param random Says which replica is asked. */
export function startLoad(
  alive: () => readonly Replica[],
  { token, lab }: Pick<ServiceBench, 'token' | 'lab'>,
  random: () => number,
): Load {
  const answered = new Map<string, string[]>();
  const refused = new Map<string, number>();
  const counts = { broken: 0, reads: 0, switchedOff: 0 };
  let isOver = false;
  const ask = async (path: string, init: RequestInit): Promise<Response | null> => {
    const urls = alive().flatMap((replica) => replica.url() ?? []);
    const url = urls[Math.floor(random() * urls.length)];
    if (url === undefined) return null;
    try {
      const headers = { authorization: `Bearer ${token}`, ...init.headers };
      const response = await fetch(`${url}${path}`, {
        ...init,
        headers,
        signal: AbortSignal.timeout(REQUEST_MILLISECONDS_MAX),
      });
      await response.text();
      if (response.ok || AGAIN.includes(response.status)) return response;
      const what = `${init.method ?? 'GET'} ${path} ${response.status}`;
      refused.set(what, (refused.get(what) ?? 0) + 1);
    } catch {
      counts.broken += 1;
    }
    return null;
  };
  const decide = async (key: string, index: number): Promise<void> => {
    const snapshot = `before-${index}`;
    const argv = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', INSTANCE];
    const body = JSON.stringify({ source: 'command', argv: [...argv, '--final-db-snapshot-identifier', snapshot] });
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    while (!isOver) {
      const response = await ask('/v1/decisions', { method: 'POST', headers, body });
      const etag = response?.ok === true ? response.headers.get('etag') : null;
      if (etag !== null) {
        answered.set(key, [...(answered.get(key) ?? []), etag]);
        return;
      }
      await wait(PAUSE_MILLISECONDS);
    }
  };
  const deciding = async (): Promise<void> => {
    for (let index = 0; !isOver; index += 1) {
      await decide(`key-${index}`, index);
      // Whoever is not sure that the answer came asks once more.
      if (random() < 0.2) await decide(`key-${index}`, index);
      await wait(PAUSE_MILLISECONDS);
    }
  };
  const reading = async (): Promise<void> => {
    while (!isOver) {
      const response = await ask('/v1/databases', {});
      if (response?.ok === true) counts.reads += 1;
      await wait(PAUSE_MILLISECONDS);
    }
  };
  const switching = async (): Promise<void> => {
    for (let isProtected = false; !isOver; isProtected = !isProtected) {
      await lab.protect(INSTANCE, isProtected);
      if (!isProtected) counts.switchedOff += 1;
      for (let waited = 0; waited < SWITCH_MILLISECONDS && !isOver; waited += PAUSE_MILLISECONDS)
        await wait(PAUSE_MILLISECONDS);
    }
  };
  const running = Promise.all([deciding(), reading(), switching()]);
  return {
    answered,
    refused,
    broken: () => counts.broken,
    reads: () => counts.reads,
    switchedOff: () => counts.switchedOff,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}

/**
 * The lives of a runner: it says again and again that it is there, and ends its life when it cannot.
 *
 * A runner that was silent for too long is declared dead by the others, who take its jobs over; so one that could not say
 * anything for nearly as long lets go of its jobs by itself first, and goes on under another name.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { JobRunner } from '../../../app/desk-port.ts';
import { MusterError } from '../../../core/errors.ts';

/** How a runner lives. */
export interface RunnerOptions {
  /** Told in words, without secrets, what went wrong with a runner, and which jobs were given up unheard. */
  readonly tell?: (message: string) => void;
  /** How often it says that it is there. */
  readonly beatSeconds?: number;
  /** After so long without a word it is taken for dead. */
  readonly silentSeconds?: number;
}

/** All of them settled. */
export type Life = Required<RunnerOptions>;

/** The settings that were given, and the usual ones. */
export function lifeOf({ tell = () => undefined, beatSeconds = 5, silentSeconds = 30 }: RunnerOptions): Life {
  return { tell, beatSeconds, silentSeconds };
}

/** What a handler is given to run by. */
export type Work = { readonly handlers: Parameters<JobRunner['run']>[0]; readonly concurrency: number };

/** Between two lives. */
const REBIRTH_SECONDS = 1;
/** The part of the silence after which a runner ends its life by itself. */
const SILENCE_BORNE = 2 / 3;

/** Lives again and again until the signal is aborted. @param live One life, which is over once its controller is aborted. */
export async function liveOn(
  live: (life: AbortController) => Promise<void>,
  { signal, tell }: Pick<Life, 'tell'> & { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const life = new AbortController();
    const stop = () => life.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await live(life);
    } catch (error) {
      tell(`a runner of jobs stopped: ${wordsOf(error)}`);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    await pause(REBIRTH_SECONDS, signal);
  }
}

/** Beats until the life is over, which began with a beat, and ends it when it was declared dead or could not beat for too long. */
export async function beatOn(
  beat: () => Promise<boolean>,
  life: AbortController,
  { tell, beatSeconds, silentSeconds }: Life,
): Promise<void> {
  const end = (why: string) => {
    if (life.signal.aborted) return;
    tell(`a runner of jobs lets go of its jobs: ${why}`);
    life.abort(new Error(why));
  };
  const over = overOf(life.signal);
  const patience = () =>
    setTimeout(() => end('it could not say that it is there'), silentSeconds * SILENCE_BORNE * 1_000);
  let deadline = patience();
  for (;;) {
    await pause(beatSeconds, life.signal);
    if (life.signal.aborted) break;
    const seen = await Promise.race([beat().catch(wordsOf), over]);
    if (seen === false) end('it was taken for dead');
    if (seen === true) {
      clearTimeout(deadline);
      deadline = patience();
    } else if (typeof seen === 'string') tell(`a runner of jobs could not say that it is there: ${seen}`);
  }
  clearTimeout(deadline);
}

/** Resolves once the signal is aborted. */
export function overOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What an error of Muster's says; of any other, which may quote what it was about, its class and its code alone. */
export function wordsOf(error: unknown): string {
  if (error instanceof MusterError) return `${error.message} (${error.code})`;
  if (!(error instanceof Error)) return 'for no reason given';
  const code: unknown = Reflect.get(error, 'code');
  const isCode = typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code);
  return isCode ? `${error.name} ${code}` : error.name;
}

/** Tells of jobs that were given up because their process ended at the last attempt. */
export function tellGivenUp(tasks: readonly string[], tell: Life['tell']): void {
  for (const task of tasks) tell(`a job (${task}) was given up: whoever ran it died at its last attempt`);
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await wait(seconds * 1_000, undefined, { signal }).catch(() => undefined);
}

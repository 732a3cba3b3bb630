/**
 * What the service writes down: one line of JSON for each thing that somebody may ask about later.
 *
 * Messages of Muster's own errors bear no secrets; any other may quote what was being read when it was thrown, so that its
 * name and where it was thrown have to do.
 */

import type { Clock } from '../app/ports.ts';
import { MusterError } from '../core/errors.ts';

/** Facts beside the words: identifiers and figures. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** Writes lines. */
export interface ServiceLog {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  /** @param error What went wrong; only what bears no secret of it is written. */
  error(message: string, error: unknown, facts?: Facts): void;
}

/** A log whose lines are told apart by their level, as those of the API are. */
export function createLog({
  log,
  clock,
}: {
  readonly log: (line: string) => void;
  readonly clock: Pick<Clock, 'now'>;
}): ServiceLog {
  const write = (level: string, msg: string, facts: Facts) =>
    log(JSON.stringify({ level, time: clock.now(), ...facts, msg }));
  return {
    info: (message, facts = {}) => write('info', message, facts),
    warn: (message, facts = {}) => write('warn', message, facts),
    error: (message, error, facts = {}) => {
      const at = error instanceof MusterError ? null : throwerOf(error);
      write('error', message, { ...facts, error: tellable(error), ...(at !== null && { at }) });
    },
  };
}

/** An error in words that may be kept and shown. */
export function tellable(error: unknown): string {
  if (error instanceof MusterError) return `${error.message} (${error.code})`;
  return `an error nobody foresaw (${error instanceof Error ? error.name : typeof error})`;
}

/** Where an error was thrown, without its message. */
function throwerOf(error: unknown): string | null {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.map((line) => line.trim()).find((line) => /^at .+:\d+:\d+\)?$/.test(line)) ?? null;
}

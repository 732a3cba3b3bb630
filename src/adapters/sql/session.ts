/**
 * A probe session: one connection, one question after another, and an end to each.
 *
 * What cannot be asked is an answer that says so, never a throw. An abort gives the connection up at once and throws
 * the signal's reason; every later question then answers that the connection is gone.
 */

import type { ProbeSession } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import type { Probe, ProbeAnswer } from '../../drill/probe.ts';
import { type Asking, answerProbe, readAllRows } from './answers.ts';
import { printFault, UnaskableQuestion } from './faults.ts';

/** A session over an open connection. */
export function openSession(asking: Asking): ProbeSession {
  const { connection } = asking;
  return {
    ping: async () => {
      try {
        await connection.each('select 1', () => {});
      } catch (error) {
        throw new MusterError('MUSTER_DRILL_FAILED', `the scratch database does not answer: ${printFault(error)}`);
      }
    },
    ask: async (probe: Probe, signal?: AbortSignal): Promise<ProbeAnswer> => {
      try {
        return await abortable(asking, signal, () => answerProbe(asking, probe));
      } catch (error) {
        signal?.throwIfAborted();
        const message = error instanceof UnaskableQuestion ? error.message : printFault(error);
        return { kind: 'error', message };
      }
    },
    hydrate: async (signal?: AbortSignal) => {
      try {
        return { rows: await abortable(asking, signal, () => readAllRows(asking)) };
      } catch (error) {
        signal?.throwIfAborted();
        throw new MusterError('MUSTER_DRILL_FAILED', `the scratch database cannot be read whole: ${printFault(error)}`);
      }
    },
    close: () => connection.end(),
  };
}

async function abortable<T>(
  { connection }: Asking,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const abort = () => connection.destroy(new Error('the question was abandoned'));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

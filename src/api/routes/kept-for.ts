/**
 * An answer that is costly to find, found once for everybody who asks within some seconds.
 *
 * Whoever asks while it is being found waits for that one. A failure is nobody's answer but theirs who waited for it.
 */

import type { Clock } from '../../app/ports.ts';
import type { Seconds } from '../../core/time.ts';

/** Asks at most once in so many seconds. */
export function keptFor<T>(seconds: Seconds, find: () => Promise<T>, clock: Pick<Clock, 'elapsed'>): () => Promise<T> {
  let found: { readonly at: Seconds; readonly answer: Promise<T> } | null = null;
  return () => {
    const now = clock.elapsed();
    if (found !== null && now - found.at < seconds) return found.answer;
    const answer = find();
    found = { at: now, answer };
    answer.catch(() => {
      if (found?.answer === answer) found = null;
    });
    return answer;
  };
}

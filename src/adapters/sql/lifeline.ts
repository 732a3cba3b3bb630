/**
 * Whatever waits for a connection stops waiting when the connection is gone.
 *
 * Drivers differ in what they tell a pending query when its socket is destroyed: some nothing at all. Every wait is
 * held here, bears a time limit of its own, and is rejected by whoever ends the connection: the network, the limit, or
 * an abort from outside.
 */

import type { Seconds } from '../../core/time.ts';

/** Ends a wait, well or badly. */
export interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** The waits on one connection. */
export class Lifeline {
  private readonly cut: () => void;
  private readonly waiting = new Set<(error: Error) => void>();
  private cause: Error | null = null;

  /** @param cut Destroys the socket at once, without a word to the server. */
  constructor(cut: () => void) {
    this.cut = cut;
  }

  /** Ends the connection and every wait on it; the first cause stays. */
  end(cause: Error): void {
    if (this.cause !== null) return;
    this.cause = cause;
    this.cut();
    for (const reject of this.waiting) reject(cause);
    this.waiting.clear();
  }

  /**
   * Waits for what `begin` starts. The connection is ended when that takes longer than `secondsMax`.
   *
   * @throws `tooLate` then, and otherwise whatever ended the wait.
   */
  async hold<T>(secondsMax: Seconds, begin: (waiter: Waiter<T>) => void, tooLate = noAnswer(secondsMax)): Promise<T> {
    if (this.cause !== null) throw this.cause;
    let rejectWait: (error: Error) => void = () => {};
    const timer = setTimeout(() => this.end(tooLate), secondsMax * 1000);
    try {
      return await new Promise<T>((resolve, reject) => {
        rejectWait = reject;
        this.waiting.add(reject);
        begin({ resolve, reject });
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(rejectWait);
    }
  }
}

function noAnswer(secondsMax: Seconds): Error {
  return new Error(`no answer within ${secondsMax} s; the connection is given up`);
}

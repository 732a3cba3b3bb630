/**
 * Virtual time for processes that run without end: it passes as far as a test says, and stops there.
 *
 * Time moves only when nobody has anything left to do at the present moment. A waiter that is let go never wakes again,
 * like a process that was killed.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/app/ports.ts';
import { addSeconds, type Instant, type Seconds, toEpochMilliseconds } from '../../src/core/time.ts';

interface Waiter {
  readonly dueAt: Instant;
  readonly order: number;
  readonly who: object;
  readonly wake: () => void;
}

/** What moves along with it, and what is due besides those who wait. */
export interface Passers {
  readonly advance: (seconds: Seconds) => void;
  /** Begins what is due now. @returns How much it began. */
  readonly begin: () => number;
  /** When more of that is due; null for nothing. */
  readonly nextAt: () => Instant | null;
}

/** Time that passes as it is told. */
export class PassingTime {
  readonly #startAt: Instant;
  readonly #passers: Passers;
  #now: Instant;
  #waiters: Waiter[] = [];
  #order = 0;
  #busy = 0;

  constructor(startAt: Instant, passers: Passers) {
    this.#startAt = startAt;
    this.#now = startAt;
    this.#passers = passers;
  }

  now(): Instant {
    return this.#now;
  }

  /** The clock of one process. */
  clockOf(who: object): Clock {
    return {
      now: () => this.#now,
      elapsed: () => (toEpochMilliseconds(this.#now) - toEpochMilliseconds(this.#startAt)) / 1_000,
      sleep: (seconds, signal) => this.#sleep(who, seconds, signal),
    };
  }

  /** Work that takes no virtual time, and real time of which nobody knows how much. */
  async busy<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** Whoever this is never wakes again. */
  letGo(who: object): void {
    this.#waiters = this.#waiters.filter((waiter) => waiter.who !== who);
  }

  /** Lets so much time pass, or less when `until` says so. */
  async pass(seconds: Seconds, until: () => boolean = () => false): Promise<void> {
    const endAt = addSeconds(this.#now, seconds);
    for (;;) {
      await this.#settled();
      if (until()) return;
      const next = this.#waiters.toSorted((a, b) =>
        a.dueAt === b.dueAt ? a.order - b.order : a.dueAt < b.dueAt ? -1 : 1,
      )[0];
      const jobAt = this.#passers.nextAt();
      const nextAt = [next?.dueAt, jobAt ?? undefined].filter((at) => at !== undefined).toSorted()[0];
      if (nextAt === undefined || nextAt > endAt) {
        this.#moveTo(endAt);
        return;
      }
      this.#moveTo(nextAt);
      if (next === undefined || next.dueAt > nextAt) continue;
      this.#waiters = this.#waiters.filter((waiter) => waiter !== next);
      next.wake();
    }
  }

  #moveTo(at: Instant): void {
    if (at <= this.#now) return;
    this.#passers.advance((toEpochMilliseconds(at) - toEpochMilliseconds(this.#now)) / 1_000);
    this.#now = at;
  }

  async #settled(): Promise<void> {
    do {
      do await turn();
      while (this.#busy > 0);
    } while (this.#passers.begin() > 0);
  }

  #sleep(who: object, seconds: Seconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const stop = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        dueAt: addSeconds(this.#now, Math.max(0, seconds)),
        order: this.#order,
        who,
        wake: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      this.#order += 1;
      signal?.addEventListener('abort', stop, { once: true });
      this.#waiters.push(waiter);
    });
  }
}

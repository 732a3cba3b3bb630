/**
 * Virtual time shared by several runners: who waits until when, and one of them awake at a time.
 *
 * Nothing waits in real time. Time moves to the earliest wake-up only when every runner waits, so that a seed gives the
 * same run on every machine. A waiter that is let go never wakes again, like a process that was killed.
 */

import { setImmediate as turn } from 'node:timers/promises';
import { addSeconds, type Instant, type Seconds, toEpochMilliseconds } from '../../../src/core/time.ts';

interface Waiter {
  readonly due: number;
  readonly order: number;
  readonly who: object;
  readonly wake: () => void;
}

/** Virtual time over something that is moved along with it. */
export class VirtualTime {
  readonly #advance: (seconds: Seconds) => void;
  readonly #startAt: Instant;
  readonly #startMs: number;
  #ms = 0;
  #waiters: Waiter[] = [];
  #order = 0;
  readonly #busy = new Map<object, number>();

  constructor(startAt: Instant, advance: (seconds: Seconds) => void) {
    this.#startAt = startAt;
    this.#startMs = toEpochMilliseconds(startAt);
    this.#advance = advance;
  }

  /** True time. */
  now(): Instant {
    return addSeconds(this.#startAt, this.#ms / 1_000);
  }

  /** Seconds since the start. */
  seconds(): Seconds {
    return this.#ms / 1_000;
  }

  /** Seconds from the start to an instant. */
  secondsAt(at: Instant): Seconds {
    return (toEpochMilliseconds(at) - this.#startMs) / 1_000;
  }

  /** Waits until so many seconds after the start; `signal` ends it early with its reason. */
  until(who: object, second: Seconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const due = Math.max(this.#ms, Math.round(second * 1_000));
      const waiter: Waiter = {
        due,
        order: this.#order++,
        who,
        wake: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      const stop = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.#waiters.push(waiter);
    });
  }

  /** Work that is not waiting for virtual time: nobody else is woken before it is over. */
  async busy<T>(who: object, work: () => Promise<T>): Promise<T> {
    this.#busy.set(who, (this.#busy.get(who) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#busy.get(who) ?? 1) - 1;
      if (left > 0) this.#busy.set(who, left);
      else this.#busy.delete(who);
    }
  }

  /** Whoever this is never wakes again. */
  letGo(who: object): void {
    this.#waiters = this.#waiters.filter((waiter) => waiter.who !== who);
    this.#busy.delete(who);
  }

  /**
   * Lets time pass until nobody waits any more.
   *
   * @throws Error when it has not come to an end after so many wake-ups.
   */
  async run(wakeUpsMax: number): Promise<void> {
    for (let wakeUp = 0; wakeUp <= wakeUpsMax; wakeUp += 1) {
      do await turn();
      while (this.#busy.size > 0);
      const next = this.#next();
      if (next === undefined) return;
      this.#waiters = this.#waiters.filter((waiter) => waiter !== next);
      if (next.due > this.#ms) {
        this.#advance((next.due - this.#ms) / 1_000);
        this.#ms = next.due;
      }
      next.wake();
    }
    throw new Error(`no end after ${wakeUpsMax} wake-ups and ${Math.round(this.seconds())} s`);
  }

  #next(): Waiter | undefined {
    let first: Waiter | undefined;
    for (const waiter of this.#waiters) {
      if (first === undefined || waiter.due < first.due || (waiter.due === first.due && waiter.order < first.order))
        first = waiter;
    }
    return first;
  }
}

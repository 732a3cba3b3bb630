/**
 * One run's hold on one drill: what it writes into the journal, whether the drill is still its own, and the time it
 * goes by.
 *
 * A run shows that it lives several times within the lease. Its time is the later of the two clocks and never goes
 * back: a clock that is set back must not make a restore look fast, nor one that stood still while the machine slept.
 */

import { addSeconds, type Instant, latest, type Seconds } from '../core/time.ts';
import { type DrillLog, isHeld, type JournalEntry, logOf } from '../drill/journal.ts';
import type { Clock, Presence, Store } from './ports.ts';

/** How often a run that only waits shows that it lives. */
const SIGN_SECONDS: Seconds = 45;

/** Whether nobody is at a drill: its run was silent for long, let go, or has surely ended. A drill that ended has none. */
export function isFree(
  log: DrillLog,
  { clock, presence }: { readonly clock: Clock; readonly presence: Presence },
): boolean {
  return !isHeld(log, clock.now()) || presence.isGone(log.owner);
}

/** Another run has taken the drill over, or came first. */
export class Lost extends Error {}

/** A run's hold on a drill. */
export class Tenure {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #presence: Presence;
  readonly #drillId: string;
  readonly #runner: string;
  readonly #startedAt: Instant;
  readonly #startedElapsed: Seconds;
  #latest: Instant;
  #signedAt: Instant;

  /** @param token What no other run bears. */
  constructor(
    world: { readonly store: Store; readonly clock: Clock; readonly presence: Presence },
    drillId: string,
    token: string,
  ) {
    this.#store = world.store;
    this.#clock = world.clock;
    this.#drillId = drillId;
    this.#presence = world.presence;
    this.#runner = world.presence.runner(token);
    this.#startedAt = world.clock.now();
    this.#startedElapsed = world.clock.elapsed();
    this.#latest = this.#startedAt;
    this.#signedAt = this.#startedAt;
  }

  now(): Instant {
    const steady = addSeconds(this.#startedAt, this.#clock.elapsed() - this.#startedElapsed);
    this.#latest = latest(this.#latest, latest(this.#clock.now(), steady));
    return this.#latest;
  }

  async write(what: JournalEntry['what'], at: Instant = this.now()): Promise<void> {
    await this.#store.journal({ at, drillId: this.#drillId, runner: this.#runner, what });
    this.#signedAt = at;
  }

  /** Takes a drill over. @returns It; null when another run is at it or came first. */
  async claim(): Promise<DrillLog | null> {
    const owner = (await this.#log())?.owner ?? null;
    await this.write({ kind: 'claim', gone: owner !== null && this.#presence.isGone(owner) ? owner : null });
    const log = await this.#log();
    if (log === undefined || log.owner !== this.#runner) return null;
    this.#latest = latest(this.#latest, log.lastSignAt);
    return log;
  }

  /** @throws Lost when the drill is no longer this run's. */
  async hold(): Promise<void> {
    if ((await this.#log())?.owner !== this.#runner) throw new Lost();
  }

  /** Shows that the run lives, if it is time to. @throws Lost when the drill is no longer this run's. */
  async sign(): Promise<void> {
    if (this.now() < addSeconds(this.#signedAt, SIGN_SECONDS)) return;
    await this.write({ kind: 'alive' });
    await this.hold();
  }

  /**
   * Does work that may take long; meanwhile nobody must think that the run is dead.
   *
   * @param work Is given a signal that is aborted soon after the deadline.
   */
  async signingWhile<T>(work: (late: AbortSignal) => Promise<T>, deadlineAt: Instant): Promise<T> {
    const [over, late] = [new AbortController(), new AbortController()];
    const signing = this.#keepSigning(over.signal, () => {
      if (this.now() >= deadlineAt) late.abort(new Error('the time of the drill is over'));
    });
    try {
      return await work(late.signal);
    } finally {
      over.abort();
      await signing;
    }
  }

  async #keepSigning(over: AbortSignal, each: () => void): Promise<void> {
    while (!over.aborted) {
      try {
        await this.#clock.sleep(SIGN_SECONDS, over);
        each();
        await this.sign();
      } catch {
        // The work goes on; before its next call the run finds out by itself whether it still holds the drill.
        return;
      }
    }
  }

  async #log(): Promise<DrillLog | undefined> {
    return logOf(await this.#store.journalOf(this.#drillId), this.#drillId);
  }
}

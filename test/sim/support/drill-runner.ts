/**
 * One simulated process of Muster: its ports over the shared lab and store, with a clock of its own.
 *
 * Every call takes time, and others run meanwhile. At one point of its life, counted over journal writes, requests and
 * sleeps, it may be killed: from then on nothing of it happens any more, and what it held in memory is gone.
 */

import type { Clock, ProbeRunner, ProbeSession, Store } from '../../../src/app/ports.ts';
import type { DrillsWorld } from '../../../src/app/run-drills.ts';
import { MusterError } from '../../../src/core/errors.ts';
import { addSeconds, type Seconds } from '../../../src/core/time.ts';
import type { VirtualLab } from '../../../src/lab/request-handler.ts';
import { UNSURE } from '../../support/drill-plans.ts';
import type { Chance } from './chance.ts';
import type { DrillBook } from './drill-book.ts';
import type { Slot } from './drill-clients.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What is wrong with the data, or with the way to them. */
export type DataFault = 'none' | 'empty' | 'unanswered' | 'lost' | 'refused';

/** How a process differs from one where all goes well. */
export interface Temper {
  /** At which point of its life it is killed; null: never. */
  readonly killedAt: number | null;
  /** The longest that one call takes. */
  readonly slowness: Seconds;
  /** Its wall clock is ahead by so much from that second on. */
  readonly clockJumps: readonly { readonly from: Seconds; readonly ahead: Seconds }[];
  /** The machine sleeps from one second to another. */
  readonly asleep: { readonly from: Seconds; readonly until: Seconds } | null;
  readonly probeSecondsMax: Seconds;
  readonly dataFault: DataFault;
}

export const CALM: Temper = {
  killedAt: null,
  slowness: 0,
  clockJumps: [],
  asleep: null,
  probeSecondsMax: 1,
  dataFault: 'none',
};

/** An answer that a database gave. */
export interface Answer {
  readonly second: Seconds;
  /** AWS's own ids of the instance that answered, and of its cluster. */
  readonly from: readonly (string | null)[];
  readonly copiedFrom: readonly string[];
  readonly good: boolean;
}

/** One writing of a drill's record, whether or not the store keeps it. */
export interface Recording {
  readonly who: string;
  readonly drillId: string;
  /**
   * What its writer knew of the records: nothing, because it had not just looked; that the drill had one already; or
   * that it had none. Two that look at the same moment may both see none, and the store keeps the first.
   */
  readonly knew: 'nothing' | 'one' | 'none';
}

/** What the processes of a seed share. */
export interface Shared {
  readonly lab: VirtualLab;
  readonly time: VirtualTime;
  readonly book: DrillBook;
  readonly store: Store;
  readonly answers: Answer[];
  readonly passwords: string[];
  readonly recordings: Recording[];
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** A process. */
export class Runner {
  readonly name: string;
  readonly world: DrillsWorld;
  readonly #shared: Shared;
  readonly #temper: Temper;
  readonly #chance: Chance;
  #life = 0;
  #names = 0;
  /** The drills with a record, its own writings included; null once it has done anything else since it looked. */
  #recorded: Set<string> | null = null;
  killed = false;

  constructor(shared: Shared, slot: Slot, given: { readonly name: string; readonly temper: Temper; chance: Chance }) {
    this.name = given.name;
    this.#shared = shared;
    this.#temper = given.temper;
    this.#chance = given.chance;
    slot.connect(async (request) => {
      await this.#livesOn(`before ${request.method}`);
      try {
        return await shared.book.carryOut(this.name, request);
      } finally {
        await this.#livesOn('after a request');
      }
    });
    const operator = Object.fromEntries(
      Object.entries(slot.operator).map(([name, call]) => [
        name,
        (...args: readonly unknown[]) => this.#call(async () => Reflect.apply(call, slot.operator, args)),
      ]),
    ) as unknown as typeof slot.operator;
    this.world = {
      operatorAt: async () => operator,
      probes: this.#probes(),
      store: this.#store(),
      clock: this.#clock(),
      presence: UNSURE,
      randomness: {
        token: () => `${this.name}-${this.#names++}`,
        password: () => {
          const password = `pw!${this.name}!${shared.passwords.length}`;
          shared.passwords.push(password);
          return password;
        },
      },
    };
  }

  /** Waits that long, longer when the machine sleeps meanwhile. */
  async pass(seconds: Seconds, signal?: AbortSignal): Promise<void> {
    const { time } = this.#shared;
    const { asleep } = this.#temper;
    const due = time.seconds() + seconds;
    const wakes = asleep !== null && due >= asleep.from && due < asleep.until ? asleep.until : due;
    await time.until(this, wakes, signal);
  }

  async #livesOn(where: string): Promise<void> {
    this.#recorded = null;
    this.#life += 1;
    if (this.#life === this.#temper.killedAt && !this.killed) {
      this.killed = true;
      this.#shared.book.lines.push(`${this.#shared.lab.now()} ${this.name} was killed ${where}`);
      this.#shared.time.letGo(this);
    }
    if (this.killed) await never();
  }

  /** A request is on its way at once once it is decided on; only its answer may find the machine asleep. */
  async #call<T>(call: () => Promise<T>): Promise<T> {
    const { time } = this.#shared;
    await this.#livesOn('before a call');
    await time.until(this, time.seconds() + this.#latency());
    const outcome = await time.busy(this, call).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await this.pass(this.#latency());
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  #latency(): Seconds {
    const { slowness } = this.#temper;
    if (slowness === 0) return 0;
    return this.#chance.happens(0.9) ? this.#chance.below(20) / 10 : this.#chance.below(slowness * 10) / 10;
  }

  #store(): Store {
    const { store, recordings } = this.#shared;
    return {
      ...store,
      journal: async (entry) => {
        await this.#livesOn(`before it wrote ${entry.what.kind}`);
        await this.pass(0);
        await store.journal(entry);
        await this.#livesOn(`after it wrote ${entry.what.kind}`);
      },
      journalEntries: async () => {
        this.#recorded = null;
        await this.pass(0);
        return store.journalEntries();
      },
      drills: async () => {
        const records = await store.drills();
        this.#recorded = new Set(records.map(({ drillId }) => drillId));
        return records;
      },
      recordDrill: async (record) => {
        const { drillId } = record;
        const recorded = this.#recorded;
        await this.#livesOn('before it wrote a record');
        await this.pass(0);
        const knew = recorded === null ? 'nothing' : recorded.has(drillId) ? 'one' : 'none';
        recordings.push({ who: this.name, drillId, knew });
        await store.recordDrill(record);
        this.#recorded = recorded?.add(drillId) ?? null;
      },
    };
  }

  #clock(): Clock {
    const { time } = this.#shared;
    const { clockJumps, asleep } = this.#temper;
    return {
      now: () => {
        const jump = clockJumps.findLast(({ from }) => time.seconds() >= from);
        return addSeconds(time.now(), jump?.ahead ?? 0);
      },
      elapsed: () => {
        const second = time.seconds();
        if (asleep === null || second < asleep.from) return second;
        return asleep.from + Math.max(0, second - asleep.until);
      },
      sleep: async (seconds, signal) => {
        await this.#livesOn('while it slept');
        signal?.throwIfAborted();
        await this.pass(seconds, signal);
      },
    };
  }

  #probes(): ProbeRunner {
    const { lab, time, answers } = this.#shared;
    const { dataFault, probeSecondsMax } = this.#temper;
    const fail = (what: string) => new MusterError('MUSTER_DRILL_FAILED', `${what} by the simulation`);
    return {
      connect: async ({ endpoint, password }): Promise<ProbeSession> => {
        await this.pass(this.#latency());
        const book = lab.engine.volumeOnPort(endpoint.port);
        if (dataFault === 'refused' || book === undefined || book.password !== password) throw fail('sign-in refused');
        const open = () => lab.engine.volumeOnPort(endpoint.port);
        return {
          ping: async () => {
            if (open() === undefined) throw fail('connection lost');
          },
          ask: async (probe, signal) => {
            await this.#livesOn('before a question');
            await this.pass(this.#chance.below(probeSecondsMax + 1), signal);
            await this.#livesOn('after a question');
            const behind = open();
            if (dataFault === 'lost' || behind === undefined) throw fail('connection lost');
            if (dataFault === 'unanswered') return { kind: 'error', message: 'permission denied' };
            const good = dataFault !== 'empty';
            const from = Object.values(lab.world().places)
              .flatMap(({ instances }) => instances)
              .filter(({ listeningPort }) => listeningPort === endpoint.port)
              .flatMap(({ resourceId, clusterResourceId }) => [resourceId, clusterResourceId]);
            answers.push({ second: time.seconds(), from, copiedFrom: behind.copiedFrom, good });
            const count = good ? 1_000 : 0;
            return { kind: 'count', count, tables: probe.kind === 'total_rows' ? 3 : 1 };
          },
          hydrate: async (signal) => {
            await this.pass(this.#chance.below(600), signal);
            return { rows: 1 };
          },
          close: async () => undefined,
        };
      },
    };
  }
}

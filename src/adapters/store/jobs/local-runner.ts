/**
 * Runs the jobs in a file of SQLite, in any number of processes of one machine.
 *
 * What this process adds wakes it at once; what others add is found by looking again. A process that was killed is known
 * to be gone by its mark, so its jobs are taken over at the next beat; where no mark tells, after its silence.
 */

import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { JobRunner, NewJob, TaskName } from '../../../app/desk-port.ts';
import type { Presence } from '../../../app/ports.ts';
import type { Schema } from '../sql/schema.ts';
import type { Session } from '../sql/session.ts';
import { transact } from '../sql/transact.ts';
import {
  endJob,
  enterRunner,
  forgetFailed,
  type JobEnd,
  listRunners,
  removeRunners,
  secondsToNext,
  seeRunner,
  type TakenJob,
  takeJob,
} from './local-jobs.ts';
import {
  beatOn,
  type Life,
  lifeOf,
  liveOn,
  type RunnerOptions,
  tellGivenUp,
  type Work,
  wordsOf,
} from './runner-lives.ts';

/** How often it looks for what other processes added. */
const LOOK_SECONDS = 1;

/** Wakes whoever sleeps in this process. */
export class Bell {
  readonly #sleepers = new Set<() => void>();
  #rings = 0;

  /** How often it rang; hand it to `sleep`, and no ring in between is missed. */
  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    for (const wake of this.#sleepers) wake();
  }

  /** Until the next ring after `since`, the signal, or the time is up. */
  sleep(seconds: number, since: number, signal: AbortSignal): Promise<void> {
    if (this.#rings !== since || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, seconds * 1_000);
      this.#sleepers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** What a local runner stands on. */
export interface LocalWorld {
  readonly session: Session;
  readonly bell: Bell;
  readonly presence: Presence;
}

/** A runner of the jobs in that file. */
export function createLocalRunner(world: LocalWorld, options: RunnerOptions): JobRunner {
  const life = lifeOf(options);
  return {
    run: (handlers, { concurrency, signal }) =>
      liveOn((controller) => new LocalLife(world, { handlers, concurrency }, controller, life).live(), {
        signal,
        tell: life.tell,
      }),
  };
}

class LocalLife {
  readonly #world: LocalWorld;
  readonly #work: Work;
  readonly #controller: AbortController;
  readonly #life: Life;
  readonly #id: string;
  readonly #running = new Set<Promise<void>>();

  constructor(world: LocalWorld, work: Work, controller: AbortController, life: Life) {
    this.#world = world;
    this.#work = work;
    this.#controller = controller;
    this.#life = life;
    this.#id = world.presence.runner(randomBytes(9).toString('hex'));
  }

  async live(): Promise<void> {
    const { signal } = this.#controller;
    await this.#write((connection) => enterRunner(connection, this.#id));
    await this.#beat();
    const beating = beatOn(() => this.#beat(), this.#controller, this.#life);
    try {
      while (!signal.aborted) await this.#look(signal);
    } finally {
      this.#controller.abort();
      await Promise.all(this.#running);
      await beating;
      await this.#write((connection) => removeRunners(connection, [this.#id]));
    }
  }

  /** Starts the next job, or sleeps until there may be one. */
  async #look(signal: AbortSignal): Promise<void> {
    const { bell, session } = this.#world;
    const since = bell.rings;
    const seconds = this.#running.size < this.#work.concurrency ? await session.read(secondsToNext) : null;
    if (typeof seconds === 'number' && seconds <= 0) {
      const job = await this.#write((connection) => takeJob(connection, this.#id));
      if (job !== null) this.#start(job);
      return;
    }
    await bell.sleep(Math.min(LOOK_SECONDS, seconds ?? LOOK_SECONDS), since, signal);
  }

  #start(job: TakenJob): void {
    const run = this.#run(job).finally(() => {
      this.#running.delete(run);
      // A hand is free now, and so may be a queue.
      this.#world.bell.ring();
    });
    this.#running.add(run);
  }

  async #run({ id, task, payload, attempt, attemptsMax }: TakenJob): Promise<void> {
    const { signal } = this.#controller;
    let end: JobEnd = 'done';
    try {
      // It may have been taken while this life ended.
      signal.throwIfAborted();
      const handler = this.#work.handlers[task as TaskName];
      await handler(JSON.parse(payload) as NewJob['payload'], { attempt, attemptsMax, signal });
    } catch {
      end = signal.aborted ? 'cut_short' : 'failed';
    }
    try {
      await this.#write((connection) => endJob(connection, { id, runner: this.#id, end }));
    } catch (error) {
      // It is this runner's still, and lost while it lives: only another life lets go of it.
      this.#controller.abort(error);
      this.#life.tell(`the end of a job (${task}) could not be noted: ${wordsOf(error)}`);
    }
  }

  /** Says that it is there, and takes over from whoever is not. @returns False when it was declared dead. */
  async #beat(): Promise<boolean> {
    const { presence, session, bell } = this.#world;
    const runners = (await session.read(listRunners)) ?? [];
    const dead = runners.filter(
      ({ id, silentSeconds }) => id !== this.#id && (presence.isGone(id) || silentSeconds > this.#life.silentSeconds),
    );
    const { seen, over } = await this.#write(async (connection) => {
      const lives = await seeRunner(connection, this.#id);
      await forgetFailed(connection);
      return {
        seen: lives,
        over: await removeRunners(
          connection,
          dead.map(({ id }) => id),
        ),
      };
    });
    tellGivenUp(over, this.#life.tell);
    if (dead.length > 0) bell.ring();
    return seen;
  }

  #write<T>(work: (connection: Kysely<Schema>) => Promise<T>): Promise<T> {
    const { session } = this.#world;
    return session.write((db) => transact(db, session.database, work));
  }
}

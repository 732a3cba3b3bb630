/**
 * A desk that keeps its state in memory, and runners that run its jobs when a test says so, in one fixed order.
 *
 * The clock is the test's. Nothing happens by itself: `runDue` and `startDue` run what is due by that clock. A runner can
 * be killed, which leaves its jobs to the others at once.
 */

import type { Alert } from '../../src/alert/alert.ts';
import type { Standing } from '../../src/alert/standing.ts';
import {
  type Desk,
  type Handler,
  type JobRunner,
  KEY_HELD_SECONDS,
  type KeptAnswer,
  type NewJob,
  type ScheduleState,
  SIGHT_AHEAD_SECONDS_MAX,
  TASKS,
  type TakenKey,
  type TaskName,
} from '../../src/app/desk-port.ts';
import { printScope } from '../../src/core/arn.ts';
import { compareCodeUnits, type Digest, digestOf, sortedBy } from '../../src/core/canonical.ts';
import { addSeconds, elapsedSeconds, type Instant } from '../../src/core/time.ts';
import type { Sight } from '../../src/inventory/sight.ts';

const KEY_SECONDS = 86_400;
const PAUSE_EXPONENT_MAX = 10;

/** A job as it stands on the desk; one that was done is gone. */
export interface DeskJob extends NewJob {
  readonly id: number;
  readonly dueAt: Instant;
  /** How often it was begun; a run that the service's own end cut short does not count. */
  readonly attempts: number;
  readonly state: 'waiting' | 'running' | 'failed';
}

/** A runner that can be killed. */
export interface MemoryRunner extends JobRunner {
  /** Ends it as -9 would: its jobs wait again, and what its handlers still do is not heard of. */
  kill(): void;
}

/** The desk with its handles for tests. */
export interface MemoryDesk extends Desk {
  /** Another runner; it takes jobs once it runs. */
  runner(): MemoryRunner;
  /** Starts every job that is due and may run now, without waiting for any. @returns How many. */
  startDue(): number;
  /** Runs what is due, and what becomes due by it, until nothing runs any more. @returns How many runs. */
  runDue(): Promise<number>;
  /** When the next waiting job is due; null when none waits. */
  nextDueAt(): Instant | null;
  jobs(): readonly DeskJob[];
}

interface Job extends NewJob {
  readonly id: number;
  dueAt: Instant;
  attempts: number;
  runner: Running | null;
}

/** One runner between `run` and its end. */
interface Running {
  readonly handlers: Readonly<Record<TaskName, Handler>>;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly current: Set<Job>;
  /** Called whenever one of its handlers came back. */
  onIdle: () => void;
}

interface Taken extends KeptAnswer {
  readonly at: Instant;
}

/** An empty desk. @param now The clock that says what is due. */
export function createMemoryDesk({ now }: { readonly now: () => Instant }): MemoryDesk {
  return new InMemory(now);
}

class InMemory implements MemoryDesk {
  readonly #now: () => Instant;
  readonly #sights = new Map<string, { readonly sight: Sight; readonly digest: Digest }>();
  readonly #schedules = new Map<string, ScheduleState>();
  readonly #standings = new Map<string, Standing>();
  readonly #alerts = new Map<string, Alert>();
  readonly #answers = new Map<string, Taken>();
  readonly #runners = new Set<Running>();
  readonly #runs = new Set<Promise<void>>();
  #jobs: Job[] = [];
  #cursor: number | null = null;
  #nextId = 1;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  async fire({ name, dueAt, jobs }: Parameters<Desk['fire']>[0]): Promise<boolean> {
    const last = this.#schedules.get(name);
    if (last !== undefined && last.dueAt >= dueAt) return false;
    this.#schedules.set(name, { name, dueAt, endedAt: null, outcome: null, detail: null });
    this.#addAll(jobs);
    return true;
  }

  async ended(name: string, dueAt: Instant, { at, outcome, detail }: Parameters<Desk['ended']>[2]): Promise<void> {
    if (this.#schedules.get(name)?.dueAt === dueAt) {
      this.#schedules.set(name, { name, dueAt, endedAt: at, outcome, detail });
    }
  }

  async schedules(): Promise<readonly ScheduleState[]> {
    return sortedBy([...this.#schedules.values()], ({ name }) => name);
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    this.#addAll(jobs);
  }

  async backlog(): ReturnType<Desk['backlog']> {
    const jobs = this.jobs();
    const count = (task: TaskName, state: DeskJob['state']) =>
      jobs.filter((job) => job.task === task && job.state === state).length;
    return TASKS.filter((task) => jobs.some((job) => job.task === task)).map((task) => ({
      task,
      waiting: count(task, 'waiting'),
      running: count(task, 'running'),
      failed: count(task, 'failed'),
    }));
  }

  async putSight(sight: Sight): Promise<void> {
    const place = printScope(sight.place);
    const kept = this.#sights.get(place);
    const believedUpTo = addSeconds(this.#now(), SIGHT_AHEAD_SECONDS_MAX);
    if (kept !== undefined && kept.sight.observedAt > sight.observedAt && kept.sight.observedAt <= believedUpTo) return;
    this.#sights.set(place, { sight: copyOf(sight), digest: digestOf(sight) });
  }

  async sightVersions(): Promise<ReadonlyMap<string, Digest>> {
    return new Map([...this.#sights].map(([place, { digest }]) => [place, digest]));
  }

  async sight(place: Sight['place']): Promise<Sight | null> {
    const kept = this.#sights.get(printScope(place));
    return kept === undefined ? null : copyOf(kept.sight);
  }

  async keepPlaces(places: readonly Sight['place'][]): Promise<void> {
    const stay = new Set(places.map(printScope));
    for (const place of this.#sights.keys()) if (!stay.has(place)) this.#sights.delete(place);
  }

  async watched(): ReturnType<Desk['watched']> {
    if (this.#cursor === null) return null;
    return { cursor: this.#cursor, standings: sortedBy([...this.#standings.values()], (one) => one.databaseArn) };
  }

  async settle(
    { cursor, standings, gone, alerts }: Parameters<Desk['settle']>[0],
    before: number | null,
  ): Promise<boolean> {
    if (this.#cursor !== before) return false;
    this.#cursor = cursor;
    for (const arn of gone) this.#standings.delete(arn);
    for (const standing of standings) this.#standings.set(standing.databaseArn, copyOf(standing));
    for (const { alert, jobs } of alerts) {
      if (this.#alerts.has(alert.id)) continue;
      this.#alerts.set(alert.id, copyOf(alert));
      this.#addAll(jobs);
    }
    return true;
  }

  async alert(id: string): Promise<Alert | null> {
    const kept = this.#alerts.get(id);
    return kept === undefined ? null : copyOf(kept);
  }

  async alerts(limit: number): Promise<readonly Alert[]> {
    const newest = [...this.#alerts.values()].reverse().toSorted((a, b) => compareCodeUnits(b.time, a.time));
    return newest.slice(0, limit).map(copyOf);
  }

  async takeKey(caller: string, key: string, requestDigest: Digest, at: Instant): Promise<KeptAnswer | null> {
    const place = JSON.stringify([caller, key]);
    const taken = this.#answers.get(place);
    if (taken !== undefined && !isFree(taken, at)) return { requestDigest: taken.requestDigest, answer: taken.answer };
    this.#answers.set(place, { requestDigest, answer: null, at });
    return null;
  }

  async keepAnswer({ caller, key, requestDigest, at }: TakenKey, answer: KeptAnswer['answer']): Promise<void> {
    const place = JSON.stringify([caller, key]);
    const taken = this.#answers.get(place);
    if (taken === undefined || taken.answer !== null) return;
    if (taken.requestDigest !== requestDigest || taken.at !== at) return;
    if (answer === null) this.#answers.delete(place);
    else this.#answers.set(place, { ...taken, answer });
  }

  async forgetAnswer(caller: string, key: string, answer: NonNullable<KeptAnswer['answer']>): Promise<void> {
    const place = JSON.stringify([caller, key]);
    if (JSON.stringify(this.#answers.get(place)?.answer) === JSON.stringify(answer)) this.#answers.delete(place);
  }

  async close(): Promise<void> {}

  runner(): MemoryRunner {
    let running: Running | null = null;
    return {
      run: (handlers, { concurrency, signal }) =>
        new Promise((resolve) => {
          const mine: Running = {
            handlers,
            concurrency,
            signal,
            current: new Set(),
            onIdle: () => {
              if (!signal.aborted || mine.current.size > 0) return;
              this.#runners.delete(mine);
              resolve();
            },
          };
          running = mine;
          this.#runners.add(mine);
          signal.addEventListener('abort', () => mine.onIdle());
          mine.onIdle();
        }),
      kill: () => {
        if (running === null) return;
        this.#runners.delete(running);
        for (const job of running.current) job.runner = null;
        running.current.clear();
        running = null;
      },
    };
  }

  startDue(): number {
    let started = 0;
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const run = this.#run(next.job, next.runner);
      this.#runs.add(run);
      void run.finally(() => this.#runs.delete(run));
      started += 1;
    }
    return started;
  }

  async runDue(): Promise<number> {
    let started = this.startDue();
    while (this.#runs.size > 0) {
      await Promise.race(this.#runs);
      started += this.startDue();
    }
    return started;
  }

  nextDueAt(): Instant | null {
    const waiting = this.jobs().filter(({ state }) => state === 'waiting');
    return waiting.map(({ dueAt }) => dueAt).toSorted()[0] ?? null;
  }

  jobs(): readonly DeskJob[] {
    return this.#jobs.map(({ runner, ...job }) => ({ ...job, state: stateOf({ ...job, runner }) }));
  }

  #addAll(jobs: readonly NewJob[]): void {
    for (const job of jobs) {
      if (job.key !== null && this.#jobs.some((other) => other.key === job.key && stateOf(other) === 'waiting'))
        continue;
      const dueAt = addSeconds(this.#now(), job.delaySeconds);
      this.#jobs.push({ ...copyOf(job), id: this.#nextId, dueAt, attempts: 0, runner: null });
      this.#nextId += 1;
    }
  }

  /** The job that is due for longest and may run, and a runner that has a hand free. */
  #next(): { readonly job: Job; readonly runner: Running } | null {
    const runner = [...this.#runners].find(
      ({ signal, current, concurrency }) => !signal.aborted && current.size < concurrency,
    );
    if (runner === undefined) return null;
    const at = this.#now();
    const busy = new Set(this.#jobs.filter((job) => job.runner !== null).map(({ queue }) => queue));
    const [job] = this.#jobs
      .filter((one) => stateOf(one) === 'waiting' && one.dueAt <= at && (one.queue === null || !busy.has(one.queue)))
      .toSorted((a, b) => compareCodeUnits(a.dueAt, b.dueAt) || a.id - b.id);
    return job === undefined ? null : { job, runner };
  }

  async #run(job: Job, runner: Running): Promise<void> {
    job.runner = runner;
    job.attempts += 1;
    runner.current.add(job);
    const { attempts: attempt, attemptsMax, payload, task } = job;
    let failed = false;
    try {
      await runner.handlers[task](copyOf(payload), { attempt, attemptsMax, signal: runner.signal });
    } catch {
      failed = true;
    }
    if (!runner.current.delete(job)) return;
    job.runner = null;
    if (!failed) this.#jobs = this.#jobs.filter((other) => other !== job);
    else if (runner.signal.aborted) job.attempts -= 1;
    else job.dueAt = addSeconds(this.#now(), Math.exp(Math.min(job.attempts, PAUSE_EXPONENT_MAX)));
    runner.onIdle();
  }
}

function stateOf({ runner, attempts, attemptsMax }: Omit<Job, 'id'>): DeskJob['state'] {
  if (runner !== null) return 'running';
  return attempts < attemptsMax ? 'waiting' : 'failed';
}

function isFree({ at: takenAt, answer }: Taken, at: Instant): boolean {
  return elapsedSeconds(takenAt, at) >= (answer === null ? KEY_HELD_SECONDS : KEY_SECONDS);
}

/** What a desk hands out is nobody else's to change. */
function copyOf<T>(value: T): T {
  return structuredClone(value);
}

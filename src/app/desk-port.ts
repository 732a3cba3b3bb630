/**
 * What the service remembers from one run to the next beside the chain of evidence: sights, schedules, jobs, how things
 * stood, alerts on their way, answers to repeated requests. All of it may be lost without a verdict becoming wrong.
 *
 * One desk for all replicas of a service. Whatever is said to happen together happens wholly or not at all.
 */

import type { Alert } from '../alert/alert.ts';
import type { Standing } from '../alert/standing.ts';
import type { Scope } from '../core/arn.ts';
import type { Digest } from '../core/canonical.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { Sight } from '../inventory/sight.ts';

/** Every kind of work there is. */
export const TASKS = [
  /** Finds the places within reach, and adds a reading of each. */
  'survey',
  /** Reads one place. */
  'read_place',
  /** Judges everything, compares with how it stood, and raises alerts. */
  'watch',
  /** Plans the drills of one definition, and adds each. */
  'plan_drills',
  /** Runs one drill to its end. */
  'drill',
  'sweep',
  /** Ships the chain to its archive. */
  'ship',
  /** Checks the chain. */
  'verify',
  /** Delivers one alert to one receiver. */
  'deliver',
] as const;
export type TaskName = (typeof TASKS)[number];

/** Work to be done once. */
export interface NewJob {
  readonly task: TaskName;
  /** JSON; no secrets. */
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
  /** While a job of that key waits, another is not added; one that runs does not count. Null: always added. */
  readonly key: string | null;
  /** Jobs of one queue never run at the same time, whoever runs them. Null: no queue. */
  readonly queue: string | null;
  /** In seconds from now; 0 for at once. */
  readonly delaySeconds: number;
  /** After so many attempts it is given up, and told. Between two attempts the pause grows. */
  readonly attemptsMax: number;
}

/** One schedule, as it last fired. */
export interface ScheduleState {
  readonly name: string;
  /** The instant it was due at when it last fired. */
  readonly dueAt: Instant;
  /** Null while its work goes on, or was never ended. */
  readonly endedAt: Instant | null;
  readonly outcome: 'done' | 'failed' | null;
  /** Why it failed, without secrets; null otherwise. */
  readonly detail: string | null;
}

/** What lies further ahead of now was stamped by a clock that is wrong; verdicts bear with as much. */
export const SIGHT_AHEAD_SECONDS_MAX: Seconds = 300;

/** So long a key is held for an answer: longer than the API lets one take. */
export const KEY_HELD_SECONDS: Seconds = 150;

/** An answer that a repeated request gets again. */
export interface KeptAnswer {
  readonly requestDigest: Digest;
  /** Null while the first request is still being answered. */
  readonly answer: { readonly status: number; readonly contentType: string; readonly body: string } | null;
}

/** A key, and the request that took it. */
export interface TakenKey {
  /** Keys of one caller mean nothing to another. */
  readonly caller: string;
  readonly key: string;
  readonly requestDigest: Digest;
  /** When it was taken. */
  readonly at: Instant;
}

/** Everything that changes together when the watch is over. */
export interface Settlement {
  /** Up to which record of the chain was looked at. */
  readonly cursor: number;
  readonly standings: readonly Standing[];
  /** ARNs of databases that are no more, or no longer within reach. */
  readonly gone: readonly string[];
  /** One that is known by its id already is not kept again, nor are its jobs added. */
  readonly alerts: readonly { readonly alert: Alert; readonly jobs: readonly NewJob[] }[];
}

/** The desk. @throws MusterError `MUSTER_STORE_UNREACHABLE`, or `MUSTER_STORE_INVALID` for what Muster did not write. */
export interface Desk {
  /**
   * Notes that a schedule is due and adds its jobs, together.
   *
   * @returns False, and nothing is done, when it has fired for that instant or a later one.
   */
  fire(fire: { readonly name: string; readonly dueAt: Instant; readonly jobs: readonly NewJob[] }): Promise<boolean>;
  /** Notes how the firing of that instant ended; of an earlier one than the last nothing is noted. */
  ended(
    name: string,
    dueAt: Instant,
    end: { readonly at: Instant; readonly outcome: 'done' | 'failed'; readonly detail: string | null },
  ): Promise<void>;
  schedules(): Promise<readonly ScheduleState[]>;
  add(jobs: readonly NewJob[]): Promise<void>;
  /** How many jobs wait, run, or were given up, by task. */
  backlog(): Promise<
    readonly { readonly task: TaskName; readonly waiting: number; readonly running: number; readonly failed: number }[]
  >;

  /**
   * Keeps a sight; an older one than is kept of its place is dropped. One that lies more than `SIGHT_AHEAD_SECONDS_MAX`
   * ahead of now gives way to any: a wrong clock must not keep right ones out.
   */
  putSight(sight: Sight): Promise<void>;
  /** Digest of the sight kept of each place, by `printScope`. */
  sightVersions(): Promise<ReadonlyMap<string, Digest>>;
  sight(place: Scope): Promise<Sight | null>;
  /** Forgets all places but these. */
  keepPlaces(places: readonly Scope[]): Promise<void>;

  /** Null before the first watch. */
  watched(): Promise<{ readonly cursor: number; readonly standings: readonly Standing[] } | null>;
  /** @returns False, and nothing is done, when another watch settled since `cursorBefore` was read. */
  settle(settlement: Settlement, cursorBefore: number | null): Promise<boolean>;
  alert(id: string): Promise<Alert | null>;
  /** The newest alerts first. */
  alerts(limit: number): Promise<readonly Alert[]>;

  /**
   * Takes a key for a request, for 24 hours.
   *
   * @param caller Keys of one caller mean nothing to another.
   * @returns Null when it was free and is now taken; else what is kept under it. A request whose answer never came, for it
   *   was killed, lets go of its key after `KEY_HELD_SECONDS`.
   */
  takeKey(caller: string, key: string, requestDigest: Digest, at: Instant): Promise<KeptAnswer | null>;
  /**
   * Keeps the answer to the request that took the key; null lets go of the key. To a key that another request has by now
   * nothing is done.
   */
  keepAnswer(taken: TakenKey, answer: KeptAnswer['answer']): Promise<void>;
  /** Lets go of a key under which this very answer is kept, for it is not to be given any more. */
  forgetAnswer(caller: string, key: string, answer: NonNullable<KeptAnswer['answer']>): Promise<void>;
  close(): Promise<void>;
}

/** What runs a job. */
export type Handler = (payload: NewJob['payload'], context: JobContext) => Promise<void>;

/** What a handler knows of its job. */
export interface JobContext {
  /** From 1 on. */
  readonly attempt: number;
  readonly attemptsMax: number;
  /** Aborted when the service stops: whatever can be left where it stands is, and the job comes again. */
  readonly signal: AbortSignal;
}

/** Runs jobs of the desk until it is stopped; any number of runners, in any number of processes. */
export interface JobRunner {
  /**
   * A handler that throws is tried again later. The job of a runner that died is taken over by another within a minute.
   *
   * @returns When the signal was aborted and every handler has come back.
   */
  run(
    handlers: Readonly<Record<TaskName, Handler>>,
    options: { readonly concurrency: number; readonly signal: AbortSignal },
  ): Promise<void>;
}

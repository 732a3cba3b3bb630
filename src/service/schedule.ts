/**
 * When a schedule is due: arithmetic over cron lines, in UTC, so that no change of a clock for summer skips or doubles
 * anything.
 *
 * Given an instant, never a clock. Jitter follows from the schedule's name and the instant it is due at, so that every
 * replica waits for the same moment. Source: the `cron` package, which reads the lines of POSIX crontab; a line that
 * restricts both days of the month and of the week is due on either.
 */

import { createHash } from 'node:crypto';
import { CronTime } from 'cron';
import {
  addSeconds,
  elapsedSeconds,
  fromEpochMilliseconds,
  type Instant,
  SECONDS_PER_DAY,
  type Seconds,
  toEpochMilliseconds,
} from '../core/time.ts';

/** No two instants of a cron line of five fields lie closer. */
const PERIOD_SECONDS_MIN: Seconds = 60;
const FIELDS = 5;
/** A leap day comes again after eight years at most. */
const YEARS_8_DAYS = 8 * 366;
/** Looked back so far for the last instant, the shortest first. */
const LOOK_BACK_DAYS = [1 / 24, 1, 8, 32, 370, YEARS_8_DAYS] as const;

/** A cron line that was read. */
export interface CronLine {
  readonly text: string;
  /** The first instant after that one; null when there is none within eight years. */
  nextAfter(at: Instant): Instant | null;
}

/** One instant of a schedule. */
export interface Due {
  readonly dueAt: Instant;
  /** When it is to be fired: somewhat later than it is due. */
  readonly fireAt: Instant;
  /** From this instant to the next. */
  readonly periodSeconds: Seconds;
}

/**
 * Reads a cron line of five fields.
 *
 * @returns Null for what is none.
 */
export function parseCron(text: string): CronLine | null {
  if (text.trim().split(/\s+/).length !== FIELDS || !CronTime.validateCronExpression(text).valid) return null;
  const times = new CronTime(text, 'UTC');
  return { text, nextAfter: (at) => nextOf(times, at) };
}

function nextOf(times: CronTime, at: Instant): Instant | null {
  try {
    return fromEpochMilliseconds(times.getNextDateFrom(new Date(toEpochMilliseconds(at)), 'UTC').toMillis());
  } catch {
    // What the package throws when it has looked eight years ahead.
    return null;
  }
}

/** The last instant at which a line was due, that very moment included; null when there was none in eight years. */
export function lastDueAt(line: CronLine, at: Instant): Instant | null {
  for (const days of LOOK_BACK_DAYS) {
    const first = line.nextAfter(addSeconds(at, -days * SECONDS_PER_DAY));
    if (first !== null && first <= at) return newestUpTo(line, first, at);
  }
  return null;
}

/** Halves what lies between an instant that is due and the end until nothing else fits in between. */
function newestUpTo(line: CronLine, first: Instant, end: Instant): Instant {
  let [due, bound] = [first, end];
  while (elapsedSeconds(due, bound) >= PERIOD_SECONDS_MIN) {
    const middle = addSeconds(due, elapsedSeconds(due, bound) / 2);
    const next = line.nextAfter(middle);
    if (next !== null && next <= end) due = next;
    else bound = middle;
  }
  return due;
}

/** Whose instants are spread, and how far at most. */
export interface Spread {
  readonly name: string;
  readonly jitterSeconds: Seconds;
}

/** The instants of one schedule, found once and remembered while they last: reading a cron line is slow. */
export interface Timetable {
  /** The last instant at which it was due, fired or not; null when there was none. */
  last(at: Instant): Due | null;
  /**
   * The newest instant that is to be fired by now, however many were missed before it; null when there was none. It is the
   * one before the last while that still waits for its moment.
   */
  newest(at: Instant): Due | null;
  /** The next instant that is to be fired after now; null when there is none within eight years. */
  next(at: Instant): Due | null;
}

/** The timetable of a line, spread by that much. */
export function createTimetable(line: CronLine, spread: Spread): Timetable {
  let kept: Window | null = null;
  // A tick asks for the same neighbours as the one before.
  const instantBefore = remembered((dueAt) => lastDueAt(line, addSeconds(dueAt, -1)));
  const instantAfter = remembered(line.nextAfter);
  const windowAt = (at: Instant): Window => {
    if (kept === null || !covers(kept, at)) kept = windowFrom(line, kept, at);
    return kept;
  };
  const dueOf = (dueAt: Instant | null, next: Instant | null) =>
    dueAt === null ? null : spreadOut(spread, { dueAt, next });
  const last = (at: Instant): Due | null => {
    const window = windowAt(at);
    return dueOf(window.last, window.next);
  };
  return {
    last,
    newest: (at) => {
      const due = last(at);
      if (due === null || due.fireAt <= at) return due;
      return dueOf(instantBefore(due.dueAt), due.dueAt);
    },
    next: (at) => {
      const waiting = last(at);
      if (waiting !== null && waiting.fireAt > at) return waiting;
      const { next } = windowAt(at);
      return next === null ? null : dueOf(next, instantAfter(next));
    },
  };
}

/** The same function, that remembers its last answer. */
function remembered(find: (at: Instant) => Instant | null): (at: Instant) => Instant | null {
  let last: { readonly at: Instant; readonly found: Instant | null } | null = null;
  return (at) => {
    if (last?.at !== at) last = { at, found: find(at) };
    return last.found;
  };
}

/** From one instant that is due up to the next: `last <= at < next`. */
interface Window {
  readonly last: Instant | null;
  readonly next: Instant | null;
  /** When it was looked for; nothing is known of what lies before, where there is no last. */
  readonly from: Instant;
}

function covers({ last, next, from }: Window, at: Instant): boolean {
  return (last ?? from) <= at && (next === null || at < next);
}

/** The window around an instant; the one after the window before is one step away. */
function windowFrom(line: CronLine, before: Window | null, at: Instant): Window {
  const step = before?.next ?? null;
  const afterStep = step === null || step > at ? null : line.nextAfter(step);
  if (step !== null && afterStep !== null && at < afterStep) return { last: step, next: afterStep, from: step };
  return { last: lastDueAt(line, at), next: line.nextAfter(at), from: at };
}

/** An instant with the moment at which it is fired: never as late as half way to the next one. */
function spreadOut(
  { name, jitterSeconds }: Spread,
  { dueAt, next }: { readonly dueAt: Instant; readonly next: Instant | null },
): Due {
  const bound = next === null ? jitterSeconds : Math.min(jitterSeconds, elapsedSeconds(dueAt, next) / 2);
  const chance = createHash('sha256').update(`${name} ${dueAt}`).digest().readUInt32BE(0) / 2 ** 32;
  const periodSeconds = next === null ? YEARS_8_DAYS * SECONDS_PER_DAY : elapsedSeconds(dueAt, next);
  return { dueAt, fireAt: addSeconds(dueAt, Math.floor(chance * bound)), periodSeconds };
}

/**
 * The dead-man's switch: schedules that did not fire, did not end, or failed.
 *
 * Given how each last fired and when it was due last. One alert for each due instant at the most, and of a schedule that
 * keeps missing or failing not more than one in six hours: a schedule of five minutes that is broken all night is one
 * thing to know, not a hundred. Work that still goes on is late once its period and the grace are over.
 */

import {
  addSeconds,
  type Instant,
  printDuration,
  printInstant,
  type Seconds,
  toEpochMilliseconds,
} from '../core/time.ts';
import type { Alert } from './alert.ts';
import { alertOf, cut, eachOnce, type Happening, oneLine, type Raised } from './make-alert.ts';

/** How a schedule last fired, as the desk keeps it. */
export interface Fired {
  readonly name: string;
  readonly dueAt: Instant;
  readonly endedAt: Instant | null;
  readonly outcome: 'done' | 'failed' | null;
  /** Why it failed, without secrets. */
  readonly detail: string | null;
}

/** What is expected of a schedule. */
export interface Expected {
  readonly name: string;
  readonly periodSeconds: Seconds;
  /** So late it may be before it is missed. */
  readonly graceSeconds: Seconds;
  /** The last instant at which it was due. */
  readonly dueAt: Instant;
}

const TOLD_AGAIN_SECONDS: Seconds = 21_600;

/** Schedules that are not in time. */
export function alertsOfSchedules({
  schedules,
  expected,
  ...raised
}: Raised & { readonly schedules: readonly Fired[]; readonly expected: readonly Expected[] }): readonly Alert[] {
  const firedBy = new Map(schedules.map((fired) => [fired.name, fired]));
  const happenings = expected.flatMap((one) => troubleOf(firedBy.get(one.name) ?? null, one, raised.at));
  return eachOnce(happenings.map((happening) => alertOf(happening, raised)));
}

function troubleOf(fired: Fired | null, expected: Expected, at: Instant): readonly Happening[] {
  const { periodSeconds, graceSeconds, dueAt } = expected;
  if (fired !== null && fired.endedAt === null) {
    if (at <= addSeconds(fired.dueAt, periodSeconds + graceSeconds)) return [];
    const late = `schedule ${fired.name} began at ${printInstant(fired.dueAt)} and has not ended`;
    return [trouble({ expected, fired, dueAt: fired.dueAt, what: 'not_ended', message: late })];
  }
  if ((fired === null || fired.dueAt < dueAt) && at > addSeconds(dueAt, graceSeconds)) {
    const last = fired === null ? 'it never fired' : `it last fired at ${printInstant(fired.dueAt)}`;
    const message = `schedule ${expected.name} was due at ${printInstant(dueAt)} and did not fire; ${last}`;
    return [trouble({ expected, fired, dueAt, what: 'not_fired', message })];
  }
  if (fired?.outcome !== 'failed') return [];
  const why = fired.detail === null ? 'nobody knows why' : cut(oneLine(fired.detail), 300);
  const message = `schedule ${fired.name} of ${printInstant(fired.dueAt)} failed: ${why}`;
  return [trouble({ expected, fired, dueAt: fired.dueAt, what: 'failed', message })];
}

function trouble(late: {
  readonly expected: Expected;
  readonly fired: Fired | null;
  readonly dueAt: Instant;
  readonly what: 'not_fired' | 'not_ended' | 'failed';
  readonly message: string;
}): Happening {
  const { expected, fired, dueAt, what, message } = late;
  const { name, periodSeconds } = expected;
  const bucketSeconds = Math.max(periodSeconds, TOLD_AGAIN_SECONDS);
  return {
    type: 'dev.muster.schedule.missed.v1',
    // What did not even begin may mean that nobody is there any more.
    level: what === 'not_fired' ? 'critical' : 'warning',
    subject: name,
    happened: { what, span: Math.floor(toEpochMilliseconds(dueAt) / 1_000 / bucketSeconds), bucketSeconds },
    message,
    remedy:
      what === 'not_fired'
        ? 'see that a muster serve runs with its schedule on, and what its log says'
        : 'see the log of muster serve; the schedule fires again when it is due next',
    facts: {
      schedule: name,
      what,
      dueAt,
      lastDueAt: fired?.dueAt ?? null,
      endedAt: fired?.endedAt ?? null,
      period: printDuration(periodSeconds),
      detail: fired?.detail === undefined || fired.detail === null ? null : cut(oneLine(fired.detail), 1_000),
    },
  };
}

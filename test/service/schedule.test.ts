/** When schedules are due: against a slow enumerator, at the ends of months and years, and with jitter. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds, elapsedSeconds, type Instant, toEpochMilliseconds } from '../../src/core/time.ts';
import { type CronLine, createTimetable, lastDueAt, parseCron, type Spread } from '../../src/service/schedule.ts';
import { at } from '../support/aws-observations.ts';

const MINUTE = 60;

function line(text: string): CronLine {
  const read = parseCron(text);
  if (read === null) throw new Error(`${text} is no cron line`);
  return read;
}

const nextOf = (text: string, from: string) => line(text).nextAfter(at(from));
const lastOf = (text: string, from: string) => lastDueAt(line(text), at(from));

describe('a cron line', () => {
  it('of other than five fields is refused', () => {
    expect([parseCron('* * * *'), parseCron('0 * * * * *'), parseCron('@daily')]).toEqual([null, null, null]);
  });

  it('with a number out of range is refused', () => {
    expect(parseCron('61 * * * *')).toBeNull();
  });

  it('that never comes is never due', () => {
    expect(line('0 0 30 2 *').nextAfter(at('2026-11-23T00:00:00Z'))).toBeNull();
    expect(lastOf('0 0 30 2 *', '2026-11-23T00:00:00Z')).toBeNull();
  });
});

describe('the next instant', () => {
  it('is not the moment itself', () => {
    expect(nextOf('*/15 * * * *', '2026-11-23T10:15:00Z')).toBe('2026-11-23T10:30:00.000Z');
  });

  it('comes a millisecond after the moment before it', () => {
    expect(nextOf('*/15 * * * *', '2026-11-23T10:14:59.999Z')).toBe('2026-11-23T10:15:00.000Z');
  });

  it('of the 31st skips the months that have none', () => {
    expect(nextOf('0 3 31 * *', '2026-08-31T03:00:00Z')).toBe('2026-10-31T03:00:00.000Z');
  });

  it('of the 29th of February waits for a leap year', () => {
    expect(nextOf('0 0 29 2 *', '2026-11-23T00:00:00Z')).toBe('2028-02-29T00:00:00.000Z');
  });

  it('takes no notice of daylight saving', () => {
    // Europe goes back an hour on 2026-10-25 at 01:00 UTC, the United States forward on 2026-03-08 at 07:00 and later.
    expect(nextOf('30 * * * *', '2026-10-25T00:30:00Z')).toBe('2026-10-25T01:30:00.000Z');
    expect(nextOf('30 2 * * *', '2026-03-07T02:30:00Z')).toBe('2026-03-08T02:30:00.000Z');
  });

  it('with days of the month and of the week comes on either', () => {
    expect(nextOf('0 0 13 * FRI', '2026-11-12T12:00:00Z')).toBe('2026-11-13T00:00:00.000Z');
    expect(nextOf('0 0 13 * FRI', '2026-11-13T00:00:00Z')).toBe('2026-11-20T00:00:00.000Z');
  });
});

describe('the last instant', () => {
  it('is the moment itself when that is due', () => {
    expect(lastOf('*/5 * * * *', '2026-11-23T10:15:00Z')).toBe('2026-11-23T10:15:00.000Z');
  });

  it('of a yearly line is found across the year', () => {
    expect(lastOf('0 0 1 1 *', '2026-12-31T23:59:59Z')).toBe('2026-01-01T00:00:00.000Z');
  });

  it('of a leap day is found across the years', () => {
    expect(lastOf('0 0 29 2 *', '2026-11-23T00:00:00Z')).toBe('2024-02-29T00:00:00.000Z');
  });

  it('of a line with a long pause every night is the one before the pause', () => {
    expect(lastOf('*/10 8-17 * * MON-FRI', '2026-11-23T07:59:59Z')).toBe('2026-11-20T17:50:00.000Z');
  });
});

/** Minute by minute, with a reading of the five fields of its own. */
function isDue([minute, hour, date, month, weekday]: readonly (readonly number[] | null)[], moment: Instant): boolean {
  const there = new Date(toEpochMilliseconds(moment));
  const fits = (field: readonly number[] | null | undefined, value: number) => field == null || field.includes(value);
  const [onDate, onWeekday] = [fits(date, there.getUTCDate()), fits(weekday, there.getUTCDay())];
  const day = date === null || weekday === null ? onDate && onWeekday : onDate || onWeekday;
  return (
    fits(minute, there.getUTCMinutes()) &&
    fits(hour, there.getUTCHours()) &&
    fits(month, there.getUTCMonth() + 1) &&
    day
  );
}

const field = (min: number, max: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }),
  );
const fields = fc.tuple(field(0, 59), field(0, 23), field(1, 31), fc.constant(null), field(0, 6));
const textOf = (parts: readonly (readonly number[] | null)[]) => parts.map((part) => part?.join(',') ?? '*').join(' ');
const moments = fc
  .integer({ min: 0, max: 3 * 365 * 24 * 60 })
  .chain((minutes) => fc.integer({ min: 0, max: 59 }).map((seconds) => minutes * MINUTE + seconds))
  .map((seconds) => addSeconds(at('2026-01-01T00:00:00Z'), seconds));

describe('arithmetic and a walk from minute to minute', () => {
  it('agree on the last and the next instant', () => {
    const walked = 3 * 24 * 60;
    fc.assert(
      fc.property(fields, moments, (parts, moment) => {
        const cron = line(textOf(parts));
        const minute = addSeconds(moment, -(toEpochMilliseconds(moment) % 60_000) / 1_000);
        const back = Array.from({ length: walked }, (_, step) => addSeconds(minute, -step * MINUTE));
        const on = Array.from({ length: walked }, (_, step) => addSeconds(minute, (step + 1) * MINUTE));
        const [last, next] = [back.find((one) => isDue(parts, one)), on.find((one) => isDue(parts, one))];
        // What lies further away than the walk went is not compared.
        if (last !== undefined) expect(lastDueAt(cron, moment)).toBe(last);
        if (next !== undefined) expect(cron.nextAfter(moment)).toBe(next);
      }),
      { numRuns: 25 },
    );
  });
});

describe('jitter', () => {
  const hourly = line('0 * * * *');
  const hours = Array.from({ length: 40 }, (_, hour) => addSeconds(at('2026-11-01T00:00:00Z'), hour * 3_600));
  const fired = (spread: Spread) => {
    const table = createTimetable(hourly, spread);
    return hours.map((due) => table.last(due)?.fireAt ?? at('1970-01-01T00:00:00Z'));
  };
  const sweeps = fired({ name: 'sweep', jitterSeconds: 30 });

  it('is the same for everybody who reckons it', () => {
    expect(fired({ name: 'sweep', jitterSeconds: 30 })).toEqual(sweeps);
  });

  it('lies between the instant and the bound, and is not always the same', () => {
    const late = sweeps.map((fireAt, hour) => elapsedSeconds(hours[hour] ?? fireAt, fireAt));
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(30);
    expect(new Set(late).size).toBeGreaterThan(10);
  });

  it('differs from schedule to schedule', () => {
    expect(fired({ name: 'verify', jitterSeconds: 30 })).not.toEqual(sweeps);
  });

  it('never reaches half way to the next instant, however much is asked for', () => {
    const late = fired({ name: 'sweep', jitterSeconds: 86_400 });
    expect(late.every((fireAt, hour) => elapsedSeconds(hours[hour] ?? fireAt, fireAt) < 1_800)).toBe(true);
    expect(late.some((fireAt, hour) => elapsedSeconds(hours[hour] ?? fireAt, fireAt) > 900)).toBe(true);
  });
});

describe('a timetable', () => {
  const quarters = line('*/15 * * * *');
  const plain = { name: 'inventory', jitterSeconds: 0 };
  const never = createTimetable(line('0 0 30 2 *'), plain);

  it('has fired the newest instant alone after days of downtime', () => {
    const table = createTimetable(quarters, plain);
    expect(table.newest(at('2026-11-20T09:00:00Z'))?.dueAt).toBe('2026-11-20T09:00:00.000Z');
    expect(table.newest(at('2026-11-23T10:07:00Z'))?.dueAt).toBe('2026-11-23T10:00:00.000Z');
  });

  it('fires the instant before while the last one waits for its moment', () => {
    const table = createTimetable(quarters, { name: 'inventory', jitterSeconds: 300 });
    const dueAt = at('2026-11-23T10:15:00Z');
    const fireAt = table.last(dueAt)?.fireAt ?? dueAt;
    expect(fireAt > dueAt).toBe(true);
    expect(table.newest(addSeconds(fireAt, -1))?.dueAt).toBe('2026-11-23T10:00:00.000Z');
    expect(table.newest(fireAt)?.dueAt).toBe(dueAt);
    expect(table.next(addSeconds(fireAt, -1))).toEqual({ dueAt, fireAt, periodSeconds: 900 });
    expect(table.next(fireAt)?.dueAt).toBe('2026-11-23T10:30:00.000Z');
  });

  it('of a line that is never due fires nothing', () => {
    expect([never.last, never.newest, never.next].map((ask) => ask(at('2026-11-23T10:07:00Z')))).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('says how long it is until the next instant', () => {
    const table = createTimetable(line('0 3 * * SUN'), plain);
    expect(table.last(at('2026-11-23T10:07:00Z'))).toMatchObject({
      dueAt: '2026-11-22T03:00:00.000Z',
      periodSeconds: 7 * 86_400,
    });
  });

  it('says the same whatever it was asked before', () => {
    fc.assert(
      fc.property(fc.array(moments, { minLength: 1, maxLength: 5 }), (asked) => {
        const spread = { name: 'inventory', jitterSeconds: 120 };
        const used = createTimetable(quarters, spread);
        for (const moment of asked) {
          const fresh = createTimetable(quarters, spread);
          expect([used.last(moment), used.newest(moment), used.next(moment)]).toEqual([
            fresh.last(moment),
            fresh.newest(moment),
            fresh.next(moment),
          ]);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('walks on from window to window as if it were asked anew', () => {
    const table = createTimetable(quarters, plain);
    const walk = Array.from({ length: 30 }, (_, step) => addSeconds(at('2026-11-23T22:01:00Z'), step * 600));
    expect(walk.map((moment) => table.last(moment)?.dueAt)).toEqual(walk.map((moment) => lastDueAt(quarters, moment)));
  });
});

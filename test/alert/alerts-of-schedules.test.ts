/** The dead-man's switch: what was due and did not come. */

import { describe, expect, it } from 'vitest';
import { alertsOfSchedules, type Expected, type Fired } from '../../src/alert/alerts-of-schedules.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { hoursAgo, NOW } from '../support/builders.ts';
import { gist } from './support.ts';

const HOUR = 3_600;

function expected(fields: Partial<Expected> = {}): Expected {
  return { name: 'inventory', periodSeconds: HOUR, graceSeconds: 60, dueAt: hoursAgo(0.5), ...fields };
}

/** Fired when it was due last, and done. */
function fired(fields: Partial<Fired> = {}): Fired {
  return { name: 'inventory', dueAt: hoursAgo(0.5), endedAt: hoursAgo(0.4), outcome: 'done', detail: null, ...fields };
}

function told(schedules: readonly Fired[], due: readonly Expected[] = [expected()], at: Instant = NOW) {
  return alertsOfSchedules({ schedules, expected: due, at, source: 'muster' });
}

describe('a schedule', () => {
  it('that fired and is done tells nothing', () => {
    expect(told([fired()])).toEqual([]);
  });

  it('that fired and is at it tells nothing within its period and the grace', () => {
    const going = fired({ endedAt: null, outcome: null });
    expect(told([going], undefined, addSeconds(going.dueAt, HOUR + 60))).toEqual([]);
    const late = told([going], undefined, addSeconds(going.dueAt, HOUR + 61));
    expect(late.map(({ data }) => data['what'])).toEqual(['not_ended']);
  });

  it('that did not fire is critical once the grace is over', () => {
    const was = fired({ dueAt: hoursAgo(1.5), endedAt: hoursAgo(1.4) });
    const { dueAt } = expected();
    expect(told([was], undefined, addSeconds(dueAt, 60))).toEqual([]);
    const alerts = told([was], undefined, addSeconds(dueAt, 61));
    expect(alerts.map(gist)).toEqual(['schedule.missed critical']);
    expect(alerts[0]?.subject).toBe('inventory');
    expect(alerts[0]?.data.message).toBe(
      'schedule inventory was due at 2026-11-23 09:30:00 UTC and did not fire; it last fired at 2026-11-23 08:30:00 UTC',
    );
  });

  it('that never fired says so', () => {
    expect(told([])[0]?.data.message).toContain('it never fired');
  });

  it('that failed says why, on one line', () => {
    const alerts = told([fired({ outcome: 'failed', detail: 'the store\nis down' })]);
    expect(alerts.map(gist)).toEqual(['schedule.missed warning']);
    expect(alerts[0]?.data.message).toContain('failed: the store is down');
  });

  it('that is not expected any more tells nothing', () => {
    expect(told([fired({ outcome: 'failed' })], [])).toEqual([]);
  });

  it('that failed the last time and then did not fire is told as not fired', () => {
    const was = fired({ dueAt: hoursAgo(1.5), outcome: 'failed' });
    expect(told([was]).map(({ data }) => data['what'])).toEqual(['not_fired']);
  });
});

describe('the same trouble', () => {
  it('is the same alert at whatever instant it is found', () => {
    const [first] = told([]);
    const [second] = told([], undefined, addSeconds(NOW, 600));
    expect(second?.id).toBe(first?.id);
  });

  it('is told again for a later due instant of a slow schedule', () => {
    const daily = { name: 'inventory', periodSeconds: 24 * HOUR, graceSeconds: 60 };
    const ids = [48, 24, 0.5].map((hours) => told([], [{ ...daily, dueAt: hoursAgo(hours) }])[0]?.id);
    expect(new Set(ids).size).toBe(3);
  });

  it('is told no more than once in six hours of a quick one', () => {
    const due = Array.from({ length: 12 * 24 }, (_, index) => addSeconds(hoursAgo(24), index * 300));
    const missed = due.map(
      (dueAt) => told([], [expected({ periodSeconds: 300, dueAt })], addSeconds(dueAt, 61))[0]?.id,
    );
    const failed = due.map((dueAt) => {
      const was = fired({ dueAt, outcome: 'failed' });
      return told([was], [expected({ periodSeconds: 300, dueAt })])[0]?.id;
    });
    // A day that does not begin with a span of six hours touches five of them.
    expect([new Set(missed).size, new Set(failed).size]).toEqual([5, 5]);
    expect(missed).not.toContain(undefined);
  });
});

/** The end of a last survivor: which warning is due, and that each is told once. */

import { describe, expect, it } from 'vitest';
import type { Standing } from '../../src/alert/standing.ts';
import { ENDING_DAYS, knownOf, standingOf } from '../../src/alert/standing-of.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import { aDatabase, NOW } from '../support/builders.ts';
import { aDatabaseView, aSurvivor } from '../support/decision-builder.ts';
import { aStanding, earlier, gist, ORDERS, told } from './support.ts';

/** How `orders` stands when its survivors end then. */
function standing(ends: readonly (Instant | null)[], was: Standing | null = null, at: Instant = NOW): Standing {
  const view = aDatabaseView({
    arn: ORDERS,
    identifier: 'orders',
    verdict: 'ready',
    reasons: [],
    survivors: ends.map((expiresAt) => aSurvivor({ expiresAt })),
  });
  return standingOf(view, aDatabase(), { before: was, at, observedAt: at, endingDays: ENDING_DAYS });
}

/** Looks at `orders` once for each of these days, and says what was told on each: the days left, or nothing. */
function watched(days: readonly { readonly day: number; readonly endsOn: number | null }[]): (number | null)[] {
  let was: Standing | null = null;
  return days.map(({ day, endsOn }) => {
    const at = addDays(NOW, day);
    const now = standing([endsOn === null ? null : addDays(NOW, endsOn)], was, at);
    const [alert] = told({ before: was === null ? null : [was], after: [now], at });
    was = now;
    return alert === undefined ? null : Number(alert.data['days']);
  });
}

describe('a standing', () => {
  it('names the last end of all survivors', () => {
    expect(standing([addDays(NOW, 3), addDays(NOW, 30), addDays(NOW, 5)]).lastSurvivorEndsAt).toBe(addDays(NOW, 30));
  });

  it('names no end where one never does, and where nothing survives', () => {
    expect(standing([addDays(NOW, 3), null]).lastSurvivorEndsAt).toBeNull();
    expect(standing([]).lastSurvivorEndsAt).toBeNull();
  });

  it('holds its reasons sorted and each once', () => {
    const reasons = ['restore_failed', 'disarms', 'disarms'].map((code) => ({ ...aDatabaseView().reasons[0], code }));
    const view = aDatabaseView({ reasons: reasons as never });
    const { reasons: codes } = standingOf(view, aDatabase(), {
      before: null,
      at: NOW,
      observedAt: NOW,
      endingDays: ENDING_DAYS,
    });
    expect(codes).toEqual(['disarms', 'restore_failed']);
  });

  it('remembers the last verdict that was known', () => {
    const judged = (verdict: Standing['verdict'], was: Standing | null) =>
      standingOf(aDatabaseView({ verdict }), aDatabase(), {
        before: was,
        at: NOW,
        observedAt: NOW,
        endingDays: ENDING_DAYS,
      });
    const bad = judged('not_ready', null);
    const hidden = judged('unknown', bad);
    expect(
      [bad, hidden, judged('unknown', hidden), judged('ready', hidden), judged('unknown', null)].map(knownOf),
    ).toEqual(['not_ready', 'not_ready', 'not_ready', 'ready', null]);
  });

  it('holds the protection that was observed', () => {
    const database = aDatabase({ deletionProtection: true, retentionDays: 35 });
    const now = standingOf(aDatabaseView(), database, {
      before: null,
      at: NOW,
      observedAt: NOW,
      endingDays: ENDING_DAYS,
    });
    expect([now.deletionProtection, now.retentionDays]).toEqual([true, 35]);
  });
});

describe('an end that draws near', () => {
  it('is told at each number of days, once', () => {
    const days = [0, 5.9, 6, 6.5, 13, 13.5, 17, 19, 19.5].map((day) => ({ day, endsOn: 20 }));
    expect(watched(days)).toEqual([null, null, 14, null, 7, null, 3, 1, null]);
  });

  it('is told at once, by the nearest number of days, when it is first seen', () => {
    expect(watched([{ day: 0, endsOn: 2 }])).toEqual([3]);
    expect(
      watched([
        { day: 0, endsOn: null },
        { day: 1, endsOn: 3 },
      ]),
    ).toEqual([null, 3]);
  });

  it('is told anew once a later survivor ended that', () => {
    const looks = [
      { day: 0, endsOn: 3 },
      { day: 1, endsOn: 30 },
      { day: 16, endsOn: 30 },
      { day: 27, endsOn: 30 },
    ];
    expect(watched(looks)).toEqual([3, null, 14, 3]);
  });

  it('does not tell every morning where a backup is taken each day and kept for a week', () => {
    const mornings = Array.from({ length: 20 }, (_, day) => [
      { day: day + 0.1, endsOn: day + 7 },
      { day: day + 0.9, endsOn: day + 7 },
    ]).flat();
    expect(watched(mornings).filter((days) => days !== null)).toEqual([7]);
    // The next backup is a little late each day, so that for an hour less than a week is left.
    const late = mornings.map(({ day, endsOn }, index) => ({
      day: index % 2 === 0 ? day : day + 0.15,
      endsOn: endsOn + 1,
    }));
    expect(watched(late).filter((days) => days !== null)).toEqual([14, 7]);
  });

  it('is told when it jumps nearer, because a later survivor was taken away', () => {
    expect(
      watched([
        { day: 0, endsOn: 100 },
        { day: 1, endsOn: 4 },
      ]),
    ).toEqual([null, 3]);
  });

  it.each([
    [13, 'info'],
    [6, 'info'],
    [2, 'warning'],
    [0.5, 'critical'],
    [-0.5, 'critical'],
  ])('in %d days is %s', (days, level) => {
    const [alert] = told({ before: null, after: [standing([addDays(NOW, days)])] });
    expect(gist(alert as NonNullable<typeof alert>)).toBe(`survivor.ending ${level}`);
  });

  it('says when, and what to do', () => {
    const [alert] = told({ before: null, after: [standing([addDays(NOW, 2)])] });
    expect(alert?.data.message).toBe(
      'the last backup of orders (123456789012/eu-west-1) that would survive its deletion ends in 2 d, at 2026-11-25 10:00:00 UTC',
    );
    expect(alert?.data.remedy).toContain('take a manual snapshot');
  });

  it('is not told at a number of days that nobody asked for', () => {
    const now = standing([addDays(NOW, 2)]);
    expect(told({ before: [earlier({ deletionProtection: false })], after: [now], endingDays: [30] })).toEqual([]);
  });
});

describe('the last survivor', () => {
  const reasons = ['no_survivor'] as const;

  it('that is gone though the verdict was bad before is told, critical', () => {
    const was = earlier({ verdict: 'not_ready', reasons: ['restore_failed'] });
    const alerts = told({ before: [was], after: [aStanding({ verdict: 'not_ready', reasons })] });
    expect(alerts.map(gist)).toEqual(['survivor.ending critical']);
  });

  it('that is gone and takes the verdict with it is told by the verdict alone', () => {
    const alerts = told({ before: [earlier()], after: [aStanding({ verdict: 'not_ready', reasons })] });
    expect(alerts.map(gist)).toEqual(['verdict.changed critical']);
  });
});

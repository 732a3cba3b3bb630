/**
 * Claims on detection over generated looks: two equal looks tell nothing, order changes nothing, what is told is told
 * once, and every alert is small enough for whoever takes it.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALERT_LEVELS, ALERT_TYPES } from '../../src/alert/alert.ts';
import { alertsOfSchedules } from '../../src/alert/alerts-of-schedules.ts';
import type { Standing } from '../../src/alert/standing.ts';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { VERDICTS } from '../../src/verdict/document.ts';
import { REASON_CODES } from '../../src/verdict/reasons.ts';
import { hoursAgo, NOW } from '../support/builders.ts';
import { aStanding, told } from './support.ts';

const RUNS = { numRuns: 60 };

const standing: fc.Arbitrary<Standing> = fc
  .record({
    number: fc.nat(5),
    verdict: fc.constantFrom(...VERDICTS),
    reasons: fc.uniqueArray(fc.constantFrom(...REASON_CODES), { maxLength: 5 }),
    endsInDays: fc.option(fc.integer({ min: -2, max: 40 })),
    endToldDays: fc.option(fc.constantFrom(1, 3, 7, 14)),
    deletionProtection: fc.boolean(),
    retentionDays: fc.nat(35),
  })
  .map(({ number, endsInDays, endToldDays, reasons, ...fields }) =>
    aStanding({
      ...fields,
      databaseArn: `arn:aws:rds:eu-west-1:123456789012:db:orders-${number}`,
      identifier: `orders-${number}`,
      reasons: [...reasons].sort(),
      lastSurvivorEndsAt: endsInDays === null ? null : addDays(NOW, endsInDays),
      endToldDays: endsInDays === null ? null : endToldDays,
    }),
  );
const look = fc.uniqueArray(standing, { selector: ({ databaseArn }) => databaseArn, maxLength: 6 });
const looks = fc.record({
  before: look.map((standings) => standings.map((one) => ({ ...one, at: hoursAgo(1) }))),
  after: look,
});

function shuffled<T>(items: readonly T[], by: number): readonly T[] {
  return items.map((_, index) => items[(index + by) % items.length] as T).reverse();
}

function goneOf({ before, after }: { readonly before: readonly Standing[]; readonly after: readonly Standing[] }) {
  return before.map(({ databaseArn }) => databaseArn).filter((arn) => !after.some((one) => one.databaseArn === arn));
}

describe('what two looks tell', () => {
  it('is nothing where they are equal', () => {
    fc.assert(
      fc.property(look, (same) => {
        expect(told({ before: same, after: same })).toEqual([]);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of anything', () => {
    fc.assert(
      fc.property(looks, fc.nat(6), ({ before, after }, by) => {
        const gone = goneOf({ before, after });
        const turned = { before: shuffled(before, by), after: shuffled(after, by), gone: shuffled(gone, by) };
        expect(told(turned)).toEqual(told({ before, after, gone }));
      }),
      RUNS,
    );
  });

  it('is the same whenever it is found, each alert once', () => {
    fc.assert(
      fc.property(looks, fc.nat(100_000), ({ before, after }, seconds) => {
        const gone = goneOf({ before, after });
        const ids = told({ before, after, gone }).map(({ id }) => id);
        const at = addSeconds(NOW, seconds);
        const later = after.map((one) => ({ ...one, at }));
        expect(told({ before, after: later, gone, at }).map(({ id }) => id)).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      RUNS,
    );
  });

  it('names every database that became not ready or is gone', () => {
    fc.assert(
      fc.property(looks, ({ before, after }) => {
        const gone = goneOf({ before, after });
        const named = told({ before, after, gone })
          .filter(({ type }) => type === 'dev.muster.verdict.changed.v1')
          .flatMap(({ subject, data: { arns } }) => (arns as { first: string[] } | undefined)?.first ?? [subject]);
        const worse = after.filter(
          (now) =>
            now.verdict === 'not_ready' &&
            before.find(({ databaseArn }) => databaseArn === now.databaseArn)?.verdict !== 'not_ready',
        );
        expect(named).toEqual(expect.arrayContaining([...worse.map(({ databaseArn }) => databaseArn), ...gone]));
      }),
      RUNS,
    );
  });

  it('is a bounded CloudEvent', () => {
    fc.assert(
      fc.property(looks, ({ before, after }) => {
        for (const alert of told({ before, after, gone: goneOf({ before, after }) })) {
          expect(ALERT_TYPES).toContain(alert.type);
          expect(ALERT_LEVELS).toContain(alert.data.level);
          expect(alert.data.message).toMatch(/^[^\n]{10,500}$/);
          expect(JSON.stringify(alert).length).toBeLessThan(32_000);
        }
      }),
      RUNS,
    );
  });
});

describe('what schedules tell', () => {
  it('does not depend on their order, and is one alert a schedule at the most', () => {
    const schedule = fc.record({
      number: fc.nat(4),
      firedHoursAgo: fc.option(fc.nat(60)),
      ended: fc.boolean(),
      outcome: fc.constantFrom('done' as const, 'failed' as const),
      dueHoursAgo: fc.nat(30),
      periodSeconds: fc.constantFrom(300, 3_600, 86_400),
    });
    const all = fc.uniqueArray(schedule, { selector: ({ number }) => number, maxLength: 5 });
    fc.assert(
      fc.property(all, fc.nat(5), (given, by) => {
        const ask = (some: typeof given) =>
          alertsOfSchedules({
            expected: some.map(({ number, periodSeconds, dueHoursAgo }) => {
              return { name: `s${number}`, periodSeconds, graceSeconds: 60, dueAt: hoursAgo(dueHoursAgo) };
            }),
            schedules: some.flatMap(({ number, firedHoursAgo, ended, outcome }) => {
              if (firedHoursAgo === null) return [];
              const dueAt = hoursAgo(firedHoursAgo);
              return [
                {
                  name: `s${number}`,
                  dueAt,
                  endedAt: ended ? NOW : null,
                  outcome: ended ? outcome : null,
                  detail: null,
                },
              ];
            }),
            at: NOW,
            source: 'muster',
          });
        const alerts = ask(given);
        expect(ask([...shuffled(given, by)])).toEqual(alerts);
        expect(new Set(alerts.map(({ subject }) => subject)).size).toBe(alerts.length);
      }),
      RUNS,
    );
  });
});

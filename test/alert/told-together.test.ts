/** Many databases that turn at one look: one alert for each place and cause, and nothing of their own lost in it. */

import { describe, expect, it } from 'vitest';
import type { Standing } from '../../src/alert/standing.ts';
import { aDatabaseView, aReason } from '../support/decision-builder.ts';
import { aStanding, earlier, told } from './support.ts';

const STALE = { verdict: 'unknown', reasons: ['inventory_stale'] } as const;

function named(index: number, region = 'eu-west-1'): Pick<Standing, 'databaseArn' | 'identifier'> {
  return { databaseArn: `arn:aws:rds:${region}:123456789012:db:d-${index}`, identifier: `d-${index}` };
}
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const many = (count: number, was: Partial<Standing>, is: Partial<Standing>, region = 'eu-west-1') => ({
  before: numbers(count).map((index) => earlier({ ...was, ...named(index, region) })),
  after: numbers(count).map((index) => aStanding({ ...is, ...named(index, region) })),
});
const subjects = (looks: Parameters<typeof told>[0]) => told(looks).map(({ subject }) => subject);
const own = (index: number) => named(index).databaseArn;

describe('a place that cannot be read any more', () => {
  it('is one alert that names how many, the first of them and why', () => {
    const [alert, ...others] = told(many(200, {}, STALE));
    expect(others).toEqual([]);
    expect(alert?.data.level).toBe('warning');
    expect(alert?.data.message).toMatch(
      /^200 databases in 123456789012\/eu-west-1 are unknown now: .+ \(d-0, d-1, d-10 and 197 more\)$/,
    );
    expect(alert).toMatchObject({
      subject: '123456789012/eu-west-1',
      data: { from: 'ready', to: 'unknown', accountId: '123456789012', region: 'eu-west-1', databases: 200 },
    });
    expect(alert?.data['arns']).toMatchObject({ count: 200, first: expect.arrayContaining([own(0), own(1)]) });
  });

  it('tells two databases by themselves', () => {
    expect(subjects(many(2, {}, STALE))).toEqual([own(0), own(1)]);
  });

  it('is told apart from another place, and together with many of them', () => {
    const regions = ['eu-west-1', 'eu-west-2', 'eu-west-3', 'us-east-1'];
    const inPlaces = (count: number) => {
      const looks = regions.slice(0, count).map((region) => many(3, {}, STALE, region));
      return { before: looks.flatMap(({ before }) => before), after: looks.flatMap(({ after }) => after) };
    };
    expect(subjects(inPlaces(2))).toEqual(['123456789012/eu-west-1', '123456789012/eu-west-2']);
    const [alert, ...others] = told(inPlaces(4));
    expect([alert?.subject, alert?.data['databases'], others.length]).toEqual(['databases', 12, 0]);
    expect(alert?.data['places']).toEqual({ count: 4, first: regions.map((region) => `123456789012/${region}`) });
  });

  it('is told in words that are true of all of it', () => {
    const looks = many(3, {}, STALE);
    const views = (message: (index: number) => string) =>
      numbers(3).map((index) =>
        aDatabaseView({
          arn: own(index),
          reasons: [aReason({ code: 'inventory_stale', message: message(index), remedy: null })],
        }),
      );
    const [same] = told({ ...looks, views: views(() => 'the inventory of the place is 2 h old') });
    expect(same?.data.message).toContain('the inventory of the place is 2 h old');
    const [apart] = told({ ...looks, views: views((index) => `d-${index} was read 2 h ago`) });
    expect(apart?.data.message).not.toContain('was read 2 h ago');
  });

  it('is the same alert whoever finds it, and another the next time', () => {
    const looks = many(5, {}, STALE);
    const [one] = told(looks);
    const [again] = told({ before: [...looks.before].reverse(), after: [...looks.after].reverse() });
    const [later] = told({ ...looks, before: looks.before.map((stood) => ({ ...stood, at: aStanding().at })) });
    expect(again).toEqual(one);
    expect(later?.id).not.toBe(one?.id);
  });
});

describe('beside a place that cannot be read', () => {
  it('a database that is not ready for a reason of its own is told by itself', () => {
    const { before, after } = many(5, {}, STALE);
    const bad = aStanding({ ...named(2), verdict: 'not_ready', reasons: ['no_survivor'] });
    const alerts = told({ before, after: after.map((now) => (now.identifier === 'd-2' ? bad : now)) });
    expect(alerts.map(({ subject, data }) => [subject, data.level])).toEqual([
      ['123456789012/eu-west-1', 'warning'],
      [own(2), 'critical'],
    ]);
    expect(alerts[0]?.data['databases']).toBe(4);
  });

  it('a database that is unknown for another reason as well is told by itself', () => {
    const { before, after } = many(4, {}, STALE);
    const other = aStanding({ ...named(1), verdict: 'unknown', reasons: ['inventory_stale', 'survival_unknown'] });
    expect(subjects({ before, after: after.map((now) => (now.identifier === 'd-1' ? other : now)) })).toEqual([
      '123456789012/eu-west-1',
      own(1),
    ]);
  });

  it('those that what was seen grew too old for are one alert, as loud as each', () => {
    const old = { verdict: 'not_ready', reasons: ['data_loss_exceeded', 'inventory_stale'] } as never;
    const alerts = told(many(30, STALE, old));
    expect(alerts.map(({ data }) => [data.level, data['databases']])).toEqual([['critical', 30]]);
  });

  it('those that are not ready each by themselves are told each by itself', () => {
    expect(subjects(many(4, {}, { verdict: 'not_ready', reasons: ['no_survivor'] }))).toHaveLength(4);
  });
});

describe('a place that can be read again', () => {
  it('is one alert where all are ready again', () => {
    const alerts = told(many(40, { ...STALE, knownVerdict: 'ready', knownReasons: [] }, {}));
    expect(alerts.map(({ data }) => [data.level, data['to'], data['databases']])).toEqual([['info', 'ready', 40]]);
  });

  it('is one alert where they are not ready for what was known before', () => {
    const known = { knownVerdict: 'not_ready', knownReasons: ['no_survivor'] } as const;
    const alerts = told(many(40, { ...STALE, ...known }, { verdict: 'not_ready', reasons: ['no_survivor'] }));
    expect(alerts.map(({ data }) => [data.level, data['databases']])).toEqual([['warning', 40]]);
    expect(alerts[0]?.data.message).toContain('not ready, as before');
  });

  it('tells each by itself that was ready before, or has a reason that is new', () => {
    const ready = { ...STALE, knownVerdict: 'ready', knownReasons: [] } as const;
    const now = { verdict: 'not_ready', reasons: ['no_survivor', 'restore_failed'] } as const;
    expect(told(many(4, ready, now)).map(({ data }) => data.level)).toEqual(numbers(4).map(() => 'critical'));
    const known = { knownVerdict: 'not_ready', knownReasons: ['no_survivor'] } as const;
    expect(subjects(many(4, { ...STALE, ...known }, now))).toHaveLength(4);
  });
});

describe('an account that comes within reach', () => {
  it('is one alert for each verdict', () => {
    const { after } = many(60, {}, { verdict: 'not_ready', reasons: ['restore_never_proven'] });
    const there = earlier();
    const alerts = told({ before: [there], after: [aStanding(), ...after] });
    expect(alerts.map(({ data }) => [data.level, data['from'], data['databases']])).toEqual([['warning', null, 60]]);
    expect(alerts[0]?.data.message).toContain('60 databases in 123456789012/eu-west-1 are new and not ready');
  });
});

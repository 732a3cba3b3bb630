/** What many drills say together, and what too few do not. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import { restoreStatistics } from '../../src/drill/statistics.ts';
import { aDatabase, aDrill, NOW } from '../support/builders.ts';

const ORDERS = aDatabase();
const BASE = aDrill(ORDERS);

/** Drills a day apart, of these sizes and times. */
function drills(...taken: readonly (readonly [gib: number | null, seconds: number | null])[]): DrillRecord[] {
  return taken.map(([storageGib, restoreSeconds], index) =>
    aDrill(ORDERS, {
      drillId: `d${index}`,
      endedAt: addDays(NOW, index),
      restoreSeconds,
      conditions: { ...BASE.conditions, storageGib },
    }),
  );
}

const sized = (gib: number | null) => ({ [ORDERS.resourceId]: gib });

describe('percentiles', () => {
  it('are figures that were seen', () => {
    const [statistics] = restoreStatistics(drills([100, 400], [100, 100], [100, 200], [100, 300]));
    expect(statistics).toMatchObject({ n: 4, p50: 200, p95: 400, newestAt: addDays(NOW, 3) });
  });

  it.each<[string, Partial<DrillRecord>]>([
    ['failed', { result: 'failed' }],
    ['was aborted', { result: 'aborted' }],
    ['was not timed', { restoreSeconds: null }],
    ['went back in time', { restoreSeconds: -1 }],
  ])('leave out a drill that %s', (_, fields) => {
    expect(restoreStatistics([aDrill(ORDERS, fields)])).toEqual([]);
  });

  it('a drill whose scratch leaked was timed all the same', () => {
    expect(restoreStatistics([aDrill(ORDERS, { result: 'leaked' })])).toMatchObject([{ n: 1, p50: 720 }]);
  });
});

describe('groups', () => {
  it.each<[string, Partial<DrillRecord>]>([
    ['another database', { databaseResourceId: 'db-OTHER' }],
    ['a lab', { endpoint: 'http://127.0.0.1:4566' }],
    ['another claim', { claim: 'pitr' }],
    ['another kind of recovery point', { recoveryPoint: { ...BASE.recoveryPoint, kind: 'system_snapshot' } }],
    ['another class', { conditions: { ...BASE.conditions, instanceClass: 'db.t3.medium' } }],
    ['a class that the source does not run on', { conditions: { ...BASE.conditions, otherClass: true } }],
    ['another region', { conditions: { ...BASE.conditions, region: 'us-east-1' } }],
    ['another engine', { conditions: { ...BASE.conditions, engine: 'mysql' } }],
    [
      'a copy from elsewhere',
      { conditions: { ...BASE.conditions, broughtFrom: 'arn:aws:rds:us-east-1:123456789012:snapshot:a' } },
    ],
  ])('%s is another figure', (_, fields) => {
    expect(restoreStatistics([BASE, aDrill(ORDERS, { drillId: 'd2', ...fields })]).map(({ n }) => n)).toEqual([1, 1]);
  });

  it('the same place of origin is the same figure, whichever snapshot was copied', () => {
    const copied = (name: string) => ({
      ...BASE.conditions,
      broughtFrom: `arn:aws:rds:us-east-1:123456789012:snapshot:${name}`,
    });
    const [group, ...rest] = restoreStatistics([
      aDrill(ORDERS, { conditions: copied('a') }),
      aDrill(ORDERS, { drillId: 'd2', conditions: copied('b') }),
    ]);
    expect(group).toMatchObject({ n: 2, group: { conditions: { broughtFrom: 'us-east-1' } } });
    expect(rest).toEqual([]);
  });

  it('come with most drills first, whatever the order of the records', () => {
    const other = aDrill(ORDERS, { drillId: 'x', claim: 'pitr' });
    const records = [other, ...drills([100, 10], [100, 20])];
    expect(restoreStatistics(records)).toEqual(restoreStatistics([...records].reverse()));
    expect(restoreStatistics(records).map(({ group }) => group.claim)).toEqual(['snapshot', 'pitr']);
  });
});

describe('the trend', () => {
  it('is seconds a month, and one odd drill does not bend it', () => {
    const steady = drills([100, 100], [100, 110], [100, 120], [100, 130], [100, 140], [100, 150]);
    expect(restoreStatistics(steady)[0]?.trendSecondsPerMonth).toBe(300);
    const odd = drills([100, 100], [100, 110], [100, 9_000], [100, 130], [100, 140], [100, 150]);
    expect(restoreStatistics(odd)[0]?.trendSecondsPerMonth).toBe(300);
  });

  it('is not read out of four drills', () => {
    expect(restoreStatistics(drills([1, 1], [1, 2], [1, 3], [1, 4]))[0]?.trendSecondsPerMonth).toBeNull();
  });
});

describe('the prediction', () => {
  it('lays time to size where sizes differ, with the spread of what was seen around it', () => {
    const [statistics] = restoreStatistics(
      drills([100, 200], [200, 300], [300, 400], [350, 450], [400, 520]),
      sized(450),
    );
    expect(statistics?.prediction).toEqual({
      storageGib: 450,
      seconds: expect.closeTo(550, 6),
      low: expect.closeTo(550, 6),
      high: expect.closeTo(570, 6),
      basis: 'size',
      beyond: false,
    });
  });

  it('says when it goes beyond what was measured', () => {
    const records = drills([100, 200], [200, 300], [300, 400]);
    expect(restoreStatistics(records, sized(375))[0]?.prediction.beyond).toBe(false);
    expect(restoreStatistics(records, sized(376))[0]?.prediction.beyond).toBe(true);
  });

  it.each<[string, readonly (readonly [number | null, number])[]]>([
    [
      'two sizes',
      [
        [100, 100],
        [200, 200],
        [100, 110],
      ],
    ],
    [
      'sizes that hardly differ',
      [
        [100, 100],
        [101, 150],
        [102, 200],
      ],
    ],
    [
      'a time that falls with size',
      [
        [100, 300],
        [200, 200],
        [300, 100],
      ],
    ],
    [
      'sizes that nobody knows',
      [
        [null, 100],
        [null, 200],
        [null, 300],
      ],
    ],
  ])('of %s is what was seen', (_, taken) => {
    const seconds = taken.map(([, took]) => took).sort((a, b) => a - b);
    const [statistics] = restoreStatistics(drills(...taken), sized(150));
    expect(statistics?.prediction).toMatchObject({
      basis: 'observed',
      seconds: statistics?.p50,
      low: seconds[0],
      high: seconds.at(-1),
    });
  });

  it("without today's size is what was seen", () => {
    const [statistics] = restoreStatistics(drills([100, 200], [200, 300], [300, 400]), sized(null));
    expect(statistics?.prediction).toMatchObject({ basis: 'observed', storageGib: null, beyond: false });
  });
});

/** What `muster drill list` tells of all drills: a line each, and the restore times they amount to. */

import { describe, expect, it } from 'vitest';
import { CLAIMS, type DrillRecord } from '../../src/drill/model.ts';
import { restoreStatistics } from '../../src/drill/statistics.ts';
import { RECOVERY_POINT_KINDS } from '../../src/inventory/model.ts';
import { renderDrills } from '../../src/report/drill-list-text.ts';
import { type Paint, PLAIN_PAINT } from '../../src/report/style.ts';
import { aDatabase, aDrill, hoursAgo } from '../support/builders.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';

const orders = aDatabase();
const render = (records: readonly DrillRecord[], gib: number | null = null, paint: Paint = PLAIN_PAINT) =>
  renderDrills(records, restoreStatistics(records, { [orders.resourceId]: gib }), paint);
const { conditions, recoveryPoint } = aDrill(orders);
/** Drills a day apart, the newest last. */
const daily = (...seconds: readonly (readonly [number, number])[]) =>
  seconds.map(([restoreSeconds, storageGib], index) =>
    aDrill(orders, {
      drillId: `d${index}`,
      restoreSeconds,
      endedAt: hoursAgo(24 * (seconds.length - index)),
      conditions: { ...conditions, storageGib },
    }),
  );

describe('the list of drills', () => {
  it('says so when there is none', () => {
    expect(render([])).toBe('no drill is on record\n');
  });

  it('has one line a drill', () => {
    const [head, line, , title] = render([aDrill(orders)]).split('\n');
    expect(head?.split(/ {2,}/)).toEqual([
      'drill',
      'began (UTC)',
      'result',
      'database',
      'restored from',
      'grade',
      'restore time',
    ]);
    expect(line?.split(/ {2,}/)).toEqual([
      'd1',
      '2026-11-23 08:45',
      'passed',
      'orders',
      'manual snapshot',
      'queried',
      '12 min',
    ]);
    expect(title).toBe('restore times');
  });

  it('keeps the order it is given', () => {
    const lines = render([aDrill(orders, { drillId: 'b' }), aDrill(orders, { drillId: 'a' })]).split('\n');
    expect(lines.slice(1, 3).map((line) => line[0])).toEqual(['b', 'a']);
  });

  it('tells a restore that nobody timed from one that did not come about', () => {
    const last = (fields: Partial<DrillRecord>) =>
      render([aDrill(orders, { restoreSeconds: null, ...fields })])
        .split('\n')[1]
        ?.split(/ {2,}/)
        .at(-1);
    expect(last({ resumed: 1 })).toBe('not timed');
    expect(last({ result: 'leaked' })).toBe('not timed');
    expect(last({ result: 'failed' })).toBe('none');
    expect(last({ result: 'aborted' })).toBe('none');
  });

  it('shows each result in its colour', () => {
    const mark = (name: string) => (text: string) => `<${name}>${text}`;
    const paint = { ...PLAIN_PAINT, green: mark('green'), red: mark('red'), yellow: mark('yellow') };
    const seen = (['passed', 'failed', 'aborted', 'leaked'] as const).map((result) => {
      const text = render([aDrill(orders, { result })], null, paint);
      return /<(\w+)>(\w+)/.exec(text)?.slice(1);
    });
    expect(seen).toEqual([
      ['green', 'passed'],
      ['red', 'failed'],
      ['yellow', 'aborted'],
      ['red', 'leaked'],
    ]);
  });
});

describe('the restore times', () => {
  const times = (text: string) => text.split('restore times\n')[1] ?? '';

  it('are left out where none was measured', () => {
    expect(render([aDrill(orders, { result: 'failed', restoreSeconds: null })])).not.toContain('restore times');
  });

  it('name what they hold for, and say when the drills are too few for a trend', () => {
    expect(times(render(daily([600, 100], [660, 100])))).toBe(
      [
        '  orders: manual snapshot into db.m6g.large in eu-west-1, 2 drills',
        '      p50 10 min, p95 11 min; too few drills to see a trend',
        '      to expect: 10 min, 10 min to 11 min',
        '',
      ].join('\n'),
    );
  });

  it('are given for each set of conditions by itself', () => {
    const other = aDrill(orders, {
      drillId: 'o',
      claim: 'copy',
      recoveryPoint: { ...recoveryPoint, kind: 'snapshot_copy' },
      conditions: {
        ...conditions,
        instanceClass: 'db.t3.micro',
        otherClass: true,
        broughtFrom: 'arn:aws:rds:ap-southeast-2:123456789012:snapshot:s',
      },
    });
    const text = times(render([aDrill(orders), other]));
    expect(text).toContain('  orders: manual snapshot into db.m6g.large in eu-west-1, 1 drill\n');
    expect(text.replace(/\n {2}(?=\w)/g, ' ')).toContain(
      'orders: snapshot copy into db.t3.micro (not its own class) in eu-west-1, copied from ap-southeast-2 first, 1 drill\n',
    );
  });

  it.each<[string, readonly DrillRecord[], string]>([
    ['growing', daily([600, 1], [660, 1], [720, 1], [780, 1], [840, 1]), 'every 30 days 30 min more'],
    ['shrinking', daily([840, 1], [780, 1], [720, 1], [660, 1], [600, 1]), 'every 30 days 30 min less'],
    ['steady', daily([600, 1], [600, 1], [600, 1], [600, 1], [600, 1]), 'steady'],
  ])('that are %s are called so', (_, records, words) => {
    expect(times(render(records))).toContain(`; ${words}\n`);
  });

  it('are laid to the size of today, with a doubt where it lies beyond what was measured', () => {
    const growing = daily([600, 100], [660, 110], [720, 120]);
    expect(times(render(growing, 140))).toContain('to expect: 14 min at 140 GiB\n');
    expect(times(render(growing, 400))).toContain('to expect: 40 min at 400 GiB; more than was ever measured\n');
    expect(times(render(daily([600, 100]), 400))).toContain(
      'to expect: 10 min at 400 GiB; but that was measured with less data\n',
    );
  });
});

it('fits the page with the longest names there are, and obeys no control character', () => {
  const long = (length: number) => `a-${'very-'.repeat(12)}long-name`.slice(0, length);
  const records = RECOVERY_POINT_KINDS.flatMap((kind, index) =>
    CLAIMS.map((claim) =>
      aDrill(orders, {
        drillId: `20261120t0300-${index}`,
        databaseIdentifier: long(63),
        claim,
        recoveryPoint: { ...recoveryPoint, kind },
        conditions: { ...conditions, instanceClass: 'db.r6gd.16xlarge', otherClass: true, region: 'ap-southeast-2' },
      }),
    ),
  );
  expectPlainLines(render(records));
  expectPlainLines(
    render([
      aDrill(orders, {
        drillId: HOSTILE,
        databaseIdentifier: HOSTILE,
        conditions: { ...conditions, instanceClass: HOSTILE, region: HOSTILE, broughtFrom: HOSTILE },
      }),
    ]),
  );
});

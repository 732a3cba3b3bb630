/** What a drill will take, at most and as far as earlier drills tell, and which limits forbid it. */

import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import { bestGradeOf, type EstimateInput, estimateOf, obstaclesOf, printMoney } from '../../src/drill/estimate.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import { planDrill } from '../../src/drill/plan.ts';
import { subjectOf } from '../../src/drill/select.ts';
import type { Database, Quota, RecoveryPoint } from '../../src/inventory/model.ts';
import { aCluster, aDatabase, aDrill, anInventory, aPoint, hoursAgo, NOW, SCOPE } from '../support/builders.ts';

const orders = aDatabase();
const MONEY = 'money: { max: 10, currency: EUR, perInstanceHour: 0.5, perGibMonth: 0.73 }';

interface Given {
  readonly database?: Database;
  readonly point?: Partial<RecoveryPoint>;
  readonly records?: readonly DrillRecord[];
  readonly quotas?: readonly Quota[];
  readonly atOnce?: number;
}

function input(
  yaml: string,
  { database = orders, point, records = [], quotas = [], atOnce = 1 }: Given = {},
): EstimateInput {
  const inventory = anInventory({ databases: [database], recoveryPoints: [aPoint(database, point)], quotas });
  const definition = parseDefinition(`name: a\n${yaml}`, 'd.yaml');
  const asked = { definition, subject: subjectOf(database), inventory, records, standbys: [] };
  const plan = planDrill({ ...asked, drillId: 'abc', musterVersion: '1', at: NOW });
  return { plan, definition, records, inventory, atOnce, at: NOW };
}

const estimate = (yaml: string, given?: Given) => estimateOf(input(yaml, given));
const limits = (yaml: string, given?: Given) => {
  const asked = input(yaml, given);
  return obstaclesOf(asked, estimateOf(asked)).map(({ limit, cause }) => `${limit}: ${cause}`);
};
const took = (seconds: number, fields: Partial<DrillRecord> = {}) =>
  aDrill(orders, {
    phases: [{ phase: 'torn_down', at: addSeconds(NOW, seconds), seconds }],
    restoreSeconds: seconds / 2,
    ...fields,
  });
const quota = (name: Quota['name'], used: number, max: number): Quota => ({ ...SCOPE, name, used, max });

describe('the time', () => {
  it('is the median of earlier drills like this one', () => {
    const records = [took(600), took(900), took(6_000)];
    expect(estimate('', { records })).toMatchObject({
      seconds: 900,
      restoreSeconds: 450,
      drills: 3,
      secondsMax: 7_200,
    });
  });

  it.each<[string, Partial<DrillRecord>]>([
    ['failed', { result: 'failed' }],
    ['of another claim', { claim: 'pitr' }],
    ['of another database', { databaseResourceId: 'db-OTHER' }],
    ['of a lab', { endpoint: 'http://127.0.0.1:1' }],
    ['of another region', { conditions: { ...aDrill(orders).conditions, region: 'us-east-1' } }],
    [
      'of a copy that was brought first',
      { conditions: { ...aDrill(orders).conditions, broughtFrom: 'arn:aws:rds:us-east-1:1:snapshot:a' } },
    ],
    ['picked up again', { resumed: 1 }],
    ['without a measured phase', { phases: [] }],
    ['on another class', { conditions: { ...aDrill(orders).conditions, instanceClass: 'db.t3.small' } }],
  ])('is not known from a drill %s', (_, fields) => {
    expect(estimate('', { records: [took(600, fields)] })).toMatchObject({
      seconds: null,
      restoreSeconds: null,
      drills: 0,
      expected: null,
    });
  });

  it('stands beside the objectives', () => {
    expect(estimate('objectives: { restoreTimeMax: 15m, dataLossMax: 2h }').objectives).toEqual({
      restoreSecondsMax: 900,
      dataLossSecondsMax: 7_200,
      dataLossSeconds: 3_600,
    });
    expect(estimate('', { point: { dataAt: null } }).objectives.dataLossSeconds).toBeNull();
  });
});

describe('the usage', () => {
  it('is at most the deadline, an hour to tear down, and the keeping', () => {
    expect(estimate('').most).toEqual({ instanceHours: 3, gibHours: 300, money: null });
    expect(estimate('aftermath: { onSuccess: { keepHours: 2 }, onFailure: { keepHours: 7 } }')).toMatchObject({
      most: { instanceHours: 10, gibHours: 1_000 },
      keptHoursMax: 7,
    });
  });

  it('is expected from the time of earlier drills, and the keeping of one that passes', () => {
    const records = [took(1_800)];
    expect(estimate(`limits: { ${MONEY} }\naftermath: { onSuccess: { keepHours: 1 } }`, { records }).expected).toEqual({
      instanceHours: 1.5,
      gibHours: 150,
      money: 1.5 * 0.5 + (150 / 730) * 0.73,
    });
  });

  it('of a standby is its storage, reckoned for a month', () => {
    const { most, keptHoursMax } = estimate('aftermath: { onSuccess: standby }');
    expect({ most, keptHoursMax }).toEqual({
      most: { instanceHours: 3, gibHours: 73_300, money: null },
      keptHoursMax: null,
    });
  });

  it('counts a copy that is brought besides the database', () => {
    const copy = { kind: 'snapshot_copy', region: 'eu-central-1' } as const;
    expect(estimate('kinds: [snapshot_copy]\nscratch: { bring: always }', { point: copy }).most.gibHours).toBe(600);
  });

  it('is not known where the size is not', () => {
    expect(estimate(`limits: { ${MONEY} }`, { point: { storageGib: null } }).most).toEqual({
      instanceHours: 3,
      gibHours: null,
      money: null,
    });
    const free = MONEY.replace('0.73', '0');
    expect(estimate(`limits: { ${free} }`, { point: { storageGib: null } }).most.money).toBe(1.5);
  });

  it('is told to the hundredth, never too low', () => {
    expect([1, 0.001, 2.345, 0.1 + 0.2].map(printMoney)).toEqual(['1.00', '0.01', '2.35', '0.30']);
  });
});

describe('a limit', () => {
  it('that is kept is no obstacle', () => {
    const quotas = [quota('db_instances', 38, 40), quota('allocated_storage_gib', 99_000, 100_000)];
    const yaml = `limits: { ${MONEY}, storageGibMax: 100, quotaHeadroom: { instances: 1, storageGib: 900 } }`;
    expect(limits(yaml, { quotas, records: [took(7_200)] })).toEqual([]);
  });

  it('of time is held against what earlier drills took', () => {
    expect(limits('limits: { minutesMax: 10 }', { records: [took(601)] })).toEqual([
      'time: earlier drills took 10 min 1 s, this one gives up after 10 min (limits.minutesMax)',
    ]);
  });

  it('of money is held against the most that it may cost', () => {
    expect(limits(`limits: { ${MONEY.replace('max: 10', 'max: 1.79')} }`)).toEqual([
      'money: it may cost 1.80 EUR; allowed are 1.79 EUR (limits.money.max)',
    ]);
    expect(limits(`limits: { ${MONEY.replace('max: 10', 'max: 1.8')} }`)).toEqual([]);
    expect(limits(`limits: { ${MONEY} }`, { point: { storageGib: null } })).toEqual([
      'money: its size is not known, so neither is what it costs; allowed are 10.00 EUR (limits.money.max)',
    ]);
  });

  it('of storage is held against the size of the recovery point', () => {
    expect(limits('limits: { storageGibMax: 99 }')).toEqual([
      'storage: it holds 100 GiB; allowed are 99 GiB (limits.storageGibMax)',
    ]);
    expect(limits('limits: { storageGibMax: 99 }', { point: { storageGib: null } })).toHaveLength(1);
  });

  it('of instances counts three for a Multi-AZ DB cluster, one for any other', () => {
    const quotas = [quota('db_instances', 38, 40), quota('db_clusters', 1, 40)];
    const trio = aCluster({ kind: 'multi_az_cluster', engine: 'postgres' });
    expect(limits('', { quotas, database: trio })).toEqual([
      'db_instances: 38 of 40 db instances are used in 123456789012/eu-west-1; the drill needs 3',
    ]);
    expect(limits('', { quotas, database: aCluster() })).toEqual([]);
  });

  it('of a quota counts what runs beside it and what must stay free', () => {
    const quotas = [quota('db_instances', 38, 40)];
    expect(limits('', { quotas, atOnce: 2 })).toEqual([]);
    expect(limits('', { quotas, atOnce: 3 })).toEqual([
      'db_instances: 38 of 40 db instances are used in 123456789012/eu-west-1; the drill needs 3',
    ]);
    expect(limits('limits: { quotaHeadroom: { instances: 2 } }', { quotas })).toEqual([
      'db_instances: 38 of 40 db instances are used in 123456789012/eu-west-1; the drill needs 1 and 2 that must stay free',
    ]);
    expect(limits('', { quotas: [quota('allocated_storage_gib', 99_901, 100_000)] })).toHaveLength(1);
  });

  it('of a quota elsewhere, or that was not read, says nothing', () => {
    expect(limits('', { quotas: [{ ...quota('db_instances', 40, 40), region: 'eu-central-1' }] })).toEqual([]);
    expect(estimate('').quotas).toEqual([
      { name: 'db_instances', needed: 1, headroom: 0, used: null, max: null },
      { name: 'allocated_storage_gib', needed: 100, headroom: 0, used: null, max: null },
    ]);
  });

  it('of clusters holds for a cluster, and Aurora allocates no storage', () => {
    const database = aCluster();
    expect(estimate('', { database }).quotas.map(({ name }) => name)).toEqual(['db_instances', 'db_clusters']);
    expect(limits('', { database, quotas: [quota('db_clusters', 40, 40)] })).toEqual([
      'db_clusters: 40 of 40 db clusters are used in 123456789012/eu-west-1; the drill needs 1',
    ]);
  });
});

describe('the best grade', () => {
  it.each<[string, string]>([
    ['', 'restored'],
    ['probes: [{ kind: tables, name: t }]', 'restored'],
    ['probes: [{ kind: total_rows, name: t, rowsMin: 0 }]', 'restored'],
    ['probes: [{ kind: tables, name: t }, { kind: total_rows, name: r }]', 'queried'],
    ['probes: [{ kind: total_rows, name: r, expect: { against: last_drill } }]', 'queried'],
    ['probes: [{ kind: total_rows, name: r, expect: { against: 100 } }]', 'compared'],
  ])('of %j is %s', (yaml, grade) => {
    expect(bestGradeOf(input(yaml).plan)).toBe(grade);
  });

  it('is restored where no driver asks the engine', () => {
    const database = aDatabase({ engine: 'oracle-ee' });
    expect(bestGradeOf(input('probes: [{ kind: total_rows, name: r }]', { database }).plan)).toBe('restored');
  });
});

it('a record of long ago counts like one of today', () => {
  expect(estimate('', { records: [took(60, { endedAt: hoursAgo(9_000) })] }).seconds).toBe(60);
});

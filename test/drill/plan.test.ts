/** Planning a drill: which recovery point, into what, and what a definition may not ask. */

import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import { planDrill } from '../../src/drill/plan.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import {
  aCluster,
  aDatabase,
  anInventory,
  aPoint,
  aSystemSnapshot,
  hoursAgo,
  NOW,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase({ tags: { env: 'production' } });

function plan(yaml: string, points: readonly RecoveryPoint[] = [aPoint(orders)], database = orders) {
  const inventory = anInventory({ databases: [database], recoveryPoints: points });
  return planDrill({
    definition: parseDefinition(yaml, 'drill.yaml'),
    database,
    inventory,
    drillId: 'abc',
    musterVersion: '1',
    at: NOW,
  });
}

function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof MusterError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('the recovery point', () => {
  const old = aPoint(orders, { id: 'old', arn: 'arn:old', dataAt: hoursAgo(50) });
  const young = aSystemSnapshot(orders, { dataAt: hoursAgo(2) });

  it('is the newest by the age of its data, or the oldest', () => {
    expect(plan('name: a', [old, young]).point.id).toBe(young.id);
    expect(plan('name: a\npoint: oldest', [old, young]).point.id).toBe('old');
  });

  it('is of the kinds named', () => {
    expect(plan('name: a\nkinds: [manual_snapshot]', [old, young]).point.id).toBe('old');
  });

  it.each<[string, Partial<RecoveryPoint>]>([
    ['still being made', { status: 'creating' }],
    ['of another database', { databaseResourceId: 'db-OTHER' }],
    ['in another region', { region: 'eu-central-1' }],
  ])('is not one %s', (_, fields) => {
    expect(errorOf(() => plan('name: a', [aPoint(orders, fields)]))).toBe(
      'MUSTER_NO_RECOVERY_POINT orders has no snapshot that could be restored',
    );
  });

  it('is not a PITR window, which is a claim of its own', () => {
    expect(errorOf(() => plan('name: a', [thePitr(orders)]))).toContain('MUSTER_NO_RECOVERY_POINT');
  });
});

describe('the scratch', () => {
  it("carries our tags and none of production's", () => {
    expect(plan('name: a').tags).toEqual({
      'muster:drill': 'abc',
      'muster:scratch': 'true',
      'muster:source': 'db-ORDERS',
    });
  });

  it('has the class of the source, of its writer for a cluster, or the one named', () => {
    const courses = aCluster();
    expect(plan('name: a').instanceClass).toBe('db.m6g.large');
    expect(plan('name: a', [aPoint(courses)], courses)).toMatchObject({
      instanceClass: 'db.r6g.large',
      ids: { cluster: 'muster-scratch-abc', instance: 'muster-scratch-abc-1' },
    });
    expect(plan('name: a\nclass: db.t4g.small').instanceClass).toBe('db.t4g.small');
  });

  it("never enters production's own security group", () => {
    expect(plan('name: a').securityGroupIds).toEqual([]);
    expect(errorOf(() => plan('name: a\nsecurityGroups: [sg-0orders]'))).toContain("sg-0orders is production's own");
  });
});

describe('a definition', () => {
  it.each([
    ['point: newest', 'MUSTER_DRILL_INVALID drill.yaml: name: '],
    ['name: a\nprobe: []', 'MUSTER_DRILL_INVALID drill.yaml: the file: Unrecognized key: "probe"'],
    ['name: a\npoint: freshest', 'MUSTER_DRILL_INVALID drill.yaml: point: '],
    ['name: a\nprobes: [{ kind: row_count, name: r, table: "x; drop table y" }]', 'drill.yaml: probes.0.table: '],
    ['name: a\nminutesMax: 0', 'drill.yaml: minutesMax: '],
    ['name: [', 'MUSTER_DRILL_INVALID drill.yaml:1: not YAML'],
    ['', 'MUSTER_DRILL_INVALID drill.yaml: the file: '],
  ])('that reads %j is refused by name', (yaml, message) => {
    expect(errorOf(() => plan(yaml))).toContain(message);
  });
});

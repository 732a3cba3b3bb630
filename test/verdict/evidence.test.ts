/** Which drills count: the newest of its claim, the worse of two that end together, and only what asked the data. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import { judgeNow } from '../../src/verdict/decide.ts';
import { aDatabase, aDrill, anInventory, aPoint, hoursAgo, NOW } from '../support/builders.ts';

const orders = aDatabase();

function judge(
  drills: readonly DrillRecord[],
  { policy, points = [aPoint(orders)] }: { policy?: string; points?: readonly RecoveryPoint[] } = {},
) {
  const view = judgeNow(
    {
      inventory: anInventory({ databases: [orders], recoveryPoints: points }),
      policy: policy === undefined ? DEFAULT_POLICY : parsePolicy(policy, 'test.yaml'),
      drills,
      at: NOW,
    },
    orders,
  );
  return { ...view, codes: view.reasons.map(({ code }) => code) };
}

describe('a drill', () => {
  it('that asked nothing proves nothing, whatever grade it claims', () => {
    expect(judge([aDrill(orders, { probes: [] })])).toMatchObject({
      verdict: 'unknown',
      codes: ['restore_proof_weak'],
    });
  });

  it('of a negative length proves nothing', () => {
    expect(judge([aDrill(orders, { restoreSeconds: -1 })]).codes).toEqual(['restore_failed']);
  });

  it('that failed speaks louder than one that passed at the same moment, whichever is read first', () => {
    const passed = aDrill(orders);
    const failed = aDrill(orders, { drillId: 'd2', result: 'failed', restoreSeconds: null });
    expect(judge([passed, failed]).codes).toEqual(['restore_failed']);
    expect(judge([failed, passed]).codes).toEqual(['restore_failed']);
  });

  it('that failed is not excused by an advisory policy, which only lets a missing proof pass', () => {
    const policy = 'version: 1\ndefaults: { restoreProof: advisory }\n';
    expect(judge([], { policy }).verdict).toBe('ready');
    expect(judge([aDrill(orders, { endedAt: addDays(NOW, -40) })], { policy }).verdict).toBe('ready');
    expect(judge([aDrill(orders, { result: 'failed', restoreSeconds: null })], { policy })).toMatchObject({
      verdict: 'not_ready',
      codes: ['restore_failed'],
    });
  });
});

describe('the grade of a survivor', () => {
  it('is not taken from a drill of an earlier snapshot of the same name', () => {
    const drill = aDrill(orders, {
      recoveryPoint: {
        id: 'orders-manual',
        arn: aPoint(orders).arn,
        kind: 'manual_snapshot',
        dataAt: addDays(NOW, -20),
      },
    });
    const view = judge([drill]);
    expect(view.survivors[0]?.grade).toBe('available');
  });
});

describe('the measured restore time', () => {
  it('is described by the newest drill, whatever order they are read in', () => {
    const older = aDrill(orders, {
      endedAt: hoursAgo(5),
      conditions: { instanceClass: 'db.t3.micro', engineVersion: null },
    });
    const conditions = (drills: readonly DrillRecord[]) => judge(drills).restoreSeconds.conditions;
    expect(conditions([older, aDrill(orders)])).toBe('snapshot restore into db.m6g.large');
    expect(conditions([aDrill(orders), older])).toBe('snapshot restore into db.m6g.large');
  });
});

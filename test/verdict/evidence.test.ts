/** Which drills count: the newest of its claim, the worse of two that end together, and only what asked the data. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import { drillsOf, gradeOf, proofOf, provesRestore, restoreTimeOf } from '../../src/verdict/evidence.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  deletionOf,
  hoursAgo,
  NOW,
  SCOPE,
} from '../support/builders.ts';

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
        lineage: [],
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
      conditions: { ...aDrill(orders).conditions, instanceClass: 'db.t3.micro' },
    });
    const conditions = (drills: readonly DrillRecord[]) => judge(drills).restoreSeconds.conditions;
    expect(conditions([older, aDrill(orders)])).toBe('snapshot restore into db.m6g.large');
    expect(conditions([aDrill(orders), older])).toBe('snapshot restore into db.m6g.large');
  });
});

describe('the drills that speak for a database', () => {
  it('are its own, at the same endpoint and in the same account, the newest last', () => {
    const older = aDrill(orders, { drillId: 'd2', endedAt: hoursAgo(9) });
    const strangers = [
      aDrill(aCluster(), { drillId: 'd3' }),
      aDrill(orders, { drillId: 'd4', endpoint: 'http://127.0.0.1:4566' }),
      aDrill(orders, { drillId: 'd5', scope: { ...SCOPE, accountId: '999999999999' } }),
    ];
    expect(drillsOf([aDrill(orders), ...strangers, older], orders, null)).toEqual([older, aDrill(orders)]);
  });

  it('are looked for when a change is decided too: that of another database proves nothing', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)] });
    const decide = (of: typeof orders) =>
      decideChange({
        intent: anIntent(deletionOf(orders)),
        inventory,
        policy: DEFAULT_POLICY,
        drills: [aDrill(of)],
        at: NOW,
        logged: true,
      }).verdict;
    expect([decide(orders), decide(aCluster())]).toEqual(['ready', 'unknown']);
  });
});

describe('the proof of a claim', () => {
  const options = { at: NOW, secondsMax: 86_400, database: orders };
  const proof = (...drills: readonly DrillRecord[]) => proofOf(drills, 'snapshot', options);
  const none = { state: 'never' };
  const proven = (record: DrillRecord) => ({ state: 'proven', record, seconds: record.restoreSeconds, untimed: null });
  const asked = aDrill(orders);
  const [probe] = asked.probes;

  it('is none where no drill of the claim ended', () => {
    expect(proof()).toEqual(none);
    expect(proof(aDrill(orders, { claim: 'pitr' }), aDrill(orders, { result: 'aborted' }))).toEqual(none);
  });

  it('is the newest drill, in whatever order they come', () => {
    const older = aDrill(orders, { endedAt: hoursAgo(5), result: 'failed', restoreSeconds: null });
    expect(proof(older, asked)).toEqual(proven(asked));
    expect(proof(asked, older)).toEqual(proven(asked));
  });

  it('is the slowest of several that end together', () => {
    const slower = aDrill(orders, { drillId: 'd2', restoreSeconds: 900 });
    expect(proof(asked, slower)).toEqual(proven(slower));
    expect(proof(slower, asked)).toEqual(proven(slower));
  });

  it.each<[string, Partial<DrillRecord>, string]>([
    ['passed within no second at all', { restoreSeconds: 0 }, 'proven'],
    ['leaked its scratch', { result: 'leaked' }, 'proven'],
    ['passed in a time nobody took', { restoreSeconds: null }, 'proven'],
    ['passed in less than no time', { restoreSeconds: -1 }, 'failed'],
    ['failed though every probe passed', { result: 'failed' }, 'failed'],
    ['passed though a probe did not', { probes: probe ? [probe, { ...probe, passed: false }] : [] }, 'failed'],
    ['was asked, yet graded as only restored', { grade: 'restored' }, 'weak'],
    ['is as old as is allowed', { endedAt: hoursAgo(24) }, 'proven'],
    ['is older', { endedAt: hoursAgo(24.001) }, 'stale'],
  ])('of a drill that %s', (_, fields, state) => {
    const drill = aDrill(orders, fields);
    expect(proof(drill)).toMatchObject({ state, record: drill });
  });
});

describe('a leaked drill', () => {
  it.each<[string, Partial<DrillRecord>, boolean]>([
    ['whose probes were all answered', {}, true],
    ['that was resumed', { resumed: 1, restoreSeconds: null }, true],
    ['that came no further than to be available', { grade: 'available', probes: [] }, false],
    ['that was asked nothing, of an engine that could have answered', { grade: 'restored', probes: [] }, false],
  ])('%s: %s', (_, fields, proves) => {
    expect(provesRestore(aDrill(orders, { result: 'leaked', ...fields }))).toBe(proves);
  });
});

describe('the grade of a recovery point', () => {
  const point = aPoint(orders);
  const grade = (...drills: readonly Partial<DrillRecord>[]) =>
    gradeOf(
      drills.map((fields) => aDrill(orders, fields)),
      point,
      { available: true },
    );

  it('is the best that a drill of it proved, whichever came last', () => {
    expect(grade({ grade: 'restored' }, { grade: 'compared' }, { grade: 'queried' })).toBe('compared');
  });

  it('is not what a failed drill claims, nor what one of another point of that moment showed', () => {
    expect(grade({ result: 'failed' })).toBe('available');
    expect(grade({ recoveryPoint: { ...aDrill(orders).recoveryPoint, arn: 'arn:other' } })).toBe('available');
  });
});

describe('the restore times', () => {
  const drills = [1_000, 90, 500, 700].map((restoreSeconds) => aDrill(orders, { restoreSeconds }));

  it('are those that were measured: the middle one and the worst, as numbers', () => {
    expect(restoreTimeOf(drills)).toEqual({
      p50: 500,
      p95: 1_000,
      n: 4,
      conditions: 'snapshot restore into db.m6g.large',
    });
  });

  it('are of one kind of restore under one set of conditions, never a mixture', () => {
    const { conditions } = aDrill(orders);
    const newer = [60, 70].map((restoreSeconds, index) =>
      aDrill(orders, { drillId: `v${index}`, claim: 'vault', restoreSeconds, endedAt: hoursAgo(0.5) }),
    );
    const inClass = (instanceClass: string, fields: Partial<DrillRecord> = {}) =>
      aDrill(orders, { conditions: { ...conditions, instanceClass, otherClass: true }, ...fields });
    const small = inClass('db.t3.micro', { restoreSeconds: 5_000, endedAt: hoursAgo(9) });
    const brought = aDrill(orders, {
      restoreSeconds: 3_000,
      endedAt: hoursAgo(8),
      conditions: { ...conditions, broughtFrom: 'arn:aws:rds:eu-central-1:123456789012:snapshot:s' },
    });
    const all = [...drills, ...newer, small, brought];
    expect(restoreTimeOf(all, 'snapshot')).toMatchObject({ p50: 500, p95: 1_000, n: 4 });
    expect(restoreTimeOf(all, 'vault')).toMatchObject({ p50: 60, p95: 70, n: 2 });
    // Without a time of the kind that survives, the newest there is, under its own name.
    expect(restoreTimeOf(all, 'pitr')).toMatchObject({ n: 2, conditions: 'vault restore into db.m6g.large' });
    expect(restoreTimeOf([...drills, inClass('db.t3.micro', { endedAt: hoursAgo(0.5) })], 'snapshot')).toMatchObject({
      n: 1,
      conditions: 'snapshot restore into db.t3.micro, not its own class',
    });
    expect(restoreTimeOf([brought, small]).conditions).toBe(
      'snapshot restore into db.m6g.large, copied from eu-central-1 first',
    );
  });

  it('are shown for the kind of restore that the newest survivor needs', () => {
    const vaulted = aPoint(orders, { id: 'v', arn: 'arn:v', kind: 'backup_snapshot', vaultArn: 'arn:vault' });
    const shown = (dataAt: RecoveryPoint['dataAt']) =>
      judge([aDrill(orders), aDrill(orders, { drillId: 'v', claim: 'vault', endedAt: hoursAgo(0.5) })], {
        points: [aPoint(orders), { ...vaulted, dataAt }],
      }).restoreSeconds.conditions;
    expect(shown(hoursAgo(0.5))).toBe('vault restore into db.m6g.large');
    expect(shown(hoursAgo(5))).toBe('snapshot restore into db.m6g.large');
  });

  it('leave out drills that proved nothing, and are none where no drill did', () => {
    expect(restoreTimeOf([aDrill(orders), aDrill(orders, { result: 'failed', restoreSeconds: 5 })])).toMatchObject({
      p50: 720,
      n: 1,
    });
    expect(restoreTimeOf([])).toEqual({ p50: null, p95: null, n: 0, conditions: null });
  });
});

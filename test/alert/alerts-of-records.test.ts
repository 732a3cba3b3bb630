/** What new records of the chain tell: disarmings asked about, drills that did not pass, what they left behind. */

import { describe, expect, it } from 'vitest';
import { alertsOfRecords } from '../../src/alert/alerts-of-records.ts';
import { addDays } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { ChainRecord } from '../../src/evidence/chain.ts';
import type { Disarming } from '../../src/verdict/disarming.ts';
import { aDatabase, aDrill, NOW } from '../support/builders.ts';
import { aChain } from '../support/chain-builder.ts';
import { aDecision } from '../support/decision-builder.ts';
import { gist, ORDERS, RAISED } from './support.ts';

const told = (...records: readonly ChainRecord[]) => alertsOfRecords({ records, ...RAISED });
const ofDrill = (fields: Partial<DrillRecord>) => {
  const drill = aDrill(aDatabase(), fields);
  return told(...aChain({ kind: 'drill', key: drill.drillId, body: drill }));
};

function aDisarming(fields: Partial<Disarming> = {}): Disarming {
  const setting = 'deletion_protection';
  return {
    databaseResourceId: 'db-ORDERS',
    databaseArn: ORDERS,
    setting,
    subject: ORDERS,
    from: true,
    to: false,
    ...fields,
  };
}

const FAILED_PROBE = { ...aDrill(aDatabase()).probes[0], name: 'students', passed: false, finding: 'a canary' };

describe('a decision', () => {
  it('that saw a weakening tells who asked, and what of which database', () => {
    const decision = aDecision({
      decision: 'review',
      disarmings: [aDisarming(), aDisarming({ setting: 'retention_days' })],
    });
    const alerts = told(...aChain({ kind: 'decision', body: decision }));
    expect(alerts.map(gist)).toEqual(['protection.disarmed warning']);
    expect(alerts[0]?.data.message).toBe(
      'arn:aws:sts::123456789012:assumed-role/deploy/agent asked to weaken what protects orders (123456789012/eu-west-1): deletion protection, retention days',
    );
    expect(alerts[0]?.data).toMatchObject({ principal: decision.principal, changeDigest: decision.changeDigest });
    expect(alerts[0]?.time).toBe(decision.at);
  });

  it('that refused the weakening says so', () => {
    const [alert] = told(...aChain({ kind: 'decision', body: aDecision({ disarmings: [aDisarming()] }) }));
    expect(alert?.data.message).toContain('was refused to weaken');
  });

  it('tells of each database that it would have weakened', () => {
    const disarmings = [aDisarming(), aDisarming({ databaseArn: `${ORDERS}-2` })];
    const alerts = told(...aChain({ kind: 'decision', body: aDecision({ disarmings }) }));
    expect(alerts.map(({ subject }) => subject)).toEqual([ORDERS, `${ORDERS}-2`]);
  });

  it('that weakens nothing, or is older than the memory of weakenings, tells nothing', () => {
    expect(told(...aChain({ kind: 'decision', body: aDecision() }))).toEqual([]);
    expect(told(...aChain({ kind: 'decision', body: aDecision({ disarmings: [] }) }))).toEqual([]);
  });
});

describe('a drill', () => {
  it('that failed tells how far it came and which probes did not pass', () => {
    const phases = [{ phase: 'instance_available', at: NOW, seconds: 600 }] as const;
    const alerts = ofDrill({
      result: 'failed',
      phases,
      probes: [FAILED_PROBE as never],
      cause: 'a probe did not pass',
    });
    expect(alerts.map(gist)).toEqual(['drill.failed warning']);
    expect(alerts[0]).toMatchObject({ subject: 'd1', time: aDrill(aDatabase()).endedAt });
    expect(alerts[0]?.data.message).toBe(
      'drill d1 of orders (123456789012/eu-west-1) failed after "instance available": these probes did not pass: students',
    );
    expect(alerts[0]?.data).toMatchObject({ phase: 'instance_available', failedProbes: ['students'] });
    expect(alerts[0]?.data.remedy).toContain('muster drill show d1');
  });

  it('that failed before it asked anything tells its cause', () => {
    const [alert] = ofDrill({ result: 'failed', phases: [], probes: [], cause: 'AWS refused\nthe restore' });
    expect(alert?.data.message).toContain('failed after "nothing": AWS refused the restore');
  });

  it('that was broken off is told', () => {
    expect(ofDrill({ result: 'aborted', cause: 'interrupted' }).map(gist)).toEqual(['drill.failed warning']);
  });

  it('that passed tells nothing', () => {
    expect(ofDrill({})).toEqual([]);
  });

  it('keeps what its probes found to itself', () => {
    const alerts = ofDrill({ result: 'failed', probes: [FAILED_PROBE as never], cause: null });
    expect(JSON.stringify(alerts)).not.toContain('canary');
  });

  it('that leaked names everything that it left, critical', () => {
    const part = { kind: 'instance', role: 'instance', resourceId: null, goneAt: null, keptUntil: null } as const;
    const scratch = [
      { ...part, id: 'muster-d1', end: 'leaked', reason: 'AWS refused to delete it' },
      { ...part, id: 'muster-d1-gone', end: 'gone', reason: null },
      { ...part, id: 'muster-d1-cluster', kind: 'cluster', role: 'cluster', end: 'leaked', reason: 'it is in use' },
    ] as const;
    const alerts = ofDrill({ result: 'leaked', scratch, cause: 'muster-d1 was not removed' });
    expect(alerts.map(gist)).toEqual(['scratch.leaked critical']);
    expect(alerts[0]?.data.message).toContain('left muster-d1-cluster, muster-d1 behind in 123456789012/eu-west-1');
    expect(alerts[0]?.data['scratch']).toMatchObject({ count: 2 });
    const failed = ofDrill({ result: 'leaked', scratch, probes: [FAILED_PROBE as never] });
    expect(failed.map(gist).sort()).toEqual(['drill.failed warning', 'scratch.leaked critical']);
    // It went wrong besides, after its every probe had passed.
    const later = ofDrill({ result: 'leaked', scratch, grade: 'available' });
    expect(later.map(gist).sort()).toEqual(['drill.failed warning', 'scratch.leaked critical']);
  });
});

describe('records', () => {
  const drill = aDrill(aDatabase(), { result: 'failed' });
  const [record] = aChain({ kind: 'drill', key: 'd1', body: drill }) as readonly [ChainRecord];

  it('are told once, however often they are read and whenever', () => {
    const first = told(record, record);
    const later = alertsOfRecords({ records: [record], at: addDays(NOW, 3), source: 'muster' });
    expect(first).toHaveLength(1);
    expect(later).toEqual(first);
  });

  it.each([
    ['was erased', null],
    ['is no JSON', '{'],
    ['is no object', '[]'],
    ['is of another shape', '{"drillId":1}'],
    ['names a result that is not known', JSON.stringify({ ...drill, result: 'exploded' })],
  ])('whose body %s are passed over', (_, body) => {
    expect(told({ ...record, body }, { ...record, kind: 'decision', body })).toEqual([]);
  });

  it('of other kinds tell nothing', () => {
    expect(told(...aChain({ kind: 'journal' }, { kind: 'state' }, { kind: 'seal' }, { kind: 'erasure' }))).toEqual([]);
  });

  it('with fields that are not known are read all the same', () => {
    expect(told(...aChain({ kind: 'drill', body: { ...drill, formatVersion: '9', novel: true } }))).toHaveLength(1);
  });
});

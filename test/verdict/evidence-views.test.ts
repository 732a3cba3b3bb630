/** What a judgement rests on, with ages: the inventory, and of each kind of restore what speaks for or against it. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { CLAIMS, type DrillRecord } from '../../src/drill/model.ts';
import { evidenceOf } from '../../src/verdict/evidence-views.ts';
import { aDrill, aRestoreTest, hoursAgo, NOW } from '../support/builders.ts';
import { aCase, DAY, type Given, inVault, orders } from './judging.ts';

function views(given: Given = {}) {
  const input = aCase(given);
  return evidenceOf(input, input.drills);
}

/** The only proof there is. */
function proofOf(drill: DrillRecord, wanted: Given['wanted'] = {}) {
  return views({ drills: [drill], wanted })[1];
}

describe('the inventory as evidence', () => {
  const read = (seconds: number, inventorySecondsMax?: number) =>
    views({
      drills: [],
      inventory: { observedAt: addSeconds(NOW, -seconds) },
      fields: inventorySecondsMax === undefined ? {} : { inventorySecondsMax },
    })[0];

  it('is fresh to the last second of its allowed age', () => {
    expect(read(3_600, 3_600)).toEqual({
      id: 'inventory',
      kind: 'inventory',
      digest: null,
      observedAt: hoursAgo(1),
      ageSeconds: 3_600,
      freshUntil: NOW,
      state: 'fresh',
      says: 'what AWS showed',
    });
    expect(read(3_601, 3_600)).toMatchObject({ state: 'stale', ageSeconds: 3_601, freshUntil: addSeconds(NOW, -1) });
  });

  it('is not fresh where it was read after the instant that is judged, but for what clocks differ by', () => {
    expect(read(-301, 3_600)).toMatchObject({ state: 'stale', ageSeconds: 0 });
    expect(read(-300, 3_600)).toMatchObject({ state: 'fresh', ageSeconds: 0 });
    expect(read(-301)).toMatchObject({ state: 'stale' });
  });

  it('has no end where the policy sets no age', () => {
    expect(read(10 * DAY)).toMatchObject({ state: 'fresh', freshUntil: null, ageSeconds: 10 * DAY });
  });

  it('says so where it is not of AWS', () => {
    const inventory = { endpoint: 'http://127.0.0.1:4566' };
    expect(views({ drills: [], inventory })[0]?.says).toBe('what http://127.0.0.1:4566 showed, which is not AWS');
  });
});

describe('a drill as evidence', () => {
  it('bears its digest, its age and its end, and says what it showed', () => {
    const drill = aDrill(orders);
    expect(proofOf(drill)).toEqual({
      id: 'drill:d1',
      kind: 'drill',
      digest: drill.digest,
      observedAt: hoursAgo(1),
      ageSeconds: 3_600,
      freshUntil: addDays(hoursAgo(1), 30),
      state: 'proven',
      says: 'snapshot drill passed, queried, in 12 min',
    });
  });

  it.each<[string, Partial<DrillRecord>, string, string]>([
    ['that failed', { result: 'failed' }, 'failed', 'snapshot drill failed, queried'],
    ['that asked nothing', { probes: [], grade: 'restored' }, 'weak', 'snapshot drill passed, restored, in 12 min'],
    ['that nobody timed', { restoreSeconds: null }, 'proven', 'snapshot drill passed, queried'],
    [
      'that is too old',
      { endedAt: addSeconds(addDays(NOW, -30), -1) },
      'stale',
      'snapshot drill passed, queried, in 12 min',
    ],
    ['that leaked', { result: 'leaked' }, 'proven', 'snapshot drill leaked, queried'],
  ])('%s is shown all the same', (_, fields, state, says) => {
    expect(proofOf(aDrill(orders, fields))).toMatchObject({ id: 'drill:d1', state, says });
  });

  it('is fresh to the last second, by the age its own claim is allowed', () => {
    const ends = (proofSecondsMax: number) =>
      proofOf(aDrill(orders), { proofSecondsMax: { snapshot: proofSecondsMax, copy: 1 } });
    expect(ends(3_600)).toMatchObject({ state: 'proven', freshUntil: NOW });
    expect(ends(3_599)).toMatchObject({ state: 'stale', freshUntil: addSeconds(NOW, -1) });
  });

  it('has no age while it is yet to end, and proves nothing', () => {
    expect(proofOf(aDrill(orders, { endedAt: addSeconds(NOW, 301) }))).toMatchObject({ state: 'stale', ageSeconds: 0 });
  });

  it('is shown for each kind of restore, in one order, the newest of each', () => {
    const drills = [...CLAIMS]
      .reverse()
      .flatMap((claim) => [
        aDrill(orders, { drillId: `old-${claim}`, claim, endedAt: hoursAgo(3) }),
        aDrill(orders, { drillId: claim, claim }),
      ]);
    expect(views({ drills }).map(({ id }) => id)).toEqual(['inventory', ...CLAIMS.map((claim) => `drill:${claim}`)]);
  });

  it('is none where none counts', () => {
    expect(views({ drills: [] }).map(({ id }) => id)).toEqual(['inventory']);
  });
});

describe('a restore test as evidence', () => {
  const point = inVault();
  const tested = (fields: Parameters<typeof aRestoreTest>[1]) =>
    views({ points: [point], drills: [], inventory: { restoreTests: [aRestoreTest(point, fields)] } })[1];

  it('is shown where no drill stands, with its own age', () => {
    expect(tested({})).toEqual({
      id: 'restore_test:JOB-1',
      kind: 'restore_test',
      digest: null,
      observedAt: hoursAgo(2),
      ageSeconds: 7_200,
      freshUntil: addDays(hoursAgo(2), 30),
      state: 'tested',
      says: 'AWS Backup restored it; validation: none',
    });
  });

  it('that did not stand up says how it was validated', () => {
    expect(tested({ validation: 'timed_out' })).toMatchObject({
      state: 'test_failed',
      says: 'AWS Backup restored it; validation: timed out',
    });
  });
});

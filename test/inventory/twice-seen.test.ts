/** What is told twice, or only half: the sight that helps least is believed, and no kept backup lasts for ever. */

import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/inventory/assemble.ts';
import type { Observations } from '../../src/inventory/observations.ts';
import {
  anAutomatedBackup,
  anObservedSnapshot,
  at,
  aVaultPoint,
  theObservations,
} from '../support/aws-observations.ts';

const points = (seen: Partial<Observations>) => assemble(theObservations(seen)).recoveryPoints;

describe('a thing that two roles of one account read', () => {
  it.each(['copying', 'deleting'])('as a snapshot, once available and once %s, is not available', (status) => {
    const sights = [anObservedSnapshot(), anObservedSnapshot({ status })];
    for (const snapshots of [sights, sights.toReversed()]) expect(points({ snapshots })).toMatchObject([{ status }]);
  });

  it('as a shared snapshot is what its owner showed, in whatever state', () => {
    const own = anObservedSnapshot({ status: 'deleting' });
    const shared = anObservedSnapshot({ kind: 'shared_snapshot' });
    expect(points({ snapshots: [shared, own] })).toMatchObject([{ kind: 'manual_snapshot', status: 'deleting' }]);
  });

  it('as a point of a vault, once completed and once expired, is expired', () => {
    const sights = [aVaultPoint({ status: 'completed' }), aVaultPoint({ status: 'expired' })];
    for (const vaultPoints of [sights, sights.toReversed()])
      expect(points({ vaultPoints })).toMatchObject([{ status: 'expired' }]);
  });
});

describe('a retained backup', () => {
  it('that tells no retention is counted on for a day after what it holds', () => {
    const retained = anAutomatedBackup({ role: 'retained', status: 'retained', retentionDays: null });
    expect(points({ automatedBackups: [retained] })).toMatchObject([{ expiresAt: at('2026-02-27T20:55:00Z') }]);
  });
});

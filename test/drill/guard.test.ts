/** The scratch guard: everything must fit before anything may be deleted. */

import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { proveScratch, type ScratchClaim } from '../../src/drill/guard.ts';
import { NOW } from '../support/builders.ts';

const TAGS = { 'muster:drill': 'abc', 'muster:scratch': 'true', 'muster:source': 'db-ORDERS' };
const OURS: ScratchClaim = {
  id: 'muster-scratch-abc',
  drillId: 'abc',
  intendedAt: NOW,
  seen: { createdAt: addSeconds(NOW, 20), tags: TAGS },
};

describe('a scratch database', () => {
  it('is proven ours by prefix, journal, tags and creation time together', () => {
    expect(proveScratch(OURS)).toEqual({ proof: { id: 'muster-scratch-abc', drillId: 'abc' } });
  });

  it('is ours while AWS does not show a creation time yet', () => {
    expect(proveScratch({ ...OURS, seen: { createdAt: null, tags: TAGS } })).toHaveProperty('proof');
  });

  it.each<[string, ScratchClaim, string]>([
    ['production with our tags', { ...OURS, id: 'orders' }, 'does not bear the prefix'],
    ['a name with our prefix inside it', { ...OURS, id: 'x-muster-scratch-abc' }, 'does not bear the prefix'],
    ['something the journal does not know', { ...OURS, intendedAt: null }, 'the journal does not say'],
    [
      'production with our prefix',
      { ...OURS, seen: { createdAt: NOW, tags: { env: 'prod' } } },
      'do not name drill abc',
    ],
    [
      "another drill's scratch",
      { ...OURS, seen: { createdAt: NOW, tags: { ...TAGS, 'muster:drill': 'other' } } },
      'do not name drill abc',
    ],
    [
      'a database older than the drill',
      { ...OURS, seen: { createdAt: addSeconds(NOW, -301), tags: TAGS } },
      'was created before drill abc',
    ],
  ])('is refused when it is %s', (_, claim, refusal) => {
    expect(proveScratch(claim)).toEqual({ refusal: expect.stringContaining(refusal) });
  });
});

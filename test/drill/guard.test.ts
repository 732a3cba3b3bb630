/** The scratch guard: everything must fit before anything may be changed or removed. */

import { describe, expect, it } from 'vitest';
import { rdsArn } from '../../src/core/arn.ts';
import { addSeconds } from '../../src/core/time.ts';
import { isOfPart, proveRestored, proveScratch, type ScratchClaim } from '../../src/drill/guard.ts';
import { hoursAgo, NOW, SCOPE } from '../support/builders.ts';

const TAGS = { 'muster:drill': 'abc', 'muster:scratch': 'true', 'muster:source': 'db-ORDERS' };
const SEEN = { resourceId: 'db-SCRATCH', createdAt: addSeconds(NOW, 20), tags: TAGS };
const MADE = { intendedAt: NOW, lastAskedAt: NOW, resourceId: 'db-SCRATCH' };
const OURS: ScratchClaim = { kind: 'instance', id: 'muster-scratch-abc', drillId: 'abc', made: MADE, seen: SEEN };
const UNANSWERED = { ...MADE, resourceId: null };
const DAY = 86_400;

describe('a scratch database', () => {
  it('is proven ours by prefix, journal, id, tags and creation time together', () => {
    expect(proveScratch(OURS)).toEqual({
      proof: { kind: 'instance', id: 'muster-scratch-abc', drillId: 'abc', resourceId: 'db-SCRATCH', allows: 'all' },
    });
  });

  it.each<[string, ScratchClaim]>([
    ['AWS does not show a creation time yet', { ...OURS, seen: { ...SEEN, createdAt: null } }],
    ['the answer to its making was lost', { ...OURS, made: UNANSWERED }],
    [
      'our clock was a time zone ahead, the answer was lost and the tags fit',
      { ...OURS, made: UNANSWERED, seen: { ...SEEN, createdAt: addSeconds(NOW, -14 * 3_600) } },
    ],
    [
      'our clock was a time zone ahead and the id fits',
      { ...OURS, seen: { ...SEEN, createdAt: addSeconds(NOW, -14 * 3_600) } },
    ],
    ['it took a day to restore', { ...OURS, seen: { ...SEEN, createdAt: addSeconds(NOW, DAY) } }],
    [
      'it was asked for again a day later',
      {
        ...OURS,
        made: { ...MADE, lastAskedAt: addSeconds(NOW, DAY) },
        seen: { ...SEEN, createdAt: addSeconds(NOW, 3 * DAY) },
      },
    ],
  ])('is ours while %s', (_, claim) => {
    expect(proveScratch(claim)).toHaveProperty('proof.allows', 'all');
  });

  it.each<[string, ScratchClaim, string]>([
    ['production with our tags', { ...OURS, id: 'orders' }, 'does not bear the prefix'],
    ['a name with our prefix inside it', { ...OURS, id: 'x-muster-scratch-abc' }, 'does not bear the prefix'],
    ['something the journal does not know', { ...OURS, made: null }, 'the journal does not say'],
    ['production with our prefix', { ...OURS, seen: { ...SEEN, tags: { env: 'prod' } } }, 'do not name drill abc'],
    [
      "another drill's scratch",
      { ...OURS, seen: { ...SEEN, tags: { ...TAGS, 'muster:drill': 'other' } } },
      'do not name drill abc',
    ],
    ['only half tagged', { ...OURS, seen: { ...SEEN, tags: { 'muster:drill': 'abc' } } }, 'do not name drill abc'],
    [
      'a database of the same name with our tags copied',
      { ...OURS, seen: { ...SEEN, resourceId: 'db-OTHER' } },
      'is another database of the same name: drill abc made db-SCRATCH',
    ],
    [
      'shown without an id though it had one',
      { ...OURS, seen: { ...SEEN, resourceId: null } },
      'is another database of the same name',
    ],
    [
      'older than the drill by more than any clock is wrong',
      { ...OURS, made: UNANSWERED, seen: { ...SEEN, createdAt: addSeconds(NOW, -26 * 3_600 - 1) } },
      'was created before drill abc',
    ],
    [
      'older than the drill by more than any clock is wrong, even with the id',
      { ...OURS, seen: { ...SEEN, createdAt: addSeconds(NOW, -26 * 3_600 - 1) } },
      'was created before drill abc',
    ],
    [
      'made long after the drill asked for it',
      { ...OURS, seen: { ...SEEN, createdAt: addSeconds(NOW, 2 * DAY + 1) } },
      'was created long after drill abc last asked for it',
    ],
  ])('is refused when it is %s', (_, claim, refusal) => {
    expect(proveScratch(claim)).toEqual({ refusal: expect.stringContaining(refusal) });
  });
});

describe('a copy that was brought', () => {
  // AWS's own example shows the copy of a cluster snapshot with the time of what it was copied from.
  const copy = (kind: 'snapshot' | 'cluster_snapshot', createdAt = hoursAgo(24 * 30), tags: object = TAGS) =>
    proveScratch({
      kind,
      id: 'muster-scratch-abc-copy',
      drillId: 'abc',
      made: UNANSWERED,
      seen: { resourceId: null, createdAt, tags: { ...tags } },
    });

  it('of a cluster snapshot is ours though its data are a month old', () => {
    expect(copy('cluster_snapshot')).toHaveProperty('proof.allows', 'all');
  });

  it('of a cluster snapshot is not ours without the tags of the drill, or made long after it', () => {
    expect(copy('cluster_snapshot', hoursAgo(24 * 30), { 'muster:drill': 'xyz' })).toHaveProperty('refusal');
    expect(copy('cluster_snapshot', addSeconds(NOW, 2 * DAY + 1))).toHaveProperty('refusal');
  });

  it('of an instance snapshot, which bears its own time, is not ours when it is older than the drill', () => {
    expect(copy('snapshot')).toEqual({ refusal: expect.stringContaining('was created before drill abc') });
  });
});

describe('what AWS Backup made without tags', () => {
  const arn = rdsArn(SCOPE, 'db', 'muster-scratch-abc');
  const bare: ScratchClaim = { ...OURS, made: UNANSWERED, seen: { ...SEEN, tags: {} } };

  it('may be tagged when our job says that it made it, and nothing else', () => {
    expect(proveRestored(bare, { createdArn: arn, completedAt: null, arn })).toHaveProperty('proof.allows', 'mark');
  });

  it.each<[string, ScratchClaim, string | null, string]>([
    ['the job does not say so', bare, null, 'does not say that it made'],
    ['the job made another', bare, rdsArn(SCOPE, 'db', 'muster-scratch-xyz'), 'does not say that it made'],
    ['it has no prefix', { ...bare, id: 'orders' }, arn, 'does not bear the prefix'],
    ['the journal is silent', { ...bare, made: null }, arn, 'the journal does not say'],
    [
      'it is older by more than any clock is wrong',
      { ...bare, seen: { ...bare.seen, createdAt: addSeconds(NOW, -27 * 3_600) } },
      arn,
      'was created before',
    ],
    [
      'it bears the tags of another drill',
      { ...bare, seen: { ...bare.seen, tags: { 'muster:drill': 'xyz' } } },
      arn,
      'name another drill',
    ],
  ])('is refused when %s', (_, claim, createdArn, refusal) => {
    expect(proveRestored(claim, { createdArn, completedAt: null, arn })).toEqual({
      refusal: expect.stringContaining(refusal),
    });
  });

  it('is ours though our clock was hours ahead, since the job says that it made it', () => {
    const hoursBefore = (hours: number): ScratchClaim => ({
      ...bare,
      seen: { ...bare.seen, createdAt: addSeconds(NOW, -hours * 3_600) },
    });
    const job = { createdArn: arn, completedAt: null, arn };
    expect(proveRestored(hoursBefore(20), job)).toHaveProperty('proof.allows', 'mark');
    expect(proveRestored(hoursBefore(27), job)).toHaveProperty('refusal');
  });

  it('is refused when it was created after the job was done', () => {
    const created = (seconds: number): ScratchClaim => ({
      ...bare,
      seen: { ...bare.seen, createdAt: addSeconds(NOW, seconds) },
    });
    const job = { createdArn: arn, completedAt: addSeconds(NOW, 600), arn };
    expect(proveRestored(created(900), job)).toHaveProperty('proof.allows', 'mark');
    expect(proveRestored(created(901), job)).toEqual({
      refusal: expect.stringContaining('after the restore job of drill abc was done'),
    });
  });
});

describe('under whatever name, a thing', () => {
  const shown = { ...SEEN, kind: 'instance', status: 'available' } as const;
  const known = { kind: 'instance', resourceId: 'db-SCRATCH' } as const;
  const unknown = { kind: 'instance', resourceId: null } as const;

  it.each([
    ['AWS’s own id is the one made, whatever the tags', { ...shown, tags: {} }, known, true],
    ['its tags name the drill and no id of it was ever told', shown, unknown, true],
    ['its tags name the drill and its id is another', { ...shown, resourceId: 'db-OTHER' }, known, false],
    ['its tags name another drill', { ...shown, tags: { ...TAGS, 'muster:drill': 'def' } }, unknown, false],
    ['it is of another kind', { ...shown, kind: 'cluster' as const }, known, false],
    ['it is being deleted', { ...shown, status: 'deleting' }, known, false],
  ])('(%s) is told for a part of the drill, or not', (_, seen, part, is) => {
    expect(isOfPart(seen, part, 'abc')).toBe(is);
  });
});

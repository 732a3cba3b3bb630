/** What a decision stands on: which changes of the world its digest shows, and which it does not. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { Database, Gap, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { basisOf, databasesDigest } from '../../src/verdict/basis.ts';
import {
  aDatabase,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aRestoreTest,
  aVault,
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';
import { FAR, THEIRS } from './judging.ts';

const orders = aDatabase({ encrypted: true, keyArn: KEY_ARN });
const other = aDatabase({
  identifier: 'other',
  resourceId: 'db-OTHER',
  arn: 'arn:aws:rds:eu-west-1:123456789012:db:other',
});
const manual = aPoint(orders);
const theirs = aPoint(orders, { ...THEIRS, id: 'theirs', arn: 'arn:theirs', kind: 'account_copy' });
const vaulted = aPoint(orders, { id: 'v', arn: 'arn:v', kind: 'backup_snapshot', vaultArn: aVault().arn });
const points = [manual, theirs, vaulted, thePitr(orders)];
const seen = anInventory({
  databases: [orders, other],
  recoveryPoints: [...points, aPoint(other)],
  keys: [aKey()],
  vaults: [aVault()],
});
const gap: Gap = { what: 'locks', where: SCOPE, action: 'backup:X', cause: 'denied', hides: 'threats' };

const digest = (fields: Partial<Inventory> = {}, arns: readonly string[] = [orders.arn]) =>
  databasesDigest({ ...seen, ...fields }, arns);

/** The inventory with something else about `orders`, or about one of its points. */
const about = (fields: Partial<Database>) => ({ databases: [{ ...orders, ...fields }, other] });
const with_ = (of: RecoveryPoint, fields: Partial<RecoveryPoint>) => ({
  recoveryPoints: seen.recoveryPoints.map((point) => (point === of ? { ...point, ...fields } : point)),
});
const version = { engine: 'postgres', engineVersion: '16.4', offered: false } as const;

describe('the digest of what was seen of a database', () => {
  it.each<[string, Partial<Inventory>]>([
    ['a setting of it', about({ deletionProtection: true })],
    ['its retention', about({ retentionDays: 1 })],
    ['that its window is closed', about({ restoreWindow: null })],
    ['that it is another one by the same name', about({ resourceId: 'db-NEW' })],
    ['that it is gone', { databases: [other] }],
    ['a recovery point that is gone', { recoveryPoints: points.slice(1) }],
    [
      'a recovery point that is new',
      { recoveryPoints: [...seen.recoveryPoints, aPoint(orders, { id: 'n', arn: 'arn:n' })] },
    ],
    ['the end of a recovery point', with_(manual, { expiresAt: addDays(NOW, 1) })],
    ['the status of a recovery point', with_(theirs, { status: 'deleting' })],
    ['the age of the data', with_(manual, { dataAt: hoursAgo(2) })],
    ['that a window is gone', with_(points[3] as RecoveryPoint, { window: null })],
    ['the state of a key', { keys: [aKey({ state: 'disabled' })] }],
    ['the lock of a vault', { vaults: [aVault({ lock: 'compliance' })] }],
    ['a gap in its account', { gaps: [gap] }],
    ['a gap elsewhere in its account', { gaps: [{ ...gap, where: FAR }] }],
    ['a gap in the account of a copy', { gaps: [{ ...gap, where: THEIRS }] }],
    ['what a gap hides', { gaps: [{ ...gap, hides: 'survivors' }] }],
    ['a restore test of one of its points', { restoreTests: [aRestoreTest(vaulted)] }],
    ['an engine version that is no longer offered where a point lies', { engineVersions: [{ ...SCOPE, ...version }] }],
    ['the same where a copy lies', { engineVersions: [{ ...THEIRS, ...version }] }],
    ['whom was asked', { endpoint: 'http://127.0.0.1:4566' }],
  ])('shows %s', (_, fields) => {
    expect(digest(fields)).not.toBe(digest());
  });

  it.each<[string, Partial<Inventory>]>([
    ['when it was read', { observedAt: addSeconds(NOW, 60) }],
    ['who read it', { principal: { arn: 'arn:aws:iam::123456789012:role/other', accountId: SCOPE.accountId } }],
    ['what else was read', { scopes: [SCOPE, FAR] }],
    ['how many were connected', about({ connectionsMax: 12 })],
    ['both ends of a window that rolls on', about({ restoreWindow: { earliest: hoursAgo(9), latest: NOW } })],
    [
      'the same of its recovery point',
      with_(points[3] as RecoveryPoint, { window: { earliest: hoursAgo(9), latest: NOW } }),
    ],
    ['another database', { databases: [orders, { ...other, retentionDays: 1 }] }],
    ['a recovery point of another', { recoveryPoints: points }],
    [
      'a key and a vault that hold nothing of it',
      { keys: [aKey(), aKey({ arn: 'arn:k' })], vaults: [aVault(), aVault({ arn: 'arn:o' })] },
    ],
    ['a gap in an account where nothing of it lies', { gaps: [{ ...gap, where: { ...SCOPE, accountId: '1' } }] }],
    ['a restore test of another', { restoreTests: [aRestoreTest(aPoint(other))] }],
    ['a quota', { quotas: [{ ...SCOPE, name: 'db_instances', used: 1, max: 40 }] }],
    [
      'an engine version that none of its points has',
      { engineVersions: [{ ...SCOPE, ...version, engineVersion: '9.6' }] },
    ],
    ['an engine that none of them has', { engineVersions: [{ ...SCOPE, ...version, engine: 'mysql' }] }],
    ['an engine version where none of them lies', { engineVersions: [{ ...FAR, ...version }] }],
    ['the order of what is listed', { recoveryPoints: seen.recoveryPoints.toReversed(), databases: [other, orders] }],
  ])('does not show %s', (_, fields) => {
    expect(digest(fields)).toBe(digest());
  });

  it('shows the global database that it belongs to, and no other', () => {
    const global = { ...SCOPE, arn: 'arn:g', resourceId: 'g', identifier: 'g', deletionProtection: true, members: [] };
    const within = { databases: [{ ...orders, globalClusterArn: 'arn:g' }, other] };
    const seenWith = (deletionProtection: boolean, fields: Partial<Inventory>) =>
      digest({ ...fields, globalClusters: [{ ...global, deletionProtection }] });
    expect(seenWith(false, within)).not.toBe(seenWith(true, within));
    expect(seenWith(false, {})).toBe(seenWith(true, {}));
  });

  it('does not show how the cause of a gap is worded', () => {
    expect(digest({ gaps: [gap] })).toBe(digest({ gaps: [{ ...gap, cause: 'throttled' }] }));
  });

  it('is of all that are named, in whatever order, and of each apart', () => {
    const both = [orders.arn, other.arn];
    expect(digest({}, both)).toBe(digest({}, both.toReversed()));
    expect(new Set([digest({}, both), digest(), digest({}, [other.arn])]).size).toBe(3);
    expect(digest({ databases: [orders, { ...other, retentionDays: 1 }] }, both)).not.toBe(digest({}, both));
  });

  it('is of everything that was seen where none is named', () => {
    expect(digest({ databases: [orders, { ...other, retentionDays: 1 }] }, [])).not.toBe(digest({}, []));
    expect(digest({ quotas: [{ ...SCOPE, name: 'db_instances', used: 1, max: 40 }] }, [])).not.toBe(digest({}, []));
    expect(digest({ observedAt: hoursAgo(1) }, [])).toBe(digest({}, []));
  });
});

describe('the basis of a decision', () => {
  it('bears the state behind the change, and none where none was shown', () => {
    const state = { lineage: 'l', serial: 7, backend: null, resources: [] };
    const intent = anIntent([], { state: state as never });
    expect(basisOf(intent, seen, [orders])).toEqual({ databasesDigest: digest(), state: { lineage: 'l', serial: 7 } });
    expect(basisOf(anIntent([]), seen, [orders]).state).toBeNull();
  });
});

/**
 * The inventory's digest: blind to what moves by itself, sensitive to everything a verdict rests on.
 */

import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { assemble } from '../../src/inventory/assemble.ts';
import { inventoryDigest } from '../../src/inventory/digest.ts';
import type { Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import {
  aGlobalCluster,
  anAutomatedBackup,
  anObservedDatabase,
  anObservedRestore,
  anObservedSnapshot,
  at,
  SCOPE,
  theObservations,
} from '../support/aws-observations.ts';

const inventory = assemble(
  theObservations({
    databases: [anObservedDatabase()],
    snapshots: [anObservedSnapshot(), anObservedSnapshot({ id: 'second' })],
    automatedBackups: [anAutomatedBackup()],
  }),
);
const digest = inventoryDigest(inventory);
const withPoints = (change: (point: RecoveryPoint) => RecoveryPoint): Inventory => ({
  ...inventory,
  recoveryPoints: inventory.recoveryPoints.map(change),
});

describe('the digest stays when', () => {
  it('time passes and the live restore window rolls on', () => {
    const roll = <T extends { earliest: Inventory['observedAt']; latest: Inventory['observedAt'] }>(
      window: T | null,
    ) =>
      window === null ? null : { earliest: addSeconds(window.earliest, 300), latest: addSeconds(window.latest, 300) };
    const later: Inventory = {
      ...withPoints((point) => ({ ...point, window: roll(point.window) })),
      observedAt: addSeconds(inventory.observedAt, 300),
      databases: inventory.databases.map((database) => ({ ...database, restoreWindow: roll(database.restoreWindow) })),
    };
    expect(inventoryDigest(later)).toBe(digest);
  });

  it.each([0, 42])('%i connections are seen at once, or none can be read', (connectionsMax) => {
    const busy = inventory.databases.map((database) => ({ ...database, connectionsMax }));
    expect(inventory.databases.map((database) => database.connectionsMax)).toEqual([null]);
    expect(inventoryDigest({ ...inventory, databases: busy })).toBe(digest);
  });

  it('another role reads the same estate', () => {
    const principal = { arn: 'arn:aws:sts::111122223333:assumed-role/reader/session-2', accountId: '111122223333' };
    expect(inventoryDigest({ ...inventory, principal })).toBe(digest);
  });

  it('the same facts come in another order', () => {
    expect(inventoryDigest({ ...inventory, recoveryPoints: inventory.recoveryPoints.toReversed() })).toBe(digest);
  });

  it('the members of a global database come in another order', () => {
    const member = (name: string) => ({ clusterArn: name, writer: false });
    const of = (...names: string[]) =>
      inventoryDigest({ ...inventory, globalClusters: [aGlobalCluster({ members: names.map(member) })] });
    expect(of('a', 'b')).toBe(of('b', 'a'));
  });

  it('a gap gives another cause for the same unseen thing', () => {
    const gap = (cause: string): Inventory => ({
      ...inventory,
      gaps: [{ what: 'vaults', where: { accountId: '1', region: 'r' }, action: 'a', cause, hides: 'survivors' }],
    });
    expect(inventoryDigest(gap('denied'))).toBe(inventoryDigest(gap('throttled')));
    expect(inventoryDigest(gap('denied'))).not.toBe(digest);
  });
});

describe('the digest changes when', () => {
  it('a snapshot is gone', () => {
    expect(inventoryDigest({ ...inventory, recoveryPoints: inventory.recoveryPoints.slice(1) })).not.toBe(digest);
  });

  it('the restore window closes', () => {
    const closed = withPoints((point) => (point.kind === 'pitr' ? { ...point, window: null } : point));
    expect(inventoryDigest(closed)).not.toBe(digest);
  });

  it('deletion protection is switched off', () => {
    const databases = inventory.databases.map((database) => ({ ...database, deletionProtection: true }));
    expect(inventoryDigest({ ...inventory, databases })).not.toBe(digest);
  });

  it('the window of a retained backup is another', () => {
    const backup = (latest: string) =>
      inventoryDigest(
        assemble(
          theObservations({
            automatedBackups: [
              anAutomatedBackup({
                role: 'retained',
                status: 'retained',
                window: { earliest: at('2026-02-19T21:00:00Z'), latest: at(latest) },
              }),
            ],
          }),
        ),
      );
    expect(backup('2026-02-26T20:55:00Z')).not.toBe(backup('2026-02-26T20:50:00Z'));
  });

  it.each([
    [
      'an engine version is withdrawn',
      { engineVersions: [{ ...SCOPE, engine: 'e', engineVersion: '1', offered: false }] },
    ],
    ['a quota fills up', { quotas: [{ ...SCOPE, name: 'manual_snapshots', used: 100, max: 100 }] }],
    ['a cluster joins a global database', { globalClusters: [aGlobalCluster()] }],
    ['an engine out of scope appears', { outOfScope: [{ ...SCOPE, engine: 'docdb', count: 1 }] }],
    ['a place is no longer read', { scopes: [] }],
    ['AWS Backup restored something', { restoreTests: [anObservedRestore()] }],
  ] as const)('%s', (_, change) => {
    expect(inventoryDigest({ ...inventory, ...change })).not.toBe(digest);
  });

  it('a lab answered instead of AWS', () => {
    expect(inventoryDigest({ ...inventory, endpoint: 'http://127.0.0.1:4566' })).not.toBe(digest);
  });
});

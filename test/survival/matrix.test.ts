/** Survivors by loss: every named loss, cell by cell, for estates whose backups differ. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { LOSSES, type LossName, meet } from '../../src/survival/losses.ts';
import { matrixOf, matrixOfEstate } from '../../src/survival/matrix.ts';
import { surroundings } from '../../src/survival/surroundings.ts';
import { pointsOf } from '../../src/survival/survive.ts';
import { worldOf } from '../../src/survival/world.ts';
import { drawn } from '../properties/estates.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aVault,
  hoursAgo,
  KEY_ARN,
  NOW,
  thePitr,
} from '../support/builders.ts';

/** Each loss with the ids it leaves. */
function leftBy(database: Database, points: readonly RecoveryPoint[], fields: Partial<Inventory> = {}) {
  const inventory = anInventory({ databases: [database], recoveryPoints: points, ...fields });
  return Object.fromEntries(
    matrixOf(inventory, database, NOW).map(({ loss, left }) => [loss, left.map(({ id }) => id).join(' ')]),
  );
}

/** The row of one loss. */
function rowOf(loss: LossName, database: Database, fields: Partial<Inventory>) {
  const [row] = matrixOf(anInventory({ databases: [database], ...fields }), database, NOW, [loss]);
  if (row === undefined) throw new Error(loss);
  return row;
}

describe('a cluster with automated backups only', () => {
  const courses = aCluster({ retentionDays: 1 });
  const points = [thePitr(courses), aSystemSnapshot(courses, { createdAt: hoursAgo(7) })];

  it('comes through the careful deletion, and not through a write that is noticed a day late', () => {
    const both = 'pitr:cluster-COURSES rds:courses-2026-11-23-03-00';
    expect(leftBy(courses, points)).toEqual({
      database_deleted: '',
      database_deleted_carefully: `${both} courses-final`,
      retention_zero: both,
      retention_lowered: both,
      snapshots_purged: both,
      vaults_emptied: both,
      key_disabled: both,
      key_deletion_scheduled: both,
      key_destroyed: both,
      everything_deletable: '',
      region_lost: '',
      account_lost: '',
      bad_write: '',
      time_passes: 'pitr:cluster-COURSES',
    });
  });
});

describe('a well-kept instance under a key', () => {
  const orders = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const plain = { encrypted: false, keyArn: null };
  const far = { ...plain, id: 'far', arn: 'arn:far', region: 'eu-central-1' };
  const theirs = { ...plain, id: 'theirs', arn: 'arn:theirs', accountId: '999999999999' };
  const points = [
    thePitr(orders),
    aPoint(orders, { id: 'old', arn: 'arn:old', dataAt: hoursAgo(30) }),
    aPoint(orders, { ...far, kind: 'snapshot_copy' }),
    aPoint(orders, { ...theirs, kind: 'account_copy' }),
  ];

  it('has an answer to every loss', () => {
    expect(leftBy(orders, points, { keys: [aKey()] })).toEqual({
      database_deleted: 'old far theirs',
      database_deleted_carefully: 'pitr:db-ORDERS old far theirs orders-final',
      retention_zero: 'old far theirs',
      retention_lowered: 'pitr:db-ORDERS old far theirs',
      snapshots_purged: 'pitr:db-ORDERS theirs',
      vaults_emptied: 'pitr:db-ORDERS old far theirs',
      key_disabled: 'far theirs',
      key_deletion_scheduled: 'far theirs',
      key_destroyed: 'far theirs',
      everything_deletable: 'theirs',
      region_lost: 'far',
      account_lost: 'theirs',
      bad_write: 'pitr:db-ORDERS old',
      time_passes: 'pitr:db-ORDERS old far theirs',
    });
  });

  it('is told the work lost to the newest that is left', () => {
    const of = (loss: LossName) => rowOf(loss, orders, { recoveryPoints: points, keys: [aKey()] }).dataLossSeconds;
    expect([of('database_deleted'), of('retention_lowered'), of('key_disabled')]).toEqual([3_600, 300, 3_600]);
    expect(rowOf('region_lost', orders, {})).toEqual({
      loss: 'region_lost',
      left: [],
      unknown: [],
      dataLossSeconds: null,
      lastEndsAt: null,
      kinds: [],
    });
  });

  it('is told the work lost to the newest whose data time is known', () => {
    const dated = aPoint(orders, { id: 'dated', arn: 'arn:dated', ...plain });
    const undated = aPoint(orders, { id: 'undated', arn: 'arn:undated', dataAt: null, ...plain });
    const lossOf = (recoveryPoints: readonly RecoveryPoint[]) =>
      rowOf('database_deleted', orders, { recoveryPoints }).dataLossSeconds;
    expect([lossOf([dated, undated]), lossOf([undated, dated]), lossOf([undated])]).toEqual([3_600, 3_600, null]);
  });

  it('names what is neither left nor lost: a key whose state was not read', () => {
    const { unknown } = rowOf('database_deleted', orders, { recoveryPoints: points });
    expect(unknown).toEqual([{ id: 'old', rules: expect.arrayContaining(['key_not_observed']) }]);
  });
});

describe('the last that is left', () => {
  const orders = aDatabase();
  const ending = (id: string, days: number) =>
    aPoint(orders, {
      id,
      arn: `arn:${id}`,
      kind: 'backup_snapshot',
      vaultArn: aVault().arn,
      expiresAt: addDays(NOW, days),
    });

  it('has its day, unless one never ends', () => {
    const some = [ending('soon', 3), ending('later', 9), ending('between', 5)];
    const end = (recoveryPoints: readonly RecoveryPoint[]) =>
      rowOf('database_deleted', orders, { recoveryPoints, vaults: [aVault()] }).lastEndsAt;
    expect(end(some)).toBe(addDays(NOW, 9));
    expect(end([...some, aPoint(orders)])).toBeNull();
    expect(end([aPoint(orders), ...some])).toBeNull();
  });

  it('is of each loss by itself: what one gives an end, another leaves without', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders)] });
    const rows = matrixOf(inventory, orders, NOW, [
      'vaults_emptied',
      'database_deleted_carefully',
      'bad_write',
      'key_disabled',
    ]);
    expect(rows.map(({ left }) => left[0])).toEqual(
      [null, addDays(NOW, 7), addDays(hoursAgo(24), 7), null].map((until) => ({
        id: 'pitr:db-ORDERS',
        kind: 'pitr',
        until,
      })),
    );
  });

  it('of system snapshots from before a bad write has its day, as their database keeps them', () => {
    const before = aSystemSnapshot(orders, { createdAt: hoursAgo(30), dataAt: hoursAgo(30) });
    expect(rowOf('bad_write', orders, { recoveryPoints: [before] }).lastEndsAt).toBe(addDays(hoursAgo(30), 7));
  });

  it('is what a careful deletion keeps, or a window that moves on past a bad write', () => {
    const kept = aDatabase({ retentionDays: 3 });
    const row = rowOf('bad_write', kept, { recoveryPoints: [thePitr(kept, { window: orders.restoreWindow })] });
    expect(row.lastEndsAt).toBe(addDays(hoursAgo(24), 3));
  });
});

describe('the kinds of a row', () => {
  const orders = aDatabase();
  const manual = (id: string, fields: Partial<RecoveryPoint> = {}) =>
    aPoint(orders, { id, arn: `arn:${id}`, ...fields });

  it('count their points, those left, and the best that becomes of one', () => {
    const recoveryPoints = [manual('a'), manual('b', { status: 'creating' }), thePitr(orders)];
    expect(rowOf('database_deleted', orders, { recoveryPoints }).kinds).toEqual([
      { kind: 'pitr', points: 1, left: 0, best: 'lost' },
      { kind: 'manual_snapshot', points: 2, left: 1, best: 'survives' },
    ]);
  });

  it('come once each, in the order of the kinds, however their points are mixed', () => {
    const recoveryPoints = [
      manual('a', { status: 'creating' }),
      aSystemSnapshot(orders),
      manual('b'),
      thePitr(orders),
      aSystemSnapshot(orders, { id: 'rds:second', arn: 'arn:second' }),
    ];
    for (const points of [recoveryPoints, recoveryPoints.toReversed()])
      expect(rowOf('vaults_emptied', orders, { recoveryPoints: points }).kinds).toEqual([
        { kind: 'pitr', points: 1, left: 1, best: 'survives' },
        { kind: 'system_snapshot', points: 2, left: 2, best: 'survives' },
        { kind: 'manual_snapshot', points: 2, left: 1, best: 'survives' },
      ]);
  });

  it('know of the final snapshot that only the loss makes', () => {
    expect(rowOf('database_deleted_carefully', orders, {}).kinds).toEqual([
      { kind: 'manual_snapshot', points: 1, left: 1, best: 'survives' },
    ]);
  });
});

describe('what an administrator can delete', () => {
  const locked = aVault({ arn: 'arn:firm', name: 'firm', lock: 'compliance' });
  const loose = aVault({ lock: 'governance' });
  const orders = aDatabase({ deletionProtection: true });
  const inVault = (id: string, vaultArn: string) =>
    aPoint(orders, { id, arn: `arn:${id}`, kind: 'backup_snapshot', vaultArn });
  const estate = {
    vaults: [locked, loose],
    recoveryPoints: [
      thePitr(orders),
      aPoint(orders),
      thePitr(orders, { id: 'kept', arn: 'arn:kept', kind: 'retained_automated_backup', status: 'retained' }),
      thePitr(orders, { id: 'ab', arn: 'arn:ab', kind: 'replicated_automated_backup', status: 'replicating' }),
      inVault('firm', locked.arn),
      inVault('loose', loose.arn),
    ],
  };
  const left = (loss: LossName) => rowOf(loss, orders, estate).left.map(({ id }) => id);

  it('is everything but what a compliance lock holds', () => {
    expect(left('everything_deletable')).toEqual(['firm']);
  });

  it('through RDS is every manual snapshot, retained and replicated backup', () => {
    expect(left('snapshots_purged')).toEqual(['pitr:db-ORDERS', 'firm', 'loose']);
  });

  it('through AWS Backup is what a vault holds once its governance lock is gone', () => {
    expect(left('vaults_emptied')).toEqual(['pitr:db-ORDERS', 'orders-manual', 'kept', 'ab', 'firm']);
  });

  it('is nothing in another account, and no key of AWS', () => {
    const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
    const points = [aPoint(sealed, { accountId: '999999999999', kind: 'account_copy', arn: 'arn:theirs' })];
    const under = (manager: 'aws' | 'customer') =>
      rowOf('everything_deletable', sealed, { recoveryPoints: points, keys: [aKey({ manager })] }).left.length;
    expect([under('aws'), under('customer')]).toEqual([1, 0]);
  });

  it('under AWS Backup is also what a silent deletion keeps', () => {
    const owned = aCluster({ awsBackupPointArn: 'arn:c' });
    const recoveryPoints = [thePitr(owned)];
    expect(rowOf('database_deleted', owned, { recoveryPoints }).left).toHaveLength(1);
    expect(rowOf('everything_deletable', owned, { recoveryPoints }).left).toEqual([]);
  });
});

describe('the part of an estate around a database', () => {
  it('meets every loss as it does in the whole', () => {
    fc.assert(
      fc.property(drawn, ({ inventory }) => {
        const cut = surroundings(inventory, NOW);
        for (const database of inventory.databases) {
          for (const loss of LOSSES) {
            const fatesIn = (world: ReturnType<typeof cut>) =>
              pointsOf(meet(world, database, loss), database).map(({ point, fate }) => [point.arn, fate]);
            expect(fatesIn(cut(database))).toEqual(fatesIn(worldOf(inventory, NOW)));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('knows the name that a final snapshot would take, and the room there is for it', () => {
    const orders = aDatabase();
    const gone = { databaseResourceId: 'db-GONE' };
    const taken = aPoint(orders, { ...gone, id: 'orders-final', arn: 'arn:taken' });
    const others = Array.from({ length: 100 }, (_, index) =>
      aPoint(orders, { ...gone, id: `x${index}`, arn: `arn:x${index}` }),
    );
    const careful = (recoveryPoints: readonly RecoveryPoint[]) =>
      rowOf('database_deleted_carefully', orders, { recoveryPoints });
    expect(careful([]).left).toHaveLength(1);
    expect(careful([taken]).left).toEqual([]);
    expect(careful(others)).toMatchObject({ left: [], unknown: [{ id: 'orders-final' }] });
  });

  it('is cut for every database of an estate, or for those asked about', () => {
    const databases = [aDatabase(), aCluster()];
    const inventory = anInventory({ databases, recoveryPoints: databases.map((database) => aPoint(database)) });
    expect(matrixOfEstate(inventory, NOW).map(({ rows }) => rows)).toEqual(
      databases.map((database) => matrixOf(inventory, database, NOW)),
    );
    const one = matrixOfEstate(inventory, NOW, { databases: databases.slice(1), losses: ['bad_write'] });
    expect(one.map(({ database, rows }) => [database.identifier, rows.length])).toEqual([['courses', 1]]);
  });
});

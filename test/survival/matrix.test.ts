/** Survivors by loss: every named loss, cell by cell, for estates whose backups differ. */

import { describe, expect, it } from 'vitest';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { matrixOf } from '../../src/survival/matrix.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
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

describe('a cluster with automated backups only', () => {
  const courses = aCluster({ retentionDays: 1 });
  const points = [thePitr(courses), aSystemSnapshot(courses, { createdAt: hoursAgo(7) })];

  it('comes through the careful deletion, and not through a write that is noticed a day late', () => {
    expect(leftBy(courses, points)).toEqual({
      database_deleted: '',
      database_deleted_carefully: 'pitr:cluster-COURSES rds:courses-2026-11-23-03-00 courses-final',
      retention_zero: 'pitr:cluster-COURSES rds:courses-2026-11-23-03-00',
      key_disabled: 'pitr:cluster-COURSES rds:courses-2026-11-23-03-00',
      key_destroyed: 'pitr:cluster-COURSES rds:courses-2026-11-23-03-00',
      region_lost: '',
      account_lost: '',
      bad_write: '',
      time_passes: 'pitr:cluster-COURSES',
    });
  });
});

describe('a well-kept instance under a key', () => {
  const orders = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const points = [
    thePitr(orders),
    aPoint(orders, { id: 'old', arn: 'arn:old', dataAt: hoursAgo(30) }),
    aPoint(orders, {
      id: 'far',
      arn: 'arn:far',
      kind: 'snapshot_copy',
      region: 'eu-central-1',
      encrypted: false,
      keyArn: null,
    }),
    aPoint(orders, {
      id: 'theirs',
      arn: 'arn:theirs',
      kind: 'account_copy',
      accountId: '999999999999',
      encrypted: false,
      keyArn: null,
    }),
  ];

  it('has an answer to every loss', () => {
    expect(leftBy(orders, points, { keys: [aKey()] })).toEqual({
      database_deleted: 'old far theirs',
      database_deleted_carefully: 'pitr:db-ORDERS old far theirs orders-final',
      retention_zero: 'old far theirs',
      key_disabled: 'far theirs',
      key_destroyed: 'far theirs',
      region_lost: 'far',
      account_lost: 'theirs',
      bad_write: 'pitr:db-ORDERS old',
      time_passes: 'pitr:db-ORDERS old far theirs',
    });
  });

  it('is told the work lost to the newest that is left', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: points, keys: [aKey()] });
    const [deleted, , , disabled] = matrixOf(inventory, orders, NOW);
    expect([deleted?.dataLossSeconds, disabled?.dataLossSeconds]).toEqual([3_600, 3_600]);
    expect(matrixOf(anInventory({ databases: [orders] }), orders, NOW, ['region_lost'])).toEqual([
      { loss: 'region_lost', left: [], unknown: [], dataLossSeconds: null },
    ]);
  });

  it('names what is neither left nor lost: a key whose state was not read', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: points });
    const [row] = matrixOf(inventory, orders, NOW, ['database_deleted']);
    expect(row?.unknown).toEqual([{ id: 'old', rules: expect.arrayContaining(['key_not_observed']) }]);
  });
});

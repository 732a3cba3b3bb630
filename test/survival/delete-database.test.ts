/** Deleting a database: which recovery points stay, which go, and when AWS refuses. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Action, DeleteParameters } from '../../src/intent/action.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import type { Refusals } from '../../src/survival/step.ts';
import { survive } from '../../src/survival/survive.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  deletionOf,
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

function fold(inventory: Inventory, actions: readonly Action[], refusals: Refusals = 'honoured') {
  return survive(inventory, actions, { at: NOW, refusals });
}

/** The fate of one point after a deletion with these parameters. */
function fateOf(database: Database, point: RecoveryPoint, parameters: Partial<DeleteParameters> = {}) {
  const inventory = anInventory({ databases: [database], recoveryPoints: [point] });
  const { after } = fold(inventory, deletionOf(database, parameters));
  const fate = after.points.find((tracked) => tracked.point.arn === point.arn)?.fate;
  return { word: fate?.word, until: fate?.until, rule: fate?.rules.at(-1) };
}

const orders = aDatabase();
const courses = aCluster();
const maz = aCluster({ kind: 'multi_az_cluster', engine: 'postgres' });

describe('an instance deleted with DeleteAutomatedBackups=true', () => {
  it.each([
    ['its PITR window', thePitr(orders)],
    ['its system snapshot', aSystemSnapshot(orders)],
  ])('loses %s', (_, point) => {
    expect(fateOf(orders, point)).toMatchObject({ word: 'lost', rule: 'automated_backup_dies_with_database' });
  });

  it.each([
    ['a manual snapshot', aPoint(orders), 'manual_snapshot_outlives_database'],
    ['a copy from another region', aPoint(orders, { kind: 'snapshot_copy' }), 'copy_outlives_database'],
    [
      'a retained automated backup of an earlier database',
      thePitr(orders, { kind: 'retained_automated_backup', arn: 'arn:retained' }),
      'retained_backup_is_detached',
    ],
    [
      'an AWS Backup snapshot point',
      aPoint(orders, { kind: 'backup_snapshot', vaultArn: 'arn:vault' }),
      'vault_point_outlives_database',
    ],
  ])('leaves %s', (_, point, rule) => {
    expect(fateOf(orders, point)).toMatchObject({ word: 'survives', rule });
  });

  it('deletes the automated backups when the parameter is left out, as the API does', () => {
    expect(fateOf(orders, thePitr(orders), { deleteAutomatedBackups: null }).word).toBe('lost');
  });
});

describe('a database deleted with DeleteAutomatedBackups=false', () => {
  it.each([
    ['an instance', orders],
    ['an Aurora cluster', courses],
  ])('keeps the automated backup of %s for its retention', (_, database) => {
    expect(fateOf(database, thePitr(database), { deleteAutomatedBackups: false })).toEqual({
      word: 'survives_until',
      until: addDays(NOW, database.retentionDays),
      rule: 'automated_backup_retained',
    });
  });

  it('keeps each system snapshot only as long as it would have lived anyway', () => {
    const snapshot = aSystemSnapshot(orders, { createdAt: addDays(NOW, -5) });
    expect(fateOf(orders, snapshot, { deleteAutomatedBackups: false })).toMatchObject({
      word: 'survives_until',
      until: addDays(NOW, 2),
    });
  });

  it('keeps an AWS Backup continuous point, which is that very backup', () => {
    const vaultArn = 'arn:vault';
    const point = thePitr(orders, { kind: 'backup_continuous', vaultArn, arn: 'arn:continuous' });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [point] });
    const { after } = fold(inventory, deletionOf(orders, { deleteAutomatedBackups: false }));
    expect(after.points[0]?.fate).toMatchObject({
      word: 'survives_until',
      rules: ['continuous_point_is_the_pitr', 'automated_backup_retained'],
    });
  });

  it('keeps nothing of a Multi-AZ DB cluster', () => {
    const fate = fateOf(maz, thePitr(maz), { deleteAutomatedBackups: false });
    expect(fate).toMatchObject({ word: 'lost', rule: 'multi_az_cluster_retains_nothing' });
  });
});

describe('identity', () => {
  it('leaves the recovery points of an earlier database of the same name alone', () => {
    const earlier = aSystemSnapshot(orders, { databaseResourceId: 'db-EARLIER', arn: 'arn:earlier' });
    expect(fateOf(orders, earlier)).toMatchObject({ word: 'survives', rule: undefined });
  });

  it('finds the database by resource id when the name has changed', () => {
    const renamed = aDatabase({ identifier: 'orders-2', arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-2' });
    const inventory = anInventory({ databases: [renamed], recoveryPoints: [thePitr(renamed)] });
    const { after } = fold(inventory, [theDelete(orders)]);
    expect(after.points[0]?.fate.word).toBe('lost');
  });

  it('puts everything in the account in doubt when the target was not observed', () => {
    const inventory = anInventory({ recoveryPoints: [aPoint(orders)] });
    const { after, effects } = fold(inventory, [theDelete(orders)]);
    expect(effects[0]).toMatchObject({ outcome: 'unknown', rule: 'target_not_observed' });
    expect(after.points[0]?.fate.word).toBe('unknown');
  });
});

describe('refusals', () => {
  it.each<[string, Database, Partial<DeleteParameters>, string]>([
    ['protection is on', aDatabase({ deletionProtection: true }), {}, 'deletion_protection_refuses'],
    ['a final snapshot is neither skipped nor named', orders, { skipFinalSnapshot: false }, 'final_snapshot_unnamed'],
    ['a final snapshot is skipped and named', orders, { finalSnapshotId: 'last' }, 'final_snapshot_contradicts_skip'],
    [
      'the final snapshot name is taken',
      orders,
      { skipFinalSnapshot: false, finalSnapshotId: 'orders-manual' },
      'final_snapshot_name_taken',
    ],
    [
      'a final snapshot is asked of a database that is not available',
      aDatabase({ status: 'incompatible-restore' }),
      { skipFinalSnapshot: false, finalSnapshotId: 'last' },
      'final_snapshot_needs_available',
    ],
    [
      'a final snapshot is asked of a replica',
      aDatabase({ replicaOf: 'orders-source' }),
      { skipFinalSnapshot: false, finalSnapshotId: 'last' },
      'final_snapshot_impossible_for_replica',
    ],
    [
      'a final snapshot is asked under a key that is disabled',
      aDatabase({ keyArn: 'arn:aws:kms:eu-west-1:123456789012:key/off' }),
      { skipFinalSnapshot: false, finalSnapshotId: 'last' },
      'final_snapshot_needs_key',
    ],
    [
      'the final snapshot name is taken but for its case',
      orders,
      { skipFinalSnapshot: false, finalSnapshotId: 'Orders-Manual' },
      'final_snapshot_name_taken',
    ],
    ['a cluster is stopped', aCluster({ status: 'stopped', members: [] }), {}, 'stopped_cluster_refuses'],
    ['a cluster still has members', courses, {}, 'cluster_still_has_members'],
    [
      'AWS Backup owns PITR and deletion of backups is explicit',
      aDatabase({ awsBackupPointArn: 'arn:continuous' }),
      {},
      'aws_backup_refuses_deletion',
    ],
  ])('are honoured when %s: nothing is lost', (_, database, parameters, rule) => {
    const recoveryPoints = [thePitr(database, { keyArn: null }), aPoint(database, { keyArn: null })];
    const keys = [aKey({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/off', state: 'disabled' })];
    const inventory = anInventory({ databases: [database], recoveryPoints, keys });
    const { after, effects } = fold(inventory, [theDelete(database, parameters)]);
    expect(effects[0]).toMatchObject({ outcome: 'refused', rule });
    expect(after.databases[0]?.alive).toBe(true);
    expect(after.points.map(({ fate }) => fate.word)).toEqual(['survives', 'survives']);
  });

  it('count for nothing once lifted: the same call takes the automated backups', () => {
    const database = aDatabase({ deletionProtection: true });
    const inventory = anInventory({ databases: [database], recoveryPoints: [thePitr(database)] });
    const { after, effects } = fold(inventory, [theDelete(database)], 'lifted');
    expect(effects[0]).toMatchObject({ outcome: 'applied', rule: 'deletion_protection_refuses' });
    expect(after.points[0]?.fate.word).toBe('lost');
  });

  it('are not met by a tool that switches protection off by itself', () => {
    const database = aDatabase({ deletionProtection: true });
    const inventory = anInventory({ databases: [database], recoveryPoints: [thePitr(database)] });
    const { effects } = fold(inventory, [theDelete(database, { disarmsProtection: true })]);
    expect(effects[0]).toMatchObject({ outcome: 'applied', rule: 'tool_disarms_protection' });
  });

  it('spare a cluster under AWS Backup whose delete is silent: its PITR is kept by default', () => {
    const cluster = aCluster({ awsBackupPointArn: 'arn:continuous' });
    expect(fateOf(cluster, thePitr(cluster), { deleteAutomatedBackups: null }).word).toBe('survives_until');
  });
});

describe('what is no backup of its own', () => {
  it.each<[string, Partial<RecoveryPoint>, string, readonly string[]]>([
    ['a shared snapshot', { kind: 'shared_snapshot' }, 'unknown', ['shared_by_other_account']],
    ['a public snapshot', { kind: 'public_snapshot' }, 'unknown', ['shared_by_other_account']],
    ['an export', { kind: 's3_export' }, 'unreadable', ['export_restores_nothing']],
  ])('is no better after the deletion: %s', (_, fields, word, rules) => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders, fields)] });
    expect(fold(inventory, [theDelete(orders)]).after.points[0]?.fate).toEqual({ word, until: null, rules });
  });
});

describe('a database that is deleted twice', () => {
  it('is gone after the first time, and the second changes nothing', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders), aPoint(orders)] });
    const named = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
    const { after, effects } = fold(inventory, [theDelete(orders), theDelete(orders, named)]);
    const last = { outcome: 'applied', rule: null, databaseResourceId: orders.resourceId };
    expect(effects.at(-1)).toMatchObject(last);
    expect(after.points.map(({ fate }) => fate.word)).toEqual(['lost', 'survives']);
  });
});

describe('a retained backup', () => {
  const keep = { deleteAutomatedBackups: false };

  it('of an Aurora cluster without members may be of a mode that keeps none', () => {
    const bare = aCluster({ members: [] });
    const expected = { word: 'unknown', until: null, rule: 'automated_backup_retained' };
    expect(fateOf(bare, thePitr(bare), keep)).toEqual(expected);
  });

  it('has no end that is known when a system snapshot does not say when it was made', () => {
    const undated = aSystemSnapshot(orders, { createdAt: null });
    expect(fateOf(orders, undated, keep)).toEqual({ word: 'unknown', until: null, rule: 'automated_backup_retained' });
    // The window ends with the retention that began at the deletion, whatever day is listed for it.
    expect(fateOf(orders, thePitr(orders, { createdAt: null }), keep).until).toEqual(addDays(NOW, 7));
  });

  it('is noted as the continuous point only where it is one', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders)] });
    const { after } = fold(inventory, [theDelete(orders, keep)]);
    expect(after.points[0]?.fate.rules).toEqual(['automated_backup_retained']);
  });

  it('takes up room only where one is retained', () => {
    const other = aDatabase({ resourceId: 'db-OTHER', arn: 'arn:other', identifier: 'other' });
    const quotas = [{ ...SCOPE, name: 'retained_automated_backups', used: 39, max: 40 } as const];
    const second = (parameters: Partial<DeleteParameters>) =>
      fold(anInventory({ databases: [orders, other], quotas }), [theDelete(orders, parameters), theDelete(other, keep)])
        .effects[1];
    expect(second({})).toMatchObject({ outcome: 'applied', rule: null });
    expect(second(keep)).toMatchObject({ outcome: 'refused', rule: 'retained_backup_quota_full' });
  });

  it('of other databases is left to them', () => {
    const other = aDatabase({ resourceId: 'db-OTHER', arn: 'arn:other', identifier: 'other' });
    const inventory = anInventory({ databases: [orders, other], recoveryPoints: [thePitr(orders), thePitr(other)] });
    const { after } = fold(inventory, [theDelete(orders)]);
    expect(after.points.map(({ fate }) => fate)).toEqual([
      { word: 'lost', until: null, rules: ['automated_backup_dies_with_database'] },
      { word: 'survives', until: null, rules: [] },
    ]);
    expect(after.databases.map(({ alive }) => alive)).toEqual([false, true]);
  });
});

describe('a final snapshot', () => {
  const named = { skipFinalSnapshot: false, finalSnapshotId: 'last' } as const;

  it('is a new recovery point of the moment of the delete', () => {
    const inventory = anInventory({ databases: [courses] });
    const { after } = fold(inventory, deletionOf(courses, named));
    expect(after.points[0]).toMatchObject({
      madeByChange: true,
      fate: { word: 'survives', rules: ['final_snapshot_taken'] },
    });
    const made = { id: 'last', status: 'planned', createdAt: NOW, dataAt: NOW };
    expect(after.points[0]?.point).toEqual(aPoint(courses, made));
  });

  it('of an instance is one of an instance, under its key', () => {
    const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
    const inventory = anInventory({ databases: [sealed], keys: [aKey()] });
    const { after } = fold(inventory, [theDelete(sealed, named)]);
    const made = { id: 'last', status: 'planned', createdAt: NOW, dataAt: NOW };
    expect(after.points.map(({ point }) => point)).toEqual([aPoint(sealed, made)]);
  });

  it('is not expected of a call that AWS refuses for another reason than protection', () => {
    const database = aDatabase({ status: 'incompatible-restore' });
    const inventory = anInventory({ databases: [database] });
    expect(fold(inventory, [theDelete(database, named)], 'lifted').after.points).toEqual([]);
  });

  it('of an instance does not collide with a cluster snapshot of the same name', () => {
    const other = aPoint(courses, { id: 'last', databaseResourceId: 'cluster-OTHER' });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [other] });
    expect(fold(inventory, [theDelete(orders, named)]).effects[0]?.outcome).toBe('applied');
  });

  it.each<[string, Partial<RecoveryPoint>]>([
    ['another region', { region: 'us-east-1' }],
    ['another account', { accountId: '999999999999', kind: 'account_copy' }],
  ])('does not collide with a snapshot of the same name in %s', (_, fields) => {
    const other = aPoint(orders, { id: 'last', arn: 'arn:last', databaseResourceId: 'db-OTHER', ...fields });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [other] });
    expect(fold(inventory, [theDelete(orders, named)]).effects[0]?.outcome).toBe('applied');
  });

  it('collides with a snapshot of that name that any database left', () => {
    const other = aPoint(orders, { id: 'last', databaseResourceId: 'db-OTHER' });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [other] });
    expect(fold(inventory, [theDelete(orders, named)]).effects[0]).toMatchObject({
      outcome: 'refused',
      rule: 'final_snapshot_name_taken',
    });
  });
});

describe('a cluster member', () => {
  it('is no cluster, even for a call that deletes one of its name', () => {
    const target = { arn: null, resourceId: null, identifier: 'courses-0', scope: SCOPE };
    const inventory = anInventory({ databases: [courses], recoveryPoints: [thePitr(courses)] });
    const { after, effects } = fold(inventory, [{ ...theDelete(courses), target } as Action]);
    expect(effects[0]).toMatchObject({ outcome: 'unknown', rule: 'target_not_observed' });
    expect(after.points[0]?.fate.word).toBe('unknown');
  });

  it('takes no recovery point with it, even the last one of a protected cluster', () => {
    const cluster = aCluster({ deletionProtection: true });
    const inventory = anInventory({
      databases: [cluster],
      recoveryPoints: [thePitr(cluster), aSystemSnapshot(cluster)],
    });
    const [member] = deletionOf(cluster);
    const { after, effects } = fold(inventory, member === undefined ? [] : [member]);
    expect(effects[0]).toMatchObject({ outcome: 'applied', rule: 'member_deletion_keeps_volume' });
    expect(after.points.map(({ fate }) => fate.word)).toEqual(['survives', 'survives']);
    expect(after.databases[0]).toMatchObject({ alive: true, members: [] });
  });
});

describe('before anything happens', () => {
  it.each<[string, Partial<RecoveryPoint>, string, string]>([
    ['a snapshot that is still being made', { status: 'creating' }, 'unknown', 'not_available_yet'],
    ['an S3 export', { kind: 's3_export', status: 'complete' }, 'unreadable', 'export_restores_nothing'],
    ['a snapshot shared by its owner', { kind: 'shared_snapshot' }, 'unknown', 'shared_by_other_account'],
    ['a window that AWS does not show', { kind: 'pitr', window: null }, 'unknown', 'window_missing'],
    [
      'an expired vault point',
      { kind: 'backup_snapshot', vaultArn: 'arn:v', status: 'expired' },
      'unknown',
      'backup_point_expired',
    ],
    ['a point past its end', { expiresAt: hoursAgo(1) }, 'unknown', 'expires_by_itself'],
    ['a point with an end', { expiresAt: addDays(NOW, 3) }, 'survives_until', 'expires_by_itself'],
    ['a point at its end', { expiresAt: NOW }, 'unknown', 'expires_by_itself'],
    ['a public snapshot', { kind: 'public_snapshot' }, 'unknown', 'shared_by_other_account'],
    [
      'a vault point that is partly there',
      { kind: 'backup_copy', vaultArn: 'arn:v', status: 'partial' },
      'unknown',
      'backup_point_expired',
    ],
    [
      'a continuous point that has no window',
      { kind: 'backup_continuous', vaultArn: 'arn:v' },
      'unknown',
      'window_missing',
    ],
    [
      'a replicated backup that has no window',
      { kind: 'replicated_automated_backup', status: 'replicating' },
      'unknown',
      'window_missing',
    ],
    ['a point one second before its end', { expiresAt: hoursAgo(-1 / 3_600) }, 'survives_until', 'expires_by_itself'],
  ])('%s has the fate that its listing allows', (_, fields, word, rule) => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders, fields)] });
    expect(fold(inventory, []).after.points[0]?.fate).toMatchObject({ word, rules: [rule] });
  });

  it.each<[string, RecoveryPoint]>([
    ['a vault point that is available', aPoint(orders, { kind: 'backup_snapshot', vaultArn: 'arn:v' })],
    ['one that is completed', aPoint(orders, { kind: 'backup_snapshot', vaultArn: 'arn:v', status: 'completed' })],
    ...['available', 'active', 'replicating', 'retained'].map((status): [string, RecoveryPoint] => [
      `a replicated backup that is ${status}`,
      thePitr(orders, { kind: 'replicated_automated_backup', status }),
    ]),
    ['the window of a database, whatever word AWS has for it', thePitr(orders, { status: 'active' })],
    ['a retained backup', thePitr(orders, { kind: 'retained_automated_backup', status: 'retained' })],
  ])('%s can be restored', (_, point) => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [point] });
    expect(fold(inventory, []).after.points[0]?.fate).toEqual({ word: 'survives', until: null, rules: [] });
  });
});

/** What an action reaches: joined by resource id and ARN, never by a name that several things bear. */

import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/intent/action.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { survive } from '../../src/survival/survive.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aTarget,
  aTargetOf,
  aVault,
  deletionOf,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const FAR = { accountId: SCOPE.accountId, region: 'us-east-1' };

function fold(inventory: Inventory, ...actions: readonly Action[]) {
  const { after, effects } = survive(inventory, actions, { at: NOW, refusals: 'lifted' });
  return {
    effect: effects[0],
    after,
    fates: after.points.map(({ fate }) => fate.word),
    alive: after.databases.map(({ alive }) => alive),
  };
}

/** A document that names a thing and says neither its ARN nor where it lives. */
const nameless = (identifier: string) => ({ arn: null, resourceId: null, identifier, scope: null });

describe('a database', () => {
  it('takes its automated snapshots along whatever engine they were taken under', () => {
    const upgraded = aCluster({ engine: 'aurora-mysql' });
    const old = aSystemSnapshot(upgraded, { engine: 'aurora' });
    const inventory = anInventory({ databases: [upgraded], recoveryPoints: [old] });
    expect(fold(inventory, ...deletionOf(upgraded)).fates).toEqual(['lost']);
  });

  it('that was renamed does not draw a deletion to itself when another bears its name now', () => {
    const renamed = aDatabase({ identifier: 'orders-old', arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-old' });
    const successor = aDatabase({ resourceId: 'db-SUCCESSOR' });
    const inventory = anInventory({ databases: [renamed, successor] });
    expect(fold(inventory, theDelete(orders)).alive).toEqual([true, false]);
  });

  it('that was renamed is still the one meant while nothing else bears the name', () => {
    const renamed = aDatabase({ identifier: 'orders-old', arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-old' });
    expect(fold(anInventory({ databases: [renamed] }), theDelete(orders)).alive).toEqual([false]);
  });

  it('named without its place is not guessed among namesakes in two regions', () => {
    const twin = aDatabase({ ...FAR, resourceId: 'db-TWIN', arn: 'arn:aws:rds:us-east-1:123456789012:db:orders' });
    const inventory = anInventory({
      databases: [orders, twin],
      recoveryPoints: [thePitr(orders), thePitr(twin, { ...FAR, arn: 'arn:twin' })],
    });
    const { effect, fates } = fold(inventory, { ...theDelete(orders), target: nameless('orders') } as Action);
    expect(effect).toMatchObject({ outcome: 'unknown', rule: 'target_not_observed' });
    expect(fates).toEqual(['unknown', 'unknown']);
  });

  it('is not taken for a cluster of the same name', () => {
    const cluster = aCluster({ identifier: 'orders', members: [] });
    const inventory = anInventory({ databases: [cluster, orders] });
    const { alive } = fold(inventory, { ...theDelete(orders), target: nameless('orders') } as Action);
    expect(alive).toEqual([true, false]);
  });

  it('is found in its own region when another region has a database of that resource id', () => {
    const twin = aDatabase({ ...FAR, arn: 'arn:aws:rds:us-east-1:123456789012:db:orders' });
    const { alive } = fold(anInventory({ databases: [twin, orders] }), theDelete(orders));
    expect(alive).toEqual([true, false]);
  });
});

describe('a cluster member', () => {
  const [member] = deletionOf(courses);
  const target = member?.target ?? nameless('');

  it('that no cluster is known to have puts the account in doubt', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)] });
    const action: Action = { kind: 'delete_cluster_member', target, clusterIdentifier: 'courses' };
    expect(fold(inventory, action)).toMatchObject({ effect: { rule: 'target_not_observed' }, fates: ['unknown'] });
  });

  it('whose own listing was not read is known by its ARN', () => {
    const [known] = courses.members;
    const blind = aCluster({ members: known === undefined ? [] : [{ ...known, resourceId: 'unknown' }] });
    const action: Action = { kind: 'delete_cluster_member', target, clusterIdentifier: 'courses' };
    const { effect, after } = fold(anInventory({ databases: [blind] }), action);
    expect(effect).toMatchObject({ outcome: 'applied', rule: 'member_deletion_keeps_volume' });
    expect(after.databases[0]?.members).toEqual([]);
  });
});

describe('a recovery point', () => {
  it('named without its place is deleted wherever one bears that name', () => {
    const here = aPoint(orders, { id: 'nightly' });
    const there = aPoint(orders, { ...FAR, id: 'nightly', arn: 'arn:there', kind: 'snapshot_copy' });
    const { fates } = fold(anInventory({ recoveryPoints: [here, there] }), {
      kind: 'delete_db_snapshot',
      target: nameless('nightly'),
    });
    expect(fates).toEqual(['lost', 'lost']);
  });

  it('in a vault named without its place is not spared because another region has such a vault', () => {
    const far = aVault({ ...FAR, arn: 'arn:far-vault' });
    const near = aVault();
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: near.arn });
    const inventory = anInventory({ vaults: [far, near], recoveryPoints: [point] });
    const { fates } = fold(inventory, { kind: 'delete_backup_vault', target: nameless('main'), force: true });
    expect(fates).not.toContain('survives');
  });

  it('that a refused deletion names no longer counts as standing outside the change', () => {
    const vault = aVault({ lock: 'governance' });
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn });
    const inventory = anInventory({ vaults: [vault], recoveryPoints: [point] });
    const touched = (action: Action) => fold(inventory, action).after.points[0]?.touched;
    expect(touched({ kind: 'delete_recovery_point', target: aTargetOf(point) })).toBe(true);
    expect(touched({ kind: 'delete_backup_vault', target: aTargetOf(vault), force: true })).toBe(true);
    expect(touched({ kind: 'delete_db_snapshot', target: aTargetOf(point) })).toBe(true);
  });

  it('that a compliance lock holds stands outside the change that would delete it', () => {
    const vault = aVault({ lock: 'compliance' });
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn });
    const inventory = anInventory({ vaults: [vault], recoveryPoints: [point] });
    const { after } = fold(inventory, { kind: 'delete_recovery_point', target: aTargetOf(point) });
    expect(after.points[0]?.touched).toBe(false);
  });

  it('replicated to another region ends with its own retention once its source is gone', () => {
    const replica = thePitr(orders, {
      ...FAR,
      kind: 'replicated_automated_backup',
      arn: 'arn:r',
      status: 'replicating',
    });
    const { after } = fold(anInventory({ databases: [orders], recoveryPoints: [replica] }), theDelete(orders));
    expect(after.points[0]?.fate).toMatchObject({
      word: 'survives_until',
      rules: ['replica_backup_outlives_database'],
    });
  });

  it('replicated to another region that has not begun to replicate is unknown', () => {
    const replica = thePitr(orders, { ...FAR, kind: 'replicated_automated_backup', arn: 'arn:r', status: 'pending' });
    expect(fold(anInventory({ recoveryPoints: [replica] })).fates).toEqual(['unknown']);
  });
});

describe('a force-destroyed vault', () => {
  it('takes the PITR window of an instance whose continuous point it holds', () => {
    const vault = aVault();
    const owned = aDatabase({ awsBackupPointArn: 'arn:continuous' });
    const continuous = thePitr(owned, { arn: 'arn:continuous', kind: 'backup_continuous', vaultArn: vault.arn });
    const inventory = anInventory({
      databases: [owned],
      vaults: [vault],
      recoveryPoints: [continuous, thePitr(owned)],
    });
    const { fates } = fold(inventory, { kind: 'delete_backup_vault', target: aTargetOf(vault), force: true });
    expect(fates).toEqual(['lost', 'lost']);
  });
});

describe('a key', () => {
  const near = aKey({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/mrk-1' });
  const far = aKey({ ...FAR, arn: 'arn:aws:kms:us-east-1:123456789012:key/mrk-1' });

  it('of two regions is disabled only where the document says', () => {
    const point = aPoint(orders, { ...FAR, encrypted: true, keyArn: far.arn });
    const inventory = anInventory({ keys: [near, far], recoveryPoints: [point] });
    const target = { arn: far.arn, resourceId: 'mrk-1', identifier: 'mrk-1', scope: FAR };
    expect(fold(inventory, { kind: 'disable_key', target }).fates).toEqual(['unreadable']);
  });

  it('named without its place is disabled wherever one bears that id', () => {
    const point = aPoint(orders, { ...FAR, encrypted: true, keyArn: far.arn });
    const inventory = anInventory({ keys: [near, far], recoveryPoints: [point] });
    expect(fold(inventory, { kind: 'disable_key', target: nameless('mrk-1') }).fates).toEqual(['unreadable']);
  });

  it('that nobody read may be the one a database without recovery points stands on', () => {
    const encrypted = aDatabase({ encrypted: true, keyArn: near.arn, retentionDays: 0 });
    const inventory = anInventory({ databases: [encrypted] });
    const action: Action = { kind: 'disable_key', target: aTargetOf({ arn: near.arn }) };
    expect(fold(inventory, action).effect?.rule).toBe('key_not_observed');
  });

  it('that is not shown leaves an encrypted instance snapshot unknown', () => {
    const point = aPoint(orders, { encrypted: true, keyArn: null });
    const { after } = fold(anInventory({ recoveryPoints: [point] }));
    expect(after.points[0]?.fate).toMatchObject({ word: 'unknown', rules: ['key_not_observed'] });
  });

  it('that AWS owns and does not show leaves an encrypted Aurora snapshot as it is', () => {
    const point = aPoint(courses, { encrypted: true, keyArn: null });
    expect(fold(anInventory({ recoveryPoints: [point] })).fates).toEqual(['survives']);
  });
});

describe('a silent delete under AWS Backup', () => {
  it('keeps the automated backups of a cluster, and those of an instance are taken for lost', () => {
    const owned = aDatabase({ awsBackupPointArn: 'arn:continuous' });
    const inventory = anInventory({ databases: [owned], recoveryPoints: [thePitr(owned)] });
    expect(fold(inventory, theDelete(owned, { deleteAutomatedBackups: null })).fates).toEqual(['lost']);
  });
});

it('a target by ARN is matched by ARN', () => {
  const { alive } = fold(anInventory({ databases: [orders] }), {
    ...theDelete(orders),
    target: aTarget(orders),
  } as Action);
  expect(alive).toEqual([false]);
});

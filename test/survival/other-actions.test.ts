/** Actions on recovery points, vaults, keys and protection while the database stays. */

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/intent/action.ts';
import type { Inventory, Key, Vault } from '../../src/inventory/model.ts';
import { RULE_CODES } from '../../src/survival/rules.ts';
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
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();

function fold(inventory: Inventory, ...actions: readonly Action[]) {
  const { after, effects } = survive(inventory, actions, { at: NOW, refusals: 'honoured' });
  return { effect: effects[0], fates: after.points.map(({ fate }) => fate.word), after };
}

describe('deleting a snapshot', () => {
  it('takes a manual one for good', () => {
    const point = aPoint(orders);
    const { effect, fates } = fold(anInventory({ recoveryPoints: [point] }), {
      kind: 'delete_db_snapshot',
      target: aTargetOf(point),
    });
    expect(effect).toMatchObject({ outcome: 'applied', rule: 'snapshot_deleted' });
    expect(fates).toEqual(['lost']);
  });

  it('is refused for an automated one', () => {
    const point = aSystemSnapshot(courses);
    const action: Action = { kind: 'delete_db_cluster_snapshot', target: aTargetOf(point) };
    const { effect, fates } = fold(anInventory({ recoveryPoints: [point] }), action);
    expect(effect).toMatchObject({ outcome: 'refused', rule: 'automated_snapshot_refuses_deletion' });
    expect(fates).toEqual(['survives']);
  });

  it('is refused by RDS for one that AWS Backup keeps', () => {
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: aVault().arn });
    const { effect } = fold(anInventory({ recoveryPoints: [point] }), {
      kind: 'delete_db_snapshot',
      target: aTargetOf(point),
    });
    expect(effect).toMatchObject({ outcome: 'refused', rule: 'vault_snapshot_refuses_rds_deletion' });
  });

  it('of one that was not observed puts the account in doubt', () => {
    const target = { arn: null, resourceId: null, identifier: 'never-seen', scope: SCOPE };
    const { effect, fates } = fold(anInventory({ recoveryPoints: [aPoint(orders)] }), {
      kind: 'delete_db_snapshot',
      target,
    });
    expect(effect?.rule).toBe('target_not_observed');
    expect(fates).toEqual(['unknown']);
  });
});

describe('deleting an automated backup', () => {
  it('takes a retained one', () => {
    const point = thePitr(orders, { kind: 'retained_automated_backup' });
    const { effect, fates } = fold(anInventory({ recoveryPoints: [point] }), {
      kind: 'delete_automated_backup',
      target: aTarget(orders),
    });
    expect(effect).toMatchObject({ outcome: 'applied', rule: 'retained_backup_deleted' });
    expect(fates).toEqual(['lost']);
  });

  it('is refused while its database lives', () => {
    const { effect, fates } = fold(anInventory({ recoveryPoints: [thePitr(orders)] }), {
      kind: 'delete_automated_backup',
      target: aTarget(orders),
    });
    expect(effect).toMatchObject({ outcome: 'refused', rule: 'active_backup_refuses_deletion' });
    expect(fates).toEqual(['survives']);
  });

  it('is not done by stopping its replication', () => {
    const point = thePitr(orders, { kind: 'replicated_automated_backup' });
    const { effect, fates } = fold(anInventory({ recoveryPoints: [point] }), {
      kind: 'stop_backup_replication',
      target: aTarget(orders),
    });
    expect(effect?.rule).toBe('replication_stopped_keeps_copy');
    expect(fates).toEqual(['survives_until']);
  });
});

describe('retention', () => {
  const points = [thePitr(orders), aSystemSnapshot(orders), aPoint(orders)];
  const inventory = anInventory({ databases: [orders], recoveryPoints: points });
  const to = (retentionDays: number): Action => ({
    kind: 'modify_db_instance',
    target: aTarget(orders),
    change: { retentionDays },
  });

  it('0 purges the automated backups of an instance and leaves manual snapshots', () => {
    const { effect, fates } = fold(inventory, to(0));
    expect(effect?.rule).toBe('retention_zero_purges');
    expect(fates).toEqual(['lost', 'lost', 'survives']);
  });

  it('0 is refused for a cluster', () => {
    const clustered = anInventory({ databases: [courses], recoveryPoints: [thePitr(courses)] });
    const action: Action = { kind: 'modify_db_cluster', target: aTarget(courses), change: { retentionDays: 0 } };
    expect(fold(clustered, action).effect).toMatchObject({ outcome: 'refused', rule: 'cluster_retention_minimum' });
  });

  it('lowered puts older system snapshots in doubt and keeps younger ones', () => {
    const old = aSystemSnapshot(orders, { id: 'rds:old', arn: 'arn:old', createdAt: hoursAgo(49) });
    const young = aSystemSnapshot(orders, { id: 'rds:young', arn: 'arn:young', createdAt: hoursAgo(47) });
    const { effect, fates } = fold(anInventory({ databases: [orders], recoveryPoints: [old, young] }), to(2));
    expect(effect?.rule).toBe('retention_lowered');
    expect(fates).toEqual(['unknown', 'survives']);
  });

  it('raised takes nothing', () => {
    expect(fold(inventory, to(14)).fates).toEqual(['survives', 'survives', 'survives']);
  });

  it("is not RDS's to change while AWS Backup owns PITR", () => {
    const owned = aDatabase({ awsBackupPointArn: 'arn:continuous' });
    const held = anInventory({ databases: [owned], recoveryPoints: [thePitr(owned)] });
    const { effect, fates } = fold(held, {
      kind: 'modify_db_instance',
      target: aTarget(owned),
      change: { retentionDays: 0 },
    });
    expect(effect).toMatchObject({ outcome: 'refused', rule: 'aws_backup_owns_retention' });
    expect(fates).toEqual(['survives']);
  });
});

describe('AWS Backup', () => {
  const vaultWith = (fields: Partial<Vault>) => {
    const vault = aVault(fields);
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn });
    return { vault, point, inventory: anInventory({ vaults: [vault], recoveryPoints: [point] }) };
  };

  it.each<[string, Partial<Vault>, string, string, string]>([
    ['an unlocked vault gives up a recovery point', {}, 'applied', 'recovery_point_deleted', 'lost'],
    ['a governance lock refuses', { lock: 'governance' }, 'refused', 'locked_vault_refuses_deletion', 'survives'],
    ['a compliance lock refuses', { lock: 'compliance' }, 'refused', 'locked_vault_refuses_deletion', 'survives'],
    ['an air-gapped vault refuses', { airGapped: true }, 'refused', 'air_gapped_vault_refuses_deletion', 'survives'],
  ])('%s', (_, fields, outcome, rule, fate) => {
    const { point, inventory } = vaultWith(fields);
    const { effect, fates } = fold(inventory, { kind: 'delete_recovery_point', target: aTargetOf(point) });
    expect(effect).toMatchObject({ outcome, rule });
    expect(fates).toEqual([fate]);
  });

  it('a vault that holds points is not deleted', () => {
    const { vault, inventory } = vaultWith({});
    const { effect, fates } = fold(inventory, { kind: 'delete_backup_vault', target: aTargetOf(vault), force: false });
    expect(effect).toMatchObject({ outcome: 'refused', rule: 'vault_must_be_empty' });
    expect(fates).toEqual(['survives']);
  });

  it('force_destroy takes every point of an unlocked vault', () => {
    const { vault, inventory } = vaultWith({});
    const { effect, fates } = fold(inventory, { kind: 'delete_backup_vault', target: aTargetOf(vault), force: true });
    expect(effect?.rule).toBe('vault_force_destroy_deletes_points');
    expect(fates).toEqual(['lost']);
  });

  it('a governance lock falls to one call, after which the points can go', () => {
    const { vault, inventory } = vaultWith({ lock: 'governance' });
    const unlock: Action = { kind: 'delete_vault_lock', target: aTargetOf(vault) };
    const { effect, fates } = fold(inventory, unlock, {
      kind: 'delete_backup_vault',
      target: aTargetOf(vault),
      force: true,
    });
    expect(effect?.rule).toBe('lock_removed');
    expect(fates).toEqual(['lost']);
  });

  it('a compliance lock past its date does not', () => {
    const { vault, inventory } = vaultWith({ lock: 'compliance' });
    const { effect } = fold(inventory, { kind: 'delete_vault_lock', target: aTargetOf(vault) });
    expect(effect).toMatchObject({ outcome: 'refused', rule: 'compliance_lock_stays' });
  });

  it('deleting a continuous point takes the PITR window of an instance with it', () => {
    const vault = aVault();
    const continuous = thePitr(orders, {
      id: 'continuous',
      arn: 'arn:continuous',
      kind: 'backup_continuous',
      vaultArn: vault.arn,
    });
    const inventory = anInventory({ vaults: [vault], recoveryPoints: [continuous, thePitr(orders), aPoint(orders)] });
    const { effect, fates } = fold(inventory, { kind: 'delete_recovery_point', target: aTargetOf(continuous) });
    expect(effect?.rule).toBe('continuous_point_deleted');
    expect(fates).toEqual(['lost', 'lost', 'survives']);
  });
});

describe('keys', () => {
  const encrypted = aPoint(orders, { encrypted: true, keyArn: KEY_ARN });
  const plain = aPoint(orders, { id: 'plain', arn: 'arn:plain' });
  const withKey = (fields: Partial<Key>) => anInventory({ keys: [aKey(fields)], recoveryPoints: [encrypted, plain] });
  const target = aTargetOf({ arn: KEY_ARN, name: '0a1b2c3d' });

  it.each<[string, Action]>([
    ['scheduling its deletion', { kind: 'schedule_key_deletion', target, windowDays: 30 }],
    ['disabling it', { kind: 'disable_key', target }],
  ])('%s makes the points under it unreadable at once, and no others', (_, action) => {
    const { effect, fates } = fold(withKey({}), action);
    expect(effect?.rule).toBe('key_unusable');
    expect(fates).toEqual(['unreadable', 'survives']);
  });

  it.each(['disabled', 'pending_deletion', 'pending_import', 'unavailable'] as const)(
    'a key that is %s leaves its points unreadable',
    (state) => {
      expect(fold(withKey({ state })).fates).toEqual(['unreadable', 'survives']);
    },
  );

  it('whose state was not read leave their points unknown', () => {
    const { after } = fold(anInventory({ recoveryPoints: [encrypted, plain] }));
    expect(after.points[0]?.fate).toMatchObject({ word: 'unknown', rules: ['key_not_observed'] });
    expect(after.points[1]?.fate.word).toBe('survives');
  });

  it('that AWS manages cannot be disabled or deleted', () => {
    const { effect, fates } = fold(withKey({ manager: 'aws' }), {
      kind: 'schedule_key_deletion',
      target,
      windowDays: 7,
    });
    expect(effect).toMatchObject({ outcome: 'refused', rule: 'aws_managed_key_stays' });
    expect(fates).toEqual(['survives', 'survives']);
  });

  it('a locked vault does not save its points from their key', () => {
    const vault = aVault({ lock: 'compliance' });
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn, keyArn: KEY_ARN });
    const inventory = anInventory({ keys: [aKey()], vaults: [vault], recoveryPoints: [point] });
    expect(fold(inventory, { kind: 'schedule_key_deletion', target, windowDays: 7 }).fates).toEqual(['unreadable']);
  });
});

describe('what is not understood', () => {
  const target = { arn: null, resourceId: null, identifier: 'aws_something', scope: null };

  it('puts every recovery point in doubt when it says nowhere', () => {
    const far = aPoint(orders, { id: 'far', arn: 'arn:far', accountId: '999999999999', kind: 'account_copy' });
    const { effect, fates } = fold(anInventory({ recoveryPoints: [aPoint(orders), far] }), {
      kind: 'opaque',
      target,
      why: 'unread',
    });
    expect(effect).toMatchObject({ outcome: 'unknown', rule: 'action_not_understood' });
    expect(fates).toEqual(['unknown', 'unknown']);
  });

  it('does not reach another account when it names its own', () => {
    const far = aPoint(orders, { id: 'far', arn: 'arn:far', accountId: '999999999999', kind: 'account_copy' });
    const here = { ...target, scope: SCOPE };
    const { fates } = fold(anInventory({ recoveryPoints: [aPoint(orders), far] }), {
      kind: 'opaque',
      target: here,
      why: 'unread',
    });
    expect(fates).toEqual(['unknown', 'survives']);
  });
});

describe('the catalogue', () => {
  it('holds no rule that no test names', async () => {
    const names = [
      'delete-database.test.ts',
      'other-actions.test.ts',
      'in-sequence.test.ts',
      'events.test.ts',
      'matching.test.ts',
      'quotas.test.ts',
      'side-doors.test.ts',
      'authority.test.ts',
      'engine-versions.test.ts',
      '../verdict/judge.test.ts',
    ];
    const tests = await Promise.all(names.map((name) => readFile(new URL(name, import.meta.url), 'utf8')));
    const text = tests.join('\n');
    expect(RULE_CODES.filter((code) => !text.includes(`'${code}'`) && !text.includes(` ${code}'`))).toEqual([]);
  });
});

/** Actions on recovery points, vaults, keys and protection while the database stays. */

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Action } from '../../src/intent/action.ts';
import type { Database, Inventory, Key, Vault } from '../../src/inventory/model.ts';
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
  theDelete,
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

  it('raised, or set to what it is, takes nothing', () => {
    expect(fold(inventory, to(14))).toMatchObject({
      effect: { outcome: 'applied', rule: null },
      fates: ['survives', 'survives', 'survives'],
    });
    expect(fold(inventory, to(7)).after.points.map(({ fate }) => fate.rules)).toEqual([[], [], []]);
  });

  it('lowered keeps what is as old as it allows, and no window that ended before', () => {
    const made = (hours: number, index: number) =>
      aSystemSnapshot(orders, { id: `rds:${index}`, arn: `arn:${index}`, createdAt: hoursAgo(hours) });
    const window = (hours: number) => ({ earliest: hoursAgo(200), latest: hoursAgo(hours) });
    const recoveryPoints = [
      made(48, 0),
      made(48.001, 1),
      aSystemSnapshot(orders, { arn: 'arn:undated', createdAt: null }),
      thePitr(orders, { window: window(48) }),
      thePitr(orders, { arn: 'arn:behind', window: window(48.001) }),
    ];
    const { fates, after } = fold(anInventory({ databases: [orders], recoveryPoints }), to(2));
    expect(fates).toEqual(['survives', 'unknown', 'unknown', 'survives', 'unknown']);
    expect(after.points[3]).toMatchObject({
      point: { retentionDays: 2, window: { earliest: hoursAgo(48), latest: hoursAgo(48) } },
      fate: { word: 'survives', rules: ['retention_lowered'] },
    });
  });

  it('lowered leaves a window that begins later where it begins', () => {
    const young = thePitr(orders, { window: { earliest: hoursAgo(5), latest: hoursAgo(1) } });
    const { after } = fold(anInventory({ databases: [orders], recoveryPoints: [young] }), to(2));
    expect(after.points[0]?.point.window).toEqual(young.window);
  });

  it('lowered lets a replicated backup be, which has a retention of its own', () => {
    const replica = thePitr(orders, { kind: 'replicated_automated_backup', arn: 'arn:r', status: 'replicating' });
    const { fates } = fold(anInventory({ databases: [orders], recoveryPoints: [replica] }), to(1));
    expect(fates).toEqual(['survives']);
  });

  it('lowered and then raised does not bring back what it took', () => {
    const { fates } = fold(inventory, to(0), to(7));
    expect(fates).toEqual(['lost', 'lost', 'survives']);
  });

  it('lowered by a step is what a kept backup lives for', () => {
    const deletion = theDelete(orders, { deleteAutomatedBackups: false });
    const { after } = fold(inventory, to(2), deletion);
    expect(after.points[0]?.fate).toMatchObject({ word: 'survives_until', until: addDays(NOW, 2) });
  });

  it('0 of a cluster is refused even where no refusal is counted on', () => {
    const action: Action = { kind: 'modify_db_cluster', target: aTarget(courses), change: { retentionDays: 0 } };
    const clustered = anInventory({ databases: [courses], recoveryPoints: [thePitr(courses)] });
    const { after, effects } = survive(clustered, [action], { at: NOW, refusals: 'lifted' });
    expect(effects[0]).toMatchObject({ outcome: 'refused', rule: 'cluster_retention_minimum' });
    expect(after.points[0]?.fate.word).toBe('survives');
  });

  it.each<[string, Database, number, string]>([
    ['1 of a cluster', courses, 1, 'applied retention_lowered'],
    ['that does not change, under AWS Backup', aDatabase({ awsBackupPointArn: 'arn:c' }), 7, 'applied null'],
    ['raised under AWS Backup', aDatabase({ awsBackupPointArn: 'arn:c' }), 9, 'refused aws_backup_owns_retention'],
    ['1 of the source of replicas', aDatabase({ replicas: ['reader'] }), 1, 'applied retention_lowered'],
    ['0 where it is 0 already', aDatabase({ retentionDays: 0, replicas: ['reader'] }), 0, 'applied null'],
    [
      'of a database that is not available',
      aDatabase({ status: 'modifying' }),
      1,
      'unknown modification_may_be_refused',
    ],
  ])('%s is told apart', (_, database, retentionDays, said) => {
    const kind = database.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster';
    const action: Action = { kind, target: aTarget(database), change: { retentionDays } };
    const { effect } = fold(anInventory({ databases: [database] }), action);
    expect(`${effect?.outcome} ${effect?.rule}`).toBe(said);
    expect(effect?.databaseResourceId).toBe(database.resourceId);
  });

  it('that a change does not speak of is not refused to AWS Backup', () => {
    const owned = aDatabase({ awsBackupPointArn: 'arn:c' });
    const action: Action = {
      kind: 'modify_db_instance',
      target: aTarget(owned),
      change: { deletionProtection: false },
    };
    expect(fold(anInventory({ databases: [owned] }), action).effect).toMatchObject({ outcome: 'applied', rule: null });
  });

  it('lowered says so where no refusal is counted on', () => {
    const { effects } = survive(inventory, [to(1), to(0)], { at: NOW, refusals: 'lifted' });
    expect(effects.map(({ rule }) => rule)).toEqual(['retention_lowered', 'retention_zero_purges']);
  });

  it('of a database that nobody observed leaves the account in doubt', () => {
    const { effect, fates } = fold(anInventory({ recoveryPoints: points }), to(1));
    expect(effect).toMatchObject({ outcome: 'unknown', rule: 'target_not_observed' });
    expect(fates).toEqual(['unknown', 'unknown', 'unknown']);
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

  it.each<[string, Partial<Vault>, boolean, string, string]>([
    ['an empty vault goes', {}, false, 'applied null', 'survives'],
    ['a locked one goes as well once it is empty', { lock: 'compliance' }, true, 'applied null', 'survives'],
  ])('%s, whatever lies in others', (_, fields, force, said, fate) => {
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: 'arn:other-vault' });
    const inventory = anInventory({ vaults: [aVault(fields)], recoveryPoints: [point] });
    const { effect, fates } = fold(inventory, { kind: 'delete_backup_vault', target: aTargetOf(aVault()), force });
    expect(`${effect?.outcome} ${effect?.rule}`).toBe(said);
    expect(fates).toEqual([fate]);
  });

  it('a vault whose points were all deleted is empty', () => {
    const { vault, point, inventory } = vaultWith({});
    const { after, effects } = survive(
      inventory,
      [
        { kind: 'delete_recovery_point', target: aTargetOf(point) },
        { kind: 'delete_backup_vault', target: aTargetOf(vault), force: false },
      ],
      { at: NOW, refusals: 'honoured' },
    );
    expect(effects.map(({ outcome, rule }) => `${outcome} ${rule}`)).toEqual([
      'applied recovery_point_deleted',
      'applied null',
    ]);
    expect(after.points[0]?.fate.rules).toEqual(['recovery_point_deleted']);
  });

  it.each<[string, Partial<Vault>, boolean, string]>([
    ['a lock that somebody can lift', { lock: 'governance' }, true, 'locked_vault_refuses_deletion'],
    ['a lock still in its grace', { lock: 'compliance_grace' }, true, 'locked_vault_refuses_deletion'],
    ['a lock that nobody can lift', { lock: 'compliance' }, false, 'locked_vault_refuses_deletion'],
    ['an air gap', { airGapped: true }, false, 'air_gapped_vault_refuses_deletion'],
  ])('what %s holds stands in the change or outside it', (_, fields, touched, rule) => {
    const { vault, inventory } = vaultWith(fields);
    const { effect, after } = fold(inventory, { kind: 'delete_backup_vault', target: aTargetOf(vault), force: true });
    expect(effect).toMatchObject({ outcome: 'refused', rule });
    expect(after.points[0]).toMatchObject({ touched, fate: { word: 'survives', rules: [rule] } });
  });

  it.each<[string, Partial<Vault>, string]>([
    ['in its grace', { lock: 'compliance_grace' }, 'applied lock_removed'],
    ['that is built into an air-gapped vault', { airGapped: true }, 'refused compliance_lock_stays'],
  ])('a lock %s is told apart from others', (_, fields, said) => {
    const { vault, inventory } = vaultWith(fields);
    const { effect } = fold(inventory, { kind: 'delete_vault_lock', target: aTargetOf(vault) });
    expect(`${effect?.outcome} ${effect?.rule}`).toBe(said);
  });

  it('a lock that is removed leaves the lock of another vault', () => {
    const { vault, inventory } = vaultWith({ lock: 'governance' });
    const other = aVault({ arn: 'arn:other-vault', name: 'other', lock: 'governance' });
    const point = aPoint(orders, { arn: 'arn:p', kind: 'backup_snapshot', vaultArn: other.arn });
    const both = { ...inventory, vaults: [vault, other], recoveryPoints: [point] };
    const gone: Action = { kind: 'delete_recovery_point', target: aTargetOf(point) };
    const unlock: Action = { kind: 'delete_vault_lock', target: aTargetOf(vault) };
    expect(fold(both, unlock, gone).fates).toEqual(['survives']);
  });

  it.each<[string, Action]>([
    ['a vault', { kind: 'delete_backup_vault', target: aTargetOf({ arn: 'arn:unseen' }), force: true }],
    ['a lock', { kind: 'delete_vault_lock', target: aTargetOf({ arn: 'arn:unseen' }) }],
    ['a recovery point', { kind: 'delete_recovery_point', target: aTargetOf({ arn: 'arn:unseen' }) }],
    ['a recovery point that no vault holds', { kind: 'delete_recovery_point', target: aTargetOf(aPoint(orders)) }],
  ])('%s that nobody observed leaves the account in doubt', (_, action) => {
    const { effect, fates } = fold(anInventory({ recoveryPoints: [aPoint(orders), thePitr(orders)] }), action);
    expect(effect).toMatchObject({ outcome: 'unknown', rule: 'target_not_observed' });
    expect(fates).toEqual(['unknown', 'unknown']);
  });

  it('a name that several vaults, or several of their points, bear is not guessed at', () => {
    const far = { region: 'us-east-1' };
    const vaults = [aVault({ lock: 'governance' }), aVault({ ...far, arn: 'arn:far-vault', lock: 'governance' })];
    const recoveryPoints = vaults.map(({ arn }, index) =>
      aPoint(orders, { kind: 'backup_snapshot', id: 'job', arn: `arn:${index}`, vaultArn: arn }),
    );
    const inventory = anInventory({ vaults, recoveryPoints });
    const named = (identifier: string) => ({ arn: null, resourceId: null, identifier, scope: null });
    const actions: readonly Action[] = [
      { kind: 'delete_vault_lock', target: named('main') },
      { kind: 'delete_recovery_point', target: named('job') },
    ];
    for (const action of actions) {
      const { effect, fates } = fold(inventory, action);
      expect(effect).toMatchObject({ outcome: 'unknown', rule: 'target_not_observed' });
      expect(fates).toEqual(['unknown', 'unknown']);
    }
  });

  it('deleting a snapshot point leaves the automated backups, which are not its', () => {
    const { point, inventory } = vaultWith({});
    const recoveryPoints = [point, thePitr(orders), aSystemSnapshot(orders)];
    const { effect, fates } = fold(
      { ...inventory, databases: [orders], recoveryPoints },
      { kind: 'delete_recovery_point', target: aTargetOf(point) },
    );
    expect(effect).toMatchObject({ rule: 'recovery_point_deleted', databaseResourceId: orders.resourceId });
    expect(fates).toEqual(['lost', 'survives', 'survives']);
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

  it.each(['creating', 'updating'] as const)('a key that is %s leaves its points unknown', (state) => {
    expect(fold(withKey({ state })).fates).toEqual(['unknown', 'survives']);
  });

  it('stay as they are beside one that is disabled', () => {
    const other = aKey({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/other' });
    const under = aPoint(orders, { id: 'other', arn: 'arn:other', encrypted: true, keyArn: other.arn });
    const inventory = anInventory({ keys: [aKey(), other], recoveryPoints: [encrypted, under] });
    const { fates, after } = fold(inventory, { kind: 'disable_key', target });
    expect(fates).toEqual(['unreadable', 'survives']);
    expect(after.keys.map(({ state, deletionAt }) => [state, deletionAt])).toEqual([
      ['disabled', null],
      ['enabled', null],
    ]);
  });

  it('that are scheduled for deletion go on the day that the window ends', () => {
    const { after } = fold(withKey({}), { kind: 'schedule_key_deletion', target, windowDays: 30 });
    expect(after.keys).toEqual([aKey({ state: 'pending_deletion', deletionAt: addDays(NOW, 30) })]);
  });

  it('of AWS are left where a name means one of each', () => {
    const arn = 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d';
    const keys = [aKey(), aKey({ arn, region: 'us-east-1', manager: 'aws' })];
    const under = aPoint(orders, { id: 'far', arn: 'arn:far', encrypted: true, keyArn: arn });
    const named = { arn: null, resourceId: null, identifier: '0a1b2c3d', scope: null };
    const inventory = anInventory({ keys, recoveryPoints: [encrypted, under] });
    const { effect, fates } = fold(inventory, { kind: 'disable_key', target: named });
    expect(effect).toMatchObject({ outcome: 'applied', rule: 'key_unusable' });
    expect(fates).toEqual(['unreadable', 'survives']);
    const change: Action = { kind: 'change_key_policy', target: named };
    expect(fold(inventory, change)).toMatchObject({
      effect: { outcome: 'applied', rule: 'key_policy_changed' },
      fates: ['unknown', 'unknown'],
    });
  });

  it('that nothing stands on can go, once every key in use was read', () => {
    const unseen: Action = { kind: 'disable_key', target: aTargetOf({ arn: 'arn:aws:kms:eu-west-1:1:key/unseen' }) };
    expect(fold(withKey({}), unseen)).toMatchObject({
      effect: { outcome: 'applied', rule: null },
      fates: ['survives', 'survives'],
    });
    expect(fold(anInventory({ recoveryPoints: [encrypted, plain] }), unseen)).toMatchObject({
      effect: { outcome: 'unknown', rule: 'key_not_observed' },
      fates: ['unknown', 'unknown'],
    });
  });

  it('whose policy changes twice, and others, are each in doubt', () => {
    const other = aKey({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/other' });
    const under = aPoint(orders, { id: 'other', arn: 'arn:other', encrypted: true, keyArn: other.arn });
    const inventory = anInventory({ keys: [aKey(), other], recoveryPoints: [encrypted, under] });
    const change = (arn: string): Action => ({ kind: 'change_key_policy', target: aTargetOf({ arn }) });
    expect(fold(inventory, change(KEY_ARN)).fates).toEqual(['unknown', 'survives']);
    expect(fold(inventory, change(KEY_ARN), change(other.arn)).fates).toEqual(['unknown', 'unknown']);
  });

  it('that nobody shows spare an encrypted point of Aurora and an unencrypted one, and no other', () => {
    const hidden = { encrypted: true, keyArn: null };
    const recoveryPoints = [
      aPoint(courses, hidden),
      aPoint(orders, { ...hidden, arn: 'arn:instance' }),
      aPoint(orders, { ...hidden, arn: 'arn:air', kind: 'air_gapped_copy', vaultArn: 'arn:v' }),
      aPoint(orders, { arn: 'arn:plain' }),
    ];
    expect(fold(anInventory({ recoveryPoints })).fates).toEqual(['survives', 'unknown', 'survives', 'survives']);
  });

  it('make no lost or doubtful point any better', () => {
    const gone: Action = { kind: 'delete_db_snapshot', target: aTargetOf(encrypted) };
    const { after } = fold(withKey({}), gone, { kind: 'disable_key', target });
    expect(after.points[0]?.fate).toEqual({ word: 'lost', until: null, rules: ['snapshot_deleted', 'key_unusable'] });
  });

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

describe('something that a restore needs', () => {
  it('takes no recovery point when it goes, and is remembered', () => {
    const target = { arn: 'arn:group', resourceId: null, identifier: 'orders-subnets', scope: SCOPE };
    const gone: Action = { kind: 'delete_prerequisite', target, prerequisite: 'subnet_group' };
    const { effect, fates, after } = fold(anInventory({ recoveryPoints: [aPoint(orders)] }), gone);
    expect(effect).toMatchObject({ outcome: 'applied', rule: null });
    expect(fates).toEqual(['survives']);
    expect(after.prerequisitesLost).toEqual([
      { prerequisite: 'subnet_group', name: 'orders-subnets', arn: 'arn:group' },
    ]);
  });
});

describe('a database that is made', () => {
  it('takes nothing', () => {
    const target = { arn: null, resourceId: null, identifier: 'new', scope: SCOPE };
    const { effect, fates } = fold(anInventory({ recoveryPoints: [aPoint(orders)] }), {
      kind: 'create_database',
      target,
    });
    expect(effect).toMatchObject({ outcome: 'applied', rule: null });
    expect(fates).toEqual(['survives']);
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

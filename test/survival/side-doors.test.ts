/** Calls that weaken backups without deleting any: sharing, lifecycles, plans, policies, global clusters. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Action, Target } from '../../src/intent/action.ts';
import type { Database, Inventory, RecoveryPoint, Vault } from '../../src/inventory/model.ts';
import type { Refusals } from '../../src/survival/step.ts';
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
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const vault = aVault();

function fold(inventory: Partial<Inventory>, actions: readonly Action[], refusals: Refusals = 'honoured') {
  const { after, effects } = survive(anInventory(inventory), actions, { at: NOW, refusals });
  const last = effects.at(-1);
  return {
    said: `${last?.outcome} ${last?.rule}`,
    owner: last?.databaseResourceId,
    fates: after.points.map(({ fate }) => fate.word),
    untils: after.points.map(({ fate }) => fate.until),
    touched: after.points.map(({ touched }) => touched),
    rules: after.points.map(({ fate }) => fate.rules),
    databases: after.databases,
  };
}

describe('un-sharing a snapshot', () => {
  const unshare = (point: RecoveryPoint): Action => ({ kind: 'unshare_snapshot', target: aTargetOf(point) });

  it('leaves it to its owner, and copies to those who made them', () => {
    const mine = aPoint(orders);
    const theirs = aPoint(orders, { accountId: '999999999999', kind: 'account_copy', arn: 'arn:copy' });
    const { said, fates, rules, touched } = fold({ recoveryPoints: [mine, theirs] }, [unshare(mine)]);
    expect({ said, fates, touched }).toEqual({
      said: 'applied unsharing_keeps_snapshot',
      fates: ['survives', 'survives'],
      touched: [false, false],
    });
    expect(rules).toEqual([['unsharing_keeps_snapshot'], []]);
    expect(fold({ recoveryPoints: [mine] }, [unshare(mine)]).owner).toBe(orders.resourceId);
  });

  it('takes it from whoever only saw it', () => {
    const seen = aPoint(orders, { kind: 'shared_snapshot', arn: 'arn:shared' });
    expect(fold({ recoveryPoints: [seen] }, [unshare(seen)])).toMatchObject({
      said: 'applied unsharing_ends_shared_view',
      fates: ['lost'],
    });
  });
});

describe('the lifecycle of a recovery point', () => {
  const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn, createdAt: addDays(NOW, -3) });
  const change = (of: RecoveryPoint, deleteAfterDays: number | null): Action => ({
    kind: 'update_recovery_point_lifecycle',
    target: aTargetOf(of),
    deleteAfterDays,
  });
  const changed = (days: number | null, fields: Partial<RecoveryPoint> = {}, lock: Partial<Vault> = {}) => {
    const held = { ...point, ...fields };
    return fold({ recoveryPoints: [held], vaults: [aVault(lock)] }, [change(held, days)]);
  };

  it('counts from its creation, and once shorter the point stands within the change', () => {
    expect(changed(10)).toMatchObject({
      said: 'applied lifecycle_changed',
      fates: ['survives_until'],
      untils: [addDays(NOW, 7)],
      touched: [true],
    });
  });

  it('that has run out already takes it', () => {
    expect(changed(3).fates).toEqual(['lost']);
    expect(changed(4).fates).toEqual(['survives_until']);
  });

  it('that never ends, or ends later, is not counted on', () => {
    const ending = { expiresAt: addDays(NOW, 2) };
    expect(changed(null)).toMatchObject({ fates: ['survives'], touched: [false] });
    expect(changed(null, ending).untils).toEqual([ending.expiresAt]);
    expect(changed(90, ending)).toMatchObject({ untils: [ending.expiresAt], touched: [false] });
  });

  it('of a point whose creation AWS does not say leaves it unknown', () => {
    expect(changed(10, { createdAt: null }).fates).toEqual(['unknown']);
  });

  it('is refused below what a lock demands, which is firm only when the lock is', () => {
    const refusal = 'refused locked_vault_refuses_shorter_life';
    expect(changed(6, {}, { lock: 'governance', minRetentionDays: 7 })).toMatchObject({
      said: refusal,
      fates: ['survives'],
      touched: [true],
    });
    expect(changed(6, {}, { lock: 'compliance', minRetentionDays: 7 })).toMatchObject({
      said: refusal,
      touched: [false],
    });
  });

  it('within the bounds of a lock may be accepted, so the nearer end holds', () => {
    expect(changed(7, {}, { lock: 'compliance', minRetentionDays: 7 })).toMatchObject({
      said: 'unknown lifecycle_changed',
      untils: [addDays(NOW, 4)],
    });
    expect(changed(3, {}, { lock: 'compliance' }).fates).toEqual(['unknown']);
  });

  it('is the nearer of two ends', () => {
    expect(changed(10, { expiresAt: addDays(NOW, 9) })).toMatchObject({ untils: [addDays(NOW, 7)], touched: [true] });
    expect(changed(10, { expiresAt: addDays(NOW, 7) })).toMatchObject({ untils: [addDays(NOW, 7)], touched: [false] });
    expect(changed(10, { expiresAt: addDays(NOW, 5) })).toMatchObject({ untils: [addDays(NOW, 5)], touched: [false] });
  });

  it('that never ends is not shorter than any that a lock demands', () => {
    expect(changed(null, {}, { lock: 'compliance', minRetentionDays: 7 })).toMatchObject({
      said: 'unknown lifecycle_changed',
      fates: ['survives'],
    });
  });

  it('in a vault that was not read may be locked, so the nearer end holds', () => {
    const unread = (days: number) => fold({ recoveryPoints: [point, aPoint(orders)] }, [change(point, days)]);
    expect(unread(10)).toMatchObject({
      said: 'unknown lifecycle_changed',
      fates: ['survives_until', 'survives'],
      untils: [addDays(NOW, 7), null],
    });
    expect(unread(3).fates).toEqual(['unknown', 'survives']);
  });

  it('of a name that two points bear, or that only RDS has, is that of neither', () => {
    const named = { arn: null, resourceId: null, identifier: point.id, scope: null };
    const action: Action = { kind: 'update_recovery_point_lifecycle', target: named, deleteAfterDays: 10 };
    const twin = { ...point, region: 'us-east-1', arn: 'arn:twin' };
    expect(fold({ recoveryPoints: [point, twin], vaults: [vault] }, [action])).toMatchObject({
      said: 'unknown target_not_observed',
      fates: ['unknown', 'unknown'],
    });
    expect(fold({ recoveryPoints: [aPoint(orders, { id: point.id })] }, [action])).toMatchObject({
      said: 'unknown target_not_observed',
      fates: ['survives'],
    });
  });

  it('cannot be changed for a continuous point', () => {
    const continuous = thePitr(orders, { kind: 'backup_continuous', arn: 'arn:c', vaultArn: vault.arn });
    expect(fold({ recoveryPoints: [continuous], vaults: [vault] }, [change(continuous, 1)])).toMatchObject({
      said: 'refused lifecycle_not_for_continuous',
      fates: ['survives'],
    });
  });

  it('of a point that was not observed puts the points of vaults in doubt, and no others', () => {
    const unseen = { ...point, arn: 'arn:unseen' };
    expect(fold({ recoveryPoints: [point, aPoint(orders)], vaults: [vault] }, [change(unseen, 1)])).toMatchObject({
      said: 'unknown target_not_observed',
      fates: ['unknown', 'survives'],
    });
  });
});

describe('a continuous point', () => {
  const owned = (fields: Partial<Database> = {}) => aDatabase({ awsBackupPointArn: 'arn:c', ...fields });
  const continuousOf = (of: Database) => thePitr(of, { kind: 'backup_continuous', arn: 'arn:c', vaultArn: vault.arn });
  const disassociate: Action = { kind: 'disassociate_recovery_point', target: aTargetOf({ arn: 'arn:c' }) };

  it('that is disassociated stays with RDS, which may be told a retention again', () => {
    const database = owned();
    const inventory = {
      databases: [database],
      vaults: [vault],
      recoveryPoints: [continuousOf(database), thePitr(database)],
    };
    const purge: Action = { kind: 'modify_db_instance', target: aTarget(database), change: { retentionDays: 0 } };
    expect(fold(inventory, [disassociate])).toMatchObject({
      said: 'applied disassociation_keeps_pitr',
      fates: ['survives', 'survives'],
    });
    expect(fold(inventory, [purge]).said).toBe('refused aws_backup_owns_retention');
    expect(fold(inventory, [disassociate, purge])).toMatchObject({
      said: 'applied retention_zero_purges',
      fates: ['lost', 'lost'],
    });
    // One more call lifts the refusal, so nothing is owed to it.
    expect(fold(inventory, [purge], 'lifted')).toMatchObject({
      said: 'applied aws_backup_owns_retention',
      fates: ['lost', 'lost'],
    });
  });

  it('that is disassociated notes it on the backup that it is, and on nothing else', () => {
    const database = owned();
    const recoveryPoints = [continuousOf(database), thePitr(database), aSystemSnapshot(database), aPoint(database)];
    const { rules } = fold({ databases: [database], vaults: [vault], recoveryPoints }, [disassociate]);
    const kept = ['disassociation_keeps_pitr'];
    expect(rules).toEqual([kept, kept, [], []]);
  });

  it('of no database that AWS names is disassociated all the same', () => {
    const orphan = { ...continuousOf(orders), databaseResourceId: null };
    expect(fold({ databases: [owned()], vaults: [vault], recoveryPoints: [orphan] }, [disassociate])).toMatchObject({
      said: 'applied disassociation_keeps_pitr',
      fates: ['survives'],
      databases: [{ database: { awsBackupPointArn: 'arn:c' } }],
    });
  });

  it('that nobody observed puts the points of vaults in doubt, and no others', () => {
    const held = aPoint(orders, { kind: 'backup_snapshot', arn: 'arn:held', vaultArn: vault.arn });
    expect(fold({ vaults: [vault], recoveryPoints: [held, aPoint(orders)] }, [disassociate])).toMatchObject({
      said: 'unknown target_not_observed',
      fates: ['unknown', 'survives'],
    });
  });

  it.each<[string, Database, number]>([
    ['an instance without backups', owned(), 0],
    ['a cluster with one day', aCluster({ awsBackupPointArn: 'arn:c' }), 1],
    ['a cluster that had none with none', aCluster({ awsBackupPointArn: 'arn:c', retentionDays: 0 }), 0],
  ])('that is deleted leaves %s, and no other database', (_, database, retentionDays) => {
    const other = aDatabase({
      resourceId: 'db-OTHER',
      arn: 'arn:other',
      identifier: 'other',
      awsBackupPointArn: 'arn:o',
    });
    const gone: Action = { kind: 'delete_recovery_point', target: aTargetOf({ arn: 'arn:c' }) };
    const recoveryPoints = [continuousOf(database), thePitr(other)];
    const { databases, fates } = fold({ databases: [database, other], vaults: [vault], recoveryPoints }, [gone]);
    expect(databases.map(({ database: left }) => [left.retentionDays, left.awsBackupPointArn])).toEqual([
      [retentionDays, null],
      [7, 'arn:o'],
    ]);
    expect(fates[1]).toBe('survives');
  });

  it('of no database that AWS names takes nothing but itself', () => {
    const orphan = { ...continuousOf(orders), databaseResourceId: null };
    const gone: Action = { kind: 'delete_recovery_point', target: aTargetOf({ arn: 'arn:c' }) };
    const inventory = { databases: [owned()], recoveryPoints: [orphan, thePitr(orders)] };
    expect(fold({ ...inventory, vaults: [vault] }, [gone])).toMatchObject({
      said: 'applied continuous_point_deleted',
      fates: ['lost', 'survives'],
    });
    expect(fold(inventory, [gone])).toMatchObject({
      said: 'unknown target_not_observed',
      fates: ['unknown', 'survives'],
    });
  });

  it('is the only kind that can be', () => {
    const snapshot = aPoint(orders, { kind: 'backup_snapshot', arn: 'arn:c', vaultArn: vault.arn });
    expect(fold({ vaults: [vault], recoveryPoints: [snapshot] }, [disassociate])).toMatchObject({
      said: 'refused only_continuous_is_disassociated',
      fates: ['survives'],
    });
  });

  it('that is deleted leaves a cluster one day, and hands its deletion back to RDS', () => {
    const courses = aCluster({ awsBackupPointArn: 'arn:c' });
    const recoveryPoints = [
      continuousOf(courses),
      thePitr(courses),
      aSystemSnapshot(courses, { createdAt: hoursAgo(23) }),
      aSystemSnapshot(courses, { arn: 'arn:older', createdAt: hoursAgo(25) }),
    ];
    const inventory = { databases: [courses], vaults: [vault], recoveryPoints };
    const gone: Action = { kind: 'delete_recovery_point', target: aTargetOf({ arn: 'arn:c' }) };
    const { after } = survive(anInventory(inventory), [gone], { at: NOW, refusals: 'honoured' });
    expect(after.points.map(({ fate }) => fate.word)).toEqual(['unknown', 'survives', 'survives', 'unknown']);
    expect(after.points[1]?.point.window?.earliest).toBe(addDays(NOW, -1));
    // Silence kept the backups only while AWS Backup owned them.
    const silent = deletionOf(courses, { deleteAutomatedBackups: null });
    expect(fold(inventory, silent).fates[1]).toBe('survives_until');
    expect(fold(inventory, [gone, ...silent]).fates[1]).toBe('lost');
  });

  it('in a vault that was not read is in doubt with its PITR, and nothing else is', () => {
    const database = owned();
    const recoveryPoints = [continuousOf(database), thePitr(database), aPoint(database)];
    const gone: Action = { kind: 'delete_recovery_point', target: aTargetOf({ arn: 'arn:c' }) };
    expect(fold({ databases: [database], recoveryPoints }, [gone])).toMatchObject({
      said: 'unknown target_not_observed',
      fates: ['unknown', 'unknown', 'survives'],
    });
  });
});

describe('a snapshot point in a vault that was not read', () => {
  it('is in doubt by itself when it is deleted', () => {
    const held = aPoint(orders, { kind: 'backup_snapshot', arn: 'arn:held', vaultArn: vault.arn });
    const gone: Action = { kind: 'delete_recovery_point', target: aTargetOf(held) };
    expect(fold({ databases: [orders], recoveryPoints: [held, thePitr(orders)] }, [gone])).toMatchObject({
      said: 'unknown target_not_observed',
      fates: ['unknown', 'survives'],
    });
  });
});

describe('retention 0', () => {
  const purge = (of: Database): Action => ({
    kind: 'modify_db_instance',
    target: aTarget(of),
    change: { retentionDays: 0 },
  });
  const replica = thePitr(orders, { kind: 'replicated_automated_backup', arn: 'arn:r', status: 'replicating' });

  it('is refused while read replicas need the backups, which one more call lifts', () => {
    const source = aDatabase({ replicas: ['orders-reader'] });
    const inventory = { databases: [source], recoveryPoints: [thePitr(source)] };
    expect(fold(inventory, [purge(source)])).toMatchObject({
      said: 'refused replica_source_keeps_backups',
      fates: ['survives'],
    });
    expect(fold(inventory, [purge(source)], 'lifted').fates).toEqual(['lost']);
  });

  it('leaves open what becomes of a backup replicated elsewhere, unless it has stopped following', () => {
    const inventory = { databases: [orders], recoveryPoints: [replica, { ...replica, status: 'retained' }] };
    const { fates, rules } = fold(inventory, [purge(orders)]);
    expect(fates).toEqual(['unknown', 'survives']);
    expect(rules[0]).toEqual(['replica_without_source_backups']);
  });
});

describe('what keeps backups coming, and what guards them', () => {
  const points = [
    aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn, expiresAt: addDays(NOW, 9) }),
    thePitr(orders),
  ];

  it('a plan that ends takes no point, and no point its end', () => {
    const stop: Action = { kind: 'stop_future_backups', target: aTargetOf({ arn: 'arn:plan' }) };
    expect(fold({ recoveryPoints: points, vaults: [vault] }, [stop])).toMatchObject({
      said: 'applied plan_end_keeps_points',
      fates: ['survives_until', 'survives'],
      untils: [addDays(NOW, 9), null],
    });
  });

  it("a vault's access policy takes no point", () => {
    const change: Action = { kind: 'change_vault_policy', target: aTargetOf(vault) };
    expect(fold({ recoveryPoints: points, vaults: [vault] }, [change])).toMatchObject({
      said: 'applied vault_policy_keeps_points',
      fates: ['survives_until', 'survives'],
    });
  });
});

describe("a key's policy that changes", () => {
  const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const plain = aPoint(orders, { id: 'plain', arn: 'arn:plain' });
  const change: Action = { kind: 'change_key_policy', target: aTargetOf({ arn: KEY_ARN }) };
  const inventory = { databases: [sealed], recoveryPoints: [thePitr(sealed), plain], keys: [aKey()] };

  it('puts every point under the key in doubt, and no other', () => {
    const { said, fates, rules } = fold(inventory, [change]);
    expect({ said, fates }).toEqual({ said: 'applied key_policy_changed', fates: ['unknown', 'survives'] });
    expect(rules[0]).toEqual(['key_policy_changed']);
  });

  it('leaves a final snapshot under it open', () => {
    const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
    expect(fold(inventory, [change, theDelete(sealed, final)]).said).toBe('unknown key_not_observed');
  });

  it('makes no unreadable point any better', () => {
    expect(fold({ ...inventory, keys: [aKey({ state: 'disabled' })] }, [change]).fates[0]).toBe('unreadable');
  });

  it('is judged by each key and each state, side by side', () => {
    const under = (name: string, fields: Partial<RecoveryPoint> = {}) =>
      aPoint(orders, { id: name, arn: `arn:${name}`, encrypted: true, keyArn: `${KEY_ARN}-${name}`, ...fields });
    const recoveryPoints = ['disabled', 'creating', 'unread', 'changed', 'enabled'].map((name) => under(name));
    const keys = [
      aKey({ arn: `${KEY_ARN}-disabled`, state: 'disabled' }),
      aKey({ arn: `${KEY_ARN}-changed` }),
      aKey({ arn: `${KEY_ARN}-creating`, state: 'creating' }),
      aKey({ arn: `${KEY_ARN}-enabled` }),
    ];
    const { fates, rules } = fold({ recoveryPoints, keys }, [
      { kind: 'change_key_policy', target: aTargetOf({ arn: `${KEY_ARN}-changed` }) },
    ]);
    expect(fates).toEqual(['unreadable', 'unknown', 'unknown', 'unknown', 'survives']);
    expect(rules).toEqual([['key_unusable'], ['key_unusable'], ['key_not_observed'], ['key_policy_changed'], []]);
  });

  it('ends with key material that was imported for a time, and may be the sooner end of the two', () => {
    const under = (fields: Partial<RecoveryPoint> = {}) =>
      aPoint(orders, { encrypted: true, keyArn: KEY_ARN, ...fields });
    const ends = (days: number, ...recoveryPoints: RecoveryPoint[]) => {
      const keys = [aKey({ deletionAt: addDays(NOW, days) })];
      return survive(anInventory({ databases: [orders], recoveryPoints, keys }), [], {
        at: NOW,
        refusals: 'honoured',
      }).after.points.map(({ fate: { word, until, rules } }) => [word, until, rules]);
    };
    const held = { kind: 'backup_snapshot', vaultArn: aVault().arn, expiresAt: addDays(NOW, 5) } as const;
    expect(ends(3, under(), under(held), aPoint(orders))).toEqual([
      ['survives_until', addDays(NOW, 3), ['key_material_ends']],
      ['survives_until', addDays(NOW, 3), ['expires_by_itself', 'key_material_ends']],
      ['survives', null, []],
    ]);
    expect(ends(9, under(held))).toEqual([
      ['survives_until', addDays(NOW, 5), ['expires_by_itself', 'key_material_ends']],
    ]);
    // The listing still calls it enabled at the very moment.
    expect(ends(0, under())).toEqual([['unreadable', null, ['key_material_ends']]]);
  });

  it('is that of a key in use, as long as one database stands on a key that nobody read', () => {
    const unread = aDatabase({ encrypted: true, keyArn: `${KEY_ARN}-unread`, retentionDays: 0 });
    const unseen: Action = { kind: 'change_key_policy', target: aTargetOf({ arn: 'arn:unseen' }) };
    const said = (databases: readonly Database[]) => fold({ databases, keys: [aKey()] }, [unseen]).said;
    expect(said([sealed, unread])).toBe('unknown key_not_observed');
    expect(said([sealed, orders])).toBe('applied null');
  });

  it('is not for a key of AWS, and one nobody read is as if it were in use', () => {
    expect(fold({ ...inventory, keys: [aKey({ manager: 'aws' })] }, [change])).toMatchObject({
      said: 'refused aws_managed_key_stays',
      fates: ['survives', 'survives'],
    });
    expect(fold({ ...inventory, keys: [] }, [change]).said).toBe('unknown key_not_observed');
  });
});

describe('a global database', () => {
  const globalArn = 'arn:aws:rds::123456789012:global-cluster:world';
  const member = aCluster({ globalClusterArn: globalArn, members: [] });
  const inventory = { databases: [member], recoveryPoints: [thePitr(member)] };
  const world = { arn: null, resourceId: null, identifier: 'world', scope: null };

  it('holds its members, who are deleted once they are out of it', () => {
    expect(fold(inventory, [theDelete(member)])).toMatchObject({
      said: 'refused global_member_refuses_deletion',
      fates: ['survives'],
    });
    const detach: Action = { kind: 'remove_from_global_cluster', target: aTarget(member) };
    expect(fold(inventory, [detach])).toMatchObject({
      said: 'applied global_membership_holds_no_data',
      fates: ['survives'],
    });
    expect(fold(inventory, [detach, theDelete(member)])).toMatchObject({ said: 'applied null', fates: ['lost'] });
    for (const target of [world, { ...world, arn: globalArn, identifier: '' }]) {
      const leave: Action = { kind: 'remove_from_global_cluster', target };
      expect(fold(inventory, [leave, theDelete(member)]).said).toBe('applied null');
    }
    const elsewhere: Action = { kind: 'remove_from_global_cluster', target: { ...world, identifier: 'other' } };
    expect(fold(inventory, [elsewhere, theDelete(member)]).said).toBe('refused global_member_refuses_deletion');
  });

  it('lets go of the member that is named, by its id or its name, and of no other', () => {
    const other = aCluster({ ...member, resourceId: 'cluster-OTHER', arn: 'arn:other', identifier: 'other' });
    const left = (target: Target) =>
      fold({ databases: [member, other] }, [{ kind: 'remove_from_global_cluster', target }]).databases.map(
        ({ database }) => database.globalClusterArn,
      );
    const byName = { ...world, identifier: 'courses', scope: SCOPE };
    expect(left(byName)).toEqual([null, globalArn]);
    expect(left({ ...byName, identifier: 'renamed', resourceId: member.resourceId })).toEqual([null, globalArn]);
    expect(left({ ...byName, resourceId: 'cluster-GONE' })).toEqual([globalArn, globalArn]);
  });

  it('saves nobody where no refusal is counted on, and the same call makes its final snapshot', () => {
    const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
    expect(fold(inventory, [theDelete(member, final)], 'lifted')).toMatchObject({
      said: 'applied global_member_refuses_deletion',
      fates: ['lost', 'survives'],
    });
  });

  it('that is deleted may have let its members go first', () => {
    const dissolve: Action = { kind: 'delete_global_cluster', target: world };
    expect(fold(inventory, [dissolve])).toMatchObject({
      said: 'unknown global_membership_holds_no_data',
      fates: ['survives'],
    });
    expect(fold(inventory, [dissolve, theDelete(member)])).toMatchObject({
      said: 'unknown earlier_step_in_doubt',
      fates: ['unknown'],
    });
    expect(fold(inventory, [dissolve, theDelete(member)], 'lifted').said).toBe('applied null');
    const bystander = aCluster({ resourceId: 'cluster-OTHER', arn: 'arn:other', identifier: 'other', members: [] });
    const both = { databases: [bystander, member] };
    for (const target of [world, { ...world, arn: globalArn, identifier: '' }]) {
      const { said, databases } = fold(both, [{ ...dissolve, target }]);
      expect(said).toBe('unknown global_membership_holds_no_data');
      expect(databases.map(({ inDoubt }) => inDoubt)).toEqual([false, true]);
    }
    const empty = { ...world, identifier: 'empty' };
    expect(fold(inventory, [{ ...dissolve, target: empty }]).said).toBe('applied global_membership_holds_no_data');
  });
});

it('a point in an air-gapped vault under a key that AWS owns can be read', () => {
  const airGapped = aPoint(orders, { kind: 'air_gapped_copy', encrypted: true, keyArn: null, vaultArn: 'arn:lag' });
  expect(fold({ recoveryPoints: [airGapped] }, [])).toMatchObject({ fates: ['survives'] });
  expect(fold({ recoveryPoints: [{ ...airGapped, kind: 'backup_copy' }] }, [])).toMatchObject({ fates: ['unknown'] });
});

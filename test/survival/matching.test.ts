/** What an action reaches: joined by resource id and ARN, never by a name that several things bear. */

import { describe, expect, it } from 'vitest';
import type { Action, Target } from '../../src/intent/action.ts';
import type { ClusterMember, Database, Inventory } from '../../src/inventory/model.ts';
import { actsOnDatabase } from '../../src/survival/match.ts';
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

describe('the database that a call means', () => {
  const named = (fields: Partial<Database>) => aDatabase({ deletionProtection: false, ...fields });
  const twin = named({ ...FAR, resourceId: 'db-TWIN', arn: 'arn:aws:rds:us-east-1:123456789012:db:orders' });
  const foreign = named({ accountId: '999999999999', resourceId: 'db-FOREIGN', arn: 'arn:foreign' });
  const renamed = named({ identifier: 'orders-old', arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-old' });
  const cluster = aCluster({ identifier: 'orders', members: [] });
  const byName = { ...nameless('orders'), scope: SCOPE };
  const byArn = { ...byName, arn: orders.arn };
  const byId = { ...nameless('orders'), resourceId: 'db-ORDERS' };

  it.each<[string, Target, readonly Database[], readonly string[]]>([
    ['by name is that of the place', byName, [twin, foreign, orders], ['db-ORDERS']],
    ['by name is none in another region', byName, [twin], []],
    ['by name is none in another account', byName, [foreign], []],
    ['by name is no cluster', byName, [cluster], []],
    ['by name is none of another name', byName, [renamed], []],
    ['by ARN is that of the ARN', byArn, [twin, orders], ['db-ORDERS']],
    ['by ARN is none that bears only the name', byArn, [twin], []],
    ['by id is found whatever its name is', byId, [renamed], ['db-ORDERS']],
    ['by id is found though two bear the name', byId, [twin, foreign, renamed], ['db-ORDERS']],
    ['by id is the one that bears the name now', byId, [twin], ['db-TWIN']],
    ['by id is not guessed among two that bear the name now', byId, [twin, foreign], []],
    ['by id in a place is none elsewhere', { ...byId, scope: FAR }, [renamed], []],
  ])('%s', (_, target, databases, gone) => {
    const inventory = anInventory({ databases });
    const { after, effect } = fold(inventory, { ...theDelete(orders), target } as Action);
    const dead = after.databases.filter(({ alive }) => !alive).map(({ database }) => database.resourceId);
    expect(dead).toEqual(gone);
    expect(effect).toMatchObject(
      gone.length === 0
        ? { outcome: 'unknown', rule: 'target_not_observed', databaseResourceId: null }
        : { outcome: 'applied', rule: null, databaseResourceId: gone[0] },
    );
  });

  it('is named by four calls, and by none that leaves the database itself alone', () => {
    const target = aTarget(courses);
    const modify = { target, change: {} };
    const acts: readonly Action[] = [
      theDelete(orders),
      theDelete(courses),
      { kind: 'modify_db_instance', ...modify },
      { kind: 'modify_db_cluster', ...modify },
    ];
    expect(acts.map(actsOnDatabase)).toEqual([true, true, true, true]);
    const others: readonly Action[] = [
      { kind: 'delete_cluster_member', target, clusterIdentifier: 'courses' },
      { kind: 'delete_automated_backup', target },
      { kind: 'create_database', target },
    ];
    expect(others.map(actsOnDatabase)).toEqual([false, false, false]);
  });

  it('is an instance or a cluster, as the call says', () => {
    const both = anInventory({ databases: [orders, cluster] });
    const change = { retentionDays: 9 };
    const retentions = (kind: 'modify_db_instance' | 'modify_db_cluster') =>
      fold(both, { kind, target: byName, change }).after.databases.map(({ database }) => database.retentionDays);
    expect(retentions('modify_db_instance')).toEqual([9, 7]);
    expect(retentions('modify_db_cluster')).toEqual([7, 9]);
    const gone: Action = { ...theDelete(cluster), target: byName } as Action;
    expect(fold(both, gone).alive).toEqual([true, false]);
  });

  it('is not one whose name is the resource id of another', () => {
    const confusing = named({ identifier: 'db-ORDERS', resourceId: 'db-OTHER', arn: 'arn:other' });
    const recoveryPoints = [thePitr(orders, { kind: 'retained_automated_backup' })];
    const inventory = anInventory({ databases: [confusing], recoveryPoints });
    expect(fold(inventory, { ...theDelete(orders), target: byId } as Action).alive).toEqual([true]);
    const kept: Action = { kind: 'delete_automated_backup', target: byId };
    expect(fold(inventory, kept)).toMatchObject({ effect: { rule: 'retained_backup_deleted' }, fates: ['lost'] });
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

describe('a member that a call names', () => {
  const cluster = (name: string, member: Partial<ClusterMember> = {}) => {
    const [known] = courses.members;
    return aCluster({
      identifier: name,
      arn: `arn:aws:rds:eu-west-1:123456789012:cluster:${name}`,
      resourceId: `cluster-${name}`,
      members: known === undefined ? [] : [{ ...known, ...member }],
    });
  };
  const first = cluster('first');
  const renamed = cluster('renamed', {
    identifier: 'other-0',
    arn: 'arn:aws:rds:eu-west-1:123456789012:db:other-0',
  });
  const successor = cluster('successor', { resourceId: 'db-SUCCESSOR' });
  const twin = cluster('twin', { resourceId: 'db-TWIN', arn: 'arn:aws:rds:us-east-1:123456789012:db:courses-0' });
  const byId = { arn: null, resourceId: 'db-COURSES0', identifier: 'courses-0', scope: SCOPE };
  const byArn = { ...byId, resourceId: null, arn: 'arn:aws:rds:eu-west-1:123456789012:db:courses-0' };
  const byName = { ...byId, resourceId: null };

  it.each<[string, Target, readonly Database[], readonly string[] | null]>([
    ['by resource id is found', byId, [first], ['first']],
    ['by resource id is found under its new name', byId, [renamed], ['renamed']],
    ['by resource id is not the one that has its name by now', byId, [successor], null],
    ['by resource id is told from a namesake', byId, [successor, first], ['first']],
    ['by ARN is found', byArn, [first], ['first']],
    ['by ARN is not one that was renamed since', byArn, [renamed], null],
    ['by ARN is told from a namesake in another region', byArn, [twin, first], ['first']],
    ['by name alone is found', byName, [first], ['first']],
    ['by name alone is not one that was renamed since', byName, [renamed], null],
    ['by name alone is not guessed among namesakes', byName, [first, twin], null],
  ])('%s', (_, target, databases, emptied) => {
    const action: Action = { kind: 'delete_cluster_member', target, clusterIdentifier: null };
    const { effect, after } = fold(anInventory({ databases }), action);
    expect(effect?.rule).toBe(emptied === null ? 'target_not_observed' : 'member_deletion_keeps_volume');
    const without = after.databases.filter(({ members }) => members.length === 0);
    expect(without.map(({ database }) => database.identifier)).toEqual(emptied ?? []);
  });

  it.each<[string, Target]>([
    ['resource id', byId],
    ['ARN', byArn],
    ['name', byName],
  ])('by its %s is the only one that goes', (_, target) => {
    const [known] = courses.members;
    const reader =
      known === undefined ? [] : [{ ...known, identifier: 'reader', arn: 'arn:r', resourceId: 'db-READER' }];
    const inventory = anInventory({ databases: [aCluster({ members: [...courses.members, ...reader] })] });
    const { after } = fold(inventory, { kind: 'delete_cluster_member', target, clusterIdentifier: null });
    expect(after.databases[0]?.members).toEqual(['reader']);
  });

  it('leaves the other members, which still keep their cluster from being deleted', () => {
    const [known] = courses.members;
    const reader =
      known === undefined ? [] : [{ ...known, identifier: 'reader', arn: 'arn:r', resourceId: 'db-READER' }];
    const pair = aCluster({ members: [...courses.members, ...reader] });
    const [writer] = deletionOf(courses);
    const inventory = anInventory({ databases: [pair] });
    const actions = writer === undefined ? [] : [writer, theDelete(pair)];
    const { after, effects } = survive(inventory, actions, { at: NOW, refusals: 'honoured' });
    expect(effects.map(({ rule }) => rule)).toEqual(['member_deletion_keeps_volume', 'cluster_still_has_members']);
    expect(after.databases[0]?.members).toEqual(['reader']);
  });
});

describe('a snapshot that a call names without its ARN', () => {
  const ofInstance = aPoint(orders, { id: 'nightly' });
  const ofCluster = aPoint(courses, { id: 'nightly' });
  const elsewhere = aPoint(orders, { ...FAR, id: 'nightly', arn: 'arn:far' });
  const ofAnother = aPoint(orders, { accountId: '999999999999', id: 'nightly', arn: 'arn:another' });
  const inventory = anInventory({ recoveryPoints: [ofInstance, ofCluster, elsewhere, ofAnother] });
  const target = { ...nameless('nightly'), scope: SCOPE };

  it.each<['delete_db_snapshot' | 'delete_db_cluster_snapshot', readonly string[]]>([
    ['delete_db_snapshot', ['lost', 'survives', 'survives', 'survives']],
    ['delete_db_cluster_snapshot', ['survives', 'lost', 'survives', 'survives']],
  ])('is looked for among those that %s can delete, in its own place', (kind, fates) => {
    expect(fold(inventory, { kind, target }).fates).toEqual(fates);
  });

  it('is not there when only a cluster has one of that name', () => {
    const only = anInventory({ recoveryPoints: [ofCluster] });
    expect(fold(only, { kind: 'delete_db_snapshot', target })).toMatchObject({
      effect: { outcome: 'unknown', rule: 'target_not_observed' },
      fates: ['unknown'],
    });
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
  it('takes its own points and those of no other vault', () => {
    const near = aVault();
    const far = aVault({ ...FAR, arn: 'arn:far-vault' });
    const other = aVault({ arn: 'arn:other-vault', name: 'other' });
    const recoveryPoints = [near, far, other].map(({ arn }, index) =>
      aPoint(orders, { kind: 'backup_snapshot', id: `p${index}`, arn: `arn:p${index}`, vaultArn: arn }),
    );
    const inventory = anInventory({ vaults: [near, far, other], recoveryPoints: [...recoveryPoints, aPoint(orders)] });
    const fates = ['lost', 'survives', 'survives', 'survives'];
    const byName = { ...nameless('main'), scope: SCOPE };
    expect(fold(inventory, { kind: 'delete_backup_vault', target: byName, force: true }).fates).toEqual(fates);
    const byArn = aTargetOf(near);
    expect(fold(inventory, { kind: 'delete_backup_vault', target: byArn, force: true }).fates).toEqual(fates);
  });

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

  it('named with its place is disabled there and nowhere else', () => {
    const recoveryPoints = [near, far].map((key) =>
      aPoint(orders, { ...FAR, arn: `arn:under:${key.region}`, encrypted: true, keyArn: key.arn }),
    );
    const inventory = anInventory({ keys: [near, far], recoveryPoints });
    const target = { ...nameless('mrk-1'), scope: SCOPE };
    expect(fold(inventory, { kind: 'disable_key', target }).fates).toEqual(['unreadable', 'survives']);
    const part = { ...nameless('1'), scope: null };
    expect(fold(inventory, { kind: 'disable_key', target: part }).fates).toEqual(['survives', 'survives']);
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

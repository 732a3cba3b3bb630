/** Where a refusal ends: deletions that look like those AWS refuses and go through, and those nobody can tell. */

import { describe, expect, it } from 'vitest';
import type { Action, DeleteParameters } from '../../src/intent/action.ts';
import { type Database, type Inventory, KEY_STATES, type RecoveryPoint } from '../../src/inventory/model.ts';
import type { Refusals } from '../../src/survival/step.ts';
import { survive } from '../../src/survival/survive.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aTarget,
  aTargetOf,
  KEY_ARN,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const named = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
const GLOBAL_ARN = 'arn:aws:rds::123456789012:global-cluster:world';

function fold(inventory: Partial<Inventory>, actions: readonly Action[], refusals: Refusals = 'honoured') {
  const { after, effects } = survive(anInventory(inventory), actions, { at: NOW, refusals });
  const last = effects.at(-1);
  return {
    said: `${last?.outcome} ${last?.rule}`,
    owner: last?.databaseResourceId,
    fates: after.points.map(({ fate }) => fate.word),
    finals: after.points.filter(({ madeByChange }) => madeByChange).map(({ fate }) => fate),
    databases: after.databases.map(({ alive, inDoubt }) => ({ alive, inDoubt })),
  };
}

function said(database: Database, parameters: Partial<DeleteParameters>, more: Partial<Inventory> = {}) {
  return fold({ databases: [database], ...more }, [theDelete(database, parameters)]).said;
}

describe('a deletion that AWS accepts', () => {
  const bare = { members: [] };

  it.each<[string, Database, Partial<DeleteParameters>]>([
    ['a stopped instance', aDatabase({ status: 'stopped' }), {}],
    ['an instance that failed', aDatabase({ status: 'incompatible-restore' }), {}],
    ['a cluster that is not available', aCluster({ ...bare, status: 'modifying' }), {}],
    ['a replica, without a final snapshot', aDatabase({ replicaOf: 'orders-source' }), {}],
    ['a replica cluster, with a final snapshot', aCluster({ ...bare, replicaOf: 'arn:source' }), named],
    ['the source of replicas', aDatabase({ replicas: ['orders-reader'] }), {}],
    ['a database under a key that cannot be used, without a final snapshot', aDatabase({ keyArn: KEY_ARN }), {}],
    ['one that nobody protects, by a tool that would disarm', orders, { disarmsProtection: true }],
    [
      'one that nobody protects and is not available, by a tool that would disarm',
      aDatabase({ status: 'stopped' }),
      { disarmsProtection: true },
    ],
    ['one under AWS Backup that keeps its backups', aDatabase({ awsBackupPointArn: 'arn:c' }), keeping(false)],
    ['one under AWS Backup that says nothing of them', aDatabase({ awsBackupPointArn: 'arn:c' }), keeping(null)],
    ['one whose final snapshot has a free name', orders, { skipFinalSnapshot: null, finalSnapshotId: 'last' }],
  ])('is that of %s', (_, database, parameters) => {
    const keys = [aKey({ state: 'disabled' })];
    expect(said(database, parameters, { keys })).toBe('applied null');
  });
});

describe('a deletion that several rules refuse', () => {
  it.each<[string, Database, Partial<DeleteParameters>, string]>([
    [
      'is refused as a call that makes no sense first',
      aDatabase({ deletionProtection: true }),
      { skipFinalSnapshot: null },
      'final_snapshot_unnamed',
    ],
    [
      'is refused for protection before anything that a second call meets',
      aCluster({ deletionProtection: true, globalClusterArn: GLOBAL_ARN, status: 'stopped' }),
      {},
      'deletion_protection_refuses',
    ],
    [
      'is refused for its global database before its members',
      aCluster({ globalClusterArn: GLOBAL_ARN }),
      {},
      'global_member_refuses_deletion',
    ],
  ])('%s', (_, database, parameters, rule) => {
    expect(said(database, parameters)).toBe(`refused ${rule}`);
  });
});

describe('a refusal', () => {
  const guarded = aDatabase({ deletionProtection: true });

  it('names the database and leaves nobody in doubt about it', () => {
    expect(fold({ databases: [guarded] }, [theDelete(guarded)])).toMatchObject({
      owner: guarded.resourceId,
      databases: [{ alive: true, inDoubt: false }],
    });
  });

  it('met by a tool that had nothing to disarm leaves nobody in doubt either', () => {
    const taken = { skipFinalSnapshot: false, finalSnapshotId: 'orders-manual', disarmsProtection: true };
    const inventory = { databases: [orders], recoveryPoints: [aPoint(orders)] };
    expect(fold(inventory, [theDelete(orders, taken)])).toMatchObject({
      said: 'refused final_snapshot_name_taken',
      databases: [{ alive: true, inDoubt: false }],
    });
  });

  it('met by a call that disarms nothing leaves a protected database as it is', () => {
    const contradiction = { finalSnapshotId: 'last' };
    expect(fold({ databases: [guarded] }, [theDelete(guarded, contradiction)])).toMatchObject({
      said: 'refused final_snapshot_contradicts_skip',
      databases: [{ alive: true, inDoubt: false }],
    });
  });

  it.each<[string, Database, Partial<DeleteParameters>, string]>([
    ['both skips and names its snapshot', orders, { finalSnapshotId: 'last' }, 'final_snapshot_contradicts_skip'],
    ['asks a replica for one', aDatabase({ replicaOf: 's' }), named, 'final_snapshot_impossible_for_replica'],
    ['finds a cluster stopped', aCluster({ status: 'stopped', members: [] }), named, 'stopped_cluster_refuses'],
    ['finds members', aCluster(), named, 'cluster_still_has_members'],
  ])('that is lifted promises no final snapshot of a call that %s', (_, database, parameters, rule) => {
    const inventory = { databases: [database], recoveryPoints: [thePitr(database)] };
    expect(fold(inventory, [theDelete(database, parameters)], 'lifted')).toMatchObject({
      said: `applied ${rule}`,
      fates: ['lost'],
      finals: [],
    });
  });

  it('for protection, once lifted, leaves the final snapshot of the very same call', () => {
    const inventory = { databases: [guarded], recoveryPoints: [thePitr(guarded)] };
    expect(fold(inventory, [theDelete(guarded, named)], 'lifted')).toMatchObject({
      said: 'applied deletion_protection_refuses',
      fates: ['lost', 'survives'],
      finals: [{ word: 'survives', until: null, rules: ['final_snapshot_taken'] }],
    });
  });
});

describe('room, where no refusal is counted on,', () => {
  const other = aDatabase({ resourceId: 'db-OTHER', arn: 'arn:other', identifier: 'other' });
  const databases = [orders, other];
  const again = { ...named, finalSnapshotId: 'next' };
  const words = (inventory: Partial<Inventory>, actions: readonly Action[]) =>
    fold({ databases, ...inventory }, actions, 'lifted').finals.map(({ word }) => word);
  const snapshots = Array.from({ length: 100 }, (_, index) =>
    aPoint(orders, { id: `s${index}`, arn: `arn:s${index}`, databaseResourceId: 'db-GONE' }),
  );
  const freeing: Action = { kind: 'delete_db_snapshot', target: aTargetOf({ arn: 'arn:s0' }) };

  it('may be taken by a final snapshot that may be made', () => {
    const steps = [theDelete(orders, named), freeing, theDelete(other, again)];
    expect(words({ recoveryPoints: snapshots }, steps)).toEqual(['unknown', 'unknown']);
  });

  it('is not taken for sure by one that may be made', () => {
    const quotas = [{ ...SCOPE, name: 'manual_snapshots', used: 100, max: 100 } as const];
    const making = aPoint(orders, { id: 's0', arn: 'arn:s0', status: 'creating' });
    const steps = [freeing, theDelete(orders, named), theDelete(other, again)];
    expect(words({ recoveryPoints: [making], quotas }, steps)).toEqual(['unknown', 'unknown']);
  });

  it('is not taken by a backup that does not fit', () => {
    const quotas = [{ ...SCOPE, name: 'retained_automated_backups', used: 40, max: 40 } as const];
    const kept = thePitr(orders, { kind: 'retained_automated_backup', arn: 'arn:kept', databaseResourceId: 'db-GONE' });
    const gone: Action = { kind: 'delete_automated_backup', target: aTargetOf(kept) };
    const steps = [theDelete(orders, keeping(false)), gone, theDelete(other, keeping(false))];
    const recoveryPoints = [thePitr(orders), kept, thePitr(other)];
    expect(fold({ databases, recoveryPoints, quotas }, steps, 'lifted').fates).toEqual([
      'lost',
      'lost',
      'survives_until',
    ]);
  });
});

describe('a final snapshot needs its key', () => {
  const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const answers: Readonly<Record<(typeof KEY_STATES)[number], string>> = {
    enabled: 'applied null',
    disabled: 'refused final_snapshot_needs_key',
    pending_deletion: 'refused final_snapshot_needs_key',
    pending_replica_deletion: 'refused final_snapshot_needs_key',
    pending_import: 'refused final_snapshot_needs_key',
    unavailable: 'refused final_snapshot_needs_key',
    creating: 'unknown key_not_observed',
    updating: 'unknown key_not_observed',
  };

  it.each(KEY_STATES)('and meets one that is %s', (state) => {
    expect(said(sealed, named, { keys: [aKey({ state })] })).toBe(answers[state]);
  });

  it('and not another', () => {
    const other = aKey({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/other', state: 'disabled' });
    expect(said(sealed, named, { keys: [other, aKey()] })).toBe('applied null');
    const change: Action = { kind: 'change_key_policy', target: aTargetOf({ arn: other.arn }) };
    const keys = [aKey({ ...other, state: 'enabled' }), aKey()];
    expect(fold({ databases: [sealed], keys }, [change, theDelete(sealed, named)]).said).toBe('applied null');
  });

  it('which is refused for sure where a changed policy is of a key that is disabled anyway', () => {
    const change: Action = { kind: 'change_key_policy', target: aTargetOf({ arn: KEY_ARN }) };
    const inventory = { databases: [sealed], keys: [aKey({ state: 'disabled' })] };
    expect(fold(inventory, [change, theDelete(sealed, named)]).said).toBe('refused final_snapshot_needs_key');
  });
});

describe('a final snapshot whose name a step may have freed', () => {
  const making = aPoint(orders, { id: 'last', status: 'creating' });
  const free: Action = { kind: 'delete_db_snapshot', target: aTargetOf(making) };
  const inventory = { databases: [orders], recoveryPoints: [making] };

  it('leaves the deletion open', () => {
    expect(fold(inventory, [free, theDelete(orders, named)])).toMatchObject({
      said: 'unknown final_snapshot_name_taken',
      databases: [{ alive: true, inDoubt: true }],
    });
  });

  it('is refused where no step touched it, though nobody knows whether it can be restored', () => {
    expect(fold(inventory, [theDelete(orders, named)]).said).toBe('refused final_snapshot_name_taken');
  });

  it('is refused while another bears the name for sure', () => {
    const sure = aPoint(orders, { id: 'last', arn: 'arn:sure', kind: 'snapshot_copy' });
    const both = { ...inventory, recoveryPoints: [making, sure] };
    expect(fold(both, [free, theDelete(orders, named)]).said).toBe('refused final_snapshot_name_taken');
  });

  it('is refused while a snapshot that RDS will not delete bears the name', () => {
    const held = aPoint(orders, { id: 'last', kind: 'backup_snapshot', vaultArn: 'arn:vault' });
    const steps = [free, theDelete(orders, named)];
    expect(fold({ databases: [orders], recoveryPoints: [held] }, steps).said).toBe('refused final_snapshot_name_taken');
  });

  it('is taken for a cluster by a snapshot of a cluster, and by none of an instance', () => {
    const bare = aCluster({ members: [] });
    const bearer = aPoint(bare, { id: 'last', databaseResourceId: 'cluster-GONE' });
    expect(said(bare, named, { recoveryPoints: [bearer] })).toBe('refused final_snapshot_name_taken');
    expect(said(bare, named, { recoveryPoints: [{ ...bearer, ofCluster: false }] })).toBe('applied null');
  });

  it('is of no concern to a call that makes no sense anyway', () => {
    const contradiction = { skipFinalSnapshot: true, finalSnapshotId: 'last' };
    expect(fold(inventory, [free, theDelete(orders, contradiction)]).said).toBe(
      'refused final_snapshot_contradicts_skip',
    );
  });

  it('is of no concern to a deletion that skips it', () => {
    expect(fold(inventory, [free, theDelete(orders)]).said).toBe('applied null');
  });
});

describe('protection that a step changes', () => {
  const modify = (of: Database, deletionProtection: boolean): Action => ({
    kind: of.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster',
    target: aTarget(of),
    change: { deletionProtection },
  });

  it.each<[string, Database]>([
    ['an instance', aDatabase()],
    ['a cluster', aCluster({ members: [] })],
  ])('is what the deletion of %s meets', (_, database) => {
    const guarded = { ...database, deletionProtection: true };
    const inventory = (of: Database) => ({ databases: [of], recoveryPoints: [thePitr(of)] });
    expect(fold(inventory(guarded), [modify(guarded, false), theDelete(guarded)])).toMatchObject({
      said: 'applied null',
      fates: ['lost'],
    });
    expect(fold(inventory(database), [modify(database, true), theDelete(database)])).toMatchObject({
      said: 'refused deletion_protection_refuses',
      fates: ['survives'],
    });
  });

  it('is left alone by a change of retention', () => {
    const guarded = aDatabase({ deletionProtection: true });
    const shorter: Action = { kind: 'modify_db_instance', target: aTarget(guarded), change: { retentionDays: 1 } };
    expect(fold({ databases: [guarded] }, [shorter, theDelete(guarded)]).said).toBe(
      'refused deletion_protection_refuses',
    );
  });
});

describe('a deletion that is open', () => {
  it('leaves the database in doubt, its own backups too, and what outlives it as it is', () => {
    const unread = aDatabase({ encrypted: true, keyArn: KEY_ARN });
    const plain = (of: RecoveryPoint) => ({ ...of, encrypted: false, keyArn: null });
    const recoveryPoints = [plain(thePitr(unread)), plain(aPoint(unread))];
    expect(fold({ databases: [unread], recoveryPoints }, [theDelete(unread, named)])).toMatchObject({
      said: 'unknown key_not_observed',
      owner: unread.resourceId,
      fates: ['unknown', 'survives', 'unknown'],
      databases: [{ alive: true, inDoubt: true }],
    });
  });
});

function keeping(deleteAutomatedBackups: boolean | null): Partial<DeleteParameters> {
  return { deleteAutomatedBackups };
}

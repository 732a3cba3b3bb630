/** Deleting the recovery points that RDS keeps: what one call takes, what it leaves, and what nobody can tell. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Action, DeleteParameters, Target } from '../../src/intent/action.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { pointsOf, survive } from '../../src/survival/survive.ts';
import {
  aCluster,
  aDatabase,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aTarget,
  aTargetOf,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const other = aDatabase({
  resourceId: 'db-OTHER',
  identifier: 'other',
  arn: 'arn:aws:rds:eu-west-1:123456789012:db:other',
});
const FAR = { accountId: SCOPE.accountId, region: 'us-east-1' };

function fold(inventory: Partial<Inventory>, ...actions: readonly Action[]) {
  const { after, effects } = survive(anInventory(inventory), actions, { at: NOW, refusals: 'honoured' });
  const last = effects.at(-1);
  return {
    said: effects.map(({ outcome, rule }) => `${outcome} ${rule}`),
    owner: last?.databaseResourceId,
    fates: after.points.map(({ fate }) => fate.word),
    untils: after.points.map(({ fate }) => fate.until),
    rules: after.points.map(({ fate }) => fate.rules),
    touched: after.points.map(({ touched }) => touched),
  };
}

const deletionOfSnapshot = (point: RecoveryPoint): Action => ({
  kind: point.ofCluster ? 'delete_db_cluster_snapshot' : 'delete_db_snapshot',
  target: aTargetOf(point),
});

describe('the deletion of a snapshot', () => {
  const system = aSystemSnapshot(orders);
  const manual = aPoint(orders);
  const vaulted = aPoint(orders, { id: 'awsbackup:job', arn: 'arn:awsbackup', kind: 'backup_snapshot' });
  const making = aPoint(orders, { id: 'making', arn: 'arn:making', status: 'creating' });
  const recoveryPoints = [system, manual, vaulted, making];

  it.each<[string, RecoveryPoint, string, readonly string[], readonly boolean[]]>([
    [
      'takes a manual one and no other',
      manual,
      'applied snapshot_deleted',
      ['survives', 'lost', 'survives', 'unknown'],
      [false, true, false, false],
    ],
    [
      'of the system is refused, and leaves it outside the change',
      system,
      'refused automated_snapshot_refuses_deletion',
      ['survives', 'survives', 'survives', 'unknown'],
      [false, false, false, false],
    ],
    [
      'of AWS Backup is refused by RDS, and meant all the same',
      vaulted,
      'refused vault_snapshot_refuses_rds_deletion',
      ['survives', 'survives', 'survives', 'unknown'],
      [false, false, true, false],
    ],
    [
      'that is being made may come too early',
      making,
      'unknown snapshot_deletion_needs_available',
      ['survives', 'survives', 'survives', 'unknown'],
      [false, false, false, true],
    ],
  ])('%s', (_, point, said, fates, touched) => {
    expect(fold({ databases: [orders], recoveryPoints }, deletionOfSnapshot(point))).toMatchObject({
      said: [said],
      owner: orders.resourceId,
      fates,
      touched,
    });
  });

  it('takes the lot where one that can go shares its name with one that cannot', () => {
    const twin = { ...FAR, id: manual.id, arn: 'arn:twin' };
    const target: Target = { arn: null, resourceId: null, identifier: manual.id, scope: null };
    const action: Action = { kind: 'delete_db_snapshot', target };
    const beside = (point: RecoveryPoint) => fold({ recoveryPoints: [manual, point] }, action).fates;
    expect(beside(aSystemSnapshot(orders, twin))).toEqual(['lost', 'lost']);
    expect(beside({ ...vaulted, ...twin })).toEqual(['lost', 'lost']);
    expect(beside({ ...making, ...twin })).toEqual(['lost', 'lost']);
  });
});

describe('a snapshot that the change itself makes', () => {
  const named = (finalSnapshotId: string) => ({ skipFinalSnapshot: false, finalSnapshotId });
  const inventory = { databases: [orders, other], recoveryPoints: [aPoint(orders)] };
  const last = aPoint(orders, { id: 'last' });

  it('can be deleted by a later step, by its ARN or its name', () => {
    const byName = { arn: null, resourceId: null, identifier: 'last', scope: SCOPE };
    for (const target of [aTargetOf(last), byName]) {
      const gone: Action = { kind: 'delete_db_snapshot', target };
      expect(fold(inventory, theDelete(orders, named('last')), gone)).toMatchObject({
        said: ['applied null', 'applied snapshot_deleted'],
        fates: ['survives', 'lost'],
      });
    }
  });

  it('is left alone by the deletion of another, and of another database', () => {
    const steps = [theDelete(orders, named('last')), deletionOfSnapshot(aPoint(orders)), theDelete(other)];
    expect(fold(inventory, ...steps)).toMatchObject({
      fates: ['lost', 'survives'],
      rules: [['manual_snapshot_outlives_database', 'snapshot_deleted'], ['final_snapshot_taken']],
      touched: [true, false],
    });
  });

  it('takes its name from the next', () => {
    expect(fold(inventory, theDelete(orders, named('last')), theDelete(other, named('Last'))).said).toEqual([
      'applied null',
      'refused final_snapshot_name_taken',
    ]);
    expect(fold(inventory, theDelete(orders, named('last')), theDelete(other, named('next'))).said).toEqual([
      'applied null',
      'applied null',
    ]);
  });

  it('is one of its own database', () => {
    const options = { at: NOW, refusals: 'honoured' } as const;
    const { after } = survive(anInventory(inventory), [theDelete(orders, named('last'))], options);
    const idsOf = (database: Database) => pointsOf(after, database).map(({ point }) => point.id);
    expect([idsOf(orders), idsOf(other)]).toEqual([['orders-manual', 'last'], []]);
  });

  it('or may make outlives a second deletion as any snapshot does', () => {
    const stopped = aDatabase({ status: 'stopped', deletionProtection: true });
    const perhaps = theDelete(stopped, { disarmsProtection: true, ...named('last') });
    const { fates, rules } = fold({ databases: [stopped] }, perhaps, theDelete(stopped, { disarmsProtection: true }));
    expect(fates).toEqual(['unknown']);
    expect(rules).toEqual([
      ['final_snapshot_taken', 'modification_may_be_refused', 'manual_snapshot_outlives_database'],
    ]);
  });

  it.each<[string, Partial<DeleteParameters>]>([
    ['skips and names one', { finalSnapshotId: 'last' }],
    ['does neither', { skipFinalSnapshot: false }],
  ])('is not expected of an open call that %s', (_, parameters) => {
    const stopped = aDatabase({ status: 'stopped', deletionProtection: true });
    const action = theDelete(stopped, { disarmsProtection: true, ...parameters });
    expect(fold({ databases: [stopped] }, action)).toMatchObject({
      said: ['unknown modification_may_be_refused'],
      fates: [],
    });
  });
});

describe('deletions of snapshots side by side', () => {
  const [first, second, third] = ['first', 'second', 'third'].map((id) => aPoint(orders, { id }));
  const ofOther = aPoint(other, { id: 'of-other' });
  const points = [first, second, third, ofOther].filter((point) => point !== undefined);

  it('take what each names, and say of whose database it was', () => {
    const { after, effects } = survive(
      anInventory({ recoveryPoints: points }),
      [points[0], points[3]].flatMap((point) => (point === undefined ? [] : [deletionOfSnapshot(point)])),
      { at: NOW, refusals: 'honoured' },
    );
    expect(after.points.map(({ fate }) => fate)).toMatchObject([
      { word: 'lost', rules: ['snapshot_deleted'] },
      { word: 'survives', rules: [] },
      { word: 'survives', rules: [] },
      { word: 'lost', rules: ['snapshot_deleted'] },
    ]);
    expect(effects.map(({ outcome, rule, databaseResourceId }) => [outcome, rule, databaseResourceId])).toEqual([
      ['applied', 'snapshot_deleted', 'db-ORDERS'],
      ['applied', 'snapshot_deleted', 'db-OTHER'],
    ]);
  });

  it.each<[string, RecoveryPoint, string, string]>([
    ['of the system', aSystemSnapshot(orders), 'refused automated_snapshot_refuses_deletion', 'survives'],
    [
      'of AWS Backup',
      aPoint(orders, { id: 'v', arn: 'arn:v', kind: 'backup_snapshot' }),
      'refused vault_snapshot_refuses_rds_deletion',
      'survives',
    ],
    [
      'that is being made',
      aPoint(orders, { id: 'm', arn: 'arn:m', status: 'creating' }),
      'unknown snapshot_deletion_needs_available',
      'unknown',
    ],
  ])('meet one %s as a single deletion does', (_, point, said, fate) => {
    const [manual, last] = points;
    const steps = [manual, point, last].flatMap((named) => (named === undefined ? [] : [deletionOfSnapshot(named)]));
    expect(fold({ recoveryPoints: [...points, point] }, ...steps)).toMatchObject({
      said: ['applied snapshot_deleted', said, 'applied snapshot_deleted'],
      fates: ['lost', 'lost', 'survives', 'survives', fate],
    });
  });

  it('each free the room of one, for the final snapshot of a later step', () => {
    const quotas = [{ ...SCOPE, name: 'manual_snapshots', used: 101, max: 100 } as const];
    const final = theDelete(other, { skipFinalSnapshot: false, finalSnapshotId: 'last' });
    const inventory = { databases: [other], recoveryPoints: points, quotas };
    const [one, two] = points.map(deletionOfSnapshot);
    const steps = (...named: readonly (Action | undefined)[]) => [...named.filter((step) => step !== undefined), final];
    expect(fold(inventory, ...steps(one)).said.at(-1)).toBe('refused final_snapshot_quota_full');
    expect(fold(inventory, ...steps(one, one)).said.at(-1)).toBe('refused final_snapshot_quota_full');
    const between: Action = { kind: 'create_database', target: aTarget(orders) };
    expect(fold(inventory, ...steps(one, between, one)).said.at(-1)).toBe('refused final_snapshot_quota_full');
    expect(fold(inventory, ...steps(one, two)).said.at(-1)).toBe('applied null');
  });

  it('put all in doubt where one names what was not observed', () => {
    const unseen: Action = { kind: 'delete_db_snapshot', target: aTargetOf({ arn: 'arn:unseen' }) };
    const [named] = points.map(deletionOfSnapshot);
    const steps = named === undefined ? [] : [named, unseen];
    expect(fold({ recoveryPoints: points }, ...steps)).toMatchObject({
      said: ['applied snapshot_deleted', 'unknown target_not_observed'],
      fates: ['lost', 'unknown', 'unknown', 'unknown'],
    });
  });

  it('are told from what comes between them', () => {
    const [one, two] = points.map(deletionOfSnapshot);
    const opaque: Action = { kind: 'opaque', target: { ...aTarget(orders), scope: SCOPE }, why: 'unread' };
    const steps = one === undefined || two === undefined ? [] : [one, opaque, two];
    expect(fold({ recoveryPoints: points }, ...steps)).toMatchObject({
      said: ['applied snapshot_deleted', 'unknown action_not_understood', 'applied snapshot_deleted'],
      fates: ['lost', 'lost', 'unknown', 'unknown'],
    });
  });
});

describe('the deletion of an automated backup', () => {
  const retained = (of: Database, fields: Partial<RecoveryPoint> = {}) =>
    thePitr(of, {
      kind: 'retained_automated_backup',
      status: 'retained',
      arn: `arn:retained:${of.identifier}`,
      ...fields,
    });
  const replica = thePitr(orders, {
    ...FAR,
    kind: 'replicated_automated_backup',
    arn: 'arn:replica',
    status: 'retained',
  });
  const deletion = (fields: Partial<Target>): Action => ({
    kind: 'delete_automated_backup',
    target: { arn: null, resourceId: null, identifier: '', scope: SCOPE, ...fields },
  });

  it('by resource id takes the retained backup of that database, and its system snapshots', () => {
    const recoveryPoints = [
      retained(orders),
      aSystemSnapshot(orders),
      aPoint(orders),
      replica,
      retained(other),
      aSystemSnapshot(other),
    ];
    expect(fold({ recoveryPoints }, deletion({ resourceId: 'db-ORDERS' }))).toMatchObject({
      said: ['applied retained_backup_deleted'],
      owner: 'db-ORDERS',
      fates: ['lost', 'lost', 'survives', 'survives', 'survives', 'survives'],
    });
  });

  it('by ARN takes a replicated backup, and leaves the snapshots where the database is', () => {
    const recoveryPoints = [replica, thePitr(orders), aSystemSnapshot(orders)];
    expect(fold({ databases: [orders], recoveryPoints }, deletion({ arn: replica.arn }))).toMatchObject({
      said: ['applied retained_backup_deleted'],
      fates: ['lost', 'survives', 'survives'],
    });
  });

  it('by both takes each once', () => {
    const recoveryPoints = [retained(orders), replica];
    expect(fold({ recoveryPoints }, deletion({ resourceId: 'db-ORDERS', arn: replica.arn })).fates).toEqual([
      'lost',
      'lost',
    ]);
  });

  it('by both frees the room of one', () => {
    const quotas = [{ ...SCOPE, name: 'retained_automated_backups', used: 41, max: 40 } as const];
    const keep = theDelete(other, { deleteAutomatedBackups: false });
    const inventory = { databases: [other], recoveryPoints: [retained(orders)], quotas };
    const both = deletion({ resourceId: 'db-ORDERS', arn: 'arn:retained:orders' });
    expect(fold(inventory, both, keep).said.at(-1)).toBe('refused retained_backup_quota_full');
  });

  it('by both leaves all open while it is open whether one is still in use', () => {
    const stopped = aDatabase({ status: 'stopped', deletionProtection: true });
    const gone = theDelete(stopped, { disarmsProtection: true, deleteAutomatedBackups: false });
    const inventory = { databases: [stopped], recoveryPoints: [thePitr(stopped), replica] };
    const both = deletion({ resourceId: 'db-ORDERS', arn: replica.arn });
    expect(fold(inventory, gone, both)).toMatchObject({
      said: ['unknown modification_may_be_refused', 'unknown earlier_step_in_doubt'],
      fates: ['unknown', 'unknown'],
    });
    expect(fold(inventory, gone, deletion({ arn: replica.arn }))).toMatchObject({
      said: ['unknown modification_may_be_refused', 'applied retained_backup_deleted'],
      fates: ['survives_until', 'lost'],
    });
  });

  it('by neither is of something not observed', () => {
    expect(fold({ recoveryPoints: [retained(orders)] }, deletion({}))).toMatchObject({
      said: ['unknown target_not_observed'],
      fates: ['unknown'],
    });
  });

  it('leaves open what an open deletion of its database has left', () => {
    const stopped = aDatabase({ status: 'stopped', deletionProtection: true });
    const gone = theDelete(stopped, { disarmsProtection: true, deleteAutomatedBackups: false });
    const recoveryPoints = [thePitr(stopped), aSystemSnapshot(stopped), aPoint(stopped)];
    expect(fold({ databases: [stopped], recoveryPoints }, gone, deletion({ resourceId: 'db-ORDERS' }))).toMatchObject({
      said: ['unknown modification_may_be_refused', 'unknown earlier_step_in_doubt'],
      owner: 'db-ORDERS',
      fates: ['unknown', 'unknown', 'survives'],
    });
  });

  it('takes a retained backup of an earlier database while a later step is open', () => {
    const stopped = aDatabase({ status: 'stopped', deletionProtection: true });
    const gone = theDelete(stopped, { disarmsProtection: true });
    const recoveryPoints = [thePitr(stopped), retained(other)];
    expect(fold({ databases: [stopped], recoveryPoints }, gone, deletion({ arn: 'arn:retained:other' }))).toMatchObject(
      {
        said: ['unknown modification_may_be_refused', 'applied retained_backup_deleted'],
        fates: ['unknown', 'lost'],
      },
    );
  });
});

describe('replication that stops', () => {
  const copy = (of: Database, fields: Partial<RecoveryPoint> = {}) =>
    thePitr(of, {
      ...FAR,
      kind: 'replicated_automated_backup',
      status: 'replicating',
      arn: `arn:aws:rds:us-east-1:123456789012:auto-backup:ab-${of.identifier}`,
      retentionDays: 14,
      ...fields,
    });
  const stop = (arn: string | null): Action => ({
    kind: 'stop_backup_replication',
    target: { arn, resourceId: null, identifier: '', scope: SCOPE },
  });
  const recoveryPoints = [copy(orders), copy(other), thePitr(orders)];

  it.each<[string, string | null, readonly string[]]>([
    ['of a database ends its copy alone', orders.arn, ['survives_until', 'survives', 'survives']],
    ['of a copy ends that copy', copy(other).arn, ['survives', 'survives_until', 'survives']],
    ['of what was not named may be any', null, ['survives_until', 'survives_until', 'survives']],
  ])('%s', (_, arn, fates) => {
    expect(fold({ databases: [orders, other], recoveryPoints }, stop(arn))).toMatchObject({
      said: ['applied replication_stopped_keeps_copy'],
      fates,
    });
  });

  it('of a database that was renamed ends the copy that still has the old name', () => {
    const renamed = aDatabase({ identifier: 'orders-2', arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-2' });
    expect(fold({ databases: [renamed, other], recoveryPoints }, stop(renamed.arn)).fates).toEqual([
      'survives_until',
      'survives',
      'survives',
    ]);
  });

  it('leaves the copy its own retention, counted from now', () => {
    expect(fold({ recoveryPoints: [copy(orders)] }, stop(orders.arn))).toMatchObject({
      untils: [addDays(NOW, 14)],
      rules: [['replication_stopped_keeps_copy']],
    });
  });

  it.each<[string, Partial<RecoveryPoint>, string]>([
    [
      'that had stopped before keeps the end it has',
      { status: 'retained', expiresAt: addDays(NOW, 3) },
      'survives_until',
    ],
    ['that had stopped before and shows no end is given none', { status: 'retained' }, 'survives'],
    ['whose retention is not known is given no end', { retentionDays: null }, 'survives'],
  ])('a copy %s', (_, fields, word) => {
    const { fates, untils } = fold({ recoveryPoints: [copy(orders, fields)] }, stop(orders.arn));
    expect({ fates, untils }).toEqual({ fates: [word], untils: [fields.expiresAt ?? null] });
  });
});

describe('un-sharing', () => {
  it('a snapshot that is both here and seen from elsewhere takes the view alone', () => {
    const mine = aPoint(orders, { arn: 'arn:shared' });
    const view = aPoint(orders, { arn: 'arn:shared', kind: 'public_snapshot' });
    const action: Action = { kind: 'unshare_snapshot', target: aTargetOf({ arn: 'arn:shared' }) };
    expect(fold({ recoveryPoints: [mine, view] }, action)).toMatchObject({
      said: ['applied unsharing_ends_shared_view'],
      owner: 'db-ORDERS',
      fates: ['survives', 'lost'],
    });
  });

  it('one that nobody observed takes nothing', () => {
    const action: Action = { kind: 'unshare_snapshot', target: aTargetOf({ arn: 'arn:unseen' }) };
    expect(fold({ recoveryPoints: [aPoint(orders)] }, action)).toMatchObject({
      said: ['applied unsharing_keeps_snapshot'],
      owner: null,
      fates: ['survives'],
    });
  });
});

describe('a cluster', () => {
  it('keeps the snapshots that a call for instances names by their ARN', () => {
    const point = aPoint(aCluster());
    const action: Action = { kind: 'delete_db_snapshot', target: aTargetOf(point) };
    expect(fold({ recoveryPoints: [point] }, action)).toMatchObject({
      said: ['unknown target_not_observed'],
      fates: ['unknown'],
    });
  });
});

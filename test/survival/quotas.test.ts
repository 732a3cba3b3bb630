/** Limits that make AWS refuse the safe form of a deletion: read or not read, and as steps use them up. */

import { describe, expect, it } from 'vitest';
import type { Action, DeleteParameters } from '../../src/intent/action.ts';
import type { Database, Inventory, Quota, QuotaName, RecoveryPoint } from '../../src/inventory/model.ts';
import type { Refusals } from '../../src/survival/step.ts';
import { survive } from '../../src/survival/survive.ts';
import {
  aCluster,
  aDatabase,
  anInventory,
  aPoint,
  aTargetOf,
  deletionOf,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const pitr = thePitr(orders);
const named = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
const keep: Partial<DeleteParameters> = { deleteAutomatedBackups: false };

const quota = (name: QuotaName, used: number, max: number): Quota => ({ ...SCOPE, name, used, max });

/** So many manual snapshots of databases that are gone. */
function others(count: number, fields: Partial<RecoveryPoint> = {}): readonly RecoveryPoint[] {
  return Array.from({ length: count }, (_, index) =>
    aPoint(orders, { id: `other-${index}`, arn: `arn:other:${index}`, databaseResourceId: 'db-GONE', ...fields }),
  );
}

function fold(inventory: Partial<Inventory>, actions: readonly Action[], refusals: Refusals = 'honoured') {
  const seen = anInventory({ databases: [orders], recoveryPoints: [pitr], ...inventory });
  const { after, effects } = survive(seen, actions, { at: NOW, refusals });
  return {
    said: effects.map(({ outcome, rule }) => `${outcome} ${rule}`),
    backup: after.points.find(({ point }) => point.arn === pitr.arn)?.fate.word,
    finals: after.points.filter(({ madeByChange }) => madeByChange).map(({ fate }) => fate.word),
  };
}

describe('a limit that was read', () => {
  it('refuses a final snapshot once it is reached, and not before', () => {
    const at = (used: number) => fold({ quotas: [quota('manual_snapshots', used, 150)] }, [theDelete(orders, named)]);
    expect(at(149)).toEqual({ said: ['applied null'], backup: 'lost', finals: ['survives'] });
    expect(at(150)).toEqual({ said: ['refused final_snapshot_quota_full'], backup: 'survives', finals: [] });
  });

  it('is believed over what the inventory counts', () => {
    const quotas = [quota('manual_snapshots', 120, 500)];
    const recoveryPoints = [pitr, ...others(120)];
    expect(fold({ quotas, recoveryPoints }, [theDelete(orders, named)]).said).toEqual(['applied null']);
  });

  it('refuses to retain one backup more', () => {
    const quotas = [quota('retained_automated_backups', 40, 40)];
    expect(fold({ quotas }, [theDelete(orders, keep)])).toEqual({
      said: ['refused retained_backup_quota_full'],
      backup: 'survives',
      finals: [],
    });
  });

  it('stops no delete that needs no room', () => {
    const quotas = [quota('manual_snapshots', 100, 100), quota('retained_automated_backups', 40, 40)];
    const none = aDatabase({ retentionDays: 0 });
    expect(fold({ quotas }, [theDelete(orders)]).said).toEqual(['applied null']);
    expect(fold({ quotas, databases: [none] }, [theDelete(none, keep)]).said).toEqual(['applied null']);
    const multiAz = aCluster({ kind: 'multi_az_cluster', engine: 'postgres' });
    expect(fold({ quotas, databases: [multiAz] }, deletionOf(multiAz, keep)).said.at(-1)).toBe('applied null');
  });

  it('is one for instances and another for clusters, and each region has its own', () => {
    const quotas = [
      quota('manual_cluster_snapshots', 100, 100),
      { ...quota('manual_snapshots', 100, 100), region: 'us-east-1' },
    ];
    expect(fold({ quotas }, [theDelete(orders, named)]).said).toEqual(['applied null']);
    const courses = aCluster({ members: [] });
    expect(fold({ quotas, databases: [courses] }, [theDelete(courses, named)]).said).toEqual([
      'refused final_snapshot_quota_full',
    ]);
  });
});

describe('a limit that nobody read', () => {
  const counted = (count: number, fields: Partial<RecoveryPoint> = {}, refusals: Refusals = 'honoured') =>
    fold({ recoveryPoints: [pitr, ...others(count, fields)] }, [theDelete(orders, named)], refusals);

  it('leaves the delete open from the default on', () => {
    expect(counted(99)).toMatchObject({ said: ['applied null'], finals: ['survives'] });
    expect(counted(100)).toEqual({ said: ['unknown quota_not_observed'], backup: 'unknown', finals: ['unknown'] });
  });

  it('counts copies, and no snapshot that AWS or AWS Backup keeps, or that lies elsewhere', () => {
    expect(counted(100, { kind: 'snapshot_copy' }).said).toEqual(['unknown quota_not_observed']);
    expect(counted(100, { kind: 'system_snapshot' }).said).toEqual(['applied null']);
    expect(counted(100, { kind: 'backup_snapshot' }).said).toEqual(['applied null']);
    expect(counted(100, { region: 'us-east-1' }).said).toEqual(['applied null']);
    expect(counted(100, { ofCluster: true }).said).toEqual(['applied null']);
  });

  it('leaves open whether one backup more is retained from the fortieth on', () => {
    const retained = (count: number) =>
      fold({ recoveryPoints: [pitr, ...others(count, { kind: 'retained_automated_backup' })] }, [
        theDelete(orders, keep),
      ]);
    expect(retained(39)).toMatchObject({ said: ['applied null'], backup: 'survives_until' });
    expect(retained(40)).toMatchObject({ said: ['unknown quota_not_observed'] });
  });

  it('gives way to a refusal that is certain', () => {
    const guarded = aDatabase({ deletionProtection: true });
    const inventory = { databases: [guarded], recoveryPoints: [pitr, ...others(100)] };
    expect(fold(inventory, [theDelete(guarded, named)])).toMatchObject({
      said: ['refused deletion_protection_refuses'],
      backup: 'survives',
    });
  });
});

describe('where no refusal is counted on', () => {
  it('a final snapshot that AWS refuses is not made, and one that it may refuse is not known', () => {
    const full = { quotas: [quota('manual_snapshots', 100, 100)] };
    expect(fold(full, [theDelete(orders, named)], 'lifted')).toEqual({
      said: ['applied final_snapshot_quota_full'],
      backup: 'lost',
      finals: [],
    });
    const open = { recoveryPoints: [pitr, ...others(100)] };
    expect(fold(open, [theDelete(orders, named)], 'lifted')).toEqual({
      said: ['applied null'],
      backup: 'lost',
      finals: ['unknown'],
    });
  });

  it('a backup that does not fit is not retained, and one that may not is not known', () => {
    const full = { quotas: [quota('retained_automated_backups', 40, 40)] };
    expect(fold(full, [theDelete(orders, keep)], 'lifted').backup).toBe('lost');
    const open = { recoveryPoints: [pitr, ...others(40, { kind: 'retained_automated_backup' })] };
    expect(fold(open, [theDelete(orders, keep)], 'lifted').backup).toBe('unknown');
  });
});

describe('steps of one change', () => {
  const twins: readonly Database[] = [1, 2].map((n) =>
    aDatabase({
      identifier: `twin-${n}`,
      resourceId: `db-${n}`,
      arn: `arn:aws:rds:eu-west-1:123456789012:db:twin-${n}`,
    }),
  );
  const deletions = twins.map((twin, index) => theDelete(twin, { ...named, finalSnapshotId: `last-${index}` }));
  const [other] = others(1);
  const deleteOther: Action = { kind: 'delete_db_snapshot', target: aTargetOf(other ?? pitr) };
  const read = (used: number) => ({ databases: twins, quotas: [quota('manual_snapshots', used, 100)] });

  it('use the room up: the hundredth fits, the next does not', () => {
    expect(fold(read(99), deletions).said).toEqual(['applied null', 'refused final_snapshot_quota_full']);
    expect(fold(read(98), deletions).said).toEqual(['applied null', 'applied null']);
  });

  it('free it: a snapshot that the change deletes first, once however often it is named', () => {
    const inventory = { ...read(100), recoveryPoints: others(1) };
    expect(fold(inventory, [deleteOther, deleteOther, ...deletions]).said.slice(2)).toEqual([
      'applied null',
      'refused final_snapshot_quota_full',
    ]);
  });

  it('leave it open after a deletion that is in doubt', () => {
    const inventory = { ...read(100), recoveryPoints: others(1, { status: 'creating' }) };
    expect(fold(inventory, [deleteOther, ...deletions]).said).toEqual([
      'unknown snapshot_deletion_needs_available',
      'unknown quota_not_observed',
      'unknown quota_not_observed',
    ]);
  });

  it('retain one backup each', () => {
    const inventory = {
      databases: twins,
      recoveryPoints: twins.map((twin) => thePitr(twin)),
      quotas: [quota('retained_automated_backups', 39, 40)],
    };
    expect(
      fold(
        inventory,
        twins.map((twin) => theDelete(twin, keep)),
      ).said,
    ).toEqual(['applied null', 'refused retained_backup_quota_full']);
  });

  it('count what an undecided one may have made', () => {
    const [first, second] = twins;
    const doubtful = { ...(first ?? orders), status: 'stopped', deletionProtection: true };
    const inventory = { ...read(99), databases: [doubtful, second ?? orders] };
    const unprotect: Action = {
      kind: 'modify_db_instance',
      target: deletions[0]?.target ?? aTargetOf(orders),
      change: { deletionProtection: false },
    };
    expect(fold(inventory, [unprotect, ...deletions]).said).toEqual([
      'unknown modification_may_be_refused',
      'unknown earlier_step_in_doubt',
      'unknown quota_not_observed',
    ]);
  });
});

/** Losses by name: what each one does to the database it is brought about for. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Database, RecoveryPoint } from '../../src/inventory/model.ts';
import { type LossName, meet } from '../../src/survival/losses.ts';
import { worldOf } from '../../src/survival/world.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  KEY_ARN,
  NOW,
  thePitr,
} from '../support/builders.ts';

function met(loss: LossName, database: Database, points: readonly RecoveryPoint[]) {
  const inventory = anInventory({ databases: [database], recoveryPoints: points, keys: [aKey()] });
  const world = meet(worldOf(inventory, NOW), database, loss);
  return {
    fates: world.points.map(({ fate }) => fate.word),
    windows: world.points.map(({ point }) => point.window?.earliest ?? null),
    retention: world.databases.map(({ database: { retentionDays } }) => retentionDays),
    keys: world.keys.map(({ state, deletionAt }) => ({ state, deletionAt })),
    at: world.at,
  };
}

describe('a lower retention', () => {
  const automated = (of: Database) => [
    thePitr(of),
    aSystemSnapshot(of, { createdAt: addDays(NOW, -3) }),
    aSystemSnapshot(of, { id: 'rds:young', arn: 'arn:young', createdAt: addDays(NOW, -1) }),
  ];

  it('of a day leaves an instance what is no older, and the rest in doubt', () => {
    const orders = aDatabase();
    expect(met('retention_lowered', orders, automated(orders))).toMatchObject({
      fates: ['survives', 'unknown', 'survives'],
      windows: [addDays(NOW, -1), null, null],
      retention: [1],
    });
  });

  it('of none takes all from an instance', () => {
    const orders = aDatabase();
    expect(met('retention_zero', orders, automated(orders))).toMatchObject({
      fates: ['lost', 'lost', 'lost'],
      retention: [0],
    });
  });

  it.each<[string, Partial<Database>]>([
    ['Aurora', {}],
    ['Multi-AZ', { kind: 'multi_az_cluster', engine: 'postgres' }],
  ])('never goes below a day for a cluster: %s', (_, fields) => {
    const cluster = aCluster(fields);
    for (const loss of ['retention_zero', 'retention_lowered'] as const)
      expect(met(loss, cluster, automated(cluster))).toMatchObject({
        fates: ['survives', 'unknown', 'survives'],
        windows: [addDays(NOW, -1), null, null],
        retention: [1],
      });
  });

  it('is none where there were no automated backups', () => {
    const bare = aDatabase({ retentionDays: 0 });
    expect(met('retention_lowered', bare, []).retention).toEqual([0]);
  });
});

describe('the key of a database', () => {
  const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const points = [aPoint(sealed)];

  it('disabled makes its points unreadable, and is not about to be deleted', () => {
    expect(met('key_disabled', sealed, points)).toMatchObject({
      fates: ['unreadable'],
      keys: [{ state: 'disabled', deletionAt: null }],
    });
  });

  it('scheduled for deletion makes them unreadable, and is deleted after the shortest wait', () => {
    expect(met('key_deletion_scheduled', sealed, points)).toMatchObject({
      fates: ['unreadable'],
      keys: [{ state: 'pending_deletion', deletionAt: addDays(NOW, 7) }],
    });
  });

  it('destroyed takes them', () => {
    expect(met('key_destroyed', sealed, points)).toMatchObject({ fates: ['lost'], keys: [] });
  });

  it('takes nothing of a database that has none', () => {
    const orders = aDatabase();
    for (const loss of ['key_disabled', 'key_deletion_scheduled', 'key_destroyed'] as const)
      expect(met(loss, orders, [aPoint(orders)])).toMatchObject({
        fates: ['survives'],
        keys: [{ state: 'enabled' }],
      });
  });
});

describe('what a loss assumes', () => {
  const orders = aDatabase();

  it('is a month, and a bad write that was noticed just now, a day late', () => {
    const snapshots = [addDays(NOW, -1), addDays(NOW, -2)].map((dataAt, index) =>
      aPoint(orders, { id: `s${index}`, arn: `arn:${index}`, dataAt }),
    );
    expect(met('time_passes', orders, []).at).toBe(addDays(NOW, 30));
    expect(met('bad_write', orders, snapshots)).toMatchObject({ at: NOW, fates: ['lost', 'survives'] });
  });

  it('can be told otherwise', () => {
    const world = worldOf(anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)] }), NOW);
    const assumed = { detectionSeconds: 1_800, days: 3 };
    expect(meet(world, orders, 'bad_write', assumed).points.map(({ fate }) => fate.word)).toEqual(['survives']);
    expect(meet(world, orders, 'time_passes', assumed).at).toBe(addDays(NOW, 3));
  });
});

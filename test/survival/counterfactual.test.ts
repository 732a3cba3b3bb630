/** What would have saved a database: only settings that really leave something are named. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Action } from '../../src/intent/action.ts';
import type { Database, RecoveryPoint } from '../../src/inventory/model.ts';
import { cheapestSavingOf, counterfactualsOf } from '../../src/survival/counterfactual.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aTargetOf,
  aVault,
  deletionOf,
  KEY_ARN,
  NOW,
  thePitr,
} from '../support/builders.ts';

function saving(
  database: Database,
  points: readonly RecoveryPoint[],
  inventory: Parameters<typeof anInventory>[0] = {},
) {
  const loss = {
    inventory: anInventory({ databases: [database], recoveryPoints: points, ...inventory }),
    actions: deletionOf(database),
    at: NOW,
  };
  return counterfactualsOf(loss, database);
}

describe('a cluster that loses everything', () => {
  const courses = aCluster({ retentionDays: 1 });
  const found = saving(courses, [thePitr(courses), aSystemSnapshot(courses)]);

  it('would be saved by four settings, the cheapest first', () => {
    expect(found.map(({ setting, left }) => `${setting}: ${left.join(' ')}`)).toEqual([
      'keep_automated_backups: pitr:cluster-COURSES rds:courses-2026-11-23-03-00',
      'final_snapshot: courses-final',
      'manual_snapshot: courses-manual',
      'vault_backup: awsbackup:job-courses',
    ]);
  });

  it('would be left a retained backup for its retention, and snapshots for good', () => {
    expect(found.map(({ until }) => until)).toEqual([addDays(NOW, 1), null, null, null]);
  });

  it('is told the command for its kind', () => {
    expect(found[0]?.command.split('\n')).toEqual([
      'delete_automated_backups = false',
      '# applied before the destroy; with the AWS CLI, on the deletion: --no-delete-automated-backups',
    ]);
    expect(found[1]?.command.split('\n')).toEqual([
      'skip_final_snapshot = false',
      'final_snapshot_identifier = "courses-final"',
      '# applied before the destroy; with the AWS CLI, on the deletion: --no-skip-final-snapshot --final-db-snapshot-identifier courses-final',
    ]);
    expect(found[2]?.command).toBe(
      'aws rds create-db-cluster-snapshot --region eu-west-1 --db-cluster-identifier courses --db-cluster-snapshot-identifier courses-manual',
    );
  });
});

describe('a setting that would leave nothing', () => {
  it('is not named: no automated backups at retention 0', () => {
    const bare = aDatabase({ retentionDays: 0, restoreWindow: null });
    expect(saving(bare, []).map(({ setting }) => setting)).toEqual([
      'final_snapshot',
      'manual_snapshot',
      'vault_backup',
    ]);
  });

  it('is not named: a Multi-AZ DB cluster retains nothing', () => {
    const maz = aCluster({ kind: 'multi_az_cluster', engine: 'postgres' });
    expect(saving(maz, [thePitr(maz)]).map(({ setting }) => setting)).toEqual([
      'final_snapshot',
      'manual_snapshot',
      'vault_backup',
    ]);
  });

  it('is not named: every snapshot under a dying key is unreadable', () => {
    const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
    expect(saving(sealed, [thePitr(sealed)], { keys: [aKey({ state: 'pending_deletion' })] })).toEqual([]);
  });

  it('is not named: a final snapshot of a database that is not available', () => {
    const broken = aDatabase({ status: 'incompatible-restore' });
    expect(saving(broken, [thePitr(broken)]).map(({ setting }) => setting)).toEqual([
      'keep_automated_backups',
      'manual_snapshot',
      'vault_backup',
    ]);
  });
});

describe('a change that does more than delete the database', () => {
  const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
  const keyGoes: Action = {
    kind: 'schedule_key_deletion',
    target: aTargetOf({ arn: KEY_ARN, id: 'k' }),
    windowDays: 7,
  };
  const vault = aVault();
  const held = aPoint(sealed, { id: 'held', arn: 'arn:held', kind: 'backup_snapshot', vaultArn: vault.arn });
  const namesOf = (actions: readonly Action[], points: readonly RecoveryPoint[]) => {
    const inventory = anInventory({ databases: [sealed], recoveryPoints: points, keys: [aKey()], vaults: [vault] });
    const loss = { inventory, actions, at: NOW };
    expect(cheapestSavingOf(loss, sealed)).toEqual(counterfactualsOf(loss, sealed)[0] ?? null);
    return counterfactualsOf(loss, sealed).map(({ setting, left }) => `${setting}: ${left.join(' ')}`);
  };

  it('and takes the key with it is saved by keeping the key, and by nothing else alone', () => {
    expect(namesOf([...deletionOf(sealed, final), keyGoes], [thePitr(sealed)])).toEqual(['key_kept: last']);
    expect(namesOf([...deletionOf(sealed), keyGoes], [thePitr(sealed)])).toEqual([]);
  });

  it('and empties its vault would have met a lock', () => {
    const emptied: Action = { kind: 'delete_backup_vault', target: aTargetOf(vault), force: true };
    expect(namesOf([...deletionOf(sealed), emptied], [held])).toEqual([
      'vault_locked: held',
      'final_snapshot: orders-final',
      'manual_snapshot: orders-manual',
      'vault_backup: awsbackup:job-orders',
    ]);
  });

  it('is told a snapshot name that is free', () => {
    const taken = aPoint(sealed, { id: 'orders-manual', arn: 'arn:taken' });
    const names = namesOf(deletionOf(sealed), [taken, { ...taken, id: 'orders-manual-2', arn: 'arn:taken-2' }]);
    expect(names).toContain('manual_snapshot: orders-manual-3');
  });
});

it('leaves out what survives anyway', () => {
  const orders = aDatabase();
  const manual = aPoint(orders, { id: 'kept', arn: 'arn:kept' });
  expect(saving(orders, [manual]).flatMap(({ left }) => left)).not.toContain('kept');
});

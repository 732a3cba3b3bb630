/** What one step leaves for the next, and what nobody can tell: found by test/sim, where the lab plays AWS. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Action } from '../../src/intent/action.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { survive, surviveFurther } from '../../src/survival/survive.ts';
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
  KEY_ARN,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const backups = [thePitr(orders), aSystemSnapshot(orders, { createdAt: addDays(NOW, -1) })];
const keep = { deleteAutomatedBackups: false };

function fold(inventory: Inventory, ...actions: readonly Action[]) {
  const { after, effects } = survive(inventory, actions, { at: NOW, refusals: 'honoured' });
  return { effects, after, last: effects.at(-1), fates: after.points.map(({ fate }) => fate.word) };
}

const deleteBackup: Action = { kind: 'delete_automated_backup', target: aTarget(orders) };
const unprotect: Action = {
  kind: 'modify_db_instance',
  target: aTarget(orders),
  change: { deletionProtection: false },
};

describe('an automated backup that a deletion has just retained', () => {
  it('can be deleted, and its system snapshots go with it', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: backups });
    const { last, fates } = fold(inventory, theDelete(orders, keep), deleteBackup);
    expect(last).toMatchObject({ outcome: 'applied', rule: 'retained_backup_deleted' });
    expect(fates).toEqual(['lost', 'lost']);
  });

  it('no longer follows a retention that is set afterwards', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: backups });
    const purge: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: { retentionDays: 0 } };
    expect(fold(inventory, theDelete(orders, keep), purge).fates).toEqual(['survives_until', 'survives_until']);
  });
});

describe('a retained automated backup', () => {
  it('takes the system snapshots inside it, and no manual one', () => {
    const retained = thePitr(orders, { kind: 'retained_automated_backup' });
    const inventory = anInventory({ recoveryPoints: [retained, aSystemSnapshot(orders), aPoint(orders)] });
    expect(fold(inventory, deleteBackup).fates).toEqual(['lost', 'lost', 'survives']);
  });
});

describe('a snapshot name', () => {
  const old = aPoint(orders, { id: 'last' });
  const named = { skipFinalSnapshot: false, finalSnapshotId: 'Last' } as const;
  const deleteLast: Action = { kind: 'delete_db_snapshot', target: aTargetOf(old) };
  const inventory = anInventory({ databases: [orders], recoveryPoints: [old] });

  it('is free again once its snapshot is deleted, and is kept in lower case', () => {
    const { last, after } = fold(inventory, deleteLast, theDelete(orders, named));
    expect(last?.outcome).toBe('applied');
    expect(after.points.map(({ point, fate }) => [point.id, fate.word])).toEqual([
      ['last', 'lost'],
      ['last', 'survives'],
    ]);
  });

  it('means the final snapshot that took it over, which can be deleted too', () => {
    expect(fold(inventory, deleteLast, theDelete(orders, named), deleteLast).fates).toEqual(['lost', 'lost']);
  });
});

describe('a snapshot deletion', () => {
  it('of one still being made may come too early', () => {
    const point = aPoint(orders, { status: 'creating' });
    const { last, fates } = fold(anInventory({ recoveryPoints: [point] }), {
      kind: 'delete_db_snapshot',
      target: aTargetOf(point),
    });
    expect(last).toMatchObject({ outcome: 'unknown', rule: 'snapshot_deletion_needs_available' });
    expect(fates).toEqual(['unknown']);
  });

  it('is refused by RDS for one of AWS Backup that no vault shows', () => {
    const point = aPoint(orders, { kind: 'backup_snapshot', status: 'unknown' });
    const action: Action = { kind: 'delete_db_snapshot', target: aTargetOf(point) };
    expect(fold(anInventory({ recoveryPoints: [point] }), action)).toMatchObject({
      last: { outcome: 'refused', rule: 'vault_snapshot_refuses_rds_deletion' },
      fates: ['unknown'],
    });
  });
});

describe('a database that is not available', () => {
  const stopped = aDatabase({ status: 'stopped', deletionProtection: true });
  const inventory = anInventory({ databases: [stopped], recoveryPoints: backups });

  it('may refuse to be modified, so that nobody knows what the next step meets', () => {
    const { effects, fates, after } = fold(inventory, unprotect, theDelete(stopped));
    expect(effects).toMatchObject([
      { outcome: 'unknown', rule: 'modification_may_be_refused' },
      { outcome: 'unknown', rule: 'earlier_step_in_doubt' },
    ]);
    expect(fates).toEqual(['unknown', 'unknown']);
    expect(after.databases).toMatchObject([{ alive: true, inDoubt: true }]);
  });

  it('may keep a tool from disarming it', () => {
    const { last } = fold(inventory, theDelete(stopped, { disarmsProtection: true }));
    expect(last).toMatchObject({ outcome: 'unknown', rule: 'modification_may_be_refused' });
  });

  it('leaves what would live either way alive', () => {
    const shorter: Action = { kind: 'modify_db_instance', target: aTarget(stopped), change: { retentionDays: 3 } };
    expect(fold(inventory, shorter).fates).toEqual(['survives', 'survives']);
    expect(fold(inventory, unprotect, theDelete(stopped, keep)).fates).toEqual(['survives_until', 'survives_until']);
  });

  it('counts as modified where no refusal is counted on', () => {
    const { effects } = survive(inventory, [unprotect, theDelete(stopped)], { at: NOW, refusals: 'lifted' });
    expect(effects.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
  });
});

describe('a tool that disarms', () => {
  it('and is then refused for another reason may leave the database unprotected', () => {
    const guarded = aDatabase({ deletionProtection: true });
    const inventory = anInventory({ databases: [guarded], recoveryPoints: [thePitr(guarded), aPoint(guarded)] });
    const taken = { skipFinalSnapshot: false, finalSnapshotId: 'orders-manual', disarmsProtection: true };
    const { effects, fates } = fold(inventory, theDelete(guarded, taken), theDelete(guarded));
    expect(effects).toMatchObject([
      { outcome: 'refused', rule: 'final_snapshot_name_taken' },
      { outcome: 'unknown', rule: 'earlier_step_in_doubt' },
    ]);
    expect(fates).toEqual(['unknown', 'survives']);
  });
});

describe('a final snapshot under a key', () => {
  const sealed = aDatabase({ keyArn: KEY_ARN, encrypted: true });
  const named = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
  const pitr = thePitr(sealed, { keyArn: null });

  it('that was not read leaves the whole deletion open', () => {
    const { last, fates } = fold(
      anInventory({ databases: [sealed], recoveryPoints: [pitr] }),
      theDelete(sealed, named),
    );
    expect(last).toMatchObject({ outcome: 'unknown', rule: 'key_not_observed' });
    expect(fates).toEqual(['unknown', 'unknown']);
  });

  it('that is disabled is refused, and one that is skipped is not', () => {
    const inventory = anInventory({
      databases: [sealed],
      recoveryPoints: [pitr],
      keys: [aKey({ state: 'disabled' })],
    });
    expect(fold(inventory, theDelete(sealed, named)).last).toMatchObject({
      outcome: 'refused',
      rule: 'final_snapshot_needs_key',
    });
    expect(fold(inventory, theDelete(sealed)).fates).toEqual(['lost']);
  });
});

describe("a cluster's instance named as any instance is", () => {
  const courses = aCluster();
  const target = { arn: null, resourceId: null, identifier: 'courses-0', scope: SCOPE };
  const inventory = anInventory({ databases: [courses], recoveryPoints: [thePitr(courses)] });

  it('is deleted without any data', () => {
    const { last, after, fates } = fold(inventory, { ...theDelete(orders), target } as Action);
    expect(last).toMatchObject({ outcome: 'applied', rule: 'member_deletion_keeps_volume' });
    expect(after.databases).toMatchObject([{ alive: true, members: [] }]);
    expect(fates).toEqual(['survives']);
  });

  it('takes no final snapshot', () => {
    const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
    const { last } = fold(inventory, { ...theDelete(orders, final), target } as Action);
    expect(last).toMatchObject({ outcome: 'refused', rule: 'final_snapshot_impossible_for_member' });
  });
});

describe('a vault', () => {
  it('that is deleted twice puts nothing else in doubt', () => {
    const gone: Action = { kind: 'delete_backup_vault', target: aTargetOf(aVault()), force: true };
    const inventory = anInventory({ vaults: [aVault()], recoveryPoints: [aPoint(orders)] });
    expect(fold(inventory, gone, gone)).toMatchObject({ last: { outcome: 'applied' }, fates: ['survives'] });
  });
});

describe('a Multi-AZ DB cluster', () => {
  it('is deleted together with its instances', () => {
    const cluster = aCluster({ kind: 'multi_az_cluster', engine: 'postgres' });
    const inventory = anInventory({ databases: [cluster], recoveryPoints: [thePitr(cluster)] });
    expect(fold(inventory, theDelete(cluster))).toMatchObject({ last: { outcome: 'applied' }, fates: ['lost'] });
  });
});

describe('actions that follow a loss', () => {
  const inventory = anInventory({ databases: [orders], recoveryPoints: [...backups, aPoint(orders)], keys: [aKey()] });
  const disable: Action = { kind: 'disable_key', target: { ...aTarget(orders), arn: KEY_ARN, resourceId: null } };
  const options = { at: NOW, refusals: 'lifted' } as const;

  it('leave what all of them in one loss do, effects and end alike', () => {
    const further = surviveFurther(survive(inventory, [disable], options), [theDelete(orders, keep)], options);
    const together = survive(inventory, [disable, theDelete(orders, keep)], options);
    expect(further.after.points).toEqual(together.after.points);
    expect(further.after.databases.map(({ alive }) => alive)).toEqual([false]);
    expect(further.effects).toEqual(together.effects);
    expect(further.effects.map(({ action }) => action.kind)).toEqual(['disable_key', 'delete_db_instance']);
  });
});

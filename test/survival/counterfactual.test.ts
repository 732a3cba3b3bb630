/** What would have saved a database: only settings that really leave something are named. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import type { Action } from '../../src/intent/action.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { cheapestSavingOf, counterfactualsOf, savingFor } from '../../src/survival/counterfactual.ts';
import { partsOf } from '../../src/survival/surroundings.ts';
import { survive } from '../../src/survival/survive.ts';
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
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
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
  const found = () => saving(courses, [thePitr(courses), aSystemSnapshot(courses)]);

  it('would be saved by four settings, the cheapest first', () => {
    expect(found().map(({ setting, left }) => `${setting}: ${left.join(' ')}`)).toEqual([
      'keep_automated_backups: pitr:cluster-COURSES rds:courses-2026-11-23-03-00',
      'final_snapshot: courses-final',
      'manual_snapshot: courses-manual',
      'vault_backup: awsbackup:job-courses',
    ]);
  });

  it('would be left a retained backup for its retention, and snapshots for good', () => {
    expect(found().map(({ until }) => until)).toEqual([addDays(NOW, 1), null, null, null]);
  });

  it('is told the command for its kind', () => {
    expect(found()[0]?.command.split('\n')).toEqual([
      'delete_automated_backups = false',
      '# applied before the destroy; with the AWS CLI, on the deletion: --no-delete-automated-backups',
    ]);
    expect(found()[1]?.command.split('\n')).toEqual([
      'skip_final_snapshot = false',
      'final_snapshot_identifier = "courses-final"',
      '# applied before the destroy; with the AWS CLI, on the deletion: --no-skip-final-snapshot --final-db-snapshot-identifier courses-final',
    ]);
    expect(found()[2]?.command).toBe(
      'aws rds create-db-cluster-snapshot --region eu-west-1 --db-cluster-identifier courses --db-cluster-snapshot-identifier courses-manual',
    );
  });
});

describe('an instance that loses everything', () => {
  const orders = aDatabase();

  it('is told what each setting leaves, how recent that is, until when, and the command', () => {
    expect(saving(orders, [thePitr(orders), aSystemSnapshot(orders, { createdAt: hoursAgo(7) })])).toEqual([
      {
        setting: 'keep_automated_backups',
        left: ['pitr:db-ORDERS', 'rds:orders-2026-11-23-03-00'],
        newestAt: addSeconds(NOW, -300),
        until: addDays(NOW, 7),
        command: `delete_automated_backups = false
# applied before the destroy; with the AWS CLI, on the deletion: --no-delete-automated-backups`,
      },
      {
        setting: 'final_snapshot',
        left: ['orders-final'],
        newestAt: NOW,
        until: null,
        command: `skip_final_snapshot = false
final_snapshot_identifier = "orders-final"
# applied before the destroy; with the AWS CLI, on the deletion: --no-skip-final-snapshot --final-db-snapshot-identifier orders-final`,
      },
      {
        setting: 'manual_snapshot',
        left: ['orders-manual'],
        newestAt: NOW,
        until: null,
        command:
          'aws rds create-db-snapshot --region eu-west-1 --db-instance-identifier orders --db-snapshot-identifier orders-manual',
      },
      {
        setting: 'vault_backup',
        left: ['awsbackup:job-orders'],
        newestAt: NOW,
        until: null,
        command:
          'aws backup start-backup-job --region eu-west-1 --backup-vault-name rescue --resource-arn arn:aws:rds:eu-west-1:123456789012:db:orders --iam-role-arn ROLE',
      },
    ]);
  });

  it('is told the latest end of several, in whatever order they come', () => {
    const retained = [thePitr(orders), aSystemSnapshot(orders, { createdAt: hoursAgo(7) })];
    for (const points of [retained, retained.toReversed()])
      expect(saving(orders, points)[0]).toMatchObject({ newestAt: addSeconds(NOW, -300), until: addDays(NOW, 7) });
  });

  it('is not told how recent the data are where AWS does not say', () => {
    const held = (id: string, dataAt: Instant | null) =>
      aPoint(orders, { id, arn: `arn:${id}`, kind: 'backup_snapshot', vaultArn: aVault().arn, dataAt });
    const emptied: Action = { kind: 'delete_backup_vault', target: aTargetOf(aVault()), force: true };
    const newest = (recoveryPoints: readonly RecoveryPoint[]) => {
      const inventory = anInventory({ databases: [orders], recoveryPoints, vaults: [aVault()] });
      const [first] = counterfactualsOf({ inventory, actions: [...deletionOf(orders), emptied], at: NOW }, orders);
      expect(first).toMatchObject({ setting: 'vault_locked', until: null });
      return first?.newestAt;
    };
    const [undated, dated] = [held('undated', null), held('dated', hoursAgo(2))];
    expect([newest([undated]), newest([undated, dated]), newest([dated, undated])]).toEqual([
      null,
      hoursAgo(2),
      hoursAgo(2),
    ]);
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

  it('is not named: a snapshot of a database that is in no state to be taken one of', () => {
    const settings = (status: string) => {
      const database = aDatabase({ status });
      return saving(database, [thePitr(database)]).map(({ setting }) => setting);
    };
    expect(settings('incompatible-restore')).toEqual(['keep_automated_backups', 'vault_backup']);
    expect(settings('storage-optimization')).toEqual(['keep_automated_backups', 'manual_snapshot', 'vault_backup']);
  });

  it.each(['manual_snapshots', 'manual_cluster_snapshots'] as const)('is not named: a snapshot past %s', (name) => {
    const database = name === 'manual_snapshots' ? aDatabase() : aCluster();
    const settings = (used: number) =>
      saving(database, [], { quotas: [{ ...SCOPE, name, used, max: 100 }] }).map(({ setting }) => setting);
    expect(settings(99)).toEqual(['final_snapshot', 'manual_snapshot', 'vault_backup']);
    expect(settings(100)).toEqual(['vault_backup']);
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

  it.each<Action>([
    keyGoes,
    { kind: 'disable_key', target: keyGoes.target },
    { kind: 'change_key_policy', target: keyGoes.target },
  ])('and seals its key is told to leave that out: $kind', (action) => {
    const inventory = anInventory({ databases: [sealed], keys: [aKey()] });
    expect(
      counterfactualsOf({ inventory, actions: [...deletionOf(sealed, final), action], at: NOW }, sealed),
    ).toMatchObject([{ setting: 'key_kept', command: 'keep the key of orders out of this change: k' }]);
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

  it('is told how to lock each vault that holds one of its own points, and no other', () => {
    const second = aVault({ arn: 'arn:second', name: 'second' });
    const theirs = aVault({ arn: 'arn:theirs', name: 'theirs' });
    const recoveryPoints = [
      held,
      { ...held, id: 'held-2', arn: 'arn:held-2', vaultArn: second.arn },
      { ...held, id: 'not-ours', arn: 'arn:n', vaultArn: theirs.arn, databaseResourceId: 'db-OTHER' },
    ];
    const inventory = anInventory({
      databases: [sealed],
      recoveryPoints,
      keys: [aKey()],
      vaults: [vault, theirs, second],
    });
    const emptied = [vault, second].map(
      (of): Action => ({ kind: 'delete_backup_vault', target: aTargetOf(of), force: true }),
    );
    const [found] = counterfactualsOf({ inventory, actions: [...deletionOf(sealed), ...emptied], at: NOW }, sealed);
    const lock = (name: string) =>
      `aws backup put-backup-vault-lock-configuration --region eu-west-1 --backup-vault-name ${name} --min-retention-days 7 --changeable-for-days 3`;
    expect(found).toMatchObject({
      setting: 'vault_locked',
      left: ['held', 'held-2'],
      command: `${lock('main')}\n${lock('second')}`,
    });
  });

  it('and deletes other databases too would leave of each what is its own', () => {
    const other = aDatabase({ arn: 'arn:other', resourceId: 'db-OTHER', identifier: 'other' });
    const abroad = { ...aTargetOf({ arn: 'arn:abroad' }), scope: { ...SCOPE, accountId: '999999999999' } };
    const unseen = deletionOf(other).map((action) => ({ ...action, target: abroad }));
    const actions = [...unseen, ...deletionOf(other), ...deletionOf(sealed)];
    const inventory = anInventory({ databases: [other, sealed], recoveryPoints: [thePitr(other)], keys: [aKey()] });
    const found = counterfactualsOf({ inventory, actions, at: NOW }, sealed);
    expect(found.map(({ setting, left }) => `${setting}: ${left.join(' ')}`)).toEqual([
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

describe('the cheapest setting, from the part of a change that concerns a database', () => {
  const bare = aDatabase({ retentionDays: 0, restoreWindow: null });
  const other = aDatabase({ arn: 'arn:other', resourceId: 'db-OTHER', identifier: 'other' });
  const found = (actions: readonly Action[], fields: Partial<Inventory> = {}, of = bare) => {
    const inventory = anInventory({ databases: [of, other], ...fields });
    const part = partsOf(inventory)(of).inventory;
    return savingFor(part, survive(inventory, actions, { at: NOW, refusals: 'lifted' }), {
      database: of,
      at: NOW,
    });
  };
  const worded = (saving: ReturnType<typeof found>) => saving && `${saving.setting}: ${saving.left.join(' ')}`;
  const gone = { databaseResourceId: 'db-GONE' };

  it('does not take a name that a snapshot of an earlier database bears', () => {
    const taken = [
      aPoint(bare, { ...gone, id: 'orders-final', arn: 'arn:taken' }),
      aPoint(bare, { ...gone, id: 'orders-final-2', arn: 'arn:taken-2' }),
    ];
    expect(worded(found(deletionOf(bare), { recoveryPoints: taken }))).toBe('final_snapshot: orders-final-3');
  });

  it('knows that the final snapshot of the change itself is not made where its name is taken', () => {
    const taken = aPoint(bare, { ...gone, id: 'last', arn: 'arn:taken' });
    const change = (of: Database) => deletionOf(of, { skipFinalSnapshot: false, finalSnapshotId: 'Last' });
    expect(worded(found(change(bare), { recoveryPoints: [taken] }))).toBe('final_snapshot: orders-final');
    // With a database that would have taken the name first, it is no setting of this one that leaves anything.
    expect(worded(found([...change(other), ...change(bare)]))).toBe('final_snapshot: orders-final');
  });

  it('counts on no more room than the whole inventory has', () => {
    const others = Array.from({ length: 100 }, (_, index) =>
      aPoint(bare, { ...gone, id: `x${index}`, arn: `arn:x${index}` }),
    );
    expect(worded(found(deletionOf(bare), { recoveryPoints: others }))).toBe('vault_backup: awsbackup:job-orders');
    expect(worded(found(deletionOf(bare), { recoveryPoints: others.slice(1) }))).toBe('final_snapshot: orders-final');
    // Nor does a setting that has nothing to do with it make room for a backup that the change asks to retain.
    const orders = aDatabase();
    const retained = others.map((point) => ({ ...point, kind: 'retained_automated_backup' as const }));
    const kept = deletionOf(orders, { deleteAutomatedBackups: false });
    const recoveryPoints = [...retained, thePitr(orders)];
    expect(worded(found(kept, { recoveryPoints }, orders))).toBe('final_snapshot: orders-final');
  });

  const vault = aVault();
  const sealed = aDatabase({ retentionDays: 0, encrypted: true, keyArn: KEY_ARN });
  const estate = {
    keys: [aKey(), aKey({ arn: 'arn:copy-key' })],
    vaults: [vault, aVault({ arn: 'arn:theirs', name: 'theirs' })],
    recoveryPoints: [
      aPoint(sealed, { id: 'copy', arn: 'arn:copy', kind: 'snapshot_copy', keyArn: 'arn:copy-key' }),
      aPoint(sealed, { id: 'held', arn: 'arn:held', kind: 'backup_snapshot', vaultArn: vault.arn }),
      aPoint(other, { id: 'theirs', arn: 'arn:held-2', kind: 'backup_snapshot', vaultArn: 'arn:theirs' }),
    ],
  };
  const onKey = (arn: string): Action => ({ kind: 'disable_key', target: aTargetOf({ arn, id: arn }) });

  it('looks at the keys of the database and of its points', () => {
    expect(found([...deletionOf(sealed), onKey(KEY_ARN), onKey('arn:copy-key')], estate, sealed)).toMatchObject({
      setting: 'key_kept',
      left: ['copy', 'held'],
    });
  });

  it('looks at the vaults of its points, and at no step on another', () => {
    const emptied = (of: string): Action => ({
      kind: 'delete_backup_vault',
      target: aTargetOf({ arn: of }),
      force: true,
    });
    const unlocked: Action = { kind: 'delete_vault_lock', target: aTargetOf({ arn: 'arn:theirs' }) };
    const deletion = deletionOf(sealed);
    expect(worded(found([...deletion, emptied(vault.arn)], estate, sealed))).toBe('vault_locked: held');
    expect(worded(found([...deletion, emptied('arn:theirs'), unlocked], estate, sealed))).toBe(
      'final_snapshot: orders-final',
    );
  });

  const final = { skipFinalSnapshot: false, finalSnapshotId: 'Last' };

  it.each([sealed, aCluster({ encrypted: true, keyArn: KEY_ARN })])(
    'does not count on the final snapshot of the change where its name is taken: $kind',
    (database) => {
      const change = [...deletionOf(database, final), onKey(KEY_ARN)];
      const under = (recoveryPoints: readonly RecoveryPoint[]) =>
        worded(found(change, { keys: [aKey()], recoveryPoints }, database));
      const last = aPoint(database, { id: 'last', arn: 'arn:last' });
      expect(under([])).toBe('key_kept: last');
      expect(under([{ ...last, ...gone }])).toBeNull();
      // Its own of that name would be left, once.
      expect(under([last])).toBe('key_kept: last');
    },
  );

  it('does not take a key of another database for its own that nobody read', () => {
    const copy = aPoint(sealed, { id: 'copy', arn: 'arn:copy', encrypted: false, keyArn: null });
    const fields = { keys: [aKey({ arn: 'arn:their-key' })], recoveryPoints: [copy] };
    expect(found([...deletionOf(sealed), onKey('arn:their-key')], fields, sealed)).toBeNull();
  });

  it('is no backup in a vault that the change itself empties', () => {
    const rescue = aVault({ arn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:rescue', name: 'rescue' });
    const broken = aDatabase({ retentionDays: 0, status: 'incompatible-restore' });
    const emptied: Action = { kind: 'delete_backup_vault', target: aTargetOf(rescue), force: true };
    const fields = { vaults: [rescue] };
    expect(worded(found(deletionOf(broken), fields, broken))).toBe('vault_backup: awsbackup:job-orders');
    expect(found([...deletionOf(broken), emptied], fields, broken)).toBeNull();
  });

  it('is none where the change empties a vault that nobody saw', () => {
    const emptied: Action = { kind: 'delete_backup_vault', target: aTargetOf({ arn: 'arn:unseen' }), force: true };
    expect(found([...deletionOf(bare), emptied], { recoveryPoints: [aPoint(bare)] })).toBeNull();
  });

  it('is none where a step that was not understood may delete anything', () => {
    const opaque: Action = { kind: 'opaque', target: aTargetOf({ arn: 'arn:what' }), why: 'unread' };
    expect(found([...deletionOf(bare), opaque])).toBeNull();
  });
});

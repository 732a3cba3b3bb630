/**
 * Joining observations: one recovery point of each thing, by resource id and ARN, with gaps for the rest.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/inventory/assemble.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import {
  anAutomatedBackup,
  anObservedDatabase,
  anObservedSnapshot,
  at,
  aVaultPoint,
  SCOPE,
  theObservations,
} from '../support/aws-observations.ts';

const onlyPoint = (inventory: Inventory) => {
  expect(inventory.recoveryPoints).toHaveLength(1);
  return inventory.recoveryPoints[0];
};

describe('the restore window of a live database', () => {
  it('comes from its automated backup', () => {
    const backup = anAutomatedBackup();
    const inventory = assemble(theObservations({ databases: [anObservedDatabase()], automatedBackups: [backup] }));
    expect(inventory.databases[0]?.restoreWindow).toEqual(backup.window);
    expect(onlyPoint(inventory)).toMatchObject({
      id: 'pitr:cluster-ORDERS',
      kind: 'pitr',
      arn: backup.arn,
      status: 'available',
      window: backup.window,
    });
  });

  it('ends at the later of what the two listings say', () => {
    const latest = at('2026-02-26T20:58:00Z');
    const database = anObservedDatabase({ restorable: { earliest: null, latest } });
    const inventory = assemble(theObservations({ databases: [database], automatedBackups: [anAutomatedBackup()] }));
    expect(inventory.databases[0]?.restoreWindow).toEqual({ earliest: at('2026-02-19T21:00:00Z'), latest });
  });

  it('shrinks to its newest instant when only that is known', () => {
    const latest = at('2026-02-26T20:58:00Z');
    const database = anObservedDatabase({ restorable: { earliest: null, latest } });
    const inventory = assemble(theObservations({ databases: [database] }));
    expect(inventory.databases[0]?.restoreWindow).toEqual({ earliest: latest, latest });
  });

  it('is missing, and its point still creating, before the first backup', () => {
    const inventory = assemble(theObservations({ databases: [anObservedDatabase()] }));
    expect(inventory.databases[0]?.restoreWindow).toBeNull();
    expect(onlyPoint(inventory)).toMatchObject({ kind: 'pitr', status: 'creating', window: null });
  });

  it('is not taken from a backup of an earlier database of the same name', () => {
    const old = anAutomatedBackup({ databaseResourceId: 'cluster-OLD' });
    const inventory = assemble(theObservations({ databases: [anObservedDatabase()], automatedBackups: [old] }));
    expect(inventory.databases[0]?.restoreWindow).toBeNull();
  });
});

it('a database with retention 0 has no point-in-time recovery', () => {
  const database = anObservedDatabase({ retentionDays: 0 });
  expect(assemble(theObservations({ databases: [database] })).recoveryPoints).toEqual([]);
});

describe('an automated backup without its database', () => {
  it('ends its retention after the last instant it holds', () => {
    const backup = anAutomatedBackup({ role: 'retained', status: 'retained' });
    expect(onlyPoint(assemble(theObservations({ automatedBackups: [backup] })))).toMatchObject({
      id: 'retained:cluster-ORDERS',
      kind: 'retained_automated_backup',
      expiresAt: at('2026-03-05T20:55:00Z'),
    });
  });

  it('has no known end without a window', () => {
    const backup = anAutomatedBackup({ role: 'retained', status: 'retained', window: null });
    expect(onlyPoint(assemble(theObservations({ automatedBackups: [backup] })))?.expiresAt).toBeNull();
  });

  it('has no end while it replicates, and one once it stops', () => {
    const replicating = anAutomatedBackup({ role: 'replicated', status: 'replicating' });
    const stopped = anAutomatedBackup({ role: 'replicated', status: 'retained' });
    const kind = 'replicated_automated_backup';
    expect(onlyPoint(assemble(theObservations({ automatedBackups: [replicating] })))).toMatchObject({
      kind,
      expiresAt: null,
    });
    expect(onlyPoint(assemble(theObservations({ automatedBackups: [stopped] })))).toMatchObject({
      kind,
      expiresAt: at('2026-03-05T20:55:00Z'),
    });
  });
});

describe('a snapshot', () => {
  it('listed twice is one recovery point', () => {
    const inventory = assemble(theObservations({ snapshots: [anObservedSnapshot(), anObservedSnapshot()] }));
    expect(inventory.recoveryPoints).toHaveLength(1);
  });

  it('copied from one that is listed holds the data of the original', () => {
    const original = anObservedSnapshot();
    const copy = anObservedSnapshot({
      id: 'copy',
      createdAt: at('2026-02-26T20:00:00Z'),
      dataAt: null,
      copiedFrom: original.arn,
    });
    const inventory = assemble(theObservations({ snapshots: [copy, original] }));
    expect(inventory.recoveryPoints.find(({ id }) => id === 'copy')?.dataAt).toBe(original.dataAt);
  });

  it('copied from one that is not listed holds data of an unknown moment', () => {
    const copy = anObservedSnapshot({
      dataAt: null,
      copiedFrom: 'arn:aws:rds:us-east-1:111122223333:cluster-snapshot:x',
    });
    expect(onlyPoint(assemble(theObservations({ snapshots: [copy] })))?.dataAt).toBeNull();
  });

  it('of a deleted database ends as its retained automated backup lets it', () => {
    const system = anObservedSnapshot({ id: 'rds:orders-2026-02-20-03-00', kind: 'system_snapshot' });
    const backup = anAutomatedBackup({ role: 'retained', status: 'retained' });
    const { recoveryPoints } = assemble(theObservations({ snapshots: [system], automatedBackups: [backup] }));
    expect(recoveryPoints.find(({ kind }) => kind === 'system_snapshot')).toMatchObject({
      retentionDays: 7,
      expiresAt: at('2026-02-27T03:00:00Z'),
    });
  });

  it('made by the system ages with the retention of its database', () => {
    const system = anObservedSnapshot({ id: 'rds:orders-2026-02-26', kind: 'system_snapshot' });
    const inventory = assemble(
      theObservations({ databases: [anObservedDatabase({ retentionDays: 3 })], snapshots: [system] }),
    );
    expect(inventory.recoveryPoints.find(({ kind }) => kind === 'system_snapshot')?.retentionDays).toBe(3);
  });
});

describe('an AWS Backup recovery point', () => {
  const beneath = anObservedSnapshot({
    id: 'awsbackup:job-1',
    kind: 'backup_snapshot',
    dataAt: at('2026-02-25T03:00:00Z'),
    createdAt: at('2026-02-25T05:00:00Z'),
  });

  it('and the snapshot beneath it are one: the vault gives the end, the snapshot the moment', () => {
    const point = onlyPoint(assemble(theObservations({ snapshots: [beneath], vaultPoints: [aVaultPoint()] })));
    expect(point).toMatchObject({
      id: 'awsbackup:job-1',
      kind: 'backup_snapshot',
      status: 'available',
      databaseResourceId: 'cluster-ORDERS',
      engine: 'aurora-postgresql',
      dataAt: at('2026-02-25T03:00:00Z'),
      expiresAt: at('2026-04-01T05:00:00Z'),
      vaultArn: aVaultPoint().vaultArn,
    });
  });

  it('that expired is not available, whatever its snapshot says', () => {
    const expired = aVaultPoint({ status: 'expired' });
    const point = onlyPoint(assemble(theObservations({ snapshots: [beneath], vaultPoints: [expired] })));
    expect(point?.status).toBe('expired');
  });

  it('seen by RDS but by no vault has an unknown status, and a gap', () => {
    const inventory = assemble(theObservations({ snapshots: [beneath] }));
    expect(onlyPoint(inventory)).toMatchObject({ status: 'unknown', vaultArn: null });
    expect(inventory.gaps).toMatchObject([{ hides: 'survivors', cause: expect.stringContaining('NoVaultEntry') }]);
  });

  it('without a resource id is not joined by name, and leaves a gap', () => {
    const point = aVaultPoint({
      arn: 'arn:aws:backup:eu-west-1:111122223333:recovery-point:air',
      kind: 'air_gapped_copy',
    });
    const inventory = assemble(
      theObservations({ databases: [anObservedDatabase({ retentionDays: 0 })], vaultPoints: [point] }),
    );
    expect(onlyPoint(inventory)).toMatchObject({ databaseResourceId: null, engine: 'unknown', dataAt: null });
    expect(inventory.gaps).toMatchObject([{ hides: 'survivors', cause: expect.stringContaining('NoResourceId') }]);
  });

  it('that is continuous is joined to its database by the ARN that RDS carries', () => {
    const arn = 'arn:aws:backup:eu-west-1:111122223333:recovery-point:continuous:cluster-orders-1';
    const database = anObservedDatabase({ awsBackupPointArn: arn });
    const inventory = assemble(
      theObservations({
        databases: [database],
        automatedBackups: [anAutomatedBackup()],
        vaultPoints: [
          aVaultPoint({ arn, id: 'continuous:cluster-orders-1', kind: 'backup_continuous', expiresAt: null }),
        ],
      }),
    );
    expect(inventory.recoveryPoints.map(({ kind }) => kind)).toEqual(['backup_continuous', 'pitr']);
    expect(inventory.recoveryPoints[0]).toMatchObject({
      databaseResourceId: 'cluster-ORDERS',
      window: anAutomatedBackup().window,
    });
    expect(inventory.gaps).toEqual([]);
  });

  it('that is continuous and outlived its database is joined to the retained backup', () => {
    const arn = 'arn:aws:backup:eu-west-1:111122223333:recovery-point:continuous:cluster-orders-1';
    const inventory = assemble(
      theObservations({
        automatedBackups: [anAutomatedBackup({ role: 'retained', status: 'retained', awsBackupPointArn: arn })],
        vaultPoints: [aVaultPoint({ arn, kind: 'backup_continuous' })],
      }),
    );
    expect(inventory.recoveryPoints.map(({ databaseResourceId }) => databaseResourceId)).toEqual([
      'cluster-ORDERS',
      'cluster-ORDERS',
    ]);
  });
});

it('a gap of a reader is kept', () => {
  const gap = {
    what: 'AWS Backup vaults',
    where: SCOPE,
    action: 'backup:ListBackupVaults',
    cause: 'AccessDeniedException (HTTP 403)',
    hides: 'survivors',
  } as const;
  expect(assemble(theObservations({ gaps: [gap] })).gaps).toEqual([gap]);
});

it('two recovery points of one kind and ARN break an invariant', () => {
  const backup = anAutomatedBackup({ role: 'retained', status: 'retained' });
  const twice = { ...anObservedSnapshot({ kind: 'retained_automated_backup' }), arn: backup.arn };
  expect(() => assemble(theObservations({ snapshots: [twice], automatedBackups: [backup] }))).toThrow(
    expect.objectContaining({ code: 'MUSTER_INVARIANT_BROKEN' }),
  );
});

it('the order in which things were observed does not change the inventory', () => {
  const seen = theObservations({
    databases: ['a', 'b', 'c'].map((name) => anObservedDatabase({ identifier: name, resourceId: `cluster-${name}` })),
    snapshots: ['x', 'y', 'z'].map((id) => anObservedSnapshot({ id })),
    automatedBackups: ['a', 'c'].map((name) =>
      anAutomatedBackup({ arn: `arn:auto:${name}`, databaseResourceId: `cluster-${name}` }),
    ),
  });
  const expected = assemble(seen);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...seen.databases], { minLength: 3 }),
      fc.shuffledSubarray([...seen.snapshots], { minLength: 3 }),
      fc.shuffledSubarray([...seen.automatedBackups], { minLength: 2 }),
      (databases, snapshots, automatedBackups) => {
        expect(assemble({ ...seen, databases, snapshots, automatedBackups })).toEqual(expected);
      },
    ),
  );
});

describe('a copy without a time of its own data', () => {
  const copyOf = (source: ReturnType<typeof anObservedSnapshot>) => {
    const copy = anObservedSnapshot({
      id: 'copy',
      createdAt: at('2026-02-21T04:00:00Z'),
      dataAt: null,
      copiedFrom: source.arn,
    });
    const { recoveryPoints } = assemble(theObservations({ snapshots: [source, copy] }));
    return recoveryPoints.find(({ id }) => id === 'copy')?.dataAt;
  };

  it('has the moment of its source', () => {
    expect(copyOf(anObservedSnapshot({ id: 'nightly' }))).toBe('2026-02-20T03:00:00.000Z');
  });

  it('does not take the moment of a later snapshot that bears the name of its source', () => {
    const later = at('2026-02-26T03:00:00Z');
    expect(copyOf(anObservedSnapshot({ id: 'nightly', createdAt: later, dataAt: later }))).toBeNull();
  });

  it('does not take the moment of a snapshot of another database', () => {
    expect(copyOf(anObservedSnapshot({ id: 'nightly', databaseResourceId: 'cluster-OTHER' }))).toBeNull();
  });
});

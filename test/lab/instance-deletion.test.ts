/**
 * Deleting a standalone instance, and what retention changes and retained backups do.
 */

import {
  CreateDBSnapshotCommand,
  DeleteDBInstanceAutomatedBackupCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { aLab, BILLING, BILLING_ID, refusal, snapshotsOf, withInstance } from './support.ts';

async function withOrders(retention = 7) {
  const made = aLab('empty');
  await withInstance(made.rds, made.lab, { BackupRetentionPeriod: retention });
  return made;
}

const deletion = (more: {
  FinalDBSnapshotIdentifier?: string;
  SkipFinalSnapshot?: boolean;
  DeleteAutomatedBackups?: boolean;
}) => new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders', ...more });

describe('deleting an instance', () => {
  it('takes automated backups and system snapshots at once by default, and keeps manual ones', async () => {
    const { rds, lab } = await withOrders();
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'kept' }));
    lab.advance(600);
    expect(await snapshotsOf(rds, 'orders')).toHaveLength(2);
    await rds.send(deletion({ SkipFinalSnapshot: true }));
    expect(await snapshotsOf(rds, 'orders')).toEqual(['kept']);
    const answer = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(answer.DBInstanceAutomatedBackups).toEqual([]);
  });

  it('retains them when told not to delete them, until the retention in force has passed', async () => {
    const { rds, lab } = await withOrders(7);
    await rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false }));
    lab.advance(7 * 86_400 - 1);
    const before = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(before.DBInstanceAutomatedBackups).toMatchObject([{ DBInstanceIdentifier: 'orders', Status: 'retained' }]);
    expect(await snapshotsOf(rds, 'orders')).toHaveLength(1);
    lab.advance(1);
    const after = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(after.DBInstanceAutomatedBackups).toEqual([]);
    expect(await snapshotsOf(rds, 'orders')).toEqual([]);
  });

  it('lets the snapshots of a retained backup go one by one, as on the living instance', async () => {
    const { rds, lab } = await withOrders(7);
    lab.advance(3 * 86_400);
    await rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false }));
    const all = await snapshotsOf(rds, 'orders');
    lab.advance(7 * 86_400 - 1);
    const left = await snapshotsOf(rds, 'orders');
    expect(all.length).toBeGreaterThan(2);
    expect(left).toEqual(all.slice(-1));
  });

  it('has nothing to retain when retention is 0', async () => {
    const { rds } = await withOrders(0);
    await rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false }));
    const answer = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(answer.DBInstanceAutomatedBackups).toEqual([]);
  });

  it('keeps the final snapshot it is asked for', async () => {
    const { rds, lab } = await withOrders();
    await rds.send(deletion({ FinalDBSnapshotIdentifier: 'last-words' }));
    lab.advance(3_600);
    expect(await snapshotsOf(rds, 'orders')).toEqual(['last-words']);
    expect((await refusal(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' })))).code).toBe(
      'DBInstanceNotFound',
    );
  });

  it('is refused while deletion protection is on', async () => {
    const { rds } = aLab();
    const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier: BILLING, SkipFinalSnapshot: true });
    expect(await refusal(rds.send(command))).toMatchObject({
      code: 'InvalidParameterCombination',
      message: 'Cannot delete protected DB Instance, please disable deletion protection and try again.',
    });
  });

  it('is refused with neither or both of a final snapshot and leave to skip it', async () => {
    const { rds } = await withOrders();
    expect((await refusal(rds.send(deletion({})))).message).toContain('FinalDBSnapshotIdentifier is required');
    const both = deletion({ SkipFinalSnapshot: true, FinalDBSnapshotIdentifier: 'last-words' });
    expect((await refusal(rds.send(both))).message).toContain('You cannot specify both');
    expect(await snapshotsOf(rds, 'orders')).toHaveLength(1);
  });

  it('is refused when the final snapshot name is taken', async () => {
    const { rds, lab } = await withOrders();
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'taken' }));
    lab.advance(600);
    expect((await refusal(rds.send(deletion({ FinalDBSnapshotIdentifier: 'taken' })))).code).toBe(
      'DBSnapshotAlreadyExists',
    );
    const shown = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
    expect(shown.DBInstances?.[0]?.DBInstanceStatus).toBe('available');
  });

  it('is refused with a final snapshot while the instance is not available', async () => {
    const { rds } = await withOrders();
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', MasterUserPassword: 'another-password' }),
    );
    expect((await refusal(rds.send(deletion({ FinalDBSnapshotIdentifier: 'last' })))).code).toBe(
      'InvalidDBInstanceState',
    );
  });

  it('is refused when it would retain a 41st backup', { timeout: 20_000 }, async () => {
    const { rds, lab } = aLab('empty');
    for (let index = 0; index < 40; index += 1) {
      const DBInstanceIdentifier = `orders-${index}`;
      await withInstance(rds, lab, { DBInstanceIdentifier, BackupRetentionPeriod: 35 });
      await rds.send(
        new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: false }),
      );
    }
    await withInstance(rds, lab);
    const refused = await refusal(rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false })));
    expect(refused.code).toBe('DBInstanceAutomatedBackupQuotaExceeded');
    const shown = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
    expect(shown.DBInstances?.[0]?.DBInstanceStatus).toBe('available');
  });
});

describe('a retention of 0', () => {
  it('purges the automated backups of an instance when applied immediately', async () => {
    const { rds } = await withOrders();
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 0, ApplyImmediately: true }),
    );
    expect(await snapshotsOf(rds, 'orders')).toEqual([]);
    const answer = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(answer.DBInstanceAutomatedBackups).toEqual([]);
    const shown = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
    expect(shown.DBInstances?.[0]?.LatestRestorableTime).toBeUndefined();
  });

  it('waits for the maintenance window otherwise', async () => {
    const { rds, lab } = await withOrders();
    const answer = await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 0 }),
    );
    expect(answer.DBInstance?.PendingModifiedValues?.BackupRetentionPeriod).toBe(0);
    expect(answer.DBInstance?.BackupRetentionPeriod).toBe(7);
    expect(await snapshotsOf(rds, 'orders')).toHaveLength(1);
    lab.advance(7 * 86_400);
    expect(await snapshotsOf(rds, 'orders')).toEqual([]);
  });

  it('keeps manual snapshots', async () => {
    const { rds, lab } = await withOrders();
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'kept' }));
    lab.advance(600);
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 0, ApplyImmediately: true }),
    );
    expect(await snapshotsOf(rds, 'orders')).toEqual(['kept']);
  });

  it('starts an empty window when switched on again', async () => {
    const { rds, lab } = await withOrders(0);
    lab.advance(86_400);
    const switchedOnAt = lab.now();
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 7, ApplyImmediately: true }),
    );
    lab.advance(7_200);
    const answer = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(answer.DBInstanceAutomatedBackups?.[0]?.RestoreWindow?.EarliestTime).toEqual(new Date(switchedOnAt));
  });

  it('lowered between two other values applies without ApplyImmediately', async () => {
    const { rds } = await withOrders(7);
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', BackupRetentionPeriod: 2 }));
    const shown = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
    expect(shown.DBInstances?.[0]?.BackupRetentionPeriod).toBe(2);
  });
});

describe('deleting an automated backup', () => {
  it('is refused while the instance lives', async () => {
    const { rds } = aLab();
    const command = new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId: BILLING_ID });
    expect((await refusal(rds.send(command))).code).toBe('InvalidDBInstanceAutomatedBackupState');
  });

  it('takes a retained one and its system snapshots', async () => {
    const { rds } = await withOrders();
    const { DBInstance } = await rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false }));
    await rds.send(new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId: DBInstance?.DbiResourceId }));
    expect(await snapshotsOf(rds, 'orders')).toEqual([]);
    const answer = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(answer.DBInstanceAutomatedBackups).toEqual([]);
  });

  it('is refused for one that does not exist', async () => {
    const { rds } = aLab();
    const command = new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId: 'db-NONE' });
    expect((await refusal(rds.send(command))).code).toBe('DBInstanceAutomatedBackupNotFound');
  });
});

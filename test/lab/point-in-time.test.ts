/**
 * Restoring to a point in time: from what, to which instant, what comes back, and what is refused.
 */

import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceAutomatedBackupCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  RestoreDBClusterToPointInTimeCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { ledger } from '../../src/lab/ledger.ts';
import type { EstateInput } from '../../src/lab/world.ts';
import { aLab, BILLING, BILLING_ID, CLUSTER, CLUSTER_ID, MEMBER, refusal, withInstance } from './support.ts';

type Lab = ReturnType<typeof aLab>;

const toTime = (more: object = {}) =>
  new RestoreDBInstanceToPointInTimeCommand({
    SourceDBInstanceIdentifier: BILLING,
    TargetDBInstanceIdentifier: 'scratch',
    UseLatestRestorableTime: true,
    ...more,
  });

const clusterToTime = (more: object = {}) =>
  new RestoreDBClusterToPointInTimeCommand({
    SourceDBClusterIdentifier: CLUSTER,
    DBClusterIdentifier: 'scratch',
    UseLatestRestorableTime: true,
    ...more,
  });

const at = (text: string) => ({ UseLatestRestorableTime: undefined, RestoreTime: new Date(text) });
const clusterAt = (text: string) => ({ UseLatestRestorableTime: undefined, RestoreToTime: new Date(text) });

/** Volumes the named instance's content came from, the nearest first. */
async function contentOf({ rds, lab }: Lab, identifier: string): Promise<readonly string[] | undefined> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
  return lab.engine.volumeOnPort(DBInstances?.[0]?.Endpoint?.Port ?? 0)?.copiedFrom;
}

/** The instance `orders`, deleted with its automated backups kept; its resource id. */
async function withRetained({ rds, lab }: Lab): Promise<string> {
  await withInstance(rds, lab);
  lab.advance(3_600);
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
  const kept = { SkipFinalSnapshot: true, DeleteAutomatedBackups: false };
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders', ...kept }));
  lab.advance(600);
  return DBInstances?.[0]?.DbiResourceId ?? '';
}

/** The datatalks estate with every customer key disabled. */
function withoutKeys(now: Instant): EstateInput {
  const estate = datatalks(now);
  const keys = estate.place.keys.map((key) =>
    key.manager === 'CUSTOMER' ? { ...key, state: 'Disabled' as const } : key,
  );
  return { ...estate, place: { ...estate.place, keys } };
}

describe('an instance restored to a point in time', () => {
  it('is what the source is now, when the latest restorable time is asked for', async () => {
    const all = aLab();
    const { DBInstance } = await all.rds.send(toTime());
    expect(DBInstance).toMatchObject({
      DBInstanceIdentifier: 'scratch',
      DBInstanceStatus: 'creating',
      DBInstanceClass: 'db.m6g.large',
      EngineVersion: '16.6',
      AllocatedStorage: 100,
      BackupRetentionPeriod: 14,
      StorageEncrypted: true,
      MultiAZ: false,
      DeletionProtection: false,
      MasterUsername: 'billing_admin',
    });
    expect(DBInstance?.TagList).toEqual([
      { Key: 'env', Value: 'production' },
      { Key: 'owner', Value: 'billing-team' },
    ]);
    expect(DBInstance?.DbiResourceId).not.toBe(BILLING_ID);
    all.lab.advance(3_600);
    expect(await contentOf(all, 'scratch')).toEqual(['vol-billing-live']);
  });

  it('takes the shape that the call gives it', async () => {
    const { rds } = aLab();
    const shape = {
      DBInstanceClass: 'db.t3.small',
      BackupRetentionPeriod: 0,
      CopyTagsToSnapshot: true,
      AutoMinorVersionUpgrade: false,
      EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      DeletionProtection: true,
      MultiAZ: true,
      PubliclyAccessible: true,
    };
    const command = toTime({
      ...shape,
      DBSubnetGroupName: 'course-management-subnets',
      VpcSecurityGroupIds: ['sg-scratch'],
      DBParameterGroupName: 'own-parameters',
      OptionGroupName: 'own-options',
      Tags: [{ Key: 'muster:drill', Value: 'd-1' }],
    });
    const { DBInstance } = await rds.send(command);
    expect(DBInstance).toMatchObject(shape);
    expect(DBInstance).toMatchObject({
      DBSubnetGroup: { DBSubnetGroupName: 'course-management-subnets' },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-scratch' }],
      DBParameterGroups: [{ DBParameterGroupName: 'own-parameters' }],
      OptionGroupMemberships: [{ OptionGroupName: 'own-options' }],
      TagList: [{ Key: 'muster:drill', Value: 'd-1' }],
    });
  });

  it('is the newest snapshot not after the instant, when an earlier one is asked for', async () => {
    const all = aLab();
    await all.rds.send(toTime(at('2026-11-22T20:00:00Z')));
    await all.rds.send(toTime({ ...at('2026-11-23T01:10:00Z'), TargetDBInstanceIdentifier: 'second' }));
    all.lab.advance(3_600);
    expect(await contentOf(all, 'scratch')).toEqual(['vol-billing-production-2026-11-22-01-10']);
    expect(await contentOf(all, 'second')).toEqual(['vol-billing-production-2026-11-23-01-10']);
  });

  it('is the oldest content there is, when no snapshot is that old', async () => {
    const all = aLab();
    await all.rds.send(toTime(at('2026-11-12T00:00:00Z')));
    all.lab.advance(3_600);
    expect(await contentOf(all, 'scratch')).toEqual(['vol-billing-production-2026-11-20-01-10']);
  });

  it('counts a manual snapshot of the same database', async () => {
    const all = aLab();
    const { rds, lab } = all;
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: BILLING, DBSnapshotIdentifier: 'by-hand' }));
    lab.advance(3_600);
    await rds.send(toTime(at('2026-11-23T04:30:00Z')));
    lab.advance(3_600);
    const made = lab.world().places['123456789012/eu-west-1']?.snapshots;
    const byHand = made?.find(({ identifier }) => identifier === 'by-hand');
    expect((await contentOf(all, 'scratch'))?.[0]).toBe(byHand?.volumeId);
  });

  it('can be named by the source’s resource id and by the ARN of its automated backup', async () => {
    const { rds } = aLab();
    const backups = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({ DbiResourceId: BILLING_ID }));
    const SourceDBInstanceAutomatedBackupsArn = backups.DBInstanceAutomatedBackups?.[0]?.DBInstanceAutomatedBackupsArn;
    const none = { SourceDBInstanceIdentifier: undefined };
    const first = await rds.send(toTime({ ...none, SourceDbiResourceId: BILLING_ID }));
    const second = await rds.send(
      toTime({ ...none, SourceDBInstanceAutomatedBackupsArn, TargetDBInstanceIdentifier: 'second' }),
    );
    expect([first, second].map(({ DBInstance }) => DBInstance?.MasterUsername)).toEqual([
      'billing_admin',
      'billing_admin',
    ]);
  });
});

describe('a retained automated backup', () => {
  it('brings back the deleted instance as it was at the end', async () => {
    const all = aLab();
    const { rds, lab } = all;
    const SourceDbiResourceId = await withRetained(all);
    const { DBInstance } = await rds.send(toTime({ SourceDBInstanceIdentifier: undefined, SourceDbiResourceId }));
    expect(DBInstance).toMatchObject({ MasterUsername: 'admin1', BackupRetentionPeriod: 7, DBName: 'orders' });
    lab.advance(3_600);
    const content = await contentOf(all, 'scratch');
    expect(content).toHaveLength(2);
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'scratch' }));
    const book = lab.engine.volumeOnPort(DBInstances?.[0]?.Endpoint?.Port ?? 0);
    expect(book?.seed.masterUsername).toBe('admin1');
  });

  it('is a source no longer once it is deleted, and its volume goes with it', async () => {
    const all = aLab();
    const { rds, lab } = all;
    const before = lab.engine.volumes().length;
    const SourceDbiResourceId = await withRetained(all);
    expect(lab.engine.volumes().length).toBeGreaterThan(before);
    await rds.send(new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId: SourceDbiResourceId }));
    expect(lab.engine.volumes()).toHaveLength(before);
    const refused = await refusal(rds.send(toTime({ SourceDBInstanceIdentifier: undefined, SourceDbiResourceId })));
    expect(refused).toMatchObject({ code: 'DBInstanceAutomatedBackupNotFound', status: 404 });
  });

  it('takes its volume along when it expires', async () => {
    const all = aLab();
    const { lab } = all;
    await withRetained(all);
    const mine = () => lab.engine.volumes().filter(({ seed }) => seed.masterUsername === 'admin1').length;
    expect(mine()).toBe(2);
    lab.advance(8 * 86_400);
    expect(mine()).toBe(0);
  });

  it('of a cluster brings its storage back', async () => {
    const all = aLab();
    const { rds, lab } = all;
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: MEMBER }));
    lab.advance(600);
    const kept = { SkipFinalSnapshot: true, DeleteAutomatedBackups: false };
    await rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier: CLUSTER, ...kept }));
    lab.advance(600);
    const command = clusterToTime({ SourceDBClusterIdentifier: undefined, SourceDbClusterResourceId: CLUSTER_ID });
    const { DBCluster } = await rds.send(command);
    expect(DBCluster).toMatchObject({ Status: 'creating', EngineVersion: '15.12', MasterUsername: 'pgusr' });
    const origins = lab.engine.volumes().map(({ copiedFrom }) => copiedFrom);
    expect(origins).toContainEqual([expect.stringMatching(/^vol-/), 'vol-courses-live']);
  });
});

describe('a cluster restored to a point in time', () => {
  it('has the source’s own version and content, and no instance yet', async () => {
    const all = aLab();
    const { rds, lab } = all;
    await rds.send(clusterToTime({ RestoreType: 'full-copy' }));
    lab.advance(3_600);
    const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(DBClusters).toMatchObject([{ Status: 'available', EngineVersion: '15.12', DBClusterMembers: [] }]);
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'scratch-0',
        DBClusterIdentifier: 'scratch',
        DBInstanceClass: 'db.t3.medium',
        Engine: 'aurora-postgresql',
      }),
    );
    lab.advance(3_600);
    expect(await contentOf(all, 'scratch-0')).toEqual(['vol-courses-live']);
  });

  it('is the newest snapshot not after the instant', async () => {
    const { rds, lab } = aLab();
    await rds.send(clusterToTime(clusterAt('2026-11-22T09:07:00Z')));
    expect(lab.engine.volumes().map(({ copiedFrom }) => copiedFrom)).toContainEqual(['vol-courses-snapshot']);
  });

  it('is refused as a clone, and with a key where the source has none', async () => {
    const { rds } = aLab();
    const clone = await refusal(rds.send(clusterToTime({ RestoreType: 'copy-on-write' })));
    expect(clone).toMatchObject({ code: 'InvalidParameterValue' });
    expect(clone.message).toContain('copy-on-write');
    const keyed = await refusal(rds.send(clusterToTime({ KmsKeyId: 'alias/billing' })));
    expect(keyed.code).toBe('InvalidParameterCombination');
  });
});

describe('a point-in-time restore is refused', () => {
  it.each([
    ['with both ways to say when', { RestoreTime: new Date('2026-11-23T03:00:00Z') }],
    ['with neither', { UseLatestRestorableTime: undefined }],
    ['with a flag that says no, and no time', { UseLatestRestorableTime: false }],
    ['with two sources', { SourceDbiResourceId: BILLING_ID }],
    ['without a source', { SourceDBInstanceIdentifier: undefined }],
    ['for another engine', { Engine: 'mysql' }],
  ])('%s', async (_, more) => {
    const { rds } = aLab();
    expect((await refusal(rds.send(toTime(more)))).code).toBe('InvalidParameterCombination');
  });

  it.each([
    ['after the latest restorable time', at('2026-11-23T04:00:01Z')],
    ['before the earliest', at('2026-11-09T03:59:59Z')],
    ['of a cluster’s member', { SourceDBInstanceIdentifier: MEMBER }],
    ['to less storage', { AllocatedStorage: 99 }],
  ])('%s', async (_, more) => {
    const { rds } = aLab();
    expect((await refusal(rds.send(toTime(more)))).code).toBe('InvalidParameterValue');
  });

  it('to an instant outside a cluster’s window', async () => {
    const { rds } = aLab();
    const late = await refusal(rds.send(clusterToTime(clusterAt('2026-11-23T04:00:01Z'))));
    const early = await refusal(rds.send(clusterToTime(clusterAt('2026-11-22T03:59:59Z'))));
    expect([late.code, early.code]).toEqual(['InvalidParameterValue', 'InvalidParameterValue']);
  });

  it('when automated backups are off', async () => {
    const { rds, lab } = aLab();
    await withInstance(rds, lab, { BackupRetentionPeriod: 0 });
    const refused = await refusal(rds.send(toTime({ SourceDBInstanceIdentifier: 'orders' })));
    expect(refused).toMatchObject({ code: 'PointInTimeRestoreNotEnabled', status: 400 });
  });

  it('while the source is still being created', async () => {
    const { rds } = aLab();
    await rds.send(toTime());
    const command = toTime({ SourceDBInstanceIdentifier: 'scratch', TargetDBInstanceIdentifier: 'second' });
    expect((await refusal(rds.send(command))).code).toBe('InvalidDBInstanceState');
    await rds.send(clusterToTime());
    const again = clusterToTime({ SourceDBClusterIdentifier: 'scratch', DBClusterIdentifier: 'second' });
    expect((await refusal(rds.send(again))).code).toBe('InvalidDBClusterStateFault');
  });

  it('when the source does not exist', async () => {
    const { rds } = aLab();
    const none = { SourceDBInstanceIdentifier: undefined };
    const noCluster = { SourceDBClusterIdentifier: undefined };
    const codes = await Promise.all(
      [
        rds.send(toTime({ SourceDBInstanceIdentifier: 'none' })),
        rds.send(toTime({ ...none, SourceDbiResourceId: 'db-NONE' })),
        rds.send(toTime({ ...none, SourceDBInstanceAutomatedBackupsArn: 'arn:aws:rds:eu-west-1:1:auto-backup:ab-x' })),
        rds.send(clusterToTime({ SourceDBClusterIdentifier: 'none' })),
        rds.send(clusterToTime({ ...noCluster, SourceDbClusterResourceId: 'cluster-NONE' })),
      ].map(async (call) => (await refusal(call)).code),
    );
    expect(codes).toEqual([
      'DBInstanceNotFound',
      'DBInstanceAutomatedBackupNotFound',
      'DBInstanceAutomatedBackupNotFound',
      'DBClusterNotFoundFault',
      'DBClusterAutomatedBackupNotFoundFault',
    ]);
  });

  it('when the new name is in use', async () => {
    const { rds } = aLab();
    const instance = await refusal(rds.send(toTime({ TargetDBInstanceIdentifier: BILLING })));
    const cluster = await refusal(rds.send(clusterToTime({ DBClusterIdentifier: CLUSTER })));
    expect([instance.code, cluster.code]).toEqual(['DBInstanceAlreadyExists', 'DBClusterAlreadyExistsFault']);
  });

  it('when the key of the source cannot be used', async () => {
    const { rds } = aLab(withoutKeys);
    expect((await refusal(rds.send(toTime()))).code).toBe('KMSKeyNotAccessibleFault');
  });

  it('when it asks for what the lab does not have, by name', async () => {
    const { rds } = aLab();
    const refused = await refusal(rds.send(toTime({ ManageMasterUserPassword: true })));
    expect(refused.message).toContain('ManageMasterUserPassword of RestoreDBInstanceToPointInTime');
  });
});

it('a new password waits until the restored instance is available', async () => {
  const { rds, lab } = aLab();
  await rds.send(toTime());
  const change = () =>
    rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'scratch', MasterUserPassword: 'a-fresh-password-9' }),
    );
  expect((await refusal(change())).code).toBe('InvalidDBInstanceState');
  lab.advance(3_600);
  expect((await change()).DBInstance?.PendingModifiedValues?.MasterUserPassword).toBe('****');
});

it('the ledger names the new database, refused or not', async () => {
  const { rds, lab } = aLab();
  await rds.send(toTime());
  await refusal(rds.send(toTime()));
  await rds.send(clusterToTime());
  expect(ledger(lab.world()).map(({ action, target, outcome }) => [action, target, outcome])).toEqual([
    ['RestoreDBInstanceToPointInTime', 'arn:aws:rds:eu-west-1:123456789012:db:scratch', 'ok'],
    ['RestoreDBInstanceToPointInTime', 'arn:aws:rds:eu-west-1:123456789012:db:scratch', 'DBInstanceAlreadyExists'],
    ['RestoreDBClusterToPointInTime', 'arn:aws:rds:eu-west-1:123456789012:cluster:scratch', 'ok'],
  ]);
});

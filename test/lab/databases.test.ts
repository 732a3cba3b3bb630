/**
 * Creating, changing and backing up databases as time passes: states, validation, windows, snapshots.
 */

import {
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBClusterAutomatedBackupCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterAutomatedBackupsCommand,
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/core/time.ts';
import {
  aLab,
  BILLING,
  CLUSTER,
  CLUSTER_ID,
  clusterSnapshots,
  MEMBER,
  refusal,
  SNAPSHOT,
  snapshotsOf,
  withCluster,
  withInstance,
} from './support.ts';

async function shownInstance(rds: RDSClient, identifier: string) {
  const answer = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
  return answer.DBInstances?.[0];
}

async function shownCluster(rds: RDSClient, identifier: string) {
  const answer = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
  return answer.DBClusters?.[0];
}

const anInstance = (more: object = {}) =>
  new CreateDBInstanceCommand({
    DBInstanceIdentifier: 'orders',
    DBInstanceClass: 'db.t3.micro',
    Engine: 'postgres',
    AllocatedStorage: 20,
    MasterUsername: 'admin1',
    MasterUserPassword: 'first-password',
    ...more,
  });

const aCluster = (more: object = {}) =>
  new CreateDBClusterCommand({
    DBClusterIdentifier: 'courses',
    Engine: 'aurora-postgresql',
    MasterUsername: 'admin1',
    MasterUserPassword: 'first-password',
    ...more,
  });

describe('a database without a first database', () => {
  it.each(['orders', 'courses'])('takes an empty name for none, as Terraform sends it: %s', async (identifier) => {
    const { rds } = aLab('empty');
    const instance = identifier === 'orders';
    await (instance ? rds.send(anInstance({ DBName: '' })) : rds.send(aCluster({ DatabaseName: '' })));
    const shown = instance
      ? (await shownInstance(rds, identifier))?.DBName
      : (await shownCluster(rds, identifier))?.DatabaseName;
    expect(shown).toBeUndefined();
  });
});

describe('a new instance', () => {
  it('is creating, then backing up, then available with its first system snapshot', async () => {
    const { rds, lab } = aLab('empty');
    await rds.send(anInstance());
    lab.advance(359);
    expect(await shownInstance(rds, 'orders')).toMatchObject({ DBInstanceStatus: 'creating' });
    lab.advance(1);
    expect(await shownInstance(rds, 'orders')).toMatchObject({ DBInstanceStatus: 'backing-up' });
    lab.advance(60);
    expect(await shownInstance(rds, 'orders')).toMatchObject({ DBInstanceStatus: 'available' });
    expect(await snapshotsOf(rds, 'orders')).toEqual(['rds:orders-2026-11-23-04-06']);
  });

  it('keeps one day of backups unless told otherwise, and none with retention 0', async () => {
    const { rds, lab } = aLab('empty');
    expect((await rds.send(anInstance())).DBInstance?.BackupRetentionPeriod).toBe(1);
    await rds.send(anInstance({ DBInstanceIdentifier: 'bare', BackupRetentionPeriod: 0 }));
    lab.advance(3_600);
    expect(await snapshotsOf(rds, 'bare')).toEqual([]);
    expect((await shownInstance(rds, 'bare'))?.LatestRestorableTime).toBeUndefined();
  });

  it('takes a serverless member once the cluster says between which capacities, and shows them', async () => {
    const { rds, lab } = aLab('empty');
    const capacities = { MinCapacity: 0.5, MaxCapacity: 16 };
    await rds.send(aCluster({ DBClusterIdentifier: 'elastic', ServerlessV2ScalingConfiguration: capacities }));
    lab.advance(3_600);
    expect((await shownCluster(rds, 'elastic'))?.ServerlessV2ScalingConfiguration).toEqual(capacities);
    const member = { DBInstanceIdentifier: 'elastic-1', DBClusterIdentifier: 'elastic', Engine: 'aurora-postgresql' };
    await rds.send(new CreateDBInstanceCommand({ ...member, DBInstanceClass: 'db.serverless' }));
    lab.advance(3_600);
    expect(await shownInstance(rds, 'elastic-1')).toMatchObject({
      DBInstanceClass: 'db.serverless',
      DBInstanceStatus: 'available',
    });
  });

  it('joins a cluster, opens its volume and shows its backups', async () => {
    const { rds, lab } = aLab();
    const member = { DBInstanceIdentifier: 'course-reader', DBClusterIdentifier: CLUSTER };
    await rds.send(
      new CreateDBInstanceCommand({ ...member, DBInstanceClass: 'db.t3.medium', Engine: 'aurora-postgresql' }),
    );
    lab.advance(3_600);
    const shown = await shownInstance(rds, 'course-reader');
    expect(shown).toMatchObject({ DBInstanceStatus: 'available', BackupRetentionPeriod: 1, MasterUsername: 'pgusr' });
    expect(lab.engine.volumeOnPort(shown?.Endpoint?.Port ?? 0)?.volumeId).toBe('vol-courses-live');
    const cluster = await shownCluster(rds, CLUSTER);
    expect(cluster?.DBClusterMembers?.map((item) => [item.DBInstanceIdentifier, item.IsClusterWriter])).toEqual([
      [MEMBER, true],
      ['course-reader', false],
    ]);
  });
});

describe('creating is refused', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    ['an instance with a retention of 36', anInstance({ BackupRetentionPeriod: 36 }), 'InvalidParameterValue'],
    ['a cluster with a retention of 0', aCluster({ BackupRetentionPeriod: 0 }), 'InvalidParameterValue'],
    ['a cluster with a retention of 36', aCluster({ BackupRetentionPeriod: 36 }), 'InvalidParameterValue'],
    ['an identifier with two hyphens in a row', anInstance({ DBInstanceIdentifier: 'a--b' }), 'InvalidParameterValue'],
    ['an identifier ending in a hyphen', anInstance({ DBInstanceIdentifier: 'ab-' }), 'InvalidParameterValue'],
    ['an identifier beginning with a digit', aCluster({ DBClusterIdentifier: '1ab' }), 'InvalidParameterValue'],
    ['an identifier of 64 characters', aCluster({ DBClusterIdentifier: 'a'.repeat(64) }), 'InvalidParameterValue'],
    ['a name in use', anInstance({ DBInstanceIdentifier: BILLING }), 'DBInstanceAlreadyExists'],
    ['a cluster name in use', aCluster({ DBClusterIdentifier: CLUSTER }), 'DBClusterAlreadyExistsFault'],
    ['an engine the lab does not have', anInstance({ Engine: 'mysql' }), 'InvalidParameterValue'],
    ['a short password', anInstance({ MasterUserPassword: 'short' }), 'InvalidParameterValue'],
    ['an unknown subnet group', anInstance({ DBSubnetGroupName: 'none' }), 'DBSubnetGroupNotFoundFault'],
    ['an unknown key', anInstance({ KmsKeyId: 'none' }), 'KMSKeyNotAccessibleFault'],
    ['a member of no cluster', anInstance({ DBClusterIdentifier: 'none' }), 'DBClusterNotFoundFault'],
    [
      'a serverless member of a cluster without capacities',
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'more',
        DBClusterIdentifier: CLUSTER,
        DBInstanceClass: 'db.serverless',
        Engine: 'aurora-postgresql',
      }),
      'InvalidDBClusterStateFault',
    ],
    [
      'a cluster with capacities the wrong way round',
      aCluster({ ServerlessV2ScalingConfiguration: { MinCapacity: 8, MaxCapacity: 4 } }),
      'InvalidParameterValue',
    ],
    [
      'a cluster with capacities that are no half steps',
      aCluster({ ServerlessV2ScalingConfiguration: { MinCapacity: 0.7, MaxCapacity: 4 } }),
      'InvalidParameterValue',
    ],
  ];
  for (const [what, command, code] of cases) {
    it(`for ${what}`, async () => {
      const { rds, lab } = aLab();
      const before = lab.world().places;
      const send = rds.send.bind(rds) as (given: object) => Promise<unknown>;
      expect((await refusal(send(command))).code).toBe(code);
      expect(lab.world().places).toEqual(before);
    });
  }
});

describe('changing a database', () => {
  it("refuses a member's retention, which is its cluster's", async () => {
    const { rds } = aLab();
    const command = new ModifyDBInstanceCommand({ DBInstanceIdentifier: MEMBER, BackupRetentionPeriod: 7 });
    expect((await refusal(rds.send(command))).code).toBe('InvalidParameterCombination');
  });

  it('switches protection off at once', async () => {
    const { rds } = aLab();
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: BILLING, DeletionProtection: false }));
    expect(await shownInstance(rds, BILLING)).toMatchObject({
      DeletionProtection: false,
      DBInstanceStatus: 'available',
    });
  });

  it('keeps a new class pending until the maintenance window, unless applied immediately', async () => {
    const { rds, lab } = aLab();
    const change = { DBInstanceIdentifier: BILLING, DBInstanceClass: 'db.m6g.xlarge' };
    await rds.send(new ModifyDBInstanceCommand(change));
    expect(await shownInstance(rds, BILLING)).toMatchObject({
      DBInstanceClass: 'db.m6g.large',
      PendingModifiedValues: { DBInstanceClass: 'db.m6g.xlarge' },
    });
    await rds.send(new ModifyDBInstanceCommand({ ...change, ApplyImmediately: true }));
    expect(await shownInstance(rds, BILLING)).toMatchObject({
      DBInstanceClass: 'db.m6g.xlarge',
      DBInstanceStatus: 'modifying',
    });
    lab.advance(600);
    expect(await shownInstance(rds, BILLING)).toMatchObject({ DBInstanceStatus: 'available' });
  });

  it('is refused while another change is under way', async () => {
    const { rds } = aLab();
    await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: CLUSTER, MasterUserPassword: 'new-password' }));
    const again = new ModifyDBClusterCommand({ DBClusterIdentifier: CLUSTER, BackupRetentionPeriod: 3 });
    expect((await refusal(rds.send(again))).code).toBe('InvalidDBClusterStateFault');
  });

  it('does not bring back what a shorter retention has let go', async () => {
    const { rds, lab } = aLab();
    await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: CLUSTER, BackupRetentionPeriod: 7 }));
    lab.advance(3_600);
    const cluster = await shownCluster(rds, CLUSTER);
    expect(cluster?.EarliestRestorableTime).toEqual(new Date('2026-11-22T04:00:00Z'));
  });
});

describe('a major version', () => {
  it('changes only with leave to upgrade', async () => {
    const { rds } = aLab();
    const upgrade = { DBClusterIdentifier: CLUSTER, EngineVersion: '16.6' };
    expect((await refusal(rds.send(new ModifyDBClusterCommand(upgrade)))).message).toContain(
      'AllowMajorVersionUpgrade',
    );
    const answer = await rds.send(new ModifyDBClusterCommand({ ...upgrade, AllowMajorVersionUpgrade: true }));
    expect(answer.DBCluster?.EngineVersion).toBe('16.6');
  });
});

describe('a new member', () => {
  const member = (more: object) =>
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'course-reader',
      DBClusterIdentifier: CLUSTER,
      DBInstanceClass: 'db.t3.medium',
      Engine: 'aurora-postgresql',
      ...more,
    });

  it('is refused what its cluster decides', async () => {
    const { rds } = aLab();
    expect((await refusal(rds.send(member({ BackupRetentionPeriod: 7 })))).message).toContain('BackupRetentionPeriod');
    expect((await refusal(rds.send(member({ EngineVersion: '16.6' })))).message).toContain('EngineVersion');
    expect((await refusal(rds.send(member({ Engine: 'postgres' })))).code).toBe('InvalidParameterCombination');
  });

  it('may name what its cluster has', async () => {
    const { rds } = aLab();
    const answer = await rds.send(member({ EngineVersion: '15.12', DBSubnetGroupName: 'course-management-subnets' }));
    expect(answer.DBInstance?.DBInstanceStatus).toBe('creating');
  });
});

describe('a restore window', () => {
  it('reaches back by the retention and trails the present by at most five minutes', async () => {
    const { rds, lab } = aLab('datatalks', parseInstant('2026-11-23T04:03:20Z', 'test'));
    const cluster = await shownCluster(rds, CLUSTER);
    expect(cluster?.EarliestRestorableTime).toEqual(new Date('2026-11-22T04:03:20Z'));
    expect(cluster?.LatestRestorableTime).toEqual(new Date('2026-11-23T04:00:00Z'));
    lab.advance(200);
    expect((await shownCluster(rds, CLUSTER))?.LatestRestorableTime).toEqual(new Date('2026-11-23T04:05:00Z'));
  });

  it('is shown by the automated backup of an instance as well', async () => {
    const { rds } = aLab();
    const answer = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(answer.DBInstanceAutomatedBackups).toMatchObject([
      {
        DBInstanceIdentifier: BILLING,
        Status: 'active',
        RestoreWindow: { EarliestTime: new Date('2026-11-09T04:00:00Z'), LatestTime: new Date('2026-11-23T04:00:00Z') },
      },
    ]);
  });

  it('is active for a live cluster, whose automated backup cannot be deleted', async () => {
    const { rds } = aLab();
    const answer = await rds.send(new DescribeDBClusterAutomatedBackupsCommand({}));
    expect(answer.DBClusterAutomatedBackups).toMatchObject([{ DbClusterResourceId: CLUSTER_ID, Status: 'active' }]);
    const command = new DeleteDBClusterAutomatedBackupCommand({ DbClusterResourceId: CLUSTER_ID });
    expect((await refusal(rds.send(command))).code).toBe('InvalidDBClusterAutomatedBackupStateFault');
  });
});

describe('system snapshots', () => {
  it('are made once a day, and go when a newer one covers the window', async () => {
    const { rds, lab } = aLab();
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
    lab.advance(6 * 3_600);
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT, `rds:${CLUSTER}-2026-11-23-09-07`]);
    lab.advance(86_400);
    expect(await clusterSnapshots(rds)).toEqual([`rds:${CLUSTER}-2026-11-23-09-07`, `rds:${CLUSTER}-2026-11-24-09-07`]);
  });

  it('are made up for when the clock jumps', async () => {
    const { rds, lab } = aLab();
    lab.advance(10 * 86_400);
    expect(await clusterSnapshots(rds)).toEqual([`rds:${CLUSTER}-2026-12-01-09-07`, `rds:${CLUSTER}-2026-12-02-09-07`]);
  });

  it('cannot be deleted, of an instance or of a cluster', async () => {
    const { rds } = aLab();
    const ofInstance = new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: `rds:${BILLING}-2026-11-23-01-10` });
    expect(await refusal(rds.send(ofInstance))).toMatchObject({
      code: 'InvalidDBSnapshotState',
      message: 'automated snapshots cannot be deleted.',
    });
    const ofCluster = new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: SNAPSHOT });
    expect(await refusal(rds.send(ofCluster))).toMatchObject({
      code: 'InvalidDBClusterSnapshotStateFault',
      message: 'Only manual snapshots may be deleted.',
    });
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
  });
});

describe('a manual snapshot', () => {
  it('is creating, then available; the database goes on', async () => {
    const { rds, lab } = aLab();
    const make = new CreateDBClusterSnapshotCommand({
      DBClusterIdentifier: CLUSTER,
      DBClusterSnapshotIdentifier: 'one',
    });
    const made = await rds.send(make);
    expect(made.DBClusterSnapshot).toMatchObject({ Status: 'creating', SnapshotType: 'manual' });
    expect(made.DBClusterSnapshot?.SnapshotCreateTime).toBeUndefined();
    const early = new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: 'one' });
    expect((await refusal(rds.send(early))).code).toBe('InvalidDBClusterSnapshotStateFault');
    lab.advance(90);
    await rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: 'one' }));
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
    expect((await shownCluster(rds, CLUSTER))?.Status).toBe('available');
  });

  it('is refused under a name that is taken', async () => {
    const { rds } = aLab();
    const command = new CreateDBSnapshotCommand({
      DBInstanceIdentifier: BILLING,
      DBSnapshotIdentifier: 'billing-production-before-2026-migration',
    });
    expect((await refusal(rds.send(command))).code).toBe('DBSnapshotAlreadyExists');
  });

  it('bears the tags of a database that copies them', async () => {
    const { rds, lab } = aLab();
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: BILLING, DBSnapshotIdentifier: 'one' }));
    lab.advance(600);
    const answer = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'one' }));
    expect(answer.DBSnapshots?.[0]?.TagList).toContainEqual({ Key: 'env', Value: 'production' });
  });

  it('is shared with nobody', async () => {
    const { rds } = aLab();
    const command = new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: SNAPSHOT });
    const { DBClusterSnapshotAttributesResult: result } = await rds.send(command);
    expect(result?.DBClusterSnapshotAttributes).toEqual([{ AttributeName: 'restore', AttributeValues: [] }]);
  });

  it('stops at the quota of 100', { timeout: 20_000 }, async () => {
    const { rds, lab } = aLab('empty');
    await withCluster(rds, lab);
    const make = (name: string) =>
      rds.send(
        new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: 'courses', DBClusterSnapshotIdentifier: name }),
      );
    for (let index = 0; index < 100; index += 1) await make(`snapshot-${index}`);
    expect((await refusal(make('one-too-many'))).code).toBe('SnapshotQuotaExceeded');
  });

  it('of an instance shows it backing up meanwhile', async () => {
    const { rds, lab } = aLab('empty');
    await withInstance(rds, lab);
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'one' }));
    expect(await shownInstance(rds, 'orders')).toMatchObject({ DBInstanceStatus: 'backing-up' });
  });

  it('made by AWS Backup is not deleted through RDS', async () => {
    const { rds } = aLab();
    const DBSnapshotIdentifier = 'awsbackup:job-5f2c8a9e-7b1d-4e3f-a0c6-d94b8e7f1a23';
    const refused = await refusal(rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier })));
    expect(refused.code).toBe('InvalidDBSnapshotState');
  });
});

/**
 * Restoring snapshots: what a restored database takes over, what it needs, and when it is ready.
 */

import {
  AddTagsToResourceCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ListTagsForResourceCommand,
  ModifyDBClusterCommand,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import type { EstateInput, KeyState } from '../../src/lab/world.ts';
import { aLab, BILLING, CLUSTER, refusal, SNAPSHOT } from './support.ts';

const MANUAL = 'billing-production-before-2026-migration';

const restoreCluster = (more: object = {}) =>
  new RestoreDBClusterFromSnapshotCommand({
    DBClusterIdentifier: 'scratch',
    SnapshotIdentifier: SNAPSHOT,
    Engine: 'aurora-postgresql',
    EngineVersion: '15.12',
    ...more,
  });

const addMember = () =>
  new CreateDBInstanceCommand({
    DBInstanceIdentifier: 'scratch-0',
    DBClusterIdentifier: 'scratch',
    DBInstanceClass: 'db.t3.medium',
    Engine: 'aurora-postgresql',
  });

const restoreInstance = (more: object = {}) =>
  new RestoreDBInstanceFromDBSnapshotCommand({
    DBInstanceIdentifier: 'scratch',
    DBSnapshotIdentifier: MANUAL,
    ...more,
  });

/** The datatalks estate with every customer key in a given state. */
function withKeys(state: KeyState): (at: Instant) => EstateInput {
  return (at) => {
    const estate = datatalks(at);
    const keys = estate.place.keys.map((key) => (key.manager === 'CUSTOMER' ? { ...key, state } : key));
    return { ...estate, place: { ...estate.place, keys } };
  };
}

describe('a restored cluster', () => {
  it('has no instance, and nothing listens, until one is created', async () => {
    const { rds, lab } = aLab();
    await rds.send(restoreCluster());
    lab.advance(3_600);
    const before = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(before.DBClusters).toMatchObject([{ Status: 'available', DBClusterMembers: [] }]);
    expect(before.DBClusters?.[0]?.Endpoint).not.toBe('127.0.0.1');
    await rds.send(addMember());
    lab.advance(3_600);
    const after = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(after.DBClusters?.[0]?.Endpoint).toBe('127.0.0.1');
    expect(lab.engine.volumeOnPort(after.DBClusters?.[0]?.Port ?? 0)?.copiedFrom).toEqual(['vol-courses-snapshot']);
  });

  it('passes through creating before it is available', async () => {
    const { rds, lab } = aLab();
    const answer = await rds.send(restoreCluster());
    expect(answer.DBCluster?.Status).toBe('creating');
    lab.advance(60);
    const soon = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(soon.DBClusters?.[0]?.Status).toBe('creating');
    lab.advance(600);
    const later = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(later.DBClusters?.[0]?.Status).toBe('available');
  });

  it('keeps the master user, and takes a new password from a modification', async () => {
    const { rds, lab } = aLab();
    await rds.send(restoreCluster());
    lab.advance(3_600);
    const answer = await rds.send(
      new ModifyDBClusterCommand({ DBClusterIdentifier: 'scratch', MasterUserPassword: 'another-password' }),
    );
    expect(answer.DBCluster?.MasterUsername).toBe('pgusr');
    expect(answer.DBCluster?.PendingModifiedValues?.MasterUserPassword).toBe('****');
    const resetting = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(resetting.DBClusters?.[0]?.Status).toBe('resetting-master-credentials');
    const passwords = lab.engine.volumes().filter((volume) => volume.password === 'another-password');
    expect(passwords.map((volume) => volume.copiedFrom)).toEqual([['vol-courses-snapshot']]);
  });

  it("takes the Region's default version when none is named", async () => {
    const { rds } = aLab();
    const answer = await rds.send(restoreCluster({ EngineVersion: undefined }));
    expect(answer.DBCluster?.EngineVersion).toBe('17.4');
  });

  it("takes the source's tags when none are given, and only the given ones otherwise", async () => {
    const { rds, lab } = aLab();
    const ResourceName = `arn:aws:rds:eu-west-1:123456789012:cluster:${CLUSTER}`;
    await rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'env', Value: 'prod' }] }));
    const DBClusterSnapshotIdentifier = 'tagged';
    await rds.send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier }));
    lab.advance(300);
    const bare = await rds.send(restoreCluster({ SnapshotIdentifier: 'tagged' }));
    expect(bare.DBCluster?.TagList).toEqual([{ Key: 'env', Value: 'prod' }]);
    const Tags = [{ Key: 'muster:drill', Value: 'd-1' }];
    const tagged = await rds.send(
      restoreCluster({ DBClusterIdentifier: 'scratch-2', SnapshotIdentifier: 'tagged', Tags }),
    );
    expect(tagged.DBCluster?.TagList).toEqual(Tags);
  });

  it('gets a resource id of its own', async () => {
    const { rds } = aLab();
    const answer = await rds.send(restoreCluster());
    expect(answer.DBCluster?.DbClusterResourceId).toMatch(/^cluster-[A-Z2-7]{26}$/);
  });

  it('begins its own automated backups once it is available', async () => {
    const { rds, lab } = aLab();
    await rds.send(restoreCluster());
    lab.advance(30);
    const soon = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(soon.DBClusters?.[0]?.EarliestRestorableTime).toBeUndefined();
    lab.advance(3_600);
    const later = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'scratch' }));
    expect(later.DBClusters?.[0]?.EarliestRestorableTime).toEqual(new Date('2026-11-23T04:07:00Z'));
  });
});

describe('a restored instance', () => {
  it("takes the source's tags when none are given", async () => {
    const { rds } = aLab();
    const answer = await rds.send(restoreInstance());
    expect(answer.DBInstance?.TagList).toEqual([
      { Key: 'env', Value: 'production' },
      { Key: 'owner', Value: 'billing-team' },
    ]);
  });

  it('takes only the tags given, when some are', async () => {
    const { rds } = aLab();
    const answer = await rds.send(restoreInstance({ Tags: [{ Key: 'muster:drill', Value: 'd-1' }] }));
    const tags = await rds.send(new ListTagsForResourceCommand({ ResourceName: answer.DBInstance?.DBInstanceArn }));
    expect(tags.TagList).toEqual([{ Key: 'muster:drill', Value: 'd-1' }]);
  });

  it("inherits the source's retention unless told otherwise", async () => {
    const { rds } = aLab();
    expect((await rds.send(restoreInstance())).DBInstance?.BackupRetentionPeriod).toBe(14);
    const other = await rds.send(restoreInstance({ DBInstanceIdentifier: 'scratch-2', BackupRetentionPeriod: 0 }));
    expect(other.DBInstance?.BackupRetentionPeriod).toBe(0);
  });

  it('is not protected, not Multi-AZ and of the class of its source', async () => {
    const { rds } = aLab();
    const answer = await rds.send(restoreInstance());
    expect(answer.DBInstance).toMatchObject({
      DeletionProtection: false,
      MultiAZ: false,
      DBInstanceClass: 'db.m6g.large',
      EngineVersion: '16.6',
      StorageEncrypted: true,
      MasterUsername: 'billing_admin',
    });
  });

  it('shows an endpoint once it is available, and not before', async () => {
    const { rds, lab } = aLab();
    const answer = await rds.send(restoreInstance());
    expect(answer.DBInstance?.Endpoint).toBeUndefined();
    lab.advance(3_600);
    const shown = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'scratch' }));
    expect(shown.DBInstances?.[0]).toMatchObject({ DBInstanceStatus: 'available', Endpoint: { Address: '127.0.0.1' } });
  });

  it('can start from a daily system snapshot', async () => {
    const { rds } = aLab();
    const answer = await rds.send(
      restoreInstance({ DBSnapshotIdentifier: `rds:${BILLING}-2026-11-23-01-10`, BackupRetentionPeriod: 0 }),
    );
    expect(answer.DBInstance?.DBInstanceStatus).toBe('creating');
  });
});

describe('a restore is refused', () => {
  it('when the key of an encrypted snapshot is disabled', async () => {
    const { rds } = aLab(withKeys('Disabled'));
    expect((await refusal(rds.send(restoreInstance()))).code).toBe('KMSKeyNotAccessibleFault');
  });

  it('when the key of an encrypted snapshot awaits deletion', async () => {
    const { rds } = aLab(withKeys('PendingDeletion'));
    expect((await refusal(rds.send(restoreInstance()))).code).toBe('KMSKeyNotAccessibleFault');
  });

  it('when the snapshot does not exist', async () => {
    const { rds } = aLab();
    expect((await refusal(rds.send(restoreCluster({ SnapshotIdentifier: 'none' })))).code).toBe(
      'DBClusterSnapshotNotFoundFault',
    );
    expect((await refusal(rds.send(restoreInstance({ DBSnapshotIdentifier: 'none' })))).code).toBe(
      'DBSnapshotNotFound',
    );
  });

  it('while the snapshot is still being made', async () => {
    const { rds } = aLab();
    await rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier: 'young' }),
    );
    expect((await refusal(rds.send(restoreCluster({ SnapshotIdentifier: 'young' })))).code).toBe(
      'InvalidDBClusterSnapshotStateFault',
    );
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: BILLING, DBSnapshotIdentifier: 'young' }));
    expect((await refusal(rds.send(restoreInstance({ DBSnapshotIdentifier: 'young' })))).code).toBe(
      'InvalidDBSnapshotState',
    );
  });

  it('when the name is in use', async () => {
    const { rds } = aLab();
    expect((await refusal(rds.send(restoreCluster({ DBClusterIdentifier: CLUSTER })))).code).toBe(
      'DBClusterAlreadyExistsFault',
    );
    expect((await refusal(rds.send(restoreInstance({ DBInstanceIdentifier: BILLING })))).code).toBe(
      'DBInstanceAlreadyExists',
    );
  });

  it('when it asks for a master password, which no restore takes', async () => {
    const { rds } = aLab();
    const refused = await refusal(rds.send(restoreInstance({ ManageMasterUserPassword: true })));
    expect(refused.message).toContain('ManageMasterUserPassword');
  });
});

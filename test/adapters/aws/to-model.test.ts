/**
 * From RDS's shapes to Muster's: kinds, moments and windows. Items are as the SDK builds them.
 */

import { describe, expect, it } from 'vitest';
import {
  clusterBackup,
  dbCluster,
  dbClusterSnapshot,
  dbInstance,
  dbSnapshot,
  instanceBackup,
} from '../../../src/adapters/aws/schema.ts';
import {
  clusterKindOf,
  toClusterBackup,
  toClusterDatabase,
  toClusterSnapshot,
  toInstanceBackup,
  toInstanceDatabase,
  toSnapshot,
} from '../../../src/adapters/aws/to-model.ts';
import { SCOPE } from '../../support/aws-observations.ts';

const RDS = `arn:aws:rds:${SCOPE.region}:${SCOPE.accountId}`;

const snapshot = (fields: object = {}) =>
  toSnapshot(
    SCOPE,
    dbSnapshot.parse({
      DBSnapshotIdentifier: 's',
      DBSnapshotArn: `${RDS}:snapshot:s`,
      DBInstanceIdentifier: 'orders',
      DbiResourceId: 'db-ORDERS',
      SnapshotType: 'manual',
      Status: 'available',
      Engine: 'postgres',
      SnapshotCreateTime: new Date('2026-02-20T03:00:00Z'),
      ...fields,
    }),
  );
const clusterSnapshot = (fields: object = {}) =>
  toClusterSnapshot(
    SCOPE,
    dbClusterSnapshot.parse({
      DBClusterSnapshotIdentifier: 's',
      DBClusterSnapshotArn: `${RDS}:cluster-snapshot:s`,
      DBClusterIdentifier: 'orders',
      DbClusterResourceId: 'cluster-ORDERS',
      SnapshotType: 'manual',
      Status: 'available',
      Engine: 'aurora-postgresql',
      SnapshotCreateTime: new Date('2026-02-20T03:00:00Z'),
      ...fields,
    }),
  );

describe('a DB snapshot is', () => {
  it.each([
    ['a manual snapshot', {}, 'manual_snapshot'],
    ['a system snapshot when RDS took it', { SnapshotType: 'automated' }, 'system_snapshot'],
    ['a snapshot copy when it came from another region', { SourceRegion: 'us-east-1' }, 'snapshot_copy'],
    [
      'a snapshot copy when its source ARN names another region',
      { SourceDBSnapshotIdentifier: `arn:aws:rds:us-east-1:${SCOPE.accountId}:snapshot:x` },
      'snapshot_copy',
    ],
    [
      'an account copy when its source belongs to another account',
      { SourceDBSnapshotIdentifier: 'arn:aws:rds:us-east-1:999988887777:snapshot:x', SourceRegion: 'us-east-1' },
      'account_copy',
    ],
    ['a manual snapshot when copied within its region', { SourceRegion: SCOPE.region }, 'manual_snapshot'],
    [
      'shared when another account owns it',
      { DBSnapshotArn: 'arn:aws:rds:eu-west-1:999988887777:snapshot:s' },
      'shared_snapshot',
    ],
    ['shared when RDS says so', { SnapshotType: 'shared' }, 'shared_snapshot'],
    ["AWS Backup's by its type", { SnapshotType: 'awsbackup' }, 'backup_snapshot'],
    ["AWS Backup's by its name", { DBSnapshotIdentifier: 'awsbackup:job-1' }, 'backup_snapshot'],
  ])('%s', (_, fields, kind) => {
    expect(snapshot(fields).kind).toBe(kind);
  });
});

it('a shared snapshot lives in the account that owns it', () => {
  expect(snapshot({ DBSnapshotArn: 'arn:aws:rds:eu-west-1:999988887777:snapshot:s' }).accountId).toBe('999988887777');
});

describe('a DB snapshot holds the data of', () => {
  const original = { OriginalSnapshotCreateTime: new Date('2026-02-18T03:00:00Z') };

  it('the database moment it shows', () => {
    const fields = { ...original, SnapshotDatabaseTime: new Date('2026-02-18T02:59:00Z') };
    expect(snapshot(fields).dataAt).toBe('2026-02-18T02:59:00.000Z');
  });

  it('the original when it is a copy', () => {
    expect(snapshot(original)).toMatchObject({
      dataAt: '2026-02-18T03:00:00.000Z',
      createdAt: '2026-02-20T03:00:00.000Z',
    });
  });

  it('its own creation when it shows no other moment', () => {
    expect(snapshot().dataAt).toBe('2026-02-20T03:00:00.000Z');
  });

  it.each([
    ['a copy', { SourceDBSnapshotIdentifier: 'arn:aws:rds:eu-central-1:111122223333:snapshot:s' }],
    ["AWS Backup's", { SnapshotType: 'awsbackup', DBSnapshotIdentifier: 'awsbackup:job-1' }],
  ])('no known moment when %s shows its own creation only, which may be later', (_, fields) => {
    expect(snapshot(fields).dataAt).toBeNull();
    expect(snapshot({ ...fields, ...original }).dataAt).toBe('2026-02-18T03:00:00.000Z');
  });

  it('no known moment while it is being created', () => {
    expect(snapshot({ SnapshotCreateTime: undefined, Status: 'creating' })).toMatchObject({
      dataAt: null,
      status: 'creating',
    });
  });
});

describe('a cluster snapshot', () => {
  it('that is a copy does not pass its own time off as that of its data', () => {
    const source = `arn:aws:rds:us-east-1:${SCOPE.accountId}:cluster-snapshot:x`;
    expect(clusterSnapshot({ SourceDBClusterSnapshotArn: source })).toMatchObject({
      kind: 'snapshot_copy',
      dataAt: null,
      copiedFrom: source,
    });
  });

  it('that is no copy holds the data of its creation', () => {
    expect(clusterSnapshot()).toMatchObject({
      kind: 'manual_snapshot',
      ofCluster: true,
      dataAt: '2026-02-20T03:00:00.000Z',
    });
  });

  it('of AWS Backup is known by its name among the manual ones', () => {
    expect(clusterSnapshot({ DBClusterSnapshotIdentifier: 'awsbackup:job-1' }).kind).toBe('backup_snapshot');
  });
});

describe('an automated backup is', () => {
  const backup = (fields: object = {}) =>
    toInstanceBackup(
      SCOPE,
      instanceBackup.parse({
        DbiResourceId: 'db-ORDERS',
        DBInstanceAutomatedBackupsArn: `${RDS}:auto-backup:ab-1`,
        Engine: 'postgres',
        Region: SCOPE.region,
        Status: 'active',
        BackupRetentionPeriod: 7,
        RestoreWindow: { EarliestTime: new Date('2026-02-19T21:00:00Z'), LatestTime: new Date('2026-02-26T20:55:00Z') },
        ...fields,
      }),
    );

  it.each([
    ['live', {}, 'live'],
    ['live before its first snapshot', { Status: 'creating', RestoreWindow: undefined }, 'live'],
    ['retained, in any letter case', { Status: 'Retained' }, 'retained'],
    ['replicated when its region is another', { Status: 'replicating', Region: 'us-east-1' }, 'replicated'],
    ['replicated still when replication stopped', { Status: 'retained', Region: 'us-east-1' }, 'replicated'],
  ])('%s', (_, fields, role) => {
    expect(backup(fields).role).toBe(role);
  });

  it('without a window when an end of it is missing', () => {
    expect(backup({ RestoreWindow: { EarliestTime: new Date('2026-02-19T21:00:00Z') } }).window).toBeNull();
  });

  it('without a window when it runs backwards', () => {
    const RestoreWindow = {
      EarliestTime: new Date('2026-02-27T00:00:00Z'),
      LatestTime: new Date('2026-02-26T00:00:00Z'),
    };
    expect(backup({ RestoreWindow }).window).toBeNull();
  });

  it('of a cluster by the cluster resource id', () => {
    const cluster = clusterBackup.parse({
      DbClusterResourceId: 'cluster-ORDERS',
      DBClusterAutomatedBackupsArn: `${RDS}:cluster-auto-backup:ab-1`,
      Engine: 'aurora-mysql',
      Status: 'retained',
      BackupRetentionPeriod: 1,
    });
    expect(toClusterBackup(SCOPE, cluster)).toMatchObject({
      role: 'retained',
      databaseResourceId: 'cluster-ORDERS',
      ofCluster: true,
    });
  });
});

it('a replicated automated backup names the database of the other region', () => {
  const source = 'arn:aws:rds:us-east-1:111122223333:db:orders';
  const replica = instanceBackup.parse({
    DbiResourceId: 'db-ORDERS',
    DBInstanceAutomatedBackupsArn: `${RDS}:auto-backup:ab-1`,
    DBInstanceArn: source,
    Engine: 'postgres',
    Region: 'us-east-1',
  });
  expect(toInstanceBackup(SCOPE, replica)).toMatchObject({ ...SCOPE, role: 'replicated', databaseArn: source });
});

describe('a managed master password', () => {
  const secret = { MasterUserSecret: { SecretArn: 'arn:secret', KmsKeyId: 'arn:key' } };
  const instance = (fields: object) =>
    toInstanceDatabase(
      SCOPE,
      dbInstance.parse({
        DBInstanceIdentifier: 'o',
        DBInstanceArn: `${RDS}:db:o`,
        DbiResourceId: 'db-O',
        Engine: 'postgres',
        BackupRetentionPeriod: 1,
        ...fields,
      }),
    );

  it('is named by its secret and the key of that', () => {
    expect(instance(secret)).toMatchObject({ managedSecretArn: 'arn:secret', managedSecretKeyArn: 'arn:key' });
  });

  it('is none where AWS shows no secret', () => {
    expect(instance({})).toMatchObject({ managedSecretArn: null, managedSecretKeyArn: null });
  });
});

describe('a cluster', () => {
  const cluster = (fields: object = {}) =>
    dbCluster.parse({
      DBClusterIdentifier: 'orders',
      DBClusterArn: `${RDS}:cluster:orders`,
      DbClusterResourceId: 'cluster-ORDERS',
      Engine: 'aurora-postgresql',
      BackupRetentionPeriod: 1,
      AllocatedStorage: 1,
      DBClusterMembers: [{ DBInstanceIdentifier: 'orders-1', IsClusterWriter: true }],
      ...fields,
    });
  const member = dbInstance.parse({
    DBInstanceIdentifier: 'orders-1',
    DBInstanceArn: `${RDS}:db:orders-1`,
    DbiResourceId: 'db-ONE',
    DBClusterIdentifier: 'orders',
    DBInstanceClass: 'db.r6g.large',
    Engine: 'aurora-postgresql',
    BackupRetentionPeriod: 1,
    PubliclyAccessible: true,
  });

  it.each([
    ['aurora-mysql', 'aurora_cluster'],
    ['aurora', 'aurora_cluster'],
    ['postgres', 'multi_az_cluster'],
    ['mysql', 'multi_az_cluster'],
    ['oracle-ee', null],
  ])('of engine %s is of kind %s', (engine, kind) => {
    expect(clusterKindOf(engine)).toBe(kind);
  });

  it('of Aurora has no storage of its own, and is as public as its instances', () => {
    expect(toClusterDatabase(SCOPE, cluster(), 'aurora_cluster', [member])).toMatchObject({
      storageGib: null,
      publiclyAccessible: true,
      instanceClass: 'db.r6g.large',
      members: [{ identifier: 'orders-1', resourceId: 'db-ONE', writer: true }],
    });
  });

  it('keeps the names of members that could not be listed', () => {
    expect(toClusterDatabase(SCOPE, cluster(), 'aurora_cluster', [])).toMatchObject({
      publiclyAccessible: null,
      members: [{ identifier: 'orders-1', resourceId: 'unknown', status: 'unknown' }],
    });
  });

  it('takes its tags as names and values', () => {
    const tagged = cluster({ TagList: [{ Key: 'env', Value: 'dev' }, { Key: 'empty' }] });
    expect(toClusterDatabase(SCOPE, tagged, 'aurora_cluster', []).tags).toEqual({ env: 'dev', empty: '' });
  });
});

it('an instance that replicates another names its source', () => {
  const replica = dbInstance.parse({
    DBInstanceIdentifier: 'orders-replica',
    DBInstanceArn: `${RDS}:db:orders-replica`,
    DbiResourceId: 'db-REPLICA',
    Engine: 'postgres',
    BackupRetentionPeriod: 0,
    ReadReplicaSourceDBInstanceIdentifier: 'orders',
  });
  expect(toInstanceDatabase(SCOPE, replica)).toMatchObject({
    replicaOf: 'orders',
    retentionDays: 0,
    kind: 'rds_instance',
  });
});

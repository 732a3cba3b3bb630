/**
 * AWS Backup's restore jobs in the lab, through the real SDK.
 */

import {
  DeleteRecoveryPointCommand,
  DescribeRecoveryPointCommand,
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  ListRecoveryPointsByBackupVaultCommand,
  ListRestoreJobsByProtectedResourceCommand,
  ListRestoreJobsCommand,
  type ListRestoreJobsCommandInput,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { DeleteDBInstanceCommand, DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import type { RestoreJob } from '../../src/lab/backup/job.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { ledger } from '../../src/lab/ledger.ts';
import type { EstateInput, RecoveryPoint } from '../../src/lab/world.ts';
import { aLab, BILLING, BILLING_ID, CLUSTER, CLUSTER_ID, refusal, START } from './support.ts';

const VAULT = 'billing-vault';
const RDS = 'arn:aws:rds:eu-west-1:123456789012';
const JOB = 'awsbackup:job-5f2c8a9e-7b1d-4e3f-a0c6-d94b8e7f1a23';
const POINT = `${RDS}:snapshot:${JOB}`;
const CLUSTER_POINT = `${RDS}:cluster-snapshot:awsbackup:job-courses`;
const CONTINUOUS = `arn:aws:backup:eu-west-1:123456789012:recovery-point:continuous:${BILLING_ID.toLowerCase()}-487278c2`;
const CONTINUOUS_CLUSTER = `arn:aws:backup:eu-west-1:123456789012:recovery-point:continuous:${CLUSTER_ID.toLowerCase()}-1b2c3d4e`;
const ROLE = 'arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole';
const PLAN = 'arn:aws:backup:eu-west-1:123456789012:restore-testing-plan:weekly';

const aTest: RestoreJob = {
  id: 'A0000000-0000-0000-0000-000000000001',
  recoveryPointArn: POINT,
  recoveryPointCreatedAt: addDays(START, -3),
  vaultArn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:billing-vault',
  sourceArn: `${RDS}:db:${BILLING}`,
  resourceType: 'RDS',
  sizeBytes: 107_374_182_400,
  status: 'COMPLETED',
  message: null,
  createdAt: addDays(START, -2),
  runsAt: null,
  completedAt: addSeconds(addDays(START, -2), 1_500),
  roleArn: ROLE,
  token: null,
  metadata: {},
  copiesTags: false,
  created: { arn: `${RDS}:db:awsbackup-restore-test-1`, resourceId: 'db-GONE' },
  testingPlanArn: PLAN,
  validation: { status: 'SUCCESSFUL', message: 'every table was read' },
  deletion: { status: 'SUCCESSFUL', message: null },
};

/** The story's estate with more recovery points, continuous ones among them, and a finished restore test. */
function estate(at: Instant): EstateInput {
  const told = datatalks(at);
  const { place } = told;
  const snapshot = place.snapshots.find(({ kind }) => kind === 'cluster');
  if (snapshot === undefined) throw new Error('the estate of the story has changed');
  const tags = [{ key: 'env', value: 'production' }];
  const point = (arn: string, type: RecoveryPoint['resourceType'], name: string): RecoveryPoint => ({
    arn,
    resourceArn: `${RDS}:${type === 'RDS' ? 'db' : 'cluster'}:${name}`,
    resourceType: type,
    resourceName: name,
    createdAt: addDays(at, -1),
    completedAt: addDays(at, -1),
    deleteAt: null,
    deleteAfterDays: 14,
    keyArn: null,
    sizeBytes: 5_000,
  });
  const more = [
    point(CLUSTER_POINT, 'Aurora', CLUSTER),
    point(CONTINUOUS, 'RDS', BILLING),
    point(CONTINUOUS_CLUSTER, 'Aurora', CLUSTER),
    point(`${RDS}:snapshot:awsbackup:job-lost`, 'RDS', BILLING),
  ];
  const behind = { ...snapshot, identifier: 'awsbackup:job-courses', type: 'awsbackup' as const, sourceTags: tags };
  return {
    ...told,
    place: {
      ...place,
      snapshots: [...place.snapshots, behind],
      vaults: place.vaults.map((vault) => ({ ...vault, recoveryPoints: [...vault.recoveryPoints, ...more] })),
      restoreJobs: [aTest],
    },
  };
}

function aBackupLab() {
  const { lab, rds, backup } = aLab(estate);
  const start = async (more: Partial<ConstructorParameters<typeof StartRestoreJobCommand>[0]> = {}) => {
    const Metadata = { DBInstanceIdentifier: 'drill-1', DBInstanceClass: 'db.t3.micro' };
    const input = { RecoveryPointArn: POINT, Metadata, IamRoleArn: ROLE, ...more };
    return (await backup.send(new StartRestoreJobCommand(input))).RestoreJobId ?? '';
  };
  const job = (id: string) => backup.send(new DescribeRestoreJobCommand({ RestoreJobId: id }));
  const instance = async (name = 'drill-1') =>
    (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances?.[0];
  const cluster = async (name = 'drill-1') =>
    (await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: name }))).DBClusters?.[0];
  /** Starts a job, lets the time a restore takes pass and returns what became of it. */
  const run = async (more: Parameters<typeof start>[0] = {}) => {
    const id = await start(more);
    lab.advance(60);
    await job(id);
    lab.advance(1_200);
    return job(id);
  };
  return { lab, rds, backup, start, job, instance, cluster, run };
}

describe('a restore job of a snapshot', () => {
  it('waits, runs while its database is made, and is done when that is available', async () => {
    const { lab, start, job, instance } = aBackupLab();
    const id = await start();
    expect(id).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect(await job(id)).toMatchObject({ Status: 'PENDING', PercentDone: '0.00%', CreationDate: new Date(START) });
    lab.advance(60);
    expect(await job(id)).toMatchObject({ Status: 'RUNNING', CreatedResourceArn: `${RDS}:db:drill-1` });
    expect((await instance())?.DBInstanceStatus).toBe('creating');
    lab.advance(1_200);
    expect((await instance())?.DBInstanceStatus).toBe('available');
    const done = await job(id);
    expect(done).toMatchObject({
      AccountId: '123456789012',
      RestoreJobId: id,
      Status: 'COMPLETED',
      PercentDone: '100.00%',
      RecoveryPointArn: POINT,
      SourceResourceArn: `${RDS}:db:${BILLING}`,
      ResourceType: 'RDS',
      IamRoleArn: ROLE,
      BackupSizeInBytes: 107_374_182_400,
      CompletionDate: new Date(addSeconds(START, 45 + 540)),
    });
    expect(done.CreatedBy).toBeUndefined();
    expect(done.StatusMessage).toBeUndefined();
  });

  it('takes the metadata as asked, the retention of the source, and no tags', async () => {
    const { run, instance } = aBackupLab();
    await run({
      Metadata: {
        DBInstanceIdentifier: 'drill-1',
        DBInstanceClass: 'db.t3.large',
        DBSubnetGroupName: 'course-management-subnets',
        VpcSecurityGroupIds: '["sg-1","sg-2"]',
        MultiAZ: 'false',
        PubliclyAccessible: 'false',
      },
    });
    const restored = await instance();
    expect(restored).toMatchObject({
      DBInstanceClass: 'db.t3.large',
      BackupRetentionPeriod: 14,
      TagList: [],
      MultiAZ: false,
      DBSubnetGroup: { DBSubnetGroupName: 'course-management-subnets' },
    });
    expect(restored?.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId)).toEqual(['sg-1', 'sg-2']);
  });

  it("copies the source's tags when asked to", async () => {
    const { run, instance } = aBackupLab();
    await run({ CopySourceTagsToRestoredResource: true });
    expect((await instance())?.TagList).toEqual([
      { Key: 'env', Value: 'production' },
      { Key: 'owner', Value: 'billing-team' },
    ]);
  });

  it('gives an Aurora cluster without an instance', async () => {
    const { rds, run, cluster } = aBackupLab();
    const Metadata = { DBClusterIdentifier: 'drill-1', Engine: 'aurora-postgresql' };
    const done = await run({ RecoveryPointArn: CLUSTER_POINT, ResourceType: 'Aurora', Metadata });
    expect(done).toMatchObject({ Status: 'COMPLETED', CreatedResourceArn: `${RDS}:cluster:drill-1` });
    expect(await cluster()).toMatchObject({ Status: 'available', DBClusterMembers: [], TagList: [] });
    expect((await rds.send(new DescribeDBInstancesCommand({}))).DBInstances).toHaveLength(2);
  });

  it('is done by its own time, however far the clock jumps', async () => {
    const { lab, start, job } = aBackupLab();
    const Metadata = { DBClusterIdentifier: 'drill-1', Engine: 'aurora-postgresql' };
    const id = await start({ RecoveryPointArn: CLUSTER_POINT, Metadata });
    lab.advance(86_400);
    expect(await job(id)).toMatchObject({ CompletionDate: new Date(addSeconds(START, 45 + 420)) });
  });

  it('is the same job for the same token, and another without', async () => {
    const { lab, start } = aBackupLab();
    const first = await start({ IdempotencyToken: 'once' });
    expect(await start({ IdempotencyToken: 'once' })).toBe(first);
    expect(await start()).not.toBe(first);
    expect(lab.world().places['123456789012/eu-west-1']?.restoreJobs).toHaveLength(3);
  });

  it('fails, rather than being refused, when the restore is', async () => {
    const { lab, start, job, run } = aBackupLab();
    const taken = await run({ Metadata: { DBInstanceIdentifier: BILLING } });
    expect(taken).toMatchObject({
      Status: 'FAILED',
      StatusMessage: expect.stringContaining('DBInstanceAlreadyExists'),
    });
    expect(taken.CreatedResourceArn).toBeUndefined();
    const lost = await run({ RecoveryPointArn: `${RDS}:snapshot:awsbackup:job-lost` });
    expect(lost).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringContaining('does not exist') });
    const id = await start({ Metadata: { DBInstanceIdentifier: 'drill-2', DBSubnetGroupName: 'nowhere' } });
    lab.advance(60);
    expect((await job(id)).StatusMessage).toContain('DBSubnetGroupNotFoundFault');
  });

  it('fails when the key of the backup cannot be used', async () => {
    const { lab, backup } = aLab((at) => {
      const told = estate(at);
      const keys = told.place.keys.map((key) => ({ ...key, state: 'Disabled' as const }));
      return { ...told, place: { ...told.place, keys } };
    });
    const Metadata = { DBInstanceIdentifier: 'drill-1' };
    const { RestoreJobId } = await backup.send(new StartRestoreJobCommand({ RecoveryPointArn: POINT, Metadata }));
    lab.advance(60);
    const job = await backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
    expect(job).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringContaining('KMSKeyNotAccessibleFault') });
  });

  it('fails when its database is deleted on the way', async () => {
    const { lab, rds, start, job } = aBackupLab();
    const id = await start();
    lab.advance(60);
    await job(id);
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'drill-1', SkipFinalSnapshot: true }));
    expect((await job(id)).Status).toBe('FAILED');
  });
});

describe('a restore job of a continuous recovery point', () => {
  it.each([
    ['the latest time', { UseLatestRestorableTime: 'true' }],
    ['a time', { UseLatestRestorableTime: 'false', RestoreTime: '2026-11-20T10:00:00Z' }],
  ])('restores an instance to %s', async (_, time) => {
    const { run, instance } = aBackupLab();
    const Metadata = { DBInstanceIdentifier: 'drill-1', Engine: 'postgres', ...time };
    expect(await run({ RecoveryPointArn: CONTINUOUS, Metadata })).toMatchObject({ Status: 'COMPLETED' });
    expect(await instance()).toMatchObject({ DBInstanceStatus: 'available', BackupRetentionPeriod: 14, TagList: [] });
  });

  it('restores a cluster, without an instance', async () => {
    const { run, cluster } = aBackupLab();
    const Metadata = {
      DBClusterIdentifier: 'drill-1',
      Engine: 'aurora-postgresql',
      RestoreToTime: '2026-11-23T01:00:00.000Z',
    };
    expect(await run({ RecoveryPointArn: CONTINUOUS_CLUSTER, Metadata })).toMatchObject({ Status: 'COMPLETED' });
    expect(await cluster()).toMatchObject({ Status: 'available', DBClusterMembers: [] });
  });

  it('fails at a time outside the window, and with another engine', async () => {
    const { run } = aBackupLab();
    const at = (RestoreTime: string, Engine = 'postgres') =>
      run({ RecoveryPointArn: CONTINUOUS, Metadata: { DBInstanceIdentifier: 'drill-1', Engine, RestoreTime } });
    expect((await at('2026-10-01T10:00:00Z')).Status).toBe('FAILED');
    expect((await at('2026-11-20T10:00:00Z', 'mysql')).StatusMessage).toContain('mysql');
  });

  it('asks for one time, and for the engine', async () => {
    const { start } = aBackupLab();
    const asked = (more: Record<string, string>) =>
      refusal(start({ RecoveryPointArn: CONTINUOUS, Metadata: { DBInstanceIdentifier: 'drill-1', ...more } }));
    expect(await asked({ Engine: 'postgres' })).toMatchObject({ message: expect.stringContaining('RestoreTime') });
    const both = { Engine: 'postgres', RestoreTime: '2026-11-20T10:00:00Z', UseLatestRestorableTime: 'true' };
    expect((await asked(both)).code).toBe('InvalidParameterValueException');
    expect((await asked({ UseLatestRestorableTime: 'true' })).message).toContain('Engine');
  });

  it('is listed and described like any other', async () => {
    const { backup } = aBackupLab();
    const { RecoveryPoints = [] } = await backup.send(
      new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: VAULT }),
    );
    expect(RecoveryPoints.map(({ RecoveryPointArn }) => RecoveryPointArn)).toContain(CONTINUOUS);
    const input = { BackupVaultName: VAULT, RecoveryPointArn: CONTINUOUS };
    expect(await backup.send(new DescribeRecoveryPointCommand(input))).toMatchObject({
      RecoveryPointArn: CONTINUOUS,
      ResourceType: 'RDS',
      IsEncrypted: false,
      Lifecycle: { DeleteAfterDays: 14 },
    });
  });
});

describe('what StartRestoreJob refuses', () => {
  it.each([
    ['a metadata key it does not know', { Metadata: { DBInstanceIdentifier: 'a', Colour: 'red' } }, 'Colour'],
    ['metadata without a name', { Metadata: { DBInstanceClass: 'db.t3.micro' } }, 'DBInstanceIdentifier'],
    ['a bare group id', { Metadata: { DBInstanceIdentifier: 'a', VpcSecurityGroupIds: 'sg-1' } }, 'JSON array'],
    ['a time for a snapshot', { Metadata: { DBInstanceIdentifier: 'a', RestoreTime: 'x' } }, 'RestoreTime'],
    ['another resource type', { ResourceType: 'Aurora' }, 'Aurora'],
    ['a recovery point nobody has', { RecoveryPointArn: `${POINT}-2` }, 'not found'],
  ])('%s', async (_, more, said) => {
    const { lab, start } = aBackupLab();
    expect((await refusal(start(more))).message).toContain(said);
    expect(ledger(lab.world()).map(({ outcome }) => outcome)).not.toContain('ok');
  });
});

describe('what is shown of restore jobs', () => {
  it('shows a restore test with its plan and the verdicts on it', async () => {
    const { job } = aBackupLab();
    expect(await job(aTest.id)).toMatchObject({
      Status: 'COMPLETED',
      CreatedBy: { RestoreTestingPlanArn: PLAN },
      ValidationStatus: 'SUCCESSFUL',
      ValidationStatusMessage: 'every table was read',
      DeletionStatus: 'SUCCESSFUL',
      CreatedResourceArn: `${RDS}:db:awsbackup-restore-test-1`,
      RecoveryPointCreationDate: new Date(addDays(START, -3)),
    });
    expect(await refusal(job('B'))).toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('lists by state, type, plan and time, in pages', async () => {
    const { backup, run } = aBackupLab();
    const failed = await run({ Metadata: { DBInstanceIdentifier: BILLING } });
    const ids = async (input: ListRestoreJobsCommandInput) =>
      (await backup.send(new ListRestoreJobsCommand(input))).RestoreJobs?.map(({ RestoreJobId }) => RestoreJobId);
    const both = [aTest.id, failed.RestoreJobId];
    expect(await ids({})).toEqual(both);
    expect(await ids({ ByStatus: 'FAILED' })).toEqual([failed.RestoreJobId]);
    expect(await ids({ ByResourceType: 'Aurora' })).toEqual([]);
    expect(await ids({ ByRestoreTestingPlanArn: PLAN })).toEqual([aTest.id]);
    expect(await ids({ ByAccountId: '123456789012' })).toEqual(both);
    expect(await ids({ ByAccountId: '999988887777' })).toEqual([]);
    expect(await ids({ ByCreatedBefore: new Date(START) })).toEqual([aTest.id]);
    expect(await ids({ ByCreatedAfter: new Date(addDays(START, -1)) })).toEqual([failed.RestoreJobId]);
    expect(await ids({ ByCompleteBefore: new Date(START) })).toEqual([aTest.id]);
    expect(await ids({ ByCompleteAfter: new Date(START) })).toEqual([failed.RestoreJobId]);
    const page = await backup.send(new ListRestoreJobsCommand({ MaxResults: 1 }));
    expect(page.RestoreJobs).toHaveLength(1);
    expect(await ids({ MaxResults: 1, NextToken: page.NextToken ?? '' })).toEqual([failed.RestoreJobId]);
  });

  it('lists those of the backed-up resource', async () => {
    const { backup } = aBackupLab();
    const of = async (ResourceArn: string, more = {}) =>
      (await backup.send(new ListRestoreJobsByProtectedResourceCommand({ ResourceArn, ...more }))).RestoreJobs?.length;
    expect(await of(`${RDS}:db:${BILLING}`)).toBe(1);
    expect(await of(`${RDS}:cluster:${CLUSTER}`)).toBe(0);
    const later = { ByRecoveryPointCreationDateAfter: new Date(START) };
    expect(await of(`${RDS}:db:${BILLING}`, later)).toBe(0);
  });

  it('tells when a recovery point was last restored', async () => {
    const { backup, run } = aBackupLab();
    const input = { BackupVaultName: VAULT, RecoveryPointArn: POINT };
    const last = async () => (await backup.send(new DescribeRecoveryPointCommand(input))).LastRestoreTime;
    expect(await last()).toEqual(new Date(aTest.completedAt ?? ''));
    const done = await run();
    expect(await last()).toEqual(done.CompletionDate);
  });

  it.each([
    ['a snapshot', POINT, { DBInstanceIdentifier: 'drill-1' }],
    ['a cluster snapshot', CLUSTER_POINT, { DBClusterIdentifier: 'drill-1' }],
    ['a continuous point', CONTINUOUS, { DBInstanceIdentifier: 'drill-1', UseLatestRestorableTime: 'true' }],
  ])('gives metadata of %s that a restore takes under a new name', async (_, RecoveryPointArn, named) => {
    const { backup, run } = aBackupLab();
    const input = { BackupVaultName: VAULT, RecoveryPointArn };
    const got = await backup.send(new GetRecoveryPointRestoreMetadataCommand(input));
    expect(got.RestoreMetadata).toMatchObject({ Port: '5432', Engine: expect.stringContaining('postgres') });
    expect(await run({ RecoveryPointArn, Metadata: { ...got.RestoreMetadata, ...named } })).toMatchObject({
      Status: 'COMPLETED',
    });
  });
});

describe('a path that is not well encoded', () => {
  it('names nothing', async () => {
    const { lab } = aBackupLab();
    const authorization = 'Credential=AKIATEST/20261123/eu-west-1/backup/aws4_request';
    const request = { method: 'GET', path: '/restore-jobs/%zz', headers: { authorization } };
    const { response } = await lab.requestHandler.handle(request);
    expect([response.statusCode, new TextDecoder().decode(response.body)]).toEqual([
      400,
      expect.stringContaining('%zz not found'),
    ]);
  });
});

describe('the ledger', () => {
  it('keeps a call that the lab does not know and that may change something', async () => {
    const { lab, backup } = aBackupLab();
    const input = { BackupVaultName: VAULT, RecoveryPointArn: POINT };
    expect((await refusal(backup.send(new DeleteRecoveryPointCommand(input)))).code).toBe('UnknownOperationException');
    expect(ledger(lab.world())).toMatchObject([{ service: 'backup', outcome: 'UnknownOperationException' }]);
  });

  it('keeps the start of a job and the restore that AWS Backup makes of it', async () => {
    const { lab, run } = aBackupLab();
    await run();
    await run();
    expect(
      ledger(lab.world()).map(({ accessKeyId, action, target, outcome }) => [accessKeyId, action, target, outcome]),
    ).toEqual([
      ['AKIATEST', 'StartRestoreJob', POINT, 'ok'],
      ['backup.amazonaws.com', 'RestoreDBInstanceFromDBSnapshot', `${RDS}:db:drill-1`, 'ok'],
      ['AKIATEST', 'StartRestoreJob', POINT, 'ok'],
      ['backup.amazonaws.com', 'RestoreDBInstanceFromDBSnapshot', `${RDS}:db:drill-1`, 'DBInstanceAlreadyExists'],
    ]);
  });
});

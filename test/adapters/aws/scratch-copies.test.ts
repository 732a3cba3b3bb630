/**
 * Snapshots brought from another region or account, removed again, and the restore jobs of AWS Backup.
 */

import { describe, expect, it } from 'vitest';
import { createScratchOperator } from '../../../src/adapters/aws/scratch-operator.ts';
import { restoreJobInput } from '../../../src/adapters/aws/scratch-vault.ts';
import { addSeconds } from '../../../src/core/time.ts';
import type { DrillPlan } from '../../../src/drill/drill-plan.ts';
import { ledger } from '../../../src/lab/ledger.ts';
import { type Call, jsonError, labClients, queryError, START } from '../../support/aws-lab.ts';
import { ABROAD, HOME, ORIGINAL, threePlaces } from '../../support/lab-places.ts';
import { aPlan, aScratchBench, aVaultPlan, COPY, ID, proofOf, ROLE, TAGS } from '../../support/scratch-bench.ts';

const AN_HOUR_AGO = addSeconds(START, -3_600);
const HOME_KEY = 'arn:aws:kms:eu-west-1:123456789012:key/7c3d1f52-6f0a-4c1e-9d38-2b5e0a9f4c11';
const CLUSTER_SNAPSHOT = 'rds:dev-course-management-cluster-2026-02-26-09-07';

/** A plan that brings a snapshot of that ARN. */
function bringing(fromArn: string, keyArn: string | null, ofCluster = false): DrillPlan {
  const plan = aPlan('copy');
  const [, , , fromRegion = ''] = fromArn.split(':');
  return {
    ...plan,
    point: { ...plan.point, ofCluster },
    restore: { by: 'snapshot', snapshot: null, bring: { fromArn, fromRegion, keyArn } },
  };
}

/** The three places, asked in one region, with every call noted. */
function inRegion(region: string) {
  const sent: Call[] = [];
  const lab = labClients(threePlaces, {
    region,
    tamper: (call) => {
      sent.push(call);
      return null;
    },
  });
  return { ...lab, operator: createScratchOperator(lab.clients), sent };
}

const COPIED = {
  CopyTags: 'false',
  'Tags.Tag.1.Key': 'muster:drill',
  'Tags.Tag.1.Value': 'abc',
  'Tags.Tag.2.Key': 'muster:scratch',
  'Tags.Tag.2.Value': 'true',
  'Tags.Tag.3.Key': 'muster:source',
  'Tags.Tag.3.Value': 'db-ORDERS',
};

describe('a copy', () => {
  it('of a snapshot in the same region bears the tags of the drill and none of the source', async () => {
    const { operator, lastSent } = aScratchBench();
    const fromArn = `arn:aws:rds:eu-west-1:123456789012:snapshot:${ORIGINAL}`;
    expect(await operator.copySnapshot(bringing(fromArn, HOME_KEY))).toEqual({ resourceId: null });
    expect(lastSent('CopyDBSnapshot')).toEqual({
      SourceDBSnapshotIdentifier: fromArn,
      TargetDBSnapshotIdentifier: COPY,
      KmsKeyId: HOME_KEY,
      ...COPIED,
    });
    expect(await operator.describe('snapshot', COPY)).toEqual({
      kind: 'snapshot',
      id: COPY,
      resourceId: null,
      status: 'copying',
      createdAt: START,
      tags: TAGS,
      endpoint: null,
      publiclyAccessible: null,
      securityGroupIds: [],
      masterUsername: null,
      databaseName: null,
    });
  });

  it('of a cluster snapshot is one of its own kind, and without a key says none', async () => {
    const { operator, lastSent, lab } = aScratchBench();
    const fromArn = `arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:${CLUSTER_SNAPSHOT}`;
    expect(await operator.copySnapshot(bringing(fromArn, null, true))).toEqual({ resourceId: null });
    expect(lastSent('CopyDBClusterSnapshot')).toEqual({
      SourceDBClusterSnapshotIdentifier: fromArn,
      TargetDBClusterSnapshotIdentifier: COPY,
      ...COPIED,
    });
    lab.advance(7_200);
    expect(await operator.describe('cluster_snapshot', COPY)).toMatchObject({ status: 'available', tags: TAGS });
  });

  it('from another region is asked for with a request signed for that region, and the next call comes home', async () => {
    const { operator, sent } = inRegion(ABROAD.region);
    const key = `arn:aws:kms:us-east-1:${HOME.accountId}:alias/aws/rds`;
    await operator.copySnapshot(bringing(`arn:aws:rds:eu-west-1:${HOME.accountId}:snapshot:${ORIGINAL}`, key));
    const signed = new URL(sent.at(-1)?.parameters.get('PreSignedUrl') ?? '');
    expect(signed.host).toBe('rds.eu-west-1.amazonaws.com');
    expect(signed.searchParams.get('DestinationRegion')).toBe('us-east-1');
    expect(signed.searchParams.get('X-Amz-Credential')).toContain('/eu-west-1/rds/');
    expect(await operator.describe('snapshot', COPY)).toMatchObject({ status: 'copying', tags: TAGS });
  });

  it('is what is restored next', async () => {
    const { operator, lastSent, lab } = aScratchBench();
    const plan = bringing(`arn:aws:rds:eu-west-1:123456789012:snapshot:${ORIGINAL}`, HOME_KEY);
    await operator.copySnapshot(plan);
    await expect(operator.restoreInstance(plan)).rejects.toMatchObject({
      code: 'MUSTER_AWS_UNAVAILABLE',
      retryable: true,
    });
    lab.advance(7_200);
    await operator.restoreInstance(plan);
    expect(lastSent('RestoreDBInstanceFromDBSnapshot')).toMatchObject({ DBSnapshotIdentifier: COPY });
  });

  it('is found when it was made already, and not taken for another drill’s', async () => {
    const { operator } = aScratchBench();
    const plan = bringing(`arn:aws:rds:eu-west-1:123456789012:snapshot:${ORIGINAL}`, HOME_KEY);
    await operator.copySnapshot(plan);
    expect(await operator.copySnapshot(plan)).toEqual({ resourceId: null });
    const tags = { ...TAGS, 'muster:drill': 'other' };
    await expect(
      operator.copySnapshot({ ...plan, drillId: 'other', shape: { ...plan.shape, tags } }),
    ).rejects.toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
  });

  it.each([
    ['snapshot', `arn:aws:rds:eu-west-1:123456789012:snapshot:${ORIGINAL}`, HOME_KEY, 'DeleteDBSnapshot'],
    [
      'cluster_snapshot',
      `arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:${CLUSTER_SNAPSHOT}`,
      null,
      'DeleteDBClusterSnapshot',
    ],
  ] as const)('that is a %s is removed by the proof of it', async (kind, fromArn, key, action) => {
    const { operator, lab, writes } = aScratchBench();
    await operator.copySnapshot(bringing(fromArn, key, kind === 'cluster_snapshot'));
    lab.advance(7_200);
    await operator.remove(await proofOf(operator, kind, COPY));
    expect(writes().at(-1)).toBe(`${action} ${COPY}`);
    expect(await operator.describe(kind, COPY)).toBeNull();
  });

  it('refused for its signed URL does not repeat the signature', async () => {
    const url = 'https://rds.eu-west-1.amazonaws.com/?X-Amz-Security-Token=canary';
    const { operator } = aScratchBench({
      tamper: ({ action }) =>
        action === 'CopyDBSnapshot' ? queryError(400, 'InvalidParameterValue', `no ${url} here`) : null,
    });
    await expect(
      operator.copySnapshot(bringing('arn:aws:rds:us-east-1:123456789012:snapshot:x', null)),
    ).rejects.toMatchObject({
      message:
        'rds:CopyDBSnapshot was refused: InvalidParameterValue (HTTP 400): no https://rds.eu-west-1.amazonaws.com/ here',
    });
  });
});

describe('a restore job', () => {
  const job = (bench: ReturnType<typeof aScratchBench>) => bench.place().restoreJobs.at(-1);

  it('of an instance’s snapshot says all that the restored one would take from production', async () => {
    const bench = aScratchBench();
    const id = await bench.operator.startRestoreJob(aVaultPlan('instance'));
    expect(job(bench)).toMatchObject({ id, roleArn: ROLE, token: 'abc', copiesTags: false, resourceType: 'RDS' });
    expect(ledger(bench.lab.world()).at(-1)?.parameters).toEqual([
      'CopySourceTagsToRestoredResource',
      'IamRoleArn',
      'IdempotencyToken',
      'Metadata',
      'RecoveryPointArn',
      'ResourceType',
    ]);
    expect(job(bench)?.metadata).toEqual({
      DBInstanceIdentifier: ID,
      Engine: 'postgres',
      DBInstanceClass: 'db.t3.medium',
      DBSubnetGroupName: 'default',
      VpcSecurityGroupIds: '["sg-0123456789abcdef0","sg-1123456789abcdef0"]',
      DBParameterGroupName: 'drills-16',
      PubliclyAccessible: 'false',
      MultiAZ: 'false',
      AutoMinorVersionUpgrade: 'false',
      DeletionProtection: 'false',
      CopyTagsToSnapshot: 'false',
    });
  });

  it('of a cluster’s snapshot names the version, and only what AWS Backup takes for Aurora', async () => {
    const bench = aScratchBench();
    await bench.operator.startRestoreJob(aVaultPlan('cluster'));
    expect(job(bench)).toMatchObject({ resourceType: 'Aurora', token: 'abc' });
    expect(job(bench)?.metadata).toEqual({
      DBClusterIdentifier: ID,
      Engine: 'aurora-postgresql',
      EngineVersion: '15.12',
      DBClusterParameterGroupName: 'drills-aurora-15',
      DBSubnetGroupName: 'default',
      VpcSecurityGroupIds: '["sg-0123456789abcdef0","sg-1123456789abcdef0"]',
      CopyTagsToSnapshot: 'false',
    });
  });

  it.each([
    ['instanceToTime', 'RestoreTime'],
    ['clusterToTime', 'RestoreToTime'],
  ] as const)('of a continuous backup says the instant: %s', async (point, key) => {
    const bench = aScratchBench();
    await bench.operator.startRestoreJob(aVaultPlan(point, AN_HOUR_AGO));
    expect(job(bench)?.metadata).toMatchObject({ [key]: AN_HOUR_AGO });
    expect(Object.keys(job(bench)?.metadata ?? {})).not.toContain('EngineVersion');
  });

  it('of a Multi-AZ DB cluster says the class of its own instances, and that they are not public', () => {
    const plan = aPlan('multi_az');
    const restore = { by: 'vault', recoveryPointArn: 'arn:x', roleArn: ROLE, to: null } as const;
    expect(restoreJobInput(plan, restore)).toMatchObject({
      ResourceType: 'RDS',
      Metadata: { DBClusterIdentifier: ID, DBClusterInstanceClass: 'db.t3.medium', PubliclyAccessible: 'false' },
    });
  });

  it('is begun once, however often it is asked for', async () => {
    const { operator, place } = aScratchBench();
    const id = await operator.startRestoreJob(aVaultPlan('instance'));
    expect(await operator.startRestoreJob(aVaultPlan('instance'))).toBe(id);
    expect(place().restoreJobs).toHaveLength(1);
  });

  it.each(['instance', 'cluster'] as const)('is found by what it made, and waited for until then: %s', async (kind) => {
    const { operator, lab } = aScratchBench();
    const plan = aVaultPlan(kind);
    expect(await operator.findRestoreJob(plan, START)).toBeNull();
    const jobId = await operator.startRestoreJob(plan);
    expect(await operator.findRestoreJob(plan, START)).toBe('pending');
    lab.advance(60);
    expect(await operator.findRestoreJob(plan, START)).toEqual({ jobId });
    lab.advance(7_200);
    expect(await operator.findRestoreJob(plan, START)).toEqual({ jobId });
  });

  it('of another drill is not taken for it, once that names what it made', async () => {
    const { operator, lab } = aScratchBench();
    await operator.startRestoreJob(aVaultPlan('instance'));
    lab.advance(7_200);
    const other = aVaultPlan('instance');
    const ids = { ...other.ids, instance: 'muster-scratch-xyz' };
    expect(await operator.findRestoreJob({ ...other, drillId: 'xyz', ids }, START)).toBeNull();
  });

  it.each(['instance', 'cluster'] as const)(
    'is seen until it is done, and what it made bears no tag of ours: %s',
    async (kind) => {
      const { operator, lab } = aScratchBench();
      const id = await operator.startRestoreJob(aVaultPlan(kind));
      expect(await operator.restoreJob(id)).toEqual({
        status: 'pending',
        message: null,
        createdArn: null,
        completedAt: null,
      });
      lab.advance(60);
      const arn = `arn:aws:rds:eu-west-1:123456789012:${kind === 'cluster' ? 'cluster' : 'db'}:${ID}`;
      expect(await operator.restoreJob(id)).toEqual({
        status: 'running',
        message: null,
        createdArn: arn,
        completedAt: null,
      });
      lab.advance(7_200);
      expect(await operator.restoreJob(id)).toMatchObject({
        status: 'completed',
        createdArn: arn,
        completedAt: expect.stringMatching(/^2026-02-2/),
      });
      expect((await operator.describe(kind, ID))?.tags).not.toHaveProperty('muster:drill');
    },
  );

  it('that failed says why', async () => {
    const { operator, lab } = aScratchBench();
    const plan = aVaultPlan('instance');
    const id = await operator.startRestoreJob({ ...plan, shape: { ...plan.shape, subnetGroup: 'no-such-group' } });
    lab.advance(60);
    lab.advance(7_200);
    expect(await operator.restoreJob(id)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('no-such-group'),
    });
  });

  it('that AWS Backup does not know is null', async () => {
    expect(await aScratchBench().operator.restoreJob('A0000000-0000-0000-0000-000000000009')).toBeNull();
  });

  it.each([
    ['ThrottlingException', 400, 'MUSTER_AWS_UNAVAILABLE'],
    ['ServiceUnavailableException', 500, 'MUSTER_AWS_UNAVAILABLE'],
    ['AccessDeniedException', 403, 'MUSTER_ACCESS_DENIED'],
    ['InvalidParameterValueException', 400, 'MUSTER_DRILL_FAILED'],
    ['LimitExceededException', 400, 'MUSTER_DRILL_FAILED'],
    ['ResourceNotFoundException', 400, 'MUSTER_DRILL_FAILED'],
  ])('refused with %s', async (code, status, expected) => {
    const { operator } = aScratchBench({
      tamper: ({ action }) => (action === '/restore-jobs' ? jsonError(status, code) : null),
    });
    await expect(operator.startRestoreJob(aVaultPlan('instance'))).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining('backup:StartRestoreJob'),
    });
  });

  it.each([
    ['/restore-jobs', '{}'],
    ['/restore-jobs/j', '{"Status":"DANCING"}'],
  ])('answered with what AWS does not answer is an error: %s', async (path, body) => {
    const { operator } = aScratchBench({ tamper: ({ action }) => (action === path ? { status: 200, body } : null) });
    const asked =
      path === '/restore-jobs' ? operator.startRestoreJob(aVaultPlan('instance')) : operator.restoreJob('j');
    await expect(asked).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message: expect.stringContaining('malformed'),
    });
  });
});

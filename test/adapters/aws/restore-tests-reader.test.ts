/**
 * Which restores of AWS Backup are read: those of databases, of the last 90 days, page by page, and what stands for them
 * when they are refused.
 */

import { describe, expect, it } from 'vitest';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import { readRestoreTests } from '../../../src/adapters/aws/restore-tests-reader.ts';
import { addDays, addSeconds } from '../../../src/core/time.ts';
import type { RestoreJob } from '../../../src/lab/backup/job.ts';
import { datatalks } from '../../../src/lab/estates/datatalks.ts';
import { jsonError, labClients, START, type Tamper } from '../../support/aws-lab.ts';

const SCOPE = { accountId: '123456789012', region: 'eu-west-1' };
const RDS = 'arn:aws:rds:eu-west-1:123456789012';
const PLAN = 'arn:aws:backup:eu-west-1:123456789012:restore-testing-plan:weekly';

const aJob = (id: string, fields: Partial<RestoreJob> = {}): RestoreJob => ({
  id,
  recoveryPointArn: `${RDS}:snapshot:awsbackup:job-1`,
  recoveryPointCreatedAt: addDays(START, -3),
  vaultArn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:billing-vault',
  sourceArn: `${RDS}:db:billing-production`,
  resourceType: 'RDS',
  sizeBytes: 1,
  status: 'COMPLETED',
  message: null,
  createdAt: addDays(START, -2),
  runsAt: null,
  completedAt: addSeconds(addDays(START, -2), 1_500),
  roleArn: null,
  token: null,
  metadata: {},
  copiesTags: false,
  created: { arn: `${RDS}:db:awsbackup-restore-test-1`, resourceId: 'db-GONE' },
  testingPlanArn: PLAN,
  validation: { status: 'TIMED_OUT', message: 'nobody came' },
  deletion: null,
  ...fields,
});

function aLab(restoreJobs: readonly RestoreJob[], tamper?: Tamper) {
  const estate = (at: typeof START) => {
    const told = datatalks(at);
    return { ...told, place: { ...told.place, restoreJobs } };
  };
  return labClients(estate, tamper === undefined ? {} : { tamper }).clients;
}

const read = (restoreJobs: readonly RestoreJob[], tamper?: Tamper) =>
  readRestoreTests(aLab(restoreJobs, tamper), SCOPE, START);

describe('restores of AWS Backup', () => {
  it('are read with what AWS says of each: the plan that asked, how it ended, how it was validated', async () => {
    expect(await read([aJob('A')])).toEqual({
      values: [
        {
          ...SCOPE,
          jobId: 'A',
          recoveryPointArn: `${RDS}:snapshot:awsbackup:job-1`,
          sourceArn: `${RDS}:db:billing-production`,
          ofCluster: false,
          status: 'completed',
          createdAt: addDays(START, -2),
          completedAt: addSeconds(addDays(START, -2), 1_500),
          validation: 'timed_out',
          validationMessage: 'nobody came',
          testingPlanArn: PLAN,
          createdArn: `${RDS}:db:awsbackup-restore-test-1`,
        },
      ],
      gaps: [],
    });
  });

  it('that somebody else asked for, that are not done, or that nobody validates, are read too', async () => {
    const bare = { testingPlanArn: null, validation: null, created: null, completedAt: null } as const;
    const { values } = await read([aJob('B', { ...bare, status: 'PENDING', runsAt: addSeconds(START, 60) })]);
    expect(values).toMatchObject([
      {
        testingPlanArn: null,
        validation: null,
        validationMessage: null,
        createdArn: null,
        completedAt: null,
        status: 'pending',
      },
    ]);
  });

  it('of clusters are told apart, by the type, the source or what was made', async () => {
    const { values } = await read([
      aJob('A', { resourceType: 'Aurora', sourceArn: '' }),
      aJob('B', { sourceArn: `${RDS}:cluster:multi-az` }),
      aJob('C', { created: { arn: `${RDS}:cluster:restored`, resourceId: 'x' } }),
      aJob('D'),
    ]);
    const cluster = Object.fromEntries(values.map(({ jobId, ofCluster }) => [jobId, ofCluster]));
    expect(cluster).toEqual({ A: true, B: true, C: true, D: false });
  });

  it('older than 90 days are left out', async () => {
    const { values } = await read([
      aJob('young', { createdAt: addSeconds(addDays(START, -90), 60) }),
      aJob('old', { createdAt: addSeconds(addDays(START, -90), -60) }),
    ]);
    expect(values.map(({ jobId }) => jobId)).toEqual(['young']);
  });

  it('are part of an inventory, of every place', async () => {
    const inventory = await createEstateReader(aLab([aJob('B'), aJob('A')])).read(START);
    expect(inventory.restoreTests.map(({ jobId }) => jobId)).toEqual(['A', 'B']);
    expect(inventory.gaps).toEqual([]);
  });
});

describe('a listing of restores', () => {
  const onWire = (id: string, more: object = {}) => ({
    RestoreJobId: id,
    RecoveryPointArn: 'arn:p',
    ResourceType: 'RDS',
    Status: 'COMPLETED',
    CreationDate: 1_772_000_000,
    ...more,
  });
  const answering = (pages: readonly object[]): Tamper => {
    let calls = 0;
    return ({ action }) => {
      if (!action.startsWith('/restore-jobs')) return null;
      // One listing for each of two types, side by side.
      const page = pages[Math.floor(calls / 2)];
      calls += 1;
      return page === undefined ? null : { status: 200, body: JSON.stringify(page) };
    };
  };

  it('is read to its last page', async () => {
    const pages = [
      { RestoreJobs: [onWire('A')], NextToken: 'more' },
      { RestoreJobs: [onWire('B')], NextToken: 'most' },
      { RestoreJobs: [onWire('C')] },
    ];
    const { values, gaps } = await read([], answering(pages));
    expect([...new Set(values.map(({ jobId }) => jobId))]).toEqual(['A', 'B', 'C']);
    expect(gaps).toEqual([]);
  });

  it('that takes no filter yields no volume as a database', async () => {
    const volume = onWire('V', { ResourceType: 'EBS' });
    const { values } = await read([], answering([{ RestoreJobs: [volume, onWire('A')] }]));
    expect(values.map(({ jobId }) => jobId)).toEqual(['A', 'A']);
  });

  it('with a job that names no recovery point is a gap, and the others stay', async () => {
    const { RecoveryPointArn: _, ...lost } = onWire('L');
    const { values, gaps } = await read([], answering([{ RestoreJobs: [lost, onWire('A')] }]));
    expect(values.map(({ jobId }) => jobId)).toEqual(['A', 'A']);
    expect(gaps.map(({ cause }) => cause)).toEqual([
      expect.stringContaining('RecoveryPointArn'),
      expect.stringContaining('RecoveryPointArn'),
    ]);
  });

  it('that is refused is a gap for each type, and everything else is read', async () => {
    const clients = aLab([aJob('A')], ({ action }) =>
      action.startsWith('/restore-jobs') ? jsonError(403, 'AccessDeniedException') : null,
    );
    const inventory = await createEstateReader(clients).read(START);
    expect(inventory.databases).toHaveLength(2);
    expect(inventory.restoreTests).toEqual([]);
    expect(inventory.gaps).toMatchObject(
      ['Aurora', 'RDS'].map((type) => ({
        what: `AWS Backup's restores of ${type} recovery points`,
        action: 'backup:ListRestoreJobs',
        hides: 'threats',
        cause: 'AccessDeniedException (HTTP 403): refused by the test',
      })),
    );
  });
});

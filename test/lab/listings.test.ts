/**
 * The lab's small listings, what accounts share with each other, and roles that may be assumed.
 */

import {
  DescribeAccountAttributesCommand,
  DescribeDBEngineVersionsCommand,
  DescribeDBSnapshotsCommand,
  DescribeExportTasksCommand,
  DescribeGlobalClustersCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { EXTERNAL_ID, ORIGINAL, OTHER, ROLE, threePlaces } from '../support/lab-places.ts';
import { aLab, clientsOf, refusal } from './support.ts';

const assume = new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'test', ExternalId: EXTERNAL_ID });

/** The clients of the other account, by the keys that the role gave. */
async function inOther() {
  const { lab, sts } = aLab(threePlaces);
  const { Credentials } = await sts.send(assume);
  return { lab, ...clientsOf(lab, 'eu-west-1', Credentials?.AccessKeyId ?? '') };
}

describe('a role', () => {
  it('speaks for its account from then on', async () => {
    const { sts } = await inOther();
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: OTHER.accountId,
      Arn: `arn:aws:sts::${OTHER.accountId}:assumed-role/muster-reader/test`,
    });
  });

  it.each([
    ['without its external id', { RoleArn: ROLE }],
    ['with another', { RoleArn: ROLE, ExternalId: 'wrong' }],
    ['that is not there', { RoleArn: ROLE.replace('reader', 'writer'), ExternalId: EXTERNAL_ID }],
  ])('%s is refused', async (_, how) => {
    const { sts } = aLab(threePlaces);
    const refused = await refusal(sts.send(new AssumeRoleCommand({ ...how, RoleSessionName: 'test' })));
    expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  it('gives other keys to another session', async () => {
    const { sts } = aLab(threePlaces);
    const other = new AssumeRoleCommand({ ...assume.input, RoleSessionName: 'second' });
    const [first, second] = [await sts.send(assume), await sts.send(other)];
    expect(first.Credentials?.AccessKeyId).not.toBe(second.Credentials?.AccessKeyId);
  });
});

describe('a shared snapshot', () => {
  const shared = new DescribeDBSnapshotsCommand({ SnapshotType: 'shared' });

  it('is seen by the account it is shared with, under its owner’s ARN', async () => {
    const { rds } = await inOther();
    const { DBSnapshots } = await rds.send(shared);
    expect(DBSnapshots?.map(({ DBSnapshotArn }) => DBSnapshotArn)).toEqual([
      'arn:aws:rds:eu-west-1:123456789012:snapshot:for-audit',
    ]);
  });

  it('is seen in its own region only', async () => {
    const { lab, sts } = aLab(threePlaces);
    const { Credentials } = await sts.send(assume);
    const { rds } = clientsOf(lab, 'us-east-1', Credentials?.AccessKeyId ?? '');
    expect((await rds.send(shared)).DBSnapshots).toEqual([]);
  });

  it('is not among what is shared with its owner', async () => {
    const { rds } = aLab(threePlaces);
    expect((await rds.send(shared)).DBSnapshots).toEqual([]);
  });
});

describe('exports', () => {
  it('can be narrowed to those that are complete, by the status in lower case', async () => {
    const { rds } = aLab(threePlaces);
    const all = await rds.send(new DescribeExportTasksCommand({}));
    const Filters = [{ Name: 'status', Values: ['complete'] }];
    const complete = await rds.send(new DescribeExportTasksCommand({ Filters }));
    expect(all.ExportTasks).toHaveLength(2);
    expect(complete.ExportTasks).toMatchObject([{ ExportTaskIdentifier: 'billing-2026', Status: 'COMPLETE' }]);
  });
});

it('a global database names its members, and its writer names those that follow', async () => {
  const { rds } = aLab(threePlaces);
  const { GlobalClusters } = await rds.send(new DescribeGlobalClustersCommand({}));
  expect(GlobalClusters?.[0]?.GlobalClusterMembers).toMatchObject([
    { IsWriter: true, Readers: ['arn:aws:rds:us-east-1:123456789012:cluster:courses-2'] },
    { IsWriter: false, Readers: [] },
  ]);
});

it('quotas count what they limit: manual snapshots, and no others', async () => {
  const { rds } = aLab();
  const { AccountQuotas = [] } = await rds.send(new DescribeAccountAttributesCommand({}));
  expect(AccountQuotas).toContainEqual({ AccountQuotaName: 'ManualSnapshots', Used: 1, Max: 100 });
  expect(AccountQuotas).toContainEqual({ AccountQuotaName: 'ManualClusterSnapshots', Used: 0, Max: 100 });
});

it('quotas count databases, and the storage of those that are no members', async () => {
  const { rds } = aLab();
  const { AccountQuotas = [] } = await rds.send(new DescribeAccountAttributesCommand({}));
  expect(AccountQuotas).toContainEqual({ AccountQuotaName: 'DBInstances', Used: 2, Max: 40 });
  expect(AccountQuotas).toContainEqual({ AccountQuotaName: 'DBClusters', Used: 1, Max: 40 });
  expect(AccountQuotas).toContainEqual({ AccountQuotaName: 'AllocatedStorage', Used: 100, Max: 100_000 });
});

it('storage past the quota is refused', async () => {
  const { rds } = aLab();
  const restore = (AllocatedStorage: number) =>
    rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: 'large',
        DBSnapshotIdentifier: ORIGINAL,
        AllocatedStorage,
      }),
    );
  expect((await refusal(restore(99_901))).code).toBe('StorageQuotaExceeded');
  expect((await restore(99_900)).DBInstance?.AllocatedStorage).toBe(99_900);
});

describe('an engine version that was withdrawn', () => {
  const withdrawn = () =>
    aLab((at) => {
      const estate = threePlaces(at);
      const versions = estate.place.snapshots.map(({ engine, engineVersion }) => `${engine} ${engineVersion}`);
      return { ...estate, place: { ...estate.place, withdrawnVersions: versions } };
    });
  const versionOf = async (rds: ReturnType<typeof aLab>['rds']) => {
    const { DBSnapshots } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: ORIGINAL }));
    return { Engine: DBSnapshots?.[0]?.Engine, EngineVersion: DBSnapshots?.[0]?.EngineVersion };
  };

  it('is listed only when all are asked for, as deprecated', async () => {
    const { rds } = withdrawn();
    const of = await versionOf(rds);
    expect((await rds.send(new DescribeDBEngineVersionsCommand(of))).DBEngineVersions).toEqual([]);
    const all = await rds.send(new DescribeDBEngineVersionsCommand({ ...of, IncludeAll: true }));
    expect(all.DBEngineVersions).toMatchObject([{ ...of, Status: 'deprecated' }]);
  });

  it('cannot be restored', async () => {
    const { rds } = withdrawn();
    const restore = { DBInstanceIdentifier: 'scratch', DBSnapshotIdentifier: ORIGINAL };
    const refused = await refusal(rds.send(new RestoreDBInstanceFromDBSnapshotCommand(restore)));
    expect(refused.code).toBe('InvalidParameterCombination');
  });
});

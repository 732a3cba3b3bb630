/**
 * Making scratch databases on the lab: what each call says, and what a name that is taken means.
 *
 * The parameters are those on the wire, held whole, so that one that goes missing or comes to be copied from production
 * is seen.
 */

import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../src/core/time.ts';
import type { ScratchKind } from '../../../src/drill/model.ts';
import { queryError, START } from '../../support/aws-lab.ts';
import {
  aPlan,
  aScratchBench,
  BILLING,
  BILLING_ID,
  CLUSTER_ID,
  COPY,
  ID,
  MEMBER,
  PRODUCTION,
  TAGS,
} from '../../support/scratch-bench.ts';

const AN_HOUR_AGO = addSeconds(START, -3_600);
const TAGGED = {
  'Tags.Tag.1.Key': 'muster:drill',
  'Tags.Tag.1.Value': 'abc',
  'Tags.Tag.2.Key': 'muster:scratch',
  'Tags.Tag.2.Value': 'true',
  'Tags.Tag.3.Key': 'muster:source',
  'Tags.Tag.3.Value': 'db-ORDERS',
};
const NETWORK = {
  DBSubnetGroupName: 'default',
  'VpcSecurityGroupIds.VpcSecurityGroupId.1': 'sg-0123456789abcdef0',
  'VpcSecurityGroupIds.VpcSecurityGroupId.2': 'sg-1123456789abcdef0',
};
const OF_CLUSTER = {
  DBClusterIdentifier: ID,
  ...NETWORK,
  DBClusterParameterGroupName: 'drills-aurora-15',
  EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
  BackupRetentionPeriod: '1',
  DeletionProtection: 'false',
  CopyTagsToSnapshot: 'false',
  ...TAGGED,
};
const OF_INSTANCE = {
  DBInstanceClass: 'db.t3.medium',
  ...NETWORK,
  DBParameterGroupName: 'drills-16',
  EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
  BackupRetentionPeriod: '0',
  DeletionProtection: 'false',
  PubliclyAccessible: 'false',
  MultiAZ: 'false',
  AutoMinorVersionUpgrade: 'false',
  CopyTagsToSnapshot: 'false',
  ...TAGGED,
};

const pitr = (named: 'identifier' | 'resource_id' | 'backup_arn', value: string) =>
  ({ by: 'pitr', source: { named, value }, to: AN_HOUR_AGO }) as const;
const clusterPitr = (named: 'identifier' | 'resource_id' | 'backup_arn', value: string) =>
  aPlan('cluster', { restore: pitr(named, value) });

describe('a restored cluster', () => {
  it('from a snapshot leaves nothing to defaults that copy production', async () => {
    const { operator, lastSent, place } = aScratchBench();
    const { resourceId } = await operator.restoreCluster(aPlan('cluster'));
    expect(lastSent('RestoreDBClusterFromSnapshot')).toEqual({
      ...OF_CLUSTER,
      SnapshotIdentifier: 'rds:dev-course-management-cluster-2026-02-26-09-07',
      Engine: 'aurora-postgresql',
      EngineVersion: '15.12',
    });
    expect(place().clusters.find(({ identifier }) => identifier === ID)?.resourceId).toBe(resourceId);
  });

  it.each([
    ['identifier', PRODUCTION, 'SourceDBClusterIdentifier'],
    ['resource_id', CLUSTER_ID, 'SourceDbClusterResourceId'],
  ] as const)(
    'to a point in time of the source’s %s says the instant and the same of itself',
    async (named, value, parameter) => {
      const { operator, lastSent, place } = aScratchBench();
      const { resourceId } = await operator.restoreCluster(clusterPitr(named, value));
      expect(lastSent('RestoreDBClusterToPointInTime')).toEqual({
        ...OF_CLUSTER,
        [parameter]: value,
        RestoreType: 'full-copy',
        RestoreToTime: '2026-02-26T20:00:00Z',
      });
      expect(place().clusters.find(({ identifier }) => identifier === ID)?.resourceId).toBe(resourceId);
    },
  );

  it.each([
    ['RestoreDBClusterFromSnapshot', aPlan('cluster')],
    ['RestoreDBClusterToPointInTime', clusterPitr('resource_id', CLUSTER_ID)],
  ])(
    'whose class is db.serverless says between which capacities, or no member could join: %s',
    async (action, plan) => {
      const { operator, lastSent, lab } = aScratchBench();
      const serverless = { ...plan, shape: { ...plan.shape, instanceClass: 'db.serverless' } };
      await operator.restoreCluster(serverless);
      expect(lastSent(action)).toMatchObject({
        'ServerlessV2ScalingConfiguration.MinCapacity': '0.5',
        'ServerlessV2ScalingConfiguration.MaxCapacity': '16',
      });
      lab.advance(1_200);
      await operator.addInstance(serverless);
      expect(lastSent('CreateDBInstance')).toMatchObject({ DBInstanceClass: 'db.serverless' });
      lab.advance(1_200);
      expect(await operator.describe('instance', MEMBER)).toMatchObject({ status: 'available' });
    },
  );

  it('is not restored from the ARN of an automated backup, which AWS has no parameter for', async () => {
    const { operator, sent } = aScratchBench();
    await expect(operator.restoreCluster(clusterPitr('backup_arn', 'arn:x'))).rejects.toMatchObject({
      code: 'MUSTER_INVARIANT_BROKEN',
    });
    expect(sent).toEqual([]);
  });

  it('is joined by an instance that is not public', async () => {
    const { operator, lastSent, lab } = aScratchBench();
    await operator.restoreCluster(aPlan('cluster'));
    lab.advance(1_200);
    const { resourceId } = await operator.addInstance(aPlan('cluster'));
    expect(lastSent('CreateDBInstance')).toEqual({
      DBInstanceIdentifier: MEMBER,
      DBClusterIdentifier: ID,
      DBInstanceClass: 'db.t3.medium',
      Engine: 'aurora-postgresql',
      DBSubnetGroupName: 'default',
      DBParameterGroupName: 'drills-16',
      PubliclyAccessible: 'false',
      AutoMinorVersionUpgrade: 'false',
      ...TAGGED,
    });
    expect((await operator.describe('instance', MEMBER))?.resourceId).toBe(resourceId);
  });

  it.each([
    ['RestoreDBClusterFromSnapshot', aPlan('multi_az')],
    ['RestoreDBClusterToPointInTime', aPlan('multi_az', { restore: pitr('identifier', 'orders') })],
  ])('that is a Multi-AZ DB cluster says the class of its own instances: %s', async (action, plan) => {
    const answer = `<DBCluster><DbClusterResourceId>cluster-MAZ</DbClusterResourceId></DBCluster>`;
    const body = `<${action}Response><${action}Result>${answer}</${action}Result></${action}Response>`;
    const { operator, lastSent } = aScratchBench({
      tamper: (call) => (call.action === action ? { status: 200, body } : null),
    });
    expect(await operator.restoreCluster(plan)).toEqual({ resourceId: 'cluster-MAZ' });
    expect(lastSent(action)).toMatchObject({ DBClusterInstanceClass: 'db.t3.medium', PubliclyAccessible: 'false' });
  });
});

describe('a restored instance', () => {
  it('from a snapshot leaves nothing to defaults that copy production', async () => {
    const { operator, lastSent } = aScratchBench();
    const { resourceId } = await operator.restoreInstance(aPlan('instance'));
    expect(lastSent('RestoreDBInstanceFromDBSnapshot')).toEqual({
      ...OF_INSTANCE,
      DBInstanceIdentifier: ID,
      DBSnapshotIdentifier: 'billing-production-before-2026-migration',
    });
    expect(await operator.describe('instance', ID)).toMatchObject({ resourceId, tags: TAGS, status: 'creating' });
  });

  it('bears none of production’s tags and takes no backups', async () => {
    const { operator, place } = aScratchBench();
    await operator.restoreInstance(aPlan('instance'));
    const made = place().instances.find(({ identifier }) => identifier === ID);
    expect(made).toMatchObject({ retentionDays: 0, deletionProtection: false });
    expect(made?.tags.map(({ key }) => key)).toEqual(Object.keys(TAGS));
  });

  it.each([
    ['identifier', BILLING, 'SourceDBInstanceIdentifier'],
    ['resource_id', BILLING_ID, 'SourceDbiResourceId'],
  ] as const)(
    'to a point in time of the source’s %s says the instant and the same of itself',
    async (named, value, parameter) => {
      const { operator, lastSent } = aScratchBench();
      const { resourceId } = await operator.restoreInstance(aPlan('instance', { restore: pitr(named, value) }));
      expect(lastSent('RestoreDBInstanceToPointInTime')).toEqual({
        ...OF_INSTANCE,
        TargetDBInstanceIdentifier: ID,
        [parameter]: value,
        RestoreTime: '2026-02-26T20:00:00Z',
      });
      expect((await operator.describe('instance', ID))?.resourceId).toBe(resourceId);
    },
  );

  it('to a point in time of a replicated backup names the backup', async () => {
    const { operator, clients, lastSent } = aScratchBench();
    const { DescribeDBInstanceAutomatedBackupsCommand } = await import('@aws-sdk/client-rds');
    const { DBInstanceAutomatedBackups } = await (await clients.rds()).send(
      new DescribeDBInstanceAutomatedBackupsCommand({}),
    );
    const arn = DBInstanceAutomatedBackups?.[0]?.DBInstanceAutomatedBackupsArn ?? '';
    await operator.restoreInstance(aPlan('instance', { restore: pitr('backup_arn', arn) }));
    expect(lastSent('RestoreDBInstanceToPointInTime')).toMatchObject({ SourceDBInstanceAutomatedBackupsArn: arn });
  });

  it('of an engine without Extended Support says nothing of it, and names its option group', async () => {
    const refuse = queryError(400, 'InvalidParameterValue');
    const { operator, lastSent } = aScratchBench({
      tamper: ({ action }) => (action.startsWith('Restore') ? refuse : null),
    });
    const { shape } = aPlan('oracle');
    const plan = aPlan('oracle', { shape: { ...shape, optionGroup: 'tde', subnetGroup: null, securityGroupIds: [] } });
    await expect(operator.restoreInstance(plan)).rejects.toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
    const given = lastSent('RestoreDBInstanceFromDBSnapshot');
    expect(given).toMatchObject({ OptionGroupName: 'tde' });
    expect(Object.keys(given)).not.toContain('EngineLifecycleSupport');
    expect(Object.keys(given)).not.toContain('DBSubnetGroupName');
  });

  it('is not restored by RDS when AWS Backup keeps the point', async () => {
    const { operator, sent } = aScratchBench();
    await expect(operator.restoreInstance(aPlan('vault'))).rejects.toMatchObject({ code: 'MUSTER_INVARIANT_BROKEN' });
    expect(sent).toEqual([]);
  });
});

describe('a call made twice', () => {
  const MAKING: readonly [string, ScratchKind, string, 'restoreCluster' | 'restoreInstance', 'cluster' | 'instance'][] =
    [
      ['RestoreDBClusterFromSnapshot', 'cluster', ID, 'restoreCluster', 'cluster'],
      ['RestoreDBInstanceFromDBSnapshot', 'instance', ID, 'restoreInstance', 'instance'],
    ];

  it.each(MAKING)('finds what it made: %s', async (action, kind, id, call, shape) => {
    const { operator, sent } = aScratchBench();
    const first = await operator[call](aPlan(shape));
    expect(await operator[call](aPlan(shape))).toEqual(first);
    expect(first.resourceId).toBe((await operator.describe(kind, id))?.resourceId);
    expect(sent.filter((one) => one.action === action)).toHaveLength(2);
  });

  it.each(MAKING)("finds another drill's and stops: %s", async (_, kind, id, call, shape) => {
    const { operator } = aScratchBench();
    const other = aPlan(shape);
    await operator[call]({
      ...other,
      drillId: 'other',
      shape: { ...other.shape, tags: { ...TAGS, 'muster:drill': 'other' } },
    });
    await expect(operator[call](aPlan(shape))).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      retryable: false,
      message: `${kind} ${id} exists and does not bear this drill's tags`,
    });
  });

  it.each(MAKING)('is hindered while AWS does not show what exists: %s', async (action, kind, id, call, shape) => {
    const code = kind === 'cluster' ? 'DBClusterAlreadyExistsFault' : 'DBInstanceAlreadyExists';
    const { operator } = aScratchBench({ tamper: (one) => (one.action === action ? queryError(400, code) : null) });
    await expect(operator[call](aPlan(shape))).rejects.toMatchObject({
      retryable: true,
      message: `${kind} ${id} exists already and is not shown yet`,
    });
  });

  it('finds the instance it added', async () => {
    const { operator, lab } = aScratchBench();
    await operator.restoreCluster(aPlan('cluster'));
    lab.advance(1_200);
    const first = await operator.addInstance(aPlan('cluster'));
    expect(await operator.addInstance(aPlan('cluster'))).toEqual(first);
  });
});

describe('what is made bears', () => {
  it.each([
    ['restoreCluster', aPlan('cluster', { ids: { copy: null, cluster: PRODUCTION, instance: MEMBER } })],
    ['restoreInstance', aPlan('instance', { ids: { copy: null, cluster: null, instance: BILLING } })],
    ['addInstance', aPlan('cluster', { ids: { copy: null, cluster: PRODUCTION, instance: MEMBER } })],
    ['addInstance', aPlan('cluster', { ids: { copy: null, cluster: ID, instance: 'production-2' } })],
    ['copySnapshot', aPlan('copy', { ids: { copy: 'a-copy', cluster: null, instance: ID } })],
    ['startRestoreJob', aPlan('vault', { ids: { copy: null, cluster: null, instance: BILLING } })],
  ] as const)('Muster’s prefix, or is not asked for: %s', async (call, plan) => {
    const { operator, sent } = aScratchBench();
    await expect(operator[call](plan)).rejects.toMatchObject({
      code: 'MUSTER_INVARIANT_BROKEN',
      message: expect.stringContaining('begins with muster-scratch-'),
    });
    expect(sent).toEqual([]);
  });

  it.each([
    ['restoreCluster', 'cluster', { env: 'dev' }],
    ['restoreInstance', 'instance', { ...TAGS, 'muster:drill': 'another' }],
    ['addInstance', 'cluster', { 'muster:drill': 'abc' }],
    ['copySnapshot', 'copy', {}],
  ] as const)('the tags of its drill, or is not asked for: %s', async (call, shape, tags) => {
    const { operator, sent } = aScratchBench();
    const plan = aPlan(shape);
    await expect(operator[call]({ ...plan, shape: { ...plan.shape, tags } })).rejects.toMatchObject({
      code: 'MUSTER_INVARIANT_BROKEN',
      message: expect.stringContaining('bears the tags of its drill'),
    });
    expect(sent).toEqual([]);
  });
});

it('a copy has an id only in a plan that brings one', async () => {
  const { operator } = aScratchBench();
  await expect(operator.copySnapshot(aPlan('instance'))).rejects.toMatchObject({ code: 'MUSTER_INVARIANT_BROKEN' });
  expect(COPY.startsWith(ID)).toBe(true);
});

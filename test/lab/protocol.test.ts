/**
 * The protocols around the actions: names refused, requests unsigned, pages, filters, regions, the ledger.
 */

import {
  DescribeBackupVaultCommand,
  ListBackupVaultsCommand,
  ListRecoveryPointsByBackupVaultCommand,
} from '@aws-sdk/client-backup';
import { DescribeKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  AddTagsToResourceCommand,
  CreateDBClusterSnapshotCommand,
  DeleteDBClusterCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
  DescribeGlobalClustersCommand,
  ListTagsForResourceCommand,
  ModifyDBClusterCommand,
  paginateDescribeDBClusterSnapshots,
  RebootDBClusterCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { handle } from '../../src/lab/handle.ts';
import { ledger } from '../../src/lab/ledger.ts';
import type { LabRequest } from '../../src/lab/messages.ts';
import { report } from '../../src/lab/settle.ts';
import { type EstateInput, worldOf } from '../../src/lab/world.ts';
import { aLab, BILLING, CLUSTER, clientsOf, MEMBER, refusal, SNAPSHOT, START } from './support.ts';

function form(body: string, service = 'rds'): LabRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIATEST/20261123/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return { method: 'POST', path: '/', query: {}, headers: { authorization }, body };
}

/** The datatalks estate with `count` manual cluster snapshots more. */
function withSnapshots(count: number): EstateInput {
  const estate = datatalks(START);
  const first = estate.place.snapshots[0];
  if (first === undefined) throw new Error('the estate has a snapshot');
  const more = Array.from({ length: count }, (_, index) => ({
    ...first,
    identifier: `manual-${String(index).padStart(3, '0')}`,
    type: 'manual' as const,
  }));
  return { ...estate, place: { ...estate.place, snapshots: [...estate.place.snapshots, ...more] } };
}

describe('what the lab does not implement', () => {
  it('is refused by name when it is an action', async () => {
    const { rds } = aLab();
    const command = new RebootDBClusterCommand({ DBClusterIdentifier: CLUSTER });
    const refused = await refusal(rds.send(command));
    expect(refused).toMatchObject({ code: 'InvalidAction', status: 400 });
    expect(refused.message).toContain('RebootDBCluster');
  });

  it('is refused by name when it is a parameter, and nothing changes', async () => {
    const { rds, lab } = aLab();
    const before = lab.world().places;
    const command = new ModifyDBClusterCommand({
      DBClusterIdentifier: CLUSTER,
      BacktrackWindow: 60,
      DeletionProtection: true,
    });
    expect((await refusal(rds.send(command))).message).toContain('BacktrackWindow');
    expect(lab.world().places).toEqual(before);
  });

  it('is refused by name when it is a filter', async () => {
    const { rds } = aLab();
    const command = new DescribeDBInstancesCommand({ Filters: [{ Name: 'colour', Values: ['blue'] }] });
    expect(await refusal(rds.send(command))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Unrecognized filter name: colour',
    });
  });
});

describe('a request', () => {
  it('without a signature gets MissingAuthenticationToken', () => {
    const request = { ...form('Action=DescribeDBClusters&Version=2014-10-31'), headers: {} };
    const { response } = handle(request, worldOf(datatalks(START), 'realistic'), START);
    expect(response.status).toBe(403);
    expect(response.body).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it('without a required parameter is refused', () => {
    const { response } = handle(
      form('Action=DeleteDBCluster&Version=2014-10-31'),
      worldOf(datatalks(START), 'realistic'),
      START,
    );
    expect(response.status).toBe(400);
    expect(response.body).toContain('DBClusterIdentifier');
  });

  it('gives the same bytes and the same world each time it is handled', () => {
    const world = worldOf(datatalks(START), 'realistic');
    const body = `Action=RestoreDBClusterFromSnapshot&Version=2014-10-31&DBClusterIdentifier=scratch&SnapshotIdentifier=${SNAPSHOT}&Engine=aurora-postgresql`;
    const once = handle(form(body), world, START);
    expect(handle(form(body), world, START)).toEqual(once);
    expect(world).toEqual(worldOf(datatalks(START), 'realistic'));
  });

  it('in another region finds nothing', async () => {
    const { lab } = aLab();
    const { rds, backup } = clientsOf(lab, 'us-east-1');
    expect((await rds.send(new DescribeDBClustersCommand({}))).DBClusters).toEqual([]);
    expect((await rds.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots).toEqual([]);
    expect((await backup.send(new ListBackupVaultsCommand({}))).BackupVaultList).toEqual([]);
  });

  it('learns the account from STS', async () => {
    const { sts } = aLab();
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '123456789012' });
  });
});

describe('a database the host has not reported open', () => {
  it('stays in creating however late it is, and is available once reported', () => {
    const create = form(
      `Action=RestoreDBInstanceFromDBSnapshot&Version=2014-10-31&DBInstanceIdentifier=scratch&BackupRetentionPeriod=0&DBSnapshotIdentifier=billing-production-before-2026-migration`,
    );
    const describeIt = form('Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=scratch');
    const begun = handle(create, worldOf(datatalks(START), 'realistic'), START);
    const openingId = begun.effects.flatMap((effect) => (effect.kind === 'open_volume' ? [effect.openingId] : []))[0];
    const late = addDays(START, 1);
    const waiting = handle(describeIt, begun.world, late);
    expect(waiting.response.body).toContain('<DBInstanceStatus>creating</DBInstanceStatus>');
    const reported = report(waiting.world, { kind: 'database_opened', openingId: openingId ?? '', port: 5433 }, late);
    const open = handle(describeIt, reported, late);
    expect(open.response.body).toContain('<DBInstanceStatus>available</DBInstanceStatus>');
    expect(open.response.body).toContain('<Port>5433</Port>');
  });

  it('ends in incompatible-restore when the host reports that it failed', () => {
    const create = form(
      `Action=RestoreDBInstanceFromDBSnapshot&Version=2014-10-31&DBInstanceIdentifier=scratch&DBSnapshotIdentifier=billing-production-before-2026-migration`,
    );
    const begun = handle(create, worldOf(datatalks(START), 'realistic'), START);
    const openingId = begun.effects.flatMap((effect) => (effect.kind === 'open_volume' ? [effect.openingId] : []))[0];
    const failed = report(begun.world, { kind: 'database_failed', openingId: openingId ?? '', message: 'no' }, START);
    const { response } = handle(form('Action=DescribeDBInstances&Version=2014-10-31'), failed, addDays(START, 1));
    expect(response.body).toContain('<DBInstanceStatus>incompatible-restore</DBInstanceStatus>');
  });
});

describe('pages', () => {
  it('are cut at MaxRecords and continued without repeats or gaps', async () => {
    const { rds } = aLab(() => withSnapshots(45));
    const pages: string[][] = [];
    for await (const page of paginateDescribeDBClusterSnapshots({ client: rds, pageSize: 20 }, {})) {
      pages.push((page.DBClusterSnapshots ?? []).map((snapshot) => snapshot.DBClusterSnapshotIdentifier ?? ''));
    }
    expect(pages.map((page) => page.length)).toEqual([20, 20, 6]);
    expect(new Set(pages.flat()).size).toBe(46);
  });

  it('default to 100 items', async () => {
    const { rds } = aLab(() => withSnapshots(120));
    const answer = await rds.send(new DescribeDBClusterSnapshotsCommand({}));
    expect(answer.DBClusterSnapshots).toHaveLength(100);
    expect(answer.Marker).toBeDefined();
  });

  it('are refused outside 20 to 100 items', async () => {
    const { rds } = aLab();
    for (const MaxRecords of [19, 101]) {
      expect((await refusal(rds.send(new DescribeDBClustersCommand({ MaxRecords })))).code).toBe(
        'InvalidParameterValue',
      );
    }
  });

  it('are refused for a marker no listing gave, or another one gave', async () => {
    const { rds } = aLab(() => withSnapshots(45));
    const made = await rds.send(new DescribeDBClusterSnapshotsCommand({ MaxRecords: 20 }));
    expect((await refusal(rds.send(new DescribeDBClusterSnapshotsCommand({ Marker: 'nonsense' })))).code).toBe(
      'InvalidParameterValue',
    );
    expect((await refusal(rds.send(new DescribeDBClustersCommand({ Marker: made.Marker })))).code).toBe(
      'InvalidParameterValue',
    );
  });

  it('of AWS Backup follow NextToken', async () => {
    const estate = datatalks(START);
    const vault = estate.place.vaults[0];
    if (vault === undefined) throw new Error('the estate has a vault');
    const vaults = Array.from({ length: 5 }, (_, index) => ({ ...vault, name: `vault-${index}` }));
    const { backup } = aLab(() => ({ ...estate, place: { ...estate.place, vaults } }));
    const first = await backup.send(new ListBackupVaultsCommand({ MaxResults: 3 }));
    const second = await backup.send(new ListBackupVaultsCommand({ MaxResults: 3, NextToken: first.NextToken }));
    const names = [...(first.BackupVaultList ?? []), ...(second.BackupVaultList ?? [])].map(
      (item) => item.BackupVaultName,
    );
    expect(names).toEqual(['vault-0', 'vault-1', 'vault-2', 'vault-3', 'vault-4']);
    expect(second.NextToken).toBeUndefined();
  });
});

describe('a listing', () => {
  it('can be narrowed by resource id', async () => {
    const { rds } = aLab();
    const Filters = [{ Name: 'dbi-resource-id', Values: ['db-M5ENSHXFPU6XHZ4G4ZEI5QIO2U'] }];
    const answer = await rds.send(new DescribeDBInstancesCommand({ Filters }));
    expect(answer.DBInstances?.map((instance) => instance.DBInstanceIdentifier)).toEqual([MEMBER]);
  });

  it('can be narrowed by cluster', async () => {
    const { rds } = aLab();
    const Filters = [{ Name: 'db-cluster-id', Values: [CLUSTER] }];
    const answer = await rds.send(new DescribeDBInstancesCommand({ Filters }));
    expect(answer.DBInstances).toHaveLength(1);
  });

  it('of snapshots without a type leaves out those of AWS Backup', async () => {
    const { rds } = aLab();
    const untyped = await rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: BILLING }));
    expect(new Set(untyped.DBSnapshots?.map((item) => item.SnapshotType))).toEqual(new Set(['automated', 'manual']));
    const typed = await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }));
    expect(typed.DBSnapshots?.map((item) => item.DBSnapshotIdentifier)).toEqual([
      'awsbackup:job-5f2c8a9e-7b1d-4e3f-a0c6-d94b8e7f1a23',
    ]);
  });

  it('of shared or public snapshots is empty', async () => {
    const { rds } = aLab();
    for (const SnapshotType of ['shared', 'public']) {
      expect((await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType }))).DBSnapshots).toEqual([]);
    }
  });

  it('of snapshots of an unknown type is refused', async () => {
    const { rds } = aLab();
    const command = new DescribeDBSnapshotsCommand({ SnapshotType: 'other' });
    expect((await refusal(rds.send(command))).code).toBe('InvalidParameterValue');
  });

  it('of global clusters is empty, of subnet groups is the estate’s', async () => {
    const { rds } = aLab();
    expect((await rds.send(new DescribeGlobalClustersCommand({}))).GlobalClusters).toEqual([]);
    const groups = await rds.send(
      new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: 'course-management-subnets' }),
    );
    expect(groups.DBSubnetGroups).toHaveLength(1);
  });
});

describe('keys and vaults', () => {
  it('show the billing key as enabled and customer managed', async () => {
    const { kms } = aLab();
    const answer = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/billing' }));
    expect(answer.KeyMetadata).toMatchObject({ KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
    expect((await kms.send(new ListKeysCommand({}))).Keys).toHaveLength(3);
  });

  it('refuse a key that does not exist', async () => {
    const { kms } = aLab();
    expect((await refusal(kms.send(new DescribeKeyCommand({ KeyId: 'none' })))).code).toBe('NotFoundException');
  });

  it('show a vault whose compliance lock is past its date, with one recovery point', async () => {
    const { backup } = aLab();
    const vault = await backup.send(new DescribeBackupVaultCommand({ BackupVaultName: 'billing-vault' }));
    expect(vault).toMatchObject({ Locked: true, LockDate: new Date(addDays(START, -390)) });
    const points = await backup.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: 'billing-vault' }));
    expect(points.RecoveryPoints).toMatchObject([{ Status: 'COMPLETED', IsEncrypted: true, ResourceName: BILLING }]);
  });

  it('refuse a vault that does not exist', async () => {
    const { backup } = aLab();
    const command = new DescribeBackupVaultCommand({ BackupVaultName: 'none' });
    expect((await refusal(backup.send(command))).code).toBe('ResourceNotFoundException');
  });
});

describe('tags', () => {
  it('are added, replaced and removed by ARN', async () => {
    const { rds } = aLab();
    const ResourceName = `arn:aws:rds:eu-west-1:123456789012:db:${BILLING}`;
    await rds.send(new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'env', Value: 'other' }] }));
    await rds.send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys: ['owner'] }));
    const answer = await rds.send(new ListTagsForResourceCommand({ ResourceName }));
    expect(answer.TagList).toEqual([{ Key: 'env', Value: 'other' }]);
  });

  it('of something that does not exist are refused', async () => {
    const { rds } = aLab();
    const ResourceName = 'arn:aws:rds:eu-west-1:123456789012:db:none';
    expect((await refusal(rds.send(new ListTagsForResourceCommand({ ResourceName })))).code).toBe('DBInstanceNotFound');
  });
});

describe('the ledger', () => {
  it('keeps calls that change something, refused ones too, and no reads', async () => {
    const { rds, lab } = aLab();
    await rds.send(new DescribeDBClustersCommand({}));
    await refusal(rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier: CLUSTER, SkipFinalSnapshot: true })));
    lab.advance(5);
    await rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier: 'one' }),
    );
    expect(ledger(lab.world())).toMatchObject([
      {
        at: START,
        accessKeyId: 'AKIATEST',
        action: 'DeleteDBCluster',
        target: `arn:aws:rds:eu-west-1:123456789012:cluster:${CLUSTER}`,
        outcome: 'InvalidDBClusterStateFault',
        parameters: ['DBClusterIdentifier', 'SkipFinalSnapshot'],
      },
      { at: addSeconds(START, 5), action: 'CreateDBClusterSnapshot', outcome: 'ok' },
    ]);
  });

  it('and the world hold no password', async () => {
    const { rds, lab } = aLab();
    await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: CLUSTER, MasterUserPassword: 'canary-7431' }));
    expect(JSON.stringify(lab.world())).not.toContain('canary-7431');
  });
});

/**
 * Deleting an Aurora cluster: what is refused, and what each accepted deletion leaves.
 */

import {
  CreateDBClusterSnapshotCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DescribeDBClusterAutomatedBackupsCommand,
  DescribeDBClustersCommand,
  ModifyDBClusterCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { aLab, CLUSTER, CLUSTER_ID, clusterSnapshots, MEMBER, refusal, SNAPSHOT } from './support.ts';

/** The course cluster with its one member deleted. */
async function withoutMember() {
  const made = aLab();
  await made.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: MEMBER }));
  made.lab.advance(600);
  return made;
}

const deletion = (more: {
  FinalDBSnapshotIdentifier?: string;
  SkipFinalSnapshot?: boolean;
  DeleteAutomatedBackups?: boolean;
}) => new DeleteDBClusterCommand({ DBClusterIdentifier: CLUSTER, ...more });

describe('deleting a Multi-AZ DB cluster', () => {
  it('retains nothing, whatever was asked', async () => {
    const { rds } = aLab((at) => {
      const { place, volumes } = datatalks(at);
      const clusters = place.clusters.map((cluster) => ({ ...cluster, engine: 'postgres' }));
      return { place: { ...place, clusters, instances: [] }, volumes };
    });
    await rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false }));
    expect(await clusterSnapshots(rds)).toEqual([]);
    const answer = await rds.send(new DescribeDBClusterAutomatedBackupsCommand({}));
    expect(answer.DBClusterAutomatedBackups).toEqual([]);
  });
});

describe('deleting a cluster', () => {
  it('takes the automated snapshot at once by default', async () => {
    const { rds } = await withoutMember();
    await rds.send(deletion({ SkipFinalSnapshot: true }));
    expect(await clusterSnapshots(rds)).toEqual([]);
  });

  it('leaves no automated backup by default', async () => {
    const { rds } = await withoutMember();
    await rds.send(deletion({ SkipFinalSnapshot: true }));
    const answer = await rds.send(new DescribeDBClusterAutomatedBackupsCommand({}));
    expect(answer.DBClusterAutomatedBackups).toEqual([]);
  });

  it('shows the cluster as deleting, then no more', async () => {
    const { rds, lab } = await withoutMember();
    await rds.send(deletion({ SkipFinalSnapshot: true }));
    const shown = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER }));
    expect(shown.DBClusters?.[0]?.Status).toBe('deleting');
    lab.advance(600);
    expect(await refusal(rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER })))).toMatchObject({
      code: 'DBClusterNotFoundFault',
      status: 404,
    });
  });

  it('keeps manual snapshots', async () => {
    const { rds, lab } = await withoutMember();
    await rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier: 'kept' }),
    );
    lab.advance(300);
    await rds.send(deletion({ SkipFinalSnapshot: true }));
    expect(await clusterSnapshots(rds)).toEqual(['kept']);
  });

  it('retains automated backups and their snapshots when told not to delete them', async () => {
    const { rds, lab } = await withoutMember();
    await rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false }));
    const answer = await rds.send(new DescribeDBClusterAutomatedBackupsCommand({}));
    expect(answer.DBClusterAutomatedBackups).toMatchObject([
      { DbClusterResourceId: CLUSTER_ID, Status: 'retained', RestoreWindow: { LatestTime: new Date(lab.now()) } },
    ]);
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
  });

  it('lets a retained backup and its snapshots end with the retention in force at deletion', async () => {
    const { rds, lab } = await withoutMember();
    await rds.send(deletion({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false }));
    lab.advance(86_400 - 1);
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
    lab.advance(1);
    const answer = await rds.send(new DescribeDBClusterAutomatedBackupsCommand({}));
    expect(answer.DBClusterAutomatedBackups).toEqual([]);
    expect(await clusterSnapshots(rds)).toEqual([]);
  });

  it('makes the final snapshot it is asked for, and that one survives', async () => {
    const { rds, lab } = await withoutMember();
    await rds.send(deletion({ FinalDBSnapshotIdentifier: 'last-words' }));
    lab.advance(3_600);
    expect(await clusterSnapshots(rds)).toEqual(['last-words']);
    expect(lab.world().places['123456789012/eu-west-1']?.clusters).toEqual([]);
  });

  it('copies the live volume, not an older one, into the final snapshot', async () => {
    const { rds, lab } = await withoutMember();
    await rds.send(deletion({ FinalDBSnapshotIdentifier: 'last-words' }));
    const snapshots = lab.world().places['123456789012/eu-west-1']?.snapshots ?? [];
    const volumeId = snapshots.find((snapshot) => snapshot.identifier === 'last-words')?.volumeId;
    const volume = lab.engine.volumes().find((candidate) => candidate.volumeId === volumeId);
    expect(volume?.copiedFrom).toEqual(['vol-courses-live']);
  });
});

describe('deleting a cluster is refused', () => {
  it('with neither a final snapshot nor leave to skip it', async () => {
    const { rds } = await withoutMember();
    expect(await refusal(rds.send(deletion({})))).toMatchObject({
      code: 'InvalidParameterCombination',
      message: 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.',
    });
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
  });

  it('with both', async () => {
    const { rds } = await withoutMember();
    const both = deletion({ SkipFinalSnapshot: true, FinalDBSnapshotIdentifier: 'last-words' });
    const refused = await refusal(rds.send(both));
    expect(refused.code).toBe('InvalidParameterCombination');
    expect(refused.message).toContain('You cannot specify both');
  });

  it('when the final snapshot name is taken, and nothing is lost', async () => {
    const { rds, lab } = await withoutMember();
    await rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier: 'taken' }),
    );
    lab.advance(300);
    const refused = await refusal(rds.send(deletion({ FinalDBSnapshotIdentifier: 'taken' })));
    expect(refused.code).toBe('DBClusterSnapshotAlreadyExistsFault');
    const shown = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER }));
    expect(shown.DBClusters?.[0]?.Status).toBe('available');
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT, 'taken'].sort());
  });

  it('while deletion protection is on', async () => {
    const { rds } = await withoutMember();
    await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: CLUSTER, DeletionProtection: true }));
    expect(await refusal(rds.send(deletion({ SkipFinalSnapshot: true })))).toMatchObject({
      code: 'InvalidParameterCombination',
      message: 'Cannot delete protected Cluster, please disable deletion protection and try again.',
    });
  });

  it('while it has a member that is not being deleted', async () => {
    const { rds } = aLab();
    expect(await refusal(rds.send(deletion({ SkipFinalSnapshot: true })))).toMatchObject({
      code: 'InvalidDBClusterStateFault',
      message: 'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
    });
  });

  it('a second time', async () => {
    const { rds } = await withoutMember();
    await rds.send(deletion({ SkipFinalSnapshot: true }));
    const refused = await refusal(rds.send(deletion({ SkipFinalSnapshot: true })));
    expect(refused.code).toBe('InvalidDBClusterStateFault');
  });

  it('with a final snapshot while it is not available', async () => {
    const { rds } = await withoutMember();
    await rds.send(
      new ModifyDBClusterCommand({ DBClusterIdentifier: CLUSTER, MasterUserPassword: 'another-password' }),
    );
    const refused = await refusal(rds.send(deletion({ FinalDBSnapshotIdentifier: 'last-words' })));
    expect(refused.code).toBe('InvalidDBClusterStateFault');
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
  });
});

describe('deleting a member', () => {
  it('leaves the cluster, its volume and its snapshots, even the last member', async () => {
    const { rds, lab } = await withoutMember();
    const shown = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER }));
    expect(shown.DBClusters).toMatchObject([{ Status: 'available', DBClusterMembers: [] }]);
    expect(await clusterSnapshots(rds)).toEqual([SNAPSHOT]);
    expect(lab.engine.volumes().map((volume) => volume.volumeId)).toContain('vol-courses-live');
  });

  it('is not stopped by the protection of its cluster', async () => {
    const { rds } = aLab();
    await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: CLUSTER, DeletionProtection: true }));
    const answer = await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: MEMBER }));
    expect(answer.DBInstance?.DBInstanceStatus).toBe('deleting');
  });

  it('takes no final snapshot', async () => {
    const { rds } = aLab();
    const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier: MEMBER, FinalDBSnapshotIdentifier: 'last' });
    expect((await refusal(rds.send(command))).code).toBe('InvalidParameterCombination');
  });

  it('leaves a name for an endpoint where nothing listens', async () => {
    const { rds, lab } = await withoutMember();
    const shown = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER }));
    expect(shown.DBClusters?.[0]?.Endpoint).toMatch(/\.eu-west-1\.rds\.amazonaws\.com$/);
    expect(lab.engine.volumeOnPort(shown.DBClusters?.[0]?.Port ?? 0)).toBeUndefined();
  });
});

/**
 * Conformance: the `aws` CLI, whose botocore is not under our control, drives the lab over HTTP.
 *
 * Skips loudly where there is no `aws`. Every call is a separate process, so these are few.
 */

import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/core/time.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { BILLING, CLUSTER, CLUSTER_ID, MEMBER, SNAPSHOT } from './support.ts';

const MANUAL = 'billing-production-before-2026-migration';

const hasAws = onPath();
if (!hasAws) process.stderr.write('\nSKIPPED: no aws CLI on PATH, so botocore was not held against the lab\n');

function onPath(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasAws)('the aws CLI', { timeout: 60_000 }, () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab({ estate: 'datatalks', startAt: parseInstant('2026-11-23T04:00:00Z', 'test') });
  });
  afterAll(() => lab.close());

  async function aws(...argv: string[]) {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'AKIACLI',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: lab.endpoint,
      AWS_MAX_ATTEMPTS: '1',
      AWS_PAGER: '',
    };
    const { stdout } = await promisify(execFile)('aws', [...argv, '--output', 'json'], { env });
    return stdout === '' ? null : JSON.parse(stdout);
  }

  it('lists the cluster', async () => {
    const answer = await aws('rds', 'describe-db-clusters');
    expect(answer.DBClusters).toMatchObject([
      { DBClusterIdentifier: CLUSTER, DbClusterResourceId: CLUSTER_ID, Status: 'available', BackupRetentionPeriod: 1 },
    ]);
  });

  it('lists the one snapshot', async () => {
    const answer = await aws('rds', 'describe-db-cluster-snapshots', '--db-cluster-identifier', CLUSTER);
    expect(answer.DBClusterSnapshots).toMatchObject([
      { DBClusterSnapshotIdentifier: SNAPSHOT, SnapshotType: 'automated', Status: 'available' },
    ]);
  });

  it('learns who it is, which keys there are, and what the vault holds', async () => {
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '123456789012' });
    expect((await aws('kms', 'list-aliases')).Aliases).toHaveLength(3);
    const points = await aws('backup', 'list-recovery-points-by-backup-vault', '--backup-vault-name', 'billing-vault');
    expect(points.RecoveryPoints).toHaveLength(1);
  });

  it('restores an instance to a point in time', async () => {
    const restored = await aws(
      ...['rds', 'restore-db-instance-to-point-in-time', '--source-db-instance-identifier', BILLING],
      ...['--target-db-instance-identifier', 'pitr', '--restore-time', '2026-11-23T02:00:00Z'],
      ...['--no-multi-az', '--backup-retention-period', '0', '--tags', 'Key=muster:drill,Value=d-2'],
    );
    expect(restored.DBInstance).toMatchObject({
      DBInstanceIdentifier: 'pitr',
      DBInstanceStatus: 'creating',
      TagList: [{ Key: 'muster:drill', Value: 'd-2' }],
    });
  });

  it('copies a snapshot here, and from another region with the URL it signs', async () => {
    const target = ['--target-db-snapshot-identifier', 'copied'];
    const here = await aws(
      'rds',
      'copy-db-snapshot',
      '--source-db-snapshot-identifier',
      MANUAL,
      ...target,
      '--copy-tags',
    );
    expect(here.DBSnapshot).toMatchObject({ Status: 'copying', SnapshotType: 'manual' });
    const abroad = await aws(
      ...['rds', 'copy-db-snapshot', '--region', 'eu-central-1', '--source-region', 'eu-west-1', ...target],
      ...['--source-db-snapshot-identifier', `arn:aws:rds:eu-west-1:123456789012:snapshot:${MANUAL}`],
      ...['--kms-key-id', 'alias/aws/rds'],
    );
    expect(abroad.DBSnapshot).toMatchObject({
      DBSnapshotArn: 'arn:aws:rds:eu-central-1:123456789012:snapshot:copied',
      SourceRegion: 'eu-west-1',
    });
  });

  it('restores the snapshot, then deletes the cluster and with it the snapshot', async () => {
    const restored = await aws(
      ...['rds', 'restore-db-cluster-from-snapshot', '--db-cluster-identifier', 'scratch'],
      ...['--snapshot-identifier', SNAPSHOT, '--engine', 'aurora-postgresql', '--engine-version', '15.12'],
      ...['--tags', 'Key=muster:drill,Value=d-1'],
    );
    expect(restored.DBCluster).toMatchObject({ Status: 'creating', TagList: [{ Key: 'muster:drill', Value: 'd-1' }] });
    await expect(
      aws('rds', 'delete-db-cluster', '--db-cluster-identifier', CLUSTER, '--skip-final-snapshot'),
    ).rejects.toThrow('Cluster cannot be deleted, it still contains DB instances in non-deleting state.');
    await aws('rds', 'delete-db-instance', '--db-instance-identifier', MEMBER);
    const deleted = await aws('rds', 'delete-db-cluster', '--db-cluster-identifier', CLUSTER, '--skip-final-snapshot');
    expect(deleted.DBCluster.Status).toBe('deleting');
    const left = await aws('rds', 'describe-db-cluster-snapshots', '--db-cluster-identifier', CLUSTER);
    expect(left.DBClusterSnapshots).toEqual([]);
    // Starting the CLI alone takes longer than the brisk deletion; the `wait` command would sleep 30 s.
    await expect(aws('rds', 'describe-db-clusters', '--db-cluster-identifier', CLUSTER)).rejects.toThrow(
      'DBClusterNotFoundFault',
    );
  });
});

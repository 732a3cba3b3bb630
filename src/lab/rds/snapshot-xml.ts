/**
 * DB snapshots and cluster snapshots as RDS shows them.
 *
 * AWS gives no `SnapshotCreateTime` while a snapshot is being made, and that of a cluster snapshot's copy is what the source
 * shows, as in the example of the documentation. Source: Amazon RDS API 2014-10-31, `DBSnapshot`, `DBClusterSnapshot`; AWS
 * CLI reference, `copy-db-cluster-snapshot`.
 */

import { rdsArn } from '../../core/arn.ts';
import type { Place, Snapshot } from '../world.ts';
import { listOf, type Xml } from '../xml.ts';
import { tagsXml } from './cluster-xml.ts';

/** The snapshot as `DBSnapshot`. */
export function dbSnapshotXml(place: Place, snapshot: Snapshot): readonly Xml[] {
  const made = snapshot.status !== 'creating';
  return [
    ['DBSnapshotIdentifier', snapshot.identifier],
    ['DBSnapshotArn', rdsArn(place.scope, 'snapshot', snapshot.identifier)],
    ['DBInstanceIdentifier', snapshot.sourceIdentifier],
    ['DbiResourceId', snapshot.sourceResourceId],
    ['SnapshotCreateTime', made ? snapshot.createdAt : null],
    ['OriginalSnapshotCreateTime', made ? snapshot.databaseAt : null],
    ['SourceDBSnapshotIdentifier', snapshot.copiedFrom ?? null],
    ['SourceRegion', snapshot.copiedFrom?.split(':')[3] ?? null],
    ['SnapshotDatabaseTime', made ? snapshot.databaseAt : null],
    ['InstanceCreateTime', snapshot.sourceCreatedAt],
    ['Encrypted', snapshot.kmsKeyArn !== null],
    ['AllocatedStorage', snapshot.settings['AllocatedStorage'] ?? '20'],
    ['StorageType', snapshot.settings['StorageType'] ?? 'gp2'],
    ['AvailabilityZone', `${place.scope.region}a`],
    ['LicenseModel', 'postgresql-license'],
    ['OptionGroupName', `default:${snapshot.engine}-${snapshot.engineVersion.split('.')[0]}`],
    ['SnapshotTarget', 'region'],
    ['DedicatedLogVolume', false],
    ['ProcessorFeatures', []],
    ...common(place, snapshot),
  ];
}

/** The snapshot as `DBClusterSnapshot`. */
export function clusterSnapshotXml(place: Place, snapshot: Snapshot): readonly Xml[] {
  const made = snapshot.status !== 'creating';
  return [
    ['DBClusterSnapshotIdentifier', snapshot.identifier],
    ['DBClusterSnapshotArn', rdsArn(place.scope, 'cluster-snapshot', snapshot.identifier)],
    ['DBClusterIdentifier', snapshot.sourceIdentifier],
    ['DbClusterResourceId', snapshot.sourceResourceId],
    ['SnapshotCreateTime', made ? snapshot.databaseAt : null],
    ['ClusterCreateTime', snapshot.sourceCreatedAt],
    ['SourceDBClusterSnapshotArn', snapshot.copiedFrom ?? null],
    ['StorageEncrypted', snapshot.kmsKeyArn !== null],
    ['AllocatedStorage', 1],
    ['EngineMode', snapshot.settings['EngineMode'] ?? 'provisioned'],
    ['StorageType', snapshot.settings['StorageType'] ?? 'aurora'],
    ['LicenseModel', 'postgresql-license'],
    listOf('AvailabilityZones', 'AvailabilityZone', ['a', 'b', 'c'], (letter) => `${place.scope.region}${letter}`),
    ...common(place, snapshot),
  ];
}

function common(place: Place, snapshot: Snapshot): Xml[] {
  const group = place.subnetGroups.find((candidate) => candidate.name === snapshot.subnetGroup);
  return [
    ['SnapshotType', snapshot.type],
    ['Status', snapshot.status],
    ['PercentProgress', snapshot.status === 'available' ? 100 : 0],
    ['Engine', snapshot.engine],
    ['EngineVersion', snapshot.engineVersion],
    ['MasterUsername', snapshot.masterUsername],
    ['Port', snapshot.port],
    ['VpcId', group?.vpcId ?? null],
    ['StorageEncryptionType', snapshot.kmsKeyArn === null ? 'none' : 'sse-kms'],
    ['KmsKeyId', snapshot.kmsKeyArn],
    ['BackupRetentionPeriod', snapshot.retentionDays],
    ['PreferredBackupWindow', snapshot.settings['PreferredBackupWindow'] ?? null],
    ['IAMDatabaseAuthenticationEnabled', snapshot.settings['IAMDatabaseAuthenticationEnabled'] ?? 'false'],
    tagsXml(snapshot.tags),
  ];
}

/**
 * A cluster, its automated backup and its subnet group as RDS shows them.
 *
 * Given the place and the instant asked about. Source: Amazon RDS API 2014-10-31, `DBCluster`,
 * `DBClusterAutomatedBackup`, `DBSubnetGroup`; Aurora shows an allocated storage of 1.
 */

import { rdsArn } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import { membersOf } from '../edit.ts';
import { restoreWindow } from '../windows.ts';
import type { Cluster, Instance, Place, RetainedBackup, Settings, SubnetGroup, Tag } from '../world.ts';
import { listOf, type Xml } from '../xml.ts';

/** The cluster as `DBCluster`. */
export function clusterXml(place: Place, cluster: Cluster, at: Instant): readonly Xml[] {
  const members = membersOf(place, cluster);
  const window = restoreWindow(cluster, at);
  const writer = listening(members[0]);
  const reader =
    members
      .slice(1)
      .map(listening)
      .find((port) => port !== null) ?? writer;
  const name = `cluster-${place.scope.accountId.slice(0, 4)}lab`;
  const domain = `${place.scope.region}.rds.amazonaws.com`;
  return [
    ['DBClusterIdentifier', cluster.identifier],
    ['DBClusterArn', rdsArn(place.scope, 'cluster', cluster.identifier)],
    ['DbClusterResourceId', cluster.resourceId],
    ['Status', cluster.status],
    ['Engine', cluster.engine],
    ['EngineVersion', cluster.engineVersion],
    ['DatabaseName', cluster.databaseName],
    ['MasterUsername', cluster.masterUsername],
    // Without a listening writer AWS still shows a name; in the lab nothing answers there.
    ['Endpoint', writer === null ? `${cluster.identifier}.${name}.${domain}` : '127.0.0.1'],
    [
      'ReaderEndpoint',
      reader === null ? `${cluster.identifier}.${name.replace('cluster-', 'cluster-ro-')}.${domain}` : '127.0.0.1',
    ],
    ['Port', writer ?? cluster.port],
    ['AutomaticRestartTime', cluster.status === 'stopped' ? cluster.statusEndsAt : null],
    ['HostedZoneId', 'Z29XKXDKYMONMX'],
    ['AllocatedStorage', 1],
    ['BackupRetentionPeriod', cluster.retentionDays],
    ['EarliestRestorableTime', window?.earliest ?? null],
    ['LatestRestorableTime', window?.latest ?? null],
    ['ClusterCreateTime', cluster.createdAt],
    ['DBSubnetGroup', cluster.subnetGroup],
    ['DBClusterParameterGroup', cluster.parameterGroup],
    ['StorageEncrypted', cluster.kmsKeyArn !== null],
    ['StorageEncryptionType', cluster.kmsKeyArn === null ? 'none' : 'sse-kms'],
    ['KmsKeyId', cluster.kmsKeyArn],
    ['DeletionProtection', cluster.deletionProtection],
    ...settingsXml(cluster.settings),
    listOf('AvailabilityZones', 'AvailabilityZone', ['a', 'b', 'c'], (letter) => `${place.scope.region}${letter}`),
    listOf('DBClusterMembers', 'DBClusterMember', members, (member) => [
      ['DBInstanceIdentifier', member.identifier],
      ['IsClusterWriter', member === members[0]],
      ['DBClusterParameterGroupStatus', 'in-sync'],
      ['PromotionTier', member.settings['PromotionTier'] ?? '1'],
    ]),
    securityGroupsXml(cluster.securityGroupIds),
    ['ReadReplicaIdentifiers', []],
    ['AssociatedRoles', []],
    ['CrossAccountClone', false],
    ['PendingModifiedValues', cluster.pending === null ? [] : settingsXml(cluster.pending.values)],
    tagsXml(cluster.tags),
  ];
}

/** A live cluster's automated backup as `DBClusterAutomatedBackup`. */
export function clusterBackupXml(place: Place, cluster: Cluster, at: Instant): readonly Xml[] {
  const window = restoreWindow(cluster, at);
  return clusterBackup(place, cluster, window === null ? 'creating' : 'active', window);
}

/** A deleted cluster's retained backup as `DBClusterAutomatedBackup`. */
export function retainedClusterXml(place: Place, backup: RetainedBackup): readonly Xml[] {
  return clusterBackup(place, backup.source, 'retained', {
    earliest: backup.windowStartsAt,
    latest: backup.windowEndsAt,
  });
}

function clusterBackup(
  place: Place,
  cluster: Cluster | Instance,
  status: string,
  window: { readonly earliest: Instant; readonly latest: Instant } | null,
): readonly Xml[] {
  return [
    ['DBClusterIdentifier', cluster.identifier],
    ['DBClusterArn', rdsArn(place.scope, 'cluster', cluster.identifier)],
    ['DbClusterResourceId', cluster.resourceId],
    ['DBClusterAutomatedBackupsArn', clusterBackupArn(place, cluster.resourceId)],
    ['Region', place.scope.region],
    ['Status', status],
    ['Engine', cluster.engine],
    ['EngineVersion', cluster.engineVersion],
    ['EngineMode', cluster.settings['EngineMode'] ?? 'provisioned'],
    ['MasterUsername', cluster.masterUsername],
    ['ClusterCreateTime', cluster.createdAt],
    ['AllocatedStorage', 1],
    ['Port', cluster.port],
    ['BackupRetentionPeriod', cluster.retentionDays],
    ['PreferredBackupWindow', cluster.settings['PreferredBackupWindow'] ?? null],
    ['StorageEncrypted', cluster.kmsKeyArn !== null],
    ['KmsKeyId', cluster.kmsKeyArn],
    [
      'RestoreWindow',
      window === null
        ? []
        : [
            ['EarliestTime', window.earliest],
            ['LatestTime', window.latest],
          ],
    ],
    tagsXml(cluster.tags),
  ];
}

/** The ARN of a cluster's automated backup. */
export function clusterBackupArn(place: Place, resourceId: string): string {
  const { region, accountId } = place.scope;
  return `arn:aws:rds:${region}:${accountId}:cluster-auto-backup:ab-${resourceId.slice(8, 34).toLowerCase()}`;
}

/** Scalar attributes as elements. */
export function settingsXml(settings: Settings): Xml[] {
  return Object.entries(settings).map(([name, value]) => {
    if (name !== 'ServerlessV2ScalingConfiguration') return [name, value] as const;
    const [least = '', greatest = ''] = value.split(' ');
    const capacities: Xml[] = [
      ['MinCapacity', least],
      ['MaxCapacity', greatest],
    ];
    return [name, capacities] as const;
  });
}

/** `TagList`. */
export function tagsXml(tags: readonly Tag[]): Xml {
  return listOf('TagList', 'Tag', tags, (tag) => [
    ['Key', tag.key],
    ['Value', tag.value],
  ]);
}

/** `VpcSecurityGroups`. */
export function securityGroupsXml(ids: readonly string[]): Xml {
  return listOf('VpcSecurityGroups', 'VpcSecurityGroupMembership', ids, (id) => [
    ['VpcSecurityGroupId', id],
    ['Status', 'active'],
  ]);
}

/** A subnet group as `DBSubnetGroup`. */
export function subnetGroupXml(place: Place, group: SubnetGroup): readonly Xml[] {
  return [
    ['DBSubnetGroupName', group.name],
    ['DBSubnetGroupDescription', group.description],
    ['DBSubnetGroupArn', rdsArn(place.scope, 'subgrp', group.name)],
    ['VpcId', group.vpcId],
    ['SubnetGroupStatus', 'Complete'],
    listOf('Subnets', 'Subnet', group.subnets, (subnet) => [
      ['SubnetIdentifier', subnet.id],
      ['SubnetAvailabilityZone', [['Name', subnet.zone]]],
      ['SubnetOutpost', []],
      ['SubnetStatus', 'Active'],
    ]),
    listOf('SupportedNetworkTypes', 'member', ['IPV4'], (type) => type),
  ];
}

function listening(instance: Instance | undefined): number | null {
  const open = instance !== undefined && instance.status !== 'creating' && instance.status !== 'deleting';
  return open ? instance.listeningPort : null;
}

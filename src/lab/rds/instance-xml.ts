/**
 * An instance and its automated backup as RDS shows them.
 *
 * A cluster member shows the cluster's storage, backups and master user; it has none of its own.
 * Source: Amazon RDS API 2014-10-31, `DBInstance`, `DBInstanceAutomatedBackup`.
 */

import { rdsArn } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import { clusterOf } from '../edit.ts';
import { isStopped } from '../power.ts';
import { restoreWindow } from '../windows.ts';
import type { Cluster, Instance, Place, RetainedBackup } from '../world.ts';
import type { Xml } from '../xml.ts';
import { securityGroupsXml, settingsXml, subnetGroupXml, tagsXml } from './cluster-xml.ts';

/** The instance as `DBInstance`. */
export function instanceXml(place: Place, instance: Instance, at: Instant): readonly Xml[] {
  const cluster = clusterOf(place, instance);
  const backed = cluster ?? instance;
  const group = place.subnetGroups.find((candidate) => candidate.name === backed.subnetGroup);
  const shown = instance.listeningPort !== null && instance.status !== 'creating';
  return [
    ['DBInstanceIdentifier', instance.identifier],
    ['DBInstanceArn', rdsArn(place.scope, 'db', instance.identifier)],
    ['DbiResourceId', instance.resourceId],
    ['DBInstanceStatus', instance.status],
    ['DBInstanceClass', instance.instanceClass],
    ['DBClusterIdentifier', cluster?.identifier ?? null],
    ['Engine', backed.engine],
    ['EngineVersion', backed.engineVersion],
    ['DBName', backed.databaseName],
    ['MasterUsername', backed.masterUsername],
    // AWS shows no endpoint until the database can be reached.
    [
      'Endpoint',
      shown
        ? [
            ['Address', '127.0.0.1'],
            ['Port', instance.listeningPort],
            ['HostedZoneId', 'Z29XKXDKYMONMX'],
          ]
        : stoppedEndpoint(place, instance),
    ],
    ['AutomaticRestartTime', instance.status === 'stopped' ? instance.statusEndsAt : null],
    ['DbInstancePort', 0],
    ['InstanceCreateTime', instance.status === 'creating' ? null : instance.createdAt],
    ['AvailabilityZone', instance.availabilityZone],
    ['BackupRetentionPeriod', backed.retentionDays],
    ['LatestRestorableTime', cluster === undefined ? (restoreWindow(instance, at)?.latest ?? null) : null],
    ['StorageEncrypted', backed.kmsKeyArn !== null],
    ['StorageEncryptionType', backed.kmsKeyArn === null ? 'none' : 'sse-kms'],
    ['KmsKeyId', backed.kmsKeyArn],
    ['DeletionProtection', instance.deletionProtection],
    ...settingsXml(instance.settings),
    [
      'DBParameterGroups',
      [
        [
          'DBParameterGroup',
          [
            ['DBParameterGroupName', instance.parameterGroup],
            ['ParameterApplyStatus', 'in-sync'],
          ],
        ],
      ],
    ],
    [
      'OptionGroupMemberships',
      [
        [
          'OptionGroupMembership',
          [
            ['OptionGroupName', instance.optionGroup],
            ['Status', 'in-sync'],
          ],
        ],
      ],
    ],
    ['DBSecurityGroups', []],
    securityGroupsXml(backed.securityGroupIds),
    ['DBSubnetGroup', group === undefined ? null : subnetGroupXml(place, group)],
    ['ReadReplicaDBInstanceIdentifiers', []],
    ['AssociatedRoles', []],
    ['DomainMemberships', []],
    ['PendingModifiedValues', instance.pending === null ? [] : settingsXml(instance.pending.values)],
    tagsXml(instance.tags),
  ];
}

/** AWS goes on showing the name of a stopped instance; in the lab nothing answers there. */
function stoppedEndpoint({ scope }: Place, instance: Instance): readonly Xml[] | null {
  if (!isStopped(instance)) return null;
  return [
    ['Address', `${instance.identifier}.${scope.accountId.slice(0, 4)}lab.${scope.region}.rds.amazonaws.com`],
    ['Port', instance.port],
    ['HostedZoneId', 'Z29XKXDKYMONMX'],
  ];
}

/** A live instance's automated backup as `DBInstanceAutomatedBackup`. */
export function instanceBackupXml(place: Place, instance: Instance, at: Instant): readonly Xml[] {
  const window = restoreWindow(instance, at);
  return instanceBackup(place, instance, window === null ? 'creating' : 'active', window);
}

/** A deleted instance's retained backup as `DBInstanceAutomatedBackup`. */
export function retainedInstanceXml(place: Place, backup: RetainedBackup): readonly Xml[] {
  return instanceBackup(place, backup.source, 'retained', {
    earliest: backup.windowStartsAt,
    latest: backup.windowEndsAt,
  });
}

/** The ARN of an instance's automated backup. */
export function instanceBackupArn(place: Place, resourceId: string): string {
  const { region, accountId } = place.scope;
  return `arn:aws:rds:${region}:${accountId}:auto-backup:ab-${resourceId.slice(3, 29).toLowerCase()}`;
}

function instanceBackup(
  place: Place,
  instance: Cluster | Instance,
  status: string,
  window: { readonly earliest: Instant; readonly latest: Instant } | null,
): readonly Xml[] {
  return [
    ['DBInstanceIdentifier', instance.identifier],
    ['DBInstanceArn', rdsArn(place.scope, 'db', instance.identifier)],
    ['DbiResourceId', instance.resourceId],
    ['DBInstanceAutomatedBackupsArn', instanceBackupArn(place, instance.resourceId)],
    ['Region', place.scope.region],
    ['Status', status],
    ['Engine', instance.engine],
    ['EngineVersion', instance.engineVersion],
    ['LicenseModel', instance.settings['LicenseModel'] ?? 'postgresql-license'],
    ['MasterUsername', instance.masterUsername],
    ['InstanceCreateTime', instance.createdAt],
    ['AllocatedStorage', instance.settings['AllocatedStorage'] ?? '20'],
    ['StorageType', instance.settings['StorageType'] ?? 'gp2'],
    ['Port', instance.port],
    ['BackupRetentionPeriod', instance.retentionDays],
    ['PreferredBackupWindow', instance.settings['PreferredBackupWindow'] ?? null],
    ['BackupTarget', 'region'],
    ['Encrypted', instance.kmsKeyArn !== null],
    ['KmsKeyId', instance.kmsKeyArn],
    ['DBInstanceAutomatedBackupsReplications', []],
    [
      'RestoreWindow',
      window === null
        ? []
        : [
            ['EarliestTime', window.earliest],
            ['LatestTime', window.latest],
          ],
    ],
    tagsXml(instance.tags),
  ];
}

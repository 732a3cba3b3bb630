/**
 * The small listings nothing else hangs on: subnet groups, global databases, exports, quotas, engine versions.
 *
 * The lab makes none of these things: they are as the estate staged them. Source: Amazon RDS API 2014-10-31,
 * `DescribeDBSubnetGroups`, `DescribeGlobalClusters`, `DescribeExportTasks`, `DescribeAccountAttributes`,
 * `DescribeDBEngineVersions`.
 */

import { partitionOf } from '../../core/arn.ts';
import { refuseUnless } from '../faults.ts';
import type { ExportTask, GlobalCluster, Place, SnapshotKind, SubnetGroup } from '../world.ts';
import type { Xml } from '../xml.ts';
import { type Action, filtered, given, pageOf, shows } from './call.ts';
import { subnetGroupXml } from './cluster-xml.ts';
import { MANUAL_SNAPSHOTS_MAX } from './deletion.ts';
import { STORAGE_GIGABYTES_MAX, storageHeld } from './instances.ts';

/** `DescribeDBSubnetGroups`. */
export const describeDBSubnetGroups: Action = (call, place) => {
  const name = call.parameters.text('DBSubnetGroupName');
  const chosen = place.subnetGroups.filter((group) => name === null || group.name === name.toLowerCase());
  refuseUnless(
    name === null || chosen.length > 0,
    'DBSubnetGroupNotFoundFault',
    `DB subnet group '${name}' does not exist.`,
  );
  const groups = filtered(call, chosen, {});
  const content = (group: SubnetGroup) => subnetGroupXml(place, group);
  return shows(
    place,
    pageOf(call, groups, (group) => group.name, { list: 'DBSubnetGroups', member: 'DBSubnetGroup', content }),
  );
};

/** `DescribeGlobalClusters`. */
export const describeGlobalClusters: Action = (call, place) => {
  const name = call.parameters.text('GlobalClusterIdentifier');
  const chosen = place.globalClusters.filter(({ identifier }) => name === null || identifier === name.toLowerCase());
  refuseUnless(name === null || chosen.length > 0, 'GlobalClusterNotFoundFault', `Global cluster ${name} not found.`);
  const clusters = filtered(call, chosen, {
    'db-cluster-id': ({ members }) => members.map(({ clusterArn }) => clusterArn),
    region: ({ members }) => members.map(({ clusterArn }) => clusterArn.split(':')[3] ?? null),
  });
  const content = (cluster: GlobalCluster) => globalClusterXml(place, cluster);
  return shows(
    place,
    pageOf(call, clusters, ({ identifier }) => identifier, {
      list: 'GlobalClusters',
      member: 'GlobalClusterMember',
      content,
    }),
  );
};

function globalClusterXml({ scope }: Place, cluster: GlobalCluster): readonly Xml[] {
  const { identifier, resourceId, engine, engineVersion, deletionProtection, members } = cluster;
  const readers = members.filter(({ writer }) => !writer).map(({ clusterArn }): Xml => ['member', clusterArn]);
  return [
    ['GlobalClusterIdentifier', identifier],
    ['GlobalClusterResourceId', resourceId],
    ['GlobalClusterArn', `arn:${partitionOf(scope.region)}:rds::${scope.accountId}:global-cluster:${identifier}`],
    ['Status', 'available'],
    ['Engine', engine],
    ['EngineVersion', engineVersion],
    ['DeletionProtection', deletionProtection],
    [
      'GlobalClusterMembers',
      members.map(
        ({ clusterArn, writer }): Xml => [
          'GlobalClusterMember',
          [
            ['DBClusterArn', clusterArn],
            ['IsWriter', writer],
            ['Readers', writer ? readers : []],
          ],
        ],
      ),
    ],
  ];
}

/** `DescribeExportTasks`: the statuses of the filter are written in lower case. */
export const describeExportTasks: Action = (call, place) => {
  const name = call.parameters.text('ExportTaskIdentifier');
  const source = call.parameters.text('SourceArn');
  const chosen = place.exports.filter(
    (task) => (name === null || task.identifier === name) && (source === null || task.sourceArn === source),
  );
  refuseUnless(name === null || chosen.length > 0, 'ExportTaskNotFound', `Export task ${name} not found.`);
  const tasks = filtered(call, chosen, {
    'export-task-identifier': ({ identifier }) => [identifier],
    's3-bucket': ({ bucket }) => [bucket],
    'source-arn': ({ sourceArn }) => [sourceArn],
    status: ({ status }) => [status.toLowerCase()],
  });
  return shows(
    place,
    pageOf(call, tasks, ({ identifier }) => identifier, {
      list: 'ExportTasks',
      member: 'ExportTask',
      content: exportTaskXml,
    }),
  );
};

function exportTaskXml(task: ExportTask): readonly Xml[] {
  return [
    ['ExportTaskIdentifier', task.identifier],
    ['SourceArn', task.sourceArn],
    ['SourceType', task.sourceArn.includes(':cluster:') ? 'CLUSTER' : 'SNAPSHOT'],
    ['SnapshotTime', task.sourceAt],
    ['TaskStartTime', task.startedAt],
    ['TaskEndTime', task.endedAt],
    ['S3Bucket', task.bucket],
    ['S3Prefix', task.prefix],
    ['KmsKeyId', task.keyArn],
    ['Status', task.status],
    ['PercentProgress', task.status === 'COMPLETE' ? 100 : 0],
  ];
}

/** `DescribeAccountAttributes`: of all quotas those that the lab enforces. */
export const describeAccountAttributes: Action = (_call, place) => {
  const manual = (kind: SnapshotKind) =>
    place.snapshots.filter((snapshot) => snapshot.kind === kind && snapshot.type === 'manual').length;
  const quotas: readonly (readonly [name: string, used: number, max: number])[] = [
    ['AllocatedStorage', storageHeld(place), STORAGE_GIGABYTES_MAX],
    ['DBInstances', place.instances.length, 40],
    ['DBClusters', place.clusters.length, 40],
    ['ManualSnapshots', manual('db'), MANUAL_SNAPSHOTS_MAX],
    ['ManualClusterSnapshots', manual('cluster'), MANUAL_SNAPSHOTS_MAX],
  ];
  const elements = quotas.map(
    ([name, used, max]): Xml => [
      'AccountQuota',
      [
        ['AccountQuotaName', name],
        ['Used', used],
        ['Max', max],
      ],
    ],
  );
  return shows(place, [['AccountQuotas', elements]]);
};

/** `DescribeDBEngineVersions` of one version: each is offered but those the estate says were withdrawn. */
export const describeDBEngineVersions: Action = (call, place) => {
  const engine = given(call, 'Engine');
  const version = given(call, 'EngineVersion');
  const withdrawn = isWithdrawn(place, engine, version);
  const shown = withdrawn && call.parameters.flag('IncludeAll') !== true ? [] : [version];
  const content = (): readonly Xml[] => [
    ['Engine', engine],
    ['EngineVersion', version],
    ['Status', withdrawn ? 'deprecated' : 'available'],
  ];
  return shows(
    place,
    pageOf(call, filtered(call, shown, {}), (item) => item, {
      list: 'DBEngineVersions',
      member: 'DBEngineVersion',
      content,
    }),
  );
};

/** True for a version that AWS no longer restores. */
export function isWithdrawn(place: Place, engine: string, version: string): boolean {
  return place.withdrawnVersions.includes(`${engine} ${version}`);
}

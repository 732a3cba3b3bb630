/**
 * The RDS actions the lab speaks and the parameters it accepts on each: one table.
 *
 * What is not in the table is refused by name, action or parameter; nothing is silently ignored. `aim`
 * names the parameter that identifies what a call is about and the ARN type of it, for the ledger: the new
 * database of a restore, the new snapshot of a copy. The types of the parameters are in `parameter-types.ts`.
 * Source: Amazon RDS API 2014-10-31, "Request Parameters" of each action.
 */

type ArnType = 'db' | 'cluster' | 'snapshot' | 'cluster-snapshot';

/** What one action accepts. */
export interface ActionTable {
  readonly writes: boolean;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly aim?: readonly [parameter: string, type: ArnType | 'arn' | 'resource-id'];
}

const PAGE = ['Filters', 'MaxRecords', 'Marker'] as const;

const CLUSTER_SETTINGS = [
  'BackupRetentionPeriod',
  'CopyTagsToSnapshot',
  'DBClusterParameterGroupName',
  'DatabaseInsightsMode',
  'DeletionProtection',
  'EnableHttpEndpoint',
  'EnableIAMDatabaseAuthentication',
  'EngineVersion',
  'NetworkType',
  'PreferredBackupWindow',
  'ServerlessV2ScalingConfiguration',
  'StorageType',
  'VpcSecurityGroupIds',
] as const;

/** What a point-in-time restore of an instance may say about it: not quite what a snapshot restore may. */
const INSTANCE_TO_TIME = [
  'AllocatedStorage',
  'AutoMinorVersionUpgrade',
  'AvailabilityZone',
  'BackupRetentionPeriod',
  'CACertificateIdentifier',
  'CopyTagsToSnapshot',
  'DBInstanceClass',
  'DBParameterGroupName',
  'DBSubnetGroupName',
  'DedicatedLogVolume',
  'DeletionProtection',
  'EnableIAMDatabaseAuthentication',
  'Engine',
  'EngineLifecycleSupport',
  'LicenseModel',
  'MaxAllocatedStorage',
  'MultiAZ',
  'NetworkType',
  'OptionGroupName',
  'Port',
  'PreferredBackupWindow',
  'PubliclyAccessible',
  'StorageType',
  'Tags',
  'VpcSecurityGroupIds',
] as const;

/** What a point-in-time restore of a cluster may say about it. */
const CLUSTER_TO_TIME = [
  'BackupRetentionPeriod',
  'CopyTagsToSnapshot',
  'DBClusterParameterGroupName',
  'DBSubnetGroupName',
  'DeletionProtection',
  'EnableIAMDatabaseAuthentication',
  'EngineLifecycleSupport',
  'EngineMode',
  'KmsKeyId',
  'NetworkType',
  'Port',
  'PreferredBackupWindow',
  'ServerlessV2ScalingConfiguration',
  'StorageType',
  'Tags',
  'VpcSecurityGroupIds',
] as const;

const COPYING = ['KmsKeyId', 'CopyTags', 'Tags', 'PreSignedUrl', 'SourceRegion'] as const;

const INSTANCE_SETTINGS = [
  'AllocatedStorage',
  'AutoMinorVersionUpgrade',
  'BackupRetentionPeriod',
  'CACertificateIdentifier',
  'CopyTagsToSnapshot',
  'DBParameterGroupName',
  'DatabaseInsightsMode',
  'DedicatedLogVolume',
  'DeletionProtection',
  'EnableIAMDatabaseAuthentication',
  'EnablePerformanceInsights',
  'LicenseModel',
  'MultiAZ',
  'NetworkType',
  'OptionGroupName',
  'PreferredBackupWindow',
  'PubliclyAccessible',
  'StorageType',
  'VpcSecurityGroupIds',
] as const;

/** Every action, by AWS's name for it. */
export const ACTIONS = {
  DescribeDBClusters: reads([], ['DBClusterIdentifier', 'IncludeShared', ...PAGE]),
  DescribeDBInstances: reads([], ['DBInstanceIdentifier', ...PAGE]),
  DescribeDBSnapshots: reads(
    [],
    [
      'DBInstanceIdentifier',
      'DBSnapshotIdentifier',
      'DbiResourceId',
      'SnapshotType',
      'IncludeShared',
      'IncludePublic',
      ...PAGE,
    ],
  ),
  DescribeDBClusterSnapshots: reads(
    [],
    [
      'DBClusterIdentifier',
      'DBClusterSnapshotIdentifier',
      'DbClusterResourceId',
      'SnapshotType',
      'IncludeShared',
      'IncludePublic',
      ...PAGE,
    ],
  ),
  DescribeDBInstanceAutomatedBackups: reads(
    [],
    ['DbiResourceId', 'DBInstanceIdentifier', 'DBInstanceAutomatedBackupsArn', ...PAGE],
  ),
  DescribeDBClusterAutomatedBackups: reads([], ['DbClusterResourceId', 'DBClusterIdentifier', ...PAGE]),
  DescribeDBSnapshotAttributes: reads(['DBSnapshotIdentifier'], []),
  DescribeDBClusterSnapshotAttributes: reads(['DBClusterSnapshotIdentifier'], []),
  DescribeGlobalClusters: reads([], ['GlobalClusterIdentifier', ...PAGE]),
  DescribeExportTasks: reads([], ['ExportTaskIdentifier', 'SourceArn', ...PAGE]),
  DescribeAccountAttributes: reads([], []),
  DescribeDBEngineVersions: reads(['Engine', 'EngineVersion'], ['IncludeAll', ...PAGE]),
  DescribeDBSubnetGroups: reads([], ['DBSubnetGroupName', ...PAGE]),
  ListTagsForResource: reads(['ResourceName'], ['Filters']),
  AddTagsToResource: writes(['ResourceName', 'Tags'], [], ['ResourceName', 'arn']),
  RemoveTagsFromResource: writes(['ResourceName', 'TagKeys'], [], ['ResourceName', 'arn']),
  CreateDBCluster: writes(
    ['DBClusterIdentifier', 'Engine'],
    [
      ...CLUSTER_SETTINGS,
      'DBSubnetGroupName',
      'DatabaseName',
      'EngineLifecycleSupport',
      'EngineMode',
      'KmsKeyId',
      'MasterUserPassword',
      'MasterUsername',
      'Port',
      'PreferredMaintenanceWindow',
      'StorageEncrypted',
      'Tags',
    ],
    ['DBClusterIdentifier', 'cluster'],
  ),
  CreateDBInstance: writes(
    ['DBInstanceIdentifier', 'DBInstanceClass', 'Engine'],
    [
      ...INSTANCE_SETTINGS,
      'AvailabilityZone',
      'DBClusterIdentifier',
      'DBName',
      'DBSubnetGroupName',
      'EngineLifecycleSupport',
      'EngineVersion',
      'KmsKeyId',
      'MasterUserPassword',
      'MasterUsername',
      'MaxAllocatedStorage',
      'MonitoringInterval',
      'Port',
      'PreferredMaintenanceWindow',
      'PromotionTier',
      'StorageEncrypted',
      'Tags',
    ],
    ['DBInstanceIdentifier', 'db'],
  ),
  ModifyDBCluster: writes(
    ['DBClusterIdentifier'],
    [
      ...CLUSTER_SETTINGS,
      'AllowMajorVersionUpgrade',
      'ApplyImmediately',
      'MasterUserPassword',
      'PreferredMaintenanceWindow',
    ],
    ['DBClusterIdentifier', 'cluster'],
  ),
  ModifyDBInstance: writes(
    ['DBInstanceIdentifier'],
    [
      ...INSTANCE_SETTINGS,
      'AllowMajorVersionUpgrade',
      'ApplyImmediately',
      'DBInstanceClass',
      'EngineVersion',
      'MasterUserPassword',
      'MaxAllocatedStorage',
      'MonitoringInterval',
      'PreferredMaintenanceWindow',
      'PromotionTier',
    ],
    ['DBInstanceIdentifier', 'db'],
  ),
  DeleteDBCluster: writes(
    ['DBClusterIdentifier'],
    ['SkipFinalSnapshot', 'FinalDBSnapshotIdentifier', 'DeleteAutomatedBackups'],
    ['DBClusterIdentifier', 'cluster'],
  ),
  DeleteDBInstance: writes(
    ['DBInstanceIdentifier'],
    ['SkipFinalSnapshot', 'FinalDBSnapshotIdentifier', 'DeleteAutomatedBackups'],
    ['DBInstanceIdentifier', 'db'],
  ),
  CreateDBSnapshot: writes(
    ['DBSnapshotIdentifier', 'DBInstanceIdentifier'],
    ['Tags'],
    ['DBSnapshotIdentifier', 'snapshot'],
  ),
  CreateDBClusterSnapshot: writes(
    ['DBClusterSnapshotIdentifier', 'DBClusterIdentifier'],
    ['Tags'],
    ['DBClusterSnapshotIdentifier', 'cluster-snapshot'],
  ),
  DeleteDBSnapshot: writes(['DBSnapshotIdentifier'], [], ['DBSnapshotIdentifier', 'snapshot']),
  DeleteDBClusterSnapshot: writes(
    ['DBClusterSnapshotIdentifier'],
    [],
    ['DBClusterSnapshotIdentifier', 'cluster-snapshot'],
  ),
  DeleteDBInstanceAutomatedBackup: writes(
    [],
    ['DbiResourceId', 'DBInstanceAutomatedBackupsArn'],
    ['DbiResourceId', 'resource-id'],
  ),
  DeleteDBClusterAutomatedBackup: writes(['DbClusterResourceId'], [], ['DbClusterResourceId', 'resource-id']),
  RestoreDBClusterFromSnapshot: writes(
    ['DBClusterIdentifier', 'SnapshotIdentifier', 'Engine'],
    [...CLUSTER_SETTINGS, 'DBSubnetGroupName', 'EngineLifecycleSupport', 'EngineMode', 'KmsKeyId', 'Port', 'Tags'],
    ['DBClusterIdentifier', 'cluster'],
  ),
  RestoreDBInstanceFromDBSnapshot: writes(
    ['DBInstanceIdentifier', 'DBSnapshotIdentifier'],
    [
      ...INSTANCE_SETTINGS,
      'AvailabilityZone',
      'DBInstanceClass',
      'DBSubnetGroupName',
      'Engine',
      'EngineLifecycleSupport',
      'Port',
      'Tags',
    ],
    ['DBInstanceIdentifier', 'db'],
  ),
  RestoreDBInstanceToPointInTime: writes(
    ['TargetDBInstanceIdentifier'],
    [
      ...INSTANCE_TO_TIME,
      'RestoreTime',
      'SourceDBInstanceAutomatedBackupsArn',
      'SourceDBInstanceIdentifier',
      'SourceDbiResourceId',
      'UseLatestRestorableTime',
    ],
    ['TargetDBInstanceIdentifier', 'db'],
  ),
  RestoreDBClusterToPointInTime: writes(
    ['DBClusterIdentifier'],
    [
      ...CLUSTER_TO_TIME,
      'RestoreToTime',
      'RestoreType',
      'SourceDBClusterIdentifier',
      'SourceDbClusterResourceId',
      'UseLatestRestorableTime',
    ],
    ['DBClusterIdentifier', 'cluster'],
  ),
  CopyDBSnapshot: writes(['SourceDBSnapshotIdentifier', 'TargetDBSnapshotIdentifier'], COPYING, [
    'TargetDBSnapshotIdentifier',
    'snapshot',
  ]),
  CopyDBClusterSnapshot: writes(['SourceDBClusterSnapshotIdentifier', 'TargetDBClusterSnapshotIdentifier'], COPYING, [
    'TargetDBClusterSnapshotIdentifier',
    'cluster-snapshot',
  ]),
  StopDBInstance: writes(['DBInstanceIdentifier'], ['DBSnapshotIdentifier'], ['DBInstanceIdentifier', 'db']),
  StartDBInstance: writes(['DBInstanceIdentifier'], [], ['DBInstanceIdentifier', 'db']),
  StopDBCluster: writes(['DBClusterIdentifier'], [], ['DBClusterIdentifier', 'cluster']),
  StartDBCluster: writes(['DBClusterIdentifier'], [], ['DBClusterIdentifier', 'cluster']),
} as const satisfies Record<string, ActionTable>;

/** The name of an action the lab has. */
export type ActionName = keyof typeof ACTIONS;

function reads(required: readonly string[], optional: readonly string[]): ActionTable {
  return { writes: false, required, optional };
}

function writes(
  required: readonly string[],
  optional: readonly string[],
  aim: NonNullable<ActionTable['aim']>,
): ActionTable {
  return { writes: true, required, optional, aim };
}

/**
 * The RDS actions the lab speaks and the parameters it accepts on each: one table.
 *
 * What is not in the table is refused by name, action or parameter; nothing is silently ignored. `aim`
 * names the parameter that identifies what a call is about and the ARN type of it, for the ledger.
 * Source: Amazon RDS API 2014-10-31, "Request Parameters" of each action.
 */

/** How a parameter is written on the wire. */
export type ParameterType = 'text' | 'flag' | 'whole' | 'texts' | 'tags' | 'filters';

/** Every parameter the lab accepts somewhere, with its type; a name means one thing on all actions. */
export const PARAMETER_TYPES: Readonly<Record<string, ParameterType>> = {
  AllocatedStorage: 'whole',
  AllowMajorVersionUpgrade: 'flag',
  ApplyImmediately: 'flag',
  AutoMinorVersionUpgrade: 'flag',
  AvailabilityZone: 'text',
  BackupRetentionPeriod: 'whole',
  CACertificateIdentifier: 'text',
  CopyTagsToSnapshot: 'flag',
  DBClusterIdentifier: 'text',
  DBClusterParameterGroupName: 'text',
  DBClusterSnapshotIdentifier: 'text',
  DBInstanceAutomatedBackupsArn: 'text',
  DBInstanceClass: 'text',
  DBInstanceIdentifier: 'text',
  DBName: 'text',
  DBParameterGroupName: 'text',
  DBSnapshotIdentifier: 'text',
  DBSubnetGroupName: 'text',
  DatabaseInsightsMode: 'text',
  DatabaseName: 'text',
  DbClusterResourceId: 'text',
  DbiResourceId: 'text',
  DedicatedLogVolume: 'flag',
  DeleteAutomatedBackups: 'flag',
  DeletionProtection: 'flag',
  EnableHttpEndpoint: 'flag',
  EnableIAMDatabaseAuthentication: 'flag',
  EnablePerformanceInsights: 'flag',
  Engine: 'text',
  EngineLifecycleSupport: 'text',
  EngineMode: 'text',
  EngineVersion: 'text',
  ExportTaskIdentifier: 'text',
  Filters: 'filters',
  FinalDBSnapshotIdentifier: 'text',
  GlobalClusterIdentifier: 'text',
  IncludeAll: 'flag',
  IncludePublic: 'flag',
  IncludeShared: 'flag',
  KmsKeyId: 'text',
  LicenseModel: 'text',
  Marker: 'text',
  MasterUserPassword: 'text',
  MasterUsername: 'text',
  MaxAllocatedStorage: 'whole',
  MaxRecords: 'whole',
  MonitoringInterval: 'whole',
  MultiAZ: 'flag',
  NetworkType: 'text',
  OptionGroupName: 'text',
  Port: 'whole',
  PreferredBackupWindow: 'text',
  PreferredMaintenanceWindow: 'text',
  PromotionTier: 'whole',
  PubliclyAccessible: 'flag',
  ResourceName: 'text',
  SkipFinalSnapshot: 'flag',
  SnapshotIdentifier: 'text',
  SnapshotType: 'text',
  SourceArn: 'text',
  StorageEncrypted: 'flag',
  StorageType: 'text',
  TagKeys: 'texts',
  Tags: 'tags',
  VpcSecurityGroupIds: 'texts',
};

/** Parameters that are only stored and shown again, with the name AWS shows each under. */
export const STORED_AS: Readonly<Record<string, string>> = {
  AllocatedStorage: 'AllocatedStorage',
  AutoMinorVersionUpgrade: 'AutoMinorVersionUpgrade',
  CACertificateIdentifier: 'CACertificateIdentifier',
  CopyTagsToSnapshot: 'CopyTagsToSnapshot',
  DatabaseInsightsMode: 'DatabaseInsightsMode',
  DedicatedLogVolume: 'DedicatedLogVolume',
  EnableHttpEndpoint: 'HttpEndpointEnabled',
  EnableIAMDatabaseAuthentication: 'IAMDatabaseAuthenticationEnabled',
  EnablePerformanceInsights: 'PerformanceInsightsEnabled',
  EngineLifecycleSupport: 'EngineLifecycleSupport',
  EngineMode: 'EngineMode',
  LicenseModel: 'LicenseModel',
  MaxAllocatedStorage: 'MaxAllocatedStorage',
  MonitoringInterval: 'MonitoringInterval',
  MultiAZ: 'MultiAZ',
  NetworkType: 'NetworkType',
  PreferredBackupWindow: 'PreferredBackupWindow',
  PreferredMaintenanceWindow: 'PreferredMaintenanceWindow',
  PromotionTier: 'PromotionTier',
  PubliclyAccessible: 'PubliclyAccessible',
  StorageType: 'StorageType',
};

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
  'StorageType',
  'VpcSecurityGroupIds',
] as const;

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

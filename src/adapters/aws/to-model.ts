/**
 * From RDS's shapes to Muster's: databases, snapshots, automated backups.
 *
 * Pure. Every AWS spelling ends here. Joining the pieces with each other is left to
 * `inventory/assemble.ts`.
 * Source: aws-backup-facts.md sections 1 and 3.4; Amazon RDS API, DBSnapshot (`SourceDBSnapshotIdentifier`
 * is set only for copies from another account or region).
 */

import { parseArn, partitionOf, rdsArn, type Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import type { ClusterMember, DatabaseKind, RecoveryPointKind, RestoreWindow } from '../../inventory/model.ts';
import type { AutomatedBackup, ObservedDatabase, ObservedSnapshot } from '../../inventory/observations.ts';
import type { ClusterBackup, DbCluster, DbClusterSnapshot, DbInstance, DbSnapshot, InstanceBackup } from './schema.ts';

/** The engines that share the RDS API but are not RDS: Neptune and DocumentDB, out of Muster's scope. */
export const FOREIGN_ENGINES = ['neptune', 'docdb'] as const;

/** True for an engine out of Muster's scope. */
export function isForeignEngine(engine: string): boolean {
  return FOREIGN_ENGINES.some((foreign) => foreign === engine);
}

/** Which kind of cluster an engine makes; null when Muster knows none. */
export function clusterKindOf(engine: string): DatabaseKind | null {
  if (engine.startsWith('aurora')) return 'aurora_cluster';
  return engine === 'mysql' || engine === 'postgres' ? 'multi_az_cluster' : null;
}

/** A standalone instance as a database. */
export function toInstanceDatabase({ accountId, region }: Scope, instance: DbInstance): ObservedDatabase {
  return {
    accountId,
    region,
    arn: instance.DBInstanceArn,
    resourceId: instance.DbiResourceId,
    identifier: instance.DBInstanceIdentifier,
    kind: 'rds_instance',
    engine: instance.Engine,
    engineVersion: instance.EngineVersion,
    status: instance.DBInstanceStatus,
    createdAt: instance.InstanceCreateTime,
    instanceClass: instance.DBInstanceClass,
    storageGib: instance.AllocatedStorage,
    multiAz: instance.MultiAZ,
    members: [],
    replicas: [...instance.ReadReplicaDBInstanceIdentifiers, ...instance.ReadReplicaDBClusterIdentifiers],
    replicaOf: instance.ReadReplicaSourceDBInstanceIdentifier ?? instance.ReadReplicaSourceDBClusterIdentifier,
    globalClusterArn: null,
    retentionDays: instance.BackupRetentionPeriod,
    restorable: { earliest: null, latest: instance.LatestRestorableTime },
    deletionProtection: instance.DeletionProtection,
    encrypted: instance.StorageEncrypted,
    keyArn: instance.KmsKeyId,
    awsBackupPointArn: instance.AwsBackupRecoveryPointArn,
    subnetGroup: instance.DBSubnetGroup?.DBSubnetGroupName ?? null,
    parameterGroup: instance.DBParameterGroups[0]?.DBParameterGroupName ?? null,
    optionGroups: present(instance.OptionGroupMemberships.map((group) => group.OptionGroupName)),
    securityGroupIds: instance.VpcSecurityGroups,
    publiclyAccessible: instance.PubliclyAccessible,
    masterUsername: instance.MasterUsername,
    managedSecretArn: instance.MasterUserSecret?.SecretArn ?? null,
    managedSecretKeyArn: instance.MasterUserSecret?.KmsKeyId ?? null,
    databaseName: instance.DBName,
    port: instance.Endpoint?.Port ?? null,
    tags: instance.TagList,
  };
}

/**
 * A cluster as a database, its members taken from the instances of the same scope.
 *
 * A member that the instance listing does not show keeps its name; its other facts are not known.
 */
export function toClusterDatabase(
  scope: Scope,
  cluster: DbCluster,
  kind: DatabaseKind,
  instances: readonly DbInstance[],
): ObservedDatabase {
  const members = cluster.DBClusterMembers.map(
    (member): ClusterMember => toMember(scope, member.DBInstanceIdentifier, member.IsClusterWriter, instances),
  );
  const aurora = kind === 'aurora_cluster';
  return {
    ...scope,
    arn: cluster.DBClusterArn,
    resourceId: cluster.DbClusterResourceId,
    identifier: cluster.DBClusterIdentifier,
    kind,
    engine: cluster.Engine,
    engineVersion: cluster.EngineVersion,
    status: cluster.Status,
    createdAt: cluster.ClusterCreateTime,
    instanceClass: cluster.DBClusterInstanceClass ?? members.find(({ writer }) => writer)?.instanceClass ?? null,
    // Aurora reports 1 here: its volume grows by itself.
    storageGib: aurora ? null : cluster.AllocatedStorage,
    multiAz: cluster.MultiAZ,
    members,
    replicas: cluster.ReadReplicaIdentifiers,
    replicaOf: emptyToNull(cluster.ReplicationSourceIdentifier),
    globalClusterArn: toGlobalArn(scope, emptyToNull(cluster.GlobalClusterIdentifier)),
    retentionDays: cluster.BackupRetentionPeriod,
    restorable: { earliest: cluster.EarliestRestorableTime, latest: cluster.LatestRestorableTime },
    deletionProtection: cluster.DeletionProtection,
    encrypted: cluster.StorageEncrypted,
    keyArn: cluster.KmsKeyId,
    awsBackupPointArn: cluster.AwsBackupRecoveryPointArn,
    subnetGroup: cluster.DBSubnetGroup,
    parameterGroup: cluster.DBClusterParameterGroup,
    optionGroups: present(cluster.DBClusterOptionGroupMemberships.map((group) => group.DBClusterOptionGroupName)),
    securityGroupIds: cluster.VpcSecurityGroups,
    publiclyAccessible: cluster.PubliclyAccessible ?? anyPublic(cluster, instances),
    masterUsername: cluster.MasterUsername,
    managedSecretArn: cluster.MasterUserSecret?.SecretArn ?? null,
    managedSecretKeyArn: cluster.MasterUserSecret?.KmsKeyId ?? null,
    databaseName: cluster.DatabaseName,
    port: cluster.Port,
    tags: cluster.TagList,
  };
}

/** An instance snapshot as a recovery point; field by field, as V8 is slow to spread into an object this large. */
export function toSnapshot(scope: Scope, snapshot: DbSnapshot): ObservedSnapshot {
  const id = snapshot.DBSnapshotIdentifier;
  const home = homeOf(snapshot.DBSnapshotArn, scope);
  const source = snapshot.SourceDBSnapshotIdentifier;
  return {
    accountId: home.accountId,
    region: home.region,
    id,
    arn: snapshot.DBSnapshotArn,
    kind: snapshotKind(scope, home, {
      id,
      type: snapshot.SnapshotType,
      sourceArn: source,
      sourceRegion: snapshot.SourceRegion,
    }),
    ofCluster: false,
    databaseResourceId: snapshot.DbiResourceId,
    databaseIdentifier: snapshot.DBInstanceIdentifier,
    engine: snapshot.Engine,
    engineVersion: snapshot.EngineVersion,
    status: snapshot.Status.toLowerCase(),
    createdAt: snapshot.SnapshotCreateTime,
    dataAt: dataTimeOf(snapshot),
    window: null,
    retentionDays: null,
    expiresAt: null,
    storageGib: snapshot.AllocatedStorage,
    encrypted: snapshot.Encrypted,
    keyArn: snapshot.KmsKeyId,
    vaultArn: null,
    copiedFrom: emptyToNull(source),
    tags: snapshot.TagList,
  };
}

/** A copy's own time, AWS Backup's among them, says when it was copied: its data may be older than that. */
function dataTimeOf(snapshot: DbSnapshot): Instant | null {
  const shown = snapshot.SnapshotDatabaseTime ?? snapshot.OriginalSnapshotCreateTime;
  if (shown !== null) return shown;
  const { SnapshotType: type, DBSnapshotIdentifier: id, SourceDBSnapshotIdentifier: source } = snapshot;
  const copied = emptyToNull(source) !== null || type === 'awsbackup' || id.startsWith('awsbackup:');
  return copied ? null : snapshot.SnapshotCreateTime;
}

/** A cluster snapshot as a recovery point; AWS Backup's are known by their name. */
export function toClusterSnapshot(scope: Scope, snapshot: DbClusterSnapshot): ObservedSnapshot {
  const id = snapshot.DBClusterSnapshotIdentifier;
  const home = homeOf(snapshot.DBClusterSnapshotArn, scope);
  const sourceArn = emptyToNull(snapshot.SourceDBClusterSnapshotArn);
  return {
    accountId: home.accountId,
    region: home.region,
    id,
    arn: snapshot.DBClusterSnapshotArn,
    kind: snapshotKind(scope, home, { id, type: snapshot.SnapshotType, sourceArn, sourceRegion: null }),
    ofCluster: true,
    databaseResourceId: snapshot.DbClusterResourceId,
    databaseIdentifier: snapshot.DBClusterIdentifier,
    engine: snapshot.Engine,
    engineVersion: snapshot.EngineVersion,
    status: snapshot.Status.toLowerCase(),
    createdAt: snapshot.SnapshotCreateTime,
    // A cluster snapshot shows no original time, so a copy's own would make its data look newer than they are.
    dataAt: sourceArn === null ? snapshot.SnapshotCreateTime : null,
    window: null,
    retentionDays: null,
    expiresAt: null,
    storageGib: null,
    encrypted: snapshot.StorageEncrypted,
    keyArn: snapshot.KmsKeyId,
    vaultArn: null,
    copiedFrom: sourceArn,
    tags: snapshot.TagList,
  };
}

/** An instance's automated backup: of a live database, retained, or replicated from another region. */
export function toInstanceBackup(scope: Scope, backup: InstanceBackup): AutomatedBackup {
  return {
    ...backupFacts(scope, backup),
    arn: backup.DBInstanceAutomatedBackupsArn,
    ofCluster: false,
    databaseResourceId: backup.DbiResourceId,
    databaseIdentifier: backup.DBInstanceIdentifier,
    databaseArn: backup.DBInstanceArn,
    encrypted: backup.Encrypted,
  };
}

/** A cluster's automated backup: of a live cluster, or retained. */
export function toClusterBackup(scope: Scope, backup: ClusterBackup): AutomatedBackup {
  return {
    ...backupFacts(scope, backup),
    arn: backup.DBClusterAutomatedBackupsArn,
    ofCluster: true,
    databaseResourceId: backup.DbClusterResourceId,
    databaseIdentifier: backup.DBClusterIdentifier,
    databaseArn: backup.DBClusterArn,
    encrypted: backup.StorageEncrypted,
  };
}

function toMember(scope: Scope, identifier: string, writer: boolean, instances: readonly DbInstance[]): ClusterMember {
  const instance = instances.find((candidate) => candidate.DBInstanceIdentifier === identifier);
  return {
    identifier,
    arn: instance?.DBInstanceArn ?? rdsArn(scope, 'db', identifier),
    resourceId: instance?.DbiResourceId ?? 'unknown',
    instanceClass: instance?.DBInstanceClass ?? null,
    status: instance?.DBInstanceStatus ?? 'unknown',
    writer,
  };
}

/** Aurora is as public as its most public instance; null when none of them was seen. */
function anyPublic(cluster: DbCluster, instances: readonly DbInstance[]): boolean | null {
  const seen = instances
    .filter(({ DBClusterIdentifier }) => DBClusterIdentifier === cluster.DBClusterIdentifier)
    .flatMap(({ PubliclyAccessible }) => (PubliclyAccessible === null ? [] : [PubliclyAccessible]));
  return seen.length === 0 ? null : seen.includes(true);
}

interface SnapshotOrigin {
  readonly id: string;
  readonly type: string;
  readonly sourceArn: string | null;
  readonly sourceRegion: string | null;
}

function snapshotKind(scope: Scope, home: Scope, origin: SnapshotOrigin): RecoveryPointKind {
  // First of all: what another account owns can be withdrawn, whatever its type says.
  if (origin.type === 'public') return 'public_snapshot';
  if (origin.type === 'shared' || home.accountId !== scope.accountId) return 'shared_snapshot';
  if (origin.type === 'awsbackup' || origin.id.startsWith('awsbackup:')) return 'backup_snapshot';
  if (origin.type === 'automated') return 'system_snapshot';
  const source = origin.sourceArn === null ? null : parseArn(origin.sourceArn);
  if (source !== null && source.accountId !== home.accountId) return 'account_copy';
  const region = source?.region ?? emptyToNull(origin.sourceRegion);
  return region !== null && region !== home.region ? 'snapshot_copy' : 'manual_snapshot';
}

function backupFacts(scope: Scope, backup: InstanceBackup | ClusterBackup) {
  const status = backup.Status.toLowerCase();
  const replicated = backup.Region !== null && backup.Region !== scope.region;
  return {
    accountId: scope.accountId,
    region: scope.region,
    role: replicated ? ('replicated' as const) : status === 'retained' ? ('retained' as const) : ('live' as const),
    engine: backup.Engine,
    engineVersion: backup.EngineVersion,
    status,
    window: toWindow(backup.RestoreWindow),
    retentionDays: backup.BackupRetentionPeriod,
    storageGib: backup.AllocatedStorage,
    keyArn: backup.KmsKeyId,
    awsBackupPointArn: backup.AwsBackupRecoveryPointArn,
    tags: backup.TagList,
  };
}

function toWindow(window: InstanceBackup['RestoreWindow']): RestoreWindow | null {
  if (window === null || window.EarliestTime === null || window.LatestTime === null) return null;
  // A reversed window is nothing a restore can start from.
  return window.EarliestTime <= window.LatestTime ? { earliest: window.EarliestTime, latest: window.LatestTime } : null;
}

/** Where an ARN says a thing lives; the scope asked, one object for all that live there, when it says nothing else. */
export function homeOf(arn: string, scope: Scope): Scope {
  // In pieces: a text to look for as a whole would be made anew for each of a hundred thousand ARNs.
  const regionAt = arn.indexOf(':', arn.indexOf(':', 'arn:'.length) + 1) + 1;
  const accountAt = regionAt + scope.region.length + 1;
  const end = accountAt + scope.accountId.length;
  const separate = regionAt > 0 && arn[accountAt - 1] === ':' && arn[end] === ':';
  if (separate && arn.startsWith(scope.region, regionAt) && arn.startsWith(scope.accountId, accountAt)) return scope;
  const { accountId, region } = parseArn(arn) ?? scope;
  const elsewhere = accountId !== '' && region !== '' && (accountId !== scope.accountId || region !== scope.region);
  return elsewhere ? { accountId, region } : scope;
}

function toGlobalArn(scope: Scope, identifier: string | null): string | null {
  return identifier === null
    ? null
    : `arn:${partitionOf(scope.region)}:rds::${scope.accountId}:global-cluster:${identifier}`;
}

/** AWS writes some absent values as empty text. */
export function emptyToNull(value: string | null): string | null {
  return value === '' ? null : value;
}

function present(values: readonly (string | null)[]): string[] {
  return values.filter((value): value is string => value !== null);
}

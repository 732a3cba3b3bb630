/**
 * From AWS's shapes to Muster's: databases, snapshots, automated backups, vaults and keys.
 *
 * Pure. Every AWS spelling ends here. Joining the pieces with each other is left to
 * `inventory/assemble.ts`.
 * Source: aws-backup-facts.md sections 1 and 3.4; Amazon RDS API, DBSnapshot (`SourceDBSnapshotIdentifier`
 * is set only for copies from another account or region); AWS Backup API, DescribeBackupVault
 * (`LockDate` absent: governance; past: compliance; future: compliance in its grace time).
 */

import { parseArn, partitionOf, rdsArn, type Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import type { AutomatedBackup, ObservedDatabase, ObservedSnapshot, VaultPoint } from '../../inventory/assemble.ts';
import type {
  ClusterMember,
  DatabaseKind,
  Key,
  KeyState,
  RecoveryPointKind,
  RestoreWindow,
  Vault,
  VaultLock,
} from '../../inventory/model.ts';
import type {
  BackupVault,
  ClusterBackup,
  DbCluster,
  DbClusterSnapshot,
  DbInstance,
  DbSnapshot,
  InstanceBackup,
  KeyMetadata,
  VaultItem,
} from './schema.ts';

/** True for the engines that share the RDS API but are not RDS: out of Muster's scope. */
export function isForeignEngine(engine: string): boolean {
  return engine === 'neptune' || engine === 'docdb';
}

/** Which kind of cluster an engine makes; null when Muster knows none. */
export function clusterKindOf(engine: string): DatabaseKind | null {
  if (engine.startsWith('aurora')) return 'aurora_cluster';
  return engine === 'mysql' || engine === 'postgres' ? 'multi_az_cluster' : null;
}

/** A standalone instance as a database. */
export function toInstanceDatabase(scope: Scope, instance: DbInstance): ObservedDatabase {
  return {
    ...scope,
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
    databaseName: cluster.DatabaseName,
    port: cluster.Port,
    tags: cluster.TagList,
  };
}

/** An instance snapshot as a recovery point. */
export function toSnapshot(scope: Scope, snapshot: DbSnapshot): ObservedSnapshot {
  const id = snapshot.DBSnapshotIdentifier;
  const home = homeOf(snapshot.DBSnapshotArn, scope);
  const source = snapshot.SourceDBSnapshotIdentifier;
  return {
    ...home,
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
    tags: snapshot.TagList,
    copiedFromArn: null,
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
    ...home,
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
    tags: snapshot.TagList,
    copiedFromArn: sourceArn,
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
    encrypted: backup.StorageEncrypted,
  };
}

/** A vault, its lock judged at the instant of the observation. */
export function toVault(scope: Scope, vault: BackupVault, at: Instant): Vault {
  const airGapped = vault.VaultType === 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT';
  return {
    ...scope,
    arn: vault.BackupVaultArn,
    name: vault.BackupVaultName,
    airGapped,
    lock: airGapped ? 'compliance' : lockOf(vault, at),
    lockAt: vault.LockDate,
    minRetentionDays: vault.MinRetentionDays,
  };
}

/** What a vault holds, still to be joined to the snapshot beneath it. */
export function toVaultPoint(scope: Scope, vault: Vault, item: VaultItem): VaultPoint {
  const arn = parseArn(item.RecoveryPointArn);
  const resource = parseArn(item.ResourceArn);
  const continuous = arn?.service === 'backup' && arn.resource.startsWith('continuous:');
  return {
    ...scope,
    id: arn?.resource ?? item.RecoveryPointArn,
    arn: item.RecoveryPointArn,
    kind: vaultPointKind(vault, item, continuous),
    ofCluster: resource?.resourceType === 'cluster' || arn?.resourceType === 'cluster-snapshot',
    databaseIdentifier: resource?.resource ?? item.ResourceArn,
    status: item.Status.toLowerCase(),
    createdAt: item.CreationDate,
    retentionDays: item.Lifecycle?.DeleteAfterDays ?? null,
    // A continuous point rolls: its window moves on, and nothing of it ends on a set day.
    expiresAt: continuous ? null : (item.CalculatedLifecycle?.DeleteAt ?? null),
    encrypted: item.IsEncrypted,
    // An unencrypted database gives an unencrypted point, whatever key the vault has.
    keyArn: item.IsEncrypted ? emptyToNull(item.EncryptionKeyArn) : null,
    vaultArn: vault.arn,
  };
}

/** A KMS key; its account and region come from its own ARN. */
export function toKey(scope: Scope, metadata: KeyMetadata): Key {
  return {
    ...homeOf(metadata.Arn, scope),
    arn: metadata.Arn,
    state: KEY_STATE_WORDS[metadata.KeyState],
    manager: metadata.KeyManager === 'AWS' ? 'aws' : 'customer',
    deletionAt: metadata.DeletionDate,
  };
}

const KEY_STATE_WORDS: Readonly<Record<KeyMetadata['KeyState'], KeyState>> = {
  Enabled: 'enabled',
  Disabled: 'disabled',
  PendingDeletion: 'pending_deletion',
  PendingReplicaDeletion: 'pending_replica_deletion',
  PendingImport: 'pending_import',
  Unavailable: 'unavailable',
  Creating: 'creating',
  Updating: 'updating',
};

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

function vaultPointKind(vault: Vault, item: VaultItem, continuous: boolean): RecoveryPointKind {
  if (continuous) return 'backup_continuous';
  if (vault.airGapped) return 'air_gapped_copy';
  return emptyToNull(item.SourceBackupVaultArn) === null ? 'backup_snapshot' : 'backup_copy';
}

function backupFacts(scope: Scope, backup: InstanceBackup | ClusterBackup) {
  const status = backup.Status.toLowerCase();
  const replicated = backup.Region !== null && backup.Region !== scope.region;
  return {
    ...scope,
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

function lockOf(vault: BackupVault, at: Instant): VaultLock {
  if (!vault.Locked) return 'none';
  if (vault.LockDate === null) return 'governance';
  return vault.LockDate <= at ? 'compliance' : 'compliance_grace';
}

/** Where an ARN says a thing lives; the scope asked when it does not say. */
function homeOf(arn: string, scope: Scope): Scope {
  const parsed = parseArn(arn);
  if (parsed === null || parsed.accountId === '' || parsed.region === '') return scope;
  return { accountId: parsed.accountId, region: parsed.region };
}

function toGlobalArn(scope: Scope, identifier: string | null): string | null {
  return identifier === null
    ? null
    : `arn:${partitionOf(scope.region)}:rds::${scope.accountId}:global-cluster:${identifier}`;
}

function emptyToNull(value: string | null): string | null {
  return value === '' ? null : value;
}

function present(values: readonly (string | null)[]): string[] {
  return values.filter((value): value is string => value !== null);
}

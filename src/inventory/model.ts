/**
 * What exists, as observed: databases, recovery points, keys, vaults and what could not be seen.
 *
 * Databases are joined to their recovery points by resource id, never by name: a name is reused, an id
 * is not. A fact that AWS left out is null here; a listing that was refused or cut short is a gap.
 * Source: Amazon RDS API (DBInstance, DBCluster, DBSnapshot, DBClusterSnapshot,
 * DBInstanceAutomatedBackup, DBClusterAutomatedBackup), AWS Backup API (RecoveryPointByBackupVault,
 * DescribeBackupVault, RestoreJobsListMember), AWS KMS API (KeyMetadata), Amazon CloudWatch API (GetMetricData).
 */

import type { Scope } from '../core/arn.ts';
import type { Days, Instant } from '../core/time.ts';

/** What a database can be; AWS deletes each kind by rules of its own. */
export const DATABASE_KINDS = ['rds_instance', 'aurora_cluster', 'multi_az_cluster'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** One thing that must come back: an RDS instance or a cluster (never a cluster's member). */
export interface Database extends Scope {
  readonly arn: string;
  /** `DbiResourceId` or `DbClusterResourceId`: the identity that survives a rename. */
  readonly resourceId: string;
  readonly identifier: string;
  readonly kind: DatabaseKind;
  readonly engine: string;
  readonly engineVersion: string;
  /** AWS's own status word, such as `available`. */
  readonly status: string;
  readonly createdAt: Instant | null;
  readonly instanceClass: string | null;
  /** Allocated storage in GiB; null for Aurora, whose volume grows by itself. */
  readonly storageGib: number | null;
  readonly multiAz: boolean;
  readonly members: readonly ClusterMember[];
  /** Identifiers or ARNs of read replicas that have this database as their source. */
  readonly replicas: readonly string[];
  /** Identifier or ARN of the source when this database is itself a replica. */
  readonly replicaOf: string | null;
  readonly globalClusterArn: string | null;
  /** 0 means no automated backups at all (instances only). */
  readonly retentionDays: Days;
  readonly restoreWindow: RestoreWindow | null;
  readonly deletionProtection: boolean;
  readonly encrypted: boolean;
  /** Null when unencrypted, or when AWS owns the key and shows none. */
  readonly keyArn: string | null;
  /** ARN of the continuous recovery point when AWS Backup owns this database's PITR. */
  readonly awsBackupPointArn: string | null;
  readonly subnetGroup: string | null;
  readonly parameterGroup: string | null;
  readonly optionGroups: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly publiclyAccessible: boolean | null;
  readonly masterUsername: string | null;
  /** The secret in which RDS keeps the master password; null when RDS does not manage one. */
  readonly managedSecretArn: string | null;
  /** The KMS key of that secret, as AWS names it. */
  readonly managedSecretKeyArn: string | null;
  readonly databaseName: string | null;
  readonly port: number | null;
  /**
   * The most connections at once in the 24 hours before `observedAt`, and no more than an hour before that, on one of
   * its instances; null when CloudWatch was not to be read or has no figure (stopped, or just created). Decides nothing.
   */
  readonly connectionsMax: number | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A DB instance that serves a cluster; the data belong to the cluster. */
export interface ClusterMember {
  readonly identifier: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly instanceClass: string | null;
  readonly status: string;
  readonly writer: boolean;
}

/** Earliest to latest instant open to a point-in-time restore, both ends included. */
export interface RestoreWindow {
  readonly earliest: Instant;
  readonly latest: Instant;
}

/**
 * Kinds of recovery point. The letters are those of the fact table the survival tests follow (K1-K16
 * for instances, C1-C6 for clusters).
 */
export const RECOVERY_POINT_KINDS = [
  /** K1, C1, C5: the live database's own automated backup, open to PITR. */
  'pitr',
  /** K2, C2: the daily `rds:` snapshot. */
  'system_snapshot',
  /** K3, C3: an automated backup kept after its database was deleted. */
  'retained_automated_backup',
  /** K4: an automated backup replicated to another region. */
  'replicated_automated_backup',
  /** K5, K6, C4: a manual snapshot; a final snapshot is one of these. */
  'manual_snapshot',
  /** K7, C6: a manual snapshot copied from another region. */
  'snapshot_copy',
  /** K8: a copy that this account holds of another account's snapshot. */
  'account_copy',
  /** K9: another account's snapshot, seen because it is shared with us. */
  'shared_snapshot',
  /** K10: a snapshot that everybody may restore. */
  'public_snapshot',
  /** K11: Parquet in S3: cannot be restored. */
  's3_export',
  /** K12: a snapshot that AWS Backup keeps. */
  'backup_snapshot',
  /** K13: AWS Backup's hold on the database's own PITR; not a second copy. */
  'backup_continuous',
  /** K14: an AWS Backup copy from another vault, region or account. */
  'backup_copy',
  /** K16: a copy in a logically air-gapped vault. */
  'air_gapped_copy',
] as const;
export type RecoveryPointKind = (typeof RECOVERY_POINT_KINDS)[number];

/** Something a restore can start from. */
export interface RecoveryPoint extends Scope {
  /** What a person would type: the snapshot identifier, or `pitr:` and the resource id. */
  readonly id: string;
  readonly arn: string;
  readonly kind: RecoveryPointKind;
  /** True for recovery points of a cluster, which restore storage only and need an instance added. */
  readonly ofCluster: boolean;
  /** Resource id of the database it was taken from; null when AWS does not say. */
  readonly databaseResourceId: string | null;
  /** The name that database had then. Never used to join. */
  readonly databaseIdentifier: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  /** AWS's own status word, lower case. */
  readonly status: string;
  readonly createdAt: Instant | null;
  /** The moment whose data it holds (a copy keeps its original's); null when unknown or a window. */
  readonly dataAt: Instant | null;
  /** For the kinds that restore to any instant. */
  readonly window: RestoreWindow | null;
  readonly retentionDays: Days | null;
  /** When it ends by itself; null means never or not known, as the kind says. */
  readonly expiresAt: Instant | null;
  readonly storageGib: number | null;
  readonly encrypted: boolean;
  readonly keyArn: string | null;
  readonly vaultArn: string | null;
  /** ARN of what it was copied or exported from: a snapshot, a vault or a database; null when AWS names none. */
  readonly copiedFrom: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** `KeyState` of AWS KMS; only `enabled` lets a restore read. */
export const KEY_STATES = [
  'enabled',
  'disabled',
  'pending_deletion',
  'pending_replica_deletion',
  'pending_import',
  'unavailable',
  'creating',
  'updating',
] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** A KMS key that encrypts a database or a recovery point. */
export interface Key extends Scope {
  readonly arn: string;
  readonly state: KeyState;
  /** `aws` for `aws/rds` and its like: never disabled or deleted by the customer, never shared. */
  readonly manager: 'aws' | 'customer';
  /** When it is deleted, or its imported material ends, whichever comes first; null while neither is to come. */
  readonly deletionAt: Instant | null;
}

/** How firmly a vault holds what is in it. */
export const VAULT_LOCKS = ['none', 'governance', 'compliance_grace', 'compliance'] as const;
export type VaultLock = (typeof VAULT_LOCKS)[number];

/** An AWS Backup vault. */
export interface Vault extends Scope {
  readonly arn: string;
  readonly name: string;
  readonly airGapped: boolean;
  readonly lock: VaultLock;
  readonly lockAt: Instant | null;
  readonly minRetentionDays: Days | null;
}

/** What a region still has room for, of the limits that can make AWS refuse a deletion's safe form, or a restore. */
export const QUOTA_NAMES = [
  'manual_snapshots',
  'manual_cluster_snapshots',
  'retained_automated_backups',
  'db_instances',
  'db_clusters',
  'allocated_storage_gib',
] as const;
export type QuotaName = (typeof QUOTA_NAMES)[number];

/** A limit of one account and region. Source: Amazon RDS API, DescribeAccountAttributes. */
export interface Quota extends Scope {
  readonly name: QuotaName;
  readonly used: number;
  readonly max: number;
}

/** An Aurora global database: one writing cluster and those that follow it in other regions. */
export interface GlobalCluster extends Scope {
  /** Names no region; the scope is its writer's region, or where it was seen. */
  readonly arn: string;
  readonly resourceId: string;
  readonly identifier: string;
  readonly deletionProtection: boolean;
  readonly members: readonly GlobalMember[];
}

/** A cluster of a global database; one that follows repeats every mistake and is no recovery point. */
export interface GlobalMember {
  readonly clusterArn: string;
  readonly writer: boolean;
}

/** Whether a region still offers an engine version that a database or a recovery point there needs for a restore. */
export interface EngineVersion extends Scope {
  readonly engine: string;
  readonly engineVersion: string;
  /** False for what AWS calls deprecated or no longer lists. Source: Amazon RDS API, DescribeDBEngineVersions. */
  readonly offered: boolean;
}

/** How many things of an engine that Muster does not judge were seen: Neptune and DocumentDB share the RDS API. */
export interface OutOfScope extends Scope {
  readonly engine: string;
  readonly count: number;
}

/**
 * A restore that AWS Backup carried out of what a vault holds: for a restore testing plan, or because somebody asked.
 * Nobody's answer to a question is part of it: whoever validated it, and how, AWS does not say.
 */
export interface RestoreTest extends Scope {
  readonly jobId: string;
  readonly recoveryPointArn: string;
  /** What was backed up; null when AWS does not say. Never used to join: it is a name. */
  readonly sourceArn: string | null;
  /** True of a cluster, which AWS Backup restores without an instance: nothing can connect to it. */
  readonly ofCluster: boolean;
  /** AWS's own status word, lower case, such as `completed`. */
  readonly status: string;
  readonly createdAt: Instant;
  /** Null while it runs. */
  readonly completedAt: Instant | null;
  /** AWS's own word, lower case: `validating`, `successful`, `failed`, `timed_out`; null when nobody validates. */
  readonly validation: string | null;
  readonly validationMessage: string | null;
  /** The restore testing plan that asked for it; null when somebody else did. */
  readonly testingPlanArn: string | null;
  /** What it made; null until then. */
  readonly createdArn: string | null;
}

/**
 * What a gap may hide, which is its direction: survivors (it could only make things better), threats
 * (it could take a survivor away) or databases (something to judge may be missing).
 */
export const GAP_HIDES = ['survivors', 'threats', 'databases'] as const;
export type GapHides = (typeof GAP_HIDES)[number];

/** Something that could not be observed, and why. */
export interface Gap {
  /** In words: `AWS Backup vaults`. */
  readonly what: string;
  readonly where: Scope;
  /** The call that failed, such as `backup:ListBackupVaults`. */
  readonly action: string;
  /** AWS's error code and a short cause. */
  readonly cause: string;
  readonly hides: GapHides;
}

/** Who made the reads. */
export interface Principal {
  readonly arn: string;
  readonly accountId: string;
}

/** One complete observation of the scopes named in it. */
export interface Inventory {
  readonly formatVersion: '1';
  readonly observedAt: Instant;
  /** Null for AWS itself; otherwise the endpoint asked, so that a lab never vouches for an account. */
  readonly endpoint: string | null;
  readonly principal: Principal;
  readonly scopes: readonly Scope[];
  readonly databases: readonly Database[];
  readonly recoveryPoints: readonly RecoveryPoint[];
  readonly keys: readonly Key[];
  readonly vaults: readonly Vault[];
  readonly globalClusters: readonly GlobalCluster[];
  readonly engineVersions: readonly EngineVersion[];
  readonly quotas: readonly Quota[];
  readonly outOfScope: readonly OutOfScope[];
  /** Of the 90 days before `observedAt`. */
  readonly restoreTests: readonly RestoreTest[];
  readonly gaps: readonly Gap[];
}

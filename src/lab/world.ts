/**
 * The lab's state: plain, readonly values, one `Place` for each account and region.
 *
 * A world is everything the endpoint knows; `handle()` turns one world into the next. It holds no
 * password (those travel in effects to the database engine) and no clock. Scalar attributes that AWS only
 * stores and shows again live in `settings`, under the name AWS shows them by.
 * Source of the names: Amazon RDS API 2014-10-31, KMS API 2014-11-01, AWS Backup API 2018-11-15.
 */

import { createHash } from 'node:crypto';
import type { Scope } from '../core/arn.ts';
import type { Days, Instant } from '../core/time.ts';
import type { RestoreJob } from './backup/job.ts';
import type { LedgerChain } from './ledger.ts';
import type { PaceName } from './pace.ts';
import type { Buckets } from './s3/model.ts';
import type { Topics } from './sns-model.ts';

/** Scalar attributes by the name AWS shows them under, such as `DBInstanceClass`. */
export type Settings = Readonly<Record<string, string>>;

/** A tag of a database or snapshot. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Who an access key speaks for. */
export interface Principal {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
}

/** What a cluster and a standalone instance have in common: a volume and the backups of it. */
export interface Backed {
  readonly identifier: string;
  /** `cluster-...` or `db-...`: never reused, unlike the identifier. */
  readonly resourceId: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly status: string;
  /** When the present status ends; null for one that lasts. */
  readonly statusEndsAt: Instant | null;
  /** When it was told to stop, until it is available again: no log is written and no backup ages meanwhile. */
  readonly stoppedAt?: Instant | null;
  readonly createdAt: Instant;
  readonly volumeId: string;
  readonly masterUsername: string;
  readonly databaseName: string | null;
  /** The port AWS would show; what listens in the lab is `Instance.listeningPort`. */
  readonly port: number;
  readonly kmsKeyArn: string | null;
  readonly retentionDays: Days;
  /** Earliest instant the kept logs reach back to; null while there is no automated backup. */
  readonly windowStartsAt: Instant | null;
  /** When the next daily system snapshot is due; null with retention 0 or before the first opening. */
  readonly systemSnapshotDueAt: Instant | null;
  readonly deletionProtection: boolean;
  readonly subnetGroup: string;
  readonly securityGroupIds: readonly string[];
  readonly settings: Settings;
  readonly tags: readonly Tag[];
  readonly pending: Pending | null;
}

/** Changes accepted but not yet applied. */
export interface Pending {
  readonly values: Settings;
  readonly appliesAt: Instant;
}

/** An Aurora cluster: a volume and its backups, with or without instances. */
export interface Cluster extends Backed {
  readonly parameterGroup: string;
}

/** A standalone instance, or a member that opens its cluster's volume. */
export interface Instance extends Backed {
  /** Resource id of the cluster it belongs to; a member has no volume or backups of its own. */
  readonly clusterResourceId: string | null;
  readonly instanceClass: string;
  readonly parameterGroup: string;
  readonly optionGroup: string;
  readonly availabilityZone: string;
  /** Port on 127.0.0.1 once the host has reported the database open. */
  readonly listeningPort: number | null;
}

/** Of an instance, or of a cluster. */
export type SnapshotKind = 'db' | 'cluster';
/** Who made it, as `SnapshotType` says. */
export type SnapshotType = 'manual' | 'automated' | 'awsbackup';

/** A DB snapshot or a cluster snapshot; its volume never changes again. */
export interface Snapshot {
  readonly kind: SnapshotKind;
  readonly identifier: string;
  readonly type: SnapshotType;
  readonly status: string;
  readonly statusEndsAt: Instant | null;
  readonly createdAt: Instant;
  /** Instant whose data it holds. */
  readonly databaseAt: Instant;
  readonly sourceIdentifier: string;
  readonly sourceResourceId: string;
  readonly sourceCreatedAt: Instant;
  readonly volumeId: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly masterUsername: string;
  readonly databaseName: string | null;
  readonly port: number;
  readonly kmsKeyArn: string | null;
  readonly retentionDays: Days;
  readonly instanceClass: string | null;
  readonly subnetGroup: string;
  readonly settings: Settings;
  readonly tags: readonly Tag[];
  /** Tags the database bore, which a restore without `Tags` copies. */
  readonly sourceTags: readonly Tag[];
  /** ARN of the snapshot it was copied from; only copies from another region or account have one. */
  readonly copiedFrom?: string;
  /** Accounts that may restore or copy it. */
  readonly sharedWith?: readonly string[];
}

/** Automated backups that outlived their database (`DeleteAutomatedBackups=false`); its volume is as it was at the end. */
export interface RetainedBackup {
  readonly kind: SnapshotKind;
  readonly source: Cluster | Instance;
  readonly windowStartsAt: Instant;
  readonly windowEndsAt: Instant;
  readonly expiresAt: Instant;
}

/** An export of a snapshot to S3. */
export interface ExportTask {
  readonly identifier: string;
  readonly sourceArn: string;
  readonly sourceAt: Instant;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly bucket: string;
  readonly prefix: string;
  readonly keyArn: string;
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';
}

/** A global database, as each region with a member of it shows it. */
export interface GlobalCluster {
  readonly identifier: string;
  readonly resourceId: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly deletionProtection: boolean;
  readonly members: readonly { readonly clusterArn: string; readonly writer: boolean }[];
}

/** A DB subnet group. */
export interface SubnetGroup {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
}

/** The states of a key the lab stages. */
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

/** What a key is for, besides keeping volumes secret: signing, by its `KeySpec`. */
export type SigningSpec = 'ECC_NIST_P256' | 'ECC_NIST_EDWARDS25519';

/** A KMS key. */
export interface Key {
  readonly keyId: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly state: KeyState;
  readonly description: string;
  readonly createdAt: Instant;
  readonly deletionAt: Instant | null;
  readonly aliases: readonly string[];
  /** Absent for a key that encrypts. */
  readonly signs?: SigningSpec;
}

/** A snapshot recovery point of AWS Backup. */
export interface RecoveryPoint {
  readonly arn: string;
  readonly resourceArn: string;
  readonly resourceType: 'RDS' | 'Aurora';
  readonly resourceName: string;
  readonly createdAt: Instant;
  readonly completedAt: Instant;
  readonly deleteAt: Instant | null;
  readonly deleteAfterDays: Days | null;
  readonly keyArn: string | null;
  readonly sizeBytes: number;
}

/** A backup vault; `lockAt` past means compliance, for good. */
export interface Vault {
  readonly name: string;
  readonly createdAt: Instant;
  readonly keyArn: string;
  readonly locked: boolean;
  readonly lockAt: Instant | null;
  readonly retentionDaysMin: Days | null;
  readonly retentionDaysMax: Days | null;
  readonly recoveryPoints: readonly RecoveryPoint[];
}

/** A statement of a policy given to a principal of the lab. */
export interface IdentityStatement {
  readonly effect: 'Allow' | 'Deny';
  /** Patterns of `service:Action` and of ARNs. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Context keys that its condition asks for; empty when it has none. */
  readonly conditionKeys: readonly string[];
}

/** A policy given to a principal of the lab. */
export type IdentityPolicy = readonly IdentityStatement[];

/** One account in one region. */
export interface Place {
  readonly scope: Scope;
  /** Ids already handed out; the next one is derived from it. */
  readonly idsUsed: number;
  readonly clusters: readonly Cluster[];
  readonly instances: readonly Instance[];
  readonly snapshots: readonly Snapshot[];
  readonly retained: readonly RetainedBackup[];
  readonly subnetGroups: readonly SubnetGroup[];
  readonly keys: readonly Key[];
  readonly vaults: readonly Vault[];
  readonly restoreJobs: readonly RestoreJob[];
  readonly exports: readonly ExportTask[];
  readonly globalClusters: readonly GlobalCluster[];
  /** Engine versions that can no longer be restored, such as `postgres 9.6.1`. */
  readonly withdrawnVersions: readonly string[];
}

/** A role that the lab's own accounts may assume. */
export interface Role {
  readonly arn: string;
  /** What `ExternalId` must say; null when nothing is asked for. */
  readonly externalId: string | null;
}

/** Everything the endpoint knows. */
export interface World {
  /** Where the estate lives, and the account of every access key not named in `principals`. */
  readonly home: Scope;
  readonly pace: PaceName;
  readonly principals: Readonly<Record<string, Principal>>;
  readonly roles: readonly Role[];
  /** What each user and role was given, by its ARN; asked about only, since the lab lets everybody call everything. */
  readonly policies: Readonly<Record<string, readonly IdentityPolicy[]>>;
  /** By `account/region`; a place nobody has written to is absent and reads as empty. */
  readonly places: Readonly<Record<string, Place>>;
  /** Of every account and region: a bucket's name is taken for all of them. */
  readonly buckets: Buckets;
  /** Absent before the first was made. */
  readonly topics?: Topics;
  readonly requestsSeen: number;
  readonly ledger: LedgerChain;
}

/** What a volume of an estate starts from: SQL run by the master user in the named database. */
export interface VolumeSeed {
  readonly masterUsername: string;
  readonly password: string;
  readonly databaseName: string;
  readonly sql: readonly string[];
}

/** A starting state: a place, those beside it in other regions and accounts, and the content of the volumes they name. */
export interface EstateInput {
  readonly place: Place;
  readonly elsewhere?: readonly Place[];
  readonly roles?: readonly Role[];
  readonly volumes: Readonly<Record<string, VolumeSeed>>;
  /** Besides those of the lab's own user, who may do everything. */
  readonly policies?: World['policies'];
}

/** A place with nothing in it but the account's `aws/rds` key and default subnet group. */
export function emptyPlace(scope: Scope): Place {
  return {
    scope,
    idsUsed: 0,
    clusters: [],
    instances: [],
    snapshots: [],
    retained: [],
    subnetGroups: [defaultSubnetGroup(scope)],
    keys: [managedKey(scope)],
    vaults: [],
    restoreJobs: [],
    exports: [],
    globalClusters: [],
    withdrawnVersions: [],
  };
}

function defaultSubnetGroup(scope: Scope): SubnetGroup {
  const subnets = ['a', 'b', 'c'].map((letter) => ({
    id: `subnet-${digest(scope, letter).slice(0, 17)}`,
    zone: `${scope.region}${letter}`,
  }));
  return { name: 'default', description: 'default', vpcId: `vpc-${digest(scope, 'vpc').slice(0, 17)}`, subnets };
}

/** The AWS managed key `aws/rds`, which nobody can disable or delete. */
function managedKey(scope: Scope): Key {
  const hex = digest(scope, 'aws/rds');
  const keyId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  return {
    keyId,
    manager: 'AWS',
    state: 'Enabled',
    description: 'Default key that protects my RDS database volumes when no other key is defined',
    createdAt: '2022-03-01T09:00:00.000Z' as Instant,
    deletionAt: null,
    aliases: ['alias/aws/rds'],
  };
}

function digest(scope: Scope, name: string): string {
  return createHash('sha256').update(`${scope.accountId} ${scope.region} ${name}`).digest('hex');
}

const EVERYTHING: IdentityPolicy = [{ effect: 'Allow', actions: ['*'], resources: ['*'], conditionKeys: [] }];

/** A world holding one estate. */
export function worldOf(estate: EstateInput, pace: PaceName): World {
  const { scope } = estate.place;
  return {
    home: scope,
    pace,
    principals: {},
    policies: { [`arn:aws:iam::${scope.accountId}:user/lab`]: [EVERYTHING], ...estate.policies },
    roles: estate.roles ?? [],
    places: Object.fromEntries(placesOf(estate).map((place) => [placeName(place.scope), place])),
    buckets: {},
    requestsSeen: 0,
    ledger: null,
  };
}

/** Every place of an estate, its home first. */
export function placesOf({ place, elsewhere = [] }: EstateInput): readonly Place[] {
  return [place, ...elsewhere];
}

/** Every other place: its snapshots can be copied from there, and what is shared in the same region is seen. */
export function neighboursOf(world: World, { accountId, region }: Scope): readonly Place[] {
  return Object.values(world.places).filter(({ scope }) => scope.region !== region || scope.accountId !== accountId);
}

/** The place at a scope; empty when nothing was ever put there. */
export function placeAt(world: World, scope: Scope): Place {
  return world.places[placeName(scope)] ?? emptyPlace(scope);
}

/** The world with one place replaced. */
export function withPlace(world: World, place: Place): World {
  return { ...world, places: { ...world.places, [placeName(place.scope)]: place } };
}

function placeName(scope: Scope): string {
  return `${scope.accountId}/${scope.region}`;
}

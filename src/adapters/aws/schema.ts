/**
 * The shapes of AWS answers, only the fields Muster uses, parsed once at the edge.
 *
 * Given one item of a listing as the SDK deserialized it. What AWS leaves out is null here; what an item
 * cannot be understood without is required, and an item that lacks it becomes a gap. Reads no clock.
 * Source: Amazon RDS API 2014-10-31, AWS Backup API 2018-11-15, AWS KMS API 2014-11-01, AWS STS API.
 */

import * as z from 'zod';
import { fromEpochMilliseconds, type Instant } from '../../core/time.ts';

/** The output of a schema made into something else, without the closure that `transform` makes for every value. */
const made = <T extends z.ZodType, U>(schema: T, make: (value: z.output<T>) => U) => {
  const transform = make as (value: unknown) => U;
  return z.pipe(
    schema,
    new z.core.$ZodTransform({ type: 'transform', transform }) as z.core.$ZodTransform<U, z.output<T>>,
  );
};
/** Without a transform, which would cost each field of each record as much as the rest of its parsing. */
const opt = <T extends z.ZodType>(schema: T) =>
  (schema.nullable() as z.ZodNullable<z.ZodType<z.output<T> | null>>).default(null);
/**
 * The same schema, with a short way for what nearly every record holds: `settle` says yes when it has made of the value
 * what the schema would. All else goes the schema's own way, which also says what is wrong with it. A large region has
 * millions of fields, and every step of a schema costs each of them.
 */
const quick = <T extends z.ZodType>(schema: T, settle: (field: { value: unknown }) => boolean): T => {
  const { run } = schema._zod;
  schema._zod.run = (field, context) => (settle(field) ? field : run(field, context));
  return schema;
};
/** Settles what is absent as `absent`, and what is usual as it is. */
const absentOr = (absent: unknown, isUsual: (value: unknown) => boolean) => (field: { value: unknown }) => {
  field.value ??= absent;
  return field.value === absent || isUsual(field.value);
};
const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';

const text = quick(z.string().min(1), ({ value }) => typeof value === 'string' && value !== '');
/** A record shows one moment in several of its fields: the same text then stands for all of them. */
let latest = { milliseconds: 0, instant: fromEpochMilliseconds(0) };
const toInstant = (date: Date): Instant => {
  const milliseconds = date.getTime();
  if (milliseconds !== latest.milliseconds) latest = { milliseconds, instant: fromEpochMilliseconds(milliseconds) };
  return latest.instant;
};
const instant = made(z.date(), toInstant);
const optText = quick(opt(z.string()), absentOr(null, isText));
const optNumber = quick(opt(z.number()), absentOr(null, Number.isFinite));
const optInstant = quick(opt(instant), (field) => {
  const { value } = field;
  if (value !== undefined && !(value instanceof Date && !Number.isNaN(value.getTime()))) return false;
  field.value = value === undefined ? null : toInstant(value);
  return true;
});
const flag = quick(
  made(z.boolean().nullish(), (value) => value ?? false),
  absentOr(false, isFlag),
);
const status = quick(
  made(z.string().nullish(), (value) => value ?? 'unknown'),
  absentOr('unknown', isText),
);
const list = <T extends z.ZodType>(item: T) => made(z.array(item).nullish(), (value) => value ?? []);
const words = list(z.string());

const tag = z.object({ Key: text, Value: optText });
/** Snapshots bear the tags of their database, which come one after another: the same object then stands for all of them. */
let latestTags: Readonly<Record<string, string>> = {};
const tags = remembering(
  made(z.array(tag).nullish(), (pairs) => {
    if (!isAsTagged(latestTags, pairs ?? [])) {
      latestTags = Object.fromEntries((pairs ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
    }
    return latestTags;
  }),
);

/** The same schema, which makes of one object one thing when it is given it twice on end. */
function remembering<T extends z.ZodType>(schema: T): T {
  const { run } = schema._zod;
  let last: { readonly given: unknown; readonly made: unknown } = { given: undefined, made: undefined };
  schema._zod.run = (field, context) => {
    const given = field.value;
    if (typeof given === 'object' && given !== null && given === last.given) {
      field.value = last.made;
      return field;
    }
    const result = run(field, context);
    if (!(result instanceof Promise) && result.issues.length === 0) last = { given, made: result.value };
    return result;
  };
  return schema;
}

function isAsTagged(tagged: Readonly<Record<string, string>>, pairs: readonly z.output<typeof tag>[]): boolean {
  const keys = Object.keys(tagged);
  return (
    keys.length === pairs.length &&
    pairs.every(({ Key, Value }, at) => {
      return keys[at] === Key && tagged[Key] === (Value ?? '');
    })
  );
}
const securityGroups = made(list(z.object({ VpcSecurityGroupId: optText })), (groups) =>
  groups.flatMap(({ VpcSecurityGroupId }) => (VpcSecurityGroupId === null ? [] : [VpcSecurityGroupId])),
);
const restoreWindow = opt(z.object({ EarliestTime: optInstant, LatestTime: optInstant }));

/** As RDS writes them. A snapshot of any other type may go with its database, or with whoever owns it. */
const SNAPSHOT_TYPES: ReadonlySet<unknown> = new Set(['automated', 'manual', 'shared', 'public', 'awsbackup']);
const snapshotType = quick(
  z.string().refine((type) => SNAPSHOT_TYPES.has(type)),
  ({ value }) => SNAPSHOT_TYPES.has(value),
);

/** Every engine's items come through the same listings; the engine is read first. */
export const engineOnly = z.object({ Engine: text });

/** `DBInstance`. */
export const dbInstance = z.object({
  DBInstanceIdentifier: text,
  DBInstanceArn: text,
  DbiResourceId: text,
  DBClusterIdentifier: optText,
  Engine: text,
  EngineVersion: status,
  DBInstanceStatus: status,
  DBInstanceClass: optText,
  InstanceCreateTime: optInstant,
  AllocatedStorage: optNumber,
  MultiAZ: flag,
  ReadReplicaDBInstanceIdentifiers: words,
  ReadReplicaDBClusterIdentifiers: words,
  ReadReplicaSourceDBInstanceIdentifier: optText,
  ReadReplicaSourceDBClusterIdentifier: optText,
  BackupRetentionPeriod: z.number().int().min(0),
  LatestRestorableTime: optInstant,
  DeletionProtection: flag,
  StorageEncrypted: flag,
  KmsKeyId: optText,
  AwsBackupRecoveryPointArn: optText,
  DBSubnetGroup: opt(z.object({ DBSubnetGroupName: optText })),
  DBParameterGroups: list(z.object({ DBParameterGroupName: optText })),
  OptionGroupMemberships: list(z.object({ OptionGroupName: optText })),
  VpcSecurityGroups: securityGroups,
  PubliclyAccessible: opt(z.boolean()),
  MasterUsername: optText,
  MasterUserSecret: opt(z.object({ SecretArn: optText, KmsKeyId: optText })),
  DBName: optText,
  Endpoint: opt(z.object({ Address: optText, Port: optNumber })),
  TagList: tags,
});
/** dbInstance, parsed. */
export type DbInstance = z.infer<typeof dbInstance>;

/** `DBCluster`. */
export const dbCluster = z.object({
  DBClusterIdentifier: text,
  DBClusterArn: text,
  DbClusterResourceId: text,
  Engine: text,
  EngineVersion: status,
  Status: status,
  ClusterCreateTime: optInstant,
  AllocatedStorage: optNumber,
  DBClusterInstanceClass: optText,
  MultiAZ: flag,
  DBClusterMembers: list(z.object({ DBInstanceIdentifier: text, IsClusterWriter: flag })),
  ReadReplicaIdentifiers: words,
  ReplicationSourceIdentifier: optText,
  GlobalClusterIdentifier: optText,
  BackupRetentionPeriod: z.number().int().min(0),
  EarliestRestorableTime: optInstant,
  LatestRestorableTime: optInstant,
  DeletionProtection: flag,
  StorageEncrypted: flag,
  KmsKeyId: optText,
  AwsBackupRecoveryPointArn: optText,
  DBSubnetGroup: optText,
  DBClusterParameterGroup: optText,
  DBClusterOptionGroupMemberships: list(z.object({ DBClusterOptionGroupName: optText })),
  VpcSecurityGroups: securityGroups,
  PubliclyAccessible: opt(z.boolean()),
  MasterUsername: optText,
  MasterUserSecret: opt(z.object({ SecretArn: optText, KmsKeyId: optText })),
  DatabaseName: optText,
  Endpoint: optText,
  Port: optNumber,
  TagList: tags,
});
/** dbCluster, parsed. */
export type DbCluster = z.infer<typeof dbCluster>;

/** `DBSnapshot`. */
export const dbSnapshot = z.object({
  DBSnapshotIdentifier: text,
  DBSnapshotArn: text,
  DBInstanceIdentifier: z.string().default(''),
  DbiResourceId: optText,
  SnapshotType: snapshotType,
  Status: status,
  Engine: text,
  EngineVersion: optText,
  SnapshotCreateTime: optInstant,
  OriginalSnapshotCreateTime: optInstant,
  SnapshotDatabaseTime: optInstant,
  SourceRegion: optText,
  SourceDBSnapshotIdentifier: optText,
  AllocatedStorage: optNumber,
  Encrypted: flag,
  KmsKeyId: optText,
  TagList: tags,
});
/** dbSnapshot, parsed. */
export type DbSnapshot = z.infer<typeof dbSnapshot>;

/** `DBClusterSnapshot`. */
export const dbClusterSnapshot = z.object({
  DBClusterSnapshotIdentifier: text,
  DBClusterSnapshotArn: text,
  DBClusterIdentifier: z.string().default(''),
  DbClusterResourceId: optText,
  SnapshotType: snapshotType,
  Status: status,
  Engine: text,
  EngineVersion: optText,
  SnapshotCreateTime: optInstant,
  SourceDBClusterSnapshotArn: optText,
  AllocatedStorage: optNumber,
  StorageEncrypted: flag,
  KmsKeyId: optText,
  TagList: tags,
});
/** dbClusterSnapshot, parsed. */
export type DbClusterSnapshot = z.infer<typeof dbClusterSnapshot>;

const automatedBackup = {
  Region: optText,
  Status: status,
  Engine: text,
  EngineVersion: optText,
  RestoreWindow: restoreWindow,
  BackupRetentionPeriod: optNumber,
  AllocatedStorage: optNumber,
  KmsKeyId: optText,
  AwsBackupRecoveryPointArn: optText,
  TagList: tags,
};

/** `DBInstanceAutomatedBackup`. */
export const instanceBackup = z.object({
  ...automatedBackup,
  DbiResourceId: text,
  DBInstanceIdentifier: z.string().default(''),
  DBInstanceAutomatedBackupsArn: text,
  DBInstanceArn: optText,
  Encrypted: flag,
});
/** instanceBackup, parsed. */
export type InstanceBackup = z.infer<typeof instanceBackup>;

/** `DBClusterAutomatedBackup`. */
export const clusterBackup = z.object({
  ...automatedBackup,
  DbClusterResourceId: text,
  DBClusterIdentifier: z.string().default(''),
  DBClusterAutomatedBackupsArn: text,
  DBClusterArn: optText,
  StorageEncrypted: flag,
});
/** clusterBackup, parsed. */
export type ClusterBackup = z.infer<typeof clusterBackup>;

/** `BackupVaultListMember`: it shows the lock as `DescribeBackupVault` does. */
export const backupVault = z.object({
  BackupVaultName: text,
  BackupVaultArn: text,
  VaultType: optText,
  Locked: flag,
  LockDate: optInstant,
  MinRetentionDays: optNumber,
});
/** backupVault, parsed. */
export type BackupVault = z.infer<typeof backupVault>;

/** `RecoveryPointByBackupVault`. */
export const vaultItem = z.object({
  RecoveryPointArn: text,
  ResourceArn: text,
  ResourceType: text,
  Status: status,
  SourceBackupVaultArn: optText,
  CreationDate: optInstant,
  CalculatedLifecycle: opt(z.object({ DeleteAt: optInstant })),
  Lifecycle: opt(z.object({ DeleteAfterDays: optNumber, DeleteAfterEvent: optText })),
  EncryptionKeyArn: optText,
  IsEncrypted: flag,
});
/** vaultItem, parsed. */
export type VaultItem = z.infer<typeof vaultItem>;

/** `KeyMetadata` of `DescribeKey`. */
export const keyMetadata = z.object({
  Arn: text,
  KeyState: z.enum([
    'Enabled',
    'Disabled',
    'PendingDeletion',
    'PendingReplicaDeletion',
    'PendingImport',
    'Unavailable',
    'Creating',
    'Updating',
  ]),
  KeyManager: z.enum(['AWS', 'CUSTOMER']),
  DeletionDate: optInstant,
  ValidTo: optInstant,
});
/** keyMetadata, parsed. */
export type KeyMetadata = z.infer<typeof keyMetadata>;

/** `GlobalCluster`. */
export const globalCluster = z.object({
  GlobalClusterIdentifier: text,
  GlobalClusterArn: text,
  GlobalClusterResourceId: status,
  Engine: optText,
  DeletionProtection: flag,
  GlobalClusterMembers: list(z.object({ DBClusterArn: text, IsWriter: flag, Readers: words })),
});
/** globalCluster, parsed. */
export type GlobalClusterItem = z.infer<typeof globalCluster>;

/** `ExportTask`. */
export const exportTask = z.object({
  ExportTaskIdentifier: text,
  SourceArn: text,
  SnapshotTime: optInstant,
  TaskEndTime: optInstant,
  S3Bucket: text,
  S3Prefix: optText,
  KmsKeyId: optText,
  Status: status,
});
/** exportTask, parsed. */
export type ExportTaskItem = z.infer<typeof exportTask>;

/** `AccountQuota`. */
export const accountQuota = z.object({
  AccountQuotaName: text,
  Used: z.number().int().min(0),
  Max: z.number().int().min(0),
});
/** accountQuota, parsed. */
export type AccountQuota = z.infer<typeof accountQuota>;

/** `DBEngineVersion`. */
export const engineVersion = z.object({ Engine: text, EngineVersion: text, Status: optText });
/** engineVersion, parsed. */
export type EngineVersionItem = z.infer<typeof engineVersion>;

/** `AssumeRole`: the session's credentials, and whom they speak for. */
export const assumedRole = z.object({
  Credentials: z.object({
    AccessKeyId: text,
    SecretAccessKey: text,
    SessionToken: text,
    Expiration: z.date(),
  }),
  AssumedRoleUser: z.object({ Arn: text }),
});

/** `GetCallerIdentity`. */
export const callerIdentity = z.object({ Account: z.string().regex(/^\d{12}$/), Arn: text });

/** The items that parse, and for each that does not the paths at fault. */
export interface Parsed<T> {
  readonly values: readonly T[];
  readonly faults: readonly string[];
}

/** Parses item by item, so that one malformed item costs only itself. */
export function parseItems<T>(schema: z.ZodType<T>, items: readonly unknown[]): Parsed<T> {
  const values: T[] = [];
  const faults: string[] = [];
  for (const item of items) {
    const result = schema.safeParse(item);
    if (result.success) values.push(result.data);
    else faults.push(printIssues(result.error));
  }
  return { values, faults };
}

/** Which fields are at fault and what was expected; never the value that came. */
export function printIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'item'} (${issue.code})`).join(', ');
}

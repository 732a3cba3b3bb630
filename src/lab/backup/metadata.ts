/**
 * Restore metadata: the keys AWS Backup takes, and the RDS call they become.
 *
 * A snapshot recovery point becomes a restore of the snapshot that bears its name, a continuous one a restore to a
 * point in time of the database whose resource id its ARN bears, living or deleted. Lists are JSON arrays in text.
 * Source: AWS Backup Developer Guide, "Restoring an RDS database", "Restoring an Amazon Aurora cluster", "Continuous
 * backups and point-in-time restore"; Aurora User Guide, "Restoring a DB cluster to a specified time using AWS Backup".
 */

import { parseArn } from '../../core/arn.ts';
import { findSnapshot } from '../edit.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { actionTable } from '../rds/dispatch.ts';
import type { Cluster, Instance, Place, RecoveryPoint, Settings, Snapshot } from '../world.ts';

/** An RDS call as AWS Backup makes it. */
export interface RestoreOrder {
  readonly action: string;
  readonly form: URLSearchParams;
  /** Tags the backup holds, for a restore that copies them. */
  readonly sourceTags: Snapshot['sourceTags'];
}

const TIME_KEYS = ['RestoreTime', 'UseLatestRestorableTime'] as const;
const KEYS: Readonly<Record<RecoveryPoint['resourceType'], readonly string[]>> = {
  RDS: [
    'AllocatedStorage',
    'AutoMinorVersionUpgrade',
    'AvailabilityZone',
    'CopyTagsToSnapshot',
    'DBInstanceClass',
    'DBInstanceIdentifier',
    'DBName',
    'DBParameterGroupName',
    'DBSubnetGroupName',
    'DeletionProtection',
    'EnableIAMDatabaseAuthentication',
    'Engine',
    'LicenseModel',
    'MultiAZ',
    'OptionGroupName',
    'Port',
    'PubliclyAccessible',
    'StorageType',
    'VpcSecurityGroupIds',
  ],
  Aurora: [
    'CopyTagsToSnapshot',
    'DBClusterIdentifier',
    'DBClusterParameterGroupName',
    'DBSubnetGroupName',
    'DatabaseName',
    'DeletionProtection',
    'EnableIAMDatabaseAuthentication',
    'Engine',
    'EngineMode',
    'EngineVersion',
    'KmsKeyId',
    'OptionGroupName',
    'Port',
    'VpcSecurityGroupIds',
  ],
};
/** Keys of a restore to a point in time that are no parameters of the RDS call, or not under that name. */
const NOT_HANDED_ON: readonly string[] = ['Engine', ...TIME_KEYS, 'RestoreToTime'];

/** Whether a recovery point is the automated backup of a database rather than a snapshot. */
export function isContinuous(point: Pick<RecoveryPoint, 'arn'>): boolean {
  return resourceIdIn(point.arn) !== null;
}

/** Refuses metadata AWS Backup would not start a job with, naming the key. */
export function requireMetadata(point: RecoveryPoint, metadata: Settings): void {
  const continuous = isContinuous(point);
  const taken = keysOf(point);
  for (const key of Object.keys(metadata)) {
    refuseUnless(
      taken.includes(key),
      'InvalidParameterValueException',
      `Invalid restore metadata. Unrecognized key: ${key}. Accepted for this recovery point: ${taken.join(', ')}.`,
    );
  }
  const needed = [
    point.resourceType === 'RDS' ? 'DBInstanceIdentifier' : 'DBClusterIdentifier',
    ...(continuous || point.resourceType === 'Aurora' ? ['Engine'] : []),
  ];
  for (const key of needed) {
    refuseUnless(
      (metadata[key] ?? '') !== '',
      'InvalidParameterValueException',
      `Invalid restore metadata. Missing required key: ${key}.`,
    );
  }
  const groups = metadata['VpcSecurityGroupIds'];
  refuseUnless(
    groups === undefined || listIn(groups) !== null,
    'InvalidParameterValueException',
    `Invalid restore metadata. VpcSecurityGroupIds must be a JSON array of texts: ${groups}.`,
  );
  if (continuous) requireTime(metadata);
}

function requireTime(metadata: Settings): void {
  const latest = metadata['UseLatestRestorableTime'] ?? 'false';
  refuseUnless(
    latest === 'true' || latest === 'false',
    'InvalidParameterValueException',
    `Invalid restore metadata. UseLatestRestorableTime must be true or false: ${latest}.`,
  );
  refuseUnless(
    (latest === 'true') !== (timeIn(metadata) !== undefined),
    'InvalidParameterValueException',
    'Invalid restore metadata. Specify either RestoreTime or UseLatestRestorableTime.',
  );
}

/** The keys a recovery point takes. */
function keysOf(point: RecoveryPoint): readonly string[] {
  const action = actionFor(point);
  const table = actionTable(action);
  const implemented: readonly string[] = table === null ? [] : [...table.required, ...table.optional];
  const continuous = isContinuous(point);
  const own = KEYS[point.resourceType].filter(
    (key) => implemented.includes(asParameter(action, key)) || (continuous && key === 'Engine'),
  );
  if (!continuous) return own;
  return [...own, ...TIME_KEYS, ...(point.resourceType === 'Aurora' ? ['RestoreToTime'] : [])];
}

function actionFor(point: RecoveryPoint): string {
  if (point.resourceType === 'RDS')
    return isContinuous(point) ? 'RestoreDBInstanceToPointInTime' : 'RestoreDBInstanceFromDBSnapshot';
  return isContinuous(point) ? 'RestoreDBClusterToPointInTime' : 'RestoreDBClusterFromSnapshot';
}

/** The RDS parameter a key becomes. */
function asParameter(action: string, key: string): string {
  return action === 'RestoreDBInstanceToPointInTime' && key === 'DBInstanceIdentifier'
    ? 'TargetDBInstanceIdentifier'
    : key;
}

/** The RDS call that restores a recovery point. @throws AwsFault when nothing of it is left. */
export function restoreOrder(place: Place, point: RecoveryPoint, metadata: Settings): RestoreOrder {
  const action = actionFor(point);
  const form = new URLSearchParams({ Action: action, Version: '2014-10-31' });
  const { source, tags } = sourceOf(place, point, metadata['Engine'] ?? null);
  for (const [name, value] of Object.entries(source)) form.append(name, value);
  const handedOn = isContinuous(point) ? NOT_HANDED_ON : [];
  for (const [key, value] of Object.entries(metadata)) {
    const parameter = asParameter(action, key);
    if (key === 'VpcSecurityGroupIds')
      (listIn(value) ?? []).forEach((id, index) => {
        form.append(`${parameter}.VpcSecurityGroupId.${index + 1}`, id);
      });
    else if (!handedOn.includes(key)) form.append(parameter, value);
  }
  if (isContinuous(point)) {
    const time = timeIn(metadata);
    if (time === undefined) form.append('UseLatestRestorableTime', 'true');
    else form.append(point.resourceType === 'RDS' ? 'RestoreTime' : 'RestoreToTime', time);
  }
  return { action, form, sourceTags: tags };
}

function sourceOf(
  place: Place,
  point: RecoveryPoint,
  engine: string | null,
): { readonly source: Settings; readonly tags: Snapshot['sourceTags'] } {
  const resourceId = resourceIdIn(point.arn);
  if (resourceId !== null) {
    const database = backedUp(place, resourceId);
    refuseUnless(
      engine === database.engine,
      'InvalidParameterCombination',
      `The engine ${engine} cannot restore a backup of ${database.engine}.`,
    );
    const parameter = point.resourceType === 'RDS' ? 'SourceDbiResourceId' : 'SourceDbClusterResourceId';
    return { source: { [parameter]: database.resourceId }, tags: database.tags };
  }
  const snapshot = snapshotBehind(place, point);
  const parameter = point.resourceType === 'RDS' ? 'DBSnapshotIdentifier' : 'SnapshotIdentifier';
  return { source: { [parameter]: snapshot.identifier }, tags: snapshot.sourceTags };
}

/** The configuration a recovery point was made with, in keys that a restore of it takes. */
export function metadataOf(place: Place, point: RecoveryPoint): Settings {
  const resourceId = resourceIdIn(point.arn);
  const source = resourceId === null ? snapshotBehind(place, point) : backedUp(place, resourceId);
  const identifier = 'sourceIdentifier' in source ? source.sourceIdentifier : source.identifier;
  const shown: Readonly<Record<string, string | null>> = {
    ...source.settings,
    EnableIAMDatabaseAuthentication: source.settings['IAMDatabaseAuthenticationEnabled'] ?? null,
    DBClusterIdentifier: identifier,
    DBInstanceClass: ('instanceClass' in source ? source.instanceClass : null) ?? null,
    DBInstanceIdentifier: identifier,
    DBName: source.databaseName,
    DatabaseName: source.databaseName,
    DBSubnetGroupName: source.subnetGroup,
    Engine: source.engine,
    EngineVersion: source.engineVersion,
    Port: String(source.port),
  };
  const taken = keysOf(point);
  return Object.fromEntries(
    Object.entries(shown).flatMap(([key, value]) => (value !== null && taken.includes(key) ? [[key, value]] : [])),
  );
}

function snapshotBehind(place: Place, point: RecoveryPoint): Snapshot {
  const arn = parseArn(point.arn);
  const kind = point.resourceType === 'RDS' ? 'db' : 'cluster';
  const snapshot = arn?.service === 'rds' ? findSnapshot(place, kind, arn.resource) : undefined;
  if (snapshot === undefined)
    throw new AwsFault('ResourceNotFoundException', `The snapshot behind ${point.arn} does not exist.`);
  return snapshot;
}

/** The living or deleted database whose automated backup a continuous recovery point is. */
function backedUp(place: Place, resourceId: string): Cluster | Instance {
  const all = [...place.instances, ...place.clusters, ...place.retained.map(({ source }) => source)];
  const database = all.find((candidate) => candidate.resourceId.toLowerCase() === resourceId);
  if (database === undefined)
    throw new AwsFault('ResourceNotFoundException', `No automated backup of ${resourceId} exists.`);
  return database;
}

/** The resource id in the ARN of a continuous recovery point, in lower case; AWS adds a suffix to it. */
function resourceIdIn(arn: string): string | null {
  const id = /:recovery-point:continuous:((?:db|cluster)-[A-Za-z0-9]+)(?:-[A-Za-z0-9]+)?$/.exec(arn)?.[1];
  return id === undefined ? null : id.toLowerCase();
}

function timeIn(metadata: Settings): string | undefined {
  return metadata['RestoreTime'] ?? metadata['RestoreToTime'];
}

function listIn(text: string): readonly string[] | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : null;
  } catch {
    return null;
  }
}

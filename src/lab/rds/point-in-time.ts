/**
 * Restoring to a point in time, from a live database or from a retained automated backup.
 *
 * The lab keeps no transaction log, so its data stand still between backups: the latest restorable time gives
 * the database as it is now (or was when it was deleted), an earlier instant gives the newest system or manual
 * snapshot of the same resource not after it, and where there is none the oldest content there is. Source: Amazon RDS API
 * 2014-10-31, `RestoreDBInstanceToPointInTime`, `RestoreDBClusterToPointInTime`; RDS User Guide, "Restoring a DB
 * instance to a specified time", "Retaining automated backups"; the code for an instant outside the window is not
 * documented.
 */

import { fromEpochMilliseconds, type Instant } from '../../core/time.ts';
import { findCluster, findInstance } from '../edit.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { restoreWindow, type Window } from '../windows.ts';
import type { Cluster, Instance, Place, SnapshotKind } from '../world.ts';
import { type Action, type Call, identifierIn } from './call.ts';
import * as preset from './defaults.ts';
import { instanceBackupArn } from './instance-xml.ts';
import { clusterFrom, instanceFrom, type Origin } from './restore.ts';

/** A database whose past can be restored, and how far back. */
interface Source {
  readonly database: Cluster | Instance;
  readonly window: Window;
}

/** `RestoreDBInstanceToPointInTime`. */
export const restoreDBInstanceToPointInTime: Action = (call, place) => {
  const source = instanceSource(call, place);
  const to = instantAsked(call, 'RestoreTime', source.window);
  return instanceFrom(call, place, originAt(place, 'db', source, to), 'TargetDBInstanceIdentifier');
};

/** `RestoreDBClusterToPointInTime`: storage only, of the source's own version. */
export const restoreDBClusterToPointInTime: Action = (call, place) => {
  const type = call.parameters.text('RestoreType') ?? 'full-copy';
  refuseUnless(
    type === 'full-copy',
    'InvalidParameterValue',
    `The lab does not implement the RestoreType ${type} of ${call.action}; it has full-copy.`,
  );
  const source = clusterSource(call, place);
  const { database } = source;
  // Refuses the engines of Multi-AZ DB clusters, which the lab does not make.
  preset.clusterEngineVersion(database.engine);
  refuseUnless(
    database.kmsKeyArn !== null || call.parameters.text('KmsKeyId') === null,
    'InvalidParameterCombination',
    `KmsKeyId cannot be given: the DB cluster ${database.identifier} is not encrypted.`,
  );
  const to = instantAsked(call, 'RestoreToTime', source.window);
  return clusterFrom(call, place, originAt(place, 'cluster', source, to), database.engineVersion);
};

/** The instance or retained backup that the one source parameter names. */
function instanceSource(call: Call, place: Place): Source {
  const [parameter, value] = oneOf(call, [
    'SourceDBInstanceIdentifier',
    'SourceDbiResourceId',
    'SourceDBInstanceAutomatedBackupsArn',
  ]);
  if (parameter === 'SourceDBInstanceIdentifier') {
    const identifier = identifierIn(value, 'db', call.scope);
    const instance = findInstance(place, identifier);
    if (instance === undefined) throw new AwsFault('DBInstanceNotFound', `DBInstance ${identifier} not found.`);
    return liveInstance(call, instance);
  }
  const meant = ({ resourceId }: Cluster | Instance) =>
    resourceId === value || (parameter !== 'SourceDbiResourceId' && instanceBackupArn(place, resourceId) === value);
  const live = place.instances.find((instance) => instance.status !== 'deleting' && meant(instance));
  if (live !== undefined) return liveInstance(call, live);
  const source = retainedSource(place, 'db', meant);
  if (source === null)
    throw new AwsFault('DBInstanceAutomatedBackupNotFound', `No automated backup for ${value} found.`);
  return source;
}

function liveInstance(call: Call, instance: Instance): Source {
  const { identifier } = instance;
  refuseUnless(
    instance.clusterResourceId === null,
    'InvalidParameterValue',
    `The DB instance ${identifier} is a member of a cluster; use RestoreDBClusterToPointInTime.`,
  );
  refuseUnless(
    instance.retentionDays > 0,
    'PointInTimeRestoreNotEnabled',
    `Automated backups are not enabled for the DB instance ${identifier}.`,
  );
  const window = restoreWindow(instance, call.at);
  refuseUnless(
    instance.status !== 'deleting' && window !== null,
    'InvalidDBInstanceState',
    `The DB instance ${identifier} is ${instance.status} and has no backup to restore from.`,
  );
  return { database: instance, window };
}

/** The cluster or retained backup that the one source parameter names. */
function clusterSource(call: Call, place: Place): Source {
  const [parameter, value] = oneOf(call, ['SourceDBClusterIdentifier', 'SourceDbClusterResourceId']);
  if (parameter === 'SourceDBClusterIdentifier') {
    const identifier = identifierIn(value, 'cluster', call.scope);
    const cluster = findCluster(place, identifier);
    if (cluster === undefined) throw new AwsFault('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`);
    return liveCluster(call, cluster);
  }
  const meant = ({ resourceId }: Cluster | Instance) => resourceId === value;
  const live = place.clusters.find((cluster) => cluster.status !== 'deleting' && meant(cluster));
  if (live !== undefined) return liveCluster(call, live);
  const source = retainedSource(place, 'cluster', meant);
  if (source === null)
    throw new AwsFault('DBClusterAutomatedBackupNotFoundFault', `No automated backup for ${value} found.`);
  return source;
}

function liveCluster(call: Call, cluster: Cluster): Source {
  const window = restoreWindow(cluster, call.at);
  refuseUnless(
    cluster.status !== 'deleting' && window !== null,
    'InvalidDBClusterStateFault',
    `The DB cluster ${cluster.identifier} is ${cluster.status} and has no backup to restore from.`,
  );
  return { database: cluster, window };
}

function retainedSource(
  place: Place,
  kind: SnapshotKind,
  meant: (database: Cluster | Instance) => boolean,
): Source | null {
  const backup = place.retained.find((item) => item.kind === kind && meant(item.source));
  if (backup === undefined) return null;
  return { database: backup.source, window: { earliest: backup.windowStartsAt, latest: backup.windowEndsAt } };
}

/** The one parameter of several that was given. */
function oneOf(call: Call, names: readonly string[]): readonly [name: string, value: string] {
  const [first, ...others] = names.flatMap((name): (readonly [string, string])[] => {
    const value = call.parameters.text(name);
    return value === null || value === '' ? [] : [[name, value]];
  });
  if (first === undefined || others.length > 0)
    throw new AwsFault('InvalidParameterCombination', `Specify exactly one of ${names.join(', ')}.`);
  return first;
}

/** The instant asked for, inside the window; exactly one of the two ways to ask is accepted. */
function instantAsked(call: Call, parameter: 'RestoreTime' | 'RestoreToTime', window: Window): Instant {
  const text = call.parameters.text(parameter);
  const newest = call.parameters.flag('UseLatestRestorableTime') ?? false;
  refuseUnless(
    newest !== (text !== null),
    'InvalidParameterCombination',
    `Specify either ${parameter} or UseLatestRestorableTime.`,
  );
  if (text === null) return window.latest;
  const milliseconds = Date.parse(text);
  refuseUnless(
    !Number.isNaN(milliseconds),
    'InvalidParameterValue',
    `Invalid value ${text} for ${parameter}: must be a time in UTC`,
  );
  const to = fromEpochMilliseconds(milliseconds);
  refuseUnless(
    to >= window.earliest && to <= window.latest,
    'InvalidParameterValue',
    `The specified ${parameter} ${to} is not between ${window.earliest} and ${window.latest}.`,
  );
  return to;
}

/** The source as it was at an instant, as far as the lab has kept it. */
function originAt(place: Place, kind: SnapshotKind, { database, window }: Source, to: Instant): Origin {
  return {
    ...database,
    volumeId: to >= window.latest ? database.volumeId : pastVolume(place, kind, database, to),
    instanceClass: 'instanceClass' in database ? database.instanceClass : null,
    sourceTags: database.tags,
  };
}

function pastVolume(place: Place, kind: SnapshotKind, database: Cluster | Instance, to: Instant): string {
  const taken = place.snapshots
    .filter(
      (snapshot) =>
        snapshot.kind === kind && snapshot.type !== 'awsbackup' && snapshot.sourceResourceId === database.resourceId,
    )
    .sort((a, b) => (a.databaseAt < b.databaseAt ? -1 : 1));
  const newest = taken.findLast((snapshot) => snapshot.databaseAt <= to);
  return (newest ?? taken[0])?.volumeId ?? database.volumeId;
}

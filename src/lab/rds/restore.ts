/**
 * Restoring snapshots, and what every restore has in common.
 *
 * A restore always makes a new database with the source's master user and password; without `Tags` it takes
 * the source's, without a retention it inherits the source's. A restored cluster has no instance until one is
 * created. An encrypted snapshot whose key cannot be used is refused. Source: Amazon RDS API 2014-10-31,
 * `RestoreDBClusterFromSnapshot`, `RestoreDBInstanceFromDBSnapshot`; RDS User Guide, "Restoring from a DB snapshot".
 */

import { putCluster, putInstance } from '../edit.ts';
import { refuseUnless } from '../faults.ts';
import { keyArn, requireUsableKey } from '../keys.ts';
import type { Place, Settings, Snapshot, Tag } from '../world.ts';
import { type Action, type Call, given, newVolumeId, type Reply } from './call.ts';
import { clusterXml } from './cluster-xml.ts';
import { beginCluster } from './clusters.ts';
import * as preset from './defaults.ts';
import { instanceXml } from './instance-xml.ts';
import { beginInstance } from './instances.ts';
import { isWithdrawn } from './listings.ts';
import { namedSnapshot } from './snapshots.ts';

/** What a new database is made from: a snapshot, or a database as of an instant. */
export interface Origin {
  readonly volumeId: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly masterUsername: string;
  readonly databaseName: string | null;
  readonly kmsKeyArn: string | null;
  readonly retentionDays: number;
  readonly instanceClass: string | null;
  readonly settings: Settings;
  /** Tags the database bore, which a restore without `Tags` copies. */
  readonly sourceTags: readonly Tag[];
}

/** `RestoreDBClusterFromSnapshot`: storage only. */
export const restoreDBClusterFromSnapshot: Action = (call, place) => {
  const snapshot = namedSnapshot(call, place, 'cluster', 'SnapshotIdentifier');
  requireAvailable(snapshot, 'InvalidDBClusterSnapshotStateFault');
  const engine = given(call, 'Engine');
  refuseUnless(
    engine === snapshot.engine,
    'InvalidParameterCombination',
    `The engine ${engine} cannot restore a snapshot of ${snapshot.engine}.`,
  );
  // Without EngineVersion AWS takes the Region's default, not the snapshot's.
  const version = preset.fullVersion(call.parameters.text('EngineVersion'), preset.clusterEngineVersion(engine));
  return clusterFrom(call, place, snapshot, version);
};

/** `RestoreDBInstanceFromDBSnapshot`. */
export const restoreDBInstanceFromDBSnapshot: Action = (call, place) => {
  const snapshot = namedSnapshot(call, place, 'db', 'DBSnapshotIdentifier');
  requireAvailable(snapshot, 'InvalidDBSnapshotState');
  return instanceFrom(call, place, snapshot, 'DBInstanceIdentifier');
};

/** A cluster in `creating` with the content of its origin; it has no instance yet. */
export function clusterFrom(call: Call, place: Place, origin: Origin, version: string): Reply {
  const { parameters } = call;
  const begun = beginCluster(call, place, {
    engine: origin.engine,
    version,
    masterUsername: origin.masterUsername,
    databaseName: origin.databaseName,
    kmsKeyArn: keyFor(call, place, origin),
    retentionDays: parameters.whole('BackupRetentionPeriod') ?? origin.retentionDays,
    seconds: call.pace.restoringCluster,
  });
  const cluster = { ...begun.cluster, tags: parameters.tags() ?? origin.sourceTags };
  const after = putCluster(begun.place, cluster);
  return {
    place: after,
    body: [['DBCluster', clusterXml(after, cluster, call.at)]],
    effects: [{ kind: 'copy_volume', from: origin.volumeId, to: cluster.volumeId }],
  };
}

/**
 * An instance in `creating` with the content of its origin.
 *
 * @param identifierParameter The parameter that names the new instance.
 */
export function instanceFrom(call: Call, place: Place, origin: Origin, identifierParameter: string): Reply {
  const { parameters } = call;
  const engine = parameters.text('Engine') ?? origin.engine;
  refuseUnless(
    engine === origin.engine,
    'InvalidParameterCombination',
    `The engine ${engine} cannot restore a backup of ${origin.engine}.`,
  );
  // The calls have no EngineVersion: an instance comes back as what it was, or not at all.
  refuseUnless(
    !isWithdrawn(place, engine, origin.engineVersion),
    'InvalidParameterCombination',
    `Cannot find version ${origin.engineVersion} for ${engine}`,
  );
  const asked = parameters.whole('AllocatedStorage');
  const least = Number(origin.settings['AllocatedStorage'] ?? '20');
  refuseUnless(
    asked === null || asked >= least,
    'InvalidParameterValue',
    `Invalid storage size: ${asked}. It cannot be less than ${least}.`,
  );
  const volume = newVolumeId(place);
  const begun = beginInstance(call, volume.place, {
    identifierParameter,
    engine,
    version: origin.engineVersion,
    masterUsername: origin.masterUsername,
    databaseName: origin.databaseName,
    kmsKeyArn: keyFor(call, place, origin),
    retentionDays: parameters.whole('BackupRetentionPeriod') ?? origin.retentionDays,
    instanceClass: parameters.text('DBInstanceClass') ?? origin.instanceClass ?? 'db.t3.medium',
    settings: { ...preset.INSTANCE_SETTINGS, ...inherited(origin.settings), ...parameters.stored() },
    volumeId: volume.id,
    cluster: null,
    seconds: call.pace.restoringInstance,
  });
  const instance = { ...begun.instance, tags: parameters.tags() ?? origin.sourceTags };
  const after = putInstance(begun.reply.place, instance);
  return {
    place: after,
    body: [['DBInstance', instanceXml(after, instance, call.at)]],
    effects: [{ kind: 'copy_volume', from: origin.volumeId, to: volume.id }, ...begun.effects],
  };
}

/** What a restored instance takes over; Multi-AZ and public access are off unless asked for. */
function inherited(settings: Settings): Settings {
  const kept = [
    'AllocatedStorage',
    'StorageType',
    'LicenseModel',
    'AutoMinorVersionUpgrade',
    'PreferredBackupWindow',
    'PreferredMaintenanceWindow',
  ];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => kept.includes(name)));
}

function requireAvailable(
  snapshot: Snapshot,
  code: 'InvalidDBSnapshotState' | 'InvalidDBClusterSnapshotStateFault',
): void {
  refuseUnless(
    snapshot.status === 'available',
    code,
    `The snapshot ${snapshot.identifier} is ${snapshot.status}, not available.`,
  );
}

/** The key of the restored database; the backup's own must be usable even when another is asked for. */
function keyFor(call: Call, place: Place, origin: Origin): string | null {
  const asked = call.parameters.text('KmsKeyId');
  if (origin.kmsKeyArn !== null) requireUsableKey(place, origin.kmsKeyArn);
  return asked === null ? origin.kmsKeyArn : keyArn(call.scope, requireUsableKey(place, asked));
}

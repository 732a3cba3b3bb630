/**
 * Restoring snapshots.
 *
 * A restore always makes a new database with the source's master user and password; without `Tags` it takes
 * the source's, without a retention it inherits the source's. A restored cluster has no instance until one is
 * created. An encrypted snapshot whose key cannot be used is refused. Source: Amazon RDS API 2014-10-31,
 * `RestoreDBClusterFromSnapshot`, `RestoreDBInstanceFromDBSnapshot`; RDS User Guide, "Restoring from a DB snapshot".
 */

import { putCluster, putInstance } from '../edit.ts';
import { refuseUnless } from '../faults.ts';
import { keyArn, requireUsableKey } from '../keys.ts';
import type { Place, Settings, Snapshot } from '../world.ts';
import { type Action, type Call, given, newVolumeId } from './call.ts';
import { clusterXml } from './cluster-xml.ts';
import { beginCluster } from './clusters.ts';
import * as preset from './defaults.ts';
import { instanceXml } from './instance-xml.ts';
import { beginInstance } from './instances.ts';
import { isWithdrawn } from './listings.ts';
import { namedSnapshot } from './snapshots.ts';

/** `RestoreDBClusterFromSnapshot`: storage only. */
export const restoreDBClusterFromSnapshot: Action = (call, place) => {
  const { parameters } = call;
  const snapshot = namedSnapshot(call, place, 'cluster', 'SnapshotIdentifier');
  requireAvailable(snapshot, 'InvalidDBClusterSnapshotStateFault');
  const engine = given(call, 'Engine');
  refuseUnless(
    engine === snapshot.engine,
    'InvalidParameterCombination',
    `The engine ${engine} cannot restore a snapshot of ${snapshot.engine}.`,
  );
  // Without EngineVersion AWS takes the Region's default, not the snapshot's.
  const version = preset.fullVersion(parameters.text('EngineVersion'), preset.clusterEngineVersion(engine));
  const begun = beginCluster(call, place, {
    engine,
    version,
    masterUsername: snapshot.masterUsername,
    databaseName: snapshot.databaseName,
    kmsKeyArn: keyFor(call, place, snapshot),
    retentionDays: parameters.whole('BackupRetentionPeriod') ?? snapshot.retentionDays,
    seconds: call.pace.restoringCluster,
  });
  const cluster = { ...begun.cluster, tags: parameters.tags() ?? snapshot.sourceTags };
  const after = putCluster(begun.place, cluster);
  return {
    place: after,
    body: [['DBCluster', clusterXml(after, cluster, call.at)]],
    effects: [{ kind: 'copy_volume', from: snapshot.volumeId, to: cluster.volumeId }],
  };
};

/** `RestoreDBInstanceFromDBSnapshot`. */
export const restoreDBInstanceFromDBSnapshot: Action = (call, place) => {
  const { parameters } = call;
  const snapshot = namedSnapshot(call, place, 'db', 'DBSnapshotIdentifier');
  requireAvailable(snapshot, 'InvalidDBSnapshotState');
  const engine = parameters.text('Engine') ?? snapshot.engine;
  refuseUnless(
    engine === snapshot.engine,
    'InvalidParameterCombination',
    `The engine ${engine} cannot restore a snapshot of ${snapshot.engine}.`,
  );
  // The call has no EngineVersion: an instance comes back as what it was, or not at all.
  refuseUnless(
    !isWithdrawn(place, engine, snapshot.engineVersion),
    'InvalidParameterCombination',
    `Cannot find version ${snapshot.engineVersion} for ${engine}`,
  );
  const asked = parameters.whole('AllocatedStorage');
  const least = Number(snapshot.settings['AllocatedStorage'] ?? '20');
  refuseUnless(
    asked === null || asked >= least,
    'InvalidParameterValue',
    `Invalid storage size: ${asked}. It cannot be less than ${least}.`,
  );
  const volume = newVolumeId(place);
  const begun = beginInstance(call, volume.place, {
    engine,
    version: snapshot.engineVersion,
    masterUsername: snapshot.masterUsername,
    databaseName: snapshot.databaseName,
    kmsKeyArn: keyFor(call, place, snapshot),
    retentionDays: parameters.whole('BackupRetentionPeriod') ?? snapshot.retentionDays,
    instanceClass: parameters.text('DBInstanceClass') ?? snapshot.instanceClass ?? 'db.t3.medium',
    settings: { ...preset.INSTANCE_SETTINGS, ...inherited(snapshot), ...parameters.stored() },
    volumeId: volume.id,
    cluster: null,
    seconds: call.pace.restoringInstance,
  });
  const instance = { ...begun.instance, tags: parameters.tags() ?? snapshot.sourceTags };
  const after = putInstance(begun.reply.place, instance);
  return {
    place: after,
    body: [['DBInstance', instanceXml(after, instance, call.at)]],
    effects: [{ kind: 'copy_volume', from: snapshot.volumeId, to: volume.id }, ...begun.effects],
  };
};

/** What a restored instance takes over; Multi-AZ and public access are off unless asked for. */
function inherited(snapshot: Snapshot): Settings {
  const kept = [
    'AllocatedStorage',
    'StorageType',
    'LicenseModel',
    'AutoMinorVersionUpgrade',
    'PreferredBackupWindow',
    'PreferredMaintenanceWindow',
  ];
  return Object.fromEntries(Object.entries(snapshot.settings).filter(([name]) => kept.includes(name)));
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

/** The key of the restored database; the snapshot's own must be usable even when another is asked for. */
function keyFor(call: Call, place: Place, snapshot: Snapshot): string | null {
  const asked = call.parameters.text('KmsKeyId');
  if (snapshot.kmsKeyArn !== null) requireUsableKey(place, snapshot.kmsKeyArn);
  return asked === null ? snapshot.kmsKeyArn : keyArn(call.scope, requireUsableKey(place, asked));
}

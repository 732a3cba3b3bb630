/**
 * Deleting a database, and what that does to its backups.
 *
 * Final snapshot or none (both and neither are refused); automated backups go at once unless they are to
 * be retained; manual snapshots stay. A cluster member's deletion touches no data. Source: Amazon RDS API
 * 2014-10-31, `DeleteDBInstance`, `DeleteDBCluster`; RDS and Aurora User Guides, "Deleting", "Retaining automated backups",
 * "Limitations of Multi-AZ DB clusters".
 */

import { addDays } from '../../core/time.ts';
import { findSnapshot, membersOf, putCluster, putInstance } from '../edit.ts';
import type { Effect } from '../effects.ts';
import { refuseUnless } from '../faults.ts';
import { requireUsableKey } from '../keys.ts';
import { dropSnapshots, isSystemSnapshotOf, snapshotTags, takeSnapshot } from '../snapshotting.ts';
import { restoreWindow } from '../windows.ts';
import type { Cluster, Instance, Place, RetainedBackup, SnapshotKind } from '../world.ts';
import { type Action, type Call, ends, newIdentifier, newVolumeId } from './call.ts';
import { clusterXml } from './cluster-xml.ts';
import { namedCluster } from './clusters.ts';
import { instanceXml } from './instance-xml.ts';
import { namedInstance } from './instances.ts';

/** Retained automated backups an account may hold of each kind in a region. */
const RETAINED_MAX = 40;
/** Manual snapshots of one kind that a region holds at most. */
export const MANUAL_SNAPSHOTS_MAX = 100;

interface Ended {
  readonly place: Place;
  readonly effects: readonly Effect[];
}

/** `DeleteDBCluster`. */
export const deleteDBCluster: Action = (call, place) => {
  const cluster = namedCluster(call, place);
  refuseUnless(
    !cluster.deletionProtection,
    'InvalidParameterCombination',
    'Cannot delete protected Cluster, please disable deletion protection and try again.',
  );
  const finalName = finalSnapshotName(call);
  refuseUnless(
    cluster.status !== 'deleting',
    'InvalidDBClusterStateFault',
    `Cluster ${cluster.identifier} is already being deleted.`,
  );
  refuseUnless(
    cluster.status !== 'stopped',
    'InvalidDBClusterStateFault',
    `Cluster ${cluster.identifier} is stopped; start it first.`,
  );
  refuseUnless(
    membersOf(place, cluster).every((member) => member.status === 'deleting'),
    'InvalidDBClusterStateFault',
    'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
  );
  const final = finalName === null ? { place, effects: [] } : takeFinal(call, place, cluster, 'cluster', finalName);
  const ended = endBackups(call, final.place, cluster, 'cluster');
  const deleting: Cluster = {
    ...cluster,
    status: 'deleting',
    statusEndsAt: ends(call, call.pace.deletingCluster),
    pending: null,
  };
  return {
    place: putCluster(ended.place, deleting),
    body: [['DBCluster', clusterXml(place, { ...cluster, status: 'deleting' }, call.at)]],
    effects: [...final.effects, ...ended.effects, { kind: 'drop_volume', volumeId: cluster.volumeId }],
  };
};

/** `DeleteDBInstance`. */
export const deleteDBInstance: Action = (call, place) => {
  const instance = namedInstance(call, place);
  refuseUnless(
    !instance.deletionProtection,
    'InvalidParameterCombination',
    'Cannot delete protected DB Instance, please disable deletion protection and try again.',
  );
  const member = instance.clusterResourceId !== null;
  const finalName = member ? refuseFinalOfMember(call) : finalSnapshotName(call);
  refuseUnless(
    instance.status !== 'deleting',
    'InvalidDBInstanceState',
    `Instance ${instance.identifier} is already being deleted.`,
  );
  const final = finalName === null ? { place, effects: [] } : takeFinal(call, place, instance, 'db', finalName);
  const ended = member ? { place, effects: [] } : endBackups(call, final.place, instance, 'db');
  const deleting: Instance = {
    ...instance,
    status: 'deleting',
    statusEndsAt: ends(call, call.pace.deletingInstance),
    pending: null,
  };
  const effects: Effect[] = [
    ...final.effects,
    ...ended.effects,
    { kind: 'close_opening', openingId: instance.resourceId },
  ];
  if (!member) effects.push({ kind: 'drop_volume', volumeId: instance.volumeId });
  return {
    place: putInstance(ended.place, deleting),
    body: [['DBInstance', instanceXml(place, { ...instance, status: 'deleting' }, call.at)]],
    effects,
  };
};

/** The final snapshot asked for; null when it is skipped. Both and neither are refused. */
function finalSnapshotName(call: Call): string | null {
  const skip = call.parameters.flag('SkipFinalSnapshot') ?? false;
  const name = call.parameters.text('FinalDBSnapshotIdentifier');
  refuseUnless(
    !(skip && name !== null),
    'InvalidParameterCombination',
    'You cannot specify both SkipFinalSnapshot and FinalDBSnapshotIdentifier.',
  );
  refuseUnless(
    skip || name !== null,
    'InvalidParameterCombination',
    'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.',
  );
  return name === null ? null : newIdentifier(name, 'FinalDBSnapshotIdentifier', 255);
}

/** A member has no data of its own, so there is nothing a final snapshot could hold. */
function refuseFinalOfMember(call: Call): null {
  refuseUnless(
    call.parameters.text('FinalDBSnapshotIdentifier') === null,
    'InvalidParameterCombination',
    'FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance.',
  );
  return null;
}

function takeFinal(
  call: Call,
  place: Place,
  source: Cluster | Instance,
  kind: SnapshotKind,
  identifier: string,
): Ended {
  refuseUnless(
    source.status === 'available',
    kind === 'db' ? 'InvalidDBInstanceState' : 'InvalidDBClusterStateFault',
    `${source.identifier} is ${source.status}; a final snapshot needs it to be available.`,
  );
  requireFreeSnapshotName(place, kind, identifier);
  requireSnapshotQuota(place, kind);
  if (source.kmsKeyArn !== null) requireUsableKey(place, source.kmsKeyArn);
  return takeSnapshot(place, source, {
    kind,
    identifier,
    type: 'manual',
    at: call.at,
    availableAt: ends(call, call.pace.snapshotting),
    tags: snapshotTags(source, null),
  });
}

/** Refuses a snapshot name that is taken. */
export function requireFreeSnapshotName(place: Place, kind: SnapshotKind, identifier: string): void {
  const code = kind === 'db' ? 'DBSnapshotAlreadyExists' : 'DBClusterSnapshotAlreadyExistsFault';
  const what = kind === 'db' ? 'DBSnapshot' : 'DBClusterSnapshot';
  refuseUnless(
    findSnapshot(place, kind, identifier) === undefined,
    code,
    `Cannot create the ${what} because one with the identifier ${identifier} already exists.`,
  );
}

/** Refuses a manual snapshot past the quota; automated and AWS Backup ones do not count. */
export function requireSnapshotQuota(place: Place, kind: SnapshotKind): void {
  const held = place.snapshots.filter((snapshot) => snapshot.kind === kind && snapshot.type === 'manual').length;
  refuseUnless(
    held < MANUAL_SNAPSHOTS_MAX,
    'SnapshotQuotaExceeded',
    `Cannot create more than ${MANUAL_SNAPSHOTS_MAX} manual snapshots.`,
  );
}

/** A Multi-AZ DB cluster retains nothing, whatever was asked. */
function isMultiAzCluster(source: Cluster | Instance, kind: SnapshotKind): boolean {
  return kind === 'cluster' && !source.engine.startsWith('aurora');
}

/** Automated backups and system snapshots go at once, or become retained. */
function endBackups(call: Call, place: Place, source: Cluster | Instance, kind: SnapshotKind): Ended {
  const drop = call.parameters.flag('DeleteAutomatedBackups') ?? true;
  const window = restoreWindow(source, call.at);
  if (drop || window === null || isMultiAzCluster(source, kind))
    return dropSnapshots(place, (snapshot) => isSystemSnapshotOf(snapshot, kind, source.resourceId));
  const held = place.retained.filter((backup) => backup.kind === kind).length;
  refuseUnless(
    held < RETAINED_MAX,
    kind === 'db' ? 'DBInstanceAutomatedBackupQuotaExceeded' : 'DBClusterAutomatedBackupQuotaExceededFault',
    `Cannot retain more than ${RETAINED_MAX} automated backups of deleted databases.`,
  );
  // The database's own volume goes with it; what a restore to the last moment needs is kept beside.
  const kept = newVolumeId(place);
  const retained: RetainedBackup = {
    kind,
    source: { ...source, status: 'deleting', volumeId: kept.id },
    windowStartsAt: window.earliest,
    windowEndsAt: source.stoppedAt ?? call.at,
    expiresAt: addDays(call.at, source.retentionDays),
  };
  return {
    place: { ...kept.place, retained: [...place.retained, retained] },
    effects: [{ kind: 'copy_volume', from: source.volumeId, to: kept.id }],
  };
}

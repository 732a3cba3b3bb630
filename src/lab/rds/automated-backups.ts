/**
 * Automated backups as things of their own: describe, and delete retained ones.
 *
 * A live database's backup is `active` (or `creating` before its first window), a deleted one's `retained`.
 * Deleting an active one is refused. Source: Amazon RDS API 2014-10-31,
 * `DescribeDBInstanceAutomatedBackups`, `DescribeDBClusterAutomatedBackups` and their deletions.
 */

import { rdsArn } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import type { Effect } from '../effects.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { dropSnapshots, isSystemSnapshotOf } from '../snapshotting.ts';
import { restoreWindow } from '../windows.ts';
import type { Cluster, Instance, Place, RetainedBackup, SnapshotKind } from '../world.ts';
import type { Xml } from '../xml.ts';
import { type Action, type Call, filtered, given, identifierIn, pageOf, type Reply, shows } from './call.ts';
import { clusterBackupArn, clusterBackupXml, retainedClusterXml } from './cluster-xml.ts';
import { instanceBackupArn, instanceBackupXml, retainedInstanceXml } from './instance-xml.ts';

/** One automated backup, live or retained, with what filters compare. */
interface Shown {
  readonly identifier: string;
  readonly resourceId: string;
  readonly arn: string;
  readonly status: string;
  readonly xml: readonly Xml[];
}

/** `DescribeDBInstanceAutomatedBackups`. */
export const describeDBInstanceAutomatedBackups: Action = (call, place) => {
  const named = call.parameters.text('DBInstanceIdentifier');
  const all = [
    ...place.instances.filter(isBackedUp).map((instance) => shownInstance(place, instance, call.at)),
    ...place.retained.filter((backup) => backup.kind === 'db').map((backup) => shownRetained(place, backup)),
  ];
  const chosen = choose(call, all, {
    resourceId: call.parameters.text('DbiResourceId'),
    identifier: named === null ? null : identifierIn(named, 'db', call.scope),
    arn: call.parameters.text('DBInstanceAutomatedBackupsArn'),
    missing: 'DBInstanceAutomatedBackupNotFound',
  });
  const backups = filtered(call, chosen, {
    status: (backup) => [backup.status],
    'db-instance-id': (backup) => [backup.identifier, rdsArn(call.scope, 'db', backup.identifier)],
    'dbi-resource-id': (backup) => [backup.resourceId],
  });
  return shows(
    place,
    pageOf(call, backups, (backup) => backup.resourceId, {
      list: 'DBInstanceAutomatedBackups',
      member: 'DBInstanceAutomatedBackup',
      content: (backup) => backup.xml,
    }),
  );
};

/** `DescribeDBClusterAutomatedBackups`. */
export const describeDBClusterAutomatedBackups: Action = (call, place) => {
  const named = call.parameters.text('DBClusterIdentifier');
  const all = [
    ...place.clusters
      .filter((cluster) => cluster.status !== 'deleting')
      .map((cluster) => shownCluster(place, cluster, call.at)),
    ...place.retained.filter((backup) => backup.kind === 'cluster').map((backup) => shownRetained(place, backup)),
  ];
  const chosen = choose(call, all, {
    resourceId: call.parameters.text('DbClusterResourceId'),
    identifier: named === null ? null : identifierIn(named, 'cluster', call.scope),
    arn: null,
    missing: 'DBClusterAutomatedBackupNotFoundFault',
  });
  const backups = filtered(call, chosen, {
    status: (backup) => [backup.status],
    'db-cluster-id': (backup) => [backup.identifier, rdsArn(call.scope, 'cluster', backup.identifier)],
    'db-cluster-resource-id': (backup) => [backup.resourceId],
  });
  return shows(
    place,
    pageOf(call, backups, (backup) => backup.resourceId, {
      list: 'DBClusterAutomatedBackups',
      member: 'DBClusterAutomatedBackup',
      content: (backup) => backup.xml,
    }),
  );
};

/** `DeleteDBInstanceAutomatedBackup`: by resource id or by ARN. */
export const deleteDBInstanceAutomatedBackup: Action = (call, place) => {
  const resourceId = call.parameters.text('DbiResourceId');
  const arn = call.parameters.text('DBInstanceAutomatedBackupsArn');
  refuseUnless(
    (resourceId === null) !== (arn === null),
    'InvalidParameterCombination',
    'Specify either DbiResourceId or DBInstanceAutomatedBackupsArn.',
  );
  const meant = (id: string) => id === resourceId || instanceBackupArn(place, id) === arn;
  const active = place.instances.filter(isBackedUp).some((instance) => meant(instance.resourceId));
  refuseUnless(
    !active,
    'InvalidDBInstanceAutomatedBackupState',
    'The automated backup of an existing DB instance cannot be deleted.',
  );
  const backup = place.retained.find((item) => item.kind === 'db' && meant(item.source.resourceId));
  if (backup === undefined)
    throw new AwsFault('DBInstanceAutomatedBackupNotFound', `No automated backup for ${resourceId ?? arn} found.`);
  return remove(place, backup, 'DBInstanceAutomatedBackup', retainedInstanceXml(place, backup));
};

/** `DeleteDBClusterAutomatedBackup`: by resource id only. */
export const deleteDBClusterAutomatedBackup: Action = (call, place) => {
  const resourceId = given(call, 'DbClusterResourceId');
  const active = place.clusters.some((cluster) => cluster.status !== 'deleting' && cluster.resourceId === resourceId);
  refuseUnless(
    !active,
    'InvalidDBClusterAutomatedBackupStateFault',
    'The automated backup of an existing DB cluster cannot be deleted.',
  );
  const backup = place.retained.find((item) => item.kind === 'cluster' && item.source.resourceId === resourceId);
  if (backup === undefined)
    throw new AwsFault('DBClusterAutomatedBackupNotFoundFault', `No automated backup for ${resourceId} found.`);
  return remove(place, backup, 'DBClusterAutomatedBackup', retainedClusterXml(place, backup));
};

/** The place without a retained backup and the system snapshots inside it. */
function remove(place: Place, backup: RetainedBackup, element: string, xml: readonly Xml[]): Reply {
  const dropped = dropSnapshots(place, (snapshot) =>
    isSystemSnapshotOf(snapshot, backup.kind, backup.source.resourceId),
  );
  const retained = place.retained.filter((other) => other !== backup);
  const effects: Effect[] = [...dropped.effects, { kind: 'drop_volume', volumeId: backup.source.volumeId }];
  return { place: { ...dropped.place, retained }, body: [[element, xml]], effects };
}

function isBackedUp(instance: Instance): boolean {
  return instance.clusterResourceId === null && instance.retentionDays > 0 && instance.status !== 'deleting';
}

function shownInstance(place: Place, instance: Instance, at: Instant): Shown {
  return shown(
    'db',
    place,
    instance,
    restoreWindow(instance, at) === null ? 'creating' : 'active',
    instanceBackupXml(place, instance, at),
  );
}

function shownCluster(place: Place, cluster: Cluster, at: Instant): Shown {
  return shown(
    'cluster',
    place,
    cluster,
    restoreWindow(cluster, at) === null ? 'creating' : 'active',
    clusterBackupXml(place, cluster, at),
  );
}

function shownRetained(place: Place, backup: RetainedBackup): Shown {
  const xml = backup.kind === 'db' ? retainedInstanceXml(place, backup) : retainedClusterXml(place, backup);
  return shown(backup.kind, place, backup.source, 'retained', xml);
}

function shown(
  kind: SnapshotKind,
  place: Place,
  source: Cluster | Instance,
  status: string,
  xml: readonly Xml[],
): Shown {
  const arn = kind === 'db' ? instanceBackupArn(place, source.resourceId) : clusterBackupArn(place, source.resourceId);
  return { identifier: source.identifier, resourceId: source.resourceId, arn, status, xml };
}

function choose(
  call: Call,
  all: readonly Shown[],
  wanted: {
    readonly resourceId: string | null;
    readonly identifier: string | null;
    readonly arn: string | null;
    readonly missing: 'DBInstanceAutomatedBackupNotFound' | 'DBClusterAutomatedBackupNotFoundFault';
  },
): readonly Shown[] {
  const chosen = all.filter(
    (backup) =>
      (wanted.resourceId === null || backup.resourceId === wanted.resourceId) &&
      (wanted.identifier === null || backup.identifier === wanted.identifier) &&
      (wanted.arn === null || backup.arn === wanted.arn),
  );
  const named = wanted.resourceId ?? wanted.identifier ?? wanted.arn;
  refuseUnless(
    named === null || chosen.length > 0,
    wanted.missing,
    `No automated backup for ${named} found in ${call.scope.region}.`,
  );
  return chosen;
}

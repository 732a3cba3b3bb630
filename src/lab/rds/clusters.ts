/**
 * Clusters: describe, create, modify.
 *
 * A new cluster has storage and no instance; nothing listens until a member is created. Deleting is in
 * `deletion.ts`, restoring in `restore.ts`. Source: Amazon RDS API 2014-10-31, `DescribeDBClusters`,
 * `CreateDBCluster`, `ModifyDBCluster`; Aurora User Guide for engine behaviour.
 */

import { rdsArn } from '../../core/arn.ts';
import { findCluster, putCluster } from '../edit.ts';
import type { Effect } from '../effects.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { keyArn, requireUsableKey } from '../keys.ts';
import { withRetention } from '../pending.ts';
import type { Cluster, Place } from '../world.ts';
import {
  type Action,
  type Call,
  ends,
  filtered,
  given,
  identifierIn,
  newIdentifier,
  newResourceId,
  newVolumeId,
  pageOf,
  shows,
} from './call.ts';
import { clusterXml } from './cluster-xml.ts';
import * as preset from './defaults.ts';

/** The cluster a call names. @throws AwsFault `DBClusterNotFoundFault`. */
export function namedCluster(call: Call, place: Place, parameter = 'DBClusterIdentifier'): Cluster {
  const identifier = identifierIn(given(call, parameter), 'cluster', call.scope);
  const cluster = findCluster(place, identifier);
  if (cluster === undefined) throw new AwsFault('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`);
  return cluster;
}

/** `DescribeDBClusters`. */
export const describeDBClusters: Action = (call, place) => {
  const chosen = call.parameters.text('DBClusterIdentifier') === null ? place.clusters : [namedCluster(call, place)];
  const clusters = filtered(call, chosen, {
    'clone-group-id': () => [],
    'db-cluster-id': (cluster) => [cluster.identifier, rdsArn(call.scope, 'cluster', cluster.identifier)],
    'db-cluster-resource-id': (cluster) => [cluster.resourceId],
    domain: () => [],
    engine: (cluster) => [cluster.engine],
  });
  const content = (cluster: Cluster) => clusterXml(place, cluster, call.at);
  const page = pageOf(call, clusters, (cluster) => cluster.identifier, {
    list: 'DBClusters',
    member: 'DBCluster',
    content,
  });
  return shows(place, page);
};

/** `CreateDBCluster`. */
export const createDBCluster: Action = (call, place) => {
  const { parameters } = call;
  const engine = given(call, 'Engine');
  const version = preset.fullVersion(parameters.text('EngineVersion'), preset.clusterEngineVersion(engine));
  const masterUsername = requiredText(call, 'MasterUsername');
  const password = requiredText(call, 'MasterUserPassword');
  preset.requirePassword(password);
  const encrypted = parameters.flag('StorageEncrypted') ?? parameters.text('KmsKeyId') !== null;
  const key = encrypted ? requireUsableKey(place, parameters.text('KmsKeyId') ?? 'alias/aws/rds') : null;
  const begun = beginCluster(call, place, {
    engine,
    version,
    masterUsername,
    databaseName: parameters.text('DatabaseName') || null,
    kmsKeyArn: key === null ? null : keyArn(call.scope, key),
    retentionDays: parameters.whole('BackupRetentionPeriod') ?? 1,
    seconds: call.pace.creatingCluster,
  });
  const { cluster } = begun;
  const databaseName = cluster.databaseName ?? 'postgres';
  const effect: Effect = {
    kind: 'create_volume',
    volumeId: cluster.volumeId,
    seed: { masterUsername, password, databaseName, sql: [] },
  };
  return { place: begun.place, body: [['DBCluster', clusterXml(begun.place, cluster, call.at)]], effects: [effect] };
};

/** What creating and restoring a cluster have in common. */
export interface ClusterOrder {
  readonly engine: string;
  readonly version: string;
  readonly masterUsername: string;
  readonly databaseName: string | null;
  readonly kmsKeyArn: string | null;
  readonly retentionDays: number;
  readonly seconds: number;
}

/** The place with a cluster in `creating`, its name and groups checked. */
export function beginCluster(
  call: Call,
  place: Place,
  order: ClusterOrder,
): { readonly place: Place; readonly cluster: Cluster } {
  const { parameters } = call;
  const identifier = newIdentifier(given(call, 'DBClusterIdentifier'), 'DBClusterIdentifier', 63);
  refuseUnless(
    findCluster(place, identifier) === undefined,
    'DBClusterAlreadyExistsFault',
    'DB Cluster already exists',
  );
  refuseUnless(place.clusters.length < 40, 'DBClusterQuotaExceededFault', 'DB Cluster quota of 40 exceeded');
  preset.requireRetention(order.retentionDays, 1);
  const settings = { ...preset.CLUSTER_SETTINGS, ...parameters.stored() };
  preset.requireWindows(settings);
  const resource = newResourceId(place, 'cluster');
  const volume = newVolumeId(resource.place);
  const cluster: Cluster = {
    identifier,
    resourceId: resource.id,
    engine: order.engine,
    engineVersion: order.version,
    status: 'creating',
    statusEndsAt: ends(call, order.seconds),
    createdAt: call.at,
    volumeId: volume.id,
    masterUsername: order.masterUsername,
    databaseName: order.databaseName,
    port: parameters.whole('Port') ?? 5432,
    kmsKeyArn: order.kmsKeyArn,
    retentionDays: order.retentionDays,
    windowStartsAt: null,
    systemSnapshotDueAt: null,
    deletionProtection: parameters.flag('DeletionProtection') ?? false,
    subnetGroup: subnetGroupFor(call, place),
    securityGroupIds: parameters.texts('VpcSecurityGroupIds') ?? [],
    parameterGroup:
      parameters.text('DBClusterParameterGroupName') ?? preset.defaultParameterGroup(order.engine, order.version),
    settings,
    tags: parameters.tags() ?? [],
    pending: null,
  };
  return { place: putCluster(volume.place, cluster), cluster };
}

/** `ModifyDBCluster`: protection, windows and retention at once; the rest passes through `modifying`. */
export const modifyDBCluster: Action = (call, place) => {
  const { parameters } = call;
  const cluster = namedCluster(call, place);
  refuseUnless(
    cluster.status === 'available',
    'InvalidDBClusterStateFault',
    `DB Cluster ${cluster.identifier} is not in available state.`,
  );
  const retentionDays = parameters.whole('BackupRetentionPeriod') ?? cluster.retentionDays;
  preset.requireRetention(retentionDays, 1);
  const stored = parameters.stored();
  preset.requireWindows(stored);
  const password = parameters.text('MasterUserPassword');
  if (password !== null) preset.requirePassword(password);
  const version = parameters.text('EngineVersion');
  preset.requireUpgradeLeave(cluster.engineVersion, version, parameters.flag('AllowMajorVersionUpgrade'));
  const slow =
    version !== null || parameters.text('DBClusterParameterGroupName') !== null || Object.keys(stored).length > 0;
  const changed: Cluster = {
    ...withRetention(cluster, retentionDays, call.at),
    engineVersion: preset.fullVersion(version, cluster.engineVersion),
    parameterGroup: parameters.text('DBClusterParameterGroupName') ?? cluster.parameterGroup,
    deletionProtection: parameters.flag('DeletionProtection') ?? cluster.deletionProtection,
    securityGroupIds: parameters.texts('VpcSecurityGroupIds') ?? cluster.securityGroupIds,
    settings: { ...cluster.settings, ...stored },
    ...step(call, password !== null, slow),
  };
  const effects: Effect[] = password === null ? [] : [{ kind: 'set_password', volumeId: cluster.volumeId, password }];
  const shown = password === null ? changed : { ...changed, status: cluster.status, pending: maskedPassword(call) };
  return { place: putCluster(place, changed), body: [['DBCluster', clusterXml(place, shown, call.at)]], effects };
};

/** The status a modification passes through, if any. */
export function step(
  call: Call,
  password: boolean,
  slow: boolean,
): { readonly status?: string; readonly statusEndsAt?: Cluster['statusEndsAt'] } {
  if (password)
    return { status: 'resetting-master-credentials', statusEndsAt: ends(call, call.pace.resettingCredentials) };
  return slow ? { status: 'modifying', statusEndsAt: ends(call, call.pace.modifying) } : {};
}

/** A password change as the answer shows it: masked. */
export function maskedPassword(call: Call): NonNullable<Cluster['pending']> {
  return { values: { MasterUserPassword: '****' }, appliesAt: call.at };
}

/** The subnet group a call names, or `default`. @throws AwsFault `DBSubnetGroupNotFoundFault`. */
export function subnetGroupFor(call: Call, place: Place): string {
  const name = call.parameters.text('DBSubnetGroupName') ?? 'default';
  const known = place.subnetGroups.some((group) => group.name === name.toLowerCase());
  refuseUnless(known, 'DBSubnetGroupNotFoundFault', `DB subnet group '${name}' does not exist.`);
  return name.toLowerCase();
}

/** A parameter AWS requires in this combination. */
export function requiredText(call: Call, name: string): string {
  const value = call.parameters.text(name);
  if (value === null || value === '') {
    throw new AwsFault('InvalidParameterValue', `The parameter ${name} must be provided and must not be blank.`);
  }
  return value;
}

/**
 * Instances: describe, create (standalone or as a cluster's member), modify.
 *
 * A member takes engine, storage, user and backups from its cluster, and opens the cluster's volume.
 * Deleting is in `deletion.ts`, restoring in `restore.ts`. Source: Amazon RDS API 2014-10-31,
 * `DescribeDBInstances`, `CreateDBInstance`, `ModifyDBInstance`.
 */

import { rdsArn } from '../../core/arn.ts';
import { clusterOf, findCluster, findInstance, putInstance } from '../edit.ts';
import type { Effect } from '../effects.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { keyArn, requireUsableKey } from '../keys.ts';
import { applySettings, DEFERRED } from '../pending.ts';
import { isStopped } from '../power.ts';
import { nextWeekly } from '../windows.ts';
import type { Cluster, Instance, Place, Settings } from '../world.ts';
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
  type Reply,
  shows,
} from './call.ts';
import { maskedPassword, requiredText, step, subnetGroupFor } from './clusters.ts';
import * as preset from './defaults.ts';
import { instanceXml } from './instance-xml.ts';

/** The instance a call names. @throws AwsFault `DBInstanceNotFound`. */
export function namedInstance(call: Call, place: Place): Instance {
  const identifier = identifierIn(given(call, 'DBInstanceIdentifier'), 'db', call.scope);
  const instance = findInstance(place, identifier);
  if (instance === undefined) throw new AwsFault('DBInstanceNotFound', `DBInstance ${identifier} not found.`);
  return instance;
}

/** `DescribeDBInstances`. */
export const describeDBInstances: Action = (call, place) => {
  const chosen = call.parameters.text('DBInstanceIdentifier') === null ? place.instances : [namedInstance(call, place)];
  const instances = filtered(call, chosen, {
    'db-cluster-id': (instance) => {
      const cluster = clusterOf(place, instance);
      return cluster === undefined ? [] : [cluster.identifier, rdsArn(call.scope, 'cluster', cluster.identifier)];
    },
    'db-instance-id': (instance) => [instance.identifier, rdsArn(call.scope, 'db', instance.identifier)],
    'dbi-resource-id': (instance) => [instance.resourceId],
    domain: () => [],
    engine: (instance) => [instance.engine],
  });
  const content = (instance: Instance) => instanceXml(place, instance, call.at);
  const page = pageOf(call, instances, (item) => item.identifier, {
    list: 'DBInstances',
    member: 'DBInstance',
    content,
  });
  return shows(place, page);
};

/** `CreateDBInstance`. */
export const createDBInstance: Action = (call, place) =>
  call.parameters.text('DBClusterIdentifier') === null ? createStandalone(call, place) : createMember(call, place);

function createStandalone(call: Call, place: Place): Reply {
  const { parameters } = call;
  const engine = given(call, 'Engine');
  const version = preset.fullVersion(parameters.text('EngineVersion'), preset.instanceEngineVersion(engine));
  const masterUsername = requiredText(call, 'MasterUsername');
  const password = requiredText(call, 'MasterUserPassword');
  preset.requirePassword(password);
  requiredText(call, 'AllocatedStorage');
  const encrypted = parameters.flag('StorageEncrypted') ?? parameters.text('KmsKeyId') !== null;
  const key = encrypted ? requireUsableKey(place, parameters.text('KmsKeyId') ?? 'alias/aws/rds') : null;
  const volume = newVolumeId(place);
  const begun = beginInstance(call, volume.place, {
    engine,
    version,
    masterUsername,
    // The AWS provider of Terraform sends an empty name for none.
    databaseName: parameters.text('DBName') || null,
    kmsKeyArn: key === null ? null : keyArn(call.scope, key),
    retentionDays: parameters.whole('BackupRetentionPeriod') ?? 1,
    instanceClass: given(call, 'DBInstanceClass'),
    settings: { ...preset.INSTANCE_SETTINGS, ...parameters.stored() },
    volumeId: volume.id,
    cluster: null,
    seconds: call.pace.creatingInstance,
  });
  const databaseName = begun.instance.databaseName ?? 'postgres';
  const effects: Effect[] = [
    { kind: 'create_volume', volumeId: volume.id, seed: { masterUsername, password, databaseName, sql: [] } },
    ...begun.effects,
  ];
  return { ...begun.reply, effects };
}

function createMember(call: Call, place: Place): Reply {
  const { parameters } = call;
  const identifier = identifierIn(given(call, 'DBClusterIdentifier'), 'cluster', call.scope);
  const cluster = findCluster(place, identifier);
  if (cluster === undefined) throw new AwsFault('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`);
  refuseUnless(
    cluster.status !== 'deleting' && !isStopped(cluster),
    'InvalidDBClusterStateFault',
    `DB Cluster ${identifier} is ${cluster.status}.`,
  );
  const engine = given(call, 'Engine');
  refuseUnless(
    engine === cluster.engine,
    'InvalidParameterCombination',
    `The engine ${engine} is not the engine of the DB cluster.`,
  );
  requireClusterTerms(call, cluster);
  const instanceClass = given(call, 'DBInstanceClass');
  refuseUnless(
    instanceClass !== 'db.serverless' || cluster.settings['ServerlessV2ScalingConfiguration'] !== undefined,
    'InvalidDBClusterStateFault',
    'Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.',
  );
  const begun = beginInstance(call, place, {
    engine,
    version: cluster.engineVersion,
    masterUsername: cluster.masterUsername,
    databaseName: cluster.databaseName,
    kmsKeyArn: cluster.kmsKeyArn,
    retentionDays: cluster.retentionDays,
    instanceClass,
    settings: { ...preset.MEMBER_SETTINGS, ...parameters.stored() },
    volumeId: cluster.volumeId,
    cluster,
    seconds: call.pace.creatingInstance,
  });
  return begun.reply;
}

/** What a member may say about itself: anything its cluster decides must be left out, or agree. */
function requireClusterTerms(call: Call, cluster: Cluster): void {
  const { parameters } = call;
  const refused = CLUSTER_DECIDES.find((name) => parameters.names.includes(name));
  refuseUnless(
    refused === undefined,
    'InvalidParameterCombination',
    `The requested DB Instance will be a member of a DB Cluster. Set ${refused} for the DB Cluster.`,
  );
  const agreeing = [
    ['DBSubnetGroupName', cluster.subnetGroup],
    ['EngineVersion', cluster.engineVersion],
    ['StorageEncrypted', String(cluster.kmsKeyArn !== null)],
  ] as const;
  for (const [name, value] of agreeing) {
    const asked = parameters.text(name);
    refuseUnless(
      asked === null || asked.toLowerCase() === value,
      'InvalidParameterCombination',
      `The requested ${name} ${asked} is not that of the DB Cluster, ${value}.`,
    );
  }
}

const CLUSTER_DECIDES: readonly string[] = [
  'AllocatedStorage',
  'BackupRetentionPeriod',
  'DBName',
  'DeletionProtection',
  'KmsKeyId',
  'MasterUserPassword',
  'MasterUsername',
  'Port',
  'VpcSecurityGroupIds',
];

/** Gigabytes that the standalone instances of a region hold at most. */
export const STORAGE_GIGABYTES_MAX = 100_000;

/** Gigabytes that the standalone instances of a place hold; a member's storage is its cluster's. */
export function storageHeld(place: Place): number {
  return place.instances
    .filter((instance) => instance.clusterResourceId === null)
    .reduce((sum, { settings }) => sum + Number(settings['AllocatedStorage'] ?? '20'), 0);
}

function requireStorageQuota(place: Place, asked: number): void {
  refuseUnless(
    storageHeld(place) + asked <= STORAGE_GIGABYTES_MAX,
    'StorageQuotaExceeded',
    `The requested ${asked} GiB would exceed the storage quota of ${STORAGE_GIGABYTES_MAX} GiB.`,
  );
}

/** What creating and restoring an instance have in common. */
export interface InstanceOrder {
  /** The parameter that names the new instance; `DBInstanceIdentifier` unless said. */
  readonly identifierParameter?: string;
  readonly engine: string;
  readonly version: string;
  readonly masterUsername: string;
  readonly databaseName: string | null;
  readonly kmsKeyArn: string | null;
  readonly retentionDays: number;
  readonly instanceClass: string;
  readonly settings: Settings;
  readonly volumeId: string;
  readonly cluster: Cluster | null;
  readonly seconds: number;
}

/** The place with an instance in `creating`, and the opening of its volume. */
export function beginInstance(
  call: Call,
  place: Place,
  order: InstanceOrder,
): { readonly instance: Instance; readonly effects: readonly Effect[]; readonly reply: Reply } {
  const { parameters } = call;
  const named = order.identifierParameter ?? 'DBInstanceIdentifier';
  const identifier = newIdentifier(given(call, named), named, 63);
  refuseUnless(findInstance(place, identifier) === undefined, 'DBInstanceAlreadyExists', 'DB instance already exists');
  refuseUnless(place.instances.length < 40, 'InstanceQuotaExceeded', 'DB Instance quota of 40 exceeded');
  refuseUnless(
    order.instanceClass.startsWith('db.'),
    'InvalidParameterValue',
    `Invalid DB Instance class: ${order.instanceClass}`,
  );
  if (order.cluster === null) requireStorageQuota(place, Number(order.settings['AllocatedStorage'] ?? '20'));
  preset.requireRetention(order.retentionDays, order.cluster === null ? 0 : 1);
  preset.requireWindows(order.settings);
  const resource = newResourceId(place, 'db');
  const instance: Instance = {
    identifier,
    resourceId: resource.id,
    clusterResourceId: order.cluster?.resourceId ?? null,
    engine: order.engine,
    engineVersion: order.version,
    status: 'creating',
    statusEndsAt: ends(call, order.seconds),
    createdAt: call.at,
    volumeId: order.volumeId,
    masterUsername: order.masterUsername,
    databaseName: order.databaseName,
    port: parameters.whole('Port') ?? 5432,
    kmsKeyArn: order.kmsKeyArn,
    retentionDays: order.retentionDays,
    windowStartsAt: null,
    systemSnapshotDueAt: null,
    deletionProtection: parameters.flag('DeletionProtection') ?? false,
    subnetGroup: order.cluster?.subnetGroup ?? subnetGroupFor(call, place),
    securityGroupIds: order.cluster?.securityGroupIds ?? parameters.texts('VpcSecurityGroupIds') ?? [],
    parameterGroup:
      parameters.text('DBParameterGroupName') ?? preset.defaultParameterGroup(order.engine, order.version),
    optionGroup: parameters.text('OptionGroupName') ?? preset.defaultOptionGroup(order.engine, order.version),
    availabilityZone: parameters.text('AvailabilityZone') ?? `${call.scope.region}a`,
    instanceClass: order.instanceClass,
    settings: order.settings,
    tags: parameters.tags() ?? [],
    pending: null,
    listeningPort: null,
  };
  const effects: Effect[] = [{ kind: 'open_volume', volumeId: order.volumeId, openingId: resource.id, waits: false }];
  const after = putInstance(resource.place, instance);
  return {
    instance,
    effects,
    reply: { place: after, body: [['DBInstance', instanceXml(after, instance, call.at)]], effects },
  };
}

/** `ModifyDBInstance`. */
export const modifyDBInstance: Action = (call, place) => {
  const { parameters } = call;
  const instance = namedInstance(call, place);
  refuseUnless(
    instance.status === 'available',
    'InvalidDBInstanceState',
    `Database instance is not in available state.`,
  );
  if (instance.clusterResourceId !== null) refuseMemberChanges(call, place, instance);
  const password = parameters.text('MasterUserPassword');
  if (password !== null) preset.requirePassword(password);
  const version = parameters.text('EngineVersion');
  preset.requireUpgradeLeave(instance.engineVersion, version, parameters.flag('AllowMajorVersionUpgrade'));
  const { now, later } = sortChanges(call, instance);
  preset.requireWindows(now);
  const slow = Object.keys(now).length > 0 || parameters.text('DBParameterGroupName') !== null;
  const applied = applySettings(instance, now, call.at);
  const changed: Instance = {
    ...applied,
    parameterGroup: parameters.text('DBParameterGroupName') ?? instance.parameterGroup,
    optionGroup: parameters.text('OptionGroupName') ?? instance.optionGroup,
    deletionProtection: parameters.flag('DeletionProtection') ?? instance.deletionProtection,
    securityGroupIds: parameters.texts('VpcSecurityGroupIds') ?? instance.securityGroupIds,
    pending: pendingWith(call, instance, now, later),
    ...step(call, password !== null, slow),
  };
  // Retention 0 leaves no system snapshots: `settle()` drops them before anything is asked again.
  const after = putInstance(place, changed);
  const effects: Effect[] = password === null ? [] : [{ kind: 'set_password', volumeId: instance.volumeId, password }];
  const shown: Instance = {
    ...changed,
    status: instance.status,
    ...(password === null ? {} : { pending: maskedPassword(call) }),
  };
  return { place: after, body: [['DBInstance', instanceXml(after, shown, call.at)]], effects };
};

/** Retention and password of a member are the cluster's to change. */
function refuseMemberChanges(call: Call, place: Place, instance: Instance): void {
  const cluster = clusterOf(place, instance);
  const retention = call.parameters.whole('BackupRetentionPeriod');
  refuseUnless(
    retention === null || retention === cluster?.retentionDays,
    'InvalidParameterCombination',
    'The specified DB Instance is a member of a cluster. Modify the backup retention period for the DB Cluster using the ModifyDbCluster API',
  );
  for (const name of ['MasterUserPassword', 'DeletionProtection', 'EngineVersion']) {
    refuseUnless(
      !call.parameters.names.includes(name),
      'InvalidParameterCombination',
      `The specified DB Instance is a member of a cluster. Modify ${name} for the DB Cluster using the ModifyDbCluster API`,
    );
  }
}

/** Splits what was asked into what applies now and what waits for the maintenance window. */
function sortChanges(call: Call, instance: Instance): { readonly now: Settings; readonly later: Settings } {
  const { parameters } = call;
  const asked: Record<string, string> = { ...parameters.stored() };
  for (const name of ['DBInstanceClass', 'EngineVersion']) {
    const value = parameters.text(name);
    if (value !== null) asked[name] = value;
  }
  const retention = parameters.whole('BackupRetentionPeriod');
  if (retention !== null && instance.clusterResourceId === null) {
    preset.requireRetention(retention, 0);
    asked['BackupRetentionPeriod'] = String(retention);
  }
  const immediate = parameters.flag('ApplyImmediately') ?? false;
  const switches = retention !== null && (retention === 0) !== (instance.retentionDays === 0);
  const waits = (name: string) =>
    !immediate && (DEFERRED.includes(name) || (name === 'BackupRetentionPeriod' && switches));
  const real = Object.entries(asked).filter(([name, value]) => value !== shownValue(instance, name));
  return {
    now: Object.fromEntries(real.filter(([name]) => !waits(name))),
    later: Object.fromEntries(real.filter(([name]) => waits(name))),
  };
}

function shownValue(instance: Instance, name: string): string | undefined {
  if (name === 'DBInstanceClass') return instance.instanceClass;
  if (name === 'EngineVersion') return instance.engineVersion;
  if (name === 'BackupRetentionPeriod') return String(instance.retentionDays);
  return instance.settings[name];
}

function pendingWith(call: Call, instance: Instance, now: Settings, later: Settings): Instance['pending'] {
  const before = Object.entries(instance.pending?.values ?? {}).filter(([name]) => !(name in now));
  const values = { ...Object.fromEntries(before), ...later };
  const window = instance.settings['PreferredMaintenanceWindow'] ?? 'sun:05:00-sun:05:30';
  return Object.keys(values).length === 0 ? null : { values, appliesAt: nextWeekly(window, call.at) };
}

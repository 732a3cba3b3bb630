/**
 * What exists, as a cleaner selects it: one thing for each database, member, snapshot, recovery point, vault and key, and
 * what restores need besides.
 *
 * A fact that the inventory does not hold is missing here, and tests of it are unknown. What belongs to another account, or
 * cannot be deleted one by one (system snapshots), is left out. Types of the inventory only.
 */

import { parseArn, type Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import type { ClusterMember, Database, Inventory, Key, RecoveryPoint, Vault } from '../../inventory/model.ts';
import type { Fact, ThingKind } from './rule.ts';

/** A value that can be asked for. */
export type FactValue = string | number | boolean;

/** One thing. */
export interface Thing {
  readonly kind: ThingKind;
  readonly name: string;
  readonly arn: string | null;
  readonly resourceId: string | null;
  readonly scope: Scope;
  readonly createdAt: Instant | null;
  /** Null when they were not observed. */
  readonly tags: Readonly<Record<string, string>> | null;
  readonly facts: Partial<Readonly<Record<Fact, FactValue>>>;
  /** The database that it is, or that a member serves. */
  readonly database: Database | null;
  /** It is a member of a cluster, which holds the data. */
  readonly isMember: boolean;
}

const SNAPSHOTS = ['manual_snapshot', 'snapshot_copy', 'account_copy'];
const VAULT_POINTS = ['backup_snapshot', 'backup_continuous', 'backup_copy', 'air_gapped_copy'];

/** Everything in an inventory that a cleaner could select. */
export function thingsOf(inventory: Inventory): readonly Thing[] {
  return [
    ...inventory.databases.flatMap((database) => [
      databaseThing(database),
      ...database.members.map((member) => memberThing(member, database)),
      ...surroundings(database),
    ]),
    ...inventory.recoveryPoints.flatMap(pointThing),
    ...inventory.vaults.map(vaultThing),
    ...inventory.keys.flatMap(keyThing),
  ];
}

function databaseThing(database: Database): Thing {
  const { identifier, engine, engineVersion, status, multiAz, retentionDays, deletionProtection, encrypted } = database;
  return {
    kind: database.kind === 'rds_instance' ? 'db_instance' : 'db_cluster',
    name: identifier,
    arn: database.arn,
    resourceId: database.resourceId,
    scope: { accountId: database.accountId, region: database.region },
    createdAt: database.createdAt,
    tags: database.tags,
    facts: {
      ...{ identifier, arn: database.arn, engine, engine_version: engineVersion, status, multi_az: multiAz },
      ...{ retention_days: retentionDays, deletion_protection: deletionProtection, encrypted },
      ...(database.createdAt !== null && { created_at: database.createdAt }),
      ...(database.instanceClass !== null && { instance_class: database.instanceClass }),
      ...(database.publiclyAccessible !== null && { public: database.publiclyAccessible }),
      ...(database.storageGib !== null && { storage_gib: database.storageGib }),
    },
    database,
    isMember: false,
  };
}

function memberThing({ identifier, arn, resourceId, status, instanceClass }: ClusterMember, database: Database): Thing {
  return {
    ...databaseThing(database),
    kind: 'db_instance',
    name: identifier,
    arn,
    resourceId,
    createdAt: null,
    tags: null,
    facts: {
      identifier,
      arn,
      status,
      cluster: database.identifier,
      ...(instanceClass && { instance_class: instanceClass }),
    },
    isMember: true,
  };
}

function pointThing(point: RecoveryPoint): Thing[] {
  const isSnapshot = SNAPSHOTS.includes(point.kind);
  if (!isSnapshot && !VAULT_POINTS.includes(point.kind)) return [];
  const vault = point.vaultArn === null ? null : parseArn(point.vaultArn);
  return [
    {
      kind: isSnapshot ? (point.ofCluster ? 'db_cluster_snapshot' : 'db_snapshot') : 'recovery_point',
      name: point.id,
      arn: point.arn,
      resourceId: null,
      scope: { accountId: point.accountId, region: point.region },
      createdAt: point.createdAt,
      tags: isSnapshot ? point.tags : null,
      facts: {
        ...{
          identifier: isSnapshot ? point.id : point.arn,
          arn: point.arn,
          engine: point.engine,
          status: point.status,
        },
        ...(isSnapshot && { snapshot_type: 'manual', encrypted: point.encrypted }),
        ...(point.createdAt !== null && { created_at: point.createdAt }),
        ...(vault !== null && { vault: vault.resource }),
      },
      database: null,
      isMember: false,
    },
  ];
}

function vaultThing({ name, arn, accountId, region }: Vault): Thing {
  const vault = plain('backup_vault', name, { accountId, region });
  // Older versions of a tool call a vault by its ARN, newer ones by its name.
  return { ...vault, arn, facts: { vault: name, arn } };
}

function keyThing({ arn, accountId, region, manager }: Key): Thing[] {
  const id = parseArn(arn)?.resource ?? arn;
  return manager === 'aws' ? [] : [{ ...plain('key', id, { accountId, region }), arn, facts: { identifier: id, arn } }];
}

function surroundings(database: Database): Thing[] {
  const { subnetGroup, parameterGroup, optionGroups, securityGroupIds, globalClusterArn } = database;
  const of = (kind: ThingKind, names: readonly (string | null)[]) =>
    names.flatMap((name) => (name === null ? [] : [{ ...plain(kind, name, database), facts: { identifier: name } }]));
  return [
    ...of('subnet_group', [subnetGroup]),
    ...of('parameter_group', [parameterGroup]),
    ...of('option_group', optionGroups),
    ...of('security_group', securityGroupIds),
    ...of('global_cluster', [globalClusterArn && (parseArn(globalClusterArn)?.resource ?? globalClusterArn)]).map(
      (thing) => ({ ...thing, arn: globalClusterArn, database }),
    ),
  ];
}

function plain(kind: ThingKind, name: string, { accountId, region }: Scope): Thing {
  return {
    kind,
    name,
    arn: null,
    resourceId: null,
    scope: { accountId, region },
    createdAt: null,
    tags: null,
    facts: {},
    database: null,
    isMember: false,
  };
}

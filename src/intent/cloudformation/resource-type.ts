/**
 * CloudFormation's resource types: what each stands for, in the words that the other readers share.
 *
 * One row a type: which property names it, which of its properties protect. A type without a row goes by the name that
 * the Cloud Control provider gives it, so that the types nobody modelled are told apart in one place.
 * Source: AWS CloudFormation Template Reference, the type of each name; the physical id is what `Ref` returns.
 */

import type { Scope } from '../../core/arn.ts';
import { isUnresolved, type Place, UNRESOLVED } from '../document-text.ts';
import type { Managed } from '../managed-resource.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';

/** A resource of a stack, as one version of it is defined. */
export interface StackResource {
  readonly address: string;
  /** Such as `AWS::RDS::DBInstance`. */
  readonly type: string;
  /** What AWS calls it; null while it does not exist, or when nobody says. */
  readonly physicalId: string | null;
  readonly properties: JsonObject;
  readonly scope: Scope | null;
  readonly place: Place;
}

interface Row {
  readonly type: string;
  /** The attribute that the physical id is. */
  readonly id: string;
  /** Attribute to the property that holds it. */
  readonly properties: Readonly<Record<string, string>>;
  /** Setting to the property that holds it; an empty property is all of them. */
  readonly settings?: Readonly<Record<string, string>>;
}

const PROTECTED = {
  deletion_protection: 'DeletionProtection',
  backup_retention_period: 'BackupRetentionPeriod',
  delete_automated_backups: 'DeleteAutomatedBackups',
};

const ROWS: ReadonlyMap<string, Row> = new Map<string, Row>([
  row(
    'RDS::DBInstance',
    'aws_db_instance',
    'identifier',
    { identifier: 'DBInstanceIdentifier', ...PROTECTED },
    {
      backup_replication: 'AutomaticBackupReplicationRegion',
      replicated_retention: 'AutomaticBackupReplicationRetentionPeriod',
    },
  ),
  row(
    'RDS::DBCluster',
    'aws_rds_cluster',
    'cluster_identifier',
    { cluster_identifier: 'DBClusterIdentifier', ...PROTECTED },
    { global_cluster_identifier: 'GlobalClusterIdentifier' },
  ),
  row('RDS::GlobalCluster', 'aws_rds_global_cluster', 'global_cluster_identifier', {
    global_cluster_identifier: 'GlobalClusterIdentifier',
    deletion_protection: 'DeletionProtection',
  }),
  row('RDS::DBSubnetGroup', 'aws_db_subnet_group', 'name', { name: 'DBSubnetGroupName' }),
  row('RDS::DBParameterGroup', 'aws_db_parameter_group', 'name', { name: 'DBParameterGroupName' }),
  row('RDS::DBClusterParameterGroup', 'aws_rds_cluster_parameter_group', 'name', {
    name: 'DBClusterParameterGroupName',
  }),
  row('RDS::OptionGroup', 'aws_db_option_group', 'name', { name: 'OptionGroupName' }),
  row('RDS::EventSubscription', 'aws_db_event_subscription', 'name', {}),
  row('RDS::DBProxy', 'aws_db_proxy', 'name', {}),
  row('RDS::DBProxyEndpoint', 'aws_db_proxy_endpoint', 'name', {}),
  row('RDS::DBProxyTargetGroup', 'aws_db_proxy_default_target_group', 'name', {}),
  row(
    'Backup::BackupVault',
    'aws_backup_vault',
    'name',
    { name: 'BackupVaultName' },
    { lock: 'LockConfiguration', policy: 'AccessPolicy' },
  ),
  row(
    'Backup::LogicallyAirGappedBackupVault',
    'aws_backup_logically_air_gapped_vault',
    'name',
    { name: 'BackupVaultName' },
    { policy: 'AccessPolicy' },
  ),
  row('Backup::BackupPlan', 'aws_backup_plan', 'name', {}, { rule: '' }),
  row('Backup::BackupSelection', 'aws_backup_selection', 'name', {}, { rule: '' }),
  row('Backup::Framework', 'aws_backup_framework', 'name', {}),
  row('Backup::ReportPlan', 'aws_backup_report_plan', 'name', {}),
  row(
    'KMS::Key',
    'aws_kms_key',
    'key_id',
    { deletion_window_in_days: 'PendingWindowInDays', is_enabled: 'Enabled' },
    { policy: 'KeyPolicy' },
  ),
  row(
    'KMS::ReplicaKey',
    'aws_kms_replica_key',
    'key_id',
    { deletion_window_in_days: 'PendingWindowInDays', enabled: 'Enabled' },
    { policy: 'KeyPolicy' },
  ),
  row('KMS::Alias', 'aws_kms_alias', 'name', {}),
  row('SecretsManager::Secret', 'aws_secretsmanager_secret', 'name', { name: 'Name' }),
  row('EC2::SecurityGroup', 'aws_security_group', 'id', {}),
]);

/** Types that run whatever somebody wrote, in AWS or elsewhere; so does every type that is none of AWS's own. */
const RUNS_ANYTHING =
  /^(?!AWS::|Alexa::)|^AWS::CloudFormation::(?:CustomResource|Macro|StackSet)$|^AWS::ServiceCatalog::CloudFormationProvisionedProduct$|::MODULE$/;

/** True for a type of a service that holds no database, backup or key. */
export function isElsewhere(type: string): boolean {
  return !/^AWS::(?:RDS|Backup|KMS|DocDB|DocDBElastic|Neptune|NeptuneGraph|DSQL|CloudFormation|DLM)::/.test(type);
}

/** Types whose deletion can leave a snapshot of a database. Source: CloudFormation User Guide, "DeletionPolicy". */
const SNAPSHOT_TYPES = ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'];

/** True for a type that runs whatever somebody wrote. */
export function runsAnything(type: string): boolean {
  return RUNS_ANYTHING.test(type);
}

/** True for a database of its own, which CloudFormation can snapshot; a member of a cluster is none. */
export function canBeSnapshotted({ type, properties }: Pick<StackResource, 'type' | 'properties'>): boolean {
  return SNAPSHOT_TYPES.includes(type) && !isMember({ type, properties });
}

/** The properties of a type that protect, or name a thing; all of them when the type has none of its own. */
export function guardedProperties(type: string): readonly string[] | 'all' {
  const found = ROWS.get(type);
  if (found === undefined) return 'all';
  const settings = Object.values(found.settings ?? {});
  return settings.includes('') ? 'all' : [...Object.values(found.properties), ...settings];
}

/** What a resource stands for. */
export function managedOf(resource: StackResource): Managed {
  const { type, address, scope, place, properties, physicalId } = resource;
  const found = ROWS.get(type);
  if (found === undefined) {
    const settings = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [inSnakeCase(name), known(value)]),
    );
    return { type: cloudControlName(type), address, values: {}, settings, scope, place };
  }
  const values: Record<string, unknown> = {};
  for (const [attribute, property] of Object.entries(found.properties)) {
    values[attribute] = known(memberOf(properties, property));
  }
  if (physicalId !== null) values[found.id] = physicalId;
  // A reference names nothing; only what AWS calls the thing does.
  if (isUnresolved(values[found.id])) values[found.id] = null;
  if (physicalId?.startsWith('arn:')) Object.assign(values, { arn: physicalId, [found.id]: null });
  if (isMember(resource)) return { type: 'aws_rds_cluster_instance', address, values, settings: {}, scope, place };
  return { type: found.type, address, values, settings: settingsOf(found, properties), scope, place };
}

/** A value as far as the document has it: CloudFormation writes what it learns later as text in braces. */
function known(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('{{') ? UNRESOLVED : value;
}

/** True for an instance that serves a cluster. */
export function isMember({ type, properties }: Pick<StackResource, 'type' | 'properties'>): boolean {
  if (type !== 'AWS::RDS::DBInstance') return false;
  const cluster = memberOf(properties, 'DBClusterIdentifier');
  return cluster !== undefined && cluster !== null && cluster !== '';
}

function settingsOf({ settings = {} }: Row, properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(settings).map(([setting, property]) => [
      setting,
      property === '' ? withoutTags(properties) : (memberOf(properties, property) ?? null),
    ]),
  );
}

/** True for a property that holds tags, which protect nothing. */
export function isTags(name: string): boolean {
  return /^(?:BackupPlan|BackupVault)?Tags$/.test(name);
}

function withoutTags(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !isTags(name)));
}

/** `AWS::RDS::CustomDBEngineVersion` is `awscc_rds_custom_db_engine_version` there; the case does not matter here. */
function cloudControlName(type: string): string {
  const [vendor = '', service = '', kind = ''] = type.split('::');
  if (vendor !== 'AWS') return `awscc_${inSnakeCase(vendor)}_${inSnakeCase(service)}`;
  return `${service === 'CloudFormation' ? 'aws' : 'awscc'}_${service.toLowerCase()}_${inSnakeCase(kind)}`;
}

function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);
}

function row(
  type: string,
  provider: string,
  id: string,
  properties: Readonly<Record<string, string>>,
  settings?: Readonly<Record<string, string>>,
): [string, Row] {
  return [`AWS::${type}`, { type: provider, id, properties, ...(settings && { settings }) }];
}

/** The properties of a definition. */
export function propertiesOf(definition: JsonObject): JsonObject {
  const properties = memberOf(definition, 'Properties');
  return isJsonObject(properties) ? properties : {};
}

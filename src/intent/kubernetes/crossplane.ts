/**
 * Managed resources of Crossplane's Upbound AWS providers: what each stands for in AWS, and whether it takes that along.
 *
 * The providers run the Terraform provider, so kinds and fields are its types and attributes in another spelling, with its
 * defaults. Spec and what was last observed can differ while a change is on its way: what saves less counts.
 * Source: crossplane-contrib/provider-upjet-aws, CRDs; crossplane-runtime `pkg/reconciler/managed/policies.go`,
 * ShouldDelete; Crossplane documentation, "Managed Resources" (deletionPolicy, managementPolicies, external-name).
 */

import { parseArn, type Scope } from '../../core/arn.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { below, misfit, objectUnder } from '../document-text.ts';
import type { Managed } from '../managed-resource.ts';
import { type JsonObject, memberOf } from '../terraform/json-text.ts';
import { addressOf, annotationOf, deep, deepText, inProviderWords, inSnakeCase, type KubeObject } from './object.ts';

const GROUP = /^([a-z0-9-]+)\.aws\.(m\.)?upbound\.io$/;

/** Kinds by service, the provider's type for each, and the attribute that the external name is. */
const ROWS: ReadonlyMap<string, readonly [type: string, externalName: string]> = new Map([
  ['rds/Instance', ['aws_db_instance', 'identifier']],
  ['rds/Cluster', ['aws_rds_cluster', 'cluster_identifier']],
  ['rds/ClusterInstance', ['aws_rds_cluster_instance', 'identifier']],
  ['rds/Snapshot', ['aws_db_snapshot', 'db_snapshot_identifier']],
  ['rds/SnapshotCopy', ['aws_db_snapshot_copy', 'target_db_snapshot_identifier']],
  ['rds/DBSnapshotCopy', ['aws_db_snapshot_copy', 'target_db_snapshot_identifier']],
  ['rds/ClusterSnapshot', ['aws_db_cluster_snapshot', 'db_cluster_snapshot_identifier']],
  ['rds/ClusterSnapshotCopy', ['aws_rds_cluster_snapshot_copy', 'target_db_cluster_snapshot_identifier']],
  ['rds/InstanceAutomatedBackupsReplication', ['aws_db_instance_automated_backups_replication', '']],
  ['rds/DBInstanceAutomatedBackupsReplication', ['aws_db_instance_automated_backups_replication', '']],
  ['rds/GlobalCluster', ['aws_rds_global_cluster', 'global_cluster_identifier']],
  ['rds/SubnetGroup', ['aws_db_subnet_group', 'name']],
  ['rds/ParameterGroup', ['aws_db_parameter_group', 'name']],
  ['rds/ClusterParameterGroup', ['aws_rds_cluster_parameter_group', 'name']],
  ['rds/OptionGroup', ['aws_db_option_group', 'name']],
  ['rds/EventSubscription', ['aws_db_event_subscription', 'name']],
  ['rds/Proxy', ['aws_db_proxy', 'name']],
  ['rds/ProxyEndpoint', ['aws_db_proxy_endpoint', '']],
  ['rds/ProxyTarget', ['aws_db_proxy_target', '']],
  ['rds/ProxyDefaultTargetGroup', ['aws_db_proxy_default_target_group', '']],
  ['rds/ClusterEndpoint', ['aws_rds_cluster_endpoint', '']],
  ['rds/ClusterRoleAssociation', ['aws_rds_cluster_role_association', '']],
  ['rds/InstanceRoleAssociation', ['aws_db_instance_role_association', '']],
  ['backup/Vault', ['aws_backup_vault', 'name']],
  ['backup/VaultLockConfiguration', ['aws_backup_vault_lock_configuration', 'backup_vault_name']],
  ['backup/VaultPolicy', ['aws_backup_vault_policy', 'backup_vault_name']],
  ['backup/VaultNotifications', ['aws_backup_vault_notifications', '']],
  ['backup/LogicallyAirGappedVault', ['aws_backup_logically_air_gapped_vault', 'name']],
  ['backup/Plan', ['aws_backup_plan', 'name']],
  ['backup/Selection', ['aws_backup_selection', 'name']],
  ['backup/Framework', ['aws_backup_framework', '']],
  ['backup/ReportPlan', ['aws_backup_report_plan', '']],
  ['backup/RegionSettings', ['aws_backup_region_settings', '']],
  ['kms/Key', ['aws_kms_key', 'key_id']],
  ['kms/ExternalKey', ['aws_kms_external_key', 'id']],
  ['kms/ReplicaExternalKey', ['aws_kms_replica_external_key', 'key_id']],
  ['kms/Grant', ['aws_kms_grant', '']],
  ['kms/ReplicaKey', ['aws_kms_replica_key', 'key_id']],
  ['kms/KeyPolicy', ['aws_kms_key_policy', 'key_id']],
  ['kms/Alias', ['aws_kms_alias', '']],
  ['secretsmanager/Secret', ['aws_secretsmanager_secret', 'name']],
  ['ec2/SecurityGroup', ['aws_security_group', 'id']],
]);

/** AWS assigns these, so the object's own name is never one of them. */
const ASSIGNED = ['key_id', 'id'];

/** Where spec and observation differ, a deletion may use either: true saves less. */
const TRUE_SAVES_LESS = ['skip_final_snapshot', 'delete_automated_backups', 'force_destroy', 'apply_immediately'];

/** The AWS service that a group stands for, and whether its objects are those of Crossplane 2, in a namespace. */
export function crossplaneService(
  group: string,
): { readonly service: string; readonly hasDeletionPolicy: boolean } | null {
  const [, service, namespaced] = GROUP.exec(group) ?? [];
  return service === undefined ? null : { service, hasDeletionPolicy: namespaced === undefined };
}

/** What a managed resource stands for. */
export function crossplaneResource(object: KubeObject, service: string, home: Scope | null): Managed {
  const [type, externalName] = ROWS.get(`${service}/${object.kind}`) ?? [
    `aws_${service}_${inSnakeCase(object.kind)}`,
    '',
  ];
  const { settings, observed } = sidesOf(object);
  const values: Record<string, unknown> = { ...observed, ...settings };
  for (const name of TRUE_SAVES_LESS) {
    if ([settings, observed].some((side) => isTrue(memberOf(side, name)))) values[name] = true;
  }
  // A manifest is not the object in the cluster: what spares counts on a live one only.
  if (!object.live) Object.assign(values, { skip_final_snapshot: true, delete_automated_backups: true });
  // The provider leaves the name out of the call when it skips.
  if (isTrue(values['skip_final_snapshot'])) values['final_snapshot_identifier'] = null;
  if (externalName !== '') {
    values[externalName] =
      externalNameOf(object, externalName) ?? values[externalName] ?? fallbackName(object, externalName);
  }
  const scope = scopeOf(object, home);
  // An ARN of another place than the one that is asked for would place the object where nobody asks for it.
  if (scope === null && deepText(object.spec, 'forProvider', 'region') !== null) values['arn'] = null;
  return { type, address: addressOf(object), values, settings, scope, place: object.place };
}

/** The region is asked for in the object; the account is that of the ARN which the provider observed, or else of whoever asks. */
function scopeOf({ spec, status }: KubeObject, home: Scope | null): Scope | null {
  const region = deepText(spec, 'forProvider', 'region');
  const observed = parseArn(deepText(status, 'atProvider', 'arn') ?? '');
  if (region === null || (observed !== null && observed.region !== region)) return null;
  const accountId = observed?.accountId ?? home?.accountId ?? '';
  return /^\d{12}$/.test(accountId) ? { accountId, region } : null;
}

/**
 * True when deleting the object leaves the thing in AWS.
 *
 * Policies that are not the default win over a deletionPolicy. An empty list pauses the object, and whoever resumes it
 * completes the deletion, so it keeps nothing.
 */
export function crossplaneKeeps(object: KubeObject, hasDeletionPolicy: boolean): boolean {
  const policies = policiesOf(object);
  const isDefault = policies === null || (policies.length === 1 && policies[0] === '*');
  if (isDefault) return hasDeletionPolicy && deepText(object.spec, 'deletionPolicy') === 'Orphan';
  return policies.length > 0 && !policies.includes('Delete') && !policies.includes('*');
}

/** What ties it to one thing of one place: an edit of any of them makes it stand for another. */
export function crossplaneTies(object: KubeObject): readonly (string | null)[] {
  const { spec } = object;
  const config = deep(spec, 'providerConfigRef');
  return [
    annotationOf(object, 'crossplane.io/external-name'),
    deepText(spec, 'forProvider', 'region'),
    config === undefined || config === null ? null : canonicalJson(config),
  ];
}

function policiesOf({ spec, place }: KubeObject): readonly string[] | null {
  const policies = memberOf(spec, 'managementPolicies');
  if (policies === undefined || policies === null) return null;
  if (Array.isArray(policies) && policies.every((item) => typeof item === 'string')) return policies;
  throw misfit(below(below(place, 'spec'), 'managementPolicies'), 'expected a list of text');
}

function sidesOf(object: KubeObject): { readonly settings: JsonObject; readonly observed: JsonObject } {
  const specPlace = below(object.place, 'spec');
  const initial = objectUnder(object.spec, 'initProvider', specPlace);
  const wanted = objectUnder(object.spec, 'forProvider', specPlace);
  const observed = objectUnder(object.status, 'atProvider', below(object.place, 'status'));
  return {
    settings: inProviderWords({ ...initial, ...wanted }) as JsonObject,
    observed: inProviderWords(observed) as JsonObject,
  };
}

function externalNameOf(object: KubeObject, attribute: string): string | null {
  const name = annotationOf(object, 'crossplane.io/external-name');
  // A secret's external name is its ARN, which the row reads from elsewhere.
  return name?.startsWith('arn:') && attribute === 'name' ? null : name;
}

/** Without an external name the object's own is used, unless AWS gives names of its own. */
function fallbackName({ name }: KubeObject, attribute: string): string | null {
  return ASSIGNED.includes(attribute) ? null : name;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/**
 * Types without a row in the table that could still take backups, databases or keys away.
 *
 * Deleting one is unknown unless it stands in the list below, each with its reason; everything outside these families
 * (networks, compute, ...) cannot delete a recovery point and is `other_destroy`. What runs something of somebody else's,
 * or takes objects of a cluster or a whole account along, is unknown as well. Unknown on purpose: shard groups (data
 * of Aurora Limitless), custom engine versions (RDS Custom restores with them alone), key stores, and stacks.
 * Source: type names of AWS provider 5.100.0 and of the Cloud Control provider (`awscc_`); `aws-backup-facts.md` 2.7, 2.10.
 */

import { canonicalJson } from '../../core/canonical.ts';
import { isUnknownAfter } from './attributes.ts';
import { type Finding, notUnderstood } from './finding.ts';
import { type JsonObject, memberOf } from './json-text.ts';

/** Families in which a deletion may destroy what a restore needs. */
const WATCHED = [
  /^aws_(db|rds|backup|kms)_/,
  /^aws_(docdb|neptune|dsql)/,
  /^awscc_(rds|backup|kms|docdb|neptune|dsql)/,
  /cloudformation_stack/,
  /cloudcontrolapi_resource/,
  /backup|snapshot/,
  // Providers that work inside a database: what they drop, they drop from a database that Muster watches.
  /^(postgresql|mysql|mssql)_(database|schema)$/,
];

/** Any change of these may delete things that the plan does not list. */
const CARRIES_OTHERS = [
  /cloudformation_stack|cloudcontrolapi_resource/,
  // Objects of a cluster, which its controllers may turn into databases.
  // What a key store loses, its keys lose.
  /custom_key_store$/,
  /^(?:helm_release|kubernetes_manifest|kubectl_manifest|kustomization_resource|argocd_application(?:_set)?)$/,
];
/** Deleting one takes along what it holds. */
const HOLDS_OTHERS = /^(?:kubernetes_namespace(?:_v1)?|aws(?:cc)?_organizations_(?:account|policy|policy_attachment))$/;
/** Making, changing or deleting one runs what somebody wrote elsewhere. */
const RUNS_OTHERS =
  /^(?:aws_lambda_invocation|aws(?:cc)?_ssm_association|aws(?:cc)?_servicecatalog_(?:cloudformation_)?provisioned_product|tfe_workspace_run|spacelift_run|spacelift_stack_destructor|shell_script|sql_migrate)$/;

interface Harmless {
  readonly class: 'disarm' | 'other_destroy';
  readonly reason: string;
  /** An in-place change of one of these disarms. */
  readonly guards: readonly string[];
}

const KEPT: ReadonlyMap<string, Harmless> = new Map([
  disarms('aws_backup_region_settings', 'settings of a region; only forgotten by the state', [
    'resource_type_opt_in_preference',
    'resource_type_management_preference',
  ]),
  disarms('aws_backup_global_settings', 'settings of an organization, copies to other accounts among them', [
    'global_settings',
  ]),
  harmless('aws_kms_alias', 'a name for a key; RDS stores the key itself'),
  harmless('aws_db_event_subscription', 'notifications only'),
  harmless('aws_backup_vault_notifications', 'notifications only'),
  harmless('aws_backup_framework', 'an audit report on plans; holds no backups'),
  harmless('aws_backup_report_plan', 'reports only'),
  harmless('aws_backup_restore_testing_plan', 'restore tests stop: proof is lost, and no recovery point'),
  harmless('aws_backup_restore_testing_selection', 'restore tests stop: proof is lost, and no recovery point'),
  harmless('aws_kms_ciphertext', 'a text in the state; nothing of it is in AWS'),
  harmless('aws_rds_certificate', "the account's default certificate authority for new instances"),
  harmless('aws_rds_cluster_activity_stream', 'an audit stream; holds no data of the database'),
  harmless('aws_rds_export_task', 'an export is cancelled or forgotten; Parquet files restore nothing'),
  harmless('aws_rds_instance_state', 'started or stopped; deleting it only forgets it'),
  harmless('aws_rds_integration', 'a feed to a warehouse; the source keeps its data'),
  harmless('aws_rds_reserved_instance', 'a price, not a thing'),
  harmless('aws_db_proxy', 'a connection pool in front; holds no data'),
  harmless('aws_db_proxy_default_target_group', 'settings of a connection pool'),
  harmless('aws_db_proxy_endpoint', 'an address of a connection pool'),
  harmless('aws_db_proxy_target', 'a link from a connection pool to a database'),
  harmless('aws_rds_cluster_endpoint', 'an address of a cluster; holds no data'),
  harmless('aws_db_instance_role_association', 'a grant to the database; not needed by a restore'),
  harmless('aws_rds_cluster_role_association', 'a grant to the database; not needed by a restore'),
]);

/** Attributes that protect, under the names that several types share. */
const PROTECTIVE = [
  'deletion_protection',
  'backup_retention_period',
  'skip_final_snapshot',
  'delete_automated_backups',
  'force_destroy',
  'is_enabled',
  'enabled',
  'deletion_window_in_days',
  'policy',
  // As the Cloud Control provider and CloudFormation name them.
  ...['access_policy', 'key_policy', 'lock_configuration', 'pending_window_in_days', 'backup_plan', 'backup_selection'],
  ...['automatic_backup_replication_region', 'automatic_backup_replication_retention_period'],
  'global_cluster_identifier',
  // Of a policy of an organization: one that denies deletions, or one that has everything backed up.
  'content',
];

/** What deleting a thing of a type without a row amounts to. */
export function readUnmodelledDelete(type: string, address: string): Finding {
  const kept = KEPT.get(type);
  if (kept) return { class: kept.class, steps: [] };
  if (RUNS_OTHERS.test(type)) return runs(type, address);
  if (isWatched(type) || HOLDS_OTHERS.test(type) || carriesOthers(type))
    return notUnderstood(address, `what deleting a ${type} takes with it is not modelled`);
  return { class: 'other_destroy', steps: [] };
}

/** What a create of a thing of a type without a row amounts to: settings are there already, and are replaced by it. */
export function readUnmodelledCreate(type: string, address: string): Finding {
  if (RUNS_OTHERS.test(type)) return runs(type, address);
  return { class: KEPT.get(type)?.class === 'disarm' ? 'disarm' : 'create', steps: [] };
}

/** What an in-place change of a thing of a type without a row amounts to. */
export function readUnmodelledUpdate(entry: {
  readonly type: string;
  readonly address: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly afterUnknown: unknown;
}): Finding {
  const { type, address } = entry;
  const changes = (name: string) =>
    isUnknownAfter(entry.afterUnknown, name) || printed(entry.before, name) !== printed(entry.after, name);
  const kept = KEPT.get(type);
  if (kept) return { class: kept.guards.some(changes) ? 'disarm' : 'update', steps: [] };
  if (RUNS_OTHERS.test(type)) return runs(type, address);
  if (carriesOthers(type)) return notUnderstood(address, `what changing a ${type} deletes is not in the plan`);
  const changed = isWatched(type) || HOLDS_OTHERS.test(type) ? PROTECTIVE.find(changes) : undefined;
  if (changed) return notUnderstood(address, `${changed} changes on a ${type}, which is not modelled`);
  return { class: 'update', steps: [] };
}

/** True for a type of a family that holds databases, their backups or their keys. */
export function isWatched(type: string): boolean {
  return WATCHED.some((family) => family.test(type));
}

function carriesOthers(type: string): boolean {
  return CARRIES_OTHERS.some((family) => family.test(type));
}

function runs(type: string, address: string): Finding {
  return notUnderstood(address, `a ${type} runs what somebody wrote, and that may do anything`);
}

function printed(object: JsonObject | null, name: string): string {
  return canonicalJson((object && memberOf(object, name)) ?? null);
}

function disarms(type: string, reason: string, guards: readonly string[]): [string, Harmless] {
  return [type, { class: 'disarm', reason, guards }];
}

function harmless(type: string, reason: string): [string, Harmless] {
  return [type, { class: 'other_destroy', reason, guards: [] }];
}

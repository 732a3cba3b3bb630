/**
 * The resource types that decide whether a database can come back: one table, one row a type.
 *
 * A row says which attributes may be read, when in a destroy the type goes, what its deletion is at the API,
 * and which in-place changes weaken protection. Attribute names are those of AWS provider 5.100.0
 * (`terraform providers schema -json`); what each deletion does is in `aws-backup-facts.md` 2.10.
 * Not here: types nobody modelled, which `unmodelled.ts` keeps from passing as harmless.
 */

import { parseArn, type Scope } from '../../core/arn.ts';
import type { Action, Prerequisite, Target } from '../action.ts';
import type { AllowList, Attributes } from './attributes.ts';
import { AUTOMATED_BACKUPS_DELETED_BY_DEFAULT, PROTECTIONS, type Protection } from './protections.ts';

/** Attributes that name a resource; an ARN also says where it lives. */
interface Identity {
  readonly identifier: string;
  readonly arn: string | null;
  readonly resourceId: string | null;
}

/** One modelled resource type. */
export interface ResourceType {
  readonly type: string;
  /** When a destroy without known dependencies would take it, lowest first. */
  readonly rank: number;
  readonly attributes: AllowList;
  readonly identity: Identity;
  /** What its deletion is at the API, from the values in state. */
  readonly destroy: (target: Target, before: Attributes) => Action;
  readonly protections: readonly Protection[];
  /** A create of it makes a database. */
  readonly isDatabase: boolean;
}

/** Ranks: copies and replication, then members, databases, the lock before its vault, then what they stand on. */
const RANK = { copy: 0, member: 1, database: 2, lock: 3, vault: 4, ground: 5 } as const;
/** Where types without a row go. */
export const LAST_RANK = 6;

/** What KMS takes when the call names no window. Source: AWS KMS API, ScheduleKeyDeletion. */
const KEY_DELETION_WINDOW_DAYS = 30;

const DELETION = {
  skip_final_snapshot: 'flag',
  final_snapshot_identifier: 'text',
  delete_automated_backups: 'flag',
  deletion_protection: 'flag',
  apply_immediately: 'flag',
  backup_retention_period: 'number',
} as const satisfies AllowList;

const DATABASE_PROTECTIONS = [
  PROTECTIONS.deletionProtection,
  PROTECTIONS.retention,
  PROTECTIONS.finalSnapshot,
  PROTECTIONS.automatedBackups,
];

const ROWS: readonly ResourceType[] = [
  {
    type: 'aws_db_instance',
    rank: RANK.database,
    // `id` is the resource id since provider 5 and was the identifier before: never read.
    identity: { identifier: 'identifier', arn: 'arn', resourceId: 'resource_id' },
    attributes: { ...DELETION, identifier: 'text', arn: 'text', resource_id: 'text' },
    destroy: (target, before) => ({ kind: 'delete_db_instance', target, parameters: deleteParameters(before) }),
    protections: DATABASE_PROTECTIONS,
    isDatabase: true,
  },
  {
    type: 'aws_rds_cluster',
    rank: RANK.database,
    identity: { identifier: 'cluster_identifier', arn: 'arn', resourceId: 'cluster_resource_id' },
    attributes: { ...DELETION, cluster_identifier: 'text', arn: 'text', cluster_resource_id: 'text' },
    destroy: (target, before) => ({ kind: 'delete_db_cluster', target, parameters: deleteParameters(before) }),
    protections: DATABASE_PROTECTIONS,
    isDatabase: true,
  },
  {
    type: 'aws_rds_cluster_instance',
    rank: RANK.member,
    identity: { identifier: 'identifier', arn: 'arn', resourceId: 'dbi_resource_id' },
    attributes: { identifier: 'text', arn: 'text', dbi_resource_id: 'text', cluster_identifier: 'text' },
    destroy: (target, before) => ({
      kind: 'delete_cluster_member',
      target,
      clusterIdentifier: before.text('cluster_identifier'),
    }),
    protections: [],
    isDatabase: false,
  },
  snapshot('aws_db_snapshot', 'db_snapshot_identifier', 'delete_db_snapshot'),
  snapshot('aws_db_snapshot_copy', 'target_db_snapshot_identifier', 'delete_db_snapshot'),
  snapshot('aws_db_cluster_snapshot', 'db_cluster_snapshot_identifier', 'delete_db_cluster_snapshot'),
  snapshot('aws_rds_cluster_snapshot_copy', 'target_db_cluster_snapshot_identifier', 'delete_db_cluster_snapshot'),
  {
    type: 'aws_db_instance_automated_backups_replication',
    rank: RANK.copy,
    // The call names the source; `id`, the ARN of the backup at the destination, is not needed for it.
    identity: { identifier: 'source_db_instance_arn', arn: 'source_db_instance_arn', resourceId: null },
    attributes: { source_db_instance_arn: 'text' },
    destroy: (target) => ({
      kind: 'stop_backup_replication',
      target: { ...target, identifier: nameInArn(target.arn) ?? target.identifier },
    }),
    protections: [],
    isDatabase: false,
  },
  {
    type: 'aws_backup_vault',
    rank: RANK.vault,
    identity: { identifier: 'name', arn: 'arn', resourceId: null },
    attributes: { name: 'text', arn: 'text', force_destroy: 'flag' },
    destroy: (target, before) => ({
      kind: 'delete_backup_vault',
      target,
      force: before.flag('force_destroy') === true,
    }),
    protections: [PROTECTIONS.vaultForce],
    isDatabase: false,
  },
  {
    type: 'aws_backup_vault_lock_configuration',
    rank: RANK.lock,
    identity: { identifier: 'backup_vault_name', arn: 'backup_vault_arn', resourceId: null },
    attributes: { backup_vault_name: 'text', backup_vault_arn: 'text' },
    destroy: (target) => ({ kind: 'delete_vault_lock', target }),
    protections: [],
    isDatabase: false,
  },
  {
    type: 'aws_kms_key',
    rank: RANK.ground,
    identity: { identifier: 'key_id', arn: 'arn', resourceId: 'key_id' },
    attributes: { key_id: 'text', arn: 'text', deletion_window_in_days: 'number', is_enabled: 'flag' },
    destroy: (target, before) => ({
      kind: 'schedule_key_deletion',
      target,
      windowDays: before.number('deletion_window_in_days') ?? KEY_DELETION_WINDOW_DAYS,
    }),
    protections: [PROTECTIONS.keyEnabled, PROTECTIONS.keyWindow, PROTECTIONS.keyPolicy],
    isDatabase: false,
  },
  prerequisite('aws_db_subnet_group', 'name', 'subnet_group'),
  prerequisite('aws_db_option_group', 'name', 'option_group'),
  prerequisite('aws_db_parameter_group', 'name', 'parameter_group'),
  prerequisite('aws_rds_cluster_parameter_group', 'name', 'parameter_group'),
  // A restore names a security group by id; its name need not be unique.
  prerequisite('aws_security_group', 'id', 'security_group'),
  prerequisite('aws_secretsmanager_secret', 'name', 'secret'),
];

const TABLE: ReadonlyMap<string, ResourceType> = new Map(ROWS.map((row) => [row.type, row]));

/** The names of the modelled types. */
export const MODELLED_TYPES: readonly string[] = ROWS.map((row) => row.type);

/** The row of a type; null for a type that nobody modelled. */
export function modelledType(type: string): ResourceType | null {
  return TABLE.get(type) ?? null;
}

/** How the values in a document name a resource; null when they do not name it at all. */
export function targetOf(row: ResourceType, values: Attributes): Target | null {
  const arn = row.identity.arn === null ? null : values.text(row.identity.arn);
  const resourceId = row.identity.resourceId === null ? null : values.text(row.identity.resourceId);
  const identifier = values.text(row.identity.identifier);
  if (arn === null && resourceId === null && identifier === null) return null;
  return { arn, resourceId, identifier: identifier ?? nameInArn(arn) ?? resourceId ?? '', scope: scopeOf(arn) };
}

/** The account and region in an ARN; null for an ARN that is not bound to both. */
export function scopeOf(arn: string | null): Scope | null {
  const parsed = arn === null ? null : parseArn(arn);
  if (parsed === null || parsed.region === '' || !/^\d{12}$/.test(parsed.accountId)) return null;
  return { accountId: parsed.accountId, region: parsed.region };
}

function nameInArn(arn: string | null): string | null {
  return (arn === null ? null : parseArn(arn)?.resource) ?? null;
}

/** The provider sends all three parameters, from state; unset ones become its own defaults. */
function deleteParameters(before: Attributes) {
  const protectedInState = before.flag('deletion_protection') === true;
  return {
    skipFinalSnapshot: before.flag('skip_final_snapshot') ?? false,
    finalSnapshotId: before.text('final_snapshot_identifier'),
    deleteAutomatedBackups: before.flag('delete_automated_backups') ?? AUTOMATED_BACKUPS_DELETED_BY_DEFAULT,
    // When AWS refuses over protection that the state does not know of, the provider turns it off and retries,
    // provided the state has apply_immediately.
    disarmsProtection: !protectedInState && before.flag('apply_immediately') === true,
  };
}

function snapshot(
  type: string,
  identifier: string,
  kind: 'delete_db_snapshot' | 'delete_db_cluster_snapshot',
): ResourceType {
  const arn = kind === 'delete_db_snapshot' ? 'db_snapshot_arn' : 'db_cluster_snapshot_arn';
  return {
    type,
    rank: RANK.copy,
    identity: { identifier, arn, resourceId: null },
    attributes: { [identifier]: 'text', [arn]: 'text', shared_accounts: 'texts' },
    destroy: (target) => ({ kind, target }),
    protections: [PROTECTIONS.sharing],
    isDatabase: false,
  };
}

function prerequisite(type: string, identifier: string, what: Prerequisite): ResourceType {
  return {
    type,
    rank: RANK.ground,
    identity: { identifier, arn: 'arn', resourceId: null },
    attributes: { [identifier]: 'text', arn: 'text' },
    destroy: (target) => ({ kind: 'delete_prerequisite', target, prerequisite: what }),
    protections: [],
    isDatabase: false,
  };
}

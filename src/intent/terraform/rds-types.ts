/**
 * Resource types of Amazon RDS and Aurora: databases, their members, copies, and what a restore needs.
 *
 * What each deletion does is in `aws-backup-facts.md` 2.10. A destroy uses the values in state, never those of the
 * configuration, so every parameter here is read from `before`.
 * Source: hashicorp/terraform-provider-aws 5.100.0 `internal/service/rds`; Amazon RDS API, DeleteDBInstance,
 * DeleteDBCluster, RemoveFromGlobalCluster, DeleteGlobalCluster.
 */

import type { Action, Prerequisite, Target } from '../action.ts';
import type { AllowList, Attributes } from './attributes.ts';
import { AUTOMATED_BACKUPS_DELETED_BY_DEFAULT, PROTECTIONS } from './protections.ts';
import { nameInArn, RANK, type ResourceType, row, scopeOf } from './resource-type.ts';

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

/** Types of databases, of what serves them and of what is made from them. */
export const RDS_TYPES: readonly ResourceType[] = [
  row({
    type: 'aws_db_instance',
    rank: RANK.database,
    // `id` is the resource id since provider 5 and was the identifier before: never read.
    identity: { identifier: 'identifier', arn: 'arn', resourceId: 'resource_id' },
    attributes: { ...DELETION, identifier: 'text', arn: 'text', resource_id: 'text' },
    destroy: (target, before) => ({ kind: 'delete_db_instance', target, parameters: deleteParameters(before) }),
    protections: DATABASE_PROTECTIONS,
    isDatabase: true,
  }),
  row({
    type: 'aws_rds_cluster',
    rank: RANK.database,
    identity: { identifier: 'cluster_identifier', arn: 'arn', resourceId: 'cluster_resource_id' },
    attributes: {
      ...DELETION,
      cluster_identifier: 'text',
      arn: 'text',
      cluster_resource_id: 'text',
      global_cluster_identifier: 'text',
    },
    destroy: (target, before) => ({ kind: 'delete_db_cluster', target, parameters: deleteParameters(before) }),
    // It takes the cluster out of its global one by itself, which AWS would otherwise refuse the deletion over.
    first: (target, before) =>
      before.text('global_cluster_identifier') === null ? [] : [{ kind: 'remove_from_global_cluster', target }],
    protections: [...DATABASE_PROTECTIONS, PROTECTIONS.globalMembership],
    isDatabase: true,
  }),
  row({
    type: 'aws_rds_cluster_instance',
    rank: RANK.member,
    identity: { identifier: 'identifier', arn: 'arn', resourceId: 'dbi_resource_id' },
    attributes: { identifier: 'text', arn: 'text', dbi_resource_id: 'text', cluster_identifier: 'text' },
    destroy: (target, before) => ({
      kind: 'delete_cluster_member',
      target,
      clusterIdentifier: before.text('cluster_identifier'),
    }),
  }),
  row({
    type: 'aws_rds_global_cluster',
    rank: RANK.member,
    identity: { identifier: 'global_cluster_identifier', arn: 'arn', resourceId: null },
    attributes: {
      global_cluster_identifier: 'text',
      arn: 'text',
      force_destroy: 'flag',
      deletion_protection: 'flag',
      global_cluster_members: 'member_arns',
    },
    destroy: (target) => ({ kind: 'delete_global_cluster', target }),
    first: (_, before) => removals(before),
    protections: [PROTECTIONS.globalDeletionProtection],
  }),
  snapshot('aws_db_snapshot', 'db_snapshot_identifier', 'delete_db_snapshot'),
  snapshot('aws_db_snapshot_copy', 'target_db_snapshot_identifier', 'delete_db_snapshot'),
  snapshot('aws_db_cluster_snapshot', 'db_cluster_snapshot_identifier', 'delete_db_cluster_snapshot'),
  snapshot('aws_rds_cluster_snapshot_copy', 'target_db_cluster_snapshot_identifier', 'delete_db_cluster_snapshot'),
  row({
    type: 'aws_db_instance_automated_backups_replication',
    rank: RANK.copy,
    // The call names the source; `id`, the ARN of the backup at the destination, is not needed for it.
    identity: { identifier: 'source_db_instance_arn', arn: 'source_db_instance_arn', resourceId: null },
    attributes: { source_db_instance_arn: 'text' },
    destroy: (target) => ({ kind: 'stop_backup_replication', target }),
  }),
];

/** Types of what a restore needs besides a recovery point. */
export const PREREQUISITE_TYPES: readonly ResourceType[] = [
  prerequisite('aws_db_subnet_group', 'name', 'subnet_group'),
  prerequisite('aws_db_option_group', 'name', 'option_group'),
  prerequisite('aws_db_parameter_group', 'name', 'parameter_group'),
  prerequisite('aws_rds_cluster_parameter_group', 'name', 'parameter_group'),
  // A restore names a security group by id; its name need not be unique.
  prerequisite('aws_security_group', 'id', 'security_group'),
  prerequisite('aws_secretsmanager_secret', 'name', 'secret'),
];

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

/** With `force_destroy` the provider first takes every member out, which then stands alone with its data. */
function removals(before: Attributes): Action[] {
  if (before.flag('force_destroy') !== true) return [];
  return (before.arns('global_cluster_members') ?? []).map((arn) => {
    const target: Target = { arn, resourceId: null, identifier: nameInArn(arn) ?? arn, scope: scopeOf(arn) };
    return { kind: 'remove_from_global_cluster', target };
  });
}

function snapshot(
  type: string,
  identifier: string,
  kind: 'delete_db_snapshot' | 'delete_db_cluster_snapshot',
): ResourceType {
  const arn = kind === 'delete_db_snapshot' ? 'db_snapshot_arn' : 'db_cluster_snapshot_arn';
  return row({
    type,
    rank: RANK.copy,
    identity: { identifier, arn, resourceId: null },
    attributes: { [identifier]: 'text', [arn]: 'text', shared_accounts: 'texts' },
    destroy: (target) => ({ kind, target }),
    protections: [PROTECTIONS.sharing],
  });
}

function prerequisite(type: string, identifier: string, what: Prerequisite): ResourceType {
  return row({
    type,
    rank: RANK.ground,
    identity: { identifier, arn: 'arn', resourceId: null },
    attributes: { [identifier]: 'text', arn: 'text' },
    destroy: (target) => ({ kind: 'delete_prerequisite', target, prerequisite: what }),
  });
}

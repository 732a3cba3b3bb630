/**
 * What a cleaner does to one thing that it takes: the calls, and their class.
 *
 * A final snapshot bears a name that the tool makes up. The star stands for the rest of it; no snapshot of RDS can have
 * one in its name, so that it is never taken for one that exists.
 * Source: as in the file of each tool; Amazon RDS API, DeleteDBInstance: a replica, and a database that is not available,
 * gets no final snapshot.
 */

import { unreachable } from '../../core/invariant.ts';
import type { Action, DeleteParameters, Prerequisite, Target } from '../action.ts';
import { type Finding, notUnderstood } from '../terraform/finding.ts';
import type { Treatment } from './rule.ts';
import type { Thing } from './thing.ts';

type Deletion = Extract<Treatment, { kind: 'delete' }>;

/** What is done to a thing; null when that changes nothing. */
export function treat(treatment: Treatment, thing: Thing): Finding | null {
  const target = targetOf(thing);
  switch (treatment.kind) {
    case 'delete':
      return { class: thing.kind === 'backup_plan' ? 'disarm' : 'destroy', steps: deletion(treatment, thing, target) };
    case 'retain':
      return retention(treatment, thing, target);
    case 'modify':
      return modification(treatment, thing, target);
    case 'unshare':
      return { class: 'disarm', steps: [{ kind: 'unshare_snapshot', target }] };
    case 'change_policy':
      return {
        class: 'disarm',
        steps: [{ kind: thing.kind === 'key' ? 'change_key_policy' : 'change_vault_policy', target }],
      };
    case 'leave_global_cluster':
      return { class: 'disarm', steps: [{ kind: 'remove_from_global_cluster', target }] };
    case 'unknown':
      return notUnderstood(target, treatment.why);
    default:
      return unreachable(treatment, 'treatments');
  }
}

function deletion(treatment: Deletion, thing: Thing, target: Target): readonly Action[] {
  switch (thing.kind) {
    case 'db_instance':
      return thing.isMember ? memberDeletion(thing, target) : [databaseDeletion(treatment, thing, target)];
    case 'db_cluster':
      return [...membersOf(treatment, thing), databaseDeletion(treatment, thing, target)];
    case 'db_snapshot':
      return [{ kind: 'delete_db_snapshot', target }];
    case 'db_cluster_snapshot':
      return [{ kind: 'delete_db_cluster_snapshot', target }];
    case 'recovery_point':
      return [{ kind: 'delete_recovery_point', target }];
    case 'backup_vault':
      return [{ kind: 'delete_backup_vault', target, force: treatment.emptiesVault }];
    case 'backup_plan':
      return [{ kind: 'stop_future_backups', target }];
    case 'key':
      return [{ kind: 'schedule_key_deletion', target, windowDays: treatment.keyWindowDays }];
    case 'global_cluster':
      return [{ kind: 'delete_global_cluster', target }];
    case 'subnet_group':
    case 'parameter_group':
    case 'option_group':
    case 'security_group':
      return [{ kind: 'delete_prerequisite', target, prerequisite: thing.kind satisfies Prerequisite }];
    default:
      return unreachable(thing.kind, 'kinds of things');
  }
}

function databaseDeletion(treatment: Deletion, thing: Thing, target: Target): Action {
  const kind = thing.kind === 'db_cluster' ? 'delete_db_cluster' : 'delete_db_instance';
  return { kind, target, parameters: parametersOf(treatment, thing) };
}

/** No tool says anything about automated backups, so that AWS's own default decides. */
function parametersOf(
  { skipsFinalSnapshot, disarmsProtection }: Deletion,
  { database, name }: Thing,
): DeleteParameters {
  const canSnapshot =
    database?.status === 'available' && (database.replicaOf === null || database.kind !== 'rds_instance');
  const skips = skipsFinalSnapshot || !canSnapshot;
  return {
    skipFinalSnapshot: skips,
    finalSnapshotId: skips ? null : `final-${name}-*`,
    deleteAutomatedBackups: null,
    disarmsProtection,
  };
}

function memberDeletion({ database }: Thing, target: Target): readonly Action[] {
  return [{ kind: 'delete_cluster_member', target, clusterIdentifier: database?.identifier ?? null }];
}

function membersOf({ deletesMembers }: Deletion, { database, scope }: Thing): readonly Action[] {
  if (!deletesMembers || database === null) return [];
  return database.members.map(({ arn, resourceId, identifier }) => ({
    kind: 'delete_cluster_member',
    target: { arn, resourceId, identifier, scope },
    clusterIdentifier: database.identifier,
  }));
}

function retention(
  { days, enforce }: Extract<Treatment, { kind: 'retain' }>,
  thing: Thing,
  target: Target,
): Finding | null {
  const { database } = thing;
  if (database === null || thing.isMember) return null;
  const now = database.retentionDays;
  const next = { min: Math.max(now, days), max: Math.min(now, days), exact: days }[enforce];
  if (next === now) return null;
  const kind = thing.kind === 'db_cluster' ? 'modify_db_cluster' : 'modify_db_instance';
  return { class: next < now ? 'disarm' : 'update', steps: [{ kind, target, change: { retentionDays: next } }] };
}

function modification(
  { deletionProtection, retentionDays, applyImmediately }: Extract<Treatment, { kind: 'modify' }>,
  { database, kind: thing, isMember }: Thing,
  target: Target,
): Finding | null {
  if (database === null || isMember) return null;
  const weakens =
    (deletionProtection === false && database.deletionProtection) ||
    (retentionDays !== null && retentionDays < database.retentionDays);
  const change = {
    ...(deletionProtection !== null && { deletionProtection }),
    ...(retentionDays !== null && { retentionDays }),
    applyImmediately,
  };
  const kind = thing === 'db_cluster' ? 'modify_db_cluster' : 'modify_db_instance';
  return { class: weakens ? 'disarm' : 'update', steps: [{ kind, target, change }] };
}

function targetOf({ arn, resourceId, name, scope }: Thing): Target {
  return { arn, resourceId, identifier: name, scope };
}

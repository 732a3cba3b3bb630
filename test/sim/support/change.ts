/**
 * Changes drawn from a seed: up to eight actions on what an inventory shows.
 *
 * Targets are written in every way a document may name them: by ARN, by name alone, without a scope, under the
 * resource id of an earlier database of that name. Now and then the target does not exist.
 */

import type { Action, DeleteParameters, ProtectionChange, Target } from '../../../src/intent/action.ts';
import type { ClusterMember, Database, Inventory, RecoveryPoint } from '../../../src/inventory/model.ts';
import type { Chance } from './chance.ts';
import { SCOPE } from './estate.ts';

/** Names that final snapshots are given; some are taken already, one only differs in case. */
const FINAL_NAMES = ['last', 'by-hand', 'orders-final', 'fresh-1', 'fresh-2', 'fresh-3', 'Last'] as const;

/** The actions of one change, in order. */
export function drawChange(chance: Chance, inventory: Inventory): readonly Action[] {
  const least = 1 + chance.below(8);
  const actions: Action[] = [];
  while (actions.length < least) actions.push(...drawActions(chance, inventory, actions));
  return actions.slice(0, 8);
}

function drawActions(chance: Chance, inventory: Inventory, before: readonly Action[]): readonly Action[] {
  const { databases, recoveryPoints } = inventory;
  const families = ['delete', 'delete', 'delete', 'member', 'modify', 'modify', 'snapshot', 'snapshot', 'backup'];
  if (chance.happens(0.003)) return [onNothing(chance)];
  switch (chance.pick(families)) {
    case 'delete':
      return deletion(chance, inventory);
    case 'member':
      return databases.flatMap(({ members }) => members).length === 0 ? [] : [memberDeletion(chance, inventory)];
    case 'modify':
      return databases.length === 0 ? [] : [modification(chance, inventory)];
    case 'snapshot':
      return snapshotDeletion(chance, recoveryPoints, before);
    default:
      return backupDeletion(chance, recoveryPoints);
  }
}

/** A cluster usually loses its members first, as Terraform would have it. */
function deletion(chance: Chance, inventory: Inventory): readonly Action[] {
  if (inventory.databases.length === 0) return [];
  const database = chance.pick(inventory.databases);
  const members = chance.happens(0.7) ? database.members.map((member) => deleteMember(chance, database, member)) : [];
  const kind = database.kind === 'rds_instance' ? 'delete_db_instance' : 'delete_db_cluster';
  const target = targetOf(chance, inventory, database);
  return [...members, { kind, target, parameters: deleteParameters(chance) }];
}

function deleteParameters(chance: Chance): DeleteParameters {
  const usual = chance.happens(0.75);
  const skips = chance.happens(0.5);
  const name = chance.pick(FINAL_NAMES);
  return {
    skipFinalSnapshot: usual ? skips : chance.pick([true, false, null]),
    finalSnapshotId: usual ? (skips ? null : name) : chance.pick([name, null]),
    deleteAutomatedBackups: chance.pick([true, false, false, null]),
    disarmsProtection: chance.happens(0.1),
  };
}

function memberDeletion(chance: Chance, { databases }: Inventory): Action {
  const database = chance.pick(databases.filter(({ members }) => members.length > 0));
  const member = chance.pick(database.members);
  // A shell command cannot tell a member from an instance: both are `delete-db-instance`.
  if (chance.happens(0.1)) {
    const target = { arn: null, resourceId: null, identifier: member.identifier, scope: SCOPE };
    return { kind: 'delete_db_instance', target, parameters: deleteParameters(chance) };
  }
  return deleteMember(chance, database, member);
}

function deleteMember(chance: Chance, database: Database, { arn, resourceId, identifier }: ClusterMember): Action {
  const named = chance.pick([
    { arn, resourceId },
    { arn, resourceId: null },
    { arn: null, resourceId: null },
  ]);
  const target = { ...named, identifier, scope: SCOPE };
  return { kind: 'delete_cluster_member', target, clusterIdentifier: database.identifier };
}

function modification(chance: Chance, inventory: Inventory): Action {
  const database = chance.pick(inventory.databases);
  const instance = database.kind === 'rds_instance';
  const retention = chance.happens(0.6) ? { retentionDays: chance.pick([0, 0, 0, 1, 2, 5, 7, 10, 35]) } : {};
  const protection = chance.happens(0.5) ? { deletionProtection: chance.happens(0.4) } : {};
  const promptly = chance.happens(0.9) ? { applyImmediately: true } : {};
  const change: ProtectionChange = { ...retention, ...protection, ...promptly };
  const kind = instance ? 'modify_db_instance' : 'modify_db_cluster';
  return { kind, target: targetOf(chance, inventory, database), change };
}

/** Any snapshot at all, or the final one that an earlier action would make. */
function snapshotDeletion(
  chance: Chance,
  points: readonly RecoveryPoint[],
  before: readonly Action[],
): readonly Action[] {
  const finals = before.flatMap((action) => {
    if (action.kind !== 'delete_db_instance' && action.kind !== 'delete_db_cluster') return [];
    const id = action.parameters.finalSnapshotId;
    const kind = action.kind === 'delete_db_instance' ? 'delete_db_snapshot' : 'delete_db_cluster_snapshot';
    return id === null ? [] : [{ kind, target: byName(id.toLowerCase()) } as const];
  });
  if (finals.length > 0 && chance.happens(0.05)) return [chance.pick(finals)];
  const snapshots = points.filter(({ window, kind }) => window === null && kind !== 'pitr');
  if (snapshots.length === 0) return [];
  const { arn, id, ofCluster } = chance.pick(snapshots);
  const target = chance.happens(0.5) ? byName(id) : { ...byName(id), arn };
  return [{ kind: ofCluster ? 'delete_db_cluster_snapshot' : 'delete_db_snapshot', target }];
}

function backupDeletion(chance: Chance, points: readonly RecoveryPoint[]): readonly Action[] {
  const backups = points.filter(({ kind }) => kind === 'pitr' || kind === 'retained_automated_backup');
  if (backups.length === 0) return [];
  const { arn, ofCluster, databaseResourceId, databaseIdentifier } = chance.pick(backups);
  // A cluster's has no call that takes an ARN.
  const byArn = !ofCluster && chance.happens(0.3);
  const named = byArn ? { arn, resourceId: null } : { arn: null, resourceId: databaseResourceId };
  return [{ kind: 'delete_automated_backup', target: { ...named, identifier: databaseIdentifier, scope: SCOPE } }];
}

function onNothing(chance: Chance): Action {
  const target = byName('nowhere');
  return chance.pick<Action>([
    { kind: 'delete_db_snapshot', target },
    { kind: 'delete_db_cluster', target, parameters: deleteParameters(chance) },
    { kind: 'modify_db_instance', target, change: { deletionProtection: false } },
  ]);
}

/** The ways a document names a database; a state may still hold the id of an earlier one of that name. */
function targetOf(chance: Chance, { recoveryPoints }: Inventory, database: Database): Target {
  const { arn, resourceId, identifier } = database;
  const earlier = recoveryPoints.find(
    (point) =>
      point.databaseIdentifier === identifier &&
      point.databaseResourceId !== resourceId &&
      point.ofCluster === (database.kind !== 'rds_instance'),
  );
  const stale = earlier?.databaseResourceId ?? 'db-LONGGONE';
  return chance.pick<Target>([
    { arn, resourceId, identifier, scope: SCOPE },
    { arn, resourceId, identifier, scope: SCOPE },
    { arn, resourceId: null, identifier, scope: SCOPE },
    { arn: null, resourceId: null, identifier, scope: SCOPE },
    { arn: null, resourceId: null, identifier, scope: null },
    { arn, resourceId: stale, identifier, scope: SCOPE },
  ]);
}

function byName(identifier: string): Target {
  return { arn: null, resourceId: null, identifier, scope: SCOPE };
}

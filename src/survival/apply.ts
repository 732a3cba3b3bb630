/**
 * One action folded over the world: `(world, action) -> world + effect`.
 *
 * Dispatches over the closed list of actions; each family of rules has a file of its own. A refusal by
 * AWS is an outcome, not an error, and leaves the world as it was.
 */

import { unreachable } from '../core/invariant.ts';
import type { Action } from '../intent/action.ts';
import {
  changeVaultPolicy,
  deleteRecoveryPoint,
  deleteVault,
  removeVaultLock,
  stopFutureBackups,
} from './apply-backup.ts';
import { deleteDatabase, deleteMember } from './apply-database.ts';
import { deleteGlobalCluster, removeFromGlobalCluster } from './apply-global.ts';
import { changeKeyPolicy, disableKey } from './apply-key.ts';
import { disassociate, updateLifecycle } from './apply-lifecycle.ts';
import { modifyProtection } from './apply-protection.ts';
import { deleteAutomatedBackup, deleteSnapshot, stopReplication, unshareSnapshot } from './apply-snapshot.ts';
import { applied, inDoubt, type Refusals, type Step } from './step.ts';
import { type World, worldWith } from './world.ts';

/** Applies one action. Pure; never throws for a world that an inventory can show. */
export function apply(world: World, action: Action, refusals: Refusals): Step {
  switch (action.kind) {
    case 'delete_db_instance':
    case 'delete_db_cluster':
      return deleteDatabase(world, action, refusals);
    case 'delete_cluster_member':
      return deleteMember(world, action);
    case 'modify_db_instance':
    case 'modify_db_cluster':
      return modifyProtection(world, action, refusals);
    case 'delete_db_snapshot':
    case 'delete_db_cluster_snapshot':
      return deleteSnapshot(world, action);
    case 'delete_automated_backup':
      return deleteAutomatedBackup(world, action);
    case 'stop_backup_replication':
      return stopReplication(world, action);
    case 'delete_recovery_point':
      return deleteRecoveryPoint(world, action);
    case 'delete_backup_vault':
      return deleteVault(world, action);
    case 'delete_vault_lock':
      return removeVaultLock(world, action);
    case 'schedule_key_deletion':
    case 'disable_key':
      return disableKey(world, action);
    case 'delete_prerequisite': {
      const { identifier: name, arn } = action.target;
      const lost = { prerequisite: action.prerequisite, name, arn };
      return applied(worldWith(world, { prerequisitesLost: [...world.prerequisitesLost, lost] }), action, null, null);
    }
    case 'unshare_snapshot':
      return unshareSnapshot(world, action);
    case 'update_recovery_point_lifecycle':
      return updateLifecycle(world, action);
    case 'disassociate_recovery_point':
      return disassociate(world, action);
    case 'stop_future_backups':
      return stopFutureBackups(world, action);
    case 'change_vault_policy':
      return changeVaultPolicy(world, action);
    case 'change_key_policy':
      return changeKeyPolicy(world, action);
    case 'delete_global_cluster':
      return deleteGlobalCluster(world, action, refusals);
    case 'remove_from_global_cluster':
      return removeFromGlobalCluster(world, action);
    case 'create_database':
      return applied(world, action, null, null);
    case 'opaque':
      return inDoubt(world, action, 'action_not_understood');
    default:
      return unreachable(action, 'action kinds');
  }
}

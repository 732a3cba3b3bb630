/**
 * Losses by name, each brought about for one database: calls that somebody makes, or events that nobody calls.
 *
 * `database_deleted` is the loss every report asks about when no change is at hand: the deletion as a careless
 * caller would make it. The others answer what else the same backups would, or would not, come through.
 */

import { unreachable } from '../core/invariant.ts';
import { addSeconds, type Days, type Instant, type Seconds } from '../core/time.ts';
import type { Action, DeleteParameters } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { settleReadability } from './apply-key.ts';
import { happen, type LossEvent } from './events.ts';
import { survive } from './survive.ts';
import { type World, worldOf } from './world.ts';

/** The losses that can be asked about by name. */
export const LOSSES = [
  'database_deleted',
  'database_deleted_carefully',
  'retention_zero',
  'key_disabled',
  'key_destroyed',
  'region_lost',
  'account_lost',
  'bad_write',
  'time_passes',
] as const;
export type LossName = (typeof LOSSES)[number];

/** What the losses that need a figure assume. */
export interface Assumed {
  /** How long a bad write goes unnoticed; it is noticed at the instant asked about. */
  readonly detectionSeconds: Seconds;
  readonly days: Days;
}

/** A day until somebody notices, a month until somebody needs it. */
export const ASSUMED: Assumed = { detectionSeconds: 86_400, days: 30 };

/** The world after a database has met a loss. */
export function meet(inventory: Inventory, database: Database, loss: LossName, at: Instant, assumed = ASSUMED): World {
  const fold = (actions: readonly Action[]) => survive(inventory, actions, { at, refusals: 'lifted' }).after;
  const come = (event: LossEvent) => settleReadability(happen(worldOf(inventory, at), event));
  const target = { ...scoped(database), arn: database.arn, resourceId: database.resourceId };
  switch (loss) {
    case 'database_deleted':
      return fold(deletionOf(database));
    case 'database_deleted_carefully':
      return fold(deletionOf(database, carefully(database)));
    case 'retention_zero':
      return database.kind === 'rds_instance'
        ? fold([{ kind: 'modify_db_instance', target, change: { retentionDays: 0 } }])
        : fold([{ kind: 'modify_db_cluster', target, change: { retentionDays: 1 } }]);
    case 'key_disabled': {
      const { keyArn } = database;
      if (keyArn === null) return fold([]);
      return fold([{ kind: 'disable_key', target: { ...scoped(database), arn: keyArn, resourceId: null } }]);
    }
    case 'key_destroyed':
      return database.keyArn === null ? fold([]) : come({ kind: 'key_destroyed', keyArn: database.keyArn });
    case 'region_lost':
      return come({ kind: 'region_lost', region: database.region });
    case 'account_lost':
      return come({ kind: 'account_lost', accountId: database.accountId });
    case 'bad_write': {
      const { detectionSeconds } = assumed;
      return come({ kind: 'bad_write', writtenAt: addSeconds(at, -detectionSeconds), detectionSeconds });
    }
    case 'time_passes':
      return come({ kind: 'time_passes', days: assumed.days });
    default:
      return unreachable(loss, 'losses');
  }
}

/** The deletion of one database, members first; by default the worst: no final snapshot, automated backups deleted. */
export function deletionOf(database: Database, parameters: DeleteParameters = carelessly(database)): readonly Action[] {
  const { scope } = scoped(database);
  const members: Action[] = database.members.map((member) => ({
    kind: 'delete_cluster_member',
    target: { arn: member.arn, resourceId: member.resourceId, identifier: member.identifier, scope },
    clusterIdentifier: database.identifier,
  }));
  const deletion: Action = {
    kind: database.kind === 'rds_instance' ? 'delete_db_instance' : 'delete_db_cluster',
    target: { ...scoped(database), arn: database.arn, resourceId: database.resourceId },
    parameters,
  };
  return [...members, deletion];
}

/** AWS Backup refuses an explicit true; silence is then the worst that goes through. */
function carelessly({ awsBackupPointArn }: Database): DeleteParameters {
  const deleteAutomatedBackups = awsBackupPointArn === null ? true : null;
  return { skipFinalSnapshot: true, finalSnapshotId: null, deleteAutomatedBackups, disarmsProtection: false };
}

function carefully({ identifier }: Database): DeleteParameters {
  return {
    skipFinalSnapshot: false,
    finalSnapshotId: `${identifier}-final`,
    deleteAutomatedBackups: false,
    disarmsProtection: false,
  };
}

function scoped({ accountId, region, identifier }: Database) {
  return { identifier, scope: { accountId, region } };
}

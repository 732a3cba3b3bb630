/**
 * Named losses, written as the actions that bring them about.
 *
 * A loss is the same thing as a change: a list of actions. `database_deleted` is the loss every report
 * asks about when no change is at hand: the deletion as a careless caller would make it.
 */

import type { Action } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';

/** The losses that can be asked about by name. */
export const LOSSES = ['database_deleted'] as const;
export type LossName = (typeof LOSSES)[number];

/** The worst deletion of one database: members first, no final snapshot, automated backups deleted. */
export function deletionOf(database: Database): readonly Action[] {
  const scope = { accountId: database.accountId, region: database.region };
  const members: Action[] = database.members.map((member) => ({
    kind: 'delete_cluster_member',
    target: { arn: member.arn, resourceId: member.resourceId, identifier: member.identifier, scope },
    clusterIdentifier: database.identifier,
  }));
  const deletion: Action = {
    kind: database.kind === 'rds_instance' ? 'delete_db_instance' : 'delete_db_cluster',
    target: { arn: database.arn, resourceId: database.resourceId, identifier: database.identifier, scope },
    // AWS Backup refuses an explicit true; silence is then the worst that goes through.
    parameters: {
      skipFinalSnapshot: true,
      finalSnapshotId: null,
      deleteAutomatedBackups: database.awsBackupPointArn === null ? true : null,
      disarmsProtection: false,
    },
  };
  return [...members, deletion];
}

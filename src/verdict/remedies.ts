/**
 * What would clear a reason, with exact commands where one exists.
 *
 * A remedy is what a person may do before asking again; Muster carries none of them out by itself.
 * Source of the commands: AWS CLI command reference, `aws rds create-db-snapshot` and
 * `create-db-cluster-snapshot`.
 */

import type { Database } from '../inventory/model.ts';
import type { ReasonCode } from './reasons.ts';

/** The remedy for a reason about one database; null where none is a matter of one step. */
export function remedyFor(code: ReasonCode, database: Database): string | null {
  switch (code) {
    case 'no_survivor':
    case 'survivor_only_in_plan':
    case 'data_loss_exceeded':
    case 'data_loss_unknown':
      return `take a manual snapshot, which outlives the database:\n${snapshotCommand(database)}`;
    case 'restore_never_proven':
    case 'restore_proof_stale':
    case 'restore_proof_weak':
    case 'restore_time_outgrown':
      return `restore it to a scratch database and question it:\nmuster drill run ${database.identifier}`;
    case 'restore_failed':
      return `see why, mend it and drill again:\nmuster drill list\nmuster drill run ${database.identifier}`;
    case 'restore_time_unproven':
      return `drill it into the class it runs on, without a stop:\nmuster drill run ${database.identifier}`;
    case 'restore_too_slow':
      return `raise the objective or restore into a larger class, then drill again:\nmuster drill run ${database.identifier}`;
    default:
      return null;
  }
}

function snapshotCommand({ kind, identifier, region }: Database): string {
  const name = `${identifier}-before-change`;
  return kind === 'rds_instance'
    ? `aws rds create-db-snapshot --region ${region} --db-instance-identifier ${identifier} --db-snapshot-identifier ${name}`
    : `aws rds create-db-cluster-snapshot --region ${region} --db-cluster-identifier ${identifier} --db-cluster-snapshot-identifier ${name}`;
}

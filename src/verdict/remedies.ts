/**
 * What would clear a reason, with exact commands where one exists.
 *
 * A remedy is what a person may do before asking again; Muster carries none of them out by itself. A snapshot is only
 * proposed where AWS would take it and it could be restored: not of a database in the wrong status, nor under a key that
 * is disabled or goes.
 * Source of the commands: AWS CLI command reference, `aws rds create-db-snapshot`, `create-db-cluster-snapshot`, `aws kms
 * cancel-key-deletion` and `enable-key`. Of the statuses: Amazon RDS API, CreateDBSnapshot, first paragraph.
 */

import type { Days } from '../core/time.ts';
import type { Claim } from '../drill/model.ts';
import type { Database, Key } from '../inventory/model.ts';
import { TAKES_SNAPSHOTS } from '../survival/counterfactual.ts';
import type { Survival } from '../survival/survive.ts';
import type { ReasonCode } from './reasons.ts';

/** What a remedy depends on. */
export interface RemedyFacts {
  readonly database: Database;
  /** The keys as they are before the change and after it. */
  readonly survival: {
    readonly before: Pick<Survival['before'], 'keys'>;
    readonly after: Pick<Survival['after'], 'keys' | 'keysInDoubt'>;
  };
}

/** What a drill is for that would prove what survives. */
const DRILLED = {
  pitr: 'an instant of its automated backups, not a snapshot',
  vault: 'what AWS Backup keeps, not a snapshot of RDS',
  copy: 'a copy, and not what lies beside it',
} as const satisfies Record<Exclude<Claim, 'snapshot'>, string>;

/**
 * The remedy for a proof that is missing, of one of these claims.
 *
 * A drill without a definition restores a snapshot: where none survives, its success would change nothing.
 */
export function proofRemedy(code: ReasonCode, facts: RemedyFacts, claims: readonly Claim[]): string | null {
  const [claim] = claims;
  if (claim === undefined || claim === 'snapshot' || claims.includes('snapshot')) return remedyFor(code, facts);
  const { identifier } = facts.database;
  return `restore it to a scratch database and question it, by a definition that restores ${DRILLED[claim]}:\nmuster drill run ${identifier} --definition FILE`;
}

/** The remedy for a reason about one database; null where none is a matter of one step. */
export function remedyFor(code: ReasonCode, facts: RemedyFacts): string | null {
  const { database } = facts;
  switch (code) {
    case 'no_survivor':
    case 'survivor_only_in_plan':
    case 'data_loss_exceeded':
    case 'data_loss_unknown':
    // A manual snapshot ends only when somebody deletes it.
    case 'survivors_end_too_soon':
    case 'retention_too_short':
      return snapshotRemedy(facts);
    case 'survivors_too_near':
    case 'loss_not_survived':
      return ELSEWHERE;
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

/** How to keep the automated backups of a living database for that many days. */
export function retentionRemedy({ kind, identifier, region }: Database, days: Days): string {
  const what = kind === 'rds_instance' ? 'db-instance' : 'db-cluster';
  return `keep its automated backups longer:\naws rds modify-${what} --region ${region} --${what}-identifier ${identifier} --backup-retention-period ${days} --apply-immediately`;
}

const ELSEWHERE =
  'copy a recent recovery point to another account or region, as the policy asks, under a key that lies there';

function snapshotRemedy({ database, survival: { before, after } }: RemedyFacts): string {
  const { keyArn, status } = database;
  const isOwn = ({ arn }: Key) => arn === keyArn;
  const key = before.keys.find(isOwn);
  if (key !== undefined && key.state !== 'enabled') return unlockRemedy(key);
  const sealed = after.keys.some((one) => isOwn(one) && one.state !== 'enabled');
  if (key !== undefined && (sealed || after.keysInDoubt.includes(key.arn)))
    return `keep its key out of this change, since a snapshot taken now would lie under it too: ${key.arn}`;
  if (!TAKES_SNAPSHOTS.includes(status))
    return `AWS takes no snapshot of it while its status is ${status}: bring it to available, or restore its data elsewhere first`;
  return `take a manual snapshot, which outlives the database:\n${snapshotCommand(database)}`;
}

/** How to make a key usable, under which all that was and would be taken lies. */
function unlockRemedy({ arn, region, state }: Key): string {
  const enable = `aws kms enable-key --region ${region} --key-id ${arn}`;
  switch (state) {
    case 'pending_deletion':
      return `call off the deletion of its key and enable it, before anything under it is restored or taken:\naws kms cancel-key-deletion --region ${region} --key-id ${arn}\n${enable}`;
    case 'disabled':
      return `enable its key, before anything under it is restored or taken:\n${enable}`;
    default:
      return `make its key usable, which is ${state.replaceAll('_', ' ')}, before anything under it is restored or taken: ${arn}`;
  }
}

function snapshotCommand({ kind, identifier, region }: Database): string {
  const name = `${identifier}-before-change`;
  return kind === 'rds_instance'
    ? `aws rds create-db-snapshot --region ${region} --db-instance-identifier ${identifier} --db-snapshot-identifier ${name}`
    : `aws rds create-db-cluster-snapshot --region ${region} --db-cluster-identifier ${identifier} --db-cluster-snapshot-identifier ${name}`;
}

/**
 * Which databases are expected to go: a person let the change go on that deletes them, and lately.
 *
 * A decision does not say of each of its databases whether it is deleted. It counts only where every entry that destroys
 * anything is seen to delete a database, or what a restore needs, so that nothing else can have brought one into it. Where
 * that cannot be seen nothing is expected, and what goes is told aloud.
 */

import type { Store } from '../../app/ports.ts';
import { addSeconds, type Instant, type Seconds } from '../../core/time.ts';
import type { DecisionDocument } from '../../verdict/document.ts';

/** A deletion that a person let go on may be carried out for so long. */
const ANNOUNCED_SECONDS: Seconds = 86_400;

/** ARNs of the databases that changes destroy which a person approved. */
export async function announcedAt(
  store: Pick<Store, 'decisions' | 'approvalsOf'>,
  at: Instant,
): Promise<readonly string[]> {
  const since = addSeconds(at, -ANNOUNCED_SECONDS);
  const arns: string[] = [];
  for (const one of await store.decisions()) {
    if (one.decision !== 'review' || one.at < since || !destroysDatabasesAlone(one)) continue;
    const receipts = await store.approvalsOf(one.changeDigest);
    // One that was given before was given on another decision.
    if (receipts.some((receipt) => receipt.at >= one.at)) arns.push(...one.databases.map(({ arn }) => arn));
  }
  return arns;
}

/** Entries that act on nothing of a database. */
const IDLE: readonly string[] = ['none', 'create', 'update', 'forget', 'other_destroy'];
const DATABASE_CALL = /^aws rds delete-db-(?:instance|cluster)(?: |$)/;
const DATABASE_TYPES = ['aws_db_instance', 'aws_rds_cluster'];
/** They go along with a database and are nothing that it could be restored from. */
const BESIDE_TYPES = [
  'aws_rds_cluster_instance',
  'aws_db_subnet_group',
  'aws_db_parameter_group',
  'aws_rds_cluster_parameter_group',
  'aws_db_option_group',
  'aws_security_group',
];

function destroysDatabasesAlone({ changes, disarmings = [] }: DecisionDocument): boolean {
  const destroyed = changes.filter(({ class: kind }) => kind === 'destroy').map(({ address }) => address);
  return (
    disarmings.length === 0 &&
    changes.every(({ class: kind }) => kind === 'destroy' || IDLE.includes(kind)) &&
    destroyed.some(isDatabase) &&
    destroyed.every((address) => isDatabase(address) || BESIDE_TYPES.includes(typeOf(address)))
  );
}

function isDatabase(address: string): boolean {
  return DATABASE_CALL.test(address) || DATABASE_TYPES.includes(typeOf(address));
}

/** `aws_db_instance` of `module.shop["a.b"].aws_db_instance.orders[0]`; empty for what is no address of Terraform's. */
function typeOf(address: string): string {
  return /^[\w.-]+$/.test(bare(address)) ? (bare(address).split('.').at(-2) ?? '') : '';
}

function bare(address: string): string {
  return address.replace(/\[(?:"[^"]*"|\d+)\]/g, '');
}

/**
 * Snapshots and what they owe to what is beside them: a copy its data's moment, a system snapshot its end.
 *
 * Pure. A copy is joined to its original by the ARN it names, wherever that was read; the ARN holds a name, so
 * the two must also be of one resource id and in the order of time.
 * Source: aws-backup-facts.md sections 1 (K2, K7, K8, C6) and 3.4; Amazon RDS API, DBClusterSnapshot.
 */

import { addDays, type Instant } from '../core/time.ts';
import type { BackupIndex } from './kept-backups.ts';
import type { Database, RecoveryPoint } from './model.ts';
import type { ObservedSnapshot } from './observations.ts';
import { residentKey } from './one-each.ts';

/** Gives a copy that shows no time of its own data the moment of what it was copied from, through copies of copies. */
export function datedSnapshots(observed: readonly ObservedSnapshot[]): readonly RecoveryPoint[] {
  if (!observed.some((snapshot) => snapshot.dataAt === null && snapshot.copiedFrom !== null)) return observed;
  const byArn = new Map(observed.map((snapshot) => [snapshot.arn, snapshot]));
  const found = new Map<string, Instant | null>();
  return observed.map((snapshot) => {
    if (snapshot.dataAt !== null || snapshot.copiedFrom === null) return snapshot;
    return { ...snapshot, dataAt: momentOf(snapshot, byArn, found) };
  });
}

/** Follows the copies back to one whose moment is known; null where the chain breaks or goes round. */
function momentOf(
  copy: RecoveryPoint,
  byArn: ReadonlyMap<string, RecoveryPoint>,
  found: Map<string, Instant | null>,
): Instant | null {
  let at: RecoveryPoint | null = copy;
  let moment: Instant | null = null;
  const seen = new Set<string>();
  while (at !== null && !seen.has(at.arn)) {
    moment = found.get(at.arn) ?? at.dataAt;
    if (moment !== null || found.has(at.arn)) break;
    seen.add(at.arn);
    const source: RecoveryPoint | undefined = at.copiedFrom === null ? undefined : byArn.get(at.copiedFrom);
    at = source !== undefined && mayBeCopy(at, source) ? source : null;
  }
  for (const arn of seen) found.set(arn, moment);
  return moment;
}

/** An ARN holds a name, and names are reused: what was made after the copy, or of other data, is not its source. */
function mayBeCopy(copy: RecoveryPoint, source: RecoveryPoint): boolean {
  if (copy.createdAt === null || source.createdAt === null || source.createdAt > copy.createdAt) return false;
  return copy.databaseResourceId === source.databaseResourceId;
}

/**
 * What a bare snapshot owes to what is beside it: a system snapshot ages with its database's retention, or with the
 * retained backup it is part of, and AWS Backup's has a status of AWS Backup's own, which nobody read.
 *
 * @param databases By account, region and resource id.
 */
export function withContext(
  snapshot: RecoveryPoint,
  databases: ReadonlyMap<string, Database>,
  backups: BackupIndex,
): RecoveryPoint {
  if (snapshot.kind === 'backup_snapshot') return { ...snapshot, status: 'unknown' };
  if (snapshot.kind !== 'system_snapshot') return snapshot;
  const resident = residentKey(snapshot, snapshot.databaseResourceId);
  const owner = databases.get(resident);
  if (owner !== undefined) return { ...snapshot, retentionDays: owner.retentionDays };
  const retentionDays = backups.retained.get(resident)?.retentionDays ?? null;
  if (retentionDays === null || snapshot.createdAt === null) return snapshot;
  // Nothing renews it any more: it ends as it would have on the living database.
  return { ...snapshot, retentionDays, expiresAt: addDays(snapshot.createdAt, retentionDays) };
}

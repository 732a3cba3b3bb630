/**
 * What AWS Backup's own restores of a database's recovery points are worth beside drills.
 *
 * A restore that was completed shows that the point comes up, once, and no more: whoever validated it, Muster saw no
 * answer. AWS leaves a restored Aurora cluster without an instance, so of that nothing could even be asked. What failed
 * its validation, or was not validated in time, speaks against the claim. A job that AWS could not carry out says as much
 * of its settings as of the point, and proves nothing either way. Joined by the ARN of the recovery point, never by name.
 * Source: AWS Backup Developer Guide, "Restore testing" and "Restore testing validation"; AWS Backup API,
 * RestoreJobsListMember.
 */

import { sortedBy } from '../core/canonical.ts';
import { oncePer } from '../core/once-per.ts';
import type { Instant } from '../core/time.ts';
import { claimOf } from '../drill/model.ts';
import type { Database, Inventory, RestoreTest } from '../inventory/model.ts';
import { groupsOf } from '../inventory/one-each.ts';

/** A restore that was carried out, and when. */
export interface EndedTest extends RestoreTest {
  readonly endedAt: Instant;
}

/** The completed restores of a database's points in vaults, in its account; the newest last. */
export function testsOf(
  { restoreTests, recoveryPoints }: Pick<Inventory, 'restoreTests' | 'recoveryPoints'>,
  { resourceId, accountId }: Database,
): readonly EndedTest[] {
  if (restoreTests.length === 0) return [];
  const byPoint = completedByPoint(restoreTests);
  const own = recoveryPoints
    .filter(({ databaseResourceId, kind }) => databaseResourceId === resourceId && claimOf(kind) === 'vault')
    .flatMap(({ arn }) => byPoint.get(arn) ?? [])
    .filter((test) => test.accountId === accountId);
  return sortedBy(own, ({ endedAt, jobId }) => `${endedAt} ${jobId}`);
}

/** True when what was restored did not stand up to its validation. */
export function speaksAgainst({ validation }: RestoreTest): boolean {
  return validation === 'failed' || validation === 'timed_out';
}

/** True when a database came up that could have been asked something, and nobody says that it was wrong. */
export function standsUp(test: RestoreTest): boolean {
  return !test.ofCluster && !speaksAgainst(test);
}

/** An estate is judged database by database, and its tests are sorted once. */
const completedByPoint = oncePer((tests: readonly RestoreTest[]): ReadonlyMap<string, readonly EndedTest[]> => {
  const completed = tests.flatMap((test): EndedTest[] =>
    test.status === 'completed' ? [{ ...test, endedAt: test.completedAt ?? test.createdAt }] : [],
  );
  return new Map(
    groupsOf(completed, ({ recoveryPointArn }) => recoveryPointArn).map((group) => [
      group[0]?.recoveryPointArn ?? '',
      group,
    ]),
  );
});

/**
 * Global databases: one of each, however many regions showed it, and which clusters belong to it.
 *
 * Pure. A member that follows another region repeats every mistake made there; it is no recovery point.
 * Source: Amazon RDS API, DescribeGlobalClusters; aws-backup-facts.md section 1.2 (C7).
 */

import { sortedBy } from '../core/canonical.ts';
import type { GlobalCluster, GlobalMember } from './model.ts';
import { groupsOf, oneEach } from './one-each.ts';

/** Each global cluster once, with every member that any region showed. */
export function joinGlobalClusters(seen: readonly GlobalCluster[]): GlobalCluster[] {
  const joined = groupsOf(seen, ({ arn }) => arn).flatMap((sights) => {
    const [first] = oneEach(sights, ({ accountId, region }) => `${accountId} ${region}`);
    if (first === undefined) return [];
    const members = oneEach(
      sights.flatMap((sight) => sight.members),
      ({ clusterArn }) => clusterArn,
      ({ writer }) => (writer ? 0 : 1),
    );
    // Of two sights the one without protection is believed: a wrong "protected" is the worse mistake.
    return [{ ...first, members, deletionProtection: sights.every((sight) => sight.deletionProtection) }];
  });
  return sortedBy(joined, ({ arn }) => arn);
}

/** The ARN of the global cluster that each member cluster belongs to, by the member's ARN. */
export function globalOf(clusters: readonly GlobalCluster[]): ReadonlyMap<string, string> {
  const pairs = clusters.flatMap(({ arn, members }) =>
    members.map(({ clusterArn }: GlobalMember): [string, string] => [clusterArn, arn]),
  );
  return new Map(pairs);
}

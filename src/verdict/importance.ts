/**
 * Facts that show what a database is worth: age, size, class, redundancy, dependants, use.
 *
 * Never its name: `dev-` proved nothing on the day production was called that.
 */

import { type Instant, SECONDS_PER_DAY, secondsBetween } from '../core/time.ts';
import type { Database } from '../inventory/model.ts';

/** The facts in words, such as `created 732 days ago`. */
export function importanceOf(database: Database, at: Instant): readonly string[] {
  const { createdAt, storageGib, instanceClass, members, multiAz, replicas, globalClusterArn, connectionsMax } =
    database;
  const days = createdAt === null ? null : Math.floor(secondsBetween(createdAt, at) / SECONDS_PER_DAY);
  const classes = [...new Set([instanceClass, ...members.map((member) => member.instanceClass)])].filter(
    (name) => name !== null,
  );
  return [
    days === null ? null : `created ${days} ${days === 1 ? 'day' : 'days'} ago`,
    storageGib === null ? null : `${storageGib} GiB allocated`,
    classes.length === 0 ? null : classes.join(', '),
    members.length === 0 ? null : `${members.length} ${members.length === 1 ? 'instance' : 'instances'}`,
    multiAz ? 'Multi-AZ' : null,
    replicas.length === 0 ? null : `${replicas.length} read ${replicas.length === 1 ? 'replica' : 'replicas'}`,
    globalClusterArn === null ? null : 'part of a global database',
    connectionsMax === null ? null : inUse(connectionsMax),
  ].filter((fact) => fact !== null);
}

/** The day ends with the reading of the inventory, which may lie before the verdict; CloudWatch looks once a minute. */
function inUse(connectionsMax: number): string {
  const most = `up to ${connectionsMax} ${connectionsMax === 1 ? 'connection' : 'connections'} at once`;
  return `${connectionsMax === 0 ? 'no connection seen' : most} in the day before it was read`;
}

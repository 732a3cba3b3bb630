/**
 * Stopping and starting: the statuses a database passes through, and the end of its seven days.
 *
 * A stopped database listens nowhere, keeps its volume and backups, and makes no new ones; what waited for a
 * maintenance window is dropped. AWS starts it again after seven days. A cluster's members follow it. Once it runs
 * again the lab counts retention by the clock, where AWS leaves out the days it was stopped. Source: RDS
 * User Guide, "Stopping an Amazon RDS DB instance temporarily"; Aurora User Guide, "Stopping and starting".
 */

import { addDays, addSeconds, type Instant } from '../core/time.ts';
import type { Effect } from './effects.ts';
import type { Pace } from './pace.ts';
import type { Backed, Cluster, Instance } from './world.ts';

/** Days after which AWS starts a stopped database by itself. */
const STOPPED_DAYS_MAX = 7;
const STOPPED: readonly string[] = ['stopping', 'stopped', 'starting'];

/** True from the call that stops a database until it is available again. */
export function isStopped({ status }: Backed): boolean {
  return STOPPED.includes(status);
}

/** The cluster as it begins to stop. */
export function stoppingCluster(cluster: Cluster, at: Instant, pace: Pace): Cluster {
  return { ...cluster, ...stopping(at, pace) };
}

/** The instance as it begins to stop; its port is let go. */
export function stoppingInstance(instance: Instance, at: Instant, pace: Pace): Instance {
  return { ...instance, ...stopping(at, pace), listeningPort: null };
}

function stopping(at: Instant, pace: Pace) {
  return { status: 'stopping', statusEndsAt: addSeconds(at, pace.stopping), stoppedAt: at, pending: null };
}

/** The database once it has stopped; a member waits for its cluster to start, anything else for seven days. */
export function stopped<T extends Cluster | Instance>(database: T, since: Instant): T {
  const follows = 'clusterResourceId' in database && database.clusterResourceId !== null;
  return { ...database, status: 'stopped', statusEndsAt: follows ? null : addDays(since, STOPPED_DAYS_MAX) };
}

/** The database as it begins to start. */
export function starting<T extends Cluster | Instance>(database: T, at: Instant, pace: Pace): T {
  return { ...database, status: 'starting', statusEndsAt: addSeconds(at, pace.starting) };
}

/** What makes a starting instance listen again. */
export function reopening({ volumeId, resourceId }: Instance): Effect {
  return { kind: 'open_volume', volumeId, openingId: resourceId, waits: false };
}

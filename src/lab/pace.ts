/**
 * How long things take in the lab.
 *
 * `realistic` has the order of magnitude of a small database on AWS, for the virtual clock; `brisk` makes
 * the same steps visible in seconds, for the HTTP lab and the demo. AWS promises none of these figures.
 */

import type { Seconds } from '../core/time.ts';

/** Seconds each step lasts at one pace. */
export interface Pace {
  readonly creatingCluster: Seconds;
  readonly creatingInstance: Seconds;
  readonly restoringCluster: Seconds;
  readonly restoringInstance: Seconds;
  readonly snapshotting: Seconds;
  readonly copyingSnapshot: Seconds;
  readonly copyingAcrossRegions: Seconds;
  readonly backingUp: Seconds;
  readonly modifying: Seconds;
  readonly resettingCredentials: Seconds;
  readonly deletingCluster: Seconds;
  readonly deletingInstance: Seconds;
  readonly stopping: Seconds;
  readonly starting: Seconds;
}

/** The paces there are. */
export const PACES = {
  realistic: {
    creatingCluster: 60,
    creatingInstance: 360,
    restoringCluster: 420,
    restoringInstance: 540,
    snapshotting: 90,
    copyingSnapshot: 240,
    copyingAcrossRegions: 900,
    backingUp: 60,
    modifying: 90,
    resettingCredentials: 40,
    deletingCluster: 60,
    deletingInstance: 240,
    stopping: 180,
    starting: 300,
  },
  brisk: {
    creatingCluster: 0.4,
    creatingInstance: 0.8,
    restoringCluster: 1.2,
    restoringInstance: 1.5,
    snapshotting: 0.8,
    copyingSnapshot: 0.8,
    copyingAcrossRegions: 1.2,
    backingUp: 0.4,
    modifying: 0.5,
    resettingCredentials: 0.4,
    deletingCluster: 0.4,
    deletingInstance: 0.6,
    stopping: 0.4,
    starting: 0.6,
  },
} as const satisfies Record<string, Pace>;

/** The name of a pace. */
export type PaceName = keyof typeof PACES;

/**
 * The plan of one drill as data: what is restored, into what, which questions are asked, and what follows.
 *
 * Written into the journal before anything is called, so that whoever picks the drill up again, or sweeps after it,
 * needs nothing else. Holds what the drill uses of the database and the recovery point, not the whole of them.
 */

import type { Scope } from '../core/arn.ts';
import type { Digest } from '../core/canonical.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { RecoveryPointKind } from '../inventory/model.ts';
import type { Aftermath, Claim, Restore, ScratchIds, ScratchShape } from './model.ts';
import type { Baseline, Probe } from './probe.ts';

/** What one drill will do. */
export interface DrillPlan {
  readonly drillId: string;
  readonly musterVersion: string;
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  /** Where the restore takes place. */
  readonly scope: Scope;
  readonly definition: { readonly name: string; readonly origin: string; readonly digest: Digest };
  readonly database: PlannedSource;
  readonly point: PlannedPoint;
  readonly claim: Claim;
  readonly restore: Restore;
  readonly ids: ScratchIds;
  readonly shape: ScratchShape;
  /** Whether the scratch gets another class than the source runs on. */
  readonly otherClass: boolean;
  readonly probes: readonly Probe[];
  readonly baseline: Baseline | null;
  /** What the definition wants of it; null for no wish. */
  readonly objectives: { readonly restoreSecondsMax: Seconds | null; readonly dataLossSecondsMax: Seconds | null };
  /** Read every table once after the probes, and time it. */
  readonly hydrate: boolean;
  readonly pollSeconds: Seconds;
  /** After so long the drill gives up and tears down. */
  readonly secondsMax: Seconds;
  readonly onSuccess: Aftermath;
  readonly onFailure: Aftermath;
  /** Earlier standbys of the same definition and database that go once this one stands. */
  readonly replaces: readonly string[];
}

/** The database whose recovery point is restored, as far as a drill needs it. */
export interface PlannedSource extends Scope {
  readonly resourceId: string;
  readonly identifier: string;
  readonly engine: string;
  readonly masterUsername: string | null;
  readonly databaseName: string | null;
  /** Every security group of production in the place of the restore, the source's own included: a scratch never joins one. */
  readonly securityGroupIds: readonly string[];
}

/** The recovery point that is restored, as far as a drill needs it. */
export interface PlannedPoint {
  readonly id: string;
  readonly arn: string;
  readonly kind: RecoveryPointKind;
  readonly ofCluster: boolean;
  readonly engine: string;
  readonly engineVersion: string | null;
  /** The moment whose data the restore claims to bring back: the snapshot's, or the instant of a point-in-time restore. */
  readonly dataAt: Instant | null;
  /** What it was copied from, nearest first. */
  readonly lineage: readonly string[];
  readonly storageGib: number | null;
}

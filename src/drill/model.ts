/**
 * The words of a drill: what is restored and how, which scratch things are made, which moments are timed, and the
 * record that is kept.
 *
 * Plain data only, so that a plan and a record can be written down and read again. Credentials never appear here; a
 * scratch database's password lives in the memory of the run that set it.
 */

import type { Scope } from '../core/arn.ts';
import type { Digest } from '../core/canonical.ts';
import { unreachable } from '../core/invariant.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { RecoveryPointKind } from '../inventory/model.ts';
import type { ProbeResult } from './probe.ts';

/** Kinds of restore; each is its own claim and vouches for no other. */
export const CLAIMS = ['snapshot', 'pitr', 'vault', 'copy'] as const;
export type Claim = (typeof CLAIMS)[number];

/** The claim that restoring a recovery point of this kind proves; null when it cannot be restored. */
export function claimOf(kind: RecoveryPointKind): Claim | null {
  switch (kind) {
    case 'system_snapshot':
    case 'manual_snapshot':
      return 'snapshot';
    case 'pitr':
    case 'retained_automated_backup':
    case 'replicated_automated_backup':
    case 'backup_continuous':
      return 'pitr';
    case 'backup_snapshot':
    case 'backup_copy':
    case 'air_gapped_copy':
      return 'vault';
    case 'snapshot_copy':
    case 'account_copy':
    case 'shared_snapshot':
    case 'public_snapshot':
      return 'copy';
    case 's3_export':
      return null;
    default:
      return unreachable(kind, 'recovery point kinds');
  }
}

/** How much a recovery point has been shown to be worth, weakest first. */
export const GRADES = ['exists', 'available', 'restored', 'queried', 'compared'] as const;
export type Grade = (typeof GRADES)[number];

/** Moments of a drill, in the order in which they pass. */
export const PHASES = [
  'requested',
  'copied',
  'cluster_available',
  'instance_requested',
  'instance_available',
  'password_set',
  'first_connection',
  'first_query',
  'probes_done',
  'hydrated',
  'torn_down',
] as const;
export type Phase = (typeof PHASES)[number];

/** What AWS makes for a drill; a copy that had to be brought first is a snapshot. */
export const SCRATCH_KINDS = ['cluster', 'instance', 'snapshot', 'cluster_snapshot'] as const;
export type ScratchKind = (typeof SCRATCH_KINDS)[number];

/** What a scratch thing is for; in this order it is made, in the opposite one removed. */
export const SCRATCH_ROLES = ['copy', 'cluster', 'instance'] as const;
export type ScratchRole = (typeof SCRATCH_ROLES)[number];

/** Which identifiers a drill makes; all bear Muster's prefix. Null for what it does not make. */
export interface ScratchIds {
  readonly copy: string | null;
  readonly cluster: string | null;
  readonly instance: string;
}

/** A snapshot in another region or account that is copied to the place of the restore first. */
export interface Bring {
  readonly fromArn: string;
  readonly fromRegion: string;
  /** Key of the copy; null where AWS takes the source's own. */
  readonly keyArn: string | null;
}

/** How a recovery point is restored. An instant is always named: "latest" would mean another one at each attempt. */
export type Restore =
  /** `snapshot` is an identifier, or an ARN where another account owns it; null: the copy that is brought first. */
  | { readonly by: 'snapshot'; readonly snapshot: string | null; readonly bring: Bring | null }
  | {
      readonly by: 'pitr';
      /** One of the three ways in which AWS names the source; by its identifier only in plans of earlier versions. */
      readonly source: { readonly named: 'identifier' | 'resource_id' | 'backup_arn'; readonly value: string };
      readonly to: Instant;
    }
  | {
      readonly by: 'vault';
      readonly recoveryPointArn: string;
      /** The role that AWS Backup takes on. */
      readonly roleArn: string;
      /** For a continuous recovery point; null for a snapshot. */
      readonly to: Instant | null;
    };

/** How a scratch is made; nothing is left to AWS's defaults, which copy production's. */
export interface ScratchShape {
  readonly instanceClass: string;
  readonly subnetGroup: string | null;
  readonly securityGroupIds: readonly string[];
  /** Null: the engine's default group. */
  readonly parameterGroup: string | null;
  readonly clusterParameterGroup: string | null;
  readonly optionGroup: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** What becomes of the scratch when the drill is over. */
export type Aftermath =
  | { readonly kind: 'delete' }
  | { readonly kind: 'keep'; readonly hours: number }
  /** Stopped, and kept until the next generation stands. AWS starts a stopped database by itself after seven days. */
  | { readonly kind: 'standby' };

/** How a drill ended. `kept` is not an ending: see `TeardownProof`. */
export const DRILL_RESULTS = ['passed', 'failed', 'aborted', 'leaked'] as const;
export type DrillResult = (typeof DRILL_RESULTS)[number];

/** What became of one scratch thing. */
export interface ScratchEnd {
  readonly role: ScratchRole;
  readonly kind: ScratchKind;
  readonly id: string;
  /** AWS's own id of it, never reused; null when AWS never showed one (snapshots have none). */
  readonly resourceId: string | null;
  /** `never_made`: AWS refused to make it. `left`: somebody asked for it to be left, or the definition says to keep it. */
  readonly end: 'gone' | 'never_made' | 'left' | 'leaked';
  /** When AWS answered that it knows no such thing; null unless `gone`. */
  readonly goneAt: Instant | null;
  /** Until when it is kept, if it is; a standby has no end. */
  readonly keptUntil: Instant | null;
  /** Why it leaked; null otherwise. */
  readonly reason: string | null;
}

/** What a restore time was measured under; it holds for nothing else. */
export interface DrillConditions {
  readonly engine: string;
  readonly engineVersion: string | null;
  readonly instanceClass: string;
  /** Whether that class is smaller than, or simply not, the one the source runs on. */
  readonly otherClass: boolean;
  /** Size of what was restored in GiB; null when AWS does not say. */
  readonly storageGib: number | null;
  readonly region: string;
  /** Whether a copy had to be brought from elsewhere first; its time is part of the figure. */
  readonly broughtFrom: string | null;
}

/**
 * A wish of the definition. A drill that passed without meeting it has proven its restore all the same; what a verdict
 * asks for stands in the policy.
 */
export interface DrillObjective {
  /** The restore time, or the age of the data when the drill began. */
  readonly objective: 'restore_time' | 'data_loss';
  readonly secondsMax: Seconds;
  /** Null where it could not be measured. */
  readonly seconds: Seconds | null;
  readonly met: boolean;
}

/** The record of one drill that has ended: immutable, and what verdicts cite. */
export interface DrillRecord {
  readonly formatVersion: '2';
  readonly drillId: string;
  readonly musterVersion: string;
  /** Null for AWS itself; otherwise the endpoint, so that a lab never vouches for an account. */
  readonly endpoint: string | null;
  /** Where the restore took place. */
  readonly scope: Scope;
  readonly definition: { readonly name: string; readonly digest: Digest };
  readonly databaseResourceId: string;
  readonly databaseIdentifier: string;
  readonly recoveryPoint: {
    readonly id: string;
    readonly arn: string;
    readonly kind: RecoveryPointKind;
    /** The moment whose data the restore claims to bring back. */
    readonly dataAt: Instant | null;
    /** What it was copied from, nearest first: ARNs of snapshots, vaults or databases. */
    readonly lineage: readonly string[];
  };
  readonly claim: Claim;
  readonly grade: Grade;
  readonly result: DrillResult;
  readonly startedAt: Instant;
  /** When it was over; where nothing went wrong that is when it turned back, whenever what it made was taken away. */
  readonly endedAt: Instant;
  /** When each phase passed, and how many seconds that was since the start. */
  readonly phases: readonly { readonly phase: Phase; readonly at: Instant; readonly seconds: Seconds }[];
  /**
   * Request to last passing probe. Null when a probe failed, when none was asked, or when the drill was picked up
   * again after a stop: nobody watched the time in between.
   */
  readonly restoreSeconds: Seconds | null;
  readonly conditions: DrillConditions;
  /** What the definition wanted of it, and whether it got that. */
  readonly objectives: readonly DrillObjective[];
  /** The drill whose figures this one was compared with; null for none. */
  readonly comparedWith: string | null;
  readonly probes: readonly ProbeResult[];
  readonly scratch: readonly ScratchEnd[];
  /** How often it was picked up again by another run after a stop. */
  readonly resumed: number;
  /** Why it did not pass, in words; null when it did. */
  readonly cause: string | null;
  /** Of all the above. */
  readonly digest: Digest;
}

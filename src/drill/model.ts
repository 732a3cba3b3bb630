/**
 * The words of a drill: what is restored, which phases are timed, which questions are asked, and the
 * record that is kept.
 *
 * Plain data only. Credentials never appear here; a scratch database's password lives in the
 * memory of the run that set it.
 */

import type { Scope } from '../core/arn.ts';
import { unreachable } from '../core/invariant.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { RecoveryPointKind } from '../inventory/model.ts';

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
  'cluster_available',
  'instance_available',
  'password_set',
  'first_connection',
  'first_query',
  'probes_done',
  'torn_down',
] as const;
export type Phase = (typeof PHASES)[number];

/** One question put to a scratch database. */
export type Probe =
  | { readonly kind: 'row_count'; readonly name: string; readonly table: string; readonly rowsMin: number | null }
  /** All rows of all user tables together. */
  | { readonly kind: 'total_rows'; readonly name: string; readonly rowsMin: number }
  | { readonly kind: 'tables'; readonly name: string; readonly tablesMin: number }
  | { readonly kind: 'freshness'; readonly name: string; readonly sql: string; readonly ageSecondsMax: Seconds }
  | { readonly kind: 'sql'; readonly name: string; readonly sql: string; readonly equals: string };

/** What came back for one probe. */
export interface ProbeResult {
  readonly name: string;
  readonly kind: Probe['kind'];
  readonly passed: boolean;
  /** In words: `prod.students holds 1,200 rows (at least 1 wanted)`. */
  readonly finding: string;
  /** A figure where the probe yields one. */
  readonly value: number | null;
}

/** Which identifiers a drill makes; all bear Muster's prefix. */
export interface ScratchIds {
  readonly cluster: string | null;
  readonly instance: string;
}

/** How a drill ended. */
export const DRILL_RESULTS = ['passed', 'failed', 'aborted', 'leaked'] as const;
export type DrillResult = (typeof DRILL_RESULTS)[number];

/** The record of one drill that has ended: immutable, and what verdicts cite. */
export interface DrillRecord {
  readonly formatVersion: '1';
  readonly drillId: string;
  readonly musterVersion: string;
  /** Null for AWS itself; otherwise the endpoint, so that a lab never vouches for an account. */
  readonly endpoint: string | null;
  readonly scope: Scope;
  readonly databaseResourceId: string;
  readonly databaseIdentifier: string;
  readonly recoveryPoint: {
    readonly id: string;
    readonly arn: string;
    readonly kind: RecoveryPointKind;
    readonly dataAt: Instant | null;
  };
  readonly claim: Claim;
  readonly grade: Grade;
  readonly result: DrillResult;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** Seconds since the request at which each phase passed. */
  readonly phases: readonly { readonly phase: Phase; readonly seconds: Seconds }[];
  /** Request to last passing probe; null when a probe failed or none was asked. */
  readonly restoreSeconds: Seconds | null;
  readonly conditions: { readonly instanceClass: string; readonly engineVersion: string | null };
  readonly probes: readonly ProbeResult[];
  readonly scratch: ScratchIds;
  /** Why it did not pass, in words; null when it did. */
  readonly cause: string | null;
}

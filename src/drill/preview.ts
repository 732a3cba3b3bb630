/**
 * Drills as they would be run: each plan with what it takes, what stands in its way, what to know, and who may call it.
 *
 * Plain data: what `muster drill plan` prints, as text or as JSON. The plan in it is the one that a run would journal.
 */

import type { Permit } from '../authority/authority.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Instant } from '../core/time.ts';
import type { Gap } from '../inventory/model.ts';
import type { DrillPlan } from './drill-plan.ts';
import type { DrillEstimate, Obstacle } from './estimate.ts';
import type { Grade } from './model.ts';
import type { NeededCall } from './permissions.ts';

/** What the principal may call of what a drill needs. */
export interface DrillPermissions {
  readonly principal: string;
  /** `unasked` when nobody wanted to know, `unknown` when it could not be simulated. */
  readonly known: 'simulated' | 'unknown' | 'unasked';
  readonly calls: readonly (NeededCall & { readonly permit: Permit })[];
  readonly gaps: readonly Gap[];
}

/** One drill as it would be run. */
export interface PlannedDrill {
  readonly plan: DrillPlan;
  readonly estimate: DrillEstimate;
  /** The best grade that this drill can reach. */
  readonly bestGrade: Grade;
  /** Why it must not be run; empty when it may. */
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
  readonly permissions: DrillPermissions;
}

/** The drills of one definition as they would be run. */
export interface DrillPreview {
  readonly formatVersion: '1';
  readonly at: Instant;
  readonly definition: DrillPlan['definition'];
  readonly drills: readonly PlannedDrill[];
  /** Databases that were picked and cannot be drilled. */
  readonly refused: readonly {
    readonly identifier: string;
    readonly arn: string;
    readonly code: ErrorCode;
    readonly cause: string;
  }[];
  /** Databases that were not picked, because what the selector asks for is not known of them. */
  readonly undecided: readonly {
    readonly identifier: string;
    readonly arn: string;
    readonly unknown: readonly string[];
  }[];
}

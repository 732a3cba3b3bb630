/**
 * The decision document: the one shape that `muster gate --json`, the API and every hook print.
 *
 * A wire shape with a version of its own, apart from the internal model; additions are minor, changes
 * major. Nothing of the document that was judged appears here but what Muster understood of it.
 */

import type { Scope } from '../core/arn.ts';
import type { Digest } from '../core/canonical.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { Grade } from '../drill/model.ts';
import type { ChangeClass } from '../intent/action.ts';
import type { DatabaseKind, Gap, RecoveryPointKind } from '../inventory/model.ts';
import type { Setting } from '../survival/counterfactual.ts';
import type { FateWord } from '../survival/fate.ts';
import type { RuleCode } from '../survival/rules.ts';
import type { Disarming, SettingOf } from './disarming.ts';
import type { ReasonCode, Severity } from './reasons.ts';

export const DECISIONS = ['allow', 'review', 'block'] as const;
/** `allow`: nothing at stake here; `review`: a person may now approve; `block`: stop. */
export type Decision = (typeof DECISIONS)[number];

/** Worst first. */
export const VERDICTS = ['not_ready', 'unknown', 'ready'] as const;
export type VerdictWord = (typeof VERDICTS)[number];

/** The eight points, in the order in which they are shown. */
export const CHECKPOINTS = [
  'environment_confirmed',
  'source_of_truth',
  'exact_plan_reviewed',
  'protection_and_guardrails',
  'backups_and_tested_restore',
  'authority_of_principal',
  'human_approval',
  'action_path_logged',
] as const;
export type Checkpoint = (typeof CHECKPOINTS)[number];

/** One point of the checklist; each line of evidence begins `verified:`, `assumed:` or `contradicted:`. */
export interface ChecklistPoint {
  readonly point: Checkpoint;
  readonly result: 'pass' | 'fail' | 'unknown';
  readonly evidence: readonly string[];
}

/** One reason for a verdict; its weight follows from its code. */
export interface Reason {
  readonly code: ReasonCode;
  readonly severity: Severity;
  readonly message: string;
  /** What would clear it; exact commands where one exists. */
  readonly remedy: string | null;
  /** The page or rule it rests on. */
  readonly source: string | null;
}

/** How far from the change a survivor lies, nearest first. */
export const REACHES = ['same_plan', 'principal', 'same_account', 'other_region', 'other_account'] as const;
export type Reach = (typeof REACHES)[number];

/** A recovery point that a restore could start from afterwards. */
export interface SurvivorView {
  readonly id: string;
  readonly kind: RecoveryPointKind;
  readonly createdAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly dataLossSeconds: Seconds | null;
  readonly grade: Grade;
  readonly reach: Reach;
  readonly rules: readonly RuleCode[];
}

/** A recovery point that no restore can be counted on to start from. */
export interface CasualtyView {
  readonly id: string;
  readonly kind: RecoveryPointKind;
  readonly fate: Exclude<FateWord, 'survives' | 'survives_until'>;
  readonly rules: readonly RuleCode[];
}

/** Measured restore times in seconds; null figures when no drill has proven one. */
export interface RestoreTime {
  readonly p50: Seconds | null;
  readonly p95: Seconds | null;
  readonly n: number;
  /** Under which conditions it was measured, in words; null when n is 0. */
  readonly conditions: string | null;
}

/** A single setting that would have left something of a database, and how to set it. */
export interface SavingView {
  readonly setting: Setting;
  /** Ids of the recovery points that would be left because of it. */
  readonly left: readonly string[];
  /** When the last of them ends by itself; null when one never does. */
  readonly until: Instant | null;
  readonly command: string;
}

/** One database, judged. */
export interface DatabaseView {
  readonly arn: string;
  readonly resourceId: string;
  readonly identifier: string;
  readonly kind: DatabaseKind;
  readonly engine: string;
  /** Facts that show what it is worth; never its name. */
  readonly importance: readonly string[];
  readonly verdict: VerdictWord;
  readonly reasons: readonly Reason[];
  readonly survivors: readonly SurvivorView[];
  readonly casualties: readonly CasualtyView[];
  readonly newestSurvivorAt: Instant | null;
  /** Null when everything would be lost, or nothing is known. */
  readonly dataLossSeconds: Seconds | null;
  readonly restoreSeconds: RestoreTime;
  readonly prerequisitesLost: readonly string[];
  /** The cheapest setting that would have saved it; null when it is ready or none would, absent in older decisions. */
  readonly wouldHaveSaved?: SavingView | null;
}

/** A decision, and everything it rests on. */
export interface DecisionDocument {
  readonly formatVersion: '1';
  readonly decision: Decision;
  readonly verdict: VerdictWord;
  readonly changeDigest: Digest;
  readonly inventoryDigest: Digest;
  readonly policyDigest: Digest;
  readonly at: Instant;
  readonly validUntil: Instant;
  /** What was asked instead of AWS itself, null for AWS; absent in decisions that were kept before it was written down. */
  readonly endpoint?: string | null;
  readonly principal: string;
  /** Where the change runs; null when that may be any of several places, or none was read. */
  readonly scope: Scope | null;
  readonly checklist: readonly ChecklistPoint[];
  readonly reasons: readonly Reason[];
  readonly databases: readonly DatabaseView[];
  readonly changes: readonly {
    readonly address: string;
    readonly actions: readonly string[];
    readonly class: ChangeClass;
  }[];
  /** What the change weakens; absent in decisions that were kept before it was written down. */
  readonly disarmings?: readonly Disarming[];
  /** Settings that only a tool keeps and that the change shows, or makes, strong; absent as above. */
  readonly rearmings?: readonly SettingOf[];
  readonly gaps: readonly Gap[];
}

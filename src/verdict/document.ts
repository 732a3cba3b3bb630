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

/** What a policy may ask of a database, in the order in which it is asked. */
export const REQUIREMENT_NAMES = [
  'survivors_outside_plan',
  'survivors_outside_principal',
  'survivors_other_region',
  'survivors_other_account',
  'survivors_after_loss',
  'retention',
  'data_loss',
  'restore_proof',
  'restore_time',
] as const;
export type RequirementName = (typeof REQUIREMENT_NAMES)[number];

/** One thing the policy asks, and what was found. */
export interface RequirementView {
  readonly requirement: RequirementName;
  /** The loss that follows the change, for `survivors_after_loss`; null for the others. */
  readonly loss: string | null;
  /** A count for survivors, seconds for times, a grade for the proof. */
  readonly wanted: number | string;
  /** In the same unit; null when it is not known, or there is nothing. */
  readonly found: number | string | null;
  /** Where it was written. */
  readonly origin: string;
  /** `waived` and `advisory` were let pass by a person, or by the policy; neither is shown to hold. */
  readonly result: 'met' | 'not_met' | 'unknown' | 'waived' | 'advisory';
  /** Ids of the evidence and of the survivors that show it. */
  readonly evidence: readonly string[];
}

/** One record that the judgement of a database rests on, or that was too old or too weak to. */
export interface EvidenceView {
  /** `drill:ID`, `restore_test:JOB` or `inventory`. */
  readonly id: string;
  readonly kind: 'drill' | 'restore_test' | 'inventory';
  /** Digest of the drill record; null where AWS keeps it, and of the inventory, whose digest the decision bears. */
  readonly digest: Digest | null;
  readonly observedAt: Instant;
  readonly ageSeconds: Seconds;
  /** When it is too old to count; null where the policy sets no age. */
  readonly freshUntil: Instant | null;
  /** `proven`, `stale`, `weak`, `failed`, `tested` or `test_failed`; of the inventory `fresh` or `stale`. */
  readonly state: string;
  /** What it shows, in words. */
  readonly says: string;
}

/** A shortfall that a person let pass. */
export interface WaiverView {
  readonly reason: ReasonCode;
  readonly by: string;
  readonly because: string;
  readonly until: Instant;
  readonly origin: string;
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
  /** The environment its account belongs to by the policy; null when it names none, absent in older decisions. */
  readonly environment?: { readonly name: string; readonly sandbox: boolean } | null;
  /** Everything the policy asks of it, met or not; absent in older decisions. */
  readonly requirements?: readonly RequirementView[];
  /** What that rests on, the newest of each claim; absent in older decisions. */
  readonly evidence?: readonly EvidenceView[];
  /** Shortfalls that were let pass; absent in older decisions. */
  readonly waivers?: readonly WaiverView[];
  /** When a ready verdict ends though nothing happens; null when time alone does not end it or it is not ready. */
  readonly readyUntil?: Instant | null;
}

/** A database that a change deletes: that very one, and none that bears its name later. */
export interface Deletion {
  readonly databaseResourceId: string;
  readonly databaseArn: string;
}

/** What a decision stands on: were one of these to change, it would have to be asked anew. */
export interface Basis {
  /** Of what was seen of the databases named, and of what a restore of them needs. */
  readonly databasesDigest: Digest;
  /** The state behind the change; null when none was shown. */
  readonly state: { readonly lineage: string; readonly serial: number } | null;
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
  /** The databases that the change itself deletes, whether or not it loses anything by it; absent as below. */
  readonly deletions?: readonly Deletion[];
  /** What the change weakens; absent in decisions that were kept before it was written down. */
  readonly disarmings?: readonly Disarming[];
  /** Settings that only a tool keeps and that the change shows, or makes, strong; absent as above. */
  readonly rearmings?: readonly SettingOf[];
  /** Absent as above. */
  readonly basis?: Basis;
  readonly gaps: readonly Gap[];
}

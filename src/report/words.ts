/**
 * The words reports use for the closed sets of the model, and the forms of instants and durations in them.
 *
 * One table per set, so that a new member is a compile error here. Codes (reasons, rules, grades) are shown as they
 * are: a reader looks them up by that spelling.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { type Instant, printDuration, printInstant, type Seconds } from '../core/time.ts';
import type { Claim, Grade, Phase } from '../drill/model.ts';
import type { DatabaseKind, GapHides, RecoveryPointKind } from '../inventory/model.ts';
import type { Setting } from '../survival/counterfactual.ts';
import type { CasualtyView, Checkpoint, Reach, RestoreTime, VerdictWord } from '../verdict/document.ts';

/** Recovery point kinds in words short enough for a column. */
export const KIND_WORDS: Readonly<Record<RecoveryPointKind, string>> = {
  pitr: 'PITR',
  system_snapshot: 'system snapshot',
  retained_automated_backup: 'retained backup',
  replicated_automated_backup: 'replicated backup',
  manual_snapshot: 'manual snapshot',
  snapshot_copy: 'snapshot copy',
  account_copy: 'account copy',
  shared_snapshot: 'shared snapshot',
  public_snapshot: 'public snapshot',
  s3_export: 'S3 export',
  backup_snapshot: 'AWS Backup snapshot',
  backup_continuous: 'AWS Backup PITR',
  backup_copy: 'AWS Backup copy',
  air_gapped_copy: 'air-gapped copy',
};

/** Database kinds in words. */
export const DATABASE_WORDS: Readonly<Record<DatabaseKind, string>> = {
  rds_instance: 'RDS instance',
  aurora_cluster: 'Aurora cluster',
  multi_az_cluster: 'Multi-AZ cluster',
};

/** Where a survivor lies, seen from the change. */
export const REACH_WORDS: Readonly<Record<Reach, string>> = {
  same_plan: 'same plan',
  principal: "asker's reach",
  same_account: 'same account',
  other_region: 'other region',
  other_account: 'other account',
};

/** What happens to a casualty. */
export const CASUALTY_WORDS: Readonly<Record<CasualtyView['fate'], string>> = {
  lost: 'lost',
  unreadable: 'left, but unreadable',
  unknown: 'unknown',
};

/** What somebody could have set beforehand, in words. */
export const SETTING_WORDS: Readonly<Record<Setting, string>> = {
  keep_automated_backups: 'automated backups kept',
  key_kept: 'its key kept',
  vault_locked: 'a locked vault',
  final_snapshot: 'a final snapshot',
  manual_snapshot: 'a manual snapshot',
  vault_backup: 'a backup in a vault',
};

/** Verdicts in words. */
export const VERDICT_WORDS: Readonly<Record<VerdictWord, string>> = {
  ready: 'ready',
  not_ready: 'not ready',
  unknown: 'unknown',
};

/** The eight points of the checklist in words. */
export const CHECKPOINT_WORDS: Readonly<Record<Checkpoint, string>> = {
  environment_confirmed: 'environment confirmed',
  source_of_truth: 'source of truth',
  exact_plan_reviewed: 'exact plan reviewed',
  protection_and_guardrails: 'protection and guardrails',
  backups_and_tested_restore: 'backups and tested restore',
  authority_of_principal: 'authority of the principal',
  human_approval: 'human approval',
  action_path_logged: 'action path logged',
};

/** What a gap may hide. */
export const HIDES_WORDS: Readonly<Record<GapHides, string>> = {
  survivors: 'may hide survivors',
  threats: 'may hide something that takes a survivor away',
  databases: 'may hide whole databases',
};

/** What kind of restore a drill carried out. */
export const CLAIM_WORDS: Readonly<Record<Claim, string>> = {
  snapshot: 'a snapshot restore',
  pitr: 'a point-in-time restore',
  vault: 'a restore from a vault',
  copy: 'a restore of a copy',
};

/** What a grade says. */
export const GRADE_WORDS: Readonly<Record<Grade, string>> = {
  exists: 'nothing but that it is there',
  available: 'nothing of it came up',
  restored: 'it came up, and its data answered nothing',
  queried: 'it came up, and its data answered',
  compared: 'its data agree with a figure from outside the copy',
};

/** The phases of a drill in words. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  requested: 'restore requested',
  copied: 'copy brought',
  cluster_available: 'cluster available',
  instance_requested: 'instance requested',
  instance_available: 'instance available',
  password_set: 'password set',
  first_connection: 'first connection',
  first_query: 'first query',
  probes_done: 'probes done',
  hydrated: 'everything read once',
  torn_down: 'torn down',
};

/** An instant to the minute, for columns: `2026-11-22 09:07 UTC`. */
export function printMinute(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/** An instant, or the word for its absence. */
export function printInstantOr(at: Instant | null, absent: string): string {
  return at === null ? absent : printInstant(at);
}

/** A duration, or the word for its absence. */
export function printDurationOr(seconds: Seconds | null, absent: string): string {
  return seconds === null ? absent : printDuration(seconds);
}

/** A measured restore time, or that there is none. */
export function printRestoreTime(measured: RestoreTime): string {
  if (measured.n === 0 || measured.p50 === null) return 'never proven by a drill';
  const slow = measured.p95 === null ? '' : `, p95 ${printDuration(measured.p95)}`;
  const where = measured.conditions === null ? '' : `; ${measured.conditions}`;
  return `p50 ${printDuration(measured.p50)}${slow} (${countOf(measured.n, 'drill')}${where})`;
}

/** A count and its noun: `1 drill`, `3 drills`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A digest short enough to compare by eye: `sha256:0a1b2c3d4e5f`. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** Where a change runs, in words. */
export function placeOf(scope: Scope | null): string {
  return scope === null ? 'no one place' : printScope(scope);
}

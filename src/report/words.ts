/**
 * The words reports use for the closed sets of the model, and the forms of instants and durations in them.
 *
 * One table per set, so that a new member is a compile error here. Codes (reasons, rules, grades) are shown as they
 * are: a reader looks them up by that spelling.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { type Instant, printDuration, printInstant, type Seconds, secondsBetween } from '../core/time.ts';
import type { Claim, Grade, Phase } from '../drill/model.ts';
import type { DatabaseKind, GapHides, RecoveryPointKind } from '../inventory/model.ts';
import type { Setting } from '../survival/counterfactual.ts';
import type {
  CasualtyView,
  Checkpoint,
  DatabaseView,
  Reach,
  RequirementName,
  RequirementView,
  RestoreTime,
  VerdictWord,
} from '../verdict/document.ts';
import type { ReasonCode } from '../verdict/reasons.ts';

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

/** What a policy asks, in words short enough for a column. */
export const REQUIREMENT_WORDS: Readonly<Record<RequirementName, string>> = {
  survivors_outside_plan: 'survivors outside plan',
  survivors_outside_principal: 'survivors out of reach',
  survivors_other_region: 'survivors, other region',
  survivors_other_account: 'survivors, other account',
  survivors_after_loss: 'survivors of a loss',
  retention: 'kept for',
  data_loss: 'work lost',
  restore_proof: 'restore proof',
  restore_time: 'restore time',
};

/** Whether it was met. */
export const RESULT_WORDS: Readonly<Record<RequirementView['result'], string>> = {
  met: 'met',
  not_met: 'not met',
  unknown: 'not known',
  waived: 'waived',
  advisory: 'advisory',
};

/** Where a database runs by the policy, in words that may hold untrusted text. */
export function environmentWords(environment: DatabaseView['environment']): string {
  if (environment === null || environment === undefined) return 'none named by the policy';
  return environment.sandbox ? `${environment.name}, a sandbox` : environment.name;
}

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

/** A kind of restore, to stand before its time. */
export const CLAIM_RESTORE_WORDS: Readonly<Record<Claim, string>> = {
  snapshot: 'snapshot restore',
  pitr: 'point-in-time restore',
  vault: 'restore from a vault',
  copy: 'restore of a copy',
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

/**
 * How long until an instant: `in 6 d 4 h`, `in 13 d`, or `over` when it has come.
 *
 * From ten of a unit on only whole ones are told, and the rest of one is cut: it never promises time that is not there.
 */
export function printCountdown(until: Instant, at: Instant): string {
  return until <= at ? 'over' : `in ${printDuration(inWhole(secondsBetween(at, until), Math.floor))}`;
}

/** A duration that something costs, in few characters: from ten of a unit on whole ones, a part counted as one. */
export function printCost(seconds: Seconds): string {
  return printDuration(inWhole(seconds, Math.ceil));
}

function inWhole(seconds: Seconds, round: (units: number) => number): Seconds {
  const unit = [86_400, 3_600, 60].find((length) => seconds >= 10 * length);
  return unit === undefined ? seconds : round(seconds / unit) * unit;
}

/** A reason in few words: its code, which the catalogue words so that it reads. */
export function reasonWords(code: ReasonCode): string {
  return code.replaceAll('_', ' ');
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

/**
 * The closed list of API-level actions that a change can consist of, with the parameters that decide
 * what survives.
 *
 * Every reader (Terraform, commands, ...) translates its document into these, in the order in which they
 * would run. What a reader cannot translate becomes `opaque` and is judged as unknown, never dropped.
 * Source: Amazon RDS, AWS Backup and AWS KMS API references, the action of the same name.
 */

import type { Scope } from '../core/arn.ts';
import type { Digest } from '../core/canonical.ts';
import type { Days } from '../core/time.ts';

/** How a change names the thing it acts on; readers fill in what their document holds. */
export interface Target {
  readonly arn: string | null;
  readonly resourceId: string | null;
  /** Empty when the document does not name it; an `opaque` step then has the document's address here. */
  readonly identifier: string;
  readonly scope: Scope | null;
}

/** The three parameters of `DeleteDBInstance` and `DeleteDBCluster`; null where the document is silent. */
export interface DeleteParameters {
  readonly skipFinalSnapshot: boolean | null;
  readonly finalSnapshotId: string | null;
  readonly deleteAutomatedBackups: boolean | null;
  /** The tool switches deletion protection off by itself before it deletes. */
  readonly disarmsProtection: boolean;
}

/** Settings whose change can weaken protection; absent members do not change. */
export interface ProtectionChange {
  readonly deletionProtection?: boolean;
  readonly retentionDays?: Days;
  readonly applyImmediately?: boolean;
  /** Kept by the tool and sent to nobody until it deletes. */
  readonly skipFinalSnapshot?: boolean;
  /** Kept by the tool and sent to nobody until it deletes. */
  readonly deleteAutomatedBackups?: boolean;
}

/** One API-level action; `kind` names the call. */
export type Action =
  | { readonly kind: 'delete_db_instance'; readonly target: Target; readonly parameters: DeleteParameters }
  | { readonly kind: 'delete_db_cluster'; readonly target: Target; readonly parameters: DeleteParameters }
  | { readonly kind: 'delete_cluster_member'; readonly target: Target; readonly clusterIdentifier: string | null }
  | { readonly kind: 'modify_db_instance'; readonly target: Target; readonly change: ProtectionChange }
  | { readonly kind: 'modify_db_cluster'; readonly target: Target; readonly change: ProtectionChange }
  | { readonly kind: 'delete_db_snapshot'; readonly target: Target }
  | { readonly kind: 'delete_db_cluster_snapshot'; readonly target: Target }
  | { readonly kind: 'delete_automated_backup'; readonly target: Target }
  | { readonly kind: 'stop_backup_replication'; readonly target: Target }
  | { readonly kind: 'delete_recovery_point'; readonly target: Target }
  | { readonly kind: 'delete_backup_vault'; readonly target: Target; readonly force: boolean }
  | { readonly kind: 'delete_vault_lock'; readonly target: Target }
  | { readonly kind: 'schedule_key_deletion'; readonly target: Target; readonly windowDays: Days }
  | { readonly kind: 'disable_key'; readonly target: Target }
  | { readonly kind: 'delete_prerequisite'; readonly target: Target; readonly prerequisite: Prerequisite }
  | { readonly kind: 'unshare_snapshot'; readonly target: Target }
  | { readonly kind: 'update_recovery_point_lifecycle'; readonly target: Target; readonly deleteAfterDays: Days | null }
  | { readonly kind: 'disassociate_recovery_point'; readonly target: Target }
  | { readonly kind: 'stop_future_backups'; readonly target: Target }
  | { readonly kind: 'change_vault_policy'; readonly target: Target }
  | { readonly kind: 'change_key_policy'; readonly target: Target }
  | { readonly kind: 'delete_global_cluster'; readonly target: Target }
  | { readonly kind: 'remove_from_global_cluster'; readonly target: Target }
  | { readonly kind: 'create_database'; readonly target: Target }
  | { readonly kind: 'opaque'; readonly target: Target; readonly why: string };

export type ActionKind = Action['kind'];

/** What a restore needs besides a recovery point. */
export const PREREQUISITES = ['subnet_group', 'option_group', 'parameter_group', 'security_group', 'secret'] as const;
export type Prerequisite = (typeof PREREQUISITES)[number];

/** What one entry of a change amounts to, worst first. */
export const CHANGE_CLASSES = [
  'destroy',
  'unknown',
  'disarm',
  'create',
  'forget',
  'other_destroy',
  'update',
  'none',
] as const;
export type ChangeClass = (typeof CHANGE_CLASSES)[number];

/** One entry of the document that was read, and what it does. */
export interface Change {
  /** The document's own name for it, such as `aws_rds_cluster.orders`. */
  readonly address: string;
  /** The document's own words, such as `["delete"]`. */
  readonly actions: readonly string[];
  readonly class: ChangeClass;
  readonly steps: readonly Action[];
}

/** Something the reader noticed about the document as a whole. */
export interface Signal {
  readonly code: SignalCode;
  /** What was seen, in words; no attribute values. */
  readonly detail: string;
}

/** What a reader can notice about a document as a whole. */
export const SIGNAL_CODES = [
  /** The plan creates and its state knows nothing: a lost or empty state. */
  'empty_state',
  /** The plan was made with errors, so it is a blocked intent, not a whole one. */
  'errored_plan',
  /** The plan covers only part of the configuration (`-target`, deferral). */
  'incomplete_plan',
  /** The plan destroys everything its state holds. */
  'full_destroy',
  /** Something had already been deleted outside the tool. */
  'drift_deleted',
  /** The document holds a part that this reader does not know. */
  'unread_part',
  /** The state is another one than this stack had when it was last judged. */
  'other_lineage',
  /** The state is older than the one that was last judged. */
  'older_serial',
  /** The state lies in a file on one machine. */
  'local_backend',
  /** The state and the plan do not belong together. */
  'state_mismatch',
] as const;
export type SignalCode = (typeof SIGNAL_CODES)[number];

/** Kinds of document that readers exist, or will exist, for. */
export const INTENT_SOURCES = ['terraform', 'command', 'kubernetes', 'cloudformation', 'cleaner', 'what_if'] as const;
export type IntentSource = (typeof INTENT_SOURCES)[number];

/** The state behind a change, as a file beside the document shows it. */
export interface StateEvidence {
  /** Names one history of states. */
  readonly lineage: string;
  /** Counts the versions of that history. */
  readonly serial: number;
  /** Kind of backend, such as `s3`; null when nothing shows it. */
  readonly backend: string | null;
  /** Resource ids of the databases that it claims. */
  readonly databases: readonly string[];
  /** Those of them that the change lets go of without deleting them. */
  readonly forgets: readonly string[];
}

/** The file that would be applied. */
export interface PlanFileEvidence {
  readonly digest: Digest;
  /** False when its inside could not be compared with the document that was read. */
  readonly compared: boolean;
  /** Where the document contradicts it, in words. */
  readonly contradictions: readonly string[];
}

/** What somebody is about to do. */
export interface Intent {
  readonly source: IntentSource;
  /** SHA-256 of the bytes that were read; a verdict is bound to it. */
  readonly digest: Digest;
  /** Where the change would run, as far as the document says. */
  readonly scope: Scope | null;
  readonly changes: readonly Change[];
  /** The steps of all changes in the order in which they would run. */
  readonly actions: readonly Action[];
  readonly signals: readonly Signal[];
  /** True when the document carries a record of what the tool believes to exist. */
  readonly stateSeen: boolean;
  /** Left out when no state was shown beside the document. */
  readonly state?: StateEvidence;
  /** Left out when the file to be applied was not shown. */
  readonly planFile?: PlanFileEvidence;
}

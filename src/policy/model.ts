/**
 * What a policy asks: the requirement of one database, each value with its origin, and the waivers that hold for it.
 *
 * Names only what policy itself decides. The closed lists of claims, losses and reasons belong to other folders, which
 * come later in the flow; the ones here are held against them by a test.
 */

import type { Instant, Seconds } from '../core/time.ts';

/** A value and where it was written. */
export interface Sourced<T> {
  readonly value: T;
  /** `built-in default`, or file and key: `muster.yaml: databases[0]`. */
  readonly origin: string;
}

/** How far a survivor must lie from the hand that makes the change; each class but the first asks for more than the one before. */
export const SURVIVOR_CLASSES = ['outside_plan', 'outside_principal', 'other_region', 'other_account'] as const;
export type SurvivorClass = (typeof SURVIVOR_CLASSES)[number];

/** The kinds of restore that are proven apart; the same list as `CLAIMS` of drills. */
export const CLAIM_NAMES = ['snapshot', 'pitr', 'vault', 'copy'] as const;
export type ClaimName = (typeof CLAIM_NAMES)[number];

/** Losses that a database may have to outlive beside the change; those of `LOSSES` that reach beyond one deletion. */
export const REQUIRED_LOSSES = [
  'snapshots_purged',
  'vaults_emptied',
  'key_disabled',
  'key_deletion_scheduled',
  'key_destroyed',
  'everything_deletable',
  'region_lost',
  'account_lost',
  'bad_write',
  'time_passes',
] as const;
export type RequiredLoss = (typeof REQUIRED_LOSSES)[number];

/** How much a restore must have shown; the upper three grades of a drill. */
export const PROOF_GRADES = ['restored', 'queried', 'compared'] as const;
export type ProofGrade = (typeof PROOF_GRADES)[number];

/** The reasons that a person may waive: shortfalls against what the policy itself asks, never the lack of a survivor. */
export const WAIVABLE = [
  'survivor_only_in_plan',
  'survivors_too_near',
  'loss_not_survived',
  'survivors_end_too_soon',
  'retention_too_short',
  'data_loss_exceeded',
  'restore_never_proven',
  'restore_proof_stale',
  'restore_proof_weak',
  'restore_time_unproven',
  'restore_too_slow',
] as const;
export type WaivableCode = (typeof WAIVABLE)[number];

/** Of these, the ones that say "not known": waived only by a waiver that says that it accepts the unknown. */
export const WAIVABLE_UNKNOWNS: readonly WaivableCode[] = [
  'restore_never_proven',
  'restore_proof_stale',
  'restore_proof_weak',
  'restore_time_unproven',
];

/** A named person lets one shortfall pass for some time. */
export interface Waiver {
  readonly reason: WaivableCode;
  /** The person, as the policy names them. */
  readonly by: string;
  readonly because: string;
  /** The instant from which it no longer holds. */
  readonly until: Instant;
  /** True when it says that what is not known may pass. */
  readonly acceptsUnknown: boolean;
}

/** Where a database runs, by its account. */
export interface Environment {
  readonly name: string;
  /** True where nothing of worth is kept. */
  readonly sandbox: boolean;
}

/** What is required of one database. */
export interface Requirement {
  /** Null where the policy names no environment for its account. */
  readonly environment: Sourced<Environment | null>;
  /** Most work, as time, that may be lost. */
  readonly rpoSecondsMax: Sourced<Seconds>;
  /** Longest restore, request to last passing probe; null for no objective. */
  readonly rtoSecondsMax: Sourced<Seconds | null>;
  /** Fewest survivors of each class; 0 asks for none, and `outside_plan` is never below 1. */
  readonly survivorsMin: Readonly<Record<SurvivorClass, Sourced<number>>>;
  /** Fewest survivors when a loss follows the change; only losses that are asked about, in the order of the list. */
  readonly survivorsAfterLossMin: readonly { readonly loss: RequiredLoss; readonly min: Sourced<number> }[];
  readonly restoreProof: Readonly<Record<ClaimName, Sourced<'required' | 'advisory'>>>;
  readonly proofSecondsMax: Readonly<Record<ClaimName, Sourced<Seconds>>>;
  readonly proofGradeMin: Sourced<ProofGrade>;
  /** How long it may take until somebody notices; a survivor that ends sooner is of no use. 0 for at once. */
  readonly detectionSeconds: Sourced<Seconds>;
  /** How long at least one survivor must be kept from now on, and automated backups of a living database; null for no floor. */
  readonly retentionSecondsMin: Sourced<Seconds | null>;
  /** The waivers that speak of it, whether they still hold or not; in the order of the file. */
  readonly waivers: readonly Sourced<Waiver>[];
}

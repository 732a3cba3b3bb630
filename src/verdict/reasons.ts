/**
 * The closed catalogue of reasons: what a verdict can say, how bad it is, and which verdict it forces.
 *
 * A reason that forces nothing informs only. Codes are permanent. Messages and remedies are written where the
 * facts are at hand; the catalogue fixes what they weigh.
 */

export const SEVERITIES = ['block', 'warn', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

interface ReasonEntry {
  readonly severity: Severity;
  /** The verdict this reason forces, worst first over all reasons; null informs only. */
  readonly forces: 'not_ready' | 'unknown' | null;
  readonly meaning: string;
}

/** The catalogue, by code; about one database first, then about the change. */
export const REASONS = {
  // About one database.
  no_survivor: { severity: 'block', forces: 'not_ready', meaning: 'no recovery point outlives the change' },
  survivor_only_in_plan: {
    severity: 'block',
    forces: 'not_ready',
    meaning: 'too few recovery points survive outside the change itself',
  },
  survivors_end_too_soon: {
    severity: 'block',
    forces: 'not_ready',
    meaning: 'survivors end by themselves before anybody would notice the loss',
  },
  survivors_too_near: {
    severity: 'block',
    forces: 'not_ready',
    meaning: 'too few recent survivors lie as far from the change as the policy asks',
  },
  loss_not_survived: {
    severity: 'block',
    forces: 'not_ready',
    meaning: 'too few recent survivors would be left by a loss that the policy names',
  },
  retention_too_short: {
    severity: 'block',
    forces: 'not_ready',
    meaning: 'recovery points are not kept as long as the policy asks',
  },
  data_loss_exceeded: { severity: 'block', forces: 'not_ready', meaning: 'more work would be lost than is allowed' },
  data_loss_unknown: { severity: 'block', forces: 'unknown', meaning: "how old the survivors' data are is not known" },
  restore_never_proven: { severity: 'block', forces: 'unknown', meaning: 'no drill has ever restored such a survivor' },
  restore_proof_stale: { severity: 'block', forces: 'unknown', meaning: 'the last drill is not recent' },
  restore_proof_weak: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'it was restored, but the restored data answered nothing',
  },
  restore_time_unproven: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'the drill proves that it restores, but not how long that takes',
  },
  restore_failed: { severity: 'block', forces: 'not_ready', meaning: 'the last restore failed' },
  restore_too_slow: { severity: 'block', forces: 'not_ready', meaning: 'the proven restore takes longer than allowed' },
  survival_unknown: { severity: 'block', forces: 'unknown', meaning: 'whether recovery points survive is not known' },
  gap_hides_survivors: { severity: 'block', forces: 'unknown', meaning: 'what could not be read may hold survivors' },
  gap_hides_threats: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'what could not be read may take survivors away',
  },
  state_mismatch: {
    severity: 'block',
    forces: 'not_ready',
    meaning: 'the document speaks of other things than those that exist, or than its own state holds',
  },
  survivors_unreadable: { severity: 'warn', forces: null, meaning: 'recovery points remain but cannot be restored' },
  prerequisites_lost: { severity: 'warn', forces: null, meaning: 'things a restore needs go too' },
  disarms: { severity: 'warn', forces: null, meaning: 'protection is weakened, so it is judged as a deletion' },
  disarmed_earlier: {
    severity: 'warn',
    forces: null,
    meaning: 'an earlier change weakened its protection, or asked to, and nothing shows that undone',
  },
  refused_now: {
    severity: 'warn',
    forces: null,
    meaning: 'AWS would refuse the deletion now, which counts for nothing',
  },
  restore_time_outgrown: {
    severity: 'warn',
    forces: null,
    meaning: 'the database has outgrown the restore time that was measured',
  },
  waived: { severity: 'warn', forces: null, meaning: 'a person let a shortfall pass for some time' },
  waived_unknown: { severity: 'warn', forces: null, meaning: 'a person let something pass that is not known' },
  waiver_expired: { severity: 'info', forces: null, meaning: 'a waiver of this has ended' },
  proof_advisory: { severity: 'warn', forces: null, meaning: 'policy lets a missing restore proof pass' },
  last_survivor_expires: { severity: 'warn', forces: null, meaning: 'every survivor ends by itself' },

  // About the change as a whole.
  change_not_understood: { severity: 'block', forces: 'unknown', meaning: 'part of the change was not understood' },
  target_not_observed: { severity: 'block', forces: 'unknown', meaning: 'the change acts on what was not observed' },
  scope_not_observed: { severity: 'block', forces: 'unknown', meaning: 'the change runs where nothing was read' },
  disarms_elsewhere: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'protection of no one database is weakened, and how far that reaches is not known',
  },
  orphans_lost: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'recovery points are acted on whose database was not observed',
  },
  gap_hides_losses: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'what could not be read may be reached by the change',
  },
  inventory_stale: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'the inventory is of another time than the one judged',
  },
  empty_state: { severity: 'block', forces: 'not_ready', meaning: 'the state is empty though things exist' },
  other_lineage: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'the state is not the one this stack had when it was last judged',
  },
  older_serial: { severity: 'block', forces: 'unknown', meaning: 'the state is older than the one last judged' },
  state_forgot: {
    severity: 'block',
    forces: 'unknown',
    meaning: 'the state no longer holds a database that lives and that it held before',
  },
  local_backend: { severity: 'warn', forces: null, meaning: 'the state lies in a file on one machine' },
  create_collides: { severity: 'block', forces: 'not_ready', meaning: 'the change creates what already exists' },
  errored_plan: { severity: 'block', forces: 'unknown', meaning: 'the plan ended in an error' },
  incomplete_plan: { severity: 'warn', forces: null, meaning: 'the plan covers only a part' },
  drift_deleted: { severity: 'warn', forces: null, meaning: 'something was already deleted outside the tool' },
  other_resources_destroyed: { severity: 'warn', forces: null, meaning: 'other resources are destroyed too' },
  human_approval_required: { severity: 'info', forces: null, meaning: 'a person must approve; Muster never does' },
  nothing_at_stake: { severity: 'info', forces: null, meaning: 'no database or recovery point is concerned' },
} as const satisfies Record<string, ReasonEntry>;

export type ReasonCode = keyof typeof REASONS;

/** Every code, in the order of the catalogue, which is also the order in which reasons are printed. */
export const REASON_CODES = Object.keys(REASONS) as readonly ReasonCode[];

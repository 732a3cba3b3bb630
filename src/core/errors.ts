/**
 * The error catalogue: every way Muster can fail at its own work.
 *
 * A table first: code, class, exit code, HTTP status, whether a retry may help, and a hint. Codes are
 * permanent. A database that is not ready is no error; it is a finding inside a verdict.
 */

/** The classes of error; each has one exit code and one HTTP status. */
export const ERROR_CLASSES = {
  config: { exit: 10, http: 400, retryable: false },
  access: { exit: 11, http: 502, retryable: false },
  unavailable: { exit: 12, http: 503, retryable: true },
  drill: { exit: 13, http: 500, retryable: false },
  scratch_leak: { exit: 14, http: 500, retryable: false },
  invariant: { exit: 20, http: 500, retryable: false },
} as const;

export type ErrorClass = keyof typeof ERROR_CLASSES;

/** Every code with its class and the sentence that tells what to do. */
export const ERRORS = {
  MUSTER_USAGE: { class: 'config', hint: 'Run the command with --help to see what it accepts.' },
  MUSTER_TIME_INVALID: { class: 'config', hint: 'Write instants as 2026-11-22T09:07:00Z.' },
  MUSTER_FILE_UNREADABLE: { class: 'config', hint: 'Check the path and its permissions.' },
  MUSTER_PLAN_NOT_JSON: { class: 'config', hint: 'Write it with: terraform show -json PLANFILE > plan.json' },
  MUSTER_PLAN_IS_STATE: { class: 'config', hint: 'Pass a plan: terraform plan -out=p, then terraform show -json p.' },
  MUSTER_PLAN_VERSION: { class: 'config', hint: 'Muster reads plan format 1.x of Terraform and OpenTofu.' },
  MUSTER_PLAN_SHAPE: { class: 'config', hint: 'Write the plan anew with terraform show -json; do not edit it.' },
  MUSTER_KUBERNETES_INVALID: {
    class: 'config',
    hint: 'Pass an AdmissionReview, or what kubectl get -o yaml prints of the objects to be deleted.',
  },
  MUSTER_CLOUDFORMATION_INVALID: {
    class: 'config',
    hint: 'Write it with: aws cloudformation describe-change-set --include-property-values; or pass a template and --delete.',
  },
  MUSTER_CLEANER_INVALID: {
    class: 'config',
    hint: 'Pass the config of aws-nuke or cloud-nuke, or a Cloud Custodian policy file, as the tool itself takes it.',
  },
  MUSTER_PLAN_FILE_INVALID: { class: 'config', hint: 'Pass the file that terraform plan -out wrote.' },
  MUSTER_STATE_EMPTY: {
    class: 'config',
    hint: 'Find the state that knows these resources; for the first apply of all leave --state out.',
  },
  MUSTER_STATE_NOT_STATE: { class: 'config', hint: 'Write it with: terraform state pull > state.json' },
  MUSTER_STATE_ENCRYPTED: {
    class: 'config',
    hint: 'Pass what tofu state pull prints as --state, and leave an encrypted plan file out.',
  },
  MUSTER_STATE_SHAPE: { class: 'config', hint: 'Pull the state anew with terraform state pull; do not edit it.' },
  MUSTER_POLICY_INVALID: { class: 'config', hint: 'Correct the named key in the policy file.' },
  MUSTER_DRILL_INVALID: { class: 'config', hint: 'Correct the named key in the drill definition.' },
  MUSTER_INVENTORY_INVALID: { class: 'config', hint: 'Write it with: muster scan --json > inventory.json' },
  MUSTER_DATABASE_NOT_FOUND: { class: 'config', hint: 'Run muster scan to see the databases that Muster can see.' },
  MUSTER_REGION_MISSING: { class: 'config', hint: 'Set AWS_REGION or a region in the AWS profile.' },
  MUSTER_STORE_INVALID: {
    class: 'config',
    hint: 'Run muster verify to see what was changed and since when; restore the store from a backup.',
  },
  MUSTER_KEY_INVALID: {
    class: 'config',
    hint: 'Restore the key file from its backup, or move it away to begin a new chain of keys.',
  },
  MUSTER_ATTESTATION_INVALID: { class: 'config', hint: 'Pass what muster attest wrote.' },
  MUSTER_DECISION_NOT_FOUND: { class: 'config', hint: 'Judge the change first with muster gate.' },
  MUSTER_EXPORT_INVALID: { class: 'config', hint: 'Pass what muster export wrote.' },
  MUSTER_SERVICE_INVALID: { class: 'config', hint: 'Correct the named key in the service file.' },
  MUSTER_TOKEN_NOT_FOUND: { class: 'config', hint: 'Run muster token list to see the tokens there are.' },
  MUSTER_ARCHIVE_INVALID: {
    class: 'config',
    hint: 'See infra/README.md: what the bucket must be, and what to do when it tells another story.',
  },
  MUSTER_CREDENTIALS_MISSING: {
    class: 'access',
    hint: 'Set AWS_PROFILE or sign in; any standard AWS credential source works.',
  },
  MUSTER_ACCESS_DENIED: { class: 'access', hint: 'Attach the read-only policy in infra/ to this identity.' },
  MUSTER_ENDPOINT_UNREACHABLE: { class: 'unavailable', hint: 'Check AWS_ENDPOINT_URL and that the endpoint is up.' },
  MUSTER_STORE_UNREACHABLE: { class: 'unavailable', hint: 'Check MUSTER_DATABASE_URL and that the database is up.' },
  MUSTER_AWS_UNAVAILABLE: { class: 'unavailable', hint: 'Wait and run it again.' },
  MUSTER_DRILL_FAILED: { class: 'drill', hint: 'Run muster drill show to see where it stopped.' },
  MUSTER_NO_RECOVERY_POINT: { class: 'drill', hint: 'Take a snapshot first; there is nothing to restore.' },
  MUSTER_SCRATCH_LEAKED: {
    class: 'scratch_leak',
    hint: 'Run muster drill sweep, then check that the named id is gone.',
  },
  MUSTER_INVARIANT_BROKEN: {
    class: 'invariant',
    hint: 'This is a fault in Muster; please report it with the command you ran.',
  },
} as const satisfies Record<string, { class: ErrorClass; hint: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a permanent code; class, exit code and hint follow from the code. */
export class MusterError extends Error {
  readonly code: ErrorCode;

  /**
   * @param message Lower case, no full stop; names the place, the value and what is accepted.
   */
  constructor(code: ErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'MusterError';
    this.code = code;
  }

  get class(): ErrorClass {
    return ERRORS[this.code].class;
  }

  /** The process exit code for this error. */
  get exit(): number {
    return ERROR_CLASSES[this.class].exit;
  }

  get retryable(): boolean {
    return ERROR_CLASSES[this.class].retryable;
  }

  get hint(): string {
    return ERRORS[this.code].hint;
  }
}

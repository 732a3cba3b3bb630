/**
 * Which in-place attribute changes weaken protection, and what each sends to AWS.
 *
 * "Disarming" is the first half of a destruction in two steps: a later destroy uses whatever state holds by
 * then. Changes that live in state alone (`skip_final_snapshot`, ...) send nothing and disarm all the same.
 * Source: `aws-backup-facts.md` 2.3, 2.8, 2.9 and 2.10; hashicorp/terraform-provider-aws
 * `internal/service/rds/instance.go` (what ModifyDBInstance is sent for) and `schema.go` defaults.
 */

/** `delete_automated_backups` is `Default: true` in the provider, and true in the API. */
export const AUTOMATED_BACKUPS_DELETED_BY_DEFAULT = true;

/** What an in-place change of a protection sends to AWS; those of one step are named as its action is. */
export type Sends = 'modify_protection' | 'modify_retention' | OneStep | 'nothing';

/** The actions that consist of the resource and nothing else. */
export type OneStep =
  | 'disable_key'
  | 'change_key_policy'
  | 'change_vault_policy'
  | 'unshare_snapshot'
  | 'stop_future_backups'
  | 'remove_from_global_cluster';

/** One attribute whose change can weaken protection. */
export type Protection =
  | {
      readonly attribute: string;
      readonly kind: 'flag';
      /** The value that protects less. */
      readonly weak: boolean;
      /** What the provider takes an unset value for. */
      readonly unset: boolean;
      readonly sends: Sends;
    }
  | {
      readonly attribute: string;
      readonly kind: 'number';
      /** What the provider takes an unset value for; null when that depends on what AWS holds. */
      readonly unset: number | null;
      readonly sends: Sends;
    }
  | { readonly attribute: string; readonly kind: 'texts'; readonly sends: Sends }
  /** Any change of it may weaken; its value is compared and never read out. */
  | { readonly attribute: string; readonly kind: 'opaque'; readonly sends: Sends }
  /** The rules of a backup plan: any edit that does not surely only add may weaken. */
  | { readonly attribute: string; readonly kind: 'rules'; readonly sends: Sends };

/** The protections that rows of the table refer to. */
export const PROTECTIONS = {
  deletionProtection: {
    attribute: 'deletion_protection',
    kind: 'flag',
    weak: false,
    unset: false,
    sends: 'modify_protection',
  },
  retention: { attribute: 'backup_retention_period', kind: 'number', unset: null, sends: 'modify_retention' },
  finalSnapshot: { attribute: 'skip_final_snapshot', kind: 'flag', weak: true, unset: false, sends: 'nothing' },
  automatedBackups: {
    attribute: 'delete_automated_backups',
    kind: 'flag',
    weak: true,
    unset: AUTOMATED_BACKUPS_DELETED_BY_DEFAULT,
    sends: 'nothing',
  },
  vaultForce: { attribute: 'force_destroy', kind: 'flag', weak: true, unset: false, sends: 'nothing' },
  keyEnabled: { attribute: 'is_enabled', kind: 'flag', weak: false, unset: true, sends: 'disable_key' },
  keyWindow: { attribute: 'deletion_window_in_days', kind: 'number', unset: 30, sends: 'nothing' },
  /** The same switch under the name that the other types of key have for it. */
  keySwitchedOn: { attribute: 'enabled', kind: 'flag', weak: false, unset: true, sends: 'disable_key' },
  keyMaterialEnd: { attribute: 'valid_to', kind: 'opaque', sends: 'nothing' },
  /** A key policy can lock everybody out, and what is under the key with them. */
  keyPolicy: { attribute: 'policy', kind: 'opaque', sends: 'change_key_policy' },
  vaultPolicy: { attribute: 'policy', kind: 'opaque', sends: 'change_vault_policy' },
  /** Any edit but one that only adds: what a rule no longer covers cannot be told from its text alone. */
  planRules: { attribute: 'rule', kind: 'rules', sends: 'stop_future_backups' },
  /** Accounts taken off a snapshot lose it at once. */
  sharing: { attribute: 'shared_accounts', kind: 'texts', sends: 'unshare_snapshot' },
  /** A member that leaves its global cluster keeps its data, and AWS no longer refuses to delete it. */
  globalMembership: { attribute: 'global_cluster_identifier', kind: 'opaque', sends: 'remove_from_global_cluster' },
  globalDeletionProtection: {
    attribute: 'deletion_protection',
    kind: 'flag',
    weak: false,
    unset: false,
    sends: 'nothing',
  },
} as const satisfies Record<string, Protection>;

/**
 * What a cleaner's config says, whichever tool it is for: which things it selects, and what it does to them.
 *
 * Data only. A test answers yes, no or unknown of one thing; a rule takes a thing unless its test says no, so that what
 * was not understood never spares. Nothing here has been compared with what exists.
 */

import type { Digest } from '../../core/canonical.ts';
import type { Days, Instant } from '../../core/time.ts';

/** Kinds of things that a cleaner selects among. */
export const THING_KINDS = [
  'db_snapshot',
  'db_cluster_snapshot',
  'recovery_point',
  'db_instance',
  'db_cluster',
  'global_cluster',
  'backup_vault',
  'backup_plan',
  'key',
  'subnet_group',
  'parameter_group',
  'option_group',
  'security_group',
] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** What may be asked of a thing, under one name for all tools; dates are instants. */
export const FACTS = [
  'identifier',
  'arn',
  'cluster',
  'created_at',
  'deletion_protection',
  'encrypted',
  'engine',
  'engine_version',
  'instance_class',
  'multi_az',
  'public',
  'retention_days',
  'snapshot_type',
  'status',
  'storage_gib',
  'vault',
] as const;
export type Fact = (typeof FACTS)[number];

/** How two values are compared. */
export const COMPARISONS = ['eq', 'lt', 'le', 'gt', 'ge'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** How a text is matched. `regex` looks anywhere in it, `regex_at_start` from its start. */
export const MATCHES = ['exact', 'contains', 'prefix', 'suffix', 'glob', 'regex', 'regex_at_start'] as const;
export type Match = (typeof MATCHES)[number];

/** What a text is matched against. */
export interface Pattern {
  readonly how: Match;
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** A question about one thing. */
export type Test =
  | { readonly kind: 'always' }
  /** Nobody can answer it from the inventory, or nobody understood it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Test[] }
  | { readonly kind: 'not'; readonly of: Test }
  | {
      readonly kind: 'compare';
      readonly fact: Fact;
      readonly how: Comparison;
      readonly value: string | number | boolean;
    }
  | { readonly kind: 'match'; readonly fact: Fact; readonly pattern: Pattern }
  | { readonly kind: 'tag'; readonly key: string; readonly pattern: Pattern | 'present' }
  /** The tag holds an instant that lies ahead. */
  | { readonly kind: 'tag_ahead'; readonly key: string }
  | { readonly kind: 'created'; readonly how: 'before' | 'after'; readonly at: Instant }
  /** Time since its creation, in seconds. */
  | { readonly kind: 'age'; readonly how: Comparison; readonly seconds: number };

/** What is done to a thing. */
export type Treatment =
  | {
      readonly kind: 'delete';
      /** True when the tool asks for no final snapshot; otherwise it makes up a name for one. */
      readonly skipsFinalSnapshot: boolean;
      readonly disarmsProtection: boolean;
      /** The members of a cluster go first. */
      readonly deletesMembers: boolean;
      /** Empties a vault before it deletes it. */
      readonly emptiesVault: boolean;
      readonly keyWindowDays: Days;
    }
  | { readonly kind: 'retain'; readonly days: Days; readonly enforce: 'min' | 'max' | 'exact' }
  | {
      readonly kind: 'modify';
      readonly deletionProtection: boolean | null;
      readonly retentionDays: Days | null;
      readonly applyImmediately: boolean;
    }
  | { readonly kind: 'unshare' | 'change_policy' | 'leave_global_cluster' }
  /** What it does to the things that it selects is not known. */
  | { readonly kind: 'unknown'; readonly why: string };

/** One entry of a config. */
export interface CleanerRule {
  /** The config's own name for it, such as `RDSInstance`. */
  readonly address: string;
  readonly takes: ThingKind;
  readonly selects: Test;
  readonly treatment: Treatment;
}

/** A part of a config that selects nothing among the things above. */
export interface CleanerNote {
  readonly address: string;
  /** Null for what concerns no database; otherwise why nobody can tell what it takes. */
  readonly why: string | null;
}

/** Where a config applies. */
export interface Reach {
  /** Accounts that it is for; null for the account of whoever runs it. */
  readonly accounts: readonly string[] | null;
  /** Accounts that the tool refuses. */
  readonly refused: readonly string[];
  /** Regions that it is for; null for the one that it is run in. */
  readonly regions: readonly string[] | 'every' | null;
}

/** A config, read. */
export interface CleanerRules {
  /** SHA-256 of the bytes that were read. */
  readonly digest: Digest;
  readonly parts: readonly {
    readonly reach: Reach;
    readonly rules: readonly CleanerRule[];
    readonly notes: readonly CleanerNote[];
  }[];
}

/** The deletion that most tools make: no final snapshot, protection stays in the way, keys wait the shortest time. */
export const PLAIN_DELETION = {
  kind: 'delete',
  skipsFinalSnapshot: true,
  disarmsProtection: false,
  deletesMembers: false,
  emptiesVault: false,
  keyWindowDays: 7,
} as const satisfies Treatment;

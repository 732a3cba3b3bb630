/**
 * What a principal may call, as a question with three answers: allowed, denied, unknown.
 *
 * Unknown counts as "it can": a wrong "it cannot" would put a recovery point out of reach that is not. What no policy
 * mentions is denied, except where a policy of the thing itself may allow it: a KMS key has one always, a backup vault
 * may have one, and neither is read.
 * Source: AWS IAM User Guide, "Policy evaluation logic"; AWS KMS Developer Guide, "Key policies"; AWS Backup Developer
 * Guide, "Vault access policies".
 */

import type { Gap } from '../inventory/model.ts';

/** One API call on one thing. */
export interface Call {
  /** As IAM writes it, such as `rds:DeleteDBSnapshot`. */
  readonly action: string;
  /** ARN of what it acts on; null for whichever thing serves the caller. */
  readonly resource: string | null;
}

/** Whether a call would be authorized. */
export const PERMITS = ['denied', 'unknown', 'allowed'] as const;
export type Permit = (typeof PERMITS)[number];

/** What the policies of an identity say of a call; `may_allow` where a condition or a variable decides. */
export const DECISIONS_OF_POLICIES = ['explicit_deny', 'implicit_deny', 'may_allow', 'allowed'] as const;
export type PolicyDecision = (typeof DECISIONS_OF_POLICIES)[number];

/** What a principal may call. */
export type Authority = (call: Call) => Permit;

/** The authority of one principal, and where it is known from. */
export interface PrincipalAuthority {
  /** Null when a policy was given and nobody said whose it is. */
  readonly principal: string | null;
  readonly origin: 'simulation' | 'policy_file';
  /** In words: `iam:SimulatePrincipalPolicy`, or the file's name. */
  readonly source: string;
  readonly permits: Authority;
  /** What could not be asked; each leaves its calls unknown. */
  readonly gaps: readonly Gap[];
}

/** Services whose things carry policies of their own, which may allow what no policy of the caller mentions. */
const WITH_RESOURCE_POLICIES: readonly string[] = ['backup', 'kms'];

/** What the policies of an identity amount to once what was not read is allowed for. */
export function permitOf({ action }: Call, decision: PolicyDecision): Permit {
  switch (decision) {
    case 'allowed':
      return 'allowed';
    case 'may_allow':
      return 'unknown';
    case 'explicit_deny':
      return 'denied';
    case 'implicit_deny':
      return WITH_RESOURCE_POLICIES.includes(action.split(':')[0] ?? '') ? 'unknown' : 'denied';
  }
}

/** Whether several calls, all of them needed, would be authorized; none needed is allowed. */
export function permitAll(permits: Authority, calls: readonly Call[]): Permit {
  return leastOf(calls.map(permits));
}

/** Whether one of several ways, each a list of calls, would be authorized; no way at all is denied. */
export function permitAny(permits: Authority, ways: readonly (readonly Call[])[]): Permit {
  const found = ways.map((calls) => permitAll(permits, calls));
  if (found.includes('allowed')) return 'allowed';
  return found.includes('unknown') ? 'unknown' : 'denied';
}

function leastOf(found: readonly Permit[]): Permit {
  if (found.includes('denied')) return 'denied';
  return found.includes('unknown') ? 'unknown' : 'allowed';
}

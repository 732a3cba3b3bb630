/**
 * What identity policies say of a call: an explicit Deny wins, then an Allow, else it is denied for want of one.
 *
 * Conditions are not evaluated, because what they ask about is not known beforehand: an Allow with one may allow, and
 * a Deny with one is not counted on. A permissions boundary grants nothing and takes away what it does not allow.
 * Source: AWS IAM User Guide, "Policy evaluation logic", "IAM JSON policy elements: NotAction, NotResource" and
 * "Permissions boundaries for IAM entities".
 */

import { type Authority, type Call, DECISIONS_OF_POLICIES, type PolicyDecision, permitOf } from './authority.ts';
import type { Patterns, PolicyDocument, PolicyStatement } from './policy-document.ts';
import { type Covering, coversAction, coversResource } from './wildcard.ts';

/** All that bounds an identity. */
export interface IdentityPolicies {
  readonly documents: readonly PolicyDocument[];
  /** Null when the identity has none. */
  readonly boundary: readonly PolicyDocument[] | null;
}

/** The authority that policies give. */
export function authorityOfPolicies(policies: IdentityPolicies): Authority {
  return (call) => permitOf(call, decisionOn(policies, call));
}

/** What the policies say of one call, the boundary included: the lesser of the two. */
export function decisionOn({ documents, boundary }: IdentityPolicies, call: Call): PolicyDecision {
  const granted = evaluate(documents, call);
  if (boundary === null) return granted;
  const least = Math.min(...[granted, evaluate(boundary, call)].map((found) => DECISIONS_OF_POLICIES.indexOf(found)));
  return DECISIONS_OF_POLICIES[least] ?? 'explicit_deny';
}

function evaluate(documents: readonly PolicyDocument[], call: Call): PolicyDecision {
  const found = documents.flat().map((statement) => ({ statement, covering: coveringOf(statement, call) }));
  const surely = ({ statement, covering }: (typeof found)[number]) => covering === 'yes' && !statement.conditional;
  if (found.some((one) => one.statement.effect === 'Deny' && surely(one))) return 'explicit_deny';
  const allows = found.filter(({ statement, covering }) => statement.effect === 'Allow' && covering !== 'no');
  if (allows.some(surely)) return 'allowed';
  return allows.length > 0 ? 'may_allow' : 'implicit_deny';
}

function coveringOf({ actions, resources }: PolicyStatement, { action, resource }: Call): Covering {
  if (coversAction(actions.patterns, action) === actions.except) return 'no';
  return turned(coversResource(resources.patterns, resource), resources);
}

function turned(covering: Covering, { except }: Patterns): Covering {
  if (!except || covering === 'maybe') return covering;
  return covering === 'yes' ? 'no' : 'yes';
}

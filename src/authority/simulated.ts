/**
 * What simulated calls amount to: the answers of `iam:SimulatePrincipalPolicy` as an authority.
 *
 * A denial that leans on a context value nobody gave may not hold in a real call, and one by a policy that the answer
 * does not show may lean on such a value without saying so; both are unknown, as is a call without an answer. So is what
 * nothing allows on `*`, which stands for whichever thing serves the caller: an Allow for some things does not cover it.
 * Source: AWS IAM API, SimulatePrincipalPolicy, EvaluationResult and ResourceSpecificResult (MissingContextValues
 * names no keys of service control policies, and MatchedStatements none of their statements).
 */

import { type Authority, type Call, PERMITS, type Permit, type PolicyDecision, permitOf } from './authority.ts';

/** The words of `EvalDecision`. */
export const SIMULATED_DECISIONS = ['allowed', 'explicitDeny', 'implicitDeny'] as const;

/** One answer. */
export interface SimulatedAnswer extends Call {
  readonly decision: (typeof SIMULATED_DECISIONS)[number];
  /** True when a policy asks for a context value that the simulation was not given. */
  readonly leansOnContext: boolean;
  /** True when it is denied by the organization, or by a statement that the answer does not name. */
  readonly deniedUnseen: boolean;
}

/** The authority that answers give; of several for one call the most permissive counts. */
export function authorityOfAnswers(answers: readonly SimulatedAnswer[]): Authority {
  const known = new Map<string, Permit>();
  for (const answer of answers) {
    const key = keyOf(answer);
    const held = known.get(key) ?? 'denied';
    const next = permitOfAnswer(answer);
    known.set(key, PERMITS.indexOf(next) > PERMITS.indexOf(held) ? next : held);
  }
  return (call) => known.get(keyOf(call)) ?? 'unknown';
}

const AS_POLICY_DECISION = {
  allowed: 'allowed',
  explicitDeny: 'explicit_deny',
  implicitDeny: 'implicit_deny',
} as const satisfies Record<SimulatedAnswer['decision'], PolicyDecision>;

function permitOfAnswer(answer: SimulatedAnswer): Permit {
  const permit = permitOf(answer, AS_POLICY_DECISION[answer.decision]);
  const openDenial = answer.resource === null && answer.decision === 'implicitDeny';
  return permit === 'denied' && (answer.leansOnContext || answer.deniedUnseen || openDenial) ? 'unknown' : permit;
}

function keyOf({ action, resource }: Call): string {
  return `${action.toLowerCase()} ${resource ?? '*'}`;
}

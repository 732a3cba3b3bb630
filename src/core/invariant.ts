/**
 * Claims that must hold while Muster runs, in production too.
 *
 * A broken claim is a fault in Muster, never a fact about a database: it stops the run with exit code
 * 20 rather than letting a verdict rest on it.
 */

import { MusterError } from './errors.ts';

/**
 * Holds one claim, stated positively.
 *
 * @param facts Shown with the message; identifiers and figures only, never attribute values of a plan.
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` when the claim is false.
 */
export function invariant(claim: boolean, statement: string, facts: object = {}): asserts claim {
  if (!claim) throw new MusterError('MUSTER_INVARIANT_BROKEN', `${statement} does not hold: ${JSON.stringify(facts)}`);
}

/**
 * The branch a closed set leaves over; a new member makes the call a compile error.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` if it is reached all the same.
 */
export function unreachable(member: never, set: string): never {
  throw new MusterError('MUSTER_INVARIANT_BROKEN', `${set} has no case for ${JSON.stringify(member)}`);
}

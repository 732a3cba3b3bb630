/**
 * Finds out what a principal may call of everything that could be called against some databases.
 *
 * By the policies of a file, or by asking IAM to simulate them. The root user is asked nobody about: no policy of the
 * account's own binds it. What is neither a user nor a role, and what cannot be simulated, leaves every call unknown.
 */

import type { Authority, Call, PrincipalAuthority } from '../authority/authority.ts';
import { authorityOfPolicies, type IdentityPolicies } from '../authority/evaluate.ts';
import { escalationsOf, identityOf, isRoot, unlessLifted } from '../authority/principal.ts';
import { authorityOfAnswers } from '../authority/simulated.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Gap, Inventory } from '../inventory/model.ts';
import { callsAgainst } from '../survival/authority-loss.ts';
import type { AuthorityReader, Simulation } from './ports.ts';

/** The call that simulations are made by. */
const SIMULATE = 'iam:SimulatePrincipalPolicy';

/** The authority that the policies of a file give. @param source The file's name. */
export function authorityOfFile(policies: IdentityPolicies, source: string): PrincipalAuthority {
  const permits = unlessLifted(authorityOfPolicies(policies), null);
  return { principal: null, origin: 'policy_file', source, permits, gaps: [] };
}

/**
 * The authority of a principal, as IAM simulates it.
 *
 * @param principal ARN of a user, a role, or a session of one.
 */
export async function simulateAuthority(
  asked: {
    readonly principal: string;
    readonly inventory: Inventory;
    readonly databases: readonly Database[];
    readonly at: Instant;
  },
  reader: AuthorityReader,
): Promise<PrincipalAuthority> {
  const { principal } = asked;
  const known = (permits: Authority, gaps: readonly Gap[]): PrincipalAuthority => ({
    principal,
    origin: 'simulation',
    source: SIMULATE,
    permits,
    gaps,
  });
  if (isRoot(principal)) return known(() => 'allowed', []);
  const identity = identityOf(principal);
  if (identity === null) return known(() => 'unknown', [notSimulated(asked)]);
  const { answers, gaps } = await simulated(identity, callsToAsk(asked, identity), reader);
  return known(unlessLifted(authorityOfAnswers(answers), identity), gaps);
}

async function simulated(identity: string, calls: readonly Call[], reader: AuthorityReader): Promise<Simulation> {
  return calls.length === 0 ? { answers: [], gaps: [] } : reader.simulate(identity, calls);
}

function callsToAsk(
  { inventory, databases, at }: Parameters<typeof simulateAuthority>[0],
  identity: string,
): readonly Call[] {
  const calls = [...callsAgainst(inventory, databases, at), ...escalationsOf(identity)];
  return [...new Map(calls.map((call) => [`${call.action} ${call.resource}`, call])).values()];
}

function notSimulated({ principal, inventory }: { readonly principal: string; readonly inventory: Inventory }): Gap {
  const [where = { accountId: inventory.principal.accountId, region: 'unknown' }] = inventory.scopes;
  const cause = 'NotSimulated: neither a user nor a role';
  return { what: `what ${principal} may call`, where, action: SIMULATE, cause, hides: 'threats' };
}

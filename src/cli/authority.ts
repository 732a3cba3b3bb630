/**
 * What several commands read alike of who asks: `--principal` or `--iam-policy` with `--boundary`.
 *
 * Either says whose authority the answer allows for; neither is as if everything in the account were within reach.
 * Files are read and refused, if they must be, before anything is asked of AWS.
 */

import { authorityOfFile, simulateAuthority } from '../app/read-authority.ts';
import type { PrincipalAuthority } from '../authority/authority.ts';
import { readPolicyDocuments } from '../authority/policy-document.ts';
import { parseArn } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { originOf } from './inputs.ts';
import { type ReachOptions, reachOf } from './reach.ts';
import type { CliWorld } from './world.ts';

/** Options that name whoever asks; it is asked for where the reading goes. */
export interface AuthorityOptions extends ReachOptions {
  /** An ARN; true for whoever makes the reads. */
  readonly principal?: string | true;
  readonly iamPolicy?: string;
  readonly boundary?: string;
}

/** Finds out what the principal may call against some databases; null when no option names one. */
export type AuthorityQuestion = (
  inventory: Inventory,
  databases: readonly Database[],
  at: Instant,
) => Promise<PrincipalAuthority>;

/**
 * The question that the options ask.
 *
 * @throws MusterError `MUSTER_USAGE` for options that exclude each other and for what is no ARN;
 *   `MUSTER_POLICY_INVALID` for a file that holds no policy.
 */
export async function authorityAsked(options: AuthorityOptions, world: CliWorld): Promise<AuthorityQuestion | null> {
  const { principal, iamPolicy, boundary } = options;
  if (principal !== undefined && iamPolicy !== undefined)
    throw usage('--principal and --iam-policy exclude each other');
  if (boundary !== undefined && iamPolicy === undefined) throw usage('--boundary needs --iam-policy');
  if (iamPolicy !== undefined) {
    const documents = readPolicyDocuments(await world.readFile(iamPolicy), originOf(iamPolicy));
    const bounds =
      boundary === undefined ? null : readPolicyDocuments(await world.readFile(boundary), originOf(boundary));
    const known = authorityOfFile({ documents, boundary: bounds }, iamPolicy);
    return () => Promise.resolve(known);
  }
  if (principal === undefined) return null;
  if (principal !== true && parseArn(principal) === null) {
    throw usage(`--principal: ${JSON.stringify(principal)} is no ARN; accepted is one of a user, a role or a session`);
  }
  return async (inventory, databases, at) => {
    const estate = await world.estate(reachOf(options));
    try {
      const named = principal === true ? inventory.principal.arn : principal;
      return await simulateAuthority({ principal: named, inventory, databases, at }, estate.authority);
    } finally {
      estate.close();
    }
  };
}

function usage(message: string): MusterError {
  return new MusterError('MUSTER_USAGE', message);
}

/**
 * Makers and hands for the places that drills restore into: the clients' own, another region, another account.
 *
 * Before anything is made in a place, AWS says whose credentials these are; those of another account are refused there.
 * Source: AWS STS API 2011-06-15, GetCallerIdentity (needs no permission), AssumeRole.
 */

import type { ScratchOperator } from '../../app/ports.ts';
import { parseArn, printScope, type Scope } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import type { Instant } from '../../core/time.ts';
import { roleCredentials } from './assumed-role.ts';
import type { Clients } from './clients.ts';
import { toMusterError } from './faults.ts';
import { callerIdentity } from './schema.ts';
import { createScratchHands } from './scratch-hands.ts';
import { createScratchMaker } from './scratch-maker.ts';
import { createScratchEyes } from './scratch-view.ts';

export { SCRATCH_MARKS } from './scratch-view.ts';

/** Which accounts besides the clients' own may be worked in, and by whose word credentials end. */
export interface ScratchReach {
  /** Roles to assume, each for its own account. */
  readonly roleArns: readonly string[];
  readonly externalId: string | null;
  readonly now: () => Instant;
}

/** Gives the operator of a place. */
export type ScratchOperators = (scope: Scope) => Promise<ScratchOperator>;

/** An operator on the account and region that the clients are set up for, whichever these are. */
export function createScratchOperator(clients: Clients): ScratchOperator {
  const eyes = createScratchEyes(clients);
  return { ...createScratchMaker(clients, eyes), ...createScratchHands(clients, eyes) };
}

/**
 * Operators for any place within reach, each made once.
 *
 * @returns A function that rejects with `MUSTER_ACCESS_DENIED`, naming both accounts, where no credentials of the place's
 *   account are at hand.
 */
export function createScratchOperators(clients: Clients, reach: ScratchReach): ScratchOperators {
  const home = remembered(() => accountOf(clients));
  const assumed = remembered(async (roleArn: string) => {
    const credentials = roleCredentials(clients, { roleArn, externalId: reach.externalId }, reach.now);
    await asked(clients, 'sts:AssumeRole', credentials);
    return clients.elsewhere({ credentials });
  });
  const inAccount = async (accountId: string): Promise<Clients> => {
    const own = await home('');
    if (own === accountId) return clients;
    const roleArn = reach.roleArns.find((arn) => parseArn(arn)?.accountId === accountId);
    if (roleArn !== undefined) return assumed(roleArn);
    throw new MusterError(
      'MUSTER_ACCESS_DENIED',
      `the credentials are of account ${own}, but the restore takes place in ${accountId}: name a role of ${accountId} to assume`,
    );
  };
  const open = remembered(async ({ accountId, region }: Scope): Promise<ScratchOperator> => {
    const there = (await inAccount(accountId)).elsewhere({ region });
    const account = await accountOf(there);
    if (account === accountId) return createScratchOperator(there);
    throw new MusterError(
      'MUSTER_ACCESS_DENIED',
      `the credentials are of account ${account}, but the restore takes place in ${accountId}`,
    );
  }, printScope);
  return open;
}

/** The account and region that the clients are set up for. */
export async function homeOf(clients: Clients): Promise<Scope> {
  return { accountId: await accountOf(clients), region: await clients.region() };
}

/** Whose credentials the clients sign with, as AWS says. */
async function accountOf(clients: Clients): Promise<string> {
  const answer: unknown = await asked(clients, 'sts:GetCallerIdentity', async () => {
    const [{ GetCallerIdentityCommand }, sts] = await Promise.all([import('@aws-sdk/client-sts'), clients.sts()]);
    return sts.send(new GetCallerIdentityCommand({}));
  });
  const parsed = callerIdentity.safeParse(answer);
  if (parsed.success) return parsed.data.Account;
  throw new MusterError('MUSTER_ENDPOINT_UNREACHABLE', 'the answer to sts:GetCallerIdentity names no account');
}

async function asked<T>(clients: Clients, action: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const endpoint = (await clients.endpoint()) ?? `AWS STS in ${await clients.region()}`;
    throw toMusterError(error, { action, endpoint, refusedCode: 'MUSTER_ACCESS_DENIED' });
  }
}

/** Asks once for each key; a refusal is not kept. */
function remembered<K, T>(ask: (key: K) => Promise<T>, print: (key: K) => string = String): (key: K) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const name = print(key);
    const found = known.get(name);
    if (found !== undefined) return found;
    const asking = ask(key);
    known.set(name, asking);
    asking.catch(() => known.delete(name));
    return asking;
  };
}

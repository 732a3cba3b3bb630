/**
 * Credentials of a role in another account, renewed before they end.
 *
 * One `AssumeRole` serves every client of the account, however many ask at once. Nothing of the credentials is printed,
 * and the session bears Muster's name so that the account's own trail shows who read.
 * Source: AWS STS API 2011-06-15, AssumeRole (`Expiration`; an hour unless asked otherwise; `ExternalId`).
 */

import { parseArn } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import { fromEpochMilliseconds, type Instant, secondsBetween } from '../../core/time.ts';
import type { Clients, Credentials } from './clients.ts';
import { assumedRole } from './schema.ts';

/** Whose role, and what its owner asks of whoever assumes it. */
export interface RoleToAssume {
  readonly roleArn: string;
  readonly externalId: string | null;
}

const SESSION_NAME = 'muster';
/** The SDK itself calls credentials old five minutes before their end. */
const RENEW_SECONDS = 300;

interface Session {
  readonly credentials: Credentials;
  readonly endsAt: Instant;
}

/**
 * Where to get the role's credentials: asks when there are none or they end soon, else gives those it has.
 *
 * @param now The machine's clock.
 * @returns A function that rejects with what the SDK threw, or with a MusterError where the answer is not AWS's.
 */
export function roleCredentials(clients: Clients, role: RoleToAssume, now: () => Instant): () => Promise<Credentials> {
  let held: Promise<Session> | null = null;
  const renew = (): Promise<Session> => {
    const asked = assume(clients, role);
    held = asked;
    // A refusal is not kept: the next caller asks anew.
    asked.catch(() => {
      if (held === asked) held = null;
    });
    return asked;
  };
  return async () => {
    const before = held;
    const session = await (before ?? renew());
    if (!endsSoon(session, now())) return session.credentials;
    // Whoever comes first renews; the others wait for the same answer.
    return (await (held === before || held === null ? renew() : held)).credentials;
  };
}

function endsSoon({ endsAt }: Session, at: Instant): boolean {
  return at >= endsAt || secondsBetween(at, endsAt) < RENEW_SECONDS;
}

async function assume(clients: Clients, { roleArn, externalId }: RoleToAssume): Promise<Session> {
  const sts = await clients.sts();
  const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const answer: unknown = await sts.send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: SESSION_NAME,
      ...(externalId === null ? {} : { ExternalId: externalId }),
    }),
  );
  const parsed = assumedRole.safeParse(answer);
  const account = parseArn(roleArn)?.accountId;
  if (!parsed.success || parseArn(parsed.data.AssumedRoleUser.Arn)?.accountId !== account) {
    throw new MusterError('MUSTER_ENDPOINT_UNREACHABLE', `the answer to AssumeRole is not for an account ${account}`);
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = parsed.data.Credentials;
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
    endsAt: fromEpochMilliseconds(Expiration.getTime()),
  };
}

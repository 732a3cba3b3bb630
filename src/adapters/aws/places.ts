/**
 * Finds every account and region within reach, and the clients that reach each.
 *
 * STS first: without knowing whose account answers, nothing else means anything, so a failure there is an error. A role
 * that cannot be assumed leaves its regions unread, and stops nothing else. Importing this file loads nothing of the SDK.
 * Source: AWS STS API, GetCallerIdentity (needs no permission) and AssumeRole.
 */

import type { Clock, Reach } from '../../app/ports.ts';
import { parseArn, type Scope } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import type { Principal } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { faultOf, printFault, toMusterError } from './faults.ts';
import { mapBounded } from './paging.ts';

/** As many places are looked at side by side. */
export const PLACES_AT_ONCE = 16;

/** Other places to read, and the clock that says when a role's credentials end and when a place has taken too long. */
export interface Abroad {
  readonly reach: Reach;
  readonly clock: Clock;
}

/** A region of an account, and the clients that reach it. */
export interface Place {
  readonly scope: Scope;
  readonly clients: Clients;
}

/** A region of an account that nothing reaches, and why. */
export interface Unread {
  readonly scope: Scope;
  readonly cause: string;
}

/** Everything within reach, and what was meant to be. */
export interface Found {
  readonly principal: Principal;
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  readonly places: readonly Place[];
  readonly unread: readonly Unread[];
}

/**
 * Our own account and those of the roles, each in every region; the regions of a refused role are unread.
 *
 * @throws MusterError as `EstateReader.read` does.
 */
export async function findPlaces(
  clients: Clients,
  abroad: Abroad | null,
  progress: (what: string) => void = () => {},
): Promise<Found> {
  const endpoint = await clients.endpoint();
  const home = await findHome(clients, abroad?.reach.regions ?? [], endpoint, progress);
  const { places, unread } = await placesWithin(home, abroad);
  return { principal: home.principal, endpoint, places, unread };
}

interface Home {
  readonly principal: Principal;
  readonly clients: Clients;
  readonly regions: readonly string[];
}

/** Who we are: the first of the regions that answers tells. */
async function findHome(
  clients: Clients,
  regions: readonly string[],
  endpoint: string | null,
  progress: (what: string) => void,
): Promise<Home> {
  const named = regions.length === 0 ? [await clients.region()] : [...new Set(regions)];
  let failure: unknown = null;
  for (const region of named) {
    const there = regions.length === 0 ? clients : clients.elsewhere({ region });
    const whom = endpoint ?? `AWS STS in ${region}`;
    progress(`identity at ${endpoint ?? `AWS in ${region}`}`);
    try {
      return { principal: await readPrincipal(there, whom), clients: there, regions: named };
    } catch (error) {
      failure ??= error;
      // Credentials that are no good are no better elsewhere; a region that is not there may be one of many.
      if (!(error instanceof MusterError) || error.code !== 'MUSTER_ENDPOINT_UNREACHABLE') throw error;
    }
  }
  throw failure;
}

async function placesWithin(
  { principal, clients, regions }: Home,
  abroad: Abroad | null,
): Promise<Pick<Found, 'places' | 'unread'>> {
  const homeRegion = await clients.region();
  const inRegions = (accountId: string, of: (region: string) => Clients): Place[] =>
    regions.map((region) => ({ scope: { accountId, region }, clients: of(region) }));
  const own = inRegions(principal.accountId, (region) =>
    region === homeRegion ? clients : clients.elsewhere({ region }),
  );

  if (abroad === null) return { places: own, unread: [] };
  const { roleArns, externalId } = abroad.reach;
  const { roleCredentials } = await import('./assumed-role.ts');
  const roles = await mapBounded([...new Set(roleArns)], PLACES_AT_ONCE, async (roleArn) => {
    const accountId = parseArn(roleArn)?.accountId ?? '';
    const credentials = roleCredentials(clients, { roleArn, externalId }, abroad.clock.now);
    try {
      await credentials();
      return { places: inRegions(accountId, (region) => clients.elsewhere({ region, credentials })), unread: [] };
    } catch (error) {
      // AWS's own sentence would name the role once more, and us.
      const why = error instanceof MusterError ? error.message : printFault({ ...faultOf(error), detail: '' });
      const cause = `${why} for ${roleArn}`;
      return { places: [], unread: regions.map((region) => ({ scope: { accountId, region }, cause })) };
    }
  });
  return { places: [...own, ...roles.flatMap(({ places }) => places)], unread: roles.flatMap(({ unread }) => unread) };
}

async function readPrincipal(clients: Clients, endpoint: string): Promise<Principal> {
  const sts = await clients.sts();
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { callerIdentity } = await import('./schema.ts');
  let answer: unknown;
  try {
    answer = await sts.send(new GetCallerIdentityCommand({}));
  } catch (error) {
    throw toMusterError(error, {
      action: 'sts:GetCallerIdentity',
      endpoint,
      refusedCode: 'MUSTER_CREDENTIALS_MISSING',
    });
  }
  const parsed = callerIdentity.safeParse(answer);
  if (!parsed.success) {
    throw new MusterError(
      'MUSTER_ENDPOINT_UNREACHABLE',
      `${endpoint} does not answer as AWS does: it names no account`,
    );
  }
  return { arn: parsed.data.Arn, accountId: parsed.data.Account };
}

/**
 * Reads every account and region within reach, behind the `EstateReader` port, and joins all of it at once.
 *
 * STS first: without knowing whose account answers, nothing else means anything, so a failure there is an error. From
 * there on nothing stops the rest: a role that cannot be assumed and a region that does not answer become gaps, and a
 * place takes only so long. Keys are asked for where they live. Importing this file loads neither the SDK nor the readers.
 * Source: AWS STS API, GetCallerIdentity (needs no permission).
 */

import type { Clock, EstateReader, Reach } from '../../app/ports.ts';
import { parseArn, printScope, type Scope } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import type { Seconds } from '../../core/time.ts';
import { assemble } from '../../inventory/assemble.ts';
import type { Principal } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { faultOf, printFault, toMusterError } from './faults.ts';
import type { KeyObservations } from './key-reader.ts';
import { mapBounded } from './paging.ts';
import type { PlaceObservations } from './scope-reader.ts';

const PLACES_AT_ONCE = 16;
/** A large region takes minutes; one that still trickles after this is a gap. */
const PLACE_SECONDS_MAX: Seconds = 600;

/** Other places to read, and the clock that says when a role's credentials end and when a place has taken too long. */
export interface Abroad {
  readonly reach: Reach;
  readonly clock: Clock;
}

/** A region of an account, and the clients that reach it. */
interface Place {
  readonly scope: Scope;
  readonly clients: Clients;
}
/** What a place showed. */
interface Seen {
  readonly place: Place;
  readonly seen: PlaceObservations;
}
type Progress = (what: string) => void;

/** A reader of the account and region that the clients are set up for, or of all that `abroad` names. */
export function createEstateReader(clients: Clients, abroad: Abroad | null = null): EstateReader {
  return {
    read: async (at, progress = () => {}) => {
      const endpoint = await clients.endpoint();
      const home = await findHome(clients, abroad?.reach.regions ?? [], endpoint, progress);
      const { places, unread } = await placesWithin(home, abroad);
      const { readScope, unreadPlace } = await import('./scope-reader.ts');
      const read = await mapBounded(places, PLACES_AT_ONCE, async (place): Promise<Seen> => {
        const reading = readScope(place.clients, place.scope, at, progress).catch((error: unknown) => {
          if (error instanceof MusterError && error.code === 'MUSTER_INVARIANT_BROKEN') throw error;
          return unreadPlace(place.scope, 'sts:GetCallerIdentity', printFault(faultOf(error)));
        });
        const late = () =>
          unreadPlace(place.scope, 'rds:DescribeDBInstances', `TimedOut: after ${PLACE_SECONDS_MAX} s`);
        // One place alone is waited for: there is nothing that it could hold back.
        return {
          place,
          seen: abroad === null || places.length === 1 ? await reading : await inTime(reading, abroad.clock, late),
        };
      });
      const keys = await readAllKeys(read, progress);
      const seen = [
        ...read.map((one) => one.seen),
        ...unread.map(({ scope, cause }) => unreadPlace(scope, 'sts:AssumeRole', cause)),
      ];
      return assemble({ ...together(seen, keys), observedAt: at, endpoint, principal: home.principal });
    },
  };
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
  progress: Progress,
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

interface Unread {
  readonly scope: Scope;
  readonly cause: string;
}

/** Our own account and those of the roles, each in every region; the regions of a refused role are unread. */
async function placesWithin(
  { principal, clients, regions }: Home,
  abroad: Abroad | null,
): Promise<{ readonly places: readonly Place[]; readonly unread: readonly Unread[] }> {
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

/** What came in time, else what stands for it. */
async function inTime<T>(reading: Promise<T>, clock: Clock, late: () => T): Promise<T> {
  const done = new AbortController();
  const timeout = clock.sleep(PLACE_SECONDS_MAX, done.signal).then(late);
  timeout.catch(() => {});
  try {
    return await Promise.race([reading, timeout]);
  } finally {
    done.abort(new Error('read in time'));
  }
}

/** Each key is asked for where it lives, if that place is within reach, else by whoever saw it in use. */
async function readAllKeys(read: readonly Seen[], progress: Progress): Promise<readonly KeyObservations[]> {
  const { readKeys } = await import('./key-reader.ts');
  const places = new Map(read.map(({ place }) => [printScope(place.scope), place]));
  const wanted = new Map<Place, string[]>();
  for (const { place, seen } of read) {
    for (const arn of keysInUse(seen)) {
      const lives = parseArn(arn);
      const there = (lives === null ? undefined : places.get(printScope(lives))) ?? place;
      const arns = wanted.get(there);
      if (arns === undefined) wanted.set(there, [arn]);
      else arns.push(arn);
    }
  }
  return mapBounded([...wanted], PLACES_AT_ONCE, ([{ clients, scope }, arns]) =>
    readKeys(clients, scope, arns, progress),
  );
}

/** The keys of whatever a restore can start from, or would have to read; an export restores nothing. */
function keysInUse({ databases, snapshots, automatedBackups, vaultPoints }: PlaceObservations): ReadonlySet<string> {
  const arns = new Set<string>();
  for (const kind of [databases, snapshots, automatedBackups, vaultPoints]) {
    for (const { keyArn } of kind) if (keyArn !== null) arns.add(keyArn);
  }
  return arns;
}

function together(seen: readonly PlaceObservations[], keys: readonly KeyObservations[]) {
  return {
    scopes: seen.flatMap(({ scopes }) => scopes),
    databases: seen.flatMap(({ databases }) => databases),
    connections: seen.flatMap(({ connections }) => connections),
    snapshots: seen.flatMap(({ snapshots }) => snapshots),
    automatedBackups: seen.flatMap(({ automatedBackups }) => automatedBackups),
    vaultPoints: seen.flatMap(({ vaultPoints }) => vaultPoints),
    vaults: seen.flatMap(({ vaults }) => vaults),
    exports: seen.flatMap(({ exports }) => exports),
    globalClusters: seen.flatMap(({ globalClusters }) => globalClusters),
    engineVersions: seen.flatMap(({ engineVersions }) => engineVersions),
    quotas: seen.flatMap(({ quotas }) => quotas),
    outOfScope: seen.flatMap(({ outOfScope }) => outOfScope),
    restoreTests: seen.flatMap(({ restoreTests }) => restoreTests),
    keys: keys.flatMap((one) => one.keys),
    gaps: [...seen.flatMap(({ gaps }) => gaps), ...keys.flatMap(({ gaps }) => gaps)],
  };
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

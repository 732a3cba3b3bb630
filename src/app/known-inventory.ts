/**
 * What is known of the estate without asking AWS now: the sights that the service keeps, joined.
 *
 * Held in memory by each replica and made anew from the desk that all of them share. What the desk does not show, shows of
 * too long ago, or shows of another endpoint than the one that is asked now, is not known.
 */

import type { Scope } from '../core/arn.ts';
import type { Digest } from '../core/canonical.ts';
import type { Seconds } from '../core/time.ts';
import { GAP_HIDES, type Gap, type Inventory } from '../inventory/model.ts';
import { type Freshness, inventoryOf, isFresh, type Sight } from '../inventory/sight.ts';
import type { Desk } from './desk-port.ts';
import type { Clock } from './ports.ts';

/** The estate as the kept sights show it. */
export interface Known {
  /** Joined from every place that was read lately enough; the others are gaps in it. Observed when the oldest of those was. */
  readonly inventory: Inventory;
  /** Each place whose sight is too old to count, by itself: its databases are still there to be asked about. */
  readonly outdated: readonly Inventory[];
}

/** The kept sights, joined anew when there are newer ones. */
export interface KnownInventory {
  /** Null when no place was ever read by the endpoint that is asked now. */
  current(): Promise<Known | null>;
}

/** The desk is looked at no more often. */
const LOOK_SECONDS: Seconds = 1;

interface Held {
  readonly version: Digest;
  readonly sight: Sight;
}

interface Joined {
  readonly of: ReadonlyMap<string, Held>;
  readonly fresh: string;
  readonly endpoint: string | null;
  readonly known: Known | null;
}

/**
 * Holds the kept sights in memory: a place is loaded again when its sight is another, and all are joined again when one is
 * or when one has grown too old. The same object is given out until then, so that whoever indexes it does so once.
 *
 * @param parts.secondsMax How old a sight may be; as old as the policy lets an inventory be.
 * @param parts.endpoint What our settings ask instead of AWS; null for AWS itself.
 * @returns Its `current` throws what the desk and `parts.endpoint` throw: what cannot be looked at is not known.
 */
export function createKnownInventory(parts: {
  readonly desk: Pick<Desk, 'sightVersions' | 'sight'>;
  readonly clock: Clock;
  readonly secondsMax: Seconds;
  readonly endpoint: () => Promise<string | null>;
}): KnownInventory {
  const { desk, clock, secondsMax } = parts;
  let held: ReadonlyMap<string, Held> = new Map();
  let lookedAt: Seconds | null = null;
  let looking: Promise<void> | null = null;
  let joined: Joined | null = null;

  const look = async (): Promise<void> => {
    const began = clock.elapsed();
    held = await loadChanged(desk, held);
    lookedAt = began;
  };
  return {
    current: async () => {
      if (lookedAt === null || clock.elapsed() - lookedAt >= LOOK_SECONDS) {
        // Whoever comes while somebody looks waits for the same look.
        looking ??= look().finally(() => {
          looking = null;
        });
        await looking;
      }
      if (held.size === 0) return null;
      const endpoint = await parts.endpoint();
      const sights = [...held.values()].map(({ sight }) => sight);
      const freshness = { at: clock.now(), secondsMax };
      const fresh = sights.map((sight) => (isFresh(sight, freshness) ? '1' : '0')).join('');
      if (joined === null || joined.of !== held || joined.fresh !== fresh || joined.endpoint !== endpoint) {
        joined = { of: held, fresh, endpoint, known: knownBy(endpoint, sights, freshness) };
      }
      return joined.known;
    },
  };
}

/** What one endpoint showed. A place that only another did is a gap: what is there is neither known nor gone. */
function knownBy(endpoint: string | null, sights: readonly Sight[], freshness: Freshness): Known | null {
  const own = sights.filter((sight) => sight.endpoint === endpoint);
  if (own.length === 0) return null;
  const { inventory, outdated } = inventoryOf(own, freshness);
  const gaps = sights.filter((sight) => sight.endpoint !== endpoint).flatMap(otherEndpointGaps);
  return { inventory: gaps.length === 0 ? inventory : { ...inventory, gaps: [...inventory.gaps, ...gaps] }, outdated };
}

function otherEndpointGaps({ place, endpoint }: Sight): readonly Gap[] {
  const { accountId, region } = place;
  const cause = `OtherEndpoint: last read at ${endpoint ?? 'AWS'}`;
  return GAP_HIDES.map((hides) => ({
    what: `all ${hides}`,
    where: { accountId, region },
    action: 'rds:DescribeDBInstances',
    cause,
    hides,
  }));
}

/** The kept sights, of which only those are loaded that changed; the very same map where none did. */
async function loadChanged(
  desk: Pick<Desk, 'sightVersions' | 'sight'>,
  before: ReadonlyMap<string, Held>,
): Promise<ReadonlyMap<string, Held>> {
  const versions = await desk.sightVersions();
  const isSame = ([name, version]: [string, Digest]) => before.get(name)?.version === version;
  if (versions.size === before.size && [...versions].every(isSame)) return before;
  const after = new Map<string, Held>();
  for (const [name, version] of versions) {
    const known = before.get(name);
    if (known?.version === version) {
      after.set(name, known);
      continue;
    }
    const sight = await desk.sight(scopeNamed(name));
    // Forgotten since the versions were listed.
    if (sight !== null) after.set(name, { version, sight });
  }
  return after;
}

/** The place that `printScope` printed. */
function scopeNamed(name: string): Scope {
  const [accountId = '', region = ''] = name.split('/');
  return { accountId, region };
}

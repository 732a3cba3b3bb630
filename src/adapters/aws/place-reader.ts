/**
 * Reads one account and region at a time, behind the `PlaceReader` port, so that many workers share a fleet.
 *
 * Where the places are, and by which role, is found out once and again whenever a place is asked for that was not found
 * then. Importing this file loads neither the SDK nor the readers.
 */

import type { PlaceReader, Selection } from '../../app/place-port.ts';
import { printScope, type Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import type { Sight } from '../../inventory/sight.ts';
import type { Clients } from './clients.ts';
import { type Abroad, type Found, findPlaces, type Place } from './places.ts';
import type { PlaceObservations } from './scope-reader.ts';

/** A reader of all that the reach names, by clients of our own account; closing it closes them. */
export function createPlaceReader(clients: Clients, abroad: Abroad): PlaceReader {
  let found: Promise<Found> | null = null;
  const find = (): Promise<Found> => {
    const asked = findPlaces(clients, abroad);
    found = asked;
    // What failed is not kept: the next caller asks anew.
    asked.catch(() => {
      if (found === asked) found = null;
    });
    return asked;
  };
  return {
    places: async () => {
      const all = await find();
      const { unreadPlace } = await import('./scope-reader.ts');
      const at = abroad.clock.now();
      return {
        principal: all.principal,
        endpoint: all.endpoint,
        places: all.places.map(({ scope }) => scope),
        unread: all.unread.map(({ scope, cause }) =>
          sightOf(all, scope, at, { ...unreadPlace(scope, 'sts:AssumeRole', cause), keys: [] }),
        ),
      };
    },
    read: async (scope, at, only) => {
      const known = await (found ?? find());
      const all = placeIn(known, scope) === undefined ? await find() : known;
      return readOne(all, scope, { at, only, abroad });
    },
    close: () => clients.close(),
  };
}

async function readOne(
  all: Found,
  scope: Scope,
  { at, only, abroad }: { readonly at: Instant; readonly only: Selection | null; readonly abroad: Abroad },
): Promise<Sight> {
  const place = placeIn(all, scope);
  if (place === undefined) {
    const { unreadPlace } = await import('./scope-reader.ts');
    const refused = all.unread.find((unread) => printScope(unread.scope) === printScope(scope));
    const cause = refused?.cause ?? 'OutOfReach: no role and no region that is read leads there';
    return sightOf(all, scope, at, { ...unreadPlace(scope, 'sts:AssumeRole', cause), keys: [] });
  }
  const { readKeysOf, readPlace } = await import('./place-reading.ts');
  const read = await readPlace(place, { at, only, clock: abroad.clock });
  const { keys, gaps } = await readKeysOf([read], all.places);
  return sightOf(all, scope, at, { ...read.seen, keys, gaps: [...read.seen.gaps, ...gaps] });
}

function placeIn({ places }: Found, scope: Scope): Place | undefined {
  return places.find((place) => printScope(place.scope) === printScope(scope));
}

function sightOf(
  { endpoint, principal }: Found,
  { accountId, region }: Scope,
  observedAt: Instant,
  seen: PlaceObservations & Pick<Sight['seen'], 'keys'>,
): Sight {
  return { formatVersion: '1', place: { accountId, region }, observedAt, endpoint, principal, seen };
}

/**
 * Reads every account and region within reach, behind the `EstateReader` port, and joins all of it at once.
 *
 * Nothing but our own identity stops the rest: a role that cannot be assumed and a region that does not answer become
 * gaps, and a place takes only so long. Importing this file loads neither the SDK nor the readers.
 */

import type { EstateReader } from '../../app/ports.ts';
import { assemble } from '../../inventory/assemble.ts';
import type { Clients } from './clients.ts';
import type { KeyObservations } from './key-reader.ts';
import { mapBounded } from './paging.ts';
import { type Abroad, findPlaces, PLACES_AT_ONCE } from './places.ts';
import type { PlaceObservations } from './scope-reader.ts';

/** A reader of the account and region that the clients are set up for, or of all that `abroad` names. */
export function createEstateReader(clients: Clients, abroad: Abroad | null = null): EstateReader {
  return {
    read: async (at, progress = () => {}) => {
      const { principal, endpoint, places, unread } = await findPlaces(clients, abroad, progress);
      const { readKeysOf, readPlace } = await import('./place-reading.ts');
      const { unreadPlace } = await import('./scope-reader.ts');
      // One place alone is waited for: there is nothing that it could hold back.
      const clock = abroad === null || places.length === 1 ? null : abroad.clock;
      const read = await mapBounded(places, PLACES_AT_ONCE, (place) =>
        readPlace(place, { at, only: null, clock, progress }),
      );
      const keys = await readKeysOf(
        read,
        read.map(({ place }) => place),
        progress,
      );
      const seen = [
        ...read.map((one) => one.seen),
        ...unread.map(({ scope, cause }) => unreadPlace(scope, 'sts:AssumeRole', cause)),
      ];
      return assemble({ ...together(seen, keys), observedAt: at, endpoint, principal });
    },
  };
}

function together(seen: readonly PlaceObservations[], keys: KeyObservations) {
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
    keys: keys.keys,
    gaps: [...seen.flatMap(({ gaps }) => gaps), ...keys.gaps],
  };
}

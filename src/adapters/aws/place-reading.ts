/**
 * Reads a place, in a bounded time and without ever failing, and the keys that are in use at some places.
 *
 * The one way in which a place is read, whether by itself or as a part of an estate. Keys are asked for where they live.
 */

import type { Selection } from '../../app/place-port.ts';
import type { Clock } from '../../app/ports.ts';
import { parseArn, printScope } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import type { Instant, Seconds } from '../../core/time.ts';
import { faultOf, printFault } from './faults.ts';
import { type KeyObservations, readKeys } from './key-reader.ts';
import { mapBounded } from './paging.ts';
import { PLACES_AT_ONCE, type Place } from './places.ts';
import { type PlaceObservations, readScope, readSelected, unreadPlace } from './scope-reader.ts';

/** A large region takes minutes; one that still trickles after this is a gap. */
const PLACE_SECONDS_MAX: Seconds = 600;
/** Somebody waits for the answer to a change. */
const SELECTION_SECONDS_MAX: Seconds = 60;

/** What a place showed. */
export interface Seen {
  readonly place: Place;
  readonly seen: PlaceObservations;
}

/** How a place is read. */
export interface Reading {
  readonly at: Instant;
  /** Null for everything. */
  readonly only: Selection | null;
  /** Null to wait for as long as it takes. */
  readonly clock: Clock | null;
  readonly progress?: (what: string) => void;
}

/** Reads one place; what does not answer in time, or fails as a whole, is unread. */
export async function readPlace(place: Place, { at, only, clock, progress = () => {} }: Reading): Promise<Seen> {
  const { clients, scope } = place;
  const begun = only === null ? readScope(clients, scope, at, progress) : readSelected(clients, scope, at, only);
  const reading = begun.catch((error: unknown) => {
    if (error instanceof MusterError && error.code === 'MUSTER_INVARIANT_BROKEN') throw error;
    return unreadPlace(scope, 'sts:GetCallerIdentity', printFault(faultOf(error)));
  });
  if (clock === null) return { place, seen: await reading };
  const seconds = only === null ? PLACE_SECONDS_MAX : SELECTION_SECONDS_MAX;
  const late = () => unreadPlace(scope, 'rds:DescribeDBInstances', `TimedOut: after ${seconds} s`);
  return { place, seen: await inTime(reading, { clock, seconds, late }) };
}

/** What came in time, else what stands for it. */
async function inTime<T>(
  reading: Promise<T>,
  { clock, seconds, late }: { readonly clock: Clock; readonly seconds: Seconds; readonly late: () => T },
): Promise<T> {
  const done = new AbortController();
  const timeout = clock.sleep(seconds, done.signal).then(late);
  timeout.catch(() => {});
  try {
    return await Promise.race([reading, timeout]);
  } finally {
    done.abort(new Error('read in time'));
  }
}

/**
 * Reads the keys in use at some places: each is asked for where it lives, if that is within reach, else by whoever saw it
 * in use.
 *
 * @param reachable Every place within reach, those whose keys are wanted among them.
 */
export async function readKeysOf(
  read: readonly Seen[],
  reachable: readonly Place[],
  progress: (what: string) => void = () => {},
): Promise<KeyObservations> {
  const places = new Map(reachable.map((place) => [printScope(place.scope), place]));
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
  const all = await mapBounded([...wanted], PLACES_AT_ONCE, ([{ clients, scope }, arns]) =>
    readKeys(clients, scope, arns, progress),
  );
  return { keys: all.flatMap(({ keys }) => keys), gaps: all.flatMap(({ gaps }) => gaps) };
}

/** The keys of whatever a restore can start from, or would have to read; an export restores nothing. */
function keysInUse({ databases, snapshots, automatedBackups, vaultPoints }: PlaceObservations): ReadonlySet<string> {
  const arns = new Set<string>();
  for (const kind of [databases, snapshots, automatedBackups, vaultPoints]) {
    for (const { keyArn } of kind) if (keyArn !== null) arns.add(keyArn);
  }
  return arns;
}

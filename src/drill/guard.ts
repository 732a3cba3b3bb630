/**
 * The scratch guard: the only maker of the proof that lets a database be deleted.
 *
 * An id is ours when it bears Muster's prefix, when the journal says that this drill meant to make it, when
 * AWS shows our tags on it naming this drill, and when it was created after that intention was written.
 * Anything less is refused, with the reason. A scratch that AWS no longer knows needs no proof.
 */

import { addSeconds, type Instant } from '../core/time.ts';

/** Every scratch database's identifier begins with this. */
export const SCRATCH_PREFIX = 'muster-scratch-';

/** Tag keys that every scratch database carries. */
export const SCRATCH_TAGS = { drill: 'muster:drill', scratch: 'muster:scratch', source: 'muster:source' } as const;

/** AWS stamps creation a little apart from our clock. */
const CLOCK_SKEW_SECONDS = 300;

declare const proofBrand: unique symbol;
/** Evidence that an id is ours to delete; only `proveScratch` makes one. */
export type ScratchProof = { readonly id: string; readonly drillId: string; readonly [proofBrand]: true };

/** What is known about an id that somebody wants deleted. */
export interface ScratchClaim {
  readonly id: string;
  readonly drillId: string;
  /** When the journal says this drill meant to make it; null when the journal is silent. */
  readonly intendedAt: Instant | null;
  readonly seen: { readonly createdAt: Instant | null; readonly tags: Readonly<Record<string, string>> };
}

/** A proof, or why there is none. */
export type Guarded = { readonly proof: ScratchProof } | { readonly refusal: string };

/** Proves that an id is ours to delete, or says why it is not. */
export function proveScratch({ id, drillId, intendedAt, seen }: ScratchClaim): Guarded {
  if (!id.startsWith(SCRATCH_PREFIX)) return { refusal: `${id} does not bear the prefix ${SCRATCH_PREFIX}` };
  if (intendedAt === null) return { refusal: `the journal does not say that drill ${drillId} made ${id}` };
  if (seen.tags[SCRATCH_TAGS.scratch] !== 'true' || seen.tags[SCRATCH_TAGS.drill] !== drillId) {
    return { refusal: `the tags of ${id} do not name drill ${drillId}` };
  }
  // AWS leaves the creation time out until the database is up; prefix, journal and tags then carry the proof.
  if (seen.createdAt !== null && seen.createdAt < addSeconds(intendedAt, -CLOCK_SKEW_SECONDS)) {
    return { refusal: `${id} was created before drill ${drillId} meant to make it` };
  }
  return { proof: { id, drillId } as ScratchProof };
}

/**
 * The scratch guard: the only maker of the proof without which nothing can be changed or removed.
 *
 * An id is ours when it bears Muster's prefix, when the journal says that this drill meant to make it, when it was
 * created after that and not long after the last attempt, when AWS's own id of it is the one it answered with at the
 * time, and when AWS shows our tags on it naming this drill. Anything less is refused, with the reason: a name can be
 * given again, a tag can be copied, an id of AWS's cannot. Only what AWS Backup makes comes without tags; it is ours
 * when the job that the journal names says that it made it, and then all that may be done is to write the tags.
 */

import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import type { ScratchKind } from './model.ts';

/** Every scratch thing's identifier begins with this. */
export const SCRATCH_PREFIX = 'muster-scratch-';

/** Tag keys that every scratch thing carries. */
export const SCRATCH_TAGS = { drill: 'muster:drill', scratch: 'muster:scratch', source: 'muster:source' } as const;

/** AWS stamps creation a little apart from our clock. */
const CLOCK_SKEW_SECONDS = 300;
/**
 * Where AWS's own id proves which one it is, or the tags name the drill, whose id did not exist before: a clock that was
 * wrong by a time zone must not leave it running for ever.
 */
const WRONG_CLOCK_SECONDS = 26 * 3_600;
/** AWS stamps a database when it is up, which may be long after it was asked for; a restore of days is none of ours. */
const CREATION_SECONDS_MAX: Seconds = 48 * 3_600;

declare const proofBrand: unique symbol;
/** Evidence that a thing is ours; only `proveScratch` and `proveRestored` make one. */
export interface ScratchProof {
  readonly kind: ScratchKind;
  readonly id: string;
  readonly drillId: string;
  /** AWS's own id of what was proven; null for snapshots and where AWS shows none. */
  readonly resourceId: string | null;
  /** What may be done: everything, or only the writing of tags. */
  readonly allows: 'all' | 'mark';
  readonly [proofBrand]: true;
}

/** What is known about a thing that somebody wants changed or removed. */
export interface ScratchClaim {
  readonly kind: ScratchKind;
  readonly id: string;
  readonly drillId: string;
  /** What the journal says of the making of it; null when it says nothing. */
  readonly made: {
    readonly intendedAt: Instant;
    /** The last time that AWS was asked for it. */
    readonly lastAskedAt: Instant;
    /** AWS's own id of it, as AWS answered then; null when no answer came or it has none. */
    readonly resourceId: string | null;
  } | null;
  readonly seen: {
    readonly resourceId: string | null;
    readonly createdAt: Instant | null;
    readonly tags: Readonly<Record<string, string>>;
  };
}

/** A proof, or why there is none. */
export type Guarded = { readonly proof: ScratchProof } | { readonly refusal: string };

/** Proves that a thing is ours to change and remove, or says why it is not. */
export function proveScratch(claim: ScratchClaim): Guarded {
  const refusal = whyNotMade(claim, false) ?? whyNotTagged(claim);
  return refusal === null ? { proof: proofOf(claim, 'all') } : { refusal };
}

/**
 * Proves that AWS Backup made a thing for us, so that the drill's tags may be written onto it.
 *
 * @param job What the drill's own restore job says it made and when it was done, and the ARN that the thing would have.
 */
export function proveRestored(
  claim: ScratchClaim,
  job: { readonly createdArn: string | null; readonly completedAt: Instant | null; readonly arn: string },
): Guarded {
  const { drillId, id, seen } = claim;
  const refusal = whyNotMade(claim, job.createdArn === job.arn);
  if (refusal !== null) return { refusal };
  if (job.createdArn !== job.arn)
    return { refusal: `the restore job of drill ${drillId} does not say that it made ${id}` };
  const doneAt = job.completedAt;
  if (seen.createdAt !== null && doneAt !== null && seen.createdAt > addSeconds(doneAt, CLOCK_SKEW_SECONDS)) {
    return { refusal: `${id} was created after the restore job of drill ${drillId} was done` };
  }
  const other = seen.tags[SCRATCH_TAGS.drill];
  if (other !== undefined && other !== drillId) return { refusal: `the tags of ${id} name another drill` };
  return { proof: proofOf(claim, 'mark') };
}

/**
 * Whether what AWS shows is that part of the drill, whatever its name: by AWS's own id where that is known, else by its
 * tags. Enough to name it, and no proof: nothing may be done to it.
 */
export function isOfPart(
  seen: ScratchClaim['seen'] & { readonly kind: ScratchKind; readonly status: string },
  part: { readonly kind: ScratchKind; readonly resourceId: string | null },
  drillId: string,
): boolean {
  if (seen.kind !== part.kind || seen.status === 'deleting') return false;
  return part.resourceId === null ? namesDrill(seen.tags, drillId) : seen.resourceId === part.resourceId;
}

/** @param vouched Whether a restore job of ours says that it made the thing: the name was free then, whatever our clock said. */
function whyNotMade({ kind, id, drillId, made, seen }: ScratchClaim, vouched: boolean): string | null {
  if (!id.startsWith(SCRATCH_PREFIX)) return `${id} does not bear the prefix ${SCRATCH_PREFIX}`;
  if (made === null) return `the journal does not say that drill ${drillId} made ${id}`;
  if (made.resourceId !== null && seen.resourceId !== made.resourceId) {
    return `${id} is another database of the same name: drill ${drillId} made ${made.resourceId}`;
  }
  // AWS leaves the creation time out until the database is up; what else is asked here then carries the proof.
  if (seen.createdAt === null) return null;
  const known = vouched || made.resourceId !== null || seen.tags[SCRATCH_TAGS.drill] === drillId;
  const skew = known ? WRONG_CLOCK_SECONDS : CLOCK_SKEW_SECONDS;
  // The copy of a cluster snapshot may be shown with the time of what it was copied from: the AWS CLI reference shows it so in
  // the example of `copy-db-cluster-snapshot`, and of DB snapshots alone the API says that a copy has a time of its own.
  if (kind !== 'cluster_snapshot' && seen.createdAt < addSeconds(made.intendedAt, -skew)) {
    return `${id} was created before drill ${drillId} meant to make it`;
  }
  if (seen.createdAt > addSeconds(made.lastAskedAt, CREATION_SECONDS_MAX)) {
    return `${id} was created long after drill ${drillId} last asked for it`;
  }
  return null;
}

function whyNotTagged({ id, drillId, seen }: ScratchClaim): string | null {
  return namesDrill(seen.tags, drillId) ? null : `the tags of ${id} do not name drill ${drillId}`;
}

function namesDrill(tags: Readonly<Record<string, string>>, drillId: string): boolean {
  return tags[SCRATCH_TAGS.scratch] === 'true' && tags[SCRATCH_TAGS.drill] === drillId;
}

function proofOf({ kind, id, drillId, seen }: ScratchClaim, allows: ScratchProof['allows']): ScratchProof {
  return { kind, id, drillId, resourceId: seen.resourceId, allows } as ScratchProof;
}

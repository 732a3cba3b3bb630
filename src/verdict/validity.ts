/**
 * How long a ready verdict lasts while nothing happens: until too few survive, until what survives is too old, or until
 * its proof is.
 *
 * Whoever acts on a verdict may do so at any moment before it ends, so it ends with the facts that it rests on.
 */

import { addSeconds, earliest, type Instant, latest } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import { dataLossSeconds } from '../survival/data-loss.ts';
import type { Case } from './case.ts';
import { proofFor } from './evidence.ts';
import { isFastEnough } from './proof-reasons.ts';
import type { Survivor } from './survivors.ts';

/** A point in time far beyond every retention: stands for "never" while instants are compared. */
const NEVER = '9999-12-31T23:59:59.999Z' as Instant;

/** The instant from which a database that is ready now no longer is; null when time alone does not change that. */
export function readyUntil(input: Case, counted: readonly Survivor[], drills: readonly DrillRecord[]): Instant | null {
  const until = earliest(enoughUntil(input, counted), recentAndProvenUntil(input, counted, drills));
  return until === NEVER ? null : until;
}

/** Until fewer survive than the policy asks for. */
function enoughUntil({ requirement }: Case, counted: readonly Survivor[]): Instant {
  const ends = counted.map(({ view }) => view.expiresAt ?? NEVER).sort();
  return ends[ends.length - requirement.survivorsOutsidePlanMin.value] ?? NEVER;
}

/** Until no one survivor is recent enough, proven and fast enough; where nothing is proven, recent enough will do. */
function recentAndProvenUntil(input: Case, counted: readonly Survivor[], drills: readonly DrillRecord[]) {
  const { requirement, at } = input;
  const { rpoSecondsMax, rtoSecondsMax, proofSecondsMax } = requirement;
  const recent: Instant[] = [];
  const proven: Instant[] = [];
  for (const { view, claim, follows, newestAt } of counted) {
    if (newestAt === null || dataLossSeconds(newestAt, at) > rpoSecondsMax.value) continue;
    const tooOldAt = follows ? NEVER : capped(newestAt, rpoSecondsMax.value);
    const end = earliest(view.expiresAt ?? NEVER, tooOldAt);
    recent.push(end);
    const proof = proofFor(input, drills, claim);
    if (proof.state !== 'proven' || !isFastEnough(proof, rtoSecondsMax.value)) continue;
    proven.push(earliest(end, capped(proof.record.endedAt, proofSecondsMax.value)));
  }
  return (proven.length > 0 ? proven : recent).reduce(latest, at);
}

/** The instant that many seconds later; a policy may ask for more years than there are. */
function capped(from: Instant, seconds: number): Instant {
  return seconds < 100 * 365 * 86_400 ? addSeconds(from, seconds) : NEVER;
}

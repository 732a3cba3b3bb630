/**
 * How long a ready verdict lasts while nothing happens: until too few survive, until what survives is too old, or until
 * its proof is.
 *
 * Whoever acts on a verdict may do so at any moment before it ends, so it ends with the facts that it rests on.
 */

import { unreachable } from '../core/invariant.ts';
import { addDays, addSeconds, earliest, type Instant, latest, SECONDS_PER_DAY } from '../core/time.ts';
import type { Claim, DrillRecord } from '../drill/model.ts';
import { type RequiredLoss, SURVIVOR_CLASSES } from '../policy/model.ts';
import { dataLossSeconds } from '../survival/data-loss.ts';
import { ASSUMED } from '../survival/losses.ts';
import { pointsOf } from '../survival/survive.ts';
import { restoresToAnyInstant } from '../survival/world.ts';
import type { Case } from './case.ts';
import { ageAfter, leftAfter } from './distance-questions.ts';
import type { WaiverView } from './document.ts';
import { type Proof, proofFor } from './evidence.ts';
import { isFastEnough, waivedProof, wasTooSlow } from './proof-questions.ts';
import type { ReasonCode } from './reasons.ts';
import { isOfClass, notFailed, type Survivor } from './survivors.ts';

/** A point in time far beyond every retention: stands for "never" while instants are compared. */
const NEVER = '9999-12-31T23:59:59.999Z' as Instant;

/** What a ready verdict rests on. */
export interface Standing {
  /** The survivors that count. */
  readonly counted: readonly Survivor[];
  readonly drills: readonly DrillRecord[];
  /** The shortfalls that were let pass. */
  readonly waivers?: readonly Pick<WaiverView, 'until'>[];
}

/** The instant from which a database that is ready now no longer is; null when time alone does not change that. */
export function readyUntil(input: Case, { counted, drills, waivers = [] }: Standing): Instant | null {
  // Whoever failed goes on doing so while nothing happens.
  const sound = notFailed(counted, input, drills);
  const until = [
    enoughUntil(input, counted),
    ...furtherUntil(input, sound),
    keptUntil(input, sound),
    provenUntil(input, counted, drills),
    ...waivers.map((waiver) => waiver.until),
  ].reduce(earliest);
  return until === NEVER ? null : until;
}

/** Until fewer survive, for as long as it takes to notice, than the policy asks for. */
function enoughUntil(input: Case, counted: readonly Survivor[]): Instant {
  const ends = counted.map((survivor) => noticedEnd(input, survivor));
  return countUntil(ends, input.requirement.survivorsMin.outside_plan.value);
}

/** Until fewer recent ones survive far enough away, or after a loss that is asked about. */
function furtherUntil(input: Case, counted: readonly Survivor[]): readonly Instant[] {
  const { survivorsMin, survivorsAfterLossMin } = input.requirement;
  const recentEnds = (survivors: readonly Survivor[], loss: RequiredLoss | null) =>
    survivors.flatMap((survivor) => recentEnd(input, survivor, loss) ?? []);
  return [
    ...SURVIVOR_CLASSES.filter((name) => name !== 'outside_plan').map((name) => {
      const there = counted.filter((survivor) => isOfClass(survivor, name, input.database));
      return countUntil(recentEnds(there, null), survivorsMin[name].value);
    }),
    ...survivorsAfterLossMin.map(({ loss, min }) =>
      countUntil(recentEnds(leftAfter(input, loss, counted), loss), min.value),
    ),
  ];
}

/** When fewer than so many are left, given when each ends; never where none is wanted. */
function countUntil(ends: readonly Instant[], wanted: number): Instant {
  if (wanted === 0) return NEVER;
  return [...ends].sort()[ends.length - wanted] ?? NEVER;
}

/** Until no recent survivor is kept for as long as the floor asks from then on. */
function keptUntil(input: Case, counted: readonly Survivor[]): Instant {
  const floor = input.requirement.retentionSecondsMin.value;
  if (floor === null) return NEVER;
  const ends = counted.flatMap((survivor) => {
    const end = recentEnd(input, survivor);
    return end === null ? [] : earliest(end, before(survivor.view.expiresAt, floor));
  });
  return ends.reduce(latest, input.at);
}

/** When a survivor no longer lasts until somebody notices. */
function noticedEnd({ requirement }: Case, { view }: Survivor): Instant {
  return before(view.expiresAt, requirement.detectionSeconds.value);
}

/** When a survivor ends or is too old; null when it is too old already, or nobody knows. */
function recentEnd(input: Case, survivor: Survivor, loss: RequiredLoss | null = null): Instant | null {
  const { follows, newestAt } = survivor;
  const { requirement, waived = [], at } = input;
  const rpo = requirement.rpoSecondsMax.value;
  const age = ageAfter(input, survivor, loss);
  if (newestAt === null || age === null || age > rpo) return null;
  const end = earliest(noticedEnd(input, survivor), lossEnd(input, survivor, loss));
  // Where the work lost was let pass, it may grow with time.
  if (follows || waived.includes('data_loss_exceeded')) return end;
  // What of the age does not count against the objective now will not count later either.
  const spared = dataLossSeconds(newestAt, at) - age;
  return earliest(end, capped(newestAt, rpo + spared));
}

/** When a survivor that a loss would leave now no longer would be: it may end within it, or reach back too little. */
function lossEnd({ survival, database }: Case, { arn, newestAt, view }: Survivor, loss: RequiredLoss | null): Instant {
  if (loss === 'time_passes') return before(view.expiresAt, ASSUMED.days * SECONDS_PER_DAY);
  if (loss !== 'bad_write' || newestAt === null) return NEVER;
  const point = pointsOf(survival.after, database).find((tracked) => tracked.point.arn === arn)?.point;
  const days = point !== undefined && restoresToAnyInstant(point) ? point.retentionDays : null;
  return days === null ? NEVER : addDays(newestAt, days);
}

/** Until no one survivor is recent enough, proven and fast enough; where nothing is proven, one that may pass without. */
function provenUntil(input: Case, counted: readonly Survivor[], drills: readonly DrillRecord[]): Instant {
  const standings = counted.flatMap((survivor) => {
    const end = recentEnd(input, survivor);
    if (end === null) return [];
    const proof = proofFor(input, drills, survivor.claim);
    return { end, fresh: earliest(end, freshEnd(input, proof, survivor.claim)), proof, claim: survivor.claim };
  });
  const last = (ends: readonly Instant[]) => ends.reduce(latest, input.at);
  const proven = standings.filter(({ proof }) => isShown(input, proof));
  if (proven.length > 0) return last(proven.map(({ fresh }) => fresh));
  const passed = last(
    standings.flatMap(({ end, fresh, proof, claim }) => passEnd(input, { end, fresh, proof, claim })),
  );
  const timed = standings.some(
    ({ proof }) => (proof.state === 'proven' && proof.seconds !== null) || wasTooSlow(proof, input),
  );
  if (!timed) return passed;
  // Once none but those known to be too slow are proven, that speaks against it.
  const untimed = standings.filter(({ proof }) => proof.state === 'proven' && proof.seconds === null);
  return earliest(passed, last(untimed.map(({ fresh }) => fresh)));
}

/** A survivor by its proof: when it ends, and when its proof or it does. */
interface StandingProof {
  readonly end: Instant;
  readonly fresh: Instant;
  readonly proof: Proof;
  readonly claim: Claim;
}

/** Whether a proof answers both questions; where an unknown time was let pass, only those without one. */
function isShown({ requirement, waived = [] }: Case, proof: Proof): boolean {
  if (proof.state !== 'proven' || !isFastEnough(proof, requirement.rtoSecondsMax.value)) return false;
  return proof.seconds === null || !waived.includes('restore_time_unproven');
}

/** When a survivor without a proof no longer passes; none where it never did. */
function passEnd(input: Case, { end, fresh, proof, claim }: StandingProof): readonly Instant[] {
  const { requirement, at } = input;
  const lack = waivedProof(input);
  if (lack !== null && lackOf(proof) !== lack) return [];
  if (requirement.restoreProof[claim].value === 'required' || lackOf(proof) === null) return [];
  if (wasTooSlow(proof, input)) return [];
  // What a drill that is yet to end will say, nobody knows.
  const ahead = proof.state === 'stale' && proof.record.endedAt > at;
  if (ahead && (lack !== null || requirement.rtoSecondsMax.value !== null)) return [at];
  return [lack !== null || proof.state === 'proven' ? fresh : end];
}

/** What a proof lacks that may be let pass; null when it speaks against the claim. */
function lackOf(proof: Proof): ReasonCode | null {
  switch (proof.state) {
    case 'never':
      return 'restore_never_proven';
    case 'stale':
      return 'restore_proof_stale';
    case 'weak':
    case 'tested':
      return 'restore_proof_weak';
    case 'proven':
      return proof.seconds === null ? 'restore_time_unproven' : null;
    case 'failed':
    case 'test_failed':
      return null;
    default:
      return unreachable(proof, 'states of a proof');
  }
}

/** When a proof that is fresh now no longer is; never where there is none to grow old, or none that is fresh. */
function freshEnd({ requirement }: Case, proof: Proof, claim: Claim): Instant {
  if (proof.state === 'never' || proof.state === 'stale') return NEVER;
  const { endedAt } = 'test' in proof ? proof.test : proof.record;
  return capped(endedAt, requirement.proofSecondsMax[claim].value);
}

/** That many seconds before an end; never where there is no end. */
function before(end: Instant | null, seconds: number): Instant {
  return end === null ? NEVER : addSeconds(end, -seconds);
}

/** The instant that many seconds later; a policy may ask for more years than there are. */
function capped(from: Instant, seconds: number): Instant {
  return seconds < 100 * 365 * SECONDS_PER_DAY ? addSeconds(from, seconds) : NEVER;
}

/**
 * The recovery points that outlive a loss, each with what is known of it: age of its data, end, grade, reach.
 *
 * A kind that no restore call accepts is never a survivor, whatever its fate.
 */

import type { Permit } from '../authority/authority.ts';
import type { Scope } from '../core/arn.ts';
import { compareCodeUnits } from '../core/canonical.ts';
import { unreachable } from '../core/invariant.ts';
import { addSeconds, type Instant } from '../core/time.ts';
import { type Claim, claimOf, type DrillRecord } from '../drill/model.ts';
import type { SurvivorClass } from '../policy/model.ts';
import { dataLossSeconds, liesAhead, newestInstantOf } from '../survival/data-loss.ts';
import { isAlive } from '../survival/fate.ts';
import { pointsOf } from '../survival/survive.ts';
import { restoresToAnyInstant, type TrackedPoint } from '../survival/world.ts';
import type { Case } from './case.ts';
import type { Reach, SurvivorView } from './document.ts';
import { gradeOf, proofFor } from './evidence.ts';
import { localKeys, permitOver, reachOf } from './reach.ts';
import { type EndedTest, testsOf } from './restore-tests.ts';

/** A recovery point that a restore could start from afterwards. */
export interface Survivor {
  readonly view: SurvivorView;
  /** Names it in one place; its id may be borne by another elsewhere. */
  readonly arn: string;
  /** Whether the asking principal may take it away; null when nobody asked. */
  readonly permit: Permit | null;
  readonly claim: Claim;
  /** Where it lies. */
  readonly scope: Scope;
  /** True while its newest instant moves on with the living database. */
  readonly follows: boolean;
  /** The newest instant it gives back; null when AWS does not say, or says one that is yet to come. */
  readonly newestAt: Instant | null;
}

/** The survivors of one database, those with the least work lost first. */
export function survivorsOf(input: Case, drills: readonly DrillRecord[]): readonly Survivor[] {
  const isLocalKey = localKeys(input);
  const shown = { drills, tests: testsOf(input.inventory, input.database) };
  return pointsOf(input.survival.after, input.database)
    .filter(({ fate }) => isAlive(fate))
    .map((tracked) => survivorOf(tracked, reachOf(tracked, input, isLocalKey), input, shown))
    .filter((survivor) => survivor !== null)
    .sort(leastLossFirst);
}

/** The survivors that the change itself neither makes nor holds: the only ones that count. */
export function outsidePlan(survivors: readonly Survivor[]): readonly Survivor[] {
  return survivors.filter(({ view }) => view.reach !== 'same_plan');
}

/** The survivors that do not end by themselves before somebody notices what was lost. */
export function lasting(survivors: readonly Survivor[], { requirement, at }: Case): readonly Survivor[] {
  const noticedAt = addSeconds(at, requirement.detectionSeconds.value);
  return survivors.filter(({ view }) => view.expiresAt === null || view.expiresAt >= noticedAt);
}

/**
 * The survivors whose kind of restore did not fail when it was last tried. One that was never tried is among them: whether
 * it restores is a question of its own.
 */
export function notFailed(
  survivors: readonly Survivor[],
  input: Case,
  drills: readonly DrillRecord[],
): readonly Survivor[] {
  const failed = [...new Set(survivors.map(({ claim }) => claim))].filter((claim) => {
    const { state } = proofFor(input, drills, claim);
    return state === 'failed' || state === 'test_failed';
  });
  return survivors.filter(({ claim }) => !failed.includes(claim));
}

/** True when a survivor lies at least that far from the hand that makes the change. */
export function isOfClass({ view, scope }: Survivor, wanted: SurvivorClass, database: Scope): boolean {
  const outOfReach = view.reach !== 'same_plan' && view.reach !== 'principal';
  switch (wanted) {
    case 'outside_plan':
      return view.reach !== 'same_plan';
    case 'outside_principal':
      return outOfReach;
    case 'other_region':
      return outOfReach && scope.region !== database.region;
    case 'other_account':
      return view.reach === 'other_account';
    default:
      return unreachable(wanted, 'survivor classes');
  }
}

/** What speaks for single recovery points. */
interface Shown {
  readonly drills: readonly DrillRecord[];
  readonly tests: readonly EndedTest[];
}

function survivorOf(tracked: TrackedPoint, reach: Reach, input: Case, { drills, tests }: Shown): Survivor | null {
  const { at } = input;
  const claim = claimOf(tracked.point.kind);
  if (claim === null) return null;
  const stamped = newestInstantOf(tracked.point);
  const newest = stamped === null || liesAhead(stamped, at) ? null : stamped;
  const available =
    tracked.point.status === 'available' || restoresToAnyInstant(tracked.point) || tracked.point.vaultArn !== null;
  const view: SurvivorView = {
    id: tracked.point.id,
    kind: tracked.point.kind,
    createdAt: tracked.point.createdAt,
    expiresAt: tracked.fate.until,
    dataLossSeconds: newest === null ? null : dataLossSeconds(newest, at),
    grade: gradeOf(drills, tracked.point, { available, tests }),
    reach,
    rules: tracked.fate.rules.length === 0 ? ['untouched'] : tracked.fate.rules,
  };
  const { kind, status } = tracked.point;
  const follows = kind === 'replicated_automated_backup' && status !== 'retained';
  const { arn } = tracked.point;
  return { view, arn, permit: permitOver(tracked, input), claim, scope: tracked.point, follows, newestAt: newest };
}

function leastLossFirst(a: Survivor, b: Survivor): number {
  const loss = ({ view }: Survivor) => view.dataLossSeconds ?? Number.MAX_SAFE_INTEGER;
  // Ties keep the order of the inventory, which is stable.
  return loss(a) - loss(b) || compareCodeUnits(a.view.id, b.view.id);
}

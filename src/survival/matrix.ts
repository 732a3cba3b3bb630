/**
 * Survivors by loss: what each named loss would leave of a database, and how much work would be gone with it.
 *
 * One row per loss, always all of them, in the order of the list: a loss that leaves nothing is the row to see. The
 * rows of a whole estate cost as much as it has recovery points, times the losses.
 */

import { type Instant, latest, type Seconds } from '../core/time.ts';
import { type Database, type Inventory, RECOVERY_POINT_KINDS, type RecoveryPointKind } from '../inventory/model.ts';
import { dataLossSeconds, newestInstantOf } from './data-loss.ts';
import { FATE_WORDS, type FateWord, isAlive } from './fate.ts';
import { LOSSES, type LossName, meet } from './losses.ts';
import type { RuleCode } from './rules.ts';
import { type Cut, surroundings } from './surroundings.ts';
import { pointsOf } from './survive.ts';
import type { TrackedPoint } from './world.ts';

/** What one loss leaves. */
export interface LossRow<L extends string = LossName> {
  readonly loss: L;
  readonly left: readonly LeftPoint[];
  /** Points that are neither surely left nor surely lost. */
  readonly unknown: readonly { readonly id: string; readonly rules: readonly RuleCode[] }[];
  /** Work lost in seconds, counted to the instant asked about; null when nothing is left or AWS does not say. */
  readonly dataLossSeconds: Seconds | null;
  /** When the last of what is left ends by itself; null when one never does, or nothing is left. */
  readonly lastEndsAt: Instant | null;
  /** Every kind that the database has or the loss makes, in the order of the kinds, each with how its points fare. */
  readonly kinds: readonly KindFate[];
}

/** A recovery point that is left. */
export interface LeftPoint {
  readonly id: string;
  readonly kind: RecoveryPointKind;
  readonly until: Instant | null;
}

/** How the points of one kind fare. */
export interface KindFate {
  readonly kind: RecoveryPointKind;
  readonly points: number;
  readonly left: number;
  /** The best that becomes of one of them. */
  readonly best: FateWord;
}

/** The rows of one database. */
export interface LossMatrix {
  readonly database: Database;
  readonly rows: readonly LossRow[];
}

/** The rows of every database, or of the ones named, for all losses or the ones named. */
export function matrixOfEstate(
  inventory: Inventory,
  at: Instant,
  {
    databases = inventory.databases,
    losses = LOSSES,
  }: { readonly databases?: readonly Database[]; readonly losses?: readonly LossName[] } = {},
): readonly LossMatrix[] {
  const cut = surroundings(inventory, at);
  return databases.map((database) => ({ database, rows: rowsOf(cut, database, losses) }));
}

/** The rows of one database, for all losses or the ones named. */
export function matrixOf(
  inventory: Inventory,
  database: Database,
  at: Instant,
  losses: readonly LossName[] = LOSSES,
): readonly LossRow[] {
  return rowsOf(surroundings(inventory, at), database, losses);
}

function rowsOf(cut: Cut, database: Database, losses: readonly LossName[]): readonly LossRow[] {
  const world = cut(database);
  return losses.map((loss) => rowOf(loss, pointsOf(meet(world, database, loss), database), world.at));
}

/** The row of the points of one database, as a loss leaves them. */
export function rowOf<L extends string>(loss: L, points: readonly TrackedPoint[], at: Instant): LossRow<L> {
  const left = points.filter(({ fate }) => isAlive(fate));
  return {
    loss,
    left: left.map(({ point, fate }) => ({ id: point.id, kind: point.kind, until: fate.until })),
    unknown: points
      .filter(({ fate }) => fate.word === 'unknown')
      .map(({ point, fate }) => ({ id: point.id, rules: fate.rules })),
    dataLossSeconds: leastLoss(left, at),
    lastEndsAt: lastEnd(left),
    kinds: kindsOf(points),
  };
}

function leastLoss(left: readonly TrackedPoint[], at: Instant): Seconds | null {
  let newest: Instant | null = null;
  for (const { point } of left) {
    const instant = newestInstantOf(point);
    if (instant !== null) newest = newest === null ? instant : latest(newest, instant);
  }
  return newest === null ? null : dataLossSeconds(newest, at);
}

/** The end of the last; null when one has none. */
function lastEnd(left: readonly TrackedPoint[]): Instant | null {
  let last: Instant | null = null;
  for (const { fate } of left) {
    if (fate.until === null) return null;
    last = last === null ? fate.until : latest(last, fate.until);
  }
  return last;
}

function kindsOf(points: readonly TrackedPoint[]): readonly KindFate[] {
  const counts = new Map<RecoveryPointKind, { points: number; left: number; best: number }>();
  for (const { point, fate } of points) {
    let count = counts.get(point.kind);
    if (count === undefined) {
      count = { points: 0, left: 0, best: FATE_WORDS.length };
      counts.set(point.kind, count);
    }
    count.points += 1;
    if (isAlive(fate)) count.left += 1;
    count.best = Math.min(count.best, FATE_WORDS.indexOf(fate.word));
  }
  return RECOVERY_POINT_KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count === undefined ? [] : [{ ...count, kind, best: FATE_WORDS[count.best] ?? 'lost' }];
  });
}

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
import { LOSSES, type LossName, meeting } from './losses.ts';
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
  const after = meeting(world, database);
  const shown = nothingShown();
  return losses.map((loss) => rowOf(loss, pointsOf(after(loss), database), world.at, shown));
}

/** What earlier rows of the same database showed: what is the same in many rows is made once. */
export interface Shown {
  /** By the place of each point, which no loss changes. */
  readonly views: LeftPoint[];
  readonly lists: (readonly LeftPoint[])[];
  /** Where a row is put together: it grows with the longest, and not anew with each. */
  readonly draft: LeftPoint[];
}

/** Before the first row. */
export function nothingShown(): Shown {
  return { views: [], lists: [NOTHING_LEFT], draft: [] };
}

const NOTHING_LEFT: readonly LeftPoint[] = [];

/**
 * The row of the points of one database, as a loss leaves them.
 *
 * @param shown What earlier rows of the same database showed. Filled in here.
 */
export function rowOf<L extends string>(
  loss: L,
  points: readonly TrackedPoint[],
  at: Instant,
  shown: Shown = nothingShown(),
): LossRow<L> {
  const { views, draft } = shown;
  let left = 0;
  const unknown: LossRow['unknown'][number][] = [];
  const counts: KindCount[] = [];
  let count: KindCount | undefined;
  let newest: Instant | null = null;
  let last: Instant | null = null;
  let endless = false;
  for (let place = 0; place < points.length; place += 1) {
    const tracked = points[place] as TrackedPoint;
    const { point, fate } = tracked;
    // Points of one kind lie side by side.
    if (count?.kind !== point.kind) count = countOf(point.kind, counts);
    count.points += 1;
    if (count.best !== fate.word && isBetter(fate.word, count.best)) count.best = fate.word;
    if (fate.word === 'unknown') unknown.push({ id: point.id, rules: fate.rules });
    if (!isAlive(fate)) continue;
    count.left += 1;
    const earlier = views[place];
    const view = viewOf(tracked, earlier);
    if (view !== earlier) views[place] = view;
    draft[left] = view;
    left += 1;
    newest = laterOf(newest, newestInstantOf(point));
    last = laterOf(last, fate.until);
    endless ||= fate.until === null;
  }
  return {
    loss,
    left: firstOf(left, shown),
    unknown,
    dataLossSeconds: newest === null ? null : dataLossSeconds(newest, at),
    lastEndsAt: endless ? null : last,
    kinds: counts,
  };
}

function laterOf(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : latest(a, b);
}

function viewOf({ point: { id, kind }, fate: { until } }: TrackedPoint, earlier: LeftPoint | undefined): LeftPoint {
  const same = earlier !== undefined && earlier.until === until && earlier.id === id && earlier.kind === kind;
  return same ? earlier : { id, kind, until };
}

/** The first points of the draft: the list of an earlier row where it shows the very same. */
function firstOf(count: number, { lists, draft }: Shown): readonly LeftPoint[] {
  const known = lists.find((list) => list.length === count && list.every((view, place) => view === draft[place]));
  if (known !== undefined) return known;
  const list = draft.slice(0, count);
  lists.push(list);
  return list;
}

interface KindCount {
  readonly kind: RecoveryPointKind;
  points: number;
  left: number;
  best: FateWord;
}

/** The count of a kind, begun where there is none. There are few kinds: a list finds them faster than a map. */
function countOf(kind: RecoveryPointKind, counts: KindCount[]): KindCount {
  const known = counts.find((other) => other.kind === kind);
  if (known !== undefined) return known;
  const count: KindCount = { kind, points: 0, left: 0, best: 'lost' };
  counts.splice(placeOf(kind, counts), 0, count);
  return count;
}

/** Where a kind belongs among others that are in the order of the kinds. */
function placeOf(kind: RecoveryPointKind, counts: readonly KindCount[]): number {
  const rank = RECOVERY_POINT_KINDS.indexOf(kind);
  let place = counts.length;
  for (const other of counts) if (RECOVERY_POINT_KINDS.indexOf(other.kind) > rank) place -= 1;
  return place;
}

function isBetter(word: FateWord, than: FateWord): boolean {
  return FATE_WORDS.indexOf(word) < FATE_WORDS.indexOf(than);
}

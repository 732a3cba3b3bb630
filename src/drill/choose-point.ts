/**
 * Which recovery point a drill restores, and to which instant.
 *
 * Pure, chance included: a seed and the database's resource id decide, so that a drill can be planned again. An instant is
 * always named, never "the latest", which would mean another one at each attempt. Nothing is passed over in silence: a
 * point that fits but is locked away behind its key is refused by name, not replaced by the next.
 * Source: aws-backup-facts.md 4.1 (1, 2, 13) and K1 to K16; Amazon RDS API, RestoreDBInstanceToPointInTime.
 */

import { compareCodeUnits, digestOf } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import { addSeconds, earliest, type Instant, secondsBetween } from '../core/time.ts';
import type { Inventory, RecoveryPoint, RecoveryPointKind, RestoreWindow } from '../inventory/model.ts';
import { newestInstantOf } from '../survival/data-loss.ts';
import { isAlive } from '../survival/fate.ts';
import { type LossName, meeting } from '../survival/losses.ts';
import { surroundings } from '../survival/surroundings.ts';
import { pointsOf } from '../survival/survive.ts';
import { restoresToAnyInstant } from '../survival/world.ts';
import type { DrillDefinition, InstantChoice, PointChoice } from './definition.ts';
import { claimOf } from './model.ts';
import type { DrillSubject } from './select.ts';

/** A recovery point, and the instant of its window; null for one that holds a single moment. */
export interface ChosenPoint {
  readonly point: RecoveryPoint;
  readonly to: Instant | null;
}

/** What a choice is made from. */
export interface ChoiceInput {
  readonly definition: DrillDefinition;
  readonly subject: DrillSubject;
  readonly inventory: Inventory;
  readonly at: Instant;
}

/** Snapshots that RDS keeps for the account: what a drill restores unless told otherwise. */
const SNAPSHOT_KINDS: readonly RecoveryPointKind[] = [
  'manual_snapshot',
  'system_snapshot',
  'snapshot_copy',
  'account_copy',
];
/** The database's own window before those that stand in for it. */
const WINDOW_KINDS: readonly RecoveryPointKind[] = [
  'pitr',
  'retained_automated_backup',
  'replicated_automated_backup',
  'backup_continuous',
];

const SNAPSHOT_STATUSES: readonly string[] = ['available'];
const VAULT_STATUSES: readonly string[] = ['available', 'completed'];
const WINDOW_STATUSES: readonly string[] = ['available', 'active', 'replicating', 'retained', 'completed'];

/** A window's start moves on while a drill begins; what lies closer to it may be gone by then. */
const WINDOW_MARGIN_SECONDS = 900;
const POINTS_NAMED = 5;

/**
 * The recovery point that the definition asks for.
 *
 * @throws MusterError `MUSTER_NO_RECOVERY_POINT` naming what was wanted and what there is.
 */
export function choosePoint(input: ChoiceInput): ChosenPoint {
  const { definition, subject, inventory, at } = input;
  const own = inventory.recoveryPoints.filter((point) => point.databaseResourceId === subject.resourceId);
  const fitting = own.filter(fits(definition, subject)).filter((point) => whyUnusable(point, at) === null);
  const { point: choice } = definition;
  const survivors = choice.kind === 'last_survivor' ? survivorsOf(input, choice.loss) : null;
  const open = survivors === null ? fitting : fitting.filter(({ kind, arn }) => survivors.has(`${kind} ${arn}`));
  const chosen = pick(choice, open, subject);
  if (chosen === null) throw nothingFits(input, own, open);
  holdKey(chosen.point, inventory);
  return chosen;
}

/** Kinds that fit; none named means snapshots, windows or anything, as the choice of the point says. */
function kindsOf({ kinds, point }: DrillDefinition): readonly RecoveryPointKind[] | null {
  if (kinds.length > 0) return kinds;
  if (point.kind === 'last_survivor') return null;
  return point.kind === 'pitr' ? WINDOW_KINDS : SNAPSHOT_KINDS;
}

/** Without kinds of its own a definition means what lies where the database is, or where the restore is to be. */
function fits(definition: DrillDefinition, subject: DrillSubject): (point: RecoveryPoint) => boolean {
  const kinds = kindsOf(definition);
  const { region, bring } = definition.scratch;
  const anywhere = definition.kinds.length > 0 || definition.point.kind === 'last_survivor';
  const onlyRegion =
    bring === 'always' ? (anywhere ? null : subject.region) : (region ?? (anywhere ? null : subject.region));
  return (point) =>
    claimOf(point.kind) !== null &&
    (kinds === null || kinds.includes(point.kind)) &&
    (onlyRegion === null || point.region === onlyRegion) &&
    (anywhere || point.accountId === subject.accountId);
}

/** Why a restore could not start from a point as it stands; null when it could. */
function whyUnusable(point: RecoveryPoint, at: Instant): string | null {
  const windowed = restoresToAnyInstant(point);
  const statuses = windowed ? WINDOW_STATUSES : point.vaultArn === null ? SNAPSHOT_STATUSES : VAULT_STATUSES;
  if (!statuses.includes(point.status)) return point.status;
  if (windowed && point.window === null) return 'no restore window';
  if (point.expiresAt !== null && point.expiresAt <= at) return 'expired';
  return null;
}

function survivorsOf({ subject, inventory, at }: ChoiceInput, loss: LossName): ReadonlySet<string> {
  const { database, identifier } = subject;
  if (database === null) {
    throw new MusterError(
      'MUSTER_NO_RECOVERY_POINT',
      `${identifier} is gone: only of a database that stands can it be asked what survives ${loss}`,
    );
  }
  const after = meeting(surroundings(inventory, at)(database), database)(loss);
  const alive = pointsOf(after, database).filter(({ fate, madeByChange }) => isAlive(fate) && !madeByChange);
  return new Set(alive.map(({ point }) => `${point.kind} ${point.arn}`));
}

function pick(choice: PointChoice, points: readonly RecoveryPoint[], subject: DrillSubject): ChosenPoint | null {
  const { resourceId } = subject;
  switch (choice.kind) {
    case 'newest':
    case 'last_survivor':
      return withInstant(byAge(points, newestInstantOf).at(-1), { kind: 'latest' }, resourceId);
    case 'oldest': {
      const [point] = byAge(points, oldestInstantOf);
      return point === undefined ? null : { point, to: point.window === null ? null : startOf(point.window) };
    }
    case 'random': {
      const inOrder = [...points].sort((a, b) => compareCodeUnits(`${a.arn} ${a.kind}`, `${b.arn} ${b.kind}`));
      return withInstant(
        inOrder[Math.floor(fractionOf(`point ${choice.seed} ${resourceId}`) * inOrder.length)],
        choice,
        resourceId,
      );
    }
    case 'pitr':
      return pickWindow(choice.to, points, resourceId);
  }
}

function withInstant(point: RecoveryPoint | undefined, choice: InstantChoice, resourceId: string): ChosenPoint | null {
  if (point === undefined) return null;
  return { point, to: point.window === null ? null : instantIn(point.window, choice, resourceId) };
}

function pickWindow(choice: InstantChoice, points: readonly RecoveryPoint[], resourceId: string): ChosenPoint | null {
  const open = points.filter(
    ({ window }) => window !== null && (choice.kind !== 'instant' || isWithin(window, choice.at)),
  );
  const preferred = [...byAge(open, newestInstantOf)]
    .reverse()
    .sort((a, b) => WINDOW_KINDS.indexOf(a.kind) - WINDOW_KINDS.indexOf(b.kind));
  return withInstant(preferred[0], choice, resourceId);
}

function instantIn(window: RestoreWindow, choice: InstantChoice, resourceId: string): Instant {
  switch (choice.kind) {
    case 'latest':
      return window.latest;
    case 'instant':
      return choice.at;
    case 'random': {
      const start = startOf(window);
      const span = Math.floor(
        fractionOf(`instant ${choice.seed} ${resourceId}`) * (secondsBetween(start, window.latest) + 1),
      );
      return earliest(addSeconds(start, span), window.latest);
    }
  }
}

function startOf(window: RestoreWindow): Instant {
  return earliest(addSeconds(window.earliest, WINDOW_MARGIN_SECONDS), window.latest);
}

function isWithin(window: RestoreWindow, instant: Instant): boolean {
  return window.earliest <= instant && instant <= window.latest;
}

function oldestInstantOf(point: RecoveryPoint): Instant | null {
  return point.window === null ? point.dataAt : point.window.earliest;
}

/** Oldest first. What AWS gives no moment for is neither the oldest nor the newest, unless there is nothing else. */
function byAge(points: readonly RecoveryPoint[], momentOf: (point: RecoveryPoint) => Instant | null) {
  const dated = points.filter((point) => momentOf(point) !== null);
  const keyOf = (point: RecoveryPoint) => `${momentOf(point) ?? ''} ${point.arn}`;
  return [...(dated.length > 0 ? dated : points)].sort((a, b) => compareCodeUnits(keyOf(a), keyOf(b)));
}

/** A number from 0 up to 1 that follows from a text alone. */
function fractionOf(text: string): number {
  const drawn = Number.parseInt(digestOf(text).slice('sha256:'.length, 'sha256:'.length + 8), 16) / 2 ** 32;
  invariant(drawn >= 0 && drawn < 1, 'a drawn fraction lies from 0 up to 1', { drawn });
  return drawn;
}

function holdKey(point: RecoveryPoint, { keys }: Inventory): void {
  const key = keys.find(({ arn }) => arn === point.keyArn);
  if (key === undefined || key.state === 'enabled') return;
  throw new MusterError(
    'MUSTER_NO_RECOVERY_POINT',
    `${point.id} cannot be restored: its key ${key.arn} is ${key.state.replaceAll('_', ' ')}, and only an enabled one can be used`,
  );
}

function nothingFits(
  { definition, subject, at }: ChoiceInput,
  own: readonly RecoveryPoint[],
  open: readonly RecoveryPoint[],
) {
  const wanted = wantedWords(definition);
  const windows = open.flatMap(({ id, window }) =>
    window === null ? [] : [`${id} from ${window.earliest} to ${window.latest}`],
  );
  const there =
    definition.point.kind === 'pitr' && windows.length > 0
      ? `its windows: ${windows.join('; ')}`
      : own.length === 0
        ? 'it has no recovery point at all'
        : `it has: ${own
            .slice(0, POINTS_NAMED)
            .map((point) => pointWords(point, at))
            .join('; ')}${own.length > POINTS_NAMED ? `; and ${own.length - POINTS_NAMED} more` : ''}`;
  return new MusterError(
    'MUSTER_NO_RECOVERY_POINT',
    `${subject.identifier} has no ${wanted} that could be restored; ${there}`,
  );
}

function wantedWords(definition: DrillDefinition): string {
  const { point, kinds, scratch } = definition;
  const what =
    kinds.length > 0
      ? kinds.join(' or ').replaceAll('_', ' ')
      : point.kind === 'pitr'
        ? 'restore window'
        : point.kind === 'last_survivor'
          ? 'recovery point'
          : 'snapshot';
  const where = scratch.region === null || scratch.bring === 'always' ? '' : ` in ${scratch.region}`;
  if (point.kind === 'last_survivor') return `${what}${where} surviving ${point.loss}`;
  return point.kind === 'pitr' && point.to.kind === 'instant'
    ? `${what}${where} open to ${point.to.at}`
    : `${what}${where}`;
}

function pointWords(point: RecoveryPoint, at: Instant): string {
  return `${point.id} (${point.kind.replaceAll('_', ' ')}, ${whyUnusable(point, at) ?? point.status}, ${point.accountId}/${point.region})`;
}

/**
 * Losses by name, each brought about for one database: calls that somebody makes, or events that nobody calls.
 *
 * `database_deleted` is the loss every report asks about when no change is at hand: the deletion as a careless
 * caller would make it. The others answer what else the same backups would, or would not, come through.
 */

import { unreachable } from '../core/invariant.ts';
import { addSeconds, type Days, type Seconds } from '../core/time.ts';
import type { Action, DeleteParameters } from '../intent/action.ts';
import type { Database } from '../inventory/model.ts';
import { settleReadability } from './apply-key.ts';
import { withoutSnapshots } from './apply-snapshot.ts';
import { happen, type LossEvent } from './events.ts';
import {
  databaseTarget,
  deletableAfterPurge,
  deletionOf,
  isPurgedSnapshot,
  KEY_WAIT_DAYS_MIN,
  keptBackupsPurged,
  type Seen,
  snapshotsPurged,
  vaultsEmptied,
} from './purge.ts';
import { foldActions } from './survive.ts';
import type { TrackedPoint, World } from './world.ts';

/** The losses that can be asked about by name. */
export const LOSSES = [
  'database_deleted',
  'database_deleted_carefully',
  'retention_zero',
  'retention_lowered',
  'snapshots_purged',
  'vaults_emptied',
  'key_disabled',
  'key_deletion_scheduled',
  'key_destroyed',
  'everything_deletable',
  'region_lost',
  'account_lost',
  'bad_write',
  'time_passes',
] as const;
export type LossName = (typeof LOSSES)[number];

/** What the losses that need a figure assume. */
export interface Assumed {
  /** How long a bad write goes unnoticed; it is noticed at the instant asked about. */
  readonly detectionSeconds: Seconds;
  readonly days: Days;
}

/** A day until somebody notices, a month until somebody needs it. */
export const ASSUMED: Assumed = { detectionSeconds: 86_400, days: 30 };

/** The world after a database of it has met a loss; no survivor is owed to a refusal that one call lifts. */
export function meet(world: World, database: Database, loss: LossName, assumed = ASSUMED): World {
  return meeting(world, database, assumed)(loss);
}

/** How a database of a world meets one loss after another, each by itself; what they share is worked out once. */
export function meeting(world: World, database: Database, assumed = ASSUMED): (loss: LossName) => World {
  const sound = settleReadability(world) === world ? world : null;
  const see = lazily(() => seenIn(world));
  const purged = lazily(() => purge(world, see, database));
  return (loss) => {
    const cause = causeOf({ world, see, purged, database, assumed }, loss);
    const after = 'event' in cause ? happen(world, cause.event) : fold(cause.from ?? world, cause.actions);
    return settleReadability(after, sound);
  };
}

/** Actions, or an event; `from` is a world in which some of them have been carried out already. */
type Cause = { readonly from?: World; readonly actions: readonly Action[] } | { readonly event: LossEvent };

function fold(world: World, actions: readonly Action[]): World {
  return foldActions(world, actions, 'lifted').world;
}

/** The same, made when it is first asked for. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What a loss is brought about from; what there is to purge is looked at, and purged, only where a loss purges. */
interface Setting {
  readonly world: World;
  readonly see: () => Seen;
  /** The world without the snapshots of the database. */
  readonly purged: () => World;
  readonly database: Database;
  readonly assumed: Assumed;
}

function causeOf({ world, see, purged, database, assumed }: Setting, loss: LossName): Cause {
  const { accountId, region, keyArn } = database;
  const { detectionSeconds, days } = assumed;
  switch (loss) {
    case 'database_deleted':
      return { actions: deletionOf(database) };
    case 'database_deleted_carefully':
      return { actions: deletionOf(database, carefully(database)) };
    case 'retention_zero':
      return { actions: [withRetention(database, database.kind === 'rds_instance' ? 0 : 1)] };
    case 'retention_lowered':
      return { actions: [withRetention(database, Math.min(1, database.retentionDays))] };
    case 'snapshots_purged':
      return { from: purged(), actions: [] };
    case 'vaults_emptied':
      return { actions: vaultsEmptied(see(), database) };
    case 'key_disabled':
      return { actions: keyArn === null ? [] : [{ kind: 'disable_key', target: keyTarget(database, keyArn) }] };
    case 'key_deletion_scheduled':
      return { actions: keyArn === null ? [] : [scheduled(database, keyArn)] };
    case 'key_destroyed':
      return keyArn === null ? { actions: [] } : { event: { kind: 'key_destroyed', keyArn } };
    case 'everything_deletable':
      return {
        from: purgedAfter(vaultsEmptied(see(), database), { world, see, purged, database }),
        actions: deletableAfterPurge(see(), database),
      };
    case 'region_lost':
      return { event: { kind: 'region_lost', region } };
    case 'account_lost':
      return { event: { kind: 'account_lost', accountId } };
    case 'bad_write':
      return { event: { kind: 'bad_write', writtenAt: addSeconds(world.at, -detectionSeconds), detectionSeconds } };
    case 'time_passes':
      return { event: { kind: 'time_passes', days } };
    default:
      return unreachable(loss, 'losses');
  }
}

/** The purge once vaults are emptied; where there is nothing in one, it is the purge by itself. */
function purgedAfter(
  emptied: readonly Action[],
  { world, see, purged, database }: Pick<Setting, 'world' | 'see' | 'purged' | 'database'>,
): World {
  return emptied.length === 0 ? purged() : purge(fold(world, emptied), see, database);
}

/** The world after the purge; its snapshots, which are many, go in one pass where nothing keeps any of them. */
function purge(world: World, see: () => Seen, database: Database): World {
  const purged = withoutSnapshots(world, ({ point }) => isPurgedSnapshot(point, database));
  return purged === null
    ? fold(world, snapshotsPurged(see(), database))
    : fold(purged, keptBackupsPurged(see(), database));
}

function seenIn({ points, vaults, keys }: World): Seen {
  return { recoveryPoints: points.map(pointIn), vaults, keys };
}

const pointIn = ({ point }: TrackedPoint) => point;

function withRetention(database: Database, retentionDays: Days): Action {
  const kind = database.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster';
  return { kind, target: databaseTarget(database), change: { retentionDays } };
}

function scheduled(database: Database, keyArn: string): Action {
  return { kind: 'schedule_key_deletion', target: keyTarget(database, keyArn), windowDays: KEY_WAIT_DAYS_MIN };
}

function keyTarget(database: Database, keyArn: string) {
  return { ...databaseTarget(database), arn: keyArn, resourceId: null };
}

function carefully({ identifier }: Database): DeleteParameters {
  return {
    skipFinalSnapshot: false,
    finalSnapshotId: carefulFinalId(identifier),
    deleteAutomatedBackups: false,
    disarmsProtection: false,
  };
}

/** What a careful caller would call the final snapshot of a database. */
export function carefulFinalId(identifier: string): string {
  return `${identifier}-final`;
}

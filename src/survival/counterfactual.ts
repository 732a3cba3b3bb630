/**
 * What would have saved a database: the single settings under which the same change leaves something.
 *
 * Each candidate is tried by folding the change again with that one thing different; only those that really leave
 * a recovery point more are named, the cheapest first. Deletion protection is no candidate: it is one call from off.
 * Source: Amazon RDS API, DeleteDBInstance and DeleteDBCluster; AWS Backup API, StartBackupJob; terraform-provider-aws
 * 5.100, whose destroy reads these settings from state, so that they count only once applied.
 */

import { partitionOf } from '../core/arn.ts';
import { unreachable } from '../core/invariant.ts';
import { type Instant, latest } from '../core/time.ts';
import type { Action, DeleteParameters } from '../intent/action.ts';
import type { Database, Inventory, RecoveryPoint } from '../inventory/model.ts';
import { settleReadability } from './apply-key.ts';
import { newestInstantOf } from './data-loss.ts';
import { isAlive } from './fate.ts';
import { matchDatabase, matchKeys, matchVaults } from './match.ts';
import { fitOf, manualLimit, type Room } from './room.ts';
import { snapshotOf } from './snapshot.ts';
import type { Effect } from './step.ts';
import { foldActions, pointsOf, type Survival } from './survive.ts';
import { pointsCalled, type TrackedPoint, type World, worldOf } from './world.ts';

/** The candidates, the cheapest first: what costs nothing, what costs storage, what costs storage and a vault. */
export const SETTINGS = [
  'keep_automated_backups',
  'key_kept',
  'vault_locked',
  'final_snapshot',
  'manual_snapshot',
  'vault_backup',
] as const;
export type Setting = (typeof SETTINGS)[number];

/** One setting that would have left something. */
export interface Counterfactual {
  readonly setting: Setting;
  /** The recovery points that would be left because of it. */
  readonly left: readonly string[];
  /** The newest instant they give back; null when AWS does not say. */
  readonly newestAt: Instant | null;
  /** When the last of them ends by itself; null when one never does. */
  readonly until: Instant | null;
  /** What to write or run, a line each. */
  readonly command: string;
}

/** What was about to happen. */
export interface Loss {
  readonly inventory: Inventory;
  readonly actions: readonly Action[];
  readonly at: Instant;
  /** What a larger inventory has room for, when this one is a part of it. */
  readonly rooms?: readonly Room[];
}

/** The settings that would have left something of a database that a change deletes; empty when none would. */
export function counterfactualsOf(loss: Loss, database: Database): readonly Counterfactual[] {
  const asIs = asItIs(loss, database);
  return SETTINGS.flatMap((setting) => savingBy(setting, loss, database, asIs));
}

/** The cheapest of them; null when no single one would have left anything. */
export function cheapestSavingOf(loss: Loss, database: Database, asIs = asItIs(loss, database)): Counterfactual | null {
  for (const setting of SETTINGS) {
    const [saving] = savingBy(setting, loss, database, asIs);
    if (saving !== undefined) return saving;
  }
  return null;
}

/**
 * The cheapest setting that would have saved something of a database, worked out from its part of a change alone.
 *
 * @param survival What the whole change did, as it is.
 */
export function savingFor(
  inventory: Inventory,
  { before, after, sound: soundWhole, effects }: Survival,
  { database, at }: { readonly database: Database; readonly at: Instant },
): Counterfactual | null {
  const own = inventory.recoveryPoints.filter(({ databaseResourceId }) => databaseResourceId === database.resourceId);
  const recoveryPoints = [...own, ...namesakesOfFinals(before, effects, database)];
  const used = usedBy(recoveryPoints).add(database.keyArn).add(rescueArn(database));
  const keys = inventory.keys.filter(({ arn }) => used.has(arn));
  // The vault to back up to holds nothing yet, so that it may lie outside the part.
  const vaults = before.vaults.filter(({ arn }) => used.has(arn));
  const part = { ...inventory, databases: [database], recoveryPoints, keys, vaults };
  const isWhole = before.points.length === recoveryPoints.length && before.databases.length === 1;
  const { rooms } = before;
  const start = isWhole ? before : worldOf(part, at, rooms);
  const actions = effects.filter((effect) => reaches(effect, database, start)).map(({ action }) => action);
  const loss = { inventory: part, actions, at, rooms };
  // What can be read in the whole can be in its part.
  const sound = soundWhole === null ? soundOf(start) : start;
  // Steps on others may have used up a name or the room there was, so that only the same part can be compared with.
  const left = isWhole ? alive(after, database) : leftOf({ start, sound }, loss, database);
  const asIs = { start, names: before, sound, left: arnsOf(left) };
  return cheapestSavingOf(loss, database, asIs);
}

/** The keys and vaults that points lie under: for most, those of the point before. */
function usedBy(points: readonly RecoveryPoint[]): Set<string | null> {
  const used = new Set<string | null>();
  let last: RecoveryPoint | null = null;
  for (const point of points) {
    if (point.keyArn !== last?.keyArn) used.add(point.keyArn);
    if (point.vaultArn !== last?.vaultArn) used.add(point.vaultArn);
    last = point;
  }
  return used;
}

/** What bears the name of a final snapshot that a change asks of a database, whoever it was taken from. */
function namesakesOfFinals(
  world: World,
  effects: readonly Effect[],
  { resourceId }: Database,
): readonly RecoveryPoint[] {
  const names = effects.flatMap(({ action, databaseResourceId }) => {
    if (action.kind !== 'delete_db_instance' && action.kind !== 'delete_db_cluster') return [];
    return databaseResourceId === resourceId ? (action.parameters.finalSnapshotId ?? []) : [];
  });
  return [...new Set(names.map((name) => name.toLowerCase()))]
    .flatMap((name) => pointsCalled(world, name))
    .map(({ point }) => point)
    .filter(({ databaseResourceId }) => databaseResourceId !== resourceId);
}

/** A step on another database, or on a key or a vault that this one does not use, changes nothing here. */
function reaches({ action, outcome, databaseResourceId }: Effect, database: Database, world: World): boolean {
  if (databaseResourceId !== null) return databaseResourceId === database.resourceId;
  // What acts on something that nobody saw may reach anything.
  if (outcome === 'unknown') return true;
  switch (action.kind) {
    case 'schedule_key_deletion':
    case 'disable_key':
    case 'change_key_policy':
      return matchKeys(world, action.target).length > 0;
    case 'delete_backup_vault':
    case 'delete_vault_lock':
      return matchVaults(world, action.target).length > 0;
    default:
      return true;
  }
}

/** The change as it is: the world before it, the same if every point of it can be read, and the ARNs of what it leaves. */
interface AsIs {
  readonly start: World;
  /** A world with every snapshot whose name may be taken. */
  readonly names: World;
  readonly sound: World | null;
  readonly left: ReadonlySet<string>;
}

function savingBy(setting: Setting, loss: Loss, database: Database, asIs: AsIs): readonly Counterfactual[] {
  const variant = varied(setting, loss, database, asIs);
  const isSameStart = variant.loss.inventory === loss.inventory;
  const left = isSameStart
    ? leftOf(asIs, variant.loss, database)
    : leftOf({ start: startOf(variant.loss), sound: null }, variant.loss, database);
  const more = left.filter(({ point }) => !asIs.left.has(point.arn));
  if (more.length === 0) return [];
  const ends = more.map(({ fate }) => fate.until);
  return [
    {
      setting,
      left: more.map(({ point }) => point.id),
      newestAt: lastOf(more.map(({ point }) => newestInstantOf(point))),
      until: ends.includes(null) ? null : lastOf(ends),
      command: variant.command,
    },
  ];
}

function lastOf(instants: readonly (Instant | null)[]): Instant | null {
  return instants.reduce((last, next) => (last === null || next === null ? (last ?? next) : latest(last, next)), null);
}

function asItIs(loss: Loss, database: Database): AsIs {
  const start = startOf(loss);
  const sound = soundOf(start);
  return { start, names: start, sound, left: arnsOf(leftOf({ start, sound }, loss, database)) };
}

function soundOf(start: World): World | null {
  return settleReadability(start) === start ? start : null;
}

function arnsOf(points: readonly TrackedPoint[]): ReadonlySet<string> {
  return new Set(points.map(({ point }) => point.arn));
}

function startOf({ inventory, at, rooms }: Loss): World {
  return worldOf(inventory, at, rooms);
}

function leftOf({ start, sound }: Pick<AsIs, 'start' | 'sound'>, { actions }: Loss, database: Database) {
  return alive(settleReadability(foldActions(start, actions, 'lifted').world, sound), database);
}

function alive(world: World, database: Database): readonly TrackedPoint[] {
  return pointsOf(world, database).filter(({ fate }) => isAlive(fate));
}

/** The same change with one thing different, and how to set that. */
interface Variant {
  readonly loss: Loss;
  readonly command: string;
}

function varied(setting: Setting, loss: Loss, database: Database, { start, names }: AsIs): Variant {
  const what = database.kind === 'rds_instance' ? 'db-instance' : 'db-cluster';
  switch (setting) {
    case 'keep_automated_backups':
      return {
        loss: withParameters(loss, start, database, { deleteAutomatedBackups: false }),
        command: howToSet('delete_automated_backups = false', '--no-delete-automated-backups'),
      };
    case 'key_kept':
      return withKey(loss, database);
    case 'vault_locked':
      return withLocks(loss, database);
    case 'final_snapshot': {
      const name = freeName(names, database, 'final');
      return {
        loss: withParameters(loss, start, database, { skipFinalSnapshot: false, finalSnapshotId: name }),
        command: howToSet(
          `skip_final_snapshot = false\nfinal_snapshot_identifier = "${name}"`,
          `--no-skip-final-snapshot --final-db-snapshot-identifier ${name}`,
        ),
      };
    }
    case 'manual_snapshot': {
      const id = freeName(names, database, 'manual');
      const verb = what === 'db-cluster' ? 'create-db-cluster-snapshot' : 'create-db-snapshot';
      const flag = what === 'db-cluster' ? '--db-cluster-snapshot-identifier' : '--db-snapshot-identifier';
      return {
        loss: canBeTaken(start, database)
          ? withPoint(loss, snapshotOf(database, { id, at: loss.at, status: 'available' }))
          : loss,
        command: `aws rds ${verb} --region ${database.region} --${what}-identifier ${database.identifier} ${flag} ${id}`,
      };
    }
    case 'vault_backup':
      return withVaultBackup(loss, database);
    default:
      return unreachable(setting, 'settings');
  }
}

/**
 * A setting of the deletion itself, as Terraform and as the AWS CLI take it.
 *
 * The options alone: a whole deletion is nothing to hand out for copying. Terraform's destroy takes them from state.
 */
function howToSet(terraform: string, options: string): string {
  return `${terraform}\n# applied before the destroy; with the AWS CLI, on the deletion: ${options}`;
}

function withParameters(loss: Loss, start: World, database: Database, change: Partial<DeleteParameters>): Loss {
  const actions = loss.actions.map((action): Action => {
    if (action.kind !== 'delete_db_instance' && action.kind !== 'delete_db_cluster') return action;
    const match = matchDatabase(start, action);
    if (match.kind === 'none' || match.tracked.database.arn !== database.arn) return action;
    return { ...action, parameters: { ...action.parameters, ...change } };
  });
  return { ...loss, actions };
}

/** The change without its steps on keys: a key that is destroyed later, by a change of its own, is still there to restore. */
function withKey(loss: Loss, database: Database): Variant {
  const isOnKey = ({ kind }: Action) =>
    kind === 'schedule_key_deletion' || kind === 'disable_key' || kind === 'change_key_policy';
  const on = loss.actions.filter(isOnKey).map(({ target }) => target.identifier);
  return {
    loss: { ...loss, actions: loss.actions.filter((action) => !isOnKey(action)) },
    command: `keep the key of ${database.identifier} out of this change: ${on.join(', ')}`,
  };
}

/** As if every vault that holds one of its recovery points had a compliance lock past its date. */
function withLocks(loss: Loss, database: Database): Variant {
  const { vaults, recoveryPoints } = loss.inventory;
  const used = new Set(
    recoveryPoints.filter((point) => point.databaseResourceId === database.resourceId).map(({ vaultArn }) => vaultArn),
  );
  const locked = vaults.map((vault) => (used.has(vault.arn) ? { ...vault, lock: 'compliance' as const } : vault));
  return {
    loss: { ...loss, inventory: { ...loss.inventory, vaults: locked } },
    command: vaults
      .filter(({ arn }) => used.has(arn))
      .map(
        ({ name, region }) =>
          `aws backup put-backup-vault-lock-configuration --region ${region} --backup-vault-name ${name} --min-retention-days 7 --changeable-for-days 3`,
      )
      .join('\n'),
  };
}

/** A vault for the purpose, with a backup taken now; AWS Backup makes none of a continuous kind on demand. */
function withVaultBackup(loss: Loss, database: Database): Variant {
  const { region, arn, identifier } = database;
  const snapshot = snapshotOf(database, { id: `awsbackup:job-${identifier}`, at: loss.at, status: 'available' });
  return {
    loss: withPoint(loss, { ...snapshot, kind: 'backup_snapshot', vaultArn: rescueArn(database) }),
    command: `aws backup start-backup-job --region ${region} --backup-vault-name ${RESCUE_VAULT} --resource-arn ${arn} --iam-role-arn ROLE`,
  };
}

const RESCUE_VAULT = 'rescue';

function rescueArn({ region, accountId }: Database): string {
  return `arn:${partitionOf(region)}:backup:${region}:${accountId}:backup-vault:${RESCUE_VAULT}`;
}

function withPoint(loss: Loss, point: RecoveryPoint): Loss {
  const recoveryPoints = [...loss.inventory.recoveryPoints, point];
  return { ...loss, inventory: { ...loss.inventory, recoveryPoints } };
}

/** A snapshot name that nothing bears yet. */
function freeName(world: World, { identifier }: Database, suffix: string): string {
  const from = (name: string, count: number): string => {
    const candidate = count === 1 ? name : `${name}-${count}`;
    return pointsCalled(world, candidate.toLowerCase()).length > 0 ? from(name, count + 1) : candidate;
  };
  return from(`${identifier}-${suffix}`, 1);
}

/** Statuses in which AWS takes a snapshot of a database. Source: Amazon RDS API, CreateDBSnapshot, first paragraph. */
export const TAKES_SNAPSHOTS: readonly string[] = ['available', 'storage-optimization'];

/** Whether AWS would surely take a manual snapshot of a database now. */
function canBeTaken({ rooms }: World, database: Database): boolean {
  const limit = manualLimit(database.kind !== 'rds_instance');
  return TAKES_SNAPSHOTS.includes(database.status) && fitOf(rooms, database, limit) === 'fits';
}

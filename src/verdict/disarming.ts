/**
 * What a change would weaken of each database's protection, written down so that it can be remembered.
 *
 * Compared with what lives, not with what a document believes: a setting that is weak already is weakened by nobody.
 * What a change does to a vault, a key or a recovery point counts for every database that has something there. Only
 * settings are written down: flags, days, states and instants, never a name or a value that somebody chose.
 */

import { addDays } from '../core/time.ts';
import type { Action, Intent, IntentSource } from '../intent/action.ts';
import type { Database, RecoveryPoint } from '../inventory/model.ts';
import {
  actsOnDatabase,
  type DatabaseAction,
  matchDatabase,
  matchKeys,
  matchPoints,
  matchVaults,
} from '../survival/match.ts';
import type { World } from '../survival/world.ts';

/** The settings that can be weakened. */
export const DISARMABLE_SETTINGS = [
  'deletion_protection',
  'retention_days',
  /** Kept by the tool, sent with its next deletion. */
  'skip_final_snapshot',
  'delete_automated_backups',
  /** Something else that a tool keeps by itself, such as a deletion policy. */
  'tool_setting',
  'vault_lock',
  'vault_policy',
  'recovery_point_lifecycle',
  'key_state',
  'key_policy',
  'snapshot_sharing',
  'backup_replication',
  'future_backups',
] as const;
export type DisarmableSetting = (typeof DISARMABLE_SETTINGS)[number];

/** The value of a setting; null where it cannot be told, or where nothing bounds it. */
export type SettingValue = string | number | boolean | null;

/** One setting of one database, as a change would have it. */
export interface SettingOf {
  readonly databaseResourceId: string;
  readonly databaseArn: string;
  readonly setting: DisarmableSetting;
  /** ARN of what carries the setting: the database, a vault, a key or a recovery point. */
  readonly subject: string;
}

/** A setting that a change weakens. */
export interface Disarming extends SettingOf {
  readonly from: SettingValue;
  readonly to: SettingValue;
}

/** What a change does to the settings of databases, and what it shows of those that a tool alone keeps. */
export interface SettingsMoved {
  readonly disarmings: readonly Disarming[];
  /** Strong in the state that the change was made from, whether or not it is carried out. */
  readonly shownStrong: readonly SettingOf[];
  /** Strong once the change was carried out. */
  readonly madeStrong: readonly SettingOf[];
}

/**
 * What a change does to the settings of the databases that live.
 *
 * @param before The world before the change.
 */
export function settingsMoved(intent: Intent, before: World): SettingsMoved {
  const steps = [...intent.actions, ...intent.changes.flatMap((change) => change.steps)];
  const disarming = new Set(intent.changes.flatMap((change) => (change.class === 'disarm' ? change.steps : [])));
  const found = [...new Set(steps)].map((step) => movedBy(step, before, { intent, byClass: disarming.has(step) }));
  return {
    disarmings: unique(found.flatMap(({ disarmings }) => disarmings)),
    shownStrong: unique(found.flatMap(({ shownStrong }) => shownStrong)),
    madeStrong: unique(found.flatMap(({ madeStrong }) => madeStrong)),
  };
}

/** What names a setting of a database among all others. */
export function keyOfSetting({ databaseResourceId, setting, subject }: SettingOf): string {
  return `${databaseResourceId} ${setting} ${subject}`;
}

/** Nothing but the tool's own documents shows these. */
const KEPT_BY_TOOLS: readonly DisarmableSetting[] = ['skip_final_snapshot', 'delete_automated_backups', 'tool_setting'];

/** The tools whose deletions go by what they keep of each database. */
const KEEPS_SETTINGS: readonly IntentSource[] = ['terraform', 'kubernetes', 'cloudformation'];

interface Asked {
  readonly intent: Intent;
  /** The document takes this step's entry for a weakening. */
  readonly byClass: boolean;
}

const NOTHING: SettingsMoved = { disarmings: [], shownStrong: [], madeStrong: [] };

function movedBy(step: Action, before: World, asked: Asked): SettingsMoved {
  if (actsOnDatabase(step)) return movedOnDatabase(step, before, asked);
  return { ...NOTHING, disarmings: weakenedElsewhere(step, before) };
}

function movedOnDatabase(step: DatabaseAction, before: World, { intent, byClass }: Asked): SettingsMoved {
  const match = matchDatabase(before, step);
  if (match.kind === 'none') return NOTHING;
  const { database } = match.tracked;
  const at = (setting: DisarmableSetting): SettingOf => settingOf(database, setting, database.arn);
  // What a document shows of a database that bore the name earlier is no strength of this one.
  const strong = (held: Held) => (match.kind === 'found' ? strongIn(held, at) : []);
  if (step.kind === 'delete_db_instance' || step.kind === 'delete_db_cluster') {
    // The tool disarms before it deletes, and a deletion that then fails leaves the database disarmed.
    const disarms = step.parameters.disarmsProtection && database.deletionProtection;
    const disarmings = disarms ? [{ ...at('deletion_protection'), from: true, to: false }] : [];
    // A deletion by a tool that keeps settings shows them; the flags of a command or a cleaner show nothing of that.
    const shownStrong = KEEPS_SETTINGS.includes(intent.source) ? strong(step.parameters) : [];
    return { ...NOTHING, disarmings, shownStrong };
  }
  const { deletionProtection, retentionDays, skipFinalSnapshot, deleteAutomatedBackups } = step.change;
  const disarmings: Disarming[] = [];
  if (deletionProtection === false && database.deletionProtection)
    disarmings.push({ ...at('deletion_protection'), from: true, to: false });
  if (retentionDays !== undefined && retentionDays < database.retentionDays)
    disarmings.push({ ...at('retention_days'), from: database.retentionDays, to: retentionDays });
  if (skipFinalSnapshot === true) disarmings.push({ ...at('skip_final_snapshot'), from: false, to: true });
  if (deleteAutomatedBackups === true) disarmings.push({ ...at('delete_automated_backups'), from: false, to: true });
  // A weakening that no parameter tells of is one that the tool keeps by itself.
  const untold = [deletionProtection, retentionDays, skipFinalSnapshot, deleteAutomatedBackups].every(
    (value) => value === undefined,
  );
  if (byClass && untold) disarmings.push({ ...at('tool_setting'), from: null, to: null });
  // What a tool weakens it held strong until then.
  const shownStrong = disarmings
    .filter(({ setting }) => match.kind === 'found' && KEPT_BY_TOOLS.includes(setting))
    .map(({ setting }) => at(setting));
  return { disarmings, shownStrong, madeStrong: strong(step.change) };
}

/** What a tool keeps of a database. */
interface Held {
  readonly skipFinalSnapshot?: boolean | null;
  readonly deleteAutomatedBackups?: boolean | null;
}

function strongIn(held: Held, at: (setting: DisarmableSetting) => SettingOf): readonly SettingOf[] {
  return [
    ...(held.skipFinalSnapshot === false ? [at('skip_final_snapshot')] : []),
    ...(held.deleteAutomatedBackups === false ? [at('delete_automated_backups')] : []),
  ];
}

function weakenedElsewhere(step: Action, before: World): readonly Disarming[] {
  const { target } = step;
  switch (step.kind) {
    case 'delete_vault_lock':
      // A lock that has set stays, whoever calls.
      return matchVaults(before, target)
        .filter(({ lock, airGapped }) => !airGapped && (lock === 'governance' || lock === 'compliance_grace'))
        .flatMap((vault) => forOwners(before, inVault(vault.arn), 'vault_lock', vault.arn, [vault.lock, 'none']));
    case 'change_vault_policy':
      return matchVaults(before, target).flatMap(({ arn }) => forOwners(before, inVault(arn), 'vault_policy', arn));
    case 'schedule_key_deletion':
    case 'disable_key': {
      const to = step.kind === 'disable_key' ? 'disabled' : 'pending_deletion';
      return matchKeys(before, target)
        .filter(({ manager, state }) => manager === 'customer' && state === 'enabled')
        .flatMap(({ arn }) => forOwners(before, underKey(arn), 'key_state', arn, ['enabled', to]));
    }
    case 'change_key_policy':
      return matchKeys(before, target).flatMap(({ arn }) => forOwners(before, underKey(arn), 'key_policy', arn));
    case 'unshare_snapshot':
      return matchPoints(before, target).flatMap(({ point }) =>
        forOwners(before, isPoint(point), 'snapshot_sharing', point.arn),
      );
    case 'update_recovery_point_lifecycle':
      return matchPoints(before, target)
        .filter(({ point }) => isSooner(point, step.deleteAfterDays))
        .flatMap(({ point }) =>
          forOwners(before, isPoint(point), 'recovery_point_lifecycle', point.arn, [
            point.expiresAt,
            step.deleteAfterDays,
          ]),
        );
    case 'stop_backup_replication':
      return forOwners(
        before,
        {
          point: ({ kind, arn }) => kind === 'replicated_automated_backup' && arn === target.arn,
          database: ({ arn }) => arn === target.arn,
        },
        'backup_replication',
        target.arn ?? target.identifier,
      );
    case 'stop_future_backups': {
      // A plan does not name its databases: each that AWS Backup holds something of there may be one.
      const { scope } = target;
      const near = (place: { readonly accountId: string; readonly region: string }) =>
        scope === null || (place.accountId === scope.accountId && place.region === scope.region);
      return forOwners(
        before,
        { ...OF_NO_DATABASE, point: (point) => point.vaultArn !== null && near(point) },
        'future_backups',
        target.arn ?? target.identifier,
      );
    }
    default:
      return [];
  }
}

/** Which databases a thing matters to: those that are chosen, and those that a chosen recovery point was taken from. */
interface Owners {
  readonly point: (point: RecoveryPoint) => boolean;
  readonly database: (database: Database) => boolean;
}

const OF_NO_DATABASE: Pick<Owners, 'database'> = { database: () => false };

function inVault(vaultArn: string): Owners {
  return { ...OF_NO_DATABASE, point: (point) => point.vaultArn === vaultArn };
}

function underKey(keyArn: string): Owners {
  return { point: (point) => point.keyArn === keyArn, database: (database) => database.keyArn === keyArn };
}

function isPoint(meant: RecoveryPoint): Owners {
  return { ...OF_NO_DATABASE, point: (point) => point === meant };
}

function forOwners(
  { databases, points }: World,
  owners: Owners,
  setting: DisarmableSetting,
  subject: string,
  [from, to]: readonly [SettingValue, SettingValue] = [null, null],
): readonly Disarming[] {
  const ids = new Set(points.filter(({ point }) => owners.point(point)).map(({ point }) => point.databaseResourceId));
  return databases
    .filter(({ database }) => ids.has(database.resourceId) || owners.database(database))
    .map(({ database }) => ({ ...settingOf(database, setting, subject), from, to }));
}

function isSooner({ createdAt, expiresAt }: RecoveryPoint, deleteAfterDays: number | null): boolean {
  if (deleteAfterDays === null) return false;
  if (expiresAt === null || createdAt === null) return true;
  return addDays(createdAt, deleteAfterDays) < expiresAt;
}

function settingOf({ resourceId, arn }: Database, setting: DisarmableSetting, subject: string): SettingOf {
  return { databaseResourceId: resourceId, databaseArn: arn, setting, subject };
}

/** The first of each: one setting is weakened once by a change, however many steps it takes. */
function unique<T extends SettingOf>(items: readonly T[]): readonly T[] {
  const byKey = new Map<string, T>();
  for (const item of items) if (!byKey.has(keyOfSetting(item))) byKey.set(keyOfSetting(item), item);
  return [...byKey.values()];
}

/**
 * Joins what the readers observed into one inventory.
 *
 * Pure: given databases, snapshots, automated backups, vault contents, keys and gaps of one scope, it
 * makes one recovery point of each thing a restore can start from, joined by resource id and ARN, never
 * by name, and orders everything by a stable key. What cannot be joined stays, with a gap beside it.
 * Source: aws-backup-facts.md sections 1 (K1-K16, C1-C6) and 3.4.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { sortedBy } from '../core/canonical.ts';
import { invariant } from '../core/invariant.ts';
import { addDays, type Days, type Instant, latest } from '../core/time.ts';
import type {
  Database,
  Gap,
  Inventory,
  Key,
  Principal,
  Quota,
  RecoveryPoint,
  RecoveryPointKind,
  RestoreWindow,
  Vault,
} from './model.ts';

/** A database as its own listing shows it: the restore window is still in two halves. */
export interface ObservedDatabase extends Omit<Database, 'restoreWindow'> {
  readonly restorable: { readonly earliest: Instant | null; readonly latest: Instant | null };
}

/** A snapshot as its own listing shows it. */
export interface ObservedSnapshot extends RecoveryPoint {
  /** ARN of the snapshot whose moment it holds, when it does not show that moment itself. */
  readonly copiedFromArn: string | null;
}

/** An automated backup: of a live database, kept after one, or replicated from another region. */
export interface AutomatedBackup extends Scope {
  readonly role: 'live' | 'retained' | 'replicated';
  readonly arn: string;
  readonly ofCluster: boolean;
  readonly databaseResourceId: string;
  readonly databaseIdentifier: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  readonly status: string;
  readonly window: RestoreWindow | null;
  readonly retentionDays: Days | null;
  readonly storageGib: number | null;
  readonly encrypted: boolean;
  readonly keyArn: string | null;
  readonly awsBackupPointArn: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a vault shows of a recovery point: a name and a lifecycle, but no resource id and no engine. */
export interface VaultPoint
  extends Pick<
    RecoveryPoint,
    | 'accountId'
    | 'region'
    | 'id'
    | 'arn'
    | 'kind'
    | 'ofCluster'
    | 'databaseIdentifier'
    | 'status'
    | 'createdAt'
    | 'retentionDays'
    | 'expiresAt'
    | 'encrypted'
    | 'keyArn'
  > {
  readonly vaultArn: string;
}

/** Everything the readers brought back. */
export interface Observations {
  readonly observedAt: Instant;
  readonly endpoint: string | null;
  readonly principal: Principal;
  readonly scopes: readonly Scope[];
  readonly databases: readonly ObservedDatabase[];
  readonly snapshots: readonly ObservedSnapshot[];
  readonly automatedBackups: readonly AutomatedBackup[];
  readonly vaultPoints: readonly VaultPoint[];
  readonly keys: readonly Key[];
  readonly vaults: readonly Vault[];
  readonly quotas: readonly Quota[];
  readonly gaps: readonly Gap[];
}

/**
 * The inventory that the observations amount to.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` if two databases or two recovery points bear one identity.
 */
export function assemble(seen: Observations): Inventory {
  const databases = byKey(seen.databases, ({ arn }) => arn).map((database) =>
    withWindow(database, seen.automatedBackups),
  );
  const snapshots = datedSnapshots(byKey(seen.snapshots, ({ arn }) => arn));
  const backups = byKey(seen.automatedBackups, ({ arn }) => arn);
  const vaulted = byKey(seen.vaultPoints, ({ arn }) => arn).map((point) =>
    joinVaultPoint(point, { databases, snapshots, backups }),
  );
  const vaultedArns = new Set(vaulted.map(({ arn }) => arn));
  const bare = snapshots.filter(({ arn }) => !vaultedArns.has(arn));

  const recoveryPoints = [
    ...databases.flatMap((database) => pitrPoint(database, backups)),
    ...bare.map((snapshot) => withContext(snapshot, databases, backups)),
    ...backups.flatMap(keptBackupPoint),
    ...vaulted,
  ];
  const gaps = [...seen.gaps, ...lifecycleGaps(bare), ...ownerGaps(vaulted)];
  return {
    formatVersion: '1',
    observedAt: seen.observedAt,
    endpoint: seen.endpoint,
    principal: seen.principal,
    scopes: sortedBy(seen.scopes, printScope),
    databases: sortedUnique(databases, ({ arn }) => arn, 'database'),
    recoveryPoints: sortedUnique(recoveryPoints, ({ kind, arn }) => `${kind} ${arn}`, 'recovery point'),
    keys: sortedUnique(
      byKey(seen.keys, ({ arn }) => arn),
      ({ arn }) => arn,
      'key',
    ),
    vaults: sortedUnique(
      byKey(seen.vaults, ({ arn }) => arn),
      ({ arn }) => arn,
      'vault',
    ),
    quotas: sortedBy(seen.quotas, (quota) => `${printScope(quota)} ${quota.name}`),
    gaps: sortedBy(byKey(gaps, gapKey), gapKey),
  };
}

/** The window from the automated backup, else from the database's own fields. */
function withWindow(observed: ObservedDatabase, backups: readonly AutomatedBackup[]): Database {
  const { restorable, ...facts } = observed;
  const backup = liveBackupOf(observed, backups);
  return { ...facts, restoreWindow: mergeWindow(backup?.window ?? null, restorable) };
}

function mergeWindow(window: RestoreWindow | null, own: ObservedDatabase['restorable']): RestoreWindow | null {
  const end = own.latest;
  if (window !== null)
    return { earliest: window.earliest, latest: end === null ? window.latest : latest(window.latest, end) };
  if (end === null) return null;
  // Without the start only the newest instant is known to be open: the least that can be claimed.
  const start = own.earliest !== null && own.earliest <= end ? own.earliest : end;
  return { earliest: start, latest: end };
}

function liveBackupOf(database: Scope & { readonly resourceId: string }, backups: readonly AutomatedBackup[]) {
  return backups.find(
    (backup) =>
      backup.role === 'live' &&
      backup.databaseResourceId === database.resourceId &&
      backup.accountId === database.accountId &&
      backup.region === database.region,
  );
}

/** K1, C1: the live database's own automated backup. None when retention is 0. */
function pitrPoint(database: Database, backups: readonly AutomatedBackup[]): RecoveryPoint[] {
  if (database.retentionDays === 0) return [];
  const backup = liveBackupOf(database, backups);
  return [
    {
      accountId: database.accountId,
      region: database.region,
      id: `pitr:${database.resourceId}`,
      arn: backup?.arn ?? `${database.arn}#pitr`,
      kind: 'pitr',
      ofCluster: database.kind !== 'rds_instance',
      databaseResourceId: database.resourceId,
      databaseIdentifier: database.identifier,
      engine: database.engine,
      engineVersion: database.engineVersion,
      status: database.restoreWindow === null ? 'creating' : 'available',
      createdAt: null,
      dataAt: null,
      window: database.restoreWindow,
      retentionDays: database.retentionDays,
      expiresAt: null,
      storageGib: database.storageGib,
      encrypted: database.encrypted,
      keyArn: database.keyArn,
      vaultArn: null,
      tags: backup?.tags ?? {},
    },
  ];
}

/** K3, K4, C3: an automated backup that stands without its database here. */
function keptBackupPoint(backup: AutomatedBackup): RecoveryPoint[] {
  if (backup.role === 'live') return [];
  const { role, awsBackupPointArn: _, window, retentionDays, ...facts } = backup;
  // Retained: life is the retention in force at deletion, counted from the last instant it holds. A replica
  // that still follows its source moves on; once it stops it is `retained` too, and ages the same way.
  const ends = backup.status === 'retained' && window !== null && retentionDays !== null;
  return [
    {
      ...facts,
      id: `${role}:${backup.databaseResourceId}`,
      kind: role === 'retained' ? 'retained_automated_backup' : 'replicated_automated_backup',
      createdAt: null,
      dataAt: null,
      window,
      retentionDays,
      expiresAt: ends ? addDays(window.latest, retentionDays) : null,
      vaultArn: null,
    },
  ];
}

/** Gives a copy that shows no time of its own data the moment of the snapshot it was copied from. */
function datedSnapshots(observed: readonly ObservedSnapshot[]): readonly RecoveryPoint[] {
  const byArn = new Map(observed.map((snapshot) => [snapshot.arn, snapshot]));
  return observed.map(({ copiedFromArn, ...snapshot }) => {
    if (snapshot.dataAt !== null || copiedFromArn === null) return snapshot;
    const source = byArn.get(copiedFromArn);
    return { ...snapshot, dataAt: source !== undefined && mayBeCopy(snapshot, source) ? source.dataAt : null };
  });
}

/** An ARN holds a name, and names are reused: what was made after the copy, or of other data, is not its source. */
function mayBeCopy(copy: RecoveryPoint, source: RecoveryPoint): boolean {
  if (copy.createdAt === null || source.createdAt === null || source.createdAt > copy.createdAt) return false;
  return copy.databaseResourceId === source.databaseResourceId;
}

/**
 * What a bare snapshot owes to what is beside it: a system snapshot ages with its database's retention, or with the
 * retained backup it is part of, and AWS Backup's has a status of AWS Backup's own, which nobody read.
 */
function withContext(
  snapshot: RecoveryPoint,
  databases: readonly Database[],
  backups: readonly AutomatedBackup[],
): RecoveryPoint {
  if (snapshot.kind === 'backup_snapshot') return { ...snapshot, status: 'unknown' };
  if (snapshot.kind !== 'system_snapshot') return snapshot;
  const owner = databases.find(({ resourceId }) => resourceId === snapshot.databaseResourceId);
  if (owner !== undefined) return { ...snapshot, retentionDays: owner.retentionDays };
  const kept = backups.find(
    ({ role, databaseResourceId }) => role === 'retained' && databaseResourceId === snapshot.databaseResourceId,
  );
  const retentionDays = kept?.retentionDays ?? null;
  if (retentionDays === null || snapshot.createdAt === null) return snapshot;
  // Nothing renews it any more: it ends as it would have on the living database.
  return { ...snapshot, retentionDays, expiresAt: addDays(snapshot.createdAt, retentionDays) };
}

interface Known {
  readonly databases: readonly Database[];
  readonly snapshots: readonly RecoveryPoint[];
  readonly backups: readonly AutomatedBackup[];
}

/** One recovery point of a vault's entry and what it stands for: a snapshot, or a database's own PITR. */
function joinVaultPoint(point: VaultPoint, known: Known): RecoveryPoint {
  return point.kind === 'backup_continuous' ? joinContinuous(point, known) : joinSnapshot(point, known);
}

/** K12, K14, K16: the vault says how long and under which lock, the snapshot beneath says of what and when. */
function joinSnapshot(point: VaultPoint, known: Known): RecoveryPoint {
  const beneath = known.snapshots.find(({ arn }) => arn === point.arn);
  if (beneath === undefined) return { ...UNJOINED, ...point };
  const alive = point.status === 'available' || point.status === 'completed';
  return {
    ...beneath,
    kind: point.kind,
    status: alive ? beneath.status : point.status,
    createdAt: point.createdAt ?? beneath.createdAt,
    retentionDays: point.retentionDays,
    expiresAt: point.expiresAt,
    vaultArn: point.vaultArn,
  };
}

/** K13: AWS Backup's hold on a database's PITR, known by the ARN that the RDS side carries. */
function joinContinuous(point: VaultPoint, known: Known): RecoveryPoint {
  const database = known.databases.find(({ awsBackupPointArn }) => awsBackupPointArn === point.arn);
  if (database !== undefined) {
    return {
      ...UNJOINED,
      ...point,
      ofCluster: database.kind !== 'rds_instance',
      databaseResourceId: database.resourceId,
      databaseIdentifier: database.identifier,
      engine: database.engine,
      engineVersion: database.engineVersion,
      window: database.restoreWindow,
      storageGib: database.storageGib,
      encrypted: database.encrypted,
      keyArn: database.keyArn,
    };
  }
  const backup = known.backups.find(({ awsBackupPointArn }) => awsBackupPointArn === point.arn);
  if (backup === undefined) return { ...UNJOINED, ...point };
  const { databaseResourceId, databaseIdentifier, engine, engineVersion, window, storageGib, encrypted, keyArn } =
    backup;
  const facts = {
    databaseResourceId,
    databaseIdentifier,
    engine,
    engineVersion,
    window,
    storageGib,
    encrypted,
    keyArn,
  };
  return { ...UNJOINED, ...point, ofCluster: backup.ofCluster, ...facts };
}

/** What a vault alone does not tell. */
const UNJOINED = {
  databaseResourceId: null,
  engine: 'unknown',
  engineVersion: null,
  dataAt: null,
  window: null,
  storageGib: null,
  tags: {},
} as const;

/** AWS Backup's snapshots without their vault entry: whether they still hold, and until when, was not read. */
function lifecycleGaps(snapshots: readonly RecoveryPoint[]): Gap[] {
  const points = snapshots.filter(({ kind }) => kind === 'backup_snapshot');
  return gapEachScope(points, 'lifecycle of AWS Backup snapshots', (count, first) => {
    return `NoVaultEntry: ${count} listed by RDS are in no vault that could be read, such as ${first.id}`;
  });
}

const VAULT_KINDS: readonly RecoveryPointKind[] = [
  'backup_snapshot',
  'backup_copy',
  'backup_continuous',
  'air_gapped_copy',
];

/** A vault entry names its database by name only; without a resource id it can vouch for nothing. */
function ownerGaps(vaulted: readonly RecoveryPoint[]): Gap[] {
  const points = vaulted.filter(
    ({ kind, databaseResourceId }) => VAULT_KINDS.includes(kind) && databaseResourceId === null,
  );
  return gapEachScope(points, 'databases of AWS Backup recovery points', (count, first) => {
    return `NoResourceId: ${count} tell no more than a name, such as ${first.databaseIdentifier}, and names are reused`;
  });
}

/** One gap for each scope that has such points, however many. */
function gapEachScope(
  points: readonly RecoveryPoint[],
  what: string,
  cause: (count: number, first: RecoveryPoint) => string,
): Gap[] {
  const scopes = byKey(points, printScope);
  return scopes.flatMap(({ accountId, region }) => {
    const here = sortedBy(
      points.filter((point) => point.accountId === accountId && point.region === region),
      ({ id }) => id,
    );
    const [first] = here;
    const action = 'backup:ListRecoveryPointsByBackupVault';
    const where = { accountId, region };
    return first === undefined
      ? []
      : [{ what, where, action, cause: cause(here.length, first), hides: 'survivors' as const }];
  });
}

function gapKey(gap: Gap): string {
  return [printScope(gap.where), gap.action, gap.what, gap.hides, gap.cause].join(' ');
}

/** The first of each key: several listings may show one thing. */
function byKey<T>(items: readonly T[], key: (item: T) => string): T[] {
  const first = new Map<string, T>();
  for (const item of items) {
    const name = key(item);
    if (!first.has(name)) first.set(name, item);
  }
  return [...first.values()];
}

function sortedUnique<T>(items: readonly T[], key: (item: T) => string, what: string): T[] {
  const sorted = sortedBy(items, key);
  for (const [index, item] of sorted.entries()) {
    const previous = sorted[index - 1];
    invariant(previous === undefined || key(previous) !== key(item), `each ${what} appears once`, { key: key(item) });
  }
  return sorted;
}

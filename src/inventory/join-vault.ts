/**
 * What an AWS Backup vault holds, joined to what it stands for: the snapshot beneath, or a database's own PITR.
 *
 * Pure. Joined by the recovery point's ARN alone: a vault tells no resource id, and the name it tells is reused.
 * Source: aws-backup-facts.md section 1 (K12, K13, K14, K16); AWS Backup API, RecoveryPointByBackupVault.
 */

import { printScope } from '../core/arn.ts';
import { sortedBy } from '../core/canonical.ts';
import type { Database, Gap, RecoveryPoint, RecoveryPointKind } from './model.ts';
import type { AutomatedBackup, VaultPoint } from './observations.ts';
import { groupsOf } from './one-each.ts';

/** What a vault's entry can be joined to, each by the ARN that both sides show. */
export interface Beneath {
  /** By the continuous recovery point that owns their PITR. */
  readonly databases: ReadonlyMap<string, Database>;
  /** By their own ARN. */
  readonly snapshots: ReadonlyMap<string, RecoveryPoint>;
  /** By the continuous recovery point that owns them. */
  readonly backups: ReadonlyMap<string, AutomatedBackup>;
}

/** One recovery point of a vault's entry and what it stands for: a snapshot, or a database's own PITR. */
export function joinVaultPoint(point: VaultPoint, beneath: Beneath): RecoveryPoint {
  return point.kind === 'backup_continuous' ? joinContinuous(point, beneath) : joinSnapshot(point, beneath);
}

/** K12, K14, K16: the vault says how long and under which lock, the snapshot beneath says of what and when. */
function joinSnapshot(point: VaultPoint, { snapshots }: Beneath): RecoveryPoint {
  const beneath = snapshots.get(point.arn);
  if (beneath === undefined) return { ...UNJOINED, ...point };
  const alive = point.status === 'available' || point.status === 'completed';
  // A cluster snapshot that names no source shows when it was made: of a copy, that is not the moment of its data.
  const copiedUnseen = point.copiedFrom !== null && beneath.ofCluster && beneath.copiedFrom === null;
  return {
    ...beneath,
    dataAt: copiedUnseen ? null : beneath.dataAt,
    kind: point.kind,
    status: alive ? beneath.status : point.status,
    createdAt: point.createdAt ?? beneath.createdAt,
    retentionDays: point.retentionDays,
    expiresAt: point.expiresAt,
    vaultArn: point.vaultArn,
    copiedFrom: beneath.copiedFrom ?? point.copiedFrom,
  };
}

/** K13: AWS Backup's hold on a database's PITR, known by the ARN that the RDS side carries. */
function joinContinuous(point: VaultPoint, { databases, backups }: Beneath): RecoveryPoint {
  const database = databases.get(point.arn);
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
  const backup = backups.get(point.arn);
  if (backup === undefined) return { ...UNJOINED, ...point };
  return {
    ...UNJOINED,
    ...point,
    ofCluster: backup.ofCluster,
    databaseResourceId: backup.databaseResourceId,
    databaseIdentifier: backup.databaseIdentifier,
    engine: backup.engine,
    engineVersion: backup.engineVersion,
    window: backup.window,
    storageGib: backup.storageGib,
    encrypted: backup.encrypted,
    keyArn: backup.keyArn,
  };
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

const UNJOINED_WHAT = {
  lifecycles: 'lifecycle of AWS Backup snapshots',
  owners: 'databases of AWS Backup recovery points',
} as const;

/** True for a gap that speaks of what was read and could not be joined, which only a reading of everything shows. */
export function speaksOfUnjoined({ what }: Gap): boolean {
  return what === UNJOINED_WHAT.lifecycles || what === UNJOINED_WHAT.owners;
}

/** AWS Backup's snapshots without their vault entry: whether they still hold, and until when, was not read. */
export function lifecycleGaps(snapshots: readonly RecoveryPoint[]): Gap[] {
  const points = snapshots.filter(({ kind }) => kind === 'backup_snapshot');
  return gapEachScope(points, UNJOINED_WHAT.lifecycles, (count, first) => {
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
export function ownerGaps(vaulted: readonly RecoveryPoint[]): Gap[] {
  const points = vaulted.filter(
    ({ kind, databaseResourceId }) => VAULT_KINDS.includes(kind) && databaseResourceId === null,
  );
  return gapEachScope(points, UNJOINED_WHAT.owners, (count, first) => {
    return `NoResourceId: ${count} tell no more than a name, such as ${first.databaseIdentifier}, and names are reused`;
  });
}

/** One gap for each scope that has such points, however many. */
function gapEachScope(
  points: readonly RecoveryPoint[],
  what: string,
  cause: (count: number, first: RecoveryPoint) => string,
): Gap[] {
  return groupsOf(points, printScope).flatMap((group) => {
    const here = sortedBy(group, ({ id, arn }) => `${id} ${arn}`);
    const [first] = here;
    if (first === undefined) return [];
    const where = { accountId: first.accountId, region: first.region };
    const action = 'backup:ListRecoveryPointsByBackupVault';
    return [{ what, where, action, cause: cause(here.length, first), hides: 'survivors' as const }];
  });
}

/**
 * Automated backups as recovery points: a live database's own, one kept after its database, one replicated abroad.
 *
 * Pure. Joined by resource id within one account and region; a replica names its source in another region.
 * Source: aws-backup-facts.md section 1 (K1, K3, K4, C1, C3).
 */

import { addDays, latest } from '../core/time.ts';
import type { Database, RecoveryPoint, RestoreWindow } from './model.ts';
import type { AutomatedBackup, ObservedDatabase } from './observations.ts';
import { indexBy, residentKey } from './one-each.ts';

/** Automated backups by the database they are of, in the region they lie in. */
export interface BackupIndex {
  readonly live: ReadonlyMap<string, AutomatedBackup>;
  readonly retained: ReadonlyMap<string, AutomatedBackup>;
}

/** Indexes the backups; each is given once. */
export function indexBackups(backups: readonly AutomatedBackup[]): BackupIndex {
  const ofRole = (role: AutomatedBackup['role']) =>
    indexBy(
      backups.filter((backup) => backup.role === role),
      (backup) => residentKey(backup, backup.databaseResourceId),
    );
  return { live: ofRole('live'), retained: ofRole('retained') };
}

/** The database with its window: from the automated backup, else from the database's own fields. */
export function withWindow(observed: ObservedDatabase, backups: BackupIndex): Omit<Database, 'connectionsMax'> {
  const { restorable, ...facts } = observed;
  const backup = backups.live.get(residentKey(observed, observed.resourceId));
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

/** K1, C1: the live database's own automated backup. None when retention is 0. */
export function pitrPoint(database: Database, backups: BackupIndex): RecoveryPoint[] {
  if (database.retentionDays === 0) return [];
  const backup = backups.live.get(residentKey(database, database.resourceId));
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
      copiedFrom: null,
      tags: backup?.tags ?? {},
    },
  ];
}

/** K3, K4, C3: an automated backup that stands without its database here. */
export function keptBackupPoint(backup: AutomatedBackup): RecoveryPoint[] {
  if (backup.role === 'live') return [];
  const { role, awsBackupPointArn: _, databaseArn, window, retentionDays, ...facts } = backup;
  // Retained: life is the retention in force at deletion, counted from the last instant it holds. A replica
  // that still follows its source moves on; once it stops it is `retained` too, and ages the same way.
  // Without a retention the least that can be claimed is a day: none is kept for ever.
  const ends = backup.status === 'retained' && window !== null;
  return [
    {
      ...facts,
      id: `${role}:${backup.databaseResourceId}`,
      kind: role === 'retained' ? 'retained_automated_backup' : 'replicated_automated_backup',
      createdAt: null,
      dataAt: null,
      window,
      retentionDays,
      expiresAt: ends ? addDays(window.latest, retentionDays ?? 1) : null,
      vaultArn: null,
      copiedFrom: role === 'replicated' ? databaseArn : null,
    },
  ];
}

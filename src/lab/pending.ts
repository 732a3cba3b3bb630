/**
 * Changes to an instance, and when they apply.
 *
 * Class, version, storage, Multi-AZ and switching backups on or off wait for the maintenance window unless
 * `ApplyImmediately`; retention between two non-zero values never waits. Switching backups off deletes the
 * automated ones, which is the caller's part. Source: Amazon RDS API 2014-10-31, `ModifyDBInstance`.
 */

import { addDays, type Instant, latest } from '../core/time.ts';
import type { Cluster, Instance, Settings } from './world.ts';

/** Attributes that wait for the maintenance window when `ApplyImmediately` is not given. */
export const DEFERRED: readonly string[] = [
  'AllocatedStorage',
  'DBInstanceClass',
  'EngineVersion',
  'MultiAZ',
  'StorageType',
];

/** The instance with pending changes applied when their time has come; the same object when not. */
export function applyPending(instance: Instance, at: Instant): Instance {
  if (instance.pending === null || instance.pending.appliesAt > at || instance.status === 'deleting') return instance;
  return applySettings({ ...instance, pending: null }, instance.pending.values, at);
}

/** The instance with attributes changed, spelled as AWS shows them. */
export function applySettings(instance: Instance, values: Settings, at: Instant): Instance {
  const { BackupRetentionPeriod, DBInstanceClass, EngineVersion, ...settings } = values;
  const changed = {
    ...instance,
    instanceClass: DBInstanceClass ?? instance.instanceClass,
    engineVersion: EngineVersion ?? instance.engineVersion,
    settings: { ...instance.settings, ...settings },
  };
  return BackupRetentionPeriod === undefined ? changed : withRetention(changed, Number(BackupRetentionPeriod), at);
}

/**
 * The database with another retention.
 *
 * A longer retention does not bring back what the shorter one has let go; switched on again after 0 it
 * starts empty.
 */
export function withRetention<T extends Cluster | Instance>(database: T, days: number, at: Instant): T {
  if (days === database.retentionDays) return database;
  if (days === 0) return { ...database, retentionDays: 0, windowStartsAt: null, systemSnapshotDueAt: null };
  if (database.retentionDays === 0) {
    const since = database.status === 'creating' ? null : at;
    return { ...database, retentionDays: days, windowStartsAt: since, systemSnapshotDueAt: since };
  }
  const oldest = database.windowStartsAt;
  const reach = addDays(at, -Math.min(database.retentionDays, days));
  return { ...database, retentionDays: days, windowStartsAt: oldest === null ? null : latest(oldest, reach) };
}

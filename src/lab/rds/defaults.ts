/**
 * What AWS fills in when a call leaves it open.
 *
 * Engines the lab has, their versions, windows and groups. The lab's databases are PostgreSQL; other engines are
 * refused by name. Source: Amazon RDS API 2014-10-31, "Default" of each parameter; the versions are those of
 * 2026 and only ever matter as text.
 */

import { AwsFault, refuseUnless } from '../faults.ts';
import type { Settings } from '../world.ts';

const CLUSTER_ENGINES: Readonly<Record<string, string>> = { 'aurora-postgresql': '17.4' };
const INSTANCE_ENGINES: Readonly<Record<string, string>> = { postgres: '17.6' };

/** The version a cluster of that engine gets when none is named. */
export function clusterEngineVersion(engine: string): string {
  return engineVersion(CLUSTER_ENGINES, engine, 'clusters');
}

/** The version a standalone instance of that engine gets when none is named. */
export function instanceEngineVersion(engine: string): string {
  return engineVersion(INSTANCE_ENGINES, engine, 'standalone instances');
}

function engineVersion(engines: Readonly<Record<string, string>>, engine: string, what: string): string {
  const version = engines[engine];
  if (version === undefined) {
    const known = Object.keys(engines).join(', ');
    throw new AwsFault(
      'InvalidParameterValue',
      `The lab does not implement the engine ${engine} for ${what}; it has ${known}.`,
    );
  }
  return version;
}

/** A version with at least the major part in full: `17` stands for `17.6` and so on. */
export function fullVersion(asked: string | null, preset: string): string {
  if (asked === null) return preset;
  refuseUnless(
    /^\d{1,2}(\.\d{1,2})?$/.test(asked),
    'InvalidParameterCombination',
    `Cannot find version ${asked} for the engine`,
  );
  return asked.includes('.') ? asked : preset.startsWith(`${asked}.`) ? preset : `${asked}.12`;
}

/** `default.postgres17`, `default.aurora-postgresql15`. */
export function defaultParameterGroup(engine: string, version: string): string {
  return `default.${engine}${version.split('.')[0]}`;
}

/** `default:postgres-17`. */
export function defaultOptionGroup(engine: string, version: string): string {
  return `default:${engine}-${version.split('.')[0]}`;
}

/** Attributes of a new cluster. */
export const CLUSTER_SETTINGS: Settings = {
  AutoMinorVersionUpgrade: 'true',
  CopyTagsToSnapshot: 'false',
  DatabaseInsightsMode: 'standard',
  EngineLifecycleSupport: 'open-source-rds-extended-support',
  EngineMode: 'provisioned',
  HttpEndpointEnabled: 'false',
  IAMDatabaseAuthenticationEnabled: 'false',
  MultiAZ: 'false',
  NetworkType: 'IPV4',
  PreferredBackupWindow: '03:00-03:30',
  PreferredMaintenanceWindow: 'sun:05:00-sun:05:30',
};

/** Attributes of a new standalone instance. */
export const INSTANCE_SETTINGS: Settings = {
  AllocatedStorage: '20',
  AutoMinorVersionUpgrade: 'true',
  BackupTarget: 'region',
  CACertificateIdentifier: 'rds-ca-rsa2048-g1',
  CopyTagsToSnapshot: 'false',
  CustomerOwnedIpEnabled: 'false',
  DatabaseInsightsMode: 'standard',
  DedicatedLogVolume: 'false',
  EngineLifecycleSupport: 'open-source-rds-extended-support',
  IAMDatabaseAuthenticationEnabled: 'false',
  LicenseModel: 'postgresql-license',
  MonitoringInterval: '0',
  MultiAZ: 'false',
  NetworkType: 'IPV4',
  PerformanceInsightsEnabled: 'false',
  PreferredBackupWindow: '03:00-03:30',
  PreferredMaintenanceWindow: 'sun:05:00-sun:05:30',
  PubliclyAccessible: 'false',
  StorageType: 'gp2',
};

/** Attributes of a new cluster member; storage and backups are the cluster's. */
export const MEMBER_SETTINGS: Settings = {
  ...INSTANCE_SETTINGS,
  AllocatedStorage: '1',
  PromotionTier: '1',
  StorageType: 'aurora',
};

/** Refuses a retention outside AWS's range. */
export function requireRetention(days: number, least: 0 | 1): void {
  refuseUnless(
    days >= least && days <= 35,
    'InvalidParameterValue',
    `Invalid backup retention period: ${days}. Must be between ${least} and 35.`,
  );
}

/** Refuses a master password AWS would refuse. */
export function requirePassword(password: string): void {
  refuseUnless(
    password.length >= 8,
    'InvalidParameterValue',
    'The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.',
  );
  refuseUnless(
    password.length <= 128 && /^[\x21-\x7e]*$/.test(password) && !/[/@"]/.test(password),
    'InvalidParameterValue',
    "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
  );
}

/** Refuses backup and maintenance windows that are not written as AWS writes them. */
export function requireWindows(settings: Settings): void {
  const daily = settings['PreferredBackupWindow'];
  const weekly = settings['PreferredMaintenanceWindow'];
  const clock = '([01]\\d|2[0-3]):[0-5]\\d';
  const day = '(mon|tue|wed|thu|fri|sat|sun)';
  refuseUnless(
    daily === undefined || new RegExp(`^${clock}-${clock}$`).test(daily),
    'InvalidParameterValue',
    `The parameter PreferredBackupWindow is not in the form hh24:mi-hh24:mi: ${daily}`,
  );
  refuseUnless(
    weekly === undefined || new RegExp(`^${day}:${clock}-${day}:${clock}$`, 'i').test(weekly),
    'InvalidParameterValue',
    `The parameter PreferredMaintenanceWindow is not in the form ddd:hh24:mi-ddd:hh24:mi: ${weekly}`,
  );
}

/** Refuses another major version without leave to upgrade. */
export function requireUpgradeLeave(from: string, to: string | null, allowed: boolean | null): void {
  refuseUnless(
    to === null || to.split('.')[0] === from.split('.')[0] || allowed === true,
    'InvalidParameterCombination',
    'The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.',
  );
}

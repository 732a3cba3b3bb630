/**
 * What the readers bring back, listing by listing, before anything is joined.
 *
 * Types only. One set of observations may span many accounts and regions, may show one thing twice, and says with
 * a gap what could not be read.
 */

import type { Scope } from '../core/arn.ts';
import type { Days, Instant } from '../core/time.ts';
import type {
  Database,
  EngineVersion,
  Gap,
  GlobalCluster,
  Key,
  OutOfScope,
  Principal,
  Quota,
  RecoveryPoint,
  RestoreTest,
  RestoreWindow,
  Vault,
} from './model.ts';

/** A database as its own listing shows it: the restore window is still in two halves. */
export interface ObservedDatabase extends Omit<Database, 'restoreWindow' | 'connectionsMax'> {
  readonly restorable: { readonly earliest: Instant | null; readonly latest: Instant | null };
}

/** A snapshot as its own listing shows it: a copy may not tell the moment of its data, only what it was copied from. */
export type ObservedSnapshot = RecoveryPoint;

/** An automated backup: of a live database, kept after one, or replicated from another region. */
export interface AutomatedBackup extends Scope {
  readonly role: 'live' | 'retained' | 'replicated';
  readonly arn: string;
  readonly ofCluster: boolean;
  readonly databaseResourceId: string;
  readonly databaseIdentifier: string;
  /** ARN of the database it is of, which for a replica lies in another region; null when AWS shows none. */
  readonly databaseArn: string | null;
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
    | 'copiedFrom'
  > {
  readonly vaultArn: string;
}

/** A finished export to S3: it names what it was made from, and no database. */
export interface SnapshotExport extends Scope {
  readonly id: string;
  /** Where in S3 it lies. */
  readonly arn: string;
  /** ARN of a snapshot or, for an export straight from the volume, of a cluster. */
  readonly sourceArn: string;
  /** When the exported snapshot, or state of the volume, came to be. */
  readonly sourceAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly keyArn: string | null;
}

/** The most connections that a database had at once in its last day; one that nothing was read of is not listed. */
export interface DatabaseConnections {
  readonly databaseArn: string;
  readonly connectionsMax: number;
}

/** Everything the readers brought back. */
export interface Observations {
  readonly observedAt: Instant;
  readonly endpoint: string | null;
  readonly principal: Principal;
  /** The places of which at least one listing of databases was read; gaps speak of the others. */
  readonly scopes: readonly Scope[];
  readonly databases: readonly ObservedDatabase[];
  readonly connections: readonly DatabaseConnections[];
  readonly snapshots: readonly ObservedSnapshot[];
  readonly automatedBackups: readonly AutomatedBackup[];
  readonly vaultPoints: readonly VaultPoint[];
  readonly exports: readonly SnapshotExport[];
  readonly keys: readonly Key[];
  readonly vaults: readonly Vault[];
  readonly globalClusters: readonly GlobalCluster[];
  readonly engineVersions: readonly EngineVersion[];
  readonly quotas: readonly Quota[];
  readonly outOfScope: readonly OutOfScope[];
  readonly restoreTests: readonly RestoreTest[];
  readonly gaps: readonly Gap[];
}

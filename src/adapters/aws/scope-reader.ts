/**
 * Reads one account and region, whole or as far as some databases go: RDS, AWS Backup and what lies beside them, then the
 * engine versions they need and how busy the databases are.
 *
 * What is refused becomes gaps. A place where no listing of databases was answered does not count as read.
 */

import type { Selection } from '../../app/place-port.ts';
import { rdsArn, type Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import { GAP_HIDES, type Gap, type QuotaName } from '../../inventory/model.ts';
import type { Observations } from '../../inventory/observations.ts';
import { readAccount } from './account-reader.ts';
import { readBackup, type WantedPoints } from './backup-reader.ts';
import type { Clients } from './clients.ts';
import { readConnections } from './connections-reader.ts';
import { readForeign } from './foreign-reader.ts';
import { gapOf } from './listing.ts';
import { readRds } from './rds-reader.ts';
import { readSelectedRds } from './rds-selection.ts';
import { readRestoreTests } from './restore-tests-reader.ts';
import { readVersions } from './version-reader.ts';

/** What one place showed; its keys are read apart, where they live. */
export type PlaceObservations = Omit<Observations, 'observedAt' | 'endpoint' | 'principal' | 'keys'>;

/** Reads one place; never throws for what AWS does. */
export async function readScope(
  clients: Clients,
  scope: Scope,
  at: Instant,
  progress: (what: string) => void,
): Promise<PlaceObservations> {
  const [rds, backup, account, outOfScope, restoreTests] = await Promise.all([
    readRds(clients, scope, progress),
    readBackup(clients, scope, at, progress),
    readAccount(clients, scope),
    readForeign(clients, scope),
    readRestoreTests(clients, scope, at),
  ]);
  const [versions, connections] = await Promise.all([
    readVersions(clients, scope, [
      ...rds.databases,
      ...rds.snapshots.filter(({ kind }) => kind !== 'shared_snapshot'),
      ...rds.automatedBackups,
    ]),
    readConnections(clients, rds.databases, at),
  ]);
  return {
    scopes: listsDatabases(rds.gaps) || rds.databases.length > 0 ? [scope] : [],
    databases: rds.databases,
    connections,
    snapshots: rds.snapshots,
    automatedBackups: rds.automatedBackups,
    vaultPoints: backup.points,
    vaults: backup.vaults,
    exports: account.exports,
    globalClusters: account.globalClusters,
    quotas: account.quotas,
    engineVersions: versions.engineVersions,
    outOfScope,
    restoreTests: restoreTests.values,
    gaps: [...rds.gaps, ...backup.gaps, ...account.gaps, ...restoreTests.gaps, ...versions.gaps],
  };
}

/**
 * Reads some databases of one place and whatever a restore of them could start from; never throws for what AWS does.
 *
 * Few calls, however large the place: what bears on these databases is asked for by name and by id. What they share with
 * all others is read whole, for it is short: vaults, global databases, limits, restores that AWS Backup carried out. Where
 * AWS does not tell its limits, all of a place has to be counted, so all of it is read.
 */
export async function readSelected(
  clients: Clients,
  scope: Scope,
  at: Instant,
  only: Selection,
): Promise<PlaceObservations> {
  const [rds, restoreTests] = await Promise.all([
    readSelectedRds(clients, scope, only),
    readRestoreTests(clients, scope, at),
  ]);
  const own = rds.automatedBackups.filter(({ databaseResourceId }) => rds.resourceIds.has(databaseResourceId));
  const clusters = rds.databases.filter(({ kind }) => kind !== 'rds_instance');
  const [backup, account] = await Promise.all([
    readBackup(clients, scope, at, () => {}, wantedPoints(scope, { ...rds, automatedBackups: own })),
    readAccount(
      clients,
      scope,
      [...clusters, ...rds.snapshots].map(({ arn }) => arn),
    ),
  ]);
  if (!COUNTED.every((name) => account.quotas.some((quota) => quota.name === name))) {
    return readScope(clients, scope, at, () => {});
  }
  const [versions, connections] = await Promise.all([
    readVersions(clients, scope, [
      ...rds.databases,
      ...rds.snapshots.filter(({ kind }) => kind !== 'shared_snapshot'),
      ...own,
    ]),
    readConnections(clients, rds.databases, at),
  ]);
  const points = new Set([...rds.snapshots, ...backup.points].map(({ arn }) => arn));
  return {
    scopes: rds.answered ? [scope] : [],
    databases: rds.databases,
    connections,
    snapshots: rds.snapshots,
    automatedBackups: rds.automatedBackups,
    vaultPoints: backup.points,
    vaults: backup.vaults,
    exports: account.exports,
    globalClusters: account.globalClusters,
    quotas: account.quotas,
    engineVersions: versions.engineVersions,
    outOfScope: [],
    restoreTests: restoreTests.values.filter(({ recoveryPointArn }) => points.has(recoveryPointArn)),
    gaps: [...rds.gaps, ...backup.gaps, ...account.gaps, ...restoreTests.gaps, ...versions.gaps],
  };
}

/** The limits whose use is counted from the listings where AWS does not tell it. */
const COUNTED: readonly QuotaName[] = ['manual_snapshots', 'manual_cluster_snapshots'];

/** What AWS Backup may hold of these databases: by the names they have and had, and what RDS itself shows of it. */
function wantedPoints(
  scope: Scope,
  { databases, snapshots, automatedBackups }: Pick<Observations, 'databases' | 'snapshots' | 'automatedBackups'>,
): WantedPoints {
  const backedUp = snapshots.filter(({ kind }) => kind === 'backup_snapshot');
  const continuous = automatedBackups.filter(({ awsBackupPointArn }) => awsBackupPointArn !== null);
  const named = [...backedUp, ...continuous].map(({ ofCluster, databaseIdentifier }) =>
    rdsArn(scope, ofCluster ? 'cluster' : 'db', databaseIdentifier),
  );
  const held = [...databases, ...continuous].flatMap(({ awsBackupPointArn }) => awsBackupPointArn ?? []);
  return {
    resourceArns: [...new Set([...databases.map(({ arn }) => arn), ...named])],
    pointArns: new Set([...backedUp.map(({ arn }) => arn), ...held]),
  };
}

function listsDatabases(gaps: readonly Gap[]): boolean {
  return ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'].some(
    (action) => !gaps.some((gap) => gap.action === action),
  );
}

/** A place of which nothing at all was read: what is there, what would survive there, and what threatens it. */
export function unreadPlace(scope: Scope, action: string, cause: string): PlaceObservations {
  const gaps = GAP_HIDES.map((hides) => gapOf({ scope, action, what: WHAT[hides], hides }, cause));
  return { ...NOTHING, gaps };
}

const WHAT: Readonly<Record<(typeof GAP_HIDES)[number], string>> = {
  databases: 'all databases',
  survivors: 'all recovery points',
  threats: 'all keys and vaults',
};

const NOTHING: PlaceObservations = {
  scopes: [],
  databases: [],
  connections: [],
  snapshots: [],
  automatedBackups: [],
  vaultPoints: [],
  vaults: [],
  exports: [],
  globalClusters: [],
  quotas: [],
  engineVersions: [],
  outOfScope: [],
  restoreTests: [],
  gaps: [],
};

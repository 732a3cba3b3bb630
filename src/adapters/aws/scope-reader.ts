/**
 * Reads one account and region: RDS, AWS Backup and what lies beside them, then the engine versions they need and how
 * busy the databases are.
 *
 * What is refused becomes gaps. A place where no listing of databases was answered does not count as read.
 */

import type { Scope } from '../../core/arn.ts';
import type { Instant } from '../../core/time.ts';
import { GAP_HIDES, type Gap } from '../../inventory/model.ts';
import type { Observations } from '../../inventory/observations.ts';
import { readAccount } from './account-reader.ts';
import { readBackup } from './backup-reader.ts';
import type { Clients } from './clients.ts';
import { readConnections } from './connections-reader.ts';
import { readForeign } from './foreign-reader.ts';
import { gapOf } from './listing.ts';
import { readRds } from './rds-reader.ts';
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

/**
 * Joins what the readers observed into one inventory, over all accounts and regions of a run.
 *
 * Pure: one recovery point of each thing a restore can start from, joined by resource id and ARN, never by name,
 * everything in the order of a stable key. What cannot be joined stays, with a gap beside it. Neither the order
 * of the observations nor a thing seen twice changes the outcome; the work grows with their number, not its square.
 * Source: aws-backup-facts.md sections 1 (K1-K16, C1-C6) and 3.4.
 */

import { printScope } from '../core/arn.ts';
import { datedSnapshots, withContext } from './join-copies.ts';
import { exportPoint } from './join-exports.ts';
import { globalOf, joinGlobalClusters } from './join-global.ts';
import { joinVaultPoint, lifecycleGaps, ownerGaps } from './join-vault.ts';
import { indexBackups, keptBackupPoint, pitrPoint, withWindow } from './kept-backups.ts';
import { type Database, type Gap, type Inventory, type RecoveryPoint, VAULT_LOCKS } from './model.ts';
import type { Observations, VaultPoint } from './observations.ts';
import { groupsOf, indexBy, oneEach, residentKey, sortedUnique } from './one-each.ts';
import { withoutScratches } from './own-scratch.ts';

/**
 * The inventory that the observations amount to.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` if two databases or two recovery points bear one identity.
 */
export function assemble(seen: Observations): Inventory {
  const globalClusters = joinGlobalClusters(seen.globalClusters);
  const { databases, recoveryPoints, gaps } = withoutScratches(joinAll(seen, globalOf(globalClusters)));
  return {
    formatVersion: '1',
    observedAt: seen.observedAt,
    endpoint: seen.endpoint,
    principal: seen.principal,
    scopes: oneEach(seen.scopes, printScope),
    databases: sortedUnique(databases, [({ arn }) => arn], 'database'),
    recoveryPoints: sortedUnique(recoveryPoints, [({ kind }) => kind, ({ arn }) => arn], 'recovery point'),
    // Seen twice and differing, the state that helps least is believed.
    keys: oneEach(
      seen.keys,
      ({ arn }) => arn,
      ({ state }) => (state === 'enabled' ? 1 : 0),
    ),
    vaults: oneEach(
      seen.vaults,
      ({ arn }) => arn,
      ({ lock }) => VAULT_LOCKS.indexOf(lock),
    ),
    globalClusters,
    engineVersions: oneEach(
      seen.engineVersions,
      (entry) => `${printScope(entry)} ${entry.engine} ${entry.engineVersion}`,
      ({ offered }) => (offered ? 1 : 0),
    ),
    quotas: oneEach(
      seen.quotas,
      (quota) => `${printScope(quota)} ${quota.name}`,
      ({ used, max }) => max - used,
    ),
    outOfScope: oneEach(
      seen.outOfScope,
      (entry) => `${printScope(entry)} ${entry.engine}`,
      ({ count }) => -count,
    ),
    // Seen twice, the later sight of a job tells how it ended.
    restoreTests: oneEach(
      seen.restoreTests,
      ({ jobId }) => jobId,
      ({ completedAt, validation }) => (completedAt === null ? 2 : 0) + (validation === 'validating' ? 1 : 0),
    ),
    gaps: oneEach([...seen.gaps, ...gaps], gapKey),
  };
}

interface Joined {
  readonly databases: readonly Database[];
  readonly recoveryPoints: readonly RecoveryPoint[];
  readonly gaps: readonly Gap[];
}

function joinAll(seen: Observations, globalArns: ReadonlyMap<string, string>): Joined {
  const backups = oneEach(seen.automatedBackups, ({ arn }) => arn);
  // Seen twice, the database is taken to be as busy as the busier sight shows it.
  const connections = indexBy(
    oneEach(
      seen.connections,
      ({ databaseArn }) => databaseArn,
      ({ connectionsMax }) => -connectionsMax,
    ),
    ({ databaseArn }) => databaseArn,
  );
  const backupIndex = indexBackups(backups);
  const databases = oneEach(seen.databases, ({ arn }) => arn).map((observed) => {
    const database = withWindow(observed, backupIndex);
    return {
      ...database,
      globalClusterArn: globalArns.get(database.arn) ?? database.globalClusterArn,
      connectionsMax: connections.get(database.arn)?.connectionsMax ?? null,
    };
  });
  const residents = indexBy(databases, (database) => residentKey(database, database.resourceId));
  const snapshots = datedSnapshots(oneEach(seen.snapshots, ({ arn }) => arn, ownFirst));
  // A region may hold a hundred thousand snapshots of which few are named by anything else.
  const named = new Set([...seen.vaultPoints.map(({ arn }) => arn), ...seen.exports.map(({ sourceArn }) => sourceArn)]);
  const snapshotsByArn = indexBy(
    snapshots.filter(({ arn }) => named.has(arn)),
    ({ arn }) => arn,
  );

  const beneath = {
    databases: indexBy(databases, ({ awsBackupPointArn }) => awsBackupPointArn),
    snapshots: snapshotsByArn,
    backups: indexBy(backups, ({ awsBackupPointArn }) => awsBackupPointArn),
  };
  const vaulted = oneEach(seen.vaultPoints, ({ arn }) => arn, spentFirst).map((point) =>
    joinVaultPoint(point, beneath),
  );
  const vaultedArns = new Set(vaulted.map(({ arn }) => arn));
  const bare = snapshots.filter(({ arn }) => !vaultedArns.has(arn));
  const databasesByArn = indexBy(databases, ({ arn }) => arn);
  return {
    databases,
    recoveryPoints: [
      ...databases.flatMap((database) => pitrPoint(database, backupIndex)),
      ...bare.map((snapshot) => withContext(snapshot, residents, backupIndex)),
      ...backups.flatMap(keptBackupPoint),
      ...vaulted,
      ...oneEach(seen.exports, ({ arn }) => arn).map((task) => exportPoint(task, snapshotsByArn, databasesByArn)),
    ],
    gaps: [...lifecycleGaps(bare), ...ownerGaps(vaulted), ...namesakeGaps(databases)],
  };
}

/** What its owner showed comes before what another account saw because it is shared with it; then what helps least. */
function ownFirst({ kind, status }: RecoveryPoint): number {
  const shared = kind === 'shared_snapshot' || kind === 'public_snapshot';
  return (shared ? 2 : 0) + (status === 'available' ? 1 : 0);
}

/** Seen twice, in two states, a point is believed to be in the one that helps least. */
function spentFirst({ status }: VaultPoint): number {
  return status === 'available' || status === 'completed' ? 1 : 0;
}

/** Resource ids are unique in a region only; should two places share one, neither's recovery points can be told apart. */
function namesakeGaps(databases: readonly Database[]): Gap[] {
  const shared = groupsOf(databases, ({ resourceId }) => resourceId).filter((group) => group.length > 1);
  return shared.flat().map((database) => ({
    what: `recovery points of ${database.arn}`,
    where: { accountId: database.accountId, region: database.region },
    action: 'rds:DescribeDBSnapshots',
    cause: `SameResourceId: ${database.resourceId} is the resource id of more than one database`,
    hides: 'threats',
  }));
}

function gapKey(gap: Gap): string {
  return [printScope(gap.where), gap.action, gap.what, gap.hides, gap.cause].join(' ');
}

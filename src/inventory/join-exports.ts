/**
 * Exports to S3 as recovery points, which no restore can start from.
 *
 * Pure. An export names its source by ARN, and an ARN holds a name: the source is believed only when time agrees,
 * else the export stands without a database.
 * Source: aws-backup-facts.md section 1 (K11); Amazon RDS API, ExportTask (`SnapshotTime`: when the snapshot was created).
 */

import { parseArn } from '../core/arn.ts';
import { type Instant, secondsBetween } from '../core/time.ts';
import type { Database, RecoveryPoint } from './model.ts';
import type { SnapshotExport } from './observations.ts';

/** One recovery point of kind `s3_export`; snapshots and databases are looked up by ARN. */
export function exportPoint(
  task: SnapshotExport,
  snapshots: ReadonlyMap<string, RecoveryPoint>,
  databases: ReadonlyMap<string, Database>,
): RecoveryPoint {
  const { sourceArn, sourceAt, endedAt, ...facts } = task;
  const type = parseArn(sourceArn)?.resourceType;
  const point = {
    ...facts,
    kind: 's3_export' as const,
    status: 'complete',
    createdAt: endedAt,
    window: null,
    retentionDays: null,
    expiresAt: null,
    storageGib: null,
    // S3 exports are always encrypted, with a key that is named at the start.
    encrypted: true,
    vaultArn: null,
    copiedFrom: sourceArn,
    tags: {},
  };
  const snapshot = snapshots.get(sourceArn);
  if (snapshot !== undefined && isOneMoment(snapshot.createdAt, sourceAt)) {
    const { ofCluster, databaseResourceId, databaseIdentifier, engine, engineVersion, dataAt } = snapshot;
    return { ...point, ofCluster, databaseResourceId, databaseIdentifier, engine, engineVersion, dataAt };
  }
  const database = databases.get(sourceArn);
  if (database !== undefined && existedAt(database, sourceAt)) {
    const { resourceId: databaseResourceId, identifier: databaseIdentifier, engine, engineVersion } = database;
    return {
      ...point,
      ofCluster: true,
      databaseResourceId,
      databaseIdentifier,
      engine,
      engineVersion,
      dataAt: sourceAt,
    };
  }
  return {
    ...point,
    ofCluster: type === 'cluster' || type === 'cluster-snapshot',
    databaseResourceId: null,
    databaseIdentifier: type === 'cluster' ? (parseArn(sourceArn)?.resource ?? '') : '',
    engine: 'unknown',
    engineVersion: null,
    dataAt: null,
  };
}

/** The same moment, as far as two listings of AWS write it alike: to the second. */
function isOneMoment(one: Instant | null, other: Instant | null): boolean {
  if (one === null || other === null) return false;
  return (one <= other ? secondsBetween(one, other) : secondsBetween(other, one)) < 1;
}

function existedAt({ createdAt }: Database, at: Instant | null): boolean {
  return createdAt !== null && at !== null && createdAt <= at;
}

/**
 * A snapshot that does not exist yet: the recovery point it would be.
 *
 * For final snapshots that a change would take and for snapshots somebody could have taken. Its ARN is the one AWS
 * would give it, so that it can be compared with what is found afterwards.
 */

import { rdsArn } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import type { Database, RecoveryPoint } from '../inventory/model.ts';

/** The manual snapshot of a database, taken at an instant. */
export function snapshotOf(
  database: Database,
  { id, at, status }: { readonly id: string; readonly at: Instant; readonly status: 'planned' | 'available' },
): RecoveryPoint {
  const ofCluster = database.kind !== 'rds_instance';
  return {
    accountId: database.accountId,
    region: database.region,
    id,
    arn: rdsArn(database, ofCluster ? 'cluster-snapshot' : 'snapshot', id),
    kind: 'manual_snapshot',
    ofCluster,
    databaseResourceId: database.resourceId,
    databaseIdentifier: database.identifier,
    engine: database.engine,
    engineVersion: database.engineVersion,
    status,
    createdAt: at,
    dataAt: at,
    window: null,
    retentionDays: null,
    expiresAt: null,
    storageGib: database.storageGib,
    encrypted: database.encrypted,
    keyArn: database.keyArn,
    vaultArn: null,
    copiedFrom: null,
    tags: {},
  };
}

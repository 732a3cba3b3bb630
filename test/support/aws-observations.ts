/**
 * Raw observations as the AWS readers hand them to `assemble`: one Aurora cluster, unless told otherwise.
 *
 * Each builder takes only the fields that matter to the test.
 */

import { parseInstant } from '../../src/core/time.ts';
import type { GlobalCluster, RestoreTest } from '../../src/inventory/model.ts';
import type {
  AutomatedBackup,
  Observations,
  ObservedDatabase,
  ObservedSnapshot,
  SnapshotExport,
  VaultPoint,
} from '../../src/inventory/observations.ts';

/** An instant, from its RFC 3339 text. */
export const at = (text: string) => parseInstant(text, 'test');

export const SCOPE = { accountId: '111122223333', region: 'eu-west-1' } as const;
const RDS = `arn:aws:rds:${SCOPE.region}:${SCOPE.accountId}`;

/** A live cluster with seven days of retention whose window nothing has told yet. */
export function anObservedDatabase(fields: Partial<ObservedDatabase> = {}): ObservedDatabase {
  const identifier = fields.identifier ?? 'orders';
  return {
    ...SCOPE,
    arn: `${RDS}:cluster:${identifier}`,
    resourceId: 'cluster-ORDERS',
    identifier,
    kind: 'aurora_cluster',
    engine: 'aurora-postgresql',
    engineVersion: '16.4',
    status: 'available',
    createdAt: at('2025-01-01T00:00:00Z'),
    instanceClass: 'db.r6g.large',
    storageGib: null,
    multiAz: false,
    members: [],
    replicas: [],
    replicaOf: null,
    globalClusterArn: null,
    retentionDays: 7,
    restorable: { earliest: null, latest: null },
    deletionProtection: false,
    encrypted: true,
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/orders',
    awsBackupPointArn: null,
    subnetGroup: 'private',
    parameterGroup: 'orders',
    optionGroups: [],
    securityGroupIds: ['sg-1'],
    publiclyAccessible: false,
    masterUsername: 'postgres',
    managedSecretArn: null,
    managedSecretKeyArn: null,
    databaseName: 'orders',
    port: 5432,
    tags: {},
    ...fields,
  };
}

/** A manual cluster snapshot. */
export function anObservedSnapshot(fields: Partial<ObservedSnapshot> = {}): ObservedSnapshot {
  const id = fields.id ?? 'before-migration';
  return {
    ...SCOPE,
    id,
    arn: `${RDS}:cluster-snapshot:${id}`,
    kind: 'manual_snapshot',
    ofCluster: true,
    databaseResourceId: 'cluster-ORDERS',
    databaseIdentifier: 'orders',
    engine: 'aurora-postgresql',
    engineVersion: '16.4',
    status: 'available',
    createdAt: at('2026-02-20T03:00:00Z'),
    dataAt: at('2026-02-20T03:00:00Z'),
    window: null,
    retentionDays: null,
    expiresAt: null,
    storageGib: null,
    encrypted: true,
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/orders',
    vaultArn: null,
    copiedFrom: null,
    tags: {},
    ...fields,
  };
}

/** The live cluster's automated backup. */
export function anAutomatedBackup(fields: Partial<AutomatedBackup> = {}): AutomatedBackup {
  return {
    ...SCOPE,
    role: 'live',
    arn: `${RDS}:cluster-auto-backup:ab-orders`,
    ofCluster: true,
    databaseResourceId: 'cluster-ORDERS',
    databaseIdentifier: 'orders',
    databaseArn: `${RDS}:cluster:orders`,
    engine: 'aurora-postgresql',
    engineVersion: '16.4',
    status: 'active',
    window: { earliest: at('2026-02-19T21:00:00Z'), latest: at('2026-02-26T20:55:00Z') },
    retentionDays: 7,
    storageGib: null,
    encrypted: true,
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/orders',
    awsBackupPointArn: null,
    tags: {},
    ...fields,
  };
}

/** A vault's entry for an AWS Backup snapshot of the cluster. */
export function aVaultPoint(fields: Partial<VaultPoint> = {}): VaultPoint {
  const id = fields.id ?? 'awsbackup:job-1';
  return {
    ...SCOPE,
    id,
    arn: `${RDS}:cluster-snapshot:${id}`,
    kind: 'backup_snapshot',
    ofCluster: true,
    databaseIdentifier: 'orders',
    status: 'completed',
    createdAt: at('2026-02-25T05:00:00Z'),
    retentionDays: 35,
    expiresAt: at('2026-04-01T05:00:00Z'),
    encrypted: true,
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/orders',
    copiedFrom: null,
    vaultArn: `arn:aws:backup:${SCOPE.region}:${SCOPE.accountId}:backup-vault:nightly`,
    ...fields,
  };
}

/** A restore of the AWS Backup snapshot that a restore testing plan asked for; it was completed. */
export function anObservedRestore(fields: Partial<RestoreTest> = {}): RestoreTest {
  return {
    ...SCOPE,
    jobId: 'JOB-1',
    recoveryPointArn: `${RDS}:cluster-snapshot:awsbackup:job-1`,
    sourceArn: `${RDS}:cluster:orders`,
    ofCluster: true,
    status: 'completed',
    createdAt: at('2026-02-25T06:00:00Z'),
    completedAt: at('2026-02-25T06:20:00Z'),
    validation: 'successful',
    validationMessage: null,
    testingPlanArn: `arn:aws:backup:${SCOPE.region}:${SCOPE.accountId}:restore-testing-plan:weekly`,
    createdArn: `${RDS}:cluster:awsbackup-restore-test-1`,
    ...fields,
  };
}

/** A finished export of the manual cluster snapshot. */
export function anExport(fields: Partial<SnapshotExport> = {}): SnapshotExport {
  return {
    ...SCOPE,
    id: 'orders-2026-02',
    arn: 'arn:aws:s3:::archive/orders-2026-02',
    sourceArn: `${RDS}:cluster-snapshot:before-migration`,
    sourceAt: at('2026-02-20T03:00:00Z'),
    endedAt: at('2026-02-20T06:00:00Z'),
    keyArn: null,
    ...fields,
  };
}

/** A global cluster whose writer is the cluster `orders`. */
export function aGlobalCluster(fields: Partial<GlobalCluster> = {}): GlobalCluster {
  return {
    ...SCOPE,
    arn: `arn:aws:rds::${SCOPE.accountId}:global-cluster:world`,
    resourceId: 'cluster-global-1',
    identifier: 'world',
    deletionProtection: true,
    members: [{ clusterArn: `${RDS}:cluster:orders`, writer: true }],
    ...fields,
  };
}

/** Everything the readers brought back: nothing, unless told otherwise. */
export function theObservations(fields: Partial<Observations> = {}): Observations {
  return {
    observedAt: at('2026-02-26T21:00:00Z'),
    endpoint: null,
    principal: { arn: `arn:aws:iam::${SCOPE.accountId}:role/reader`, accountId: SCOPE.accountId },
    scopes: [SCOPE],
    databases: [],
    connections: [],
    snapshots: [],
    automatedBackups: [],
    vaultPoints: [],
    keys: [],
    vaults: [],
    exports: [],
    globalClusters: [],
    engineVersions: [],
    quotas: [],
    outOfScope: [],
    restoreTests: [],
    gaps: [],
    ...fields,
  };
}

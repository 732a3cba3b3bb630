/**
 * Readable test objects: each builder shows only the fields that matter to the test that calls it.
 */

import type { Scope } from '../../src/core/arn.ts';
import { digestOf } from '../../src/core/canonical.ts';
import { addDays, addSeconds, type Instant, parseInstant } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Action, DeleteParameters, Intent, Target } from '../../src/intent/action.ts';
import type { Database, Inventory, Key, RecoveryPoint, RestoreTest, Vault } from '../../src/inventory/model.ts';

/** The instant at which most tests happen. */
export const NOW = parseInstant('2026-11-23T10:00:00Z', 'test');
export const SCOPE: Scope = { accountId: '123456789012', region: 'eu-west-1' };
export const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d';

export function hoursAgo(hours: number): Instant {
  return addSeconds(NOW, -hours * 3_600);
}

/** An RDS instance `orders`, unencrypted, retention 7 days, unprotected. */
export function aDatabase(fields: Partial<Database> = {}): Database {
  return {
    ...SCOPE,
    arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
    resourceId: 'db-ORDERS',
    identifier: 'orders',
    kind: 'rds_instance',
    engine: 'postgres',
    engineVersion: '16.4',
    status: 'available',
    createdAt: addDays(NOW, -400),
    instanceClass: 'db.m6g.large',
    storageGib: 100,
    multiAz: false,
    members: [],
    replicas: [],
    replicaOf: null,
    globalClusterArn: null,
    retentionDays: 7,
    restoreWindow: { earliest: addDays(NOW, -7), latest: addSeconds(NOW, -300) },
    deletionProtection: false,
    encrypted: false,
    keyArn: null,
    awsBackupPointArn: null,
    subnetGroup: 'orders-subnets',
    parameterGroup: 'default.postgres16',
    optionGroups: [],
    securityGroupIds: ['sg-0orders'],
    publiclyAccessible: false,
    masterUsername: 'orders_admin',
    managedSecretArn: null,
    managedSecretKeyArn: null,
    databaseName: 'orders',
    port: 5432,
    connectionsMax: null,
    tags: {},
    ...fields,
  };
}

/** An Aurora PostgreSQL cluster `courses` with one member. */
export function aCluster(fields: Partial<Database> = {}): Database {
  return aDatabase({
    arn: 'arn:aws:rds:eu-west-1:123456789012:cluster:courses',
    resourceId: 'cluster-COURSES',
    identifier: 'courses',
    kind: 'aurora_cluster',
    engine: 'aurora-postgresql',
    instanceClass: null,
    storageGib: null,
    members: [
      {
        identifier: 'courses-0',
        arn: 'arn:aws:rds:eu-west-1:123456789012:db:courses-0',
        resourceId: 'db-COURSES0',
        instanceClass: 'db.r6g.large',
        status: 'available',
        writer: true,
      },
    ],
    ...fields,
  });
}

/** A recovery point of a database: a manual snapshot an hour old unless told otherwise. */
export function aPoint(of: Database, fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  const ofCluster = of.kind !== 'rds_instance';
  const id = fields.id ?? `${of.identifier}-manual`;
  return {
    ...SCOPE,
    id,
    arn: `arn:aws:rds:eu-west-1:123456789012:${ofCluster ? 'cluster-snapshot' : 'snapshot'}:${id}`,
    kind: 'manual_snapshot',
    ofCluster,
    databaseResourceId: of.resourceId,
    databaseIdentifier: of.identifier,
    engine: of.engine,
    engineVersion: of.engineVersion,
    status: 'available',
    createdAt: hoursAgo(1),
    dataAt: hoursAgo(1),
    window: null,
    retentionDays: null,
    expiresAt: null,
    storageGib: of.storageGib,
    encrypted: of.encrypted,
    keyArn: of.keyArn,
    vaultArn: null,
    copiedFrom: null,
    tags: {},
    ...fields,
  };
}

/** The live automated backup of a database. */
export function thePitr(of: Database, fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return aPoint(of, {
    id: `pitr:${of.resourceId}`,
    arn: `${of.arn}:pitr`,
    kind: 'pitr',
    dataAt: null,
    window: of.restoreWindow,
    retentionDays: of.retentionDays,
    ...fields,
  });
}

/** The nightly `rds:` snapshot of a database. */
export function aSystemSnapshot(of: Database, fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return aPoint(of, {
    id: `rds:${of.identifier}-2026-11-23-03-00`,
    kind: 'system_snapshot',
    dataAt: hoursAgo(7),
    ...fields,
  });
}

/** An AWS Backup vault, unlocked. */
export function aVault(fields: Partial<Vault> = {}): Vault {
  return {
    ...SCOPE,
    arn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:main',
    name: 'main',
    airGapped: false,
    lock: 'none',
    lockAt: null,
    minRetentionDays: null,
    ...fields,
  };
}

/** A customer managed key in use. */
export function aKey(fields: Partial<Key> = {}): Key {
  return { ...SCOPE, arn: KEY_ARN, state: 'enabled', manager: 'customer', deletionAt: null, ...fields };
}

/** An inventory read just now from AWS itself. */
export function anInventory(fields: Partial<Inventory> = {}): Inventory {
  return {
    formatVersion: '1',
    observedAt: NOW,
    endpoint: null,
    principal: { arn: 'arn:aws:iam::123456789012:user/reader', accountId: SCOPE.accountId },
    scopes: [SCOPE],
    databases: [],
    recoveryPoints: [],
    keys: [],
    vaults: [],
    globalClusters: [],
    engineVersions: [],
    quotas: [],
    outOfScope: [],
    restoreTests: [],
    gaps: [],
    ...fields,
  };
}

/** How a document names a thing. */
export function aTarget(of: {
  readonly arn: string;
  readonly identifier: string;
  readonly resourceId?: string;
}): Target {
  return { arn: of.arn, resourceId: of.resourceId ?? null, identifier: of.identifier, scope: SCOPE };
}

/** A target for a recovery point, vault or key, by ARN. */
export function aTargetOf(of: { readonly arn: string; readonly id?: string; readonly name?: string }): Target {
  return { arn: of.arn, resourceId: null, identifier: of.id ?? of.name ?? of.arn, scope: SCOPE };
}

/** The deletion of a database; members of a cluster first. */
export function deletionOf(database: Database, parameters: Partial<DeleteParameters> = {}): readonly Action[] {
  const members: Action[] = database.members.map((member) => ({
    kind: 'delete_cluster_member',
    target: { arn: member.arn, resourceId: member.resourceId, identifier: member.identifier, scope: SCOPE },
    clusterIdentifier: database.identifier,
  }));
  return [...members, theDelete(database, parameters)];
}

/** The one call that deletes a database: skip the final snapshot, delete automated backups. */
export function theDelete(database: Database, parameters: Partial<DeleteParameters> = {}): Action {
  return {
    kind: database.kind === 'rds_instance' ? 'delete_db_instance' : 'delete_db_cluster',
    target: aTarget(database),
    parameters: {
      skipFinalSnapshot: true,
      finalSnapshotId: null,
      deleteAutomatedBackups: true,
      disarmsProtection: false,
      ...parameters,
    },
  };
}

/** A change made of actions, each its own entry of class `destroy`. */
export function anIntent(actions: readonly Action[], fields: Partial<Intent> = {}): Intent {
  return {
    source: 'terraform',
    digest: 'sha256:00',
    scope: SCOPE,
    changes: actions.map((action) => ({
      address: action.target.identifier,
      actions: ['delete'],
      class: 'destroy',
      steps: [action],
    })),
    actions,
    signals: [],
    stateSeen: true,
    ...fields,
  };
}

/** A restore that AWS Backup carried out of a point for a restore testing plan, two hours ago; nobody validated it. */
export function aRestoreTest(of: RecoveryPoint, fields: Partial<RestoreTest> = {}): RestoreTest {
  return {
    ...SCOPE,
    jobId: 'JOB-1',
    recoveryPointArn: of.arn,
    sourceArn: `arn:aws:rds:eu-west-1:123456789012:${of.ofCluster ? 'cluster' : 'db'}:${of.databaseIdentifier}`,
    ofCluster: of.ofCluster,
    status: 'completed',
    createdAt: hoursAgo(3),
    completedAt: hoursAgo(2),
    validation: null,
    validationMessage: null,
    testingPlanArn: 'arn:aws:backup:eu-west-1:123456789012:restore-testing-plan:weekly',
    createdArn: 'arn:aws:rds:eu-west-1:123456789012:db:awsbackup-restore-test-1',
    ...fields,
  };
}

/** A passed drill of a recovery point, an hour old, twelve minutes long; its digest is that of what it says. */
export function aDrill(of: Database, fields: Partial<DrillRecord> = {}): DrillRecord {
  const { digest: _, ...record } = {
    digest: null,
    formatVersion: '2',
    drillId: 'd1',
    musterVersion: '0.1.0',
    endpoint: null,
    scope: SCOPE,
    definition: { name: 'test', digest: digestOf('test') },
    databaseResourceId: of.resourceId,
    databaseIdentifier: of.identifier,
    recoveryPoint: {
      id: `${of.identifier}-manual`,
      arn: aPoint(of).arn,
      kind: 'manual_snapshot',
      dataAt: hoursAgo(1),
      lineage: [],
    },
    claim: 'snapshot',
    grade: 'queried',
    result: 'passed',
    startedAt: addSeconds(hoursAgo(1), -900),
    endedAt: hoursAgo(1),
    phases: [],
    restoreSeconds: 720,
    conditions: {
      engine: of.engine,
      engineVersion: '16.4',
      instanceClass: 'db.m6g.large',
      otherClass: false,
      storageGib: 100,
      region: SCOPE.region,
      broughtFrom: null,
    },
    objectives: [],
    comparedWith: null,
    probes: [
      {
        name: 'rows',
        kind: 'total_rows',
        question: 'rows of all user tables',
        passed: true,
        proves: 'data',
        finding: '10 rows',
        value: 10,
        digest: null,
        parts: {},
      },
    ],
    scratch: [
      {
        role: 'instance',
        kind: 'instance',
        id: 'muster-scratch-d1',
        resourceId: 'db-SCRATCH',
        end: 'gone',
        goneAt: hoursAgo(1),
        keptUntil: null,
        reason: null,
      },
    ],
    resumed: 0,
    cause: null,
    ...fields,
  } satisfies Omit<DrillRecord, 'digest'> & { digest: unknown };
  return { ...record, digest: fields.digest ?? digestOf(record) };
}

/**
 * Decision documents for tests of renderers and gates: a blocked destroy of one Aurora cluster, unless told otherwise.
 *
 * Each builder takes only the fields that matter to the test.
 */

import { digestOfBytes } from '../../src/core/canonical.ts';
import { parseInstant } from '../../src/core/time.ts';
import {
  type CasualtyView,
  CHECKPOINTS,
  type DatabaseView,
  type DecisionDocument,
  type Reason,
  type SurvivorView,
} from '../../src/verdict/document.ts';

const AT = parseInstant('2026-02-26T21:00:00Z', 'test');

/** A manual snapshot that outlives the change, five hours old, never restored. */
export function aSurvivor(fields: Partial<SurvivorView> = {}): SurvivorView {
  return {
    id: 'before-migration',
    kind: 'manual_snapshot',
    createdAt: parseInstant('2026-02-26T16:00:00Z', 'test'),
    expiresAt: null,
    dataLossSeconds: 18_000,
    grade: 'available',
    reach: 'same_account',
    rules: ['manual_snapshot_outlives_database'],
    ...fields,
  };
}

/** A system snapshot that dies with its database. */
export function aCasualty(fields: Partial<CasualtyView> = {}): CasualtyView {
  return {
    id: 'rds:prod-students-2026-02-25-03-00',
    kind: 'system_snapshot',
    fate: 'lost',
    rules: ['automated_backup_dies_with_database'],
    ...fields,
  };
}

/** A blocking reason with a remedy that holds a command. */
export function aReason(fields: Partial<Reason> = {}): Reason {
  return {
    code: 'no_survivor',
    severity: 'block',
    message: 'no recovery point of prod-students outlives this change',
    remedy:
      'Take a manual snapshot first:\naws rds create-db-cluster-snapshot --db-cluster-identifier prod-students --db-cluster-snapshot-identifier before-destroy',
    source: null,
    ...fields,
  } as Reason;
}

/** An Aurora cluster with nothing left. */
export function aDatabaseView(fields: Partial<DatabaseView> = {}): DatabaseView {
  return {
    arn: 'arn:aws:rds:eu-west-1:123456789012:cluster:prod-students',
    resourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    identifier: 'prod-students',
    kind: 'aurora_cluster',
    engine: 'aurora-postgresql',
    importance: ['412 GiB', '2 instances', 'created 2023-01-09'],
    verdict: 'not_ready',
    reasons: [aReason()],
    survivors: [],
    casualties: [aCasualty()],
    newestSurvivorAt: null,
    dataLossSeconds: null,
    restoreSeconds: { p50: null, p95: null, n: 0, conditions: null },
    prerequisitesLost: [],
    ...fields,
  };
}

/** A blocked change with one database. */
export function aDecision(fields: Partial<DecisionDocument> = {}): DecisionDocument {
  const databases = fields.databases ?? [aDatabaseView()];
  return {
    formatVersion: '1',
    decision: 'block',
    verdict: 'not_ready',
    changeDigest: digestOfBytes('change'),
    inventoryDigest: digestOfBytes('inventory'),
    policyDigest: digestOfBytes('policy'),
    at: AT,
    validUntil: parseInstant('2026-02-26T21:15:00Z', 'test'),
    principal: 'arn:aws:sts::123456789012:assumed-role/deploy/agent',
    scope: { accountId: '123456789012', region: 'eu-west-1' },
    checklist: CHECKPOINTS.map((point) => ({ point, result: 'pass', evidence: ['verified: seen'] })),
    reasons: databases.flatMap((view) => view.reasons),
    databases,
    changes: [{ address: 'aws_rds_cluster.students', actions: ['delete'], class: 'destroy' }],
    gaps: [],
    ...fields,
  };
}

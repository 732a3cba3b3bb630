/**
 * Cloud Custodian: what its policies select, and what they do to it.
 */

import { describe, expect, it } from 'vitest';
import { aDatabase } from '../../support/builders.ts';
import { callsOf, intentOf, ORDERS, only } from './support.ts';

function policy(resource: string, actions: string, filters = ''): string {
  return `policies:\n- name: tidy\n  resource: ${resource}\n  filters: [${filters}]\n  actions: [${actions}]\n`;
}

describe('a policy of Cloud Custodian', () => {
  it.each([
    ['aws.rds', 'delete', ['delete_db_instance orders']],
    ['rds', 'delete', ['delete_db_instance orders']],
    ['aws.rds-cluster', 'delete', ['delete_cluster_member courses-0', 'delete_db_cluster courses']],
    ['aws.rds-cluster', '{type: delete, delete-instances: false}', ['delete_db_cluster courses']],
    ['aws.rds-snapshot', 'delete', ['delete_db_snapshot orders-manual']],
    ['aws.rds-cluster-snapshot', 'delete', ['delete_db_cluster_snapshot courses-manual']],
    ['aws.rds-snapshot', '{type: set-permissions, remove_accounts: matched}', ['unshare_snapshot orders-manual']],
    ['aws.rds-snapshot', '{type: set-permissions, add_accounts: ["1"]}', []],
    ['aws.backup-vault', 'delete', ['delete_backup_vault main']],
    ['aws.kms-key', 'schedule-deletion', ['schedule_key_deletion 0a1b2c3d']],
    ['aws.kms-key', '{type: remove-statements, statement_ids: matched}', ['change_key_policy 0a1b2c3d']],
    ['aws.kms-key', '{type: set-rotation, state: false}', []],
    ['aws.rds-subnet-group', 'delete', ['delete_prerequisite orders-subnets', 'delete_prerequisite orders-subnets']],
    ['aws.rds', 'notify, tag, snapshot, stop', []],
    ['aws.rds', '{type: mark-for-op, op: delete, days: 7}', []],
    ['aws.rds', 'invoke-lambda', ['opaque orders', 'opaque courses-0']],
    ['aws.rds', 'obliterate', ['opaque orders', 'opaque courses-0']],
    ['aws.cfn', 'delete', ['opaque tidy: delete cfn']],
    ['aws.rds-proxy', 'delete', ['opaque tidy: delete rds-proxy']],
    ['aws.ec2', 'terminate', []],
    ['aws.ec2', 'invoke-sfn', ['opaque tidy: invoke-sfn ec2']],
    ['aws.s3', 'delete', []],
  ])('%s with %s calls %j', (resource, actions, expected) => {
    const calls = callsOf(policy(resource, actions));
    // Members of a cluster hold no data, and what is done to them is not looked at here.
    expect(
      calls.filter((call) => resource !== 'aws.rds' || actions !== 'delete' || !call.includes('courses-0')),
    ).toEqual(resource === 'rds' ? [...expected, 'delete_cluster_member courses-0'] : expected);
  });

  const parameters = (action: string, database = ORDERS) =>
    intentOf(policy('aws.rds', action), only(database)).actions.flatMap((step) =>
      step.kind === 'delete_db_instance' ? [step.parameters] : [],
    )[0];

  it('takes a final snapshot unless it is told to skip it, under a name that no snapshot has', () => {
    expect(parameters('delete')).toEqual({
      skipFinalSnapshot: false,
      finalSnapshotId: 'final-orders-*',
      deleteAutomatedBackups: null,
      disarmsProtection: false,
    });
    expect(parameters('{type: delete, skip-snapshot: false}')).toMatchObject({ skipFinalSnapshot: false });
    expect(parameters('{type: delete, skip-snapshot: true}')).toMatchObject({
      skipFinalSnapshot: true,
      finalSnapshotId: null,
    });
  });

  it.each([{ status: 'stopped' }, { replicaOf: 'other' }])('skips it by itself for a database with %j', (fields) => {
    expect(parameters('delete', aDatabase(fields))).toMatchObject({ skipFinalSnapshot: true, finalSnapshotId: null });
  });

  it('has other tools leave copies of a lambda alone: a mode changes nothing in what it takes', () => {
    const text = policy('aws.rds', 'delete').replace(
      '  filters',
      '  mode: {type: periodic, schedule: rate(1 day)}\n  filters',
    );
    expect(callsOf(text)).toContain('delete_db_instance orders');
  });
});

describe('a policy that modifies', () => {
  const changes = (action: string) =>
    intentOf(policy('aws.rds', action), only(ORDERS)).changes.map(({ class: kind, steps: [step] }) => [
      kind,
      step?.kind === 'modify_db_instance' ? step.change : step?.kind,
    ]);

  // The database keeps 14 days and is protected.
  it.each([
    ['{type: retention, days: 7}', []],
    ['{type: retention, days: 30}', [['update', { retentionDays: 30 }]]],
    ['{type: retention, days: 7, enforce: max}', [['disarm', { retentionDays: 7 }]]],
    ['{type: retention, days: 30, enforce: max}', []],
    ['{type: retention, days: 7, enforce: exact}', [['disarm', { retentionDays: 7 }]]],
    ['{type: retention, days: 14, enforce: exact}', []],
    [
      '{type: modify-db, update: [{property: DeletionProtection, value: false}], immediate: true}',
      [['disarm', { deletionProtection: false, applyImmediately: true }]],
    ],
    [
      '{type: modify-db, update: [{property: BackupRetentionPeriod, value: 0}]}',
      [['disarm', { retentionDays: 0, applyImmediately: false }]],
    ],
    [
      '{type: modify-db, update: [{property: BackupRetentionPeriod, value: 35}]}',
      [['update', { retentionDays: 35, applyImmediately: false }]],
    ],
    ['{type: modify-db, update: [{property: PubliclyAccessible, value: false}]}', []],
    ['{type: modify-db, update: [{property: NewDBInstanceIdentifier, value: a}]}', [['unknown', 'opaque']]],
  ])('by %s is %j', (action, expected) => {
    expect(changes(action)).toEqual(expected);
  });

  it('reads the attributes of a cluster', () => {
    const text = policy('aws.rds-cluster', '{type: modify-db-cluster, attributes: {DeletionProtection: false}}');
    expect(intentOf(text).changes).toMatchObject([
      { class: 'disarm', steps: [{ kind: 'modify_db_cluster', change: { deletionProtection: false } }] },
    ]);
  });
});

describe('a filter of Cloud Custodian', () => {
  const taken = (filters: string) => callsOf(policy('aws.rds', 'delete', filters), only(ORDERS)).length > 0;

  it.each([
    ['', true],
    ['DBInstanceIdentifier: orders', true],
    ['DBInstanceIdentifier: billing', false],
    ['DeletionProtection: true', true],
    ['DeletionProtection: false', false],
    ['{type: value, key: Engine, value: mysql}', false],
    ['{type: value, key: Engine, op: ne, value: mysql}', true],
    ['{type: value, key: Engine, op: ne, value: postgres}', false],
    ['{type: value, key: Engine, op: in, value: [postgres, mysql]}', true],
    ['{type: value, key: Engine, op: not-in, value: [postgres, mysql]}', false],
    ['{type: value, key: BackupRetentionPeriod, op: lt, value: 7}', false],
    ['{type: value, key: BackupRetentionPeriod, op: gte, value: 14}', true],
    ['{type: value, key: DBInstanceIdentifier, op: glob, value: "ord*"}', true],
    ['{type: value, key: DBInstanceIdentifier, op: regex, value: "^ORD.*"}', true],
    ['{type: value, key: DBInstanceIdentifier, op: regex, value: "ders"}', false],
    ['{type: value, key: DBInstanceIdentifier, op: regex-case, value: "^ORD.*"}', false],
    ['"tag:env": prod', true],
    ['"tag:env": dev', false],
    ['"tag:env": present', true],
    ['"tag:env": absent', false],
    ['"tag:team": absent', true],
    ['not: [{"tag:env": prod}]', false],
    ['or: [{"tag:env": dev}, {Engine: postgres}]', true],
    ['and: [{"tag:env": prod}, {Engine: mysql}]', false],
    ['{"tag:env": prod}, {Engine: mysql}', false],
    // Not understood: it leaves nothing out, whichever way it is turned.
    ['{type: metrics, name: CPUUtilization, value: 1}', true],
    ['not: [{type: metrics, name: CPUUtilization}]', true],
    ['{type: value, key: VpcId, value: x}', true],
    ['{type: value, key: Engine, value: mysql, value_type: swap}', true],
    ['{type: value, key: Engine, op: difference, value: x}', true],
    ['{type: value, key: DBInstanceIdentifier, op: regex, value: "(?P<a>x)"}', true],
    ['DeletionProtection: "false"', false],
    ['DeletionProtection: "true"', true],
    ['default-vpc', true],
  ])('[%s] takes the database: %j', (filters, expected) => {
    expect(
      taken(filters.startsWith('{') || filters === '' || filters === 'default-vpc' ? filters : `{${filters}}`),
    ).toBe(expected);
  });

  const old = (filters: string) => callsOf(policy('aws.rds-snapshot', 'delete', filters)).length > 0;
  it.each([
    // 40 days old.
    ['{type: age, days: 30}', true],
    ['{type: age, days: 60}', false],
    ['{type: age, days: 60, op: lt}', true],
    ['{type: age, days: 30, op: lt}', false],
    // Old enough tomorrow.
    ['{type: age, days: 40.5}', true],
    ['{type: age, days: 60, extra: 1}', true],
  ])('%s takes the snapshot: %j', (filters, expected) => {
    expect(old(filters)).toBe(expected);
  });
});

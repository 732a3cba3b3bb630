/**
 * What the deletion of each modelled type is at the API. Attribute names: AWS provider 5.100.0.
 */

import { describe, expect, it } from 'vitest';
import type { Action, DeleteParameters } from '../../../src/intent/action.ts';
import { MODELLED_TYPES } from '../../../src/intent/terraform/types.ts';
import { aCluster, anEntry, anInstance, HERE } from '../../support/terraform-plan.ts';
import { kindsOf, readOne } from './support.ts';

const RDS = `arn:aws:rds:${HERE.region}:${HERE.accountId}`;
const KEY = `arn:aws:kms:${HERE.region}:${HERE.accountId}:key/k1`;
const VAULT = `arn:aws:backup:${HERE.region}:${HERE.accountId}:backup-vault:v`;
const SECRET = `arn:aws:secretsmanager:${HERE.region}:${HERE.accountId}:secret:app-x1`;
const GROUP = `arn:aws:ec2:${HERE.region}:${HERE.accountId}:security-group/sg-1`;

const GLOBAL = `arn:aws:rds::${HERE.accountId}:global-cluster:world`;
const PLAN = `arn:aws:backup:${HERE.region}:${HERE.accountId}:backup-plan:p1`;
/** Types whose deletion takes away what protects, and nothing else. */
const DISARMING = ['aws_backup_vault_policy', 'aws_backup_plan', 'aws_backup_selection', 'aws_kms_key_policy'];

const target = (
  identifier: string,
  arn: string | null,
  resourceId: string | null = null,
  scope: object | null = arn === null ? null : HERE,
) => ({ arn, resourceId, identifier, scope });

/** type, values in state, the one step. */
const DELETIONS: readonly [string, object, object][] = [
  [
    'aws_db_instance',
    anInstance(),
    { kind: 'delete_db_instance', target: target('orders', `${RDS}:db:orders`, 'db-ORDERS') },
  ],
  [
    'aws_rds_cluster',
    aCluster(),
    { kind: 'delete_db_cluster', target: target('events', `${RDS}:cluster:events`, 'cluster-EVENTS') },
  ],
  [
    'aws_rds_cluster_instance',
    { id: 'm', identifier: 'm', arn: `${RDS}:db:m`, dbi_resource_id: 'db-M', cluster_identifier: 'events' },
    { kind: 'delete_cluster_member', target: target('m', `${RDS}:db:m`, 'db-M'), clusterIdentifier: 'events' },
  ],
  [
    'aws_db_snapshot',
    { db_snapshot_identifier: 's', db_snapshot_arn: `${RDS}:snapshot:s` },
    { kind: 'delete_db_snapshot', target: target('s', `${RDS}:snapshot:s`) },
  ],
  [
    'aws_db_snapshot_copy',
    { source_db_snapshot_identifier: 's', target_db_snapshot_identifier: 'c', db_snapshot_arn: `${RDS}:snapshot:c` },
    { kind: 'delete_db_snapshot', target: target('c', `${RDS}:snapshot:c`) },
  ],
  [
    'aws_db_cluster_snapshot',
    { db_cluster_snapshot_identifier: 's', db_cluster_snapshot_arn: `${RDS}:cluster-snapshot:s` },
    { kind: 'delete_db_cluster_snapshot', target: target('s', `${RDS}:cluster-snapshot:s`) },
  ],
  [
    'aws_rds_cluster_snapshot_copy',
    { target_db_cluster_snapshot_identifier: 'c', db_cluster_snapshot_arn: `${RDS}:cluster-snapshot:c` },
    { kind: 'delete_db_cluster_snapshot', target: target('c', `${RDS}:cluster-snapshot:c`) },
  ],
  [
    'aws_db_instance_automated_backups_replication',
    { id: 'arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-1', source_db_instance_arn: `${RDS}:db:orders` },
    { kind: 'stop_backup_replication', target: target('orders', `${RDS}:db:orders`) },
  ],
  [
    'aws_backup_vault',
    { name: 'v', arn: VAULT },
    { kind: 'delete_backup_vault', target: target('v', VAULT), force: false },
  ],
  [
    'aws_backup_vault_lock_configuration',
    { backup_vault_name: 'v', backup_vault_arn: VAULT },
    { kind: 'delete_vault_lock', target: target('v', VAULT) },
  ],
  [
    'aws_kms_key',
    { key_id: 'k1', arn: KEY, deletion_window_in_days: 7 },
    { kind: 'schedule_key_deletion', target: target('k1', KEY, 'k1'), windowDays: 7 },
  ],
  [
    'aws_rds_global_cluster',
    {
      global_cluster_identifier: 'world',
      arn: GLOBAL,
      force_destroy: false,
      global_cluster_members: [{ db_cluster_arn: `${RDS}:cluster:events` }],
    },
    { kind: 'delete_global_cluster', target: target('world', GLOBAL, null, null) },
  ],
  [
    'aws_backup_logically_air_gapped_vault',
    { name: 'v', arn: VAULT },
    { kind: 'delete_backup_vault', target: target('v', VAULT), force: false },
  ],
  [
    'aws_backup_vault_policy',
    { backup_vault_name: 'v', backup_vault_arn: VAULT, policy: '{}' },
    { kind: 'change_vault_policy', target: target('v', VAULT) },
  ],
  ['aws_backup_plan', { name: 'p', arn: PLAN }, { kind: 'stop_future_backups', target: target('p', PLAN) }],
  ['aws_backup_selection', { name: 's', plan_id: 'p1' }, { kind: 'stop_future_backups', target: target('s', null) }],
  ...['aws_kms_replica_key', 'aws_kms_replica_external_key'].map((type): [string, object, object] => [
    type,
    { key_id: 'k1', arn: KEY, deletion_window_in_days: 8 },
    { kind: 'schedule_key_deletion', target: target('k1', KEY, 'k1'), windowDays: 8 },
  ]),
  [
    'aws_kms_external_key',
    { id: 'k1', arn: KEY, deletion_window_in_days: 9 },
    { kind: 'schedule_key_deletion', target: target('k1', KEY, 'k1'), windowDays: 9 },
  ],
  ['aws_kms_key_policy', { key_id: KEY, policy: '{}' }, { kind: 'change_key_policy', target: target('k1', KEY) }],
  ['aws_kms_grant', { key_id: KEY, operations: ['Decrypt'] }, { kind: 'change_key_policy', target: target('k1', KEY) }],
  ['aws_db_subnet_group', { name: 'g', arn: `${RDS}:subgrp:g` }, lost('subnet_group', target('g', `${RDS}:subgrp:g`))],
  ['aws_db_option_group', { name: 'g', arn: `${RDS}:og:g` }, lost('option_group', target('g', `${RDS}:og:g`))],
  ['aws_db_parameter_group', { name: 'g', arn: `${RDS}:pg:g` }, lost('parameter_group', target('g', `${RDS}:pg:g`))],
  [
    'aws_rds_cluster_parameter_group',
    { name: 'g', arn: `${RDS}:cluster-pg:g` },
    lost('parameter_group', target('g', `${RDS}:cluster-pg:g`)),
  ],
  ['aws_security_group', { id: 'sg-1', name: 'db', arn: GROUP }, lost('security_group', target('sg-1', GROUP))],
  ['aws_secretsmanager_secret', { id: SECRET, name: 'app', arn: SECRET }, lost('secret', target('app', SECRET))],
];

function lost(prerequisite: string, of: object) {
  return { kind: 'delete_prerequisite', target: of, prerequisite };
}

function deletionOf(type: string, before: object): Action | undefined {
  return readOne(anEntry({ address: `${type}.x`, before })).steps[0];
}

function parametersOf(type: string, before: object): DeleteParameters {
  const step = deletionOf(type, before);
  if (step?.kind !== 'delete_db_instance' && step?.kind !== 'delete_db_cluster')
    throw new Error('no database deletion');
  return step.parameters;
}

describe('the deletion of a modelled type', () => {
  it.each(DELETIONS)('%s becomes its API action', (type, before, step) => {
    const expected = DISARMING.includes(type) ? 'disarm' : 'destroy';
    expect(readOne(anEntry({ address: `${type}.x`, before }))).toMatchObject({ class: expected, steps: [step] });
  });

  it('every modelled type has its case here', () => {
    expect(DELETIONS.map(([type]) => type).sort()).toEqual([...MODELLED_TYPES].sort());
  });

  it('an instance is never named by id, which is its resource id', () => {
    expect(deletionOf('aws_db_instance', { id: 'db-X', arn: `${RDS}:db:orders` })?.target.identifier).toBe('orders');
  });

  it.each([
    [true, true],
    [false, false],
    [null, false],
  ])('a vault with force_destroy %s is deleted with force %s', (force_destroy, force) => {
    expect(deletionOf('aws_backup_vault', { name: 'v', arn: VAULT, force_destroy })).toMatchObject({ force });
  });

  it('a global cluster that is forced lets its members go first, each with its data', () => {
    const members = ['events', 'far'].map((name) => ({
      db_cluster_arn: `${RDS}:cluster:${name}`,
      is_writer: name === 'events',
    }));
    const before = {
      global_cluster_identifier: 'world',
      arn: GLOBAL,
      force_destroy: true,
      global_cluster_members: members,
    };
    expect(readOne(anEntry({ address: 'aws_rds_global_cluster.g', before })).steps).toMatchObject([
      { kind: 'remove_from_global_cluster', target: target('events', `${RDS}:cluster:events`) },
      { kind: 'remove_from_global_cluster', target: target('far', `${RDS}:cluster:far`) },
      { kind: 'delete_global_cluster' },
    ]);
  });

  it.each([null, undefined, []])('a global cluster that is forced and has the members %j goes alone', (members) => {
    const before = { global_cluster_identifier: 'world', force_destroy: true, global_cluster_members: members };
    expect(kindsOf(readOne(anEntry({ address: 'aws_rds_global_cluster.g', before })))).toEqual([
      'delete_global_cluster',
    ]);
  });

  it('a database that the state knows by its resource id alone goes by that', () => {
    expect(deletionOf('aws_db_instance', { resource_id: 'db-X' })?.target).toEqual(target('db-X', null, 'db-X'));
  });

  it('a member of a global cluster leaves it before it is deleted', () => {
    const before = aCluster({ global_cluster_identifier: 'world' });
    const { steps } = readOne(anEntry({ address: 'aws_rds_cluster.c', before }));
    expect(steps).toMatchObject([
      { kind: 'remove_from_global_cluster', target: { identifier: 'events' } },
      { kind: 'delete_db_cluster' },
    ]);
  });

  it('a key without a window waits thirty days', () => {
    expect(deletionOf('aws_kms_key', { key_id: 'k1', deletion_window_in_days: null })).toMatchObject({
      windowDays: 30,
    });
  });
});

describe.each([
  ['aws_db_instance', anInstance],
  ['aws_rds_cluster', aCluster],
] as const)('the parameters of deleting an %s', (type, build) => {
  it.each([true, false])('skip_final_snapshot %s is taken from state', (skip_final_snapshot) => {
    expect(parametersOf(type, build({ skip_final_snapshot })).skipFinalSnapshot).toBe(skip_final_snapshot);
  });

  it('an unset skip_final_snapshot is false', () => {
    expect(parametersOf(type, build({ skip_final_snapshot: null })).skipFinalSnapshot).toBe(false);
  });

  it.each([
    ['orders-final', 'orders-final'],
    ['', null],
    [null, null],
  ])('final_snapshot_identifier %j is %j', (final_snapshot_identifier, expected) => {
    expect(parametersOf(type, build({ final_snapshot_identifier })).finalSnapshotId).toBe(expected);
  });

  it.each([
    [true, true],
    [false, false],
    [null, true],
    [undefined, true],
  ])('delete_automated_backups %s is %s', (delete_automated_backups, expected) => {
    expect(parametersOf(type, build({ delete_automated_backups })).deleteAutomatedBackups).toBe(expected);
  });

  it.each([
    [false, true, true],
    [null, true, true],
    [true, true, false],
    [false, false, false],
    [false, null, false],
  ])(
    'deletion_protection %s with apply_immediately %s: the provider disarms by itself %s',
    (deletion_protection, apply_immediately, expected) => {
      expect(parametersOf(type, build({ deletion_protection, apply_immediately })).disarmsProtection).toBe(expected);
    },
  );
});

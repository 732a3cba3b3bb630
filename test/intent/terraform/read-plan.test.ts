/**
 * Plans that Terraform 1.11.4 printed, read whole. What each recording is: test/recordings/README.md.
 */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readRecorded, recorded } from './support.ts';

const SCOPE = { accountId: '123456789012', region: 'eu-west-1' };

describe('the DataTalks.Club destroy plan', () => {
  const intent = readRecorded('datatalks-destroy');

  it('deletes the member, then the cluster with its automated backups and no final snapshot', () => {
    expect(intent.actions.slice(0, 2)).toEqual([
      {
        kind: 'delete_cluster_member',
        target: {
          arn: 'arn:aws:rds:eu-west-1:123456789012:db:course-management-instance-0',
          resourceId: 'db-M5ENSHXFPU6XHZ4G4ZEI5QIO2U',
          identifier: 'course-management-instance-0',
          scope: SCOPE,
        },
        clusterIdentifier: 'dev-course-management-cluster',
      },
      {
        kind: 'delete_db_cluster',
        target: {
          arn: 'arn:aws:rds:eu-west-1:123456789012:cluster:dev-course-management-cluster',
          resourceId: 'cluster-P2U6CNK27O9FFYUR6I2BFLUYZ5',
          identifier: 'dev-course-management-cluster',
          scope: SCOPE,
        },
        parameters: {
          skipFinalSnapshot: true,
          finalSnapshotId: null,
          deleteAutomatedBackups: true,
          disarmsProtection: false,
        },
      },
    ]);
  });

  it('takes the subnet group and the security group with it, after the cluster', () => {
    const rest = intent.actions.slice(2);
    expect(
      rest.map((step) => step.kind === 'delete_prerequisite' && [step.prerequisite, step.target.identifier]),
    ).toEqual([
      ['subnet_group', 'course-management-subnets'],
      ['security_group', 'sg-7f1683f59afa011db'],
    ]);
  });

  it('gives every entry its class', () => {
    expect(Object.fromEntries(intent.changes.map((change) => [change.address, change.class]))).toEqual({
      'aws_db_subnet_group.main': 'destroy',
      'aws_ecs_cluster.main': 'other_destroy',
      'aws_rds_cluster.course_management': 'destroy',
      'aws_rds_cluster_instance.course_management': 'destroy',
      'aws_security_group.db': 'destroy',
      'aws_subnet.private[0]': 'other_destroy',
      'aws_subnet.private[1]': 'other_destroy',
      'aws_vpc.main': 'other_destroy',
    });
  });

  it('destroys everything its state holds, in one account and region', () => {
    expect(intent.signals.map((signal) => signal.code)).toEqual(['full_destroy']);
    expect(intent.stateSeen).toBe(true);
    expect(intent.scope).toEqual(SCOPE);
  });

  it('is bound to the bytes that were read', () => {
    const hex = createHash('sha256').update(recorded('datatalks-destroy')).digest('hex');
    expect(intent.digest).toBe(`sha256:${hex}`);
  });
});

describe('recorded plans', () => {
  it('a plan made without state creates what it should know, though prior_state is printed', () => {
    const intent = readRecorded('lost-state-create');
    expect(intent.signals.map((signal) => signal.code)).toEqual(['empty_state']);
    expect(intent.stateSeen).toBe(false);
    expect(intent.changes.map((change) => change.class)).toEqual(['create', 'create', 'create']);
    expect(intent.actions.map((step) => [step.kind, step.target.identifier])).toEqual([
      ['create_database', 'orders'],
      ['create_database', ''],
    ]);
  });

  it('a removed block forgets the database and deletes nothing, whatever reason it prints', () => {
    expect(recorded('removed-block-forget')).toContain('delete_because_no_resource_config');
    const intent = readRecorded('removed-block-forget');
    expect(intent.changes.map((change) => change.class)).toEqual(['forget']);
    expect(intent.actions).toEqual([]);
  });

  it('a block taken out of the configuration deletes with the provider defaults and its own disarming', () => {
    expect(readRecorded('block-gone-delete').actions).toMatchObject([
      { kind: 'delete_db_instance', parameters: { deleteAutomatedBackups: true, disarmsProtection: true } },
    ]);
  });

  it.each([
    ['replace', { skipFinalSnapshot: false, finalSnapshotId: 'orders-final' }],
    ['replace-create-first', { skipFinalSnapshot: true, finalSnapshotId: null }],
  ])('%s destroys with the values in state', (name, parameters) => {
    const intent = readRecorded(name);
    expect(intent.changes.map((change) => change.class)).toEqual(['destroy']);
    expect(intent.actions).toMatchObject([{ kind: 'delete_db_instance', parameters }]);
  });

  it('an update that moves a database and switches its protection off disarms it', () => {
    const intent = readRecorded('moved-and-disarmed');
    expect(intent.changes).toMatchObject([{ address: 'aws_db_instance.main', class: 'disarm' }]);
    expect(intent.actions).toMatchObject([
      {
        kind: 'modify_db_instance',
        change: { deletionProtection: false, retentionDays: 0, applyImmediately: true },
      },
    ]);
  });

  it('a blue/green update ends in the deletion of the old instance without a final snapshot', () => {
    expect(readRecorded('blue-green-update').actions).toMatchObject([
      {
        kind: 'delete_db_instance',
        target: { resourceId: 'db-ORDERSRESOURCEID0000000AA' },
        parameters: { skipFinalSnapshot: true, deleteAutomatedBackups: true },
      },
    ]);
  });

  it('a deposed object is deleted next to an update of the current one', () => {
    const intent = readRecorded('deposed-delete');
    expect(intent.changes.map((change) => [change.address, change.class])).toEqual([
      ['aws_db_instance.orders', 'update'],
      ['aws_db_instance.orders (deposed deadbeef)', 'destroy'],
    ]);
    expect(intent.actions).toMatchObject([{ kind: 'delete_db_instance', target: { resourceId: 'db-OLD' } }]);
  });

  it('a plan that prevent_destroy stopped still shows what it meant to delete', () => {
    const intent = readRecorded('prevent-destroy-errored');
    expect(intent.actions.map((step) => step.kind)).toEqual(['delete_db_instance']);
    expect(intent.signals.map((signal) => signal.code)).toEqual(['errored_plan', 'incomplete_plan', 'full_destroy']);
  });

  it('a targeted destroy is incomplete and no full destroy, though nothing is planned to be left', () => {
    const intent = readRecorded('targeted-destroy');
    expect(intent.signals.map((signal) => signal.code)).toEqual(['incomplete_plan']);
  });

  it('a stack with its own backups loses them first and its key last', () => {
    const intent = readRecorded('backups-and-key-destroy');
    expect(intent.actions.map((step) => step.kind)).toEqual([
      'stop_future_backups',
      'stop_backup_replication',
      'delete_db_snapshot',
      'delete_db_instance',
      'delete_vault_lock',
      'delete_backup_vault',
      'schedule_key_deletion',
    ]);
    expect(intent.scope).toEqual(SCOPE);
  });
});

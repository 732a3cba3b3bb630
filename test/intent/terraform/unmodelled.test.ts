/**
 * Types without a row in the table: unknown where they could matter, harmless only with a reason.
 */

import { describe, expect, it } from 'vitest';
import { anEntry } from '../../support/terraform-plan.ts';
import { kindsOf, readOne } from './support.ts';

const remove = (type: string) => readOne(anEntry({ address: `${type}.x`, before: { id: 'x' } }));
const update = (type: string, before: object, after: object, after_unknown: unknown = {}) =>
  readOne(anEntry({ address: `${type}.x`, actions: ['update'], before, after, after_unknown }));

describe('deleting a type that nobody modelled', () => {
  it.each([
    'aws_db_cluster_of_the_future',
    'aws_rds_shard_group',
    'aws_docdb_cluster',
    'aws_docdbelastic_cluster',
    'aws_neptune_cluster',
    'aws_cloudformation_stack',
    'aws_cloudformation_stack_set_instance',
    'aws_cloudcontrolapi_resource',
    'awscc_rds_db_cluster',
    'awscc_kms_key',
    'awscc_backup_backup_vault',
    'awscc_dsql_cluster',
    'aws_dsql_cluster',
    'aws_fsx_backup',
    'aws_redshift_cluster_snapshot',
    'postgresql_database',
    'postgresql_schema',
    'mysql_database',
    'mssql_database',
    'helm_release',
    'kubernetes_manifest',
    'kubectl_manifest',
    'kubernetes_namespace',
    'kubernetes_namespace_v1',
    'argocd_application',
    'aws_organizations_account',
    'aws_lambda_invocation',
    'aws_ssm_association',
    'tfe_workspace_run',
    'sql_migrate',
  ])('%s is unknown', (type) => {
    const change = remove(type);
    expect(change.class).toBe('unknown');
    expect(change.steps).toMatchObject([{ kind: 'opaque', target: { identifier: `${type}.x` } }]);
  });

  it.each(['aws_backup_region_settings', 'aws_backup_global_settings'])('%s disarms', (type) => {
    expect(remove(type)).toMatchObject({ class: 'disarm', steps: [] });
  });

  it.each([
    'aws_kms_alias',
    'aws_db_event_subscription',
    'aws_db_proxy',
    'aws_vpc',
    'aws_subnet',
    'aws_ecs_cluster',
    'random_password',
  ])('%s destroys something else', (type) => {
    expect(remove(type)).toMatchObject({ class: 'other_destroy', steps: [] });
  });
});

describe('updating a type that nobody modelled', () => {
  it('a stack may delete what the plan does not list', () => {
    for (const type of ['aws_cloudformation_stack', 'aws_cloudformation_stack_set', 'aws_cloudcontrolapi_resource']) {
      expect(kindsOf(update(type, { a: 1 }, { a: 2 })), type).toEqual(['opaque']);
    }
  });

  it.each([
    'deletion_protection',
    'backup_retention_period',
    'skip_final_snapshot',
    'delete_automated_backups',
    'force_destroy',
    'is_enabled',
    'enabled',
    'deletion_window_in_days',
    'policy',
  ])('a change of %s is unknown', (name) => {
    const steps = [{ kind: 'opaque', why: `${name} changes on a aws_docdb_cluster, which is not modelled` }];
    expect(update('aws_docdb_cluster', { [name]: 1 }, { [name]: 2 })).toMatchObject({ class: 'unknown', steps });
    expect(update('aws_docdb_cluster', { [name]: 1 }, { [name]: 1 }, { [name]: true })).toMatchObject({ steps });
  });

  it('a change of anything else is an update', () => {
    expect(
      update('aws_docdb_cluster', { deletion_protection: true, a: 1 }, { deletion_protection: true, a: 2 }),
    ).toMatchObject({
      class: 'update',
      steps: [],
    });
  });

  it('a region whose backups are switched off is disarmed', () => {
    const opted = (RDS: boolean) => ({ resource_type_opt_in_preference: { RDS } });
    expect(update('aws_backup_region_settings', opted(true), opted(false)).class).toBe('disarm');
    const managed = (RDS: boolean) => ({ ...opted(true), resource_type_management_preference: { RDS } });
    expect(update('aws_backup_region_settings', managed(true), managed(false)).class).toBe('disarm');
    expect(update('aws_backup_region_settings', opted(true), { ...opted(true), tags: {} }).class).toBe('update');
  });

  it('copies to other accounts that are switched off for an organization are disarmed', () => {
    const global = (isCrossAccountBackupEnabled: string) => ({ global_settings: { isCrossAccountBackupEnabled } });
    expect(update('aws_backup_global_settings', global('true'), global('false')).class).toBe('disarm');
  });

  it.each(['aws_kms_alias', 'aws_db_proxy', 'aws_backup_framework'])('%s changes nothing that protects', (type) => {
    const change = update(type, { enabled: true, policy: 'a' }, { enabled: false, policy: 'b' });
    expect(change).toMatchObject({ class: 'update', steps: [] });
  });

  it('a type outside the watched families is an update', () => {
    expect(update('aws_lb', { deletion_protection: true }, { deletion_protection: false }).class).toBe('update');
  });
});

describe('a type that runs what somebody wrote', () => {
  const actions = ['create', 'update', 'delete', 'no-op'] as const;
  const classes = (type: string) =>
    actions.map((action) => readOne(anEntry({ address: `${type}.x`, actions: [action], before: {}, after: {} })).class);

  it.each(['aws_lambda_invocation', 'tfe_workspace_run', 'spacelift_stack_destructor', 'shell_script', 'sql_migrate'])(
    '%s is unknown as soon as anything happens to it',
    (type) => {
      expect(classes(type)).toEqual(['unknown', 'unknown', 'unknown', 'none']);
    },
  );

  it.each(['helm_release', 'kubernetes_manifest'])('%s may take objects along once it stands', (type) => {
    expect(classes(type)).toEqual(['create', 'unknown', 'unknown', 'none']);
  });
});

describe('changing what guards under another name', () => {
  it.each([
    ['awscc_backup_backup_vault', 'lock_configuration'],
    ['awscc_backup_backup_vault', 'access_policy'],
    ['awscc_backup_backup_plan', 'backup_plan'],
    ['awscc_backup_backup_selection', 'backup_selection'],
    ['awscc_kms_key', 'key_policy'],
    ['awscc_kms_key', 'pending_window_in_days'],
    ['awscc_rds_db_instance', 'automatic_backup_replication_region'],
    ['aws_kms_custom_key_store', 'cloud_hsm_cluster_id'],
    ['aws_organizations_policy', 'content'],
  ])('of a %s, %s, is unknown', (type, name) => {
    expect(update(type, { [name]: 'a' }, { [name]: 'b' }).class).toBe('unknown');
  });

  it('tags of such a thing are an update', () => {
    expect(update('awscc_kms_key', { tags: [] }, { tags: ['a'] }).class).toBe('update');
  });
});

/**
 * Every type of AWS provider 5.100.0 that has to do with databases, backups or keys, and what was decided about it.
 *
 * The names are those of `terraform providers schema -json` of that provider. A type of a later one is in no list and must
 * come out unknown, so that nobody finds out by losing a backup that it was new.
 */

import { describe, expect, it } from 'vitest';
import { MODELLED_TYPES } from '../../../src/intent/terraform/types.ts';
import { anEntry } from '../../support/terraform-plan.ts';
import { readOne } from './support.ts';

/** What deleting one amounts to when the plan says nothing but that. */
const DECIDED = {
  aws_backup_framework: 'other_destroy',
  aws_backup_global_settings: 'disarm',
  aws_backup_logically_air_gapped_vault: 'row',
  aws_backup_plan: 'row',
  aws_backup_region_settings: 'disarm',
  aws_backup_report_plan: 'other_destroy',
  aws_backup_restore_testing_plan: 'other_destroy',
  aws_backup_restore_testing_selection: 'other_destroy',
  aws_backup_selection: 'row',
  aws_backup_vault: 'row',
  aws_backup_vault_lock_configuration: 'row',
  aws_backup_vault_notifications: 'other_destroy',
  aws_backup_vault_policy: 'row',
  aws_db_cluster_snapshot: 'row',
  aws_db_event_subscription: 'other_destroy',
  aws_db_instance: 'row',
  aws_db_instance_automated_backups_replication: 'row',
  aws_db_instance_role_association: 'other_destroy',
  aws_db_option_group: 'row',
  aws_db_parameter_group: 'row',
  aws_db_proxy: 'other_destroy',
  aws_db_proxy_default_target_group: 'other_destroy',
  aws_db_proxy_endpoint: 'other_destroy',
  aws_db_proxy_target: 'other_destroy',
  aws_db_snapshot: 'row',
  aws_db_snapshot_copy: 'row',
  aws_db_subnet_group: 'row',
  aws_kms_alias: 'other_destroy',
  aws_kms_ciphertext: 'other_destroy',
  aws_kms_custom_key_store: 'unknown',
  aws_kms_external_key: 'row',
  aws_kms_grant: 'row',
  aws_kms_key: 'row',
  aws_kms_key_policy: 'row',
  aws_kms_replica_external_key: 'row',
  aws_kms_replica_key: 'row',
  aws_rds_certificate: 'other_destroy',
  aws_rds_cluster: 'row',
  aws_rds_cluster_activity_stream: 'other_destroy',
  aws_rds_cluster_endpoint: 'other_destroy',
  aws_rds_cluster_instance: 'row',
  aws_rds_cluster_parameter_group: 'row',
  aws_rds_cluster_role_association: 'other_destroy',
  aws_rds_cluster_snapshot_copy: 'row',
  aws_rds_custom_db_engine_version: 'unknown',
  aws_rds_export_task: 'other_destroy',
  aws_rds_global_cluster: 'row',
  aws_rds_instance_state: 'other_destroy',
  aws_rds_integration: 'other_destroy',
  aws_rds_reserved_instance: 'other_destroy',
  aws_rds_shard_group: 'unknown',
} as const;

/** Rows of types outside the four families. */
const BEYOND = ['aws_security_group', 'aws_secretsmanager_secret'];

const remove = (type: string) => readOne(anEntry({ address: `${type}.x`, before: { id: 'x' } }));

describe('every type of the provider that has to do with databases, backups or keys', () => {
  it.each(Object.entries(DECIDED).filter(([, decided]) => decided !== 'row'))('%s is decided: %s', (type, decided) => {
    expect(remove(type).class).toBe(decided);
    expect(remove(type).steps.map(({ kind }) => kind)).toEqual(decided === 'unknown' ? ['opaque'] : []);
  });

  it('has a row exactly where that was decided', () => {
    const rows = Object.entries(DECIDED).flatMap(([type, decided]) => (decided === 'row' ? [type] : []));
    expect([...rows, ...BEYOND].sort()).toEqual([...MODELLED_TYPES].sort());
  });

  it.each(['aws_db_vault_of_tomorrow', 'aws_rds_thing', 'aws_backup_tier', 'aws_kms_lock', 'aws_ebs_snapshot_lock'])(
    'a type of a later provider, %s, is unknown',
    (type) => {
      expect(remove(type)).toMatchObject({ class: 'unknown', steps: [{ kind: 'opaque' }] });
    },
  );
});

/**
 * Resource types of AWS Backup: vaults, what guards them, and the plans that fill them.
 *
 * What each deletion does is in `aws-backup-facts.md` 2.7 and 2.10. The end of a plan takes no recovery point with it,
 * but none is made after it: that disarms.
 * Source: hashicorp/terraform-provider-aws 5.100.0 `internal/service/backup`; AWS Backup API, DeleteBackupVault,
 * DeleteBackupVaultAccessPolicy, DeleteBackupPlan and DeleteBackupSelection.
 */

import { PROTECTIONS } from './protections.ts';
import { RANK, type ResourceType, row } from './resource-type.ts';

/** Vaults, their guards, and plans. */
export const BACKUP_TYPES: readonly ResourceType[] = [
  row({
    type: 'aws_backup_vault',
    rank: RANK.vault,
    identity: { identifier: 'name', arn: 'arn', resourceId: null },
    attributes: { name: 'text', arn: 'text', force_destroy: 'flag' },
    destroy: (target, before) => ({
      kind: 'delete_backup_vault',
      target,
      force: before.flag('force_destroy') === true,
    }),
    protections: [PROTECTIONS.vaultForce],
  }),
  row({
    type: 'aws_backup_logically_air_gapped_vault',
    rank: RANK.vault,
    identity: { identifier: 'name', arn: 'arn', resourceId: null },
    attributes: { name: 'text', arn: 'text' },
    destroy: (target) => ({ kind: 'delete_backup_vault', target, force: false }),
  }),
  row({
    type: 'aws_backup_vault_lock_configuration',
    rank: RANK.lock,
    identity: { identifier: 'backup_vault_name', arn: 'backup_vault_arn', resourceId: null },
    attributes: { backup_vault_name: 'text', backup_vault_arn: 'text' },
    destroy: (target) => ({ kind: 'delete_vault_lock', target }),
  }),
  row({
    type: 'aws_backup_vault_policy',
    rank: RANK.lock,
    identity: { identifier: 'backup_vault_name', arn: 'backup_vault_arn', resourceId: null },
    attributes: { backup_vault_name: 'text', backup_vault_arn: 'text' },
    // A deny-delete policy may be what goes; its text is never read out.
    deletes: 'disarm',
    destroy: (target) => ({ kind: 'change_vault_policy', target }),
    putOn: ['aws_backup_vault', 'aws_backup_logically_air_gapped_vault'],
    protections: [PROTECTIONS.vaultPolicy],
  }),
  row({
    type: 'aws_backup_plan',
    rank: RANK.copy,
    identity: { identifier: 'name', arn: 'arn', resourceId: null },
    attributes: { name: 'text', arn: 'text' },
    deletes: 'disarm',
    destroy: (target) => ({ kind: 'stop_future_backups', target }),
    protections: [PROTECTIONS.planRules],
  }),
  row({
    type: 'aws_backup_selection',
    rank: RANK.copy,
    identity: { identifier: 'name', arn: null, resourceId: null },
    attributes: { name: 'text' },
    deletes: 'disarm',
    destroy: (target) => ({ kind: 'stop_future_backups', target }),
  }),
];

/**
 * The closed catalogue of survival rules: code, statement, source.
 *
 * A rule says what AWS does, in one sentence a person can check against the page named. Fates and
 * effects cite rules by code; `test/survival` holds one test per rule that breaks when it is inverted.
 * Sources: API = Amazon RDS, AWS Backup or AWS KMS API reference, by action; UG = Amazon RDS User Guide; AUG =
 * Amazon Aurora User Guide; BDG = AWS Backup Developer Guide; TF = terraform-provider-aws 5.100 as observed.
 */

interface RuleEntry {
  readonly statement: string;
  readonly source: string;
}

/** The catalogue, by code. */
export const RULES = {
  // What holds before anything happens.
  untouched: {
    statement: 'Nothing in this loss reaches it.',
    source: 'the actions of the change, matched by resource id and ARN',
  },
  expires_by_itself: {
    statement: 'It is deleted when its retention ends, whatever anyone does.',
    source: 'UG "Retaining automated backups"; BDG "Deleting backups"',
  },
  not_available_yet: {
    statement: 'A recovery point that is not `available` cannot be restored and may never become so.',
    source: 'API RestoreDBInstanceFromDBSnapshot, InvalidDBSnapshotState',
  },
  backup_point_expired: {
    statement: 'An EXPIRED, PARTIAL, STOPPED or DELETING recovery point may vanish at any moment.',
    source: 'API backup DescribeRecoveryPoint, Status',
  },
  export_restores_nothing: {
    statement: 'An S3 export is Parquet: no restore call accepts it.',
    source: 'UG "Exporting DB snapshot data to Amazon S3"',
  },
  shared_by_other_account: {
    statement: "A shared snapshot stays its owner's, who can delete or withdraw it at any time.",
    source: 'UG "Sharing a DB snapshot"',
  },
  window_missing: {
    statement: 'An automated backup without a restore window cannot be restored to any instant.',
    source: 'API DBInstanceAutomatedBackup, RestoreWindow',
  },

  // Deleting a database.
  automated_backup_dies_with_database: {
    statement:
      'Deleting a database with DeleteAutomatedBackups=true, the default, deletes its PITR window and every automated snapshot at once.',
    source: 'API DeleteDBInstance and DeleteDBCluster, DeleteAutomatedBackups; UG "Deleting a DB instance"',
  },
  automated_backup_retained: {
    statement: 'Deleting with DeleteAutomatedBackups=false keeps the automated backup until its retention runs out.',
    source: 'UG "Retaining automated backups"; AUG "Retaining automated backups"',
  },
  multi_az_cluster_retains_nothing: {
    statement: 'A Multi-AZ DB cluster keeps no automated backups after its deletion, whatever was asked.',
    source: 'UG "Limitations of Multi-AZ DB clusters"',
  },
  manual_snapshot_outlives_database: {
    statement: 'A manual snapshot, final ones included, stays when its database is deleted.',
    source: 'API DeleteDBInstance and DeleteDBCluster; UG "Deleting a DB instance"',
  },
  copy_outlives_database: {
    statement: 'A finished copy is an object of its own and stays when its source is deleted.',
    source: 'UG "Copying a DB snapshot"',
  },
  replica_backup_outlives_database: {
    statement:
      'Automated backups replicated to another region stay, even with DeleteAutomatedBackups=true, until their own retention runs out.',
    source: 'UG "Deleting a DB instance"',
  },
  retained_backup_is_detached: {
    statement: 'A retained automated backup belongs to a database already deleted; deleting another does not reach it.',
    source: 'UG "Retaining automated backups"',
  },
  vault_point_outlives_database: {
    statement: 'A snapshot that AWS Backup keeps stays in its vault when the database is deleted.',
    source: 'BDG "Amazon RDS backups"',
  },
  continuous_point_is_the_pitr: {
    statement: "An AWS Backup continuous point is the database's own automated backup, not a second copy.",
    source: 'BDG "Point-in-time recovery"',
  },
  aws_backup_refuses_deletion: {
    statement: 'While AWS Backup owns PITR, a delete with DeleteAutomatedBackups=true is refused.',
    source: 'API DeleteDBCluster, DeleteAutomatedBackups',
  },
  final_snapshot_taken: {
    statement: 'A delete that names a final snapshot takes it before the data go.',
    source: 'API DeleteDBInstance and DeleteDBCluster, FinalDBSnapshotIdentifier',
  },
  final_snapshot_unnamed: {
    statement: 'A delete that neither skips nor names its final snapshot is refused.',
    source: 'API DeleteDBInstance, FinalDBSnapshotIdentifier',
  },
  final_snapshot_name_taken: {
    statement: 'A delete whose final snapshot name exists already is refused.',
    source: 'API DeleteDBInstance, DBSnapshotAlreadyExists',
  },
  final_snapshot_contradicts_skip: {
    statement: 'A delete that both skips and names a final snapshot is refused.',
    source: 'API DeleteDBInstance, SkipFinalSnapshot',
  },
  final_snapshot_needs_available: {
    statement: 'A final snapshot needs the database `available`; otherwise the delete is refused.',
    source: 'UG "Deleting a DB instance"',
  },
  final_snapshot_impossible_for_replica: {
    statement: 'A read replica cannot take a final snapshot; a delete that names one is refused.',
    source: 'API DeleteDBInstance, SkipFinalSnapshot',
  },
  final_snapshot_impossible_for_member: {
    statement: "A cluster's instance takes no final snapshot; a delete that names one is refused.",
    source: 'API DeleteDBInstance, FinalDBSnapshotIdentifier',
  },
  final_snapshot_needs_key: {
    statement: 'A final snapshot of an encrypted database needs its key usable; otherwise the delete is refused.',
    source: 'API DeleteDBInstance and DeleteDBCluster, KMSKeyNotAccessibleFault',
  },
  final_snapshot_quota_full: {
    statement: 'A delete whose final snapshot would pass the limit on manual snapshots is refused.',
    source: 'API DeleteDBInstance and DeleteDBCluster, SnapshotQuotaExceeded',
  },
  retained_backup_quota_full: {
    statement: 'A delete that would retain more automated backups than a region may hold is refused.',
    source: 'API DeleteDBInstance, DBInstanceAutomatedBackupQuotaExceeded; UG "Retaining automated backups"',
  },
  quota_not_observed: {
    statement: "A limit that nobody read may refuse the delete once as many exist as AWS's default allows.",
    source: 'UG "Quotas and constraints for Amazon RDS"; API DescribeAccountAttributes',
  },
  deletion_protection_refuses: {
    statement: 'Deletion protection makes AWS refuse the delete.',
    source: 'UG "Deleting a DB instance"; AUG "Deleting Aurora DB clusters"',
  },
  tool_disarms_protection: {
    statement:
      'The Terraform provider switches deletion protection off by itself when state says false and apply_immediately is true.',
    source: 'TF aws_db_instance and aws_rds_cluster, destroy',
  },
  cluster_still_has_members: {
    statement: 'A cluster with instances that are not being deleted cannot be deleted.',
    source: 'API DeleteDBCluster, InvalidDBClusterStateFault',
  },
  stopped_cluster_refuses: {
    statement: 'A stopped cluster must be started before it can be deleted.',
    source: 'AUG "Deleting Aurora DB clusters"',
  },
  global_member_refuses_deletion: {
    statement: 'A cluster that belongs to a global database cannot be deleted before it is removed from it.',
    source: 'API DeleteDBCluster, InvalidGlobalClusterStateFault; AUG "Deleting an Aurora global database"',
  },
  global_membership_holds_no_data: {
    statement:
      'Removing a member from a global database, or deleting the global cluster, touches no data and no backup.',
    source: 'API RemoveFromGlobalCluster and DeleteGlobalCluster',
  },
  member_deletion_keeps_volume: {
    statement:
      "Deleting a cluster's instance, even the last, keeps the cluster volume and every backup; cluster protection does not stop it.",
    source: 'AUG "Deleting Aurora DB clusters"',
  },

  // Deleting or weakening backups while the database stays.
  snapshot_deleted: {
    statement:
      'DeleteDBSnapshot and DeleteDBClusterSnapshot delete a manual snapshot for good; RDS has no recycle bin.',
    source: 'API DeleteDBSnapshot and DeleteDBClusterSnapshot',
  },
  automated_snapshot_refuses_deletion: {
    statement: 'An automated snapshot cannot be deleted by itself.',
    source: 'API DeleteDBSnapshot, InvalidDBSnapshotState',
  },
  vault_snapshot_refuses_rds_deletion: {
    statement: 'A snapshot that AWS Backup keeps is deleted through AWS Backup, not through RDS.',
    source: 'UG "Deleting a DB snapshot"',
  },
  retained_backup_deleted: {
    statement:
      'DeleteDBInstanceAutomatedBackup and DeleteDBClusterAutomatedBackup delete a retained or replicated backup at once.',
    source: 'API DeleteDBInstanceAutomatedBackup and DeleteDBClusterAutomatedBackup',
  },
  active_backup_refuses_deletion: {
    statement: 'The automated backup of a living database cannot be deleted by itself.',
    source: 'API DeleteDBInstanceAutomatedBackup, InvalidDBInstanceAutomatedBackupState',
  },
  snapshot_deletion_needs_available: {
    statement: 'Only an `available` snapshot can be deleted; one that is still being made may have become so by then.',
    source: 'API DeleteDBSnapshot and DeleteDBClusterSnapshot',
  },
  modification_may_be_refused: {
    statement: 'A database that is not `available` refuses some modifications; which ones is not documented.',
    source: 'API ModifyDBInstance, InvalidDBInstanceState; API ModifyDBCluster, InvalidDBClusterStateFault',
  },
  retention_zero_purges: {
    statement: 'Retention 0 on an instance deletes all its automated backups and automated snapshots.',
    source: 'UG "Deleting a DB snapshot"; API ModifyDBInstance, BackupRetentionPeriod',
  },
  retention_lowered: {
    statement: 'A lower retention takes points older than it out of reach; how soon is not documented.',
    source: 'API ModifyDBInstance, BackupRetentionPeriod',
  },
  cluster_retention_minimum: {
    statement: "A cluster's retention cannot go below 1 day.",
    source: 'API ModifyDBCluster, BackupRetentionPeriod',
  },
  aws_backup_owns_retention: {
    statement: 'While AWS Backup owns PITR, RDS refuses to change the retention.',
    source: 'BDG "Point-in-time recovery"',
  },
  replica_source_keeps_backups: {
    statement: 'An instance that read replicas have as their source refuses retention 0.',
    source: 'API ModifyDBInstance, BackupRetentionPeriod',
  },
  replica_without_source_backups: {
    statement:
      'Retention 0 ends what a replicated backup follows; whether it keeps what had arrived is not documented.',
    source: 'UG "Replicating automated backups to another AWS Region", which does not say',
  },
  unsharing_keeps_snapshot: {
    statement: 'Un-sharing takes a snapshot from others and leaves it to its owner, and their copies to them.',
    source:
      'API ModifyDBSnapshotAttribute and ModifyDBClusterSnapshotAttribute, ValuesToRemove; UG "Sharing a DB snapshot"',
  },
  unsharing_ends_shared_view: {
    statement:
      'A snapshot that another account no longer shares cannot be restored or copied by those it was shared with.',
    source: 'UG "Sharing a DB snapshot", stopping',
  },
  replication_stopped_keeps_copy: {
    statement: 'Stopping replication leaves what has arrived as a retained backup that lives out its own retention.',
    source: 'UG "Stopping automated backup replication"',
  },

  // AWS Backup.
  recovery_point_deleted: {
    statement: 'DeleteRecoveryPoint deletes an unlocked recovery point.',
    source: 'API backup DeleteRecoveryPoint',
  },
  locked_vault_refuses_deletion: {
    statement: 'A locked vault refuses to give up a recovery point before its lifecycle ends, to anyone.',
    source: 'BDG "AWS Backup Vault Lock"',
  },
  air_gapped_vault_refuses_deletion: {
    statement: 'A logically air-gapped vault has a compliance lock built in.',
    source: 'BDG "Logically air-gapped vault"',
  },
  vault_must_be_empty: {
    statement: 'A vault that holds recovery points cannot be deleted.',
    source: 'API backup DeleteBackupVault',
  },
  vault_force_destroy_deletes_points: {
    statement: 'force_destroy deletes every recovery point of the vault one by one, then the vault.',
    source: 'TF aws_backup_vault, force_destroy',
  },
  lock_removed: {
    statement: 'A governance lock, or a compliance lock still in its grace time, is removed by one call.',
    source: 'API backup DeleteBackupVaultLockConfiguration',
  },
  compliance_lock_stays: {
    statement: 'A compliance lock past its date cannot be removed by anyone.',
    source: 'BDG "AWS Backup Vault Lock"',
  },
  continuous_point_deleted: {
    statement: "Deleting a continuous point sets an instance's retention to 0 and a cluster's to 1 day.",
    source: 'BDG "Stopping continuous backups"',
  },
  lifecycle_changed: {
    statement:
      'A recovery point is deleted as many days after its creation as its lifecycle now says; null means never.',
    source: 'API backup UpdateRecoveryPointLifecycle; BDG "Deleting backups"',
  },
  lifecycle_not_for_continuous: {
    statement: 'The lifecycle of a continuous point cannot be changed: it is the retention of the database.',
    source: 'API backup UpdateRecoveryPointLifecycle',
  },
  locked_vault_refuses_shorter_life: {
    statement: "A locked vault refuses a lifecycle shorter than its lock's least retention.",
    source: 'BDG "AWS Backup Vault Lock"; API backup PutBackupVaultLockConfiguration, MinRetentionDays',
  },
  disassociation_keeps_pitr: {
    statement:
      'A continuous point that AWS Backup lets go stays with RDS as the automated backup it is, under its last retention.',
    source: 'API backup DisassociateRecoveryPoint',
  },
  only_continuous_is_disassociated: {
    statement: 'Only a continuous point can be disassociated; for a snapshot the call is refused.',
    source: 'API backup DisassociateRecoveryPoint',
  },
  plan_end_keeps_points: {
    statement: 'Deleting a plan or a selection stops backups to come; points that exist keep their lifecycle.',
    source: 'API backup DeleteBackupPlan and DeleteBackupSelection; BDG "Deleting backups"',
  },
  vault_policy_keeps_points: {
    statement:
      "A vault's access policy holds no recovery point: changed or gone, the points stay, and what it denied is allowed.",
    source: 'API backup PutBackupVaultAccessPolicy and DeleteBackupVaultAccessPolicy',
  },

  // Keys.
  key_unusable: {
    statement:
      'A key that is disabled or waits for deletion makes every recovery point under it unrestorable, at once.',
    source: 'API kms ScheduleKeyDeletion and DisableKey; UG "Encrypting Amazon RDS resources"',
  },
  key_material_ends: {
    statement:
      'Key material that was imported for a time ends at its moment; no recovery point under the key restores after that.',
    source: 'API kms ImportKeyMaterial, ValidTo, and KeyMetadata',
  },
  key_policy_changed: {
    statement:
      'A key whose policy or grants change may no longer let RDS in; every recovery point under it is in doubt.',
    source: 'API kms PutKeyPolicy and RevokeGrant; UG "Encrypting Amazon RDS resources"',
  },
  key_not_observed: {
    statement: 'A recovery point under a key whose state was not read may be unrestorable.',
    source: 'API kms DescribeKey',
  },
  aws_managed_key_stays: {
    statement: 'An AWS managed key cannot be disabled or deleted by the customer.',
    source: 'API kms ScheduleKeyDeletion, DisableKey',
  },

  // Engine versions.
  engine_version_not_offered: {
    statement:
      'A restore starts in the engine version of its recovery point; one that AWS no longer offers needs an upgrade first, which may not work.',
    source:
      'API RestoreDBInstanceFromDBSnapshot, which takes no EngineVersion; UG "Upgrading a DB snapshot engine version"',
  },
  engine_version_unknown: {
    statement: 'A recovery point that tells no engine version may be of one that AWS no longer offers.',
    source: 'API DescribeDBEngineVersions',
  },

  // Losses that no call brings about.
  region_out_of_reach: {
    statement: 'Everything in a region that is lost is out of reach: databases, recovery points, vaults and keys.',
    source: 'RDS, AWS Backup and KMS endpoints and ARNs are regional',
  },
  account_closed: {
    statement: 'A closed account is gone with all it holds after 90 days, locked vaults included.',
    source: 'API organizations CloseAccount; BDG "AWS Backup Vault Lock"',
  },
  key_destroyed: {
    statement: 'A deleted key cannot be brought back; every recovery point under it is lost with it.',
    source: 'API kms ScheduleKeyDeletion',
  },
  holds_the_bad_write: {
    statement: 'A recovery point whose data are not older than a bad write holds it.',
    source: 'API DBSnapshot, SnapshotDatabaseTime and OriginalSnapshotCreateTime',
  },
  window_has_moved_past: {
    statement: 'A restore window moves on while a fault goes unnoticed, and no longer reaches back before it.',
    source: 'API RestoreWindow, EarliestTime',
  },
  data_time_unknown: {
    statement: 'A recovery point whose data time AWS does not say may hold anything.',
    source: 'API DBClusterSnapshot, which has no original creation time',
  },

  // What was not understood.
  target_not_observed: {
    statement: 'An action on something the inventory does not hold may reach more than is known.',
    source: 'the inventory and its gaps',
  },
  earlier_step_in_doubt: {
    statement: 'A step on a database that an earlier step may or may not have changed goes through or is refused.',
    source: 'the steps before it',
  },
  principal_may_reach: {
    statement: 'What takes this away may be within what the principal may call; nothing read rules it out.',
    source: 'IAM User Guide, "Policy evaluation logic"; calls in survival/authority-ways.ts',
  },
  action_not_understood: {
    statement: 'A step that was not understood may delete anything within its reach.',
    source: 'the reader of the change',
  },
} as const satisfies Record<string, RuleEntry>;

export type RuleCode = keyof typeof RULES;

/** Every code, in the order of the catalogue. */
export const RULE_CODES = Object.keys(RULES) as readonly RuleCode[];

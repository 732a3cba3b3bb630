/**
 * The shapes of what AWS shows of scratch things: the few fields that say whose they are and how they stand.
 *
 * Of the listings' shapes only what a look at a scratch needs, so that an item of somebody else's that is odd elsewhere
 * hides nothing. Source: Amazon RDS API 2014-10-31; AWS Backup API 2018-11-15, `DescribeRestoreJob`, `StartRestoreJob`.
 */

import * as z from 'zod';
import { dbCluster, dbClusterSnapshot, dbInstance, dbSnapshot } from './schema.ts';

/** `DBInstance`. */
export const scratchInstance = dbInstance.pick({
  DBInstanceIdentifier: true,
  DBInstanceArn: true,
  DbiResourceId: true,
  DBClusterIdentifier: true,
  DBInstanceStatus: true,
  InstanceCreateTime: true,
  Endpoint: true,
  PubliclyAccessible: true,
  VpcSecurityGroups: true,
  MasterUsername: true,
  DBName: true,
  TagList: true,
});

/** `DBCluster`. */
export const scratchCluster = dbCluster.pick({
  DBClusterIdentifier: true,
  DBClusterArn: true,
  DbClusterResourceId: true,
  Status: true,
  ClusterCreateTime: true,
  Endpoint: true,
  Port: true,
  PubliclyAccessible: true,
  VpcSecurityGroups: true,
  MasterUsername: true,
  DatabaseName: true,
  TagList: true,
});

/** `DBSnapshot`. */
export const scratchSnapshot = dbSnapshot.pick({
  DBSnapshotIdentifier: true,
  DBSnapshotArn: true,
  Status: true,
  SnapshotCreateTime: true,
  TagList: true,
});

/** `DBClusterSnapshot`. */
export const scratchClusterSnapshot = dbClusterSnapshot.pick({
  DBClusterSnapshotIdentifier: true,
  DBClusterSnapshotArn: true,
  Status: true,
  SnapshotCreateTime: true,
  TagList: true,
});

/** `DescribeRestoreJob`. */
export const restoreJob = z.object({
  Status: z.enum(['PENDING', 'RUNNING', 'COMPLETED', 'ABORTED', 'FAILED']),
  StatusMessage: z.string().nullish(),
  CreatedResourceArn: z.string().nullish(),
  CompletionDate: z.date().nullish(),
});

/** A member of `ListRestoreJobs`. */
export const listedJob = z.object({
  RestoreJobId: z.string().min(1),
  RecoveryPointArn: z.string().nullish(),
  CreatedResourceArn: z.string().nullish(),
  Status: z.string(),
});

/** `StartRestoreJob`. */
export const startedJob = z.object({ RestoreJobId: z.string().min(1) });

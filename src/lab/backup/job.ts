/**
 * A restore job of AWS Backup, as the lab keeps it.
 *
 * Plain data of a place. Jobs started in the lab move on with the clock (`progress.ts`); an estate may bring finished
 * ones of restore testing, with the verdicts on them. Source of the names: AWS Backup API 2018-11-15, `DescribeRestoreJob`.
 */

import type { Instant } from '../../core/time.ts';

/** How AWS Backup judged, or cleaned up after, a restore test. */
export interface TestVerdict {
  readonly status: string;
  readonly message: string | null;
}

/** The states a restore job of AWS Backup passes through. */
export type RestoreJobStatus = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'ABORTED' | 'FAILED';

/** A restore job of AWS Backup: started here, or finished before the estate began. */
export interface RestoreJob {
  readonly id: string;
  readonly recoveryPointArn: string;
  readonly recoveryPointCreatedAt: Instant;
  readonly vaultArn: string;
  readonly sourceArn: string;
  readonly resourceType: 'RDS' | 'Aurora';
  readonly sizeBytes: number;
  readonly status: RestoreJobStatus;
  readonly message: string | null;
  readonly createdAt: Instant;
  /** When a pending job begins; null once it has begun or will not. */
  readonly runsAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly roleArn: string | null;
  readonly token: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly copiesTags: boolean;
  /** ARN and resource id of what it made; null before. */
  readonly created: { readonly arn: string; readonly resourceId: string } | null;
  /** The restore testing plan that started it. */
  readonly testingPlanArn: string | null;
  readonly validation: TestVerdict | null;
  readonly deletion: TestVerdict | null;
}

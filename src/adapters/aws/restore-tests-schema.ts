/**
 * The shape of a restore job as AWS Backup lists it, only the fields Muster uses.
 *
 * Of what AWS leaves out Muster makes null; without an id, a recovery point and an instant a job proves nothing, and
 * becomes a gap. Source: AWS Backup API 2018-11-15, RestoreJobsListMember, which shows all that DescribeRestoreJob does.
 */

import * as z from 'zod';
import { fromEpochMilliseconds } from '../../core/time.ts';

const instant = z.date().transform((date) => fromEpochMilliseconds(date.getTime()));
const text = z.string().min(1);
const optText = z.string().nullish();

/** `RestoreJobsListMember`. */
export const restoreJob = z.object({
  RestoreJobId: text,
  RecoveryPointArn: text,
  ResourceType: optText,
  SourceResourceArn: optText,
  Status: text,
  CreationDate: instant,
  CompletionDate: instant.nullish(),
  CreatedResourceArn: optText,
  CreatedBy: z.object({ RestoreTestingPlanArn: optText }).nullish(),
  ValidationStatus: optText,
  ValidationStatusMessage: optText,
});
/** restoreJob, parsed. */
export type RestoreJobItem = z.infer<typeof restoreJob>;

/**
 * Reads which recovery points AWS Backup restored in the last 90 days, for a restore testing plan or for anybody else.
 *
 * Evidence of a lower grade than a drill, and nothing more: a refused listing is a gap that stops nothing. One listing for
 * each resource type, so that restores of volumes cost nothing. Source: AWS Backup API 2018-11-15, ListRestoreJobs.
 */

import type { BackupClient } from '@aws-sdk/client-backup';
import { parseArn, type Scope } from '../../core/arn.ts';
import { addDays, type Instant, toEpochMilliseconds } from '../../core/time.ts';
import type { RestoreTest } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { type ListingRequest, type Observed, observe, together } from './listing.ts';
import { type RestoreJobItem, restoreJob } from './restore-tests-schema.ts';
import { emptyToNull } from './to-model.ts';

const RESOURCE_TYPES = ['RDS', 'Aurora'] as const;
/** Three times as long as a proof counts unless a policy says otherwise; an account that tests daily has many. */
const DAYS_BACK = 90;

type Sdk = typeof import('@aws-sdk/client-backup');

/** Reads the restores of one place; never throws for what AWS does. */
export async function readRestoreTests(clients: Clients, scope: Scope, at: Instant): Promise<Observed<RestoreTest>> {
  const backup = await clients.backup();
  const sdk = await import('@aws-sdk/client-backup');
  const since = new Date(toEpochMilliseconds(addDays(at, -DAYS_BACK)));
  const listed = await Promise.all(
    RESOURCE_TYPES.map((type) => observe(restoresOf(sdk, backup, { scope, type, since }))),
  );
  const { values, gaps } = together(listed);
  return { values: values.filter(isOfDatabase).map((job) => toRestoreTest(scope, job)), gaps };
}

function restoresOf(
  sdk: Sdk,
  backup: BackupClient,
  of: { readonly scope: Scope; readonly type: (typeof RESOURCE_TYPES)[number]; readonly since: Date },
): ListingRequest<RestoreJobItem> {
  const { scope, type, since } = of;
  return {
    scope,
    action: 'backup:ListRestoreJobs',
    what: `AWS Backup's restores of ${type} recovery points`,
    // At worst one that failed, which speaks against a survivor.
    hides: 'threats',
    schema: restoreJob,
    fetchPage: async (token) => {
      const answer = await backup.send(
        new sdk.ListRestoreJobsCommand({
          ByResourceType: type,
          ByCreatedAfter: since,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      return { items: answer.RestoreJobs, next: answer.NextToken };
    },
  };
}

/** An endpoint that ignores the filter would otherwise pass volumes off as databases. */
function isOfDatabase({ ResourceType }: RestoreJobItem): boolean {
  return RESOURCE_TYPES.some((type) => type === ResourceType);
}

function toRestoreTest(scope: Scope, job: RestoreJobItem): RestoreTest {
  const sourceArn = emptyToNull(job.SourceResourceArn ?? null);
  return {
    accountId: scope.accountId,
    region: scope.region,
    jobId: job.RestoreJobId,
    recoveryPointArn: job.RecoveryPointArn,
    sourceArn,
    ofCluster:
      job.ResourceType === 'Aurora' || isCluster(sourceArn) || isCluster(emptyToNull(job.CreatedResourceArn ?? null)),
    status: job.Status.toLowerCase(),
    createdAt: job.CreationDate,
    completedAt: job.CompletionDate ?? null,
    validation: emptyToNull(job.ValidationStatus ?? null)?.toLowerCase() ?? null,
    validationMessage: emptyToNull(job.ValidationStatusMessage ?? null),
    testingPlanArn: emptyToNull(job.CreatedBy?.RestoreTestingPlanArn ?? null),
    createdArn: emptyToNull(job.CreatedResourceArn ?? null),
  };
}

function isCluster(arn: string | null): boolean {
  return arn !== null && parseArn(arn)?.resourceType === 'cluster';
}

/**
 * Restore jobs: started, described, listed.
 *
 * Starting one only writes it down; `progress.ts` carries it out as the clock moves. The same idempotency token gives the
 * same job. Source: AWS Backup API 2018-11-15, `StartRestoreJob`, `DescribeRestoreJob`, `ListRestoreJobs`,
 * `ListRestoreJobsByProtectedResource`, `GetRecoveryPointRestoreMetadata`.
 */

import * as z from 'zod';
import { addSeconds, type Seconds } from '../../core/time.ts';
import { nextId } from '../edit.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import type { PaceName } from '../pace.ts';
import type { Place, RecoveryPoint, Vault } from '../world.ts';
import type { RestoreJob } from './job.ts';
import { metadataOf, requireMetadata } from './metadata.ts';
import {
  accept,
  type BackupAction,
  type BackupCall,
  known,
  matches,
  named,
  namedVault,
  pageOf,
  seconds,
  shows,
  vaultArn,
  within,
} from './requests.ts';
import { pointOf } from './vaults.ts';

/** How long a job waits before AWS Backup begins the restore. */
const PENDING_SECONDS: Readonly<Record<PaceName, Seconds>> = { realistic: 45, brisk: 0.3 };

const startInput = z.strictObject({
  RecoveryPointArn: z.string().optional(),
  Metadata: z.record(z.string(), z.string()).optional(),
  IamRoleArn: z.string().optional(),
  IdempotencyToken: z.string().optional(),
  ResourceType: z.string().optional(),
  CopySourceTagsToRestoredResource: z.boolean().optional(),
});
type StartInput = z.infer<typeof startInput>;

/** `StartRestoreJob`. */
export const startRestoreJob: BackupAction = (call, place) => {
  accept(call, []);
  const input = readStart(call.body);
  const token = input.IdempotencyToken ?? null;
  const earlier = place.restoreJobs.find((job) => token !== null && job.token === token);
  if (earlier !== undefined) return shows(place, { RestoreJobId: earlier.id });
  const { RecoveryPointArn: arn, Metadata: metadata } = input;
  if (arn === undefined || metadata === undefined)
    throw new AwsFault('MissingParameterValueException', 'RecoveryPointArn and Metadata are required.');
  const { vault, point } = foundPoint(place, arn);
  const type = input.ResourceType ?? point.resourceType;
  refuseUnless(
    type === point.resourceType,
    'InvalidParameterValueException',
    `The resource type ${type} is not that of the recovery point, ${point.resourceType}.`,
  );
  requireMetadata(point, metadata);
  const next = nextId(place, 32);
  const job: RestoreJob = {
    id: jobId(next.id),
    recoveryPointArn: point.arn,
    recoveryPointCreatedAt: point.createdAt,
    vaultArn: vaultArn(place, vault),
    sourceArn: point.resourceArn,
    resourceType: point.resourceType,
    sizeBytes: point.sizeBytes,
    status: 'PENDING',
    message: null,
    createdAt: call.at,
    runsAt: addSeconds(call.at, PENDING_SECONDS[call.pace]),
    completedAt: null,
    roleArn: input.IamRoleArn ?? null,
    token,
    metadata,
    copiesTags: input.CopySourceTagsToRestoredResource ?? false,
    created: null,
    testingPlanArn: null,
    validation: null,
    deletion: null,
  };
  return {
    place: { ...next.place, restoreJobs: [...next.place.restoreJobs, job] },
    body: { RestoreJobId: job.id },
  };
};

/** `DescribeRestoreJob`. */
export const describeRestoreJob: BackupAction = (call, place) => {
  accept(call, []);
  const id = named(call, 0);
  const job = place.restoreJobs.find((candidate) => candidate.id === id);
  if (job === undefined) throw new AwsFault('ResourceNotFoundException', `Restore job ${id} not found.`);
  return shows(place, jobJson(place, job));
};

/** `ListRestoreJobs`. */
export const listRestoreJobs: BackupAction = (call, place) => {
  accept(call, [
    'accountId',
    'completeAfter',
    'completeBefore',
    'createdAfter',
    'createdBefore',
    'maxResults',
    'nextToken',
    'resourceType',
    'restoreTestingPlanArn',
    'status',
  ]);
  const { accountId, completeAfter, completeBefore, createdAfter, createdBefore } = call.query;
  const chosen = place.restoreJobs.filter(
    (job) =>
      (accountId === '*' || matches(accountId, place.scope.accountId)) &&
      matches(call.query['status'], job.status) &&
      matches(call.query['resourceType'], job.resourceType) &&
      matches(call.query['restoreTestingPlanArn'], job.testingPlanArn) &&
      within(job.createdAt, createdAfter, createdBefore) &&
      within(job.completedAt, completeAfter, completeBefore),
  );
  return shows(place, listed(call, place, chosen));
};

/** `ListRestoreJobsByProtectedResource`: jobs of the backed-up resource, not of the restored one. */
export const listRestoreJobsByProtectedResource: BackupAction = (call, place) => {
  accept(call, [
    'maxResults',
    'nextToken',
    'recoveryPointCreationDateAfter',
    'recoveryPointCreationDateBefore',
    'status',
  ]);
  const { recoveryPointCreationDateAfter: after, recoveryPointCreationDateBefore: before } = call.query;
  const chosen = place.restoreJobs.filter(
    (job) =>
      job.sourceArn === named(call, 0) &&
      matches(call.query['status'], job.status) &&
      within(job.recoveryPointCreatedAt, after, before),
  );
  return shows(place, listed(call, place, chosen));
};

/** `GetRecoveryPointRestoreMetadata`. */
export const getRecoveryPointRestoreMetadata: BackupAction = (call, place) => {
  accept(call, ['backupVaultAccountId']);
  const vault = namedVault(place, named(call, 0));
  const point = pointOf(vault, named(call, 1));
  return shows(place, {
    BackupVaultArn: vaultArn(place, vault),
    RecoveryPointArn: point.arn,
    RestoreMetadata: metadataOf(place, point),
    ResourceType: point.resourceType,
  });
};

function readStart(body: string): StartInput {
  const read = startInput.safeParse(parsed(body));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? 'body');
  throw new AwsFault('InvalidParameterValueException', `StartRestoreJob: ${keys}: ${issue?.message ?? 'malformed'}.`);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function foundPoint(place: Place, arn: string): { readonly vault: Vault; readonly point: RecoveryPoint } {
  for (const vault of place.vaults) {
    const point = vault.recoveryPoints.find((candidate) => candidate.arn === arn);
    if (point !== undefined) return { vault, point };
  }
  throw new AwsFault('ResourceNotFoundException', `Recovery point ${arn} not found.`);
}

/** A job id as AWS writes one: a UUID in capitals. */
function jobId(text: string): string {
  const hex = Array.from(text, (letter) => (letter.charCodeAt(0) % 16).toString(16))
    .join('')
    .toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function listed(call: BackupCall, place: Place, jobs: readonly RestoreJob[]): object {
  return pageOf(call, jobs, (job) => `${job.createdAt} ${job.id}`, {
    list: 'RestoreJobs',
    content: (job) => jobJson(place, job),
  });
}

function jobJson(place: Place, job: RestoreJob): object {
  return known({
    AccountId: place.scope.accountId,
    RestoreJobId: job.id,
    RecoveryPointArn: job.recoveryPointArn,
    RecoveryPointCreationDate: seconds(job.recoveryPointCreatedAt),
    SourceResourceArn: job.sourceArn,
    BackupVaultArn: job.vaultArn,
    CreationDate: seconds(job.createdAt),
    CompletionDate: job.completedAt === null ? null : seconds(job.completedAt),
    Status: job.status,
    StatusMessage: job.message,
    PercentDone: job.status === 'COMPLETED' ? '100.00%' : '0.00%',
    BackupSizeInBytes: job.sizeBytes,
    IamRoleArn: job.roleArn,
    CreatedResourceArn: job.created?.arn,
    ResourceType: job.resourceType,
    CreatedBy: job.testingPlanArn === null ? null : { RestoreTestingPlanArn: job.testingPlanArn },
    ValidationStatus: job.validation?.status,
    ValidationStatusMessage: job.validation?.message,
    DeletionStatus: job.deletion?.status,
    DeletionStatusMessage: job.deletion?.message,
    IsParent: false,
  });
}

/**
 * Makes scratch databases and the copies they are restored from: restores, copies, members, restore jobs.
 *
 * Nothing here changes or removes what exists. A name that is taken is success only where AWS shows this drill's tags on
 * it; where AWS does not show it yet, the drill asks again.
 * Source: aws-backup-facts.md 4.1 (restore calls, a name must be free); AWS Backup API 2018-11-15, StartRestoreJob and
 * DescribeRestoreJob.
 */

import type { Made, RestoreJobView, ScratchMaker } from '../../app/ports.ts';
import { rdsArn } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import { fromEpochMilliseconds, type Instant, toEpochMilliseconds } from '../../core/time.ts';
import type { Restore, ScratchKind } from '../../drill/model.ts';
import type { Clients } from './clients.ts';
import { printIssues } from './schema.ts';
import { answerOf, changingCalls, malformed, type Outcome, readingCalls, wholeListing } from './scratch-calls.ts';
import * as inputs from './scratch-inputs.ts';
import { listedJob, restoreJob, startedJob } from './scratch-schema.ts';
import { restoreJobInput } from './scratch-vault.ts';
import { SCRATCH_MARKS, type ScratchEyes } from './scratch-view.ts';

type DrillPlan = inputs.DrillPlan;

/** Snapshots have no id of AWS's own. */
const WITHOUT_ID: Made = { resourceId: null };

/** A maker for the account and region that the clients are set up for. */
export function createScratchMaker(clients: Clients, eyes: ScratchEyes): ScratchMaker {
  const calls = changingCalls(clients);
  const { backup: look } = readingCalls(clients);
  /** What was made, or what this very drill made already. */
  const made = async (plan: DrillPlan, kind: ScratchKind, id: string, outcome: Outcome<Made>): Promise<Made> => {
    if (outcome.kind !== 'exists') return answerOf(outcome);
    const seen = await eyes.see(kind, id);
    const what = `${kind.replaceAll('_', ' ')} ${id}`;
    if (seen === null) throw new MusterError('MUSTER_AWS_UNAVAILABLE', `${what} exists already and is not shown yet`);
    const { tags, resourceId } = seen.view;
    const ours = [SCRATCH_MARKS.drill, SCRATCH_MARKS.scratch].every((key) => tags[key] === plan.shape.tags[key]);
    if (ours) return { resourceId };
    throw new MusterError('MUSTER_DRILL_FAILED', `${what} exists and does not bear this drill's tags`);
  };

  return {
    copySnapshot: async (plan) => {
      const id = inputs.copyId(plan);
      if (plan.point.ofCluster) {
        const input = inputs.clusterSnapshotCopy(plan);
        const outcome = await calls.rds('CopyDBClusterSnapshot', async (sdk, rds) => {
          await rds.send(new sdk.CopyDBClusterSnapshotCommand(input));
          return WITHOUT_ID;
        });
        return made(plan, 'cluster_snapshot', id, outcome);
      }
      const input = inputs.snapshotCopy(plan);
      const outcome = await calls.rds('CopyDBSnapshot', async (sdk, rds) => {
        await rds.send(new sdk.CopyDBSnapshotCommand(input));
        return WITHOUT_ID;
      });
      return made(plan, 'snapshot', id, outcome);
    },
    restoreCluster: async (plan) => {
      const id = inputs.clusterId(plan);
      const restore = rdsRestore(plan);
      if (restore.by === 'pitr') {
        const input = inputs.clusterToTime(plan, restore);
        const outcome = await calls.rds('RestoreDBClusterToPointInTime', async (sdk, rds) =>
          ofCluster(await rds.send(new sdk.RestoreDBClusterToPointInTimeCommand(input))),
        );
        return made(plan, 'cluster', id, outcome);
      }
      const input = inputs.clusterFromSnapshot(plan, restore);
      const outcome = await calls.rds('RestoreDBClusterFromSnapshot', async (sdk, rds) =>
        ofCluster(await rds.send(new sdk.RestoreDBClusterFromSnapshotCommand(input))),
      );
      return made(plan, 'cluster', id, outcome);
    },
    restoreInstance: async (plan) => {
      const id = inputs.instanceId(plan);
      const restore = rdsRestore(plan);
      if (restore.by === 'pitr') {
        const input = inputs.instanceToTime(plan, restore);
        const outcome = await calls.rds('RestoreDBInstanceToPointInTime', async (sdk, rds) =>
          ofInstance(await rds.send(new sdk.RestoreDBInstanceToPointInTimeCommand(input))),
        );
        return made(plan, 'instance', id, outcome);
      }
      const input = inputs.instanceFromSnapshot(plan, restore);
      const outcome = await calls.rds('RestoreDBInstanceFromDBSnapshot', async (sdk, rds) =>
        ofInstance(await rds.send(new sdk.RestoreDBInstanceFromDBSnapshotCommand(input))),
      );
      return made(plan, 'instance', id, outcome);
    },
    addInstance: async (plan) => {
      const input = inputs.memberOfCluster(plan);
      const outcome = await calls.rds('CreateDBInstance', async (sdk, rds) =>
        ofInstance(await rds.send(new sdk.CreateDBInstanceCommand(input))),
      );
      return made(plan, 'instance', inputs.instanceId(plan), outcome);
    },
    startRestoreJob: async (plan) => {
      const { restore, drillId } = plan;
      invariant(restore.by === 'vault', 'only what AWS Backup keeps is restored by a job', { drillId });
      const input = restoreJobInput(plan, restore);
      const send = calls.backup('StartRestoreJob', (sdk, backup) => backup.send(new sdk.StartRestoreJobCommand(input)));
      const parsed = startedJob.safeParse(answerOf(await send));
      if (!parsed.success) throw malformed('backup:StartRestoreJob', printIssues(parsed.error));
      return parsed.data.RestoreJobId;
    },
    restoreJob: async (jobId) => {
      const outcome = await look('DescribeRestoreJob', (sdk, backup) =>
        backup.send(new sdk.DescribeRestoreJobCommand({ RestoreJobId: jobId })),
      );
      return outcome.kind === 'not_found' ? null : toRestoreJobView(answerOf(outcome));
    },
    findRestoreJob: async (plan, since) => {
      const { restore, drillId, ids, scope } = plan;
      invariant(restore.by === 'vault', 'only what AWS Backup keeps is restored by a job', { drillId });
      const arn = rdsArn(scope, ids.cluster === null ? 'db' : 'cluster', ids.cluster ?? ids.instance);
      const page = (token: string | undefined) => {
        const input = { ByCreatedAfter: dateBefore(since), ...(token === undefined ? {} : { NextToken: token }) };
        return look('ListRestoreJobs', async (sdk, backup) => {
          const answer = await backup.send(new sdk.ListRestoreJobsCommand(input));
          return { items: answer.RestoreJobs, next: answer.NextToken };
        });
      };
      const jobs = (await wholeListing('backup:ListRestoreJobs', page)).map((item) => {
        const parsed = listedJob.safeParse(item);
        if (!parsed.success) throw malformed('backup:ListRestoreJobs', printIssues(parsed.error));
        return parsed.data;
      });
      const own = jobs.find(({ CreatedResourceArn }) => CreatedResourceArn === arn);
      if (own !== undefined) return { jobId: own.RestoreJobId };
      const nameless = jobs.some(
        ({ RecoveryPointArn, CreatedResourceArn, Status }) =>
          !CreatedResourceArn &&
          RecoveryPointArn === restore.recoveryPointArn &&
          (Status === 'PENDING' || Status === 'RUNNING'),
      );
      return nameless ? 'pending' : null;
    },
    describe: async (kind, id) => (await eyes.see(kind, id))?.view ?? null,
    marked: () => eyes.marked(),
  };
}

/** Clocks differ a little: a job that was begun for us must not be missed. */
function dateBefore(since: Instant): Date {
  return new Date(toEpochMilliseconds(since) - 3_600_000);
}

type RdsRestore = Exclude<Restore, { by: 'vault' }>;

function rdsRestore({ restore, drillId }: DrillPlan): RdsRestore {
  invariant(restore.by !== 'vault', 'what AWS Backup keeps is restored by a job', { drillId });
  return restore;
}

function ofCluster(answer: {
  readonly DBCluster?: { readonly DbClusterResourceId?: string | undefined } | undefined;
}): Made {
  return { resourceId: answer.DBCluster?.DbClusterResourceId ?? null };
}

function ofInstance(answer: {
  readonly DBInstance?: { readonly DbiResourceId?: string | undefined } | undefined;
}): Made {
  return { resourceId: answer.DBInstance?.DbiResourceId ?? null };
}

const JOB_STATUSES = {
  PENDING: 'pending',
  RUNNING: 'running',
  COMPLETED: 'completed',
  ABORTED: 'aborted',
  FAILED: 'failed',
} as const;

function toRestoreJobView(answer: unknown): RestoreJobView {
  const parsed = restoreJob.safeParse(answer);
  if (!parsed.success) throw malformed('backup:DescribeRestoreJob', printIssues(parsed.error));
  const { Status, StatusMessage, CreatedResourceArn, CompletionDate } = parsed.data;
  return {
    status: JOB_STATUSES[Status],
    message: StatusMessage || null,
    createdArn: CreatedResourceArn || null,
    completedAt: CompletionDate == null ? null : fromEpochMilliseconds(CompletionDate.getTime()),
  };
}

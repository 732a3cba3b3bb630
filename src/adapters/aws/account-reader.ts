/**
 * Reads what a region of an account holds beside databases and recovery points: global databases, exports to S3, quotas.
 *
 * None of these can take a survivor away: a cluster that follows another is no recovery point, an export restores
 * nothing, and a quota that was not read is taken as AWS's default, which AWS only raises. So each gap may hide
 * survivors at most. Neptune's and DocumentDB's global databases share the call and are left out.
 * Source: Amazon RDS API 2014-10-31, DescribeGlobalClusters, DescribeExportTasks, DescribeAccountAttributes (of its
 * quotas `ManualSnapshots` and `ManualClusterSnapshots`; it has none for retained backups).
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import { parseArn, partitionOf, type Scope } from '../../core/arn.ts';
import type { Gap, GlobalCluster, Quota, QuotaName } from '../../inventory/model.ts';
import type { SnapshotExport } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';
import { type ListingRequest, type Observed, observe, together } from './listing.ts';
import {
  type AccountQuota,
  accountQuota,
  type ExportTaskItem,
  engineOnly,
  exportTask,
  type GlobalClusterItem,
  globalCluster,
} from './schema.ts';
import { isForeignEngine } from './to-model.ts';

/** What RDS shows of an account and region besides. */
export interface AccountObservations {
  readonly globalClusters: readonly GlobalCluster[];
  readonly exports: readonly SnapshotExport[];
  readonly quotas: readonly Quota[];
  readonly gaps: readonly Gap[];
}

type Sdk = typeof import('@aws-sdk/client-rds');

/**
 * Reads them all; refused listings become gaps.
 *
 * @param sourceArns Whose exports are wanted; null for all there are.
 */
export async function readAccount(
  clients: Clients,
  scope: Scope,
  sourceArns: readonly string[] | null = null,
): Promise<AccountObservations> {
  const rds = await clients.rds();
  const sdk = await import('@aws-sdk/client-rds');
  const [globalClusters, exports, quotas] = await Promise.all([
    observe(globalClustersOf(sdk, rds, scope)),
    readExports(sdk, rds, scope, sourceArns),
    observe(quotasOf(sdk, rds, scope)),
  ]);
  return {
    globalClusters: globalClusters.values.map((cluster) => toGlobalCluster(scope, cluster)),
    exports: exports.values.filter(({ Status }) => Status === 'COMPLETE').map((task) => toExport(scope, task)),
    quotas: quotas.values.flatMap((quota) => toQuota(scope, quota)),
    gaps: [globalClusters, exports, quotas].flatMap(({ gaps }) => gaps),
  };
}

function globalClustersOf(sdk: Sdk, rds: RDSClient, scope: Scope): ListingRequest<GlobalClusterItem> {
  return {
    scope,
    action: 'rds:DescribeGlobalClusters',
    what: 'Aurora global databases',
    hides: 'survivors',
    schema: globalCluster,
    ignore: (item) => {
      const read = engineOnly.safeParse(item);
      return read.success && isForeignEngine(read.data.Engine);
    },
    // Regions without global databases answer the call so, as if it did not exist.
    absentOn: 'InvalidParameterValue',
    fetchPage: async (marker) => {
      const answer = await rds.send(new sdk.DescribeGlobalClustersCommand(page(marker)));
      return { items: answer.GlobalClusters, next: answer.Marker };
    },
  };
}

/** One listing for so many sources; of more than a few of these the whole listing is shorter. */
const SOURCES_A_CALL = 50;
const SOURCE_CALLS_MAX = 4;

async function readExports(
  sdk: Sdk,
  rds: RDSClient,
  scope: Scope,
  sourceArns: readonly string[] | null,
): Promise<Observed<ExportTaskItem>> {
  const calls = Math.ceil((sourceArns?.length ?? 0) / SOURCES_A_CALL);
  if (sourceArns === null || calls > SOURCE_CALLS_MAX) return observe(exportsOf(sdk, rds, scope, null));
  const each = Array.from({ length: calls }, (_, call) =>
    sourceArns.slice(call * SOURCES_A_CALL, (call + 1) * SOURCES_A_CALL),
  );
  return together(await Promise.all(each.map((sources) => observe(exportsOf(sdk, rds, scope, sources)))));
}

function exportsOf(
  sdk: Sdk,
  rds: RDSClient,
  scope: Scope,
  sourceArns: readonly string[] | null,
): ListingRequest<ExportTaskItem> {
  return {
    scope,
    action: 'rds:DescribeExportTasks',
    what: 'exports to S3',
    hides: 'survivors',
    schema: exportTask,
    fetchPage: async (marker) => {
      // The filter wants the status in lower case; the answer has it in upper case.
      const complete = { Name: 'status', Values: ['complete'] };
      const Filters = sourceArns === null ? [complete] : [complete, { Name: 'source-arn', Values: [...sourceArns] }];
      const answer = await rds.send(new sdk.DescribeExportTasksCommand({ ...page(marker), Filters }));
      return { items: answer.ExportTasks, next: answer.Marker };
    },
  };
}

function quotasOf(sdk: Sdk, rds: RDSClient, scope: Scope): ListingRequest<AccountQuota> {
  return {
    scope,
    action: 'rds:DescribeAccountAttributes',
    what: 'RDS quotas',
    hides: 'survivors',
    schema: accountQuota,
    fetchPage: async () => {
      const answer = await rds.send(new sdk.DescribeAccountAttributesCommand({}));
      return { items: answer.AccountQuotas, next: undefined };
    },
  };
}

function page(marker: string | undefined): { MaxRecords: number; Marker?: string } {
  return marker === undefined ? { MaxRecords: 100 } : { MaxRecords: 100, Marker: marker };
}

/** The scope is the writer's region: every region with a member shows the same global cluster. */
function toGlobalCluster(scope: Scope, item: GlobalClusterItem): GlobalCluster {
  const stated = item.GlobalClusterMembers.map((member) => ({
    clusterArn: member.DBClusterArn,
    writer: member.IsWriter,
  }));
  const named = new Set(stated.map(({ clusterArn }) => clusterArn));
  const readers = item.GlobalClusterMembers.flatMap((member) => member.Readers).filter((arn) => !named.has(arn));
  const writer = stated.find((member) => member.writer);
  return {
    accountId: scope.accountId,
    region: (writer === undefined ? null : parseArn(writer.clusterArn)?.region) ?? scope.region,
    arn: item.GlobalClusterArn,
    resourceId: item.GlobalClusterResourceId,
    identifier: item.GlobalClusterIdentifier,
    deletionProtection: item.DeletionProtection,
    members: [...stated, ...[...new Set(readers)].map((clusterArn) => ({ clusterArn, writer: false }))],
  };
}

/** An export has no ARN of its own: the place of its files stands for it. */
function toExport(scope: Scope, task: ExportTaskItem): SnapshotExport {
  const path = [task.S3Bucket, task.S3Prefix, task.ExportTaskIdentifier].filter((part) => part !== null && part !== '');
  return {
    ...scope,
    id: task.ExportTaskIdentifier,
    arn: `arn:${partitionOf(scope.region)}:s3:::${path.join('/')}`,
    sourceArn: task.SourceArn,
    sourceAt: task.SnapshotTime,
    endedAt: task.TaskEndTime,
    keyArn: task.KmsKeyId,
  };
}

const QUOTAS: Readonly<Record<string, QuotaName>> = {
  ManualSnapshots: 'manual_snapshots',
  ManualClusterSnapshots: 'manual_cluster_snapshots',
  DBInstances: 'db_instances',
  DBClusters: 'db_clusters',
  AllocatedStorage: 'allocated_storage_gib',
};

function toQuota(scope: Scope, { AccountQuotaName, Used, Max }: AccountQuota): Quota[] {
  const name = QUOTAS[AccountQuotaName];
  return name === undefined ? [] : [{ ...scope, name, used: Used, max: Max }];
}

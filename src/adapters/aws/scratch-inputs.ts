/**
 * From a drill's plan to what AWS is asked for: every parameter whose default would copy production's is said.
 *
 * Pure. Left to AWS a restore takes the source's tags, retention, option group and public access, and enrols an old engine
 * in paid Extended Support. Restores to a point in time and of instances have no `EngineVersion`: the source's own is taken.
 * Source: aws-backup-facts.md 4.1 (restore calls), 4.2 (what a drill must set); Amazon RDS API 2014-10-31; Aurora User Guide,
 * "Requirements and limitations for Aurora Serverless v2".
 */

import type {
  CopyDBClusterSnapshotCommandInput,
  CopyDBSnapshotCommandInput,
  CreateDBInstanceCommandInput,
  RestoreDBClusterFromSnapshotCommandInput,
  RestoreDBClusterToPointInTimeCommandInput,
  RestoreDBInstanceFromDBSnapshotCommandInput,
  RestoreDBInstanceToPointInTimeCommandInput,
} from '@aws-sdk/client-rds';
import type { ScratchMaker } from '../../app/ports.ts';
import { invariant } from '../../core/invariant.ts';
import { type Instant, toEpochMilliseconds } from '../../core/time.ts';
import type { Restore, ScratchShape } from '../../drill/model.ts';
import { SCRATCH_MARKS } from './scratch-view.ts';

/** What a drill will do. */
export type DrillPlan = Parameters<ScratchMaker['restoreCluster']>[0];
type BySnapshot = Extract<Restore, { by: 'snapshot' }>;
type ByPitr = Extract<Restore, { by: 'pitr' }>;

/** Stops RDS from enrolling a restored old version in paid Extended Support. */
const NO_EXTENDED_SUPPORT = 'open-source-rds-extended-support-disabled';
const EXTENDED_SUPPORT_ENGINES = ['mysql', 'postgres', 'aurora-mysql', 'aurora-postgresql'];
/** A cluster's least; an instance takes 0. */
const CLUSTER_RETENTION_DAYS_MIN = 1;

/** The class of Aurora's members that grow and shrink by themselves. */
const SERVERLESS_CLASS = 'db.serverless';
/**
 * Capacity units, of 2 GiB each, that a serverless scratch moves between: AWS refuses such a member in a cluster that says
 * none, and a restore takes over none. Half a unit is the least that every version offers.
 */
const SERVERLESS_CAPACITY = { MinCapacity: 0.5, MaxCapacity: 16 } as const;

/** The id of the cluster that this plan makes. */
export function clusterId({ drillId, ids }: DrillPlan): string {
  invariant(ids.cluster !== null, 'a plan that restores a cluster names it', { drillId });
  return scratchId(ids.cluster);
}

/** The id of the instance that this plan makes. */
export function instanceId({ ids }: DrillPlan): string {
  return scratchId(ids.instance);
}

/** The id of the copy that this plan brings. */
export function copyId({ drillId, ids }: DrillPlan): string {
  invariant(ids.copy !== null, 'a plan that brings a copy names it', { drillId });
  return scratchId(ids.copy);
}

/** `CopyDBSnapshot`; the SDK signs the source region's own request where the ARN is of another one. */
export function snapshotCopy(plan: DrillPlan): CopyDBSnapshotCommandInput {
  const { fromArn, ...rest } = copyParts(plan);
  return { SourceDBSnapshotIdentifier: fromArn, TargetDBSnapshotIdentifier: copyId(plan), ...rest };
}

/** `CopyDBClusterSnapshot`. */
export function clusterSnapshotCopy(plan: DrillPlan): CopyDBClusterSnapshotCommandInput {
  const { fromArn, ...rest } = copyParts(plan);
  return { SourceDBClusterSnapshotIdentifier: fromArn, TargetDBClusterSnapshotIdentifier: copyId(plan), ...rest };
}

/** `RestoreDBClusterFromSnapshot`. */
export function clusterFromSnapshot(plan: DrillPlan, restore: BySnapshot): RestoreDBClusterFromSnapshotCommandInput {
  const { engine, engineVersion } = plan.point;
  return {
    ...clusterParts(plan),
    SnapshotIdentifier: restore.snapshot ?? copyId(plan),
    Engine: engine,
    // Without it the restore takes the region's default version, not the snapshot's.
    ...(engineVersion === null ? {} : { EngineVersion: engineVersion }),
  };
}

/** `RestoreDBClusterToPointInTime`. */
export function clusterToTime(plan: DrillPlan, { source, to }: ByPitr): RestoreDBClusterToPointInTimeCommandInput {
  invariant(source.named !== 'backup_arn', 'a cluster is restored by its identifier or its resource id', source);
  const from =
    source.named === 'identifier'
      ? { SourceDBClusterIdentifier: source.value }
      : { SourceDbClusterResourceId: source.value };
  return { ...clusterParts(plan), ...from, RestoreType: 'full-copy', RestoreToTime: dateOf(to) };
}

/** `RestoreDBInstanceFromDBSnapshot`. */
export function instanceFromSnapshot(
  plan: DrillPlan,
  restore: BySnapshot,
): RestoreDBInstanceFromDBSnapshotCommandInput {
  return {
    DBInstanceIdentifier: instanceId(plan),
    DBSnapshotIdentifier: restore.snapshot ?? copyId(plan),
    ...instanceParts(plan),
  };
}

/** `RestoreDBInstanceToPointInTime`. */
export function instanceToTime(plan: DrillPlan, { source, to }: ByPitr): RestoreDBInstanceToPointInTimeCommandInput {
  return {
    TargetDBInstanceIdentifier: instanceId(plan),
    ...instanceSource(source),
    RestoreTime: dateOf(to),
    ...instanceParts(plan),
  };
}

/** `CreateDBInstance` in the cluster: storage, network, protection and version are the cluster's; RDS refuses some here. */
export function memberOfCluster(plan: DrillPlan): CreateDBInstanceCommandInput {
  const { instanceClass, subnetGroup, parameterGroup } = plan.shape;
  return {
    DBInstanceIdentifier: instanceId(plan),
    DBClusterIdentifier: clusterId(plan),
    DBInstanceClass: instanceClass,
    Engine: plan.point.engine,
    ...(subnetGroup === null ? {} : { DBSubnetGroupName: subnetGroup }),
    ...(parameterGroup === null ? {} : { DBParameterGroupName: parameterGroup }),
    PubliclyAccessible: false,
    AutoMinorVersionUpgrade: false,
    Tags: tagList(plan),
  };
}

/** Whether a cluster's instances are added to it; a Multi-AZ DB cluster brings its own. */
export function isAurora(engine: string): boolean {
  return engine.startsWith('aurora');
}

function copyParts(plan: DrillPlan) {
  const { drillId, restore } = plan;
  const bring = restore.by === 'snapshot' ? restore.bring : null;
  invariant(bring !== null, 'a plan that brings a copy says from where', { drillId });
  return {
    fromArn: bring.fromArn,
    ...(bring.keyArn === null ? {} : { KmsKeyId: bring.keyArn }),
    CopyTags: false,
    Tags: tagList(plan),
  };
}

function clusterParts(plan: DrillPlan) {
  const { shape, point } = plan;
  return {
    DBClusterIdentifier: clusterId(plan),
    ...network(shape),
    ...(shape.clusterParameterGroup === null ? {} : { DBClusterParameterGroupName: shape.clusterParameterGroup }),
    ...(shape.optionGroup === null ? {} : { OptionGroupName: shape.optionGroup }),
    ...lifecycle(point.engine),
    // Aurora is public or not by its instances; a Multi-AZ DB cluster by itself, and it brings its own.
    ...(isAurora(point.engine) ? {} : { DBClusterInstanceClass: shape.instanceClass, PubliclyAccessible: false }),
    ...(shape.instanceClass === SERVERLESS_CLASS ? { ServerlessV2ScalingConfiguration: SERVERLESS_CAPACITY } : {}),
    BackupRetentionPeriod: CLUSTER_RETENTION_DAYS_MIN,
    DeletionProtection: false,
    CopyTagsToSnapshot: false,
    Tags: tagList(plan),
  };
}

function instanceParts(plan: DrillPlan) {
  const { shape, point } = plan;
  return {
    DBInstanceClass: shape.instanceClass,
    ...network(shape),
    ...(shape.parameterGroup === null ? {} : { DBParameterGroupName: shape.parameterGroup }),
    ...(shape.optionGroup === null ? {} : { OptionGroupName: shape.optionGroup }),
    ...lifecycle(point.engine),
    BackupRetentionPeriod: 0,
    DeletionProtection: false,
    PubliclyAccessible: false,
    MultiAZ: false,
    AutoMinorVersionUpgrade: false,
    CopyTagsToSnapshot: false,
    Tags: tagList(plan),
  };
}

function instanceSource({ named, value }: ByPitr['source']) {
  switch (named) {
    case 'identifier':
      return { SourceDBInstanceIdentifier: value };
    case 'resource_id':
      return { SourceDbiResourceId: value };
    case 'backup_arn':
      return { SourceDBInstanceAutomatedBackupsArn: value };
  }
}

function network({ subnetGroup, securityGroupIds }: ScratchShape) {
  return {
    ...(subnetGroup === null ? {} : { DBSubnetGroupName: subnetGroup }),
    ...(securityGroupIds.length === 0 ? {} : { VpcSecurityGroupIds: [...securityGroupIds] }),
  };
}

function lifecycle(engine: string) {
  return EXTENDED_SUPPORT_ENGINES.includes(engine) ? { EngineLifecycleSupport: NO_EXTENDED_SUPPORT } : {};
}

/** What is about to be made bears the tags of its drill; anything else is a fault in Muster. */
function tagList({ drillId, shape: { tags } }: DrillPlan): { Key: string; Value: string }[] {
  const marked = tags[SCRATCH_MARKS.drill] === drillId && tags[SCRATCH_MARKS.scratch] === 'true';
  invariant(marked, 'a scratch bears the tags of its drill', { drillId, tags: Object.keys(tags) });
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function scratchId(id: string): string {
  invariant(id.startsWith(SCRATCH_MARKS.prefix), `a scratch id begins with ${SCRATCH_MARKS.prefix}`, { id });
  return id;
}

function dateOf(at: Instant): Date {
  return new Date(toEpochMilliseconds(at));
}

/**
 * From a drill's plan to the restore job that AWS Backup is asked for.
 *
 * Pure. Only documented keys are given, and none is taken over from the recovery point's metadata: required are the new
 * identifier and the engine, the rest RDS takes from the backup. None exists for retention, Extended Support or tags, for
 * Aurora none for deletion protection. Source: AWS Backup Developer Guide, "Restore an RDS database", "Restoring an Amazon
 * Aurora cluster", "Restore testing inferred metadata" (lists as JSON); AWS Backup API 2018-11-15, StartRestoreJob.
 */

import type { StartRestoreJobCommandInput } from '@aws-sdk/client-backup';
import type { Instant } from '../../core/time.ts';
import type { Restore } from '../../drill/model.ts';
import { clusterId, type DrillPlan, instanceId, isAurora } from './scratch-inputs.ts';

/** `StartRestoreJob`; the drill's id makes a second call the same job. */
export function restoreJobInput(
  plan: DrillPlan,
  restore: Extract<Restore, { by: 'vault' }>,
): StartRestoreJobCommandInput {
  const aurora = isAurora(plan.point.engine);
  return {
    RecoveryPointArn: restore.recoveryPointArn,
    IamRoleArn: restore.roleArn,
    IdempotencyToken: plan.drillId,
    ResourceType: aurora ? 'Aurora' : 'RDS',
    CopySourceTagsToRestoredResource: false,
    Metadata: {
      ...(plan.point.ofCluster ? clusterMetadata(plan, restore.to) : instanceMetadata(plan, restore.to)),
      ...given('DBSubnetGroupName', plan.shape.subnetGroup),
      ...given('OptionGroupName', plan.shape.optionGroup),
      ...(plan.shape.securityGroupIds.length === 0
        ? {}
        : { VpcSecurityGroupIds: JSON.stringify(plan.shape.securityGroupIds) }),
      CopyTagsToSnapshot: 'false',
    },
  };
}

function clusterMetadata(plan: DrillPlan, to: Instant | null): Record<string, string> {
  const { point, shape } = plan;
  return {
    DBClusterIdentifier: clusterId(plan),
    Engine: point.engine,
    ...(to === null ? given('EngineVersion', point.engineVersion) : { RestoreToTime: to }),
    ...given('DBClusterParameterGroupName', shape.clusterParameterGroup),
    // A Multi-AZ DB cluster is public or not by itself, and brings its own instances.
    ...(isAurora(point.engine) ? {} : { DBClusterInstanceClass: shape.instanceClass, PubliclyAccessible: 'false' }),
  };
}

function instanceMetadata(plan: DrillPlan, to: Instant | null): Record<string, string> {
  const { point, shape } = plan;
  return {
    DBInstanceIdentifier: instanceId(plan),
    Engine: point.engine,
    ...given('RestoreTime', to),
    DBInstanceClass: shape.instanceClass,
    ...given('DBParameterGroupName', shape.parameterGroup),
    PubliclyAccessible: 'false',
    MultiAZ: 'false',
    AutoMinorVersionUpgrade: 'false',
    DeletionProtection: 'false',
  };
}

function given(key: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [key]: value };
}

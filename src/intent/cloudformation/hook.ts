/**
 * One call of a CloudFormation Lambda hook: a resource that is about to be made, changed or deleted.
 *
 * Says less than a change set: no policies, no physical id, and the point of deletion fires for whole stacks only. So a
 * deletion takes no snapshot here, and a change of a property that may replace a database or a key is unknown. Flags arrive as
 * text.
 * Source: CloudFormation Hooks User Guide, "Create Lambda functions to evaluate resources for Lambda Hooks";
 * `gate-protocols.md` 8.2.
 */

import { canonicalJson } from '../../core/canonical.ts';
import { oneLine } from '../command/printing.ts';
import { below, misfit, objectHere, objectUnder, type Place, textUnder } from '../document-text.ts';
import { changeOf, creationOf } from '../managed-resource.ts';
import { type Finding, notUnderstood, worstOf } from '../terraform/finding.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';
import { stackScope } from './change-set.ts';
import type { ReadDocument } from './read-document.ts';
import { deletionByFate } from './resource-change.ts';
import { isElsewhere, isMember, managedOf, runsAnything, type StackResource } from './resource-type.ts';

/** The points at which CloudFormation calls a hook. */
export const INVOCATION_POINTS = ['CREATE_PRE_PROVISION', 'UPDATE_PRE_PROVISION', 'DELETE_PRE_PROVISION'] as const;
export type InvocationPoint = (typeof INVOCATION_POINTS)[number];

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Source: AWS::RDS::DBInstance and DBCluster, "Update requires". */
const DATABASE_IN_PLACE = words(
  'AllocatedStorage AllowMajorVersionUpgrade ApplyImmediately AutoMinorVersionUpgrade BackupRetentionPeriod CACertificateIdentifier ' +
    'CopyTagsToSnapshot DBInstanceClass DBParameterGroupName DBClusterParameterGroupName DatabaseInsightsMode ' +
    'DeleteAutomatedBackups DeletionProtection EnableCloudwatchLogsExports EnableIAMDatabaseAuthentication ' +
    'EnablePerformanceInsights Iops ManageMasterUserPassword MasterUserPassword MasterUserSecret MaxAllocatedStorage ' +
    'MonitoringInterval MonitoringRoleArn MultiAZ OptionGroupName PerformanceInsightsRetentionPeriod PreferredBackupWindow ' +
    'PreferredMaintenanceWindow PromotionTier PubliclyAccessible ServerlessV2ScalingConfiguration StorageThroughput Tags ' +
    'UseDefaultProcessorFeatures VPCSecurityGroups VpcSecurityGroupIds',
);

/** Of types whose replacement deletes what a restore needs: the properties that surely change in place. */
const IN_PLACE: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['AWS::RDS::DBInstance', DATABASE_IN_PLACE],
  ['AWS::RDS::DBCluster', DATABASE_IN_PLACE],
  ['AWS::RDS::GlobalCluster', words('DeletionProtection EngineVersion Tags')],
  ['AWS::Backup::BackupVault', words('AccessPolicy BackupVaultTags LockConfiguration Notifications')],
  [
    'AWS::KMS::Key',
    words('Description EnableKeyRotation Enabled KeyPolicy PendingWindowInDays RotationPeriodInDays Tags'),
  ],
  ['AWS::KMS::ReplicaKey', words('Description Enabled KeyPolicy PendingWindowInDays Tags')],
]);

/** True for a document that looks like the call of a hook. */
export function isHookCall(value: unknown): boolean {
  return isJsonObject(value) && memberOf(value, 'actionInvocationPoint') !== undefined;
}

/**
 * Reads the call of a hook.
 *
 * @throws MusterError of the place.
 */
export function readHookCall(value: unknown, place: Place): ReadDocument {
  const call = objectHere(value, place);
  const point = INVOCATION_POINTS.find((known) => known === memberOf(call, 'actionInvocationPoint'));
  if (point === undefined) {
    throw misfit(below(place, 'actionInvocationPoint'), `expected one of ${INVOCATION_POINTS.join(', ')}`);
  }
  const within = below(place, 'requestData');
  const data = objectUnder(call, 'requestData', place);
  const type = textUnder(data, 'targetName', within);
  const kind = textUnder(data, 'targetType', within);
  if (type === null) throw misfit(below(within, 'targetName'), 'missing; expected such as AWS::RDS::DBInstance');
  const address = oneLine(textUnder(data, 'targetLogicalId', within) ?? type);
  const model = objectUnder(data, 'targetModel', within);
  const side = (name: string): StackResource => ({
    address,
    type,
    physicalId: null,
    properties: objectUnder(model, name, below(within, 'targetModel')),
    scope: stackScope(textUnder(call, 'stackId', place)),
    place: below(below(within, 'targetModel'), name),
  });
  const isResource = kind === null || kind === 'RESOURCE' || kind === 'CLOUD_CONTROL';
  const finding = isResource
    ? findingOf(point, side('previousResourceProperties'), side('resourceProperties'))
    : notUnderstood(address, 'what a stack or a change set consists of is not in the call; read the change set itself');
  return {
    changes: [
      {
        change: { address, actions: [point.slice(0, point.indexOf('_'))], ...finding },
        deletes: point === 'DELETE_PRE_PROVISION',
        type: managedOf(side('resourceProperties')).type,
      },
    ],
    signals: [],
  };
}

function findingOf(point: InvocationPoint, before: StackResource, after: StackResource): Finding {
  if (runsAnything(after.type)) {
    return notUnderstood(after.address, 'it runs what somebody wrote, and that may do anything');
  }
  // The call does not carry the DeletionPolicy, so nothing says that a snapshot is left.
  if (point === 'DELETE_PRE_PROVISION') return deletionByFate(after, 'deleted');
  if (point === 'CREATE_PRE_PROVISION') return creationOf(managedOf(after));
  if (Object.keys(before.properties).length === 0 && !isElsewhere(after.type)) {
    return notUnderstood(after.address, 'the call does not show what was there before');
  }
  const changed = changedNames(before.properties, after.properties);
  const findings = [changeOf(managedOf(before), managedOf(after))];
  const inPlace = isMember(after) ? undefined : IN_PLACE.get(after.type);
  if (inPlace !== undefined && changed.some((name) => !inPlace.has(name))) {
    findings.push(notUnderstood(after.address, 'a property changes that may replace it'));
  }
  return worstOf(findings);
}

function changedNames(before: JsonObject, after: JsonObject): readonly string[] {
  const printed = (side: JsonObject, name: string) => canonicalJson(memberOf(side, name) ?? null);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => printed(before, name) !== printed(after, name),
  );
}

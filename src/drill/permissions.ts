/**
 * Which calls a drill makes, on which things and under which conditions: what its principal must be allowed.
 *
 * Pure, from the plan alone. The conditions are those that the policy in `infra/` holds each call to; a simulation that is
 * not given them cannot say more than "it depends". Calls that AWS Backup makes by its role are the role's to be allowed.
 * Source: AWS Service Authorization Reference for Amazon RDS, AWS Backup, AWS KMS and IAM; aws-backup-facts.md 4.4.
 */

import type { Call } from '../authority/authority.ts';
import { partitionOf, rdsArn } from '../core/arn.ts';
import { unreachable } from '../core/invariant.ts';
import type { DrillPlan } from './drill-plan.ts';
import { SCRATCH_TAGS } from './guard.ts';

/** What a call is for. */
export const CALL_PURPOSES = ['see', 'bring', 'restore', 'key', 'change', 'remove'] as const;
export type CallPurpose = (typeof CALL_PURPOSES)[number];

/** A call that a drill makes. */
export interface NeededCall extends Call {
  readonly purpose: CallPurpose;
  /** Condition keys that the request or the thing carries when the call is made. */
  readonly under: readonly string[];
}

const WITH_TAGS = [`aws:RequestTag/${SCRATCH_TAGS.drill}`, `aws:RequestTag/${SCRATCH_TAGS.scratch}`];
const ON_TAGGED = [`aws:ResourceTag/${SCRATCH_TAGS.drill}`, `aws:ResourceTag/${SCRATCH_TAGS.scratch}`];

/**
 * The calls of one drill, each action and thing once, in the order in which they come up.
 *
 * @param keyArn The key of the recovery point; null when it is unencrypted or AWS shows none.
 */
export function callsOf(plan: DrillPlan, keyArn: string | null): readonly NeededCall[] {
  const calls = [
    ...seeing(plan),
    ...bringing(plan),
    ...restoring(plan),
    ...keys(plan, keyArn),
    ...changing(plan),
    ...removing(plan),
  ];
  return [...new Map(calls.map((call) => [`${call.action} ${call.resource}`, call])).values()];
}

/** The scratch's own ARNs, cluster first. */
function scratchArns({ ids, scope }: DrillPlan) {
  return {
    instance: rdsArn(scope, 'db', ids.instance),
    cluster: ids.cluster === null ? null : rdsArn(scope, 'cluster', ids.cluster),
  };
}

function copyArn({ ids, scope, point }: DrillPlan): string | null {
  return ids.copy === null ? null : rdsArn(scope, point.ofCluster ? 'cluster-snapshot' : 'snapshot', ids.copy);
}

function needed(
  purpose: CallPurpose,
  under: readonly string[],
  action: string,
  resources: readonly (string | null)[],
): readonly NeededCall[] {
  return resources.map((resource) => ({ action, resource, purpose, under }));
}

function seeing(plan: DrillPlan): readonly NeededCall[] {
  const { instance, cluster } = scratchArns(plan);
  const copy = copyArn(plan);
  return [
    ...needed('see', [], 'rds:DescribeDBInstances', [instance]),
    ...(cluster === null ? [] : needed('see', [], 'rds:DescribeDBClusters', [cluster])),
    ...(copy === null
      ? []
      : needed('see', [], plan.point.ofCluster ? 'rds:DescribeDBClusterSnapshots' : 'rds:DescribeDBSnapshots', [copy])),
    ...(plan.restore.by === 'vault'
      ? [
          ...needed('see', [], 'backup:DescribeRestoreJob', [null]),
          ...needed('see', [], 'backup:ListRestoreJobs', [null]),
        ]
      : []),
  ];
}

function bringing(plan: DrillPlan): readonly NeededCall[] {
  const copy = copyArn(plan);
  if (plan.restore.by !== 'snapshot' || plan.restore.bring === null || copy === null) return [];
  const action = plan.point.ofCluster ? 'rds:CopyDBClusterSnapshot' : 'rds:CopyDBSnapshot';
  return [
    ...needed('bring', WITH_TAGS, action, [plan.restore.bring.fromArn, copy]),
    ...needed('bring', WITH_TAGS, 'rds:AddTagsToResource', [copy]),
  ];
}

function restoring(plan: DrillPlan): readonly NeededCall[] {
  const { restore, point, shape, scope } = plan;
  const { instance, cluster } = scratchArns(plan);
  const target = cluster ?? instance;
  const made = [instance, ...(cluster === null ? [] : [cluster])];
  const tagging = needed('restore', WITH_TAGS, 'rds:AddTagsToResource', made);
  const group = (type: string, name: string | null) =>
    name === null ? [] : [`arn:${partitionOf(scope.region)}:rds:${scope.region}:${scope.accountId}:${type}:${name}`];
  const subnets = group('subgrp', shape.subnetGroup);
  const options = group('og', shape.optionGroup);
  const parameters = group('pg', shape.parameterGroup);
  const clusterParameters = group('cluster-pg', shape.clusterParameterGroup);
  const around = [...subnets, ...options, ...(cluster === null ? parameters : clusterParameters)];
  const member =
    cluster === null ? [] : needed('restore', WITH_TAGS, 'rds:CreateDBInstance', [instance, cluster, ...parameters]);
  switch (restore.by) {
    case 'snapshot': {
      const action = cluster === null ? 'rds:RestoreDBInstanceFromDBSnapshot' : 'rds:RestoreDBClusterFromSnapshot';
      const from = copyArn(plan) ?? point.arn;
      return [...needed('restore', WITH_TAGS, action, [from, target, ...around]), ...member, ...tagging];
    }
    case 'pitr': {
      const action = cluster === null ? 'rds:RestoreDBInstanceToPointInTime' : 'rds:RestoreDBClusterToPointInTime';
      return [
        ...needed('restore', WITH_TAGS, action, [pitrSourceArn(plan, restore.source), target, ...around]),
        ...member,
        ...tagging,
      ];
    }
    case 'vault':
      return [
        ...needed('restore', [], 'backup:GetRecoveryPointRestoreMetadata', [restore.recoveryPointArn]),
        ...needed('restore', [], 'backup:StartRestoreJob', [restore.recoveryPointArn]),
        ...needed('restore', ['iam:PassedToService'], 'iam:PassRole', [restore.roleArn]),
        ...member,
        ...tagging,
      ];
    default:
      return unreachable(restore, 'ways to restore');
  }
}

/** A live database is the thing that IAM is asked about, whichever way the request names it. */
function pitrSourceArn(
  { point, scope, database }: DrillPlan,
  source: { readonly named: string; readonly value: string },
): string {
  if (point.kind === 'pitr') return rdsArn(scope, point.ofCluster ? 'cluster' : 'db', database.identifier);
  return source.named === 'backup_arn' ? source.value : point.arn;
}

function keys({ restore, scope }: DrillPlan, keyArn: string | null): readonly NeededCall[] {
  if (restore.by === 'vault') return [];
  const bringKey = restore.by === 'snapshot' ? (restore.bring?.keyArn ?? null) : null;
  const arns = [keyArn, bringKey].filter((arn) => arn !== null);
  const via = `kms:ViaService=rds.${scope.region}.amazonaws.com`;
  return [
    ...needed('key', [via], 'kms:DescribeKey', arns),
    ...needed('key', [via, 'kms:GrantIsForAWSResource'], 'kms:CreateGrant', arns),
  ];
}

function changing(plan: DrillPlan): readonly NeededCall[] {
  const { instance, cluster } = scratchArns(plan);
  const stops = plan.onSuccess.kind === 'standby';
  const [modify, stop, arn] =
    cluster === null
      ? ['rds:ModifyDBInstance', 'rds:StopDBInstance', instance]
      : ['rds:ModifyDBCluster', 'rds:StopDBCluster', cluster];
  return [...needed('change', ON_TAGGED, modify, [arn]), ...(stops ? needed('change', ON_TAGGED, stop, [arn]) : [])];
}

function removing(plan: DrillPlan): readonly NeededCall[] {
  const { instance, cluster } = scratchArns(plan);
  const copy = copyArn(plan);
  const removeCopy = plan.point.ofCluster ? 'rds:DeleteDBClusterSnapshot' : 'rds:DeleteDBSnapshot';
  // A standby is stopped, and AWS deletes no cluster that is.
  const starts = cluster !== null && plan.onSuccess.kind === 'standby';
  return [
    ...(starts ? needed('remove', ON_TAGGED, 'rds:StartDBCluster', [cluster]) : []),
    ...needed('remove', ON_TAGGED, 'rds:DeleteDBInstance', [instance]),
    ...(cluster === null ? [] : needed('remove', ON_TAGGED, 'rds:DeleteDBCluster', [cluster])),
    ...(copy === null ? [] : needed('remove', ON_TAGGED, removeCopy, [copy])),
  ];
}

/**
 * A scratch operator on the virtual lab: real SDK clients, every call on the wire noted, and plans of what the estate has.
 *
 * The estate is the story's, with a recovery point of the cluster and continuous ones added; drill `abc` throughout.
 */

import { createScratchOperator } from '../../src/adapters/aws/scratch-operator.ts';
import type { ScratchOperator, ScratchView } from '../../src/app/ports.ts';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import type { DrillPlan } from '../../src/drill/drill-plan.ts';
import { proveScratch, type ScratchProof } from '../../src/drill/guard.ts';
import type { ScratchKind } from '../../src/drill/model.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { ledger } from '../../src/lab/ledger.ts';
import type { EstateInput, Place, RecoveryPoint } from '../../src/lab/world.ts';
import { type Call, type LabClients, labClients, START, type Tamper } from './aws-lab.ts';
import { aDrillPlan, type PlanShape } from './drill-plans.ts';

export const ID = 'muster-scratch-abc';
export const MEMBER = `${ID}-1`;
export const COPY = `${ID}-copy`;
export const TAGS = { 'muster:drill': 'abc', 'muster:scratch': 'true', 'muster:source': 'db-ORDERS' };
export const PRODUCTION = 'dev-course-management-cluster';
export const CLUSTER_ID = 'cluster-P2U6CNK27O9FFYUR6I2BFLUYZ5';
export const BILLING = 'billing-production';
export const BILLING_ID = 'db-Q7XK2MZV4TLHBS6EJ3RDAYWNCF';
export const ROLE = 'arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole';
const RDS = 'arn:aws:rds:eu-west-1:123456789012';
const BACKUP = 'arn:aws:backup:eu-west-1:123456789012:recovery-point:continuous';
export const POINTS = {
  instance: `${RDS}:snapshot:awsbackup:job-5f2c8a9e-7b1d-4e3f-a0c6-d94b8e7f1a23`,
  cluster: `${RDS}:cluster-snapshot:awsbackup:job-courses`,
  instanceToTime: `${BACKUP}:${BILLING_ID.toLowerCase()}-487278c2`,
  clusterToTime: `${BACKUP}:${CLUSTER_ID.toLowerCase()}-1b2c3d4e`,
} as const;

const SHAPE: DrillPlan['shape'] = {
  instanceClass: 'db.t3.medium',
  subnetGroup: 'default',
  securityGroupIds: ['sg-0123456789abcdef0', 'sg-1123456789abcdef0'],
  parameterGroup: 'drills-16',
  clusterParameterGroup: 'drills-aurora-15',
  optionGroup: null,
  tags: TAGS,
};

/** An operator, the lab it works on, and what it sent. */
export interface ScratchBench extends LabClients {
  readonly operator: ScratchOperator;
  /** Every call on the wire, oldest first. */
  readonly sent: readonly Call[];
  /** The parameters of the last call of an action, lists and tags by their members. */
  readonly lastSent: (action: string) => Readonly<Record<string, string>>;
  /** The story's place, as it is now. */
  readonly place: () => Place;
  /** The calls that could change something, refused ones included. */
  readonly writes: () => readonly string[];
}

/** An operator on the story's estate, or on one that was changed. */
export function aScratchBench(
  options: { readonly tamper?: Tamper; readonly estate?: (at: Instant) => EstateInput } = {},
): ScratchBench {
  const sent: Call[] = [];
  const tamper = options.tamper ?? (() => null);
  const lab = labClients(options.estate ?? kept, {
    tamper: (call) => {
      sent.push(call);
      return tamper(call);
    },
  });
  const place = () => {
    const [home] = Object.values(lab.lab.world().places);
    if (home === undefined) throw new Error('the lab has no place');
    return home;
  };
  return {
    ...lab,
    operator: createScratchOperator(lab.clients),
    sent,
    lastSent: (action) => {
      const call = sent.findLast((candidate) => candidate.action === action);
      const { Action: _action, Version: _version, ...given } = Object.fromEntries(call?.parameters ?? []);
      return given;
    },
    place,
    writes: () => ledger(lab.lab.world()).map(({ action, target }) => `${action} ${target?.split(':').at(-1)}`),
  };
}

/** The story's estate with a recovery point of every kind that AWS Backup restores. */
export function kept(at: Instant): EstateInput {
  const estate = datatalks(at);
  const { place } = estate;
  const behind = place.snapshots.flatMap((snapshot) =>
    snapshot.kind === 'cluster'
      ? [{ ...snapshot, identifier: 'awsbackup:job-courses', type: 'awsbackup' as const }]
      : [],
  );
  const point = (arn: string, resourceType: RecoveryPoint['resourceType'], resourceName: string): RecoveryPoint => ({
    arn,
    resourceArn: `${RDS}:${resourceType === 'RDS' ? 'db' : 'cluster'}:${resourceName}`,
    resourceType,
    resourceName,
    createdAt: addDays(at, -1),
    completedAt: addDays(at, -1),
    deleteAt: null,
    deleteAfterDays: 14,
    keyArn: null,
    sizeBytes: 5_000,
  });
  const more = [
    point(POINTS.cluster, 'Aurora', PRODUCTION),
    point(POINTS.instanceToTime, 'RDS', BILLING),
    point(POINTS.clusterToTime, 'Aurora', PRODUCTION),
  ];
  const vaults = place.vaults.map((vault) => ({ ...vault, recoveryPoints: [...vault.recoveryPoints, ...more] }));
  return { ...estate, place: { ...place, snapshots: [...place.snapshots, ...behind], vaults } };
}

/** A plan that the estate can carry out. */
export function aPlan(shape: PlanShape, fields: Partial<DrillPlan> = {}): DrillPlan {
  const plan = aDrillPlan(shape, { shape: SHAPE });
  const point = { ...plan.point, engineVersion: plan.point.ofCluster ? '15.12' : '16.6' };
  const snapshot = point.ofCluster
    ? 'rds:dev-course-management-cluster-2026-02-26-09-07'
    : 'billing-production-before-2026-migration';
  const restore = plan.restore.by === 'snapshot' && plan.restore.bring === null ? { ...plan.restore, snapshot } : null;
  return { ...plan, point, restore: restore ?? plan.restore, ...fields };
}

/** A plan of AWS Backup's restoring a recovery point. */
export function aVaultPlan(point: keyof typeof POINTS, to: Instant | null = null): DrillPlan {
  const plan = aPlan(point.startsWith('cluster') ? 'vault_cluster' : 'vault');
  return { ...plan, restore: { by: 'vault', recoveryPointArn: POINTS[point], roleArn: ROLE, to } };
}

/** The guard's proof of what the operator sees now, made as the drill says it was. */
export async function proofOf(
  operator: ScratchOperator,
  kind: ScratchKind,
  id: string,
  seen: Partial<ScratchView> = {},
): Promise<ScratchProof> {
  const view = await operator.describe(kind, id);
  const { resourceId = null, createdAt = null, tags = TAGS } = { ...view, ...seen };
  const made = { intendedAt: addSeconds(START, -60), lastAskedAt: START, resourceId };
  const guarded = proveScratch({ kind, id, drillId: 'abc', made, seen: { resourceId, createdAt, tags } });
  if ('refusal' in guarded) throw new Error(guarded.refusal);
  return guarded.proof;
}

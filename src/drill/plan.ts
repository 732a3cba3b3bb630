/**
 * From a drill definition and what exists to the plan of one drill: what is restored, into what, and which
 * questions are asked.
 *
 * Pure: ids and instants are handed in. A definition that would put the scratch into a security
 * group of production is refused here, before anything is called.
 * Source: Amazon RDS User Guide, "Restoring to a DB instance" (what AWS fills in when a parameter is left out).
 */

import type { Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory, RecoveryPoint } from '../inventory/model.ts';
import { baselineOf } from './baseline.ts';
import { type ChosenPoint, choosePoint } from './choose-point.ts';
import type { DrillDefinition } from './definition.ts';
import type { DrillPlan, PlannedPoint, PlannedSource } from './drill-plan.ts';
import { SCRATCH_PREFIX, SCRATCH_TAGS } from './guard.ts';
import { claimOf, type DrillRecord, type ScratchShape } from './model.ts';
import { planRestore } from './plan-restore.ts';
import type { DrillSubject } from './select.ts';

/** What the plan of a drill is made from. */
export interface PlanInput {
  readonly definition: DrillDefinition;
  readonly subject: DrillSubject;
  readonly inventory: Inventory;
  /** Drills on record: figures are compared with theirs. */
  readonly records: readonly DrillRecord[];
  /** Drills of this definition and database that were kept as standby; they go once a new standby stands. */
  readonly standbys: readonly string[];
  readonly drillId: string;
  readonly musterVersion: string;
  readonly at: Instant;
}

/** The class where nobody knows what the source ran on. */
const DEFAULT_CLASS = 'db.t3.medium';

/**
 * Plans one drill.
 *
 * @throws MusterError `MUSTER_NO_RECOVERY_POINT` when nothing fits the definition, `MUSTER_DRILL_INVALID` when the
 *   definition would endanger production or AWS would refuse what it asks for.
 */
export function planDrill(input: PlanInput): DrillPlan {
  const { definition, subject, inventory, drillId } = input;
  const chosen = choosePoint(input);
  holdStoppable(definition, chosen.point);
  const { scope, restore, ids } = planRestore({ definition, subject, inventory, chosen, drillId });
  const production = productionAt(scope, subject, inventory);
  holdApart(definition, production);
  const point = pointOf(chosen, inventory);
  const { resourceId } = subject;
  const { endpoint } = inventory;
  const { onSuccess, onFailure } = definition.aftermath;
  return {
    drillId,
    musterVersion: input.musterVersion,
    endpoint,
    scope,
    definition: { name: definition.name, origin: definition.origin, digest: definition.digest },
    database: sourceOf(subject, production),
    point,
    // What cannot be restored is never chosen.
    claim: claimOf(chosen.point.kind) ?? 'snapshot',
    restore,
    ids,
    shape: shapeOf(input, scope),
    otherClass: isOtherClass(definition, subject.database),
    probes: definition.probes,
    baseline: baselineOf(definition.probes, input.records, { resourceId, endpoint, dataAt: point.dataAt }),
    objectives: {
      restoreSecondsMax: definition.objectives.restoreTimeMax,
      dataLossSecondsMax: definition.objectives.dataLossMax,
    },
    hydrate: definition.hydrate,
    pollSeconds: definition.pollSeconds,
    secondsMax: definition.limits.minutesMax * 60,
    onSuccess,
    onFailure,
    replaces: onSuccess.kind === 'standby' ? input.standbys : [],
  };
}

/** What a scratch must stand apart from: the source, wherever it is, and every database of the place of the restore. */
function productionAt({ accountId, region }: Scope, { database }: DrillSubject, { databases }: Inventory) {
  const there = databases.filter(
    (other) => other.accountId === accountId && other.region === region && !other.identifier.startsWith(SCRATCH_PREFIX),
  );
  return database === null || there.some(({ arn }) => arn === database.arn) ? there : [database, ...there];
}

function holdApart({ origin, scratch }: DrillDefinition, production: readonly Database[]): void {
  const shared = scratch.securityGroups.flatMap((group) => {
    const users = production.filter(({ securityGroupIds }) => securityGroupIds.includes(group));
    return users.length === 0
      ? []
      : [`${group} is production's: ${users.map(({ identifier }) => identifier).join(', ')}`];
  });
  if (shared.length === 0) return;
  throw new MusterError(
    'MUSTER_DRILL_INVALID',
    `${origin}: scratch.securityGroups: ${shared.join('; ')}; name one that only scratch databases use`,
  );
}

/** Source: Amazon RDS User Guide, "Limitations for Multi-AZ DB clusters": they cannot be stopped. */
function holdStoppable({ origin, aftermath }: DrillDefinition, { ofCluster, engine, id }: RecoveryPoint): void {
  if (aftermath.onSuccess.kind !== 'standby' || !ofCluster || engine.startsWith('aurora')) return;
  throw new MusterError(
    'MUSTER_DRILL_INVALID',
    `${origin}: aftermath.onSuccess: "standby", but ${id} is of a Multi-AZ DB cluster, which AWS cannot stop: write delete or { keepHours: 24 }`,
  );
}

function sourceOf(subject: DrillSubject, production: readonly Database[]): PlannedSource {
  const { accountId, region, resourceId, identifier, engine, database } = subject;
  return {
    accountId,
    region,
    resourceId,
    identifier,
    engine,
    masterUsername: database?.masterUsername ?? null,
    databaseName: database?.databaseName ?? null,
    securityGroupIds: [...new Set(production.flatMap(({ securityGroupIds }) => securityGroupIds))],
  };
}

function pointOf({ point, to }: ChosenPoint, { recoveryPoints }: Inventory): PlannedPoint {
  const { id, arn, kind, ofCluster, engine, engineVersion, storageGib } = point;
  const dataAt = to ?? point.dataAt;
  return {
    id,
    arn,
    kind,
    ofCluster,
    engine,
    engineVersion,
    dataAt,
    lineage: lineageOf(point, recoveryPoints),
    storageGib,
  };
}

/** What a point was copied from, through copies of copies, as far as it was read. */
function lineageOf(point: RecoveryPoint, points: readonly RecoveryPoint[]): readonly string[] {
  const lineage: string[] = [];
  const seen = new Set([point.arn]);
  for (let from = point.copiedFrom; from !== null && !seen.has(from); ) {
    const arn = from;
    lineage.push(arn);
    seen.add(arn);
    // A name can be given again: what is of another database is not what this was copied from.
    const source = points.find((other) => other.arn === arn && other.databaseResourceId === point.databaseResourceId);
    from = source?.copiedFrom ?? null;
  }
  return lineage;
}

function shapeOf({ definition, subject, drillId }: PlanInput, scope: Scope): ScratchShape {
  const { scratch } = definition;
  const { database } = subject;
  const atHome = database !== null && database.region === scope.region && database.accountId === scope.accountId;
  return {
    instanceClass: scratch.class === 'same' ? (classOf(database) ?? DEFAULT_CLASS) : scratch.class,
    subnetGroup: scratch.subnetGroup ?? (atHome ? database.subnetGroup : null),
    securityGroupIds: scratch.securityGroups,
    parameterGroup: scratch.parameterGroup,
    clusterParameterGroup: scratch.clusterParameterGroup,
    optionGroup: scratch.optionGroup,
    tags: {
      [SCRATCH_TAGS.drill]: drillId,
      [SCRATCH_TAGS.scratch]: 'true',
      [SCRATCH_TAGS.source]: subject.resourceId,
    },
  };
}

/** Where nobody knows the source's class, no figure holds for it. */
function isOtherClass({ scratch }: DrillDefinition, database: Database | null): boolean {
  const own = classOf(database);
  return own === null || (scratch.class !== 'same' && scratch.class !== own);
}

function classOf(database: Database | null): string | null {
  const writer = database?.members.find((member) => member.writer) ?? database?.members[0];
  return database?.instanceClass ?? writer?.instanceClass ?? null;
}

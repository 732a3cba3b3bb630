/**
 * From a drill definition and what exists to the plan of one drill: what is restored, into what, and which
 * questions are asked.
 *
 * Pure: ids and instants are handed in. A definition that would put the scratch into production's own
 * security group is refused here, before anything is called.
 * Source: Amazon RDS User Guide, "Restoring to a DB instance" (what AWS fills in when a parameter is left out).
 */

import type { Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import type { Database, Inventory, RecoveryPoint } from '../inventory/model.ts';
import type { DrillDefinition } from './definition.ts';
import { SCRATCH_PREFIX, SCRATCH_TAGS } from './guard.ts';
import { type Claim, claimOf, type Probe, type ScratchIds } from './model.ts';

/** What one drill will do. */
export interface DrillPlan {
  readonly drillId: string;
  readonly musterVersion: string;
  readonly endpoint: string | null;
  readonly scope: Scope;
  readonly database: Database;
  readonly point: RecoveryPoint;
  readonly claim: Claim;
  readonly ids: ScratchIds;
  readonly instanceClass: string;
  readonly subnetGroup: string | null;
  readonly securityGroupIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly probes: readonly Probe[];
  readonly pollSeconds: Seconds;
  /** After this the drill gives up and tears down. */
  readonly deadlineAt: Instant;
}

/** What the plan of a drill is made from. */
export interface PlanInput {
  readonly definition: DrillDefinition;
  readonly database: Database;
  readonly inventory: Inventory;
  readonly drillId: string;
  readonly musterVersion: string;
  readonly at: Instant;
}

const DEFAULT_CLASS = 'db.t3.medium';

/**
 * Plans one drill.
 *
 * @throws MusterError `MUSTER_NO_RECOVERY_POINT` when nothing fits the definition, `MUSTER_DRILL_INVALID` when the
 *   definition would endanger production.
 */
export function planDrill({ definition, database, inventory, drillId, musterVersion, at }: PlanInput): DrillPlan {
  const point = choosePoint(definition, database, inventory);
  const shared = definition.securityGroups.filter((group) => database.securityGroupIds.includes(group));
  if (shared.length > 0) {
    throw new MusterError(
      'MUSTER_DRILL_INVALID',
      `${definition.origin}: securityGroups: ${shared.join(', ')} is production's own; name one that only scratch databases use`,
    );
  }
  const name = `${SCRATCH_PREFIX}${drillId}`;
  return {
    drillId,
    musterVersion,
    endpoint: inventory.endpoint,
    scope: { accountId: point.accountId, region: point.region },
    database,
    point,
    claim: claimOf(point.kind) ?? 'snapshot',
    ids: point.ofCluster ? { cluster: name, instance: `${name}-1` } : { cluster: null, instance: name },
    instanceClass: definition.class === 'same' ? classOf(database) : definition.class,
    subnetGroup: definition.subnetGroup ?? database.subnetGroup,
    securityGroupIds: definition.securityGroups,
    tags: { [SCRATCH_TAGS.drill]: drillId, [SCRATCH_TAGS.scratch]: 'true', [SCRATCH_TAGS.source]: database.resourceId },
    probes: definition.probes,
    pollSeconds: definition.pollSeconds,
    deadlineAt: addSeconds(at, definition.minutesMax * 60),
  };
}

/** Kinds that a drill restores so far: a snapshot held by RDS. Others are separate claims. */
const RESTORABLE: readonly RecoveryPoint['kind'][] = [
  'manual_snapshot',
  'system_snapshot',
  'snapshot_copy',
  'account_copy',
];

function choosePoint(definition: DrillDefinition, database: Database, inventory: Inventory): RecoveryPoint {
  const fitting = inventory.recoveryPoints
    .filter((point) => point.databaseResourceId === database.resourceId)
    .filter(
      (point) => RESTORABLE.includes(point.kind) && point.status === 'available' && point.region === database.region,
    )
    .filter((point) => definition.kinds.length === 0 || definition.kinds.includes(point.kind))
    .sort((a, b) => ((a.dataAt ?? '') < (b.dataAt ?? '') ? 1 : -1));
  const chosen = definition.point === 'newest' ? fitting[0] : fitting.at(-1);
  if (chosen === undefined) {
    const kinds = definition.kinds.length === 0 ? 'snapshot' : definition.kinds.join(' or ').replaceAll('_', ' ');
    throw new MusterError('MUSTER_NO_RECOVERY_POINT', `${database.identifier} has no ${kinds} that could be restored`);
  }
  return chosen;
}

function classOf(database: Database): string {
  const writer = database.members.find((member) => member.writer) ?? database.members[0];
  return database.instanceClass ?? writer?.instanceClass ?? DEFAULT_CLASS;
}

/**
 * Plans drills without beginning one: for the databases that a definition picks, or the one that somebody names.
 *
 * Each plan comes with what it will take, what stands in its way, what to know before, and whether the asking principal
 * may make the calls. A database that cannot be drilled does not keep the others from it, unless it was asked for by name.
 */

import type { Permit } from '../authority/authority.ts';
import { identityOf, isRoot } from '../authority/principal.ts';
import { authorityOfAnswers } from '../authority/simulated.ts';
import { printScope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import type { DrillDefinition } from '../drill/definition.ts';
import type { DrillPlan } from '../drill/drill-plan.ts';
import { bestGradeOf, estimateOf, obstaclesOf } from '../drill/estimate.ts';
import type { DrillRecord } from '../drill/model.ts';
import { callsOf, type NeededCall } from '../drill/permissions.ts';
import { planDrill } from '../drill/plan.ts';
import { warningsOf } from '../drill/plan-warnings.ts';
import type { DrillPermissions, DrillPreview, PlannedDrill } from '../drill/preview.ts';
import { type DrillSubject, findSubject, type Selection, selectDatabases, subjectOf } from '../drill/select.ts';
import type { Gap, Inventory } from '../inventory/model.ts';
import type { AuthorityReader, Clock, Randomness } from './ports.ts';

/** What is asked. */
export interface DrillQuestion {
  readonly definition: DrillDefinition;
  readonly inventory: Inventory;
  readonly records: readonly DrillRecord[];
  /** Scratches that stand by from earlier drills. */
  readonly standbys: readonly {
    readonly drillId: string;
    readonly databaseResourceId: string;
    readonly definition: string;
  }[];
  /** Identifier, resource id or ARN; null: the databases that the definition picks. */
  readonly database: string | null;
  readonly musterVersion: string;
}

/** What planning needs of the world. */
export interface PlanningWorld {
  readonly clock: Pick<Clock, 'now'>;
  readonly randomness: Pick<Randomness, 'token'>;
  /** Null when nobody wants to know what the principal may call. */
  readonly authority: AuthorityReader | null;
}

const DRILL_ID_LENGTH = 10;

/**
 * Plans the drills of a definition.
 *
 * @throws MusterError `MUSTER_DATABASE_NOT_FOUND` when nothing is picked, `MUSTER_DRILL_INVALID` when neither the
 *   definition nor anybody names a database; and, of a database asked for by name, whatever keeps it from being drilled.
 */
export async function planFor(question: DrillQuestion, world: PlanningWorld): Promise<DrillPreview> {
  const { definition, inventory, database } = question;
  const at = world.clock.now();
  const refused: DrillPreview['refused'][number][] = [];
  const plans: { plan: DrillPlan; subject: DrillSubject }[] = [];
  const { chosen, undecided } = subjectsOf(question);
  for (const subject of chosen) {
    const drillId = world.randomness.token(DRILL_ID_LENGTH);
    try {
      plans.push({
        subject,
        plan: planDrill({ ...question, standbys: standbysOf(question, subject), subject, drillId, at }),
      });
    } catch (error) {
      if (database !== null || !(error instanceof MusterError) || error.class === 'invariant') throw error;
      const { identifier, resourceId } = subject;
      refused.push({ identifier, arn: subject.database?.arn ?? resourceId, code: error.code, cause: error.message });
    }
  }
  const beside = plans.map(({ plan }) => printScope(plan.scope));
  const drills: PlannedDrill[] = [];
  for (const { plan, subject } of plans) {
    const inPlace = beside.filter((place) => place === printScope(plan.scope)).length;
    const input = {
      plan,
      definition,
      records: question.records,
      inventory,
      atOnce: Math.min(definition.limits.concurrency, inPlace),
      at,
    };
    const estimate = estimateOf(input);
    drills.push({
      plan,
      estimate,
      bestGrade: bestGradeOf(plan),
      obstacles: obstaclesOf(input, estimate),
      warnings: warningsOf(plan, subject, inventory),
      permissions: await permissionsOf(plan, inventory, world.authority),
    });
  }
  const { name, origin, digest } = definition;
  return { formatVersion: '1', at, definition: { name, origin, digest }, drills, refused, undecided };
}

function subjectsOf({ definition, inventory, database }: DrillQuestion): {
  readonly chosen: readonly DrillSubject[];
  readonly undecided: DrillPreview['undecided'];
} {
  if (database !== null) return { chosen: [findSubject(inventory, database)], undecided: [] };
  if (Object.values(definition.databases).every((wanted) => wanted === undefined)) {
    throw new MusterError(
      'MUSTER_DRILL_INVALID',
      `${definition.origin}: databases: missing, and no database is named: write a selector, or name one`,
    );
  }
  const selection: Selection = selectDatabases(definition.databases, inventory.databases);
  const undecided = selection.undecided.map(({ database: { identifier, arn }, unknown }) => ({
    identifier,
    arn,
    unknown,
  }));
  if (selection.chosen.length > 0) return { chosen: selection.chosen.map(subjectOf), undecided };
  const known = inventory.databases.map(({ identifier }) => identifier).join(', ') || 'none';
  const open = undecided
    .map(({ identifier, unknown }) => `; ${identifier} might be, but its ${unknown.join(' and ')} is not known`)
    .join('');
  throw new MusterError('MUSTER_DATABASE_NOT_FOUND', `${definition.origin}: databases: picks none of ${known}${open}`);
}

function standbysOf({ standbys, definition }: DrillQuestion, { resourceId }: DrillSubject): readonly string[] {
  return standbys
    .filter((one) => one.databaseResourceId === resourceId && one.definition === definition.name)
    .map(({ drillId }) => drillId);
}

async function permissionsOf(
  plan: DrillPlan,
  inventory: Inventory,
  reader: AuthorityReader | null,
): Promise<DrillPermissions> {
  const principal = inventory.principal.arn;
  const { arn, kind } = plan.point;
  const key = inventory.recoveryPoints.find((point) => point.arn === arn && point.kind === kind)?.keyArn ?? null;
  const needed = callsOf(plan, key);
  const answered = (known: DrillPermissions['known'], permitOf: (call: NeededCall) => Permit, gaps: readonly Gap[]) => {
    return { principal, known, calls: needed.map((call) => ({ ...call, permit: permitOf(call) })), gaps };
  };
  if (reader === null) return answered('unasked', () => 'unknown', []);
  if (isRoot(principal)) return answered('simulated', () => 'allowed', []);
  const identity = identityOf(principal);
  if (identity === null) return answered('unknown', () => 'unknown', []);
  const { answers, gaps } = await reader.simulate(
    identity,
    needed.map(({ action, resource }) => ({ action, resource })),
  );
  return answered(answers.length === 0 ? 'unknown' : 'simulated', authorityOfAnswers(answers), gaps);
}

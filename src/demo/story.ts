/**
 * The story of 26 February 2026, played on the lab with Muster in it: what happened, what would have been said, what
 * would have saved it, and whether the prediction held.
 *
 * Each step returns what it saw as data; telling it is somebody else's business. Every figure comes from the
 * same reader, drill, verdict and store that a real run uses.
 */

import { assess } from '../app/assess.ts';
import { decide } from '../app/decide-change.ts';
import type { Endpoint } from '../app/ports.ts';
import { runDrill } from '../app/run-drill.ts';
import { invariant } from '../core/invariant.ts';
import { elapsedSeconds, type Seconds } from '../core/time.ts';
import { parseDefinition } from '../drill/definition.ts';
import { judgeProbe } from '../drill/judge-probe.ts';
import type { DrillRecord } from '../drill/model.ts';
import { planDrill } from '../drill/plan.ts';
import type { Probe, ProbeResult } from '../drill/probe.ts';
import { subjectOf } from '../drill/select.ts';
import type { Intent } from '../intent/action.ts';
import { readTerraformPlan } from '../intent/terraform/read-plan.ts';
import type { Inventory, RecoveryPoint } from '../inventory/model.ts';
import { DEFAULT_POLICY } from '../policy/schema.ts';
import { type Counterfactual, counterfactualsOf } from '../survival/counterfactual.ts';
import { isAlive } from '../survival/fate.ts';
import { survive } from '../survival/survive.ts';
import type { DatabaseView, DecisionDocument } from '../verdict/document.ts';
import type { DemoWorld } from './world.ts';

/** The cluster that was lost, by the name that misled. */
export const COURSE_CLUSTER = 'dev-course-management-cluster';
const COURSE_INSTANCE = 'course-management-instance-0';
/** The snapshot that would have saved it. */
export const RESCUE_SNAPSHOT = 'course-management-before-destroy';

const COUNT: Probe = { kind: 'total_rows', name: 'rows', rowsMin: 1, expect: null };
const DEFINITION = `
name: course data come back
probes:
  - { kind: tables, name: tables are there, tablesMin: 1 }
  - { kind: total_rows, name: rows are there, rowsMin: 1 }
`;

/** What each step saw. */
export interface StepData {
  readonly estate: { readonly endpoint: string; readonly identifier: string; readonly rows: ProbeResult };
  readonly inventory: { readonly inventory: Inventory; readonly databases: readonly DatabaseView[] };
  readonly gate_before: { readonly decision: DecisionDocument; readonly wouldHaveSaved: readonly Counterfactual[] };
  readonly remedy: { readonly snapshotId: string };
  readonly drill: { readonly record: DrillRecord };
  readonly gate_after: { readonly decision: DecisionDocument };
  readonly destroy: {
    readonly predicted: readonly string[];
    readonly found: readonly string[];
    readonly lost: readonly string[];
    readonly asPredicted: boolean;
  };
  readonly recovery: {
    readonly snapshotId: string;
    readonly clusterId: string;
    readonly rowsBefore: number | null;
    readonly rows: ProbeResult;
  };
}

/** The name of a step. */
export type StepId = keyof StepData;

/** The titles, in the order of the story. */
export const STEP_TITLES: Readonly<Record<StepId, string>> = {
  estate: 'The estate as it stood',
  inventory: 'What Muster sees',
  gate_before: 'The agent runs terraform destroy; Muster is asked first',
  remedy: 'What would have saved it: a manual snapshot',
  drill: 'A drill proves that it restores',
  gate_after: 'The same plan, asked again',
  destroy: 'A person approves; the destroy is carried out',
  recovery: 'The survivor is restored',
};

/** One step that has been played. */
export type Step = {
  [Id in StepId]: { readonly id: Id; readonly title: string; readonly seconds: Seconds; readonly data: StepData[Id] };
}[StepId];

/** How the story is followed. */
export interface Audience {
  began(title: string): void;
  progress(text: string): void;
  ended(step: Step): void;
}

/** Plays the story to its end. */
export async function playStory(world: DemoWorld, audience: Audience, signal: AbortSignal): Promise<readonly Step[]> {
  const steps: Step[] = [];
  async function play<Id extends StepId>(id: Id, act: () => Promise<StepData[Id]>): Promise<StepData[Id]> {
    signal.throwIfAborted();
    audience.began(STEP_TITLES[id]);
    const from = world.clock.now();
    const data = await act();
    const step = { id, title: STEP_TITLES[id], seconds: elapsedSeconds(from, world.clock.now()), data } as Step;
    steps.push(step);
    audience.ended(step);
    return data;
  }

  const estate = await play('estate', () => openEstate(world, audience));
  const { inventory } = await play('inventory', () => look(world));
  const intent = readTerraformPlan(world.plan.text, world.plan.origin);
  await play('gate_before', async () => ({
    decision: await ask(world, intent, inventory),
    wouldHaveSaved: counterfactualsOf(
      { inventory, actions: intent.actions, at: world.clock.now() },
      courseDatabase(inventory),
    ),
  }));
  await play('remedy', async () => {
    audience.progress('aws rds create-db-cluster-snapshot');
    await world.agent.takeSnapshot(COURSE_CLUSTER, RESCUE_SNAPSHOT);
    return { snapshotId: RESCUE_SNAPSHOT };
  });
  await play('drill', async () => ({ record: await drill(world, audience, signal) }));
  const rescued = await world.reader.read(world.clock.now());
  await play('gate_after', async () => ({ decision: await ask(world, intent, rescued) }));
  const { found } = await play('destroy', () => destroy(world, intent, rescued, audience));
  await play('recovery', () => recover(world, survivorOf(rescued, found), estate.rows.value, audience));
  return steps;
}

async function openEstate(world: DemoWorld, audience: Audience): Promise<StepData['estate']> {
  audience.progress(`opening ${COURSE_CLUSTER}`);
  const endpoint = await world.agent.reach(COURSE_INSTANCE);
  invariant(endpoint !== null, 'the lab serves its databases', { instance: COURSE_INSTANCE });
  return { endpoint: world.endpoint, identifier: COURSE_CLUSTER, rows: await count(world, endpoint) };
}

async function look(world: DemoWorld): Promise<StepData['inventory']> {
  const inventory = await world.reader.read(world.clock.now());
  const { databases } = await assess({ inventory, policy: DEFAULT_POLICY, names: [] }, world);
  return { inventory, databases };
}

async function ask(world: DemoWorld, intent: Intent, inventory: Inventory): Promise<DecisionDocument> {
  return decide({ intent, inventory, policy: DEFAULT_POLICY }, world);
}

async function drill(world: DemoWorld, audience: Audience, signal: AbortSignal): Promise<DrillRecord> {
  const inventory = await world.reader.read(world.clock.now());
  const plan = planDrill({
    definition: parseDefinition(DEFINITION, 'the demo'),
    subject: subjectOf(courseDatabase(inventory)),
    inventory,
    records: [],
    standbys: [],
    drillId: world.randomness.token(6),
    musterVersion: world.version,
    at: world.clock.now(),
  });
  const record = await runDrill(plan, world, {
    signal,
    onState: ({ step }) => audience.progress(step.replaceAll('_', ' ')),
  });
  invariant(record !== null, 'nobody else takes over a drill of the story', { drillId: plan.drillId });
  return record;
}

/** Predicts, destroys, looks again and compares, id by id. */
async function destroy(
  world: DemoWorld,
  intent: Intent,
  inventory: Inventory,
  audience: Audience,
): Promise<StepData['destroy']> {
  const { resourceId } = courseDatabase(inventory);
  const { after } = survive(inventory, intent.actions, { at: world.clock.now(), refusals: 'honoured' });
  const own = after.points.filter(({ point }) => point.databaseResourceId === resourceId);
  const predicted = own.filter(({ fate }) => isAlive(fate)).map(({ point }) => point.id);
  for (const action of intent.actions) {
    audience.progress(`${action.kind.replaceAll('_', ' ')} ${action.target.identifier}`);
    await world.agent.carryOut(action);
  }
  const left = await world.reader.read(world.clock.now());
  const found = left.recoveryPoints.filter((point) => point.databaseResourceId === resourceId).map((point) => point.id);
  const gone = !left.databases.some((database) => database.resourceId === resourceId);
  const lost = own.map(({ point }) => point.id).filter((id) => !found.includes(id));
  const asPredicted = gone && [...predicted].sort().join('\n') === [...found].sort().join('\n');
  return { predicted, found, lost, asPredicted };
}

async function recover(
  world: DemoWorld,
  survivor: RecoveryPoint,
  rowsBefore: number | null,
  audience: Audience,
): Promise<StepData['recovery']> {
  audience.progress(`restoring ${survivor.id}`);
  const endpoint = await world.agent.bringBack({
    snapshotArn: survivor.arn,
    clusterId: COURSE_CLUSTER,
    instanceId: COURSE_INSTANCE,
  });
  return { snapshotId: survivor.id, clusterId: COURSE_CLUSTER, rowsBefore, rows: await count(world, endpoint) };
}

async function count(world: DemoWorld, endpoint: Endpoint): Promise<ProbeResult> {
  const session = await world.probes.connect({ ...world.login, endpoint });
  try {
    const answer = await session.ask(COUNT);
    return judgeProbe(COUNT, answer, { at: world.clock.now(), dataAt: null, baseline: null });
  } finally {
    await session.close();
  }
}

function courseDatabase(inventory: Inventory) {
  const database = inventory.databases.find(({ identifier }) => identifier === COURSE_CLUSTER);
  invariant(database !== undefined, 'the course database stands until the destroy', { identifier: COURSE_CLUSTER });
  return database;
}

function survivorOf(inventory: Inventory, found: readonly string[]): RecoveryPoint {
  const survivor = inventory.recoveryPoints.find(({ id }) => found.includes(id));
  invariant(survivor !== undefined, 'something survived the destroy', { found });
  return survivor;
}

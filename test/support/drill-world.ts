/**
 * A world for drills on the virtual lab: the real reader and operator, a clock that moves the lab, a store in memory,
 * and probes that know whether they were given the right password.
 *
 * Faults are put between the drill and its operator: a call can fail before it is made, or its answer can be lost.
 */

import { createEstateReader } from '../../src/adapters/aws/estate-reader.ts';
import { createScratchOperator } from '../../src/adapters/aws/scratch-operator.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { Clock, ProbeRunner, ScratchOperator } from '../../src/app/ports.ts';
import { type DrillWorld, runDrill } from '../../src/app/run-drill.ts';
import { MusterError } from '../../src/core/errors.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import { type DrillPlan, planDrill } from '../../src/drill/plan.ts';
import type { VirtualLab } from '../../src/lab/request-handler.ts';
import { labClients, type Tamper } from './aws-lab.ts';

const DEFINITION = 'name: rows\npollSeconds: 60\nprobes:\n  - { kind: total_rows, name: rows are there, rowsMin: 1 }\n';

/** One call of the operator, as the drill made it. */
export interface OperatorCall {
  readonly name: keyof ScratchOperator;
  readonly what: string;
}

/** What becomes of a call: null lets it through. */
export type Fault = (call: OperatorCall) => 'fails' | 'loses its answer' | null;

/** Everything that a test of a drill looks at. */
export interface DrillBench {
  readonly lab: VirtualLab;
  readonly plan: DrillPlan;
  readonly world: DrillWorld;
  readonly operator: ScratchOperator;
  /** Calls of the operator and entries of the journal in the order in which they came. */
  readonly trace: string[];
  /** Identifiers of every database in the lab. */
  databases(): string[];
}

/** How a bench differs from one where all goes well. */
export interface BenchOptions {
  readonly fault?: Fault;
  readonly tamper?: Tamper;
  readonly source?: string;
  /** Rows that the scratch is found to hold. */
  readonly rows?: number;
  readonly refusesSignIn?: boolean;
  readonly definition?: string;
}

/** A drill planned on the estate of the story. */
export async function aDrillBench(options: BenchOptions = {}): Promise<DrillBench> {
  const { lab, clients } = labClients('datatalks', options.tamper === undefined ? {} : { tamper: options.tamper });
  const inventory = await createEstateReader(clients).read(lab.now());
  const source = options.source ?? 'dev-course-management-cluster';
  const database = inventory.databases.find(({ identifier }) => identifier === source);
  if (database === undefined) throw new Error(`the estate has no ${source}`);
  const definition = parseDefinition(options.definition ?? DEFINITION, 'test');
  const plan = planDrill({ definition, database, inventory, drillId: 'd1', musterVersion: 'test', at: lab.now() });

  const trace: string[] = [];
  const operator = createScratchOperator(clients);
  const memory = createMemoryStore();
  const store: DrillWorld['store'] = {
    ...memory,
    journal: async (entry) => {
      trace.push(`${entry.event} ${entry.step}${entry.scratchId === null ? '' : ` ${entry.scratchId}`}`);
      await memory.journal(entry);
    },
  };
  const world: DrillWorld = {
    operator: withFaults(operator, options.fault ?? (() => null), trace),
    probes: probesOf(lab, options),
    store,
    clock: clockOf(lab),
    randomness: { token: (length) => 'x'.repeat(length), password: () => 'a-fresh-password' },
  };
  const databases = () =>
    Object.values(lab.world().places).flatMap(({ clusters, instances }) =>
      [...clusters, ...instances].map(({ identifier }) => identifier),
    );
  return { lab, plan, world, operator, trace, databases };
}

/** The scratch databases in the lab, sorted. */
export function scratchIn({ databases }: DrillBench): string[] {
  return databases()
    .filter((id) => id.startsWith('muster-scratch-'))
    .sort();
}

/** A bench whose drill stopped dead right behind one line of its journal, such as `done add_instance`. */
export async function aCrashedDrill(after: string, options: BenchOptions = {}): Promise<DrillBench> {
  const bench = await aDrillBench(options);
  const { journal } = bench.world.store;
  await new Promise<void>((crashed, never) => {
    const store: DrillWorld['store'] = {
      ...bench.world.store,
      journal: async (entry) => {
        await journal(entry);
        if (`${entry.event} ${entry.step}` !== after) return;
        crashed();
        await new Promise(() => undefined);
      },
    };
    const ended = () => never(new Error(`the drill ended and never came to ${after}`));
    runDrill(bench.plan, { ...bench.world, store }).then(ended, never);
  });
  return bench;
}

/** A clock that moves the lab instead of waiting. */
export function clockOf(lab: VirtualLab): Clock {
  return {
    now: () => lab.now(),
    sleep: async (seconds, signal) => {
      signal?.throwIfAborted();
      lab.advance(seconds);
    },
  };
}

function withFaults(operator: ScratchOperator, fault: Fault, trace: string[]): ScratchOperator {
  const call = async <T>(name: keyof ScratchOperator, what: string, make: () => Promise<T>): Promise<T> => {
    trace.push(`call ${name} ${what}`);
    const fate = fault({ name, what });
    if (fate === 'fails') throw new MusterError('MUSTER_AWS_UNAVAILABLE', `${name} failed by the test`);
    const answer = await make();
    if (fate !== null) throw new MusterError('MUSTER_AWS_UNAVAILABLE', `the answer to ${name} was lost by the test`);
    return answer;
  };
  return {
    restoreCluster: (id, ...rest) => call('restoreCluster', id, () => operator.restoreCluster(id, ...rest)),
    addInstance: (id, ...rest) => call('addInstance', id, () => operator.addInstance(id, ...rest)),
    restoreInstance: (id, ...rest) => call('restoreInstance', id, () => operator.restoreInstance(id, ...rest)),
    setPassword: (what, id, password) => call('setPassword', id, () => operator.setPassword(what, id, password)),
    describe: (what, id) => call('describe', id, () => operator.describe(what, id)),
    delete: (what, id, proof) => call('delete', id, () => operator.delete(what, id, proof)),
  };
}

/** Signs in only where the lab has a database, and only with the password that database has now. */
function probesOf(lab: VirtualLab, { rows = 17_268, refusesSignIn = false }: BenchOptions): ProbeRunner {
  return {
    reach: () => 'queried',
    connect: async ({ endpoint, password }) => {
      const open = () => lab.engine.volumeOnPort(endpoint.port);
      if (refusesSignIn || open()?.password !== password) {
        throw new MusterError('MUSTER_DRILL_FAILED', 'sign-in refused by the test');
      }
      const answer = () => {
        if (open() === undefined) throw new MusterError('MUSTER_DRILL_FAILED', 'the connection was lost');
      };
      return {
        ping: async () => answer(),
        run: async ({ name, kind }) => {
          answer();
          return { name, kind, passed: rows > 0, finding: `${rows} rows`, value: rows };
        },
        close: async () => undefined,
      };
    },
  };
}

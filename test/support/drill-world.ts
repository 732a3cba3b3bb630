/**
 * A world for drills on the virtual lab: the real operator, a clock that moves the lab, a store in memory, and probes
 * that know whether they were given the right password.
 *
 * Faults are put between the drill and its operator: a call can fail before it is made, or its answer can be lost.
 */

import { createScratchOperator } from '../../src/adapters/aws/scratch-operator.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { Clock, JournalEntry, ProbeRunner, ScratchOperator } from '../../src/app/ports.ts';
import { type DrillWorld, runDrill } from '../../src/app/run-drill.ts';
import type { DrillsWorld } from '../../src/app/run-drills.ts';
import { MusterError } from '../../src/core/errors.ts';
import { elapsedSeconds, type Seconds } from '../../src/core/time.ts';
import type { DrillPlan } from '../../src/drill/drill-plan.ts';
import type { VirtualLab } from '../../src/lab/request-handler.ts';
import { labClients, START, type Tamper } from './aws-lab.ts';
import { UNSURE } from './drill-plans.ts';
import { aPlan, aVaultPlan, kept } from './scratch-bench.ts';

export const CLUSTER = 'muster-scratch-abc';
export const MEMBER = 'muster-scratch-abc-1';

/** One call of the operator, as the drill made it. */
export interface OperatorCall {
  readonly name: keyof ScratchOperator;
  readonly id: string;
}

/** What becomes of a call: null lets it through. */
export type Fault = (call: OperatorCall) => 'fails' | 'loses its answer' | null;

/** How a bench differs from one where all goes well. */
export interface BenchOptions {
  readonly shape?: 'instance' | 'cluster' | 'vault';
  readonly plan?: Partial<DrillPlan>;
  readonly fault?: Fault;
  readonly tamper?: Tamper;
  /** Rows that the scratch is found to hold. */
  readonly rows?: number;
  readonly refusesSignIn?: boolean;
  /** How long a question takes. */
  readonly probeSeconds?: Seconds;
}

/** Everything that a test of a drill looks at. */
export interface DrillBench {
  readonly lab: VirtualLab;
  readonly plan: DrillPlan;
  readonly world: DrillWorld & DrillsWorld;
  /** Calls of the operator and lines of the journal in the order in which they came. */
  readonly trace: string[];
}

/** A drill that the story's estate can carry out. */
export function aDrillBench(options: BenchOptions = {}): DrillBench {
  const { lab, clients } = labClients(kept, options.tamper === undefined ? {} : { tamper: options.tamper });
  const shape = options.shape ?? 'cluster';
  const base = shape === 'vault' ? aVaultPlan('instance') : aPlan(shape);
  const plan: DrillPlan = { ...base, pollSeconds: 60, secondsMax: 7_200, ...options.plan };
  const trace: string[] = [];
  const memory = createMemoryStore();
  const operator = withFaults(createScratchOperator(clients), options.fault ?? (() => null), trace);
  let names = 0;
  const world = {
    operator,
    operatorAt: async () => operator,
    probes: probesOf(lab, options),
    store: {
      ...memory,
      journal: async (entry: JournalEntry) => {
        trace.push(lineOf(entry));
        await memory.journal(entry);
      },
    },
    clock: clockOf(lab),
    randomness: {
      token: () => {
        names += 1;
        return `runner-${names}`;
      },
      password: () => 'a-fresh-password',
    },
    presence: UNSURE,
  };
  return { lab, plan, world, trace };
}

/** The same place and store for a run whose store stops it dead right behind one line of its journal. */
export async function aCrashedDrill(after: string, options: BenchOptions = {}): Promise<DrillBench> {
  const bench = aDrillBench(options);
  const { journal } = bench.world.store;
  await new Promise<void>((crashed, never) => {
    const store = {
      ...bench.world.store,
      journal: async (entry: JournalEntry) => {
        await journal(entry);
        if (lineOf(entry) !== after) return;
        crashed();
        await new Promise(() => undefined);
      },
    };
    const ended = () => never(new Error(`the drill ended and never came to ${after}: ${bench.trace.join(', ')}`));
    runDrill(bench.plan, { ...bench.world, store }).then(ended, never);
  });
  return bench;
}

/** A line of the journal, in short: `begin`, `intended cluster`, `made`, `saw available`, `claim`. */
export function lineOf({ what }: JournalEntry): string {
  if (what.kind !== 'event') return what.kind;
  const { event } = what;
  if (event.kind === 'saw') return `saw ${event.status ?? 'nothing'}`;
  return event.kind === 'intended' ? `intended ${event.role}` : event.kind;
}

/** The lines of the journal so far. */
export async function journalOf({ world }: DrillBench): Promise<readonly string[]> {
  return (await world.store.journalEntries()).map(lineOf);
}

/** The scratch databases in the lab, sorted. */
export function scratchIn({ lab }: DrillBench): readonly string[] {
  return Object.values(lab.world().places)
    .flatMap(({ clusters, instances }) => [...clusters, ...instances].map(({ identifier }) => identifier))
    .filter((id) => id.startsWith('muster-scratch-'))
    .sort();
}

/** A clock that moves the lab instead of waiting. */
export function clockOf(lab: VirtualLab): Clock {
  return {
    now: () => lab.now(),
    elapsed: () => elapsedSeconds(START, lab.now()),
    sleep: async (seconds, signal) => {
      signal?.throwIfAborted();
      lab.advance(seconds);
    },
  };
}

/** Takes the tags of every scratch away, as somebody else might. */
export function stripTags({ lab }: DrillBench): void {
  for (const { clusters, instances } of Object.values(lab.world().places)) {
    for (const thing of [...clusters, ...instances]) {
      if (thing.identifier.startsWith('muster-scratch-')) Object.assign(thing, { tags: [] });
    }
  }
}

function withFaults(operator: ScratchOperator, fault: Fault, trace: string[]): ScratchOperator {
  const call = async <T>(name: keyof ScratchOperator, id: string, make: () => Promise<T>): Promise<T> => {
    trace.push(`call ${name} ${id}`);
    const fate = fault({ name, id });
    if (fate === 'fails') throw new MusterError('MUSTER_AWS_UNAVAILABLE', `${name} failed by the test`);
    const answer = await make();
    if (fate !== null) throw new MusterError('MUSTER_AWS_UNAVAILABLE', `the answer to ${name} was lost by the test`);
    return answer;
  };
  return {
    copySnapshot: (plan) => call('copySnapshot', plan.ids.copy ?? '', () => operator.copySnapshot(plan)),
    restoreCluster: (plan) => call('restoreCluster', plan.ids.cluster ?? '', () => operator.restoreCluster(plan)),
    restoreInstance: (plan) => call('restoreInstance', plan.ids.instance, () => operator.restoreInstance(plan)),
    addInstance: (plan) => call('addInstance', plan.ids.instance, () => operator.addInstance(plan)),
    startRestoreJob: (plan) => call('startRestoreJob', plan.ids.instance, () => operator.startRestoreJob(plan)),
    findRestoreJob: (plan, since) =>
      call('findRestoreJob', plan.ids.instance, () => operator.findRestoreJob(plan, since)),
    restoreJob: (id) => call('restoreJob', id, () => operator.restoreJob(id)),
    describe: (kind, id) => call('describe', id, () => operator.describe(kind, id)),
    marked: () => call('marked', '', () => operator.marked()),
    mark: (proof, tags) => call('mark', proof.id, () => operator.mark(proof, tags)),
    setPassword: (proof, password) => call('setPassword', proof.id, () => operator.setPassword(proof, password)),
    stop: (proof) => call('stop', proof.id, () => operator.stop(proof)),
    remove: (proof) => call('remove', proof.id, () => operator.remove(proof)),
  };
}

/** Signs in only where the lab has a database, and only with the password that database has now. */
function probesOf(
  lab: VirtualLab,
  { rows = 17_268, refusesSignIn = false, probeSeconds = 0 }: BenchOptions,
): ProbeRunner {
  const refused = (what: string) => new MusterError('MUSTER_DRILL_FAILED', `${what} by the test`);
  return {
    connect: async ({ endpoint, password }) => {
      const open = () => lab.engine.volumeOnPort(endpoint.port);
      if (refusesSignIn || open()?.password !== password) throw refused('sign-in refused');
      const answer = () => {
        if (open() === undefined) throw refused('connection lost');
      };
      return {
        ping: async () => answer(),
        ask: async () => {
          lab.advance(probeSeconds);
          answer();
          return { kind: 'count', count: rows, tables: 2 };
        },
        hydrate: async () => ({ rows }),
        close: async () => undefined,
      };
    },
  };
}

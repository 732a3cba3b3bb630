/**
 * Processes of a service on virtual time: one lab, one store and one desk, and any number of processes that can be killed.
 *
 * The readers and operators are real and call the lab; the receiver of alerts is a list. A process that is killed never
 * wakes again, and its jobs go to the others.
 */

import { createPlaceReader } from '../../src/adapters/aws/place-reader.ts';
import { createScratchOperator } from '../../src/adapters/aws/scratch-operator.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { Alert } from '../../src/alert/alert.ts';
import type { AlertReceiver } from '../../src/app/alert-port.ts';
import type { Desk } from '../../src/app/desk-port.ts';
import { createKnownInventory } from '../../src/app/known-inventory.ts';
import type { PlaceReader } from '../../src/app/place-port.ts';
import type { Clock, ProbeRunner, Store } from '../../src/app/ports.ts';
import { printScope, type Scope } from '../../src/core/arn.ts';
import { MusterError } from '../../src/core/errors.ts';
import type { Instant } from '../../src/core/time.ts';
import { type DrillDefinition, parseDefinition } from '../../src/drill/definition.ts';
import type { Sight } from '../../src/inventory/sight.ts';
import type { VirtualLab } from '../../src/lab/request-handler.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { parseService } from '../../src/service/config.ts';
import { type Service, type ServiceParts, startService } from '../../src/service/service.ts';
import type { ServiceWorld } from '../../src/service/world.ts';
import { labClients, START } from './aws-lab.ts';
import { UNSURE } from './drill-plans.ts';
import { createMemoryDesk, type MemoryDesk } from './memory-desk.ts';
import { PassingTime } from './passing-time.ts';
import { BILLING, kept } from './scratch-bench.ts';

/** A service that is stopped waits for what goes on, and no longer than that. */
const STOP_SECONDS_MAX = 30;

/** A process that runs. */
export interface ServiceProcess {
  readonly world: ServiceWorld;
  readonly service: Service;
  /** Ends it as -9 would. */
  kill(): void;
}

/** Where processes run. */
export interface ServiceBench {
  readonly lab: VirtualLab;
  readonly time: PassingTime;
  readonly desk: MemoryDesk;
  readonly store: Store;
  /** Every firing that a process was let do. */
  readonly fired: { readonly name: string; readonly dueAt: Instant }[];
  /** What the receiver was told, in order. */
  readonly told: Alert[];
  readonly beats: Instant[];
  readonly lines: string[];
  /** Databases that stand in the lab and bear a scratch's name. */
  scratches(): readonly string[];
  start(given?: Partial<ServiceWorld>, parts?: ServiceParts): ServiceProcess;
  /** A reader that asks the lab once and shows the same from then on: for tests that look at other things. */
  readonly sameAgain: Pick<ServiceWorld, 'places'>;
  /** Those that run, in the order in which they were started. */
  processes(): readonly ServiceProcess[];
  /** Stops every process that was not killed, and waits for their ends. */
  end(): Promise<void>;
}

/** A drill of the story's well-kept instance, every day at half past nine. */
export const BILLING_DRILL = definitionOf('nightly', BILLING);

/** A drill definition for one database. */
export function definitionOf(name: string, identifier: string, more = ''): DrillDefinition {
  const text = [
    `name: ${name}`,
    `databases: { identifier: ${identifier} }`,
    'schedule: 30 21 * * *',
    'pollSeconds: 60',
    'scratch: { parameterGroup: drills-16, securityGroups: [sg-0123456789abcdef0] }',
    'probes: [{ kind: total_rows, name: rows, rowsMin: 1 }]',
    more,
  ].join('\n');
  return parseDefinition(text, `${name}.yaml`);
}

/** A bench on the story's estate. */
export function aServiceBench(serviceFile = ''): ServiceBench {
  const { lab, clients } = labClients(kept);
  const desk: MemoryDesk = createMemoryDesk({ now: () => time.now() });
  const time = new PassingTime(START, {
    advance: (seconds) => lab.advance(seconds),
    begin: () => desk.startDue(),
    nextAt: () => {
      const nextAt = desk.nextDueAt();
      // What is due already waits for a hand, and not for time.
      return nextAt !== null && nextAt > time.now() ? nextAt : null;
    },
  });
  const store = createMemoryStore();
  const [fired, told, beats, lines]: [ServiceBench['fired'], Alert[], Instant[], string[]] = [[], [], [], []];
  const running = new Set<ServiceProcess>();
  const receiver: AlertReceiver = { name: 'list', wants: () => true, deliver: async (alert) => void told.push(alert) };
  let names = 0;
  const token = () => {
    names += 1;
    return `name-${names}`;
  };
  const busy = <T extends object>(thing: T): T => eachCall(thing, (call) => time.busy(call));
  const operator = busy(createScratchOperator(clients));
  const seen = new Map<string, Promise<Sight>>();
  const sameAgain = async (): Promise<PlaceReader> => {
    const reader = await worldOf(time.clockOf({})).places();
    const readOnce = (place: Scope, at: Instant) => {
      const found = seen.get(printScope(place)) ?? reader.read(place, at, null);
      seen.set(printScope(place), found);
      return found;
    };
    return { ...reader, read: async (place, at) => ({ ...(await readOnce(place, at)), observedAt: at }) };
  };
  const worldOf = (clock: Clock): Omit<ServiceWorld, 'runner'> => ({
    version: '0.0.0',
    config: parseService(serviceFile, 'serve.yaml'),
    policy: DEFAULT_POLICY,
    definitions: [],
    clock,
    randomness: { token, password: () => 'a-fresh-password' },
    presence: UNSURE,
    probes: probesOf(lab),
    store,
    desk: notingFires(desk, fired),
    known: createKnownInventory({
      desk,
      clock,
      secondsMax: DEFAULT_POLICY.inventorySecondsMax,
      endpoint: () => time.busy(() => clients.endpoint()),
    }),
    places: async () =>
      busy(createPlaceReader(clients, { reach: { regions: [], roleArns: [], externalId: null }, clock })),
    hands: {
      operatorAt: async () => operator,
      home: async () => ({ accountId: '123456789012', region: 'eu-west-1' }),
      endpoint: () => time.busy(() => clients.endpoint()),
    },
    archive: null,
    receivers: [receiver],
    heartbeat: { beat: async () => void beats.push(time.now()) },
    log: (line) => lines.push(line),
  });
  return {
    ...{ lab, time, desk, store, fired, told, beats, lines },
    sameAgain: { places: sameAgain },
    scratches: () =>
      Object.values(lab.world().places)
        .flatMap(({ clusters, instances }) => [...clusters, ...instances].map(({ identifier }) => identifier))
        .filter((id) => id.startsWith('muster-scratch-')),
    start: (given = {}, parts = { schedule: true, worker: true }) => {
      const [who, runner] = [{}, desk.runner()];
      const world = { ...worldOf(time.clockOf(who)), runner, ...given };
      const started: ServiceProcess = {
        world,
        service: startService(world, parts),
        kill: () => {
          runner.kill();
          time.letGo(who);
          running.delete(started);
        },
      };
      running.add(started);
      return started;
    },
    processes: () => [...running],
    end: async () => {
      let isOver = false;
      const ending = Promise.all([...running].map(({ service }) => service.stop())).finally(() => {
        isOver = true;
      });
      await time.pass(STOP_SECONDS_MAX, () => isOver);
      await ending;
      running.clear();
    },
  };
}

/** The same desk, whose firings are noted. */
function notingFires(desk: MemoryDesk, fired: ServiceBench['fired']): Desk {
  return new Proxy<Desk>(desk, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function') return found;
      if (name !== 'fire') return found.bind(target);
      return async (fire: Parameters<Desk['fire']>[0]) => {
        const isFirst = await target.fire(fire);
        if (isFirst) fired.push({ name: fire.name, dueAt: fire.dueAt });
        return isFirst;
      };
    },
  });
}

/** The same thing, each of whose calls is made in a way of ours. */
function eachCall<T extends object>(thing: T, make: (call: () => Promise<unknown>) => Promise<unknown>): T {
  const calls = Object.entries(thing).map(([name, call]) => [
    name,
    (...args: readonly unknown[]) => make(async () => Reflect.apply(call, thing, args)),
  ]);
  return Object.fromEntries(calls) as T;
}

/** Signs in only where the lab has a database, and only with the password that it has now. */
function probesOf(lab: VirtualLab): ProbeRunner {
  return {
    connect: async ({ endpoint, password }) => {
      const open = () => lab.engine.volumeOnPort(endpoint.port);
      if (open()?.password !== password) throw new MusterError('MUSTER_DRILL_FAILED', 'sign-in refused by the test');
      return {
        ping: async () => undefined,
        ask: async () => ({ kind: 'count', count: open() === undefined ? 0 : 17_268, tables: 2 }),
        hydrate: async () => ({ rows: 1 }),
        close: async () => undefined,
      };
    },
  };
}

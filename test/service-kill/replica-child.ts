/**
 * A process of its own that is `muster serve` on a fast clock, until it is killed.
 *
 * Bundled and run by tests. Everything is put together as `main.ts` and `src/wiring/` do, with three differences: the clock,
 * how soon a silent runner is taken for dead, and that a replica may stand for a machine of its own, whose processes no
 * other can see. Takes one argument, `ReplicaSettings` as JSON. Prints where it listens; every schedule that it fired is
 * noted in a file.
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createReceivers } from '../../src/adapters/alerts/receivers.ts';
import { createClients } from '../../src/adapters/aws/clients.ts';
import { toMusterError } from '../../src/adapters/aws/faults.ts';
import { createPlaceReader } from '../../src/adapters/aws/place-reader.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { checkToken } from '../../src/adapters/keys/check-token.ts';
import { createKeyFile } from '../../src/adapters/keys/key-file.ts';
import { createPresence } from '../../src/adapters/presence.ts';
import { systemRandomness } from '../../src/adapters/randomness.ts';
import { createProbeRunner } from '../../src/adapters/sql/probe-runner.ts';
import { createPostgresDesk } from '../../src/adapters/store/sql/desk-postgres.ts';
import { createSqliteDesk } from '../../src/adapters/store/sql/desk-sqlite.ts';
import { createPostgresStore } from '../../src/adapters/store/sql/postgres.ts';
import { createSqliteStore } from '../../src/adapters/store/sql/sqlite.ts';
import type { Desk } from '../../src/app/desk-port.ts';
import type { Clock, Presence } from '../../src/app/ports.ts';
import { sealedStore } from '../../src/app/seal.ts';
import { serve } from '../../src/cli/serve.ts';
import type { ServeWorld } from '../../src/cli/serve-world.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { openEstate } from '../../src/wiring/estates.ts';
import { readInput } from '../../src/wiring/files.ts';
import { type FastTime, fastClock, inFastTime } from './fast-time.ts';

/** What a replica is told. */
export interface ReplicaSettings {
  readonly time: FastTime;
  readonly engine: 'sqlite' | 'postgres';
  /** A path, or an address. */
  readonly place: string;
  /** Where the keys lie. */
  readonly home: string;
  readonly config: string;
  readonly name: string;
  /** The file in which it notes what it fired. */
  readonly ledger: string;
  readonly log: string;
  /** False for one that only answers and works. */
  readonly schedule: boolean;
  /** Whether it can see that other processes are gone. */
  readonly seesProcesses: boolean;
}

/** Dead after this much silence: long enough for a machine that is busy, short enough for a test. */
const LIFE = { beatSeconds: 0.4, silentSeconds: 4 };
/** The presence of a machine on which nobody else is. */
const ALONE: Presence = { runner: (token) => token, isGone: () => false };

const settings = JSON.parse(process.argv[2] ?? '') as ReplicaSettings;
const { time, engine, place, name } = settings;
let isStopping = false;
const fast = fastClock(time);
/** How long a stop may take is counted in the machine's time, which is what it takes. */
const clock: Clock = { ...fast, sleep: (...args) => (isStopping ? systemClock : fast).sleep(...args) };
const presence = settings.seesProcesses ? createPresence() : ALONE;
const write = (line: string) => appendFileSync(settings.log, `${name} ${line.trimEnd()}\n`);
const keeper = createKeyFile(join(settings.home, 'keys.json'), { now: clock.now });
const options = { now: clock.now, tell: (said: string) => write(`told: ${said}`), ...LIFE };
const opened =
  engine === 'postgres' ? createPostgresDesk(place, options) : createSqliteDesk(place, { ...options, presence });
const store = sealedStore((engine === 'postgres' ? createPostgresStore : createSqliteStore)(place, options), {
  keeper,
  clock,
  unsealed: (error) => write(`unsealed: ${String(error)}`),
});

/** The desk in fast time, whose firings are noted. */
const desk = new Proxy<Desk>(opened.desk, {
  get: (target, key) => {
    if (key === 'add') return (jobs: Parameters<Desk['add']>[0]) => target.add(inFastTime(jobs, time));
    if (key === 'fire') return fire;
    if (key === 'settle') return settle;
    const found: unknown = Reflect.get(target, key);
    return typeof found === 'function' ? found.bind(target) : found;
  },
});

async function fire(asked: Parameters<Desk['fire']>[0]): Promise<boolean> {
  const isFirst = await opened.desk.fire({ ...asked, jobs: inFastTime(asked.jobs, time) });
  if (isFirst) appendFileSync(settings.ledger, `${asked.name} ${asked.dueAt} ${name}\n`);
  return isFirst;
}

function settle({ alerts, ...settlement }: Parameters<Desk['settle']>[0], cursorBefore: number | null) {
  const brisk = alerts.map(({ alert, jobs }) => ({ alert, jobs: inFastTime(jobs, time) }));
  return opened.desk.settle({ ...settlement, alerts: brisk }, cursorBefore);
}

const unused = () => {
  throw new Error('a service has no use for it');
};

const world: ServeWorld = {
  version: '0.0.0',
  terminal: {
    paint: PLAIN_PAINT,
    width: 80,
    out: (chunk) => void process.stdout.write(chunk),
    talk: (chunk) => write(`talk: ${chunk}`),
    progress: unused,
    ask: async () => null,
  },
  clock,
  randomness: systemRandomness,
  presence,
  probes: createProbeRunner(),
  store: async () => store,
  storeName: () => engine,
  storeAt: unused,
  archive: unused,
  keys: async () => keeper,
  checkToken: async (token, key) => checkToken(token, key),
  user: () => name,
  estate: openEstate,
  readFile: readInput,
  readBytes: unused,
  readLines: unused,
  writeLines: unused,
  defaultDefinition: unused,
  desk: async () => desk,
  jobRunner: async () => opened.runner,
  places: async () =>
    createPlaceReader(createClients(), { reach: { regions: [], roleArns: [], externalId: null }, clock }),
  receivers: async (alerts) => ({
    receivers: createReceivers(alerts, {
      readEnv: () => undefined,
      now: clock.now,
      sns: { client: (region) => createClients({ region }).sns(), toError: toMusterError },
    }),
    heartbeat: null,
  }),
  identityProvider: unused,
  log: write,
  startLab: unused,
  startDemo: unused,
  onInterrupt: (handler) => {
    const terminate = () => {
      isStopping = true;
      handler('SIGTERM');
    };
    process.on('SIGTERM', terminate);
    return () => void process.off('SIGTERM', terminate);
  },
};

process.exitCode = await serve({ config: settings.config, schedule: settings.schedule }, world);
await store.close();

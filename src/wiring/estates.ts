/**
 * Reaches AWS, the lab where somebody asked for it, and the demo's own world.
 *
 * Loads the AWS SDK and the lab only when they are first asked for. Credentials and endpoints are the SDK's own resolution.
 */

import { fileURLToPath } from 'node:url';
import type { Clients } from '../adapters/aws/clients.ts';
import { systemClock } from '../adapters/clock.ts';
import { systemRandomness } from '../adapters/randomness.ts';
import type { Presence, ProbeRunner, Reach } from '../app/ports.ts';
import type { Estate, ServedLab } from '../cli/world.ts';
import { MusterError } from '../core/errors.ts';
import type { DemoWorld } from '../demo/world.ts';
import { codeOf, readInput } from './files.ts';

/** The lab takes any key; these say whose they are. */
const LAB_CREDENTIALS = { accessKeyId: 'lab', secretAccessKey: 'lab' };

/** The account that the settings lead to, and those of the reach. */
export async function openEstate(reach: Reach | null = null): Promise<Estate> {
  const { createClients } = await import('../adapters/aws/clients.ts');
  const [region] = reach?.regions ?? [];
  return estateOf(createClients(region === undefined ? {} : { region }), reach);
}

async function estateOf(clients: Clients, reach: Reach | null = null): Promise<Estate> {
  const { createAuthorityReader } = await import('../adapters/aws/authority-reader.ts');
  const { createEstateReader } = await import('../adapters/aws/estate-reader.ts');
  const { createScratchOperators, homeOf } = await import('../adapters/aws/scratch-operator.ts');
  return {
    reader: createEstateReader(clients, reach === null ? null : { reach, clock: systemClock }),
    operatorAt: createScratchOperators(clients, {
      roleArns: reach?.roleArns ?? [],
      externalId: reach?.externalId ?? null,
      now: systemClock.now,
    }),
    home: () => homeOf(clients),
    authority: createAuthorityReader(clients),
    endpoint: () => clients.endpoint(),
    close: () => clients.close(),
  };
}

/** A lab that serves until it is closed. @throws MusterError `MUSTER_USAGE` for a port that cannot be listened on. */
export async function serveLab(options: {
  readonly estate: 'datatalks' | 'empty';
  readonly port: number;
}): Promise<ServedLab> {
  const { startLab } = await import('../lab/lab.ts');
  try {
    return await startLab(options);
  } catch (cause) {
    const code = codeOf(cause);
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    throw new MusterError('MUSTER_USAGE', `--port ${options.port}: cannot be listened on (${code})`, { cause });
  }
}

/** What the demo needs of this process. */
export interface DemoParts {
  readonly version: string;
  readonly probes: ProbeRunner;
  readonly presence: Presence;
  /** The package's own folder. */
  readonly home: URL;
}

/** The demo's lab, and everything the demo does to it. */
export async function startDemo({ version, probes, presence, home }: DemoParts): Promise<DemoWorld> {
  const { createClients } = await import('../adapters/aws/clients.ts');
  const { startLab } = await import('../lab/lab.ts');
  const { COURSES_LOGIN } = await import('../lab/estates/courses.ts');
  const { createAgent } = await import('../demo/agent.ts');
  const { createMemoryStore } = await import('../adapters/store/memory-store.ts');
  const planPath = fileURLToPath(new URL('src/demo/datatalks-destroy.plan.json', home));
  // Read before the lab stands: what fails from there on would leave it serving.
  const plan = { text: await readInput(planPath), origin: 'datatalks-destroy.plan.json' };
  const lab = await startLab({ estate: 'datatalks' });
  const clients = createClients({ endpoint: lab.endpoint, region: lab.region, credentials: LAB_CREDENTIALS });
  const estate = await estateOf(clients);
  const operator = await estate.operatorAt({ accountId: lab.accountId, region: lab.region });
  return {
    ...estate,
    operator,
    version,
    endpoint: lab.endpoint,
    region: lab.region,
    probes,
    store: createMemoryStore(),
    clock: systemClock,
    randomness: systemRandomness,
    presence,
    agent: createAgent({ endpoint: lab.endpoint, rds: clients.rds }, systemClock),
    plan,
    login: { engine: 'aurora-postgresql', ...COURSES_LOGIN },
    close: async () => {
      estate.close();
      await lab.close();
    },
  };
}

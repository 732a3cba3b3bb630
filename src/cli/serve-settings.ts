/**
 * What `muster serve` is told by its service file and its command line, read and joined.
 *
 * The command line wins. Files that the service file names lie relative to it.
 */

import { dirname, resolve } from 'node:path';
import type { Reach } from '../app/ports.ts';
import { MusterError } from '../core/errors.ts';
import { type DrillDefinition, parseDefinition } from '../drill/definition.ts';
import type { Policy } from '../policy/schema.ts';
import { DEFAULT_SERVICE, parseService, type ServiceConfig } from '../service/config.ts';
import { type Listen, parseListen } from '../service/config-parts.ts';
import { schedulesOf } from '../service/schedules.ts';
import { originOf, readPolicy } from './inputs.ts';
import { type ReachOptions, reachOf } from './reach.ts';
import type { CliWorld } from './world.ts';

/** What the command line may say. */
export interface ServeOptions extends ReachOptions {
  readonly config?: string;
  readonly policy?: string;
  readonly listen?: string;
  /** False where it is switched off, and likewise the next two. */
  readonly api?: boolean;
  readonly schedule?: boolean;
  readonly worker?: boolean;
}

/** Everything that was said. */
export interface ServeSettings {
  readonly config: ServiceConfig;
  readonly policy: Policy;
  readonly definitions: readonly DrillDefinition[];
  /** Null for the one account and region of the settings. */
  readonly reach: Reach | null;
  readonly listen: Listen;
  readonly parts: { readonly api: boolean; readonly schedule: boolean; readonly worker: boolean };
}

/**
 * Reads them.
 *
 * @throws MusterError `MUSTER_USAGE`, `MUSTER_SERVICE_INVALID`, `MUSTER_POLICY_INVALID`, `MUSTER_DRILL_INVALID` or
 *   `MUSTER_FILE_UNREADABLE`, before anything is opened.
 */
export async function readSettings(options: ServeOptions, world: CliWorld): Promise<ServeSettings> {
  const { config: path, api = true, schedule = true, worker = true } = options;
  if (!api && !schedule && !worker)
    throw new MusterError('MUSTER_USAGE', '--no-api, --no-schedule and --no-worker together leave nothing to serve');
  const config = path === undefined ? DEFAULT_SERVICE : parseService(await world.readFile(path), originOf(path));
  const beside = (name: string) => (path === undefined || path === '-' ? name : resolve(dirname(path), name));
  const policy = options.policy ?? (config.policy === null ? undefined : beside(config.policy));
  const definitions: DrillDefinition[] = [];
  for (const { definition } of config.drills) {
    const file = beside(definition);
    definitions.push(parseDefinition(await world.readFile(file), definition));
  }
  // A definition that no schedule can be made of is refused now rather than once the service listens.
  schedulesOf(config, definitions);
  return {
    config,
    policy: await readPolicy(policy === undefined ? {} : { policy }, world),
    definitions,
    reach: joinedReach(options, config),
    listen: options.listen === undefined ? config.listen : listenOf(options.listen),
    parts: { api, schedule, worker },
  };
}

function joinedReach(options: ReachOptions, { regions, roles, externalId }: ServiceConfig): Reach | null {
  // Roles and the external id belong together; regions go with either.
  const region = options.region ?? regions;
  if (options.assumeRole !== undefined) return reachOf({ ...options, region });
  const ownId = options.externalId ?? externalId ?? undefined;
  return reachOf({ region, assumeRole: roles, ...(ownId !== undefined && { externalId: ownId }) });
}

function listenOf(text: string): Listen {
  const listen = parseListen(text);
  if (listen !== null) return listen;
  const problem = `--listen: ${JSON.stringify(text)} is no address; accepted are such as 127.0.0.1:8787 and [::1]:8787`;
  throw new MusterError('MUSTER_USAGE', problem);
}

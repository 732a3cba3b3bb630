/**
 * `muster serve`: answers over HTTP, fires schedules, does the work; each can be switched off.
 *
 * Runs until Ctrl-C, SIGTERM or SIGHUP, and then ends what it began: answers under way are given, drills are left for another
 * process to take up. At a second signal it ends at once. What happens is logged; stdout gets the one line that says where
 * it listens.
 */

import type { FastifyInstance } from 'fastify';
import { drain } from '../api/drain.ts';
import { createApi } from '../api/server.ts';
import type { ApiWorld } from '../api/world.ts';
import type { Desk } from '../app/desk-port.ts';
import { createKnownInventory, type KnownInventory } from '../app/known-inventory.ts';
import type { PlaceReader } from '../app/place-port.ts';
import type { Store } from '../app/ports.ts';
import { MusterError } from '../core/errors.ts';
import { isLoopback, type Listen } from '../service/config-parts.ts';
import { type Service, startService } from '../service/service.ts';
import type { ServiceWorld } from '../service/world.ts';
import { EXIT_INTERRUPTED, type ExitCode } from './exit.ts';
import { readSettings, type ServeOptions, type ServeSettings } from './serve-settings.ts';
import type { ServeWorld } from './serve-world.ts';
import type { Estate } from './world.ts';

/** What every part of a process shares. */
interface Shared {
  readonly store: Store;
  readonly desk: Desk;
  readonly known: KnownInventory;
  readonly estate: () => Promise<Estate>;
  /** One for every request: what it opened is not closed in between. */
  readonly places: () => Promise<PlaceReader>;
  readonly receivers: ServiceWorld['receivers'];
  readonly heartbeat: ServiceWorld['heartbeat'];
}

/** And what the API asks of the service, which starts after it. */
type ApiShared = Shared & Required<Pick<ApiWorld, 'serviceFault'>>;

const BYTES_PER_MB = 1024 * 1024;

/** @returns 0 once it was stopped and everything came to its end, 130 when something was cut off. */
export async function serve(options: ServeOptions, world: ServeWorld): Promise<ExitCode> {
  const settings = await readSettings(options, world);
  const { policy, reach, parts } = settings;
  const told = await world.receivers(settings.config.alerts);
  const [desk, store] = [await world.desk(), await world.store()];
  const estate = openedOnce(() => world.estate(reach));
  const places = openedOnce(() => world.places(reach));
  const { inventorySecondsMax: secondsMax } = policy;
  const endpoint = async () => (await estate.open()).endpoint();
  const known = createKnownInventory({ desk, clock: world.clock, secondsMax, endpoint });
  const shared: Shared = { ...told, store, desk, known, estate: estate.open, places: places.open };
  const signals = listenToSignals(world);
  let api: FastifyInstance | null = null;
  let service: Service | null = null;
  const serviceFault = () => service?.health().problem ?? null;
  try {
    api = parts.api ? await startApi(settings, { ...shared, serviceFault }, world) : null;
    service = startService(await serviceWorldOf(settings, shared, world), parts);
    if (api === null) world.terminal.talk('serving without an API, until Ctrl-C\n');
    await signals.first;
    world.terminal.talk('stopping; once more Ctrl-C ends it at once\n');
    return await Promise.race([signals.second, stopAll(service, api)]);
  } finally {
    signals.release();
    await api?.close();
    await places.close();
    await estate.close();
    await desk.close();
  }
}

/** Opened by whoever asks first, and closed if anybody did. */
function openedOnce<T extends { close(): void }>(make: () => Promise<T>) {
  let opened: Promise<T> | null = null;
  return {
    open: (): Promise<T> => {
      const current = opened ?? make();
      opened = current;
      // What could not be opened is asked for again.
      current.catch(() => {
        if (opened === current) opened = null;
      });
      return current;
    },
    close: async (): Promise<void> => {
      const there = await opened?.catch(() => null);
      there?.close();
    },
  };
}

async function stopAll(service: Service, api: FastifyInstance | null): Promise<ExitCode> {
  const [isDone] = await Promise.all([service.stop(), api === null ? undefined : drain(api)]);
  return isDone ? 0 : EXIT_INTERRUPTED;
}

/** The first signal asks to stop, the second to end. */
function listenToSignals(world: ServeWorld): {
  readonly first: Promise<void>;
  readonly second: Promise<ExitCode>;
  readonly release: () => void;
} {
  const heard: { first?: () => void; second?: (code: ExitCode) => void } = {};
  const first = new Promise<void>((resolve) => {
    heard.first = resolve;
  });
  const second = new Promise<ExitCode>((resolve) => {
    heard.second = resolve;
  });
  let count = 0;
  const release = world.onInterrupt(() => {
    count += 1;
    if (count === 1) heard.first?.();
    else heard.second?.(EXIT_INTERRUPTED);
  });
  return { first, second, release };
}

async function serviceWorldOf(
  { config, policy, definitions, reach }: ServeSettings,
  { store, desk, known, estate, receivers, heartbeat }: Shared,
  world: ServeWorld,
): Promise<ServiceWorld> {
  const { version, clock, randomness, presence, probes } = world;
  const { archive } = config.schedules;
  return {
    ...{ version, config, policy, definitions, clock, randomness, presence, probes, store, desk, known },
    ...{ receivers, heartbeat },
    runner: await world.jobRunner(),
    places: () => world.places(reach),
    hands: {
      operatorAt: async (scope) => (await estate()).operatorAt(scope),
      home: async () => (await estate()).home(),
      endpoint: async () => (await estate()).endpoint(),
    },
    archive: archive === null ? null : (judgedAccounts) => world.archive(archive.to, { judgedAccounts }),
    log: (line) => world.log(line),
  };
}

async function startApi(settings: ServeSettings, shared: ApiShared, world: ServeWorld): Promise<FastifyInstance> {
  const { config, listen } = settings;
  const app = await createApi(await apiWorldOf(settings, shared, world), {
    bodyBytesMax: config.api.bodyMaxMb * BYTES_PER_MB,
    rateLimit: { perMinute: config.api.rateLimitPerMinute },
    trustProxy: config.api.trustProxy,
  });
  try {
    const url = await app.listen({ ...listen, listenTextResolver: (address) => `listening at ${address}` });
    if (!isLoopback(listen.host))
      world.terminal.talk(`warning: other machines can reach ${url}, which is not encrypted: put TLS before it\n`);
    world.terminal.out(`listening on ${url}\n`);
    return app;
  } catch (cause) {
    await app.close();
    throw refusedListen(listen, cause);
  }
}

/** An address that cannot be listened at is a mistake of whoever named it. */
function refusedListen({ host, port }: Listen, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code)) return cause;
  return new MusterError('MUSTER_USAGE', `${host}:${port} cannot be listened at (${code})`, { cause });
}

async function apiWorldOf(
  { config, policy, definitions }: ServeSettings,
  { store, desk, known, estate, places, serviceFault }: ApiShared,
  world: ServeWorld,
): Promise<ApiWorld> {
  const { version, clock, randomness, checkToken } = world;
  const { oidc } = config;
  const issuer = oidc && {
    issuer: oidc.issuer,
    audience: oidc.audience,
    subjectClaim: oidc.subject,
    scopeClaim: oidc.scopes.claim,
    scopes: oidc.scopes.map,
  };
  return {
    ...{ version, clock, randomness, checkToken, store, desk, known, policy, definitions },
    keys: await world.keys(),
    places,
    serviceFault,
    authority: async () => (await estate()).authority,
    identityProvider: issuer === null ? null : await world.identityProvider(issuer),
    log: (line) => world.log(line),
  };
}

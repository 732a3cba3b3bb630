/**
 * The lab as a service on this machine: an AWS endpoint and real databases behind it.
 *
 * The endpoint answers at once; `initdb` and the databases go on in the background, and whoever connects
 * early waits. The clock runs at real speed from `startAt`. Used only when asked for by name; writes nothing to disk.
 */

import { addSeconds, fromEpochMilliseconds, type Instant } from '../core/time.ts';
import { type EstateName, estateNamed } from './estates/estates.ts';
import { startHost } from './host.ts';
import { listen, stopListening } from './http.ts';
import type { PaceName } from './pace.ts';
import { PgliteEngine } from './pglite-engine.ts';
import type { World } from './world.ts';

/** A running lab. */
export interface Lab {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  world(): World;
  /** Sockets, databases, everything; may be called again. */
  close(): Promise<void>;
}

/**
 * Starts a lab on 127.0.0.1.
 *
 * @param options.port 0 or nothing picks a free one.
 * @param options.startAt The instant the lab's clock starts from; the present unless given.
 */
export async function startLab(options: {
  readonly estate: EstateName;
  readonly port?: number;
  readonly startAt?: Instant;
  readonly pace?: PaceName;
}): Promise<Lab> {
  const startAt = options.startAt ?? fromEpochMilliseconds(Date.now());
  const startedAt = performance.now();
  const now = () => addSeconds(startAt, (performance.now() - startedAt) / 1000);
  const estate = estateNamed(options.estate)(startAt);
  const engine = new PgliteEngine();
  const host = startHost({ estate, pace: options.pace ?? 'brisk', engine, now });
  const { server, port } = await listen(host, options.port ?? 0).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  await host.opened;
  const first = Object.values(estate.volumes)[0];
  if (first !== undefined) engine.warm(first);
  let closing: Promise<void> | null = null;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    accountId: estate.place.scope.accountId,
    region: estate.place.scope.region,
    world: () => host.world(),
    close: () => {
      closing ??= Promise.all([stopListening(server), engine.close()]).then(() => undefined);
      return closing;
    },
  };
}

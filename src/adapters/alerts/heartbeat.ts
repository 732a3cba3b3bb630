/**
 * The heartbeat: a request to a service that raises the alarm when it stays away.
 *
 * The one alert that a dead Muster can still give. Its URL is a secret: whoever knows it can keep the alarm silent.
 */

import type { Heartbeat } from '../../app/alert-port.ts';
import { parsePlace, send } from './post.ts';

/** How to beat. */
export interface HeartbeatOptions {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
}

/** A heartbeat. @throws MusterError `MUSTER_SERVICE_INVALID` for an address that cannot be used. */
export function createHeartbeat({ url, method = 'GET' }: HeartbeatOptions): Heartbeat {
  const place = parsePlace(url, { name: 'heartbeat', origin: 'its url' });
  return { beat: (signal) => send(place, { method, headers: {}, body: null }, signal) };
}

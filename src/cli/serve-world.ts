/**
 * What `muster serve` is given beside what every command is: what a service keeps, who works for it, whom it tells.
 *
 * Made by functions in `main.ts`, so that what a service file does not ask for is never loaded: the driver of a queue, the
 * client of a topic.
 */

import type { IdentityProvider } from '../api/world.ts';
import type { AlertReceiver, Heartbeat } from '../app/alert-port.ts';
import type { Desk, JobRunner } from '../app/desk-port.ts';
import type { PlaceReader } from '../app/place-port.ts';
import type { Reach } from '../app/ports.ts';
import type { TokenScope } from '../evidence/access-token.ts';
import type { AlertsConfig } from '../service/config.ts';
import type { CliWorld } from './world.ts';

/** An issuer of OpenID Connect, as its tokens are checked. */
export interface IssuerSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly subjectClaim: string;
  readonly scopeClaim: string;
  readonly scopes: Readonly<Record<string, readonly TokenScope[]>>;
}

/** What the command is given. */
export interface ServeWorld extends CliWorld {
  /** The desk beside the store; opened on first use, closed by the command. */
  desk(): Promise<Desk>;
  /** Takes jobs of that desk. */
  jobRunner(): Promise<JobRunner>;
  /** @param reach As of `estate`. */
  places(reach: Reach | null): Promise<PlaceReader>;
  /** @throws MusterError `MUSTER_SERVICE_INVALID` for one that cannot be used, or whose variable is not set. */
  receivers(
    alerts: AlertsConfig,
  ): Promise<{ readonly receivers: readonly AlertReceiver[]; readonly heartbeat: Heartbeat | null }>;
  /** @throws MusterError `MUSTER_SERVICE_INVALID` for settings that no token could be checked by. */
  identityProvider(settings: IssuerSettings): Promise<IdentityProvider>;
  /** Writes one line of the log. */
  log(line: string): void;
}

/**
 * What the service is given: everything outside the process, built in `main.ts` and put together by `muster serve`.
 *
 * Ports only: the service names no adapter and no API, and runs as it is on a virtual clock.
 */

import type { AlertReceiver, Heartbeat } from '../app/alert-port.ts';
import type { Archive } from '../app/archive-port.ts';
import type { Desk, JobRunner } from '../app/desk-port.ts';
import type { KnownInventory } from '../app/known-inventory.ts';
import type { PlaceReader } from '../app/place-port.ts';
import type { Clock, Presence, ProbeRunner, Randomness, ScratchOperator, Store } from '../app/ports.ts';
import type { Scope } from '../core/arn.ts';
import type { DrillDefinition } from '../drill/definition.ts';
import type { Policy } from '../policy/schema.ts';
import type { ServiceConfig } from './config.ts';

/** The hands that drills and sweeps work with. */
export interface ServiceHands {
  /** @throws MusterError `MUSTER_ACCESS_DENIED` where no credentials for that place are at hand. */
  operatorAt(scope: Scope): Promise<ScratchOperator>;
  /** The account and region that the settings lead to. */
  home(): Promise<Scope>;
  /** Null for AWS itself. */
  endpoint(): Promise<string | null>;
}

/** Everything outside the process. */
export interface ServiceWorld {
  readonly version: string;
  readonly config: ServiceConfig;
  readonly policy: Policy;
  /** The definitions that the service file names; each bears a name of its own and a schedule. */
  readonly definitions: readonly DrillDefinition[];
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly presence: Presence;
  readonly probes: ProbeRunner;
  readonly store: Store;
  readonly desk: Desk;
  readonly runner: JobRunner;
  readonly known: KnownInventory;
  /** Opened once, and closed when the service stops. */
  places(): Promise<PlaceReader>;
  readonly hands: ServiceHands;
  /** The archive of the service file; null when it names none. @param judgedAccounts Accounts whose databases are judged. */
  readonly archive: ((judgedAccounts: readonly string[]) => Promise<Archive>) | null;
  readonly receivers: readonly AlertReceiver[];
  /** Null when nobody waits for one. */
  readonly heartbeat: Heartbeat | null;
  /** One line of JSON each; never a secret. */
  readonly log: (line: string) => void;
}

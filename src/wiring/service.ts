/**
 * What only a service needs: its desk and its jobs, readers of single places, receivers of alerts, an issuer of tokens.
 *
 * The desk lies where the store lies. What a service file does not ask for is not loaded.
 */

import { systemClock } from '../adapters/clock.ts';
import type { IdentityProvider } from '../api/world.ts';
import type { AlertReceiver, Heartbeat } from '../app/alert-port.ts';
import type { Desk, JobRunner } from '../app/desk-port.ts';
import type { PlaceReader } from '../app/place-port.ts';
import type { Presence, Reach } from '../app/ports.ts';
import type { IssuerSettings } from '../cli/serve-world.ts';
import type { AlertsConfig } from '../service/config.ts';
import { type Environment, storeSetting } from './settings.ts';

/** The desk of the settings, and what takes its jobs. */
export async function openDesk(
  env: Environment,
  { presence, talk }: { readonly presence: Presence; readonly talk: (text: string) => void },
): Promise<{ readonly desk: Desk; readonly runner: JobRunner }> {
  const setting = storeSetting(env);
  const options = { now: systemClock.now, tell: (message: string) => talk(`warning: ${message}\n`) };
  if (setting.kind === 'postgres') {
    return (await import('../adapters/store/sql/desk-postgres.ts')).createPostgresDesk(setting.url, options);
  }
  return (await import('../adapters/store/sql/desk-sqlite.ts')).createSqliteDesk(setting.name, {
    ...options,
    presence,
  });
}

/** Reads single places within that reach; null for the account and region that the settings lead to. */
export async function openPlaces(reach: Reach | null): Promise<PlaceReader> {
  const { createClients } = await import('../adapters/aws/clients.ts');
  const { createPlaceReader } = await import('../adapters/aws/place-reader.ts');
  const [region] = reach?.regions ?? [];
  const clients = createClients(region === undefined ? {} : { region });
  return createPlaceReader(clients, {
    reach: reach ?? { regions: [], roleArns: [], externalId: null },
    clock: systemClock,
  });
}

/** Everybody whom the service file names. @throws MusterError `MUSTER_SERVICE_INVALID` for one that cannot be used. */
export async function openReceivers(
  alerts: AlertsConfig,
  env: Environment,
): Promise<{ readonly receivers: readonly AlertReceiver[]; readonly heartbeat: Heartbeat | null }> {
  const { createHeartbeatOf, createReceivers } = await import('../adapters/alerts/receivers.ts');
  const { createClients } = await import('../adapters/aws/clients.ts');
  const { toMusterError } = await import('../adapters/aws/faults.ts');
  const world = {
    readEnv: (name: string) => env[name],
    now: systemClock.now,
    sns: { client: (region: string) => createClients({ region }).sns(), toError: toMusterError },
  };
  return { receivers: createReceivers(alerts, world), heartbeat: createHeartbeatOf(alerts, world) };
}

/** An issuer whose tokens are taken. @throws MusterError `MUSTER_SERVICE_INVALID` for settings that no token could fit. */
export async function openIssuer(settings: IssuerSettings): Promise<IdentityProvider> {
  const { createOidcProvider } = await import('../adapters/oidc/oidc-provider.ts');
  return createOidcProvider(settings, { clock: systemClock });
}

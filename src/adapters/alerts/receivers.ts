/**
 * The receivers that a service file names, each built once and all of them checked before the service starts.
 *
 * Secrets stand in the environment; the file names the variables. Names of receivers stand in jobs, so each is given once.
 */

import type { AlertLevel, AlertType } from '../../alert/alert.ts';
import type { AlertReceiver, Heartbeat } from '../../app/alert-port.ts';
import { MusterError } from '../../core/errors.ts';
import type { Instant } from '../../core/time.ts';
import { createHeartbeat } from './heartbeat.ts';
import { createSlack } from './slack.ts';
import { createSnsTopic, type SnsAccess } from './sns.ts';
import { createWebhook } from './webhook.ts';

interface Named {
  readonly name: string;
  /** Left out for all of them. */
  readonly types?: readonly AlertType[] | null | undefined;
  readonly level?: AlertLevel | null | undefined;
}

/** What a service file says of receivers. */
export interface ReceiversConfig {
  readonly webhooks?: readonly (Named & { readonly url: string; readonly secretEnv?: string | null | undefined })[];
  readonly sns?: readonly (Named & { readonly topicArn: string })[];
  readonly slack?: readonly (Named & { readonly urlEnv: string })[];
  readonly heartbeat?: { readonly url?: string | undefined; readonly urlEnv?: string | undefined } | null | undefined;
}

/** What receivers need of the world. */
export interface ReceiversWorld {
  /** A variable of the environment; undefined or empty when it is not set. */
  readonly readEnv: (name: string) => string | undefined;
  readonly now: () => Instant;
  readonly sns: SnsAccess;
}

/**
 * Builds them.
 *
 * @throws MusterError `MUSTER_SERVICE_INVALID` for the first that cannot be used, or a name that is given twice.
 */
export function createReceivers(config: ReceiversConfig, world: ReceiversWorld): readonly AlertReceiver[] {
  const wanted = ({ types, level }: Named) => ({ types: types ?? null, level: level ?? null });
  const receivers = [
    ...(config.webhooks ?? []).map((one) => {
      const { name, url, secretEnv } = one;
      const secret = secretEnv == null ? null : secretOf(secretEnv, `webhook ${name}`, world);
      return createWebhook({ name, url, secret, now: world.now, ...wanted(one) });
    }),
    ...(config.sns ?? []).map((one) =>
      createSnsTopic({ name: one.name, topicArn: one.topicArn, access: world.sns, ...wanted(one) }),
    ),
    ...(config.slack ?? []).map((one) =>
      createSlack({ name: one.name, url: secretOf(one.urlEnv, `slack ${one.name}`, world), ...wanted(one) }),
    ),
  ];
  const names = receivers.map(({ name }) => name);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled === undefined) return receivers;
  throw new MusterError(
    'MUSTER_SERVICE_INVALID',
    `two receivers are named ${JSON.stringify(doubled)}; each needs its own`,
  );
}

/** The heartbeat; null where none is named. @throws MusterError `MUSTER_SERVICE_INVALID` when it cannot be used. */
export function createHeartbeatOf({ heartbeat }: ReceiversConfig, world: ReceiversWorld): Heartbeat | null {
  if (heartbeat == null) return null;
  const { url, urlEnv } = heartbeat;
  if (url !== undefined) return createHeartbeat({ url });
  return urlEnv === undefined ? null : createHeartbeat({ url: secretOf(urlEnv, 'heartbeat', world) });
}

function secretOf(variable: string, what: string, { readEnv }: ReceiversWorld): string {
  const secret = readEnv(variable);
  if (secret !== undefined && secret !== '') return secret;
  throw new MusterError('MUSTER_SERVICE_INVALID', `${what}: ${variable} is not set in the environment`);
}

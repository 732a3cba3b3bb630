/**
 * The parts of a service file that name or border on secrets: they are held to their form last, and no message repeats
 * what stands there.
 *
 * Somebody who writes a secret where its name belongs must not find it in a log as well. A URL may be one: it bears
 * credentials, or a path that is the credential. External ids are not printed either.
 */

import { MusterError } from '../core/errors.ts';
import { isLoopback } from './config-parts.ts';

/** As much of a service file as is looked at here. */
export interface SecretiveParts {
  readonly origin: string;
  readonly externalId: string | null;
  readonly roles: readonly string[];
  readonly alerts: {
    readonly webhooks: readonly { readonly url: string; readonly secretEnv?: string | undefined }[];
    readonly slack: readonly { readonly urlEnv: string }[];
    readonly heartbeat: { readonly url?: string | undefined; readonly urlEnv?: string | undefined } | null;
  };
}

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

/**
 * Holds them to their form.
 *
 * @throws MusterError `MUSTER_SERVICE_INVALID` naming the file and the key, and nothing of the value.
 */
export function refuseSecrets({ origin, externalId, roles, alerts }: SecretiveParts): void {
  const refuse = (place: string, accepted: string): never => {
    const problem = `${origin}: ${place}: expected ${accepted}; what stands there may be a secret and is not repeated`;
    throw new MusterError('MUSTER_SERVICE_INVALID', problem);
  };
  const holdName = (name: string | undefined, place: string) => {
    if (name !== undefined && !ENV_NAME.test(name)) refuse(place, 'the name of an environment variable');
  };
  const holdUrl = (url: string | undefined, place: string) => {
    if (url !== undefined && !isPlainUrl(url))
      refuse(place, 'an https URL without credentials (http only for this machine itself)');
  };
  if (externalId !== null && !EXTERNAL_ID.test(externalId))
    refuse('externalId', '2 to 1224 letters, digits and _+=,.@:/-');
  if (externalId !== null && roles.length === 0) refuse('externalId', 'roles beside it, whose external id it is');
  alerts.webhooks.forEach(({ url, secretEnv }, index) => {
    holdUrl(url, `alerts.webhooks.${index}.url`);
    holdName(secretEnv, `alerts.webhooks.${index}.secretEnv`);
  });
  alerts.slack.forEach(({ urlEnv }, index) => {
    holdName(urlEnv, `alerts.slack.${index}.urlEnv`);
  });
  holdUrl(alerts.heartbeat?.url, 'alerts.heartbeat.url');
  holdName(alerts.heartbeat?.urlEnv, 'alerts.heartbeat.urlEnv');
}

/** Whether something may be sent there: nobody on the way reads it, and it bears no password. */
export function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
}

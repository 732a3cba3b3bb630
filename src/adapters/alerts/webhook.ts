/**
 * Alerts to a webhook: a CloudEvent in structured mode, signed.
 *
 * The same alert bears the same `webhook-id` however often it is delivered; the timestamp is that of the attempt.
 * Source: CloudEvents 1.0.2, HTTP protocol binding, section 3.2; Standard Webhooks 1.0.0.
 */

import { isWanted, type Wanted } from '../../alert/wanted.ts';
import type { AlertReceiver } from '../../app/alert-port.ts';
import { type Instant, toEpochMilliseconds } from '../../core/time.ts';
import { parsePlace, send } from './post.ts';
import { signedHeaders, signingKeys } from './standard-webhooks.ts';

/** How a webhook is told. */
export interface WebhookOptions extends Wanted {
  readonly name: string;
  readonly url: string;
  /** Null for one that is not signed. */
  readonly secret: string | null;
  readonly now: () => Instant;
}

/** A webhook. @throws MusterError `MUSTER_SERVICE_INVALID` for an address or a secret that cannot be used. */
export function createWebhook({ name, url, secret, now, ...wanted }: WebhookOptions): AlertReceiver {
  const place = parsePlace(url, { name: `webhook ${name}`, origin: 'its url' });
  const keys = secret === null ? [] : signingKeys(secret, `webhook ${name}: its secret`);
  return {
    name,
    wants: (alert) => isWanted(alert, wanted),
    deliver: async (alert, signal) => {
      const body = JSON.stringify(alert);
      const timestamp = Math.floor(toEpochMilliseconds(now()) / 1_000);
      const headers = {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        ...signedHeaders({ id: alert.id, timestamp, body }, keys),
      };
      await send(place, { method: 'POST', headers, body }, signal);
    },
  };
}

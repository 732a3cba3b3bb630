/**
 * The signature of a webhook, so that its receiver can tell who sent it, and when.
 *
 * HMAC-SHA256 over id, timestamp and body. A secret that begins with `whsec_` is the base64 of its bytes; any other is
 * taken as the bytes of its text. Several, with a space between, are each signed with: that is how a secret is changed
 * without a gap. Source: Standard Webhooks 1.0.0, "Signature scheme", "Webhook headers".
 */

import { createHmac } from 'node:crypto';
import { MusterError } from '../../core/errors.ts';
import { bytesOfBase64 } from '../../evidence/parts.ts';

/** A secret's bytes. */
export type SigningKey = Uint8Array;

const PREFIX = 'whsec_';
const BYTES_MIN = 24;

/**
 * The keys that a secret holds.
 *
 * @param origin Which receiver's, and where it came from; the secret itself is never repeated.
 * @throws MusterError `MUSTER_SERVICE_INVALID` for a secret that is too short, or no base64 behind its prefix.
 */
export function signingKeys(secret: string, origin: string): readonly SigningKey[] {
  const texts = secret.split(/\s+/).filter((text) => text !== '');
  const keys = texts.map((text) => {
    const bytes = text.startsWith(PREFIX) ? bytesOfBase64(text.slice(PREFIX.length)) : Buffer.from(text, 'utf8');
    if (bytes === null) throw invalid(`${origin} is no base64 behind ${PREFIX}`);
    if (bytes.length < BYTES_MIN)
      throw invalid(`${origin} has ${bytes.length} bytes; accepted are ${BYTES_MIN} and more`);
    return bytes;
  });
  if (keys.length === 0) throw invalid(`${origin} is empty`);
  return keys;
}

/** The headers of one delivery. @param timestamp Seconds since 1970, of this attempt. */
export function signedHeaders(
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
  keys: readonly SigningKey[],
): Readonly<Record<string, string>> {
  const signatures = keys.map((key) => {
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64');
    return `v1,${digest}`;
  });
  const signed = signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') };
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), ...signed };
}

function invalid(message: string): MusterError {
  return new MusterError('MUSTER_SERVICE_INVALID', message);
}

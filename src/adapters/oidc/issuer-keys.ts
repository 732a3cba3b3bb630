/**
 * The keys of an OpenID Connect issuer, asked for over the network.
 *
 * The issuer's own document says where they lie; it must name the issuer that was asked, so that none speaks for another.
 * Answers are bounded in size and time, and redirects are refused: they could lead anywhere. What cannot be had is an error
 * and never an empty set. Source: OpenID Connect Discovery 1.0, sections 4 and 7.2; RFC 7517, section 5.
 */

import * as z from 'zod';
import { MusterError } from '../../core/errors.ts';

const ANSWER_BYTES_MAX = 1_000_000;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const discovered = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

/** The text of a JWK Set. */
export type KeySetText = string;

/**
 * Whether a URL may be asked: by https, and without it on this machine alone.
 *
 * @param text Without a query, a fragment, a name or a password in it.
 */
export function isAskable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

/** Where an issuer's document lies. */
export function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
}

/**
 * Asks an issuer for its keys.
 *
 * @param signal Ends the asking.
 * @throws MusterError `MUSTER_ENDPOINT_UNREACHABLE` when they cannot be had, or are not what they should be.
 */
export async function askForKeys(issuer: string, signal: AbortSignal): Promise<KeySetText> {
  try {
    const { issuer: named, jwks_uri: keysAt } = discovered.parse(JSON.parse(await get(discoveryUrl(issuer), signal)));
    if (named !== issuer) throw new Refusal('it calls itself by another name');
    const downgraded = issuer.startsWith('https:') && !keysAt.startsWith('https:');
    if (!isAskable(keysAt) || downgraded)
      throw new Refusal('it says that its keys lie where they may not be asked for');
    const text = await get(new URL(keysAt), signal);
    keySet.parse(JSON.parse(text));
    return text;
  } catch (cause) {
    const message = `the issuer ${issuer} cannot be asked for its keys (${reasonOf(cause, signal)})`;
    throw new MusterError('MUSTER_ENDPOINT_UNREACHABLE', message, { cause });
  }
}

/** Why an answer is not taken, in words that hold nothing of it. */
class Refusal extends Error {}

async function get(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Refusal(`it answers with status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Refusal(`its answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'it does not answer in time';
  if (error instanceof Refusal) return error.message;
  if (error instanceof SyntaxError || error instanceof z.ZodError) return 'its answer is not of the form it should be';
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
}

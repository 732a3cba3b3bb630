/**
 * One HTTP request to a receiver, and whether it was taken, may be taken later, or never will be.
 *
 * Over https, or http to this machine itself. Redirects are not followed, nothing is waited for longer than ten seconds,
 * and of an answer no more than its beginning is read. A URL is often a secret as a whole: messages name its host alone.
 * Source: Standard Webhooks 1.0.0, "Webhook failures"; RFC 9110, sections 15.4, 15.5.11 and 15.5.14.
 */

import { MusterError } from '../../core/errors.ts';
import type { Seconds } from '../../core/time.ts';

/** Where a receiver is told. */
export interface Place {
  readonly url: URL;
  /** Which receiver it is, for messages: `webhook pager`. */
  readonly name: string;
}

/** What is sent. */
export interface Sent {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Null for none. */
  readonly body: string | null;
  /** So long it is waited for the answer; 10 unless told. */
  readonly secondsMax?: Seconds;
}

const SECONDS_MAX: Seconds = 10;
const WORDS_LENGTH_MAX = 64;
/**
 * They say that this receiver takes this alert never: it is gone, or the body is too large. Any other refusal may be of a
 * secret that is being changed or a receiver that is being deployed.
 */
const NEVER = [410, 413];
/** They say that the address itself is out of date, which whoever keeps the receiver can put right. */
const MOVED = [301, 308];

/**
 * The address of a receiver.
 *
 * @param origin Where it was written, for messages; the address itself may be a secret.
 * @throws MusterError `MUSTER_SERVICE_INVALID` for one that is not to be used.
 */
export function parsePlace(text: string, { name, origin }: { readonly name: string; readonly origin: string }): Place {
  const refuse = (why: string) => new MusterError('MUSTER_SERVICE_INVALID', `${name}: ${origin} ${why}`);
  const accepted = 'accepted is https://HOST/PATH, or http:// on this machine';
  if (!URL.canParse(text)) throw refuse(`is no URL; ${accepted}`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw refuse('bears a password, which does not belong in an address; sign with a secret instead');
  const plain = url.protocol === 'http:' && isThisMachine(url.hostname);
  if (url.protocol !== 'https:' && !plain) throw refuse(`goes over ${url.protocol}//${url.host}; ${accepted}`);
  return { url, name };
}

/**
 * Sends it. Returns when the receiver has taken it.
 *
 * @throws MusterError `MUSTER_ENDPOINT_UNREACHABLE` where it may be taken later, `MUSTER_SERVICE_INVALID` where it never
 *   will be.
 */
export async function send(
  place: Place,
  { method, headers, body, secondsMax = SECONDS_MAX }: Sent,
  signal: AbortSignal,
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(secondsMax * 1_000)]);
  let response: Response;
  try {
    response = await fetch(place.url, { method, headers, body, redirect: 'manual', signal: until });
  } catch (error) {
    throw unanswered(place, error, signal);
  }
  const { status, ok } = response;
  const words = ok ? '' : await firstWords(response);
  // Whatever else it says is not waited for.
  await response.body?.cancel().catch(() => undefined);
  if (!ok) throw refused(place, status, words);
}

function unanswered({ url, name }: Place, error: unknown, signal: AbortSignal): MusterError {
  const where = `${name} at ${url.host}`;
  if (signal.aborted) return new MusterError('MUSTER_ENDPOINT_UNREACHABLE', `${where} was not waited for any longer`);
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  const why = timedOut ? `no answer in time` : codeOf(error);
  // Without the cause: what the HTTP client throws may hold the address.
  return new MusterError('MUSTER_ENDPOINT_UNREACHABLE', `${where} does not answer: ${why}`);
}

function refused({ url, name }: Place, status: number, words: string): MusterError {
  const said = `${name} at ${url.host} answered ${status}${words === '' ? '' : ` (${words})`}`;
  if (MOVED.includes(status))
    return new MusterError('MUSTER_ENDPOINT_UNREACHABLE', `${said}: it has moved, and redirects are not followed`);
  return NEVER.includes(status)
    ? new MusterError('MUSTER_SERVICE_INVALID', `${said} and will not take it`)
    : new MusterError('MUSTER_ENDPOINT_UNREACHABLE', said);
}

/** A code such as Slack's `invalid_payload`; anything else may repeat what was sent and is left out. */
async function firstWords(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  try {
    const { value } = await reader.read();
    const text = Buffer.from(value?.subarray(0, WORDS_LENGTH_MAX + 1) ?? []).toString('latin1');
    return /^[a-z]+(?:_[a-z]+)+$/.test(text) && text.length <= WORDS_LENGTH_MAX ? text : '';
  } catch {
    // The status is known already, and says enough.
    return '';
  } finally {
    reader.releaseLock();
  }
}

/** The system's code behind a failed request, such as `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  for (const one of [error instanceof Error ? error.cause : null, error]) {
    const code: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, 'code') : null;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  }
  return 'the connection failed';
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

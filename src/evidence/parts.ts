/**
 * What the shapes of signed documents have in common: instants, digests, and bytes written as base64.
 *
 * Base64 is read in its standard and its URL-safe form, padded or not, and only in the one spelling that its bytes have:
 * otherwise a signature could be written in several ways. Source: RFC 4648, sections 3.5, 4 and 5.
 */

import * as z from 'zod';
import type { Digest } from '../core/canonical.ts';
import { type Instant, isInstant } from '../core/time.ts';

/** An instant in the one form in which instants are written. */
export const instant = z.custom<Instant>((value) => typeof value === 'string' && isInstant(value), {
  error: 'not an instant',
});

/** A digest with the name of its function. */
export const digest = z.custom<Digest>((value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value), {
  error: 'not a digest',
});

/** A digest as in-toto writes it: the function's name apart. Source: in-toto attestation v1, DigestSet. */
export const digestSet = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'not a SHA-256 digest' }) });

/** The bytes of a base64 text; null when it is none. */
export function bytesOfBase64(text: string): Uint8Array | null {
  const bare = text.replace(/={1,2}$/, '');
  // A padded text is a multiple of four long; mixing the two alphabets is neither of them.
  if (bare !== text && text.length % 4 !== 0) return null;
  const urlSafe = /^[\w-]*$/.test(bare);
  if (!urlSafe && !/^[A-Za-z0-9+/]*$/.test(bare)) return null;
  const bytes = Buffer.from(bare, urlSafe ? 'base64url' : 'base64');
  const spelled = urlSafe ? bytes.toString('base64url') : bytes.toString('base64').replace(/=+$/, '');
  return spelled === bare ? bytes : null;
}

/** A text as JSON; undefined when it is none. What does not parse is not repeated: it may be a secret. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first thing that is wrong with a value, with its place in it. */
export function firstIssue({ issues: [issue] }: z.ZodError): string {
  const path = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${path}${issue?.message ?? 'unreadable'}`;
}

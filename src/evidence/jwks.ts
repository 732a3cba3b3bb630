/**
 * Sets of public keys as JSON, and the name that a key has from what it is.
 *
 * A set may come from anywhere: each key must bear the thumbprint of its own public part and say what it signs. Keys of
 * kinds that Muster does not use are passed over, a private part is refused.
 * Source: RFC 7517 (JWK Set), RFC 7638 (thumbprint), RFC 8037 (OKP), RFC 7518, section 6.2 (EC).
 */

import { hash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import type { PublicKey } from './keys.ts';
import { bytesOfBase64, firstIssue, instant, parsedJson } from './parts.ts';

const COORDINATE_BYTES = 32;
const coordinate = z
  .string()
  .refine((text) => bytesOfBase64(text)?.length === COORDINATE_BYTES && /^[\w-]+$/.test(text), {
    error: `not ${COORDINATE_BYTES} bytes as base64url`,
  });
const common = {
  kid: z.string(),
  use: z.literal('sig'),
  purpose: z.enum(['attestation', 'token']),
  createdAt: instant,
  retiredAt: instant.nullable(),
  d: z.never({ error: 'is a private part, which belongs in no set of public keys' }).optional(),
};

/** The shape of a public key, its name checked against what it is; unknown members are dropped. */
export const publicKey: z.ZodType<PublicKey> = z
  .discriminatedUnion('kty', [
    z.object({ ...common, kty: z.literal('OKP'), crv: z.literal('Ed25519'), alg: z.literal('EdDSA'), x: coordinate }),
    z.object({
      ...common,
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      alg: z.literal('ES256'),
      x: coordinate,
      y: coordinate,
    }),
  ])
  .refine((key) => key.kid === thumbprintOf(key), { error: 'is not the thumbprint of the key', path: ['kid'] });

const keySet = z.object({ keys: z.array(z.unknown()).max(1_000) });

/** The RFC 7638 thumbprint of a key, which is its `kid`. */
export function thumbprintOf(key: Pick<PublicKey, 'kty' | 'crv' | 'x' | 'y'>): string {
  const { kty, crv, x, y } = key;
  return hash('sha256', canonicalJson(kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }), 'base64url');
}

/** Keys as a JWK Set, by creation; members beyond RFC 7517 are `purpose`, `createdAt` and `retiredAt`. */
export function keySetOf(keys: readonly PublicKey[]): { readonly keys: readonly PublicKey[] } {
  const publicParts = keys.map(({ kid, kty, crv, x, y, alg, use, purpose, createdAt, retiredAt }) => ({
    kid,
    kty,
    crv,
    x,
    ...(y !== undefined && { y }),
    alg,
    use,
    purpose,
    createdAt,
    retiredAt,
  }));
  return { keys: publicParts.sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0)) };
}

/**
 * Reads a JWK Set.
 *
 * @param origin Where it came from, for messages.
 * @throws MusterError `MUSTER_KEY_INVALID` when it is no set, or a key of it is not one that `muster keys` prints.
 */
export function parseKeySet(text: string, origin: string): readonly PublicKey[] {
  const set = keySet.safeParse(parsedJson(text));
  if (!set.success) {
    throw new MusterError('MUSTER_KEY_INVALID', `${origin} is no JWK Set; accepted is what muster keys prints`);
  }
  return set.data.keys.flatMap((key, index) => {
    if (!isOurKind(key)) return [];
    const parsed = publicKey.safeParse(key);
    if (parsed.success) return [parsed.data];
    const place = `${origin}: keys.${index}`;
    throw new MusterError(
      'MUSTER_KEY_INVALID',
      `${place} is no key that muster keys prints: ${firstIssue(parsed.error)}`,
    );
  });
}

/** RFC 7517, section 5: keys of a kind that is not understood are to be ignored. */
function isOurKind(key: unknown): boolean {
  const kty: unknown = typeof key === 'object' && key !== null ? Reflect.get(key, 'kty') : undefined;
  return kty === undefined || kty === 'OKP' || kty === 'EC';
}

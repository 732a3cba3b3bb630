/**
 * Whether a signature over bytes is that of a public key: Ed25519, or ECDSA on P-256 with SHA-256.
 *
 * ECDSA signatures are r and s, 32 bytes each, everywhere in Muster and never DER, so that one form serves envelopes,
 * tokens and seals. Pure: the same bytes give the same answer. Source: RFC 8032; FIPS 186-5; RFC 7518, section 3.4.
 */

import { createPublicKey, verify } from 'node:crypto';
import type { PublicKey } from './keys.ts';

/** Tells whether a signature over these bytes is one of the key that it was made for. */
export type SignatureCheck = (bytes: Uint8Array, signature: Uint8Array) => boolean;

/** The check for one key; of a key that is no point of its curve nothing holds. */
export function signatureCheckOf({ kty, crv, x, y, alg }: PublicKey): SignatureCheck {
  const loaded = loadedKey({ kty, crv, x, ...(y !== undefined && { y }) });
  if (loaded === null) return () => false;
  const hash = alg === 'ES256' ? 'sha256' : null;
  const key = alg === 'ES256' ? { key: loaded, dsaEncoding: 'ieee-p1363' as const } : loaded;
  return (bytes, signature) => verify(hash, bytes, key, signature);
}

function loadedKey(jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y?: string }) {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    return null;
  }
}

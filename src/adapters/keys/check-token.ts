/**
 * Checks the signature of a token with `jose`: another implementation than the one that made it.
 *
 * The key fixes the algorithm, so neither `none` nor a shared secret made of a public key passes; a header that asks for
 * anything critical is refused, and so are tokens of another type. What the token says is judged elsewhere.
 * Source: RFC 7515, sections 4.1.11 (`crit`) and 5.2; RFC 7797 (`b64`); RFC 8725, section 3.
 */

import type { PublicKey } from '../../evidence/keys.ts';
import { bytesOfBase64 } from '../../evidence/parts.ts';
import { TOKEN_TYPE } from '../../evidence/token.ts';

/** The payload when the token is one of this key, null when it is not. */
export async function checkToken(token: string, key: PublicKey): Promise<Uint8Array | null> {
  // One spelling a token: `jose` passes over spare bits of base64.
  const spelled = token.split('.').every((part) => bytesOfBase64(part) !== null);
  if (!spelled || key.purpose !== 'token') return null;
  const { compactVerify, errors, importJWK } = await import('jose');
  const { kty, crv, x, y, alg } = key;
  try {
    const loaded = await importJWK({ kty, crv, x, ...(y !== undefined && { y }) }, alg);
    const { payload, protectedHeader } = await compactVerify(token, loaded, { algorithms: [alg] });
    const plain = protectedHeader.crit === undefined && protectedHeader.b64 === undefined;
    return plain && protectedHeader.typ === TOKEN_TYPE ? payload : null;
  } catch (error) {
    // What is no point of its curve is a DOMException of the platform.
    if (error instanceof errors.JOSEError || error instanceof DOMException) return null;
    throw error;
  }
}

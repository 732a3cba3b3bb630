/**
 * Keys for tests: the same on every run, each named by a word.
 *
 * Ed25519 from a seed, or P-256 from a fixed number; `THE_VECTOR` is the key of RFC 8032, section 7.1, test 1.
 */

import { createECDH, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { KeyKeeper, KeyPurpose, Signer } from '../../src/app/ports.ts';
import { type Instant, parseInstant } from '../../src/core/time.ts';
import { thumbprintOf } from '../../src/evidence/jwks.ts';
import type { PublicKey } from '../../src/evidence/keys.ts';

export const MADE = parseInstant('2026-01-01T00:00:00Z', 'test');
export const at = (text: string): Instant => parseInstant(text, 'test');
export const THE_VECTOR = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';

/** A signer, and its private key for other implementations. */
export interface TestSigner extends Signer {
  readonly secret: KeyObject;
  readonly public: KeyObject;
}

/** An Ed25519 signer. @param seed 64 hex digits, or a word. */
export function aSigner(seed: string, fields: Partial<PublicKey> = {}): TestSigner {
  const bytes = /^[0-9a-f]{64}$/.test(seed) ? Buffer.from(seed, 'hex') : Buffer.alloc(32, seed);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(secret).export({ format: 'jwk' });
  const form = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const key: PublicKey = {
    kid: thumbprintOf(form),
    ...form,
    alg: 'EdDSA',
    use: 'sig',
    purpose: 'attestation',
    createdAt: MADE,
    retiredAt: null,
    ...fields,
  };
  return { key, secret, public: createPublicKey(secret), sign: async (input) => sign(null, input, secret) };
}

/** A signer on P-256, from a fixed scalar. */
export function aP256Signer(fields: Partial<PublicKey> = {}): TestSigner {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(Buffer.alloc(32, 7));
  const point = curve.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url')) as [
    string,
    string,
  ];
  const d = curve.getPrivateKey().toString('base64url');
  const secret = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' });
  const form = { kty: 'EC', crv: 'P-256', x, y } as const;
  const key: PublicKey = {
    kid: thumbprintOf(form),
    ...form,
    alg: 'ES256',
    use: 'sig',
    purpose: 'attestation',
    createdAt: MADE,
    retiredAt: null,
    ...fields,
  };
  const signed = { key: secret, dsaEncoding: 'ieee-p1363' } as const;
  return { key, secret, public: createPublicKey(secret), sign: async (input) => sign('sha256', input, signed) };
}

/** A keeper of these signers, the last of each purpose in use. */
export function aKeeper(...signers: readonly Signer[]): KeyKeeper & { readonly signers: Signer[] } {
  const held = [...signers];
  return {
    signers: held,
    signer: async (purpose: KeyPurpose) => {
      const found = held.findLast(({ key }) => key.purpose === purpose);
      if (found === undefined) throw new Error(`no signer for ${purpose}`);
      return found;
    },
    publicKeys: async () => held.map(({ key }) => key),
    rotate: async () => {
      throw new Error('not rotated here');
    },
  };
}

/** The bytes with one bit of one byte turned over. */
export function flipped(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((byte, place) => (place === index ? byte ^ 1 : byte));
}

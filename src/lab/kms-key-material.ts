/**
 * The pairs behind the lab's signing keys, and what they sign: real cryptography, the same on every run.
 *
 * A pair follows from its key's id, and so does every signature from what is signed, since the lab answers the same calls
 * the same way. Such keys protect nothing; they are made for tests. Source: FIPS 186-5, section 6.4 (ECDSA);
 * RFC 8410 (Ed25519 in PKCS #8); RFC 5915 and SEC 1 (P-256).
 */

import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { SigningSpec } from './world.ts';

/** What each kind of key signs with, in AWS's words. */
export const SIGNING_ALGORITHMS: Readonly<Record<SigningSpec, readonly string[]>> = {
  ECC_NIST_P256: ['ECDSA_SHA_256'],
  ECC_NIST_EDWARDS25519: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
};

/** The order of the group of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const COORDINATE_BYTES = 32;
/** PKCS #8 around an Ed25519 seed. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The public part as DER (SubjectPublicKeyInfo). */
export function publicDer(keyId: string, spec: SigningSpec): Buffer {
  const key = spec === 'ECC_NIST_P256' ? createPublicKey(p256Key(keyId)) : createPublicKey(ed25519Key(keyId));
  return key.export({ format: 'der', type: 'spki' });
}

/** An Ed25519 signature over a message. */
export function signEd25519(keyId: string, message: Uint8Array): Buffer {
  return sign(null, message, ed25519Key(keyId));
}

/** An ECDSA signature over a SHA-256 digest, as DER. */
export function signP256(keyId: string, digest: Uint8Array): Buffer {
  const secret = scalarOf(seedOf(keyId));
  // The nonce follows from key and digest, as in RFC 6979, if more simply: never the same for two digests.
  const nonce = scalarOf(createHash('sha256').update('nonce').update(seedOf(keyId)).update(digest).digest());
  const r = numberOf(pointOf(nonce).subarray(1, 1 + COORDINATE_BYTES)) % ORDER;
  const s = (inverse(nonce) * (numberOf(digest) + r * secret)) % ORDER;
  const content = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function seedOf(keyId: string): Buffer {
  return createHash('sha256').update(`lab key ${keyId}`).digest();
}

function ed25519Key(keyId: string): KeyObject {
  return createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, seedOf(keyId)]), format: 'der', type: 'pkcs8' });
}

function p256Key(keyId: string): KeyObject {
  const secret = scalarOf(seedOf(keyId));
  const point = pointOf(secret);
  const part = (start: number) => point.subarray(start, start + COORDINATE_BYTES).toString('base64url');
  const d = bytesOf(secret).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: part(1), y: part(1 + COORDINATE_BYTES), d };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

/** A multiple of the base point, uncompressed. */
function pointOf(scalar: bigint): Buffer {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(bytesOf(scalar));
  return curve.getPublicKey();
}

function scalarOf(bytes: Uint8Array): bigint {
  return (numberOf(bytes) % (ORDER - 1n)) + 1n;
}

/** By Fermat: the order is prime. */
function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, value % ORDER, ORDER - 2n];
  for (; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return result;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * COORDINATE_BYTES, '0'), 'hex');
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
}

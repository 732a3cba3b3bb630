/**
 * Public keys, and the records that say in the chain which key signs from when on.
 *
 * A key is named by the thumbprint of its public part, so a name cannot be given to another key. Private parts live behind
 * a port and never reach this folder. Source: RFC 7517 (JWK), RFC 7638 (thumbprint), RFC 8037 (Ed25519 in JOSE).
 */

import type { Digest } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';

/** A public key as a JWK; Ed25519, or ECDSA on P-256 where a key service has no other. */
export interface PublicKey {
  /** RFC 7638 thumbprint, SHA-256, base64url. */
  readonly kid: string;
  readonly kty: 'OKP' | 'EC';
  readonly crv: 'Ed25519' | 'P-256';
  readonly x: string;
  readonly y?: string;
  readonly alg: 'EdDSA' | 'ES256';
  readonly use: 'sig';
  /** What it signs: attestations and seals, or tokens; a verifier refuses the other. */
  readonly purpose: 'attestation' | 'token';
  readonly createdAt: Instant;
  /** Null while it is in use. */
  readonly retiredAt: Instant | null;
}

/** From its place in the chain on, seals are by this key. */
export interface KeyRecord {
  readonly formatVersion: '1';
  readonly at: Instant;
  readonly key: PublicKey;
  /** DSSE signature (base64) over this record without it, by the key before; null for the first key of a chain. */
  readonly introducedBy: { readonly kid: string; readonly sig: string } | null;
}

/** A signature over the chain up to one record. */
export interface SealRecord {
  readonly formatVersion: '1';
  readonly at: Instant;
  /** The last record that it covers. */
  readonly upTo: number;
  readonly digest: Digest;
  readonly kid: string;
  /** DSSE signature (base64) over `{formatVersion, at, upTo, digest, kid}` as canonical JSON. */
  readonly sig: string;
}

/**
 * A bearer token for the API: what it may do, until when, and whether it was taken back.
 *
 * A token is shown once, when it is made; the chain keeps the SHA-256 of its secret, who made it and who revoked it. The
 * secret has 256 bits of chance, so that a plain digest of it cannot be searched. Source: RFC 6750 (bearer tokens).
 */

import type { Digest } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';

/** What a token lets its bearer do. None includes another. */
export const TOKEN_SCOPES = [
  /** See databases, verdicts, evidence, drills, the audit trail. */
  'read',
  /** Have a change judged, and ask a decision again. */
  'gate',
  /** Have a drill, a sweep or a reading begun. */
  'operate',
  /** Give a person's receipt. */
  'approve',
] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A token that was given out. */
export interface TokenIssued {
  readonly formatVersion: '1';
  readonly what: 'issued';
  readonly at: Instant;
  /** Public: it stands in the token, in lists and in logs. */
  readonly id: string;
  /** Whose it is, in words; a receipt given with it bears this name. */
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly secretDigest: Digest;
  readonly expiresAt: Instant;
  /** The machine's name of whoever made it. */
  readonly by: string;
}

/** A token that was taken back. */
export interface TokenRevoked {
  readonly formatVersion: '1';
  readonly what: 'revoked';
  readonly at: Instant;
  readonly id: string;
  readonly by: string;
}

/** What the chain keeps of tokens. */
export type TokenRecord = TokenIssued | TokenRevoked;

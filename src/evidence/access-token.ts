/**
 * A bearer token for the API: what it may do, until when, and whether it was taken back.
 *
 * A token is shown once, when it is made; the chain keeps the SHA-256 of its secret, who made it and who revoked it. The
 * secret has 256 bits of chance, so that a plain digest of it cannot be searched. Source: RFC 6750 (bearer tokens).
 */

import { type Digest, digestOfBytes } from '../core/canonical.ts';
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

/** The parts of a token: its public id, and what only its bearer has. */
export interface TokenParts {
  readonly id: string;
  readonly secret: string;
}

/** Lengths of the two parts. Both are lower-case letters and digits; 50 of those have more than 256 bits. */
export const TOKEN_LENGTHS = { id: 12, secret: 50 } as const;
/** What every token begins with, so that scanners for leaked secrets can know one. */
export const TOKEN_PREFIX = 'muster_';

const FORM = new RegExp(`^${TOKEN_PREFIX}([a-z0-9]{${TOKEN_LENGTHS.id}})_([a-z0-9]{${TOKEN_LENGTHS.secret}})$`);

/** The token as its bearer writes it. */
export function tokenText({ id, secret }: TokenParts): string {
  return `${TOKEN_PREFIX}${id}_${secret}`;
}

/** The parts of a token; null for a text that is none. */
export function readToken(text: string): TokenParts | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** What is kept in place of a secret. */
export function secretDigestOf(secret: string): Digest {
  return digestOfBytes(secret);
}

/** Everything that the chain says of one token. */
export interface KnownToken {
  readonly issued: TokenIssued;
  /** Null while nobody took it back. */
  readonly revoked: TokenRevoked | null;
}

/** The tokens by their ids. Of several records on one token the first stands; a revocation counts wherever it stands. */
export function tokensById(records: readonly TokenRecord[]): ReadonlyMap<string, KnownToken> {
  const revoked = new Map<string, TokenRevoked>();
  for (const record of records) {
    if (record.what === 'revoked' && !revoked.has(record.id)) revoked.set(record.id, record);
  }
  const known = new Map<string, KnownToken>();
  for (const record of records) {
    if (record.what !== 'issued' || known.has(record.id)) continue;
    known.set(record.id, { issued: record, revoked: revoked.get(record.id) ?? null });
  }
  return known;
}

/** What has become of a token; wire values. */
export const TOKEN_STATES = ['active', 'expired', 'revoked'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

/** The state of a token at an instant; at the very instant of its end it holds no more. */
export function tokenStateOf({ issued, revoked }: KnownToken, at: Instant): TokenState {
  if (revoked !== null) return 'revoked';
  return at < issued.expiresAt ? 'active' : 'expired';
}

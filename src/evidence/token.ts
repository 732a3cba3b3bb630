/**
 * A decision as a token: a compact JWS, short enough for a header, a tag or a variable of CI.
 *
 * It says which change was judged, how, and until when; whoever wants the reasons asks for the statement. Made here by
 * hand, and checked by another implementation behind `TokenCheck`. The key fixes the algorithm, not the header.
 * Source: RFC 7515 (JWS), RFC 7519 (JWT), RFC 8037 (EdDSA), RFC 8725 (`typ`, one algorithm a key).
 */

import * as z from 'zod';
import { canonicalJson, digestOf } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import { fromEpochMilliseconds, type Instant, toEpochMilliseconds } from '../core/time.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { PublicKey } from './keys.ts';
import { bytesOfBase64, digest, firstIssue, parsedJson } from './parts.ts';
import { decisionWord, verdictWord } from './read-statement.ts';
import { endpointOf, resourceUriOf, resultOf } from './statement.ts';
import type { Attested } from './verification.ts';

/** What kind of token it is, so that no other token of the same signer passes for one. */
export const TOKEN_TYPE = 'muster-verdict+jwt';
/** Who issues it, unless told. */
export const TOKEN_ISSUER = 'https://muster.dev/verifier';

/**
 * Checks the signature of a token with one key, and that its header is what that key signs: its algorithm, our type,
 * nothing critical.
 *
 * @returns The payload when it holds, null when it does not.
 */
export type TokenCheck = (token: string, key: PublicKey) => Promise<Uint8Array | null>;

/** What a token says; instants of the JWT claims are whole seconds since 1970. */
export interface TokenClaims {
  readonly iss: string;
  /** The change digest. */
  readonly sub: string;
  readonly aud?: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** Of the decision document. */
  readonly digest: string;
  readonly decision: DecisionDocument['decision'];
  readonly verdict: DecisionDocument['verdict'];
  /** `aws:ACCOUNT/REGION`; null for no one place. */
  readonly scope: string | null;
  /** Null for AWS. */
  readonly endpoint: string | null;
  readonly version: string;
}

/** What a token needs besides the decision. */
export interface TokenContext {
  readonly issuer: string;
  readonly audience: string | null;
  readonly issuedAt: Instant;
  /** No other token bears it. */
  readonly id: string;
  readonly version: string;
}

/** What is known of a token before any key was tried. */
export interface TokenHead {
  readonly kid: string | null;
  /** Why no key of ours can have made it; null when one may have. */
  readonly refused: string | null;
}

const header = z.looseObject({ alg: z.string(), typ: z.string().optional(), kid: z.string().optional() });
const seconds = z.int().min(0).max(253_402_300_799);
const claims = z.object({
  iss: z.string(),
  sub: digest,
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  iat: seconds,
  exp: seconds,
  nbf: seconds.optional(),
  digest,
  decision: decisionWord,
  verdict: verdictWord,
  scope: z.string().nullable(),
  endpoint: z.string().nullable(),
  version: z.string(),
});

/** The claims of a token about a decision. */
export function claimsOf(document: DecisionDocument, context: TokenContext): TokenClaims {
  return {
    iss: context.issuer,
    sub: document.changeDigest,
    ...(context.audience !== null && { aud: context.audience }),
    iat: secondsOf(context.issuedAt),
    // Cut to whole seconds: it may end sooner than the decision, never later.
    exp: secondsOf(document.validUntil),
    jti: context.id,
    digest: digestOf(document),
    decision: document.decision,
    verdict: document.verdict,
    scope: resourceUriOf(document),
    endpoint: endpointOf(document),
    version: context.version,
  };
}

/** What is signed of a token with a key: header and claims, in base64url. */
export function tokenInput(said: TokenClaims, { alg, kid }: Pick<PublicKey, 'alg' | 'kid'>): string {
  return [{ alg, kid, typ: TOKEN_TYPE }, said].map((part) => base64Url(canonicalJson(part))).join('.');
}

/** The token. @param signature Over the UTF-8 bytes of `input`. */
export function tokenOf(input: string, signature: Uint8Array): string {
  return `${input}.${base64Url(signature)}`;
}

/** Whether a text may be a token at all: three parts of base64url. */
export function looksLikeToken(text: string): boolean {
  return /^[\w-]+\.[\w-]*\.[\w-]*$/.test(text);
}

/**
 * Reads the header of a token; trusts nothing of it but what speaks against it.
 *
 * @throws MusterError `MUSTER_ATTESTATION_INVALID` when it is no token.
 */
export function readTokenHead(token: string, origin: string): TokenHead {
  const parsed = header.safeParse(jsonOf(token.split('.')[0] ?? ''));
  if (!parsed.success) throw invalid(`${origin} is no token: ${firstIssue(parsed.error)}`);
  const { alg, typ, kid = null } = parsed.data;
  return { kid, refused: refusedBy(parsed.data, alg, typ) };
}

/**
 * What a token attests. @param payload As a `TokenCheck` gave it.
 *
 * @throws MusterError `MUSTER_ATTESTATION_INVALID` when the claims are not those of such a token.
 */
export function readClaims(payload: Uint8Array, origin: string): Attested {
  const parsed = claims.safeParse(parsedJson(Buffer.from(payload).toString('utf8')));
  if (!parsed.success) throw invalid(`${origin} is no token about a decision: ${firstIssue(parsed.error)}`);
  const {
    sub,
    digest: decisionDigest,
    decision,
    verdict,
    scope,
    endpoint,
    iat,
    exp,
    nbf,
    aud,
    iss,
    version,
  } = parsed.data;
  return {
    changeDigest: sub,
    decisionDigest,
    decision,
    verdict,
    result: resultOf({ decision, verdict }),
    madeAt: instantOf(Math.max(iat, nbf ?? iat)),
    validUntil: instantOf(exp),
    resourceUri: scope,
    endpoint,
    audience: aud === undefined ? null : [aud].flat(),
    verifier: { id: iss, version },
  };
}

function refusedBy(said: object, alg: string, typ: string | undefined): string | null {
  if (typ !== TOKEN_TYPE) return `its type is ${JSON.stringify(typ ?? null)}; accepted is "${TOKEN_TYPE}"`;
  if (alg !== 'EdDSA' && alg !== 'ES256')
    return `its algorithm is ${JSON.stringify(alg)}; accepted are "EdDSA" and "ES256"`;
  const critical = ['crit', 'b64'].filter((name) => Object.hasOwn(said, name));
  return critical.length === 0 ? null : `its header asks for ${critical.join(' and ')}, which no token of Muster does`;
}

function jsonOf(part: string): unknown {
  const bytes = bytesOfBase64(part);
  return bytes === null ? undefined : parsedJson(Buffer.from(bytes).toString('utf8'));
}

function base64Url(bytes: string | Uint8Array): string {
  return (typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : Buffer.from(bytes)).toString('base64url');
}

function secondsOf(at: Instant): number {
  return Math.floor(toEpochMilliseconds(at) / 1_000);
}

function instantOf(since1970: number): Instant {
  return fromEpochMilliseconds(since1970 * 1_000);
}

function invalid(message: string): MusterError {
  return new MusterError('MUSTER_ATTESTATION_INVALID', message);
}

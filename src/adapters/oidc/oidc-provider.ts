/**
 * Knows callers by the tokens of an OpenID Connect issuer: who they are, and which scopes a claim of theirs is mapped to.
 *
 * The settings name issuer, audience and the claim; the token has no say in which key or kind of algorithm it is checked
 * with. What is not surely a good token is nobody; an issuer that cannot be asked for its keys is an error. Unmapped claim
 * values give nothing. Source: RFC 7519; RFC 8725, sections 3.1 to 3.12; RFC 9068; OpenID Connect Core 1.0, section 5.7.
 */

import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Identity, IdentityProvider } from '../../api/world.ts';
import type { Clock } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import { type Seconds, toEpochMilliseconds } from '../../core/time.ts';
import { TOKEN_SCOPES, type TokenScope } from '../../evidence/access-token.ts';
import { askForKeys, discoveryUrl, isAskable } from './issuer-keys.ts';

/** What the service file says of an issuer. */
export interface OidcConfig {
  /** As its tokens and its own document spell it. */
  readonly issuer: string;
  /** Whom a token must be meant for. */
  readonly audience: string;
  /** The claim that names the caller; `sub` unless told. An `email` counts only where `email_verified` is true. */
  readonly subjectClaim?: string;
  /** The claim whose values are mapped: a list, or words between blanks. */
  readonly scopeClaim: string;
  /** What each value of that claim lets a caller do. */
  readonly scopes: Readonly<Record<string, readonly TokenScope[]>>;
}

/** What a provider leans on. */
export interface OidcWorld {
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  /** For so long after keys were had none are asked for again because a token names an unknown one. */
  readonly cooldownSeconds?: Seconds;
  readonly timeoutSeconds?: Seconds;
}

const ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** A token that is none to ask with, such as one that ends a session, says so here. */
const TYPES: readonly string[] = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'];
const TOKEN_LENGTH_MAX = 8_192;
const CLOCK_TOLERANCE_SECONDS = 30;
const KEYS_KEPT_SECONDS = 600;
/** An issuer that is down is not asked again before that. */
const FAILURE_KEPT_SECONDS = 5;
const SUBJECT_LENGTH_MAX = 200;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u;

/**
 * A provider for one issuer. Nothing is asked of it before the first token comes that may be its own.
 *
 * `identify` throws MusterError `MUSTER_ENDPOINT_UNREACHABLE` when the issuer's keys are needed and cannot be had.
 *
 * @throws MusterError `MUSTER_SERVICE_INVALID` for settings that no token could be checked by.
 */
export function createOidcProvider(config: OidcConfig, world: OidcWorld): IdentityProvider {
  const { subjectClaim = 'sub', scopeClaim, issuer, audience } = config;
  const mapped = scopeMap(config);
  checkConfig(config, subjectClaim);
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return {
    identify: async (bearer) => {
      if (!(await mayBeOurs(bearer, { issuer, audience }))) return null;
      keys ??= issuerKeys(issuer, world);
      const claims = await verifiedClaims(bearer, await keys, {
        issuer,
        audience,
        algorithms: [...ALGORITHMS],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(toEpochMilliseconds(world.clock.now())),
      });
      return claims && identityOf(claims, { subjectClaim, scopeClaim, mapped });
    },
  };
}

/** What the issuer can be spared: tokens of others, of other kinds, and of algorithms that are not taken. */
async function mayBeOurs(
  bearer: string,
  { issuer, audience }: Pick<OidcConfig, 'issuer' | 'audience'>,
): Promise<boolean> {
  if (bearer.length > TOKEN_LENGTH_MAX) return false;
  const { decodeJwt, decodeProtectedHeader } = await import('jose');
  try {
    const { alg, typ = 'JWT' } = decodeProtectedHeader(bearer);
    const { iss, aud } = decodeJwt(bearer);
    const isTyped = typeof typ === 'string' && TYPES.includes(typ.toLowerCase());
    return isTyped && ALGORITHMS.includes(alg ?? '') && iss === issuer && [aud].flat().includes(audience);
  } catch {
    return false;
  }
}

/** The claims of a token that holds; null for one that does not. */
async function verifiedClaims(
  bearer: string,
  keys: JWTVerifyGetKey,
  options: Parameters<typeof import('jose').jwtVerify>[2],
): Promise<JWTPayload | null> {
  const { errors, jwtVerify } = await import('jose');
  try {
    return (await jwtVerify(bearer, keys, options)).payload;
  } catch (error) {
    // A key that is too short is a TypeError, one that is no point of its curve a DOMException of the platform.
    const refused = [errors.JOSEError, TypeError, DOMException].some((kind) => error instanceof kind);
    if (refused) return null;
    throw error;
  }
}

/** The issuer's keys as they are needed: kept for a while, asked for anew when a token names one that is not among them. */
async function issuerKeys(issuer: string, world: OidcWorld): Promise<JWTVerifyGetKey> {
  const { clock, cooldownSeconds = 30, timeoutSeconds = 5 } = world;
  const jose = await import('jose');
  let failure: { readonly at: Seconds; readonly error: unknown } | null = null;
  const ask = async (signal: AbortSignal): Promise<Response> => {
    if (failure !== null && clock.elapsed() - failure.at < FAILURE_KEPT_SECONDS) throw failure.error;
    try {
      return new Response(await askForKeys(issuer, signal));
    } catch (error) {
      failure = { at: clock.elapsed(), error };
      throw error;
    }
  };
  return jose.createRemoteJWKSet(discoveryUrl(issuer), {
    timeoutDuration: timeoutSeconds * 1_000,
    cooldownDuration: cooldownSeconds * 1_000,
    cacheMaxAge: KEYS_KEPT_SECONDS * 1_000,
    [jose.customFetch]: (_, { signal }) => ask(signal),
  });
}

/** Whom claims name, and what they may do; null where they name nobody who could be shown. */
function identityOf(
  claims: JWTPayload,
  { subjectClaim, scopeClaim, mapped }: { subjectClaim: string; scopeClaim: string; mapped: ScopeMap },
): Identity | null {
  const subject = ownClaim(claims, subjectClaim);
  if (typeof subject !== 'string' || subject.length > SUBJECT_LENGTH_MAX || !PRINTABLE.test(subject)) return null;
  // An address that its issuer does not say it verified may be anybody's.
  if (subjectClaim === 'email' && ownClaim(claims, 'email_verified') !== true) return null;
  const granted = new Set(valuesOf(ownClaim(claims, scopeClaim)).flatMap((value) => mapped.get(value) ?? []));
  return { subject, scopes: TOKEN_SCOPES.filter((scope) => granted.has(scope)) };
}

function ownClaim(claims: JWTPayload, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function valuesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((value) => typeof value === 'string') : [];
}

/** A map and no object: a claim may hold the name of anything that every object has. */
type ScopeMap = ReadonlyMap<string, readonly TokenScope[]>;

function scopeMap({ scopes }: OidcConfig): ScopeMap {
  return new Map(Object.entries(scopes));
}

function checkConfig({ issuer, audience, scopeClaim, scopes }: OidcConfig, subjectClaim: string): void {
  if (!isAskable(issuer) || issuer.includes('?')) {
    throw invalid('issuer', 'a URL of https is accepted, or of http on loopback, without a query, name or password');
  }
  const texts = { audience, scopeClaim, subjectClaim };
  for (const [key, text] of Object.entries(texts)) if (text === '') throw invalid(key, 'a text is accepted');
  const stray = Object.values(scopes)
    .flat()
    .find((scope) => !TOKEN_SCOPES.includes(scope));
  if (stray !== undefined) throw invalid('scopes', `accepted are ${TOKEN_SCOPES.join(', ')}`);
}

function invalid(key: string, accepted: string): MusterError {
  return new MusterError('MUSTER_SERVICE_INVALID', `oidc.${key}: ${accepted}`);
}

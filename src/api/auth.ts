/**
 * Who asks, and whether they may.
 *
 * Only `Authorization: Bearer` counts. Whatever is wrong with a token, the answer is the same, and so is the work: one digest
 * and one comparison in constant time. A route says which scope it takes, or that anybody may ask; one that says nothing is
 * refused when the server starts. Source: RFC 6750, section 3; RFC 9110, section 11.6.
 */

import type { FastifyInstance, FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify';
import { invariant } from '../core/invariant.ts';
import { readToken, TOKEN_LENGTHS, type TokenIssued, type TokenScope, tokenText } from '../evidence/access-token.ts';
import type { Limiter } from './limits.ts';
import { Problem } from './problem.ts';
import type { Caller, IdentityProvider } from './world.ts';

/**
 * Checks a token of our own: null for one that is unknown, expired, revoked, or no token at all. A promise only where
 * something has to be read for it.
 */
export type OwnTokens = (bearer: string) => Awaitable<TokenIssued | null>;

type Awaitable<T> = T | Promise<T>;

/** What knows callers. */
export interface Gatekeepers {
  readonly tokens: OwnTokens;
  readonly identityProvider: IdentityProvider | null;
  readonly limiter: Limiter;
}

/** Longer than tokens of identity providers grow. */
const BEARER_LENGTH_MAX = 8_192;
const BEARER_FORM = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
const JWT_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Checked in place of what is no token of ours, so that it takes as long. No secret is all zeros. */
const NO_TOKEN = tokenText({ id: '0'.repeat(TOKEN_LENGTHS.id), secret: '0'.repeat(TOKEN_LENGTHS.secret) });

/** Has every route that is added from here on ask for its scope. */
export function guardRoutes(app: FastifyInstance, gatekeepers: Gatekeepers): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', (route: RouteOptions) => {
    const scope = route.config?.scope;
    invariant(scope !== undefined, 'every route names its scope', { method: route.method, url: route.url });
    if (scope === null) return;
    const guard: onRequestHookHandler = (request, _reply, done) => {
      // Without a promise where none is needed: waiting for one costs a request as much as all of its checks.
      try {
        const admitted = admit(request, scope, gatekeepers);
        if (admitted === undefined) done();
        else admitted.then(() => done(), done);
      } catch (error) {
        done(error as Error);
      }
    };
    // First of all: nobody else's hook sees a request that may not be made.
    route.onRequest = [guard, ...[route.onRequest ?? []].flat()];
  });
}

/** Sets the caller. @throws Problem when it is not known who asks, when they may not, or ask too often; so may the promise. */
function admit(request: FastifyRequest, scope: TokenScope, gatekeepers: Gatekeepers): Awaitable<void> {
  const bearer = bearerOf(request);
  if (bearer === null) return refuse(request, false, gatekeepers);
  const enter = (caller: Caller | null) => {
    if (caller === null) return refuse(request, true, gatekeepers);
    request.caller = caller;
    gatekeepers.limiter.countRequest(request);
    if (!caller.scopes.includes(scope)) throw forbidden(scope);
  };
  const caller = callerOf(bearer, gatekeepers);
  return caller instanceof Promise ? caller.then(enter) : enter(caller);
}

async function refuse(request: FastifyRequest, wasGiven: boolean, { limiter }: Gatekeepers): Promise<never> {
  await limiter.countFailure(request);
  throw unauthenticated(wasGiven);
}

function callerOf(bearer: string, { tokens, identityProvider }: Gatekeepers): Awaitable<Caller | null> {
  if (identityProvider !== null && JWT_FORM.test(bearer)) return identified(bearer, identityProvider);
  const token = tokens(readToken(bearer) === null ? NO_TOKEN : bearer);
  return token instanceof Promise ? token.then(holderOf) : holderOf(token);
}

function holderOf(token: TokenIssued | null): Caller | null {
  return token && { id: token.id, name: token.name, identifiedBy: 'token', scopes: token.scopes };
}

async function identified(bearer: string, identityProvider: IdentityProvider): Promise<Caller | null> {
  const identity = await identityProvider.identify(bearer);
  return identity && { id: identity.subject, name: identity.subject, identifiedBy: 'oidc', scopes: identity.scopes };
}

/** The token that was sent; null when none was. Two headers, and any other scheme, are as good as a wrong token. */
function bearerOf({ raw }: FastifyRequest): string | null {
  const header = raw.headers.authorization;
  if (header === undefined) return null;
  if (header.length > BEARER_LENGTH_MAX || authorizationsIn(raw.rawHeaders) > 1) return NO_TOKEN;
  return BEARER_FORM.exec(header)?.[1] ?? NO_TOKEN;
}

/** How often the header was sent: Node keeps the first and drops the others, where a proxy may have read the last. */
function authorizationsIn(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count;
}

function unauthenticated(wasGiven: boolean): Problem {
  const [detail, challenge] = wasGiven
    ? ['the token is not known, or no longer valid', 'Bearer error="invalid_token"']
    : ['send authorization: Bearer TOKEN', 'Bearer'];
  return new Problem('unauthenticated', detail, { 'www-authenticate': challenge });
}

function forbidden(scope: TokenScope): Problem {
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  return new Problem('forbidden', `the scope ${scope} is needed`, { 'www-authenticate': challenge });
}

/**
 * What the API is given, and what its routes are given of a request.
 *
 * Ports and values only; main.ts builds what stands behind them.
 */

import type { FastifyInstance } from 'fastify';
import type { Desk } from '../app/desk-port.ts';
import type { KnownInventory } from '../app/known-inventory.ts';
import type { PlaceReader } from '../app/place-port.ts';
import type { AuthorityReader, Clock, KeyKeeper, Randomness, Store } from '../app/ports.ts';
import type { DrillDefinition } from '../drill/definition.ts';
import type { TokenScope } from '../evidence/access-token.ts';
import type { TokenCheck } from '../evidence/token.ts';
import type { Policy } from '../policy/schema.ts';

/** Whoever an identity provider vouches for. */
export interface Identity {
  /** As the provider names them: a receipt bears it. */
  readonly subject: string;
  readonly scopes: readonly TokenScope[];
}

/** Checks bearer tokens of an OpenID Connect issuer. */
export interface IdentityProvider {
  /** Null for a token that is not of this issuer, for another audience, expired, or not well signed. */
  identify(bearer: string): Promise<Identity | null>;
}

/** Everything outside the process, built in `main.ts`. */
export interface ApiWorld {
  readonly version: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly store: Store;
  readonly desk: Desk;
  readonly keys: KeyKeeper;
  readonly checkToken: TokenCheck;
  readonly policy: Policy;
  readonly known: KnownInventory;
  readonly places: () => Promise<PlaceReader>;
  readonly authority: () => Promise<AuthorityReader>;
  /** Null when only our own tokens are taken. */
  readonly identityProvider: IdentityProvider | null;
  /** What drills may be asked for by name. */
  readonly definitions: readonly DrillDefinition[];
  /** What is wrong with the service beside the API, in words without secrets; null while it is well. */
  readonly serviceFault?: () => string | null;
  /** One line of JSON each; never a token, a body or a plan. */
  readonly log: (line: string) => void;
}

/** Who asks. */
export interface Caller {
  /** Id of the token, or the subject: what rate limits and idempotency keys are counted by. */
  readonly id: string;
  readonly name: string;
  readonly identifiedBy: 'token' | 'oidc';
  readonly scopes: readonly TokenScope[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that the route takes; null for the few that anybody may ask. A route that names none is refused at start. */
    scope?: TokenScope | null;
  }
  interface FastifyRequest {
    /** Set before any handler of a route with a scope runs. */
    caller: Caller | null;
  }
}

/** One group of routes. */
export type Routes = (app: FastifyInstance, world: ApiWorld) => void | Promise<void>;

/**
 * The world of an API in tests: a store, a desk and keys in memory, a clock that stands until it is moved, tokens by scope.
 *
 * `log` keeps every line that the API writes. Bearer tokens are of the real form and kept in the store like real ones.
 */

import type { FastifyInstance } from 'fastify';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { ApiOptions } from '../../src/api/options.ts';
import { createApi } from '../../src/api/server.ts';
import type { ApiWorld } from '../../src/api/world.ts';
import type { Known } from '../../src/app/known-inventory.ts';
import { TOKEN_CHECK_SECONDS } from '../../src/app/manage-tokens.ts';
import type { Clock, Randomness, Store } from '../../src/app/ports.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { secretDigestOf, TOKEN_LENGTHS, type TokenScope, tokenText } from '../../src/evidence/access-token.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { anInventory, NOW } from './builders.ts';
import { createMemoryDesk, type MemoryDesk } from './memory-desk.ts';
import { aKeeper, aSigner } from './signing.ts';

/** A clock that stands until it is moved. */
export interface TestClock extends Clock {
  /** Moves both the time of day and the steady clock. */
  pass(seconds: number): void;
  /** Moves the steady clock alone, so that what was looked up lately is looked up again. */
  tick(seconds: number): void;
}

/** The world, and handles on it. */
export interface ApiTestWorld extends ApiWorld {
  readonly clock: TestClock;
  readonly desk: MemoryDesk;
  readonly lines: string[];
  /** What `known.current()` gives from now on. */
  knows(known: Known | null): void;
  /** Gives out a token. @returns What its bearer sends. */
  bearer(...scopes: readonly TokenScope[]): Promise<string>;
}

/** A clock that begins at an instant. */
export function aClock(start: Instant = NOW): TestClock {
  let seconds = 0;
  let ticked = 0;
  return {
    now: () => addSeconds(start, seconds),
    elapsed: () => seconds + ticked,
    sleep: async () => undefined,
    pass: (more) => {
      seconds += more;
    },
    tick: (more) => {
      ticked += more;
    },
  };
}

/** Chance that is the same on every run. */
export function aRandomness(): Randomness {
  let count = 0;
  const token = (length: number) => {
    count += 1;
    return count.toString(36).padStart(length, '0').slice(-length);
  };
  return { token, password: () => token(30) };
}

/** A world in which everything is well: an empty estate read just now, keys at hand. */
export function anApiWorld(fields: Partial<ApiWorld> = {}): ApiTestWorld {
  const clock = aClock();
  const store = fields.store ?? createMemoryStore({ now: clock.now });
  const randomness = aRandomness();
  const lines: string[] = [];
  let known: Known | null = { inventory: anInventory(), outdated: [] };
  let tokens = 0;
  return {
    version: '0.0.0-test',
    store,
    randomness,
    keys: aKeeper(aSigner('attestation'), aSigner('token', { purpose: 'token' })),
    checkToken: async () => null,
    policy: DEFAULT_POLICY,
    known: { current: async () => known },
    places: async () => {
      throw new Error('no places in this world');
    },
    authority: async () => {
      throw new Error('no authority in this world');
    },
    identityProvider: null,
    definitions: [],
    log: (line) => lines.push(line),
    ...fields,
    clock,
    desk: createMemoryDesk({ now: clock.now }),
    lines,
    knows: (now) => {
      known = now;
    },
    bearer: (...scopes) => {
      tokens += 1;
      // A server that looked at the tokens just now does not know this one yet.
      clock.tick(TOKEN_CHECK_SECONDS);
      return issueToken(store, { number: tokens, scopes, at: clock.now() });
    },
  };
}

/** Keeps a token of 30 days. @returns What its bearer sends. */
export async function issueToken(
  store: Store,
  token: { readonly number: number; readonly scopes: readonly TokenScope[]; readonly at: Instant },
): Promise<string> {
  const id = `t${token.number}`.padEnd(TOKEN_LENGTHS.id, '0');
  const secret = `canary${token.number}`.padEnd(TOKEN_LENGTHS.secret, 'x');
  const expiresAt = addSeconds(token.at, 30 * 86_400);
  const { at, scopes } = token;
  await store.recordToken({
    formatVersion: '1',
    what: 'issued',
    at,
    id,
    name: `the ${scopes.join(' and ')} token`,
    scopes,
    secretDigest: secretDigestOf(secret),
    expiresAt,
    by: 'test',
  });
  return tokenText({ id, secret });
}

/** The API over that world, ready to be asked by `inject`. */
export async function anApi(world: ApiWorld, options: ApiOptions = {}): Promise<FastifyInstance> {
  const app = await createApi(world, options);
  await app.ready();
  return app;
}

/** The header that bears a token. */
export function bearing(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

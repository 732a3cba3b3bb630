/**
 * Access tokens for the API: given out, listed, taken back, and checked when somebody shows one.
 *
 * The secret leaves here once, with whoever asked for it; the store keeps its digest. A token is believed because the store
 * says so: whoever can write the store can give out tokens, and `muster token list` shows each with who made it.
 * Source: RFC 6750 (bearer tokens), section 5.3 (short lives, one scope for one use).
 */

import { timingSafeEqual } from 'node:crypto';
import { digestOf } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import { addSeconds, type Instant, SECONDS_PER_DAY, type Seconds } from '../core/time.ts';
import {
  type KnownToken,
  readToken,
  secretDigestOf,
  TOKEN_LENGTHS,
  TOKEN_SCOPES,
  type TokenIssued,
  type TokenRevoked,
  type TokenScope,
  type TokenState,
  tokenStateOf,
  tokensById,
  tokenText,
} from '../evidence/access-token.ts';
import type { Clock, Randomness, Store } from './ports.ts';

/** What a token is held to when it is made. */
export const TOKEN_LIMITS = {
  nameLength: 100,
  lifeSeconds: 400 * SECONDS_PER_DAY,
  /** Unless another was asked for. */
  usualLifeSeconds: 90 * SECONDS_PER_DAY,
} as const;

/** So old may be what a check knows of the store: a token that was taken back is refused after that at the latest. */
export const TOKEN_CHECK_SECONDS: Seconds = 2;

/** Where tokens are kept, and by which clock they end. */
export interface TokenWorld {
  readonly store: Pick<Store, 'tokens' | 'recordToken'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What is asked for. */
export interface TokenRequest {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly expiresInSeconds: Seconds;
  /** The machine's name of whoever asks. */
  readonly by: string;
}

/** A token as lists show it: nothing of its secret. */
export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly state: TokenState;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly expiresAt: Instant;
  /** Null while nobody took it back. */
  readonly revokedAt: Instant | null;
  readonly revokedBy: string | null;
}

/** Letters, digits, signs and single blanks between them: nothing that could command a terminal or hide in a list. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u;

/**
 * Gives out a token.
 *
 * Records of who asked and who approved bear its name: no two tokens that hold at the same time share one.
 *
 * @returns The token, which is shown once and never again, and what is kept of it.
 * @throws MusterError `MUSTER_USAGE` for a name, a scope or a life that no token may have, and for a name that is taken.
 */
export async function createToken(
  { name, scopes, expiresInSeconds, by }: TokenRequest,
  { store, clock, randomness }: TokenWorld & { readonly randomness: Pick<Randomness, 'token'> },
): Promise<{ readonly token: string; readonly record: TokenIssued }> {
  checkName(name);
  checkLife(expiresInSeconds);
  const asked = tokenScopes(scopes, 'the scopes of a token');
  await checkNameIsFree(name, { store, clock });
  const parts = { id: randomness.token(TOKEN_LENGTHS.id), secret: randomness.token(TOKEN_LENGTHS.secret) };
  const at = clock.now();
  const record: TokenIssued = {
    formatVersion: '1',
    what: 'issued',
    at,
    id: parts.id,
    name,
    scopes: asked,
    secretDigest: secretDigestOf(parts.secret),
    expiresAt: addSeconds(at, expiresInSeconds),
    by,
  };
  await store.recordToken(record);
  return { token: tokenText(parts), record };
}

/** Scopes by their names, each once. @throws MusterError `MUSTER_USAGE` for none, and for a name that is none. */
export function tokenScopes(names: readonly string[], origin: string): readonly TokenScope[] {
  const accepted = TOKEN_SCOPES.join(', ');
  const stray = names.find((name) => !TOKEN_SCOPES.some((scope) => scope === name));
  if (stray !== undefined) throw usage(`${origin}: ${JSON.stringify(stray)} is no scope; accepted are ${accepted}`);
  if (names.length === 0) throw usage(`${origin}: none is named; accepted are ${accepted}`);
  return TOKEN_SCOPES.filter((scope) => names.includes(scope));
}

/** All tokens, the newest first. */
export async function listTokens({ store, clock }: TokenWorld): Promise<readonly TokenView[]> {
  const at = clock.now();
  return [...tokensById(await store.tokens()).values()].map((known) => viewOf(known, at)).reverse();
}

/**
 * Takes a token back. Doing so twice changes nothing.
 *
 * @param named Its id; the token itself is taken too, for whoever found one lying about.
 * @returns The token as it stands now, and whether it had been taken back before.
 * @throws MusterError `MUSTER_TOKEN_NOT_FOUND` when no token was given out by that id.
 */
export async function revokeToken(
  named: string,
  by: string,
  { store, clock }: TokenWorld,
): Promise<{ readonly token: TokenView; readonly before: boolean }> {
  const id = readToken(named)?.id ?? named;
  const known = tokensById(await store.tokens()).get(id);
  if (known === undefined) throw notFound(id);
  const at = clock.now();
  if (known.revoked !== null) return { token: viewOf(known, at), before: true };
  const revoked: TokenRevoked = { formatVersion: '1', what: 'revoked', at, id, by };
  await store.recordToken(revoked);
  return { token: viewOf({ ...known, revoked }, at), before: false };
}

/** The token that a text is, while it holds; null for every other text. A promise only while the store is read. */
export type BearerCheck = (bearer: string) => TokenIssued | null | Promise<TokenIssued | null>;

/** No secret has it; an unknown id is compared with it, so that it takes as long as a known one. */
const NO_DIGEST = digestOf('no token');

type Known = ReadonlyMap<string, KnownToken>;

/**
 * A check of tokens against the store.
 *
 * The store is read at most once in `TOKEN_CHECK_SECONDS`, by one reading at a time, and never for a text that is no token.
 * What cannot be read lets nobody in: the check throws what the store throws.
 */
export function createTokenCheck({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'tokens'>;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
}): BearerCheck {
  const cache = createTokenCache(store, clock);
  return (bearer) => {
    const parts = readToken(bearer);
    if (parts === null) return null;
    const check = (known: Known) => {
      const found = known.get(parts.id);
      const same = equalDigests(secretDigestOf(parts.secret), found?.issued.secretDigest ?? NO_DIGEST);
      if (found === undefined || !same) return null;
      return tokenStateOf(found, clock.now()) === 'active' ? found.issued : null;
    };
    const known = cache();
    return known instanceof Promise ? known.then(check) : check(known);
  };
}

/** What was read of the store, and when that was begun, by a clock that never jumps. */
interface Load {
  readonly since: Seconds;
  readonly known: Known;
}

/** What the store knows: at once while that is not too old, or else once it is read. */
function createTokenCache(store: Pick<Store, 'tokens'>, clock: Pick<Clock, 'elapsed'>): () => Known | Promise<Known> {
  let last: Load | null = null;
  let running: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    const since = clock.elapsed();
    last = { since, known: tokensById(await store.tokens()) };
  };
  const recent = (asked: Seconds) => (last !== null && asked - last.since < TOKEN_CHECK_SECONDS ? last.known : null);
  const wait = async (asked: Seconds): Promise<Known> => {
    let known = recent(asked);
    // A reading that was begun too long ago is waited for, and its answer left to those who asked in time.
    while (known === null) {
      running ??= read().finally(() => {
        running = null;
      });
      await running;
      known = recent(asked);
    }
    return known;
  };
  return () => {
    const asked = clock.elapsed();
    return recent(asked) ?? wait(asked);
  };
}

function equalDigests(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function viewOf({ issued, revoked }: KnownToken, at: Instant): TokenView {
  const { id, name, scopes, at: createdAt, by: createdBy, expiresAt } = issued;
  return {
    ...{ id, name, scopes, state: tokenStateOf({ issued, revoked }, at), createdAt, createdBy, expiresAt },
    revokedAt: revoked?.at ?? null,
    revokedBy: revoked?.by ?? null,
  };
}

async function checkNameIsFree(name: string, world: TokenWorld): Promise<void> {
  const holder = (await listTokens(world)).find((token) => token.state === 'active' && token.name === name);
  if (holder === undefined) return;
  const way = `revoke it (muster token revoke ${holder.id}) or choose another name`;
  throw usage(`the name of a token: ${JSON.stringify(name)} is that of ${holder.id}, which still holds; ${way}`);
}

function checkName(name: string): void {
  // By code point: a letter outside the first plane is one character.
  if (PRINTABLE.test(name) && [...name].length <= TOKEN_LIMITS.nameLength) return;
  const accepted = `1 to ${TOKEN_LIMITS.nameLength} printable characters, with single spaces inside, are accepted`;
  throw usage(`the name of a token: ${accepted}`);
}

function checkLife(seconds: Seconds): void {
  if (Number.isInteger(seconds) && seconds > 0 && seconds <= TOKEN_LIMITS.lifeSeconds) return;
  const longest = TOKEN_LIMITS.lifeSeconds / SECONDS_PER_DAY;
  throw usage(`the life of a token: ${seconds} s are asked for; 1 s to ${longest} days are accepted`);
}

/** What was named is repeated only when it has the form of an id: it may be part of a secret. */
function notFound(named: string): MusterError {
  const isId = /^[a-z0-9]{12}$/.test(named);
  const what = isId
    ? `no token has the id ${named}`
    : 'no token has what was named as its id; an id such as k3v9q0x7m2aa is accepted';
  return new MusterError('MUSTER_TOKEN_NOT_FOUND', what);
}

function usage(message: string): MusterError {
  return new MusterError('MUSTER_USAGE', message);
}

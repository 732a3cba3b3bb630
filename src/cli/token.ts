/**
 * `muster token create|list|revoke`: bearer tokens for the API of `muster serve`.
 *
 * A new token goes to stdout alone, so that it can be piped to where it is kept; what is said of it goes to stderr. No other
 * command prints one again. Reads and writes the store, so it needs no service that runs.
 */

import { createToken, listTokens, revokeToken, TOKEN_LIMITS, tokenScopes } from '../app/manage-tokens.ts';
import { MusterError } from '../core/errors.ts';
import { SECONDS_PER_DAY, type Seconds } from '../core/time.ts';
import { durationBound } from '../policy/parts.ts';
import { renderTokenCreated, renderTokenRevoked, renderTokens } from '../report/token-text.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** What these commands need of what every command is given. */
export type TokenCliWorld = Pick<CliWorld, 'terminal' | 'clock' | 'randomness' | 'store' | 'user'>;

/** Options of `muster token create`. */
export interface TokenCreateOptions {
  readonly scope?: readonly string[];
  readonly expires?: string;
  readonly json?: boolean;
}

/** @returns 0 once the token is kept. @throws MusterError `MUSTER_USAGE` for a name, scope or end that it may not have. */
export async function tokenCreate(
  name: string,
  { scope = [], expires, json = false }: TokenCreateOptions,
  world: TokenCliWorld,
): Promise<ExitCode> {
  const scopes = tokenScopes(scope, '--scope');
  const expiresInSeconds = lifeOf(expires);
  const { terminal, clock, randomness } = world;
  const { token, record } = await createToken(
    { name, scopes, expiresInSeconds, by: world.user() },
    { store: await world.store(), clock, randomness },
  );
  terminal.talk(renderTokenCreated(record, terminal.width));
  const { id, at: createdAt, by: createdBy, expiresAt } = record;
  const created = { formatVersion: '1', token, id, name, scopes, createdAt, createdBy, expiresAt };
  terminal.out(json ? printJson(created) : `${token}\n`);
  return 0;
}

/** @returns 0. */
export async function tokenList(
  { json = false }: { readonly json?: boolean },
  world: TokenCliWorld,
): Promise<ExitCode> {
  const tokens = await listTokens({ store: await world.store(), clock: world.clock });
  const { out, paint, width } = world.terminal;
  out(json ? printJson({ formatVersion: '1', tokens }) : renderTokens(tokens, paint, width));
  return 0;
}

/** @returns 0, also when it was revoked before. @throws MusterError `MUSTER_TOKEN_NOT_FOUND`. */
export async function tokenRevoke(
  id: string,
  { json = false }: { readonly json?: boolean },
  world: TokenCliWorld,
): Promise<ExitCode> {
  const { token, before } = await revokeToken(id, world.user(), { store: await world.store(), clock: world.clock });
  const { out, width } = world.terminal;
  out(json ? printJson({ formatVersion: '1', ...token, before }) : renderTokenRevoked(token, before, width));
  return 0;
}

/** @throws MusterError `MUSTER_USAGE` for what is no length of time; how long is too long is said where tokens are made. */
function lifeOf(expires: string | undefined): Seconds {
  if (expires === undefined) return TOKEN_LIMITS.usualLifeSeconds;
  const { success, data } = durationBound().safeParse(expires);
  if (success && data <= TOKEN_LIMITS.lifeSeconds) return data;
  const accepted = `a length of time such as 12h or 90d, of ${TOKEN_LIMITS.lifeSeconds / SECONDS_PER_DAY}d at most`;
  throw new MusterError(
    'MUSTER_USAGE',
    `--expires: ${JSON.stringify(expires)} is not accepted; accepted is ${accepted}`,
  );
}

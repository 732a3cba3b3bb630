import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { IdentityProvider, Routes } from '../../src/api/world.ts';
import { TOKEN_CHECK_SECONDS } from '../../src/app/manage-tokens.ts';
import { MusterError } from '../../src/core/errors.ts';
import { readToken, TOKEN_SCOPES, type TokenScope, tokenText } from '../../src/evidence/access-token.ts';
import { anApi, anApiWorld, bearing } from '../support/api-world.ts';

/** One route for each scope, which tells who asks; one that anybody may ask. */
const routes: Routes = (app) => {
  for (const scope of TOKEN_SCOPES) app.get(`/${scope}`, { config: { scope } }, async ({ caller }) => caller);
  app.get('/anybody', { config: { scope: null } }, async ({ caller }) => ({ caller }));
};

async function aGate(provider: IdentityProvider | null = null) {
  const world = anApiWorld({ identityProvider: provider });
  const api = await anApi(world, { routes, rateLimit: { failuresPerMinute: 1_000 } });
  const ask = (path: string, authorization?: string) =>
    api.inject({ url: path, headers: authorization === undefined ? {} : { authorization } });
  return { world, api, ask };
}

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjaSJ9.c2lnbmF0dXJl';

function aProvider(scopes: readonly TokenScope[]): IdentityProvider {
  return { identify: async (bearer) => (bearer === JWT ? { subject: 'ci@example.org', scopes } : null) };
}

describe('a token', () => {
  it('opens the routes of its scopes and says whose it is', async () => {
    const { world, ask } = await aGate();
    const token = await world.bearer('read', 'gate');
    expect((await ask('/read', `Bearer ${token}`)).json()).toEqual({
      id: readToken(token)?.id,
      name: 'the read and gate token',
      identifiedBy: 'token',
      scopes: ['read', 'gate'],
    });
    expect((await ask('/gate', `bearer  ${token}`)).statusCode).toBe(200);
  });

  it('opens no route of another scope, which is named', async () => {
    const { world, ask } = await aGate();
    const token = await world.bearer('read');
    for (const scope of ['gate', 'operate', 'approve']) {
      const answer = await ask(`/${scope}`, `Bearer ${token}`);
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ detail: `the scope ${scope} is needed` });
      expect(answer.headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", scope="${scope}"`);
    }
  });

  it('opens HEAD no further than GET', async () => {
    const { world, api } = await aGate();
    const token = await world.bearer('read');
    expect((await api.inject({ method: 'HEAD', url: '/read' })).statusCode).toBe(401);
    expect((await api.inject({ method: 'HEAD', url: '/gate', headers: bearing(token) })).statusCode).toBe(403);
    expect((await api.inject({ method: 'HEAD', url: '/read', headers: bearing(token) })).statusCode).toBe(200);
  });

  it('holds until its end and not at it', async () => {
    const { world, ask } = await aGate();
    const token = await world.bearer('read');
    world.clock.pass(30 * 86_400 - 1);
    expect((await ask('/read', `Bearer ${token}`)).statusCode).toBe(200);
    world.clock.pass(1);
    expect((await ask('/read', `Bearer ${token}`)).statusCode).toBe(401);
  });

  it('that is taken back is refused at the latest when the next look is due', async () => {
    const { world, ask } = await aGate();
    const token = await world.bearer('read');
    expect((await ask('/read', `Bearer ${token}`)).statusCode).toBe(200);
    const id = readToken(token)?.id ?? '';
    await world.store.recordToken({ formatVersion: '1', what: 'revoked', at: world.clock.now(), id, by: 'test' });
    world.clock.pass(TOKEN_CHECK_SECONDS);
    expect((await ask('/read', `Bearer ${token}`)).statusCode).toBe(401);
  });

  it('is not asked for where anybody may ask, and none is looked at', async () => {
    const { ask } = await aGate();
    expect((await ask('/anybody')).json()).toEqual({ caller: null });
    expect((await ask('/anybody', 'Bearer nonsense')).json()).toEqual({ caller: null });
  });
});

describe('a refusal', () => {
  it('without a token says what to send', async () => {
    const { ask } = await aGate();
    const answer = await ask('/read');
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json()).toMatchObject({ type: 'https://muster.dev/problems/unauthenticated' });
  });

  it('is the same whatever is wrong with the token', async () => {
    const { world, ask } = await aGate();
    const token = await world.bearer('read');
    const expired = await world.bearer('read');
    const parts = readToken(token) ?? { id: '', secret: '' };
    const wrong = [
      tokenText({ ...parts, secret: parts.secret.replace('c', 'd') }),
      tokenText({ ...parts, id: 'unknown00000' }),
      'muster_',
      `${token}x`,
      token.toUpperCase(),
      JWT,
      'x'.repeat(5_000),
      'x'.repeat(10_000),
      'two words',
      '',
    ].map((text) => `Bearer ${text}`);
    const headers = [...wrong, `Basic ${Buffer.from('user:password').toString('base64')}`, `Token ${token}`, token];
    const answers = await Promise.all(headers.map((header) => ask('/read', header)));
    world.clock.pass(31 * 86_400);
    answers.push(await ask('/read', `Bearer ${expired}`));
    const seen = answers.map(({ statusCode, headers: sent, body }) => ({
      statusCode,
      challenge: sent['www-authenticate'],
      body: body.replace(/urn:muster:request:[\w-]+/, ''),
    }));
    expect(new Set(seen.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(seen[0]).toMatchObject({ statusCode: 401, challenge: 'Bearer error="invalid_token"' });
  });

  it('takes one check of one token, whatever is shown', async () => {
    const world = anApiWorld();
    const checked: string[] = [];
    const tokens = async (bearer: string) => {
      checked.push(bearer);
      return null;
    };
    const api = await anApi(world, { routes, tokens });
    const shown = [`muster_${'a'.repeat(12)}_${'b'.repeat(50)}`, 'nonsense', JWT, 'x'.repeat(9_000)];
    for (const bearer of shown) await api.inject({ url: '/read', headers: bearing(bearer) });
    expect(checked).toHaveLength(shown.length);
    expect(checked.every((bearer) => readToken(bearer) !== null)).toBe(true);
  });

  it('is not given for the store’s sake: a token that cannot be checked is 503', async () => {
    const store = createMemoryStore();
    const tokens = async () => {
      throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the store does not answer');
    };
    const api = await anApi(anApiWorld({ store: { ...store, tokens } }), { routes });
    const answer = await api.inject({ url: '/read', headers: bearing(`muster_${'a'.repeat(12)}_${'b'.repeat(50)}`) });
    expect(answer.statusCode).toBe(503);
  });

  it('too often from one address is 429, and a good token from there is still good', async () => {
    const world = anApiWorld({ identityProvider: aProvider(['read']) });
    const api = await anApi(world, { routes, rateLimit: { failuresPerMinute: 3 } });
    const token = await world.bearer('read');
    const ask = (bearer: string) => api.inject({ url: '/read', headers: bearing(bearer) });
    for (let count = 0; count < 3; count += 1) expect((await ask('wrong')).statusCode).toBe(401);
    const refused = await ask('wrong');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(token)).statusCode).toBe(200);
    expect((await ask(JWT)).statusCode).toBe(200);
  });

  it('counts the addresses behind a proxy apart only where the proxy is trusted', async () => {
    const failing = async (trustProxy: boolean) => {
      const api = await anApi(anApiWorld(), { routes, trustProxy, rateLimit: { failuresPerMinute: 1 } });
      const ask = (from: string) => api.inject({ url: '/read', headers: { 'x-forwarded-for': from } });
      return [await ask('203.0.113.1'), await ask('203.0.113.2')].map(({ statusCode }) => statusCode);
    };
    expect(await failing(true)).toEqual([401, 401]);
    expect(await failing(false)).toEqual([401, 429]);
  });
});

describe('an identity provider', () => {
  it('vouches for whoever it knows, with the scopes it gives', async () => {
    const { ask } = await aGate(aProvider(['gate']));
    expect((await ask('/gate', `Bearer ${JWT}`)).json()).toEqual({
      id: 'ci@example.org',
      name: 'ci@example.org',
      identifiedBy: 'oidc',
      scopes: ['gate'],
    });
    expect((await ask('/read', `Bearer ${JWT}`)).statusCode).toBe(403);
  });

  it('is not asked about tokens of our own', async () => {
    const asked: string[] = [];
    const { world, ask } = await aGate({
      identify: async (bearer) => {
        asked.push(bearer);
        return null;
      },
    });
    expect((await ask('/read', `Bearer ${await world.bearer('read')}`)).statusCode).toBe(200);
    expect((await ask('/read', `Bearer muster_${'a'.repeat(12)}_${'b'.repeat(50)}`)).statusCode).toBe(401);
    expect(asked).toEqual([]);
  });

  it('refuses in the same words as the store does', async () => {
    const { ask } = await aGate(aProvider([]));
    const answer = await ask('/read', 'Bearer a.b.c');
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('that does not answer is 503, not a refusal', async () => {
    const { ask } = await aGate({
      identify: async () => {
        throw new MusterError('MUSTER_ENDPOINT_UNREACHABLE', 'the issuer does not answer');
      },
    });
    expect((await ask('/read', `Bearer ${JWT}`)).statusCode).toBe(503);
  });
});

/**
 * Tokens as they are given out, listed, taken back and checked: what is kept, what is refused, and how old an answer may be.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { systemRandomness } from '../../src/adapters/randomness.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import {
  createToken,
  createTokenCheck,
  listTokens,
  revokeToken,
  type TokenRequest,
} from '../../src/app/manage-tokens.ts';
import type { Store } from '../../src/app/ports.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addDays, addSeconds, type Instant, type Seconds } from '../../src/core/time.ts';
import type { TokenScope } from '../../src/evidence/access-token.ts';
import { NOW } from '../support/builders.ts';
import { gathered } from '../support/chain-builder.ts';

const REQUEST: TokenRequest = {
  name: 'CI of the shop',
  scopes: ['read', 'gate'],
  expiresInSeconds: 3_600,
  by: 'alexey',
};

let store: Store;
let at: Instant;
let elapsed: Seconds;
const clock = { now: () => at, elapsed: () => elapsed };
const world = () => ({ store, clock, randomness: systemRandomness });
const create = (request: Partial<TokenRequest> = {}) => createToken({ ...REQUEST, ...request }, world());
const pass = (seconds: Seconds) => {
  at = addSeconds(at, seconds);
  elapsed += seconds;
};

/** The code and the message of what a call throws. */
async function refused(call: unknown): Promise<string> {
  const error: unknown = await Promise.resolve(call).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MusterError)) throw new Error(`not refused: ${String(error)}`);
  return `${error.code}: ${error.message}`;
}

beforeEach(() => {
  store = createMemoryStore({ now: () => NOW });
  [at, elapsed] = [NOW, 0];
});

describe('a token that is given out', () => {
  it('shares its name with none that holds; with one that ended or was taken back it may', async () => {
    const first = await create();
    expect(await refused(create())).toMatch(
      new RegExp(
        `^MUSTER_USAGE: .*"CI of the shop" is that of ${first.record.id}.*muster token revoke ${first.record.id}`,
      ),
    );
    expect(await store.tokens()).toHaveLength(1);
    await revokeToken(first.record.id, 'alexey', world());
    await create();
    pass(3_600);
    await create();
  });

  it('is kept with its name, scopes, end and maker, and by the digest of its secret alone', async () => {
    const { token, record } = await create();
    expect(await store.tokens()).toEqual([record]);
    expect(record).toMatchObject({
      what: 'issued',
      at: NOW,
      name: REQUEST.name,
      scopes: ['read', 'gate'],
      by: 'alexey',
    });
    expect(record.expiresAt).toBe(addSeconds(NOW, 3_600));
    const secret = token.split('_').at(-1) ?? '';
    expect(secret).toMatch(/^[a-z0-9]{50}$/);
    expect(JSON.stringify(await gathered(store.chain.read()))).not.toContain(secret);
  });

  it('is another each time', async () => {
    const tokens = await Promise.all(['a', 'b', 'c'].map((name) => create({ name })));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(3);
    expect(new Set(tokens.map(({ record }) => record.id)).size).toBe(3);
  });

  it('has each scope once, in one order', async () => {
    expect((await create({ scopes: ['gate', 'read', 'gate'] })).record.scopes).toEqual(['read', 'gate']);
  });

  it.each(['a', 'x'.repeat(100), '😀'.repeat(100), 'Zoë: build & deploy (prod)'])('may be called %s', async (name) => {
    expect((await create({ name })).record.name).toBe(name);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a blank', ' '],
    ['a blank at its end', 'CI '],
    ['two blanks', 'a  b'],
    ['101 characters', 'x'.repeat(101)],
    ['a line end', 'a\nb'],
    ['an escape code', '\u001b[31mred'],
    ['a text turned round', 'a\u202eb'],
    ['a character that is not seen', 'a\u200bb'],
    ['half a character', 'a\ud800'],
  ])('may not be called by %s', async (_, name) => {
    expect(await refused(create({ name }))).toMatch(
      /^MUSTER_USAGE: the name of a token: 1 to 100 printable characters/,
    );
    expect(await store.tokens()).toEqual([]);
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 400 * 86_400 + 1])(
    'may not live %s s',
    async (seconds) => {
      expect(await refused(create({ expiresInSeconds: seconds }))).toMatch(
        /^MUSTER_USAGE: the life of a token: .*400 days/,
      );
      expect(await store.tokens()).toEqual([]);
    },
  );

  it('lives 400 days at most', async () => {
    expect((await create({ expiresInSeconds: 400 * 86_400 })).record.expiresAt).toBe(addDays(NOW, 400));
  });

  it.each<[string, readonly string[]]>([
    ['none', []],
    ['one that there is not', ['read', 'admin']],
    ['another spelling', ['READ']],
  ])('may not have %s as its scopes', async (_, scopes) => {
    const told = await refused(create({ scopes: scopes as TokenScope[] }));
    expect(told).toMatch(/^MUSTER_USAGE: .*accepted are read, gate, operate, approve$/);
    expect(await store.tokens()).toEqual([]);
  });
});

describe('the list of tokens', () => {
  it('shows the newest first, with its state and nothing of its secret', async () => {
    const { record: first } = await create();
    pass(3_600);
    const { record: second } = await create({ name: 'second' });
    const { record: third } = await create({ name: 'third' });
    await revokeToken(second.id, 'jane', world());
    const list = await listTokens(world());
    expect(list.map(({ id, state }) => [id, state])).toEqual([
      [third.id, 'active'],
      [second.id, 'revoked'],
      [first.id, 'expired'],
    ]);
    expect(list[1]).toEqual({
      id: second.id,
      name: 'second',
      scopes: ['read', 'gate'],
      state: 'revoked',
      createdAt: at,
      createdBy: 'alexey',
      expiresAt: second.expiresAt,
      revokedAt: at,
      revokedBy: 'jane',
    });
    expect(JSON.stringify(list)).not.toMatch(/sha256|digest/i);
  });
});

describe('taking a token back', () => {
  it('is kept, with who did it', async () => {
    const { record } = await create();
    expect(await revokeToken(record.id, 'jane', world())).toMatchObject({ before: false, token: { state: 'revoked' } });
    expect((await store.tokens()).at(-1)).toEqual({
      formatVersion: '1',
      what: 'revoked',
      at: NOW,
      id: record.id,
      by: 'jane',
    });
  });

  it('twice says so and keeps the first', async () => {
    const { record } = await create();
    await revokeToken(record.id, 'jane', world());
    expect(await revokeToken(record.id, 'john', world())).toMatchObject({ before: true, token: { revokedBy: 'jane' } });
    expect(await store.tokens()).toHaveLength(2);
  });

  it('takes the token itself for its id', async () => {
    const { token, record } = await create();
    await revokeToken(token, 'jane', world());
    expect((await store.tokens()).at(-1)).toMatchObject({ what: 'revoked', id: record.id });
  });

  it('is refused for an id that no token has, and what may be a secret is not repeated', async () => {
    expect(await refused(revokeToken('aaaaaaaaaaaa', 'jane', world()))).toBe(
      'MUSTER_TOKEN_NOT_FOUND: no token has the id aaaaaaaaaaaa',
    );
    const { token } = await create();
    const told = await refused(revokeToken(token.slice(0, -1), 'jane', world()));
    expect(told).toMatch(/^MUSTER_TOKEN_NOT_FOUND: /);
    expect(told).not.toContain(token.slice(0, 20));
    expect(await store.tokens()).toHaveLength(1);
  });
});

describe('a check', () => {
  it('knows a token that holds', async () => {
    const { token, record } = await create();
    expect(await createTokenCheck({ store, clock })(token)).toEqual(record);
  });

  it('knows no token by another secret, another id, or what is no token', async () => {
    const { token } = await create();
    const other = (await create({ name: 'another' })).token;
    const check = createTokenCheck({ store, clock });
    const [, id, secret] = token.split('_');
    expect(await check(`muster_${id}_${other.split('_')[2]}`)).toBeNull();
    expect(await check(`muster_${'z'.repeat(12)}_${secret}`)).toBeNull();
    expect(await check(`muster_${id}_${secret?.slice(1)}a`)).toBeNull();
    for (const text of ['', 'x', id ?? '', token.slice(0, -1), `${token} `, `Bearer ${token}`]) {
      expect(await check(text)).toBeNull();
    }
  });

  it('knows a token until its end and not at that instant, however fresh its reading is', async () => {
    const { token } = await create();
    const check = createTokenCheck({ store, clock });
    pass(3_599.999);
    expect(await check(token)).not.toBeNull();
    pass(0.001);
    expect(await check(token)).toBeNull();
  });

  it('knows no token that was taken back, 2 s after that at the latest', async () => {
    const { token, record } = await create();
    const check = createTokenCheck({ store, clock });
    expect(await check(token)).toEqual(record);
    await revokeToken(record.id, 'jane', world());
    pass(1.9);
    expect(await check(token)).toEqual(record);
    pass(0.1);
    expect(await check(token)).toBeNull();
  });

  it('knows a new token 2 s after it was given out at the latest', async () => {
    const check = createTokenCheck({ store, clock });
    await check(`muster_${'z'.repeat(12)}_${'z'.repeat(50)}`);
    const { token, record } = await create();
    pass(2);
    expect(await check(token)).toEqual(record);
  });

  it('is not misled by a clock that was set back', async () => {
    const { token, record } = await create();
    const check = createTokenCheck({ store, clock });
    await check(token);
    await revokeToken(record.id, 'jane', world());
    elapsed += 2;
    at = addDays(NOW, -1);
    expect(await check(token)).toBeNull();
  });
});

describe('the reading of the store behind a check', () => {
  /** A store whose readings end when they are told to. */
  function heldStore() {
    const open: { answer(): Promise<void>; fail(): void }[] = [];
    const held: Pick<Store, 'tokens'> = {
      tokens: () =>
        new Promise((resolve, reject) => {
          open.push({
            answer: async () => resolve(await store.tokens()),
            fail: () => reject(new MusterError('MUSTER_STORE_UNREACHABLE', 'the store is down')),
          });
        }),
    };
    return { held, open };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('is one for all who ask within 2 s, and none for what is no token', async () => {
    const { token, record } = await create();
    const { held, open } = heldStore();
    const check = createTokenCheck({ store: held, clock });
    await check('nonsense');
    expect(open).toHaveLength(0);
    const answers = Promise.all([check(token), check(token), check(`muster_${'z'.repeat(12)}_${'z'.repeat(50)}`)]);
    await settled();
    expect(open).toHaveLength(1);
    await open[0]?.answer();
    expect(await answers).toEqual([record, record, null]);
    pass(1.9);
    await check(token);
    expect(open).toHaveLength(1);
  });

  it('that was begun too long ago is not believed, and the next begins when it has ended', async () => {
    const { token, record } = await create();
    const { held, open } = heldStore();
    const check = createTokenCheck({ store: held, clock });
    const early = check(token);
    await settled();
    pass(5);
    const late = check(token);
    await settled();
    expect(open).toHaveLength(1);
    await open[0]?.answer();
    expect(await early).toEqual(record);
    await revokeToken(record.id, 'jane', world());
    await settled();
    expect(open).toHaveLength(2);
    await open[1]?.answer();
    expect(await late).toBeNull();
  });

  it('that fails lets nobody in, says why, and is tried anew by the next who asks', async () => {
    const { token, record } = await create();
    const { held, open } = heldStore();
    const check = createTokenCheck({ store: held, clock });
    const first = refused(check(token));
    await settled();
    open[0]?.fail();
    expect(await first).toBe('MUSTER_STORE_UNREACHABLE: the store is down');
    const second = check(token);
    await settled();
    await open[1]?.answer();
    expect(await second).toEqual(record);
  });

  it('that fails after one that succeeded lets nobody in on what was known before', async () => {
    const { token } = await create();
    const { held, open } = heldStore();
    const check = createTokenCheck({ store: held, clock });
    const first = check(token);
    await settled();
    await open[0]?.answer();
    await first;
    pass(2);
    const second = refused(check(token));
    await settled();
    open[1]?.fail();
    expect(await second).toMatch(/^MUSTER_STORE_UNREACHABLE/);
  });
});

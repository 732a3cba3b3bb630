import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Problem } from '../../src/api/problem.ts';
import { cacheUntil, etagOf, NO_STORE, sendJson } from '../../src/api/reply.ts';
import { createApi } from '../../src/api/server.ts';
import type { Routes } from '../../src/api/world.ts';
import { digestOf } from '../../src/core/canonical.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds } from '../../src/core/time.ts';
import { anApi, anApiWorld, bearing } from '../support/api-world.ts';
import { NOW } from '../support/builders.ts';

const OPEN = { config: { scope: null } } as const;
const DIGEST = digestOf('an answer');

/** One route for each way in which a request may end. */
const routes: Routes = (app) => {
  app.get('/text', OPEN, (_request, reply) =>
    sendJson(reply, '{"a":1}', { etag: etagOf(DIGEST), cacheControl: NO_STORE }),
  );
  app.get('/things/:id', OPEN, async (request) => request.params);
  app.get('/fail/:how', OPEN, async (request) => {
    throw failures[(request.params as { how: string }).how] ?? new Error('there is no such failure');
  });
  const body = z.strictObject({
    name: z.string().max(5),
    source: z.enum(['plan', 'command']),
    count: z.int().optional(),
  });
  app.post('/checked', { ...OPEN, schema: { body } }, async () => ({ done: true }));
  const querystring = z.object({ limit: z.coerce.number().int().max(500).optional() });
  app.get('/listed', { ...OPEN, schema: { querystring } }, async () => []);
  const union = z.discriminatedUnion('source', [
    z.object({ source: z.literal('plan') }),
    z.object({ source: z.literal('command') }),
  ]);
  app.post('/either', { ...OPEN, schema: { body: union } }, async () => ({}));
  app.get(
    '/wrong',
    { ...OPEN, schema: { response: { 200: z.object({ a: z.string() }) } } },
    async () => ({ a: 1 }) as never,
  );
};

const failures: Readonly<Record<string, Error>> = {
  problem: new Problem('conflict', 'somebody was faster', { 'retry-after': '7' }),
  plan: new MusterError('MUSTER_PLAN_NOT_JSON', 'plan: is not JSON'),
  database: new MusterError('MUSTER_DATABASE_NOT_FOUND', 'no database orders'),
  decision: new MusterError('MUSTER_DECISION_NOT_FOUND', 'no decision'),
  token: new MusterError('MUSTER_TOKEN_NOT_FOUND', 'no token'),
  denied: new MusterError('MUSTER_ACCESS_DENIED', 'rds:DescribeDBInstances was denied'),
  store: new MusterError('MUSTER_STORE_UNREACHABLE', 'the store does not answer'),
  broken: new MusterError('MUSTER_STORE_INVALID', 'record 7 was changed'),
  drill: new MusterError('MUSTER_DRILL_FAILED', 'the drill failed'),
  leak: new MusterError('MUSTER_SCRATCH_LEAKED', 'muster-x may be left'),
  invariant: new MusterError('MUSTER_INVARIANT_BROKEN', 'canary-fact does not hold'),
  unforeseen: new Error('canary-text'),
};

const api = await anApi(anApiWorld(), { routes });

describe('an error', () => {
  it.each([
    ['problem', 409, 'conflict'],
    ['plan', 400, 'MUSTER_PLAN_NOT_JSON'],
    ['database', 404, 'MUSTER_DATABASE_NOT_FOUND'],
    ['decision', 404, 'MUSTER_DECISION_NOT_FOUND'],
    ['token', 404, 'MUSTER_TOKEN_NOT_FOUND'],
    ['denied', 502, 'MUSTER_ACCESS_DENIED'],
    ['store', 503, 'MUSTER_STORE_UNREACHABLE'],
    ['broken', 500, 'MUSTER_STORE_INVALID'],
    ['drill', 500, 'MUSTER_DRILL_FAILED'],
    ['leak', 500, 'MUSTER_SCRATCH_LEAKED'],
    ['invariant', 500, 'MUSTER_INVARIANT_BROKEN'],
    ['unforeseen', 500, 'internal'],
  ])('that is %s is told as %d and %s', async (how, status, name) => {
    const answer = await api.inject(`/fail/${how}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({
      type: `https://muster.dev/problems/${name}`,
      status,
      title: expect.stringMatching(/^[A-Z]/),
      instance: `urn:muster:request:${answer.headers['x-request-id']}`,
    });
  });

  it('of the catalogue bears its code, its words and its hint', async () => {
    const { hint } = new MusterError('MUSTER_PLAN_NOT_JSON', '');
    expect((await api.inject('/fail/plan')).json()).toMatchObject({
      code: 'MUSTER_PLAN_NOT_JSON',
      detail: 'plan: is not JSON',
      hint,
    });
  });

  it('that may pass says when to come back', async () => {
    expect((await api.inject('/fail/store')).headers['retry-after']).toBe('5');
    expect((await api.inject('/fail/problem')).headers['retry-after']).toBe('7');
    expect((await api.inject('/fail/plan')).headers['retry-after']).toBeUndefined();
  });

  it('that nobody foresaw keeps its text to itself, and so do the facts of a broken invariant', async () => {
    expect((await api.inject('/fail/unforeseen')).body).not.toContain('canary');
    expect((await api.inject('/fail/invariant')).body).not.toContain('canary');
  });

  it('is kept by no cache', async () => {
    expect((await api.inject('/fail/plan')).headers['cache-control']).toBe('no-store');
  });

  it('of an answer that is not as declared is ours, and shows nothing of it', async () => {
    const answer = await api.inject('/wrong');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ type: 'https://muster.dev/problems/internal' });
  });
});

describe('a request that is not as its schema says', () => {
  const refused = async (payload: object) => (await api.inject({ method: 'POST', url: '/checked', payload })).json();

  it('is told where, and what is accepted', async () => {
    expect(await refused({ name: 'a', source: 'other' })).toMatchObject({
      status: 400,
      detail: 'body/source: invalid option: expected one of "plan"|"command"',
    });
    expect(await refused({ name: 7, source: 'plan' })).toMatchObject({
      detail: 'body/name: invalid input: expected string, received number',
    });
  });

  it('is told everything at once', async () => {
    const { errors } = await refused({ name: 7, source: 8, count: 1.5 });
    expect(errors.map(({ at }: { at: string }) => at)).toEqual(['body/name', 'body/source', 'body/count']);
  });

  it('finds none of its values repeated', async () => {
    const said = await refused({ name: 'canary-value', source: 'canary-source', count: 'canary-count' });
    expect(JSON.stringify(said)).not.toContain('canary');
  });

  it('finds a key that is not known named, and cut where it is long', async () => {
    expect((await refused({ name: 'a', source: 'plan', ['k'.repeat(5_000)]: 1 })).detail.length).toBeLessThan(300);
  });

  it('is told what a choice takes', async () => {
    const { detail } = (await api.inject({ method: 'POST', url: '/either', payload: { source: 'tea' } })).json();
    expect(detail).toMatch(/^body\/source: /);
    expect(detail).not.toContain('tea');
  });

  it('is told of its query as of its body', async () => {
    const answer = await api.inject('/listed?limit=1000');
    expect(answer.json()).toMatchObject({ status: 400, detail: expect.stringMatching(/^query\/limit: /) });
  });

  it('is refused without a body where one is needed', async () => {
    expect((await api.inject({ method: 'POST', url: '/checked' })).statusCode).toBe(400);
  });
});

describe('a path', () => {
  it('that nobody serves is 404, and is not repeated', async () => {
    const answer = await api.inject('/canary?x=canary');
    expect(answer.json()).toMatchObject({ type: 'https://muster.dev/problems/not_found', status: 404 });
    expect(answer.body).not.toContain('canary');
  });

  it('names the methods that it offers to any other', async () => {
    for (const method of ['DELETE', 'PUT', 'OPTIONS', 'PATCH'] as const) {
      const answer = await api.inject({ method, url: '/things/7?a=b' });
      expect(answer.statusCode, method).toBe(405);
      expect(answer.headers.allow).toBe('GET, HEAD');
    }
    expect((await api.inject('/checked')).headers.allow).toBe('POST');
  });

  it('of a GET route answers HEAD alike, without a body', async () => {
    const [head, get] = [await api.inject({ method: 'HEAD', url: '/text' }), await api.inject('/text')];
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe('');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.headers.etag).toBe(get.headers.etag);
  });

  it.each(['/things/%zz', '/things/%', '/things/%e2%28%a1'])('that is badly encoded (%s) is 400', async (url) => {
    const answer = await api.inject(url);
    expect(answer.json()).toMatchObject({ status: 400, type: 'https://muster.dev/problems/malformed' });
  });

  it('with a part longer than any id is 400', async () => {
    expect((await api.inject(`/things/${'a'.repeat(600)}`)).statusCode).toBe(400);
    expect((await api.inject(`/things/${'a'.repeat(500)}`)).statusCode).toBe(200);
  });

  it('is taken as it is written: no second slash, no way up', async () => {
    expect((await api.inject('//text')).statusCode).toBe(404);
    expect((await api.inject('/things/..%2Ftext')).json()).toEqual({ id: '../text' });
  });
});

describe('an answer', () => {
  it('bears the headers that keep it data', async () => {
    const { headers } = await api.inject('/text');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  it('bears an id of its own, whatever the request says', async () => {
    const ask = () => api.inject({ url: '/text', headers: { 'x-request-id': 'mine', 'request-id': 'mine' } });
    const ids = [(await ask()).headers['x-request-id'], (await ask()).headers['x-request-id']];
    expect(ids).not.toContain('mine');
    expect(new Set(ids).size).toBe(2);
  });

  it('that is text is sent as it stands', async () => {
    const answer = await api.inject('/text');
    expect(answer.body).toBe('{"a":1}');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers.etag).toBe(`"${DIGEST}"`);
  });

  it.each([
    [`"${DIGEST}"`, 304],
    [`"other", W/"${DIGEST}"`, 304],
    ['*', 304],
    ['"other"', 200],
    [DIGEST, 200],
  ])('to whoever says that they have %s is %d', async (tag, status) => {
    const answer = await api.inject({ url: '/text', headers: { 'if-none-match': tag } });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toBe(status === 304 ? '' : '{"a":1}');
    expect(answer.headers.etag).toBe(`"${DIGEST}"`);
  });

  it('that is a stored verdict may be kept until it ends and no longer', () => {
    expect(cacheUntil(addSeconds(NOW, 90), NOW)).toBe('private, max-age=90, must-revalidate');
    expect(cacheUntil(addSeconds(NOW, 89.999), NOW)).toBe('private, max-age=89, must-revalidate');
    expect(cacheUntil(NOW, NOW)).toBe('private, max-age=0, must-revalidate');
    expect(cacheUntil(addSeconds(NOW, -5), NOW)).toBe('private, max-age=0, must-revalidate');
  });
});

describe('a server', () => {
  it('refuses to start with a route that names no scope', async () => {
    const silent: Routes = (app) => {
      app.get('/silent', async () => 'x');
    };
    await expect(createApi(anApiWorld(), { routes: silent })).rejects.toThrow('every route names its scope');
  });

  it('takes no more requests of one caller in a minute than it was told, and counts callers apart', async () => {
    const world = anApiWorld();
    const limited = await anApi(world, {
      rateLimit: { perMinute: 3 },
      routes: (app) => {
        app.get('/mine', { config: { scope: 'read' } }, async () => ({}));
      },
    });
    const [one, other] = [await world.bearer('read'), await world.bearer('read')];
    const ask = async (token: string) => await limited.inject({ url: '/mine', headers: bearing(token) });
    for (let count = 0; count < 3; count += 1) expect((await ask(one)).statusCode).toBe(200);
    const refused = await ask(one);
    expect(refused.json()).toMatchObject({ status: 429, detail: '3 requests a minute are accepted' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(other)).statusCode).toBe(200);
  });

  it('gives an answer up that takes too long, on routes that are no plain reads', async () => {
    const slow = await anApi(anApiWorld(), {
      answerSecondsMax: 0.05,
      routes: (app) => {
        app.post('/slow', OPEN, () => new Promise(() => undefined));
      },
    });
    expect((await slow.inject({ method: 'POST', url: '/slow' })).json()).toMatchObject({
      status: 503,
      detail: 'the answer took too long',
    });
  });
});

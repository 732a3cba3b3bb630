import { describe, expect, it } from 'vitest';
import { DEFAULT_BOUNDS } from '../../src/api/options.ts';
import { Problem } from '../../src/api/problem.ts';
import { sendJson } from '../../src/api/reply.ts';
import type { Routes } from '../../src/api/world.ts';
import { KEY_HELD_SECONDS } from '../../src/app/desk-port.ts';
import { MusterError } from '../../src/core/errors.ts';
import { anApi, anApiWorld, bearing } from '../support/api-world.ts';

/** A route that counts how often its work was done, and ends as the body says. */
async function aCounter() {
  const world = anApiWorld();
  const seen = { done: 0, letGo: () => {}, stands: (_body: string): boolean => true };
  const routes: Routes = (app) => {
    const config = { scope: 'operate', idempotent: true } as const;
    app.post('/jobs/:id', { config }, async ({ body }, reply) => {
      seen.done += 1;
      const { end } = body as { end?: string };
      if (end === 'refused') throw new Problem('invalid', 'not as it stands');
      if (end === 'missing') throw new Problem('not_found', 'nothing by that name yet');
      if (end === 'conflict') throw new Problem('conflict', 'somebody else is at it');
      if (end === 'failed' && seen.done === 1) throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the store is away');
      if (end === 'waits')
        await new Promise<void>((resolve) => {
          seen.letGo = resolve;
        });
      reply.header('location', `/jobs/${seen.done}`).header('etag', '"one"');
      return sendJson(reply, Buffer.from(`{"done":${seen.done},"text":"é\\n"}`), { status: 202 });
    });
    const passing = { ...config, stillStands: async (body: string) => seen.stands(body) };
    app.post('/passing', { config: passing }, async () => {
      seen.done += 1;
      return { done: seen.done };
    });
    app.post('/other', { config: { scope: 'operate' } }, async () => {
      seen.done += 1;
      return {};
    });
  };
  const api = await anApi(world, { routes });
  const token = await world.bearer('operate');
  const send = (key: string | undefined, payload: object = {}, { url = '/jobs/1', as = token } = {}) =>
    api.inject({
      method: 'POST',
      url,
      payload,
      headers: { ...bearing(as), ...(key !== undefined && { 'idempotency-key': key }) },
    });
  return { world, api, seen, send };
}

describe('a request that is sent again with its key', () => {
  it('gets the same answer, and the work is done once', async () => {
    const { seen, send } = await aCounter();
    const [first, again] = [await send('k', { a: 1 }), await send('k', { a: 1 })];
    expect(seen.done).toBe(1);
    expect(again.statusCode).toBe(202);
    expect(again.body).toBe(first.body);
    for (const name of ['location', 'etag', 'content-type'])
      expect(again.headers[name], name).toBe(first.headers[name]);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
  });

  it('gets a refusal again as well', async () => {
    const { seen, send } = await aCounter();
    const [first, again] = [await send('k', { end: 'refused' }), await send('k', { end: 'refused' })];
    expect([first.statusCode, again.statusCode, seen.done]).toEqual([422, 422, 1]);
    expect(again.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(again.body).toBe(first.body);
  });

  it.each([
    ['missing', 404],
    ['conflict', 409],
  ])('is carried out anew after a refusal that may be another by now (%s)', async (end, status) => {
    const { seen, send } = await aCounter();
    const [first, again] = [await send('k', { end }), await send('k', { end })];
    expect([first.statusCode, again.statusCode, seen.done]).toEqual([status, status, 2]);
  });

  it('is carried out anew when what was done stands no more, and the new answer is kept', async () => {
    const { seen, send } = await aCounter();
    const first = await send('k', {}, { url: '/passing' });
    expect((await send('k', {}, { url: '/passing' })).body).toBe(first.body);
    seen.stands = (body) => body !== first.body;
    const anew = await send('k', {}, { url: '/passing' });
    expect(anew.headers['idempotency-replayed']).toBeUndefined();
    expect([first.json(), anew.json()]).toEqual([{ done: 1 }, { done: 2 }]);
    expect((await send('k', {}, { url: '/passing' })).json()).toEqual({ done: 2 });
  });

  it('gets no answer while it cannot be said whether what was done stands', async () => {
    const { seen, send } = await aCounter();
    await send('k', {}, { url: '/passing' });
    seen.stands = () => {
      throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the store is away');
    };
    expect((await send('k', {}, { url: '/passing' })).statusCode).toBe(503);
    expect(seen.done).toBe(1);
  });

  it('is carried out anew after a failure of ours', async () => {
    const { seen, send } = await aCounter();
    expect((await send('k', { end: 'failed' })).statusCode).toBe(503);
    const again = await send('k', { end: 'failed' });
    expect([again.statusCode, seen.done]).toEqual([202, 2]);
    expect(again.headers['idempotency-replayed']).toBeUndefined();
  });

  it('is told to wait while the first is being answered', async () => {
    const { seen, send } = await aCounter();
    const first = send('k', { end: 'waits' });
    await expect.poll(() => seen.done).toBe(1);
    const again = await send('k', { end: 'waits' });
    expect(again.json()).toMatchObject({ status: 409, type: 'https://muster.dev/problems/conflict' });
    expect(again.headers['retry-after']).toBe('1');
    seen.letGo();
    expect((await first).statusCode).toBe(202);
    expect((await send('k', { end: 'waits' })).headers['idempotency-replayed']).toBe('true');
    expect(seen.done).toBe(1);
  });

  it.each([
    ['another body', { a: 2 }, {}],
    ['the same body written otherwise', { b: 1, a: 1 }, {}],
    ['another path of the same route', { a: 1 }, { url: '/jobs/2' }],
    ['another query', { a: 1 }, { url: '/jobs/1?x=1' }],
  ])('is refused with %s', async (_, payload, options) => {
    const { seen, send } = await aCounter();
    await send('k', { a: 1 });
    expect((await send('k', payload, options)).json()).toMatchObject({ status: 422 });
    expect(seen.done).toBe(1);
  });

  it('means nothing for another caller', async () => {
    const { world, seen, send } = await aCounter();
    await send('k');
    await send('k', {}, { as: await world.bearer('operate') });
    expect(seen.done).toBe(2);
  });

  it('is carried out anew after a day', async () => {
    const { world, seen, send } = await aCounter();
    await send('k');
    world.clock.pass(86_401);
    await send('k');
    expect(seen.done).toBe(2);
  });
});

describe('a key', () => {
  it('is not needed', async () => {
    const { seen, send } = await aCounter();
    await send(undefined);
    await send(undefined);
    expect(seen.done).toBe(2);
  });

  it.each([
    ['too long', 'k'.repeat(256)],
    ['with a blank', 'a b'],
    ['empty', ''],
    ['not ASCII', 'ké'],
  ])('that is %s is 400, and nothing is done', async (_, key) => {
    const { seen, send } = await aCounter();
    expect((await send(key)).statusCode).toBe(400);
    expect(seen.done).toBe(0);
  });

  it('is not heeded where the route does not say so', async () => {
    const { seen, send } = await aCounter();
    await send('k', {}, { url: '/other' });
    await send('k', {}, { url: '/other' });
    expect(seen.done).toBe(2);
  });

  it('is not taken by a request that may not be made', async () => {
    const { world, seen, send } = await aCounter();
    expect((await send('k', {}, { as: await world.bearer('read') })).statusCode).toBe(403);
    expect((await send('k')).statusCode).toBe(202);
    expect(seen.done).toBe(1);
  });

  it('is held for longer than an answer may take', () => {
    expect(KEY_HELD_SECONDS).toBeGreaterThan(DEFAULT_BOUNDS.answerSecondsMax);
  });

  it('that cannot be kept does not cost the answer', async () => {
    const { world, send } = await aCounter();
    world.desk.keepAnswer = async () => {
      throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the desk is away');
    };
    expect((await send('k')).statusCode).toBe(202);
    expect(world.lines.some((line) => line.includes('an answer could not be kept'))).toBe(true);
  });
});

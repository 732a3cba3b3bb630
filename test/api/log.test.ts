import { describe, expect, it } from 'vitest';
import { fault } from '../../src/api/log.ts';
import { traceIdOf } from '../../src/api/trace-context.ts';
import type { Routes } from '../../src/api/world.ts';
import { MusterError } from '../../src/core/errors.ts';
import { readToken } from '../../src/evidence/access-token.ts';
import { anApi, anApiWorld, bearing } from '../support/api-world.ts';

const routes: Routes = (app) => {
  const config = { scope: 'gate' } as const;
  app.get('/things/:id', { config }, async () => ({ a: 1 }));
  app.post('/plans', { config }, async ({ body }) => {
    // As careless a reader as there may be: its error quotes the document.
    JSON.parse((body as { plan: string }).plan);
    return {};
  });
  app.get('/ours', { config }, async () => {
    throw new MusterError('MUSTER_STORE_INVALID', 'record 7 was changed', { cause: new Error('canary-cause') });
  });
};

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

async function aLog() {
  const world = anApiWorld();
  const api = await anApi(world, { routes });
  const token = await world.bearer('gate');
  const last = () => JSON.parse(world.lines.at(-1) ?? '{}');
  return { world, api, token, last, headers: bearing(token) };
}

describe('the access log', () => {
  it('has one line for a request: who, what by its pattern, how it ended, how long and how much', async () => {
    const { world, api, token, last, headers } = await aLog();
    const answer = await api.inject({ url: '/things/canary?password=canary', headers });
    expect(world.lines).toHaveLength(1);
    expect(last()).toEqual({
      level: 'info',
      time: world.clock.now(),
      request: answer.headers['x-request-id'],
      caller: readToken(token)?.id,
      method: 'GET',
      route: '/things/:id',
      status: 200,
      ms: expect.any(Number),
      bytes: 7,
    });
  });

  it('writes lines without ends, each of them JSON', async () => {
    const { world, api, headers } = await aLog();
    await api.inject({ url: '/things/1', headers });
    await api.inject({ url: '/nowhere' });
    expect(world.lines).toHaveLength(2);
    for (const line of world.lines) expect(line).toMatch(/^\{[^\n]*\}$/);
  });

  it('has a line for what no route takes, and for whoever is not known', async () => {
    const { api, last } = await aLog();
    await api.inject('/canary/path');
    expect(last()).toMatchObject({ route: '(none)', status: 404, caller: null });
    await api.inject('/things/1');
    expect(last()).toMatchObject({ route: '/things/:id', status: 401, caller: null });
  });

  it('bears the trace of the request', async () => {
    const { api, last, headers } = await aLog();
    await api.inject({ url: '/things/1', headers: { ...headers, traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
    expect(last().trace).toBe(TRACE);
    await api.inject({ url: '/things/1', headers: { ...headers, traceparent: 'canary' } });
    expect(last()).not.toHaveProperty('trace');
  });

  it('has nothing of tokens, paths, queries, headers or bodies in it, however a request ends', async () => {
    const { world, api, token, headers } = await aLog();
    const secrets = [token, 'canary', 'hunter2'];
    const post = (payload: string, more: Readonly<Record<string, string>> = {}) =>
      api.inject({
        method: 'POST',
        url: '/plans?secret=canary',
        payload,
        headers: { ...headers, 'content-type': 'application/json', cookie: 'canary', ...more },
      });
    await post(JSON.stringify({ plan: '{"password":hunter2}' }));
    await post('{"password":hunter2}');
    await post('{"hunter2":1,"hunter2":2}');
    await post(JSON.stringify({ plan: '{}' }));
    await post('{}', { 'content-type': 'text/canary' });
    await post('{}', { authorization: `Bearer ${token}canary` });
    await api.inject({ url: '/things/%zzcanary', headers });
    await api.inject({ url: `/canary?token=${token}`, headers });
    await api.inject({ url: '/ours', headers });
    expect(world.lines.length).toBeGreaterThanOrEqual(9);
    for (const secret of secrets) expect(world.lines.join('\n')).not.toContain(secret);
  });

  it('tells of a failure of ours by its name and where it was thrown, beside the request', async () => {
    const { world, api, headers } = await aLog();
    const payload = { plan: '{"password":hunter2}' };
    const answer = await api.inject({ method: 'POST', url: '/plans', payload, headers });
    expect(answer.statusCode).toBe(500);
    const [told, access] = world.lines.map((line) => JSON.parse(line));
    expect(told).toMatchObject({ level: 'error', request: access.request, err: { name: 'SyntaxError' } });
    expect(told.err.frames.join('\n')).toContain('log.test.ts');
  });
});

describe('a fault', () => {
  it('has the words of Muster’s own errors and of the engine on its code, and of no other', () => {
    const plain = new Error('canary');
    expect(fault(new MusterError('MUSTER_USAGE', 'say more'))).toMatchObject({
      code: 'MUSTER_USAGE',
      message: 'say more',
    });
    expect(fault(new TypeError('x is not a function'))).toMatchObject({ message: 'x is not a function' });
    expect(
      fault(Object.assign(new TypeError('Received canary'), { code: 'ERR_INVALID_ARG_TYPE' })).message,
    ).toBeUndefined();
    expect(fault(plain)).not.toHaveProperty('message');
    expect(JSON.stringify(fault(plain))).not.toContain('canary');
  });

  it('keeps a message of several lines out of its frames', () => {
    const error = new Error('first\n    at canary (/canary.ts)\nsecond');
    expect(JSON.stringify(fault(error))).not.toContain('canary');
  });

  it('tells its causes, and ends where they go in a circle', () => {
    const error = new Error('a');
    error.cause = error;
    expect(JSON.stringify(fault(error)).length).toBeLessThan(20_000);
    expect(fault(new Error('a', { cause: new RangeError('b') })).cause).toMatchObject({
      name: 'RangeError',
      message: 'b',
    });
  });

  it('that is no error is told by its type', () => {
    expect(fault('canary')).toEqual({ name: 'string', frames: [] });
  });
});

describe('a traceparent', () => {
  const parent = '00f067aa0ba902b7';
  it.each([
    ['of this version', `00-${TRACE}-${parent}-01`, TRACE],
    ['of a later version, with more fields', `cc-${TRACE}-${parent}-01-what-the-future-holds`, TRACE],
    ['of a later version, without', `cc-${TRACE}-${parent}-01`, TRACE],
    ['of this version with more fields', `00-${TRACE}-${parent}-01-more`, null],
    ['of the version that is none', `ff-${TRACE}-${parent}-01`, null],
    ['with a trace of zeros', `00-${'0'.repeat(32)}-${parent}-01`, null],
    ['with a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`, null],
    ['in capitals', `00-${TRACE.toUpperCase()}-${parent}-01`, null],
    ['that is cut short', `00-${TRACE}-${parent}`, null],
    ['that is long', `cc-${TRACE}-${parent}-01-${'x'.repeat(500)}`, null],
  ])('%s gives %s', (_, header, trace) => {
    expect(traceIdOf(header)).toBe(trace);
  });

  it('that stands twice, or not at all, gives none', () => {
    expect(traceIdOf(undefined)).toBeNull();
    expect(traceIdOf([`00-${TRACE}-${parent}-01`, `00-${TRACE}-${parent}-01`])).toBeNull();
  });
});

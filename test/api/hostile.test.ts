/**
 * What a stranger may send over a real connection: the right answer each time, the service up for the others, memory flat.
 */

import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiOptions } from '../../src/api/options.ts';
import type { Routes } from '../../src/api/world.ts';
import { type ApiTestWorld, anApi, anApiWorld } from '../support/api-world.ts';

const routes: Routes = (app) => {
  app.get('/things/:id', { config: { scope: 'read' } }, async (request) => request.params);
  app.get('/waits', { config: { scope: null } }, () => new Promise(() => undefined));
  app.post('/things', { config: { scope: 'gate' } }, async ({ body }) => ({ kind: typeof body }));
};

interface Served {
  readonly api: FastifyInstance;
  readonly world: ApiTestWorld;
  readonly token: string;
}

/** A connection, and everything that came over it. */
interface Connection {
  readonly socket: Socket;
  readonly text: () => string;
  readonly ended: Promise<void>;
}

const open: Socket[] = [];
const servers: FastifyInstance[] = [];

async function serve(options: ApiOptions = {}): Promise<Served> {
  const world = anApiWorld();
  const api = await anApi(world, { routes, rateLimit: { failuresPerMinute: 1e6, perMinute: 1e6 }, ...options });
  await api.listen({ host: '127.0.0.1', port: 0 });
  servers.push(api);
  return { api, world, token: await world.bearer('read', 'gate') };
}

async function dial({ api }: Served): Promise<Connection> {
  const socket = connect(Number(new URL(api.listeningOrigin).port), '127.0.0.1');
  open.push(socket);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, text: () => text, ended };
}

/** Sends text over a connection of its own and waits for its end. @returns Everything that came back. */
async function exchange(served: Served, text: string): Promise<string> {
  const { socket, text: answer, ended } = await dial(served);
  socket.write(text, 'latin1');
  await ended;
  return answer();
}

/** A request that asks for its connection to be closed. */
function asking(path: string, ...headers: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'host: x', 'connection: close', ...headers, '', ''].join('\r\n');
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

function post(served: Served, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${served.api.listeningOrigin}/things`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${served.token}`, 'content-type': 'application/json', ...headers },
  });
}

async function isUp({ api }: Served): Promise<void> {
  const answer = await fetch(`${api.listeningOrigin}/livez`);
  expect(await answer.json()).toEqual({ status: 'alive' });
}

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(async () => {
  await Promise.all(servers.map((api) => api.close()));
});

describe('a request over a real connection', () => {
  it('is answered to a good token', async () => {
    const answer = await exchange(served, asking('/things/7', `authorization: Bearer ${served.token}`));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('{"id":"7"}');
  });

  it('with two Authorization headers is refused, whichever comes first', async () => {
    const [good, wrong] = [`authorization: Bearer ${served.token}`, 'Authorization: Bearer wrong'];
    for (const pair of [
      [good, wrong],
      [wrong, good],
      [good, good],
    ])
      expect(statusOf(await exchange(served, asking('/things/7', ...pair)))).toBe(401);
  });

  it.each([
    ['missing', [], 401],
    ['basic', ['authorization: Basic dXNlcjpwYXNz'], 401],
    ['empty', ['authorization:'], 401],
    ['long', [`authorization: Bearer ${'x'.repeat(12_000)}`], 401],
    ['longer than all headers may be', [`authorization: Bearer ${'x'.repeat(20_000)}`], 431],
    ['with a control character', ['authorization: Bearer \u0001'], 400],
    ['in a line that goes on', ['authorization: Bearer', ' folded'], 400],
  ])('whose authorization is %s is refused', async (_, headers, status) => {
    const answer = await exchange(served, asking('/things/7', ...headers));
    expect(statusOf(answer)).toBe(status);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
  });
});

describe('a path', () => {
  it.each([
    ['/things/%2e%2e', 200],
    ['/things/..', 200],
    ['/things/%00', 200],
    ['/things/%0d%0aset-cookie:%20a=b', 200],
    ['/things/../../etc/passwd', 404],
    ['//things/7', 404],
    ['/things//7', 404],
    ['/THINGS/7', 404],
    ['/things/%zz', 400],
    ['/things/%c0%af', 400],
    [`/things/${'a'.repeat(2_000)}`, 400],
    [`/${'a/'.repeat(4_000)}`, 404],
    [`/${'a'.repeat(20_000)}`, 431],
    ['http://elsewhere.example/things/7', 200],
    ['http://user:pass@elsewhere.example/things/7', 200],
    ['*', 404],
    ['/things/7#fragment', 200],
    ['/things/7?__proto__=1&constructor=2', 200],
  ])('%s is %d, as it is written, and moves no header', async (path, status) => {
    const answer = await exchange(served, asking(path, `authorization: Bearer ${served.token}`));
    expect(statusOf(answer)).toBe(status);
    expect(answer.split('\r\n\r\n')[0]).not.toMatch(/set-cookie/i);
  });

  it('in absolute form needs a token as any other', async () => {
    expect(statusOf(await exchange(served, asking('http://elsewhere.example/things/7')))).toBe(401);
  });
});

describe('what is no HTTP', () => {
  it.each([
    ['noise', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', 400],
    ['another version', 'GET /livez HTTP/9.9\r\nhost: x\r\n\r\n', 400],
    ['a header without a name', 'GET /livez HTTP/1.1\r\nhost: x\r\n: y\r\n\r\n', 400],
    ['a blank before the colon', 'GET /livez HTTP/1.1\r\nhost : x\r\n\r\n', 400],
    ['no host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
    [
      'a length and chunks',
      'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a length below zero', 'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', 400],
    ['chunks of no size', 'POST /livez HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 0],
    ['a header of 20 KB', `GET /livez HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is refused and the connection closed', async (_, text, status) => {
    const answer = await exchange(served, text);
    if (status !== 0) expect(statusOf(answer)).toBe(status);
    expect(answer).not.toContain('HTTP/1.1 200');
    await isUp(served);
  });

  it('leaves no second request behind that an answer could be given to', async () => {
    const smuggled = `POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${asking('/livez')}`;
    expect(await exchange(served, smuggled)).not.toContain('alive');
  });
});

describe('a body', () => {
  it('of one byte is 400 or taken, and nothing else', async () => {
    expect((await post(served, '1')).status).toBe(200);
    expect((await post(served, '{')).status).toBe(400);
  });

  it('of 20 MB is 413, and the answer arrives', async () => {
    const answer = await post(served, `"${'x'.repeat(20_000_000)}"`);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ type: 'https://muster.dev/problems/too_large' });
  });

  it('of 20 MB that does not say so is 413 as well', async () => {
    const stream = new ReadableStream({
      start(controller) {
        const chunk = Buffer.alloc(1_000_000, 'x');
        for (let count = 0; count < 20; count += 1) controller.enqueue(chunk);
        controller.close();
      },
    });
    const answer = await fetch(`${served.api.listeningOrigin}/things`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' },
    } as RequestInit);
    expect(answer.status).toBe(413);
  });

  it('of 16 MB is taken', async () => {
    expect((await post(served, `"${'x'.repeat(16 * 1024 * 1024 - 2)}"`)).status).toBe(200);
  });

  it.each([
    ['of another type', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a hundred thousand levels deep', '['.repeat(100_000) + ']'.repeat(100_000), {}, 400],
    ['a hundred thousand objects deep', '{"a":'.repeat(100_000), {}, 400],
    ['with a key twice', '{"a":1,"a":2}', {}, 400],
    ['with __proto__', '{"__proto__":{"isAdmin":true}}', {}, 400],
  ])('%s is refused', async (_, body, headers, status) => {
    expect((await post(served, body, headers)).status).toBe(status);
  });

  it('is not read for somebody who may not send it', async () => {
    const { socket, text } = await dial(served);
    socket.write(
      'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\ncontent-type: application/json\r\n\r\n{',
    );
    await expect.poll(text).toContain('HTTP/1.1 401');
  });
});

describe('somebody who is slow', () => {
  const bounds = { headersSecondsMax: 0.3, requestSecondsMax: 0.6, idleSecondsMax: 0.3, checkSeconds: 0.1 };

  it('with headers is cut off, while others are answered', async () => {
    const hurried = await serve(bounds);
    const { socket, text, ended } = await dial(hurried);
    socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n');
    const drip = setInterval(() => socket.writable && socket.write('x-drip: 1\r\n'), 50);
    await isUp(hurried);
    await ended;
    clearInterval(drip);
    expect(statusOf(text())).toBe(408);
    expect(text()).toContain('https://muster.dev/problems/timeout');
  });

  it('with a body is cut off, while others are answered', async () => {
    const hurried = await serve(bounds);
    const { socket, text, ended } = await dial(hurried);
    const head = ['POST /things HTTP/1.1', 'host: x', `authorization: Bearer ${hurried.token}`];
    socket.write([...head, 'content-type: application/json', 'content-length: 1000', '', '"'].join('\r\n'));
    const drip = setInterval(() => socket.writable && socket.write('x'), 50);
    await isUp(hurried);
    await ended;
    clearInterval(drip);
    expect(statusOf(text())).toBe(408);
    // The request that was cut off is over, and told of once.
    await expect.poll(() => hurried.api.underWay.count).toBe(0);
    const told = hurried.world.lines.filter((line) => line.includes('"status":'));
    expect(told.map((line) => JSON.parse(line).status).sort()).toEqual([200, 408, 499]);
  });

  it('to take the answer, and goes away, is not waited for', async () => {
    const slow = await serve();
    const { socket } = await dial(slow);
    socket.write(asking('/waits'));
    await expect.poll(() => slow.api.underWay.count).toBe(1);
    socket.destroy();
    await expect.poll(() => slow.api.underWay.count).toBe(0);
    expect(JSON.parse(slow.world.lines.at(-1) ?? '')).toMatchObject({ route: '/waits', status: 499 });
  });

  it('who says nothing at all is cut off', async () => {
    const hurried = await serve(bounds);
    await (await dial(hurried)).ended;
  });

  it('between two requests is let go', async () => {
    const hurried = await serve(bounds);
    const { socket, text, ended } = await dial(hurried);
    socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(text).toContain('alive');
    await ended;
  });
});

describe('many', () => {
  it('idle connections keep nobody from an answer', async () => {
    const idle = await Promise.all(Array.from({ length: 1_000 }, () => dial(served)));
    for (let count = 0; count < 20; count += 1) await isUp(served);
    const counted = await new Promise<number>((resolve) => {
      served.api.server.getConnections((_, count) => resolve(count));
    });
    expect(counted).toBeGreaterThanOrEqual(idle.length);
  });

  it('connections beyond the bound are turned away, and the service stays', async () => {
    const small = await serve({ connectionsMax: 5 });
    await Promise.all(Array.from({ length: 4 }, () => dial(small)));
    await isUp(small);
    const more = await Promise.all(Array.from({ length: 10 }, () => dial(small)));
    await Promise.all(more.slice(-5).map(({ ended }) => ended));
    for (const socket of open.splice(0)) socket.destroy();
    await expect
      .poll(() =>
        isUp(small).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  it('hostile requests leave memory as it was', async () => {
    const batch = async (count: number) => {
      for (let done = 0; done < count; done += 50)
        await Promise.all(Array.from({ length: 50 }, (_, index) => hostile(done + index)));
    };
    await batch(500);
    // What is kept of requests grows with every batch; compiled code and tables that fill up do so once.
    let growth = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3 && growth >= 1_000_000; round += 1) {
      const before = heapBytes();
      await batch(2_000);
      growth = heapBytes() - before;
    }
    // A kilobyte kept of each request would show: 2,000 of them are twice the bound.
    expect(growth).toBeLessThan(1_000_000);
    await isUp(served);
  }, 30_000);
});

/** One request of a kind that changes with its number; in memory, where thousands take seconds. */
async function hostile(number: number): Promise<void> {
  const headers = { authorization: `Bearer wrong${number}`, 'content-type': 'application/json' };
  const good = { ...headers, authorization: `Bearer ${served.token}` };
  const unique = `${number}-${'u'.repeat(1_000)}`;
  const kinds = [
    () => served.api.inject({ url: `/things/${number}`, headers }),
    () => served.api.inject({ url: `/nowhere/${unique}` }),
    () =>
      served.api.inject({ method: 'POST', url: '/things', headers: good, payload: `{"${unique}":1,"${unique}":2}` }),
    () =>
      served.api.inject({
        method: 'POST',
        url: '/things',
        headers: { ...good, 'content-type': `text/x-${number}` },
        payload: unique,
      }),
    () => served.api.inject({ method: 'DELETE', url: `/things/${unique.slice(0, 400)}` }),
  ];
  await kinds[number % kinds.length]?.();
  // What the test itself keeps is not what is measured.
  served.world.lines.length = 0;
}

/** Bytes in use after everything that can be freed was. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  return process.memoryUsage().heapUsed;
}

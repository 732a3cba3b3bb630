import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { drain } from '../../src/api/drain.ts';
import type { Routes } from '../../src/api/world.ts';
import { anApi, anApiWorld } from '../support/api-world.ts';

const open: { end(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});

/** More than what is buffered between two ends of a connection. */
const LONG = 20_000_000;

/** A server with a route that answers when it is told to. */
async function aServer() {
  const waiting = { count: 0, letGo: () => {} };
  const gate = new Promise<void>((resolve) => {
    waiting.letGo = resolve;
  });
  const routes: Routes = (app) => {
    app.get('/slow', { config: { scope: null } }, async () => {
      waiting.count += 1;
      await gate;
      return { done: true };
    });
    app.get('/long', { config: { scope: null } }, async () => `${'x'.repeat(LONG)}the end`);
  };
  const api = await anApi(anApiWorld(), { routes });
  await api.listen({ host: '127.0.0.1', port: 0 });
  open.push({
    end: () => {
      api.server.closeAllConnections();
      return api.close();
    },
  });
  return { api, waiting };
}

function portOf(api: FastifyInstance): number {
  return Number(new URL(api.listeningOrigin).port);
}

/** A connection, and everything that came over it. */
async function aConnection(
  api: FastifyInstance,
): Promise<{ socket: Socket; text: () => string; ended: Promise<void> }> {
  const socket = connect(portOf(api), '127.0.0.1');
  open.push({ end: () => socket.destroy() });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, text: () => text, ended };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

describe('draining', () => {
  it('lets a request under way have its answer, and closes its connection', async () => {
    const { api, waiting } = await aServer();
    const { socket, text, ended } = await aConnection(api);
    socket.write(get('/slow'));
    await expect.poll(() => waiting.count).toBe(1);
    const drained = drain(api);
    await expect.poll(() => api.closed).toBe(true);
    waiting.letGo();
    await Promise.all([ended, drained]);
    expect(text()).toContain('HTTP/1.1 200');
    expect(text()).toContain('{"done":true}');
  });

  it('refuses new requests while others are under way, and says when to come back', async () => {
    const { api, waiting } = await aServer();
    const { socket, text, ended } = await aConnection(api);
    socket.write(get('/slow'));
    await expect.poll(() => waiting.count).toBe(1);
    const drained = drain(api);
    const refused = await aConnection(api);
    refused.socket.write(get('/slow'));
    await refused.ended;
    expect(refused.text()).toContain('HTTP/1.1 503');
    expect(refused.text()).toMatch(/retry-after: 1\r\n/i);
    // On a connection that is in use as well.
    socket.write(get('/slow'));
    await expect.poll(() => api.underWay.count).toBe(2);
    waiting.letGo();
    await Promise.all([ended, drained]);
    expect(waiting.count).toBe(1);
    expect(text().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
  });

  it('takes no new connection once the last answer is out', async () => {
    const { api } = await aServer();
    const port = portOf(api);
    await drain(api);
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
  });

  it('sends a long answer to its last byte before it closes', async () => {
    const { api, waiting } = await aServer();
    const { socket, text, ended } = await aConnection(api);
    socket.pause();
    socket.write(get('/long'));
    waiting.letGo();
    await expect.poll(() => api.underWay.count).toBe(1);
    const drained = drain(api);
    await expect.poll(() => api.closed).toBe(true);
    socket.resume();
    await Promise.all([ended, drained]);
    expect(text().length).toBeGreaterThan(LONG);
    expect(text().endsWith('the end')).toBe(true);
  });

  it('is announced first: /readyz fails, requests are answered and asked to leave', async () => {
    const { api, waiting } = await aServer();
    waiting.letGo();
    const drained = drain(api, { announceSeconds: 0.5 });
    const ready = await api.inject('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toMatchObject({ detail: 'draining: the process is about to end' });
    const answer = await api.inject('/slow');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.connection).toBe('close');
    expect((await api.inject('/livez')).statusCode).toBe(200);
    await drained;
  });

  it('cuts off what does not end in time', async () => {
    const { api, waiting } = await aServer();
    const { socket, text, ended } = await aConnection(api);
    socket.write(get('/slow'));
    await expect.poll(() => waiting.count).toBe(1);
    await Promise.all([drain(api, { finishSecondsMax: 0.1 }), ended]);
    expect(text()).toBe('');
  });

  it('does not wait for connections that ask nothing', async () => {
    const { api } = await aServer();
    const { socket, text, ended } = await aConnection(api);
    socket.write(get('/livez'));
    await expect.poll(text).toContain('alive');
    await Promise.all([drain(api), ended]);
  });

  it('asked for twice ends once', async () => {
    const { api } = await aServer();
    await Promise.all([drain(api), drain(api)]);
    expect(api.server.listening).toBe(false);
  });
});

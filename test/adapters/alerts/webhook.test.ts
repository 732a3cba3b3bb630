/** A webhook: a CloudEvent in structured mode, signed, over https or to this machine. */

import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePlace, send } from '../../../src/adapters/alerts/post.ts';
import { createWebhook, type WebhookOptions } from '../../../src/adapters/alerts/webhook.ts';
import { NOW } from '../../support/builders.ts';
import { aListener, anAlert, errorOf, everythingSaid, type Got, type Listener, PATIENT } from './support.ts';

const KEY = Buffer.alloc(32, 42);
let listener: Listener;

beforeAll(async () => {
  listener = await aListener();
});
afterAll(() => listener.close());
beforeEach(() => listener.answer(204));

function aWebhook(fields: Partial<WebhookOptions> = {}) {
  const secret = `whsec_${KEY.toString('base64')}`;
  return createWebhook({
    name: 'pager',
    url: `${listener.url}/hooks/1?tenant=2`,
    secret,
    now: () => NOW,
    types: null,
    level: null,
    ...fields,
  });
}

describe('a delivery', () => {
  it('is the alert as a CloudEvent in structured mode', async () => {
    await aWebhook().deliver(anAlert(), PATIENT);
    const got = listener.got.at(-1);
    expect([got?.method, got?.path]).toEqual(['POST', '/hooks/1?tenant=2']);
    expect(got?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(got?.body ?? '')).toEqual(anAlert());
  });

  it('bears the id of the alert, the second of the attempt, and a signature over both and the bytes sent', async () => {
    const alert = anAlert({ message: 'Ärger mit „orders“ – 😱' });
    await aWebhook().deliver(alert, PATIENT);
    const { headers, body } = listener.got.at(-1) as Got;
    const seconds = Date.parse('2026-11-23T10:00:00Z') / 1000;
    const content = Buffer.concat([Buffer.from(`${alert.id}.${seconds}.`), Buffer.from(body)]);
    expect(headers['webhook-id']).toBe(alert.id);
    expect(headers['webhook-timestamp']).toBe(`${seconds}`);
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', KEY).update(content).digest('base64')}`);
  });

  it('is not signed without a secret', async () => {
    await aWebhook({ secret: null }).deliver(anAlert(), PATIENT);
    expect(listener.got.at(-1)?.headers['webhook-signature']).toBeUndefined();
  });

  it('does not wait for the rest of an answer that never ends', async () => {
    listener.answer((response) => {
      response.writeHead(200);
      response.write('x'.repeat(1_000));
    });
    await expect(aWebhook().deliver(anAlert(), PATIENT)).resolves.toBeUndefined();
  });

  it.each([
    ['nothing at all', () => undefined],
    ['the beginning of a refusal', (response: ServerResponse) => void response.writeHead(404).write('x')],
  ])('is given up when the receiver answers %s in time', async (_, answer) => {
    listener.answer(answer);
    const place = parsePlace(listener.url, { name: 'webhook pager', origin: 'its url' });
    const sent = send(place, { method: 'POST', headers: {}, body: '', secondsMax: 0.2 }, PATIENT);
    expect((await errorOf(sent)).message).toMatch(/does not answer: no answer in time|answered 404/);
  });

  it('does not follow a redirect', async () => {
    for (const [status, code] of [
      [308, 'MUSTER_ENDPOINT_UNREACHABLE'],
      [301, 'MUSTER_ENDPOINT_UNREACHABLE'],
      [302, 'MUSTER_ENDPOINT_UNREACHABLE'],
      [307, 'MUSTER_ENDPOINT_UNREACHABLE'],
    ] as const) {
      listener.answer((response) => void response.writeHead(status, { location: `${listener.url}/elsewhere` }).end());
      const error = await errorOf(aWebhook().deliver(anAlert(), PATIENT));
      expect([status, error.code]).toEqual([status, code]);
    }
    expect(listener.got.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  });

  it.each([410, 413])('that is answered with %d is not tried again', async (status) => {
    listener.answer(status);
    expect((await errorOf(aWebhook().deliver(anAlert(), PATIENT))).code).toBe('MUSTER_SERVICE_INVALID');
  });

  it('that is answered with 425 is tried again', async () => {
    listener.answer(425);
    expect((await errorOf(aWebhook().deliver(anAlert(), PATIENT))).code).toBe('MUSTER_ENDPOINT_UNREACHABLE');
  });

  it('leaves what the receiver says out of the error', async () => {
    listener.answer((response) => void response.writeHead(400).end('you sent me a canary'));
    const error = await errorOf(aWebhook().deliver(anAlert(), PATIENT));
    expect(everythingSaid(error)).not.toContain('canary');
    expect(error.message).toBe(`webhook pager at ${new URL(listener.url).host} answered 400`);
  });
});

describe('an address', () => {
  it.each([
    'https://hooks.example.org/1',
    'http://localhost:8080/',
    'http://127.0.0.1/',
    'http://127.8.9.1/',
    'http://[::1]/',
  ])('%s is accepted', (url) => {
    expect(aWebhook({ url }).name).toBe('pager');
  });

  it.each([
    ['http://hooks.example.org/canary', 'goes over http://hooks.example.org'],
    ['http://localhost.example.org/canary', 'goes over http:'],
    ['http://127.0.0.1.example.org/canary', 'goes over http:'],
    ['file:///etc/canary', 'goes over file:'],
    ['hooks.example.org/canary', 'is no URL'],
    ['https://user:canary@hooks.example.org/', 'bears a password'],
    ['https://canary@hooks.example.org/', 'bears a password'],
  ])('%s is refused', (url, words) => {
    let said = '';
    try {
      aWebhook({ url });
    } catch (error) {
      said = everythingSaid(error);
    }
    expect(said).toContain(words);
    expect(said).not.toContain('canary');
  });
});

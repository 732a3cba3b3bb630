import { describe, expect, it } from 'vitest';
import type { Routes } from '../../src/api/world.ts';
import { anApi, anApiWorld } from '../support/api-world.ts';

const routes: Routes = (app) => {
  app.post('/echo', { config: { scope: null } }, async ({ body }) => ({ body }));
};

const api = await anApi(anApiWorld(), { routes, bodyBytesMax: 10_000 });

const JSON_HEADERS = { 'content-type': 'application/json' };
const send = (payload: string | Buffer, headers: Readonly<Record<string, string>> = JSON_HEADERS) =>
  api.inject({ method: 'POST', url: '/echo', payload, headers });

describe('a body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'of type %s is read',
    async (type) => {
      expect((await send('{"a":["é",1]}', { 'content-type': type })).json()).toEqual({ body: { a: ['é', 1] } });
    },
  );

  it.each([
    'text/plain',
    'application/json; charset=latin1',
    'application/json; version=2',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/vnd.api+json',
    'nonsense',
  ])('of type %s is 415', async (type) => {
    const answer = await send('{}', { 'content-type': type });
    expect(answer.json()).toMatchObject({ status: 415, type: 'https://muster.dev/problems/unsupported_media_type' });
  });

  it('of no type is 415', async () => {
    expect((await send('{}', {})).statusCode).toBe(415);
  });

  it('that is compressed is 415', async () => {
    expect((await send('{}', { ...JSON_HEADERS, 'content-encoding': 'gzip' })).statusCode).toBe(415);
    expect((await send('{}', { ...JSON_HEADERS, 'content-encoding': 'identity' })).statusCode).toBe(200);
  });

  it('that is empty is 400', async () => {
    expect((await send('', { ...JSON_HEADERS, 'content-length': '0' })).json()).toMatchObject({
      status: 400,
      detail: 'the body is empty, JSON is expected',
    });
  });

  it('of one byte is JSON or is not', async () => {
    expect((await send('7')).json()).toEqual({ body: 7 });
    for (const text of ['{', ' ', '"', 'x', '\u0000']) expect((await send(text)).statusCode, text).toBe(400);
  });

  it('that is no JSON is refused without a word of it', async () => {
    const answer = await send('{"password":canary-password}');
    expect(answer.json()).toMatchObject({ status: 400, type: 'https://muster.dev/problems/malformed' });
    // Which place is named depends on the version of Node.
    expect(answer.json().detail).toMatch(/^the body is not JSON( at character \d+)?$/);
  });

  it.each([
    [
      'a key that stands twice',
      '{"a":{"b":1,"b":2}}',
      'the body has the key $.a.b at character 12 twice; each key may stand once',
    ],
    [
      '__proto__',
      '{"__proto__":{"admin":true}}',
      'the body has the key $.__proto__ at character 1, which is not accepted',
    ],
    [
      'the prototype of a constructor',
      '{"constructor":{"prototype":{}}}',
      'the body has the key $.constructor.prototype at character 16, which is not accepted',
    ],
    ['too many levels', '['.repeat(5_000), 'the body is nested deeper than 64 levels at character 64'],
  ])('with %s is 400 and names the place', async (_, text, detail) => {
    expect((await send(text)).json()).toMatchObject({ status: 400, detail });
  });

  it('that is not UTF-8, or begins with a byte order mark, is 400', async () => {
    expect((await send(Buffer.from([0x22, 0xff, 0x22]))).json()).toMatchObject({ detail: 'the body is not UTF-8' });
    // A surrogate written in UTF-8, and an overlong slash.
    expect((await send(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).statusCode).toBe(400);
    expect((await send(Buffer.from([0x22, 0xc0, 0xaf, 0x22]))).statusCode).toBe(400);
    expect((await send('\ufeff{}')).json()).toMatchObject({ detail: expect.stringContaining('byte order mark') });
  });

  it('larger than what is accepted is 413, at its exact size it is taken', async () => {
    expect((await send(`"${'x'.repeat(9_998)}"`)).statusCode).toBe(200);
    expect((await send(`"${'x'.repeat(9_999)}"`)).json()).toMatchObject({ status: 413 });
  });

  it('to a path that nobody serves is not looked at', async () => {
    const ask = (url: string) =>
      api.inject({ method: 'POST', url, payload: 'x'.repeat(20_000), headers: { 'content-type': 'text/x' } });
    expect((await ask('/nowhere')).statusCode).toBe(404);
    expect((await ask('/livez')).statusCode).toBe(405);
  });

  it('leaves no object changed', async () => {
    await send('{"__proto__":{"polluted":1}}');
    await send('{"constructor":{"prototype":{"polluted":1}}}');
    expect('polluted' in {}).toBe(false);
  });
});

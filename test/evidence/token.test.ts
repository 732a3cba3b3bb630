/** Tokens: what they say, that others read them, and every header and claim that must not pass. */

import { createHmac, sign } from 'node:crypto';
import { createDecoder, createVerifier } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import { checkToken } from '../../src/adapters/keys/check-token.ts';
import { digestOf, digestOfBytes } from '../../src/core/canonical.ts';
import { toEpochMilliseconds } from '../../src/core/time.ts';
import {
  claimsOf,
  looksLikeToken,
  readClaims,
  readTokenHead,
  TOKEN_TYPE,
  tokenInput,
  tokenOf,
} from '../../src/evidence/token.ts';
import { aDecision } from '../support/decision-builder.ts';
import { aP256Signer, aSigner, at, flipped, type TestSigner } from '../support/signing.ts';

const signer = aSigner('t', { purpose: 'token' });
const ISSUED = at('2026-02-26T21:01:00.900Z');
const context = {
  issuer: 'https://muster.example',
  audience: 'pipeline',
  issuedAt: ISSUED,
  id: 'id1',
  version: '1.2.3',
};
const document = aDecision({ endpoint: null, validUntil: at('2026-02-26T21:15:00.900Z') });
const claims = claimsOf(document, context);

async function aToken(by: TestSigner = signer, said = claims): Promise<string> {
  const input = tokenInput(said, by.key);
  return tokenOf(input, await by.sign(Buffer.from(input)));
}

/** A token with any header, signed rightly over it. */
function forged(header: object, payload: unknown = claims, by: TestSigner = signer): string {
  const input = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${sign(null, Buffer.from(input), by.secret).toString('base64url')}`;
}

const good = { alg: 'EdDSA', kid: signer.key.kid, typ: TOKEN_TYPE };

describe('the claims of a token', () => {
  it('name the change, the decision, its end, and whom it is for', () => {
    expect(claims).toEqual({
      iss: 'https://muster.example',
      sub: digestOfBytes('change'),
      aud: 'pipeline',
      iat: Math.floor(toEpochMilliseconds(ISSUED) / 1000),
      exp: toEpochMilliseconds(at('2026-02-26T21:15:00Z')) / 1000,
      jti: 'id1',
      digest: digestOf(document),
      decision: 'block',
      verdict: 'not_ready',
      scope: 'aws:123456789012/eu-west-1',
      endpoint: null,
      version: '1.2.3',
    });
  });

  it('end no later than the decision', () => {
    expect(claims.exp * 1000).toBeLessThanOrEqual(toEpochMilliseconds(document.validUntil));
  });

  it('leave the audience out when it is for everybody', () => {
    expect(Object.keys(claimsOf(document, { ...context, audience: null }))).not.toContain('aud');
  });

  it('come back as they were', () => {
    expect(readClaims(Buffer.from(JSON.stringify(claims)), 'a')).toEqual({
      changeDigest: digestOfBytes('change'),
      decisionDigest: digestOf(document),
      decision: 'block',
      verdict: 'not_ready',
      result: 'FAILED',
      madeAt: '2026-02-26T21:01:00.000Z',
      validUntil: '2026-02-26T21:15:00.000Z',
      resourceUri: 'aws:123456789012/eu-west-1',
      endpoint: null,
      audience: ['pipeline'],
      verifier: { id: 'https://muster.example', version: '1.2.3' },
    });
  });

  it.each([
    ['no end', { ...claims, exp: undefined }, 'exp'],
    ['an end in words', { ...claims, exp: 'tomorrow' }, 'exp'],
    ['an end beyond all years', { ...claims, exp: 1e15 }, 'exp'],
    ['an end between two seconds', { ...claims, exp: 1.5 }, 'exp'],
    ['no change', { ...claims, sub: 'somebody' }, 'sub'],
    ['no endpoint, which is not AWS', { ...claims, endpoint: undefined }, 'endpoint'],
    ['a verdict nobody knows', { ...claims, verdict: 'fine' }, 'verdict'],
    ['no object', 7, 'is no token about a decision'],
  ])('are refused by name: %s', (_, said, named) => {
    expect(() => readClaims(Buffer.from(JSON.stringify(said)), 'a')).toThrow(
      expect.objectContaining({ code: 'MUSTER_ATTESTATION_INVALID', message: expect.stringContaining(named) }),
    );
  });

  it('hold from `nbf` on where there is one', () => {
    const later = { ...claims, nbf: claims.iat + 60 };
    expect(readClaims(Buffer.from(JSON.stringify(later)), 'a').madeAt).toBe('2026-02-26T21:02:00.000Z');
  });
});

describe('a token', () => {
  it.each([
    ['EdDSA', signer],
    ['ES256', aP256Signer({ purpose: 'token' })],
  ] as const)('with %s is read by another implementation than ours', async (algorithm, by) => {
    const token = await aToken(by);
    const key = by.public.export({ format: 'pem', type: 'spki' }).toString();
    const clockTimestamp = toEpochMilliseconds(ISSUED);
    const verify = createVerifier({
      key,
      algorithms: [algorithm],
      allowedAud: 'pipeline',
      clockTimestamp,
      checkTyp: TOKEN_TYPE,
    });
    expect(verify(token)).toEqual(claims);
    expect(createDecoder({ complete: true })(token).header).toEqual({
      alg: algorithm,
      kid: by.key.kid,
      typ: TOKEN_TYPE,
    });
  });

  it.each([
    ['EdDSA', signer],
    ['ES256', aP256Signer({ purpose: 'token' })],
  ] as const)('with %s holds for the key that made it, and for no other', async (_, by) => {
    const payload = await checkToken(await aToken(by), by.key);
    expect(JSON.parse(Buffer.from(payload ?? []).toString())).toEqual(claims);
    expect(await checkToken(await aToken(by), aSigner('other', { purpose: 'token' }).key)).toBeNull();
  });

  it('does not hold with any byte of its signature or its claims changed', async () => {
    const parts = (await aToken()).split('.');
    const found: unknown[] = [];
    for (const part of [0, 1, 2]) {
      const bytes = Buffer.from(parts[part] ?? '', 'base64url');
      for (const index of bytes.keys()) {
        const changed = parts.with(part, Buffer.from(flipped(bytes, index)).toString('base64url')).join('.');
        found.push(await checkToken(changed, signer.key));
      }
    }
    expect(found.length).toBeGreaterThan(400);
    expect(new Set(found)).toEqual(new Set([null]));
  });

  it('does not hold by a key for attestations, though the signature is right', async () => {
    const by = aSigner('t', { purpose: 'attestation' });
    expect(await checkToken(await aToken(by), by.key)).toBeNull();
  });

  it('does not hold without an algorithm', async () => {
    const none = forged({ ...good, alg: 'none' });
    expect(await checkToken(none, signer.key)).toBeNull();
    expect(await checkToken(`${none.split('.').slice(0, 2).join('.')}.`, signer.key)).toBeNull();
  });

  it.each(['the PEM', 'the raw point', 'the JWK'])('does not hold by HMAC with %s of the public key', async (form) => {
    const secret = {
      'the PEM': signer.public.export({ format: 'pem', type: 'spki' }).toString(),
      'the raw point': Buffer.from(signer.key.x, 'base64url'),
      'the JWK': JSON.stringify(signer.public.export({ format: 'jwk' })),
    }[form];
    const [header, payload] = forged({ ...good, alg: 'HS256' }).split('.');
    const mac = createHmac('sha256', secret ?? '')
      .update(`${header}.${payload}`)
      .digest('base64url');
    expect(await checkToken(`${header}.${payload}.${mac}`, signer.key)).toBeNull();
  });

  it.each([
    ['another algorithm than the key has', { ...good, alg: 'ES256' }],
    ['no type', { alg: good.alg, kid: good.kid }],
    ['the type of any token', { ...good, typ: 'JWT' }],
    ['the type of a token of identity', { ...good, typ: 'at+jwt' }],
    ['something critical', { ...good, crit: ['exp'], exp: 1 }],
    ['an empty list of what is critical', { ...good, crit: [] }],
    ['a payload that is not encoded', { ...good, crit: ['b64'], b64: false }],
    ['a payload that is encoded, said aloud', { ...good, crit: ['b64'], b64: true }],
    ['a payload that is not encoded, uncritically', { ...good, b64: false }],
  ])('does not hold with a header of %s', async (_, header) => {
    expect(await checkToken(forged(header), signer.key)).toBeNull();
    const { refused } = readTokenHead(forged(header), 'a');
    expect(refused === null).toBe(header.alg === 'ES256');
  });

  it('takes no key out of its own header', async () => {
    const mallory = aSigner('m', { purpose: 'token' });
    const token = forged({ ...good, jwk: mallory.public.export({ format: 'jwk' }) }, claims, mallory);
    expect(await checkToken(token, signer.key)).toBeNull();
  });

  it('does not hold when its signature is written with bits to spare', async () => {
    const token = await aToken();
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // 64 bytes leave four bits of the last letter unused.
    const spare = letters[letters.indexOf(token.at(-1) ?? '') + 1] ?? '';
    const respelled = token.slice(0, -1) + spare;
    expect(Buffer.from(respelled.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(token.split('.')[2] ?? '', 'base64url'),
    );
    expect(await checkToken(respelled, signer.key)).toBeNull();
  });

  it('is told from an envelope by its form', async () => {
    expect(looksLikeToken(await aToken())).toBe(true);
    expect(['{"payload":"a.b.c"}', 'a.b', 'a.b.c.d', 'a b.c.d', ''].filter(looksLikeToken)).toEqual([]);
  });

  it.each([
    ['no base64', '$.b.c'],
    ['no JSON', 'AAAA.b.c'],
    ['no algorithm', `${Buffer.from('{}').toString('base64url')}.b.c`],
  ])('is refused when its header is %s', (_, token) => {
    expect(() => readTokenHead(token, 'a')).toThrow(
      expect.objectContaining({
        code: 'MUSTER_ATTESTATION_INVALID',
        message: expect.stringContaining('a is no token'),
      }),
    );
  });
});

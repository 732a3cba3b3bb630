/**
 * Tokens of an OpenID Connect issuer, asked for over HTTP: who is let in as whom, who is not, and when nobody can be.
 */

import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { exportSPKI, importJWK } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOidcProvider, type OidcConfig, type OidcWorld } from '../../../src/adapters/oidc/oidc-provider.ts';
import { addSeconds, type Seconds } from '../../../src/core/time.ts';
import { NOW } from '../../support/builders.ts';
import {
  anIssuerKey,
  DISCOVERY,
  type IssuerKey,
  KEYS,
  numericDate,
  type OidcIssuer,
  signed,
  startOidcIssuer,
} from '../../support/oidc-issuer.ts';

const AUDIENCE = 'https://muster.example';
type Claims = Readonly<Record<string, unknown>>;

let key: IssuerKey;
let other: IssuerKey;
let issuer: OidcIssuer;
let elapsed: Seconds;

beforeAll(async () => {
  [key, other] = await Promise.all([anIssuerKey('ES256', 'k1'), anIssuerKey('ES256', 'k2')]);
});
beforeEach(async () => {
  issuer = await startOidcIssuer(key);
  elapsed = 0;
});
afterEach(() => issuer.close());

const config = (changes: Partial<OidcConfig> = {}): OidcConfig => ({
  issuer: issuer.url,
  audience: AUDIENCE,
  scopeClaim: 'roles',
  scopes: { viewer: ['read'], deployer: ['read', 'gate'], boss: ['approve'] },
  ...changes,
});
const provider = (changes: Partial<OidcConfig> = {}, world: Partial<OidcWorld> = {}) =>
  createOidcProvider(config(changes), { clock: { now: () => NOW, elapsed: () => elapsed }, ...world });
const inSeconds = (seconds: Seconds) => numericDate(addSeconds(NOW, seconds));
const claims = (changes: Claims = {}): Claims => ({
  iss: issuer.url,
  aud: AUDIENCE,
  sub: 'repo:shop/infra',
  exp: inSeconds(60),
  roles: ['deployer'],
  ...changes,
});
const identify = (token: string, changes: Partial<OidcConfig> = {}) => provider(changes).identify(token);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token that the issuer signed for this audience', () => {
  it('names its subject, with the scopes that its claim is mapped to', async () => {
    expect(await identify(await signed(claims(), key))).toEqual({
      subject: 'repo:shop/infra',
      scopes: ['read', 'gate'],
    });
  });

  it.each(['RS256', 'PS256', 'EdDSA'])('is taken when it is signed by %s', async (alg) => {
    const signer = await anIssuerKey(alg, alg);
    issuer.publish(signer);
    expect(await identify(await signed(claims(), signer))).toMatchObject({ subject: 'repo:shop/infra' });
  });

  it.each<[string, Claims]>([
    ['for several audiences', { aud: ['https://else.example', AUDIENCE] }],
    ['that ended 29 s ago by our clock', { exp: inSeconds(-29) }],
    ['that begins in 30 s by our clock', { nbf: inSeconds(30) }],
  ])('is taken %s', async (_, changes) => {
    expect(await identify(await signed(claims(changes), key))).not.toBeNull();
  });

  it.each(['at+jwt', 'application/at+jwt', 'jwt', undefined])('is taken when its type is %s', async (typ) => {
    expect(await identify(await signed(claims(), key, { typ } as object))).not.toBeNull();
  });

  it.each<[string, unknown, readonly string[]]>([
    ['words between blanks', 'viewer boss', ['read', 'approve']],
    ['one word', 'viewer', ['read']],
    ['a list with other things in it', ['boss', 7, null, ['deployer'], { viewer: true }], ['approve']],
    ['words that are not mapped', ['admin', 'Viewer', 'read', ''], []],
    ['names that every object has', ['constructor', '__proto__', 'toString'], []],
    ['an object', { viewer: true }, []],
    ['a number', 1, []],
    ['nothing', undefined, []],
  ])('has the scopes of %s', async (_, roles, scopes) => {
    expect(await identify(await signed(claims({ roles }), key))).toEqual({ subject: 'repo:shop/infra', scopes });
  });

  it('is named by the claim that the settings name', async () => {
    const token = await signed(claims({ email: 'jane@shop.example', email_verified: true }), key);
    expect(await identify(token, { subjectClaim: 'email' })).toMatchObject({ subject: 'jane@shop.example' });
  });
});

describe('nobody is named by a token', () => {
  it.each<[string, Claims]>([
    ['of another issuer', { iss: 'https://else.example' }],
    ['of an issuer spelled otherwise', { iss: 'HTTP://127.0.0.1' }],
    ['of no issuer', { iss: undefined }],
    ['for another audience', { aud: 'https://else.example' }],
    ['for an audience that ours begins', { aud: `${AUDIENCE}.else` }],
    ['for nobody', { aud: undefined }],
    ['for an empty list', { aud: [] }],
    ['that ended 30 s ago', { exp: inSeconds(-30) }],
    ['without an end', { exp: undefined }],
    ['whose end is no number', { exp: 'never' }],
    ['that begins in 31 s', { nbf: inSeconds(31) }],
    ['without a subject', { sub: undefined }],
    ['whose subject is empty', { sub: '' }],
    ['whose subject is no text', { sub: { admin: true } }],
    ['whose subject could command a terminal', { sub: 'a\u001b[2Jb' }],
    ['whose subject hides characters', { sub: 'jane\u202e' }],
    ['whose subject has 201 characters', { sub: 'x'.repeat(201) }],
  ])('%s', async (_, changes) => {
    expect(await identify(await signed(claims(changes), key))).toBeNull();
  });

  it.each<[string, Claims]>([
    ['unverified', { email_verified: false }],
    ['verified in a word only', { email_verified: 'true' }],
    ['not said to be verified', {}],
  ])('whose address is %s', async (_, changes) => {
    const token = await signed(claims({ email: 'jane@shop.example', ...changes }), key);
    expect(await identify(token, { subjectClaim: 'email' })).toBeNull();
  });

  it.each(['logout+jwt', 'dpop+jwt', 'muster-verdict+jwt', ''])('of type %s', async (typ) => {
    expect(await identify(await signed(claims(), key, { typ }))).toBeNull();
  });

  it('that another key signed, whatever key it names', async () => {
    expect(await identify(await signed(claims(), other))).toBeNull();
    expect(await identify(await signed(claims(), other, { kid: 'k1' }))).toBeNull();
  });

  it('that brings its own key, or says where one lies', async () => {
    const header = { jwk: other.jwk, jku: `${issuer.url}/other`, x5u: `${issuer.url}/other`, kid: 'k2' };
    expect(await identify(await signed(claims(), other, header as object))).toBeNull();
    expect(issuer.asked).not.toContain('/other');
  });

  it('that names another key of the issuer than the one it is signed with', async () => {
    issuer.publish(key, other);
    expect(await identify(await signed(claims(), other, { kid: 'k1' }))).toBeNull();
    expect(await identify(await signed(claims(), other))).not.toBeNull();
  });

  it('that names no key where there are several', async () => {
    issuer.publish(key, other);
    expect(await identify(await signed(claims(), key, { kid: undefined } as object))).toBeNull();
  });

  it('whose key is for another use or another algorithm', async () => {
    issuer.publish({ jwk: { ...key.jwk, use: 'enc' } });
    expect(await identify(await signed(claims(), key))).toBeNull();
    issuer.publish({ jwk: { ...key.jwk, alg: 'ES384' } });
    expect(await identify(await signed(claims(), key))).toBeNull();
  });

  it.each(['none', 'None', 'NONE', ''])('with the algorithm %s and no signature', async (alg) => {
    expect(await identify(`${part({ alg, typ: 'JWT' })}.${part(claims())}.`)).toBeNull();
    expect(issuer.asked).toEqual([]);
  });

  it('with a public key taken for a shared secret', async () => {
    const rsa = await anIssuerKey('RS256', 'rsa');
    issuer.publish(rsa);
    const pem = await exportSPKI((await importJWK(rsa.jwk, 'RS256', { extractable: true })) as never);
    const input = `${part({ alg: 'HS256', typ: 'JWT', kid: 'rsa' })}.${part(claims())}`;
    for (const secret of [pem, JSON.stringify(rsa.jwk)]) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      expect(await identify(`${input}.${mac}`)).toBeNull();
    }
    issuer.publish({ jwk: { kty: 'oct', k: Buffer.from('secret').toString('base64url'), kid: 'rsa', alg: 'HS256' } });
    const mac = createHmac('sha256', 'secret').update(input).digest('base64url');
    expect(await identify(`${input}.${mac}`)).toBeNull();
  });

  it('by an algorithm that is not taken, though the issuer has such a key', async () => {
    const signer = await anIssuerKey('ES384', 'k384');
    issuer.publish(signer);
    expect(await identify(await signed(claims(), signer))).toBeNull();
  });

  it('that was changed in any of its parts, or cut', async () => {
    const token = await signed(claims(), key);
    const [head = '', body = '', signature = ''] = token.split('.');
    const forged = part(claims({ roles: ['boss'] }));
    const asked = provider();
    for (const text of [
      `${head}.${forged}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${part({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })}.${body}.${signature}`,
      `${token}.${signature}`,
      'a.b.c',
      '..',
      '',
    ]) {
      expect(await asked.identify(text)).toBeNull();
    }
    expect(await asked.identify(token)).not.toBeNull();
  });

  it('that asks for what is not understood', async () => {
    const header = part({ alg: 'ES256', kid: 'k1', typ: 'JWT', crit: ['exp'], exp: 1 });
    expect(await identify(`${header}.${part(claims())}.${'a'.repeat(86)}`)).toBeNull();
  });

  it('of more than 8 KiB, and the issuer is not asked', async () => {
    const token = await signed(claims({ groups: 'x'.repeat(8_192) }), key);
    expect(await identify(token)).toBeNull();
    expect(await identify('a'.repeat(20_000_000))).toBeNull();
    expect(issuer.asked).toEqual([]);
  });

  it('whose key is too short to be sure of', async () => {
    const short = {
      kty: 'RSA',
      n: Buffer.alloc(64, 0xff).toString('base64url'),
      e: 'AQAB',
      kid: 'short',
      alg: 'RS256',
    };
    issuer.publish({ jwk: short });
    const token = `${part({ alg: 'RS256', kid: 'short', typ: 'JWT' })}.${part(claims())}.${'a'.repeat(86)}`;
    expect(await identify(token)).toBeNull();
  });
});

describe('the keys of an issuer', () => {
  it('are asked for once, by the first token that may be its own', async () => {
    const asked = provider();
    await asked.identify(await signed(claims({ iss: 'https://else.example' }), key));
    expect(issuer.asked).toEqual([]);
    const token = await signed(claims(), key);
    await Promise.all([asked.identify(token), asked.identify(token)]);
    await asked.identify(token);
    expect(issuer.asked).toEqual([DISCOVERY, KEYS]);
  });

  it('are asked for anew when a token names one that is new', async () => {
    const asked = provider({}, { cooldownSeconds: 0 });
    expect(await asked.identify(await signed(claims(), key))).not.toBeNull();
    issuer.publish(other);
    expect(await asked.identify(await signed(claims(), other))).not.toBeNull();
    expect(await asked.identify(await signed(claims(), key))).toBeNull();
  });

  it('are not asked for again and again by tokens that name keys nobody has', async () => {
    const asked = provider();
    for (const kid of ['x1', 'x2', 'x3']) {
      expect(await asked.identify(await signed(claims(), other, { kid }))).toBeNull();
    }
    expect(issuer.asked).toEqual([DISCOVERY, KEYS]);
  });
});

describe('an issuer that cannot be asked for its keys', () => {
  const json = (value: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(value));
  const status =
    (code: number, headers = {}) =>
    (response: ServerResponse) => {
      response.writeHead(code, headers).end(JSON.stringify({ keys: [key.jwk] }));
    };
  const told = async (world: Partial<OidcWorld> = {}) =>
    provider({}, world)
      .identify(await signed(claims(), key))
      .then(
        () => 'no error',
        (error) => `${error.code}: ${error.message}`,
      );
  const unreachable = (why: string) =>
    `MUSTER_ENDPOINT_UNREACHABLE: the issuer ${issuer.url} cannot be asked for its keys (${why})`;

  it('is an error and not a wrong token when it is down', async () => {
    await issuer.close();
    expect(await told()).toBe(unreachable('ECONNREFUSED'));
  });

  it.each<[string, string, (response: ServerResponse) => void, string]>([
    ['fails', DISCOVERY, status(500), 'it answers with status 500'],
    ['fails to give its keys', KEYS, status(404), 'it answers with status 404'],
    ['leads elsewhere', KEYS, status(302, { location: '/else' }), 'it answers with status 302'],
    [
      'has another name',
      DISCOVERY,
      json({ issuer: 'https://a', jwks_uri: 'https://a' }),
      'it calls itself by another name',
    ],
    ['says nothing', DISCOVERY, json({}), 'its answer is not of the form it should be'],
    ['gives no JSON', KEYS, (response) => void response.end('<html>'), 'its answer is not of the form it should be'],
    ['gives no keys', KEYS, json({ keys: 'none' }), 'its answer is not of the form it should be'],
    ['hangs up', KEYS, (response) => void response.destroy(), 'UND_ERR_SOCKET'],
  ])('is an error when it %s', async (_, path, answer, why) => {
    issuer.answerWith(path, answer);
    expect(await told()).toBe(unreachable(why));
  });

  it.each(['http://169.254.169.254/keys', 'file:///etc/passwd', 'http://user:secret@127.0.0.1/keys', 'keys'])(
    'is an error when its keys are to lie at %s, which is not asked',
    async (jwksUri) => {
      issuer.answerWith(DISCOVERY, json({ issuer: issuer.url, jwks_uri: jwksUri }));
      expect(await told()).toBe(unreachable('it says that its keys lie where they may not be asked for'));
    },
  );

  it('is an error when its answer has no end', async () => {
    issuer.answerWith(KEYS, (response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    expect(await told()).toBe(unreachable('its answer is longer than 1000000 bytes'));
  });

  it('is an error when it never answers', async () => {
    issuer.answerWith(DISCOVERY, () => undefined);
    expect(await told({ timeoutSeconds: 0.05 })).toBe(unreachable('it does not answer in time'));
  });

  it('is left alone for 5 s and then asked again', async () => {
    const asked = provider();
    const token = await signed(claims(), key);
    issuer.answerWith(KEYS, status(500));
    for (let times = 0; times < 3; times += 1) {
      await expect(asked.identify(token)).rejects.toMatchObject({ code: 'MUSTER_ENDPOINT_UNREACHABLE' });
    }
    expect(issuer.asked).toEqual([DISCOVERY, KEYS]);
    issuer.answerWith(KEYS, null);
    elapsed += 5;
    expect(await asked.identify(token)).not.toBeNull();
  });

  it('goes on being believed for the keys that it gave before', async () => {
    const asked = provider({}, { cooldownSeconds: 0 });
    const token = await signed(claims(), key);
    await asked.identify(token);
    await issuer.close();
    expect(await asked.identify(token)).not.toBeNull();
    await expect(asked.identify(await signed(claims(), other))).rejects.toMatchObject({
      code: 'MUSTER_ENDPOINT_UNREACHABLE',
    });
  });
});

describe('settings', () => {
  it.each([
    'http://login.example',
    'ftp://login.example',
    'login.example',
    '',
    'https://user:secret@login.example',
    'https://login.example?tenant=a',
    'https://login.example#a',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
  ])('with the issuer %s are refused, and it is not repeated', (url) => {
    const make = () => provider({ issuer: url });
    expect(make).toThrow(/^oidc\.issuer: a URL of https is accepted/);
    expect(make).toThrow(expect.objectContaining({ code: 'MUSTER_SERVICE_INVALID' }));
    expect(make).not.toThrow(/secret/);
  });

  it.each([
    'https://login.example',
    'https://login.example/tenant/v2.0',
    'http://localhost:8080',
    'http://[::1]:8080/',
  ])('with the issuer %s are taken', (url) => {
    expect(() => provider({ issuer: url })).not.toThrow();
  });

  it.each<[string, Partial<OidcConfig>]>([
    ['audience', { audience: '' }],
    ['scopeClaim', { scopeClaim: '' }],
    ['subjectClaim', { subjectClaim: '' }],
    ['scopes', { scopes: { boss: ['admin' as 'read'] } }],
  ])('with a wrong %s are refused', (name, changes) => {
    expect(() => provider(changes)).toThrow(`oidc.${name}: `);
  });

  it('whose issuer ends in a slash find its document, and keep to the slash', async () => {
    const slashed = `${issuer.url}/`;
    const document = { issuer: slashed, jwks_uri: `${issuer.url}${KEYS}` };
    issuer.answerWith(DISCOVERY, (response) => void response.end(JSON.stringify(document)));
    const asked = provider({ issuer: slashed });
    expect(await asked.identify(await signed(claims({ iss: slashed }), key))).not.toBeNull();
    expect(await asked.identify(await signed(claims(), key))).toBeNull();
  });
});

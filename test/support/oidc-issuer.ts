/**
 * An OpenID Connect issuer on loopback: its document, its keys, and tokens signed with them.
 *
 * Counts what it is asked, and can be made to answer badly; a test holds the private keys, so that it can sign anything.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { type Instant, toEpochMilliseconds } from '../../src/core/time.ts';

/** A key pair under its id. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** An issuer that serves until it is closed. */
export interface OidcIssuer {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** What it publishes from here on. */
  publish(...keys: readonly { readonly jwk: object }[]): void;
  /** What it answers at a path instead; null for what it should. */
  answerWith(path: string, answer: ((response: ServerResponse) => void) | null): void;
  close(): Promise<void>;
}

export const DISCOVERY = '/.well-known/openid-configuration';
export const KEYS = '/keys';

/** Makes a key. */
export async function anIssuerKey(alg: string, kid: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Starts an issuer. */
export async function startOidcIssuer(...keys: readonly IssuerKey[]): Promise<OidcIssuer> {
  const asked: string[] = [];
  const instead = new Map<string, (response: ServerResponse) => void>();
  let published: readonly { readonly jwk: object }[] = keys;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = instead.get(path);
    if (answer !== undefined) answer(response);
    else if (path === DISCOVERY) response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}${KEYS}` }));
    else if (path === KEYS) response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    publish: (...next) => {
      published = next;
    },
    answerWith: (path, answer) => void (answer === null ? instead.delete(path) : instead.set(path, answer)),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Signs claims. @param header What differs from `{alg, kid, typ}` of the key. */
export function signed(
  claims: Readonly<Record<string, unknown>>,
  key: IssuerKey,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const { alg, kid, privateKey } = key;
  return new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ: 'JWT', ...header }).sign(privateKey);
}

/** An instant as the claims of a token say it. */
export function numericDate(at: Instant): number {
  return Math.floor(toEpochMilliseconds(at) / 1_000);
}

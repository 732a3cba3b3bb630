/**
 * SCRAM-SHA-256, the server's side: keeps a verifier instead of a password, checks a client's proof.
 *
 * Given the messages of the exchange as text; the transport is `postgres-wire.ts`. Without channel binding, as
 * the lab has no TLS. Passwords are printable ASCII, so no SASLprep is needed. Source: RFC 5802, RFC 7677.
 */

import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** What the server keeps of a password. */
export interface ScramVerifier {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** One exchange that has sent its challenge. */
export interface ScramExchange {
  /** The server's first message. */
  readonly challenge: string;
  /** The server's last message; null when the proof is wrong or the message malformed. */
  finish(clientFinal: string): string | null;
}

/** The verifier of a password, with a fresh salt. */
export function verifierOf(password: string): ScramVerifier {
  const salt = randomBytes(16);
  const iterations = 4096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  return { salt, iterations, storedKey: sha256(hmac(salted, 'Client Key')), serverKey: hmac(salted, 'Server Key') };
}

/** Begins an exchange from the client's first message; null when it is malformed or asks for channel binding. */
export function beginScram(clientFirst: string, verifier: ScramVerifier): ScramExchange | null {
  const [, header, bare, clientNonce] =
    /^([ny],(?:a=[^,]*)?,)(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+))/.exec(clientFirst) ?? [];
  if (header === undefined || bare === undefined || clientNonce === undefined) return null;
  const nonce = clientNonce + randomBytes(18).toString('base64');
  const challenge = `r=${nonce},s=${verifier.salt.toString('base64')},i=${verifier.iterations}`;
  const binding = Buffer.from(header).toString('base64');
  return { challenge, finish: (clientFinal) => finish(clientFinal, { bare, binding, challenge, nonce, verifier }) };
}

interface Begun {
  readonly bare: string;
  readonly binding: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly verifier: ScramVerifier;
}

function finish(clientFinal: string, begun: Begun): string | null {
  const [, withoutProof, binding, nonce, proofText] = /^(c=([^,]+),r=([^,]+)),p=([^,]+)$/.exec(clientFinal) ?? [];
  if (withoutProof === undefined || proofText === undefined || binding !== begun.binding || nonce !== begun.nonce)
    return null;
  const message = `${begun.bare},${begun.challenge},${withoutProof}`;
  const proof = Buffer.from(proofText, 'base64');
  const signature = hmac(begun.verifier.storedKey, message);
  if (proof.length !== signature.length) return null;
  const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
  if (!timingSafeEqual(sha256(clientKey), begun.verifier.storedKey)) return null;
  return `v=${hmac(begun.verifier.serverKey, message).toString('base64')}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

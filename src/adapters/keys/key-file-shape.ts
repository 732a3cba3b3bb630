/**
 * The key file as text: a JWK Set in which the keys in use have their private part, checked whenever it is read.
 *
 * Nothing of what does not parse is repeated, nor handed on as a cause: it may be a private key.
 * Source: RFC 7517; RFC 8037, section 2 (`d`).
 */

import * as z from 'zod';
import { MusterError } from '../../core/errors.ts';
import { publicKey } from '../../evidence/jwks.ts';
import type { PublicKey } from '../../evidence/keys.ts';
import { bytesOfBase64, firstIssue, parsedJson } from '../../evidence/parts.ts';

/** A key of the file; `d` is its private part, null once it is retired. */
export interface FiledKey {
  readonly key: PublicKey;
  readonly d: string | null;
}

const SECRET_BYTES = 32;
const secret = z.string().refine((text) => bytesOfBase64(text)?.length === SECRET_BYTES && /^[\w-]+$/.test(text), {
  error: 'not a private part',
});
const file = z.object({
  formatVersion: z.literal('1', { error: 'key files of format 1 are read; another Muster wrote this one' }),
  keys: z.array(z.looseObject({ d: secret.optional() })),
});

/** The file's text. */
export function printKeyFile(keys: readonly FiledKey[]): string {
  const filed = keys.map(({ key, d }) => ({ ...key, ...(d !== null && { d }) }));
  return `${JSON.stringify({ formatVersion: '1', keys: filed }, null, 2)}\n`;
}

/**
 * Reads the file.
 *
 * @throws MusterError `MUSTER_KEY_INVALID` when it is none, or its keys are not one in use for each purpose and retired
 *   ones without a private part.
 */
export function parseKeyFile(text: string, path: string): readonly FiledKey[] {
  const parsed = file.safeParse(parsedJson(text));
  if (!parsed.success) throw invalid(`${path} is no key file of Muster: ${firstIssue(parsed.error)}`);
  const keys = parsed.data.keys.map(({ d, ...rest }, index): FiledKey => {
    const key = publicKey.safeParse(rest);
    if (!key.success) throw invalid(`${path}: keys.${index}: ${firstIssue(key.error)}`);
    return { key: key.data, d: d ?? null };
  });
  for (const { key, d } of keys) {
    if (key.kty !== 'OKP') throw invalid(`${path}: key ${key.kid} is ${key.crv}; a file holds Ed25519 keys`);
    if ((key.retiredAt === null) === (d === null)) {
      const what = d === null ? 'is in use and has no private part' : 'is retired and has its private part still';
      throw invalid(`${path}: key ${key.kid} ${what}`);
    }
    const rivals = keys.filter((other) => other.key.purpose === key.purpose && other.key.retiredAt === null);
    if (rivals.length !== 1) throw invalid(`${path} holds ${rivals.length} keys in use for ${key.purpose}s, not one`);
  }
  return keys;
}

function invalid(message: string): MusterError {
  return new MusterError('MUSTER_KEY_INVALID', message);
}

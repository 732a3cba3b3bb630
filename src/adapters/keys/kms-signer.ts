/**
 * Signing with keys of AWS KMS, whose private parts nobody ever sees.
 *
 * Keys are named as `awskms:///alias/NAME`, `awskms:///KEY-ID` or `awskms:///ARN`, one for each purpose. Of P-256 KMS is
 * sent the digest alone and answers in DER, which becomes r and s; Ed25519 takes whole messages, up to 4096 bytes. Each
 * signature is checked before it is used. Source: AWS KMS API 2014-11-01, GetPublicKey, Sign and DescribeKey.
 */

import { createPublicKey, hash } from 'node:crypto';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { KeyKeeper, KeyPurpose, Signer } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import { fromEpochMilliseconds, type Instant } from '../../core/time.ts';
import { thumbprintOf } from '../../evidence/jwks.ts';
import type { PublicKey } from '../../evidence/keys.ts';
import { signatureCheckOf } from '../../evidence/signature.ts';
import { joinedFromDer } from './ecdsa-der.ts';

/** What KMS is asked through. */
export interface KmsAccess {
  /** @param region The one that a key's ARN names; null for that of the settings. */
  client(region: string | null): Promise<KMSClient>;
  /** What a failed call becomes. @param action Such as `kms:Sign`. */
  fault(error: unknown, action: string): MusterError;
}

const SCHEME = 'awskms://';
const MESSAGE_BYTES_MAX = 4_096;

/**
 * The name that KMS knows a key by, out of `awskms:///NAME`; null when the text names no key of KMS.
 *
 * @param origin Where it was written, for messages.
 * @throws MusterError `MUSTER_KEY_INVALID` when it begins so and names none.
 */
export function kmsKeyNamed(text: string, origin: string): string | null {
  if (!text.startsWith(SCHEME)) return null;
  const name = text.slice(SCHEME.length + 1);
  const plain = /^(?:alias\/[\w/-]+|arn:[\w-]+:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]+|(?:mrk-)?[0-9a-f-]{32,36})$/;
  if (text[SCHEME.length] === '/' && plain.test(name)) return name;
  const accepted = 'awskms:///alias/NAME, awskms:///KEY-ID and awskms:///ARN';
  throw new MusterError(
    'MUSTER_KEY_INVALID',
    `${origin}: ${JSON.stringify(text)} names no key of AWS KMS; accepted are ${accepted}`,
  );
}

/**
 * Keys of KMS, each asked about once.
 *
 * @param names As `kmsKeyNamed` gives them; null where no key is meant for a purpose.
 * Every method throws MusterError `MUSTER_KEY_INVALID` for a key that cannot serve, and what `access.fault` makes of
 * calls that failed.
 */
export function createKmsKeeper(names: Readonly<Record<KeyPurpose, string | null>>, access: KmsAccess): KeyKeeper {
  const made = new Map<KeyPurpose, Promise<Signer>>();
  const signer = (purpose: KeyPurpose): Promise<Signer> => {
    const name = names[purpose];
    if (name === null) {
      return Promise.reject(new MusterError('MUSTER_KEY_INVALID', `no key of AWS KMS is named for ${purpose}s`));
    }
    const found = made.get(purpose) ?? signerNamed(name, purpose, access);
    made.set(purpose, found);
    // What failed once may work the next time.
    found.catch(() => made.delete(purpose));
    return found;
  };
  const all = async (): Promise<readonly PublicKey[]> => {
    const keys: PublicKey[] = [];
    for (const purpose of ['attestation', 'token'] as const) {
      if (names[purpose] !== null) keys.push((await signer(purpose)).key);
    }
    return keys;
  };
  return {
    signer: async (purpose) => {
      const found = await signer(purpose);
      if (
        purpose === 'token' &&
        names.attestation !== null &&
        (await signer('attestation')).key.kid === found.key.kid
      ) {
        const what = `${names.token} is the key for attestations too`;
        throw new MusterError('MUSTER_KEY_INVALID', `${what}; name another for tokens`);
      }
      return found;
    },
    publicKeys: all,
    rotate: async (purpose) => {
      const name = names[purpose] ?? 'a key';
      throw new MusterError('MUSTER_USAGE', `${name} is kept by AWS KMS; make the next key there and name it instead`);
    },
  };
}

async function signerNamed(name: string, purpose: KeyPurpose, { client, fault }: KmsAccess): Promise<Signer> {
  const kms = await client(regionOf(name));
  const { DescribeKeyCommand, GetPublicKeyCommand, SignCommand } = await import('@aws-sdk/client-kms');
  const asking = async <T>(action: string, call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw fault(error, action);
    }
  };
  const { KeyMetadata } = await asking('kms:DescribeKey', kms.send(new DescribeKeyCommand({ KeyId: name })));
  const shown = await asking('kms:GetPublicKey', kms.send(new GetPublicKeyCommand({ KeyId: name })));
  const createdAt = fromEpochMilliseconds(KeyMetadata?.CreationDate?.getTime() ?? 0);
  const key = keyOf(shown, { name, purpose, createdAt });
  // Signed by its own ARN from here on: an alias may be pointed at another key at any moment.
  const KeyId = shown.KeyId ?? name;
  const holds = signatureCheckOf(key);
  return {
    key,
    sign: async (bytes) => {
      const asked = new SignCommand({ KeyId, ...messageOf(key, bytes, name) });
      const { Signature = new Uint8Array() } = await asking('kms:Sign', kms.send(asked));
      const signature = key.alg === 'ES256' ? joinedFromDer(Signature) : Signature;
      if (signature !== null && holds(bytes, signature)) return signature;
      throw new MusterError('MUSTER_AWS_UNAVAILABLE', `kms:Sign with ${name} gave a signature that does not hold`);
    },
  };
}

interface Shown {
  readonly PublicKey?: Uint8Array | undefined;
  readonly KeySpec?: string | undefined;
  readonly KeyUsage?: string | undefined;
}

interface Meant {
  readonly name: string;
  readonly purpose: KeyPurpose;
  readonly createdAt: Instant;
}

function keyOf({ PublicKey: der, KeySpec, KeyUsage }: Shown, { name, purpose, createdAt }: Meant): PublicKey {
  const usable = KeyUsage === 'SIGN_VERIFY' && (KeySpec === 'ECC_NIST_P256' || KeySpec === 'ECC_NIST_EDWARDS25519');
  if (!usable) {
    const what = `${name} is a key of ${KeySpec ?? 'no spec'} for ${KeyUsage ?? 'no usage'}`;
    throw new MusterError(
      'MUSTER_KEY_INVALID',
      `${what}; accepted are ECC_NIST_P256 and ECC_NIST_EDWARDS25519 for SIGN_VERIFY`,
    );
  }
  const { x, y } = coordinatesOf(der, name);
  const same = { use: 'sig', purpose, createdAt, retiredAt: null } as const;
  if (KeySpec === 'ECC_NIST_P256' && y !== undefined) {
    const form = { kty: 'EC', crv: 'P-256', x, y } as const;
    return { kid: thumbprintOf(form), ...form, alg: 'ES256', ...same };
  }
  const form = { kty: 'OKP', crv: 'Ed25519', x } as const;
  return { kid: thumbprintOf(form), ...form, alg: 'EdDSA', ...same };
}

function coordinatesOf(der: Uint8Array | undefined, name: string): { readonly x: string; readonly y?: string } {
  try {
    const key = createPublicKey({ key: Buffer.from(der ?? []), format: 'der', type: 'spki' }).export({ format: 'jwk' });
    if (typeof key.x === 'string') return { x: key.x, ...(key.y !== undefined && { y: key.y }) };
  } catch {
    // Falls through to the same refusal: what KMS gave is no public key of a curve.
  }
  throw new MusterError('MUSTER_KEY_INVALID', `${name}: what kms:GetPublicKey gave is no public key`);
}

function messageOf({ alg }: PublicKey, bytes: Uint8Array, name: string) {
  if (alg === 'ES256') {
    const Message = hash('sha256', bytes, 'buffer');
    return { Message, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' } as const;
  }
  if (bytes.length > MESSAGE_BYTES_MAX) {
    const what = `${name} is an Ed25519 key, with which AWS KMS signs ${MESSAGE_BYTES_MAX} bytes at most and not ${bytes.length}`;
    throw new MusterError('MUSTER_KEY_INVALID', `${what}; name a key of ECC_NIST_P256`);
  }
  return { Message: bytes, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' } as const;
}

function regionOf(name: string): string | null {
  return name.startsWith('arn:') ? (name.split(':')[3] ?? null) : null;
}

/**
 * `GetPublicKey` and `Sign` of AWS KMS, for the signing keys of an estate.
 *
 * A key that is disabled, waits for deletion or is meant for encrypting is refused with AWS's code, as is a message too
 * long or a digest of the wrong length. Source: AWS KMS API 2014-11-01, GetPublicKey and Sign, "Errors".
 */

import { createHash } from 'node:crypto';
import { findKey, keyArn } from './keys.ts';
import { publicDer, SIGNING_ALGORITHMS, signEd25519, signP256 } from './kms-key-material.ts';
import { jsonResponse, type LabResponse } from './messages.ts';
import type { Key, Place, SigningSpec } from './world.ts';

/** Parameters of a call, checked by name already. */
export type SigningInput = Readonly<Record<string, unknown>>;

const TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const MESSAGE_BYTES_MAX = 4_096;
const DIGEST_BYTES = 32;

/** A key that may sign. */
type SigningKey = Key & { readonly signs: SigningSpec };

/** Answers `GetPublicKey`. */
export function getPublicKey(input: SigningInput, place: Place): LabResponse {
  const key = signingKey(input, place, 'UnsupportedOperationException');
  if ('status' in key) return key;
  return answer({
    KeyId: keyArn(place.scope, key),
    PublicKey: publicDer(key.keyId, key.signs).toString('base64'),
    CustomerMasterKeySpec: key.signs,
    KeySpec: key.signs,
    KeyUsage: 'SIGN_VERIFY',
    SigningAlgorithms: SIGNING_ALGORITHMS[key.signs],
  });
}

/** Answers `Sign`. */
export function sign(input: SigningInput, place: Place): LabResponse {
  const key = signingKey(input, place, 'InvalidKeyUsageException');
  if ('status' in key) return key;
  const { SigningAlgorithm: algorithm, MessageType: kind = 'RAW', Message: text } = input;
  if (typeof algorithm !== 'string' || !SIGNING_ALGORITHMS[key.signs].includes(algorithm)) {
    return refuse(
      'InvalidKeyUsageException',
      `Algorithm ${String(algorithm)} is incompatible with key spec ${key.signs}.`,
    );
  }
  if (typeof text !== 'string' || (kind !== 'RAW' && kind !== 'DIGEST')) {
    return refuse('ValidationException', 'Message is missing, or MessageType is neither RAW nor DIGEST.');
  }
  const message = Buffer.from(text, 'base64');
  if (message.length === 0 || message.length > MESSAGE_BYTES_MAX) {
    return refuse('ValidationException', `Message must have a length from 1 to ${MESSAGE_BYTES_MAX}.`);
  }
  const signed = signatureOf(key, { algorithm, kind, message });
  if (signed === null) return refuse('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
  return answer({
    KeyId: keyArn(place.scope, key),
    Signature: signed.toString('base64'),
    SigningAlgorithm: algorithm,
  });
}

/** Null for a digest that is none. Of Ed25519 the lab signs whole messages only. */
function signatureOf(
  { keyId, signs }: SigningKey,
  { algorithm, kind, message }: { readonly algorithm: string; readonly kind: string; readonly message: Buffer },
): Buffer | null {
  if (signs === 'ECC_NIST_EDWARDS25519') {
    return algorithm === 'ED25519_SHA_512' && kind === 'RAW' ? signEd25519(keyId, message) : null;
  }
  const digest = kind === 'DIGEST' ? message : createHash('sha256').update(message).digest();
  return digest.length === DIGEST_BYTES ? signP256(keyId, digest) : null;
}

function signingKey({ KeyId: name }: SigningInput, place: Place, otherwise: string): SigningKey | LabResponse {
  const key = typeof name === 'string' ? findKey(place, name) : undefined;
  if (key === undefined) return refuse('NotFoundException', `Invalid keyId '${String(name)}'`);
  const arn = keyArn(place.scope, key);
  if (key.signs === undefined) {
    return refuse(otherwise, `${arn} key usage is ENCRYPT_DECRYPT which is not valid for this operation.`);
  }
  if (key.state === 'Disabled') return refuse('DisabledException', `${arn} is disabled.`);
  if (key.state === 'PendingDeletion') return refuse('KMSInvalidStateException', `${arn} is pending deletion.`);
  return { ...key, signs: key.signs };
}

function refuse(code: string, message: string): LabResponse {
  return jsonResponse(400, { __type: code, message }, TYPE);
}

function answer(body: object): LabResponse {
  return jsonResponse(200, body, TYPE);
}

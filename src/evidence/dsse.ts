/**
 * DSSE envelopes: bytes, what they are, and signatures over both.
 *
 * What is signed is the pre-authentication encoding, in which lengths are counted in bytes. The name of a key in an
 * envelope is a hint and no ground for trust: every key given is tried. A payload is handed out only after a signature
 * over it held. Source: DSSE v1.0.2, protocol.md and envelope.md.
 */

import * as z from 'zod';
import { MusterError } from '../core/errors.ts';
import type { PublicKey } from './keys.ts';
import { bytesOfBase64, firstIssue, parsedJson } from './parts.ts';
import { signatureCheckOf } from './signature.ts';

/** An envelope as it is written down; payload and signatures in base64. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What an envelope holds as long as nobody has vouched for it. */
export interface OpenedEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** `keyid` is null where none was written. */
  readonly signatures: readonly { readonly keyid: string | null; readonly sig: Uint8Array }[];
}

/** Whether one of the keys vouches for an envelope, and for which payload. */
export type EnvelopeCheck =
  | { readonly signature: 'valid'; readonly key: PublicKey; readonly payload: Uint8Array }
  /** `no_key`: every signature names a key that was not given. */
  | { readonly signature: 'invalid' | 'no_key'; readonly keyids: readonly string[] };

const SIGNATURES_MAX = 16;
const envelope = z.object({
  payloadType: z.string().min(1),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string().nullish(), sig: z.string() })).max(SIGNATURES_MAX),
});

/** The bytes that are signed: `DSSEv1 LENGTH TYPE LENGTH PAYLOAD`. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** The envelope around a payload. @param signature By the named key, over `preAuthEncoding` of the same. */
export function envelopeOf(
  { payloadType, payload }: { readonly payloadType: string; readonly payload: Uint8Array },
  signature: { readonly kid: string; readonly bytes: Uint8Array },
): Envelope {
  const sig = Buffer.from(signature.bytes).toString('base64');
  return { payloadType, payload: Buffer.from(payload).toString('base64'), signatures: [{ keyid: signature.kid, sig }] };
}

/**
 * Reads an envelope; trusts nothing of it.
 *
 * @param origin Where it came from, for messages.
 * @throws MusterError `MUSTER_ATTESTATION_INVALID` when it is no envelope.
 */
export function parseEnvelope(text: string, origin: string): OpenedEnvelope {
  const value = parsedJson(text);
  if (value === undefined) {
    const what = `${origin} is neither an attestation (a DSSE envelope or a token) nor an export of records`;
    throw new MusterError('MUSTER_ATTESTATION_INVALID', what);
  }
  const parsed = envelope.safeParse(value);
  if (!parsed.success) throw invalid(origin, firstIssue(parsed.error));
  const { payloadType, payload, signatures } = parsed.data;
  return {
    payloadType,
    payload: bytesAt(payload, `${origin}: payload`),
    signatures: signatures.map(({ keyid = null, sig }, index) => ({
      keyid,
      sig: bytesAt(sig, `${origin}: signatures.${index}.sig`),
    })),
  };
}

/** Looks for a key that vouches for the envelope; only keys that sign attestations can. */
export function verifyEnvelope(
  { payloadType, payload, signatures }: OpenedEnvelope,
  keys: readonly PublicKey[],
): EnvelopeCheck {
  const signed = preAuthEncoding(payloadType, payload);
  const usable = keys.filter(({ purpose }) => purpose === 'attestation');
  for (const key of usable) {
    const holds = signatureCheckOf(key);
    if (signatures.some(({ sig }) => holds(signed, sig))) return { signature: 'valid', key, payload };
  }
  const given = new Set(usable.map(({ kid }) => kid));
  const strange = signatures.length > 0 && signatures.every(({ keyid }) => keyid !== null && !given.has(keyid));
  const keyids = signatures.flatMap(({ keyid }) => (keyid === null ? [] : [keyid]));
  return { signature: strange || (usable.length === 0 && signatures.length > 0) ? 'no_key' : 'invalid', keyids };
}

function bytesAt(text: string, place: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  if (bytes === null) throw new MusterError('MUSTER_ATTESTATION_INVALID', `${place} is not base64`);
  return bytes;
}

function invalid(origin: string, why: string): MusterError {
  return new MusterError('MUSTER_ATTESTATION_INVALID', `${origin} is no DSSE envelope: ${why}`);
}

/**
 * What is answered about single decisions and receipts: a decision asked again, attestations, approvals.
 *
 * Shapes of their own apart from the internal model; additions are minor, changes major.
 */

import * as z from 'zod';
import { DECISIONS } from '../../verdict/document.ts';
import { code, digest, formatVersion, instant, next, verdict, words } from './parts.ts';

/** Whether a decision still stands. */
export const recheckAnswer = z
  .object({
    formatVersion,
    at: instant,
    changeDigest: digest,
    stands: z.boolean(),
    decision: z.enum(DECISIONS),
    verdict,
    decidedAt: instant,
    validUntil: instant,
    fresh: z.boolean(),
    causes: z.array(z.object({ cause: code, message: words })),
  })
  .meta({ id: 'Recheck', description: 'A decision that no longer stands is block and unknown, whatever it said' });

/** A DSSE envelope around an in-toto statement. */
export const envelope = z
  .object({
    payloadType: words,
    payload: words,
    signatures: z.array(z.object({ keyid: words, sig: words })),
  })
  .meta({ id: 'Envelope', description: 'DSSE v1; the payload is an in-toto statement v1' });

/** A compact JWS. */
export const token = z
  .string()
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  .meta({ id: 'VerdictToken' });

/** A person's receipt. */
export const approval = z
  .object({
    formatVersion,
    changeDigest: digest,
    decisionDigest: digest,
    approver: words,
    identifiedBy: z.enum(['os_user', 'token', 'oidc']),
    note: z.string().nullable(),
    at: instant,
    validUntil: instant,
  })
  .meta({ id: 'Approval', description: "A person's receipt for one change; Muster itself never approves" });

/** A receipt to be kept. */
export const approvalRequest = z.strictObject({
  changeDigest: digest,
  decisionDigest: digest.meta({ description: 'Of the decision that the person was shown; its ETag' }),
  note: z.string().min(1).max(2_000).optional(),
});

/** Receipts, newest first. */
export const approvals = z.object({ formatVersion, approvals: z.array(approval), next }).meta({ id: 'Approvals' });

const key = z
  .object({
    kid: words,
    kty: z.enum(['OKP', 'EC']),
    crv: z.enum(['Ed25519', 'P-256']),
    x: words,
    y: words.optional(),
    alg: z.enum(['EdDSA', 'ES256']),
    use: z.literal('sig'),
    purpose: z.enum(['attestation', 'token']),
    createdAt: instant,
    retiredAt: instant.nullable(),
  })
  .meta({ id: 'PublicKey' });

/** The keys that attestations and tokens are verified with. */
export const keySet = z.object({ keys: z.array(key) }).meta({ id: 'KeySet', description: 'A JWK Set (RFC 7517)' });

/** The OpenAPI document itself. */
export const openApi = z.looseObject({ openapi: words, paths: z.record(z.string(), z.unknown()) });

/**
 * The shapes of stored decisions, states, approvals, tokens, keys, seals and erasures, checked whenever they are loaded.
 *
 * Of a decision the head is checked, what it deletes, and what it remembers of settings, which later decisions speak of; its codes may
 * come from a newer Muster's catalogues, and one kept by an older Muster remembers nothing. Signatures are not checked
 * here: that takes the keys of the whole chain.
 */

import * as z from 'zod';
import type { StateSighting } from '../../app/ports.ts';
import { TOKEN_SCOPES, type TokenRecord } from '../../evidence/access-token.ts';
import type { Approval } from '../../evidence/approval.ts';
import type { Erasure } from '../../evidence/chain-erasures.ts';
import type { KeyRecord, PublicKey, SealRecord } from '../../evidence/keys.ts';
import { DECISIONS, type DecisionDocument, VERDICTS } from '../../verdict/document.ts';
import { digest, instant, scope } from './record-parts.ts';

const resourceIds = z.array(z.string().min(1));

/** One state, as a decision saw it; a later one rests on it, so it is checked in full. */
export const stateSighting: z.ZodType<StateSighting> = z.object({
  formatVersion: z.literal('1'),
  at: instant,
  endpoint: z.string().nullable(),
  lineage: z.string().min(1),
  serial: z.int().min(0),
  databases: resourceIds,
  forgets: resourceIds,
  released: resourceIds,
});

const settingOf = z.looseObject({
  databaseResourceId: z.string().min(1),
  databaseArn: z.string(),
  setting: z.string(),
  subject: z.string(),
});
const settingValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const decisionHead = z.looseObject({
  formatVersion: z.literal('1'),
  decision: z.enum(DECISIONS),
  verdict: z.enum(VERDICTS),
  changeDigest: digest,
  inventoryDigest: digest,
  policyDigest: digest,
  at: instant,
  validUntil: instant,
  principal: z.string(),
  scope: scope.nullable(),
  checklist: z.array(z.unknown()),
  reasons: z.array(z.unknown()),
  databases: z.array(z.unknown()),
  changes: z.array(z.unknown()),
  gaps: z.array(z.unknown()),
  deletions: z.array(z.looseObject({ databaseResourceId: z.string().min(1), databaseArn: z.string() })).optional(),
  disarmings: z.array(settingOf.extend({ from: settingValue, to: settingValue })).optional(),
  rearmings: z.array(settingOf).optional(),
});

/** One decision, as it was printed. */
export const decisionDocument = z.custom<DecisionDocument>((value) => decisionHead.safeParse(value).success, {
  error: 'not a decision document',
});

/** One receipt of a person. */
export const approval: z.ZodType<Approval> = z.object({
  formatVersion: z.literal('1'),
  changeDigest: digest,
  decisionDigest: digest,
  approver: z.string().min(1),
  identifiedBy: z.enum(['os_user', 'token', 'oidc']),
  note: z.string().nullable(),
  at: instant,
  validUntil: instant,
});

const tokenId = z.string().regex(/^[a-z0-9]{12}$/, { error: 'not the id of a token' });

/** A token that was given out or taken back. Strict: the secret itself has no place in a store, whoever hands it in. */
export const tokenRecord: z.ZodType<TokenRecord> = z.discriminatedUnion('what', [
  z.strictObject({
    formatVersion: z.literal('1'),
    what: z.literal('issued'),
    at: instant,
    id: tokenId,
    name: z.string().min(1),
    scopes: z.array(z.enum(TOKEN_SCOPES)).min(1),
    secretDigest: digest,
    expiresAt: instant,
    by: z.string(),
  }),
  z.strictObject({
    formatVersion: z.literal('1'),
    what: z.literal('revoked'),
    at: instant,
    id: tokenId,
    by: z.string(),
  }),
]);

const publicKey: z.ZodType<PublicKey> = z
  .object({
    kid: z.string().min(1),
    kty: z.enum(['OKP', 'EC']),
    crv: z.enum(['Ed25519', 'P-256']),
    x: z.string().min(1),
    y: z.string().min(1).exactOptional(),
    alg: z.enum(['EdDSA', 'ES256']),
    use: z.literal('sig'),
    purpose: z.enum(['attestation', 'token']),
    createdAt: instant,
    retiredAt: instant.nullable(),
  })
  // A private part has no place in a store, whoever hands it in.
  .strict();

/** A key that signs from there on. */
export const keyRecord: z.ZodType<KeyRecord> = z.object({
  formatVersion: z.literal('1'),
  at: instant,
  key: publicKey,
  introducedBy: z.object({ kid: z.string().min(1), sig: z.string().min(1) }).nullable(),
});

/** A signature over the chain. */
export const sealRecord: z.ZodType<SealRecord> = z.object({
  formatVersion: z.literal('1'),
  at: instant,
  upTo: z.int().min(1),
  digest,
  kid: z.string().min(1),
  sig: z.string().min(1),
});

/** What was erased, and why. */
export const erasure: z.ZodType<Erasure> = z.object({
  formatVersion: z.literal('1'),
  at: instant,
  seqs: z.array(z.int().min(1)).min(1),
  why: z.string(),
});

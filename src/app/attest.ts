/**
 * A decision on record, signed: as a DSSE envelope for whoever audits, or as a token for whoever lets the change go on.
 *
 * Each form is signed with a key of its own. Nothing is judged here: what was decided is said again, with its end.
 */

import { canonicalJson } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import { type Envelope, envelopeOf, preAuthEncoding } from '../evidence/dsse.ts';
import { STATEMENT_PAYLOAD, statementOf } from '../evidence/statement.ts';
import { claimsOf, TOKEN_ISSUER, tokenInput, tokenOf } from '../evidence/token.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { Clock, KeyKeeper, Randomness, Store } from './ports.ts';

/** What attesting needs. */
export interface AttestWorld {
  readonly store: Pick<Store, 'decisions' | 'chain'>;
  readonly keeper: Pick<KeyKeeper, 'signer'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomness: Pick<Randomness, 'token'>;
  /** Muster's own version. */
  readonly version: string;
}

/** Whom a token is for, and who says it issues it. */
export interface TokenOptions {
  readonly audience?: string | null;
  readonly issuer?: string;
}

const TOKEN_ID_LENGTH = 26;

/**
 * The envelope around the statement about a decision.
 *
 * @throws MusterError what the keeper or its signer throws.
 */
export async function attestAsEnvelope(document: DecisionDocument, world: AttestWorld): Promise<Envelope> {
  const head = await world.store.chain.head();
  const record = head === null ? null : { seq: head.seq, digest: head.digest };
  const statement = statementOf(document, { version: world.version, record });
  const content = { payloadType: STATEMENT_PAYLOAD, payload: Buffer.from(canonicalJson(statement), 'utf8') };
  const signer = await world.keeper.signer('attestation');
  const bytes = await signer.sign(preAuthEncoding(content.payloadType, content.payload));
  return envelopeOf(content, { kid: signer.key.kid, bytes });
}

/**
 * The token about a decision.
 *
 * @throws MusterError `MUSTER_DECISION_NOT_FOUND` when the decision has ended, so that a token would be void from its
 *   first moment; what the keeper or its signer throws.
 */
export async function attestAsToken(
  document: DecisionDocument,
  world: AttestWorld,
  { audience = null, issuer = TOKEN_ISSUER }: TokenOptions = {},
): Promise<string> {
  const issuedAt = world.clock.now();
  if (issuedAt >= document.validUntil) {
    const what = `the decision on change ${document.changeDigest} ended at ${document.validUntil}`;
    throw new MusterError('MUSTER_DECISION_NOT_FOUND', `${what}, so no token can be made of it`);
  }
  const signer = await world.keeper.signer('token');
  const id = world.randomness.token(TOKEN_ID_LENGTH);
  const said = claimsOf(document, { issuer, audience, issuedAt, id, version: world.version });
  const input = tokenInput(said, signer.key);
  return tokenOf(input, await signer.sign(Buffer.from(input, 'utf8')));
}

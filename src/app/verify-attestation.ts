/**
 * Whether an attestation may be relied on: its signature by the keys given, then what it says against what was asked.
 *
 * Works offline and with nothing but what is handed in. Nothing is read of what no signature holds for.
 */

import { MusterError } from '../core/errors.ts';
import { parseEnvelope, verifyEnvelope } from '../evidence/dsse.ts';
import type { PublicKey } from '../evidence/keys.ts';
import { parsedJson } from '../evidence/parts.ts';
import { readStatement } from '../evidence/read-statement.ts';
import { STATEMENT_PAYLOAD } from '../evidence/statement.ts';
import { looksLikeToken, readClaims, readTokenHead, type TokenCheck } from '../evidence/token.ts';
import { type Asked, unverified, type Verification, type VoidReason, verified } from '../evidence/verification.ts';

export { parseKeySet } from '../evidence/jwks.ts';

/** An attestation, and what it is checked with. */
export interface Presented {
  readonly content: string;
  /** Where it came from, for messages. */
  readonly origin: string;
  readonly keys: readonly PublicKey[];
  readonly asked: Asked;
}

/** A decision over thousands of databases stays far below. */
const CHARACTERS_MAX = 16 * 1024 * 1024;

/**
 * Checks an envelope or a token, whichever the content is.
 *
 * @throws MusterError `MUSTER_ATTESTATION_INVALID` when it is neither, or a signature holds over what is no decision.
 */
export async function verifyAttestation(presented: Presented, checkToken: TokenCheck): Promise<Verification> {
  const content = presented.content.trim();
  const { origin } = presented;
  if (content.length > CHARACTERS_MAX) {
    const what = `${origin} has ${content.length} characters; an attestation has ${CHARACTERS_MAX} at most`;
    throw new MusterError('MUSTER_ATTESTATION_INVALID', what);
  }
  if (looksLikeToken(content)) return verifyToken({ ...presented, content }, checkToken);
  return verifyStatement({ ...presented, content });
}

function verifyStatement({ content, origin, keys, asked }: Presented): Verification {
  const envelope = parseEnvelope(content, origin);
  const check = verifyEnvelope(envelope, keys);
  if (check.signature !== 'valid') {
    return unverified('dsse', check.signature, [keyProblem(check, { keys, purpose: 'attestation' })]);
  }
  if (envelope.payloadType !== STATEMENT_PAYLOAD) {
    const what = `${origin}: payloadType ${JSON.stringify(envelope.payloadType)}; accepted is ${STATEMENT_PAYLOAD}`;
    throw new MusterError('MUSTER_ATTESTATION_INVALID', what);
  }
  const attested = readStatement(parsedJson(Buffer.from(check.payload).toString('utf8')), origin);
  return verified('dsse', { attested, key: check.key }, asked);
}

async function verifyToken({ content, origin, keys, asked }: Presented, checkToken: TokenCheck): Promise<Verification> {
  const { kid, refused } = readTokenHead(content, origin);
  if (refused !== null) return unverified('jws', 'invalid', [{ code: 'header_refused', message: refused }]);
  const usable = keys.filter(({ purpose }) => purpose === 'token');
  for (const key of usable) {
    const payload = await checkToken(content, key);
    if (payload !== null) return verified('jws', { attested: readClaims(payload, origin), key }, asked);
  }
  const strange = usable.length === 0 || (kid !== null && usable.every((key) => key.kid !== kid));
  const signature = strange ? 'no_key' : 'invalid';
  const problem = keyProblem({ signature, keyids: kid === null ? [] : [kid] }, { keys, purpose: 'token' });
  return unverified('jws', signature, [problem]);
}

function keyProblem(
  { signature, keyids }: { readonly signature: 'invalid' | 'no_key'; readonly keyids: readonly string[] },
  { keys, purpose }: { readonly keys: readonly PublicKey[]; readonly purpose: PublicKey['purpose'] },
): VoidReason {
  const misused = keys.find((key) => key.purpose !== purpose && keyids.includes(key.kid));
  if (misused !== undefined) {
    return {
      code: 'wrong_purpose',
      message: `names key ${misused.kid}, which signs ${misused.purpose}s and no ${purpose}s`,
    };
  }
  const named = keyids.length === 0 ? 'a key that it does not name' : `key ${keyids.join(', ')}`;
  if (signature === 'invalid') return { code: 'signature_invalid', message: 'no signature on it holds' };
  return { code: 'no_key', message: `is signed with ${named}, which is not among the ${purpose} keys given` };
}

/**
 * What a checked attestation is worth to whoever asked: whose signature it bears, what it says, and why it may be void.
 *
 * A signature that holds is not enough: an attestation is void when it has ended, is about another change than the one
 * asked about, was made of a lab, or bears a time after its key was retired. Pure; the present is handed in.
 */

import type { Digest } from '../core/canonical.ts';
import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import type { Decision, VerdictWord } from '../verdict/document.ts';
import type { PublicKey } from './keys.ts';
import type { VerificationResult } from './statement.ts';

/** What an attestation says of a decision, whichever form it has. */
export interface Attested {
  readonly changeDigest: Digest;
  readonly decisionDigest: Digest;
  readonly decision: Decision;
  readonly verdict: VerdictWord;
  readonly result: VerificationResult;
  /** When it was judged (a statement), or the token was made. */
  readonly madeAt: Instant;
  readonly validUntil: Instant;
  /** `aws:ACCOUNT/REGION`; null for no one place. */
  readonly resourceUri: string | null;
  /** What was asked instead of AWS; null for AWS. */
  readonly endpoint: string | null;
  /** Whom a token is for; null for everybody. */
  readonly audience: readonly string[] | null;
  readonly verifier: { readonly id: string; readonly version: string };
}

/** Why an attestation is void; wire values, permanent. */
export const VOID_CODES = [
  'no_key',
  'signature_invalid',
  'wrong_purpose',
  'header_refused',
  'key_retired',
  'expired',
  'not_yet',
  'other_change',
  'other_endpoint',
  'other_audience',
] as const;
export type VoidCode = (typeof VOID_CODES)[number];

/** One thing that makes an attestation void, in words. */
export interface VoidReason {
  readonly code: VoidCode;
  readonly message: string;
}

/** What is asked of an attestation. */
export interface Asked {
  readonly at: Instant;
  /** The change that it must be about; null when any will do. */
  readonly digest: Digest | null;
  /** What must have been asked; null for AWS. */
  readonly endpoint: string | null;
  /** As whom a token is taken; null for nobody in particular. */
  readonly audience: string | null;
}

/** How a check ended; a wire shape, printed by `muster verify FILE --json`. */
export interface Verification {
  readonly formatVersion: '1';
  readonly form: 'dsse' | 'jws';
  /** `no_key`: made with a key that was not given. */
  readonly signature: 'valid' | 'invalid' | 'no_key';
  /** The key whose signature held; null when none did. */
  readonly kid: string | null;
  /** Null where nothing could be read, since nothing is read of what no signature holds for. */
  readonly expired: boolean | null;
  readonly attested: Attested | null;
  /** Empty when it may be relied on. */
  readonly problems: readonly VoidReason[];
}

/** How far another clock may be ahead of ours. Behind, there is no allowance: what has ended has ended. */
const CLOCK_AHEAD: Seconds = 60;

/** The result for an attestation that no key given vouches for. */
export function unverified(
  form: Verification['form'],
  signature: 'invalid' | 'no_key',
  problems: readonly VoidReason[],
): Verification {
  return { formatVersion: '1', form, signature, kid: null, expired: null, attested: null, problems };
}

/** The result for an attestation whose signature held. */
export function verified(
  form: Verification['form'],
  { attested, key }: { readonly attested: Attested; readonly key: PublicKey },
  asked: Asked,
): Verification {
  return {
    formatVersion: '1',
    form,
    signature: 'valid',
    kid: key.kid,
    expired: asked.at >= attested.validUntil,
    attested,
    problems: [...timeProblems(attested, key, asked), ...aimProblems(attested, asked)],
  };
}

/** Whether a gate may act on it: nothing makes it void, and the decision was let pass. */
export function passes({ problems, attested }: Verification): boolean {
  return problems.length === 0 && attested?.result === 'PASSED';
}

function timeProblems({ madeAt, validUntil }: Attested, key: PublicKey, { at }: Asked): VoidReason[] {
  const problems: VoidReason[] = [];
  if (key.retiredAt !== null && madeAt > key.retiredAt) {
    problems.push({
      code: 'key_retired',
      message: `made at ${madeAt} with key ${key.kid}, which was retired at ${key.retiredAt}`,
    });
  }
  if (at >= validUntil) problems.push({ code: 'expired', message: `ended at ${validUntil}` });
  if (madeAt > addSeconds(at, CLOCK_AHEAD)) {
    problems.push({ code: 'not_yet', message: `made at ${madeAt}, which is after ${at}` });
  }
  return problems;
}

function aimProblems(attested: Attested, { digest, endpoint, audience }: Asked): VoidReason[] {
  const problems: VoidReason[] = [];
  if (digest !== null && attested.changeDigest !== digest) {
    problems.push({ code: 'other_change', message: `is about change ${attested.changeDigest}, not ${digest}` });
  }
  if (attested.endpoint !== endpoint) {
    problems.push({
      code: 'other_endpoint',
      message: `rests on ${nameOf(attested.endpoint)}, not on ${nameOf(endpoint)}`,
    });
  }
  const { audience: meant } = attested;
  if (meant === null ? audience !== null : audience === null || !meant.includes(audience)) {
    problems.push({
      code: 'other_audience',
      message: `is for ${meant === null ? 'nobody in particular' : meant.join(', ')}, not for ${audience ?? 'just anybody'}`,
    });
  }
  return problems;
}

function nameOf(endpoint: string | null): string {
  return endpoint ?? 'AWS';
}

/**
 * What became of a check, as text: of one attestation, of the seals of a chain, and of a key that was followed by
 * another.
 *
 * Leads with whether it may be relied on, then why not, then what it says. What an attestation says is shown only when a
 * signature holds for it. Given results; adds no judgement of its own.
 */

import { printInstant } from '../core/time.ts';
import type { PublicKey } from '../evidence/keys.ts';
import type { Attested, Verification } from '../evidence/verification.ts';
import { clean, hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { VERDICT_WORDS } from './words.ts';

/** The check of one attestation, ending in a line break. */
export function renderVerification(found: Verification, paint: Paint, width: number = REPORT_WIDTH): string {
  const { problems, attested, kid, signature } = found;
  const lines = [
    headline(found, paint),
    ...problems.flatMap(({ code, message }) => hanging('  - ', `${message} (${code})`, width)),
    ...(attested === null ? [] : saidLines(attested, width)),
    ...hanging('signed    ', kid === null ? SIGNATURE_WORDS[signature] : `by key ${kid}`, width),
  ];
  return `${lines.join('\n')}\n`;
}

const SIGNATURE_WORDS: Readonly<Record<Verification['signature'], string>> = {
  valid: 'by a key given',
  invalid: 'by nobody: no signature on it holds',
  no_key: 'by a key that was not given',
};

function headline({ problems, attested }: Verification, paint: Paint): string {
  if (problems.length > 0 || attested === null)
    return `${paint.bold(paint.red('VOID'))}  this attestation may not be relied on`;
  const words = {
    PASSED: paint.green('PASSED'),
    FAILED: paint.red('FAILED'),
    UNKNOWN: paint.yellow('UNKNOWN'),
  };
  // "FAILED" alone would be taken for the signature.
  return `${paint.bold(words[attested.result])}  signature valid, in time; the verdict is ${VERDICT_WORDS[attested.verdict]}`;
}

function saidLines(attested: Attested, width: number): string[] {
  const { decision, verdict, changeDigest, madeAt, validUntil, resourceUri, endpoint, verifier } = attested;
  const asked = endpoint === null ? 'AWS' : `${endpoint}, which is not AWS`;
  const audience = attested.audience === null ? [] : hanging('for       ', attested.audience.join(', '), width);
  return [
    ...hanging('decision  ', `${decision}, verdict: ${VERDICT_WORDS[verdict]}`, width),
    ...hanging('change    ', changeDigest, width),
    ...hanging('place     ', resourceUri ?? 'no one place', width),
    ...hanging('asked     ', asked, width),
    ...hanging('made      ', `${printInstant(madeAt)} by ${verifier.id}, version ${verifier.version}`, width),
    ...hanging('valid     ', `until ${printInstant(validUntil)}`, width),
    ...audience,
  ];
}

/** The key that went and the one that came, ending in a line break. */
export function renderRotation(
  { retired, current }: { readonly retired: PublicKey; readonly current: PublicKey },
  width: number = REPORT_WIDTH,
): string {
  const until = retired.retiredAt === null ? '' : `, retired at ${printInstant(retired.retiredAt)}`;
  const lines = [
    ...hanging('retired   ', `${clean(retired.kid)}${until}`, width),
    ...hanging('current   ', `${clean(current.kid)}, which signs ${current.purpose}s from now on`, width),
    ...hanging('next      ', 'Hand out what muster keys prints: whoever verifies needs both.', width),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * What digests of rows and of structure say when held against digests from outside the copy.
 *
 * Given the digest and the one expected; null where there is none to compare with, which passes as far as there was
 * something to read. A digest over no rows agrees with every other empty table and fails.
 */

import { compareCodeUnits } from '../core/canonical.ts';
import { type Instant, printInstant } from '../core/time.ts';
import type { Probe, ProbeAnswer } from './probe.ts';
import { plural, someNames } from './probe-words.ts';

const SHORT_DIGEST = 'sha256:'.length + 12;
const NAMES_SHOWN_MAX = 5;

/** What is expected of a digest. */
export interface DigestWanted {
  readonly expected: string | null;
  /** When the drill ended that it comes from; null when it was written down, or there is none. */
  readonly endedAt: Instant | null;
}

type Verdict = { readonly passed: boolean; readonly finding: string };
type DigestAnswer = Extract<ProbeAnswer, { kind: 'digest' }>;

/** The finding of a checksum. */
export function digestFinding(
  probe: Extract<Probe, { kind: 'checksum' }>,
  answer: DigestAnswer,
  wanted: DigestWanted,
): Verdict {
  if (answer.rows === 0) {
    return {
      passed: false,
      finding: `${probe.table} yields no row: a digest of nothing agrees with every empty table`,
    };
  }
  const cap = answer.rows >= probe.rowsMax ? `; no more than ${plural(probe.rowsMax, 'row')} are read` : '';
  const rows = `${plural(answer.rows, 'row')} of ${probe.table}`;
  if (wanted.expected === null) {
    return { passed: true, finding: `${rows} were read, with nothing earlier to compare with${cap}` };
  }
  if (answer.digest === wanted.expected) {
    return { passed: true, finding: `${rows} have the digest ${originOf(wanted)}${cap}` };
  }
  const digests = `${short(answer.digest)}, not ${short(wanted.expected)}`;
  return { passed: false, finding: `${rows} differ from the digest ${originOf(wanted)} (${digests})${cap}` };
}

/** The finding of a schema fingerprint. @param wanted `before` holds the digests by table of an earlier drill. */
export function schemaFinding(
  answer: DigestAnswer,
  wanted: DigestWanted & { readonly before: Readonly<Record<string, string>> | null },
): Verdict {
  const names = Object.keys(answer.parts);
  if (names.length === 0) return { passed: false, finding: 'there is no user table' };
  const tables = `the structure of ${plural(names.length, 'table')}`;
  if (wanted.expected === null) {
    return { passed: true, finding: `${tables} was read, with nothing earlier to compare with` };
  }
  if (answer.digest === wanted.expected)
    return { passed: true, finding: `${tables} has the digest ${originOf(wanted)}` };
  const changes = wanted.before === null ? '' : namesOfChanges(wanted.before, answer.parts);
  const what = changes === '' ? `${short(answer.digest)}, not ${short(wanted.expected)}` : changes;
  return { passed: false, finding: `${tables} differs from the digest ${originOf(wanted)} (${what})` };
}

function namesOfChanges(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string {
  const added = Object.keys(after).filter((name) => !Object.hasOwn(before, name));
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const changed = Object.keys(after).filter((name) => Object.hasOwn(before, name) && before[name] !== after[name]);
  return Object.entries({ gone, changed, added })
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what}: ${someNames(names.toSorted(compareCodeUnits), NAMES_SHOWN_MAX)}`)
    .join('; ');
}

function originOf({ endedAt }: DigestWanted): string {
  return endedAt === null ? 'written down' : `of the drill of ${printInstant(endedAt)}`;
}

function short(digest: string): string {
  return digest.slice(0, SHORT_DIGEST);
}

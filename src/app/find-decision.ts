/**
 * Finding the decision that somebody means by the digest of its change, or by as much of it as people copy.
 *
 * Several decisions may be on record for one change; the last that was kept speaks.
 */

import { MusterError } from '../core/errors.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { Store } from './ports.ts';

/** As many hex digits of a digest as reports print. */
const DIGITS_MIN = 12;

/**
 * The newest decision on a change.
 *
 * @param asked The change digest; its first 12 hex digits or more will do where no other change begins so.
 * @throws MusterError `MUSTER_DECISION_NOT_FOUND` when there is none, or the digits fit several changes.
 */
export async function newestDecision(asked: string, store: Pick<Store, 'decisionsOn'>): Promise<DecisionDocument> {
  const digits = asked.replace(/^sha256:/, '').toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(digits) || digits.length < DIGITS_MIN) {
    const accepted = `a change digest is sha256: and 64 hex digits, of which ${DIGITS_MIN} will do`;
    throw new MusterError('MUSTER_USAGE', `${JSON.stringify(asked)} is no change digest; ${accepted}`);
  }
  const fitting = await store.decisionsOn(`sha256:${digits}`);
  const changes = new Set(fitting.map(({ changeDigest }) => changeDigest));
  if (changes.size > 1) {
    throw new MusterError(
      'MUSTER_DECISION_NOT_FOUND',
      `${asked} is the beginning of ${changes.size} changes; give more of it`,
    );
  }
  // The last in the chain, whatever the clocks of those who wrote: one that is ahead must not outlive what came after it.
  const newest = fitting.at(-1);
  if (newest === undefined)
    throw new MusterError('MUSTER_DECISION_NOT_FOUND', `no decision on change ${asked} is on record`);
  return newest;
}

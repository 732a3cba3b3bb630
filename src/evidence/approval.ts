/**
 * A person's receipt for one change: that somebody saw the decision and let the change go on.
 *
 * Made by `muster approve`, never by Muster itself. It holds for one change digest alone, and ends with the decision that
 * it was given on.
 */

import type { Digest } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';

/** One receipt. */
export interface Approval {
  readonly formatVersion: '1';
  readonly changeDigest: Digest;
  /** Digest of the decision document that was shown. */
  readonly decisionDigest: Digest;
  /** Who approved, as the machine or the identity provider names them. */
  readonly approver: string;
  /** How that name was learned: `os_user`, `token`, `oidc`. */
  readonly identifiedBy: 'os_user' | 'token' | 'oidc';
  /** In the approver's own words; null when nothing was said. */
  readonly note: string | null;
  readonly at: Instant;
  readonly validUntil: Instant;
}

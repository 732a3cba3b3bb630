/**
 * The digest of a policy: of what it asks, wherever its file lies.
 *
 * Decisions bear it, and one that is asked again is void when it has changed.
 */

import { type Digest, digestOf } from '../core/canonical.ts';
import type { Policy } from './schema.ts';

/** The same for two files that ask the same. */
export function policyDigest(policy: Policy): Digest {
  return digestOf({ ...policy, origin: null });
}

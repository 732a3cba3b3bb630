/**
 * What the shapes of several kinds of stored record have in common.
 *
 * Texts that Muster wrote itself, checked again whenever they are read: a store may have been changed by another hand.
 */

import * as z from 'zod';
import type { Digest } from '../../core/canonical.ts';
import { type Instant, isInstant } from '../../core/time.ts';

/** An instant in the one form in which instants are written. */
export const instant = z.custom<Instant>((value) => typeof value === 'string' && isInstant(value), {
  error: 'not an instant',
});

/** A digest with the name of its function. */
export const digest = z.custom<Digest>((value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value), {
  error: 'not a digest',
});

/** An account and a region. */
export const scope = z.object({ accountId: z.string(), region: z.string() });

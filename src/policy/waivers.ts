/**
 * Waivers as the policy file writes them: who lets which shortfall pass, for which databases, why, and until when.
 *
 * Only what a policy itself asks may be waived, and what is not known only by somebody who says that they accept the
 * unknown. Whether a waiver still holds is asked with an instant at hand, never here.
 */

import * as z from 'zod';
import { type Instant, isInstant, parseInstant } from '../core/time.ts';
import { WAIVABLE, WAIVABLE_UNKNOWNS, type WaivableCode, type Waiver } from './model.ts';
import { mapping, prose } from './parts.ts';
import { type Selector, selector } from './selector.ts';

/** A waiver, and which databases it speaks of. */
export interface PolicyWaiver extends Waiver {
  readonly match: Selector;
}

const BY = 'the person who answers for it, such as Jane Doe <jane@example.com>';
const UNTIL = 'an instant such as 2027-01-31T18:00:00Z, or a day such as 2027-01-31 (its start in UTC)';
const waiverShape = mapping({
  match: selector,
  reason: z.enum(WAIVABLE, `one of ${WAIVABLE.join(', ')}`),
  by: prose({ min: 1, max: 200, accepted: BY }).refine((text) => /\p{L}/u.test(text), BY),
  because: prose({ min: 10, max: 1_000, accepted: 'why it may pass, in 10 to 1000 characters' }),
  /** The instant from which it no longer holds. */
  until: z.string(UNTIL).transform((text, context) => {
    const until = instantOf(text);
    if (until !== null) return until;
    context.addIssue({ code: 'custom', message: UNTIL });
    return z.NEVER;
  }),
  acceptsUnknown: z.boolean('true or false').optional(),
});

/** One waiver of the file. */
export const waiver = waiverShape
  .superRefine(({ reason, acceptsUnknown }, context) => {
    const message = unknownFault(reason, acceptsUnknown ?? false);
    if (message !== null) context.addIssue({ code: 'custom', path: ['acceptsUnknown'], message });
  })
  .transform((written): PolicyWaiver => ({ ...written, acceptsUnknown: written.acceptsUnknown ?? false }));

/** The waiver alone, without which databases it speaks of. */
export function waiverOf({ reason, by, because, until, acceptsUnknown }: PolicyWaiver): Waiver {
  return { reason, by, because, until, acceptsUnknown };
}

/** Whether it still holds at that instant. */
export function holdsAt({ until }: Waiver, at: Instant): boolean {
  return at < until;
}

function unknownFault(reason: WaivableCode, acceptsUnknown: boolean): string | null {
  const unknown = WAIVABLE_UNKNOWNS.includes(reason);
  if (unknown === acceptsUnknown) return null;
  return unknown
    ? `it must be true for ${reason}: unknown cannot be waived in silence`
    : `it must be left out for ${reason}, which says what is known`;
}

/** The instant that is meant; null for what is none, a day that no calendar has among it. */
function instantOf(text: string): Instant | null {
  const day = text.slice(0, 10);
  const start = readInstant(`${day}T00:00:00Z`);
  // A day past the end of its month would be read as one of the next.
  if (start === null || start.slice(0, 10) !== day) return null;
  return text === day ? start : readInstant(text);
}

function readInstant(text: string): Instant | null {
  try {
    const at = parseInstant(text, 'until');
    return isInstant(at) ? at : null;
  } catch {
    return null;
  }
}

/**
 * Parsing at the boundary with a schema, in errors that name a path and an expectation and quote nothing.
 *
 * What stands in the wrong place of a plan or a state may be a password, so of a document only paths are printed, and of
 * those only keys that Muster asked for. Pure.
 */

import * as z from 'zod';
import { type ErrorCode, MusterError } from '../../core/errors.ts';

/** Terraform quotes what is not printable in an address, so a raw control character is not its work. */
export const ADDRESS = /^[^\p{Cc}]+$/u;
/** Text of that form. */
export const addressSchema = z.string().regex(ADDRESS);

/** Where a value stands, and what it is refused with. */
export interface Place {
  readonly origin: string;
  /** Empty at the top of the document. */
  readonly path: string;
  readonly code: ErrorCode;
}

/**
 * Parses a value.
 *
 * @throws MusterError with the code of the place, naming the path and what was expected there.
 */
export function parseAt<T>(schema: z.ZodType<T>, value: unknown, place: Place): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).reduce<string>(
    (printed, step) => (typeof step === 'number' ? `${printed}[${step}]` : `${printed}.${String(step)}`),
    place.path,
  );
  const expected = issue?.code === 'invalid_type' ? issue.expected : 'printable text of the documented form';
  const shown = path.replace(/^\./, '');
  throw new MusterError(place.code, `${place.origin}: ${shown}: expected ${expected}`);
}

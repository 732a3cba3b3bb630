/**
 * The small parts of a policy file: durations, whole numbers, texts, accounts, and mappings with known keys.
 *
 * Each says in one phrase what is accepted, which is what the reader of an error sees. Durations are written `90s`,
 * `15m`, `24h` or `30d`, and none is so long that an instant could not be moved by it.
 */

import * as z from 'zod';
import { SECONDS_PER_DAY } from '../core/time.ts';

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: SECONDS_PER_DAY } as const;
const DURATION_DAYS_MAX = 3_650;
const TOO_LONG = `a duration of at most ${DURATION_DAYS_MAX}d (ten years)`;
const ACCOUNT = 'an account id of twelve digits, in quotes as in "111122223333"';
const REGION = 'a region such as eu-central-1';

/** What is accepted where a duration stands. */
export const DURATION = 'a duration such as 90s, 15m, 24h or 30d';

/**
 * A duration, in seconds once read; `0s` is one.
 *
 * @param accepted What else is accepted in its place, for the message.
 */
export function duration(accepted = DURATION) {
  return z
    .string(accepted)
    .regex(/^\d+[smhd]$/, accepted)
    .transform((text) => Number(text.slice(0, -1)) * UNIT_SECONDS[text.slice(-1) as keyof typeof UNIT_SECONDS])
    .refine((seconds) => seconds <= DURATION_DAYS_MAX * SECONDS_PER_DAY, TOO_LONG);
}

/** A bound that something can meet: a duration longer than nothing. */
export function durationBound(accepted = DURATION) {
  return duration(accepted).refine((seconds) => seconds > 0, 'it must be longer than 0s: nothing can ever meet that');
}

/** A whole number from `min` to 10. */
export function countFrom(min: number) {
  const accepted = `a whole number from ${min} to ${COUNT_MAX}`;
  return z.int(accepted).min(min, accepted).max(COUNT_MAX, accepted);
}

const COUNT_MAX = 10;

/** A text for people, without what could command a terminal; blanks and line ends in it are read as one space. */
export function prose({
  min,
  max,
  accepted,
}: {
  readonly min: number;
  readonly max: number;
  readonly accepted: string;
}) {
  return z
    .string(accepted)
    .transform((text) => text.trim().replace(/\s+/g, ' '))
    .refine((text) => text.length >= min && text.length <= max && isPrintable(text), accepted);
}

/** True when no character of it commands a terminal, or turns the direction of what follows. */
export function isPrintable(text: string): boolean {
  return !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text);
}

/** An account; a number would lose the zeros that it begins with. */
export const account = z.string(ACCOUNT).regex(/^\d{12}$/, ACCOUNT);

/** A region, by its form: whether AWS has it is not asked. */
export const region = z.string(REGION).regex(/^[a-z]{2}(-[a-z]+)+-\d$/, REGION);

/** A mapping of these keys and no others; every message names them. */
export function mapping<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `one of ${keys}` : `a mapping with keys out of ${keys}`),
  });
}

/** The same, of which at least one must be given. */
export function mappingOfSome<S extends z.ZodRawShape>(shape: S) {
  const accepted = `at least one of ${Object.keys(shape).join(', ')}`;
  return mapping(shape).refine((value) => Object.keys(value).length > 0, accepted);
}

/** A shape in which nothing has to be given. */
export function allOptional<K extends string, T extends z.ZodType>(keys: readonly K[], value: T) {
  return Object.fromEntries(keys.map((key) => [key, value.optional()])) as { [key in K]: z.ZodOptional<T> };
}

/**
 * One value or a mapping of several, told apart by how it is written; a fault is placed exactly where it lies.
 *
 * A union would do, but speaks of a mapping as a whole when one of its keys is not known.
 */
export function oneOrMapping<T extends z.ZodType, M extends z.ZodType>(one: T, several: M) {
  return z.unknown().transform((value, context): z.output<T> | z.output<M> => {
    const read = (typeof value === 'object' && value !== null ? several : one).safeParse(value);
    if (read.success) return read.data;
    for (const issue of read.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

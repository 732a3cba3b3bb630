/**
 * The small parts of a drill definition: durations, schedules, selectors, prices.
 *
 * Each says in one phrase what is accepted, which is what the reader of an error sees. Durations are written as in a
 * policy file: `90s`, `15m`, `24h` or `30d`. Source of the schedule's shape: POSIX.1-2017, crontab.
 */

import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { isInstant, parseInstant } from '../core/time.ts';
import { keysOnly } from '../core/yaml.ts';

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const DURATION = 'a duration such as 90s, 15m, 24h or 30d';
const ACCOUNT = 'an account id of twelve digits, in quotes';
const REGION = 'a region such as eu-west-1';

/** A duration, in seconds once read. */
export const duration = z
  .string(DURATION)
  .regex(/^\d{1,6}[smhd]$/, DURATION)
  .transform((text) => Number(text.slice(0, -1)) * UNIT_SECONDS[text.slice(-1) as keyof typeof UNIT_SECONDS]);

/** A whole number within bounds, and how it is spoken of. */
export function wholeNumber(min: number, max: number) {
  const accepted = `a whole number from ${min} to ${max}`;
  return z.int(accepted).min(min, accepted).max(max, accepted);
}

/** A text that is not empty, in the reader's words for it. */
export function text(accepted: string) {
  return z.string(accepted).min(1, accepted).max(500, accepted);
}

/** A region. */
export const region = z.string(REGION).regex(/^[a-z]{2}(-[a-z]+)+-\d$/, REGION);

/** A seed: the same one picks the same again; a number is taken as its digits. */
export const seed = z
  .union([z.string().min(1, 'a seed: a text or a whole number'), z.int()], 'a seed: a text or a whole number')
  .transform((value) => String(value));

/** An instant as people write it, in the one fixed form once read. */
export const instant = z
  .string('an instant such as 2026-11-22T09:07:00Z')
  .refine(isReadable, 'an instant such as 2026-11-22T09:07:00Z')
  .transform((value) => parseInstant(value, 'instant'));

function isReadable(value: string): boolean {
  if (isInstant(value)) return true;
  try {
    parseInstant(value, 'instant');
    return true;
  } catch {
    return false;
  }
}

/** An ARN of one service, and perhaps one type of its things. */
export function arn(of: { readonly service: string; readonly type: string }, accepted: string) {
  return z.string(accepted).refine((value) => {
    const read = parseArn(value);
    return read !== null && read.service === of.service && read.resourceType === of.type && read.resource !== '';
  }, accepted);
}

function oneOrMore<T extends z.ZodType<string>>(one: T, accepted: string) {
  return z
    .union([one, z.array(one).min(1, accepted)], accepted)
    .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value))
    .optional();
}

/** Which databases a definition speaks of. Every member that is given must hold; none at all picks nothing. */
export const selector = keysOnly({
  /** `*` stands for any run of characters. */
  identifier: oneOrMore(text('an identifier such as orders-*'), 'an identifier such as orders-*, or a list of them'),
  engine: oneOrMore(text('an engine such as postgres'), 'an engine such as postgres, or a list of them'),
  account: oneOrMore(z.string(ACCOUNT).regex(/^\d{12}$/, ACCOUNT), `${ACCOUNT}, or a list of them`),
  region: oneOrMore(region, `${REGION}, or a list of them`),
  tags: z.record(z.string(), z.string('a text'), 'tags and their values').optional(),
  storageGibMin: wholeNumber(1, 1_000_000).optional(),
  multiAz: z.boolean('true or false').optional(),
  connectionsMin: wholeNumber(1, 1_000_000).optional(),
  hasReplicas: z.boolean('true or false').optional(),
});

const PRICE = 'a price of 0 or more';
const price = z.number(PRICE).min(0, PRICE).max(1_000_000, 'a price of at most 1000000');

/** What a drill may cost, and the prices it is reckoned with; Muster knows no price list. */
export const money = keysOnly({
  max: price,
  currency: z.string('a currency such as EUR').regex(/^[A-Z]{3}$/, 'a currency such as EUR'),
  perInstanceHour: price,
  perGibMonth: price,
});

/** The five fields of a schedule: what each is called, its bounds, and the names it may bear instead of a number. */
const CRON_FIELDS = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of the month', min: 1, max: 31, words: [] },
  {
    name: 'month',
    min: 1,
    max: 12,
    words: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of the week', min: 0, max: 7, words: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
] as const;

const SCHEDULE = 'five fields (minute, hour, day of the month, month, day of the week) such as 0 3 * * SUN';

/** A cron expression; only its shape is held here. */
export const schedule = z.string(SCHEDULE).superRefine((value, context) => {
  const problem = cronProblem(value);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

function cronProblem(value: string): string | null {
  const fields = value.split(' ');
  if (fields.length !== CRON_FIELDS.length) return SCHEDULE;
  const wrong = CRON_FIELDS.find(
    (field, index) => !(fields[index] ?? '').split(',').every((part) => fits(part, field)),
  );
  if (wrong === undefined) return null;
  return `as ${wrong.name} *, or numbers from ${wrong.min} to ${wrong.max} as in 1,3 or 1-5 or */2`;
}

/** One part of a field: `*`, a number, a range, and perhaps a step. */
function fits(part: string, field: (typeof CRON_FIELDS)[number]): boolean {
  const [, from = '', to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,2}))?$/.exec(part) ?? [];
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.max)) return false;
  if (from === '*') return to === undefined;
  const low = numberOf(from, field);
  const high = to === undefined ? low : numberOf(to, field);
  return low !== null && high !== null && low <= high;
}

function numberOf(word: string, { min, max, words }: (typeof CRON_FIELDS)[number]): number | null {
  const named = (words as readonly string[]).indexOf(word.toUpperCase());
  if (named >= 0) return min + named;
  const value = /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

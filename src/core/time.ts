/**
 * Instants and durations: the only way Muster writes down time.
 *
 * An instant is text in one fixed form, UTC with milliseconds, so that plain comparison orders it and
 * JSON carries it unchanged. Nothing here reads a clock; the present is always handed in.
 * Source of the form: RFC 3339, restricted to `YYYY-MM-DDTHH:MM:SS.sssZ`.
 */

import { MusterError } from './errors.ts';

declare const instantBrand: unique symbol;
/** A moment, as `2026-11-22T09:07:00.000Z`: always 24 characters, always UTC; `<` orders two of them. */
export type Instant = string & { readonly [instantBrand]: true };

/** A length of time in seconds. */
export type Seconds = number;

/** A length of time in whole days, as AWS counts retention. */
export type Days = number;

/** A day as AWS counts retention: never a calendar day. */
export const SECONDS_PER_DAY = 86_400;
const MILLISECONDS_PER_DAY = SECONDS_PER_DAY * 1_000;
const INSTANT_LENGTH = 24;
/** 9999-12-31, in days since 1970-01-01. */
const LAST_DAY = 2_932_896;
const INSTANT_FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads an RFC 3339 instant in any of its spellings; finer parts than a millisecond are cut.
 *
 * @param origin Where the text came from, for the message (`--at`, `policy.yaml:4`).
 * @throws MusterError `MUSTER_TIME_INVALID` when the text is no such instant.
 */
export function parseInstant(text: string, origin: string): Instant {
  const milliseconds = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new MusterError('MUSTER_TIME_INVALID', `${origin}: ${JSON.stringify(text)} is not an RFC 3339 instant`);
  }
  return fromEpochMilliseconds(milliseconds);
}

/** True for text that already has the one fixed form. */
export function isInstant(text: string): text is Instant {
  return INSTANT_FORM.test(text) && !Number.isNaN(Date.parse(text));
}

/** The instant that many milliseconds after 1970-01-01T00:00:00Z. */
export function fromEpochMilliseconds(milliseconds: number): Instant {
  const day = Math.floor(milliseconds / MILLISECONDS_PER_DAY);
  // `Date` prints every moment there is; a whole estate has too many for it, and all of them within these years.
  if (!Number.isInteger(milliseconds) || day < 0 || day > LAST_DAY)
    return new Date(milliseconds).toISOString() as Instant;
  return printMoment(dateOf(day), milliseconds - day * MILLISECONDS_PER_DAY) as Instant;
}

/** Milliseconds since 1970-01-01T00:00:00Z. */
export function toEpochMilliseconds(at: Instant): number {
  if (at.length !== INSTANT_LENGTH) return Date.parse(at);
  return dayOf(at) * MILLISECONDS_PER_DAY + millisecondsIn(at);
}

/** The instant `seconds` later (earlier when negative). */
export function addSeconds(at: Instant, seconds: Seconds): Instant {
  return fromEpochMilliseconds(toEpochMilliseconds(at) + Math.round(seconds * 1000));
}

/** The instant `days` later, a day being 86,400 seconds. */
export function addDays(at: Instant, days: Days): Instant {
  const day = dayOf(at) + days;
  // Whole days leave the time of day as it is; a year of four digits keeps the form.
  const plain = at.length === INSTANT_LENGTH && Number.isInteger(day) && day >= 0 && day < LAST_DAY;
  if (!plain) return addSeconds(at, days * SECONDS_PER_DAY);
  return printMoment(dateOf(day), millisecondsIn(at)) as Instant;
}

/** Seconds from `from` to `to`, rounded up to whole seconds: a part of a second counts against us. */
export function secondsBetween(from: Instant, to: Instant): Seconds {
  return Math.ceil((toEpochMilliseconds(to) - toEpochMilliseconds(from)) / 1000);
}

/** Seconds from `from` to `to` with milliseconds kept, for measured phases. */
export function elapsedSeconds(from: Instant, to: Instant): Seconds {
  return (toEpochMilliseconds(to) - toEpochMilliseconds(from)) / 1000;
}

/** The later of two instants. */
export function latest(a: Instant, b: Instant): Instant {
  return a >= b ? a : b;
}

/** The earlier of two instants. */
export function earliest(a: Instant, b: Instant): Instant {
  return a <= b ? a : b;
}

/**
 * A duration for people: `0.4 s`, `12 s`, `3 min 5 s`, `18 h 53 min`, `2 d 4 h`.
 *
 * @param seconds Not negative.
 */
export function printDuration(seconds: Seconds): string {
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return joinUnits(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < SECONDS_PER_DAY)
    return joinUnits(Math.floor(whole / 3_600), 'h', Math.floor((whole % 3_600) / 60), 'min');
  return joinUnits(Math.floor(whole / SECONDS_PER_DAY), 'd', Math.floor((whole % SECONDS_PER_DAY) / 3_600), 'h');
}

/** An instant for people: `2026-11-22 09:07:00 UTC`. */
export function printInstant(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

/** Milliseconds since midnight. */
function millisecondsIn(at: Instant): number {
  const minutes = digits(at, 11, 2) * 60 + digits(at, 14, 2);
  return minutes * 60_000 + digits(at, 17, 2) * 1_000 + digits(at, 20, 3);
}

/** Days from 1970-01-01 to the day of an instant. `Date.parse` would do; a whole estate has too many for it. */
function dayOf(at: Instant): number {
  return daysUpTo(digits(at, 0, 4), digits(at, 5, 2)) + digits(at, 8, 2) - 1;
}

/** Days from 1970-01-01 to the first of a month, in the proleptic Gregorian calendar. A year is taken to begin in March. */
function daysUpTo(year: number, month: number): number {
  const years = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leaps + Math.floor((months * 153 + 2) / 5) - DAYS_BEFORE_1970;
}

const DAYS_BEFORE_1970 = 719_468;

/** A day of the proleptic Gregorian calendar; months and days of the month count from 1. */
interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly date: number;
}

/** The date of a day not before 1970-01-01. */
function dateOf(day: number): CalendarDate {
  // Four centuries, and within them a year, are found by their lengths in days.
  const inEra = (day + DAYS_BEFORE_1970) % 146_097;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1_460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const months = Math.floor((5 * inYear + 2) / 153);
  const date = inYear - Math.floor((153 * months + 2) / 5) + 1;
  const month = months < 10 ? months + 3 : months - 9;
  const year = yearOfEra + Math.floor((day + DAYS_BEFORE_1970) / 146_097) * 400 + (month <= 2 ? 1 : 0);
  return { year, month, date };
}

/** Character by character: one text of 24, and none for its parts. */
function printMoment({ year, month, date }: CalendarDate, milliseconds: number): string {
  const hour = Math.floor(milliseconds / 3_600_000);
  const minute = Math.floor(milliseconds / 60_000) % 60;
  const second = Math.floor(milliseconds / 1_000) % 60;
  const rest = milliseconds % 1_000;
  return String.fromCharCode(
    digitAt(year, 1_000),
    digitAt(year, 100),
    digitAt(year, 10),
    digitAt(year, 1),
    DASH,
    digitAt(month, 10),
    digitAt(month, 1),
    DASH,
    digitAt(date, 10),
    digitAt(date, 1),
    LETTER_T,
    digitAt(hour, 10),
    digitAt(hour, 1),
    COLON,
    digitAt(minute, 10),
    digitAt(minute, 1),
    COLON,
    digitAt(second, 10),
    digitAt(second, 1),
    DOT,
    digitAt(rest, 100),
    digitAt(rest, 10),
    digitAt(rest, 1),
    LETTER_Z,
  );
}

const [DASH, DOT, COLON, LETTER_T, LETTER_Z] = [45, 46, 58, 84, 90];

/** The character code of one digit of a number. */
function digitAt(number: number, place: number): number {
  return 48 + (Math.floor(number / place) % 10);
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

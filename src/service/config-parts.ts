/**
 * The small parts of a service file: cron lines, addresses to listen at, names of receivers, regions, roles.
 *
 * Each says in one phrase what is accepted, which is what the reader of an error sees. Sources: RFC 3986 (URI reference);
 * AWS General Reference, names of regions; IAM User Guide, ARNs of roles.
 */

import { isIP } from 'node:net';
import * as z from 'zod';
import { parseInstant } from '../core/time.ts';
import { parseCron } from './schedule.ts';

/** Where the API listens. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** A text that is not empty, in the reader's words for it. */
export function text(accepted: string) {
  return z.string(accepted).min(1, accepted).max(500, accepted);
}

/** A whole number within bounds. */
export function wholeNumber(min: number, max: number) {
  const accepted = `a whole number from ${min} to ${max}`;
  return z.int(accepted).min(min, accepted).max(max, accepted);
}

const CRON = 'five fields (minute, hour, day of the month, month, day of the week) such as */15 * * * *';

/** Whichever it is: a line that comes at all comes within eight years. */
const ANY_MOMENT = parseInstant('2026-01-01T00:00:00Z', 'the beginning');

/** A cron line that comes at all. */
export const cronLine = z.string(CRON).superRefine((value, context) => {
  const line = parseCron(value);
  if (line === null) context.addIssue({ code: 'custom', message: CRON });
  else if (line.nextAfter(ANY_MOMENT) === null)
    context.addIssue({ code: 'custom', message: 'a line that comes at all; this one never does' });
});

const LISTEN = 'an address and a port such as 127.0.0.1:8787 or [::1]:8787';

/** Where to listen; a port of 0 picks one. */
export const hostAndPort = z.string(LISTEN).transform((value, context): Listen => {
  const listen = parseListen(value);
  if (listen !== null) return listen;
  context.addIssue({ code: 'custom', message: LISTEN });
  return z.NEVER;
});

/** Reads `HOST:PORT`; null for what is none. IPv6 addresses stand in brackets. */
export function parseListen(value: string): Listen | null {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9.-]+)):(\d{1,5})$/.exec(value) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) return null;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : null;
  return plain === undefined ? null : { host: plain, port };
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const NAME = 'a name of small letters, digits and hyphens, at most 40';

/** What a receiver is called, in jobs and logs. */
export const name = z.string(NAME).regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, NAME);

const SOURCE = 'a URI reference such as muster or https://muster.example/prod';

/** Which Muster tells. */
export const source = z.string(SOURCE).regex(/^[\w\-.~:/?#[\]@!$&'()*+,;=%]{1,200}$/, SOURCE);

const DAYS = 'a list of whole numbers of days from 1 to 365';

/** Days before the end of a last survivor at which it is told, the greatest first once read. */
export const endingDays = z
  .array(z.int(DAYS).min(1, DAYS).max(365, DAYS), DAYS)
  .transform((days) => [...new Set(days)].sort((a, b) => b - a));

const REGION = 'a region such as eu-west-1';
const ROLE = 'the ARN of a role such as arn:aws:iam::123456789012:role/reader';

/** Regions to read. */
export const regions = z.array(
  z.string(REGION).regex(/^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/, REGION),
  'a list of regions such as eu-west-1',
);

/** Roles whose accounts are read besides. */
export const roles = z.array(
  z.string(ROLE).regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, ROLE),
  'a list of ARNs of roles',
);

const PROXY = 'true, false, or a list of addresses of proxies';

/** Whose word on the client's address is taken. */
export const trustProxy = z
  .union([z.boolean(), z.array(z.string(PROXY).regex(/^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/, PROXY))], PROXY)
  .default(false);

/** Bounds of the API. */
export const apiLimits = {
  rateLimitPerMinute: wholeNumber(1, 1_000_000).default(6_000),
  bodyMaxMb: wholeNumber(1, 256).default(16),
};

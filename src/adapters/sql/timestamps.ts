/**
 * Timestamps as PostgreSQL, MySQL and MariaDB print them in a session whose time zone is UTC.
 *
 * A timestamp without a zone is taken as UTC, a bare date as its midnight. Anything else is no timestamp: infinity, a
 * zero date, years before Christ, an interval, words.
 */

import { fromEpochMilliseconds, type Instant } from '../../core/time.ts';

const PRINTED = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}(?::\d{2}(?::\d{2})?)?)?$/;

/** Null for what is no timestamp; finer parts than a millisecond are cut. */
export function readTimestamp(text: string | null): Instant | null {
  const match = text === null ? null : PRINTED.exec(text.trim());
  if (match === null) return null;
  const [, date = '', time = '00:00:00', fraction = '.0', zone = 'Z'] = match;
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone;
  const milliseconds = Date.parse(`${date}T${time}${`${fraction}000`.slice(0, 4)}${offset}`);
  return Number.isNaN(milliseconds) ? null : fromEpochMilliseconds(milliseconds);
}

/**
 * How an alert is written: its id, its bounds, and the order of several.
 *
 * The id is a digest of what happened, to what, and when by its own account; when it was found is no part of it. Texts
 * and lists are cut to a length that every receiver takes. Source: CloudEvents 1.0.2, "id"; Amazon SNS API, Publish (a
 * message holds 256 KB).
 */

import { parseArn } from '../core/arn.ts';
import { digestOf, sortedBy } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';
import type { Alert, AlertLevel, AlertType } from './alert.ts';

/** Where and when alerts are raised. */
export interface Raised {
  readonly at: Instant;
  /** Which Muster tells, as a URI reference. */
  readonly source: string;
}

/** One thing to be told. */
export interface Happening {
  readonly type: AlertType;
  readonly level: AlertLevel;
  readonly subject: string;
  /** What tells this happening from any other of that type and subject: never the instant at which it was found. */
  readonly happened: unknown;
  /** One sentence without a full stop; cut when it is too long. */
  readonly message: string;
  readonly remedy: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** So many entries of a list are told; the number of all of them is told besides. */
export const LISTED_MAX = 50;
const MESSAGE_LENGTH_MAX = 500;
const REMEDY_LENGTH_MAX = 2_000;
const ID_LENGTH = 32;

/** Writes one alert. */
export function alertOf(happening: Happening, { at, source }: Raised): Alert {
  const { type, level, subject, happened, message, remedy, facts } = happening;
  const id = digestOf({ type, subject, happened }).slice('sha256:'.length, 'sha256:'.length + ID_LENGTH);
  const lead = {
    level,
    message: cut(oneLine(message), MESSAGE_LENGTH_MAX),
    remedy: remedy === null ? null : cut(remedy, REMEDY_LENGTH_MAX),
  };
  return {
    specversion: '1.0',
    id: `alert-${id}`,
    source,
    type,
    subject,
    time: at,
    datacontenttype: 'application/json',
    // The first three lead, and no fact takes their place.
    data: { ...lead, ...facts, ...lead },
  };
}

/** Each alert once, in an order that does not depend on what was looked at first. */
export function eachOnce(alerts: readonly Alert[]): readonly Alert[] {
  return sortedBy([...new Map(alerts.map((alert) => [alert.id, alert])).values()], ({ subject, type, id }) =>
    [subject, type, id].join('\n'),
  );
}

/** Account and region of what an ARN names; null for each that it does not tell. */
export function placeOf(arn: string): { readonly accountId: string | null; readonly region: string | null } {
  const parsed = parseArn(arn);
  return { accountId: parsed?.accountId || null, region: parsed?.region || null };
}

/** `orders (123456789012/eu-west-1)`. */
export function named(identifier: string, arn: string): string {
  const { accountId, region } = placeOf(arn);
  return accountId === null || region === null ? identifier : `${identifier} (${accountId}/${region})`;
}

/** The beginning of a list, and how long all of it is. */
export function listed<T>(items: readonly T[]): { readonly count: number; readonly first: readonly T[] } {
  return { count: items.length, first: items.slice(0, LISTED_MAX) };
}

/** A text on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A text of no more than that many characters; one that was cut ends in an ellipsis. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half of a surrogate pair is no character, and no receiver has to take it.
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * One byte form for a value, and its digest.
 *
 * Keys are ordered by code unit and undefined members left out, so that equal values give equal bytes
 * whatever the order they were built in. Source: RFC 8785 (JSON Canonicalization Scheme) for strings,
 * numbers and key order.
 */

import { hash } from 'node:crypto';
import { invariant } from './invariant.ts';

/** A SHA-256 digest as `sha256:` and 64 hex digits. */
export type Digest = `sha256:${string}`;

/**
 * The canonical JSON of a plain value.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` for a number that JSON cannot carry.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return scalar(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  const members: string[] = [];
  // Without a comparison of its own, sorting goes by code unit.
  for (const key of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member !== undefined) members.push(`${quoted(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Printable ASCII without the quote and the backslash: nothing that JSON escapes, which takes longer than to look. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function scalar(value: unknown): string {
  if (typeof value === 'number') invariant(Number.isFinite(value), 'a canonical number is finite', { value });
  return JSON.stringify(value);
}

/** The digest of a value's canonical JSON. */
export function digestOf(value: unknown): Digest {
  return digestOfBytes(canonicalJson(value));
}

/** The digest of bytes (text is taken as UTF-8). */
export function digestOfBytes(bytes: string | Uint8Array): Digest {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}

/** Orders text by UTF-16 code unit: the same on every machine, whatever its locale. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A copy ordered by a text key, by code unit; each key is made once. */
export function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  return keyed.sort((a, b) => compareCodeUnits(a.key, b.key)).map(({ item }) => item);
}

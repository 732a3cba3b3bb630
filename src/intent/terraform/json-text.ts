/**
 * From the text somebody handed in to a plain JSON object, or an error that says what it is instead.
 *
 * A parser's own message quotes the document, and plans and states hold passwords, so none of it is passed on. A key
 * given twice in one object is refused: readers differ on which value counts, and `actions` could differ.
 * Sources: RFC 8259 section 4 (duplicate names); Terraform internals, "JSON Output Format" (plan) and
 * "Machine-Readable UI" (the line stream of `plan -json`); PKWARE APPNOTE 4.3.7 (zip magic of a saved plan).
 */

import { type ErrorCode, MusterError } from '../../core/errors.ts';

/** An object as `JSON.parse` makes it: own members only count, whatever they are called. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Far above any plan (modules and nested blocks reach some tens), far below what could exhaust a stack. */
const DEPTH_MAX = 500;

/** What a kind of document is refused with, and what is said to be expected instead. */
export interface DocumentKind {
  readonly notJson: ErrorCode;
  readonly shape: ErrorCode;
  /** Such as `expected the JSON that ... prints`. */
  readonly accepted: string;
  /** What to do with a saved plan file that was given in its place. */
  readonly zip: string;
}

/** A plan, as `show -json` prints it. */
export const PLAN_JSON: DocumentKind = {
  notJson: 'MUSTER_PLAN_NOT_JSON',
  shape: 'MUSTER_PLAN_SHAPE',
  accepted: 'expected the JSON that terraform show -json PLANFILE prints',
  zip: 'a saved plan file (zip), not its JSON; run terraform show -json on it',
};

/**
 * Parses one JSON object.
 *
 * @param origin Where the text came from, for the message.
 * @throws MusterError `notJson` of its kind for anything but one JSON object, saying what it looks like;
 *   `shape` of its kind for a repeated key or nesting beyond 500 levels.
 */
export function parseJsonObject(text: string, origin: string, kind: DocumentKind): JsonObject {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const value = tryParse(body);
  if (value === undefined) throw new MusterError(kind.notJson, `${origin}: ${nameText(text, body, kind)}`);
  const keys = isNested(value) ? keysIn(value, 0) : 0;
  if (keys === null) {
    throw new MusterError(kind.shape, `${origin}: nested deeper than ${DEPTH_MAX} levels, which none of its kind is`);
  }
  // Parsing keeps one of two equal keys, so a text with more keys than its value repeats one.
  if (keysAtMost(body) !== keys && countKeys(body) !== keys) {
    const where = `at character ${walkJson(body).repeatedKeyAt}`;
    throw new MusterError(kind.shape, `${origin}: a key occurs twice in one object ${where}; expected it once`);
  }
  if (!isJsonObject(value)) {
    throw new MusterError(kind.notJson, `${origin}: JSON, but not an object; ${kind.accepted}`);
  }
  if (isStreamLine(value)) throw new MusterError(kind.notJson, `${origin}: ${STREAM}; ${kind.accepted}`);
  return value;
}

/** True for a JSON object, as opposed to an array, a scalar or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of an object; undefined when it has none of that name (`__proto__` and its like included). */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

const STREAM = 'the line stream of terraform plan -json, which has no attribute values';

/** ASCII written as UTF-16, read as UTF-8: every other character is NUL. */
const UTF_16 = /^[^\0]{0,3}(?:\0[^\0]){3}|^[^\0]{0,3}(?:[^\0]\0){3}/;

function nameText(text: string, body: string, { accepted, zip }: DocumentKind): string {
  if (text.startsWith('PK')) return zip;
  if (body.trim() === '') return `empty; ${accepted}`;
  if (UTF_16.test(text)) return `UTF-16 text, not UTF-8 JSON; ${accepted} in UTF-8`;
  if (text.slice(0, 64).includes('\0')) return `binary, not JSON; ${accepted}`;
  const firstLine = tryParse(body.trimStart().split('\n', 1)[0] ?? '');
  if (isJsonObject(firstLine) && isStreamLine(firstLine)) return `${STREAM}; ${accepted}`;
  if (walkJson(body).openAtEnd)
    return `JSON that ends early, after ${new TextEncoder().encode(text).length} bytes; ${accepted}, whole`;
  return `not JSON; ${accepted}`;
}

function isStreamLine(value: JsonObject): boolean {
  return Object.hasOwn(value, '@level') && Object.hasOwn(value, '@message');
}

function tryParse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // The cause quotes the document around the fault; it goes no further.
    return undefined;
  }
}

/** How many keys a parsed value has in all; null for one that is nested too deep, however deep that is. */
function keysIn(value: object, depth: number): number | null {
  if (depth === DEPTH_MAX) return null;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (!isNested(item)) continue;
      const inner = keysIn(item, depth + 1);
      if (inner === null) return null;
      keys += inner;
    }
    return keys;
  }
  // Faster than `Object.values`, which copies; what JSON makes inherits nothing that is enumerable.
  for (const name in value) {
    keys += 1;
    const member: unknown = value[name as keyof typeof value];
    if (!isNested(member)) continue;
    const inner = keysIn(member, depth + 1);
    if (inner === null) return null;
    keys += inner;
  }
  return keys;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;

/**
 * How many keys a valid JSON text can have at most: colons behind a quote. A third of the time that counting takes, and
 * too many only where some text begins with a colon.
 */
function keysAtMost(text: string): number {
  let keys = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (isSpace(text.charCodeAt(before))) before--;
    if (text.charCodeAt(before) === QUOTE && !isEscaped(text, before)) keys += 1;
  }
  return keys;
}

/** How many keys a valid JSON text spells out: strings that a colon follows. From quote to quote, which is found fast. */
function countKeys(text: string): number {
  let keys = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfString(text, start) ?? text.length;
    if (isFollowedByColon(text, end)) keys += 1;
    start = text.indexOf('"', end);
  }
  return keys;
}

/** What one slow pass over a refused text finds; it need not be valid JSON. */
interface Walk {
  /** Index of the first key that its object already has. */
  readonly repeatedKeyAt: number | null;
  /** It opens like JSON, and an object or array is still open where it ends. */
  readonly openAtEnd: boolean;
}

function walkJson(text: string): Walk {
  // The keys so far of each object that is open; a list has none.
  const open: Set<string>[] = [];
  let repeatedKeyAt: number | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(new Set());
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (end === null) break;
      const keys = open.at(-1);
      if (keys && repeatedKeyAt === null && isFollowedByColon(text, end)) {
        const raw = text.slice(at, end);
        const key = raw.includes('\\') ? String(tryParse(raw)) : raw.slice(1, -1);
        if (keys.has(key)) repeatedKeyAt = at;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return { repeatedKeyAt, openAtEnd: /^\s*[{[]/.test(text) && open.length > 0 };
}

/** Index just past the closing quote of the string that opens at `start`; null when it never closes. */
function endOfString(text: string, start: number): number | null {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0) {
    if (!isEscaped(text, quote)) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return null;
}

/** True for a quote that an odd number of backslashes stands before. */
function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === COLON;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === RETURN || code === TAB;
}

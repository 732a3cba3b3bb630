/**
 * From the text somebody handed in to a plain JSON object, or an error that says what it is instead.
 *
 * A parser's own message quotes the document, and a plan holds passwords, so none of it is passed on. A key
 * given twice in one object is refused: readers differ on which value counts, and `actions` could differ.
 * Sources: RFC 8259 section 4 (duplicate names); Terraform internals, "JSON Output Format" (plan) and
 * "Machine-Readable UI" (the line stream of `plan -json`); PKWARE APPNOTE 4.3.7 (zip magic of a saved plan).
 */

import { MusterError } from '../../core/errors.ts';

/** An object as `JSON.parse` makes it: own members only count, whatever they are called. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Far above any plan (modules and nested blocks reach some tens), far below what could exhaust a stack. */
const DEPTH_MAX = 500;
const ACCEPTED = 'expected the JSON that terraform show -json PLANFILE prints';

/**
 * Parses one JSON object.
 *
 * @param origin Where the text came from, for the message.
 * @throws MusterError `MUSTER_PLAN_NOT_JSON` for anything but one JSON object, saying what it looks like;
 *   `MUSTER_PLAN_SHAPE` for a repeated key or nesting beyond 500 levels.
 */
export function parseJsonObject(text: string, origin: string): JsonObject {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const walk = walkJson(body);
  const value = tryParse(body);
  if (value === undefined) throw new MusterError('MUSTER_PLAN_NOT_JSON', `${origin}: ${nameText(text, body, walk)}`);
  if (walk.depthMax > DEPTH_MAX) {
    throw new MusterError('MUSTER_PLAN_SHAPE', `${origin}: nested deeper than ${DEPTH_MAX} levels, which no plan is`);
  }
  if (walk.repeatedKeyAt !== null) {
    const where = `at character ${walk.repeatedKeyAt}`;
    throw new MusterError(
      'MUSTER_PLAN_SHAPE',
      `${origin}: a key occurs twice in one object ${where}; expected it once`,
    );
  }
  if (!isJsonObject(value)) {
    throw new MusterError('MUSTER_PLAN_NOT_JSON', `${origin}: JSON, but not an object; ${ACCEPTED}`);
  }
  if (isStreamLine(value)) throw new MusterError('MUSTER_PLAN_NOT_JSON', `${origin}: ${STREAM}`);
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

const STREAM = `the line stream of terraform plan -json, which has no attribute values; ${ACCEPTED}`;

/** ASCII written as UTF-16, read as UTF-8: every other character is NUL. */
const UTF_16 = /^[^\0]{0,3}(?:\0[^\0]){3}|^[^\0]{0,3}(?:[^\0]\0){3}/;

function nameText(text: string, body: string, walk: Walk): string {
  if (text.startsWith('PK')) return `a saved plan file (zip), not its JSON; run terraform show -json on it`;
  if (body.trim() === '') return `empty; ${ACCEPTED}`;
  if (UTF_16.test(text)) return `UTF-16 text, not UTF-8 JSON; ${ACCEPTED} in UTF-8`;
  if (text.slice(0, 64).includes('\0')) return `binary, not JSON; ${ACCEPTED}`;
  const firstLine = tryParse(body.trimStart().split('\n', 1)[0] ?? '');
  if (isJsonObject(firstLine) && isStreamLine(firstLine)) return STREAM;
  if (walk.openAtEnd)
    return `JSON that ends early, after ${new TextEncoder().encode(text).length} bytes; ${ACCEPTED}, whole`;
  return `not JSON; ${ACCEPTED}`;
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

/** What one pass over the text finds; it need not be valid JSON. */
interface Walk {
  readonly depthMax: number;
  /** Index of the first key that its object already has. */
  readonly repeatedKeyAt: number | null;
  /** It opens like JSON, and an object, array or string is still open where it ends. */
  readonly openAtEnd: boolean;
}

function walkJson(text: string): Walk {
  const open: (Set<string> | null)[] = [];
  let depthMax = 0;
  let repeatedKeyAt: number | null = null;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      depthMax = Math.max(depthMax, open.length);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      inString = end === null;
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
  return { depthMax, repeatedKeyAt, openAtEnd: /^\s*[{[]/.test(text) && (inString || open.length > 0) };
}

/** Index just past the closing quote of the string that opens at `start`; null when it never closes. */
function endOfString(text: string, start: number): number | null {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return null;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}

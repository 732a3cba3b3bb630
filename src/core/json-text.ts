/**
 * Text that others wrote as JSON, read without room for two readings.
 *
 * `JSON.parse` keeps the last of two equal keys, where another reader may keep the first; makes a key `__proto__` that a
 * careless copy obeys; and nests without end. Here all of that is a fault with a place. One pass over the text, made for
 * long strings; what it does not look at is left to `JSON.parse`. Source: RFC 8259, section 4 (names should be unique);
 * RFC 8725, section 3.10, and RFC 7493 (I-JSON), section 2.3, refuse duplicates as well.
 */

/** Deeper than any document that Muster reads. */
export const JSON_DEPTH_MAX = 64;

/** Why a text is refused, and where. */
export interface JsonFault {
  readonly what: 'not_json' | 'duplicate_key' | 'forbidden_key' | 'too_deep';
  /** As `$.databases[3].name`; long names are cut. */
  readonly path: string;
  /** Characters before it; null where `JSON.parse` did not tell. */
  readonly offset: number | null;
}

/** What a text says, or why it is refused. */
export type JsonReading = { readonly value: unknown; readonly fault: null } | { readonly fault: JsonFault };

/** From so many keys on, an object's keys are looked up and no longer compared one by one. */
const FEW_KEYS = 12;
const NAME_LENGTH_MAX = 40;

/** One object or list that is open where the scan stands. */
interface Level {
  isObject: boolean;
  /** In an object: whether the next string is a key. */
  keyNext: boolean;
  /** In a list: how many items came before. */
  index: number;
  /** In an object: its keys so far; only the first `count` are its own, for levels are used again. */
  readonly keys: string[];
  count: number;
  /** All of them, once there are more than a few. */
  many: Set<string> | null;
}

/** Reads a text. Accepts what `JSON.parse` accepts, but for the faults named above. */
export function readJson(text: string): JsonReading {
  const fault = faultIn(text);
  if (fault !== null) return { fault };
  try {
    return { value: JSON.parse(text), fault: null };
  } catch (error) {
    // The message quotes the text, which may be a secret; the place is all that is taken from it.
    const at = / at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(String(error))?.[1];
    return { fault: { what: 'not_json', path: '$', offset: at === undefined ? null : Number(at) } };
  }
}

/** A fault in words: lower case, without a full stop. */
export function printJsonFault({ what, path, offset }: JsonFault): string {
  const place = offset === null ? path : `${path} at character ${offset}`;
  switch (what) {
    case 'not_json':
      return offset === null ? 'is not JSON' : `is not JSON at character ${offset}`;
    case 'duplicate_key':
      return `has the key ${place} twice; each key may stand once`;
    case 'forbidden_key':
      return `has the key ${place}, which is not accepted`;
    case 'too_deep':
      return `is nested deeper than ${JSON_DEPTH_MAX} levels at character ${offset}`;
  }
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 44, 91, 93, 123, 125];

/** The first fault that `JSON.parse` would let pass; null for none, which does not mean that the text is JSON. */
function faultIn(text: string): JsonFault | null {
  const levels: Level[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (end < 0) return null;
      const level = levels[depth - 1];
      if (level?.keyNext) {
        level.keyNext = false;
        const what = takeKey(levels, depth, keyIn(text, at, end));
        if (what !== null) return { what, path: pathOf(levels, depth), offset: at };
      }
      at = end;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (depth === JSON_DEPTH_MAX) return { what: 'too_deep', path: pathOf(levels, depth), offset: at };
      open(levels, depth, code === OPEN_OBJECT);
      depth += 1;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      if (depth === 0) return null;
      depth -= 1;
    } else if (code === COMMA) next(levels[depth - 1]);
  }
  return null;
}

/** Where the string that begins at `start` ends; -1 when it does not. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at > 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
  return -1;
}

/** The key between two quotes; one that cannot be read stands for itself and is refused later. */
function keyIn(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end);
  if (!key.includes('\\')) return key;
  try {
    return JSON.parse(text.slice(start, end + 1)) as string;
  } catch {
    return key;
  }
}

function open(levels: Level[], depth: number, isObject: boolean): void {
  const level = levels[depth];
  if (level === undefined) levels.push({ isObject, keyNext: isObject, index: 0, keys: [], count: 0, many: null });
  else {
    level.isObject = isObject;
    level.keyNext = isObject;
    level.index = 0;
    level.count = 0;
    level.many = null;
  }
}

function next(level: Level | undefined): void {
  if (level === undefined) return;
  if (level.isObject) level.keyNext = true;
  else level.index += 1;
}

/** Takes a key down in its object. @returns What is wrong with it. */
function takeKey(levels: readonly Level[], depth: number, key: string): 'duplicate_key' | 'forbidden_key' | null {
  const level = levels[depth - 1] as Level;
  const isDuplicate = has(level, key);
  level.keys[level.count] = key;
  level.count += 1;
  if (level.many !== null) level.many.add(key);
  else if (level.count > FEW_KEYS) level.many = new Set(level.keys.slice(0, level.count));
  if (isDuplicate) return 'duplicate_key';
  if (key === '__proto__') return 'forbidden_key';
  return key === 'prototype' && isUnderConstructor(levels[depth - 2]) ? 'forbidden_key' : null;
}

function has({ keys, count, many }: Level, key: string): boolean {
  if (many !== null) return many.has(key);
  for (let at = 0; at < count; at += 1) if (keys[at] === key) return true;
  return false;
}

function isUnderConstructor(level: Level | undefined): boolean {
  return level?.isObject === true && level.keys[level.count - 1] === 'constructor';
}

/** The path to where the scan stands; made only for a fault. */
function pathOf(levels: readonly Level[], depth: number): string {
  const steps = levels.slice(0, depth).map((level) => {
    if (!level.isObject) return `[${level.index}]`;
    return level.count === 0 ? '' : `.${printName(level.keys[level.count - 1] ?? '')}`;
  });
  return `$${steps.join('')}`;
}

/** A key as a message may show it: printable ASCII, and not long. */
function printName(key: string): string {
  const cut = key.length > NAME_LENGTH_MAX ? `${key.slice(0, NAME_LENGTH_MAX)}...` : key;
  return cut.replace(/[^ -~]/g, '?');
}

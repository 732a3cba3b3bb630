/**
 * Reads chosen fields out of an XML document and steps over the rest.
 *
 * Given the document as text and a tree of the fields wanted. What is stepped over must still be well formed: every
 * element closes by its own name, so that a document cut short anywhere is an error and never a shorter list.
 * Source: W3C XML 1.0 (elements, references, CDATA, comments); Smithy "AWS Query protocol" (lists hold one element an
 * item, an absent member is left out) and "Timestamp formats" (`date-time`).
 */

/** What a leaf's text is read as. */
export const LEAF_KINDS = ['text', 'number', 'flag', 'instant'] as const;
export type LeafKind = (typeof LEAF_KINDS)[number];

/** The fields wanted of an element: a leaf, named members, or items whatever the name of their element. */
export type Fields =
  | { readonly kind: LeafKind }
  | { readonly kind: 'struct'; readonly members: ReadonlyMap<string, Member> }
  | { readonly kind: 'list'; readonly item: Fields };

/** A member wanted, under the name to give it: looked up under a part of the page, but never named by one. */
export interface Member {
  readonly name: string;
  readonly fields: Fields;
}

/** An element as read: a string, number, boolean, `Date`, list, or plain object without the members that were absent. */
export type Value = string | number | boolean | Date | readonly Value[] | { readonly [member: string]: Value };

/** The document is not the XML that was asked for. */
export class XmlError extends Error {
  override readonly name = 'UnreadableAnswer';
}

/**
 * The fields wanted of a document's root element.
 *
 * @param root The name the root element must have.
 * @throws XmlError when the document is not well formed where it was looked at, or is of another shape.
 */
export function readXml(text: string, root: string, fields: Fields): Value {
  const page = { text: text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, at: 0 };
  skipProlog(page);
  const open = openTag(page);
  if (open.name !== root) throw new XmlError(`the document is no ${root}`);
  const value = open.empty ? emptyOf(fields) : readElement(page, open.name, fields);
  skipProlog(page);
  if (page.at < page.text.length) throw new XmlError('something follows the end of the document');
  return value;
}

/** A place in a document. */
interface Page {
  readonly text: string;
  at: number;
}

const SPACE = 32;
const LT = 60;
const GT = 62;
const SLASH = 47;
const BANG = 33;
const QUESTION = 63;
/** V8 copies parts shorter than this instead of pointing into the whole. */
const DETACHED_BY_ITSELF = 13;

/** Reads from behind an opening tag to behind the closing one. */
function readElement(page: Page, name: string, fields: Fields): Value {
  if (fields.kind === 'struct') return readStruct(page, name, fields.members);
  if (fields.kind === 'list') return readList(page, name, fields.item);
  return toLeaf(readText(page, name), fields.kind);
}

function readStruct(page: Page, name: string, members: ReadonlyMap<string, Member>): Value {
  const struct: Record<string, Value> = {};
  while (toNextChild(page, name)) {
    const open = openTag(page);
    const wanted = members.get(open.name);
    if (wanted === undefined) {
      if (!open.empty) skipElement(page, open.name);
    } else if (struct[wanted.name] !== undefined) {
      throw new XmlError(`${name} holds two of ${wanted.name}`);
    } else {
      struct[wanted.name] = open.empty ? emptyOf(wanted.fields) : readElement(page, wanted.name, wanted.fields);
    }
  }
  return struct;
}

function readList(page: Page, name: string, item: Fields): Value {
  const items: Value[] = [];
  while (toNextChild(page, name)) {
    const open = openTag(page);
    items.push(open.empty ? emptyOf(item) : readElement(page, open.name, item));
  }
  return items;
}

function skipElement(page: Page, name: string): void {
  const { text } = page;
  // Most elements hold text alone; where the first tag inside is the closing one, there is nothing more to look at.
  const lt = text.indexOf('<', page.at);
  if (lt >= 0 && closesAt(text, lt, name)) {
    page.at = lt + name.length + 3;
    return;
  }
  while (toNextTag(page, name)) {
    const open = openTag(page);
    if (!open.empty) skipElement(page, open.name);
  }
}

/** The text of an element without children: character data and CDATA, comments left out. */
function readText(page: Page, name: string): string {
  const { text } = page;
  const start = page.at;
  const lt = text.indexOf('<', start);
  if (lt >= 0 && closesAt(text, lt, name)) {
    page.at = lt + name.length + 3;
    return blankAsEmpty(decode(text.slice(start, lt)));
  }
  let found = '';
  for (;;) {
    const next = text.indexOf('<', page.at);
    if (next < 0) throw cutShort(name);
    found += decode(text.slice(page.at, next));
    page.at = next;
    if (text.startsWith('<![CDATA[', next)) {
      page.at = behind(page, ']]>', name);
      found += text.slice(next + 9, page.at - 3);
    } else if (!skipMisc(page, name)) {
      if (text.charCodeAt(next + 1) !== SLASH) throw new XmlError(`${name} holds an element where text belongs`);
      closeTag(page, name);
      return blankAsEmpty(found);
    }
  }
}

/** Goes to the next child of an element that holds elements only; false behind its closing tag. */
function toNextChild(page: Page, name: string): boolean {
  const { text } = page;
  for (;;) {
    skipSpace(page);
    if (page.at >= text.length) throw cutShort(name);
    if (text.charCodeAt(page.at) !== LT || text.startsWith('<![', page.at)) {
      throw new XmlError(`${name} holds text where elements belong`);
    }
    if (text.charCodeAt(page.at + 1) === SLASH) {
      closeTag(page, name);
      return false;
    }
    if (!skipMisc(page, name)) return true;
  }
}

/** Goes to the next child of an element that is stepped over, whatever it holds; false behind its closing tag. */
function toNextTag(page: Page, name: string): boolean {
  const { text } = page;
  for (;;) {
    page.at = text.indexOf('<', page.at);
    if (page.at < 0) throw cutShort(name);
    if (text.charCodeAt(page.at + 1) === SLASH) {
      closeTag(page, name);
      return false;
    }
    if (text.startsWith('<![CDATA[', page.at)) page.at = behind(page, ']]>', name);
    else if (!skipMisc(page, name)) return true;
  }
}

const ATTRIBUTES = /(?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>/y;

/** Reads an opening tag; attributes, namespaces among them, say nothing here. */
function openTag(page: Page): { readonly name: string; readonly empty: boolean } {
  const { text } = page;
  const start = page.at + 1;
  let end = start;
  let code = text.charCodeAt(end);
  while (code > SPACE && code !== GT && code !== SLASH && code !== LT) code = text.charCodeAt(++end);
  const name = text.slice(start, end);
  if (text.charCodeAt(start - 1) !== LT || name === '') throw new XmlError('no element where one belongs');
  if (code === GT) {
    page.at = end + 1;
    return { name, empty: false };
  }
  ATTRIBUTES.lastIndex = end;
  const rest = ATTRIBUTES.exec(text);
  if (rest === null) throw new XmlError(`the tag of ${printName(name)} does not end`);
  page.at = ATTRIBUTES.lastIndex;
  return { name, empty: rest[1] === '/' };
}

function closeTag(page: Page, name: string): void {
  const { text } = page;
  if (!text.startsWith(name, page.at + 2)) throw cutShort(name);
  page.at += 2 + name.length;
  skipSpace(page);
  if (text.charCodeAt(page.at) !== GT) throw cutShort(name);
  page.at += 1;
}

/** True when the very tag at `lt` closes `name`, without a space in it. */
function closesAt(text: string, lt: number, name: string): boolean {
  return (
    text.charCodeAt(lt + 1) === SLASH && text.startsWith(name, lt + 2) && text.charCodeAt(lt + 2 + name.length) === GT
  );
}

/** Steps over a comment or processing instruction; false when there is none. */
function skipMisc(page: Page, name: string): boolean {
  const next = page.text.charCodeAt(page.at + 1);
  if (next === QUESTION) page.at = behind(page, '?>', name);
  else if (page.text.startsWith('<!--', page.at)) page.at = behind(page, '-->', name);
  else if (next === BANG) throw new XmlError(`${name} holds a declaration`);
  else return false;
  return true;
}

/** Steps over what may stand before and behind the root element. */
function skipProlog(page: Page): void {
  do skipSpace(page);
  while (page.text.charCodeAt(page.at) === LT && skipMisc(page, 'the document'));
}

function skipSpace(page: Page): void {
  let code = page.text.charCodeAt(page.at);
  while (code === SPACE || code === 10 || code === 9 || code === 13) code = page.text.charCodeAt(++page.at);
}

function behind(page: Page, mark: string, name: string): number {
  const found = page.text.indexOf(mark, page.at);
  if (found < 0) throw cutShort(name);
  return found + mark.length;
}

function cutShort(name: string): XmlError {
  return new XmlError(`${printName(name)} is not closed where it ends: the document is cut short or garbled`);
}

/** A name out of a document nobody knows may be anything, and long. */
function printName(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

/** Text in lines that say nothing is layout, not a value. */
function blankAsEmpty(text: string): string {
  return text.charCodeAt(0) <= SPACE && text.includes('\n') && text.trim() === '' ? '' : text;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{0,30}));/g,
    (_, hex, decimal, named) => {
      if (named !== undefined) return ENTITIES[named] ?? '';
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw new XmlError('a character reference names no character');
      return String.fromCodePoint(code);
    },
  );
}

/** How many texts are remembered at most, twice over. */
const REMEMBERED_MAX = 512;
let recent = new Map<string, string>();
let older = new Map<string, string>();

/**
 * The same text once for all who bear it, and apart from the page it came on.
 *
 * A part of a long string keeps the whole of it in memory for as long as it is kept itself, and one key, engine or database
 * comes back in thousands of snapshots. What has not been met for a while is forgotten; nothing depends on it.
 */
function remembered(part: string): string {
  if (part.length < DETACHED_BY_ITSELF) return part;
  const known = recent.get(part) ?? older.get(part) ?? apart(part);
  if (recent.size >= REMEMBERED_MAX) {
    older = recent;
    recent = new Map();
  }
  recent.set(known, known);
  return known;
}

/** Joined anew: what `+` makes of two parts, V8 may keep as a pointer to them. */
function apart(part: string): string {
  return [part.slice(0, 1), part.slice(1)].join('');
}

function toLeaf(text: string, kind: LeafKind): Value {
  if (kind === 'text') return remembered(text);
  if (kind === 'number') return Number(text);
  if (kind === 'flag') return text.toLowerCase() === 'true';
  return toDate(text);
}

function emptyOf(fields: Fields): Value {
  if (fields.kind === 'struct') return {};
  return fields.kind === 'list' ? [] : toLeaf('', fields.kind);
}

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[tT](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[zZ]|([-+])(\d\d):(\d\d))$/;

/** The instant, its fraction rounded to milliseconds. @throws XmlError for what is no such date and time. */
function toDate(text: string): Date {
  const parts = DATE_TIME.exec(text);
  if (parts === null) throw new XmlError('a date is none');
  const part = (index: number) => Number(parts[index] ?? 0);
  const milliseconds = Math.round(Number(`0.${parts[7] ?? '0'}`) * 1000);
  const [month, day, hour, minute, second] = [part(2), part(3), part(4), part(5), part(6)];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) {
    throw new XmlError('a date is none');
  }
  const ahead = (parts[8] === '-' ? -1 : 1) * (part(9) * 60 + part(10));
  const date = new Date(Date.UTC(part(1), month - 1, day, hour, minute - ahead, second, milliseconds));
  // Date.UTC takes the years 0 to 99 for those of the last century.
  if (part(1) < 100) date.setUTCFullYear(part(1));
  return date;
}

/**
 * Reads chosen fields out of an XML document and steps over the rest.
 *
 * Given the document's bytes and a tree of the fields wanted. What is stepped over must still be well formed: every
 * element closes by its own name, so that a document cut short anywhere is an error and never a shorter list. Bytes, not
 * text: most of a page is stepped over, and only what is kept becomes strings, which then hold nothing else in memory.
 * Source: W3C XML 1.0 (elements, references, CDATA, comments); Smithy "AWS Query protocol" (lists hold one element an
 * item, an absent member is left out).
 */

import {
  decode,
  hashOf,
  type LeafKind,
  type LeafValue,
  leafOf,
  nextTagAt,
  startsAt,
  textOf,
  toLeaf,
  XmlError,
} from './xml-leaves.ts';
import { indexAlike, isSame, remember, type Sighting, seenOf } from './xml-repeats.ts';

/** The fields wanted of an element: a leaf, named members, or items whatever the name of their element. */
export type Fields = { readonly kind: LeafKind } | Struct | { readonly kind: 'list'; readonly item: Fields };

/** Named members; made by `structOf`. */
export interface Struct {
  readonly kind: 'struct';
  readonly members: readonly Member[];
  /** The members by the hash of their names, which more than one may share. */
  readonly byHash: ReadonlyMap<number, readonly Member[]>;
  /** What a struct is before anything of it is read. */
  readonly blank: Readonly<Record<string, Value | undefined>>;
}

/** A member wanted, under the name to give it: looked up under a part of the page, but never named by one. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly fields: Fields;
}

/** An element as read: a leaf, a list, or a plain object, whose absent members are undefined. */
export type Value = LeafValue | readonly Value[] | { readonly [member: string]: Value | undefined };

/** A struct of these members; names are unique. */
export function structOf(named: Iterable<readonly [string, Fields]>): Struct {
  const members = Array.from(named, ([name, fields]): Member => ({ name, bytes: Buffer.from(name), fields }));
  const byHash = new Map<number, Member[]>();
  for (const member of members) {
    const hash = hashOf(member.bytes, 0, member.bytes.length);
    byHash.set(hash, [...(byHash.get(hash) ?? []), member]);
  }
  // What gets many members one by one V8 keeps as a hash table, slow to read; what JSON makes, it does not.
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(members.map(({ name }) => [name, null]))));
  for (const { name } of members) blank[name] = undefined;
  return { kind: 'struct', members, byHash, blank };
}

/**
 * The fields wanted of a document's root element.
 *
 * @param root The name the root element must have.
 * @throws XmlError when the document is not well formed where it was looked at, or is of another shape.
 */
export function readXml(document: Uint8Array, root: string, fields: Fields): Value {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const page: Page = { bytes, words, at: 0, nameFrom: 0, nameTo: 0, empty: false, seen: new Map() };
  skipProlog(page);
  openTag(page);
  if (nameOf(page, page.nameFrom, page.nameTo) !== root) throw new XmlError(`the document is no ${root}`);
  const value = readOpened(page, fields);
  skipProlog(page);
  if (page.at < bytes.length) throw new XmlError('something follows the end of the document');
  return value;
}

/** A place in a document, and the tag that was opened last. */
interface Page {
  readonly bytes: Buffer;
  /** The same bytes. */
  readonly words: DataView;
  at: number;
  nameFrom: number;
  nameTo: number;
  empty: boolean;
  /** What was seen of the page's elements so far, by what is wanted of them. */
  readonly seen: Map<object, Child[]>;
}
type Child = Sighting<Member, Value>;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const APOSTROPHE = 39;
const SLASH = 47;
const LT = 60;
const EQUALS = 61;
const GT = 62;
const QUESTION = 63;

/** Reads the element whose opening tag was just read, to behind its closing one. */
function readOpened(page: Page, fields: Fields): Value {
  if (page.empty) return emptyOf(fields);
  const { nameFrom, nameTo } = page;
  if (fields.kind === 'struct') return readStruct(page, nameFrom, nameTo, fields);
  if (fields.kind === 'list') return readList(page, nameFrom, nameTo, fields.item);
  return readLeaf(page, nameFrom, nameTo, fields.kind);
}

function readStruct(page: Page, nameFrom: number, nameTo: number, fields: Struct): Value {
  const struct = { ...fields.blank };
  const seen = seenOf<Child>(page.seen, fields);
  let next = 0;
  for (;;) {
    const from = page.at;
    const index = indexAlike(page.words, from, seen, next);
    if (index < 0) {
      if (!toNextChild(page, nameFrom, nameTo)) return struct;
      openTag(page);
    }
    const child = index < 0 ? newSighting(page, from, memberOf(page, fields.byHash)) : (seen[index] as Child);
    const { member, head } = child;
    if (member !== null && struct[member.name] !== undefined) {
      throw new XmlError(`${nameOf(page, nameFrom, nameTo)} holds two of ${member.name}`);
    }
    if (index >= 0 && isSame(page.words, from + head, child.from + head, child.length - head)) {
      page.at = from + child.length;
    } else {
      readAnew(page, from, child);
    }
    if (member !== null) struct[member.name] = child.value;
    if (index >= 0) next = index + 1;
    else if (remember(seen, next, child)) next += 1;
  }
}

/** The child whose opening tag was just read; the rest of it is still to be read. */
function newSighting({ at, nameFrom, nameTo, empty }: Page, from: number, member: Member | null): Child {
  const head = at - from;
  return {
    member,
    head,
    nameFrom: nameFrom - from,
    nameTo: nameTo - from,
    empty,
    from,
    length: head,
    value: undefined,
  };
}

/** Reads, or steps over, a child that begins at `from` and opens as it was seen to. */
function readAnew(page: Page, from: number, child: Child): void {
  page.at = from + child.head;
  page.nameFrom = from + child.nameFrom;
  page.nameTo = from + child.nameTo;
  page.empty = child.empty;
  if (child.member !== null) child.value = readOpened(page, child.member.fields);
  else if (!child.empty) skipElement(page, page.nameFrom, page.nameTo);
  child.from = from;
  child.length = page.at - from;
}

/** The member that the tag opened last is of; null when it is none that is wanted. */
function memberOf(page: Page, byHash: Struct['byHash']): Member | null {
  const alike = byHash.get(hashOf(page.bytes, page.nameFrom, page.nameTo));
  if (alike !== undefined) for (const member of alike) if (isNamed(page, member.bytes)) return member;
  return null;
}

function readList(page: Page, nameFrom: number, nameTo: number, item: Fields): Value {
  const items: Value[] = [];
  while (toNextChild(page, nameFrom, nameTo)) {
    openTag(page);
    items.push(readOpened(page, item));
  }
  return items;
}

/** An element without children. */
function readLeaf(page: Page, nameFrom: number, nameTo: number, kind: LeafKind): Value {
  const { bytes } = page;
  const from = page.at;
  const at = nextTagAt(bytes, from);
  if (!closesAt(page, at, nameFrom, nameTo)) return toLeaf(readText(page, nameFrom, nameTo), kind);
  page.at = at + nameTo - nameFrom + 3;
  return leafOf(bytes, from, at, kind);
}

/** Character data and CDATA, comments left out. */
function readText(page: Page, nameFrom: number, nameTo: number): string {
  const { bytes } = page;
  let found = '';
  for (;;) {
    const next = bytes.indexOf(LT, page.at);
    if (next < 0) throw cutShort(page, nameFrom, nameTo);
    found += decode(textOf(bytes, page.at, next));
    page.at = next;
    if (startsAt(bytes, next, CDATA)) {
      page.at = behind(page, CDATA_END, nameFrom, nameTo);
      found += textOf(bytes, next + CDATA.length, page.at - CDATA_END.length);
    } else if (!skipMisc(page, nameFrom, nameTo)) {
      if (bytes[next + 1] === SLASH) {
        closeTag(page, nameFrom, nameTo);
        return found;
      }
      throw new XmlError(`${nameOf(page, nameFrom, nameTo)} holds an element where text belongs`);
    }
  }
}

function skipElement(page: Page, nameFrom: number, nameTo: number): void {
  const { bytes } = page;
  // Most elements hold text alone; where the first tag inside is the closing one, there is nothing more to look at.
  const lt = nextTagAt(bytes, page.at);
  if (closesAt(page, lt, nameFrom, nameTo)) {
    page.at = lt + nameTo - nameFrom + 3;
    return;
  }
  while (toNextTag(page, nameFrom, nameTo)) {
    openTag(page);
    if (!page.empty) skipElement(page, page.nameFrom, page.nameTo);
  }
}

/** Goes to the next child of an element that holds elements only; false behind its closing tag. */
function toNextChild(page: Page, nameFrom: number, nameTo: number): boolean {
  const { bytes } = page;
  for (;;) {
    skipSpace(page);
    if (page.at >= bytes.length) throw cutShort(page, nameFrom, nameTo);
    const next = bytes[page.at + 1];
    if (bytes[page.at] !== LT || startsAt(bytes, page.at, CDATA)) {
      throw new XmlError(`${nameOf(page, nameFrom, nameTo)} holds text where elements belong`);
    }
    if (next === SLASH) {
      closeTag(page, nameFrom, nameTo);
      return false;
    }
    if (!skipMisc(page, nameFrom, nameTo)) return true;
  }
}

/** Goes to the next child of an element that is stepped over, whatever it holds; false behind its closing tag. */
function toNextTag(page: Page, nameFrom: number, nameTo: number): boolean {
  const { bytes } = page;
  for (;;) {
    page.at = nextTagAt(bytes, page.at);
    if (page.at >= bytes.length) throw cutShort(page, nameFrom, nameTo);
    if (bytes[page.at + 1] === SLASH) {
      closeTag(page, nameFrom, nameTo);
      return false;
    }
    if (startsAt(bytes, page.at, CDATA)) page.at = behind(page, CDATA_END, nameFrom, nameTo);
    else if (!skipMisc(page, nameFrom, nameTo)) return true;
  }
}

/** Reads an opening tag; attributes, namespaces among them, say nothing here. */
function openTag(page: Page): void {
  const { bytes } = page;
  const end = bytes.length;
  const from = page.at + 1;
  let to = from;
  for (; to < end; to += 1) {
    const byte = bytes[to] as number;
    if (byte <= SPACE || byte === GT || byte === SLASH || byte === LT) break;
  }
  if (bytes[page.at] !== LT || to === from) throw new XmlError('no element where one belongs');
  page.nameFrom = from;
  page.nameTo = to;
  page.at = to;
  while (bytes[page.at] !== GT && bytes[page.at] !== SLASH) skipAttribute(page);
  page.empty = bytes[page.at] === SLASH;
  if (page.empty) page.at += 1;
  if (bytes[page.at] !== GT) throw noEnd(page);
  page.at += 1;
}

/** Steps over space and, unless the tag ends there, one attribute behind it. */
function skipAttribute(page: Page): void {
  const { bytes } = page;
  const from = page.at;
  skipSpace(page);
  if (bytes[page.at] === GT || bytes[page.at] === SLASH) return;
  if (page.at === from) throw noEnd(page);
  const name = page.at;
  while (isAttributeName(bytes[page.at])) page.at += 1;
  if (page.at === name) throw noEnd(page);
  skipSpace(page);
  if (bytes[page.at] !== EQUALS) throw noEnd(page);
  page.at += 1;
  skipSpace(page);
  const quote = bytes[page.at];
  const close = quote === QUOTE || quote === APOSTROPHE ? bytes.indexOf(quote, page.at + 1) : -1;
  if (close < 0 || nextTagAt(bytes, page.at) < close) throw noEnd(page);
  page.at = close + 1;
}

function isAttributeName(byte: number | undefined): boolean {
  if (byte === undefined || byte <= SPACE || byte === EQUALS || byte === LT) return false;
  return byte !== GT && byte !== SLASH && byte !== QUOTE && byte !== APOSTROPHE;
}

function closeTag(page: Page, nameFrom: number, nameTo: number): void {
  if (!namedAt(page.bytes, page.at + 2, nameFrom, nameTo)) throw cutShort(page, nameFrom, nameTo);
  page.at += 2 + nameTo - nameFrom;
  skipSpace(page);
  if (page.bytes[page.at] !== GT) throw cutShort(page, nameFrom, nameTo);
  page.at += 1;
}

/** True when the very tag at `at` closes the name, without a space in it. */
function closesAt({ bytes }: Page, at: number, nameFrom: number, nameTo: number): boolean {
  const end = at + 2 + nameTo - nameFrom;
  if (end >= bytes.length || bytes[at] !== LT || bytes[at + 1] !== SLASH || bytes[end] !== GT) return false;
  return namedAt(bytes, at + 2, nameFrom, nameTo);
}

/** True when the name between two places stands once more at a third. */
function namedAt(bytes: Buffer, at: number, nameFrom: number, nameTo: number): boolean {
  const ahead = at - nameFrom;
  if (nameTo + ahead > bytes.length) return false;
  for (let place = nameFrom; place < nameTo; place += 1) if (bytes[place] !== bytes[place + ahead]) return false;
  return true;
}

/** True when the tag that was opened last bears this name. */
function isNamed({ bytes, nameFrom, nameTo }: Page, name: Uint8Array): boolean {
  if (name.length !== nameTo - nameFrom) return false;
  for (let place = 0; place < name.length; place += 1) if (name[place] !== bytes[nameFrom + place]) return false;
  return true;
}

const CDATA = Buffer.from('<![CDATA[');
const CDATA_END = Buffer.from(']]>');
const COMMENT = Buffer.from('<!--');
const COMMENT_END = Buffer.from('-->');
const INSTRUCTION_END = Buffer.from('?>');

/** Steps over a comment or processing instruction; false when there is none. */
function skipMisc(page: Page, nameFrom: number, nameTo: number): boolean {
  const next = page.bytes[page.at + 1];
  if (next === QUESTION) page.at = behind(page, INSTRUCTION_END, nameFrom, nameTo);
  else if (next !== BANG) return false;
  else if (startsAt(page.bytes, page.at, COMMENT)) page.at = behind(page, COMMENT_END, nameFrom, nameTo);
  else throw new XmlError(`${nameOf(page, nameFrom, nameTo)} holds a declaration`);
  return true;
}

/** Steps over what may stand before and behind the root element. */
function skipProlog(page: Page): void {
  do skipSpace(page);
  while (page.bytes[page.at] === LT && skipMisc(page, 0, 0));
}

function skipSpace(page: Page): void {
  const { bytes } = page;
  const end = bytes.length;
  let { at } = page;
  for (; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== LF && byte !== TAB && byte !== CR) break;
  }
  page.at = at;
}

function behind(page: Page, mark: Buffer, nameFrom: number, nameTo: number): number {
  const found = page.bytes.indexOf(mark, page.at);
  if (found < 0) throw cutShort(page, nameFrom, nameTo);
  return found + mark.length;
}

function cutShort(page: Page, nameFrom: number, nameTo: number): XmlError {
  const name = nameOf(page, nameFrom, nameTo);
  return new XmlError(`${name} is not closed where it ends: the document is cut short or garbled`);
}

function noEnd(page: Page): XmlError {
  return new XmlError(`the tag of ${nameOf(page, page.nameFrom, page.nameTo)} does not end`);
}

/** A name out of a document nobody knows may be anything, and long. */
function nameOf({ bytes }: Page, from: number, to: number): string {
  if (from === to) return 'the document';
  const name = bytes.toString('utf8', from, to);
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

function emptyOf(fields: Fields): Value {
  if (fields.kind === 'struct') return { ...fields.blank };
  return fields.kind === 'list' ? [] : toLeaf('', fields.kind);
}

/**
 * The value of a leaf out of the bytes that stand between its tags.
 *
 * Source: W3C XML 1.0 (references, line ends, CDATA); Smithy "Timestamp formats" (`date-time`). The same text comes back in
 * thousands of records, so it is made once and shared; nothing depends on that.
 */

/** What a leaf's text is read as. */
export const LEAF_KINDS = ['text', 'number', 'flag', 'instant'] as const;
export type LeafKind = (typeof LEAF_KINDS)[number];

/** The document is not the XML that was asked for. */
export class XmlError extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** The value of what stands between two tags, nothing but character data. */
export function leafOf(bytes: Buffer, from: number, to: number, kind: LeafKind): LeafValue {
  if (kind === 'instant' && isDigit(bytes[from])) return toDate(bytes, from, to);
  return toLeaf(sharedText(bytes, from, to), kind);
}

/** What a leaf is read as. */
export type LeafValue = string | number | boolean | Date;

/** The value of text, references already resolved. */
export function toLeaf(text: string, kind: LeafKind): LeafValue {
  const value = isLayout(text) ? '' : text;
  if (kind === 'text') return value;
  if (kind === 'number') return Number(value);
  if (kind === 'flag') return value.toLowerCase() === 'true';
  const bytes = Buffer.from(value);
  return toDate(bytes, 0, bytes.length);
}

/** Text in lines that say nothing is layout, not a value. */
function isLayout(text: string): boolean {
  return text.charCodeAt(0) <= SPACE && text.includes('\n') && text.trim() === '';
}

/** True when the bytes of `mark` stand at a place. */
export function startsAt(bytes: Buffer, at: number, mark: Buffer): boolean {
  for (let place = 0; place < mark.length; place += 1) if (bytes[at + place] !== mark[place]) return false;
  return true;
}

/** Where the next tag, or the like, begins; the end when nothing does. */
export function nextTagAt(bytes: Buffer, from: number): number {
  const end = bytes.length;
  let at = from;
  while (at < end && bytes[at] !== LT) at += 1;
  return at;
}

/** A hash by which names and texts are found again; of a few of the bytes, as all of them would cost more than they tell apart. */
export function hashOf(bytes: Uint8Array, from: number, to: number): number {
  const step = ((to - from) >> 2) + 1;
  let hash = to - from;
  for (let at = to - 1; at >= from; at -= step) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  return hash;
}

/** Every text has one place, and a newer one takes it over: what came over the wire, byte for byte, and what it means. */
const PLACES = 8_192;
const wires: string[] = new Array(PLACES).fill('');
const texts: string[] = new Array(PLACES).fill('');

/** The same text once for all who bear it: one key, engine or database comes back in thousands of snapshots. */
function sharedText(bytes: Buffer, from: number, to: number): string {
  const hash = hashOf(bytes, from, to);
  const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
  if (isText(wires[place] as string, bytes, from, to)) return texts[place] as string;
  const wire = bytes.toString('latin1', from, to);
  const text = NOT_AS_IT_STANDS.test(wire) ? decode(textOf(bytes, from, to)) : wire;
  wires[place] = wire;
  texts[place] = text;
  return text;
}
const NOT_AS_IT_STANDS = /[&\r\x80-\xff]/;

/** Text with every line end as XML has it. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, to);
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function isText(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  // From the end: what two of a kind differ in stands there.
  for (let at = text.length - 1; at >= 0; at -= 1) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Character data as XML means it. @throws XmlError for a reference to no character. */
export function decode(text: string): string {
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

/** Where the digits of `2026-02-26T23:30:00` end; what follows is a fraction, if any, and the zone. */
const SECOND_END = 19;
const FRACTION_AND_ZONE = /^(?:\.(\d+))?(?:[zZ]|([-+])(\d\d):(\d\d))$/;
const [SPACE, LT, DASH, COLON, DOT, BIG_T, SMALL_T, BIG_Z] = [32, 60, 45, 58, 46, 84, 116, 90];

/** The instant, its fraction rounded to milliseconds. @throws XmlError for what is no such date and time. */
function toDate(bytes: Buffer, from: number, to: number): Date {
  const letter = bytes[from + 10];
  const formed =
    to - from > SECOND_END &&
    bytes[from + 4] === DASH &&
    bytes[from + 7] === DASH &&
    (letter === BIG_T || letter === SMALL_T) &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON;
  const year = digits(bytes, from, from + 4);
  const month = digits(bytes, from + 5, from + 7);
  const day = digits(bytes, from + 8, from + 10);
  const hour = digits(bytes, from + 11, from + 13);
  const minute = digits(bytes, from + 14, from + 16);
  const second = digits(bytes, from + 17, from + SECOND_END);
  // A part that is no number is in no range.
  const inRange = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60;
  if (!formed || !inRange || Number.isNaN(year)) throw noDate();
  const { milliseconds, ahead } = fractionAndZone(bytes, from + SECOND_END, to);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute - ahead, second, milliseconds));
  // Date.UTC takes the years 0 to 99 for those of the last century.
  if (year < 100) date.setUTCFullYear(year);
  return date;
}

/** Milliseconds, and minutes ahead of UTC. */
function fractionAndZone(bytes: Buffer, from: number, to: number) {
  const last = bytes[to - 1];
  if (last === BIG_Z && to - from === 1) return { milliseconds: 0, ahead: 0 };
  if (last === BIG_Z && to - from === 5 && bytes[from] === DOT) {
    const milliseconds = digits(bytes, from + 1, to - 1);
    if (!Number.isNaN(milliseconds)) return { milliseconds, ahead: 0 };
  }
  const parts = FRACTION_AND_ZONE.exec(bytes.toString('latin1', from, to));
  if (parts === null) throw noDate();
  const [, fraction = '0', sign, hours = '0', minutes = '0'] = parts;
  return {
    milliseconds: Math.round(Number(`0.${fraction}`) * 1000),
    ahead: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)),
  };
}

/** The number that digits make; NaN when one of them is none. */
function digits(bytes: Buffer, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] as number) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function noDate(): XmlError {
  return new XmlError('a date is none');
}

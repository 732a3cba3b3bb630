/**
 * Takes single members out of a zip archive that somebody handed in, within fixed bounds.
 *
 * No member is written anywhere and none is found by anything but its whole name. Everything that zip readers are known
 * to read in two ways is refused: names that occur twice, local headers that contradict the directory, zip64, encryption,
 * archives in parts. A member inflates to exactly the size that the directory says, and to no byte more.
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end record).
 */

import { crc32, inflateRawSync } from 'node:zlib';
import { MusterError } from '../../../core/errors.ts';

/** Far above any saved plan; a bound on what a hostile one can make Muster hold. */
const MEMBER_BYTES_MAX = 128 * 1024 * 1024;
const MEMBERS_MAX = 20_000;

const END = { signature: 0x06054b50, bytes: 22, commentMax: 0xffff } as const;
const DIRECTORY = { signature: 0x02014b50, bytes: 46 } as const;
const LOCAL = { signature: 0x04034b50, bytes: 30 } as const;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAGS = 0x0041;
const ZIP64_SIZE = 0xffffffff;

/** A member as the directory describes it. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly at: number;
}

/** An archive whose directory has been read; members are unpacked when they are asked for. */
export interface Archive {
  readonly names: readonly string[];
  /**
   * @returns Null when there is no member of that name.
   * @throws MusterError `MUSTER_PLAN_FILE_INVALID` when it cannot be unpacked as the directory says.
   */
  member(name: string): Buffer | null;
}

/**
 * Opens an archive.
 *
 * @param origin Where it came from, for messages.
 * @throws MusterError `MUSTER_PLAN_FILE_INVALID` for anything but one whole plain zip archive.
 */
export function openArchive(bytes: Uint8Array, origin: string): Archive {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (what: string) => new MusterError('MUSTER_PLAN_FILE_INVALID', `${origin}: ${what}`);
  const entries = readDirectory(buffer, refuse);
  return {
    names: [...entries.keys()],
    member: (name) => {
      const entry = entries.get(name);
      return entry === undefined ? null : unpack(buffer, entry, refuse);
    },
  };
}

type Refuse = (what: string) => MusterError;

function readDirectory(buffer: Buffer, refuse: Refuse): ReadonlyMap<string, Entry> {
  const end = endRecord(buffer);
  if (end === null) throw refuse('a zip archive without an end: cut short, or not one');
  const count = buffer.readUInt16LE(end + 10);
  const size = buffer.readUInt32LE(end + 12);
  let at = buffer.readUInt32LE(end + 16);
  // Some readers take 0xffff for the mark of zip64 in the size as well.
  if (count === 0xffff || at === ZIP64_SIZE || size === ZIP64_SIZE || size === 0xffff)
    throw refuse('a zip64 archive, which no plan is');
  if (
    buffer.readUInt16LE(end + 4) !== 0 ||
    buffer.readUInt16LE(end + 6) !== 0 ||
    buffer.readUInt16LE(end + 8) !== count
  ) {
    throw refuse('a zip archive in parts');
  }
  if (count > MEMBERS_MAX) throw refuse(`a zip archive of more than ${MEMBERS_MAX} members`);
  if (at + size !== end) throw refuse('a zip archive whose directory is not where its end says');
  const entries = new Map<string, Entry>();
  for (let index = 0; index < count; index++) {
    if (at + DIRECTORY.bytes > end || buffer.readUInt32LE(at) !== DIRECTORY.signature) {
      throw refuse('a zip archive with a broken directory');
    }
    const { entry, next } = readEntry(buffer, at);
    if (entries.has(entry.name)) throw refuse('a zip archive with two members of one name');
    entries.set(entry.name, entry);
    at = next;
  }
  if (at !== end) throw refuse('a zip archive with a broken directory');
  return entries;
}

/**
 * The record may be followed by a comment, which has to reach the end exactly. The last signature decides: readers that
 * forgive bytes after the comment take that one, so an earlier record would be another archive than the one they see.
 */
function endRecord(buffer: Buffer): number | null {
  const first = Math.max(0, buffer.length - END.bytes - END.commentMax);
  for (let at = buffer.length - END.bytes; at >= first; at--) {
    if (buffer.readUInt32LE(at) !== END.signature) continue;
    return at + END.bytes + buffer.readUInt16LE(at + 20) === buffer.length ? at : null;
  }
  return null;
}

function readEntry(buffer: Buffer, at: number): { readonly entry: Entry; readonly next: number } {
  const nameEnd = at + DIRECTORY.bytes + buffer.readUInt16LE(at + 28);
  const entry: Entry = {
    name: buffer.toString('utf8', at + DIRECTORY.bytes, nameEnd),
    flags: buffer.readUInt16LE(at + 8),
    method: buffer.readUInt16LE(at + 10),
    checksum: buffer.readUInt32LE(at + 16),
    packed: buffer.readUInt32LE(at + 20),
    size: buffer.readUInt32LE(at + 24),
    at: buffer.readUInt32LE(at + 42),
  };
  return { entry, next: nameEnd + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32) };
}

function unpack(buffer: Buffer, entry: Entry, refuse: Refuse): Buffer {
  const { at, name, size, packed } = entry;
  const broken = () => refuse(`its member ${name} does not unpack to what the directory says`);
  if ((entry.flags & ENCRYPTED_FLAGS) !== 0) throw refuse(`its member ${name} is encrypted`);
  if (size > MEMBER_BYTES_MAX || packed === ZIP64_SIZE) {
    throw refuse(`its member ${name} is larger than ${MEMBER_BYTES_MAX} bytes`);
  }
  if (at + LOCAL.bytes > buffer.length || buffer.readUInt32LE(at) !== LOCAL.signature) throw broken();
  const nameEnd = at + LOCAL.bytes + buffer.readUInt16LE(at + 26);
  const start = nameEnd + buffer.readUInt16LE(at + 28);
  const agrees =
    buffer.readUInt16LE(at + 8) === entry.method && buffer.toString('utf8', at + LOCAL.bytes, nameEnd) === name;
  if (!agrees || start + packed > buffer.length) throw broken();
  const data = buffer.subarray(start, start + packed);
  const plain = entry.method === STORED ? data : entry.method === DEFLATED ? inflated(data, size) : null;
  if (plain === null || plain.length !== size || crc32(plain) !== entry.checksum) throw broken();
  return plain;
}

/** Null when it is damaged or inflates to more than was said, where inflating stops. */
function inflated(data: Buffer, size: number): Buffer | null {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return null;
  }
}

/** Builds zip archives field by field, so that a test can make one field lie. */

import { crc32, deflateRawSync } from 'node:zlib';

/** One member, and where its description is to differ from the truth. */
export interface MemberParts {
  readonly name: string;
  readonly data: string | Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** In the directory. */
  readonly size?: number;
  readonly packed?: number;
  readonly checksum?: number;
  readonly signature?: number;
  /** Where the member is said to begin. */
  readonly at?: number;
  readonly nameLength?: number;
  readonly extra?: string;
  readonly comment?: string;
  readonly commentLength?: number;
  /** In the local header. */
  readonly localName?: string;
  readonly localMethod?: number;
  readonly localSignature?: number;
  readonly localExtra?: string;
}

/** An archive of members, deflated unless told otherwise; `end` overrides fields of the end record by offset. */
export function aZip(
  members: readonly MemberParts[],
  { end = {}, comment = '' }: { readonly end?: Readonly<Record<number, number>>; readonly comment?: string } = {},
): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of members) {
    const data = Buffer.from(part.data);
    const method = part.method ?? 8;
    const packed = method === 8 ? deflateRawSync(data) : data;
    const name = Buffer.from(part.name);
    const localName = Buffer.from(part.localName ?? part.name);
    const local = Buffer.alloc(30);
    const localExtra = Buffer.from(part.localExtra ?? '');
    local.writeUInt32LE(part.localSignature ?? 0x04034b50, 0);
    local.writeUInt16LE(part.localMethod ?? method, 8);
    local.writeUInt16LE(localName.length, 26);
    local.writeUInt16LE(localExtra.length, 28);
    const [extra, remark] = [Buffer.from(part.extra ?? ''), Buffer.from(part.comment ?? '')];
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(part.signature ?? 0x02014b50, 0);
    entry.writeUInt16LE(part.flags ?? 0, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(part.checksum ?? crc32(data), 16);
    entry.writeUInt32LE(part.packed ?? packed.length, 20);
    entry.writeUInt32LE(part.size ?? data.length, 24);
    entry.writeUInt16LE(part.nameLength ?? name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt16LE(part.commentLength ?? remark.length, 32);
    entry.writeUInt32LE(part.at ?? offset, 42);
    bodies.push(local, localName, localExtra, packed);
    directory.push(entry, name, extra, remark);
    offset += local.length + localName.length + localExtra.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(members.length, 8);
  record.writeUInt16LE(members.length, 10);
  record.writeUInt32LE(listed.length, 12);
  record.writeUInt32LE(offset, 16);
  record.writeUInt16LE(comment.length, 20);
  for (const [at, value] of Object.entries(end)) {
    if (Number(at) < 12) record.writeUInt16LE(value, Number(at));
    else record.writeUInt32LE(value, Number(at));
  }
  return Buffer.concat([...bodies, listed, record, Buffer.from(comment)]);
}

/** Zip archives as strangers make them: read where they are plain, refused where a reader could be led astray. */

import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../../../src/core/errors.ts';
import { openArchive } from '../../../../src/intent/terraform/plan-file/zip.ts';
import { recordedBytes, refusal } from '../state/support.ts';
import { aZip, type MemberParts } from './zip-builder.ts';

const MANY = 'x'.repeat(5_000);
const open = (bytes: Uint8Array, name = 'a') => openArchive(bytes, 'p.tfplan').member(name);
const refused = (bytes: Uint8Array, name = 'a') => refusal(() => open(bytes, name));
const one = (parts: Partial<MemberParts> = {}) => aZip([{ name: 'a', data: MANY, ...parts }]);

const ended = (end: Readonly<Record<number, number>>) => aZip([{ name: 'a', data: 'x' }], { end });
const BROKEN = 'its member a does not unpack to what the directory says';
const LARGE = 'its member a is larger than 134217728 bytes';
const DIRECTORY = 'a zip archive with a broken directory';
const ZIP64 = 'a zip64 archive, which no plan is';
const NO_END = 'a zip archive without an end: cut short, or not one';

describe('a plain archive', () => {
  it.each([
    ['deflated', 8],
    ['stored', 0],
  ])('gives up a member that is %s, whole', (_, method) => {
    expect(open(one({ method }))?.toString()).toBe(MANY);
  });

  it('gives up an empty member, and null for one that is not there', () => {
    expect(open(one({ data: '' }))?.length).toBe(0);
    expect(open(one(), 'b')).toBeNull();
  });

  it('may carry a comment, and names that are no paths of ours', () => {
    const bytes = aZip(
      [
        { name: '../../etc/a', data: 'x' },
        { name: '/a', data: 'y' },
        { name: 'a', data: 'z' },
      ],
      {
        comment: 'PK\u0005\u0006 is no end',
      },
    );
    expect(openArchive(bytes, 'p').names).toEqual(['../../etc/a', '/a', 'a']);
    expect(open(bytes)?.toString()).toBe('z');
  });

  it('may hold no member at all, and one without a name', () => {
    expect(openArchive(aZip([]), 'p').names).toEqual([]);
    expect(openArchive(aZip([{ name: '', data: 'x' }]), 'p').names).toEqual(['']);
  });

  it('may carry the longest comment there is', () => {
    expect(open(aZip([{ name: 'a', data: 'x' }], { comment: '.'.repeat(0xffff) }))?.toString()).toBe('x');
  });

  it('may hold 20,000 members, and no more', () => {
    const members = Array.from({ length: 20_001 }, (_, at) => ({ name: `${at}`, data: '', method: 0 }));
    expect(openArchive(aZip(members.slice(1)), 'p').names).toHaveLength(20_000);
    expect(refused(aZip(members)).message).toBe('p.tfplan: a zip archive of more than 20000 members');
  });

  it('is read past what else is noted on a member, in the directory and before its bytes', () => {
    const noted = { extra: 'EXTRA', comment: 'a remark', localExtra: 'other' };
    const bytes = aZip([
      { name: 'a', data: MANY, ...noted },
      { name: 'b', data: 'y', method: 0, ...noted },
    ]);
    expect([open(bytes)?.toString(), open(bytes, 'b')?.toString()]).toEqual([MANY, 'y']);
  });

  it('may say that sizes follow the bytes and that names are UTF-8', () => {
    expect(open(one({ flags: 0x0808 }))?.toString()).toBe(MANY);
  });

  it('is what Terraform writes', () => {
    expect(openArchive(recordedBytes('class-change.tfplan'), 'p').names).toEqual(
      expect.arrayContaining(['tfplan', 'tfstate', 'tfstate-prev', '.terraform.lock.hcl']),
    );
  });

  it('is read from a part of a larger buffer', () => {
    const bytes = one();
    const framed = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')]);
    expect(open(framed.subarray(6, 6 + bytes.length))?.toString()).toBe(MANY);
  });
});

describe('an archive that could be read in two ways', () => {
  it.each([
    [
      'two members of one name',
      aZip([
        { name: 'a', data: 'x' },
        { name: 'a', data: 'y' },
      ]),
      'a zip archive with two members of one name',
    ],
    ['another name in the member', one({ localName: 'b' }), BROKEN],
    ['another method in the member', one({ localMethod: 0 }), BROKEN],
    ['no member where it says', one({ localSignature: 0x04034b51 }), BROKEN],
    ['a member beyond its end', one({ at: 0xfffffff0 }), BROKEN],
    ['a member at its very end', one({ at: one().length - 2 }), BROKEN],
    ['a member that runs beyond its end', one({ packed: 1_000_000 }), BROKEN],
    ['an encrypted member', one({ flags: 1 }), 'its member a is encrypted'],
    ['a strongly encrypted member', one({ flags: 0x40 }), 'its member a is encrypted'],
    [
      'a method nobody uses',
      one({ method: 12, data: deflateRawSync(MANY), size: 5_000, checksum: crc32(MANY) }),
      BROKEN,
    ],
    ['the mark of zip64 for its place', ended({ 16: 0xffffffff }), ZIP64],
    ['the mark of zip64 for its length', ended({ 12: 0xffffffff }), ZIP64],
    ['the short mark of zip64 for its length', ended({ 12: 0xffff }), ZIP64],
    ['the mark of zip64 for its members', ended({ 8: 0xffff, 10: 0xffff }), ZIP64],
    ['a zip64 member', one({ size: 0xffffffff }), LARGE],
    ['a member that is zip64 where it is packed', one({ packed: 0xffffffff }), LARGE],
    ['more parts', ended({ 4: 1 }), 'a zip archive in parts'],
    ['its directory in another part', ended({ 6: 1 }), 'a zip archive in parts'],
    ['members in another part', ended({ 8: 0 }), 'a zip archive in parts'],
    ['fewer members than it says', ended({ 8: 2, 10: 2 }), DIRECTORY],
    ['a directory that is none', one({ signature: 0x02014b51 }), DIRECTORY],
    ['a name that runs beyond the directory', one({ nameLength: 2 }), DIRECTORY],
    [
      'a second member that runs beyond the directory',
      aZip([{ name: 'a', data: 'x', comment: 'PK\u0001\u0002 and no more', commentLength: 0 }], {
        end: { 8: 2, 10: 2 },
      }),
      DIRECTORY,
    ],
    [
      'more members than it says',
      aZip(
        [
          { name: 'a', data: 'x' },
          { name: 'b', data: 'y' },
        ],
        { end: { 8: 1, 10: 1 } },
      ),
      DIRECTORY,
    ],
    ['a directory elsewhere', ended({ 16: 0 }), 'a zip archive whose directory is not where its end says'],
    ['something after its end', Buffer.concat([one(), Buffer.from('x')]), NO_END],
    ['less comment than it says', one().subarray(0, -1), NO_END],
    ['nothing', Buffer.alloc(0), NO_END],
    ['less than an end', Buffer.from('PK\u0005\u0006'), NO_END],
  ])('with %s is refused', (_, bytes, says) => {
    const { code, message } = refused(bytes);
    expect({ code, message }).toEqual({ code: 'MUSTER_PLAN_FILE_INVALID', message: `p.tfplan: ${says}` });
  });
});

describe('an archive that lies about its contents', () => {
  it.each([
    ['more comes out than it says', { size: 10 }],
    ['less comes out than it says', { size: 6_000 }],
    ['the checksum differs', { checksum: 1 }],
    ['stored, and longer than it says', { method: 0, size: 10 }],
    ['stored, and shorter than it says', { method: 0, size: 6_000 }],
    ['what is packed breaks off', { packed: 5 }],
  ])('is refused when %s', (_, parts) => {
    expect(refused(one(parts)).message).toContain('does not unpack');
  });

  it('is refused for its stated size before anything is inflated', () => {
    expect(refused(one({ size: 128 * 1024 * 1024 + 1 })).message).toContain(LARGE);
    expect(refused(one({ size: 128 * 1024 * 1024 })).message).toContain(BROKEN);
  });

  it('inflates a bomb no further than it says', () => {
    const bomb = aZip([{ name: 'a', data: Buffer.alloc(30_000_000), size: 1_000 }]);
    expect(bomb.length).toBeLessThan(100_000);
    expect(refused(bomb).message).toContain('does not unpack');
  });

  it('ends in a refusal or in the right bytes wherever it is cut or bent', () => {
    const whole = aZip([
      { name: 'a', data: MANY },
      { name: 'b', data: 'y' },
    ]);
    const bent = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(whole.length));
    fc.assert(
      fc.property(bent, ([at, byte, cut]) => {
        const bytes = Buffer.from(whole.subarray(0, cut < whole.length / 2 ? whole.length : cut));
        if (at < bytes.length) bytes[at] = byte;
        try {
          const found = open(bytes);
          if (found !== null) expect(found.toString()).toBe(MANY);
        } catch (error) {
          expect(error).toBeInstanceOf(MusterError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('an archive with two ends', () => {
  const hidden = aZip([{ name: 'a', data: 'what others apply' }]);

  it('is refused when only a forgiving reader takes the last one', () => {
    // The second end stands in the comment of the first, and bytes follow it.
    const after = '....';
    const first = aZip([{ name: 'a', data: MANY }], { comment: '.'.repeat(hidden.length + after.length) });
    const bytes = Buffer.concat([first.subarray(0, -hidden.length - after.length), hidden, Buffer.from(after)]);
    expect(bytes).toHaveLength(first.length);
    expect(refused(bytes).message).toContain('without an end');
  });
});

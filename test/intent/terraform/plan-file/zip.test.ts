/** Zip archives as strangers make them: read where they are plain, refused where a reader could be led astray. */

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
      'two members',
    ],
    ['another name in the member', one({ localName: 'b' }), 'does not unpack'],
    ['another method in the member', one({ localMethod: 0 }), 'does not unpack'],
    ['an encrypted member', one({ flags: 1 }), 'encrypted'],
    ['a method nobody uses', one({ method: 12, data: MANY }), 'does not unpack'],
    ['zip64', aZip([{ name: 'a', data: 'x' }], { end: { 16: 0xffffffff } }), 'zip64'],
    ['a zip64 member', one({ size: 0xffffffff }), 'larger than'],
    ['parts', aZip([{ name: 'a', data: 'x' }], { end: { 4: 1 } }), 'in parts'],
    ['fewer members than it says', aZip([{ name: 'a', data: 'x' }], { end: { 8: 2, 10: 2 } }), 'broken directory'],
    [
      'more members than it says',
      aZip(
        [
          { name: 'a', data: 'x' },
          { name: 'b', data: 'y' },
        ],
        { end: { 8: 1, 10: 1 } },
      ),
      'broken directory',
    ],
    ['a directory elsewhere', aZip([{ name: 'a', data: 'x' }], { end: { 16: 0 } }), 'not where its end says'],
    ['something after its end', Buffer.concat([one(), Buffer.from('x')]), 'without an end'],
    ['nothing', Buffer.alloc(0), 'without an end'],
  ])('with %s is refused', (_, bytes, says) => {
    expect(refused(bytes)).toMatchObject({ code: 'MUSTER_PLAN_FILE_INVALID', message: expect.stringContaining(says) });
  });
});

describe('an archive that lies about its contents', () => {
  it.each([
    ['more comes out than it says', { size: 10 }],
    ['less comes out than it says', { size: 6_000 }],
    ['the checksum differs', { checksum: 1 }],
    ['stored, and longer than it says', { method: 0, size: 10 }],
  ])('is refused when %s', (_, parts) => {
    expect(refused(one(parts)).message).toContain('does not unpack');
  });

  it('is refused for its stated size before anything is inflated', () => {
    expect(refused(one({ size: 0x7fffffff })).message).toContain('larger than');
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

  it('is refused when its directory is as long as the mark of zip64', () => {
    expect(refused(aZip([{ name: 'a', data: MANY }], { end: { 12: 0xffff } })).message).toContain('zip64');
  });
});

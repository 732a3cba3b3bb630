/** The fields of a protobuf message, read without its schema: last values, joined parts, and bytes that are no message. */

import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../../src/intent/terraform/plan-file/wire.ts';

const read = (...bytes: number[]) => readMessage(Buffer.from(bytes));
const printed = (bytes: Uint8Array | null | undefined) => (bytes ? Buffer.from(bytes).toString() : bytes);

describe('a message', () => {
  it('gives its numbers and its parts by field, the last number counting', () => {
    const message = read(0x08, 0x96, 0x01, 0x08, 0x02, 0x12, 0x02, 0x68, 0x69, 0x12, 0x00);
    expect(message?.number(1)).toBe(2);
    expect(message?.number(2)).toBeNull();
    expect(message?.parts(2).map(printed)).toEqual(['hi', '']);
    expect(message?.parts(1)).toEqual([]);
    expect(message?.text(3)).toBeNull();
  });

  it('gives the last of several texts, and joins the halves of one message in order', () => {
    const message = read(0x12, 0x02, 0x68, 0x69, 0x12, 0x01, 0x6f);
    expect(message?.text(2)).toBe('o');
    expect(printed(message?.whole(2))).toBe('hio');
    expect(message?.whole(3)).toBeNull();
  });

  it.each([
    [[0x08, 0x7f], 127],
    [[0x08, 0x80, 0x01], 128],
    [[0x08, 0x96, 0x01], 150],
    [[0x08, 0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
    [[0x08, ...Array<number>(9).fill(0x80), 0x01], 2 ** 63],
  ])('%j holds the number %d', (bytes, value) => {
    expect(read(...bytes)?.number(1)).toBe(value);
  });

  it('has fields of more than one byte', () => {
    expect(read(0xf0, 0x01, 0x07)?.number(30)).toBe(7);
  });

  it('is stepped through over fixed numbers, up to its very end', () => {
    const message = read(0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x18, 0x05, 0x25, 1, 2, 3, 4);
    expect(message?.number(3)).toBe(5);
    expect([message?.number(1), message?.parts(1), message?.parts(2), message?.parts(4)]).toEqual([null, [], [], []]);
  });

  it('may be empty', () => {
    expect(read()?.number(1)).toBeNull();
  });

  it.each([
    ['a length beyond its end', [0x12, 0x05, 0x61]],
    ['a number without an end', [0x08, 0x80]],
    ['a field without a value', [0x08]],
    ['a field number without an end', [0x80]],
    ['a number of eleven bytes', [0x08, ...Array<number>(10).fill(0x80), 0x01]],
    ['the start of a group', [0x0b, 1, 2, 3, 4]],
    ['the end of a group', [0x0c, 1, 2, 3, 4]],
    ['a kind of field that there is not', [0x0e, 1, 2, 3, 4]],
    ['field zero', [0x02, 0x00]],
    ['a fixed number of four bytes cut short', [0x0d, 1, 2, 3]],
    ['a fixed number of eight bytes cut short', [0x09, 1, 2, 3, 4, 5, 6, 7]],
  ])('%s is none', (_, bytes) => {
    expect(read(...bytes)).toBeNull();
  });
});
